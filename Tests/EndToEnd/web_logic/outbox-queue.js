import { OutboxQueue } from '../../../web/assets/core/outbox-queue.js';
import { uuid } from '../../../web/assets/core/uuid.js';
import { equal, test } from './harness.js';

const contents = (queue, conversation = 'c') => queue.entries(conversation).map(({ content }) => content);

test('messages wait in the order written, also when the clock stands still or goes back', () => {
    const queue = new OutboxQueue();
    const entries = [queue.add('1', 'c', 'one', 1000), queue.add('2', 'c', 'two', 1000), queue.add('3', 'c', 'three', 500)];
    equal(contents(queue), ['one', 'two', 'three']);
    const reloaded = new OutboxQueue();
    reloaded.load(entries.reverse());
    equal(contents(reloaded), ['one', 'two', 'three']);
    reloaded.add('4', 'c', 'four', 10);
    equal(contents(reloaded), ['one', 'two', 'three', 'four']);
});

test('what failed is passed over, keeps its id, and goes to the end when it is tried again', () => {
    const queue = new OutboxQueue();
    queue.add('1', 'c', 'one', 1);
    queue.add('2', 'c', 'two', 2);
    equal(queue.fail('1', 'No.').failure, 'No.');
    equal(queue.next('c').content, 'two');
    const again = queue.retry('1', 3);
    equal([again.client_msg_id, again.failure], ['1', undefined]);
    equal(contents(queue), ['two', 'one']);
});

test('what was withdrawn cannot fail any more', () => {
    const queue = new OutboxQueue();
    queue.add('1', 'c', 'one', 1);
    queue.remove('1');
    equal(queue.fail('1', 'No.'), undefined);
    equal(queue.size, 0);
});

test('conversations do not wait for each other', () => {
    const queue = new OutboxQueue();
    queue.add('1', 'a', 'one', 1);
    queue.add('2', 'b', 'two', 2);
    equal([...queue.conversations], ['a', 'b']);
    equal(queue.next('b').content, 'two');
});

test('ids are UUIDs of version 7, later ones larger', () => {
    const id = uuid();
    if (!/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id)) throw new Error(id);
    equal(new Set(Array.from({ length: 1000 }, uuid)).size, 1000);
});
