// Which addresses others learn of a terminal: those of the default route, and no other, in its
// candidates and in the sockets from which its packets leave (RFC 8828, mode 2).
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import dgram from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';

import { REASON } from '../harness/scenario.mjs';
import { running, Server } from '../harness/server.mjs';
import { Tap } from '../harness/tap.mjs';
import { Terminal, terminals } from '../harness/terminal.mjs';

const skip = process.env.GC_NETNS ? false : REASON;
const VPN = '10.88.0.5';
const BRIDGE = '172.17.0.1';
const closers = [];

before(() => {
  if (skip) {
    return;
  }
  // As a VPN and a bridge of containers look to a program; gc0 of test/netns is the real line.
  for (const [name, address] of [['vpn0', `${VPN}/32`], ['bridge0', `${BRIDGE}/16`]]) {
    const far = `${name}far`;
    execFileSync('ip', ['link', 'add', name, 'type', 'veth', 'peer', 'name', far]);
    execFileSync('ip', ['addr', 'add', address, 'dev', name]);
    for (const end of [name, far]) {
      execFileSync('ip', ['link', 'set', end, 'addrgenmode', 'none', 'up']);
    }
  }
  execFileSync('ip', ['route', 'replace', 'default', 'dev', 'vpn0']);
});
after(() => Promise.all([...closers.map((close) => close()), ...[...running, ...terminals].map((one) => one.kill())]));

/** The own addresses of all UDP sockets of IPv4. */
const udpAddresses = () => [...new Set(readFileSync('/proc/net/udp', 'utf8').split('\n').slice(1, -1)
  .map((line) => line.trim().split(/\s+/)[1].split(':')[0])
  .map((hex) => hex.match(/../g).reverse().map((byte) => parseInt(byte, 16)).join('.')))].sort();

/** The addresses in the candidates that went through the server. */
const candidates = (tap) => [...new Set(tap.events.filter(({ json }) => json)
  .flatMap(({ json }) => [...JSON.stringify(json).matchAll(/candidate:\S+ 1 udp \d+ (\S+) \d+ typ (?:host|srflx)/gi)])
  .map(([, address]) => address))].sort();

/** Two terminals link through a tap; what it saw, and where their packets left from. */
async function link(room, ...options) {
  const server = await new Server().start();
  const tap = await new Tap().start(server.port);
  closers.push(() => tap.close());
  const args = ['join', room, '--json', '--server', `http://127.0.0.1:${tap.port}/`, ...options];
  const [tom, una] = ['Tom', 'Una'].map((name) => new Terminal(name, args));
  await Promise.all([tom.connected(), una.connected()]);
  const sockets = udpAddresses();
  await Promise.all([tom.leave(), una.leave()]);
  await server.stop();
  return { sockets, shown: candidates(tap) };
}

test('behind a VPN nobody learns the address of the line beside it', { skip }, async () => {
  const { sockets, shown } = await link('hidden');
  assert.deepEqual(shown, [VPN]);
  assert.deepEqual(sockets, [VPN]);
});

test('--all-interfaces shows every address, but no loopback one', { skip }, async () => {
  const { sockets, shown } = await link('shown', '--all-interfaces');
  for (const address of [VPN, BRIDGE, '10.77.0.1', 'fd77::1']) {
    assert.ok(shown.includes(address), `${address} in ${shown}`);
  }
  assert.ok(!shown.some((address) => /^127\.|^::1$/.test(address)));
  assert.ok(sockets.includes('10.77.0.1'));
});

/** A STUN server that sees everybody as `seen` (RFC 8489 14.2). */
async function stunServer(seen) {
  const socket = dgram.createSocket('udp4').bind(0, VPN);
  await once(socket, 'listening');
  closers.push(() => socket.close());
  socket.on('message', (query, from) => {
    const value = Buffer.alloc(8);
    value[1] = 1;
    value.writeUInt16BE(from.port ^ 0x2112, 2);
    seen.split('.').forEach((byte, i) => { value[4 + i] = Number(byte) ^ query[4 + i]; });
    const head = Buffer.from(query.subarray(0, 20));
    head.writeUInt16BE(0x0101, 0);
    head.writeUInt16BE(12, 2);
    socket.send(Buffer.concat([head, Buffer.from([0, 0x20, 0, 8]), value]), from.port, from.address);
  });
  return `stun:${VPN}:${socket.address().port}`;
}

test('a STUN server tells the address outside', { skip }, async () => {
  const { shown } = await link('stun', '--stun', await stunServer('203.0.113.7'));
  assert.deepEqual(shown, [VPN, '203.0.113.7'].sort());
});
