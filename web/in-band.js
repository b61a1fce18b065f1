// @ts-check
/** The in-band channel of a link: the one data channel that a stock PeerJS peer knows
 * (ghostchat-protocol.7, "PeerJS peers"). Its purpose depends on the kind of the link:
 *
 *   EITHER   ours, opened beside the native ones; settle() keeps it or them
 *   DATA     the link's only channel: theirs, or ours after settle()
 *   NATIVE   none: one that the other side opens is closed */
import { DataChannel, LinkKind } from './numbers.js';

/** GC_DATA_BYTES_MAX: of what is longer the core needs one byte more, to say that it is too long. */
const DATA_BYTES_MAX = 65536;

/** So many channels too many may the other side open. A peer of this program that does not know who
 * answers opens one; each costs this page work, and no frame that the core could count. */
const SURPLUS_MAX = 4;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** @typedef {object} InBandReport
 * @property {(number: number, bytes: Uint8Array) => void} data  number: of DataChannel
 * @property {(channel: RTCDataChannel) => void} closed */

export class InBand {
    /** A LinkKind. */
    kind;
    /** @type {RTCDataChannel | null} */
    #channel = null;
    #surplus = 0;
    #report;

    /** @param {number} kind  a LinkKind @param {InBandReport} report */
    constructor(kind, report) {
        this.kind = kind;
        this.#report = report;
    }

    /** @param {RTCDataChannel} channel  the one from now on */
    take(channel) {
        this.#channel = channel;
        channel.addEventListener('message', (event) => this.#onData(event.data));
        channel.addEventListener('close', () => this.#report.closed(channel));
    }

    /** Whether the other side goes on opening channels that nobody wants. */
    get flooded() {
        return this.#surplus > SURPLUS_MAX;
    }

    /** @param {RTCDataChannel} channel  opened by the other side
     * @returns {boolean} whether it was taken: to a peer of ours it is one too many, and so is a
     *   second one */
    adopt(channel) {
        if (this.kind !== LinkKind.DATA || this.#channel) {
            this.#surplus++;
            channel.close();
            return false;
        }
        this.take(channel);
        return true;
    }

    /** The answer says who is there: the other kind's channels are let go before they open.
     * @param {number} kind @param {RTCDataChannel[]} native
     * @returns {RTCDataChannel[]} those that the link consists of */
    settle(kind, native) {
        this.kind = kind;
        const own = this.#channel;
        if (kind === LinkKind.DATA && own) {
            native.forEach((channel) => channel.close());
            return [own];
        }
        this.#channel = null;
        own?.close();
        return native;
    }

    /** @param {number} number  of DataChannel @param {Uint8Array} bytes */
    send(number, bytes) {
        const text = number === DataChannel.TEXT;
        this.#channel?.send(/** @type {any} */ (text ? decoder.decode(bytes) : bytes));
    }

    /** @param {unknown} data */
    #onData(data) {
        if (this.kind !== LinkKind.DATA) {
            return;
        }
        if (typeof data === 'string') {
            // A text has at least as many bytes as characters: what is cut is over the limit anyway.
            const bytes = encoder.encode(data.slice(0, DATA_BYTES_MAX + 1));
            this.#report.data(DataChannel.TEXT, bytes.subarray(0, DATA_BYTES_MAX + 1));
        } else if (data instanceof ArrayBuffer) {
            const length = Math.min(data.byteLength, DATA_BYTES_MAX + 1);
            this.#report.data(DataChannel.BYTES, new Uint8Array(data, 0, length));
        }
    }
}
