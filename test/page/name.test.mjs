// How much of a typed name counts: web/name.js in plain node.
import assert from 'node:assert/strict';
import { webcrypto } from 'node:crypto';
import { test } from 'node:test';
import { cutName, randomName } from '../../web/name.js';

globalThis.crypto ??= webcrypto; // node 18 has none
const bytes = (text) => Buffer.byteLength(text);

test('ordinary names of any script stay whole', () => {
    for (const name of ['', 'Ann', 'Αλέξανδρος Παπαδόπουλος', '中'.repeat(64), 'عبد الرحمن بن محمد آل سعود',
        'กรุงเทพมหานคร'.repeat(3), 'José María Fernández de Córdoba y García-Lorca', 'x'.repeat(64),
        '👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦', '🇩🇪'.repeat(32)]) {
        assert.equal(cutName(name), name);
    }
});

test('a long name is cut after 64 letters, or before 256 bytes are passed', () => {
    assert.equal(cutName('x'.repeat(65)), 'x'.repeat(64));
    assert.equal(cutName('é'.repeat(100)), 'é'.repeat(64));
    assert.equal(cutName('👻'.repeat(65)), '👻'.repeat(64));
    assert.equal(bytes(cutName('👻'.repeat(65))), 256);
    const family = '👨‍👩‍👧‍👦'; // 25 bytes
    assert.equal(cutName(family.repeat(20)), family.repeat(10));
});

test('never within a letter', () => {
    const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
    for (const letter of ['👨‍👩‍👧‍👦', '🇩🇪', 'e\u0301', 'क्षि', '👍🏽', '\r\n', 'ก็']) {
        for (let before = 0; before < 70; before++) {
            const name = 'x'.repeat(before) + letter.repeat(70);
            const cut = cutName(name);
            const whole = [...graphemes.segment(name)].map((s) => s.segment);
            const kept = [...graphemes.segment(cut)].map((s) => s.segment);
            assert.deepEqual(kept, whole.slice(0, kept.length));
            assert.ok(kept.length === 64 || bytes(cut) + bytes(whole[kept.length]) > 256);
        }
    }
});

test('cutting twice cuts no more', () => {
    for (const name of ['👻é'.repeat(90), 'a'.repeat(300), 'e\u0301'.repeat(200)]) {
        assert.equal(cutName(cutName(name)), cutName(name));
    }
});

test('a name to begin with is a name', () => {
    assert.match(randomName(), /^[A-Z][a-z]+ [A-Z][a-z]+$/);
});
