// --relay-only without a relay fails closed: not one packet leaves.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { after, test } from 'node:test';

import { REASON } from '../harness/scenario.mjs';
import { running, Server } from '../harness/server.mjs';
import { program } from '../harness/terminal.mjs';

const skip = process.env.GC_NETNS ? false : REASON;
after(() => Promise.all([...running].map((one) => one.kill())));

/** How many packets this namespace has sent: all of IPv4, all of TCP, all of UDP (snmp_counter of the
 * kernel). The kernel's own reports of IPv6 multicast groups are of neither. */
function packets() {
  const lines = readFileSync('/proc/self/net/snmp', 'utf8').split('\n').filter(Boolean).map((line) => line.split(' '));
  const counts = {};
  for (let i = 0; i < lines.length; i += 2) { // a line of names, and one of numbers
    lines[i].slice(1).forEach((name, k) => { counts[lines[i][0] + name] = Number(lines[i + 1][k + 1]); });
  }
  const [, udp6] = /^Udp6OutDatagrams\s+(\d+)/m.exec(readFileSync('/proc/self/net/snmp6', 'utf8'));
  return { ip: counts['Ip:OutRequests'], tcp: counts['Tcp:OutSegs'], udp: counts['Udp:OutDatagrams'], udp6: Number(udp6) };
}

/** One run of ghostchat to its end; what it said, and whether anything was sent meanwhile. */
function run(server, ...args) {
  const before = packets();
  const { status, stdout, stderr } = spawnSync(program, [...args, '--json', '--server', server.url],
    { encoding: 'utf8', timeout: 30000, input: '' });
  const now = packets();
  assert.ok(Object.values(before).every(Number.isFinite), JSON.stringify(before));
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
  assert.deepEqual(sent, ['ip', 'tcp']);
  await server.stop();
});
