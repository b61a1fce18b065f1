// core.wasm in plain node: what it imports and exports, its size, the vectors that the C tests use,
// and two clients that talk through a relay of this file.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { test } from 'node:test';
import { blake2b } from './blake2b.mjs';
import { Client, FILE, NONE, module } from './instance.mjs';

const SERVER = 'https://chat.example/base/';
const COFFEE = '29935b41b9a63fe8f9dd6864f4193aa7';
/** What a first chat may cost: the page is measured with all of its parts, this is ours. */
const BYTES_MAX = 88 * 1024;

const lines = (path) => readFileSync(path, 'utf8').split('\n').filter((line) => line !== '');
const vectors = (name) => JSON.parse(readFileSync(`test/vectors/${name}.json`, 'utf8'));
const hex = (bytes) => Buffer.from(bytes).toString('hex');
const utf8 = (text) => new TextEncoder().encode(text);

function member(seed, others = []) {
    const c = new Client(seed);
    assert.equal(c.joinRoom(SERVER, 'Ann', 'coffee'), 0);
    assert.equal(c.at('signaling_opened', 0), 0);
    const room = { tag: COFFEE, members: others };
    c.at('signaling_message', 0, JSON.stringify({ type: 'OPEN', payload: { gc: 1, room } }));
    return c;
}

test('imports and exports are the committed lists', () => {
    const imports = WebAssembly.Module.imports(module).map((i) => `${i.module} ${i.name}`);
    assert.deepEqual(imports, lines('core/wasm.imports'));
    const exports = WebAssembly.Module.exports(module).map((e) => e.name).sort();
    assert.deepEqual(exports, lines('core/wasm.exports'));
});

test('the size stays in its budget', () => {
    assert.ok(statSync(FILE).size <= BYTES_MAX, `${statSync(FILE).size} bytes`);
});

test('memory is fixed, so that views of it never detach', () => {
    const c = new Client(1);
    assert.throws(() => c.wasm.memory.grow(1), RangeError);
    const room = Number(process.env.ROOM ?? 16); // as in make ROOM=64
    assert.ok(c.wasm.memory.buffer.byteLength <= (room / 16) * 4 * 1024 * 1024);
});

test('blake2b of the tests is that of OpenSSL, and gives the tags of the vectors', () => {
    for (const length of [0, 1, 127, 128, 129, 256, 1000]) {
        const input = new Uint8Array(length).fill(length);
        assert.equal(hex(blake2b(64, input)), createHash('blake2b512').update(input).digest('hex'));
    }
    const { tags } = vectors('links');
    assert.ok(tags.length > 1);
    for (const { secret, tag } of tags) {
        const key = new Uint8Array(Buffer.from(secret, 'hex'));
        assert.equal(hex(blake2b(16, utf8('ghostchat/1 room'), key)), tag);
    }
});

test('a link leads to the room of its tag', () => {
    for (const { fragment, tag } of vectors('links').tags) {
        const c = new Client(1);
        assert.equal(c.at('join_link', SERVER, '', `https://h/room/#${fragment}`), 0);
        assert.equal(new URL(c.of('connect')[0].text).searchParams.get('room'), tag);
    }
});

test('before a join there is nothing', () => {
    const c = new Client(1);
    assert.equal(c.id(), '');
    assert.equal(c.wasm.deadline(), Infinity);
    assert.deepEqual(c.drain(), []);
    assert.equal(c.word(c.wasm.reason_word(8)), 'room-full');
    assert.match(c.word(c.wasm.reason_text(8)), /full/);
    assert.equal(c.word(c.wasm.error_word(c.at('send', 'x'))), 'state');
    assert.equal(c.word(c.wasm.reason_word(9999)), 'unknown');
});

test('a join says where to connect', () => {
    const c = new Client(1);
    assert.equal(c.joinRoom(SERVER, 'Ann', 'coffee'), 0);
    const url = new URL(c.of('connect')[0].text);
    assert.equal(url.origin + url.pathname, 'wss://chat.example/base/peerjs');
    assert.equal(url.searchParams.get('room'), COFFEE);
    assert.equal(url.searchParams.get('id'), c.id());
    assert.match(c.id(), /^g[a-z2-7]{26}$/);
    assert.equal(c.word(c.wasm.error_word(c.joinRoom(SERVER, 'Ann', 'tea'))), 'state');
    assert.ok(Number.isFinite(c.wasm.deadline()));
});

test('a key of the server stands in the URL', () => {
    const c = new Client(1);
    assert.equal(c.call('set_key', 'a key'), 0);
    assert.equal(c.word(c.wasm.error_word(c.call('set_key', 'k'.repeat(65)))), 'argument');
    c.joinRoom(SERVER, '', 'coffee');
    assert.equal(new URL(c.of('connect')[0].text).searchParams.get('key'), 'a key');
});

test('a hash that fails is an error, not a wrong room', () => {
    const c = new Client(1, () => -1);
    assert.equal(c.word(c.wasm.error_word(c.joinRoom(SERVER, '', 'coffee'))), 'crypto');
    assert.deepEqual(c.out, []);
});

test('times that are none do no harm', () => {
    const c = member(1);
    for (const now of [NaN, -1, Infinity, -Infinity, 1e300, 0]) {
        c.call('tick', now);
    }
    assert.ok(c.wasm.deadline() > 1000);
});

test('invite links are those of the vectors', () => {
    const c = new Client(1);
    const { good, bad } = vectors('links');
    const kinds = ['', 'room-name', 'room-secret', 'peer-secret', 'peer'];
    assert.ok(good.length > 10 && bad.length > 10);
    for (const { url, kind, name } of good) {
        assert.equal(kinds[c.call('invite_kind', url)], kind, url);
        assert.equal(c.textOut(), kind === 'room-secret' ? '' : name, url);
    }
    for (const url of bad) {
        assert.ok(c.call('invite_kind', url) < 0, JSON.stringify(url));
        assert.equal(c.textOut(), '');
    }
});

test('an invite leads into the same room', () => {
    const host = new Client(1);
    host.at('new_room', SERVER, 'Ann');
    const room = new URL(host.of('connect')[0].text).searchParams.get('room');
    assert.match(room, /^[0-9a-f]{32}$/);
    assert.ok(host.call('invite', 'https://h/', 0) > 0);
    const link = host.textOut();
    assert.match(link, /^https:\/\/h\/room\/#1\.[A-Za-z0-9_-]{43}$/);
    const guest = new Client(2);
    assert.equal(guest.at('join_link', SERVER, '', link), 0);
    assert.equal(new URL(guest.of('connect')[0].text).searchParams.get('room'), room);
    assert.ok(host.call('invite', 'https://h/', 3) > 0);
    assert.match(host.textOut(), new RegExp(`^https://h/join/${host.id()}#1\\.`));
    assert.ok(guest.call('invite', 'no slash at the end', 0) < 0);
});

/** What a client in coffee does with a message that it never had before: its outputs. */
function reaction(text) {
    const c = new Client(1);
    c.joinRoom(SERVER, 'Ann', 'coffee');
    c.at('signaling_opened', 0);
    if (!text.includes('OPEN') && !text.includes('O\\u0050EN')) {
        const room = { tag: COFFEE, members: [] };
        c.at('signaling_message', 0, JSON.stringify({ type: 'OPEN', payload: { gc: 1, room } }));
    }
    assert.equal(c.at('signaling_message', 0, text), 0);
    return c;
}

test('signaling vectors: what is good is acted upon', () => {
    let seen = 0;
    for (const v of vectors('signaling').good) {
        const c = reaction(v.text);
        if (v.type === 'OFFER') {
            assert.deepEqual(c.of('answer').map((o) => o.text), [v.sdp], v.text);
        } else if (v.members !== undefined && v.tag === COFFEE) {
            assert.equal(c.of('offer').length, v.members.length, v.text);
            assert.deepEqual(c.of('peer').map((o) => o.text), v.members);
        } else if (v.type === 'GC-JOINED') {
            assert.deepEqual(c.of('peer').map((o) => o.text), [v.src]);
        } else if (v.reason === 'room-full' || v.reason === 'bad-key') {
            assert.equal(c.of('state').at(-1).reason, v.reason);
        } else if (v.ice !== undefined) {
            assert.deepEqual(c.of('ice').map((o) => o.text), [v.ice]);
        } else {
            continue;
        }
        seen++;
    }
    assert.ok(seen >= 8, `${seen} acted upon`);
});

test('signaling vectors: what is bad changes nothing', () => {
    const { bad } = vectors('signaling');
    assert.ok(bad.length >= 40);
    for (const text of bad.filter((t) => !t.includes('OPEN'))) {
        assert.deepEqual(reaction(text).out, [], text);
    }
});

/** Two clients, their server and the link between them, all in this file. */
class Pair {
    constructor() {
        this.a = member(1);
        this.b = member(2, [this.a.id()]);
        this.log = new Map([[this.a, []], [this.b, []]]);
        /** @type {Map<Client, number>} */
        this.link = new Map();
        this.settle(this.b);
    }

    other(c) {
        return c === this.a ? this.b : this.a;
    }

    settle(first) {
        const queue = first.out.map((o) => [first, o]);
        for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
            const [c, o] = next;
            for (const [who, call] of this.act(c, o)) {
                assert.equal(call(), 0);
                queue.push(...who.out.map((more) => [who, more]));
            }
        }
    }

    act(c, o) {
        const to = this.other(c);
        this.log.get(c).push(o);
        switch (o.type) {
        case 'offer':
        case 'answer':
            this.link.set(c, o.link);
            return [[c, () => c.at('link_description', o.link, `sdp of ${o.type}`)]];
        case 'remote':
            return [c, to].map((who) => [who, () => who.at('link_opened', this.link.get(who))]);
        case 'signal': {
            const message = { ...JSON.parse(o.text), src: c.id() };
            return [[to, () => to.at('signaling_message', 0, JSON.stringify(message))]];
        }
        case 'send':
            return [[to, () => to.at('link_message', this.link.get(to), o.value, o.bytes)]];
        default:
            return [];
        }
    }

    take(c, type) {
        const all = this.log.get(c);
        this.log.set(c, all.filter((o) => o.type !== type));
        return all.filter((o) => o.type === type);
    }
}

test('two clients meet, talk and part', () => {
    const pair = new Pair();
    const { a, b } = pair;
    assert.equal(pair.take(a, 'state').at(-1).value, 3);
    assert.equal(pair.take(b, 'peer').at(-1).value, 1);
    const text = 'Grüße 👻\n<b>&amp;</b>\u202e';
    assert.equal(a.at('send', text), 0);
    assert.equal(a.wasm.sent_seq(), 1);
    pair.settle(a);
    const [message] = pair.take(b, 'message');
    assert.equal(message.text, text.replace('\u202e', '\ufffd'));
    assert.equal(message.number, 1);
    const [delivered] = pair.take(a, 'delivered');
    assert.equal(delivered.number, 1);
    assert.notEqual(delivered.peer, NONE);
    assert.equal(b.at('set_nick', 'Bob'), 0);
    pair.settle(b);
    assert.equal(pair.take(a, 'peer').at(-1).text2, 'Bob');
    const long = 'x'.repeat(16384);
    for (let i = 0; i < 50; i++) {
        assert.equal(b.at('send', long), 0);
        pair.settle(b);
    }
    assert.equal(pair.take(a, 'message').length, 50);
    assert.equal(b.word(b.wasm.error_word(b.at('send', `${long}x`))), 'too-big');
    assert.equal(b.at('leave'), 0);
    pair.settle(b);
    const gone = pair.take(a, 'peer').at(-1);
    assert.equal(gone.value, 4);
    assert.equal(gone.reason, 'left');
});

test('a client that left holds nothing of what was said', () => {
    const pair = new Pair();
    assert.equal(pair.a.at('send', 'canary-of-a'), 0);
    pair.settle(pair.a);
    const holds = (c) => Buffer.from(c.wasm.memory.buffer).includes('canary-of-');
    assert.ok(holds(pair.a)); // the search finds what is there
    for (const c of [pair.a, pair.b]) {
        c.at('leave');
        new Uint8Array(c.wasm.memory.buffer).fill(0, c.wasm.input(),
            c.wasm.input() + c.wasm.input_size());
        assert.ok(!holds(c));
    }
});
