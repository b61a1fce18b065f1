// An id is made of a key and a token, as another implementation makes it: the vectors are what
// test/vectors/make-ids.mjs makes, and what core.wasm shows a server agrees with them.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { PATH, identity, keyOf, make } from '../vectors/make-ids.mjs';
import { write } from '../vectors/write.mjs';
import { Client } from './instance.mjs';

/** What a client that begins a life asks its server for. */
function begin(client) {
    client.joinRoom('https://chat.example/', 'Ann', 'coffee');
    return new URL(client.of('connect')[0].text).searchParams;
}

/** A client, with the seeds that it makes key pairs of. */
function watched(seed) {
    const seeds = [];
    const client = new Client(seed, undefined, (publicKey, at) => {
        const bytes = Buffer.from(client.bytes(at, 32));
        seeds.push(bytes);
        new Uint8Array(client.wasm.memory.buffer).set(keyOf(bytes), publicKey);
        return 0;
    });
    return { client, seeds };
}

function assertShown(query, client, seed) {
    const made = identity(seed, query.get('token'));
    assert.equal(query.get('id'), made.id);
    assert.equal(query.get('gcid'), made.gcid);
    assert.equal(client.id(), made.id);
}

test('the vectors are what another implementation makes', () => {
    const kept = readFileSync(PATH, 'utf8');
    assert.equal(write(make()), kept);
    // Red: another token is another id.
    const { seed, token, id } = make().people[0];
    assert.equal(identity(Buffer.from(seed, 'hex'), token).id, id);
    assert.notEqual(identity(Buffer.from(seed, 'hex'), `${token}a`).id, id);
});

test('a client shows what its id is made of', () => {
    for (const n of [1, 2, 3]) {
        const { client, seeds } = watched(n);
        assertShown(begin(client), client, seeds[0]);
        assert.equal(seeds.length, 1);
    }
});

test('each life has a new key, a new token and a new id', () => {
    const { client, seeds } = watched(4);
    const first = begin(client);
    client.at('leave');
    const second = begin(client);
    assertShown(second, client, seeds[1]);
    for (const name of ['id', 'token', 'gcid']) {
        assert.notEqual(first.get(name), second.get(name));
    }
});

test('a host without key pairs lets nobody join', () => {
    const client = new Client(5, undefined, () => -1);
    assert.ok(client.joinRoom('https://chat.example/', 'Ann', 'coffee') < 0);
    assert.deepEqual(client.out, []);
});
