// test/vectors/binarypack.json is what the real library makes, today and on this machine.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { PATH, make } from '../vectors/make-binarypack.mjs';
import { write } from '../vectors/write.mjs';

test('the BinaryPack vectors are those of npm peerjs', () => {
    const kept = readFileSync(PATH, 'utf8');
    assert.equal(write(make()), kept);
    // Red: one changed byte of one vector is noticed.
    const other = make();
    other.good[0].hex = '01';
    assert.notEqual(write(other), kept);
});
