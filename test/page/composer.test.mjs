// Which Enter sends: not the one that ends a composition, in any browser.
import assert from 'node:assert/strict';
import test from 'node:test';

import { makeDocument } from '../harness/dom.mjs';

const document = makeDocument();
const pointer = { matches: false, addEventListener: (_type, then) => { pointer.change = then; } };
globalThis.matchMedia = () => pointer;
const { Composer } = await import('../../web/composer.js');

/** A composer with a text; what it sends goes to the list. */
function compose(text) {
  const sent = [];
  new Composer((what) => sent.push(what));
  const input = document.querySelector('.composer-input');
  input.value = text;
  const press = (key, event) => input.fire('keydown', { key, code: key, shiftKey: false, isComposing: false, keyCode: 13, ...event });
  return { sent, input, press };
}

test('the Enter that ends a composition sends nothing', () => {
  const { sent, press } = compose('にほん');
  const enter = (event) => press('Enter', event);
  enter({ isComposing: true });
  enter({ keyCode: 229 }); // Safari
  enter({ shiftKey: true });
  assert.deepEqual(sent, []);
  assert.equal(enter({}).prevented, true);
  assert.deepEqual(sent, ['にほん']);
});

test('on glass Enter breaks the line, until a key is seen that glass does not have', () => {
  pointer.matches = true;
  const { sent, input, press } = compose('a');
  assert.equal(input.enterKeyHint, 'enter');
  assert.equal(press('Enter').prevented, undefined);
  for (const key of ['a', 'A', 'Backspace', 'Unidentified', ' ', 'Process']) {
    press(key);
  }
  press('ArrowLeft', { code: '' }); // a finger moves the cursor
  press('Shift', { code: 'Unidentified' });
  assert.equal(press('Enter').prevented, undefined);
  assert.deepEqual(sent, []);
  document.querySelector('.composer').fire('submit');
  assert.deepEqual(sent, ['a'], 'the button sends');

  press('Shift', { code: 'ShiftLeft' });
  assert.equal(input.enterKeyHint, 'send');
  assert.equal(press('Enter', { shiftKey: true }).prevented, undefined);
  assert.equal(press('Enter').prevented, true);
  assert.deepEqual(sent, ['a', 'a']);
});

test('a tablet that gets a mouse, and loses it', () => {
  pointer.matches = false;
  const { sent, input, press } = compose('a');
  assert.equal(input.enterKeyHint, 'send');
  pointer.matches = true;
  pointer.change();
  assert.equal(input.enterKeyHint, 'enter');
  press('Enter');
  assert.deepEqual(sent, []);
});
