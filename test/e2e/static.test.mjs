// The page on a static host, with a stock PeerServer (npm peer) as the only server. nginx and Caddy
// are set up by the very files that docs/self-hosting.md shows.
import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { chromiumBrowser, firefoxBrowser } from '../harness/browsers.mjs';
import { makeCertificate } from '../harness/certificate.mjs';
import { PeerServer } from '../harness/peerserver.mjs';
import { block, startCaddy, startNginx } from '../harness/proxy.mjs';
import { readInviteQr } from '../harness/qr.mjs';
import { scenarios, SERVER_GONE, textAltered } from '../harness/scenario.mjs';
import { build, root } from '../harness/server.mjs';
import { startSite } from '../harness/site.mjs';
import { Tap } from '../harness/tap.mjs';

const PAGE = 'https://www.example.org/ghost/';
const scenario = scenarios({
  chromium: chromiumBrowser({
    flags: [
      '--ignore-certificate-errors',
      // mDNS names must keep going to the network, or no link ever opens.
      '--host-resolver-rules=MAP *.example.org 10.77.0.1, EXCLUDE *.local',
    ],
  }),
  firefox: firefoxBrowser(),
});

/** A folder that ends with the story. */
function folder(world) {
  const path = mkdtempSync(join(tmpdir(), 'ghostchat-static-'));
  world.closers.push(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** npm peer behind TLS: a page from https opens no other WebSocket. */
async function peerServer(world, args = []) {
  const path = folder(world);
  const { key, cert } = makeCertificate(path, 'peer.example.org');
  const server = new PeerServer({ host: '0.0.0.0',
    args: ['--sslkey', key, '--sslcert', cert, ...args] });
  await server.start();
  world.closers.push(() => server.kill());
  return server;
}

/** The folder of `make static` at a web server. config: what config.json becomes; a function of
 * what is there, a text, or null for none.
 * @returns where its files lie */
async function host(world, { config, start = startNginx, more = {} }) {
  const made = `${root}${build}/static`;
  assert.ok(existsSync(made), `${build}/static is not built`);
  const www = folder(world);
  for (const [name, own] of Object.entries({ ghost: config, ...more })) {
    const at = join(www, name);
    cpSync(made, at, { recursive: true });
    const file = join(at, 'config.json');
    if (own === null) {
      rmSync(file);
    } else {
      writeFileSync(file, typeof own === 'string' ? own : JSON.stringify(own));
    }
  }
  const [language, nth] = start === startNginx ? ['nginx', 1] : ['caddyfile', 2];
  const site = block(language, nth).replaceAll('/var/www', www);
  assert.notEqual(site, block(language, nth));
  await start(world, site);
  return www;
}

const at = (port, key) => ({
  peerServer: { url: `https://peer.example.org:${port}/`, key }, iceServers: [],
});

/** A static page and a PeerServer for it; a variant may spoil either. */
async function setUp(world, options = {}) {
  const server = await peerServer(world);
  const { config = at(server.port) } = world.variant;
  await host(world, { config, ...options });
  if (world.variant.peerServerDown) {
    world.allow(SERVER_GONE);
    await server.kill();
  }
  return server;
}

/** Whom a page asked for anything: nobody but its host and its PeerServer. */
function watch(person) {
  const asked = new Set();
  person.page.page.on('request', (request) => asked.add(new URL(request.url()).hostname));
  person.page.page.on('websocket', (socket) => asked.add(new URL(socket.url()).hostname));
  return asked;
}

/** Runs in the page before its own scripts: which ICE servers a link gets. */
function recordIceServers() {
  globalThis.RTCPeerConnection = new Proxy(RTCPeerConnection, {
    construct(target, [configuration]) {
      if (configuration.bundlePolicy) {
        globalThis.iceServersUsed = configuration.iceServers;
      }
      return new target(configuration);
    },
  });
}

const people = async (world, ...names) => {
  const all = [];
  for (const name of names) {
    all.push(await world.person(name, { url: PAGE }));
  }
  return all;
};

async function talk(world, ann, ben) {
  await Promise.all([ann.connected(), ben.connected()]);
  await ann.say(world.text('over a stock server'));
  await ben.heard('over a stock server');
  await ben.say('and back');
  await ann.heard('and back');
}

/** The words stand somewhere on the page. */
const reads = (person, what, pattern) => person.until(what, (source) => (
  new RegExp(source, 'i').test(document.body.innerText)), pattern.source);

const otherSecret = (link) => {
  const digit = link.indexOf(':1.') + 20;
  return link.slice(0, digit) + (link[digit] === 'A' ? 'B' : 'A') + link.slice(digit + 1);
};

scenario('a direct link on a static page', {
  async story(world) {
    await setUp(world);
    const [ann, ben] = await people(world, 'Ann', 'Ben');
    const asked = [ann, ben].map((person) => watch(person));
    await ann.joinRoom('behind a link');
    await ann.state('waiting');
    await ann.status(/people on other networks cannot be reached/i);
    assert.equal(await ann.evaluate(() => location.href), `${PAGE}#/room/behind%20a%20link`);
    const link = await ann.inviteLink('Me only');
    assert.match(link, /^https:\/\/www\.example\.org\/ghost\/#\/join\/g[a-z2-7]{26}:1\.[\w-]{43}$/);
    await ben.page.goto(world.link(link));
    await ben.control('button', 'Join');
    await reads(ben, 'is told who cannot be reached', /other networks cannot be reached/);
    assert.equal(await ben.evaluate(() => location.href), link.replace(/:1\..*/, ''),
      'the secret stays in the address');
    // A reload has lost the secret and says so; the link is pasted.
    await ben.page.page.reload();
    await reads(ben, 'is told that the link is lost', /has lost its link/);
    await ben.fill('Your name', 'Ben');
    await ben.fill('Paste the link', world.link(link));
    await ben.page.press('Enter');
    await ben.tapJoin(link);
    await talk(world, ann, ben);
    for (const hosts of asked) {
      assert.deepEqual([...hosts].sort(), ['peer.example.org', 'www.example.org']);
    }
  },
  red: { 'PeerServer down': { peerServerDown: true, fails: /Ann: is waiting/ } },
});

scenario('a room by its name on a static page: npm peer knows no rooms', {
  async story(world) {
    await setUp(world, { start: startCaddy });
    const room = [];
    for (const name of ['Ann', 'Ben', 'Cyd']) {
      const [person] = await people(world, name);
      await person.joinRoom(world.room('coffee & cake', name));
      room.push(person);
    }
    const [ann, ben, cyd] = room;
    await Promise.all(room.map((person) => person.connected(2)));
    await ann.say(world.text('to all of you'));
    await Promise.all([ben, cyd].map((person) => person.heard('to all of you')));
    // Who came first introduces the others; when they go, the room goes on.
    await ann.leave();
    await Promise.all([ben, cyd].map((person) => person.connected(1)));
    const [dan] = await people(world, 'Dan');
    await dan.page.goto(world.link(await cyd.inviteLink()));
    await dan.fill('Your name', 'Dan');
    await dan.click('button', 'Join room');
    await Promise.all([ben, cyd, dan].map((person) => person.connected(2)));
    await dan.say('late, but here');
    await ben.heard('late, but here');
  },
  red: {
    'other room': { room: (name, who) => (who === 'Ben' ? `${name}s` : name), fails: /has 2 open links/ },
  },
});

scenario('a private room on a static page: npm peer knows no rooms', {
  async story(world) {
    const server = await peerServer(world);
    const iceServers = world.variant.noStun ? [] : [{ urls: 'stun:10.77.0.1:9' }];
    await host(world, { config: { ...at(server.port), iceServers } });
    const ann = await world.person('Ann', { url: PAGE }, { init: recordIceServers });
    const [ben] = await people(world, 'Ben');
    await ann.newPrivateRoom();
    await ann.state('waiting');
    assert.equal(await ann.evaluate(() => /networks cannot be reached/.test(document.body.innerText)),
      false, 'somebody on another network can be reached');
    await ann.click('button', 'Invite');
    const link = await ann.value('Invite link');
    assert.match(link, /^https:\/\/www\.example\.org\/ghost\/#\/room\/:1\.[\w-]{43}$/);
    if (!world.red) {
      assert.equal(await readInviteQr(ann), link); // takes seconds
    }
    await ann.page.press('Escape');
    await ben.joinLink(world.link(link));
    await talk(world, ann, ben);
    for (const person of [ann, ben]) {
      assert.equal(await person.evaluate(() => location.href), `${PAGE}#/room/`);
    }
    assert.deepEqual(await ann.evaluate(() => globalThis.iceServersUsed), iceServers);
  },
  red: {
    'wrong secret': { link: otherSecret, fails: /has 1 open links/ },
    'no STUN': { noStun: true, fails: /somebody on another network/ },
  },
});

scenario('no link and no address changes the server; the policy allows only that of config.json', {
  async story(world) {
    await setUp(world);
    const [ben] = await people(world, 'Ben');
    const asked = watch(ben);
    const elsewhere = 'https://elsewhere.example.org/';
    // A query is dropped, wherever it stands: it leads to the room, and to no other server.
    for (const path of [`?peerServer=${elsewhere}#/room/x`, `#/room/x?peerServer=${elsewhere}`]) {
      await ben.page.goto('about:blank');
      await ben.open(path);
      await reads(ben, 'is asked whether to join x', /Join the room “x”/);
      assert.equal(await ben.evaluate(() => location.href), `${PAGE}#/room/x`);
    }
    // A name together with a secret: refused, and the secret does not stay.
    await ben.page.goto('about:blank');
    await ben.open('#/room/x:1.secret');
    await reads(ben, 'is told that this is no link', /this is not an invite link/);
    assert.equal(await ben.evaluate(() => location.href), `${PAGE}#/room/x`);
    await ben.page.page.reload();
    await reads(ben, 'is told that the link is lost', /has lost its link/);
    await ben.page.goto('about:blank');
    await ben.open();
    await ben.fill('Room name', world.variant.there ? `${PAGE}#/room/x` : `${elsewhere}#/room/x`);
    await ben.page.press('Enter');
    await reads(ben, 'is told of another server', /another server, elsewhere\.example\.org/);
    world.allow(/Content Security Policy|CSP refuses connect-src/);
    await ben.joinRoom('x');
    await ben.state('waiting');
    await ben.evaluate((url) => {
      addEventListener('securitypolicyviolation', (event) => {
        document.documentElement.dataset.refused = `${event.violatedDirective} ${event.blockedURI}`;
      });
      fetch(url).catch(() => {});
    }, elsewhere);
    await ben.until('may not ask another server', () => (
      /^connect-src .*elsewhere/.test(document.documentElement.dataset.refused)));
    assert.deepEqual([...asked].sort(), ['peer.example.org', 'www.example.org']);
  },
  red: { 'a link of this page': { there: true, fails: /is told of another server/ } },
});

scenario('an inviter who is away and back, at a stock PeerServer', {
  async story(world) {
    const server = await peerServer(world);
    const tap = await new Tap().start(server.port);
    world.closers.push(() => tap.close());
    await host(world, { config: at(server.port),
      more: { ann: { ...at(0), peerServer: { url: `https://localhost:${tap.port}/` } } } });
    world.allow(SERVER_GONE);
    const ann = await world.person('Ann', { url: PAGE.replace('ghost', 'ann') });
    const ben = await world.person('Ben', { url: PAGE });
    await ann.joinRoom('asleep');
    await ann.state('waiting');
    const link = (await ann.inviteLink('Me only')).replace('/ann/', '/ghost/');
    tap.cut();
    await ann.status(/server/);
    await ben.joinLink(link);
    await ben.status(/away/);
    if (!world.variant.stays) {
      tap.heal();
    }
    await talk(world, ann, ben);
  },
  red: { 'the inviter stays away': { stays: true, fails: /has 1 open links/ } },
});

scenario('what is wrong with config.json or the PeerServer is said in words', {
  async story(world) {
    const server = await peerServer(world, ['--concurrent_limit', '2']);
    const good = at(server.port);
    const wrong = {
      missing: [null, /config\.json is missing, or is not JSON/],
      malformed: ['{"peerServer":', /config\.json is missing, or is not JSON/],
      nobody: [{ iceServers: [] }, /config\.json names no PeerServer/],
      query: [{ peerServer: { url: 'https://peer.example.org/?a' } }, /config\.json names no PeerServer/],
      six: [{ peerServer: { url: 'https://[2001:db8::1]/' } }, /a host name or IPv4 address/],
      http: [{ peerServer: { url: 'http://peer.example.org/' } }, /browsers do not\s+allow/],
      ice: [{ ...good, iceServers: [{ urls: 'stub:h' }] }, /iceServers in its config\.json/],
    };
    const more = Object.fromEntries(Object.entries(wrong).map(([name, [config]]) => [name, config]));
    await host(world, { config: good, more: { ...more, key: at(server.port, 'other') } });
    world.allow(/404|Failed to load resource/);
    const [ben, cyd] = await people(world, 'Ben', 'Cyd');
    for (const [name, [, words]] of Object.entries(wrong)) {
      await ben.page.goto(PAGE.replace('ghost', world.variant.good ? 'ghost' : name));
      await reads(ben, `is told about ${name}`, words);
      await ben.fill('Room name', 'x');
      await ben.click('button', 'Join room');
      await reads(ben, `is told about ${name}`, words);
      assert.equal(await ben.evaluate(() => document.documentElement.dataset.state), 'idle');
    }
    await ben.page.goto(PAGE.replace('ghost', 'key'));
    await ben.fill('Room name', 'x');
    await ben.click('button', 'Join room');
    await ben.state('failed');
    await ben.status(/does not know this key/);
    // A member of a room and its slot: no place is left at this server.
    await ben.page.goto(PAGE);
    await ben.joinRoom('x');
    await ben.state('waiting');
    await cyd.joinRoom('x');
    await cyd.status(/no room for another person/);
  },
  red: { 'nothing is wrong': { good: true, fails: /is told about missing/ } },
});

scenario('Firefox and Chromium on a static page', {
  async story(world) {
    const stock = await new PeerServer().start();
    world.closers.push(() => stock.kill());
    const www = folder(world);
    cpSync(`${root}${build}/static`, www, { recursive: true });
    writeFileSync(join(www, 'config.json'),
      JSON.stringify({ ...at(0), peerServer: { url: `http://127.0.0.1:${stock.port}` } }));
    const site = await startSite({ '/below/': www });
    world.closers.push(() => site.close());
    const page = { url: `${site.url}below/index.html` };
    const ann = await world.person('Ann', page, { browser: 'firefox' });
    const ben = await world.person('Ben', page);
    await ann.newPrivateRoom();
    const link = await ann.inviteLink();
    assert.ok(link.startsWith(`${site.url}below/#/room/:1.`));
    await ben.joinLink(world.link(link).replace('/#/', '/index.html#/'));
    await talk(world, ann, ben);
    world.allow(/Content.Security.Policy|CSP refuses connect-src/);
    await ann.evaluate((url) => {
      addEventListener('securitypolicyviolation', (event) => {
        document.documentElement.dataset.refused = event.violatedDirective;
      });
      fetch(url).catch(() => {});
    }, `http://localhost:${stock.port}`);
    await ann.until('may not ask another server', () => (
      /^connect-src/.test(document.documentElement.dataset.refused)));
  },
  red: { 'text altered': textAltered },
});

scenario('ghostchatd --peer-server: the page signals there', {
  async story(world) {
    const stock = await new PeerServer({ path: '/my/path' }).start();
    world.closers.push(() => stock.kill());
    const url = `http://127.0.0.1:${stock.port}/my/path`;
    const server = await world.server({ args: world.variant.own ? [] : ['--peer-server', url] });
    const [ann, ben] = await world.crowd(['Ann', 'Ben'], server, 'elsewhere');
    await Promise.all([ann.connected(), ben.connected()]);
    const link = await ann.inviteLink('Me only');
    assert.match(link, new RegExp(`^${server.url}join/g[a-z2-7]{26}#1\\.[\\w-]{43}$`));
    const metrics = await server.metrics();
    assert.match(metrics, /^ghostchat_peers 0$/m, 'nobody is at the server of the page');
    // Any page reads a link in the form of a static host.
    await ben.leave();
    await ben.joinLink(link.replace('join/', '#/join/').replace('#1.', ':1.'));
    await talk(world, ann, ben);
    assert.match(await ben.evaluate(() => location.href), new RegExp(`^${server.url}join/g[a-z2-7]{26}$`));
  },
  red: { 'without the option': { own: true, fails: /nobody is at the server/ } },
});
