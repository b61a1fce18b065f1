// HTTP over real sockets: routes, headers, malformed requests.
import assert from 'node:assert/strict';
import { gunzipSync } from 'node:zlib';
import { after, before, test } from 'node:test';

import { startServer } from '../harness/server.mjs';
import { Client, DEADLINE_MS, exchange, Raw, request } from './client.mjs';
import './leftovers.mjs';

const BROWSER = { Accept: 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8' };
const ABOUT = '{"name":"PeerJS Server","description":"A server side element to broker connections '
  + 'between PeerJS clients.","website":"https://peerjs.com/"}';
const PAGE_POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; "
  + "img-src 'self' blob:; style-src 'self'; worker-src 'self'; manifest-src 'self'; "
  + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
  + "require-trusted-types-for 'script'; trusted-types 'none'";

let server;
let chat; // under /chat/, with discovery and a list of origins
before(async () => {
  server = await startServer();
  chat = await startServer({
    path: '/chat/',
    args: ['--allow_discovery', '--cors', 'https://a.example', '--cors', 'null'],
  });
});
after(() => Promise.all([server.stop(), chat.stop()]));

test('the root is the page to a browser and PeerServer to anything else', async () => {
  const about = await request(server, '/');
  assert.equal(about.status, 200);
  assert.equal(about.text, ABOUT);
  assert.equal(about.body.length, 140);
  assert.equal(about.headers['content-type'], 'application/json; charset=utf-8');
  assert.equal(about.headers.vary, 'Accept, Origin');
  const page = await request(server, '/', { headers: BROWSER });
  assert.equal(page.headers['content-type'], 'text/html; charset=utf-8');
  assert.equal(page.headers.vary, 'Accept, Origin');
  assert.match(page.text, /<title>GhostChat/);
  assert.doesNotMatch(page.text, /\{\{/);
});

test('every answer of a page carries exactly these headers', async () => {
  const { headers } = await request(server, '/room/coffee', {
    headers: { Connection: 'keep-alive', 'Sec-Fetch-Mode': 'navigate' },
  });
  const { date, etag, 'content-length': length, ...rest } = headers;
  assert.match(date, /^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/);
  assert.ok(Math.abs(Date.parse(date) - Date.now()) < 60_000);
  assert.match(etag, /^"[0-9a-f]{32}"$/);
  assert.ok(Number(length) > 100);
  assert.deepEqual(rest, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-cache',
    vary: 'Accept-Encoding, Origin',
    'content-security-policy': PAGE_POLICY,
    'cross-origin-opener-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'permissions-policy': 'camera=(self)',
    'x-robots-tag': 'noindex',
    'x-content-type-options': 'nosniff',
    connection: 'keep-alive',
    'keep-alive': 'timeout=5',
  });
});

test('an asset: type, gzip only when asked for, tag, 304', async () => {
  const plain = await request(server, '/assets/ghostchat.js');
  assert.equal(plain.status, 200);
  assert.equal(plain.headers['content-type'], 'text/javascript; charset=utf-8');
  assert.equal(plain.headers['content-encoding'], undefined);
  assert.equal(plain.headers['cache-control'], 'max-age=60, must-revalidate');
  assert.equal(plain.headers['content-security-policy'], PAGE_POLICY);
  const packed = await request(server, '/assets/ghostchat.js', {
    headers: { 'Accept-Encoding': 'br, gzip;q=0.5' },
  });
  assert.equal(packed.headers['content-encoding'], 'gzip');
  assert.ok(packed.body.length < plain.body.length);
  assert.deepEqual(gunzipSync(packed.body), plain.body);
  assert.notEqual(packed.headers.etag, plain.headers.etag);
  const refused = await request(server, '/assets/ghostchat.js', {
    headers: { 'Accept-Encoding': 'gzip;q=0' },
  });
  assert.equal(refused.headers['content-encoding'], undefined);
  for (const tag of [plain.headers.etag, packed.headers.etag, `"x", W/${plain.headers.etag}`, '*']) {
    const same = await request(server, '/assets/ghostchat.js', { headers: { 'If-None-Match': tag } });
    assert.equal(same.status, 304, tag);
    assert.equal(same.headers['content-length'], undefined);
  }
  const other = await request(server, '/assets/ghostchat.js', { headers: { 'If-None-Match': '"x"' } });
  assert.equal(other.status, 200);
  const wasm = await request(server, '/assets/core.wasm');
  assert.equal(wasm.headers['content-type'], 'application/wasm');
  for (const path of ['/assets/', '/assets/nothing.js', '/assets/../main.c', '/assets/%2e%2e/x']) {
    assert.equal((await request(server, path)).status, 404, path);
  }
});

test('everything a page names is there, also under --path', async () => {
  for (const [where, base] of [[server, '/'], [chat, '/chat/']]) {
    for (const path of [`${base}room/x`, `${base}room/`, `${base}join/abc`, `${base}example.html`]) {
      const page = await request(where, path);
      assert.equal(page.status, 200, path);
      assert.equal(page.headers['content-type'], 'text/html; charset=utf-8');
      const named = [...page.text.matchAll(/(?:src|href)="([^"#]+)"/g)].map((match) => match[1]);
      assert.ok(named.length >= 1);
      for (const name of named) {
        assert.ok(name.startsWith(base), `${name} in ${path}`);
        assert.equal((await request(where, name, { headers: BROWSER })).status, 200, name);
      }
    }
  }
});

test("PeerServer's routes", async () => {
  const id = await request(server, '/peerjs/id?ts=1&version=1.5.5');
  assert.equal(id.status, 200);
  assert.equal(id.headers['content-type'], 'text/html; charset=utf-8');
  assert.match(id.text, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.notEqual((await request(server, '/peerjs/id')).text, id.text);
  assert.equal((await request(server, '/any/ID/')).status, 200);
  const peers = await request(server, '/peerjs/peers');
  assert.equal(peers.status, 401);
  assert.equal(peers.text, 'Unauthorized');
  assert.match(peers.headers['content-type'], /^text\/plain/);
  const found = await request(chat, '/chat/key/peers');
  assert.equal(found.status, 200);
  assert.equal(found.text, '[]');
  assert.equal((await request(chat, '/chat')).text, ABOUT);
  assert.equal((await request(chat, '/chat/')).text, ABOUT);
  for (const path of ['/', '/peerjs/id', '/room/x', '/metrics', '/chatter/']) {
    const outside = await request(chat, path);
    assert.equal(outside.status, 404, path);
    assert.equal(outside.headers.vary, undefined);
  }
  for (const method of ['POST', 'PUT', 'DELETE', 'BREW']) {
    assert.equal((await request(server, '/peerjs/id', { method })).status, 404, method);
  }
});

test('HEAD is GET without its body', async () => {
  for (const path of ['/', '/assets/style.css', '/config.json', '/nothing']) {
    const get = await request(server, path);
    const head = await request(server, path, { method: 'HEAD' });
    assert.deepEqual({ ...head.headers, date: 0 }, { ...get.headers, date: 0 });
    assert.equal(head.status, get.status);
  }
});

test('CORS: any origin by default, the listed ones with --cors', async () => {
  const origin = { Origin: 'https://b.example' };
  const open = await request(server, '/peerjs/id', { headers: origin });
  assert.equal(open.headers['access-control-allow-origin'], 'https://b.example');
  assert.equal(open.headers.vary, 'Origin');
  assert.equal(open.headers['access-control-allow-credentials'], undefined);
  const none = await request(server, '/peerjs/id');
  assert.equal(none.headers['access-control-allow-origin'], undefined);
  assert.equal(none.headers.vary, 'Origin');
  assert.equal((await request(chat, '/chat/k/id', { headers: origin }))
    .headers['access-control-allow-origin'], undefined);
  for (const Origin of ['https://a.example', 'null']) {
    assert.equal((await request(chat, '/chat/k/id', { headers: { Origin } }))
      .headers['access-control-allow-origin'], Origin);
  }
  const preflight = await request(server, '/peerjs/id', {
    method: 'OPTIONS', headers: { ...origin, 'Access-Control-Request-Headers': 'x-one,x-two' },
  });
  assert.equal(preflight.status, 204);
  assert.equal(preflight.headers['content-length'], '0');
  assert.equal(preflight.headers['access-control-allow-methods'], 'GET,HEAD,PUT,PATCH,POST,DELETE');
  assert.equal(preflight.headers['access-control-allow-headers'], 'x-one,x-two');
  // Over-long ones are not echoed, and do no harm.
  const long = await request(server, '/peerjs/id', { headers: { Origin: `http://${'a'.repeat(7000)}` } });
  assert.equal(long.status, 200);
  assert.equal(long.headers['access-control-allow-origin'], undefined);
});

test('config.json, healthz, metrics', async () => {
  const config = JSON.parse((await request(server, '/config.json')).text);
  assert.equal(config.name, 'GhostChat');
  assert.match(config.version, /^\d+\.\d+/);
  assert.equal(config.testBuild, false);
  assert.deepEqual(config.iceServers, []);
  assert.equal(config.limits.messageBytes, 65536);
  assert.equal(config.limits.roomMembers, 16);
  assert.equal(JSON.parse((await request(chat, '/chat/config.json')).text).path, '/chat/');
  const health = await request(server, '/healthz');
  assert.deepEqual([health.status, health.text], [200, 'ok\n']);
});

test('pages of rooms and people are nothing for search engines', async () => {
  for (const path of ['/room/coffee', '/room/', '/join/somebody']) {
    assert.equal((await request(server, path)).headers['x-robots-tag'], 'noindex', path);
  }
  for (const path of ['/', '/example.html', '/assets/app.js']) {
    const { headers } = await request(server, path, { headers: { Accept: 'text/html' } });
    assert.equal(headers['x-robots-tag'], undefined, path);
  }
});

test('/metrics has a port of its own', async () => {
  await server.metrics();
  const there = { port: server.metricsPort };
  const metrics = await request(there, '/metrics', { headers: { Origin: 'https://a.example' } });
  assert.equal(metrics.status, 200);
  assert.deepEqual(Object.keys(metrics.headers).filter((name) => /^access-control|^vary/.test(name)), []);
  assert.match(metrics.headers['content-type'], /^text\/plain; version=0\.0\.4/);
  const lines = metrics.text.trimEnd().split('\n');
  for (const line of lines) {
    assert.match(line, /^(# (HELP|TYPE) ghostchat_\w+ .+|ghostchat_\w+(\{\w+="[\w .-]*"\})? [\d.]+)$/);
  }
  for (const name of ['connections', 'connects_total', 'peers', 'rooms', 'room_members',
    'relayed_total', 'relay_bytes_total', 'queued_messages', 'queued_bytes', 'expired_total',
    'id_taken_total', 'rejected_total', 'cut_total', 'throttled_total', 'loop_lag_seconds',
    'memory_bytes', 'build_info']) {
    assert.ok(lines.some((line) => line.startsWith(`# TYPE ghostchat_${name} `)), name);
  }
  const head = await request(there, '/metrics', { method: 'HEAD' });
  assert.deepEqual([head.status, head.text], [200, '']);
  for (const path of ['/', '/healthz', '/config.json', '/peerjs/id', '/assets/app.js', '/metrics/']) {
    assert.equal((await request(there, path)).status, 404, path);
  }
  assert.equal((await request(there, '/metrics', { method: 'POST' })).status, 404);
  const socket = await Client.open(server.metricsPort, 'a');
  assert.equal(socket.answer.status, 404);
  socket.raw.destroy();
  for (const [which, path] of [[server, '/metrics'], [chat, '/chat/metrics'], [chat, '/metrics']]) {
    const outside = await request(which, path);
    assert.equal(outside.status, 404, path);
    assert.doesNotMatch(outside.text, /ghostchat_/);
  }
});

test('requests one after the other and in one piece on one connection', async () => {
  const raw = await Raw.open(server.port);
  const get = (path) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;
  raw.write(get('/healthz') + get('/nothing') + get('/config.json'));
  assert.equal((await raw.answer()).text, 'ok\n');
  assert.equal((await raw.answer()).status, 404);
  assert.equal((await raw.answer()).status, 200);
  for (const byte of get('/healthz')) {
    raw.write(byte);
  }
  assert.equal((await raw.answer()).text, 'ok\n');
  assert.equal(raw.ended, false);
  raw.destroy();
});

test('thousands of requests in one piece hold up nobody', async () => {
  await server.metrics();
  const other = await Raw.open(server.metricsPort);
  const count = async () => {
    other.write('GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n');
    return Number(/^ghostchat_http_requests_total (\d+)$/m.exec((await other.answer()).text)[1]);
  };
  const many = 2_300; // one read of the server: without turns it answers all of them first
  const behind = [];
  for (let i = 0; i < 5; i++) {
    const raw = await Raw.open(server.port);
    const before = await count();
    raw.write('GET /a HTTP/1.1\r\nHost:\r\n\r\n'.repeat(many));
    behind.push(await count() - before);
    for (let j = 0; j < many; j++) {
      assert.equal((await raw.answer()).status, 404);
    }
    raw.destroy();
  }
  // A busy machine may stall us between the two questions; without turns it is never fewer.
  assert.ok(Math.min(...behind) < many * 0.9, `asked behind ${many}, answered behind ${behind}`);
  other.destroy();
});

test('a large answer to a slow reader comes whole, and requests behind it wait', async () => {
  const one = await request(server, '/assets/libsodium-sumo.wasm');
  const raw = await Raw.open(server.port);
  raw.socket.pause();
  const count = 40; // far more than socket buffers hold
  const get = 'GET /assets/libsodium-sumo.wasm HTTP/1.1\r\nHost: a\r\n\r\n';
  raw.write(get.repeat(count));
  // Another client is served meanwhile.
  assert.equal((await request(server, '/healthz')).status, 200);
  raw.socket.resume();
  for (let i = 0; i < count; i++) {
    assert.deepEqual((await raw.answer()).body, one.body);
  }
  raw.destroy();
});

test('a client that sent its end still gets the answer', async () => {
  const raw = await Raw.open(server.port, { allowHalfOpen: true });
  raw.socket.end('GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n');
  assert.equal((await raw.answer()).text, 'ok\n');
  await raw.end();
});

test('a request with a body is answered and ends the connection', async () => {
  for (const more of ['Content-Length: 5\r\n\r\nhello', 'Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    'Content-Length: 0\r\nContent-Length: 44\r\n\r\nGET /x HTTP/1.1\r\n\r\n']) {
    const raw = await Raw.open(server.port);
    raw.write(`GET /healthz HTTP/1.1\r\nHost: a\r\n${more}GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n`);
    const answer = await raw.answer();
    assert.ok([200, 400].includes(answer.status), more);
    assert.equal(answer.headers.connection, 'close', more);
    await raw.end();
    assert.equal(raw.received.length, 0, 'nothing behind the answer');
  }
});

test('malformed requests are refused with a word, and the connection ends', async () => {
  const cases = {
    'GET / HTTP/1.1\r\n\r\n': 400, // no Host
    'GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n': 400,
    'GET / HTTP/1.1\nHost: a\n\n': 400,
    'GET / HTTP/1.1\r\nHost: a\r\n folded: x\r\n\r\n': 400,
    'GET / HTTP/1.1\r\nHost : a\r\n\r\n': 400,
    'GET / HTTP/1.1\r\nHost: a\0b\r\n\r\n': 400,
    'GET / HTTP/1.1\r\nHost: a"b\r\n\r\n': 400,
    'GET  / HTTP/1.1\r\nHost: a\r\n\r\n': 400,
    'GET / HTTP/2.0\r\n\r\n': 400,
    'nonsense\r\n\r\n': 400,
    '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03': 400, // a TLS hello
    [`GET /${'a'.repeat(9000)} HTTP/1.1\r\nHost: a\r\n\r\n`]: 431,
    [`GET / HTTP/1.1\r\nHost: a\r\n${'A: b\r\n'.repeat(100)}\r\n`]: 431,
  };
  for (const [bytes, status] of Object.entries(cases)) {
    const raw = await Raw.open(server.port);
    raw.write(Buffer.from(bytes, 'latin1'));
    const answer = await raw.answer();
    assert.equal(answer.status, status, JSON.stringify(bytes.slice(0, 60)));
    assert.match(answer.text, status === 400 ? /^bad-request: / : /^too-big: /);
    assert.equal(answer.headers.connection, 'close');
    await raw.end();
    raw.destroy();
  }
  assert.equal((await request(server, '/healthz')).status, 200);
});

test('a request that does not come in time is answered with 408', async () => {
  const raw = await Raw.open(server.port);
  raw.write('GET / HTTP/1.1\r\nHos');
  const began = Date.now();
  await raw.until('an answer', () => raw.received.length > 0, DEADLINE_MS + 5_000);
  const answer = await raw.answer();
  assert.equal(answer.status, 408);
  assert.match(answer.text, /^handshake-timeout: /);
  const took = Date.now() - began;
  assert.ok(took > 9_000 && took < 12_000, `${took} ms`);
  const metrics = await server.metrics();
  assert.match(metrics, /rejected_total\{reason="handshake-timeout"\} 1\n/);
});

test('clients that do not close after their answer hold few descriptors', async () => {
  const held = [];
  for (let i = 0; i < 400; i++) {
    const raw = await Raw.open(server.port, { allowHalfOpen: true });
    raw.write('GET /healthz HTTP/1.0\r\n\r\n');
    assert.equal((await raw.answer()).status, 200);
    held.push(raw);
  }
  const text = await server.metrics();
  const open = Number(/^ghostchat_sockets (\d+)$/m.exec(text)[1]);
  assert.ok(open <= 256 + 16, `${open} sockets`); /* GC_LINGER_COUNT_MAX */
  held.forEach((raw) => raw.destroy());
});

test('HTTP/1.0 is answered and closed', async () => {
  const answer = await exchange(server.port, 'GET /healthz HTTP/1.0\r\n\r\n');
  assert.equal(answer.text, 'ok\n');
  assert.equal(answer.headers.connection, 'close');
});
