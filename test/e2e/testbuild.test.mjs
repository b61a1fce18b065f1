// The test build (USE_LOCALSTORAGE_FOR_TESTING=1), in which tabs of one browser meet without a
// server's signaling; and the proof that a release holds nothing of it.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import http from 'node:http';

import { chromiumBrowser } from '../harness/browsers.mjs';
import { Person } from '../harness/person.mjs';
import { scenarios } from '../harness/scenario.mjs';
import { binary, build, root } from '../harness/server.mjs';

const scenario = scenarios({ chromium: chromiumBrowser() });

/* Whatever the test build's signaling cannot do without, and what names it. */
const TRACES = ['BroadcastChannel', 'localStorage', 'test-signaling', 'TEST BUILD',
  'USE_LOCALSTORAGE_FOR_TESTING'];

/** Every asset as it is served: all that the build embeds, and whatever these files name, followed
 * to the end. Returns texts by path. */
async function served(server, variant) {
  const found = new Map();
  const todo = ['', 'room/x', ...readdirSync(`${root}${build}${variant}/web`).map((name) => `assets/${name}`)];
  while (todo.length > 0) {
    const path = todo.pop();
    if (found.has(path)) {
      continue;
    }
    const answer = await server.get(path, { accept: path.startsWith('assets') ? '*/*' : 'text/html' });
    const text = Buffer.from(await answer.arrayBuffer()).toString('latin1');
    found.set(path, answer.status === 200 ? text : '');
    for (const [, name] of text.matchAll(/["'`](?:[\w./]*\/)?([\w-]+\.(?:js|css|wasm|svg|html))["'`]/g)) {
      todo.push(`assets/${name}`);
    }
  }
  return found;
}

function traces(assets) {
  return [...assets].flatMap(([path, text]) => TRACES
    .filter((word) => text.includes(word)).map((word) => `/${path}: ${word}`));
}

scenario('a release serves nothing of the test build; the same search finds it there', {
  async story(world) {
    const variant = world.variant.release ?? '';
    const release = await world.server({ variant });
    const assets = await served(release, variant);
    assert.ok(assets.size > 15, [...assets.keys()].join(' '));
    for (const name of ['', 'core.wasm', 'socket.js', 'app.js', 'libsodium-sumo.wasm']) {
      assert.ok(assets.get(name && `assets/${name}`), `${name} is served`);
    }
    assert.deepEqual(traces(assets), []);
    for (const path of ['assets/test-signaling.js', 'test-signaling.js']) {
      assert.equal((await release.get(path)).status, 404);
    }
    const bytes = readFileSync(binary());
    assert.deepEqual(TRACES.filter((word) => word !== 'localStorage' && bytes.includes(word)), []);
    assert.equal((await (await release.get('config.json')).json()).testBuild, false);

    const testing = await world.server({ variant: '-testing' });
    const hits = traces(await served(testing, '-testing'));
    assert.ok(hits.some((hit) => hit.endsWith('BroadcastChannel')), hits.join('\n'));
    assert.ok(hits.some((hit) => hit.includes('test-signaling')));
    assert.ok(readFileSync(binary('-testing')).includes('BroadcastChannel'));
    assert.equal((await (await testing.get('config.json')).json()).testBuild, true);
  },
  red: { 'the test build is taken for a release': { release: '-testing', fails: /BroadcastChannel/ } },
});

/** The status with which a WebSocket handshake for signaling is answered. */
function knock(server) {
  return new Promise((resolve, reject) => {
    const request = http.get(`${server.url}peerjs?key=peerjs&id=a&token=b`, {
      headers: { Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '13',
        'Sec-WebSocket-Key': Buffer.alloc(16).toString('base64') },
    });
    request.once('response', (answer) => resolve(answer.resume().statusCode)).once('error', reject);
    request.once('upgrade', (answer, socket) => {
      socket.destroy();
      resolve(answer.statusCode);
    });
  });
}

scenario('no address, query or stored key turns it on in a release', {
  async story(world) {
    const server = await world.server({ variant: world.variant.release ?? '' });
    const ann = await world.person('Ann', server);
    await ann.open();
    await ann.evaluate(() => {
      for (const key of ['test', 'testing', 'USE_LOCALSTORAGE_FOR_TESTING', 'test-signaling']) {
        localStorage.setItem(key, '1');
        sessionStorage.setItem(key, '1');
      }
    });
    await ann.open('?testing=1&USE_LOCALSTORAGE_FOR_TESTING=1&test-signaling=1#testing');
    await ann.control('button', 'Join room');
    assert.equal(await ann.evaluate(() => /test build/i.test(document.body.innerText)), false, 'the bar');
    await ann.fill('Room name', 'tabs');
    await ann.click('button', 'Join room');
    await ann.state('waiting');
    assert.equal(await knock(server), 101, 'signaling of the server is on');
    await server.kill();
    world.allow(/WebSocket|ERR_CONNECTION/);
    await ann.status(/server/);
  },
  red: { 'the test build': { release: '-testing', fails: /the bar/ } },
});

scenario('tabs of one browser meet in the test build, under a red bar, on loopback only', {
  async story(world) {
    const server = await world.server({ variant: world.variant.build ?? '-testing' });
    const ann = await world.person('Ann', server);
    // The second tab of the same context, not a new person with a browser of their own.
    const tab = world.variant.apart ? (await world.person('Ben', server)).page : await ann.page.tab();
    const ben = new Person('Ben', tab, ann);
    await ann.joinRoom('tabs');
    await ben.joinRoom('tabs');
    await Promise.all([ann.connected(), ben.connected()]);
    await ann.say(world.text('from tab to tab'));
    await ben.heard('from tab to tab');
    await ben.say('and back');
    await ann.heard('and back');
    await ann.until('shows the red bar', () => (
      [...document.querySelectorAll('body *')].some((e) => (
        e.checkVisibility() && /^test build/i.test(e.textContent.trim())))));

    assert.equal(await knock(server), 403, 'signaling of the server is off');
    await assert.rejects(world.server({ variant: '-testing', host: '10.77.0.1' }), /loopback/);
  },
  red: {
    'two browsers instead of two tabs': { apart: true, fails: /has 1 open links/ },
    'text altered': { text: (text) => `${text}.`, fails: /reads "from tab/ },
  },
});
