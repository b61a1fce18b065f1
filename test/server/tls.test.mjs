// What hostile clients do, over TLS: there the end of a read is not the end of what came, because
// one read of the socket holds several records.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { Duplex } from 'node:stream';
import { after, before, test } from 'node:test';

import { makeCertificate } from '../harness/certificate.mjs';
import { startServer } from '../harness/server.mjs';
import { Client, frame, join, Raw, request, TEXT } from './client.mjs';
import './leftovers.mjs';

const MIB = 1 << 20;
const SECURE = { secure: true };
const folder = mkdtempSync(joinPath(tmpdir(), 'ghostchat-'));
let files;
let server;
const start = (...args) => startServer({ args: [...files, ...args] });
before(async () => {
  const { cert, key } = makeCertificate(joinPath(folder, 'hostile'), 'hostile');
  files = ['--tls-cert', cert, '--tls-key', key];
  server = await start();
});
after(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

const get = (path) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;
const metric = async (word, which = server) => {
  const text = await which.metrics();
  return Number(new RegExp(`^ghostchat_${word} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
};
const rss = (which) => Number(
  /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${which.child.pid}/status`, 'utf8'))[1]) * 1024;

/** Below TLS: what is written while it is held goes out in one piece. */
class Held extends Duplex {
  pieces = null;

  static async open(port) {
    const held = new Held();
    held.under = net.connect({ port, host: '127.0.0.1' });
    held.under.setNoDelay(true);
    held.under.on('data', (data) => held.push(data));
    held.under.on('end', () => held.push(null));
    held.under.on('error', () => held.destroy());
    await new Promise((resolve, reject) => {
      held.under.once('connect', resolve);
      held.under.once('error', reject);
    });
    return held;
  }

  _read() {}

  _write(data, encoding, done) {
    if (this.pieces) {
      this.pieces.push(data);
    } else {
      this.under.write(data);
    }
    done();
  }

  _final(done) {
    this.under.end();
    done();
  }

  _destroy(error, done) {
    this.under.destroy();
    done(error);
  }

  release() {
    this.under.write(Buffer.concat(this.pieces));
    this.pieces = null;
  }
}

/** Sends each of the texts as records of its own, all in one piece. */
async function atOnce(raw, held, ...texts) {
  held.pieces = [];
  for (const text of texts) {
    await new Promise((resolve) => raw.socket.write(text, resolve));
  }
  assert.ok(held.pieces.length >= texts.length, 'a record each');
  held.release();
}

test('requests in two records that come at once', async () => {
  for (const [first, second] of [[40, 1], [33, 300], [32, 32], [1, 90], [500, 500]]) {
    const held = await Held.open(server.port);
    const raw = await Raw.open(server.port, { ...SECURE, socket: held });
    await atOnce(raw, held, get('/a').repeat(first), get('/healthz').repeat(second));
    for (let i = 0; i < first + second; i++) {
      assert.equal((await raw.answer()).status, i < first ? 404 : 200);
    }
    raw.destroy();
  }
});

test('requests that yield, and a WebSocket behind them', async () => {
  const held = await Held.open(server.port);
  const raw = await Raw.open(server.port, { ...SECURE, socket: held });
  await atOnce(raw, held, get('/a').repeat(100), get('/healthz') + Client.head({ key: 'peerjs',
    id: 'behind', token: 't' }), frame(TEXT, '{"type":"OFFER","dst":"behind"}'));
  for (let i = 0; i < 100; i++) {
    assert.equal((await raw.answer()).status, 404);
  }
  assert.equal((await raw.answer()).status, 200);
  assert.equal((await raw.answer()).status, 101);
  await raw.until('OPEN and what it said to itself', () => /OPEN.*OFFER.*behind/.test(raw.text()));
  raw.destroy();
});

test('a client that yields and is gone', async () => {
  for (let i = 0; i < 20; i++) {
    const held = await Held.open(server.port);
    const raw = await Raw.open(server.port, { ...SECURE, socket: held });
    await atOnce(raw, held, get('/a').repeat(400), get('/b').repeat(400), 'nonsense\r\n\r\n');
    raw.destroy();
  }
  assert.equal((await request(server, '/healthz', SECURE)).status, 200);
});

test('thousands of requests in one piece: each is answered, in order', async () => {
  const raw = await Raw.open(server.port, SECURE);
  const paths = ['/a', '/healthz', '/config.json'];
  raw.write(paths.map(get).join('').repeat(1_000));
  for (let i = 0; i < 3_000; i++) {
    assert.equal((await raw.answer()).status, i % 3 === 0 ? 404 : 200);
  }
  raw.destroy();
});

test('a large answer to a slow reader comes whole, and requests behind it wait', async () => {
  const path = '/assets/libsodium-sumo.wasm';
  const one = await request(server, path, SECURE);
  const raw = await Raw.open(server.port, SECURE);
  raw.socket.pause();
  const count = 40;
  for (let i = 0; i < count; i++) {
    raw.write(get(path) + get('/a').repeat(20)); // a record each
  }
  assert.equal((await request(server, '/healthz', SECURE)).status, 200);
  raw.socket.resume();
  for (let i = 0; i < count; i++) {
    assert.deepEqual((await raw.answer()).body, one.body);
    for (let j = 0; j < 20; j++) {
      assert.equal((await raw.answer()).status, 404);
    }
  }
  raw.destroy();
});

test('over the rate a client is read more slowly, and nothing is lost', async () => {
  const slow = await start('--rate', '200');
  const [a, b] = [await join(slow, 'a', SECURE), await join(slow, 'b', SECURE)];
  const count = 2400; // the burst is 2,000
  const offer = (i) => frame(TEXT, JSON.stringify({ type: 'OFFER', dst: 'b', payload: { i,
    x: 'x'.repeat(i % 7 === 0 ? 3_000 : 20) } }));
  const began = Date.now();
  // In pieces that end in the middle of frames, and of many records.
  const all = Buffer.concat(Array.from({ length: count }, (_, i) => offer(i)));
  for (let at = 0; at < all.length; at += 50_021) {
    a.write(all.subarray(at, at + 50_021));
  }
  await b.message('OFFER', count - 1);
  assert.deepEqual(b.messages.slice(1).map((one) => one.payload.i),
    Array.from({ length: count }, (_, i) => i));
  // 400 over it are 2 s; less what one record may bring ahead.
  assert.ok(Date.now() - began > 1_000, `${Date.now() - began} ms`);
  assert.ok(await metric('throttled_total', slow) > 0);
  [a, b].forEach((one) => one.destroy());
  await slow.stop();
});

test('frames cut anywhere, in records of any size, and a bad one behind them', async () => {
  const held = await Held.open(server.port);
  const raw = await Client.open(server.port, 'cut', { ...SECURE, socket: held });
  await raw.message('OPEN');
  const count = 300;
  const bytes = Buffer.concat([...Array.from({ length: count }, (_, i) => frame(TEXT, JSON.stringify({
    type: 'OFFER', dst: 'cut', payload: { i, x: 'x'.repeat((i * 37) % 900) } }))),
  frame(3, 'reserved'), frame(TEXT, '{"type":"OFFER","dst":"cut","payload":"late"}')]);
  const records = [];
  for (let at = 0, size = 1; at < bytes.length; at += size, size = (size * 5 + 3) % 3_001) {
    records.push(bytes.subarray(at, at + size));
  }
  await atOnce(raw.raw, held, ...records);
  assert.equal(await raw.closed(), 1002);
  assert.deepEqual(raw.messages.slice(1).map((one) => one.payload.i),
    Array.from({ length: count }, (_, i) => i));
  await raw.raw.end();
});

test('SIGTERM while clients are paused or yield', async () => {
  const slow = await start('--rate', '1');
  const clients = [];
  for (let i = 0; i < 5; i++) {
    const client = await join(slow, `c${i}`, SECURE);
    client.write(Buffer.concat(Array(3_000).fill(frame(TEXT, '{"type":"HEARTBEAT"}'))));
    clients.push(client);
    const raw = await Raw.open(slow.port, SECURE);
    raw.write(get('/a').repeat(2_000));
  }
  for (let i = 0; i < 5; i++) {
    await request(slow, '/healthz', SECURE);
  }
  assert.ok(await metric('throttled_total', slow) > 0);
  assert.equal(await slow.stop(), 0);
  for (const client of clients) {
    assert.equal(await client.closed(), 1012);
  }
});

test('malformed requests are refused with a word, and the connection ends', async () => {
  for (const [bytes, status] of [['GET / HTTP/1.1\r\n\r\n', 400], ['nonsense\r\n\r\n', 400],
    [`GET /${'a'.repeat(9000)} HTTP/1.1\r\nHost: a\r\n\r\n`, 431]]) {
    for (const before of [0, 1, 32, 40]) {
      const held = await Held.open(server.port);
      const raw = await Raw.open(server.port, { ...SECURE, socket: held });
      await atOnce(raw, held, get('/a').repeat(before) || get('/a'), bytes, get('/late').repeat(50));
      for (let i = 0; i < (before || 1); i++) {
        assert.equal((await raw.answer()).status, 404);
      }
      assert.equal((await raw.answer()).status, status);
      await raw.end();
      assert.equal(raw.received.length, 0, 'nothing behind the answer');
      raw.destroy();
    }
  }
});

test('input that waits and answers that nobody reads are bounded together', async () => {
  const tight = await start('--memory-limit', '2M', '--allow-discovery', '--rate', '100000');
  const ids = [];
  for (let i = 0; i < 60; i++) {
    ids.push(await join(tight, `${i}-${'\u0001'.repeat(120)}`, { token: 't', ...SECURE }));
  }
  const lazy = [];
  for (let i = 0; i < 60; i++) {
    const raw = await Raw.open(tight.port, SECURE);
    raw.socket.pause();
    raw.write(get('/x/peers').repeat(2_000)); // 45 KB each
    lazy.push(raw);
    assert.equal((await request(tight, '/healthz', SECURE)).status, 200);
  }
  const counted = await metric('memory_bytes', tight);
  assert.ok(counted > MIB / 4 && counted <= MIB / 2, `${counted} bytes counted`);
  assert.ok(rss(tight) < 32 * MIB, `${rss(tight)} bytes`);
  ids[0].send({ type: 'OFFER', dst: `0-${'\u0001'.repeat(120)}` });
  await ids[0].message('OFFER');
  lazy.forEach((one) => one.destroy());
  // What they held is given back.
  const until = Date.now() + 5_000;
  while (await metric('memory_bytes', tight) > 4096) {
    assert.ok(Date.now() < until, 'given back');
  }
  ids.forEach((one) => one.destroy());
  await tight.stop();
});
