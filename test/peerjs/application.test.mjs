// What users of PeerJS do besides sending: ids, options, closing, coming back, discovery, keys,
// paths, TLS, calls. Unmodified releases of the library, ghostchatd as their PeerServer.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { chromiumBrowser } from '../harness/browsers.mjs';
import { makeCertificate } from '../harness/certificate.mjs';
import { startLag } from '../harness/lag.mjs';
import { scenarios, SERVER_GONE } from '../harness/scenario.mjs';
import { peerServer, RELEASES, User } from './user.mjs';

const scenario = scenarios({
  chromium: chromiumBrowser({
    flags: [
      '--ignore-certificate-errors',
      '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream',
    ],
  }),
});

const RECONNECTS = 200;
/* An 'open' comes within milliseconds; one that has not come by then is lost. */
const LOST_MS = 5000;
const LAG_MS = 20;
/* For hundreds of returns on a busy machine. */
const SLOW_MS = 180000;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const ERROR_TYPE = {
  taken: 'unavailable-id', badId: 'invalid-id', absent: 'peer-unavailable', server: 'server-error',
};

/** One user of each name, each with an id from the server. */
async function users(world, server, names, options = {}, peerOptions = {}) {
  const all = await Promise.all(names.map((name) => User.open(world, name, server, options)));
  await Promise.all(all.map((user) => user.enters(undefined, peerOptions)));
  return all;
}

function oneOfEachRelease(world, server) {
  return Promise.all(RELEASES.map((release, i) => (
    User.open(world, ['Ann', 'Bea', 'Cyd'][i], server, { release }))));
}

/** Stories of every release; their red runs are those of the newest. */
function eachRelease(name, { story, red }) {
  for (const release of RELEASES) {
    scenario(`${name}, PeerJS ${release}`, {
      story: (world) => story(world, release), red: release === RELEASES[0] ? red : {},
    });
  }
}

eachRelease('ids given by the server and chosen by the user', {
  async story(world, release) {
    const server = await world.server();
    const [ann] = await users(world, server, ['Ann'], { release });
    assert.match(ann.id, UUID);
    const [ben, cyd, dee] = await Promise.all(['Ben', 'Cyd', 'Dee']
      .map((name) => User.open(world, name, server, { release })));
    assert.equal(await ben.enters('Ben_the-2nd of us'), 'Ben_the-2nd of us');

    await cyd.begins(world.variant.id ?? 'Ben_the-2nd of us');
    assert.equal(await cyd.sees('error'), ERROR_TYPE.taken);
    await cyd.sees('close');
    await dee.begins('-no id-');
    assert.equal(await dee.sees('error'), ERROR_TYPE.badId);

    // Whose id is taken keeps it, and it is free at once when he goes.
    assert.equal((await ben.does('state')).open, true);
    await ben.does('destroy');
    await ben.sees('close');
    assert.equal(await cyd.enters('Ben_the-2nd of us'), 'Ben_the-2nd of us');
  },
  red: { 'another id': { id: 'free', fails: /Cyd .*sees "error"/ } },
});

eachRelease('label, metadata, reliability and serialization reach the other side', {
  async story(world, release) {
    const server = await world.server();
    const [ann, ben] = await users(world, server, ['Ann', 'Ben'], { release });
    const metadata = { name: 'Zoë 🥦', list: [1, null, { deep: true }], empty: '' };
    const first = await ann.reaches(ben, {
      label: 'the label', metadata: world.variant.metadata ?? metadata, reliable: true,
      serialization: 'json',
    });
    assert.equal(first.label, 'the label');
    assert.equal(await ben.sees('connection'), 'the label');
    // Older releases forget the order when they open the channel.
    assert.deepEqual(first.there, {
      peer: ann.id, metadata, serialization: 'json', reliable: true, ordered: release === '1.5.5',
      type: 'data', open: true,
    }, 'what Ben is told');
    assert.equal(first.here.peer, ben.id);

    // Nothing chosen: a label of the library's, no metadata, unordered, binary.
    const second = await ben.reaches(ann, undefined);
    assert.equal(await ann.sees('connection'), second.label);
    assert.match(second.label, /^dc_/);
    assert.deepEqual([second.there.serialization, second.there.reliable, second.there.ordered],
      ['binary', false, false]);
    assert.equal(second.there.metadata ?? null, null);
    await ben.tells(ann, second.label, 'and it works');
  },
  red: { 'other metadata': { metadata: { name: 'Zoe' }, fails: /what Ben is told/ } },
});

eachRelease('several connections between two, closed from both ends', {
  async story(world, release) {
    const server = await world.server();
    const [ann, ben] = await users(world, server, ['Ann', 'Ben'], { release });
    const labels = ['one', 'two', 'three', 'four'];
    await Promise.all(labels.map((label, i) => (
      i % 2 ? ben.reaches(ann, { label }) : ann.reaches(ben, { label, reliable: true }))));
    assert.deepEqual([await ann.does('links', ben.id), await ben.does('links', ann.id)], [4, 4]);
    for (const label of labels) {
      await ann.tells(ben, label, `by ${label}`);
      await ben.tells(ann, label, `${label} back`);
    }

    // By whom it was opened, by the other, and with what was said last on its way.
    const gone = (label) => Promise.all([ann.sees(`${label} close`), ben.sees(`${label} close`)]);
    await ann.closes(world.variant.closes ?? 'one');
    await gone('one');
    await ann.closes('two');
    await gone('two');
    if (release === '1.5.5') {
      await ben.says('three', 'my last words');
      await ben.closes('three', { flush: true });
      assert.equal(await ann.sees('three data'), '"my last words"');
    } else {
      await ben.closes('three');
    }
    await gone('three');
    assert.deepEqual([await ann.does('links', ben.id), await ben.does('links', ann.id)], [1, 1]);
    await ben.tells(ann, 'four', 'the fourth stays');

    // Whoever ends the Peer ends what is left.
    await ben.does('destroy');
    await gone('four');
    assert.equal((await ann.does('state')).open, true);
  },
  red: { 'another one is closed': { closes: 'four', fails: /sees "one close"/ } },
});

scenario('nobody of that id', {
  async story(world) {
    const server = await world.server();
    const [ben] = await users(world, server, ['Ben']);
    const callers = await oneOfEachRelease(world, server);
    // All at once, as each waits for about 5 s.
    await Promise.all(callers.map(async (user) => {
      await user.enters();
      // Two dials of one absent id are one error, and others are reached all the while.
      const absent = world.variant.present ? ben.id : 'nobody-here';
      await user.connect(absent, { label: `${user.name} 1` });
      await user.connect(absent, { label: `${user.name} 2` });
      const { label } = await user.reaches(ben, { label: `${user.name} 3` });
      assert.equal(await user.sees('error'), ERROR_TYPE.absent);
      await user.tells(ben, label, 'still here');
      const state = await user.does('state');
      assert.deepEqual([state.open, state.destroyed, await user.count('error')], [true, false, 1]);
    }));
  },
  red: { 'somebody is there': { present: true, fails: /sees "error"/ } },
});

eachRelease('the server restarts: told, back by reconnect(), and no chat ends', {
  async story(world, release) {
    world.allow(SERVER_GONE);
    const server = await world.server();
    const [ann, ben] = await users(world, server, ['Ann', 'Ben'], { release });
    const { label } = await ann.reaches(ben, { label: 'chat' });
    await server.kill();
    for (const user of [ann, ben]) {
      await user.sees('disconnected');
      assert.equal((await user.does('state')).disconnected, true);
    }
    await ann.tells(ben, label, 'without a server');
    if (!world.variant.stays) {
      await server.start();
    }
    for (const user of [ann, ben]) {
      await user.does('reconnect');
      assert.equal(await user.sees('open'), user.id);
    }
    await ben.tells(ann, label, 'the old connection');
    await ben.tells(ann, (await ann.reaches(ben, { label: 'new' })).label, 'a new one');
  },
  red: { 'it stays down': { stays: true, fails: /Ann .*sees "open"/ } },
});

scenario('discovery: all ids, where the server was started with it', {
  async story(world) {
    const server = await world.server({ args: world.variant.off ? [] : ['--allow-discovery'] });
    const everybody = await oneOfEachRelease(world, server);
    await Promise.all(everybody.map((user) => user.enters()));
    const ids = everybody.map((user) => user.id).sort();
    world.allow(/401/);
    for (const user of everybody) {
      await user.does('list');
      assert.deepEqual((await user.sees('ids')).sort(), ids);
    }
    const [ann, , cyd] = everybody;
    await cyd.does('destroy');
    // Her goodbye and the question take two ways.
    await ann.listsOnly(ids.filter((id) => id !== cyd.id));
  },
  red: { 'without the option': { off: true, fails: /sees "ids"/ } },
});

scenario('discovery: refused by default, as the library reports it', {
  async story(world) {
    world.allow(/401|page error/);
    const server = await world.server({ args: world.variant.on ? ['--allow-discovery'] : [] });
    const [ann] = await users(world, server, ['Ann']);
    await ann.does('list');
    assert.equal(await ann.sees('error'), ERROR_TYPE.server);
    assert.equal((await server.get('peerjs/peers')).status, 401);
  },
  red: { 'with the option': { on: true, fails: /Ann .*sees "error"/ } },
});

scenario('another key and another path', {
  async story(world) {
    const server = await world.server({
      path: '/deep/er/', args: ['--key', 'sesame', '--allow-discovery'],
    });
    const options = { key: world.variant.key ?? 'sesame' };
    const everybody = await oneOfEachRelease(world, server);
    await Promise.all(everybody.map((user) => user.enters(undefined, options)));
    const [ann, bea, cyd] = everybody;
    await ann.tells(bea, (await ann.reaches(bea, { label: 'a' })).label, 'open sesame');
    await cyd.tells(ann, (await cyd.reaches(ann, { label: 'b' })).label, 'open sesame');
    await ann.does('list');
    assert.equal((await ann.sees('ids')).length, 3);

    const dee = await User.open(world, 'Dee', server);
    await dee.begins('dee', { key: 'barley' });
    assert.equal(await dee.sees('error'), ERROR_TYPE.server);
    assert.equal((await dee.does('state')).destroyed, true);
  },
  red: { 'the wrong key': { key: 'barley', fails: /sees "open"/ } },
});

/** A certificate of one's own in a folder that goes with the world. */
function certificate(world) {
  const folder = mkdtempSync(join(tmpdir(), 'ghostchat-peerjs-'));
  world.closers.push(() => rmSync(folder, { recursive: true, force: true }));
  const { cert, key } = makeCertificate(folder, '127.0.0.1');
  return ['--sslcert', cert, '--sslkey', key];
}

scenario('over TLS', {
  async story(world) {
    const server = await world.server({ args: world.variant.plain ? [] : certificate(world) });
    world.allow(/ERR_SSL|WebSocket/);
    const [ann, ben] = await users(world, server, ['Ann', 'Ben'], {}, { secure: true });
    const { label } = await ann.reaches(ben, { label: 'tls' });
    await ann.tells(ben, label, 'over TLS');
    assert.match(server.started, /https:/);
  },
  red: { 'a server without TLS': { plain: true, fails: /sees "open"/ } },
});

/** Ann leaves and comes back at once, many times; Ben finds her afterwards. */
function comesBack(way) {
  return async (world) => {
    world.allow(SERVER_GONE);
    const front = await way(world);
    const [ann, ben] = await users(world, front, ['Ann', 'Ben']);
    await world.moment('beforeLeaving');
    const lost = await ann.evaluate(([n, ms]) => globalThis.application.again(n, ms),
      world.red ? [1, 500] : [RECONNECTS, LOST_MS]);
    assert.equal(lost, 0, `${lost} lost`);
    assert.equal((await ann.does('state')).id, ann.id);
    await ben.tells(ann, (await ben.reaches(ann, { label: 'after' })).label, 'still yourself');
  };
}

scenario(`disconnect(); reconnect() ${RECONNECTS} times without a lost 'open'`, {
  timeout: SLOW_MS,
  story: comesBack((world) => world.server()),
  red: {
    'no server': {
      moment: { beforeLeaving: (world) => world.servers[0].kill() }, fails: /1 lost/,
    },
  },
});

scenario(`the same where the goodbye comes ${LAG_MS} ms after the return`, {
  timeout: SLOW_MS,
  story: comesBack(async (world) => {
    const server = world.variant.stock ? await peerServer(world) : await world.server();
    const way = await startLag(server.port, LAG_MS);
    world.closers.push(() => way.close());
    return way;
  }),
  red: { 'on a stock server': { stock: true, fails: /1 lost/ } },
});

eachRelease('a call between fake devices', {
  async story(world, release) {
    const server = await world.server();
    const [ann, ben] = await users(world, server, ['Ann', 'Ben'], { release });
    await ann.evaluate(([to, metadata]) => globalThis.application.call(to, metadata),
      [world.variant.calls ?? ben.id, { why: 'hello' }]);
    for (const [user, other] of [[ann, ben], [ben, ann]]) {
      const stream = await user.sees('call stream');
      assert.deepEqual([stream.tracks, stream.metadata, stream.peer],
        [['audio', 'video'], { why: 'hello' }, other.id]);
      // Three pictures that were decoded and shown.
      for (let i = 0; i < 3; i++) {
        assert.equal((await user.sees('call frame')).width, 320);
      }
    }
    await ann.does('hangUp');
    await ann.sees('call close');
    // Older releases see the end of a call only in what ICE reports, many seconds later.
    if (release === '1.5.5') {
      await ben.sees('call close');
    }
  },
  red: { 'somebody else is called': { calls: 'nobody-here', fails: /sees "call stream"/ } },
});
