// What peers prove to each other: the same bytes from the core as wasm over the page's libsodium as
// from test/vectors/make-trust.mjs over @noble/*, and the numbers that the manual page prints.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { PATH, h, make } from '../vectors/make-trust.mjs';
import { write } from '../vectors/write.mjs';
import { cryptoImports } from './sodium.mjs';

const module = new WebAssembly.Module(readFileSync(`${process.env.B ?? 'build'}/wasm/trust.wasm`));
/** @type {any} */
const wasm = new WebAssembly.Instance(module, { gc: cryptoImports(() => wasm.memory.buffer) }).exports;
const vectors = JSON.parse(readFileSync(PATH, 'utf8'));
const hex = (bytes) => Buffer.from(bytes).toString('hex');
const join = (...parts) =>
    Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'hex') : part)));

const put = (...parts) => new Uint8Array(wasm.memory.buffer).set(join(...parts), wasm.buffer());
const get = (length) => new Uint8Array(wasm.memory.buffer).slice(wasm.buffer(), wasm.buffer() + length);

function keysOf(secret) {
    put(secret);
    assert.equal(wasm.keys(), 0);
    const all = get(112);
    return { room: all.slice(0, 16), signal: all.slice(16, 48), auth: [all.slice(48, 80), all.slice(80)] };
}

function pidOf(id) {
    put(Buffer.from(id));
    assert.equal(wasm.pid(Buffer.byteLength(id)), 0);
    return get(16);
}

/** Each bit of some bytes changed, one at a time. */
function* flips(bytes) {
    for (let bit = 0; bit < 8 * bytes.length; bit++) {
        const copy = Buffer.from(bytes);
        copy[bit >> 3] ^= 1 << (bit & 7);
        yield copy;
    }
}

test('the vectors are what the other implementation makes', () => {
    assert.equal(write(make()), readFileSync(PATH, 'utf8'));
});

test('the numbers of the specification', () => {
    const short = (text) => hex(h(16, Buffer.from(text, 'hex')));
    const { keys, ids, envelopes: [first], greetings: [greeting] } = vectors;
    assert.equal(keys[0].room, 'cdfe7e95c35a39fe6a4e217ba54e90f5');
    assert.equal(keys[0].signal, 'e748740322738ce2759be4da8eaa614d86baa3360398e617cd7b9b02e63cb8ab');
    assert.deepEqual(ids.slice(0, 2).map(({ id, pid }) => [id, pid]), [
        ['gaeabpfrpizegpuy4uuarx2nowi', '4bff8c7a158fcfde91cb5057504d4850'],
        ['gmd6gtn3zgereqb66kzzi6ezswq', '2e8c7aebe4aa3398cd7adb3d4fa5eae8']]);
    assert.equal(ids[1].bareTag, '77c940afc6f4063c2014ffbd34ee5bb6');
    assert.equal(first.envelope.length, 2 * 334);
    assert.equal(short(first.envelope), '32b05aff20b92c2916f8c98d40c74f7c');
    assert.equal(greeting.t, 'a61e27a2bf3bfcb10b6aa8b52567ad79c06e5021941ebc2007cf8a9a6db4f38a' +
        '5cfd70c7e8d3303d8c396050a0c1de3c17898dff5d34ee0d1b36a09dddd0cb2e');
    assert.equal(short(greeting.authOffer), '2d8ec41b38ece23c567c70f0f72c77f0');
    assert.equal(short(greeting.authAnswer), '3f23553eca45db9a29eae4c24cc3883b');
    assert.deepEqual(vectors.rows[0].row, [9, 13, 16, 1, 8, 6, 17]);
    assert.equal(vectors.numbers[0].number.replace(/(.{5})(?=.)/g, '$1 '),
        '57581 37624 39002 18442 27308 05379 51707 91457 05059 85817 76983 48007');
});

test('keys and pids', () => {
    for (const { secret, room, signal, offer, answer } of vectors.keys) {
        const keys = keysOf(secret);
        assert.deepEqual([keys.room, keys.signal, ...keys.auth].map(hex), [room, signal, offer, answer]);
    }
    for (const { id, pid } of vectors.ids) {
        assert.equal(hex(pidOf(id)), pid);
    }
});

test('envelopes; each changed bit is refused', () => {
    for (const [i, c] of vectors.envelopes.entries()) {
        const { room, signal } = keysOf(c.secret);
        const head = join(signal, pidOf(c.from), pidOf(c.to), room, c.dial, c.nonce);
        const text = Buffer.from(c.text);
        put(head, text);
        const length = wasm.seal(c.kind, c.seq, text.length);
        const sealed = Buffer.from(get(length));
        assert.equal(hex(sealed), c.envelope);
        const open = (bytes) => {
            put(head, bytes);
            return wasm.open(bytes.length);
        };
        assert.equal(open(sealed), length - 78);
        assert.equal(Buffer.from(get(length - 78)).toString().trimEnd(), c.text);
        for (const changed of i === 0 ? flips(sealed) : []) {
            assert.ok(open(changed) < 0);
        }
    }
});

test('T and AUTH; each changed bit is refused', () => {
    for (const [i, c] of vectors.greetings.entries()) {
        const { room, auth } = keysOf(c.secret);
        const bound = [room, c.fpOffer, c.fpAnswer, c.helloOffer, c.helloAnswer];
        put(...bound);
        assert.equal(wasm.transcript(), 0);
        assert.equal(hex(get(64)), c.t);
        for (const [role, name, seed] of [[1, 'Offer', c.offerSeed], [2, 'Answer', c.answerSeed]]) {
            const idpk = Buffer.from(c[`hello${name}`], 'hex').subarray(34, 66);
            put(auth[role - 1], c.t, seed, idpk);
            assert.equal(wasm.prove(role), 0);
            const made = Buffer.from(get(96));
            assert.equal(hex(made), c[`auth${name}`]);
            const check = (bytes) => {
                put(auth[role - 1], c.t, idpk, bytes);
                return wasm.check(role, bytes.length);
            };
            assert.equal(check(made), 0);
            for (const changed of i === 0 ? flips(made) : []) {
                assert.notEqual(check(changed), 0);
            }
        }
        for (const changed of i === 0 ? flips(join(c.helloOffer)) : []) {
            put(room, c.fpOffer, c.fpAnswer, changed, c.helloAnswer);
            assert.ok(wasm.transcript() < 0 || hex(get(64)) !== c.t);
        }
    }
});

test('safety numbers and rows of emoji', () => {
    for (const { one, other, number } of vectors.numbers) {
        put(one, other);
        assert.equal(wasm.number(), 0);
        assert.equal(Buffer.from(get(60)).toString(), number);
    }
    for (const { t, a, b, commitment, row } of vectors.rows) {
        put(t, a, b);
        assert.equal(wasm.row(), 0);
        const made = get(39);
        assert.equal(hex(made.slice(0, 32)), commitment);
        assert.deepEqual([...made.slice(32)], row);
    }
});

test('CPace: the run of the draft, and ours', () => {
    const draft = JSON.parse(readFileSync('test/vectors/cpace.json', 'utf8')).runs;
    const lv = (text) => Buffer.concat([Buffer.from([text.length]), Buffer.from(text)]);
    const ours = vectors.codes.map(({ nameplate, digits, frames, g, k, isk, a, b }) => ({
        password: hex(Buffer.from(digits)), g, k, isk, ada: hex(pidOf(a)), adb: hex(pidOf(b)),
        channel: hex(Buffer.concat([lv('ghostchat/1 pake'), lv(String(nameplate))])),
        session: frames[1].slice(2, 34) + frames[0].slice(2), ya: frames[1].slice(34), yb: frames[2].slice(2, 66),
    }));
    assert.equal(ours.length, 2);
    for (const { password, channel, session, g, k, ya, yb, ada, adb, isk } of [...draft, ...ours]) {
        put(password, channel, session);
        assert.equal(wasm.generator(password.length / 2, channel.length / 2, session.length / 2), 0);
        assert.equal(hex(get(32)), g);
        put(k, ya, yb, session, ada, adb);
        assert.equal(wasm.isk(session.length / 2, ada.length / 2, adb.length / 2), 0);
        assert.equal(hex(get(64)), isk);
    }
});
