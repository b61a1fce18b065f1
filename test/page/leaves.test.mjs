// The entries of the log in leaves: order, ends and neighbours do not depend on where a leaf ends.
import assert from 'node:assert/strict';
import test from 'node:test';

import { makeDocument } from '../harness/dom.mjs';

const document = makeDocument();
const { LEAF_ENTRIES, Leaves, OPEN_LEAVES } = await import('../../web/leaves.js');
const log = document.querySelector('.log');

/** Leaves with n entries, whose texts are their numbers; appended `at` at a time. */
function filled(n, at = n) {
  const leaves = new Leaves(log);
  leaves.clear();
  const entries = Array.from({ length: n }, (_, i) => {
    const entry = document.createElement('div');
    entry.textContent = String(i);
    return entry;
  });
  for (let i = 0; i < n; i += at) {
    leaves.append(entries.slice(i, i + at));
  }
  return { leaves, entries };
}

const forth = (leaves) => {
  const texts = [];
  for (let entry = leaves.first; entry; entry = leaves.after(entry)) {
    texts.push(entry.textContent);
  }
  return texts;
};
const back = (leaves) => {
  const texts = [];
  for (let entry = leaves.last; entry; entry = leaves.before(entry)) {
    texts.unshift(entry.textContent);
  }
  return texts;
};

test('entries keep their order, and no leaf has more than it may', () => {
  for (const n of [0, 1, LEAF_ENTRIES, LEAF_ENTRIES + 1, 5 * LEAF_ENTRIES, 1000]) {
    for (const at of [1, 7, LEAF_ENTRIES, 1000]) {
      const { leaves, entries } = filled(n, at);
      const texts = entries.map((entry) => entry.textContent);
      assert.deepEqual(forth(leaves), texts);
      assert.deepEqual(back(leaves), texts);
      assert.equal(log.children.length, Math.ceil(n / LEAF_ENTRIES));
      leaves.append([]); // what is laid out by now is passed over before the next entries come
      const full = [...log.children].filter((leaf) => leaf.dataset.full);
      assert.equal(full.length, Math.max(Math.ceil(n / LEAF_ENTRIES) - OPEN_LEAVES, 0));
      assert.deepEqual(full, [...log.children].slice(0, full.length));
      full.forEach((leaf) => assert.equal(leaf.childElementCount, LEAF_ENTRIES));
    }
  }
});

test('whatever is taken out, the rest is found, and no empty leaf stays', () => {
  for (const stays of [(i) => i % 3 === 0, (i) => i >= 95, (i) => i < 10, (i) => i === 50, () => false]) {
    const { leaves, entries } = filled(100);
    const left = entries.map((entry) => entry.textContent).filter((_, i) => stays(i));
    entries.filter((_, i) => !stays(i)).forEach((entry) => leaves.remove(entry));
    assert.deepEqual(forth(leaves), left);
    assert.deepEqual(back(leaves), left);
    assert.ok([...log.children].slice(0, -1).every((leaf) => leaf.childElementCount > 0));
    const [one] = filled(1).entries;
    leaves.append([one]);
    assert.equal(leaves.last, one);
  }
});

test('what lies in an entry belongs to it, and what lies beside the entries to none', () => {
  const { leaves, entries } = filled(3);
  const inner = document.createElement('a');
  entries[1].append(inner);
  const beside = document.createElement('p');
  log.prepend(beside);
  assert.equal(leaves.of(inner), entries[1]);
  assert.equal(leaves.of(entries[2]), entries[2]);
  assert.equal(leaves.of(beside), null);
  assert.equal(leaves.of(log), null);
  assert.equal(leaves.of(null), null);
  assert.equal(leaves.before(entries[0]), null);
  assert.equal(leaves.after(entries[2]), null);
});
