/** Who is typing where. A notice ends by itself; the service sends its end after 6 s, and we do not wait much longer for that. */
const longest = 7_000;

export class Typists {
    #until = new Map();  // conversation id → time, as `now` counts

    /** Takes a `typing` frame of somebody else. */
    note(conversationID, isTyping, now) {
        if (isTyping) this.#until.set(conversationID, now + longest);
        else this.#until.delete(conversationID);
    }

    /** A message says more than that somebody types. */
    end(conversationID) {
        this.#until.delete(conversationID);
    }

    clear() {
        this.#until.clear();
    }

    isTyping(conversationID, now) {
        return (this.#until.get(conversationID) ?? 0) > now;
    }

    /** When the next notice ends, if one stands; to look again then. */
    nextEnd(now) {
        const ends = [...this.#until.values()].filter((end) => end > now);
        return ends.length > 0 ? Math.min(...ends) : null;
    }
}

/**
 * When to say that one is typing oneself: with the first letters, then every 3 s while it goes on; and when it ends without a message.
 */
export class TypingPace {
    #saidAt = -Infinity;
    #isTyping = false;

    /** @returns {boolean | null} what to say now, if anything */
    changed(hasText, now) {
        if (!hasText) return this.stopped();
        if (this.#isTyping && now - this.#saidAt < interval) return null;
        this.#isTyping = true;
        this.#saidAt = now;
        return true;
    }

    /** Nothing is being written any more. */
    stopped() {
        if (!this.#isTyping) return null;
        this.sent();
        return false;
    }

    /** A message went out, which says it already. */
    sent() {
        this.#isTyping = false;
        this.#saidAt = -Infinity;
    }
}

/** How often typing is repeated, in milliseconds. The service takes one a second and forgets after six. */
const interval = 3_000;
