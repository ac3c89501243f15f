/** How near to the end still counts as there, in CSS pixels. */
const nearEnd = 48;

/** How near to what is not loaded yet one comes before it is asked for, in CSS pixels. */
const near = 800;

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
     * @param {() => void} onMoved
     */
    constructor(element, content, onMoved) {
        this.#element = element;
        element.addEventListener('scroll', () => {
            this.#isAtEnd = this.#distanceToEnd <= nearEnd;
            onMoved();
        }, { passive: true });
        const resized = new ResizeObserver(() => this.#isAtEnd && this.toEnd());
        resized.observe(element);
        resized.observe(content);
    }

    get isAtEnd() {
        return this.#isAtEnd;
    }

    get isNearBeginning() {
        return this.#element.scrollTop < near;
    }

    get isNearEnd() {
        return this.#distanceToEnd < near;
    }

    toEnd() {
        this.#isAtEnd = true;
        this.#element.scrollTop = this.#element.scrollHeight;
    }

    /** Puts an element a little below the top; or goes to the end, if that is nearer. */
    toTop(target) {
        const { top } = this.#element.getBoundingClientRect();
        this.#element.scrollTop += target.getBoundingClientRect().top - top - this.#element.clientHeight / 5;
        this.#isAtEnd = this.#distanceToEnd <= nearEnd;
    }

    /**
     * Does something that may put messages in or take some away anywhere, without moving those on the screen.
     *
     * (The browser's own scroll anchoring does not hold at the very top, where it matters most, so the style sheet turns it off.)
     *
     * @param {Element[]} elements those that may be on the screen, from top to bottom
     */
    keepingPlace(elements, change) {
        const { top } = this.#element.getBoundingClientRect();
        const first = firstBelow(elements, top);
        const visible = elements.slice(first, first + 20);
        const places = visible.map((element) => element.getBoundingClientRect().top);
        change();
        const kept = visible.findIndex((element) => element.isConnected);
        if (this.#isAtEnd) this.toEnd();
        else if (kept >= 0) this.#element.scrollTop += visible[kept].getBoundingClientRect().top - places[kept];
    }

    /** The last element that is at least half on the screen. */
    lastVisible(elements) {
        const { bottom } = this.#element.getBoundingClientRect();
        for (let place = Math.min(firstBelow(elements, bottom), elements.length - 1); place >= 0; place -= 1) {
            const box = elements[place].getBoundingClientRect();
            if ((box.top + box.bottom) / 2 <= bottom) return elements[place];
        }
        return undefined;
    }

    get #distanceToEnd() {
        const { scrollTop, scrollHeight, clientHeight } = this.#element;
        return scrollHeight - scrollTop - clientHeight;
    }
}

/** Which of elements in order is the first whose lower edge is below `y`; how many there are when none is. */
function firstBelow(elements, y) {
    let low = 0, high = elements.length;
    while (low < high) {
        const middle = low + high >> 1;
        if (elements[middle].getBoundingClientRect().bottom > y) high = middle;
        else low = middle + 1;
    }
    return low;
}
