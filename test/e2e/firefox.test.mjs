// Firefox among itself, and with Chromium.
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
