// The engine of Safari, as Debian ships it (WebKitGTK, without WebRTC): policy, wasm, the names of rooms
// and people, and the layout of what one sees alone.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';

import { startFrames } from '../harness/frames.mjs';
import { tooWide } from '../harness/layout.mjs';
import { REASON } from '../harness/scenario.mjs';
import { startServer } from '../harness/server.mjs';
import { missingWebKit, WebKit } from '../harness/webkit.mjs';

const skip = process.env.GC_NETNS ? missingWebKit() || false : REASON;
const options = { skip, timeout: 60000 };
const VECTORS = JSON.parse(readFileSync(new URL('../vectors/names.json', import.meta.url), 'utf8'));

let server;
let frames;
let webkit;

before(async () => {
  if (!skip) {
    server = await startServer();
    [frames, webkit] = await Promise.all([startFrames(server), WebKit.start()]);
  }
});

after(async () => {
  await webkit?.close();
  await frames?.close();
  await server?.kill();
});

/** Opens the page in a frame of this size and goes on inside of it. */
async function open(width, height) {
  await webkit.goto(`${frames.url}/frame`);
  await webkit.evaluate((w, h) => new Promise((resolve) => {
    const frame = document.createElement('iframe');
    Object.assign(frame, { width: w, height: h, src: '/', onload: resolve });
    document.body.append(frame);
  }), width, height);
  await webkit.enter(0);
  await until((screen) => document.documentElement.dataset.screen === screen, 'entrance');
}

/** Waits in the page until fn(argument) is true. */
function until(fn, argument) {
  return webkit.evaluate(`(wanted) => new Promise((resolve) => {
    const look = () => ((${fn})(wanted) ? resolve() : setTimeout(look, 20));
    look();
  })`, argument);
}

const press = (name) => webkit.evaluate((text) => {
  [...document.querySelectorAll('button')].find((button) => button.textContent === text && button.checkVisibility()).click();
}, name);

async function assertFits(where) {
  assert.deepEqual(await webkit.evaluate(tooWide), [], where);
}

for (const [width, height] of [[320, 568], [1280, 720]]) {
  test(`home, room and invitation fit into ${width} x ${height}, and nothing is refused`, options, async () => {
    await open(width, height);
    assert.equal(await webkit.evaluate(() => innerWidth), width);
    await assertFits('home');
    await webkit.evaluate((room) => {
      document.querySelector('input[name=room]').value = room;
    }, 'a room with a rather long name for a small screen');
    await press('Join room');
    await until((state) => document.documentElement.dataset.state === state, 'waiting');
    await assertFits('room');
    await press('Invite');
    await until(() => document.querySelector('dialog[open] input[readonly]')?.value);
    await assertFits('invitation');
    assert.deepEqual(await webkit.evaluate(() => globalThis.complaints), []);
    assert.deepEqual(frames.refused, []);
  });
}

test('names are here what they are everywhere', options, async () => {
  await open(600, 600);
  const made = await webkit.evaluate(async (rooms, people) => {
    const { GhostChat } = await import(new URL('assets/ghostchat.js', document.baseURI).href);
    const nameRoom = (name) => GhostChat.readRoom(name).catch((error) => `!${error.code}`);
    return { rooms: await Promise.all(rooms.map(nameRoom)), people: await Promise.all(people.map(GhostChat.readName)) };
  }, [...VECTORS.rooms, ...VECTORS.refused].map((row) => row.typed), VECTORS.people.map((row) => row.typed));
  assert.deepEqual(made.rooms, [...VECTORS.rooms.map((row) => row.canonical), ...VECTORS.refused.map((row) => `!${row.error}`)]);
  assert.deepEqual(made.people, VECTORS.people.map((row) => row.shown));
});

test('these tests see what the policy refuses, and what sticks out', options, async () => {
  await open(320, 568);
  const refusal = frames.refusal();
  await webkit.evaluate(() => {
    const image = document.createElement('img');
    image.src = 'http://127.0.0.1:1/elsewhere.png';
    image.width = 400;
    document.querySelector('main').append(image);
  });
  assert.match(await refusal, /img-src.*elsewhere/);
  assert.ok((await webkit.evaluate(tooWide)).length > 0);
});
