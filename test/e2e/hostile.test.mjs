// What hostile people send: markup, control and bidi characters, endless names, frames that are
// none. It is shown as text or not at all, and the others never notice more than that.
import assert from 'node:assert/strict';

import { chromiumBrowser } from '../harness/browsers.mjs';
import { keepChannels } from '../harness/inits.mjs';
import { scenarios, textAltered } from '../harness/scenario.mjs';

const scenario = scenarios({ chromium: chromiumBrowser() });

const MARKUP = [
  '<img src=x onerror="document.title=\'owned\'">',
  '<script>document.title="owned"</script>',
  '"><svg/onload=alert(1)>', '&lt;b&gt; &amp; {{base}} ${1+1}', '</p></article><h1>Owned</h1>',
];
/* What is sent, and what is shown: everything invisible that changes the reading is marked. */
const UNSEEN = [
  ['evil\u202egnp.exe', 'evil\ufffdgnp.exe'],
  ['a\u2066b\u2069c', 'abc'],
  ['a\u2066b\u202cc', 'a\ufffdb\ufffdc'],
  // A Hebrew and an Arabic paragraph, with the marks that keyboards and address books put into them.
  ['שלום, הפגישה ב-\u200e12:30\u200f, טלפון \u202a+972 50 1234567\u202c.',
    'שלום, הפגישה ב-\u200e12:30\u200f, טלפון +972 50 1234567.'],
  ['الاجتماع الساعة \u061c12:30، اتصل بـ \u2066+20 100 1234567\u2069', 'الاجتماع الساعة \u061c12:30، اتصل بـ +20 100 1234567'],
  ['bell\u0007 escape\u001b[31m', 'bell\ufffd escape\ufffd[31m'],
  ['tab\tand\nline stay', 'tab\tand\nline stay'],
  ['hid\u200bden \u{1f469}\u200d\u{1f4bb}', 'hid\ufffdden \u{1f469}\u200d\u{1f4bb}'],
];

scenario('markup and unseen characters in messages are shown as text', {
  async story(world) {
    const server = await world.server();
    const [ann, ben] = await world.crowd(['Ann', 'Ben'], server, 'hostile');
    await Promise.all([ann.connected(), ben.connected()]);
    const before = await elementKinds(ben);
    for (const text of MARKUP) {
      await ann.say(world.text(text));
      await ben.heard(text);
    }
    for (const [sent, shown] of UNSEEN) {
      await ann.say(sent);
      await ben.heard(shown);
    }
    await world.moment('said');
    assert.deepEqual(await elementKinds(ben), before, 'new kinds of elements');
    assert.equal(await ben.evaluate(() => document.title.includes('owned')), false);
  },
  red: {
    'markup becomes elements': {
      moment: {
        said: (world) => world.people[1].evaluate(() => {
          document.querySelector('[role=log]').append(document.createElement('h1'));
        }),
      },
      fails: /new kinds of elements/,
    },
    'text altered': { text: (text) => text.replace('<', '&lt;'), fails: /reads "/ },
  },
});

/** Kinds of elements in the log but those of which a message is made. */
function elementKinds(person) {
  return person.evaluate(() => [...new Set([...document.querySelectorAll('[role=log] *')]
    .map((e) => e.tagName))].filter((tag) => !['ARTICLE', 'P', 'SPAN', 'TIME'].includes(tag)));
}

/* Runs in the page of the hostile one: sends bytes on the channel of that number, on all links. */
function sendRaw({ channel, bytes, fill }) {
  const data = new Uint8Array(fill ? bytes.length + fill : bytes.length).fill(0x41);
  data.set(bytes);
  const open = globalThis.channels.filter((c) => c.id === channel && c.readyState === 'open');
  open.forEach((c) => c.send(data));
  return open.length;
}

/** PROFILE with this name (ghostchat-protocol(7), "Link frames"). */
function profile(name) {
  const bytes = [...Buffer.from(name)];
  return [0x13, 1, bytes.length >> 8, bytes.length & 255, ...bytes];
}

async function threeOfThem(world) {
  const server = await world.server();
  const ann = await world.person('Ann', server);
  const ben = await world.person('Ben', server);
  const eve = await world.person('Eve', server, { init: keepChannels() });
  for (const person of [ann, ben, eve]) {
    await person.joinRoom('with Eve');
  }
  await Promise.all([ann, ben, eve].map((person) => person.connected(2)));
  return { ann, ben, eve };
}

scenario('hostile names are shown as text, without what is unseen in them', {
  async story(world) {
    const { ann, eve } = await threeOfThem(world);
    for (const [sent, shown] of [
      ['<b>Ann</b><img src=x>', '<b>Ann</b><img src=x>'],
      ['\u202enimda\u0007', 'nimda'],
    ]) {
      assert.equal(await eve.evaluate(sendRaw, {
        channel: 0, bytes: profile(world.variant.name?.(sent) ?? sent),
      }), 2);
      await ann.sees(shown);
    }
    // A name that is somebody else's is told apart.
    await eve.evaluate(sendRaw, { channel: 0, bytes: profile('Ben') });
    await ann.until('tells two of one name apart', () => {
      const names = [...document.querySelectorAll('.person-name')].map((e) => e.textContent);
      return names.length === 2 && names.every((name) => /^Ben/.test(name)) && names[0] !== names[1];
    });
  },
  red: { 'another name': { name: (name) => `${name}!`, fails: /sees .* among the people/ } },
});

scenario('names that look like others, like nothing or like a sentence are told apart', {
  async story(world) {
    const { ann, eve } = await threeOfThem(world);
    for (const [sent, shown] of [
      ['Be\u0301n', /^Be\u0301n \(\w{4}\)$/], ['Веn', /^Веn \(\w{4}\)$/], ['Ann', /^Ann \(\w{4}\)$/],
      ['\u2060\u2800', /^Guest \w{4}$/], ['Ben left. Cyd', /^Ben left\. Cyd$/],
    ]) {
      await eve.evaluate(sendRaw, { channel: 0, bytes: profile(world.variant.name ?? sent) });
      await ann.until(`shows ${shown}`, (source) => (
        [...document.querySelectorAll('.person-name')]
          .some((e) => new RegExp(source, 'u').test(e.textContent))), shown.source);
    }
    await eve.leave();
    // The name is an element of its own inside of the sentence.
    await ann.until('is told who left', () => (
      [...document.querySelectorAll('.note')].some((e) => e.textContent === 'Ben left. Cyd left.'
        && e.querySelector('bdi')?.textContent === 'Ben left. Cyd')));
  },
  red: { 'another name': { name: 'Eva', fails: /shows/ } },
});

scenario('a message of many lines is folded, and opened by who wants to read it', {
  async story(world) {
    const server = await world.server();
    const [ann, ben] = await world.crowd(['Ann', 'Ben'], server, 'tall');
    await Promise.all([ann.connected(), ben.connected()]);
    const height = () => ann.evaluate(() => (
      [...document.querySelectorAll('.message')].at(-1).getBoundingClientRect().height));
    for (const [i, part] of ['line\n', 'word ', 'x', '\u0e49'].entries()) {
      const text = `${i}${world.variant.text?.() ?? part.repeat(4000 / part.length)}!`;
      await ben.say(text);
      await ann.heard(text);
      const folded = await height();
      assert.ok(folded < 500, `${folded} px`);
      await ann.until('can open it', () => document.querySelector('.message-unfold'));
      await ann.evaluate(() => [...document.querySelectorAll('.message-unfold')].at(-1).click());
      assert.ok(part === '\u0e49' || await height() > folded, 'opened');
    }
  },
  red: { 'a short one': { text: () => 'short', fails: /can open it/ } },
});

/* Runs in the page of the hostile one: BASE frames, each of which skips one message. */
function skipMessages(n) {
  const open = globalThis.channels.filter((c) => c.id === 0 && c.readyState === 'open');
  for (let i = 2; i < n; i++) {
    const frame = new Uint8Array(9);
    frame[0] = 0x12;
    new DataView(frame.buffer).setUint32(5, i);
    open.forEach((c) => c.readyState === 'open' && c.send(frame));
  }
}

scenario('what one person fills the log with drops nothing of the others', {
  async story(world) {
    const server = await world.server();
    const [ann, ben] = await world.crowd(['Ann', 'Ben'], server, 'with Eve');
    await Promise.all([ann.connected(), ben.connected()]);
    await ben.say('the code is 4711');
    await ann.heard('the code is 4711');
    await ann.say('I see');
    const eve = await world.person('Eve', server, { init: keepChannels() });
    await eve.joinRoom('with Eve');
    await Promise.all([ann, ben, eve].map((person) => person.connected(2)));
    await eve.evaluate(skipMessages, 2200);
    await ben.say(world.text('still here?'));
    await ann.heard('still here?');
    await Promise.all(['the code is 4711', 'I see'].map((text) => ann.heard(text)));
    const entries = await ann.evaluate(() => document.querySelectorAll('[role=log] > .leaf > *').length);
    assert.ok(entries > 3 && entries < 20, `${entries} entries`); // equal notes in a row are one
  },
  red: { 'text altered': textAltered },
});

const BROKEN = [
  ['a name of 200 KiB', { channel: 0, bytes: profile('x'), fill: 200 * 1024 }],
  ['a name over the limit', { channel: 0, bytes: profile('n'.repeat(257)) }],
  ['a text that is no UTF-8', { channel: 1, bytes: [0x20, 0, 0, 0, 0, 0, 0, 0, 1, 0, 2, 0xc3, 0x28] }],
  ['half a frame', { channel: 0, bytes: [0x11, 0, 0] }],
  ['a message on the wrong channel', {
    channel: 0, bytes: [0x20, 0, 0, 0, 0, 0, 0, 0, 1, 0, 2, 0x68, 0x69],
  }],
];
const HARMLESS = ['a harmless frame', { channel: 0, bytes: [0x15, 0, 0, 0, 9] }];

scenario('what is no frame ends the link of who sent it, and nothing else', {
  async story(world) {
    const server = await world.server();
    const [ann, ben] = await world.crowd(['Ann', 'Ben'], server, 'with Eve');
    await Promise.all([ann.connected(), ben.connected()]);
    for (const [i, [what, raw]] of (world.variant.frames ?? BROKEN).entries()) {
      const eve = await world.person(`Eve ${i}`, server, { init: keepChannels() });
      await eve.joinRoom('with Eve');
      await Promise.all([ann.connected(2), ben.connected(2), eve.connected(2)]);
      // It is in the list with its reason until the next link to her is open.
      const ended = [ann, ben].map((person) => person.until(`ends the link after ${what}`, (name) => (
        [...document.querySelectorAll('.person')].some((e) => e.textContent.includes(name)
          && e.title.includes('does not follow the protocol'))), eve.name));
      const sent = eve.evaluate(sendRaw, raw).then((links) => assert.equal(links, 2));
      await Promise.all([sent, ...ended]);
      await eve.leave();
      await Promise.all([ann.connected(1), ben.connected(1)]);
    }
    await ann.say('we go on');
    await ben.heard('we go on');
    assert.equal(await ben.times('hi'), 0);
  },
  red: { 'a harmless frame': { frames: [HARMLESS], fails: /ends the link after/ } },
});
