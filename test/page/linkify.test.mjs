// Text of other people as the page shows it: what becomes a link, what is made visible.
import assert from 'node:assert/strict';
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
  ['', []],
];

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

test('control and bidirectional characters are made visible; tab and line feed stay', () => {
  assert.equal(cleanText('a\u202eb\u2066c\u2069d\u200fe\u061cf\u0000g\u001b[31mh\u0085i'),
    'a\ufffdb\ufffdc\ufffdd\ufffde\ufffdf\ufffdg\ufffd[31mh\ufffdi');
  assert.equal(cleanText('a\tb\nc\r\nd\re'), 'a\tb\nc\nd\ufffde');
  assert.equal(cleanText('\u05e9\u05dc\u05d5\u05dd \u{1f47b} e\u0301'), '\u05e9\u05dc\u05d5\u05dd \u{1f47b} e\u0301');
  assert.equal(cleanLine('  Ann\n\u2028 B\t '), 'Ann B');
});
