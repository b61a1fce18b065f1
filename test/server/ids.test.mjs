// The right to an id of our form is shown, not remembered: neither a restart, nor a goodbye, nor the
// silence of its holder gives it to somebody else, whatever that somebody asks with.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { startServer } from '../harness/server.mjs';
import { base32, identity } from '../vectors/make-ids.mjs';
import { Client } from './client.mjs';
import './leftovers.mjs';
import { unstalled } from './pair.mjs';

const ROOM = '29935b41b9a63fe8f9dd6864f4193aa7';
let server;
let serial = 0;
before(async () => { server = await startServer(); });
after(() => server.kill());

/** A person of ours: seed and token of its own. */
function person() {
  serial++;
  return identity(Buffer.alloc(32, serial), base32(Buffer.alloc(16, 0x80 + serial)));
}

/** What the client of a person shows. */
const shown = ({ id, token, gcid }, more = {}) => ({ key: 'peerjs', id, token, gcid, ...more });
const ask = (query) => Client.open(server.port, '', { query });
const answerOf = (client) => client.until('an answer', () => client.messages[0]?.type);

/** Every way to ask for somebody's id without the right to it. `eve` is known, and has a right to
 * another id. */
const thefts = (ann, eve) => [
  { key: 'peerjs', id: ann.id, token: 'guess' },
  { key: 'peerjs', id: ann.id, token: 'guess', gc: '1', room: ROOM },
  shown(ann, { token: eve.token }),
  shown(ann, { token: eve.token, gcid: eve.gcid, gc: '1' }),
  shown(ann, { gcid: eve.gcid, gc: '1', room: ROOM }),
  { key: 'peerjs', id: ann.id, token: ann.token }, // even who heard the token
];

async function steal(ann, eve) {
  for (const query of thefts(ann, eve)) {
    const thief = await ask(query);
    assert.equal(await answerOf(thief), 'ID-TAKEN', JSON.stringify(query));
    assert.equal(await thief.closed(), 1005);
    thief.destroy();
  }
}

async function enter(ann, more = { gc: '1', room: ROOM }) {
  const client = await ask(shown(ann, more));
  assert.equal(await answerOf(client), 'OPEN');
  return client;
}

test('a restart makes an id nobody else\'s', () => unstalled(async () => {
  const [ann, ben, eve] = [person(), person(), person()];
  const clients = [await enter(ann), await enter(ben)];
  const spy = await enter(eve);
  assert.deepEqual(spy.messages[0].payload.room.members.sort(), [ann.id, ben.id].sort());
  await server.kill();
  clients.forEach((client) => client.destroy());
  await server.start();
  await steal(ann, eve);
  await steal(ben, eve);
  for (const one of [ann, ben]) {
    (await enter(one)).destroy();
  }
}));

test('what is said to an id after a restart waits for its owner', () => unstalled(async () => {
  const [ann, ben, eve] = [person(), person(), person()];
  await server.kill();
  await server.start();
  const friend = await enter(ben);
  friend.send({ type: 'OFFER', dst: ann.id, payload: 'for Ann' });
  await friend.settled();
  await steal(ann, eve);
  const owner = await enter(ann);
  assert.equal((await owner.message('OFFER')).payload, 'for Ann');
  [friend, owner].forEach((client) => client.destroy());
}));

test('silence makes an id nobody else\'s, and its owner takes it over at once', () => unstalled(async () => {
  const [ann, eve] = [person(), person()];
  const silent = await enter(ann); // answers no ping
  await steal(ann, eve);
  await new Promise((resolve) => { setTimeout(resolve, 5_500); });
  await steal(ann, eve);
  assert.equal(silent.closeCode, undefined);
  const again = await enter(ann);
  assert.equal(await silent.closed(), 4006);
  [silent, again].forEach((client) => client.destroy());
}));

test('an id of which nobody has the key stays free', () => unstalled(async () => {
  for (const id of [`g${'a'.repeat(26)}`, `g${'7'.repeat(26)}`]) {
    for (const gc of ['1', '']) {
      const client = await ask({ key: 'peerjs', id, token: 't', gcid: person().gcid, gc });
      assert.equal(await answerOf(client), 'ID-TAKEN');
      client.destroy();
    }
  }
}));

test('ids of another form follow PeerServer\'s rule', () => unstalled(async () => {
  const { gcid } = person();
  for (const id of ['a', `g${'a'.repeat(25)}`, `g${'a'.repeat(27)}`, `g${'a'.repeat(25)}1`,
    `G${'a'.repeat(26)}`, 'yasc5eo4kketkcu6gedhrg5xki', '1b4e28ba-2fa1-4d3b-a3f5-ef19b5a7633b']) {
    const client = await ask({ key: 'peerjs', id, token: 't', gcid, gc: '1' });
    assert.equal(await answerOf(client), 'OPEN', id);
    client.destroy();
  }
}));
