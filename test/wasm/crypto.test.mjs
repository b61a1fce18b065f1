// The page's crypto table, web/crypto.js over the page's own libsodium, gives what @noble/* gives:
// the cases of test/unit/crypto_test.c. GC_CRYPTO_VECTORS names others (make crypto-differential).
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { PATH, make } from '../vectors/make-crypto.mjs';
import { write } from '../vectors/write.mjs';
import { imports } from './crypto.mjs';
import { cryptoImports } from './sodium.mjs';

const memory = new ArrayBuffer(65536);
const sodium = cryptoImports(() => memory);
const noble = imports(() => memory);

const { cases } = JSON.parse(readFileSync(process.env.GC_CRYPTO_VECTORS ?? PATH, 'utf8'));
const wycheproof = JSON.parse(readFileSync('test/vectors/wycheproof.json', 'utf8'));
const bytes = (text) => Buffer.from(text, 'hex');

/** How many bytes each function writes. */
const WRITES = {
    hash: (c) => c.n, sha512: () => 64, sign_keypair: () => 32, sign: () => 64, verify: () => 0,
    seal: (c) => c.in[0].length / 2 + 16, open: (c) => c.in[0].length / 2 - 16,
    ristretto_from_hash: () => 32, scalar_reduce: () => 32, scalarmult: () => 32,
};
/** Inputs of a changing length: the length follows the pointer. */
const COUNTED = { hash: [0, 1], sha512: [0], sign: [0], verify: [1], seal: [0, 1], open: [0, 1] };
const OUT = 32768;

/** What a table makes of a case: hex, or null for refused. */
function run(table, c) {
    let at = 16;
    new Uint8Array(memory).fill(0);
    const args = c.in.map(bytes).flatMap((input, i) => {
        new Uint8Array(memory).set(input, at);
        at += input.length;
        const place = at - input.length;
        return COUNTED[c.f]?.includes(i) ? [place, input.length] : [place];
    });
    const out = c.f === 'verify' ? [] : c.f === 'hash' ? [OUT, c.n] : [OUT];
    const result = table[c.f](...out, ...args);
    assert.ok(result === 0 || result === -1);
    const length = Math.max(0, WRITES[c.f](c));
    return result === 0 ? Buffer.from(memory, OUT, length).toString('hex') : null;
}

test('the vectors are what the other implementation makes', { skip: 'GC_CRYPTO_VECTORS' in process.env }, () => {
    assert.equal(write(make()), readFileSync(PATH, 'utf8'));
});

test('the libsodium of the page gives the same', () => {
    for (const c of cases) {
        assert.equal(run(sodium, c), c.ok ? c.out : null, JSON.stringify(c));
    }
});

test('so does the table of these tests, and no other input gives the same', () => {
    for (const c of cases.slice(0, 200)) {
        assert.equal(run(noble, c), c.ok ? c.out : null, JSON.stringify(c));
        if (c.ok && c.in[0].length > 2) { // red
            const changed = bytes(c.in[0]);
            changed[0] ^= 1;
            const other = run(sodium, { ...c, in: [changed.toString('hex'), ...c.in.slice(1)] });
            assert.notEqual(other, c.out, JSON.stringify(c));
        }
    }
});

test('Wycheproof: signatures', () => {
    for (const { key, msg, sig, ok } of wycheproof.ed25519.filter((c) => c.sig.length === 128)) {
        assert.equal(run(sodium, { f: 'verify', in: [sig, msg, key] }) === '', ok, sig);
    }
});

test('Wycheproof: sealing', () => {
    for (const { key, iv, aad, msg, ct, tag, ok } of wycheproof.xchacha20_poly1305) {
        assert.equal(run(sodium, { f: 'open', in: [ct + tag, aad, iv, key] }), ok ? msg : null);
        if (ok) {
            assert.equal(run(sodium, { f: 'seal', in: [msg, aad, iv, key] }), ct + tag);
        }
    }
});

test('lengths out of bounds are refused', () => {
    assert.equal(sodium.hash(OUT, 15, 16, 1, 0, 0), -1);
    assert.equal(sodium.hash(OUT, 65, 16, 1, 0, 0), -1);
    assert.equal(sodium.hash(OUT, 64, 16, 1, 16, 65), -1);
    assert.equal(sodium.open(OUT, 16, 15, 16, 0, 16, 16), -1);
    assert.equal(sodium.hash(OUT, 64, 16, 65521, 0, 0), -1); // past the memory
});
