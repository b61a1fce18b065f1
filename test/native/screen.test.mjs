// ghostchat on a terminal: what people see there.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, test } from 'node:test';

import { readQr, terminalPixels } from '../harness/qr.mjs';
import { REASON } from '../harness/scenario.mjs';
import { running, Server } from '../harness/server.mjs';
import { program, Terminal, terminals } from '../harness/terminal.mjs';

after(() => Promise.all([...running, ...terminals].map((one) => one.kill())));

/** ghostchat on a terminal of its own (script(1)), until it has printed `until` and was left. What it
 * prints goes to `seen`, too, as it comes. */
async function screen(size, until, ...args) {
  return watch(() => {}, size, until, ...args);
}

/** size: columns, or columns and lines. */
async function watch(seen, size, until, ...args) {
  const [columns, lines] = [size, 40].flat();
  const command = `stty cols ${columns} rows ${lines}; exec ${[program, ...args].map((one) => `'${one}'`).join(' ')}`;
  const child = spawn('script', ['-qefc', command, '/dev/null'],
    { env: { ...process.env, TERM: 'xterm-256color', SHELL: '/bin/sh', LC_ALL: 'C.UTF-8' } });
  const late = setTimeout(() => child.kill(), 20000);
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (more) => {
    const before = until.test(text);
    text += more;
    seen(text);
    if (!before && until.test(text)) {
      child.stdin.write('\u0004'); // the end of input, as typed
    }
  });
  assert.deepEqual(await once(child, 'close'), [0, null], text);
  clearTimeout(late);
  return text.replaceAll('\r\n', '\n');
}

test('a new room is shown with its link, and as a QR code that a scanner reads', async () => {
  const server = await new Server().start();
  const text = await screen(80, /▀.*\u001b\[0m\r/, 'new', '--server', server.url);
  const [, link] = /^\* Others join by (\S+)$/m.exec(text);
  const lines = text.split('\n').filter((line) => line.includes('\u001b[38;5;16;48;5;231m'));
  assert.ok(lines.length > 10, text);
  assert.equal(readQr(terminalPixels(lines), 'dontInvert'), link);
  await server.stop();
});

test('a QR code that the terminal has no room for, or nobody asked for, is none', async () => {
  const server = await new Server().start();
  for (const size of [36, [80, 19]]) {
    const small = await screen(size, /lines\.\r/, 'new', '--server', server.url);
    assert.ok(small.includes(size === 36
      ? '* The QR code of this link needs a \n    terminal of 37 columns and 20 \n    lines.\n'
      : '* The QR code of this link needs a terminal of 37 columns and 20 lines.\n'), small);
    assert.doesNotMatch(small, /[▀▄█]/);
  }
  assert.match(await screen([37, 20], /▀.*\u001b\[0m\r/, 'new', '--server', server.url), /[▀▄█]/);
  const others = [['new', '--plain'], ['new', '--json'], ['join', 'tea']];
  for (const words of others) {
    assert.doesNotMatch(await screen(80, /join by|"invite"/, ...words, '--server', server.url), /[▀▄█]/, words.join(' '));
  }
  await server.stop();
});

test('whatever others write, and call themselves, drives no terminal', { skip: process.env.GC_NETNS ? false : REASON }, async () => {
  const server = await new Server().start();
  const evil = '\u001b[2J\u001b]0;title\u0007\u009b31m\u202eabc\u2066\r* <Cyd> has left.\n* <Cyd> has left.';
  const eve = new Terminal('Eve', ['join', 'screen', '--json', '--server', server.url, '--nick', 'E\u001b[31m\u202eve']);
  await eve.until({ event: 'joined' });
  let told = false;
  const text = await watch((so_far) => {
    if (!told && /is connected/.test(so_far)) {
      told = true;
      eve.command({ send: evil });
    }
  }, 80, /abc[^]*has left\.[^]*has left\.\r/, 'join', 'screen', '--plain', '--server', server.url);
  const printed = text.replaceAll('\n', '');
  assert.doesNotMatch(printed, /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/, JSON.stringify(printed));
  assert.match(text, /^<Eve> \S+\[2J\S+\]0;title\S+31m\S+abc<U\+2066>/m);
  assert.doesNotMatch(text, /^\* <Cyd>/m, 'a line of ours');
  await eve.leave();
  await server.stop();
});

test('no row of a terminal begins with what others wrote', { skip: process.env.GC_NETNS ? false : REASON }, async () => {
  const server = await new Server().start();
  const eve = new Terminal('Eve', ['join', 'rows', '--json', '--server', server.url]);
  await eve.until({ event: 'joined' });
  let told = false;
  const text = await watch((so_far) => {
    if (!told && /is connected/.test(so_far)) {
      told = true;
      eve.command({ send: `x${' '.repeat(53)}<Ann> I agree` });
      eve.command({ send: `${'漢'.repeat(27)}<Ann> I agree` });
      eve.command({ send: `${'я'.repeat(27)}<Ann> I agree` });
      eve.command({ send: `x${'\u0301'.repeat(52)}<Ann> I agree` });
      eve.command({ send: `\t\t\t\t\t\t\t\t<Ann> I agree\u200b. The end` });
    }
  }, 60, /The end\r/, 'join', 'rows', '--plain', '--server', server.url);
  const rows = text.split('\n').filter((row) => row.includes('<Ann>') || row.includes('漢'));
  assert.ok(rows.length >= 5, text);
  for (const row of rows) {
    assert.match(row, /^(<Eve> | {4})/, text);
    assert.ok(row.replace(/[漢я]/g, '..').length < 60, text);
  }
  assert.match(text, /agree<U\+200B>\. The end/);
  await eve.leave();
  await server.stop();
});
