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
 * @param {(...args: number[]) => number} work
 * @returns {(...args: number[]) => number} */
const refusing = (work) => (...args) => {
    try {
        return work(...args);
    } catch {
        return -1;
    }
};

/** Calls a function of libsodium with copies of what the core lends, and takes its output back. The
 * copies are wiped. Gives 0, or -1 for "refused".
 * @param {Uint8Array} out  written when the function gives 0
 * @param {Uint8Array[]} inputs
 * @param {(out: number, ...inputs: number[]) => number} work  with the places of both in libsodium
 * @returns {number} */
function lend(out, inputs, work) {
    const size = inputs.reduce((sum, input) => sum + input.length, out.length);
    const at = sodium._malloc(size);
    if (at === 0) {
        return -1;
    }
    try {
        let end = at + out.length;
        const places = inputs.map((input) => {
            sodium.HEAPU8.set(input, end);
            end += input.length;
            return end - input.length;
        });
        if (work(at, ...places) !== 0) {
            return -1;
        }
        out.set(sodium.HEAPU8.subarray(at, at + out.length));
        return 0;
    } finally {
        sodium.HEAPU8.fill(0, at, at + size);
        sodium._free(at);
    }
}

const TAG_BYTES = 16;

/** All arguments are pointers into the instance and lengths, as core/base/crypto.h names them; all
 * results are 0 or -1. A length of 64 bits is two numbers for libsodium.
 * @param {() => ArrayBuffer} memory  of the instance, as it is at the time of a call */
export function cryptoImports(memory) {
    /** @param {number} pointer @param {number} length */
    const bytes = (pointer, length) => new Uint8Array(memory(), pointer >>> 0, length >>> 0);
    /** @type {Record<string, (...args: number[]) => number>} */
    const table = {
        /** BLAKE2b */
        hash: (out, outLen, data, dataLen, key, keyLen) =>
            outLen < 16 ? -1 : lend(bytes(out, outLen), [bytes(data, dataLen), bytes(key, keyLen)],
                (o, d, k) => sodium._crypto_generichash(o, outLen, d, dataLen, 0, keyLen ? k : 0,
                    keyLen)),
        sha512: (out, data, dataLen) =>
            lend(bytes(out, 64), [bytes(data, dataLen)], (o, d) =>
                sodium._crypto_hash_sha512(o, d, dataLen, 0)),
        /** Ed25519; libsodium's secret key is the seed and the public key. */
        sign_keypair: (publicKey, seed) =>
            lend(bytes(publicKey, 32), [bytes(seed, 32), new Uint8Array(64)], (o, from, secret) =>
                sodium._crypto_sign_seed_keypair(o, secret, from)),
        sign: (signature, data, dataLen, seed, publicKey) =>
            lend(bytes(signature, 64), [bytes(data, dataLen), bytes(seed, 32), bytes(publicKey, 32)],
                (o, d, secret) => sodium._crypto_sign_detached(o, 0, d, dataLen, 0, secret)),
        verify: (signature, data, dataLen, publicKey) =>
            lend(new Uint8Array(0),
                [bytes(signature, 64), bytes(data, dataLen), bytes(publicKey, 32)], (_, s, d, key) =>
                    sodium._crypto_sign_verify_detached(s, d, dataLen, 0, key)),
        /** XChaCha20-Poly1305 */
        seal: (out, data, dataLen, ad, adLen, nonce, key) =>
            lend(bytes(out, dataLen + TAG_BYTES),
                [bytes(data, dataLen), bytes(ad, adLen), bytes(nonce, 24), bytes(key, 32)],
                (o, d, a, n, k) => sodium._crypto_aead_xchacha20poly1305_ietf_encrypt(o, 0, d,
                    dataLen, 0, a, adLen, 0, 0, n, k)),
        open: (out, data, dataLen, ad, adLen, nonce, key) =>
            dataLen < TAG_BYTES ? -1 : lend(bytes(out, dataLen - TAG_BYTES),
                [bytes(data, dataLen), bytes(ad, adLen), bytes(nonce, 24), bytes(key, 32)],
                (o, d, a, n, k) => sodium._crypto_aead_xchacha20poly1305_ietf_decrypt(o, 0, 0, d,
                    dataLen, 0, a, adLen, 0, n, k)),
        ristretto_from_hash: (element, data) =>
            lend(bytes(element, 32), [bytes(data, 64)], (o, d) =>
                sodium._crypto_core_ristretto255_from_hash(o, d)),
        /** libsodium's function gives nothing back. */
        scalar_reduce: (scalar, data) =>
            lend(bytes(scalar, 32), [bytes(data, 64)], (o, d) => {
                sodium._crypto_core_ristretto255_scalar_reduce(o, d);
                return 0;
            }),
        scalarmult: (out, scalar, element) =>
            lend(bytes(out, 32), [bytes(scalar, 32), bytes(element, 32)], (o, s, e) =>
                sodium._crypto_scalarmult_ristretto255(o, s, e)),
    };
    return Object.fromEntries(Object.entries(table).map(([name, work]) => [name, refusing(work)]));
}
