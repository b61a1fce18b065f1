// Text of other people as the page shows it: what becomes a link, what is made visible.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';

import { cleanLine, cleanText, splitLinks } from '../../web/linkify.js';

const links = (text) => splitLinks(text).filter((piece) => piece.href).map((piece) => piece.text);

const CASES = [
  ['see https://example.org/a?b=1#c now', ['https://example.org/a?b=1#c']],
  ['(https://example.org/a_(b)) and http://x.org.', ['https://example.org/a_(b)', 'http://x.org']],
  ['[https://example.org/x]', ['https://example.org/x']],
  ['https://example.org/?q=a,b!', ['https://example.org/?q=a,b']],
  ['"https://example.org/x"', ['https://example.org/x']],
  ['HTTPS://EXAMPLE.ORG/', ['HTTPS://EXAMPLE.ORG/']],
  ['javascript:alert(1) data:text/html,x file:///etc/passwd ftp://x.org/ mailto:a@b.org', []],
  ['https://bank.example@evil.example/ http://a:b@evil.example/', []],
  ['http:// https://. http://%zz/ https://[::1', []],
  ['xhttps://example.org/', []],
  ['http://@example.org/', []],
  ['', []],
];

/* What may stand behind an address in a text, in any script, and is no part of it. */
const BEHIND = ['。', '、', '，', '！', '？', '：', '；', '）', '』', '」', '】', '》', '»', '’', '”', '›', '…', '...', '。」',
  '）。', '}', '\u200f', '\u200e', '\u061c'];

test('marks behind an address are no part of it, and neither is what follows a full-width one', () => {
  for (const mark of BEHIND) {
    for (const address of ['https://example.com/a', 'https://example.com', 'https://example.com/?q=(b)']) {
      assert.deepEqual(links(`see ${address}${mark}`), [address], mark);
      assert.deepEqual(links(`${address}${mark} and`), [address], mark);
    }
  }
  for (const mark of ['。', '，', '）', '』', '：']) {
    assert.deepEqual(links(`https://example.com/a${mark}b`), ['https://example.com/a'], mark);
  }
  assert.deepEqual(links('（https://example.com/（a））'), ['https://example.com/（a）']);
  assert.deepEqual(links('「https://example.com/a」と（http://x.org）'), ['https://example.com/a', 'http://x.org']);
});

/* Hosts that are not what a reader takes them for, and how they are shown instead. */
const HOSTS = [
  ['https://google.com\u2215login.evil.example/', 'https://google.xn--comlogin-0f7d.evil.example/'],
  ['https://google.com\u2044login.evil.example/x', 'https://google.xn--comlogin-g03d.evil.example/x'],
  ['https://google.com\u29f8a.evil.example', 'https://google.xn--coma-xl7b.evil.example'],
  ['https://bank.example\u0338.evil.example/', 'https://bank.xn--example-kte.evil.example/'],
  ['https://bank.example\u2800.evil.example/x', 'https://bank.xn--example-sb0e.evil.example/x'],
  ['https://bank.example\u200b.evil.example', 'https://bank.example.evil.example'],
  ['https://\u0430\u0440\u0440\u04cf\u0435.com/', 'https://xn--80ak6aa92e.com/'],
  ['https://\uff47oogle.com/', 'https://google.com/'],
  ['https://%67oogle.com/', 'https://google.com/'],
  ['http://0x7f.1/a', 'http://127.0.0.1/a'],
  ['http://2130706433/a', 'http://127.0.0.1/a'],
];

test('the host of a link is shown as the browser reads it', () => {
  for (const [text, shown] of HOSTS) {
    assert.deepEqual(links(text), [shown], text);
  }
  for (const text of ['http://h:80/', 'https://h:443', 'http://[::1]:8080/x', 'https://EXAMPLE.org/A']) {
    assert.deepEqual(links(text), [text]);
  }
});

test('whatever stands in a host, the text of a link says where it leads', () => {
  for (let code = 0x21; code < 0x3100; code++) {
    const char = String.fromCodePoint(code);
    for (const piece of splitLinks(cleanText(`https://bank.example${char}evil.example/`))) {
      const shown = /^https?:\/\/([^/?#\\]*)/i.exec(piece.text)?.[1];
      assert.ok(!piece.href || shown.toLowerCase() === new URL(piece.href).host, code.toString(16));
    }
  }
});


test('only web addresses become links, without the marks of the sentence around them', () => {
  for (const [text, expected] of CASES) {
    assert.deepEqual(links(text), expected, text);
  }
});

test('a text full of addresses makes twenty links and stays whole', () => {
  const text = 'http://a.b '.repeat(1400);
  assert.equal(links(text).length, 20);
  assert.equal(splitLinks(text).map((piece) => piece.text).join(''), text);
});

test('the pieces joined are the text, whatever it is', () => {
  const alphabet = ['http://', 'https://a.b', '(', ')', '.', ' ', '\n', '"', 'x', '@', '\u{1f47b}', '<b>'];
  let seed = 7;
  for (let run = 0; run < 2000; run++) {
    let text = '';
    for (let i = 0; i < 12; i++) {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      text += alphabet[seed % alphabet.length];
    }
    assert.equal(splitLinks(text).map((piece) => piece.text).join(''), text);
  }
});

test('a text of the greatest length takes no time, however it is made', () => {
  for (const part of [')', 'http://', 'https://a)', '.', '(((', 'http://a.b/).']) {
    const text = `http://a.b/${part.repeat(16384 / part.length)}`;
    const from = performance.now();
    splitLinks(text);
    assert.ok(performance.now() - from < 500, part); // a quadratic walk took seconds
  }
});

test('control characters and overrides are made visible; tab and line feed stay', () => {
  assert.equal(cleanText('a\u202eb\u202dcf\u0000g\u001b[31mh\u0085i'),
    'a\ufffdb\ufffdcf\ufffdg\ufffd[31mh\ufffdi');
  assert.equal(cleanText('a\tb\nc\r\nd\re'), 'a\tb\nc\nd\ufffde');
  assert.equal(cleanText('\u05e9\u05dc\u05d5\u05dd \u{1f47b} e\u0301'), '\u05e9\u05dc\u05d5\u05dd \u{1f47b} e\u0301');
  assert.equal(cleanLine('  Ann\n\u2028 B\t '), 'Ann B');
});

test('direction marks that keyboards write are harmless in messages, and absent from names', () => {
  assert.equal(cleanText('\u200e12:30\u200f \u061c5'), '\u200e12:30\u200f \u061c5');
  assert.equal(cleanLine('\u200eroom 12\u200f\u061c'), 'room 12');
  for (const [open, close] of [['\u202a', '\u202c'], ['\u202b', '\u202c'], ['\u2066', '\u2069'], ['\u2067', '\u2069'],
    ['\u2068', '\u2069']]) {
    assert.equal(cleanText(`call ${open}+49 170 1234567${close}!`), 'call +49 170 1234567!');
    assert.equal(cleanText(`${open}a${open}b${close}${close}c`), 'abc');
    assert.equal(cleanText(`${open}a`), '\ufffda', 'what is not ended');
    assert.equal(cleanText(`a${close}b`), 'a\ufffdb', 'what was not begun');
    assert.equal(cleanText(`\u202e${open}a${close}b\u202c`), '\ufffdab', 'an override stays visible');
  }
  assert.equal(cleanText('\u202aa\u2069b'), '\ufffda\ufffdb', 'of another kind');
});

test('what nobody sees is made visible unless writing needs it, and is absent from names', () => {
  const { texts } = JSON.parse(readFileSync(new URL('../vectors/unseen.json', import.meta.url), 'utf8'));
  const char = (hex) => String.fromCodePoint(Number.parseInt(hex, 16));
  const write = (codes, mark) => codes.split(' ')
    .map((code) => (code.startsWith('[') ? mark ?? char(code.slice(1)) : char(code))).join('');
  assert.ok(texts.length > 30);
  for (const { name, text } of texts) { // the same table as in test/unit/visible_test.c
    assert.equal(cleanText(write(text)), write(text, '\ufffd'), name);
    assert.equal(cleanLine(`x${write(text)}x`), `x${write(text, '')}x`.replace(/\s+/g, ' '), name);
  }
});
