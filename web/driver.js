// @ts-check
/** The driver of a core: gives it one input at a time with the time, drains its outputs, and wakes
 * it at its deadline. After end() nothing reaches the core any more. */
import { CoreError } from './core.js';

/** @typedef {import('./core.js').Core} Core */
/** @typedef {object} DriverActions
 * @property {(out: import('./core.js').CoreOutput) => void} act  does what one output asks for
 * @property {() => void} drained  there are no more outputs for now */

/** setTimeout takes at most 2^31 - 1 ms. */
const TIMER_MS_MAX = 0x7fffffff;

export class Driver {
    core;
    #actions;
    #ended = false;
    #busy = false;
    /** @type {((core: Core, now: number) => void)[]} */
    #inputs = [];
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    #timer;
    #wake = () => this.input((core, now) => core.tick(now));

    /** @param {Core} core @param {DriverActions} actions */
    constructor(core, actions) {
        this.core = core;
        this.#actions = actions;
        // Timers sleep with the device: look at the clock at once when it is back.
        globalThis.addEventListener?.('online', this.#wake);
        globalThis.document?.addEventListener('visibilitychange', this.#wake);
    }

    /** Feeds one input, then drains the outputs. Inputs that come up meanwhile (a listener that
     * sends, a channel that throws) wait their turn: the core is never entered twice.
     * @param {(core: Core, now: number) => void} input */
    input(input) {
        if (this.#ended) {
            return;
        }
        this.#inputs.push(input);
        if (this.#busy) {
            return;
        }
        this.#busy = true;
        try {
            for (let next = this.#inputs.shift(); next; next = this.#inputs.shift()) {
                next(this.core, performance.now());
                this.#drain();
            }
        } finally {
            this.#busy = false;
        }
        this.#arm();
    }

    /** One input of the user, with its result.
     * @template T
     * @param {(core: Core, now: number) => T} input
     * @returns {Promise<T>} */
    call(input) {
        return new Promise((resolve, reject) => {
            if (this.#ended) {
                reject(new CoreError('state'));
                return;
            }
            this.input((core, now) => {
                try {
                    resolve(input(core, now));
                } catch (error) {
                    reject(error);
                }
            });
        });
    }

    /** Wipes what the core knew. */
    end() {
        this.#ended = true;
        this.#inputs.length = 0;
        clearTimeout(this.#timer);
        globalThis.removeEventListener?.('online', this.#wake);
        globalThis.document?.removeEventListener('visibilitychange', this.#wake);
        this.core.wipe();
    }

    #drain() {
        let out = this.#ended ? null : this.core.poll();
        while (out) {
            this.#actions.act(out);
            out = this.#ended ? null : this.core.poll();
        }
        this.#actions.drained();
    }

    #arm() {
        clearTimeout(this.#timer);
        const at = this.#ended ? Infinity : this.core.deadline();
        if (at !== Infinity) {
            const wait = Math.min(Math.max(Math.ceil(at - performance.now()), 0), TIMER_MS_MAX);
            this.#timer = setTimeout(this.#wake, wait);
        }
    }
}
