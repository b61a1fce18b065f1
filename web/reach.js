// @ts-check
/** Whether the server answers by HTTP although its WebSocket is not reached. Then the server is there,
 * and something in between, usually a proxy, does not pass WebSockets on: the user's network is not to
 * blame. */

/** A server that does not answer within this time is not there. */
const ANSWER_MS = 5000;

/** @param {string} url
 * @param {boolean} own  of the page's own server: the answer can be seen; of another one, only that it
 *   came
 * @returns {Promise<boolean>} */
async function answers(url, own) {
    try {
        const answer = await fetch(url, {
            cache: 'no-store',
            mode: own ? 'cors' : 'no-cors',
            signal: AbortSignal.timeout(ANSWER_MS),
        });
        return answer.ok || answer.type === 'opaque';
    } catch {
        return false;
    }
}

export class Reach {
    /** The server answered when its WebSocket was last tried. */
    answers = false;
    /** Its WebSocket was reached in this chat: everything in between passes WebSockets on. */
    reached = false;
    #onChange;
    #asked = 0;

    /** @param {() => void} onChange */
    constructor(onChange) {
        this.#onChange = onChange;
    }

    /** Looks whether the server answers, for its WebSocket was not reached.
     * @param {string} url @param {boolean} own */
    async ask(url, own) {
        const asked = ++this.#asked;
        const there = await answers(url, own);
        if (asked === this.#asked && there !== this.answers) {
            this.answers = there;
            this.#onChange();
        }
    }

    /** Takes what the core says; with another reason, an answer that is still to come is late.
     * @param {import('./ghostchat.js').ChatState} state */
    note({ state, signaling, reason }) {
        this.reached = state !== 'idle' && (this.reached || signaling === 'on');
        if (reason.word !== 'server-unreachable') {
            this.#asked++;
            this.answers = false;
        }
    }
}
