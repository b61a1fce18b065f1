// The link in a pasted text: what people, keyboards and messengers put around it, and into it.
import assert from 'node:assert/strict';
import test from 'node:test';

import { findLink } from '../../web/pasted.js';
import { roomPath } from '../../web/place.js';

const S = `1.${'BwcH'.repeat(10)}Bwc`;
const HERE = 'http://10.0.0.7:8080/';
const FIXED = 'https://www.example.org/chat/#/';
const find = (text) => findLink(text, HERE);

/* Each is the link of the page that a server serves, and of a static one. */
const LINKS = [
  `https://a.example/room/coffee`, `https://a.example/room/#${S}`, `https://a.example/join/abc_-9`,
  `https://a.example/join/abc#${S}`, `${HERE}room/caf%C3%A9`, `https://a.example/deep/er/room/#${S}`,
  'http://[::1]:8080/room/x', `${FIXED}room/coffee`, `${FIXED}room/:${S}`, `${FIXED}join/abc:${S}`, `${FIXED}join/abc`,
];

test('a link alone is what it was', () => {
  for (const link of LINKS) {
    assert.equal(find(link), link);
  }
});

test('the address of a room is a link to it, whatever its name holds', () => {
  for (const name of ['coffee!', "Ann's", "'tis'", 'what?!', '(a)', '(a', 'a*', 'a/b', '“a”', 'a, b', '#1', 'x:y', '。', 'a}', '100%', 'who.', 'a_b_', '~', 'well...']) {
    assert.equal(find(`${HERE}${roomPath(name)}`), `${HERE}${roomPath(name)}`, name);
    assert.equal(find(`see ${HERE}${roomPath(name)}.`), `${HERE}${roomPath(name)}`, name);
    assert.equal(decodeURIComponent(roomPath(name)), `room/${name}`);
    assert.match(roomPath(name), /^room\/[\w.~%-]+$/); // the characters of ghostchat-protocol(7), "INVITE LINKS"
  }
});

test('words, quotes, brackets and marks around a link are harmless', () => {
  for (const link of LINKS) {
    for (const [before, after] of [['Join me: ', ''], ['', ' see you'], ['<', '>'], ['"', '"'], ['“', '”'], ['„', '“'],
      ['«', '»'], ['‹', '›'], ["'", "'"], ['‘', '’'], ['(', ')'], ['[', ']'], ['{', '}'], ['`', '`'], ['*', '*'], ['_', '_'],
      ['', '.'], ['', '...'], ['', '…'], ['', '!'], ['', '?!'], ['', ','], ['', ';'], ['', '。'], ['', '，'], ['「', '」'],
      ['（', '）です'], ['見て', '、ね'], ['GhostChat', ''], ['GhostChat\n', '\nSent from my phone'], ['[room](', ')'],
      ['<a href="', '">room</a>'], ['{"link":"', '"}'], ['\u200b', '\u200b'], ['\ufeff', ''], ['\u200e', '\u200f'],
      ['\u202a', '\u202c'], ['\u2068', '\u2069.'], ['\u2060\u00ad', '\u061c'], ['\t\u00a0', '\u3000'], ['> ', '\r\n>'],
      ['see https://news.example/a?b=/room/x and ', ''], ['https://t.example/?to=', ''], ['', ` or ${HERE}room/tea`],
      ['', `${HERE}room/tea`], ['url:', '']]) {
      assert.equal(find(before + link + after), link, before + link + after);
    }
  }
});

test('scheme and host are read in any case, and what nobody sees is not read', () => {
  for (const [text, link] of [
    ['Http://A.Example/room/Coffee', 'http://a.example/room/Coffee'],
    [`HTTPS://A.EXAMPLE/room/#${S}`, `https://a.example/room/#${S}`],
    ['htt\u200bps://a.exa\u00admple/room/cof\u2060fee', 'https://a.example/room/coffee'],
    [`https://a.example/room/#${[...S].join('\u200d')}`, `https://a.example/room/#${S}`],
    [`https://a.example/room/#${[...S].map((c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0)).join('')}`,
      `https://a.example/room/#${S}`],
  ]) {
    assert.equal(find(text), link, text);
  }
  const family = encodeURIComponent('\u{1f469}\u200d\u{1f467}');
  assert.equal(find('https://a.example/room/\u{1f469}\u200d\u{1f467} '), `https://a.example/room/${family}`);
});

test('what was added to an address is dropped', () => {
  for (const [text, link] of [
    ['https://a.example/room/coffee?fbclid=x', 'https://a.example/room/coffee'],
    ['https://a.example/room/coffee/?utm_source=a&b=c#', 'https://a.example/room/coffee'],
    ['https://a.example/room/coffee#', 'https://a.example/room/coffee'],
    ['https://a.example/room/coffee#:~:text=coffee', 'https://a.example/room/coffee'],
    ['https://a.example/join/abc/?x.', 'https://a.example/join/abc'],
    [`https://a.example/room/?utm_source=x#${S}`, `https://a.example/room/#${S}`],
    [`https://a.example/room/#${S}?fbclid=x`, `https://a.example/room/#${S}`],
    [`https://a.example/room/#${S}&x=y`, `https://a.example/room/#${S}`],
    [`https://a.example/join/abc/?x=y#${S}/`, `https://a.example/join/abc#${S}`],
    [`https://a.example/c/?fbclid=x#/room/coffee/`, `https://a.example/c/#/room/coffee`],
    [`https://a.example/c/#/room/coffee?fbclid=x`, `https://a.example/c/#/room/coffee`],
    [`https://a.example/c/index.html?fbclid=x#/room/:${S}`, `https://a.example/c/#/room/:${S}`],
    [`https://a.example/c/index.html#/join/abc`, `https://a.example/c/#/join/abc`],
  ]) {
    assert.equal(find(text), link, text);
  }
});

test('a link that a mail program has put into one of its own', () => {
  for (const link of LINKS) {
    const wrapped = `https://safe.example/?url=${encodeURIComponent(link)}&data=05%7C01%7C#x`;
    assert.equal(find(`Join me: <${wrapped}>`), link, wrapped);
  }
  assert.equal(find('https://safe.example/?url=https%3A%2F%2Fnews.example%2F&u=javascript:x/room/y'), null);
  assert.equal(find(`https://safe.example/?a=https%3A%2F%2Fb%2Froom%2Fx ${HERE}room/tea`), `${HERE}room/tea`);
});

test('43 digits end a secret, and its mark may be escaped or lost', () => {
  for (const text of [`https://a.example/room/#${S}see`, `https://a.example/room/#${S}_`, `https://a.example/room/#${S}-.`,
    `https://a.example/room/%23${S}`, `https://a.example/room/${S}`, 
    `https://a.example/room/:${S}`]) {
    assert.equal(find(text), `https://a.example/room/#${S}`, text);
  }
  for (const text of [`${FIXED}room/%3A${S}`, `${FIXED}room/%23${S}`, `${FIXED}room/${S}.`, `${FIXED}room/#${S}`]) {
    assert.equal(find(text), `${FIXED}room/:${S}`, text);
  }
  assert.equal(find(`https://a.example/join/abc%23${S}`), `https://a.example/join/abc#${S}`);
});

test('a link whose scheme was not copied', () => {
  for (const [text, link] of [
    [`a.example/room/#${S}`, `https://a.example/room/#${S}`],
    [`see www.a.example:8443/c/room/#${S}.`, `https://www.a.example:8443/c/room/#${S}`],
    [`link:a.example/join/abc#${S}`, `https://a.example/join/abc#${S}`],
    [`(a.example/c/#/room/:${S})`, `https://a.example/c/#/room/:${S}`],
    [`box:8080/room/#${S}`, `https://box:8080/room/#${S}`],
    [`//a.example/room/#${S}`, `https://a.example/room/#${S}`],
    [`10.0.0.7:8080/room/#${S}`, `${HERE}room/#${S}`],
    ['see 10.0.0.7:8080/room/coffee.', `${HERE}room/coffee`],
    ['10.0.0.7:8080/join/abc', `${HERE}join/abc`],
    [`/room/#${S}`, `${HERE}room/#${S}`],
    [`room/#${S}/`, `${HERE}room/#${S}`],
    [`"/join/abc#${S}"`, `${HERE}join/abc#${S}`],
  ]) {
    assert.equal(find(text), link, text);
  }
  assert.equal(findLink('WWW.example.org/chat/#/room/coffee', FIXED), `${FIXED}room/coffee`);
  assert.equal(findLink(`#/room/:${S}`, FIXED), `${FIXED}room/:${S}`);
});

test('a link whose scheme was not copied, after letters that are longer in lower case', () => {
  for (const text of ['\u0130yi g\u00fcnler, 10.0.0.7:8080/room/kahve', '\u0130\u0130\u0130\u0130\u0130\u0130 10.0.0.7:8080/room/kahve',
    '\u0130'.repeat(500) + ' 10.0.0.7:8080/room/kahve']) {
    assert.equal(find(text), `${HERE}room/kahve`, text);
  }
  assert.equal(find('\u0130'.repeat(12) + ' 10.0.0.7:8080/room/coffeeroom/evil'), `${HERE}room/coffeeroom/evil`);
  assert.equal(find('10.0.0.7:8080/join/abc and 10.0.0.7:8080/room/kahve'), `${HERE}join/abc`);
  assert.equal(find('10x0y0z7:8080/room/kahve'), null);
});

test('what holds no link', () => {
  for (const text of ['', 'coffee', 'a/b', '1.2.2026', 'http://', 'https://a.example/', 'see https://a.example/rooms/x',
    'https://a.example/?q=/room/x', 'a.example/room/coffee', 'the room/coffee', S, `#${S}`, `see ${S}`, `room ${S}`,
    'https:///room/x', 'http://h:99999/room/x', 'ftp://a.example/room/x', 'javascript://a/room/x', 'room/', 'join/me']) {
    assert.equal(find(text), null, text);
  }
});

test('what has two meanings stays for the core to refuse', () => {
  assert.equal(find(`https://a.example/room/name#${S}`), `https://a.example/room/name#${S}`);
  assert.equal(find(`https://a.example/join/#${S}`), `https://a.example/join/#${S}`);
  assert.equal(find('https://user@a.example/room/x'), 'https://user@a.example/room/x');
  assert.equal(find('https://a.example/room/#1.short'), 'https://a.example/room/#1.short');
});

test('a text of any length takes no time', () => {
  for (const part of ['http://', '/room/', '1.', 'a.', '/', 'https://a/room/', `${S}`, 'room/#', '%23', 'a.b/', '\u200b', '-.',
    'a', 'ab.', 'localhost', '\u00e9', '\u0130', '\u1100', '\ufdfa', '\ufdfa.']) {
    const text = part.repeat(100000 / part.length);
    const from = performance.now();
    find(text);
    find(`${S} ${text}`);
    find(`https://a.example/room/${text}#${S}`);
    assert.ok(performance.now() - from < 250, `${part} ${performance.now() - from}`);
  }
});
