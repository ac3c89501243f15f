import { advanced, caughtUp } from './revisions.js';

/**
 * A conversation as the client keeps it:
 * `{id, kind, created_at, peer, rev, ahead, last_seq, last_message, read_seq, told_seq, unread_count, delivered_seq, peer_read_seq,
 * peer_delivered_seq}`.
 *
 * Marks only go forward, so merging takes the larger one. `read_seq` is one's own, and ahead of what the service was told (`told_seq`) for a
 * while.
 * The functions here change nothing; they return the conversation as it is afterwards.
 */

/** What is known of a conversation that nothing is known of. */
const unknown = {
    rev: 0, ahead: [], last_seq: 0, last_message: null, read_seq: 0, told_seq: 0, unread_count: 0, delivered_seq: 0, peer_read_seq: 0,
    peer_delivered_seq: 0,
};

/** Characters of a message that the inbox shows. */
const previewLength = 120;

/** Beyond this many the service does not count. */
export const mostUnread = 1000;

/**
 * Merges what the service says of a conversation: an entry of a sync, a line of the inbox, or the conversation itself.
 *
 * @param {object | undefined} known what is kept of it so far
 * @param {object} news
 * @param {string} myID
 */
export function merged(known, news, myID) {
    const me = news.participants?.find(({ id }) => id === myID);
    const peer = news.peer ?? news.participants?.find(({ id }) => id !== myID);
    const newest = news.messages?.length ? preview(news.messages.at(-1)) : news.last_message;
    const before = known ?? unknown;
    const reach = Math.max(news.last_seq ?? 0, newest?.seq ?? 0);
    // What tells of newer messages without bringing them leaves `rev` where it is: they come by themselves, or show as a gap.
    const isWhole = !known || news.messages !== undefined || reach <= before.last_seq;
    const readSeq = Math.max(before.read_seq, news.last_read_seq ?? 0);
    // An answer that live events have overtaken knows less of what is unread; and so does one that has not heard how far we have read.
    const isCurrent = (news.rev ?? 0) >= before.rev && (news.last_read_seq ?? 0) >= before.read_seq;
    const next = {
        ...before,
        id: news.id,
        kind: news.kind ?? before.kind,
        created_at: news.created_at ?? before.created_at,
        peer: peer ? person(peer) : before.peer,
        ...caughtUp(before, isWhole ? news.rev ?? 0 : 0),
        last_seq: Math.max(before.last_seq, reach),
        last_message: newest && newest.seq >= (before.last_message?.seq ?? 0) ? newest : before.last_message,
        read_seq: readSeq,
        told_seq: Math.max(before.told_seq, news.last_read_seq ?? 0),
        unread_count: isCurrent ? news.unread_count ?? before.unread_count : before.unread_count,
        delivered_seq: Math.max(before.delivered_seq, me?.last_delivered_seq ?? 0, readSeq),
        peer_read_seq: Math.max(before.peer_read_seq, peer?.last_read_seq ?? 0),
        peer_delivered_seq: Math.max(before.peer_delivered_seq, peer?.last_delivered_seq ?? 0, peer?.last_read_seq ?? 0),
    };
    return [...news.messages ?? [], ...newest ? [newest] : []].reduce((conversation, message) => withStatus(conversation, message, myID), next);
}

/**
 * Takes a message that came in live, or was acknowledged.
 *
 * @param {object} message with `prev_rev` where the service said it
 */
export function withMessage(conversation, message, myID) {
    const { seq } = message;
    const isNew = seq > conversation.last_seq;
    const isUnread = isNew && message.sender_id !== myID && seq > conversation.read_seq;
    const next = {
        ...conversation,
        ...advanced(conversation, message.prev_rev ?? message.rev - 1, message.rev),
        last_seq: Math.max(conversation.last_seq, seq),
        last_message: seq >= (conversation.last_message?.seq ?? 0) ? preview(message) : conversation.last_message,
        unread_count: Math.min(mostUnread, conversation.unread_count + (isUnread ? 1 : 0)),
    };
    return withStatus(next, message, myID);
}

/** Takes `read_update` or `delivered_update`. One's own that nobody else hears of carries `own_rev` and no `rev`. */
export function withReceipt(conversation, update, myID) {
    const read = update.last_read_seq ?? 0, delivered = Math.max(update.last_delivered_seq ?? 0, read);
    const next = update.rev === undefined ? { ...conversation } : { ...conversation, ...advanced(conversation, update.prev_rev, update.rev) };
    if (update.user_id === myID) {
        next.read_seq = Math.max(next.read_seq, read);
        next.told_seq = Math.max(next.told_seq, read);
        next.delivered_seq = Math.max(next.delivered_seq, delivered);
        if (next.read_seq >= next.last_seq) next.unread_count = 0;
    } else {
        next.peer_read_seq = Math.max(next.peer_read_seq, read);
        next.peer_delivered_seq = Math.max(next.peer_delivered_seq, delivered);
    }
    return next;
}

/** Reads up to `seq`, of which so many messages of others remain. */
export function withRead(conversation, seq, unreadCount) {
    if (seq <= conversation.read_seq) return conversation;
    return { ...conversation, read_seq: seq, unread_count: seq >= conversation.last_seq ? 0 : unreadCount };
}

/** What became of one's own message: `sent`, `delivered` or `read`. */
export function stageOf({ seq }, { peer_read_seq: read, peer_delivered_seq: delivered }) {
    if (seq <= read) return 'read';
    return seq <= delivered ? 'delivered' : 'sent';
}

/** When something last happened in a conversation. Milliseconds. */
export function activity({ last_message: last, created_at: createdAt }) {
    return Date.parse(last?.sent_at ?? createdAt);
}

/** What the inbox shows of a message. */
export function preview({ id, seq, sender_id, sent_at, type, content, preview: text, status }) {
    return { id, seq, sender_id, sent_at, type, status, preview: text ?? Array.from(content ?? '').slice(0, previewLength).join('') };
}

/** Where the service says how far one's own message got, it says so of all before it. */
function withStatus(conversation, { seq, sender_id: sender, status }, myID) {
    if (sender !== myID) return conversation;
    const isRead = status === 'read', isDelivered = isRead || status === 'delivered';
    return {
        ...conversation,
        peer_read_seq: Math.max(conversation.peer_read_seq, isRead ? seq : 0),
        peer_delivered_seq: Math.max(conversation.peer_delivered_seq, isDelivered ? seq : 0),
    };
}

function person({ id, username, display_name }) {
    return { id, username, display_name };
}
