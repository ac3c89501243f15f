/**
 * The part of one conversation's history that is known here, in the order of `seq`.
 *
 * It reaches from its oldest message without a hole up to `reach`. What arrives beyond a hole is kept too, and shows in its place; the hole
 * is filled by asking for what comes after `reach`.
 */
export class Timeline {
    #messages = [];  // by seq, ascending

    /** Whether the newest page has been read. */
    isLoaded = false;

    /** Whether there is more above the oldest message. */
    hasOlder = false;

    /** The `seq` up to which nothing is missing. */
    reach = 0;

    /** @returns {readonly object[]} in the order of `seq` */
    get messages() {
        return this.#messages;
    }

    /** The `seq` of the oldest message known; `undefined` when none is. */
    get start() {
        return this.#messages[0]?.seq;
    }

    /** Whether something between two known messages is not known. */
    get hasHole() {
        return this.isLoaded && this.#messages.length > 0 && this.#messages.at(-1).seq > this.reach;
    }

    /** Takes a message that came by itself. One that belongs above the oldest is left for the page it stands on. */
    add(message) {
        if (this.isLoaded && this.hasOlder && message.seq < this.start) return;
        this.#insert(message);
        this.#extendReach();
    }

    /** Takes the newest page, newest first. What came by itself meanwhile stays. */
    addNewest({ items, has_more: hasMore }) {
        for (const message of items) this.#insert(message);
        this.hasOlder = hasMore;
        this.reach = items[0]?.seq ?? 0;
        this.isLoaded = true;
        this.#extendReach();
    }

    /** Takes the page above the oldest message, newest first. */
    addOlder({ items, has_more: hasMore }) {
        for (const message of items) this.#insert(message);
        this.hasOlder = hasMore;
    }

    /** Takes the page that follows `reach`, oldest first. */
    addNewer({ items }) {
        for (const message of items) this.#insert(message);
        this.reach = Math.max(this.reach, items.at(-1)?.seq ?? 0);
        this.#extendReach();
    }

    /** Lets go of all but the last `kept` messages; they can be read again. */
    forgetBeginning(kept) {
        if (this.#messages.length <= kept) return;
        this.#messages = this.#messages.slice(-kept);
        this.hasOlder = true;
    }

    #insert(message) {
        let place = this.#messages.length;
        while (place > 0 && this.#messages[place - 1].seq > message.seq) place -= 1;
        const known = this.#messages[place - 1];
        if (known?.seq !== message.seq) this.#messages.splice(place, 0, message);
        else if ((message.rev ?? 0) >= (known.rev ?? 0)) this.#messages[place - 1] = message;
    }

    #extendReach() {
        if (!this.isLoaded) return;
        for (const { seq } of this.#messages) {
            if (seq === this.reach + 1) this.reach = seq;
        }
    }
}
