// @ts-check
/** The crypto table of the core (core/base/crypto.h), by libsodium: what core.wasm imports. */
import createSodium from './libsodium-sumo.js';
import { compile } from './wasm.js';

/** @typedef {import('./libsodium-sumo.js').Sodium} Sodium */

/** @type {Sodium} */
let sodium;
/** @type {Promise<void> | undefined} */
let loading;

/** Resolves once the functions of cryptoImports() may be called. */
export function loadCrypto() {
    loading ??= load().catch((error) => {
        loading = undefined; // the next join asks again
        throw error;
    });
    return loading;
}

async function load() {
    const module = await compile('libsodium-sumo.wasm');
    sodium = await new Promise((resolve, reject) => {
        createSodium({
            instantiateWasm(imports, done) {
                WebAssembly.instantiate(module, imports).then(done, reject);
            },
            getRandomValue: () => crypto.getRandomValues(new Uint32Array(1))[0],
        }).then(resolve, reject);
    });
    if (sodium._sodium_init() < 0) {
        throw new Error('libsodium does not start');
    }
}

/** An exception must not unwind through wasm frames: there it is -1, "refused".
 * @param {(...args: number[]) => void} work
 * @returns {(...args: number[]) => number} */
const refusing = (work) => (...args) => {
    try {
        work(...args);
        return 0;
    } catch {
        return -1;
    }
};

/** Lends memory of libsodium, wipes it and takes it back.
 * @param {number} size
 * @param {(at: number) => void} use */
function borrow(size, use) {
    const at = sodium._malloc(size);
    if (at === 0) {
        throw new Error('no memory');
    }
    try {
        use(at);
    } finally {
        sodium.HEAPU8.fill(0, at, at + size);
        sodium._free(at);
    }
}

/** @param {number} result  of a function of libsodium */
function check(result) {
    if (result !== 0) {
        throw new Error('refused');
    }
}

/** @param {() => ArrayBuffer} memory  of the instance, as it is at the time of a call */
export function cryptoImports(memory) {
    /** @param {number} pointer @param {number} length */
    const bytes = (pointer, length) => new Uint8Array(memory(), pointer, length);
    return {
        /** BLAKE2b */
        hash: refusing((out, outLen, data, dataLen, key, keyLen) => {
            borrow(outLen + dataLen + keyLen, (at) => {
                const [from, by] = [at + outLen, at + outLen + dataLen];
                sodium.HEAPU8.set(bytes(data, dataLen), from);
                sodium.HEAPU8.set(bytes(key, keyLen), by);
                // a length of 64 bits is two numbers
                const keyAt = keyLen ? by : 0;
                check(sodium._crypto_generichash(at, outLen, from, dataLen, 0, keyAt, keyLen));
                bytes(out, outLen).set(sodium.HEAPU8.subarray(at, at + outLen));
            });
        }),
        /** Ed25519 */
        sign_keypair: refusing((publicKey, seed) => {
            borrow(32 + 64 + 32, (at) => {
                const [secretAt, seedAt] = [at + 32, at + 96];
                sodium.HEAPU8.set(bytes(seed, 32), seedAt);
                check(sodium._crypto_sign_seed_keypair(at, secretAt, seedAt));
                bytes(publicKey, 32).set(sodium.HEAPU8.subarray(at, at + 32));
            });
        }),
    };
}
