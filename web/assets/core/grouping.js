import { startOfDay } from './format.js';

/** Messages of one sender that follow each other within this time are one group. Milliseconds. */
const pause = 5 * 60 * 1000;

/**
 * Lays messages out: which begins a day, which begins and which ends a group.
 *
 * @param {{sender_id: string, sent_at: string}[]} messages in the order shown
 * @returns {{message: object, time: Date, day: Date | null, isFirst: boolean, isLast: boolean}[]} `day` where one begins
 */
export function arrange(messages) {
    const rows = messages.map((message) => ({ message, time: new Date(message.sent_at), day: null, isFirst: true, isLast: true }));
    rows.forEach((row, index) => {
        const before = rows[index - 1];
        if (!before || startOfDay(before.time) < startOfDay(row.time)) {
            row.day = startOfDay(row.time);
        } else if (before.message.sender_id === row.message.sender_id && row.time - before.time < pause) {
            row.isFirst = false;
            before.isLast = false;
        }
    });
    return rows;
}
