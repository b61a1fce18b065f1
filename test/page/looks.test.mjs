// Names of other people: what cannot be seen in them, and that two people are never shown alike.
import assert from 'node:assert/strict';
import test from 'node:test';

import { cleanName, idTag, looks, tellApart } from '../../web/looks.js';

const shown = (names, taken = ['You', 'Me']) => tellApart(
  names.map((name, i) => ({ id: `${'abcdefgh'[i]}${'0123456789'.repeat(2)}`, name })), taken);

/* Characters of which a reader sees nothing, or a blank. */
const UNSEEN = [0xad, 0x34f, 0x61c, 0x115f, 0x1160, 0x17b4, 0x17b5, 0x180b, 0x180e, 0x200b, 0x200c,
  0x200d, 0x200e, 0x200f, 0x202a, 0x202c, 0x202e, 0x2060, 0x2064, 0x2066, 0x2069, 0x206f, 0x2800,
  0x3164, 0xfe00, 0xfe0f, 0xfeff, 0xffa0, 0xfff0, 0x1bca0, 0x1d159, 0x1d173, 0xe0001, 0xe0020, 0xe01ef,
  0xa0, 0x2007, 0x3000, 0x0, 0x1b, 0x7f, 0x85, 0xfdd0, 0xfdd1].map((code) => String.fromCodePoint(code));

test('what cannot be seen makes no name, and no other name', () => {
  for (const unseen of UNSEEN) {
    const code = unseen.codePointAt(0).toString(16);
    assert.equal(cleanName(unseen.repeat(3)), '', code);
    assert.equal(shown([unseen])[0], 'Guest a012', code);
    for (const name of [`Ann${unseen}`, `${unseen}Ann`, `A${unseen}nn`]) {
      assert.deepEqual(shown(['Ann', name]).map((one) => /\([ab]012\)$/.test(one)), [true, true], code);
      assert.match(shown([name], ['You', 'Ann'])[0], /\(a012\)$/, code); // one's own name
    }
  }
});

test('letters of other scripts that look the same are the same', () => {
  for (const name of ['Аnn', 'Αnn', 'A\u0301nn', 'ＡＮＮ', '𝐀𝐧𝐧', 'ann', 'A n n', 'Ａnn', 'Aոո', 'ᴀnn']) {
    assert.equal(looks(name), looks('Ann'), name);
  }
  for (const [one, other] of [['Bill', 'BiIl'], ['Bill', 'B1ll'], ['Bob', 'B0b'], ['Martin', 'Martın'],
    ['Emma', 'Ernma'], ['Weiß', 'Weiss'], ['O’Neil', "O'Neil"], ['Anna–Lea', 'Anna-Lea'], ['(Ann)', '❨Ann❩']]) {
    assert.equal(looks(one), looks(other), other);
  }
  for (const [one, other] of [['Ann', 'Anne'], ['Ben', 'Bea'], ['कि', 'का'], ['日本', '日木'], ['👻', '🎃']]) {
    assert.notEqual(looks(one), looks(other), other);
  }
});

test('names of any script stay as they are', () => {
  for (const name of ['José', 'Αλέξανδρος', 'שלום', 'محمد', 'می‌خواهم', '李小龍', '👨‍👩‍👧', '❤️', 'O’Neil', 'ক্ষ']) {
    assert.equal(cleanName(name), name);
    assert.deepEqual(shown([name, 'Ben']), [name, 'Ben']);
  }
  assert.equal(cleanName('  Ann\n\u2028 B\t '), 'Ann B');
});

test('a mark that was copied into a name does not make it the same', () => {
  assert.deepEqual(shown(['Ann', 'Ann', 'Ann (a012)']), ['Ann (a012)', 'Ann (b012)', 'Ann (a012) (c012)']);
  assert.deepEqual(shown(['Ann', 'Ann', 'Ann（a012）', 'Ann (a012) (c012)']).length, 4);
  assert.equal(shown(['You'])[0], 'You (a012)');
  assert.equal(shown(['Guest b012', ''])[1], 'Guest b012 (b012)');
});

test('whatever people call themselves, and under whatever ids, no two look alike', () => {
  let seed = 11;
  const pick = (list) => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return list[seed % list.length];
  };
  const parts = ['Ann', 'ann', 'You', 'Me', ' (aaaa)', ' (aaab)', ' (', ')', '\u200b', '\u2800', '-2', 'Guest aaaa', ''];
  for (let run = 0; run < 500; run++) {
    const people = Array.from({ length: 20 }, () => ({
      id: pick(['aaaa', 'AAAA', 'aaaa1', 'aaab', 'a', 'aaa(', 'aaaa-2']) + pick(['', '', '1', ')', '\u202e']),
      name: pick(parts) + pick(parts) + pick(parts),
    }));
    const names = tellApart(people, ['You', 'Me']);
    const seen = [...names.map(looks), looks('You'), looks('Me')];
    assert.equal(new Set(seen).size, seen.length, JSON.stringify(people));
    assert.ok(!names.includes(''));
  }
});

test('four characters of an id are enough, unless another id begins alike', () => {
  assert.equal(idTag('abcdefgh', []), 'abcd');
  assert.equal(idTag('abcdefgh', ['abxy', 'zz']), 'abcd');
  assert.equal(idTag('abcdefgh', ['abcdxxxx', 'abcdeyyy']), 'abcdef');
  assert.equal(idTag('abcdefgh', ['ABCDxxxx']), 'abcde');
  assert.equal(idTag('ab', ['abc']), 'ab');
});

test('an id of a stranger is shown without tricks, and never half a character', () => {
  assert.equal(idTag('\u202eevil', []), '\ufffdevi');
  assert.equal(idTag('\u{1f47b}\u{1f47b}\u{1f47b}\u{1f47b}\u{1f47b}', []), '\u{1f47b}'.repeat(4));
});
