// Which messages are folded: by lines, however they come about. Of those little is laid out.
import assert from 'node:assert/strict';
import test from 'node:test';

import { makeDocument } from '../harness/dom.mjs';

makeDocument();
const { FOLDED_CHARS, isTall, makeMessage } = await import('../../web/message.js');

test('a message of many lines is tall, whether it breaks them itself or not', () => {
  for (const text of ['', 'hello', 'a\nb\nc', 'word '.repeat(150)]) {
    assert.ok(!isTall(text), text);
  }
  for (const text of ['\n'.repeat(300), '\n'.repeat(16384), 'x'.repeat(2000), `${'x'.repeat(500)}\n`.repeat(3)]) {
    assert.ok(isTall(text));
  }
});

/** What of an element takes part in layout, as text. */
const laidOut = (node) => (typeof node === 'string' ? node
  : node.hidden ? '' : node.childNodes.map(laidOut).join(''));

function messageOf(text) {
  const entry = makeMessage('other', 'Ben', 'ben', text, new Date());
  return { body: entry.querySelector('.message-text'), button: entry.querySelector('.message-unfold') };
}

test('of a folded message little is laid out, and all of it is there', () => {
  for (const part of ['x', 'a\n', 'e\u0301\u0323', '\u{1f469}\u200d\u{1f680}', 'http://a.example/?b ', 'http://a.example/']) {
    const text = part.repeat(16384 / Buffer.byteLength(part));
    const { body, button } = messageOf(text);
    assert.equal(body.textContent, text);
    assert.ok(laidOut(body).length <= FOLDED_CHARS, part);
    assert.doesNotMatch(laidOut(body), /[\ud800-\udbff]$/);
    button.fire('click');
    assert.equal(laidOut(body), text);
    button.fire('click');
    assert.ok(laidOut(body).length <= FOLDED_CHARS, part);
    assert.equal(body.textContent, text);
  }
});

test('an address that is cut leads nowhere until it is whole', () => {
  const address = `http://a.example/${'b'.repeat(3000)}`;
  const { body, button } = messageOf(`see http://c.example/ and ${address} there`);
  const links = () => body.querySelectorAll('a').map((link) => link.href);
  assert.deepEqual(links(), ['http://c.example/']);
  assert.ok(laidOut(body).includes('http://a.example/bbb'));
  button.fire('click');
  assert.deepEqual(links(), ['http://c.example/', address]);
});
