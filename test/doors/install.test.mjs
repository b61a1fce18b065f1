// What a packager does: make install into a folder of one's own, and uninstall.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { root } from '../harness/server.mjs';

const run = (command, ...args) => execFileSync(command, args, { cwd: root, encoding: 'utf8' });
const files = (folder, below = '') => readdirSync(join(folder, below), { withFileTypes: true })
  .flatMap((entry) => (entry.isDirectory() ? files(folder, `${below}${entry.name}/`) : [below + entry.name]));

/** Runs `story` with a folder that `make install` filled. */
function installed(prefix, story) {
  const folder = mkdtempSync(join(tmpdir(), 'ghostchat-'));
  const make = (target) => run('make', '-s', `B=${process.env.B ?? 'build'}`, `DESTDIR=${folder}`,
    `PREFIX=${prefix}`, target);
  try {
    make('install');
    story(folder, make);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('make install puts programs, unit and manual below DESTDIR and PREFIX, make uninstall takes them away', () => {
  installed('/usr', (folder, make) => {
    const pages = readdirSync(join(root, 'man')).map((name) => `usr/share/man/man${name.split('.').pop()}/${name}`);
    const unit = 'usr/lib/systemd/system/ghostchatd.service';
    const programs = ['usr/bin/ghostchat', 'usr/bin/ghostchatd'];
    assert.deepEqual(files(folder).sort(), [...programs, unit, ...pages].sort());
    for (const program of programs) {
      assert.equal(statSync(join(folder, program)).mode & 0o777, 0o755);
      assert.match(run(join(folder, program), '--version'), /\d+\.\d+/);
    }
    assert.ok(pages.length >= 2);
    assert.ok([unit, ...pages].every((file) => (statSync(join(folder, file)).mode & 0o777) === 0o644));
    make('uninstall');
    assert.deepEqual(files(folder), []);
  });
});

// Needs no running systemd.
const secure = (unit) => spawnSync('systemd-analyze', ['security', '--offline=true', '--no-pager', '--threshold=12', unit],
  { encoding: 'utf8' });

test('the installed unit starts the installed program, hardened (exposure at most 1.2 of 10)', () => {
  for (const prefix of ['/usr', '/usr/local', '/opt/ghost']) {
    installed(prefix, (folder) => {
      const unit = join(folder, prefix, 'lib/systemd/system/ghostchatd.service');
      const text = readFileSync(unit, 'utf8');
      const [, command] = /^ExecStart=(\S+) \$GHOSTCHATD_OPTIONS$/m.exec(text);
      assert.equal(command, `${prefix}/bin/ghostchatd`);
      assert.match(run(join(folder, command), '--version'), /\d+\.\d+/);
      const { status, stdout, stderr } = secure(unit);
      assert.equal(status, 0, stdout + stderr);
      // The red run: less would be noticed.
      writeFileSync(unit, text.replace('SystemCallFilter=@system-service\n', '').replace('DynamicUser=yes\n', ''));
      assert.notEqual(secure(unit).status, 0);
    });
  }
});

/** What stands behind the `#` of a hint, as a drop-in of its own. */
function hints(text) {
  const lines = text.split('\n');
  return lines.slice(0, lines.indexOf('[Unit]')).filter((line) => /^# {3}\w+=/.test(line)).map((line) => line.slice(4));
}

test('the unit has no line that systemd does not know, its hints neither', () => {
  installed('/usr', (folder) => {
    const text = readFileSync(join(folder, 'usr/lib/systemd/system/ghostchatd.service'), 'utf8');
    const more = hints(text);
    assert.ok(more.length >= 8);
    const plain = text.replaceAll('/usr/bin/ghostchatd', '/bin/true').replace(/^Documentation=.*$/m, '');
    const says = (lines) => {
      const unit = join(folder, 'hinted.service');
      writeFileSync(unit, plain.replace('[Install]', `${lines.join('\n')}\n\n[Install]`));
      const { stderr } = spawnSync('systemd-analyze', ['verify', unit], { encoding: 'utf8' });
      return stderr.split('\n').filter((line) => line.includes('hinted.service:')).join('\n');
    };
    assert.equal(says([]), '');
    assert.equal(says(more), '');
    assert.match(says(['ProtectSytem=strict']), /Unknown key/);
  });
});

test('the unit comes back however often it fails', () => {
  installed('/usr', (folder) => {
    const text = readFileSync(join(folder, 'usr/lib/systemd/system/ghostchatd.service'), 'utf8');
    const [, unit, service] = text.split(/^\[(?:Unit|Service|Install)\]$/m);
    assert.match(unit, /^StartLimitIntervalSec=0$/m); // else 5 starts in 10 s are the last
    assert.match(service, /^Restart=on-failure$/m);
    assert.match(service, /^RestartSec=1$/m);
  });
});
