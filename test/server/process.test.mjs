// The process: start, stop, reload, STUN, TLS, behind a proxy, without file descriptors.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import dgram from 'node:dgram';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { after, test } from 'node:test';

import { makeCertificate } from '../harness/certificate.mjs';
import { binary, build, root, startServer } from '../harness/server.mjs';
import { Client, join, Raw, request } from './client.mjs';
import './leftovers.mjs';

const folder = mkdtempSync(joinPath(tmpdir(), 'ghostchat-'));
after(() => rmSync(folder, { recursive: true }));

const run = (args, options = {}) => spawnSync(binary(), args, { encoding: 'utf8', timeout: 5000, ...options });

/** A UDP port that nobody has. */
async function freeUdpPort() {
  const socket = dgram.createSocket('udp6').bind(0);
  await once(socket, 'listening');
  const { port } = socket.address();
  await new Promise((resolve) => socket.close(resolve));
  return port;
}

const certificate = (name) => makeCertificate(joinPath(folder, name), name);

// --- start and stop ------------------------------------------------------------------------------

test('one line on stdout, nothing else ever, no id or address on stderr', async () => {
  const server = await startServer({ args: ['--log-level', 'debug'] });
  let more = '';
  server.child.stdout.on('data', (text) => { more += text; });
  const client = await join(server, 'secret-id-of-mine');
  client.send('nonsense');
  client.destroy();
  await request(server, '/room/secret-room');
  assert.equal(await server.stop(), 0);
  assert.equal(more, '');
  assert.equal(server.started, `Started GhostChat on http://127.0.0.1:${server.port}/`);
  assert.doesNotMatch(server.child.errors, /secret|127\.0\.0\.1/);
});

test('SIGTERM and SIGINT: 1012 to all, status 0, within a second', async () => {
  for (const signal of ['SIGTERM', 'SIGINT']) {
    const server = await startServer();
    const clients = [];
    for (let i = 0; i < 20; i++) {
      clients.push(await join(server, `c${i}`));
    }
    const deaf = await join(server, 'deaf'); // will not take part in any goodbye
    deaf.raw.socket.pause();
    const idle = await Raw.open(server.port);
    const busy = (await Raw.open(server.port)).write('GET / HT');
    const began = Date.now();
    server.child.kill(signal);
    assert.equal(await server.gone, 0);
    const took = Date.now() - began;
    assert.ok(took < 1000, `${took} ms`);
    for (const client of clients) {
      assert.equal(await client.closed(), 1012);
    }
    await idle.end();
    await busy.end();
    deaf.destroy();
  }
});

test('it says why it cannot start', async () => {
  const server = await startServer();
  const cases = [
    [['--host', '127.0.0.1', '--port', String(server.port)], /cannot listen on 127\.0\.0\.1 port/],
    [['--host', 'host.invalid'], /cannot find the host host\.invalid/],
    [['--no-such-option'], /unknown option --no-such-option/],
    [['--tls-cert', 'x'], /--tls-cert alone/],
    [['--sslkey', 'x'], /--tls-key alone/],
    [['--tls-cert', '/nonexistent', '--tls-key', '/nonexistent'], /\/nonexistent does not exist/],
    [['--key', 'room'], /neither room nor join/],
    [['--redis', 'redis://x'], /--redis is not built in this version/],
    [['--turn'], /--turn is not built in this version/],
    [['--web-dir', '/nonexistent'], /cannot read the folder/],
    [['--memory-limit', '1M', '--queue-limit', '2M'], /--memory-limit is too small/],
  ];
  for (const [args, says] of cases) {
    const { status, stdout, stderr } = run(args);
    assert.equal(status, 1, args.join(' '));
    assert.equal(stdout, '');
    assert.match(stderr, says);
    assert.match(stderr, /^ghostchatd: error: .+\n$/);
  }
  await server.stop();
});

test('--version, --help, and the man page lists the same options', () => {
  assert.match(run(['--version']).stdout, /^ghostchatd \d+\.\d+\S*\n$/);
  const help = run(['--help']).stdout;
  const names = (text, pattern) => [...text.matchAll(pattern)].map((match) => match[1]).sort();
  const page = readFileSync(`${root}man/ghostchatd.8`, 'utf8');
  const inHelp = names(help, /--([a-z-]+)/g);
  assert.ok(inHelp.length > 20);
  assert.deepEqual(names(page, /^\.It (?:Fl \w(?: Ar \w+)? , )?Fl -([a-z-]+)/gm), inHelp);
});

test('the page can be served from a folder', async () => {
  copyFileSync(`${root}web/example.html`, joinPath(folder, 'index.html'));
  const server = await startServer({ args: ['--web-dir', folder], path: '/x/' });
  const page = await request(server, '/x/room/a');
  assert.equal(page.status, 200);
  assert.match(page.text, /"\/x\/assets\//);
  assert.doesNotMatch(page.text, /\{\{/);
  await server.stop();
});

test(':: serves IPv4 and IPv6', async (t) => {
  const server = await startServer({ host: '::' });
  assert.match(server.started, /http:\/\/localhost:\d+\/$/);
  assert.equal((await request(server, '/healthz')).status, 200);
  const v6 = await request(server, '/healthz', { host: '::1' }).catch((error) => error);
  await server.stop();
  if (v6.code === 'EADDRNOTAVAIL' || v6.code === 'EAFNOSUPPORT') {
    t.skip('this machine has no IPv6');
    return;
  }
  assert.equal(v6.status, 200);
});

// --- STUN ----------------------------------------------------------------------------------------

/** Asks for a Binding and returns the datagram that answers; `first` is sent before the question. */
async function stun(port, { address = '127.0.0.1', first } = {}) {
  const transaction = randomBytes(12);
  const socket = dgram.createSocket(net.isIPv6(address) ? 'udp6' : 'udp4');
  await new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(0, address, resolve);
  });
  const own = socket.address();
  try {
    const answered = once(socket, 'message', { signal: AbortSignal.timeout(5000) });
    if (first) {
      socket.send(first, port, address);
    }
    socket.send(Buffer.concat([Buffer.from('000100002112a442', 'hex'), transaction]), port, address);
    const [answer, from] = await answered;
    return { answer, from, own, transaction };
  } finally {
    socket.close();
  }
}

test('STUN answers over IPv4 and IPv6, and is announced', async (t) => {
  const port = await freeUdpPort();
  const server = await startServer({ host: '::', args: ['--stun-port', String(port)] });
  const { answer, from, own, transaction } = await stun(port);
  assert.equal(answer.length, 32);
  assert.equal(answer.readUInt16BE(0), 0x0101);
  assert.deepEqual(answer.subarray(8, 20), transaction);
  assert.equal(answer.readUInt16BE(20), 0x0020);
  assert.equal(answer.readUInt16BE(26) ^ 0x2112, own.port);
  assert.equal((answer.readUInt32BE(28) ^ 0x2112a442) >>> 0, 0x7f000001);
  assert.equal(from.port, port);
  // From an address of the machine that is not the one routing would choose.
  const second = await stun(port, { address: '127.0.0.2' });
  assert.equal(second.from.address, '127.0.0.2');

  // What is no Binding request gets no answer: the first one that comes is the other's.
  for (const first of [Buffer.alloc(20), Buffer.from('hello'), Buffer.alloc(1400)]) {
    const after = await stun(port, { first });
    assert.deepEqual(after.answer.subarray(8, 20), after.transaction);
  }

  const url = [{ urls: `stun:chat.example:${port}` }];
  assert.deepEqual(JSON.parse((await request(server, '/config.json')).text).iceServers, url);
  const client = await join(server, 'a', { query: { gc: '1' } });
  assert.deepEqual((await client.message('OPEN')).payload.ice, url);
  client.destroy();
  for (const [host, expected] of [['[::1]:80', `stun:[::1]:${port}`], ['a', `stun:a:${port}`],
    ['a_b', null], ['1.2.3.4:5', `stun:1.2.3.4:${port}`]]) {
    const config = await request(server, '/config.json', { headers: { Host: host } });
    assert.equal(JSON.parse(config.text).iceServers[0]?.urls ?? null, expected);
  }
  const metrics = await server.metrics();
  assert.match(metrics, /^ghostchat_stun_requests_total 5$/m);
  assert.match(metrics, /^ghostchat_stun_ignored_total 2$/m);
  const v6 = await stun(port, { address: '::1' }).catch((error) => error);
  await server.stop();
  if (v6.code === 'EADDRNOTAVAIL' || v6.code === 'EAFNOSUPPORT') {
    t.skip('this machine has no IPv6');
    return;
  }
  assert.equal(v6.answer.length, 44);
});

test('--external-address is announced whatever name was asked for', async () => {
  const port = await freeUdpPort();
  const server = await startServer({
    args: ['--stun-port', String(port), '--external-address', 'stun.example'],
  });
  assert.deepEqual(JSON.parse((await request(server, '/config.json')).text).iceServers,
    [{ urls: `stun:stun.example:${port}` }]);
  await server.stop();
});

test('a source that asks too often gets silence', async () => {
  const port = await freeUdpPort();
  const server = await startServer({ args: ['--stun-port', String(port), '--stun-rate', '20'] });
  const socket = dgram.createSocket('udp4');
  await new Promise((resolve) => socket.bind(0, '127.0.0.1', resolve));
  let answers = 0;
  socket.on('message', () => { answers++; });
  for (let i = 0; i < 200; i++) {
    socket.send(Buffer.concat([Buffer.from('000100002112a442', 'hex'), randomBytes(12)]), port);
  }
  const count = async () => {
    const text = await server.metrics();
    const value = (word) => Number(new RegExp(`^ghostchat_stun_${word} (\\d+)$`, 'm').exec(text)[1]);
    return [value('requests_total'), value('dropped_total')];
  };
  let seen;
  do {
    seen = await count();
  } while (seen[0] + seen[1] < 200);
  assert.ok(seen[0] >= 40 && seen[0] <= 60, String(seen));
  assert.ok(answers <= seen[0]);
  socket.close();
  await server.stop();
});

test('a busy STUN port is an error when it was named', async () => {
  const taken = dgram.createSocket('udp4');
  await new Promise((resolve) => taken.bind(0, '127.0.0.1', resolve));
  const { status, stderr } = run(['--host', '127.0.0.1', '--port', '0', '--stun-port',
    String(taken.address().port)]);
  assert.equal(status, 1);
  assert.match(stderr, /cannot use UDP port/);
  taken.close();
});

// --- options in files ----------------------------------------------------------------------------

test('what stands in files does not stand in the list of processes', async () => {
  const [config, key] = ['options', 'key'].map((name) => joinPath(folder, name));
  writeFileSync(config, `# for the family\nkey-file ${key}\nallow-discovery\n`);
  writeFileSync(key, 'between-us\n', { mode: 0o600 });
  const server = await startServer({ args: ['--config', config] });
  assert.equal((await request(server, '/between-us/peers')).text, '[]');
  assert.equal((await Client.open(server.port, 'a', { query: { key: 'peerjs' } })).raw.ended, false);
  assert.doesNotMatch(readFileSync(`/proc/${server.child.pid}/cmdline`, 'latin1'), /between/);
  assert.equal(await server.stop(), 0);
});

// --- metrics -------------------------------------------------------------------------------------

test('a busy port of --metrics-listen is a warning, and off is off', async () => {
  const taken = net.createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address();
  const server = await startServer({ args: ['--metrics-listen', `127.0.0.1:${port}`] });
  assert.equal((await request(server, '/healthz')).status, 200);
  assert.match(server.child.errors, /^ghostchatd: warning: cannot listen on 127\.0\.0\.1 port \d+: .*; \/metrics is off \(--metrics-listen\)$/m);
  await server.stop();
  taken.close();
  await once(taken, 'close');
  const off = await startServer({ args: ['--metrics-listen', 'off'] });
  assert.equal(off.child.errors, '');
  await off.stop();
  // The port is given back at once, as all others are.
  const again = await startServer({ args: ['--metrics-listen', `127.0.0.1:${port}`] });
  assert.match((await request({ port }, '/metrics')).text, /^ghostchat_connections/m);
  await again.stop();
});

// --- TLS -----------------------------------------------------------------------------------------

test('TLS: page and WebSocket; SIGHUP reads the files again, bad ones change nothing', async () => {
  const [first, second] = [certificate('first'), certificate('second')];
  const own = { cert: joinPath(folder, 'own.pem'), key: joinPath(folder, 'own.key') };
  const install = ({ cert, key }) => { copyFileSync(cert, own.cert); copyFileSync(key, own.key); };
  install(first);
  const server = await startServer({ args: ['--tls-cert', own.cert, '--tls-key', own.key] });
  assert.match(server.started, /^Started GhostChat on https:/);
  const secure = { secure: true };
  const serves = async (name, more) => {
    const raw = await Raw.open(server.port, { ...secure, ...more });
    assert.equal(raw.socket.getPeerCertificate().subject.CN, name);
    const seen = [raw.socket.getProtocol(), raw.socket.alpnProtocol];
    raw.destroy();
    return seen;
  };
  const says = (pattern) => new Promise((resolve) => {
    const look = () => { if (pattern.test(server.child.errors)) { resolve(); } };
    server.child.stderr.on('data', look);
    look();
  });
  assert.deepEqual(await serves('first', { ALPNProtocols: ['http/1.1'] }), ['TLSv1.3', 'http/1.1']);
  assert.deepEqual(await serves('first', { maxVersion: 'TLSv1.2' }), ['TLSv1.2', false]);
  await assert.rejects(serves('first', { ALPNProtocols: ['h2'] }));
  await assert.rejects(serves('first', { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }));

  const page = await request(server, '/assets/libsodium-sumo.wasm', secure);
  assert.equal(page.status, 200);
  assert.ok(page.body.length > 100_000);
  const [a, b] = [await join(server, 'a', secure), await join(server, 'b', secure)];
  for (let i = 0; i < 100; i++) {
    a.send({ type: 'OFFER', dst: 'b', payload: { i, x: 'x'.repeat(i * 600) } });
  }
  await b.message('OFFER', 99);
  assert.deepEqual(b.messages.slice(1).map((one) => one.payload.x.length / 600 || 0),
    Array.from({ length: 100 }, (_, i) => i));

  // Plain text to the TLS port.
  const plain = await Raw.open(server.port);
  plain.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  await plain.end();

  install(second);
  server.child.kill('SIGHUP');
  await says(/the certificate was read again/);
  await serves('second');
  copyFileSync(first.key, own.key); // belongs to the other certificate
  server.child.kill('SIGHUP');
  await says(/error: .*the old certificate stays in use/);
  await serves('second');
  a.send({ type: 'OFFER', dst: 'b', payload: 'still' });
  assert.equal((await b.message('OFFER', 100)).payload, 'still');
  const metrics = await server.metrics();
  assert.match(metrics, /^ghostchat_tls_handshakes_total\{result="failed"\} [1-9]/m);
  assert.equal(await server.stop(), 0);
  assert.equal(await a.closed(), 1012);
});

test('a TLS client that never reads is not cut by what others send, and costs little', async () => {
  const { cert, key } = certificate('slow');
  const server = await startServer({ args: ['--tls-cert', cert, '--tls-key', key] });
  const secure = { secure: true };
  const deaf = await join(server, 'deaf', secure);
  deaf.raw.socket.pause();
  const sender = await join(server, 'sender', secure);
  const message = { type: 'OFFER', dst: 'deaf', payload: 'x'.repeat(60_000) };
  const refused = async () => /bad_total\{reason="held-limit"\} [1-9]/.test(await server.metrics());
  for (let i = 0; !(await refused()); i++) {
    assert.ok(i < 200);
    for (let j = 0; j < 16; j++) {
      sender.send(message);
    }
  }
  sender.send({ type: 'OFFER', dst: 'sender', payload: 'fine' });
  assert.equal((await sender.message('OFFER')).payload, 'fine');
  assert.doesNotMatch(await server.metrics(), /cut_total\{reason="slow"\} [1-9]/);
  deaf.destroy();
  sender.destroy();
  await server.stop();
});

// --- behind a proxy ------------------------------------------------------------------------------

test('--trust-proxy: limits count the first hop from the right that is not trusted', async () => {
  const server = await startServer({ args: ['--trust-proxy=10.0.0.0/8', '--per-address-limit', '2'] });
  const from = (address) => ({ headers: { 'X-Forwarded-For': address } });
  const held = [];
  for (const [i, address] of ['9.9.9.9, 192.0.2.1', '192.0.2.1, 10.1.2.3', '192.0.2.2'].entries()) {
    held.push(await join(server, `c${i}`, from(address)));
  }
  const third = await Client.open(server.port, 'c3', from('192.0.2.2, 192.0.2.1, 127.0.0.1'));
  assert.equal(third.answer.status, 503);
  assert.match(third.answer.text, /^address-limit: /);
  assert.equal(server.child.errors, '');
  // Without the header the proxy's own address counts, and that is said.
  held.push(await join(server, 'c4'), await join(server, 'c5'));
  assert.equal((await Client.open(server.port, 'c6')).answer.status, 503);
  held.forEach((one) => one.destroy());
  await server.stop();
  assert.equal(server.child.errors.match(/proxy_set_header X-Forwarded-For \$proxy_add_x_forwarded_for;/g).length, 1);
  assert.equal(server.child.errors.trimEnd().split('\n').length, 1);
});

test('--trust-proxy believes nobody but loopback and the networks it names', async () => {
  const outside = Object.values(networkInterfaces()).flat()
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
  if (!outside) {
    return; // a machine without a network
  }
  const server = await startServer({ host: '0.0.0.0', args: ['--trust-proxy', '--per-address-limit', '1'] });
  const claim = (address) => ({ host: outside, headers: { 'X-Forwarded-For': address } });
  const first = await join(server, 'a', claim('192.0.2.1'));
  const second = await Raw.open(server.port, { host: outside });
  await second.until('an answer', () => second.received.length > 0 || second.ended);
  assert.match(second.text(), /^HTTP\/1\.1 503 .*address-limit: /s);
  first.destroy();
  await server.stop();
  assert.equal(server.child.errors.match(/--trust-proxy=10\.0\.0\.0\/8/g).length, 1);
  assert.doesNotMatch(server.child.errors, /192\.0\.2\.1/);
});

test('a proxy in front without --trust-proxy is named on stderr, once', async () => {
  const server = await startServer();
  for (let i = 0; i < 3; i++) {
    await request(server, '/', { headers: { 'X-Forwarded-For': '192.0.2.1' } });
  }
  await server.stop();
  assert.equal(server.child.errors.match(/--trust-proxy/g).length, 1);
  assert.doesNotMatch(server.child.errors, /192\.0\.2\.1/);
});

test('a proxy in front that takes the WebSocket out of requests is named on stderr, once', async () => {
  const server = await startServer({ path: '/chat/' });
  const quiet = async (path, headers) => {
    await request(server, path, { headers });
    assert.equal(server.child.errors, '', path);
  };
  await quiet('/chat/peerjs');
  await quiet('/chat/peerjs?key=peerjs');
  await quiet('/chat/peerjs?key=peerjs&id=&token=t');
  await quiet('/chat/config.json?key=peerjs&id=a&token=t');
  for (const headers of [{}, { Upgrade: 'websocket' }, { Connection: 'Upgrade' }]) {
    await request(server, '/chat/peerjs?key=peerjs&id=secret-id&token=secret-token&version=1', { headers });
  }
  (await join(server, 'a', { target: '/chat/peerjs' })).destroy();
  await server.stop();
  const lines = server.child.errors.trimEnd().split('\n');
  assert.equal(lines.length, 1);
  assert.match(lines[0], /does not pass WebSockets on .*proxy_set_header Upgrade \$http_upgrade;/);
  assert.doesNotMatch(lines[0], /secret/);
});

// --- without file descriptors --------------------------------------------------------------------

test('without descriptors it waits instead of spinning, and recovers', async () => {
  const child = spawn('sh', ['-c', 'ulimit -n 40; exec "$0" --host 127.0.0.1 --port 0 --stun-port 0',
    binary()], { stdio: ['ignore', 'pipe', 'ignore'] });
  const [line] = await once(child.stdout, 'data');
  const port = Number(/:(\d+)\//.exec(line)[1]);
  const cpu = () => {
    const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1].split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10;
  };
  const clients = [];
  for (let i = 0; i < 20; i++) {
    clients.push(await join({ port }, `c${i}`));
  }
  const raws = await Promise.all(Array.from({ length: 40 }, () => Raw.open(port)));
  // The users that are here go on; meanwhile little CPU is used.
  const [began, before] = [Date.now(), cpu()];
  let rounds = 0;
  for (; Date.now() - began < 1500; rounds++) {
    clients[0].send({ type: 'OFFER', dst: 'c1', payload: rounds });
    assert.equal((await clients[1].message('OFFER', rounds)).payload, rounds);
    await new Promise((resolve) => setTimeout(resolve, 20)); // paces what is measured
  }
  const used = (cpu() - before) / (Date.now() - began);
  assert.ok(used < 0.15, `${used} of a core for ${rounds} messages`);
  raws.forEach((raw) => raw.destroy());
  clients.slice(2).forEach((client) => client.destroy());
  const late = await join({ port }, 'late');
  late.destroy();
  child.kill('SIGTERM');
  assert.deepEqual(await once(child, 'exit'), [0, null]);
});

// --- the test build ------------------------------------------------------------------------------

const testBuild = existsSync(`${root}${build}-testing/ghostchatd`);
test('a test build: loopback only, says so, no signaling', {
  skip: testBuild ? false : `${build}-testing/ghostchatd is not built`,
}, async () => {
  const refused = spawnSync(binary('-testing'), ['--host', '0.0.0.0', '--port', '0'],
    { encoding: 'utf8', timeout: 5000 });
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /test build serves this machine only/);
  const server = await startServer({ variant: '-testing' });
  assert.equal(JSON.parse((await request(server, '/config.json')).text).testBuild, true);
  const client = await Client.open(server.port, 'a');
  assert.equal(client.answer.status, 403);
  assert.match(client.answer.text, /test build/);
  await server.stop();
});
