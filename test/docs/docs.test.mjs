// What the documents say is compared with what the tree holds.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { files, read, root } from './tree.mjs';

test('the reasons of ghostchat-protocol(7) are those of core/base/reason.h', () => {
  const code = [...read('core/base/reason.h').matchAll(/X\(GC_REASON_\w+, (\d+), "([\w-]+)"/g)]
    .map((m) => `${m[1]} ${m[2]}`);
  const page = [...read('man/ghostchat-protocol.7').matchAll(/^\.It (\d+) Ta ([\w-]+)$/gm)]
    .map((m) => `${m[1]} ${m[2]}`);
  assert.ok(code.length > 20);
  assert.deepEqual(page, code);
});

test('the frame types of ghostchat-protocol(7) are those of core/wire/frame.h', () => {
  const code = [...read('core/wire/frame.h').matchAll(/GC_FRAME_(\w+) = (0x\d+)/g)].map((m) => `${m[2]} ${m[1]}`);
  const page = [...read('man/ghostchat-protocol.7').matchAll(/^\.It (0x\d+) Ta ([A-Z]+) Ta/gm)]
    .map((m) => `${m[1]} ${m[2]}`);
  assert.ok(code.length >= 8);
  assert.deepEqual(page, code);
});

test('man pages are well formed', () => {
  for (const name of readdirSync(`${root}man`)) {
    const out = execFileSync('sh', ['-c', 'mandoc -T lint -W error "$1" 2>&1 || true', 'sh', `${root}man/${name}`],
      { encoding: 'utf8' });
    assert.equal(out, '', name);
  }
});

test('links between documents lead somewhere', () => {
  for (const name of files.filter((f) => f.endsWith('.md'))) {
    const folder = name.includes('/') ? name.slice(0, name.lastIndexOf('/') + 1) : '';
    for (const [, target] of read(name).matchAll(/\]\(([^)#\s]+)[^)]*\)/g)) {
      if (!/^https?:/.test(target)) {
        assert.ok(existsSync(root + folder + target), `${name} links to ${target}`);
      }
    }
  }
});

test('paths that the documents name exist', () => {
  const named = files.filter((f) => /^(README|ARCHITECTURE|CONTRIBUTING|STYLE|SECURITY)\.md$/.test(f));
  for (const name of named) {
    for (const [, target] of read(name).matchAll(/`((?:core|host|server|rtc|peer|cli|web|sim|test|fuzz|bench|man|docs|tools|mk|packaging)\/[\w./-]*)`/g)) {
      assert.ok(existsSync(root + target), `${name} names ${target}`);
    }
  }
});

test('ARCHITECTURE.md names every file of C above core/proto, and every folder', () => {
  const page = read('ARCHITECTURE.md') + read('README.md');
  for (const name of files.filter((f) => /^(core|core\/client|core\/server|host|server|rtc|peer|cli|sim)\/[^/]+\.c$/.test(f))) {
    assert.ok(page.includes(name), name);
  }
  for (const folder of new Set(files.filter((f) => /^[^.].*\//.test(f)).map((f) => f.slice(0, f.indexOf('/') + 1)))) {
    assert.ok(page.includes(folder), folder);
  }
});

test('ARCHITECTURE.md says which nouns have tick, deadline, next, handle', () => {
  const page = read('ARCHITECTURE.md');
  const named = (row) => [...(new RegExp(`^\\| ${row}[ :].*$`, 'm').exec(page)?.[0] ?? '')
    .matchAll(/`(core\/proto\/\w+\.h)`/g)].map((m) => m[1]);
  const have = (verb) => files.filter((f) => /^core\/proto\/\w+\.h$/.test(f)
    && new RegExp(`^[a-z].*\\bgc_\\w+_${verb}\\(`, 'm').test(read(f)));
  for (const verb of ['tick', 'next', 'handle']) {
    assert.deepEqual(named(verb).sort(), have(verb), verb);
  }
  assert.deepEqual([...named('tick'), ...named('deadline')].sort(), have('deadline'), 'deadline');
});

test('lock files hold no download addresses', () => {
  for (const name of files.filter((f) => f.endsWith('package-lock.json'))) {
    assert.doesNotMatch(read(name), /"resolved": *"http/, name);
  }
});

test('the fuzzers look into all that reads: fuzz/uncovered.list names checks that assert, and small change', () => {
  const sources = files.filter((name) => /^(core|rtc)\/.*\.c$/.test(name));
  const functions = sources.flatMap((name) => [...read(name).matchAll(/^\w[\w *]*?\b(\w+)\([^;{}]*\) \{\n([\s\S]*?)^\}/gm)]
    .map((m) => ({ name, noun: m[1], asserts: m[2].includes('gc_assert(') })));
  const list = read('fuzz/uncovered.list').split('\n').filter((line) => line && !line.startsWith('#'));
  assert.ok(functions.length > 1000 && list.length > 10);
  for (const line of list) {
    const [, kind, pattern] = /^(src|fun):([\w./*]+)$/.exec(line);
    const is = new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '.*')}$`);
    const matched = kind === 'src' ? sources.filter((name) => is.test(name)) : functions.filter((f) => is.test(f.noun));
    const bad = kind === 'src' ? matched.filter((name) => !name.endsWith('_check.c'))
      : matched.filter((f) => !f.asserts && !/^core\/base\/(writer|set|timers)\.c$/.test(f.name));
    assert.ok(matched.length > 0, `${line} matches nothing`);
    assert.deepEqual(bad, [], line);
  }
});
