// Which Enter sends: not the one that ends a composition, in any browser.
import assert from 'node:assert/strict';
import test from 'node:test';

import { makeDocument } from '../harness/dom.mjs';

const document = makeDocument();
const { Composer } = await import('../../web/composer.js');

test('the Enter that ends a composition sends nothing', () => {
  const sent = [];
  new Composer((text) => sent.push(text));
  const input = document.querySelector('.composer-input');
  input.value = 'にほん';
  const enter = (event) => input.fire('keydown', { key: 'Enter', shiftKey: false, isComposing: false, keyCode: 13, ...event });
  enter({ isComposing: true });
  enter({ keyCode: 229 }); // Safari
  enter({ shiftKey: true });
  assert.deepEqual(sent, []);
  assert.equal(enter({}).prevented, true);
  assert.deepEqual(sent, ['にほん']);
});
