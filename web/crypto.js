// @ts-check
/** The crypto table of the core (core/base/crypto.h), by libsodium: what core.wasm imports. */
import sodium from './sodium.js';

/** Resolves once the functions may be called. */
export const cryptoReady = sodium.ready;

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

/** @param {() => ArrayBuffer} memory  of the instance, as it is at the time of a call */
export function cryptoImports(memory) {
    /** @param {number} pointer @param {number} length */
    const bytes = (pointer, length) => new Uint8Array(memory(), pointer, length);
    return {
        /** BLAKE2b */
        hash: refusing((out, outLen, data, dataLen, key, keyLen) => {
            const digest = sodium.crypto_generichash(
                outLen,
                bytes(data, dataLen),
                keyLen ? bytes(key, keyLen) : null,
            );
            bytes(out, outLen).set(digest);
        }),
        /** Ed25519 */
        sign_keypair: refusing((publicKey, seed) => {
            const pair = sodium.crypto_sign_seed_keypair(bytes(seed, 32));
            bytes(publicKey, 32).set(pair.publicKey);
            pair.privateKey.fill(0);
        }),
    };
}
