/** How marks are gathered: the first goes at once, the next after this time or this many messages. Source: ACCEPTANCE D-062. */
const interval = 2_000;  // milliseconds
const most = 10;  // messages

/** When to tell the service how far one has read. One mark covers all before it, so only the last one counts. */
export class MarkPace {
    #toldAt = -Infinity;
    #told = 0;

    /** @returns {number} milliseconds to wait before `seq` is told */
    wait(seq, now) {
        if (seq - this.#told >= most) return 0;
        return Math.max(0, this.#toldAt + interval - now);
    }

    told(seq, now) {
        this.#told = Math.max(this.#told, seq);
        this.#toldAt = now;
    }
}
