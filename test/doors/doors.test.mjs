// The newcomer's doors: what ./dev run prints, and that it ends with its server.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import net from 'node:net';
import { test } from 'node:test';

import { readQr, terminalPixels } from '../harness/qr.mjs';
import { REASON } from '../harness/scenario.mjs';
import { root } from '../harness/server.mjs';

const skip = process.env.GC_NETNS ? false : REASON;

/** Runs ./dev with arguments; until(text): enough was printed. It ends with the test t. */
async function dev(t, args, until) {
  const child = spawn('./dev', args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  t.after(() => child.kill('SIGTERM'));
  const gone = new Promise((resolve) => child.once('close', (code) => resolve(code)));
  let out = '';
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text) => { errors += text; });
  await new Promise((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text) => {
      out += text;
      if (until(out)) {
        resolve();
      }
    });
    gone.then((code) => reject(new Error(`./dev ended (${code}): ${out}${errors}`)));
  });
  return { child, gone, out, errors: () => errors };
}

/** True once the last line of the QR code is there. */
function hasQr(text) {
  return /A private room: \S+\n\n(\u001b\[.*\n){10,}/.test(text) && text.endsWith('\u001b[0m\n')
    && readQr(pictureOf(text)) !== null;
}

const pictureOf = (text) => terminalPixels(text.split('\n').filter((line) => line.startsWith('\u001b')));

async function listen(port) {
  const server = net.createServer();
  await new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, '0.0.0.0', resolve);
  });
  return server;
}

test('./dev run serves on the next free port and prints a link and its QR code', { skip, timeout: 120000 }, async (t) => {
  const taken = await listen(8080);
  t.after(() => taken.close());
  const run = await dev(t, ['run'], hasQr);
  assert.match(run.out, /^Started GhostChat on http:\/\/localhost:8081\/$/m);
  const [, link] = /^A private room: (http:\/\/10\.77\.0\.1:8081\/room\/#1\.[\w-]{43})$/m.exec(run.out);
  assert.match(run.out, /^In this network: http:\/\/10\.77\.0\.1:8081\/$/m);
  assert.equal(readQr(pictureOf(run.out)), link);
  // Both colours are set: black 16 on white 231.
  assert.match(run.out, /\u001b\[38;5;16;48;5;231m/);
  const page = await fetch('http://10.77.0.1:8081/', { headers: { accept: 'text/html' } });
  assert.equal(page.status, 200);
  run.child.kill('SIGTERM');
  await run.gone;
  await assert.rejects(fetch('http://10.77.0.1:8081/'), 'the server ends with the door');
});

test('./dev run passes options on, and fails with its server', { skip, timeout: 120000 }, async (t) => {
  const run = await dev(t, ['run', '--port', '9000', '--host', '127.0.0.1', '--path', '/chat/'], hasQr);
  assert.match(run.out, /^A private room: http:\/\/127\.0\.0\.1:9000\/chat\/room\/#1\./m);
  assert.doesNotMatch(run.out, /In this network/);
  run.child.kill('SIGTERM');
  assert.equal(await run.gone, 0);

  const taken = await listen(9000);
  await assert.rejects(dev(t, ['run', '--port', '9000'], hasQr), /in use|9000/);
  taken.close();
});

test('a second ./dev deps installs nothing and says nothing', { skip, timeout: 60000 }, async (t) => {
  const began = Date.now();
  await assert.rejects(dev(t, ['deps', 'test'], () => false), (error) => {
    assert.match(error.message, /ended \(0\): $/);
    return true;
  });
  assert.ok(Date.now() - began < 5000);
});

test('an unknown door is refused with the list of doors', { skip, timeout: 10000 }, async (t) => {
  await assert.rejects(dev(t, ['dance'], () => false), /ended \(2\): .*\.\/dev run.*\.\/dev test/s);
});
