// Where ghostchatd is better than the original. Each story holds at ghostchatd and fails at npm
// `peer`, for the reason that its red run names. Three have no red run, because npm `peer` passes them:
// they hold what the take-overs must not cost (an id whose socket was closed is free at once, and a
// holder that is far away or hangs keeps its own).
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';

import { PeerServer } from '../harness/peerserver.mjs';
import { startServer } from '../harness/server.mjs';
import { BINARY, Client, frame, join, TEXT } from './client.mjs';
import './leftovers.mjs';
import { unstalled } from './pair.mjs';

const MIB = 1 << 20;
const OPEN = '{"type":"OPEN"}';
const ORIGIN = ['--cors', 'https://a.example'];
// Short lives, with half a second to spare in each story for a busy machine.
const SHORT = ['--alive_timeout', '2500', '--expire_timeout', '2500'];
// Each flood has servers of its own: what npm lets go of one would hide the growth of the next.
const FLOODS = ['one absent id', 'many absent ids', 'a deaf one'];
const servers = {};
before(async () => {
  const start = async (word, ours, peer) => {
    servers[word] = { ours: await startServer({ args: ours }), peer: await new PeerServer({ args: peer }).start() };
  };
  await Promise.all([start('plain', [], []), start('short', SHORT, SHORT), start('origin', ORIGIN, ORIGIN),
    ...FLOODS.map((word) => start(word, ['--rate', '1000000'], []))]);
});
after(() => Promise.all(Object.values(servers).flatMap(({ ours, peer }) => [ours.kill(), peer.kill()])));

let serial = 0;
const name = (what) => `${what}-${++serial}`;
/** The silence or the distance that a story is about. */
const passes = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });
const rss = (server) => 1024 * Number(
  /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${server.child.pid}/status`, 'utf8'))[1]);
/** Everything between `text` and its end was written to the socket. */
async function send(client, text) {
  if (!client.raw.socket.write(frame(TEXT, text))) {
    await once(client.raw.socket, 'drain');
  }
}

/** A story that holds at ours and fails at npm's for the reason `red`. */
function better(what, { which = 'plain', red, story }) {
  test(what, async (t) => {
    await Promise.all([
      unstalled(() => story(servers[which].ours, t)),
      red && unstalled(() => assert.rejects(story(servers[which].peer, { diagnostic() {} }), (error) => {
        assert.match(error.message, red);
        return true;
      })),
    ]);
  });
}

// --- floods: alone, because they are measured in memory ------------------------------------------------

/** One client sends texts as fast as the server takes them; the server's memory hardly grows. */
async function flood(server, count, textOf) {
  const sender = await join(server, name('sender'));
  const base = rss(server);
  for (let i = 0; i < count; i++) {
    await send(sender, textOf(i));
  }
  await sender.settled();
  assert.ok(rss(server) - base < 4 * MIB, `memory grew by ${(rss(server) - base) / MIB} MiB`);
  sender.destroy();
}

const large = (dst) => {
  const text = JSON.stringify({ type: 'OFFER', dst, payload: 'x'.repeat(60_000) });
  return () => text;
};

better('a flood to one absent id costs little', {
  which: 'one absent id', red: /^memory grew/,
  story: (server) => flood(server, 600, large('nobody')),
});

better('a flood to 20,000 absent ids costs little', {
  which: 'many absent ids', red: /^memory grew/,
  story: (server) => flood(server, 20_000, (i) => (
    `{"type":"CANDIDATE","dst":"nobody-${i}","payload":"${'x'.repeat(1000)}"}`)),
});

better('a flood to somebody who does not read costs little', {
  which: 'a deaf one', red: /^memory grew/,
  async story(server) {
    const id = name('deaf');
    const deaf = await join(server, id);
    deaf.raw.socket.pause();
    await flood(server, 800, large(id));
    deaf.destroy();
  },
});

// --- reloads: alone, because they are measured in milliseconds --------------------------------------------

better('reload, the old socket closed: the id at once, whatever the token', {
  async story(server, t) {
    for (const end of [(raw) => raw.socket.end(), (raw) => raw.socket.resetAndDestroy()]) {
      const id = name('reload');
      end((await join(server, id)).raw);
      const began = performance.now();
      const second = await Client.open(server.port, id, { token: 'another' });
      await second.message('OPEN');
      const took = performance.now() - began;
      assert.ok(took < 1_000, `${took} ms`);
      t.diagnostic(`reload, old socket closed, other token: ${took.toFixed(1)} ms`);
      second.destroy();
    }
  },
});

better('reload, the old socket half open, the same token: the id at once', {
  red: /no OPEN/,
  async story(server, t) {
    const id = name('reload');
    const silent = await join(server, id);
    const began = performance.now();
    const second = await Client.open(server.port, id);
    await second.until('OPEN', () => second.texts[0] === OPEN, 1_000).catch(() => assert.fail('no OPEN'));
    t.diagnostic(`reload, old socket half open, same token: ${(performance.now() - began).toFixed(1)} ms`);
    [silent, second].forEach((one) => one.destroy());
  },
});

// --- the rest, all at once: most of them wait -------------------------------------------------------------

const NO_MESSAGES = ['no json', 'null', '1', '"s"', '[]', '', '{"a":1}garbage', '['.repeat(60_000),
  `{"type":"OFFER","payload":${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}}`, '{}', '{"type":5}'];

describe('better than the original', { concurrency: true }, () => {
  better('take-over: the new socket gets OPEN', {
    red: /the new socket got /,
    async story(server) {
      const id = name('over');
      const first = await join(server, id);
      const second = await Client.open(server.port, id);
      await second.settled();
      assert.deepEqual(second.texts, [OPEN], `the new socket got ${second.texts}`);
      [first, second].forEach((one) => one.destroy());
    },
  });

  better('take-over: the old socket is closed', {
    red: /the old socket lives/,
    async story(server) {
      const id = name('over');
      const first = await join(server, id);
      const second = await Client.open(server.port, id);
      await second.settled();
      await first.settled();
      assert.equal(first.closeCode, 4006, 'the old socket lives');
      second.send({ type: 'OFFER', dst: id, payload: 1 });
      await second.message('OFFER');
      assert.ok(!first.texts.some((text) => text.includes('OFFER')));
      [first, second].forEach((one) => one.destroy());
    },
  });

  better('take-over: the new socket lives its own time', {
    which: 'short', red: /cut for the silence of the old one/,
    async story(server) {
      const id = name('over');
      const first = await join(server, id);
      await passes(1_700);
      const second = await Client.open(server.port, id);
      await passes(1_700);
      assert.equal(second.closeCode, undefined, 'cut for the silence of the old one');
      [first, second].forEach((one) => one.destroy());
    },
  });

  // Both are asked in a network of their own, in which a machine can vanish.
  test('a machine that is gone gives its id up after 20 s', async (t) => {
    const ask = async (which) => {
      const { stdout } = await promisify(execFile)('test/netns',
        [process.execPath, 'test/server/vanished.mjs', which]);
      return JSON.parse(stdout);
    };
    const [ours, peer] = await Promise.all([ask('ghostchatd'), ask('peer')])
      .catch((error) => (error.code === 77 ? [] : Promise.reject(error)));
    if (!ours) {
      t.skip('this machine gives no network namespace');
      return;
    }
    assert.equal(ours.answer, 'OPEN');
    assert.ok(ours.ms > 19_500 && ours.ms < 22_500, `${ours.ms} ms`);
    assert.equal(peer.answer, 'ID-TAKEN');
    t.diagnostic(`the id of a machine that is gone, other token: ${ours.ms} ms`);
  });

  better('an application that hangs, on a machine that lives, keeps its id', {
    async story(server, t) {
      const id = name('hangs');
      const frozen = await join(server, id); // answers no ping; its kernel acknowledges it
      const began = performance.now();
      const second = await Client.open(server.port, id, { token: 'another' });
      assert.equal((await second.until('an answer', () => second.messages[0])).type, 'ID-TAKEN');
      t.diagnostic(`the id of an application that hangs: refused after ${(performance.now() - began).toFixed(0)} ms`);
      await frozen.settled();
      assert.equal(frozen.closeCode, undefined);
      [frozen, second].forEach((one) => one.destroy());
    },
  });

  better('a holder 2 s away keeps its id', {
    async story(server, t) {
      const id = name('far');
      const far = await join(server, id, { pongMs: 2_000 });
      const began = performance.now();
      const second = await Client.open(server.port, id, { token: 'another' });
      assert.equal(await second.closed(), 1005);
      assert.deepEqual(second.texts, ['{"type":"ID-TAKEN","payload":{"msg":"ID is taken"}}']);
      const took = performance.now() - began;
      assert.ok(took < 4_000, `${took} ms`); // its kernel is heard before its pong
      t.diagnostic(`ID-TAKEN by a holder 2 s away: ${took.toFixed(0)} ms`);
      await far.settled();
      assert.equal(far.closeCode, undefined);
      [far, second].forEach((one) => one.destroy());
    },
  });

  better('any message is a sign of life', {
    which: 'short', red: /cut although it spoke/,
    async story(server) {
      const id = name('talks');
      const client = await join(server, id);
      for (let i = 0; i < 8; i++) {
        await passes(400);
        client.send({ type: 'OFFER', dst: id, payload: i });
      }
      assert.equal(client.closeCode, undefined, 'cut although it spoke');
      client.destroy();
    },
  });

  better('the answer to a ping is one too: hidden tabs stay', {
    which: 'short', red: /cut although it would answer/,
    async story(server) {
      const client = await join(server, name('hidden'), { pongMs: 0 });
      await passes(3_400);
      assert.equal(client.closeCode, undefined, 'cut although it would answer');
      client.destroy();
    },
  });

  better('a message expires by its own age, not by that of the first one', {
    which: 'short', red: /the late message was dropped with the first/,
    async story(server) {
      const [from, id] = [name('from'), name('late')];
      const client = await join(server, from);
      const timer = setInterval(() => client.send('{"type":"HEARTBEAT"}'), 500).unref();
      client.send({ type: 'OFFER', dst: id, payload: 'first' });
      await passes(2_000);
      client.send({ type: 'OFFER', dst: id, payload: 'second' });
      await client.message('EXPIRE');
      clearInterval(timer);
      const late = await join(server, id);
      await late.settled();
      assert.deepEqual(late.texts.slice(1), [`{"type":"OFFER","src":"${from}","dst":"${id}","payload":"second"}`],
        'the late message was dropped with the first');
      [client, late].forEach((one) => one.destroy());
    },
  });

  for (const [i, text] of NO_MESSAGES.entries()) {
    better(`the sender of ${text.slice(0, 20) || 'nothing'} hears of it and is heard`, {
      red: i < 4 || i === 5 || i === 6 || i === 7 ? /deaf for the sender/ : /not told/,
      async story(server) {
        const id = name('odd');
        const client = await join(server, id);
        client.send(text).send({ type: 'OFFER', dst: id, payload: i });
        await client.until('relayed', () => client.messages.some((one) => one.type === 'OFFER'), 2_000)
          .catch(() => assert.fail('deaf for the sender'));
        assert.match(client.texts[1], /^\{"type":"GC-BAD","payload":\{"code":"bad-(json|request)","msg":"/, 'not told');
        client.destroy();
      },
    });
  }

  test('the library npm `peer` ends with such a message', async () => {
    const child = spawn(process.execPath, ['--input-type=module', '--eval', 'import { PeerServer } from "peer";'
      + 'PeerServer({ port: 0, host: "127.0.0.1" }, (server) => console.log(server.address().port));'],
    { cwd: new URL('..', import.meta.url), stdio: ['ignore', 'pipe', 'ignore'] });
    const gone = once(child, 'exit');
    const client = await join({ port: Number((await once(child.stdout, 'data'))[0]) }, 'a');
    client.send('null');
    assert.notEqual((await gone)[0], 0);
  });

  better('--cors binds the WebSocket too', {
    which: 'origin', red: /another origin was let in/,
    async story(server) {
      for (const [Origin, status] of [['https://a.example', 101], ['https://b.example', 403]]) {
        const client = await Client.open(server.port, name('o'), { headers: { Origin } });
        assert.equal(client.answer.status, status, 'another origin was let in');
        client.destroy();
      }
    },
  });

  better('one address cannot take all ids', {
    which: 'origin', red: /one address holds 300 ids/,
    async story(server) {
      const clients = await Promise.all(Array.from({ length: 300 }, () => Client.open(server.port, name('many'),
        { from: '127.0.0.9' }).catch(() => ({ destroy() {} }))));
      const held = clients.filter((client) => client.answer?.status === 101).length;
      assert.ok(held <= 256, `one address holds ${held} ids`);
      clients.forEach((client) => client.destroy());
    },
  });

  // What no stock client does; PeerServer's way in the red run.
  better('LEAVE without dst ends the socket too', {
    red: /the socket without an id lives/,
    async story(server) {
      const client = await join(server, name('leaves'));
      client.send({ type: 'LEAVE' });
      await client.settled();
      assert.equal(client.closeCode, 1000, 'the socket without an id lives');
      client.destroy();
    },
  });

  better('a message over 64 KiB ends its sender with 1009', {
    red: /taken, 70000 bytes/,
    async story(server) {
      const client = await join(server, name('large'));
      client.send(`{"type":"HEARTBEAT","payload":"${'x'.repeat(70_000)}"}`);
      await client.settled();
      assert.equal(client.closeCode, 1009, 'taken, 70000 bytes');
      client.destroy();
    },
  });

  better('what is no UTF-8 ends its sender with 1007, in binary frames too', {
    red: /taken, as other bytes/,
    async story(server) {
      const client = await join(server, name('bytes'));
      client.write(frame(BINARY, Buffer.from('{"type":"HEARTBEAT","payload":"\xff"}', 'latin1')));
      await client.settled();
      assert.equal(client.closeCode, 1007, 'taken, as other bytes');
      client.destroy();
    },
  });

  better('an id over 128 bytes is refused', {
    red: /got an id of 129 bytes/,
    async story(server) {
      const client = await Client.open(server.port, 'i'.repeat(129));
      await client.until('an answer', () => client.texts.length > 0);
      assert.match(client.texts[0], /No id, token, or key/, 'got an id of 129 bytes');
      client.destroy();
    },
  });
});

test('ids are not in the log', async () => {
  const id = name('private');
  const story = async (server) => {
    let log = '';
    for (const stream of [server.child.stdout, server.child.stderr]) {
      stream.on('data', (text) => { log += text; });
    }
    const whole = once(server.child, 'close');
    try {
      const client = await join(server, id);
      client.send({ type: 'OFFER', dst: `${id}-absent`, payload: 1 });
      await client.settled();
      client.send('no json').destroy();
      await (await join(server, name('later'))).settled();
    } finally {
      await server.kill();
    }
    await whole;
    assert.ok(!log.includes(id), 'the log names the id');
  };
  await Promise.all([story(await startServer({ args: ['--log-level', 'debug'] })),
    assert.rejects(story(await new PeerServer().start()), /the log names the id/)]);
});

test('SIGTERM: gone within a second, clients or not', async () => {
  const { ours, peer } = servers.plain;
  const story = async (server) => {
    const client = await join(server, name('stays'));
    server.child.kill('SIGTERM');
    const gone = await Promise.race([server.gone, passes(1_200).then(() => 'waits for its clients')]);
    client.destroy();
    assert.equal(gone, 0, String(gone));
  };
  await Promise.all([story(ours), assert.rejects(story(peer), /waits for its clients/)]);
});
