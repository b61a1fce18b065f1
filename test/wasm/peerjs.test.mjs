// core.wasm in plain node and the library of npm peerjs: what it packs is shown, what we send it
// unpacks.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import peerjs from 'peerjs';
import { Client } from './instance.mjs';

const { util } = peerjs;
const SERVER = 'https://chat.example/base/';
const EITHER = 1;
const DATA = 2;
const BYTES = 128;
const TEXT = 129;

const vectors = JSON.parse(readFileSync('test/vectors/binarypack.json', 'utf8'));
const unhex = (text) => new Uint8Array(Buffer.from(text, 'hex'));

/** A client that is linked with a stock peer, and the number of the link. */
function linked(serialization) {
    const c = new Client(1);
    assert.equal(c.call('set_serialization', serialization), 0);
    assert.equal(c.at('join_link', SERVER, 'Ann', 'https://chat.example/join/stock'), 0);
    c.at('signaling_opened', 0);
    c.at('signaling_message', 0, '{"type":"OPEN"}');
    const [offer] = c.of('offer');
    assert.equal(offer.value, EITHER);
    c.at('link_description', offer.link, 'our sdp');
    const { payload } = JSON.parse(c.of('signal')[0].text);
    const { connectionId } = payload;
    assert.deepEqual(payload, {
        type: 'data', connectionId, sdp: { type: 'offer', sdp: 'our sdp' }, label: connectionId,
        reliable: true, serialization: serialization || 'binary', gc: 1,
    });
    c.at('signaling_message', 0, JSON.stringify({
        type: 'ANSWER', src: 'stock', dst: c.id(),
        payload: { sdp: { type: 'answer', sdp: 'its sdp' }, type: 'data', connectionId },
    }));
    assert.deepEqual(c.of('remote').map((o) => [o.value, o.text]), [[DATA, 'its sdp']]);
    assert.equal(c.at('link_opened', offer.link), 0);
    assert.ok((c.of('peer').at(-1).value2 & 0x400) !== 0);
    return { c, link: offer.link };
}

function shown({ c, link }, channel, bytes) {
    assert.equal(c.at('link_message', link, channel, bytes), 0);
    return c.of('message').map((o) => o.text);
}

test('BinaryPack vectors are shown as their text, bad ones as a gap', () => {
    const it = linked('');
    const closing = new Set(vectors.sorted.filter((v) => v.kind !== 'value').map((v) => v.hex));
    let count = 0;
    for (const { hex, text } of vectors.good.filter((v) => !closing.has(v.hex))) {
        assert.deepEqual(shown(it, BYTES, unhex(hex)), [text || '""'], hex);
        count++;
    }
    assert.ok(count > 60);
    for (const { hex } of vectors.bad) {
        assert.deepEqual(shown(it, BYTES, unhex(hex)), [], hex);
        assert.equal(it.c.of('gap').length, 1, hex);
    }
});

test('texts of ours are what the library unpacks, and are told as sent', () => {
    const texts = ['a', 'zé 中🥦', 'x'.repeat(15), 'y'.repeat(16), '"\\\n', 'z'.repeat(16384)];
    const read = {
        '': (bytes) => util.unpack(bytes.buffer),
        json: (bytes) => JSON.parse(new TextDecoder().decode(bytes)),
        raw: (bytes) => new TextDecoder().decode(bytes),
    };
    for (const [serialization, unpack] of Object.entries(read)) {
        const { c, link } = linked(serialization);
        for (const text of texts) {
            assert.equal(c.at('send', text), 0);
            const [sent] = c.of('send');
            assert.equal(sent.link, link);
            assert.equal(sent.value, serialization === 'raw' ? TEXT : BYTES);
            assert.equal(unpack(sent.bytes), text);
            assert.deepEqual(c.of('delivered'), []); // the transport has not said that it took it
            assert.equal(c.at('link_buffered', link, 0), 0);
            assert.deepEqual(c.of('delivered').map((o) => o.value), [1]);
        }
    }
});

test('chunks of the library are put together, in any order', () => {
    const it = linked('');
    util._dataCount = 1; // as on a new connection
    for (const size of [16308, 32604, 50004]) {
        const text = 'chunk '.repeat(size / 6);
        const frames = util.chunk(util.pack(text)).map((c) => new Uint8Array(util.pack(c)));
        assert.ok(frames.length > 1 && frames[0].length <= 16331);
        const pieces = [...frames.slice(1).reverse(), frames[1], frames[0]]
            .flatMap((frame) => shown(it, BYTES, frame));
        assert.equal(pieces.join(''), text);
    }
    const [close] = vectors.sorted.filter((v) => v.kind === 'close');
    assert.equal(it.c.at('link_message', it.link, BYTES, unhex(close.hex)), 0);
    assert.equal(it.c.of('close').length, 1);
    assert.equal(it.c.of('peer').at(-1).reason, 'left');
});
