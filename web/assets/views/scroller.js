/** How near to the end still counts as there, in CSS pixels. */
const nearEnd = 48;

/** How near to the beginning one comes before older messages are asked for, in CSS pixels. */
const nearBeginning = 600;

/**
 * Keeps the place in a conversation: at the end when one is there, else at the same message, whatever comes in above or below or changes
 * its height.
 */
export class Scroller {
    #element;
    #isAtEnd = true;

    /**
     * @param {HTMLElement} element what scrolls
     * @param {HTMLElement} content what is in it
     * @param {{onNearBeginning: () => void, onMoved: () => void}} actions
     */
    constructor(element, content, { onNearBeginning, onMoved }) {
        this.#element = element;
        element.addEventListener('scroll', () => {
            this.#isAtEnd = this.#distanceToEnd <= nearEnd;
            if (this.isNearBeginning) onNearBeginning();
            onMoved();
        });
        const resized = new ResizeObserver(() => this.#isAtEnd && this.toEnd());
        resized.observe(element);
        resized.observe(content);
    }

    get isAtEnd() {
        return this.#isAtEnd;
    }

    get isNearBeginning() {
        return this.#element.scrollTop < nearBeginning;
    }

    toEnd() {
        this.#isAtEnd = true;
        this.#element.scrollTop = this.#element.scrollHeight;
    }

    /**
     * Does something that may put messages above those on the screen, without moving them.
     *
     * (The browser's own scroll anchoring does not hold at the very top, where it matters most, so the style sheet turns it off.)
     */
    keepingPlace(anchor, change) {
        const before = anchor?.getBoundingClientRect().top;
        change();
        if (this.#isAtEnd) this.toEnd();
        else if (anchor?.isConnected) this.#element.scrollTop += anchor.getBoundingClientRect().top - before;
    }

    get #distanceToEnd() {
        const { scrollTop, scrollHeight, clientHeight } = this.#element;
        return scrollHeight - scrollTop - clientHeight;
    }
}
