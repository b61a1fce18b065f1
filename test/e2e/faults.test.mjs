// What people see when something fails, in Chromium: the server, the way to it, the browser itself.
import assert from 'node:assert/strict';

import { chromiumBrowser } from '../harness/browsers.mjs';
import { loseCandidates, without } from '../harness/inits.mjs';
import { scenarios, SERVER_GONE, textAltered } from '../harness/scenario.mjs';

/* The switch has one name with a window and another without. */
const HIDE = ['force-webrtc', 'webrtc'].map((name) => `--${name}-ip-handling-policy=disable_non_proxied_udp`);
const scenario = scenarios({ chromium: chromiumBrowser(), hiding: chromiumBrowser({ flags: HIDE }) });

scenario('chats go on when the server is killed, and newcomers are found when it is back', {
  async story(world) {
    const server = await world.server();
    world.allow(SERVER_GONE);
    const [ann, ben] = await world.crowd(['Ann', 'Ben'], server, 'crash');
    const cyd = await world.person('Cyd', server);
    await cyd.open();
    await cyd.loaded();
    await Promise.all([ann.connected(), ben.connected()]);

    await server.kill();
    await ann.say(world.text('no server'));
    await ben.heard('no server');
    await ben.say('who needs it');
    await ann.heard('who needs it');
    await ann.status(/server is away/);

    if (!world.variant.stays) {
      await server.start();
    }
    await cyd.fill('Your name', 'Cyd');
    await cyd.fill('Room name', 'crash');
    await cyd.click('button', 'Join room');
    await Promise.all([ann, ben, cyd].map((person) => person.connected(2)));
    await cyd.say('hello both');
    await Promise.all([ann.heard('hello both'), ben.heard('hello both')]);
    assert.equal(await ben.times('no server'), 1);
    await ann.until('reads nothing of the server any more', () => (
      !/server/i.test(document.querySelector('[role=status]').textContent)));
  },
  red: {
    'the server stays down': { stays: true, fails: /has 2 open links/ },
    'text altered': textAltered,
  },
});

scenario('a server that cannot be reached is named, and joined by itself once it is there', {
  async story(world) {
    const server = await world.server();
    world.allow(SERVER_GONE);
    const [ann, ben] = [await world.person('Ann', server), await world.person('Ben', server)];
    for (const person of [ann, ben]) {
      await person.open();
      await person.loaded();
    }
    await server.kill();
    for (const person of [ann, ben]) {
      await person.fill('Your name', person.name);
      await person.fill('Room name', 'patience');
      await person.click('button', 'Join room');
      await person.status(/server cannot be reached|trying again/);
      await person.state('joining');
    }
    if (!world.variant.stays) {
      await server.start();
    }
    await Promise.all([ann.connected(), ben.connected()]);
    await ann.say('at last');
    await ben.heard('at last');
  },
  red: { 'the server stays down': { stays: true, fails: /has 1 open links/ } },
});

for (const [name, words] of [['WebAssembly', 'WebAssembly'], ['RTCPeerConnection', 'WebRTC']]) {
  scenario(`without ${name}: a plain sentence, and the link is kept and offered for copying`, {
    async story(world) {
      const server = await world.server();
      const init = world.variant.has ? undefined : without(name);
      const ben = await world.person('Ben', server, { init });
      const link = `${server.url}room/#1.BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc`;
      await ben.page.goto(link);
      await ben.until(`reads that ${words} is missing`, (word) => (
        [...document.querySelectorAll('main *')]
          .some((e) => e.checkVisibility() && e.textContent.includes(`${word} is missing`))), words);
      assert.ok(await ben.evaluate((kept) => (
        [...document.querySelectorAll('input, textarea')]
          .some((e) => e.checkVisibility() && e.readOnly && e.value === kept)), link), 'the link is kept');
      await ben.control('button', 'Copy link');
    },
    red: { 'nothing is missing': { has: true, fails: /is missing/ } },
  });
}

scenario('where no direct connection comes about, the page says so and what to try', {
  async story(world) {
    const server = await world.server();
    const options = world.variant.open ? {} : { init: loseCandidates() };
    const [ann, ben] = await world.crowd(['Ann', 'Ben'], server, 'walled', options);
    // Cyd's browser has no way out at all, as a privacy setting wants it.
    const cyd = await world.person('Cyd', server, { browser: 'hiding' });
    await cyd.joinRoom('walled');
    // GC_LINK_OPEN_MS is 15 s.
    await Promise.all([ann, ben].map((person) => person.status(/firewall|another network/)));
    await ben.until('counts no open link', () => document.documentElement.dataset.peers === '0');
    // A name in the status line stands among its words, not in a column of its own.
    await ann.page.page.setViewportSize({ width: 320, height: 568 });
    assert.ok(await ann.evaluate(() => document.querySelector('.status .name').getBoundingClientRect().height < 45));
    await ann.until('reads that Cyd has no address', () => (
      [...document.querySelectorAll('.person')].some((e) => /this person gives out no address/.test(e.title))));
    await cyd.status(/^This browser gives out no address/);
  },
  red: { 'the network is open': { open: true, fails: /in the status line/ } },
});
