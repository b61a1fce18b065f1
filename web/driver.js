// @ts-check
/** The driver of a core: gives it one input at a time with the time, drains its outputs, and wakes
 * it at its deadline. After end() nothing reaches the core any more, and neither after a trap:
 *
 *   running --end()--> ended
 *      \--trap--> ended, the core wiped --> actions.trapped(), once */
import { CoreError, CoreTrap, isTrap } from './trap.js';

/** @typedef {import('./core.js').Core} Core */
/** @typedef {object} DriverActions
 * @property {(out: import('./core.js').CoreOutput) => void} act  does what one output asks for
 * @property {() => void} drained  there are no more outputs for now
 * @property {(error: unknown) => void} trapped  the core has trapped; the driver has ended */
/** @typedef {object} Input
 * @property {(core: Core, now: number) => void} run
 * @property {(error: unknown) => void} refuse  the core did not take it */

/** setTimeout takes at most 2^31 - 1 ms. */
const TIMER_MS_MAX = 0x7fffffff;

/** The core may refuse a report of a transport: then nothing has changed. */
const ignore = () => {};

export class Driver {
    core;
    #actions;
    #ended = false;
    #busy = false;
    /** @type {Input[]} */
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
        this.#take({ run: input, refuse: ignore });
    }

    /** One input of the user, with its result.
     * @template T
     * @param {(core: Core, now: number) => T} input
     * @returns {Promise<T>} rejects with what the core refuses, with 'state' after the end, with
     *   'trap' when the core trapped before it had answered */
    call(input) {
        return new Promise((resolve, reject) => {
            const run = (/** @type {Core} */ core, /** @type {number} */ now) =>
                resolve(input(core, now));
            this.#take({ run, refuse: reject });
        });
    }

    /** A question that changes nothing.
     * @template T
     * @param {(core: Core) => T} question @param {T} otherwise  the answer of a core that has ended
     * @returns {T} */
    ask(question, otherwise) {
        if (this.#ended) {
            return otherwise;
        }
        try {
            return question(this.core);
        } catch (error) {
            this.#trap(error);
            return otherwise;
        }
    }

    /** Wipes what the core knew. */
    end() {
        this.#stop(new CoreError('state'));
    }

    /** @param {Input} input */
    #take(input) {
        if (this.#ended) {
            input.refuse(new CoreError('state'));
            return;
        }
        this.#inputs.push(input);
        if (this.#busy) {
            return;
        }
        this.#busy = true;
        try {
            for (let next = this.#inputs.shift(); next; next = this.#inputs.shift()) {
                this.#run(next);
                this.#drain();
            }
            this.#arm();
        } catch (error) {
            this.#trap(error);
        } finally {
            this.#busy = false;
        }
    }

    /** @param {Input} input */
    #run(input) {
        try {
            input.run(this.core, performance.now());
        } catch (error) {
            input.refuse(isTrap(error) ? new CoreTrap(error) : error);
            if (isTrap(error)) {
                throw error;
            }
        }
    }

    #drain() {
        let out = this.#ended ? null : this.core.poll();
        while (out) {
            this.#act(out);
            out = this.#ended ? null : this.core.poll();
        }
        this.#actions.drained();
    }

    /** An error outside of the core is written to the console and goes no further: the core notices when
     * an answer does not come, and the outputs after this one must still be carried out.
     * @param {import('./core.js').CoreOutput} out */
    #act(out) {
        try {
            this.#actions.act(out);
        } catch (error) {
            if (error instanceof CoreTrap || error instanceof WebAssembly.RuntimeError) {
                throw error;
            }
            globalThis.reportError?.(error);
        }
    }

    #arm() {
        clearTimeout(this.#timer);
        const at = this.#ended ? Infinity : this.core.deadline();
        if (at !== Infinity) {
            const wait = Math.min(Math.max(Math.ceil(at - performance.now()), 0), TIMER_MS_MAX);
            this.#timer = setTimeout(this.#wake, wait);
        }
    }

    /** @param {unknown} error */
    #trap(error) {
        if (!this.#ended) {
            this.#stop(new CoreTrap(error));
            this.#actions.trapped(error);
        }
    }

    /** @param {CoreError} why  for those who still wait for an answer */
    #stop(why) {
        if (this.#ended) {
            return;
        }
        this.#ended = true;
        clearTimeout(this.#timer);
        globalThis.removeEventListener?.('online', this.#wake);
        globalThis.document?.removeEventListener('visibilitychange', this.#wake);
        this.#inputs.splice(0).forEach((input) => input.refuse(why));
        try {
            this.core.wipe();
        } catch {
            // memory of a broken module that cannot be reached holds nothing that could be wiped
        }
    }
}
