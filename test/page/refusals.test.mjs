// What the page says when the core refuses: each kind of refusal has words of its own.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';

import { whyJoin, whySend } from '../../web/refusals.js';
import { CoreError, CoreTrap } from '../../web/trap.js';

const header = readFileSync(new URL('../../core/base/error.h', import.meta.url), 'utf8');
const codes = [...header.matchAll(/X\(GC_E_\w+, -\d+, "([\w-]+)"/g)].map(([, code]) => code);
const why = (code, byName = false) => whyJoin(new CoreError(code), byName);

test('only what is wrong with a link or a name is said to be', () => {
  assert.ok(codes.length > 10);
  for (const code of [...codes, 'config', 'trap']) {
    const [link, name] = [why(code), why(code, true)];
    const way = ['syntax', 'too-big', 'utf8'].includes(code);
    assert.equal(/not an invite link/.test(link), way, code);
    assert.equal(/name of a room/.test(name), way, code);
    assert.match(link, /^[A-Z].*\.$/, code);
    assert.equal(link === name, !way, code);
  }
});

test('a mistake of the operator, a second join and a fault of ours are told apart', () => {
  assert.equal(why('argument'), why('config'));
  assert.match(why('config'), /not set up.*config\.json/);
  assert.match(why('state'), /in a chat already/);
  assert.match(why('crypto'), /fault of its own \(crypto\)/);
  assert.match(whyJoin(new CoreTrap(), false), /has stopped because of a fault/);
  assert.match(whyJoin(new TypeError('x'), true), /did not load/);
});

test('a text that cannot be sent says why', () => {
  const words = [...codes, 'trap'].map(whySend);
  assert.equal(new Set(words).size, 5);
  assert.match(whySend('trap'), /Join again/, 'the field is hidden until then');
  assert.ok(words.every((text) => /^[A-Z].*\.$/.test(text)));
});
