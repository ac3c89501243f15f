/**
 * How a conversation's `rev` is followed.
 *
 * Every event says between which two revisions it stands (`prev_rev`, `rev`). What arrives before something that comes ahead of it
 * waits in `ahead`; whatever still waits after a moment was preceded by something that is missing, and the client catches up.
 *
 * @param {{rev: number, ahead?: [number, number][]}} known
 * @param {number} previous the event's `prev_rev`
 * @param {number} next the event's `rev`
 * @returns {{rev: number, ahead: [number, number][]}} `rev`: up to which everything is known
 */
export function advanced({ rev, ahead = [] }, previous, next) {
    let reached = rev;
    const left = [];
    for (const step of [...ahead, [previous, next]].sort((a, b) => a[1] - b[1] || a[0] - b[0])) {
        if (step[1] <= reached) continue;
        if (step[0] <= reached) reached = step[1];
        else if (left.at(-1)?.[1] !== step[1]) left.push(step);
    }
    return { rev: reached, ahead: left };
}

/** The same after the service has said all up to `rev`. */
export function caughtUp(known, rev) {
    return advanced(known, known.rev, rev);
}

/** Whether something is missing. */
export function hasGap({ ahead = [] }) {
    return ahead.length > 0;
}
