// The sequence with which this project began, walked on the wire: join "coffee", one's own id, "peer
// joined" at both, offer and answer relayed, the direct channel open, then messages. What the server
// sees in between is kept and searched.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';

import { chromiumBrowser } from '../harness/browsers.mjs';
import { scenarios } from '../harness/scenario.mjs';
import { Tap } from '../harness/tap.mjs';

const scenario = scenarios({ chromium: chromiumBrowser() });

/* ghostchat-protocol(7), test vectors: the tag of the open room "coffee". */
const COFFEE = '29935b41b9a63fe8f9dd6864f4193aa7';
const canary = (who) => `${who} says ${randomBytes(24).toString('hex')}`;

/** What the request line of a WebSocket asks for. */
function query(event) {
  return new URL(event.head.split(' ')[1], 'ws://server').searchParams;
}

const request = (tap, known = []) => tap.seen('a WebSocket request', (event) => (
  event.from === 'client' && event.head && !known.includes(event.connection)));

/** The first message of a type on a connection. */
function message(tap, type, from, connection, is = () => true) {
  return tap.seen(`${type} from ${from} on connection ${connection}`, (event) => (
    event.from === from && event.connection === connection && event.json?.type === type
    && is(event.json)));
}

/** Ann and Ben meet in `coffee` through a tap. */
async function meet(world) {
  const server = await world.server();
  const tap = await new Tap().start(server.port);
  world.closers.push(() => tap.close());
  const front = { url: `http://127.0.0.1:${tap.port}/` };
  const ann = await world.person('Ann', front);
  const ben = await world.person('Ben', front);

  await ann.joinRoom('coffee');
  const annAsks = await request(tap);
  const annId = query(annAsks).get('id');
  assert.match(annId, /^g[a-z2-7]{26}$/);
  assert.equal(query(annAsks).get('room'), COFFEE);
  const annOpen = await message(tap, 'OPEN', 'server', annAsks.connection);
  assert.deepEqual(annOpen.json.payload.room, { tag: COFFEE, members: [] });

  await ben.joinRoom(world.room('coffee', 'Ben'));
  const benAsks = await request(tap, [annAsks.connection]);
  const benId = query(benAsks).get('id');
  return { tap, ann, ben, annId, benId, a: annAsks.connection, b: benAsks.connection };
}

scenario('the seed sequence, and no text of it at the server', {
  async story(world) {
    const { tap, ann, ben, annId, benId, a, b } = await meet(world);

    // "Peer joined", at both.
    const benOpen = await message(tap, 'OPEN', 'server', b);
    assert.deepEqual(benOpen.json.payload.room, { tag: COFFEE, members: [annId] });
    const joined = await message(tap, 'GC-JOINED', 'server', a);
    assert.deepEqual(joined.json.payload, { room: COFFEE, id: benId });

    // The newcomer's offer and the answer to it, relayed with the sender's id set by the server.
    const offer = await message(tap, 'OFFER', 'client', b);
    assert.equal(offer.json.dst, annId);
    const offered = await message(tap, 'OFFER', 'server', a);
    assert.deepEqual(Object.keys(offered.json), ['type', 'src', 'dst', 'payload']);
    assert.equal(offered.json.src, benId);
    assert.deepEqual(offered.json.payload, offer.json.payload);
    const answered = await message(tap, 'ANSWER', 'server', b);
    assert.equal(answered.json.src, annId);
    assert.equal(answered.json.payload.dial, offer.json.payload.dial);

    // The channel, and messages on it: both ways, none of it here.
    await Promise.all([ann.connected(), ben.connected()]);
    const order = [annOpenAt(tap, a), tap.events.indexOf(benOpen), tap.events.indexOf(offer),
      tap.events.indexOf(offered), tap.events.indexOf(answered)];
    assert.deepEqual(order, [...order].sort((x, y) => x - y));
    const words = [canary('Ann'), canary('Ben')];
    await ann.say(world.text(words[0]));
    await ben.heard(words[0]);
    await ben.say(words[1]);
    await ann.heard(words[1]);
    await world.moment('said');
    assert.deepEqual(words.flatMap((text) => tap.find(text)), [], 'a text at the server');

    // Positive control: a text that is sent through signaling on purpose is found, unmasked.
    const leak = canary('Leak');
    await ann.evaluate(sendThroughSignaling, { text: leak, to: benId });
    await message(tap, 'OFFER', 'server', b, (json) => json.payload?.leak === leak);
    assert.ok(tap.find(leak).includes('raw'));
    const masked = Buffer.concat(tap.streams.filter((s) => s.from === 'client').flatMap((s) => s.bytes));
    assert.ok(!masked.includes(leak), 'client frames are masked: only unmasking finds it');
  },
  red: {
    'other room': {
      room: (name, who) => `${name}-${who}`,
      fails: /deep-equal/,
    },
    'text altered': { text: (text) => text.toUpperCase(), fails: /Ben: reads "Ann says/ },
    'a text leaks': {
      moment: {
        async said(world) {
          const ann = world.people[0];
          const text = await ann.evaluate(() => (
            [...document.querySelectorAll('[role=log] *')].map((e) => e.textContent)
              .find((words) => /^Ann says [0-9a-f]{48}$/.test(words))));
          await ann.evaluate(sendThroughSignaling, { text, to: 'nobody-at-all' });
        },
      },
      fails: /a text at the server/,
    },
  },
});

function annOpenAt(tap, connection) {
  return tap.events.findIndex((event) => (
    event.connection === connection && event.json?.type === 'OPEN'));
}

/* Runs in the page: a socket of its own, as a careless program would use it. Resolves once the
 * server has answered something that was sent behind it. */
function sendThroughSignaling({ text, to }) {
  return new Promise((resolve, reject) => {
    const url = `${location.origin.replace(/^http/, 'ws')}/peerjs?key=peerjs&id=leaker${Date.now()}`
      + '&token=leaker&gc=1';
    const socket = new WebSocket(url);
    socket.onerror = () => reject(new Error('no socket'));
    socket.onmessage = (event) => {
      const { type } = JSON.parse(event.data);
      if (type === 'OPEN') {
        socket.send(JSON.stringify({ type: 'OFFER', dst: to, payload: { leak: text } }));
        socket.send(JSON.stringify({ type: 'HEARTBEAT' }));
      } else if (type === 'GC-ALIVE') {
        socket.close();
        resolve();
      }
    };
  });
}
