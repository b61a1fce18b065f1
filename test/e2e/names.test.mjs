// Names as people type them: two keyboards write one room differently, long names of any script are
// seen alike by all, and a secret that was pasted with other words around it is no name.
import assert from 'node:assert/strict';

import { chromiumBrowser } from '../harness/browsers.mjs';
import { otherRoom, scenarios } from '../harness/scenario.mjs';

const scenario = scenarios({ chromium: chromiumBrowser() });

const SECRET = `1.${'BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc'}`;
const wide = (text) => [...text].map((c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0)).join('');

scenario('the same name, typed on two keyboards', {
  timeout: 120000,
  async story(world) {
    const server = await world.server();
    const pairs = [
      ["Ann's room -- Sunday", 'ann\u2019s\u00a0Room \u2014 sunday\u200f'],
      ['\u0130stanbul caf\u00e9', 'istanbul Cafe\u0301'],
    ];
    for (const [anns, bens] of pairs) {
      const ann = await world.person('Ann', server);
      const ben = await world.person('Ben', server);
      await ann.joinRoom(world.room(anns, 'Ann'));
      await ben.joinRoom(world.room(bens, 'Ben'));
      await Promise.all([ann.connected(), ben.connected()]);
      await ann.say('Hello Ben');
      await ben.heard('Hello Ben');
      // Each goes on seeing what they typed, in the title and in what they pass on.
      const link = await ann.inviteLink();
      assert.equal(decodeURIComponent(new URL(link).pathname), `/room/${anns}`);
      assert.equal(await ann.evaluate(() => document.querySelector('.bar-title').textContent), anns);
      await Promise.all([ann.leave(), ben.leave()]);
    }
  },
  red: { 'other room': otherRoom },
});

scenario('others see the name that one sees oneself', {
  timeout: 120000,
  async story(world) {
    const server = await world.server();
    const names = [
      '\u0391\u03bb\u03ad\u03be\u03b1\u03bd\u03b4\u03c1\u03bf\u03c2 \u03a0\u03b1\u03c0\u03b1\u03b4\u03cc\u03c0\u03bf\u03c5\u03bb\u03bf\u03c2',
      '\u4e2d\u6587'.repeat(10),
      '\u{1f47b}'.repeat(70),
      'x'.repeat(300),
      'Ann\ufe0f\u2800 \u202eLee',
    ];
    const ben = await world.person('Ben', server);
    await ben.joinRoom('names');
    for (const name of names) {
      const ann = await world.person(name, server);
      await ann.joinRoom('names');
      await Promise.all([ann.connected(), ben.connected()]);
      const own = await ann.evaluate(() => document.querySelector('.people-self').textContent.replace(/^You: /, ''));
      assert.ok(own.length > 2);
      await ben.sees(own);
      await ann.leave();
      await ben.state('waiting');
    }
  },
});

scenario('a secret that was pasted into the field for a name goes nowhere', {
  async story(world) {
    const server = await world.server();
    const ann = await world.person('Ann', server);
    for (const text of [`see ${SECRET}`, `"${SECRET}`, `/room/#${SECRET}`, wide(SECRET), `${'word '.repeat(30)}${SECRET}`,
      [...SECRET].join('\u200b'), `x${SECRET}x`]) {
      await ann.joinRoom(text);
      await ann.until('is told that this is no name', () => document.querySelector('.form-error').textContent !== ''
        || document.documentElement.dataset.screen !== 'entrance' || document.querySelector('.entrance').dataset.mode !== 'home');
      const shown = await ann.evaluate(() => [location.href, document.title,
        document.querySelector('.bar-title').textContent, document.documentElement.dataset.screen,
        JSON.stringify(history.state)].join('\n'));
      assert.doesNotMatch(decodeURIComponent(shown).normalize('NFKC').replace(/\p{DI}/gu, ''), /BwcHBwcH/i, text);
      assert.match(shown, /\nentrance\n/, text);
    }
  },
});
