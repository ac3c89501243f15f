import { History, runAround } from '../../../web/assets/core/history.js';
import { equal, seeded, test } from './harness.js';

const message = (seq, rev = seq) => ({ seq, rev });
const seqs = (history) => history.messages.map(({ seq }) => seq);
const range = (from, to) => Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => message(from + index));

test('a history begins with a page in any order, and knows that there is more on both sides', () => {
    const history = new History();
    history.begin(range(11, 13).reverse(), 20);
    equal(seqs(history), [11, 12, 13]);
    equal([history.hasOlder, history.hasNewer, history.start, history.end, history.head], [true, true, 11, 13, 20]);
});

test('of a page with a hole the newest part is taken', () => {
    const history = new History();
    history.begin([...range(1, 3), ...range(6, 8)]);
    equal(seqs(history), [6, 7, 8]);
});

test('an empty conversation takes its first message', () => {
    const history = new History();
    history.begin([], 0);
    equal([history.hasOlder, history.hasNewer], [false, false]);
    history.reach(1);
    history.add(message(1));
    equal(seqs(history), [1]);
    equal(history.hasNewer, false);
});

test('a message beyond a gap is not shown, but known to be there', () => {
    const history = new History();
    history.begin(range(1, 3));
    history.add(message(5));
    equal(seqs(history), [1, 2, 3]);
    equal(history.hasNewer, true);
    history.append(range(4, 5));
    equal(seqs(history), [1, 2, 3, 4, 5]);
    equal(history.hasNewer, false);
});

test('a change takes the place of what it changes; an older copy does not undo it', () => {
    const history = new History();
    history.begin(range(1, 3));
    history.add({ ...message(2, 9), content: 'changed' });
    history.add({ ...message(2, 2), content: 'as it was' });
    equal(history.messages[1].content, 'changed');
});

test('pages that do not join are left out', () => {
    const history = new History();
    history.begin(range(10, 12), 20);
    history.prepend(range(1, 5));
    history.append(range(15, 18));
    equal(seqs(history), [10, 11, 12]);
    history.prepend(range(4, 9).reverse());
    equal(history.start, 4);
});

test('what was let go of can be read again on either side', () => {
    const history = new History();
    history.begin(range(1, 10));
    history.keepOldest(4);
    equal([history.end, history.hasNewer], [4, true]);
    history.append(range(5, 10));
    history.keepNewest(3);
    equal([seqs(history), history.hasOlder], [[8, 9, 10], true]);
});

test('the run around a message ends at holes', () => {
    equal(runAround([...range(1, 2), ...range(4, 6), ...range(8, 9)], 5).map(({ seq }) => seq), [4, 5, 6]);
    equal(runAround(range(1, 2), 7), []);
});

test('whatever order things come in, a history has no hole and ends whole', () => {
    const random = seeded(1);
    for (let round = 0; round < 400; round += 1) {
        const history = new History();
        let head = random(120);
        history.begin(range(Math.max(1, head - 49), head), head);
        const older = () => history.hasOlder && history.prepend(range(Math.max(1, history.start - 1 - random(30)), history.start - 1));
        const newer = () => history.hasNewer && history.append(range(history.end + 1, Math.min(head, history.end + 1 + random(30))));
        for (let step = 0; step < 60; step += 1) {
            head += random(2);
            if (head > 0 && random(3)) history.add(message(Math.max(1, head - random(4))));
            if (!random(4)) newer();
            if (!random(6)) older();
            if (!random(12)) history.keepNewest(20);
            if (!random(12)) history.keepOldest(20);
            const shown = seqs(history);
            if (shown.some((seq, index) => index > 0 && seq !== shown[index - 1] + 1)) throw new Error(`a hole: ${shown}`);
        }
        history.reach(head);
        while (history.hasNewer) newer();
        while (history.hasOlder) older();
        equal(seqs(history), range(1, head).map(({ seq }) => seq));
    }
});

test('a history knows whether what is new belongs to it', () => {
    const history = new History();
    history.begin(range(11, 20), 20);
    equal(history.isAtEnd, true);
    history.reach(500);
    equal(history.isAtEnd, true);
    history.keepOldest(5);
    equal(history.isAtEnd, false);
    history.append(range(16, 500));
    equal(history.isAtEnd, true);
});
