// Every kind of payload, both ways, between applications of three releases of PeerJS: over ghostchatd
// it comes to exactly what it comes to over npm `peer`.
import assert from 'node:assert/strict';

import { chromiumBrowser, firefoxBrowser } from '../harness/browsers.mjs';
import { scenarios } from '../harness/scenario.mjs';
import { assertSame, sendAll, SERIALIZATIONS } from './payloads.mjs';
import { peerServer, RELEASES, User } from './user.mjs';

// Addresses as they are. With mDNS names a connection that follows a closed one at once is not found
// between these two browsers, whatever the server is; what comes over connections is tested here.
const scenario = scenarios({
  chromium: chromiumBrowser({ flags: ['--disable-features=WebRtcHideLocalIpsWithMdns'] }),
  firefox: firefoxBrowser({ prefs: { 'media.peerconnection.ice.obfuscate_host_addresses': false } }),
});

const KINDS_MIN = 26;
const BIG_BYTES = 10 * 1024 * 1024;
const RED_BYTES = 1024 * 1024;
/* Hundreds of payloads: a busy machine takes its time. */
const SLOW_MS = 180000;

/* What a page complains about that is sent something which its library cannot read: an outcome. */
const LIBRARY = /page error|Uncaught/;

/** Two users on a server, each with an id of it; the browsers are Chromium unless named. */
async function pair(world, server, names, { release, browsers = [] }) {
  const users = await Promise.all(names.map((name, i) => (
    User.open(world, name, server, { release, browser: browsers[i] }))));
  await Promise.all(users.map((user) => user.enters()));
  return users;
}

/* What the kinds of a release came to over a stock server. All stories of the file share it. */
const stockWays = new Map();

/** Cyd sends all kinds to Dee; the way back would be the same for two of one release. */
async function overStock(world, release) {
  const [cyd, dee] = await pair(world, await peerServer(world), ['Cyd', 'Dee'], { release });
  const kinds = await cyd.does('kinds');
  const found = {};
  for (const serialization of SERIALIZATIONS[release]) {
    found[serialization] = await sendAll(cyd, dee, serialization, kinds);
  }
  return found;
}

/** Ann and Ben on ours send all kinds there and back. */
function everyKind(release, serializations, browsers) {
  return async (world) => {
    world.allow(LIBRARY);
    const [ann, ben] = await pair(world, await world.server(), ['Ann', 'Ben'], { release, browsers });
    const kinds = await ann.does('kinds');
    assert.ok(kinds.length >= KINDS_MIN, `${kinds.length} kinds`);
    await ben.does('alter', world.variant.alter);
    if (!stockWays.has(release)) {
      stockWays.set(release, await overStock(world, release));
    }
    for (const serialization of serializations) {
      for (const [from, to] of [[ann, ben], [ben, ann]]) {
        const found = await sendAll(from, to, serialization, kinds);
        assertSame(found, stockWays.get(release)[serialization], kinds, {
          release, serialization, words: `${serialization}, ${from.name} to ${to.name}`,
        });
      }
    }
  };
}

const payloadAltered = { alter: 'unicode string', fails: /Ben to Ann: unicode string/ };

for (const release of RELEASES) {
  scenario(`every kind of payload, PeerJS ${release}`, {
    timeout: SLOW_MS,
    story: everyKind(release, SERIALIZATIONS[release]),
    // One story for all: seen red with one of them.
    red: release !== RELEASES[0] ? {} : { 'a payload altered': payloadAltered },
  });
}

scenario('every kind of payload between Chromium and Firefox', {
  timeout: SLOW_MS,
  story: everyKind('1.5.5', ['binary'], ['chromium', 'firefox']),
  red: { 'a payload altered': payloadAltered },
});

/** Bytes arrive as one or the other type, by library. */
const untyped = (described) => described.replace(/^\w+/, '');

function big(release, serialization, ways) {
  return async (world) => {
    const [ann, ben] = await pair(world, await world.server(), ['Ann', 'Ben'], { release });
    await ann.does('alter', world.variant.alter);
    const { label } = await ann.reaches(ben, { serialization });
    await Promise.all([[ann, ben], [ben, ann]].slice(0, ways).map(async ([from, to]) => {
      const sent = await from.evaluate(([name, length]) => (
        globalThis.application.sendMany(name, length)), [label, world.red ? RED_BYTES : BIG_BYTES]);
      assert.equal(untyped(await to.sees(`${label} data`)), untyped(sent), '10 MB arrive');
    }));
  };
}

const bitAltered = { alter: 'many', fails: /10 MB arrive/ };

for (const [name, release, serialization, ways] of [
  ['10 MB in chunks, both ways at once, PeerJS 1.5.5', '1.5.5', 'binary', 2],
  ['10 MB as a stream of MsgPack, PeerJS 1.5.5', '1.5.5', 'MsgPack', 1],
  ['10 MB in chunks, PeerJS 1.4.7', '1.4.7', 'binary', 1],
  ['10 MB in chunks, PeerJS 1.3.2', '1.3.2', 'binary', 1],
]) {
  scenario(name, {
    story: big(release, serialization, ways), red: { 'a bit altered': bitAltered },
  });
}

// Releases that understand each other's strings: an old page and a new one meet on one server.
scenario('an application with PeerJS 1.3.2 and one with 1.5.5', {
  async story(world) {
    const server = await world.server();
    const [ann, ben] = [
      await User.open(world, 'Ann', server, { release: '1.3.2' }),
      await User.open(world, 'Ben', server, { release: '1.5.5' })];
    await Promise.all([ann.enters('old'), ben.enters('new')]);
    const { label } = await ben.reaches(ann, { serialization: 'binary' });
    await ben.tells(ann, label, 'from the new to the old');
    await ann.tells(ben, label, 'and back');
  },
  red: { 'text altered': { text: (text) => `${text}.`, fails: /Ann reads "from/ } },
});
