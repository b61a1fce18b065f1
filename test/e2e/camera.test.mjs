// A QR code is shown by one page and scanned by the camera of another: Chromium's fake camera plays
// a film that the test makes of the code.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';

import { chromiumBrowser } from '../harness/browsers.mjs';
import { makeNoise } from '../harness/inits.mjs';
import { qrPixels } from '../harness/qr.mjs';
import { scenarios } from '../harness/scenario.mjs';

const folder = mkdtempSync(join(tmpdir(), 'ghostchat-camera-'));
const film = join(folder, 'film.y4m');
const scenario = scenarios({
  chromium: chromiumBrowser({
    flags: [
      '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream',
      `--use-file-for-fake-video-capture=${film}`,
    ],
  }),
});
after(() => rmSync(folder, { recursive: true, force: true }));

const WIDTH = 640;
const HEIGHT = 480;

/** A film of one still picture (YUV4MPEG2, 4:2:0): an RGBA image in the middle of white. */
function y4m({ data, width, height }) {
  const luma = Buffer.alloc(WIDTH * HEIGHT, 235);
  const [left, top] = [(WIDTH - width) >> 1, (HEIGHT - height) >> 1];
  assert.ok(left >= 0 && top >= 0, `${width} pixels fit`);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      luma[(top + y) * WIDTH + left + x] = data[(y * width + x) * 4] < 128 ? 16 : 235;
    }
  }
  const frame = Buffer.concat([Buffer.from('FRAME\n'), luma, Buffer.alloc((WIDTH * HEIGHT) / 2, 128)]);
  return Buffer.concat([Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F25:1 Ip A1:1 C420\n`), frame, frame]);
}

scenario('the camera reads the QR code of an invite', {
  async story(world) {
    // The browser looks at its film when it starts: there must be one.
    const blank = { data: [], width: 0, height: 0 };
    writeFileSync(film, y4m(blank));
    const server = await world.server();
    const ann = await world.person('Ann', server);
    const ben = await world.person('Ben', server);
    await ann.newPrivateRoom();
    await ann.click('button', 'Invite');
    await ann.control('img', 'QR code of the invite link');
    await ann.until('is shown a QR code', () => document.querySelector('.invite-qr').width > 8);
    writeFileSync(film, y4m(world.variant.blank ? blank : await ann.evaluate(qrPixels)));
    await ben.open();
    await ben.click('button', 'Scan QR code');
    await ben.until('is asked to join the private room', () => (
      /private room/i.test(document.querySelector('.entrance h2')?.textContent ?? '')));
    await ben.tapJoin('/room/');
    await Promise.all([ann.connected(), ben.connected()]);
    await ben.say('scanned');
    await ann.heard('scanned');
  },
  red: { 'the picture shows no code': { blank: true, fails: /is asked to join the private room/ } },
});

scenario('where a canvas gives back noise, the scanner says so and asks for no camera', {
  async story(world) {
    writeFileSync(film, y4m({ data: [], width: 0, height: 0 }));
    const server = await world.server();
    const ben = await world.person('Ben', server, world.variant.true ? {} : { init: makeNoise() });
    await ben.open();
    await ben.click('button', 'Scan QR code');
    await ben.until('is pointed to the camera app', () => (
      /hides.*camera app/.test(document.querySelector('.scan-text').textContent)));
    assert.equal(await ben.evaluate(() => document.querySelector('.scan-video').srcObject), null);
    await ben.control('textbox', 'Paste the link');
  },
  red: { 'the canvas is true': { true: true, fails: /is pointed to the camera app/ } },
});
