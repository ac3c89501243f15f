import { backOff } from '../core/back-off.js';

/**
 * A job that brings something up to date. It runs one at a time; asked for while it runs, it runs once more; and it is tried again, ever
 * less often, while it fails for a reason that may pass.
 */
export class Upkeep {
    #job;
    #onSettled;
    #isRunning = false;
    #isWanted = false;
    #failures = 0;
    #timer = 0;

    /** Why the last run failed; `null` after one that did not. */
    trouble = null;

    /**
     * @param {() => Promise<void>} job
     * @param {() => void} onSettled told after each run, with `trouble` set
     */
    constructor(job, onSettled) {
        this.#job = job;
        this.#onSettled = onSettled;
    }

    ask() {
        this.#isWanted = true;
        clearTimeout(this.#timer);
        if (!this.#isRunning) this.#run();
    }

    async #run() {
        this.#isRunning = true;
        while (this.#isWanted) {
            this.#isWanted = false;
            await this.#runOnce();
            this.#onSettled();
            if (this.trouble) break;
        }
        this.#isRunning = false;
    }

    async #runOnce() {
        try {
            await this.#job();
            this.trouble = null;
            this.#failures = 0;
        } catch (error) {
            this.trouble = error;
            if (!error.isTemporary) return;
            const wait = Math.max(error.retryAfter * 1000, backOff(this.#failures));
            this.#failures += 1;
            this.#timer = setTimeout(() => this.ask(), wait);
        }
    }
}
