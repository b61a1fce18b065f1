// Firefox among itself, and with Chromium; and what each of them makes of a long log.
import assert from 'node:assert/strict';

import { chromiumBrowser, firefoxBrowser } from '../harness/browsers.mjs';
import { otherRoom, scenarios, SERVER_GONE, textAltered } from '../harness/scenario.mjs';

const scenario = scenarios({ firefox: firefoxBrowser(), chromium: chromiumBrowser({ shell: false }) });

/** A room by name, chat both ways, a message without the server, and one who leaves. */
function chatBetween(first, second, host) {
  return async (world) => {
    const server = await world.server({ host });
    world.allow(SERVER_GONE);
    const ann = await world.person('Ann', server, { browser: first });
    const ben = await world.person('Ben', server, { browser: second });
    await ann.joinRoom(world.room('fox', 'Ann'));
    await ben.joinRoom(world.room('fox', 'Ben'));
    await Promise.all([ann.connected(), ben.connected()]);
    await ann.say(world.text('Hello Ben'));
    await ben.heard('Hello Ben');
    await ben.say('Hello Ann\nand all');
    await ann.heard('Hello Ann\nand all');
    assert.equal(await ann.times('Hello Ann\nand all'), 1);
    await ann.mark('Hello Ben', /^delivered$/);
    await server.kill();
    await ben.say('still here');
    await ann.heard('still here');
    await ben.leave();
    await ann.until('has no open link', () => document.documentElement.dataset.peers === '0');
  };
}

scenario('two people in Firefox', {
  story: chatBetween('firefox', 'firefox'), red: { 'other room': otherRoom },
});
scenario('Firefox first, then Chromium', {
  story: chatBetween('firefox', 'chromium'), red: { 'text altered': textAltered },
});
scenario('Chromium first, then Firefox, on plain http in the LAN', {
  story: chatBetween('chromium', 'firefox', '10.77.0.1'), red: { 'text altered': textAltered },
});

scenario('a private room by its link, from Chromium to Firefox', {
  async story(world) {
    const server = await world.server();
    const ann = await world.person('Ann', server, { browser: 'chromium' });
    const ben = await world.person('Ben', server, { browser: 'firefox' });
    await ann.newPrivateRoom();
    const link = await ann.inviteLink();
    await ben.joinLink(world.link(link));
    await Promise.all([ann.connected(), ben.connected()]);
    await ben.say(world.text('by link'));
    await ann.heard('by link');
    assert.equal(await ben.evaluate(() => location.hash), '');
  },
  red: {
    'wrong secret': {
      link: (link) => link.replace(/#1\.(.)/, (all, digit) => `#1.${digit === 'A' ? 'B' : 'A'}`),
      fails: /has 1 open links/,
    },
  },
});

/** Runs in the page: by how many px the log becomes longer or shorter while one scrolls through all of it.
 * hidden: it was drawn in a page that has no frames. */
async function pxGrown({ hidden, messages, spoil }) {
  const { Conversation } = await import(document.querySelector('script[type=module]').src.replace(/[^/]*$/, 'conversation.js'));
  const log = document.querySelector('[role=log]');
  const frame = () => new Promise((resolve) => { requestAnimationFrame(() => setTimeout(resolve)); });
  let changed = false;
  const conversation = new Conversation((peer) => peer.name, () => { changed = true; });
  Object.defineProperty(document, 'hidden', { get: () => hidden, configurable: true });
  conversation.clear();
  for (let i = 0; i < messages; i++) {
    conversation.add({ id: 'ben', name: 'Ben' }, `message${'\nline'.repeat(i % 5)}`);
    conversation.note(`note ${i}`);
  }
  while (changed) {
    changed = false;
    conversation.render();
    await (hidden ? null : frame());
  }
  delete document.hidden;
  if (spoil) {
    log.querySelectorAll('[style]').forEach((one) => one.style.removeProperty('--tall'));
  }
  for (let i = 0; i < 3; i++) {
    await frame();
  }
  const before = log.scrollHeight;
  while (log.scrollTop > 0) {
    log.scrollTop -= log.clientHeight / 2;
    await frame();
  }
  return log.scrollHeight - before;
}

scenario('nothing moves when one scrolls up, drawn before the eyes or in a hidden page', {
  async story(world) {
    const server = await world.server();
    for (const browser of ['chromium', 'firefox']) {
      const ann = await world.person('Ann', server, { browser });
      await ann.joinRoom(`long-${browser}`);
      await ann.state('waiting');
      for (const hidden of [true, false]) {
        const px = await ann.evaluate(pxGrown, { hidden, messages: 150, spoil: world.variant.spoil ?? false });
        assert.ok(Math.abs(px) <= 2, `${px} px longer in ${browser}, ${hidden ? 'hidden' : 'seen'}`);
      }
    }
  },
  red: { 'sizes that nobody told': { spoil: true, fails: /px longer in chromium, hidden/ } },
});
