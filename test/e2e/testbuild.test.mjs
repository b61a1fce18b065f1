// The test build (USE_LOCALSTORAGE_FOR_TESTING=1), in which tabs of one browser meet without a
// server's signaling; and the proof that a release holds nothing of it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

import { chromiumBrowser } from '../harness/browsers.mjs';
import { Person } from '../harness/person.mjs';
import { scenarios } from '../harness/scenario.mjs';
import { binary } from '../harness/server.mjs';

const scenario = scenarios({ chromium: chromiumBrowser() });

/* Whatever the test build's signaling cannot do without, and what names it. */
const TRACES = ['BroadcastChannel', 'localStorage', 'test-signaling', 'TEST BUILD',
  'USE_LOCALSTORAGE_FOR_TESTING'];

/** Every asset as it is served: the page, and all that it and its modules name, followed to the
 * end. Returns texts by path. */
async function served(server) {
  const found = new Map();
  const todo = [''];
  while (todo.length > 0) {
    const path = todo.pop();
    if (found.has(path)) {
      continue;
    }
    const answer = await server.get(path, { accept: path === '' ? 'text/html' : '*/*' });
    assert.equal(answer.status, 200, `/${path}`);
    const text = Buffer.from(await answer.arrayBuffer()).toString('latin1');
    found.set(path, text);
    for (const [, name] of text.matchAll(/["'(](?:[./]*assets\/|\.\/|\/assets\/)([\w.-]+\.\w+)["')]/g)) {
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
    const release = await world.server({ variant: world.variant.release ?? '' });
    const assets = await served(release);
    assert.ok(assets.size > 15, [...assets.keys()].join(' '));
    assert.ok(assets.has('assets/core.wasm'));
    assert.deepEqual(traces(assets), []);
    for (const path of ['assets/test-signaling.js', 'test-signaling.js']) {
      assert.equal((await release.get(path)).status, 404);
    }
    const bytes = readFileSync(binary());
    assert.deepEqual(TRACES.filter((word) => word !== 'localStorage' && bytes.includes(word)), []);
    assert.equal((await (await release.get('config.json')).json()).testBuild, false);

    const testing = await world.server({ variant: '-testing' });
    const hits = traces(await served(testing));
    assert.ok(hits.some((hit) => hit.endsWith('BroadcastChannel')), hits.join('\n'));
    assert.ok(hits.some((hit) => hit.includes('test-signaling')));
    assert.ok(readFileSync(binary('-testing')).includes('BroadcastChannel'));
    assert.equal((await (await testing.get('config.json')).json()).testBuild, true);
  },
  red: { 'the test build is taken for a release': { release: '-testing', fails: /BroadcastChannel/ } },
});

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

    const answer = await server.get('peerjs/id');
    assert.ok(answer.status >= 400, `signaling of the server is off (${answer.status})`);
    await assert.rejects(world.server({ variant: '-testing', host: '10.77.0.1' }), /loopback/);
  },
  red: {
    'two browsers instead of two tabs': { apart: true, fails: /has 1 open links/ },
    'text altered': { text: (text) => `${text}.`, fails: /reads "from tab/ },
  },
});
