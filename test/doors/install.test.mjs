// What a packager does: make install into a folder of one's own, and uninstall.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { root } from '../harness/server.mjs';

const run = (command, ...args) => execFileSync(command, args, { cwd: root, encoding: 'utf8' });
const files = (folder, below = '') => readdirSync(join(folder, below), { withFileTypes: true })
  .flatMap((entry) => (entry.isDirectory() ? files(folder, `${below}${entry.name}/`) : [below + entry.name]));

test('make install puts program and manual below DESTDIR and PREFIX, make uninstall takes them away', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ghostchat-'));
  const make = (target) => run('make', '-s', `B=${process.env.B ?? 'build'}`, `DESTDIR=${folder}`,
    'PREFIX=/usr', target);
  try {
    make('install');
    const pages = readdirSync(join(root, 'man')).map((name) => `usr/share/man/man${name.split('.').pop()}/${name}`);
    assert.deepEqual(files(folder).sort(), ['usr/bin/ghostchatd', ...pages].sort());
    assert.equal(statSync(join(folder, 'usr/bin/ghostchatd')).mode & 0o777, 0o755);
    assert.ok(pages.length >= 2 && pages.every((page) => (statSync(join(folder, page)).mode & 0o777) === 0o644));
    assert.match(run(join(folder, 'usr/bin/ghostchatd'), '--version'), /\d+\.\d+/);
    make('uninstall');
    assert.deepEqual(files(folder), []);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
