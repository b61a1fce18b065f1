// What everybody can use: screen readers, keyboards, small screens, plain http, a path of a site.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

import { chromiumBrowser } from '../harness/browsers.mjs';
import { scenarios, textAltered } from '../harness/scenario.mjs';

const scenario = scenarios({ chromium: chromiumBrowser() });
const axe = readFileSync(new URL('../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');

/** What axe finds on the page as it stands: one line each. */
async function axeFinds(person, where) {
  await person.page.page.evaluate(axe);
  const found = await person.evaluate(async () => {
    const { violations } = await globalThis.axe.run(document, { resultTypes: ['violations'] });
    return violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target.join(' ')}`));
  });
  return found.map((line) => `${where}: ${line}`);
}

/** Elements that stick out of the window to the side. */
function tooWide() {
  const wide = [...document.querySelectorAll('body *')].filter((e) => {
    const box = e.getBoundingClientRect();
    return e.checkVisibility() && box.width > 0 && (box.right > innerWidth + 0.5 || box.left < -0.5);
  }).map((e) => e.className || e.tagName);
  if (document.documentElement.scrollWidth > innerWidth) {
    wide.push('the page itself');
  }
  return wide;
}

/** Walks through the screens of the page and looks at each with look(person, name). */
async function walk(world, options, look) {
  const server = await world.server();
  const ann = await world.person('Ann', server, options);
  const ben = await world.person('Ben', server, options);
  await ann.open();
  await ann.control('button', 'New private room');
  await world.moment('seen');
  await look(ann, 'entrance');
  await ann.click('button', 'Scan QR code');
  await ann.control('dialog', 'Scan QR code');
  await look(ann, 'scan');
  await ann.page.press('Escape');
  await ann.joinRoom('a room with a rather long name for a small screen');
  await ann.state('waiting');
  await look(ann, 'waiting');
  await ben.joinRoom('a room with a rather long name for a small screen');
  await Promise.all([ann.connected(), ben.connected()]);
  await ann.say('a short text, and https://example.org/a/very/long/address/'.padEnd(300, 'x'));
  await ben.say('w'.repeat(400));
  await ann.heard('w'.repeat(400));
  await look(ann, 'chat');
  await ann.click('button', 'Invite');
  await ann.control('dialog', 'Invite');
  await look(ann, 'invite');
}

/* Red: something wrong is put on the page. */
const spoil = (code) => ({ moment: { seen: (world) => world.people[0].evaluate(code) } });

for (const colorScheme of ['light', 'dark']) {
  scenario(`axe finds nothing, ${colorScheme}`, {
    async story(world) {
      const found = [];
      await walk(world, { colorScheme, reducedMotion: 'reduce' }, async (person, where) => {
        found.push(...await axeFinds(person, where));
      });
      assert.deepEqual(found, []);
    },
    red: {
      'a button without a name': {
        ...spoil(() => document.querySelector('main').append(document.createElement('button'))),
        fails: /button-name/,
      },
    },
  });
}

scenario('nothing sticks out at 320 pixels', {
  async story(world) {
    const found = [];
    await walk(world, { viewport: { width: 320, height: 568 } }, async (person, where) => {
      found.push(...(await person.evaluate(tooWide)).map((what) => `${where}: ${what}`));
    });
    assert.deepEqual(found, []);
  },
  red: {
    'something wide': {
      ...spoil(() => {
        const wide = document.createElement('p');
        wide.style.width = '400px';
        wide.textContent = 'wide';
        document.querySelector('.entrance').append(wide);
      }),
      fails: /the page itself/,
    },
  },
});

/** Presses Tab until that control has the focus. */
async function tabTo(person, role, name) {
  const control = await person.control(role, name);
  for (let i = 0; i < 40; i++) {
    if (await control.evaluate((e) => e === document.activeElement)) {
      return;
    }
    await person.page.press('Tab');
  }
  throw new Error(`${person.name}: no Tab leads to ${role} "${name}"`);
}

scenario('everything is done with the keyboard alone', {
  async story(world) {
    const server = await world.server();
    const ann = await world.person('Ann', server);
    const ben = await world.person('Ben', server);
    await ann.open();
    await ann.control('button', 'Join room');
    if (world.variant.spoil) {
      await ann.evaluate(world.variant.spoil);
    }
    await tabTo(ann, 'textbox', 'Room name');
    await ann.page.page.keyboard.type('keys');
    await tabTo(ann, 'button', 'Join room');
    await ann.page.press('Enter');
    await ben.joinRoom(world.room('keys', 'Ben'));
    await Promise.all([ann.connected(), ben.connected()]);
    await tabTo(ann, 'textbox', 'Message');
    await ann.page.page.keyboard.type(world.text('typed'));
    await ann.page.press('Enter');
    await ben.heard('typed');
    await tabTo(ann, 'button', 'Invite');
    await ann.page.press('Enter');
    await ann.control('dialog', 'Invite');
    await tabTo(ann, 'button', 'Copy link');
    await ann.page.press('Escape');
    await tabTo(ann, 'button', 'Leave');
    await ann.page.press('Enter');
    await ann.state('idle');
    await tabTo(ann, 'textbox', 'Room name');
  },
  red: {
    'a control without a tab stop': {
      spoil: () => { document.querySelector('.room-input').tabIndex = -1; },
      fails: /no Tab leads to textbox "Room name"/,
    },
  },
});

scenario('plain http on an address of the LAN, which is no secure context', {
  async story(world) {
    const server = await world.server({ host: '10.77.0.1' });
    const [ann, ben] = await world.crowd(['Ann', 'Ben'], server, 'lan');
    assert.equal(await ann.evaluate(() => isSecureContext), false);
    await Promise.all([ann.connected(), ben.connected()]);
    await ann.say(world.text('on the sofa'));
    await ben.heard('on the sofa');
    await ann.click('button', 'Invite');
    await ann.click('button', 'Copy link');
    await ann.until('is told that the link is copied', () => (
      /copied|selected/i.test(document.querySelector('dialog[open]').innerText)));
    await ann.page.press('Escape');
    await ann.leave();
    await ann.click('button', 'Scan QR code');
    await ann.until('is told why there is no camera', () => (
      /https/.test(document.querySelector('dialog[open]').innerText)));
  },
  red: { 'text altered': textAltered },
});

scenario('under a path of a site', {
  async story(world) {
    const server = await world.server({ path: '/some/where/' });
    const ann = await world.person('Ann', server);
    const ben = await world.person('Ben', server);
    await ann.newPrivateRoom();
    const link = await ann.inviteLink();
    assert.ok(link.startsWith(`${server.origin}/some/where/room/#1.`), link);
    await ben.joinLink(world.link(link));
    await Promise.all([ann.connected(), ben.connected()]);
    await ben.say(world.text('deep'));
    await ann.heard('deep');
    const outside = await fetch(server.origin + '/room/x', { headers: { accept: 'text/html' } });
    assert.equal(outside.status, 404);
  },
  red: {
    'the link without the path': {
      link: (link) => link.replace('/some/where', ''), fails: /Ben (fills|clicks|finds)/,
    },
  },
});

scenario('the page asks nobody but its own server', {
  async story(world) {
    const server = await world.server();
    const ann = await world.person('Ann', server);
    const asked = [];
    ann.page.page.on('request', (request) => asked.push(new URL(request.url()).origin));
    const ben = await world.person('Ben', server);
    await ann.joinRoom('alone');
    await ben.joinRoom('alone');
    await Promise.all([ann.connected(), ben.connected()]);
    await ann.click('button', 'Invite');
    await ann.control('dialog', 'Invite');
    if (world.variant.strays) {
      await ann.evaluate(() => fetch('http://example.org/').catch(() => {}));
    }
    assert.ok(asked.length > 5);
    assert.deepEqual(asked.filter((origin) => origin !== server.origin && !/^(data|blob|null)/.test(origin)), []);
  },
  red: { 'it asks another': { strays: true, fails: /example\.org/ } },
});
