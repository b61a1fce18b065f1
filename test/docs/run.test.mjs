// test/run: nothing that a layer was to run is left out without being counted.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { read, root } from './tree.mjs';

const folder = mkdtempSync(join(tmpdir(), 'ghostchat-run-'));
after(() => rmSync(folder, { recursive: true }));

/** What test/run counts in a log: passed, failed, skipped. */
function count(...lines) {
  const log = join(folder, 'log');
  writeFileSync(log, `${lines.join('\n')}\n`);
  return execFileSync('sh', [`${root}test/run`, '--count', log], { encoding: 'utf8' }).trim();
}

test('what make was to run and could not build is one failure', () => {
  const error = ['a.c:1:1: error: expected identifier', 'make: *** [Makefile:1: build/a.o] Error 1'];
  assert.equal(count('# make', ...error, '# unmade', '# make', 'unit: 3 passed, 0 failed'), '3 1 0');
  assert.equal(count('# make', 'unit: 3 passed, 0 failed', '# make', ...error, '# unmade'), '3 1 0');
  assert.equal(count('# make', ...error, '# unmade', '# file a.test.mjs', '# pass 2', '# fail 0', '# cancelled 0'), '2 1 0');
});

test('tests of make that fail are counted once', () => {
  assert.equal(count('# make', 'unit: 3 passed, 2 failed', '# unmade'), '3 2 0');
  assert.equal(count('# make', 'ok 1 - a', 'not ok 2 - b', 'ok 3 - c # SKIP none', '# unmade'), '1 1 1');
});

test('a file of node tests that dies, or has no plan, is one failure', () => {
  assert.equal(count('# file a.test.mjs', 'ok 1 - a', '# pass 1', '# fail 0', '# file b.test.mjs', 'Error'), '1 1 0');
  assert.equal(count('# file a.test.mjs', '# pass 1', '# fail 0', '# skipped 2', '# status 1'), '1 1 2');
});

test('each layer counts what it makes', () => {
  const layers = [...read('test/run').matchAll(/^layer_(\w+)\(\) \{\n([\s\S]*?)^\}/gm)];
  assert.ok(layers.length > 10);
  for (const [, layer, body] of layers) {
    assert.doesNotMatch(body, /^ *mk /m, `${layer}: a target that is not built is not noticed`);
  }
});
