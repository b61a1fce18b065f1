// `ghostchat` and an unmodified PeerJS application talk: the terminal calls, and the application
// dials the terminal; over ghostchatd, and over a stock PeerServer.
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';

import { chromiumBrowser } from '../harness/browsers.mjs';
import { scenarios } from '../harness/scenario.mjs';
import { Terminal } from '../harness/terminal.mjs';
import { describe } from './pages/kinds.js';
import { peerServer, User } from './user.mjs';

const scenario = scenarios({ chromium: chromiumBrowser() });

/* The longest text that a terminal takes, and one as long as a stock application may send in each
 * serialization: in chunks, in a frame below its own limit, in one large frame. */
const PIECE = 16384;
const LONG = { binary: 60000, json: 12000, raw: 60000 };

/** A text in which no part is like another, the same in each run. */
function text(length, seed) {
  let state = seed;
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return String.fromCharCode(0x20 + ((state >>> 16) % 95));
  }).join('');
}

/** A terminal, ended with the story. */
function terminal(world, args) {
  const tom = new Terminal('Tom', [...args, '--json'], { patience: world.patience });
  world.closers.push(() => tom.kill());
  return tom;
}

/** The texts of all messages that came from line `from` on, until they have this length. */
async function heardInPieces(tom, length, from) {
  const texts = () => tom.lines.slice(from).filter((line) => line.event === 'message').map((line) => line.text);
  for (let at = from; texts().join('').length < length; at = tom.lines.length) {
    await tom.until({ event: 'message' }, at);
  }
  return texts().join('');
}

/** Both say short and long things, and each arrives as it was said. */
async function talk(world, tom, ben, label, serialization) {
  const hello = `hello Ben in ${serialization}, zé 🥦`;
  const id = await tom.say(world.text(hello));
  assert.equal(await ben.sees(`${label} data`), JSON.stringify(hello), 'Ben reads "hello');
  await tom.until({ event: 'sent', id, to: ben.id });
  const sent = tom.lines.filter((line) => line.event === 'sent' && line.id === id);
  assert.deepEqual(sent.map(({ to }) => to), [undefined, ben.id]);
  const long = text(PIECE, 1);
  await tom.say(long);
  assert.equal(await ben.sees(`${label} data`), await describe(long));
  const answer = `hello Tom in ${serialization}, 中 "quoted"`; // unlike those of other connections
  await ben.says(label, answer);
  await tom.heard(answer);
  const from = tom.lines.length;
  const longer = text(LONG[serialization], 2);
  await ben.says(label, longer);
  assert.equal(await describe(await heardInPieces(tom, longer.length, from)), await describe(longer));
}

/** A value that is no text is shown, and one that is too long is a gap; the chat goes on. */
async function talkInBytes(tom, ben, label, serialization) {
  if (serialization === 'binary') {
    await ben.says(label, { list: [1, 2.5, null], deep: { yes: true } });
    await tom.heard('{"list":[1,2.5,null],"deep":{"yes":true}}');
    await ben.sends(label, 1000);
    await tom.heard('[1000 bytes]');
    await ben.sends(label, 1 << 20);
    await tom.until({ event: 'gap', from: ben.id, count: 1, reason: 'too-big' });
  }
  await ben.says(label, 'still here');
  await tom.heard('still here');
}

for (const kind of ['ghostchatd', 'npm peer']) {
  const signaling = (world) => (kind === 'ghostchatd' ? world.server() : peerServer(world));
  // What is said on the channel is no business of the server: one of the three will do there.
  const spoken = kind === 'ghostchatd' ? ['binary', 'json', 'raw'] : ['binary'];

  for (const serialization of spoken) {
    scenario(`a terminal calls a PeerJS application in ${serialization}, over ${kind}`, {
      async story(world) {
        const server = await signaling(world);
        const ben = await User.open(world, 'Ben', server);
        await ben.enters('bens-id');
        const speaks = world.variant.speaks ?? serialization;
        const tom = terminal(world, ['call', 'bens-id', '--server', server.url, '--serialization', speaks]);
        const label = await ben.sees('connection');
        const there = await ben.sees(`${label} open`);
        assert.equal(there.serialization, serialization, `Ben is called in ${serialization}`);
        assert.equal(there.ordered, true);
        await tom.until({ event: 'peer', peer: ben.id, state: 'open', verified: false });
        await talk(world, tom, ben, label, serialization);
        await talkInBytes(tom, ben, label, serialization);
        assert.equal(await tom.leave(), 0);
        await ben.sees(`${label} close`);
      },
      red: {
        'a text altered': { text: (one) => `${one}.`, fails: /Ben reads "hello/ },
        'always raw': { speaks: serialization === 'raw' ? 'json' : 'raw', fails: /Ben is called in/ },
      },
    });
  }

  scenario(`a PeerJS application dials a terminal in ${spoken.join(', ')}, over ${kind}`, {
    async story(world) {
      const server = await signaling(world);
      const tom = terminal(world, ['join', world.room('coffee', 'Tom'), '--server', server.url]);
      const { id } = await tom.until({ event: 'ready' });
      await tom.until({ event: 'joined' });
      const ben = await User.open(world, 'Ben', server);
      await ben.enters();
      for (const serialization of spoken) {
        const label = await ben.connect(id, { serialization, label: `as ${serialization}` });
        await ben.sees(`${label} open`);
        await talk(world, tom, ben, label, serialization);
        const from = tom.lines.length;
        await ben.closes(label, serialization === 'json' ? { flush: true } : undefined);
        await tom.until({ event: 'peer', peer: ben.id, state: 'closed', reason: 'left' }, from);
      }
      assert.equal(await tom.leave(), 0);
    },
    red: { 'a text altered': { text: (one) => `${one}.`, fails: /Ben reads "hello/ } },
  });
}

/** The label of the latest connection, which is open: an earlier offer of the same caller, kept by the
 * server, may have come before it and lead nowhere. */
async function latestOpen(ben) {
  for (;;) {
    const label = await ben.sees('connection');
    for (let i = 0; i < 50 && await ben.count(`${label} open`) === 0; i++) {
      await delay(100);
    }
    if (await ben.count(`${label} open`) > 0) {
      return label;
    }
  }
}

scenario('a terminal calls somebody who comes later, is reloaded, and goes', {
  async story(world) {
    const server = await world.server();
    const ben = await User.open(world, 'Ben', server);
    const tom = terminal(world, ['call', world.link('bens-id'), '--server', server.url]);
    await tom.until({ event: 'error', code: /./ });
    await ben.enters('bens-id');
    for (const word of ['first', 'second']) {
      const from = tom.lines.length;
      const label = await latestOpen(ben);
      await ben.says(label, word);
      await tom.heard(word);
      if (word === 'first') {
        await ben.reloads();
        await tom.until({ event: 'peer', state: 'closed' }, from);
        await ben.enters('bens-id');
      }
    }
    assert.equal(await tom.leave(), 0);
  },
  red: { 'another id': { link: () => 'cyds-id', fails: /sees "connection"/ } },
});
