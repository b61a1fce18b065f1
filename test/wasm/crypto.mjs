// The crypto table of the core (core/base/crypto.h) by @noble/*: a second implementation beside
// libsodium, which is what hosts use. Each function takes and gives bytes, or null for "refused".
import { xchacha20poly1305 } from '@noble/ciphers/chacha';
import { ed25519, ristretto255 } from '@noble/curves/ed25519';
import { blake2b } from '@noble/hashes/blake2b';
import { sha512 } from '@noble/hashes/sha2';

const ORDER = ed25519.CURVE.n;
const TAG_BYTES = 16;

/** A number, lowest byte first. */
const numberOf = (bytes) => BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
const bytesOf = (number) =>
    Uint8Array.from(Buffer.from(number.toString(16).padStart(64, '0'), 'hex').reverse());

function orNull(work) {
    try {
        return work();
    } catch {
        return null;
    }
}

export const noble = {
    hash: (length, data, key) =>
        blake2b(data, { dkLen: length, key: key?.length > 0 ? key : undefined }),
    sha512: (data) => sha512(data),
    signKeypair: (seed) => ed25519.getPublicKey(seed),
    sign: (data, seed) => ed25519.sign(data, seed),
    // strictly as RFC 8032 5.1.7, not as ZIP 215
    verify: (signature, data, publicKey) =>
        orNull(() => ed25519.verify(signature, data, publicKey, { zip215: false })) === true,
    seal: (data, ad, nonce, key) => xchacha20poly1305(key, nonce, ad).encrypt(data),
    open: (data, ad, nonce, key) =>
        orNull(() => xchacha20poly1305(key, nonce, ad).decrypt(data)),
    // RFC 9496 4.3.4: the map of both halves, which the library gives only with a hash before it
    ristrettoFromHash: (data) => ristretto255.Point.hashToCurve(data).toRawBytes(),
    scalarReduce: (data) => bytesOf(numberOf(data) % ORDER),
    scalarmult: (scalar, element) => orNull(() => {
        const factor = numberOf(scalar) % ORDER;
        const result = ristretto255.Point.fromHex(element).multiply(factor);
        return result.equals(ristretto255.Point.ZERO) ? null : result.toRawBytes();
    }),
};

/** The imports of a module of wasm that has the table (core/wasm.imports).
 * @param {() => ArrayBuffer} memory  of the instance
 * @param {Partial<typeof noble>} [table]  other functions than noble's */
export function imports(memory, table) {
    const by = { ...noble, ...table };
    const read = (at, length) => new Uint8Array(memory()).slice(at, at + length);
    const give = (at, bytes) => {
        if (bytes === null) {
            return -1;
        }
        new Uint8Array(memory()).set(bytes, at);
        return 0;
    };
    return {
        hash: (out, outLen, data, len, key, keyLen) =>
            give(out, by.hash(outLen, read(data, len), read(key, keyLen))),
        sha512: (out, data, len) => give(out, by.sha512(read(data, len))),
        sign_keypair: (out, seed) => give(out, by.signKeypair(read(seed, 32))),
        sign: (out, data, len, seed, key) =>
            give(out, by.sign(read(data, len), read(seed, 32), read(key, 32))),
        verify: (signature, data, len, key) =>
            (by.verify(read(signature, 64), read(data, len), read(key, 32)) ? 0 : -1),
        seal: (out, data, len, ad, adLen, nonce, key) =>
            give(out, by.seal(read(data, len), read(ad, adLen), read(nonce, 24), read(key, 32))),
        open: (out, data, len, ad, adLen, nonce, key) => (len < TAG_BYTES ? -1
            : give(out, by.open(read(data, len), read(ad, adLen), read(nonce, 24), read(key, 32)))),
        ristretto_from_hash: (out, data) => give(out, by.ristrettoFromHash(read(data, 64))),
        scalar_reduce: (out, data) => give(out, by.scalarReduce(read(data, 64))),
        scalarmult: (out, scalar, element) =>
            give(out, by.scalarmult(read(scalar, 32), read(element, 32))),
    };
}
