// Rooms on a server that knows none, as core.wasm does them: two clients at a few lines of such a
// server, with the ids, the key and the proofs of the vectors that the C tests use.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { blake2b } from './blake2b.mjs';
import { Client } from './instance.mjs';

const SERVER = 'https://chat.example/base/';
const VECTORS = JSON.parse(readFileSync('test/vectors/slots.json', 'utf8'));
const [, COFFEE] = VECTORS.rooms;
const SIGNALING_ON = 2;
const KINDS = ['', 'knock', 'members', 'full'];
const bytesOf = (text) => [text.length, ...new TextEncoder().encode(text)];

/** Ids, tokens and messages are all that it knows: PeerServer's protocol. */
class StockServer {
    /** @type {Map<string, { client: Client, socket: number }>} */
    held = new Map();
    relayed = [];
    sockets = new Map();

    /** Does what a client's outputs ask for, until nobody asks for more. */
    serve(...clients) {
        let busy = true;
        while (busy) {
            busy = false;
            for (const client of clients) {
                for (const o of client.out.splice(0)) {
                    busy = this.#take(client, o) || busy;
                }
            }
        }
    }

    #say(client, socket, message) {
        const before = client.out;
        client.at('signaling_message', socket, JSON.stringify(message));
        client.out = [...before, ...client.out];
    }

    #take(client, o) {
        const own = this.sockets.get(client) ?? this.sockets.set(client, []).get(client);
        if (o.type === 'connect') {
            const id = new URL(o.text).searchParams.get('id');
            own[o.value] = id;
            const before = client.out;
            client.at('signaling_opened', o.value);
            client.out = [...before, ...client.out];
            const taken = this.held.has(id);
            if (!taken) {
                this.held.set(id, { client, socket: o.value });
            }
            this.#say(client, o.value, { type: taken ? 'ID-TAKEN' : 'OPEN' });
            return true;
        }
        const message = o.type === 'signal' && JSON.parse(o.text);
        if (!message || !message.dst) {
            return false;
        }
        const relayed = { ...message, src: own[o.value] };
        this.relayed.push(relayed);
        const to = this.held.get(message.dst);
        if (to) {
            this.#say(to.client, to.socket, relayed);
        }
        return true;
    }
}

function proofOf({ src, dst, payload }) {
    const nonce = [...Buffer.from(payload.nonce, 'base64url')];
    const input = [KINDS.indexOf(payload.slot), ...nonce, ...bytesOf(src), ...bytesOf(dst),
        ...payload.members.flatMap(bytesOf)];
    const key = new Uint8Array(Buffer.from(COFFEE.key, 'hex'));
    return Buffer.from(blake2b(16, new Uint8Array(input), key)).toString('base64url');
}

test('two who enter a room at a stock server dial one another', () => {
    const server = new StockServer();
    const [ann, ben] = [new Client(1), new Client(2)];
    assert.equal(ann.joinRoom(SERVER, 'Ann', 'coffee'), 0);
    server.serve(ann);
    assert.deepEqual(server.held.get(COFFEE.ids[0]), { client: ann, socket: 1 });
    assert.deepEqual(server.relayed.map((m) => [m.dst, m.payload.slot]),
        [1, 2, 3].map((i) => [COFFEE.ids[i], 'knock']));
    server.relayed = [];
    assert.equal(ben.joinRoom(SERVER, 'Ben', 'coffee'), 0);
    const offers = [];
    const at = ben.at.bind(ben);
    ben.at = (...args) => {
        const result = at(...args);
        offers.push(...ben.of('offer'));
        return result;
    };
    server.serve(ben, ann);
    assert.deepEqual(server.relayed.map((m) => [m.src, m.dst, m.payload.slot]),
        [[ben.id(), COFFEE.ids[0], 'knock'], [ann.id(), ben.id(), 'members']]);
    for (const message of server.relayed) {
        assert.equal(message.payload.proof, proofOf(message));
    }
    assert.equal(offers.length, 1);
});

/** Ann holds slot 0 of the room, and hears a knock from eve there. */
function knocked(payload) {
    const server = new StockServer();
    const ann = new Client(1);
    assert.equal(ann.joinRoom(SERVER, 'Ann', 'coffee'), 0);
    server.serve(ann);
    const knock = { type: 'CANDIDATE', src: 'eve', dst: COFFEE.ids[0], payload: 'PAYLOAD' };
    ann.at('signaling_message', 1, JSON.stringify(knock).replace('"PAYLOAD"', () => payload));
    return ann;
}

test('a good knock is answered', () => {
    const knock = { type: 'ghostchat', v: 1, slot: 'knock', nonce: 'ABEiM0RVZneImaq7zN3u_w' };
    knock.members = [];
    knock.proof = proofOf({ src: 'eve', dst: COFFEE.ids[0], payload: knock });
    const [answer] = knocked(JSON.stringify(knock)).of('signal').map((o) => JSON.parse(o.text));
    assert.equal(answer.dst, 'eve');
    assert.deepEqual([answer.payload.slot, answer.payload.nonce], ['members', knock.nonce]);
});

for (const kind of ['bad', 'unproved']) {
    test(`knocks of the vectors change nothing: ${kind} ones`, () => {
        assert.ok(VECTORS[kind].length >= 8);
        for (const { why, payload } of VECTORS[kind]) {
            assert.deepEqual(knocked(payload).out, [], why);
        }
    });
}

test('an echo is what the vectors say, and opens what was taken over in silence', () => {
    const ann = new Client(1);
    assert.equal(ann.joinRoom(SERVER, 'Ann', 'coffee'), 0);
    ann.at('signaling_opened', 0);
    ann.at('signaling_message', 0, '{"type":"OPEN"}');
    ann.at('signaling_closed', 0);
    ann.now += 8000;
    ann.at('tick');
    ann.at('signaling_opened', 0);
    const said = ann.of('signal').map((o) => JSON.parse(o.text));
    const { payload } = COFFEE.messages.find((m) => m.kind === 'echo');
    assert.deepEqual(said, [{ type: 'HEARTBEAT' },
        { type: 'CANDIDATE', dst: ann.id(), payload: JSON.parse(payload) }]);
    assert.deepEqual(ann.of('state'), []);
    ann.at('signaling_message', 0, JSON.stringify({ ...said[1], src: ann.id() }));
    assert.deepEqual(ann.of('state').map((o) => o.value2), [SIGNALING_ON]);
});
