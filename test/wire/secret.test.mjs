// A secret that somebody pastes into the field for a room's name, with other words around it: not a byte
// of it comes to the server, then or after the page is loaded again.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';

import { chromiumBrowser } from '../harness/browsers.mjs';
import { scenarios } from '../harness/scenario.mjs';
import { Tap } from '../harness/tap.mjs';

const scenario = scenarios({ chromium: chromiumBrowser() });

const wide = (text) => [...text].map((c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0)).join('');

/** Sends a text in a request line, as a reload of a page under that address would. */
async function leak(world) {
  await world.people[0].evaluate((text) => fetch(`/room/${text}`).then((answer) => answer.text()), world.digits);
}

scenario('a secret that was pasted as a name does not reach the server', {
  timeout: 120000,
  async story(world) {
    world.digits = randomBytes(32).toString('base64url');
    const secret = `1.${world.digits}`;
    const server = await world.server();
    const tap = await new Tap().start(server.port);
    world.closers.push(() => tap.close());
    const ann = await world.person('Ann', { url: `http://127.0.0.1:${tap.port}/` });
    for (const text of [`see ${secret}`, `a.example/room/#${secret}`, `/room/#${secret}`, `"${secret}"`, `x${secret}`,
      `${'word '.repeat(20)}${secret}`, wide(secret), [...secret].join('\u200b'), `#${secret}`, `:${secret}`]) {
      await ann.joinRoom(text);
      await ann.until('is answered', () => document.querySelector('.form-error').textContent !== ''
        || document.querySelector('.entrance').dataset.mode !== 'home');
      await ann.page.goto(await ann.evaluate(() => location.href));
      await ann.until('is at the entrance again', () => document.documentElement.dataset.screen === 'entrance');
    }
    await ann.joinRoom(world.room('coffee', 'Ann'));
    await ann.state('waiting');
    await world.moment('tried');
    // In lower case too: that is what folding would make of it.
    const found = [world.digits, world.digits.toLowerCase(), wide(world.digits), encodeURIComponent(wide(world.digits))]
      .flatMap((text) => tap.find(text));
    assert.deepEqual(found, [], 'the secret at the server');
  },
  red: {
    'a secret leaks': { moment: { tried: leak }, fails: /the secret at the server/ },
  },
});
