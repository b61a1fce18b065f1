// What a browser loads of the page before the first chat, and that one below the floor is told so.
import assert from 'node:assert/strict';

import { chromiumBrowser } from '../harness/browsers.mjs';
import { scenarios } from '../harness/scenario.mjs';

const scenario = scenarios({ chromium: chromiumBrowser() });

/** Bytes of all bodies as they came, by file. */
function loaded() {
  const entries = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
  return Object.fromEntries(entries.map((e) => [new URL(e.name).pathname, e.encodedBodySize]));
}

scenario('a first chat loads at most 230 KiB, and the QR module waits for its dialog', {
  async story(world) {
    const server = await world.server();
    const [ann, ben] = await world.crowd(['Ann', 'Ben'], server, 'first');
    await Promise.all([ann.connected(), ben.connected()]);
    await ann.say('hello');
    await ben.heard('hello');
    const files = await ben.evaluate(loaded);
    const sum = Object.values(files).reduce((a, b) => a + b, 0);
    assert.ok(sum > 100000 && sum <= (world.variant.bytes ?? 235520), `${sum} bytes: ${JSON.stringify(files)}`);
    assert.ok(!('/assets/qrcode.js' in files));
    await ben.click('button', 'Invite');
    await ben.until('is shown a QR code', () => document.querySelector('.invite-qr').width > 8);
    assert.ok('/assets/qrcode.js' in await ben.evaluate(loaded));
  },
  red: { 'a smaller limit': { bytes: 150000, fails: /bytes: / } },
});

/* What a browser below the floor lacks, one thing each: Safari 16.3, Firefox 127; Chrome 108; Firefox 124. */
const LACKS = [
  'delete CSS.registerProperty;',
  'CSS.supports = () => false;',
  'delete Intl.Segmenter;',
];

scenario('a browser below the floor is told so in one sentence, and keeps its link', {
  async story(world) {
    const server = await world.server();
    for (const init of LACKS) {
      const ann = await world.person('Ann', server, { init: world.variant.init ?? init });
      await ann.open(`room/#1.${'B'.repeat(43)}`);
      await ann.until('is told what is needed', () => (
        document.querySelector('.late').checkVisibility()
          && /^GhostChat needs a newer browser: .*Safari 16\.4/.test(document.querySelector('.late').innerText)));
      assert.match(await ann.evaluate(() => location.hash), /^#1\.B{43}$/);
      assert.equal(await ann.evaluate(() => document.querySelector('.entrance').hidden), true);
    }
  },
  red: { 'nothing is missing': { init: '0;', fails: /is told what is needed/ } },
});
