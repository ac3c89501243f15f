/**
 * The part of one conversation's history that is on the screen: messages that follow each other by `seq` without a hole.
 *
 * `seq` is dense, so this is all there is to know about gaps: whatever lies beyond the two ends is not here yet and is read when
 * somebody scrolls there. A message that comes in beyond a gap only tells how far the conversation reaches (`head`).
 */
export class History {
    #messages = [];  // by seq, ascending, without a hole
    #head = 0;

    /** Whether there has been a page to begin with. */
    isOpen = false;

    /** Whether it has reached the end of the conversation, and was not cut there since: then what is new belongs to it. */
    isAtEnd = false;

    /** How often it has begun: whoever shows it finds a place anew each time. */
    beginnings = 0;

    /** @returns {readonly object[]} in the order of `seq` */
    get messages() {
        return this.#messages;
    }

    /** `seq` of the first message here; 1 when there is none. */
    get start() {
        return this.#messages[0]?.seq ?? 1;
    }

    /** `seq` of the last message here; 0 when there is none. */
    get end() {
        return this.#messages.at(-1)?.seq ?? 0;
    }

    /** `seq` of the newest message that is known to exist. */
    get head() {
        return this.#head;
    }

    get hasOlder() {
        return this.start > 1;
    }

    get hasNewer() {
        return this.end < this.#head;
    }

    /** Learns how far the conversation reaches. */
    reach(head) {
        this.#head = Math.max(this.#head, head);
    }

    /** Begins anew with a page, in any order. Of a page with holes the newest part is taken. */
    begin(page, head = 0) {
        const sorted = inOrder(page);
        let first = sorted.length - 1;
        while (first > 0 && sorted[first - 1].seq === sorted[first].seq - 1) first -= 1;
        this.#messages = sorted.slice(Math.max(first, 0));
        this.#head = Math.max(head, sorted.at(-1)?.seq ?? 0);
        this.isOpen = true;
        this.isAtEnd = !this.hasNewer;
        this.beginnings += 1;
    }

    /** Takes a message that is new or has changed. */
    add(message) {
        const { seq } = message;
        this.reach(seq);
        if (!this.isOpen) return;
        if (seq === this.end + 1) {
            this.#messages.push(message);
            this.isAtEnd ||= !this.hasNewer;
        } else if (seq >= this.start && seq <= this.end) {
            this.#replace(seq - this.start, message);
        }
    }

    /** Takes a page that ends right above the first message; what does not is left out. */
    prepend(page) {
        for (const message of inOrder(page).reverse()) {
            if (message.seq === this.start - 1) this.#messages.unshift(message);
        }
    }

    /** Takes a page that begins right below the last message; what does not is left out. */
    append(page) {
        for (const message of inOrder(page)) this.add(message);
    }

    /** Lets go of all but the first `count` messages. */
    keepOldest(count) {
        if (this.#messages.length <= count) return;
        this.#messages = this.#messages.slice(0, count);
        this.isAtEnd = false;
    }

    /** Lets go of all but the last `count` messages. */
    keepNewest(count) {
        if (this.#messages.length > count) this.#messages = this.#messages.slice(-count);
    }

    /** A page read long ago does not undo what came since. */
    #replace(index, message) {
        if ((message.rev ?? 0) >= (this.#messages[index].rev ?? 0)) this.#messages[index] = message;
    }
}

/**
 * Of messages by `seq`, the run without a hole that holds `seq`.
 *
 * @returns {object[]} empty when `seq` is not there
 */
export function runAround(page, seq) {
    const sorted = inOrder(page);
    const place = sorted.findIndex((message) => message.seq === seq);
    if (place < 0) return [];
    let first = place, last = place;
    while (first > 0 && sorted[first - 1].seq === sorted[first].seq - 1) first -= 1;
    while (last + 1 < sorted.length && sorted[last + 1].seq === sorted[last].seq + 1) last += 1;
    return sorted.slice(first, last + 1);
}

function inOrder(page) {
    return [...page].sort((a, b) => a.seq - b.seq);
}
