// Rooms and people that are found by a link or its QR code, in Chromium.
import assert from 'node:assert/strict';

import { chromiumBrowser } from '../harness/browsers.mjs';
import { readInviteQr } from '../harness/qr.mjs';
import { scenarios, serverDown, SERVER_GONE, textAltered } from '../harness/scenario.mjs';
import { Tap } from '../harness/tap.mjs';

const scenario = scenarios({ chromium: chromiumBrowser() });

/** Another secret of the same form: one digit in its middle differs. */
export function otherSecret(link) {
  const at = link.indexOf('#1.') + 20;
  return link.slice(0, at) + (link[at] === 'A' ? 'B' : 'A') + link.slice(at + 1);
}
const wrongSecret = { link: otherSecret, fails: /has 1 open links/ };

async function meetByLink(world, ann, ben, link) {
  await ben.joinLink(world.link(link));
  await Promise.all([ann.connected(), ben.connected()]);
  await ann.say(world.text('by link'));
  await ben.heard('by link');
  await ben.say('and back');
  await ann.heard('and back');
}

scenario('a private room by its link; the QR code shows the same link', {
  async story(world) {
    const server = await world.server();
    const ann = await world.person('Ann', server);
    const ben = await world.person('Ben', server);
    await world.moment('beforeJoin');
    await ann.newPrivateRoom();
    await ann.click('button', 'Invite');
    await ann.control('dialog', 'Invite');
    const link = await ann.value('Invite link');
    assert.match(link, new RegExp(`^${server.url}room/#1\\.[\\w-]{43}$`));
    assert.equal(await readInviteQr(ann), link);
    await ann.page.press('Escape');
    await meetByLink(world, ann, ben, link);
    for (const person of [ann, ben]) {
      assert.equal(await person.evaluate(() => location.hash), '', 'the secret stays in the address');
      await person.until('shows the other as not verified', () => (
        /not verified/i.test(document.querySelector('[aria-label=People]').textContent)));
    }
  },
  red: { 'wrong secret': wrongSecret, 'text altered': textAltered, 'server down': {
    ...serverDown, fails: /ERR_CONNECTION_REFUSED/ } },
});

scenario('a direct link dials the person who gave it, alone', {
  async story(world) {
    const server = await world.server();
    const [ann, cyd] = await world.crowd(['Ann', 'Cyd'], server, 'behind-a-direct-link');
    await ann.connected(1);
    const link = await ann.inviteLink('Me only');
    assert.match(link, new RegExp(`^${server.url}join/g[a-z2-7]{26}#1\\.[\\w-]{43}$`));
    const ben = await world.person('Ben', server);
    await ben.joinLink(world.link(link));
    await Promise.all([ann.connected(2), ben.connected(1)]);
    await ben.say(world.text('only to Ann'));
    await ann.heard('only to Ann');
    await cyd.say('from the room');
    await ann.heard('from the room');
    assert.equal(await cyd.times('only to Ann'), 0);
    assert.equal(await ben.times('from the room'), 0);
  },
  red: {
    'wrong secret': { link: otherSecret, fails: /has [12] open links/ },
  },
});

scenario('a bare /join/ID dials too, and is shown as not verified', {
  async story(world) {
    const server = await world.server();
    const ann = await world.person('Ann', server);
    const ben = await world.person('Ben', server);
    if (world.variant.private) {
      await ann.newPrivateRoom();
    } else {
      await ann.joinRoom('open');
    }
    await ann.state('waiting');
    const link = (await ann.inviteLink('Me only')).replace(/#.*/, '');
    await ben.page.goto(link);
    await ben.until('is told that nobody is verified', () => (
      /not verified/i.test(document.body.innerText)));
    await meetByLink(world, ann, ben, link);
    await ben.until('shows Ann as not verified', () => (
      /not verified/i.test(document.querySelector('[aria-label=People]').textContent)));
  },
  red: {
    'from a private room it is refused': { private: true, fails: /has 1 open links/ },
  },
});

scenario('a guest waits while the inviter is away and is connected when they are back', {
  async story(world) {
    const server = await world.server();
    const taps = [await new Tap().start(server.port), await new Tap().start(server.port)];
    world.closers.push(...taps.map((tap) => () => tap.close()));
    const [annsWay, bensWay] = taps.map((tap) => ({ url: `http://127.0.0.1:${tap.port}/` }));
    world.allow(SERVER_GONE);
    const ann = await world.person('Ann', annsWay);
    const ben = await world.person('Ben', bensWay);
    await ann.joinRoom('asleep');
    await ann.state('waiting');
    const link = (await ann.inviteLink('Me only')).replace(annsWay.url, bensWay.url);
    taps[0].cut();
    await ann.status(/server/);
    await ben.joinLink(link);
    await ben.status(/away/);
    if (!world.variant.stays) {
      taps[0].heal();
    }
    await Promise.all([ann.connected(), ben.connected()]);
    assert.ok((await ann.inviteLink('Me only')).replace(annsWay.url, bensWay.url) === link);
    await ben.say('good morning');
    await ann.heard('good morning');
  },
  red: { 'the inviter stays away': { stays: true, fails: /has 1 open links/ } },
});

scenario('a deep link needs one tap: name, notice and Join are on one screen', {
  async story(world) {
    const server = await world.server();
    const ann = await world.person('Ann', server);
    const phone = { viewport: { width: 360, height: 640 }, hasTouch: true, isMobile: true };
    const ben = await world.person('Ben', server, phone);
    await ann.joinRoom(world.room('one tap', 'Ann'));
    await ben.open('room/one%20tap');
    await ben.loaded();
    await world.moment('beforeJoin');
    assert.notEqual(await ben.value('Your name'), '');
    await ben.until('reads the notice', () => /can see your (network|IP) address/i.test(document.body.innerText));
    const join = await ben.evaluate(() => {
      const box = document.querySelector('button[type=submit].join').getBoundingClientRect();
      return box.top >= 0 && box.bottom <= innerHeight;
    });
    assert.ok(join, 'Join is on the first screen');
    await ben.tapJoin('/room/');
    await Promise.all([ann.connected(), ben.connected()]);
    // On a keyboard of glass Enter breaks the line, and the button sends.
    await ben.fill('Message', 'one');
    await ben.page.press('Enter');
    await ben.page.page.keyboard.type('tap');
    await ben.click('button', 'Send');
    await ann.heard('one\ntap');
  },
  red: {
    'other room': { room: (name) => `${name}s`, fails: /has 1 open links/ },
    'server down': {
      moment: { beforeJoin: (world) => { world.allow(SERVER_GONE); return world.servers[0].kill(); } },
      fails: /has 1 open links/,
    },
  },
});

scenario('a page that lost its secret says so, and goes on with a pasted link', {
  async story(world) {
    const server = await world.server();
    const ann = await world.person('Ann', server);
    const ben = await world.person('Ben', server);
    await ann.newPrivateRoom();
    const link = await ann.inviteLink();
    // A reload of the page on which the link had been opened.
    await ben.page.goto(link);
    await ben.control('button', 'Join room');
    await ben.page.page.reload();
    await ben.until('is told that the link is lost', () => (
      /lost/i.test(document.querySelector('h2:not([hidden])')?.textContent ?? '')));
    await ben.control('button', 'Scan QR code');
    await ben.fill('Your name', 'Ben');
    // As a messenger hands it over: with words, a mark, and a capital by the keyboard.
    await ben.fill('Paste the link', `Join me: \u200b${world.link(link).replace('http', 'Http')}?fbclid=x.`);
    await ben.page.press('Enter');
    await ben.tapJoin(link);
    await Promise.all([ann.connected(), ben.connected()]);
    await ann.say('found again');
    await ben.heard('found again');
  },
  red: { 'wrong secret': wrongSecret },
});

scenario('a link to which a messenger has added something leads to the same room', {
  async story(world) {
    const server = await world.server();
    const [ann, ben] = [await world.person('Ann', server), await world.person('Ben', server)];
    await ann.joinRoom('coffee');
    await ann.state('waiting');
    await ben.open(world.variant.path ?? 'room/coffee/?fbclid=x#');
    await ben.fill('Your name', 'Ben');
    await ben.tapJoin('/room/');
    await Promise.all([ann.connected(), ben.connected()]);
    assert.equal(await ben.evaluate(() => location.href), `${server.url}room/coffee`);
    // A file that is dropped does not take the place of the page.
    assert.equal(await ben.evaluate(() => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File(['x'], 'x.txt'));
      return dispatchEvent(new DragEvent('drop', { dataTransfer, cancelable: true }));
    }), false);
    await ben.until('is told that files are not sent', () => (
      /Files cannot be sent/.test(document.querySelector('.composer-hint').textContent)));
  },
  red: { 'another room': { path: 'room/coffees/?fbclid=x#', fails: /has 1 open links/ } },
});

scenario('what is no invite link is refused in words', {
  async story(world) {
    const server = await world.server();
    const ben = await world.person('Ben', server);
    for (const path of ['room/#1.short', 'room/name#1.BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc']) {
      await ben.page.goto('about:blank');
      await ben.open(world.variant.good ?? path);
      await ben.until('is told that this is no link', () => (
        [...document.querySelectorAll('[role=alert], p, h2')]
          .some((e) => e.checkVisibility() && /not an invite link/i.test(e.textContent))));
    }
    // A text in the field for a name is searched for a link; what is none is no name either.
    await ben.page.page.setViewportSize({ width: 320, height: 568 });
    const secret = '1.BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc';
    await ben.open();
    for (const [text, words] of [['see https://news.example/', 'no invite link in this text'], [`see ${secret}`, 'part of an invite link'],
      [`Join me:\n${server.url.slice('http://'.length)}room/#${secret}\nYours, Ann`, 'Join the private room']]) {
      await ben.evaluate((pasted) => {
        const clipboardData = new DataTransfer();
        clipboardData.setData('text/plain', pasted);
        const field = document.querySelector('.room-input');
        field.select();
        if (field.dispatchEvent(new ClipboardEvent('paste', { clipboardData, cancelable: true }))) {
          field.value = pasted;
        }
      }, text);
      await ben.click('button', 'Join room');
      await ben.until(`reads "${words}"`, (want) => document.querySelector('.entrance').innerText.includes(want), words);
      assert.equal(await ben.evaluate(() => /BwcH/.test(location.href + document.title)), false);
      assert.equal(await ben.evaluate(() => document.documentElement.scrollWidth), 320, 'nothing sticks out');
    }
  },
  red: { 'it is one': { good: 'room/name', fails: /is told that this is no link/ } },
});
