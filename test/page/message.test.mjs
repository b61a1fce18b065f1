// Which messages are folded: by lines, however they come about.
import assert from 'node:assert/strict';
import test from 'node:test';

import { makeDocument } from '../harness/dom.mjs';

makeDocument();
const { isTall } = await import('../../web/message.js');

test('a message of many lines is tall, whether it breaks them itself or not', () => {
  for (const text of ['', 'hello', 'a\nb\nc', 'word '.repeat(150)]) {
    assert.ok(!isTall(text), text);
  }
  for (const text of ['\n'.repeat(300), '\n'.repeat(16384), 'x'.repeat(2000), `${'x'.repeat(500)}\n`.repeat(3)]) {
    assert.ok(isTall(text));
  }
});
