// What STUN finds out about a terminal's network: it is told to others, and leads through a NAT.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import dgram from 'node:dgram';
import { EventEmitter, once } from 'node:events';
import { isIPv6 } from 'node:net';
import { after, test } from 'node:test';

import { REASON } from '../harness/scenario.mjs';
import { running, Server } from '../harness/server.mjs';
import { Tap } from '../harness/tap.mjs';
import { Terminal, terminals } from '../harness/terminal.mjs';

const skip = process.env.GC_NETNS ? false : REASON;
const HOST = '10.77.0.2'; // of test/netns, beside the address of the default route
const MAPPED = { address: '203.0.113.9', port: 4444 };
const closers = [];
after(() => Promise.all([...closers.map((close) => close()), ...[...running, ...terminals].map((one) => one.kill())]));

const COOKIE = 0x2112a442;
const isRequest = (bytes) => bytes.length >= 20 && bytes.readUInt16BE(0) === 1 && bytes.readUInt32BE(4) === COOKIE;

/** A Binding success response with XOR-MAPPED-ADDRESS (RFC 8489 14.2), of IPv4. */
function answer(request, { address, port }) {
  const bytes = Buffer.alloc(32);
  bytes.writeUInt16BE(0x0101, 0);
  bytes.writeUInt16BE(12, 2);
  request.copy(bytes, 4, 4, 20);
  bytes.writeUInt16BE(0x0020, 20);
  bytes.writeUInt16BE(8, 22);
  bytes.writeUInt16BE(0x0001, 24);
  bytes.writeUInt16BE(port ^ (COOKIE >>> 16), 26);
  const ip = address.split('.').reduce((all, part) => all * 256 + Number(part), 0);
  bytes.writeUInt32BE((ip ^ COOKIE) >>> 0, 28);
  return bytes;
}

async function udp(address, received) {
  const socket = dgram.createSocket(isIPv6(address) ? 'udp6' : 'udp4');
  socket.on('message', (bytes, from) => received(bytes, from, socket));
  socket.bind(0, address);
  await once(socket, 'listening');
  closers.push(() => new Promise((resolve) => socket.close(resolve)));
  return socket;
}

/** A STUN server for which everybody is at MAPPED; `asked` are those who asked, and `both` resolves
 * when two have. */
async function fakeServer({ silent = false } = {}) {
  const asked = new Set();
  const look = new EventEmitter();
  const socket = await udp(HOST, (bytes, from) => {
    if (isRequest(bytes)) {
      asked.add(`${from.address}:${from.port}`);
      look.emit('asked');
      if (!silent) {
        socket.send(answer(bytes, MAPPED), from.port, from.address);
      }
    }
  });
  const both = async () => {
    while (asked.size < 2) {
      await once(look, 'asked', { signal: AbortSignal.timeout(5000) });
    }
  };
  return { port: socket.address().port, asked, both };
}

/** The candidates of one type in what went through the server: address and port. */
const candidates = (tap, type) => [...new Set(tap.events.filter(({ json }) => json)
  .flatMap(({ json }) => [...JSON.stringify(json).matchAll(/candidate:\S+ 1 udp \d+ (\S+ \d+) typ (\w+)/gi)])
  .filter((match) => match[2] === type).map((match) => match[1]))];

/** Two terminals link through a tap. @returns {Promise<{ tap: Tap, leave: () => Promise<unknown> }>} */
async function link(room, server, ...options) {
  const tap = await new Tap().start(server.port);
  closers.push(() => tap.close());
  const args = ['join', room, '--json', '--server', `http://127.0.0.1:${tap.port}/`, ...options];
  const two = ['Tom', 'Una'].map((name) => new Terminal(name, args));
  await Promise.all(two.map((one) => one.connected()));
  return { tap, leave: () => Promise.all(two.map((one) => one.leave())) };
}

const srflx = ({ json }) => json && JSON.stringify(json).includes(`${MAPPED.address} ${MAPPED.port} typ srflx`);

test('others learn the address at which --stun sees a terminal', { skip }, async () => {
  const [server, fake] = [await new Server().start(), await fakeServer()];
  const { tap, leave } = await link('stun', server, '--stun', `stun:${HOST}:${fake.port}`);
  await tap.seen('a server-reflexive candidate', srflx);
  assert.deepEqual(candidates(tap, 'srflx'), [`${MAPPED.address} ${MAPPED.port}`]);
  await fake.both();
  await leave();
  await server.stop();
});

test('the STUN server that the server names is asked, and no other where --stun is given', { skip }, async () => {
  const [fake, own] = [await fakeServer(), await fakeServer()];
  const args = ['--host', '127.0.0.1', '--external-address', HOST, '--stun-port', `${fake.port}`];
  const server = await new Server({ args }).start();
  const { tap, leave } = await link('named', server);
  await tap.seen('a server-reflexive candidate', srflx);
  await fake.both();
  await leave();
  fake.asked.clear();
  const other = await link('given', server, '--stun', 'stun:192.0.2.1', '--stun', `stun:${HOST}:${own.port}`);
  await other.tap.seen('a server-reflexive candidate', srflx);
  await own.both();
  assert.equal(fake.asked.size, 0);
  await other.leave();
  await server.stop();
});

test('a STUN server that never answers, and a name that nobody has, hold up nothing', { skip }, async () => {
  const [server, fake] = [await new Server().start(), await fakeServer({ silent: true })];
  const began = Date.now();
  const { tap, leave } = await link('silent', server, '--stun', `stun:${HOST}:${fake.port}`,
    '--stun', 'stun:nobody.gc-test.example');
  assert.ok(Date.now() - began < 3000, `${Date.now() - began} ms`);
  assert.deepEqual(candidates(tap, 'srflx'), []);
  await leave();
  await server.stop();
});

/** A network of its own beside this one, at 10.78.N.2; this one is its router, and forwards nothing. */
async function innerNetwork(n) {
  const child = spawn('unshare', ['--net', 'sh', '-c', 'echo ready; exec sleep 600'], { stdio: ['ignore', 'pipe', 'inherit'] });
  closers.push(() => child.kill());
  await once(child.stdout, 'data');
  const ip = (...words) => execFileSync('ip', words);
  const inside = (...words) => execFileSync('nsenter', ['-t', `${child.pid}`, '-n', 'ip', ...words]);
  ip('link', 'add', `nat${n}`, 'type', 'veth', 'peer', 'name', 'inner', 'netns', `${child.pid}`);
  ip('link', 'set', `nat${n}`, 'addrgenmode', 'none', 'up');
  ip('addr', 'add', `10.78.${n}.1/24`, 'dev', `nat${n}`);
  inside('link', 'set', 'lo', 'up');
  inside('link', 'set', 'inner', 'addrgenmode', 'none', 'up');
  inside('addr', 'add', `10.78.${n}.2/24`, 'dev', 'inner');
  inside('route', 'add', 'default', 'via', `10.78.${n}.1`);
  return child.pid;
}

/** A NAT with endpoint-independent mapping and filtering between the inner networks: what an inner
 * address sends leaves from a port of its own at HOST, where everybody reaches it.
 * @returns {Promise<{ port: number, mapped: Map<string, any>, passed: number }>} its STUN server */
async function nat() {
  const state = { port: 0, mapped: new Map(), passed: 0 };
  const key = ({ address, port }) => `${address}:${port}`;
  async function mapOf(inner) {
    if (!state.mapped.has(key(inner))) {
      state.mapped.set(key(inner), udp(HOST, async (bytes, from) => {
        const sender = await mapOf({ address: from.address, port: from.port });
        state.passed++;
        sender.send(bytes, inner.port, inner.address);
      }));
    }
    return state.mapped.get(key(inner));
  }
  const stun = await udp(HOST, async (bytes, from) => {
    if (isRequest(bytes)) {
      const socket = await mapOf({ address: from.address, port: from.port });
      stun.send(answer(bytes, socket.address()), from.port, from.address);
    }
  });
  state.port = stun.address().port;
  return state;
}

test('two terminals behind a NAT find each other by STUN, and without it do not', { skip }, async () => {
  const pids = [await innerNetwork(1), await innerNetwork(2)];
  const [server, router] = [await new Server({ args: ['--host', HOST, '--stun-port', '0'] }).start(), await nat()];
  const enter = (room, ...options) => pids.map((pid, i) => new Terminal(['Tom', 'Una'][i],
    ['join', room, '--json', '--server', `http://${HOST}:${server.port}/`, ...options],
    { prefix: ['nsenter', '-t', `${pid}`, '-n'] }));
  const [tim, uma] = enter('walled');
  await Promise.all([tim, uma].map((one) => one.until({ event: 'peer', state: 'connecting' })));
  const [tom, una] = enter('behind', '--stun', `stun:${HOST}:${router.port}`);
  await Promise.all([tom.connected(), una.connected()]);
  await Promise.all([tom, una].map((one) => one.until({ event: 'peer', state: 'open', path: /^(srflx|prflx)$/ })));
  await tom.say('through the wall');
  await una.heard('through the wall');
  assert.ok(router.passed > 10, `${router.passed} datagrams`);
  assert.ok(![tim, uma].some((one) => one.lines.some(({ state }) => state === 'open')));
  await Promise.all([tom, una, tim, uma].map((one) => one.leave()));
  await server.stop();
});
