// The memory functions of core/base/mem_wasm.c, which a wasm build has instead of libc's.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const FILE = `${process.env.B ?? 'build'}/wasm/mem.wasm`;
const { memory, memcpy, memmove, memset, memcmp } =
    new WebAssembly.Instance(new WebAssembly.Module(readFileSync(FILE))).exports;
const AT = 1024;
const bytes = new Uint8Array(memory.buffer, AT, 64);
const fill = () => bytes.forEach((_, i) => { bytes[i] = i; });

test('memmove is right at every distance, also where both ends overlap', () => {
    for (let from = 0; from <= 24; from++) {
        for (let to = 0; to <= 24; to++) {
            for (const n of [0, 1, 7, 16, 40]) {
                fill();
                const expected = Uint8Array.from(bytes);
                expected.copyWithin(to, from, from + n);
                assert.equal(memmove(AT + to, AT + from, n), AT + to);
                assert.deepEqual(bytes, expected, `${n} bytes from ${from} to ${to}`);
            }
        }
    }
});

test('memcpy and memset change nothing but their bytes', () => {
    for (const n of [0, 1, 8, 31]) {
        fill();
        const expected = Uint8Array.from(bytes);
        expected.copyWithin(32, 0, n);
        assert.equal(memcpy(AT + 32, AT, n), AT + 32);
        assert.deepEqual(bytes, expected);
        expected.fill(0xa5, 1, 1 + n);
        assert.equal(memset(AT + 1, 0x1a5, n), AT + 1);
        assert.deepEqual(bytes, expected);
    }
});

test('memcmp compares unsigned bytes', () => {
    fill();
    bytes.set([1, 2, 0x80, 9], 0);
    bytes.set([1, 2, 0x7f, 9], 8);
    assert.equal(memcmp(AT, AT + 8, 2), 0);
    assert.equal(memcmp(AT, AT + 8, 0), 0);
    assert.ok(memcmp(AT, AT + 8, 4) > 0);
    assert.ok(memcmp(AT + 8, AT, 3) < 0);
});
