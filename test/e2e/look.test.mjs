// What everybody can use: screen readers, keyboards, small screens, plain http, a path of a site.
//   GC_SHOTS=DIR   keeps pictures of every screen, narrow and wide, light and dark, for one's eyes
import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocketServer } from 'ws';

import { texts } from '../../web/texts.js';
import { chromiumBrowser } from '../harness/browsers.mjs';
import { tooWide } from '../harness/layout.mjs';
import { scenarios, textAltered } from '../harness/scenario.mjs';
import { build, root } from '../harness/server.mjs';
import { startSite } from '../harness/site.mjs';
import { peerServer, User } from '../peerjs/user.mjs';

const scenario = scenarios({ chromium: chromiumBrowser() });
const axe = readFileSync(new URL('../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');

/** What axe finds on the page as it stands: one line each. */
async function axeFinds(person) {
  await person.page.page.evaluate(axe);
  return person.evaluate(async () => {
    const { violations } = await globalThis.axe.run(document, { resultTypes: ['violations'] });
    return violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target.join(' ')}`));
  });
}

/** Pictures of a screen, in the folder that GC_SHOTS names. */
async function shoot(person, where, { colorScheme: own = 'light', reducedMotion = 'no-preference' }) {
  const { page } = person.page;
  const before = page.viewportSize();
  for (const width of [320, 1280]) {
    await page.setViewportSize({ width, height: width === 320 ? 568 : 720 });
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      const name = `${where.replaceAll(/\W+/g, '-')}-${width}-${colorScheme}.png`;
      await page.screenshot({ path: join(process.env.GC_SHOTS, name), fullPage: true });
    }
  }
  await page.emulateMedia({ colorScheme: own, reducedMotion });
  await page.setViewportSize(before);
}

/** Walks and asserts that look(person, name) finds nothing on any screen; a red run ends with the
 * first find. */
async function assertNothing(world, walk, options, look) {
  const found = [];
  await walk(world, options, async (person, where) => {
    found.push(...(await look(person, where)).map((what) => `${where}: ${what}`));
    if (process.env.GC_SHOTS && !world.red) {
      await shoot(person, where, options);
    }
    if (world.red) {
      assert.deepEqual(found, []);
    }
  });
  assert.deepEqual(found, []);
}

/** Walks through the screens of the page and looks at each with look(person, name). */
async function walkServer(world, options, look) {
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

/** A PeerServer that lets in whoever comes first, says of every other id that somebody holds it,
 * and relays nothing: the holders of all slots of a room are silent. */
async function silentServer(world) {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  let own;
  server.on('connection', (socket, request) => {
    const id = new URL(request.url, 'http://h').searchParams.get('id');
    own ??= id;
    socket.send(JSON.stringify({ type: id === own ? 'OPEN' : 'ID-TAKEN' }));
  });
  world.closers.push(() => server.close());
  await new Promise((resolve) => { server.once('listening', resolve); });
  return `http://127.0.0.1:${server.address().port}/`;
}

/** The page on a static host, once for each configuration. */
async function staticSite(world, configs) {
  const made = `${root}${build}/static`;
  assert.ok(existsSync(made), `${build}/static is not built`);
  const www = mkdtempSync(join(tmpdir(), 'ghostchat-look-'));
  world.closers.push(() => rmSync(www, { recursive: true, force: true }));
  for (const [name, config] of Object.entries(configs)) {
    cpSync(made, join(www, name), { recursive: true });
    writeFileSync(join(www, name, 'config.json'), JSON.stringify(config));
  }
  const site = await startSite({ '/': www });
  world.closers.push(() => site.close());
  return (name) => ({ url: `${site.url}${name}/` });
}

/** The same for what only a static page shows, and what PeerJS applications bring along. */
async function walkStatic(world, options, look) {
  const stock = await peerServer(world);
  const at = await staticSite(world, {
    good: { peerServer: { url: stock.url }, iceServers: [] },
    wrong: { peerServer: { url: 'http://[::1]:9000/' } },
    silent: { peerServer: { url: await silentServer(world) }, iceServers: [] },
  });
  const cyd = await world.person('Cyd', at('silent'), options);
  await cyd.open();
  await cyd.until('is told who cannot be reached', () => (
    document.querySelector('.no-stun').checkVisibility()));
  await world.moment('seen');
  await look(cyd, 'entrance without STUN');
  await cyd.joinRoom('held by somebody silent');
  await cyd.status(/looking for the others/i);

  const ann = await world.person('Ann', at('wrong'), options);
  await ann.open();
  const longest = Object.values(texts.config).sort((a, b) => b.length - a.length)[0];
  await ann.until('is told that the page is not set up', (words) => (
    document.querySelector('.form-error').textContent === words), longest);
  await look(ann, 'not set up');

  ann.server = at('good');
  await ann.open(`#/join/${'a'.repeat(26)}`);
  await ann.control('button', 'Join');
  await ann.until('is told that nobody is verified', () => {
    const about = document.querySelector('.entrance-about');
    return about.checkVisibility() && /not verified/.test(about.textContent);
  });
  await look(ann, 'invited without STUN');
  const ben = await User.open(world, 'Ben', stock);
  const dan = await world.person('Dan', at('good'));
  await ann.joinRoom('coffee');
  await ann.status(/people on other networks cannot be reached/i);
  await look(ann, 'waiting without STUN');
  await dan.joinRoom('coffee');
  await ann.connected();
  await ben.enters();
  const id = (await ann.inviteLink('Me only')).replace(/^.*join\/(\w+):.*$/, '$1');
  const label = await ben.connect(id);
  await ben.sees(`${label} open`);
  await ann.connected(2);
  await ann.say('to all of you');
  await ann.mark('to all of you', /^Delivered to 1 of 2\. Sent to 1 of 2$/);
  await ben.says(label, 'y'.repeat(200000));
  await ann.until('is told why a message is not shown', () => (
    /1 message from .* cannot be shown\. A message was over/
      .test(document.querySelector('[role=log]').textContent)));
  await look(ann, 'chat with another app');

  await cyd.status(/somebody holds this room, but does not answer/i);
  await look(cyd, 'a silent room');
}

/* Red: something wrong is put on the page. */
const spoil = (code) => ({ moment: { seen: (world) => world.people[0].evaluate(code) } });

const WALKS = { 'of a server': walkServer, 'on a static host': walkStatic };
const AXE = Object.entries(WALKS).flatMap(([where, walk]) => (
  ['light', 'dark'].map((colorScheme) => ({ where, walk, colorScheme }))));

for (const { where, walk, colorScheme } of AXE) {
  scenario(`axe finds nothing on the page ${where}, ${colorScheme}`, {
    story: (world) => assertNothing(world, walk, { colorScheme, reducedMotion: 'reduce' }, axeFinds),
    red: {
      'a button without a name': {
        ...spoil(() => document.querySelector('main').append(document.createElement('button'))),
        fails: /button-name/,
      },
    },
  });
}

for (const [where, walk] of Object.entries(WALKS)) {
  scenario(`nothing sticks out at 320 pixels on the page ${where}`, {
    story: (world) => assertNothing(world, walk, { viewport: { width: 320, height: 568 } },
      (person) => person.evaluate(tooWide)),
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
}

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

/** Runs in the page: how far the end of the log is out of sight after `first` entries and then, in one
 * frame, `burst` more. */
async function pxBelow([first, burst]) {
  const { Conversation } = await import(document.querySelector('script[type=module]').src.replace(/[^/]*$/, 'conversation.js'));
  const log = document.querySelector('[role=log]');
  let changed = false;
  const conversation = new Conversation((peer) => peer.name, () => { changed = true; });
  const frames = async (n) => {
    for (let i = 0; i < n; i++) {
      if (changed) {
        changed = false;
        conversation.render();
      }
      await new Promise((resolve) => { requestAnimationFrame(() => setTimeout(resolve)); });
    }
  };
  const add = (n) => {
    for (let i = 0; i < n; i++) {
      conversation.add({ id: 'ben', name: 'Ben' }, 'five\nlines\nof\na\nmessage');
    }
  };
  conversation.clear();
  add(first);
  await frames(10);
  add(burst);
  await frames(10);
  return Math.round(log.scrollHeight - log.scrollTop - log.clientHeight);
}

scenario('the end of the log stays in sight when much comes at once', {
  async story(world) {
    const server = await world.server();
    const ann = await world.person('Ann', server);
    await ann.joinRoom('bursts');
    await ann.state('waiting');
    for (const burst of [[30, 11], [35, 7], [39, 20], [20, 300]]) {
      const px = await ann.evaluate(pxBelow, burst);
      assert.ok(px + (world.variant.px ?? 0) <= 1, `${px} px below after ${burst}`);
    }
  },
  red: { 'an end out of sight': { px: 2, fails: /px below after/ } },
});

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
