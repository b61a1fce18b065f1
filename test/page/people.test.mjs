// The list of people: its work is bounded by what is drawn, not by what others send.
import assert from 'node:assert/strict';
import test from 'node:test';

import { Element, makeDocument } from '../harness/dom.mjs';

const document = makeDocument();
const { initialOf, People } = await import('../../web/people.js');

const peer = (index, name, rest = {}) => ({
  index, id: `${'abcdefghijklmnopqrst'[index]}123456`, name, state: 'open', path: 'host', rttMs: 0, direct: false,
  verified: false, stock: false, reason: { word: 'none', text: '' }, ...rest,
});
const list = document.querySelector('.people-list');
const names = () => list.childNodes.map((item) => item.childNodes[1].childNodes[0].textContent);

function crowd(n) {
  const people = new People();
  people.setOwnName('Me');
  for (let i = 0; i < n; i++) {
    people.set(peer(i, `Person ${'abcdefghijklmnopqrst'[i]}`));
  }
  people.render();
  return people;
}

test('who comes, changes and leaves is drawn when the list is', () => {
  const people = crowd(2);
  assert.deepEqual(names(), ['Person a', 'Person b']);
  people.set(peer(0, 'Ann'));
  people.set(peer(1, 'Ann'));
  assert.deepEqual([people.nameOf(peer(0, 'Ann')), people.nameOf(peer(1, 'Ann'))], ['Ann (a123)', 'Ann (b123)']);
  people.set(peer(0, 'Ann', { state: 'closed' }));
  assert.equal(people.nameOf(peer(1, 'Ann')), 'Ann');
  assert.equal(people.nameOf(peer(0, 'Ann')), 'Ann (a123)', 'as was shown when they left');
  people.render();
  assert.deepEqual(names(), ['Ann']);
  people.clear();
  assert.deepEqual(names(), []);
});

test('ten thousand new names of one person make one line anew, and look at one name each', () => {
  const people = crowd(20);
  const normalize = String.prototype.normalize;
  let looked = 0;
  String.prototype.normalize = function counted(...args) {
    looked++;
    return normalize.apply(this, args);
  };
  const made = Element.made;
  try {
    for (let i = 0; i < 10000; i++) {
      people.set(peer(3, `Eve ${i}`));
    }
    assert.ok(looked === 0, 'nothing is looked at before it is needed');
    people.render();
    assert.ok(looked <= 2, `${looked} names looked at`);
    assert.ok(Element.made - made <= 10, `${Element.made - made} elements made`);
    for (let i = 0; i < 100; i++) {
      people.set(peer(3, `Mallory ${i}`));
      people.nameOf(peer(3, `Mallory ${i}`)); // as a message between them does
    }
    assert.ok(looked <= 2 + 3 * 100, `${looked} names looked at`);
  } finally {
    String.prototype.normalize = normalize;
  }
});

test('the mark beside a name is a whole first letter', () => {
  assert.equal(initialOf('\u{1F1E9}\u{1F1EA} Ann'), '\u{1F1E9}\u{1F1EA}');
  assert.equal(initialOf('👨‍👩‍👧 family'), '👨‍👩‍👧');
  assert.equal(initialOf('e\u0301va'), 'E\u0301');
  assert.equal(initialOf('ann'), 'A');
  assert.equal(initialOf(''), '?');
});

test('who does not answer is away, not reconnecting', () => {
  const people = crowd(1);
  const detail = () => list.childNodes.at(-1).childNodes[1].childNodes[1].textContent;
  const absent = { word: 'absent', text: 'This person is away.' };
  for (const [state, reason, words] of [['lost', { word: 'gone', text: 'x' }, 'reconnecting'], ['lost', absent, 'away'],
    ['connecting', { word: 'none', text: '' }, 'connecting'], ['away', absent, 'away'], ['open', absent, 'direct']]) {
    people.set(peer(0, 'Ann', { state, reason }));
    people.render();
    assert.equal(detail(), words, state);
    assert.equal(list.childNodes.at(-1).title.includes(reason.text), state !== 'open', 'why, for who points at it');
  }
  people.clear();
});
