// People who meet in a room by its name, in Chromium.
import assert from 'node:assert/strict';

import { chromiumBrowser } from '../harness/browsers.mjs';
import { scenarios, textAltered } from '../harness/scenario.mjs';
import { dropFrames } from '../harness/inits.mjs';

const scenario = scenarios({ chromium: chromiumBrowser() });

scenario('three people are all linked, and one who leaves is gone for the others only', {
  async story(world) {
    const server = await world.server();
    const [ann, ben, cyd] = await world.crowd(['Ann', 'Ben', 'Cyd'], server, 'three');
    await Promise.all([ann, ben, cyd].map((person) => person.connected(2)));
    for (const from of [ann, ben, cyd]) {
      await from.say(world.text(`this is ${from.name}`));
      await Promise.all([ann, ben, cyd].map((person) => person.heard(`this is ${from.name}`)));
    }
    await world.moment('beforeLeave');
    await cyd.leave();
    await Promise.all([ann.connected(1), ben.connected(1)]);
    await ann.say('only two now');
    await ben.heard('only two now');
    assert.equal(await ben.times('this is Cyd'), 1);
  },
  red: {
    'one is in another room': {
      room: (name, who) => (who === 'Cyd' ? 'elsewhere' : name), fails: /has 2 open links/,
    },
  },
});

scenario('"Delivered" stands only after the other page has shown the text', {
  async story(world) {
    const server = await world.server();
    const ann = await world.person('Ann', server);
    const ben = await world.person('Ben', server, world.variant.ben);
    await ann.joinRoom('marks');
    await ben.joinRoom('marks');
    await Promise.all([ann.connected(), ben.connected()]);
    await ann.say('is it there?');
    await ben.heard('is it there?');
    await ann.mark('is it there?', /^delivered$/);
    assert.equal(await ann.times('is it there?'), 1);
  },
  // 0x11 ACK, of ghostchat-protocol(7).
  red: { 'acknowledgements are lost': { ben: { init: dropFrames(0x11) }, fails: /marked/ } },
});

scenario('unread messages are counted in the title while the page is not looked at', {
  async story(world) {
    const server = await world.server();
    const [ann, ben] = await world.crowd(['Ann', 'Ben'], server, 'title');
    await Promise.all([ann.connected(), ben.connected()]);
    await ann.look(world.variant.looks ?? false);
    await ben.say('one');
    await ben.say('two');
    await ann.heard('two');
    await ann.until('counts 2 in the title', () => /\(2\)/.test(document.title));
    await ann.look(true);
    await ann.until('counts none in the title', () => !/\(\d/.test(document.title));
  },
  red: { 'the page is looked at': { looks: true, fails: /counts 2 in the title/ } },
});

scenario('web addresses become links, other schemes do not', {
  async story(world) {
    const server = await world.server();
    const [ann, ben] = await world.crowd(['Ann', 'Ben'], server, 'links');
    await Promise.all([ann.connected(), ben.connected()]);
    const text = 'see https://example.org/a?b=1#c and javascript:alert(1) data:text/html,x';
    await ann.say(world.text(text));
    await ben.heard(text);
    const links = await ben.evaluate(() => [...document.querySelectorAll('[role=log] a')]
      .map((a) => ({ href: a.href, rel: a.rel.split(' ').sort(), target: a.target, text: a.textContent })));
    assert.deepEqual(links, [{
      href: 'https://example.org/a?b=1#c', rel: ['noopener', 'noreferrer'], target: '_blank',
      text: 'https://example.org/a?b=1#c',
    }]);
  },
  red: { 'text altered': textAltered },
});

scenario('leaving wipes the page and its storage', {
  async story(world) {
    const server = await world.server();
    const [ann, ben] = await world.crowd(['Ann', 'Ben'], server, 'wipe');
    await Promise.all([ann.connected(), ben.connected()]);
    await ann.say('burn after reading 4711');
    await ben.heard('burn after reading 4711');
    if (!world.variant.stays) {
      await ben.leave();
    }
    await ben.state('idle');
    await ann.until('has no open link', () => document.documentElement.dataset.peers === '0');
    const left = await ben.evaluate(async () => ({
      text: document.documentElement.outerHTML.includes('4711'),
      local: { ...localStorage }, session: { ...sessionStorage }, cookie: document.cookie,
      databases: await indexedDB.databases(), history: history.state,
      caches: await globalThis.caches?.keys(), hash: location.hash,
    }));
    assert.deepEqual(left, {
      text: false, local: {}, session: {}, cookie: '', databases: [], history: null, caches: [],
      hash: '',
    });
  },
  red: { 'nobody leaves': { stays: true, fails: /Ben: is idle/ } },
});

scenario('who has left can join again without a reload', {
  async story(world) {
    const server = await world.server();
    const [ann, ben] = await world.crowd(['Ann', 'Ben'], server, 'again');
    await Promise.all([ann.connected(), ben.connected()]);
    await ben.leave();
    await ben.state('idle');
    await ben.fill('Room name', world.room('again', 'Ben'));
    await ben.click('button', 'Join room');
    await Promise.all([ann.connected(), ben.connected()]);
    await ben.say('back again');
    await ann.heard('back again');
  },
  red: { 'another room': { room: (name, who) => (who === 'Ben' ? 'other' : name), fails: /has 1 open links/ } },
});

scenario('a reload in a chat asks first, and one outside does not', {
  async story(world) {
    const server = await world.server();
    const [ann, ben] = await world.crowd(['Ann', 'Ben'], server, 'reload');
    await Promise.all([ann.connected(), ben.connected()]);
    if (world.variant.left) {
      await ann.leave();
      await ann.state('idle');
    }
    const asked = ann.dialog();
    await ann.page.page.close({ runBeforeUnload: true });
    const dialog = await asked;
    assert.equal(dialog.type(), 'beforeunload');
    await dialog.dismiss();
    await ben.say('still here?');
    await ann.heard('still here?');
  },
  red: { 'one has left': { left: true, fails: /was asked nothing/ } },
});

scenario('Back and Forward lead to the joining screen of the room', {
  async story(world) {
    const server = await world.server();
    const ann = await world.person('Ann', server);
    await ann.open();
    await ann.open('room/history');
    await ann.click('button', 'Join room');
    await ann.state('waiting');
    // At this address an invite leads nobody but oneself anywhere.
    await ann.click('button', 'Invite');
    await ann.until('is told that the link is for this device', () => (
      /works on this device alone/.test(document.querySelector('.invite-note').textContent)));
    await ann.page.press('Escape');
    if (world.variant.leaves) {
      await ann.leave();
      await ann.state('idle');
    }
    await ann.page.page.goBack();
    await ann.page.page.goForward();
    await ann.until('is asked to join the room', () => (
      /history/.test(document.querySelector('.entrance-heading')?.textContent ?? '')));
    assert.equal(await ann.evaluate(() => location.pathname), '/room/history');
  },
  red: { 'one has left': { leaves: true, fails: /is asked to join the room/ } },
});

scenario('the example page of 30 lines chats by the same module', {
  async story(world) {
    const server = await world.server();
    const [ann, ben] = [await world.person('Ann', server), await world.person('Ben', server)];
    await ann.open('assets/example.html');
    await ben.open(world.variant.page ?? 'assets/example.html');
    for (const person of [ann, ben]) {
      await person.status(/^connected/);
    }
    await ann.fill('Message', 'from an example');
    await ann.click('button', 'Send');
    await ben.until('lists the text', () => (
      [...document.querySelectorAll('li')].some((e) => e.textContent === 'Visitor: from an example')));
  },
  red: { 'the other opens another page': { page: '', fails: /\/\^connected\// } },
});
