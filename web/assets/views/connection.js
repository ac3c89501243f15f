/** How long a connection may be away before it is worth a word, in milliseconds. */
const grace = 1_500;

/** One line about the connection, when there is something to say. */
export class ConnectionView {
    #element;
    #link;
    #isAway = false;  // for longer than the grace
    #timer = 0;

    /**
     * @param {HTMLElement} element
     * @param {import('../net/link.js').Link} link
     */
    constructor(element, link) {
        this.#element = element;
        this.#link = link;
        link.addEventListener('state', () => this.#changed());
        addEventListener('online', () => this.#changed());
        addEventListener('offline', () => this.#changed());
        this.#changed();
    }

    #changed() {
        if (this.#link.state === 'ready') {
            clearTimeout(this.#timer);
            this.#timer = 0;
            this.#isAway = false;
            this.#say('');
        } else if (this.#isAway) {
            this.#draw();
        } else if (!this.#timer) {
            this.#timer = setTimeout(() => {
                this.#isAway = true;
                this.#draw();
            }, grace);
        }
    }

    #draw() {
        if (this.#link.state === 'replaced') {
            this.#say('Parley is open in another window with this sign-in.', 'Use it here');
        } else if (!navigator.onLine) {
            this.#say('You are offline. What you write is kept and sent when you are back.');
        } else if (this.#link.state === 'waiting') {
            this.#say('Connecting again… What you write is kept.', 'Try now');
        } else if (this.#element.childElementCount === 0) {
            this.#say('Connecting…');
        }
    }

    #say(text, action) {
        if (this.#element.dataset.text === text) return;
        this.#element.dataset.text = text;
        this.#element.replaceChildren();
        if (!text) return;
        const line = document.createElement('span');
        line.textContent = text;
        this.#element.append(line);
        if (!action) return;
        const button = document.createElement('button');
        button.type = 'button';
        button.className = 'link';
        button.textContent = action;
        button.addEventListener('click', () => this.#link.tryNow());
        this.#element.append(button);
    }
}
