// @ts-check
/** The C core as wasm: one Core is one gc_client (core/gc_client.h, core/wasm.c). It knows nothing of
 * sockets: the caller feeds inputs, drains poll() and asks deadline(). The outputs of poll() are copies,
 * so a caller may keep them. */
import { cryptoImports, loadCrypto } from './crypto.js';
import { InviteKind, Output } from './numbers.js';
import { CoreError, guarded, isTrap } from './trap.js';
import { compile } from './wasm.js';

export { CoreError };

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** @typedef {string | Uint8Array} Bytes */
/** @typedef {object} CoreOutput
 * @property {number} type
 * @property {number} peer
 * @property {number} link
 * @property {number} value
 * @property {number} value2
 * @property {number} reason
 * @property {number} number
 * @property {Uint8Array} bytes   copied
 * @property {string} text        bytes as UTF-8
 * @property {string} text2 */

/** @type {Promise<WebAssembly.Module> | undefined} */
let compiled;

/** Loads what every Core needs; call it early, so that a join does not wait. */
export async function loadCore() {
    compiled ??= compile('core.wasm').catch((error) => {
        compiled = undefined; // the next join asks again
        throw error;
    });
    const [module] = await Promise.all([compiled, loadCrypto()]);
    return module;
}

export class Core {
    /** @type {any} */
    #wasm;
    #ended = false;

    /** @param {any} wasm  the exports */
    constructor(wasm) {
        this.#wasm = guarded(wasm);
    }

    /** A new client with fresh entropy.
     * @returns {Promise<Core>} */
    static async create() {
        const module = await loadCore();
        /** @type {any} */
        let wasm;
        const instance = await WebAssembly.instantiate(module, {
            gc: cryptoImports(() => wasm.memory.buffer),
        });
        wasm = instance.exports;
        const core = new Core(wasm);
        const seed = crypto.getRandomValues(new Uint8Array(32));
        core.#wasm.init(performance.now(), core.#put(seed)[0]);
        seed.fill(0);
        return core;
    }

    /** Writes the arguments one after the other into the input buffer.
     * @param {...Bytes} items
     * @returns {number[]} pointer and length of each */
    #put(...items) {
        const base = this.#wasm.input() >>> 0;
        const view = new Uint8Array(this.#wasm.memory.buffer, base, this.#wasm.input_size());
        const spans = [];
        let at = 0;
        for (const item of items) {
            const bytes = typeof item === 'string' ? encoder.encode(item) : item;
            if (at + bytes.length > view.length) {
                throw new CoreError('too-big');
            }
            view.set(bytes, at);
            spans.push(base + at, bytes.length);
            at += bytes.length;
        }
        return spans;
    }

    /** Whether the input buffer takes them; smaller limits are the core's business.
     * @param {Uint8Array} bytes */
    #fits(bytes) {
        return bytes.length <= this.#wasm.input_size();
    }

    /** @param {number} pointer @param {number} length
     * @returns {Uint8Array} a copy */
    #copy(pointer, length) {
        return new Uint8Array(this.#wasm.memory.buffer, pointer >>> 0, length >>> 0).slice();
    }

    /** The text that the last call gave. */
    #textOut() {
        return decoder.decode(this.#copy(this.#wasm.text_out(), this.#wasm.text_out_len()));
    }

    /** @param {number} pointer  zero-terminated */
    #word(pointer) {
        const bytes = new Uint8Array(this.#wasm.memory.buffer, pointer >>> 0);
        return decoder.decode(bytes.subarray(0, bytes.indexOf(0)));
    }

    /** @param {number} result  0 or more is success
     * @returns {number} */
    #check(result) {
        if (result < 0) {
            throw new CoreError(this.#word(this.#wasm.error_word(result)));
        }
        return result;
    }

    /** @param {string} key  PeerServer's key, for joins from now on */
    setKey(key) {
        this.#check(this.#wasm.set_key(...this.#put(key)));
    }

    /** @param {string} word  what a bare link speaks with a stock PeerJS peer, for joins from now on:
     *   binary, json or raw */
    setSerialization(word) {
        this.#check(this.#wasm.set_serialization(...this.#put(word)));
    }

    /** Makes a name that of the room which joinRoom() enters, in turns: NFKC is the browser's, the
     * rest the core's (ghostchat-protocol.7, "Room names").
     * @param {string} name  as typed
     * @returns {string} its canonical form. Throws 'syntax', 'too-big' for a text that cannot be a name
     */
    nameRoom(name) {
        let more = this.#check(this.#wasm.room_name_begin(...this.#put(name)));
        while (more) {
            const nfkc = this.#textOut().normalize('NFKC');
            more = this.#check(this.#wasm.room_name_answer(...this.#put(nfkc)));
        }
        return this.#textOut();
    }

    /** @param {number} now @param {string} server @param {string} nick @param {string} name */
    joinRoom(now, server, nick, name) {
        this.nameRoom(name);
        this.#check(this.#wasm.join_room(now, ...this.#put(server, nick)));
    }

    /** @param {number} now @param {string} server @param {string} nick */
    newRoom(now, server, nick) {
        this.#check(this.#wasm.new_room(now, ...this.#put(server, nick)));
    }

    /** @param {number} now @param {string} server @param {string} nick @param {string} link */
    joinLink(now, server, nick, link) {
        const invite = this.readInvite(link);
        if (invite?.kind === InviteKind.ROOM_NAME) {
            this.joinRoom(now, server, nick, invite.name);
            return;
        }
        this.#check(this.#wasm.join_link(now, ...this.#put(server, nick, link)));
    }

    /** @param {number} now */
    leave(now) {
        this.#check(this.#wasm.leave(now));
    }

    /** @param {number} now @param {string} text
     * @returns {number} the message's sequence number */
    send(now, text) {
        this.#check(this.#wasm.send(now, ...this.#put(text)));
        return this.#wasm.sent_seq();
    }

    /** @param {number} now @param {string} nick */
    setNick(now, nick) {
        this.#check(this.#wasm.set_nick(now, ...this.#put(nick)));
    }

    /** @param {string} nick
     * @returns {string} what the others see of that name, may be empty */
    cleanNick(nick) {
        this.#check(this.#wasm.clean_nick(...this.#put(nick)));
        return this.#textOut();
    }

    /** @param {string} base @param {number} kind  0: the room one is in
     * @returns {string} the link */
    invite(base, kind) {
        this.#check(this.#wasm.invite(...this.#put(base), kind));
        return this.#textOut();
    }

    /** @param {string} link
     * @returns {{ kind: number, name: string } | null} null: no invite link; name: room or peer */
    readInvite(link) {
        const bytes = encoder.encode(link);
        if (!this.#fits(bytes)) {
            return null;
        }
        const kind = this.#wasm.invite_kind(...this.#put(bytes));
        if (kind <= 0) {
            return null;
        }
        const name = this.#textOut();
        if (kind === InviteKind.ROOM_NAME && !this.#isRoomName(name)) {
            return null;
        }
        return { kind, name };
    }

    /** @param {string} name */
    #isRoomName(name) {
        try {
            this.nameRoom(name);
            return true;
        } catch (error) {
            if (isTrap(error)) {
                throw error;
            }
            return false;
        }
    }

    /** @returns {string} our own peer id, empty before the first join */
    id() {
        return decoder.decode(this.#copy(this.#wasm.id(), this.#wasm.id_len()));
    }

    /** @param {number} now @param {number} socket  which one, as in the outputs' value */
    signalingOpened(now, socket) {
        this.#wasm.signaling_opened(now, socket);
    }

    /** @param {number} now @param {number} socket @param {string} text */
    signalingMessage(now, socket, text) {
        const bytes = encoder.encode(text);
        if (this.#fits(bytes)) {
            this.#wasm.signaling_message(now, socket, ...this.#put(bytes));
        }
    }

    /** @param {number} now @param {number} socket */
    signalingClosed(now, socket) {
        this.#wasm.signaling_closed(now, socket);
    }

    /** @param {number} now @param {number} link @param {string} sdp */
    linkDescription(now, link, sdp) {
        this.#wasm.link_description(now, link, ...this.#put(sdp));
    }

    /** @param {number} now @param {number} link
     * @param {string} candidate @param {string} mid @param {number} index */
    linkCandidate(now, link, candidate, mid, index) {
        this.#wasm.link_candidate(now, link, ...this.#put(candidate, mid), index);
    }

    /** @param {number} now @param {number} link */
    linkOpened(now, link) {
        this.#wasm.link_opened(now, link);
    }

    /** @param {number} now @param {number} link
     * @param {number} channel @param {Uint8Array} bytes */
    linkMessage(now, link, channel, bytes) {
        this.#wasm.link_message(now, link, channel, ...this.#put(bytes));
    }

    /** @param {number} now @param {number} link @param {number} bytes */
    linkBuffered(now, link, bytes) {
        this.#wasm.link_buffered(now, link, bytes);
    }

    /** @param {number} now @param {number} link @param {number} reason */
    linkClosed(now, link, reason) {
        this.#wasm.link_closed(now, link, reason);
    }

    /** @param {number} now @param {number} link @param {number} path @param {number} rttMs */
    linkPath(now, link, path, rttMs) {
        this.#wasm.link_path(now, link, path, rttMs);
    }

    /** @param {number} now */
    tick(now) {
        this.#wasm.tick(now);
    }

    /** @returns {CoreOutput | null} the next thing to do */
    poll() {
        const at = this.#wasm.poll() >>> 0;
        if (!at) {
            return null;
        }
        const view = new DataView(this.#wasm.memory.buffer, at, 48);
        /** @param {number} i */
        const u32 = (i) => view.getUint32(4 * i, true);
        const bytes = this.#copy(u32(8), u32(9));
        return {
            type: u32(0),
            peer: u32(1),
            link: u32(2),
            value: u32(3),
            value2: u32(4),
            reason: u32(5),
            number: u32(6) + u32(7) * 2 ** 32,
            bytes,
            text: u32(0) === Output.LINK_SEND ? '' : decoder.decode(bytes),
            text2: decoder.decode(this.#copy(u32(10), u32(11))),
        };
    }

    /** @returns {number} ms on performance.now()'s clock, Infinity when nothing is due */
    deadline() {
        return this.#wasm.deadline();
    }

    /** @param {number} reason */
    reasonWord(reason) {
        return this.#word(this.#wasm.reason_word(reason));
    }

    /** @param {number} reason
     * @returns {string} the words for the user */
    reasonText(reason) {
        return this.#word(this.#wasm.reason_text(reason));
    }

    /** Overwrites all that the client knew. The object is of no use afterwards. */
    wipe() {
        if (!this.#ended) {
            this.#ended = true;
            new Uint8Array(this.#wasm.memory.buffer).fill(0);
        }
    }
}
