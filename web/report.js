// @ts-check
/** A report makes events for the user out of the core's outputs, with words in place of numbers. It
 * belongs to one chat and knows everybody whom the core has named in it. */
import { Output, PATHS, PEER_STATES, SIGNALING_STATES, STATES } from './numbers.js';
import { texts } from './texts.js';

/** @typedef {import('./core.js').CoreOutput} CoreOutput */
/** @typedef {import('./ghostchat.js').Peer} Peer */
/** @typedef {import('./ghostchat.js').Reason} Reason */
/** @typedef {{ type: string, detail: any }} ChatEvent  as ghostchat.js lists them */
/** @typedef {{ reasonWord: (reason: number) => string, reasonText: (reason: number) => string }} Words
 *   of the core's table of reasons */

export const NO_REASON = Object.freeze({ word: 'none', text: '' });
/** A core that has trapped cannot be asked for words. */
export const TRAPPED = Object.freeze({ word: 'trap', text: texts.status.trapped });
/** Takes the place of `no-address` where a relay is the only way: the relay gave out no address. */
const NO_RELAY = Object.freeze({ word: 'no-relay', text: texts.status.noRelay });

export class Report {
    #words;
    #relayOnly;
    /** @type {Map<number, Peer>} by index; a peer that left stays until its index is used again */
    #known = new Map();

    /** @param {Words} words  the core @param {boolean} relayOnly  nothing but a relay is used */
    constructor(words, relayOnly) {
        this.#words = words;
        this.#relayOnly = relayOnly;
    }

    /** @returns {Peer[]} everybody who is known and has not left */
    get peers() {
        return [...this.#known.values()].filter((peer) => peer.state !== 'closed');
    }

    /** @param {CoreOutput} out
     * @returns {ChatEvent | null} null: the output is not for the user */
    eventOf(out) {
        switch (out.type) {
            case Output.STATE:
                return { type: 'state', detail: this.#stateOf(out) };
            case Output.PEER:
                return { type: 'peer', detail: this.#learn(out) };
            case Output.SENDABLE:
                return { type: 'sendable', detail: null };
            default: {
                const peer = this.#known.get(out.peer);
                return peer ? this.#eventFrom(peer, out) : null;
            }
        }
    }

    /** @param {Peer} peer @param {CoreOutput} out
     * @returns {ChatEvent | null} about messages from or to this peer */
    #eventFrom(peer, out) {
        const id = out.number;
        switch (out.type) {
            case Output.MESSAGE:
                return { type: 'message', detail: { from: peer, id, text: out.text } };
            case Output.GAP: {
                const reason = this.#reasonOf(out);
                return { type: 'gap', detail: { from: peer, first: id, count: out.value, reason } };
            }
            case Output.DELIVERED:
                return { type: out.value ? 'sent' : 'delivered', detail: { to: peer, id } };
            case Output.UNDELIVERED:
                return { type: 'undelivered', detail: { to: peer, id, reason: this.#reasonOf(out) } };
            default:
                return null;
        }
    }

    /** @param {CoreOutput} out
     * @returns {import('./ghostchat.js').ChatState} */
    #stateOf(out) {
        return {
            state: STATES[out.value],
            signaling: SIGNALING_STATES[out.value2],
            reason: this.#reasonOf(out),
        };
    }

    /** @param {CoreOutput} out
     * @returns {Peer} as it is known from now on */
    #learn(out) {
        const peer = /** @type {Peer} */ ({
            index: out.peer,
            id: out.text,
            name: out.text2,
            state: PEER_STATES[out.value],
            path: PATHS[out.value2 & 0xff] ?? 'unknown',
            rttMs: out.number,
            direct: (out.value2 & 0x100) !== 0,
            verified: (out.value2 & 0x200) !== 0,
            stock: (out.value2 & 0x400) !== 0,
            reason: this.#reasonOf(out),
        });
        this.#known.set(out.peer, peer);
        return peer;
    }

    /** @param {CoreOutput} out
     * @returns {Reason} */
    #reasonOf({ reason }) {
        if (!reason) {
            return NO_REASON;
        }
        const word = this.#words.reasonWord(reason);
        return word === 'no-address' && this.#relayOnly
            ? NO_RELAY
            : { word, text: this.#words.reasonText(reason) };
    }
}
