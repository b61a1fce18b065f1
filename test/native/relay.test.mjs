// --relay-only without a relay fails closed: not one packet leaves, on any interface.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { after, test } from 'node:test';

import { REASON } from '../harness/scenario.mjs';
import { running, Server } from '../harness/server.mjs';
import { program } from '../harness/terminal.mjs';

const skip = process.env.GC_NETNS ? false : REASON;
after(() => Promise.all([...running].map((one) => one.kill())));

/** How many packets each interface of this namespace has sent, loopback too (proc_net(5)). */
const packets = () => Object.fromEntries(readFileSync('/proc/self/net/dev', 'utf8').split('\n').slice(2, -1)
  .map((line) => line.split(':'))
  .map(([name, numbers]) => [name.trim(), Number(numbers.trim().split(/\s+/)[9])]));

/** One run of ghostchat to its end; what it said, and whether anything was sent meanwhile. */
function run(server, ...args) {
  const before = packets();
  const { status, stdout, stderr } = spawnSync(program, [...args, '--json', '--server', server.url],
    { encoding: 'utf8', timeout: 30000, input: '' });
  const now = packets();
  assert.ok('lo' in before && 'gc0' in before, Object.keys(before).join());
  return { status, stderr, lines: stdout.split('\n').filter(Boolean).map((line) => JSON.parse(line)),
    sent: Object.keys(now).filter((name) => now[name] !== before[name]) };
}

test('--relay-only without a relay sends nothing at all', { skip }, async () => {
  const server = await new Server().start();
  // The name of a STUN server would be asked for before anybody is met.
  const stun = ['--stun', 'stun:stun.example:3478'];
  const link = `${server.url}room/#1.BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc`;
  for (const args of [['join', 'tea'], ['join', link], ['new'], ['call', 'ben'], ['join', 'tea', ...stun]]) {
    const { status, lines, sent, stderr } = run(server, ...args, '--relay-only');
    assert.equal(status, 1, stderr);
    assert.deepEqual(lines.map(({ event, code }) => [event, code]), [['error', 'turn-refused']]);
    assert.deepEqual(sent, [], args.join(' '));
  }
  const { sent } = run(server, 'join', 'tea'); // what the numbers show of a run without it
  assert.deepEqual(sent, ['lo']);
  await server.stop();
});
