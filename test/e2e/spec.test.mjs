// The Playwright configuration and spec that docs/testing.md shows, run as they stand there.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { REASON } from '../harness/scenario.mjs';
import { root } from '../harness/server.mjs';

const skip = process.env.GC_NETNS ? false : REASON;
const page = readFileSync(`${root}docs/testing.md`, 'utf8');
const playwright = fileURLToPath(new URL('../node_modules/@playwright/test/cli.js', import.meta.url));

function file(name) {
  const found = new RegExp(`\`\`\`js\\n// ${name}\\n(.*?)\`\`\``, 's').exec(page);
  assert.ok(found, `docs/testing.md shows ${name}`);
  return found[1];
}

/** Runs the spec in an application beside the clone; change: what a red variant alters in it. */
async function run(change = (text) => text) {
  const folder = mkdtempSync(join(tmpdir(), 'ghostchat-spec-'));
  try {
    const application = join(folder, 'application');
    mkdirSync(application);
    symlinkSync(root, join(folder, 'ghostchat'));
    symlinkSync(join(root, 'test/node_modules'), join(application, 'node_modules'));
    writeFileSync(join(application, 'package.json'), '{"type":"module"}');
    writeFileSync(join(application, 'playwright.config.js'), file('playwright.config.js'));
    writeFileSync(join(application, 'example.spec.js'), change(file('example.spec.js')));
    return await new Promise((resolve) => {
      execFile(process.execPath, [playwright, 'test', '--reporter=line', '--timeout=15000'],
        { cwd: application, env: { ...process.env, CI: '1', FORCE_COLOR: '0' } },
        (error, stdout, stderr) => resolve({ code: error?.code ?? 0, text: stdout + stderr }));
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test('the spec of docs/testing.md passes against the test build', { skip, timeout: 120000 }, async () => {
  const { code, text } = await run();
  assert.equal(code, 0, text);
  assert.match(text, /1 passed/);
});

test('the spec of docs/testing.md [red: another text is expected]', { skip, timeout: 120000 }, async () => {
  const { code, text } = await run((spec) => spec.replace('Visitor: Hello', 'Visitor: Goodbye'));
  assert.notEqual(code, 0);
  assert.match(text, /Visitor: Goodbye/);
});
