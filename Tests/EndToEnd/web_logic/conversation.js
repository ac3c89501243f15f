import { activity, merged, preview, stageOf, withMessage, withRead, withReceipt } from '../../../web/assets/core/conversation.js';
import { advanced, caughtUp, hasGap } from '../../../web/assets/core/revisions.js';
import { equal, seeded, test } from './harness.js';

const me = 'me', peer = { id: 'ben', username: 'ben', display_name: 'Ben' };

const entry = (changes = {}) => ({
    id: 'c', kind: 'direct', created_at: '2026-11-01T10:00:00.000Z', rev: 5, last_seq: 3, last_read_seq: 1, unread_count: 2,
    participants: [{ id: me, username: 'me', display_name: 'Me', last_read_seq: 1, last_delivered_seq: 3 }, { ...peer, last_read_seq: 0, last_delivered_seq: 2 }],
    messages: [{ id: 'm3', seq: 3, rev: 5, sender_id: 'ben', content: 'hello', sent_at: '2026-11-01T11:00:00.000Z' }],
    ...changes,
});

const message = (seq, changes = {}) => ({
    id: `m${seq}`, conversation_id: 'c', seq, rev: seq + 2, prev_rev: seq + 1, sender_id: 'ben', content: `text ${seq}`,
    sent_at: '2026-11-01T12:00:00.000Z', ...changes,
});

test('an entry of a sync becomes a conversation', () => {
    const conversation = merged(undefined, entry(), me);
    equal(conversation.peer, peer);
    equal(conversation.last_message, { id: 'm3', seq: 3, sender_id: 'ben', sent_at: '2026-11-01T11:00:00.000Z', preview: 'hello' });
    equal([conversation.rev, conversation.unread_count, conversation.read_seq, conversation.told_seq, conversation.delivered_seq], [5, 2, 1, 1, 3]);
    equal([conversation.peer_read_seq, conversation.peer_delivered_seq], [0, 2]);
    equal(activity(conversation), Date.parse('2026-11-01T11:00:00.000Z'));
});

test('an answer that live events have overtaken undoes nothing', () => {
    const live = withMessage(merged(undefined, entry(), me), message(4), me);
    equal([live.rev, live.last_seq, live.unread_count, live.last_message.preview], [6, 4, 3, 'text 4']);
    const after = merged(live, entry(), me);
    equal([after.rev, after.last_seq, after.unread_count, after.last_message.preview], [6, 4, 3, 'text 4']);
});

test('what tells of newer messages without bringing them hides no gap', () => {
    const { messages, ...update } = entry({ rev: 7, last_seq: 5, unread_count: 4 });
    const told = merged(merged(undefined, entry(), me), update, me);
    equal([told.rev, told.last_seq, told.unread_count, told.last_message.seq], [5, 5, 4, 3]);
    const next = withMessage(told, message(4), me);
    equal([next.rev, hasGap(next), next.unread_count, next.last_message.seq], [6, false, 4, 4]);
    equal(hasGap(withMessage(told, message(5), me)), true);
    equal(merged(told, entry({ rev: 7, last_seq: 5 }), me).rev, 7);
    equal(merged(next, { ...update, rev: 6, last_seq: 4 }, me).rev, 6);
});

test('what one has read here counts before the service has heard it', () => {
    const read = withRead(merged(undefined, entry(), me), 3, 0);
    equal([read.read_seq, read.told_seq, read.unread_count], [3, 1, 0]);
    const after = merged(read, entry(), me);
    equal([after.read_seq, after.told_seq, after.unread_count], [3, 1, 0]);
    const heard = withReceipt(after, { conversation_id: 'c', user_id: me, last_read_seq: 3, last_delivered_seq: 3, own_rev: 2 }, me);
    equal([heard.told_seq, heard.rev], [3, 5]);
});

test('one\'s own message from another device is not unread', () => {
    const after = withMessage(merged(undefined, entry(), me), message(4, { sender_id: me }), me);
    equal([after.unread_count, after.last_seq], [2, 4]);
});

test('the same message twice changes nothing', () => {
    const once = withMessage(merged(undefined, entry(), me), message(4), me);
    equal(withMessage(once, message(4), me), once);
});

test('ticks turn with the marks of the other one, and never back', () => {
    let conversation = merged(undefined, entry({ participants: [{ ...peer }] }), me);
    equal(stageOf({ seq: 3 }, conversation), 'sent');
    conversation = withReceipt(conversation, { user_id: 'ben', last_delivered_seq: 3, rev: 6, prev_rev: 5 }, me);
    equal(stageOf({ seq: 3 }, conversation), 'delivered');
    conversation = withReceipt(conversation, { user_id: 'ben', last_read_seq: 3, rev: 7, prev_rev: 6 }, me);
    equal(stageOf({ seq: 3 }, conversation), 'read');
    conversation = withReceipt(conversation, { user_id: 'ben', last_delivered_seq: 2, rev: 6, prev_rev: 5 }, me);
    equal([stageOf({ seq: 3 }, conversation), conversation.rev], ['read', 7]);
});

test('a status that comes with a message counts for all before it', () => {
    const conversation = merged(undefined, entry({ messages: [{ ...message(3), sender_id: me, status: 'read' }], participants: [peer] }), me);
    equal([stageOf({ seq: 2 }, conversation), stageOf({ seq: 4 }, conversation)], ['read', 'sent']);
});

test('a preview is cut by characters, not in the middle of one', () => {
    equal(preview({ content: '🦊'.repeat(200) }).preview, '🦊'.repeat(120));
});

test('events in order leave no gap; one that is missing does, until it comes', () => {
    let known = { rev: 5 };
    known = advanced(known, 5, 6);
    equal([known.rev, hasGap(known)], [6, false]);
    known = advanced(known, 7, 8);
    equal([known.rev, hasGap(known)], [6, true]);
    known = advanced(known, 6, 7);
    equal([known.rev, hasGap(known)], [8, false]);
    known = advanced(known, 9, 10);
    equal(hasGap(caughtUp(known, 10)), false);
    equal(caughtUp(known, 12).rev, 12);
});

test('events in any order, some twice, end where they end in order', () => {
    const random = seeded(7);
    for (let round = 0; round < 300; round += 1) {
        const events = Array.from({ length: 12 }, (_, index) => [index, index + 1]);
        const shuffled = [...events, events[random(12)]].map((event) => [random(1000), event]).sort((a, b) => a[0] - b[0]).map(([, event]) => event);
        const known = shuffled.reduce((state, [previous, next]) => advanced(state, previous, next), { rev: 0 });
        equal([known.rev, known.ahead], [12, []]);
    }
});
