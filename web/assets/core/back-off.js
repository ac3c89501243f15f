/** The longest wait between two attempts, in milliseconds. */
const longest = 30_000;

/**
 * How long to wait before the next attempt: about 1, 2, 4, 8 … 30 s, spread over half of it, so that all who lost the same server do not
 * come back in the same moment.
 *
 * @param {number} attempt from 0
 * @returns {number} milliseconds
 */
export function backOff(attempt) {
    const whole = Math.min(longest, 1_000 * 2 ** Math.min(attempt, 5));
    return whole / 2 + Math.random() * whole / 2;
}
