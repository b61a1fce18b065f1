// One client of core.wasm, as the page drives it: bytes in, outputs out.
import { readFileSync } from 'node:fs';
import { imports } from './crypto.mjs';

export const FILE = `${process.env.B ?? 'build'}/wasm/core.wasm`;
export const module = new WebAssembly.Module(readFileSync(FILE));
export const NONE = 0xffffffff;
export const OUTPUTS = [
    'nothing', 'connect', 'signal', 'disconnect', 'ice', 'offer', 'answer', 'remote', 'candidate',
    'send', 'close', 'state', 'peer', 'message', 'gap', 'delivered', 'undelivered', 'sendable',
];

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export class Client {
    now = 1000;

    /** @param {number} seed  any byte
     * @param {(...args: number[]) => number} [hash]  instead of BLAKE2b
     * @param {(publicKey: number, seed: number) => number} [signKeypair]  instead of Ed25519 */
    constructor(seed, hash, signKeypair) {
        const instance = new WebAssembly.Instance(module, {
            gc: {
                ...imports(() => this.wasm.memory.buffer),
                ...(hash && { hash }),
                ...(signKeypair && { sign_keypair: signKeypair }),
            },
        });
        /** @type {any} */
        this.wasm = instance.exports;
        const at = this.#put([new Uint8Array(32).fill(seed)])[0];
        if (this.wasm.init(this.now, at) !== 0) {
            throw new Error('init');
        }
    }

    /** Copies texts into the input buffer; gives pointer and length of each. */
    #put(texts) {
        let at = this.wasm.input();
        const end = at + this.wasm.input_size();
        return texts.flatMap((text) => {
            const bytes = typeof text === 'string' ? encoder.encode(text) : text;
            if (at + bytes.length > end) {
                throw new Error('the input buffer is too small');
            }
            new Uint8Array(this.wasm.memory.buffer).set(bytes, at);
            at += bytes.length;
            return [at - bytes.length, bytes.length];
        });
    }

    /** An input: numbers are given as they are, texts and bytes through the buffer. Returns what
     * the export returned; the outputs stand in `this.out`. */
    call(name, ...args) {
        const texts = args.filter((a) => typeof a !== 'number');
        const places = this.#put(texts);
        const flat = args.flatMap((a) => (typeof a === 'number' ? [a] : places.splice(0, 2)));
        const result = this.wasm[name](...flat);
        this.out = this.drain();
        return result;
    }

    at(name, ...args) {
        return this.call(name, this.now, ...args);
    }

    /** Makes a name that of the room which `join_room` enters, in turns with the core as the page
     * does. 0: textOut() is its canonical form; else the error. */
    nameRoom(name) {
        let state = this.wasm.room_name_begin(...this.#put([name]));
        while (state > 0) {
            const nfkc = this.textOut().normalize('NFKC');
            state = this.wasm.room_name_answer(...this.#put([nfkc]));
        }
        return state;
    }

    joinRoom(server, nick, name) {
        this.out = [];
        return this.nameRoom(name) || this.at('join_room', server, nick);
    }

    bytes(at, len) {
        return new Uint8Array(this.wasm.memory.buffer).slice(at, at + len);
    }

    text(at, len) {
        return decoder.decode(this.bytes(at, len));
    }

    /** A constant of the core, zero-terminated. */
    word(at) {
        const memory = new Uint8Array(this.wasm.memory.buffer);
        return this.text(at, memory.indexOf(0, at) - at);
    }

    id() {
        return this.text(this.wasm.id(), this.wasm.id_len());
    }

    textOut() {
        return this.text(this.wasm.text_out(), this.wasm.text_out_len());
    }

    drain() {
        const all = [];
        for (let at = this.wasm.poll(); at !== 0; at = this.wasm.poll()) {
            const u32 = (i) => new DataView(this.wasm.memory.buffer).getUint32(at + 4 * i, true);
            all.push({
                type: OUTPUTS[u32(0)], peer: u32(1), link: u32(2), value: u32(3), value2: u32(4),
                reason: this.word(this.wasm.reason_word(u32(5))),
                number: u32(6) + u32(7) * 2 ** 32,
                bytes: this.bytes(u32(8), u32(9)),
                text: new TextDecoder().decode(this.bytes(u32(8), u32(9))),
                text2: this.text(u32(10), u32(11)),
            });
        }
        return all;
    }

    /** The outputs of one type since the last input. */
    of(type) {
        return this.out.filter((o) => o.type === type);
    }
}
