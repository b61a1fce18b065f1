// The part of a stranger's id that is shown beside a name.
import assert from 'node:assert/strict';
import test from 'node:test';

import { idTag } from '../../web/people.js';

test('four characters are enough, unless another id begins alike', () => {
  assert.equal(idTag('abcdefgh', []), 'abcd');
  assert.equal(idTag('abcdefgh', ['abxy', 'zz']), 'abcd');
  assert.equal(idTag('abcdefgh', ['abcdxxxx', 'abcdeyyy']), 'abcdef');
  assert.equal(idTag('ab', ['abc']), 'ab');
});

test('an id of a stranger is shown without tricks, and never half a character', () => {
  assert.equal(idTag('\u202eevil', []), '\ufffdevi');
  assert.equal(idTag('\u{1f47b}\u{1f47b}\u{1f47b}\u{1f47b}\u{1f47b}', []), '\u{1f47b}'.repeat(4));
});
