// Stock PeerJS peers set up a connection with core.wasm: the payloads of the vectors that the C
// tests use, good ones and bad ones, and ours as they stand there.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Client } from './instance.mjs';

const SERVER = 'https://chat.example/base/';
const NATIVE = 0;
const DATA = 2;
const { good, bad, written } = JSON.parse(readFileSync('test/vectors/data.json', 'utf8'));
const STOCK = good[0].connection;
const of = (list, type) => list.filter((v) => JSON.parse(v.text).type === type);
const say = (c, message) => {
    c.at('signaling_message', 0, typeof message === 'string' ? message : JSON.stringify(message));
};

/** In an open room, where an offer without a tag is taken. */
function host() {
    const c = new Client(1);
    assert.equal(c.joinRoom(SERVER, 'Ann', 'coffee'), 0);
    c.at('signaling_opened', 0);
    const room = { tag: '29935b41b9a63fe8f9dd6864f4193aa7', members: [] };
    say(c, { type: 'OPEN', payload: { gc: 1, room } });
    return c;
}

/** Has answered an offer of somebody's: candidates are awaited. */
function answered(src, connectionId) {
    const c = host();
    const sdp = { type: 'offer', sdp: 'its sdp' };
    say(c, { type: 'OFFER', src, dst: c.id(),
        payload: { type: 'data', connectionId, sdp, serialization: 'raw' } });
    const [{ link }] = c.of('answer');
    return { c, link };
}

/** Has dialled bob: an answer is awaited. */
function dialled(serialization, sdp) {
    const c = new Client(1);
    assert.equal(c.call('set_serialization', serialization), 0);
    assert.equal(c.at('join_link', SERVER, 'Ann', 'https://chat.example/join/bob'), 0);
    c.at('signaling_opened', 0);
    say(c, { type: 'OPEN' });
    c.at('link_description', c.of('offer')[0].link, sdp);
    const [text] = c.of('signal').map((o) => o.text);
    return { c, text, connection: JSON.parse(text).payload.connectionId };
}

/** A client that waits for messages of this type, and the connection id that it waits for. */
function waiting(type) {
    if (type === 'ANSWER') {
        return dialled('', 'our sdp');
    }
    if (type === 'CANDIDATE') {
        const { c, link } = answered('bob', STOCK);
        c.at('link_description', link, 'our sdp');
        return { c, connection: STOCK };
    }
    return { c: host(), connection: STOCK };
}

test('good offers are answered, marked ones natively', () => {
    for (const v of of(good, 'OFFER')) {
        const { c } = waiting('OFFER');
        say(c, v.text);
        const [answer] = c.of('answer');
        assert.deepEqual([answer?.value, answer?.text], [v.marked ? NATIVE : DATA, v.sdp], v.why);
        c.at('link_description', answer.link, 'our sdp');
        const ours = { type: 'answer', sdp: 'our sdp' };
        const [{ type, dst, payload }] = c.of('signal').map((o) => JSON.parse(o.text));
        assert.deepEqual([type, dst], ['ANSWER', 'bob']);
        assert.deepEqual(payload, v.marked
            ? { type: 'ghostchat', v: 1, dial: v.connection, sdp: 'our sdp' }
            : { type: 'data', connectionId: v.connection, sdp: ours });
    }
});

test('good answers and candidates reach the link', () => {
    for (const v of of(good, 'ANSWER')) {
        const { c, connection } = waiting('ANSWER');
        say(c, v.text.replace(v.connection, connection));
        assert.deepEqual(c.of('remote').map((o) => [o.value, o.text]), [[DATA, v.sdp]], v.why);
    }
    for (const v of of(good, 'CANDIDATE')) {
        const { c } = waiting('CANDIDATE');
        say(c, v.text);
        const told = v.candidate ? [[v.candidate, v.mid ?? '', v.index ?? 0]] : [];
        assert.deepEqual(c.of('candidate').map((o) => [o.text, o.text2, o.value]), told, v.why);
    }
});

test('bad ones change nothing', () => {
    let count = 0;
    for (const type of ['OFFER', 'ANSWER', 'CANDIDATE']) {
        for (const { why, text } of of(bad, type)) {
            const { c, connection } = waiting(type);
            say(c, text.replace(STOCK, connection));
            assert.deepEqual(c.out, [], why);
            count++;
        }
    }
    assert.equal(count, bad.length);
});

test('what we say is written as in the vectors', () => {
    for (const v of of(written, 'OFFER')) {
        const { text, connection } = dialled(v.serialization, v.sdp);
        assert.equal(text, v.text.replaceAll(v.connection, connection));
    }
    for (const v of of(written, 'ANSWER')) {
        const { c, link } = answered(v.dst, v.connection);
        c.at('link_description', link, v.sdp);
        assert.deepEqual(c.of('signal').map((o) => o.text), [v.text]);
    }
    for (const v of of(written, 'CANDIDATE')) {
        const { c, link } = answered(v.dst, v.connection);
        c.at('link_description', link, 'our sdp');
        c.at('link_candidate', link, v.candidate, v.mid, v.index);
        assert.deepEqual(c.of('signal').map((o) => o.text), [v.text]);
    }
});
