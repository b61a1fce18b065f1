// WebSockets over real sockets: the handshake, frames, limits, slow and hostile clients.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';

import { startServer } from '../harness/server.mjs';
import {
  BINARY, Client, CLOSE, DEADLINE_MS, frame, join, PING, PONG, Raw, request, TEXT,
} from './client.mjs';
import './leftovers.mjs';

const MIB = 1 << 20;
let server;
before(async () => { server = await startServer(); });
after(() => server.stop());

let serial = 0;
const name = (what) => `${what}-${++serial}`;
const rss = (which = server) => Number(
  /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${which.child.pid}/status`, 'utf8'))[1]) * 1024;
const metric = async (word, which = server) => {
  const text = await which.metrics();
  return Number(new RegExp(`^ghostchat_${word} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
};

/** Two clients through which a test sees that the server serves everybody else. */
async function witnesses(which = server) {
  const [a, b] = [await join(which, name('witness')), await join(which, name('witness'))];
  const ids = [`witness-${serial - 1}`, `witness-${serial}`];
  let nth = 0;
  return {
    async check() {
      a.send({ type: 'OFFER', dst: ids[1], payload: { nth } });
      const seen = await b.message('OFFER', nth);
      assert.deepEqual(seen, { type: 'OFFER', src: ids[0], dst: ids[1], payload: { nth } });
      nth++;
    },
    destroy() { a.destroy(); b.destroy(); },
  };
}

test('the handshake of RFC 6455 1.3', async () => {
  const client = await Client.open(server.port, name('a'));
  assert.deepEqual(client.answer.lines, [
    'HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade',
    'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
  ]);
  assert.deepEqual(await client.message('OPEN'), { type: 'OPEN' });
  client.destroy();
});

test('handshakes that are refused', async () => {
  const cases = [
    [{ target: '/other' }, 400, /^bad-request: /],
    [{ target: '/peerjs/' }, 400, /^bad-request: /],
    [{ version: '8' }, 426, /version 13/],
    [{ key: 'short' }, 400, /malformed/],
    [{ key: '!GhlIHNhbXBsZSBub25jZQ==' }, 400, /malformed/],
    [{ headers: { 'Content-Length': '3' } }, 400, /malformed/],
  ];
  for (const [options, status, says] of cases) {
    const client = await Client.open(server.port, 'a', options);
    assert.equal(client.answer.status, status, JSON.stringify(options));
    assert.match(client.answer.text, says);
    assert.equal(client.answer.headers.connection, 'close');
    if (status === 426) {
      assert.equal(client.answer.headers['sec-websocket-version'], '13');
    }
    await client.raw.end();
  }
  // Another protocol is none of ours: a plain request.
  const other = await request(server, '/healthz', {
    headers: { Upgrade: 'h2c', Connection: 'Upgrade, close' },
  });
  assert.equal(other.status, 200);
});

test('--cors binds the WebSocket too', async () => {
  const strict = await startServer({ args: ['--cors', 'https://a.example'] });
  const asked = async (Origin) => {
    const client = await Client.open(strict.port, name('o'), { headers: Origin ? { Origin } : {} });
    client.destroy();
    return client.answer;
  };
  assert.equal((await asked('https://a.example')).status, 101);
  assert.equal((await asked(undefined)).status, 101); // no browser
  for (const origin of ['https://b.example', 'null', 'http://a.example', 'https://a.example.org']) {
    const answer = await asked(origin);
    assert.equal(answer.status, 403, origin);
    assert.match(answer.text, /^origin: /);
  }
  await strict.stop();
  assert.equal(strict.child.errors.match(/--cors does not list its origin.*proxy_set_header Host \$host;/g).length, 1);
});

test("--cors never shuts out the server's own page", async () => {
  const strict = await startServer({ args: ['--cors', 'https://a.example'] });
  const asked = async (host, origin) => {
    const raw = await Raw.open(strict.port);
    raw.write(Client.head({ key: 'peerjs', id: name('own'), token: 't' }, { headers: { Origin: origin } })
      .replace('Host: chat.example:80', `Host: ${host}`));
    const { status } = await raw.answer();
    raw.destroy();
    return status;
  };
  for (const host of ['chat.example', '127.0.0.1:8080', '[::1]:8080']) {
    assert.equal(await asked(host, `http://${host}`), 101, host);
    assert.equal(await asked(host, `https://${host}`), 101, host);
    const page = await request(strict, '/peerjs/id', { headers: { Host: host, Origin: `https://${host}` } });
    assert.equal(page.headers['access-control-allow-origin'], `https://${host}`);
  }
  assert.equal(strict.child.errors, '');
  for (const [host, origin] of [['chat.example', 'https://chat.example:8443'], ['chat.example:8443', 'https://chat.example'],
    ['chat.example', 'https://chat.example.evil'], ['chat.example', 'https://xchat.example'], ['', 'https://'],
    ['chat.example', 'ftp://chat.example'], ['chat.example', 'chat.example']]) {
    assert.ok([400, 403].includes(await asked(host, origin)), `${host} ${origin}`);
  }
  await strict.stop();
});

test('frames behind the request in one piece, then byte by byte', async () => {
  const id = name('self');
  const hello = { type: 'OFFER', dst: id, payload: 1 };
  const client = await Client.open(server.port, id, { behind: frame(TEXT, JSON.stringify(hello)) });
  assert.deepEqual(await client.message('OFFER'), { type: 'OFFER', src: id, dst: id, payload: 1 });
  for (const byte of frame(TEXT, JSON.stringify({ ...hello, payload: 2 }))) {
    client.write(Buffer.from([byte]));
  }
  assert.equal((await client.message('OFFER', 1)).payload, 2);
  client.destroy();
});

test('fragments, with control frames between them', async () => {
  const id = name('parts');
  const client = await join(server, id);
  const bytes = Buffer.from(JSON.stringify({ type: 'OFFER', dst: id, payload: 'zé 中🥦' }));
  client.write(frame(TEXT, bytes.subarray(0, 5), { fin: false }));
  client.write(frame(PING, 'now'));
  for (const byte of bytes.subarray(5)) {
    client.write(frame(0, Buffer.from([byte]), { fin: false }));
  }
  client.write(frame(0, ''));
  assert.equal((await client.message('OFFER')).payload, 'zé 中🥦');
  const pong = client.frames.find((one) => one.opcode === PONG);
  assert.equal(pong.payload.toString(), 'now');
  client.write(frame(BINARY, JSON.stringify({ type: 'OFFER', dst: id, payload: 'b' })));
  assert.equal((await client.message('OFFER', 1)).payload, 'b');
  client.destroy();
});

test('2,000 messages of 1.5 KB arrive in order', async () => {
  const [a, b] = [await join(server, name('a')), await join(server, 'order')];
  for (let i = 0; i < 2000; i++) {
    a.send({ type: 'OFFER', dst: 'order', payload: { i, sdp: 'x'.repeat(1500) } });
  }
  await b.message('OFFER', 1999);
  const seen = b.messages.filter((one) => one.type === 'OFFER').map((one) => one.payload.i);
  assert.deepEqual(seen, Array.from({ length: 2000 }, (_, i) => i));
  a.destroy();
  b.destroy();
});

test('over the rate a client is read more slowly, and nothing is lost', async () => {
  const slow = await startServer({ args: ['--rate', '100'] });
  const [a, b] = [await join(slow, 'a'), await join(slow, 'b')];
  const count = 1400; // the burst is 1,000
  for (let i = 0; i < count; i++) {
    a.send({ type: 'OFFER', dst: 'b', payload: { i, x: 'x'.repeat(500) } });
  }
  await b.message('OFFER', count - 1);
  assert.deepEqual(b.messages.slice(1).map((one) => one.payload.i),
    Array.from({ length: count }, (_, i) => i));
  assert.ok(await metric('throttled_total', slow) > 0);
  a.destroy();
  b.destroy();
  await slow.stop();
});

test('bad frames end their sender with the right code, and nobody else', async () => {
  const others = await witnesses();
  const huge = Buffer.concat([Buffer.from([0x81, 0xff, 0, 0, 0, 1, 0, 0, 0, 0]), Buffer.alloc(4)]);
  const cases = {
    unmasked: [frame(TEXT, '{}', { mask: null }), 1002],
    'reserved bits': [frame(TEXT, '{}', { rsv: 4 }), 1002],
    'unknown opcode': [frame(3, 'x'), 1002],
    'long ping': [frame(PING, 'x'.repeat(126)), 1002],
    'ping in parts': [frame(PING, 'x', { fin: false }), 1002],
    'part of nothing': [frame(0, 'x'), 1002],
    'close of one byte': [frame(CLOSE, 'x'), 1002],
    'close with 1005': [frame(CLOSE, Buffer.from([3, 237])), 1002],
    'a text of 4 GiB, its head only': [huge, 1009],
    'a text of 65537 bytes, its head only': [frame(TEXT, '', { length: 65537 }), 1009],
    'parts of 65537 bytes': [Buffer.concat([frame(TEXT, 'x'.repeat(65536), { fin: false }),
      frame(0, 'x')]), 1009],
    'no UTF-8': [frame(TEXT, Buffer.from([0x22, 0xff, 0x22])), 1007],
    'half a surrogate': [frame(TEXT, Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])), 1007],
    'binary, no UTF-8': [frame(BINARY, Buffer.from([0x22, 0xc0, 0x80, 0x22])), 1007],
  };
  for (const [what, [bytes, code]] of Object.entries(cases)) {
    const client = await join(server, name('bad'));
    client.write(bytes);
    assert.equal(await client.closed(), code, what);
    await client.raw.end();
    await others.check();
  }
  others.destroy();
});

test('what is no message is dropped, and its sender hears of it and stays', async () => {
  const id = name('odd');
  const client = await join(server, id);
  const bad = {
    'bad-json': ['no json', 'null', '1', '"s"', '[]', '', '['.repeat(30_000), '{"a":1}garbage'],
    'bad-request': ['{}', '{"type":null}', '{"type":1}', '{"type":"OPEN"}',
      '{"type":"OFFER","dst":5}', '{"type":"GC-JOIN"}'],
  };
  let nth = 0;
  for (const [code, texts] of Object.entries(bad)) {
    for (const text of texts) {
      client.send(text);
      const { payload } = await client.message('GC-BAD', nth++);
      assert.equal(payload.code, code, text.slice(0, 40));
      assert.match(payload.msg, /^\w.+\.$/);
    }
  }
  client.send('{"type":"OFFER"}'); // to nobody: PeerServer drops it in silence
  client.send({ type: 'OFFER', dst: id, payload: 'still here' });
  assert.equal((await client.message('OFFER')).payload, 'still here');
  assert.equal(client.messages.length, 1 + nth + 1);
  client.destroy();
});

test('a close frame is answered with its code', async () => {
  const client = await join(server, name('bye'));
  client.write(frame(CLOSE, Buffer.from([0x0b, 0xb8, 0x62])));
  assert.equal(await client.closed(), 3000);
  await client.raw.end();
  const empty = await join(server, name('bye'));
  empty.write(frame(CLOSE, ''));
  assert.equal(await empty.closed(), 1005);
  await empty.raw.end();
});

test('a client that is gone without a word leaves its id free and others alone', async () => {
  const others = await witnesses();
  for (let i = 0; i < 50; i++) {
    const client = await join(server, 'crasher');
    client.write(frame(TEXT, 'x'.repeat(1000), { length: 60_000 })); // in the middle of a frame
    client.raw.socket.resetAndDestroy();
    await others.check();
  }
  const again = await Client.open(server.port, 'crasher', { token: 'another' });
  await again.message('OPEN');
  again.destroy();
  others.destroy();
});

test('what others send does not cut a client that never reads; memory stays', async () => {
  const others = await witnesses();
  const deaf = await join(server, 'deaf');
  deaf.raw.socket.pause();
  const sender = await join(server, name('sender'));
  const base = rss();
  const [cuts, refused] = ['cut_total\\{reason="slow"\\}', 'bad_total\\{reason="held-limit"\\}'];
  const before = [await metric(cuts), await metric(refused)];
  const message = JSON.stringify({ type: 'OFFER', dst: 'deaf', payload: 'x'.repeat(60_000) });
  let most = 0;
  // Once its queue and the share of its sender are full, each further message is refused.
  const until = Date.now() + 30_000;
  while (await metric(refused) < before[1] + 100) {
    for (let i = 0; i < 4; i++) {
      sender.send(message);
    }
    assert.ok(Date.now() < until, 'messages are refused');
    most = Math.max(most, rss());
    await others.check();
  }
  assert.ok(most - base <= MIB, `${most - base} bytes more`);
  assert.equal(await metric(cuts), before[0]);
  assert.ok(!deaf.raw.ended);
  sender.destroy();
  deaf.destroy();
  others.destroy();
});

test('a flood to an absent id costs at most 1 MiB', async () => {
  const others = await witnesses();
  const fast = await startServer({ args: ['--rate', '100000'] });
  const sender = await join(fast, 'sender');
  const message = frame(TEXT, JSON.stringify({
    type: 'OFFER', dst: 'nobody', payload: 'x'.repeat(65_000),
  }));
  const base = rss(fast);
  const total = 300 * MIB;
  let most = 0;
  for (let sent = 0; sent < total; sent += message.length) {
    if (!sender.raw.socket.write(message)) {
      await new Promise((resolve) => sender.raw.socket.once('drain', resolve));
      most = Math.max(most, rss(fast));
    }
  }
  sender.send({ type: 'OFFER', dst: 'sender', payload: 'behind it all' });
  await sender.message('OFFER');
  most = Math.max(most, rss(fast));
  assert.ok(most - base <= MIB, `${most - base} bytes more`);
  await others.check();
  sender.destroy();
  others.destroy();
  await fast.stop();
});

// Each coming and going counts as a message for every member that hears of it: at the usual rate these
// take 9 seconds, and are not a burst.
test('a burst of small messages that become large ones cuts nobody who reads', async () => {
  const quick = await startServer({ args: ['--rate', '100000'] });
  const others = await witnesses(quick);
  const tag = 'ab'.repeat(16);
  const query = { gc: '1', room: tag };
  const members = [];
  for (let i = 0; i < 3; i++) {
    members.push(await join(quick, name('member'), { query }));
  }
  const loud = '\u0001'.repeat(128); // 768 bytes in JSON
  const restless = await join(quick, loud, { token: 't', query: { gc: '1' } });
  const turn = Buffer.concat([frame(TEXT, `{"type":"GC-JOIN","payload":{"room":"${tag}"}}`),
    frame(TEXT, '{"type":"GC-LEAVE"}')]);
  restless.write(Buffer.concat(Array(500).fill(turn))); // 50 KB in, 425 KB out, to each
  for (const member of members) {
    await member.message('GC-LEFT', 499);
  }
  const chatty = await join(quick, `${loud.slice(1)}\u0002`, { token: 't' });
  const offer = frame(TEXT, `{"type":"OFFER","dst":"member-${serial}"}`);
  chatty.write(Buffer.concat(Array(1000).fill(offer)));
  await members[2].message('OFFER', 999);
  await others.check();
  [restless, chatty, ...members].forEach((one) => one.destroy());
  others.destroy();
  await quick.stop();
});

test('one address may hold only so many connections, and hears why', async () => {
  const few = await startServer({ args: ['--per-address-limit', '3'] });
  const held = [];
  for (let i = 0; i < 3; i++) {
    held.push(await join(few, `holder-${i}`));
  }
  const refused = await Raw.open(few.port);
  const answer = await refused.answer();
  assert.equal(answer.status, 503);
  assert.match(answer.text, /^address-limit: /);
  await refused.end();
  const other = await Client.open(few.port, 'other', { from: '127.0.0.2' });
  await other.message('OPEN');
  held[0].destroy();
  const retry = async () => {
    for (const end = Date.now() + DEADLINE_MS; Date.now() < end;) {
      const raw = await Raw.open(few.port);
      raw.write('GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n');
      const { status } = await raw.answer();
      raw.destroy();
      if (status === 200) {
        return;
      }
    }
    throw new Error(`the address is still refused after ${DEADLINE_MS} ms`);
  };
  await retry();
  [...held, other].forEach((one) => one.destroy());
  await few.stop();
});

test('who connects without end is refused for a while, and nobody else', async () => {
  const few = await startServer({ args: ['--per-address-limit', '10'] });
  const knock = async (from) => {
    const raw = await Raw.open(few.port, { from });
    raw.write('GET /healthz HTTP/1.0\r\n\r\n');
    const { status } = await raw.answer().catch(() => ({ status: 503 }));
    raw.destroy();
    return status;
  };
  const stays = await join(few, 'stays', { from: '127.0.0.7' });
  let knocks = 0;
  while (await knock('127.0.0.7') === 200) {
    knocks++;
    assert.ok(knocks < 2_000, 'never refused');
  }
  assert.ok(knocks >= 190, `refused after ${knocks}`); // 200, and what the time gave back
  const began = Date.now();
  assert.equal(await knock('127.0.0.8'), 200);
  stays.send({ type: 'OFFER', dst: 'stays', payload: 'old ones live on' });
  await stays.message('OFFER');
  while (await knock('127.0.0.7') !== 200) {
    assert.ok(Date.now() - began < 3_000, 'refused for ever');
  }
  assert.ok(Date.now() - began > 900, 'refused for a moment only');
  assert.equal(await metric('penalties_total', few), 1);
  assert.ok(await metric('penalized_total', few) > 1);
  stays.destroy();
  await few.stop();
});

test('--connect-rate says how often one address may connect, and 0 that any number goes', async () => {
  for (const rate of ['5', '0']) {
    const few = await startServer({ args: ['--per-address-limit', '2', '--connect-rate', rate] });
    let knocks = 0;
    while (knocks < 200) {
      const raw = await Raw.open(few.port);
      raw.write('GET /healthz HTTP/1.0\r\n\r\n');
      const { status } = await raw.answer().catch(() => ({ status: 503 }));
      raw.destroy();
      if (status !== 200) {
        break;
      }
      knocks++;
    }
    assert.ok(rate === '0' ? knocks === 200 : knocks >= 16 && knocks < 200, `${knocks} at ${rate}`);
    await few.stop();
  }
});

test('every id taken: the limit is said', async () => {
  const small = await startServer({ args: ['--concurrent-limit', '2'] });
  const held = [await join(small, 'a'), await join(small, 'b')];
  const third = await Client.open(small.port, 'c');
  assert.equal((await third.message('ERROR')).payload.msg,
    'Server has reached its concurrent user limit');
  assert.equal(await third.closed(), 1005);
  held.forEach((one) => one.destroy());
  await small.stop();
});

test('partial frames of many clients are bounded together', async () => {
  const tight = await startServer({ args: ['--memory-limit', '1M', '--per-address-limit', '100'] });
  const base = rss(tight);
  const clients = [];
  for (let i = 0; i < 40; i++) {
    const client = await join(tight, `part-${i}`);
    client.write(frame(TEXT, 'x'.repeat(60_000), { length: 65_000 }));
    clients.push(client);
  }
  const closed = () => clients.filter((one) => one.raw.closed).length;
  await Promise.any(clients.map((one) => one.raw.end()));
  assert.ok(closed() < 40);
  assert.ok(rss(tight) - base <= MIB, `${rss(tight) - base} bytes more`);
  assert.equal((await request(tight, '/healthz')).status, 200);
  clients.forEach((one) => one.destroy());
  await tight.stop();
});

test('who fills the memory with frames that never end locks out nobody', async () => {
  const tight = await startServer({ args: ['--memory-limit', '1M', '--per-address-limit', '100'] });
  const hoarders = [];
  for (const [count, size] of [[6, 60_000], [10, 20_000], [10, 8_000], [20, 3_000], [8, 1_000]]) {
    for (let i = 0; i < count; i++) {
      const client = await join(tight, name('hoarder'));
      client.write(frame(TEXT, 'x'.repeat(size), { length: 65_000 }));
      hoarders.push(client);
    }
  }
  await Promise.any(hoarders.map((one) => one.raw.end())); // there was no room for all
  const honest = await join(tight, 'honest');
  const bytes = frame(TEXT, `{"type":"OFFER","dst":"honest","payload":"${'y'.repeat(5000)}"}`);
  honest.write(bytes.subarray(0, 2_500));
  await request(tight, '/healthz'); // the first part was read
  honest.write(bytes.subarray(2_500));
  assert.equal((await honest.message('OFFER')).payload.length, 5000);
  [honest, ...hoarders].forEach((one) => one.destroy());
  await tight.stop();
});

test('answers that nobody reads are bounded together', async () => {
  const tight = await startServer({ args: ['--memory-limit', '2M', '--allow-discovery', '--rate', '100000'] });
  const ids = [];
  for (let i = 0; i < 100; i++) {
    ids.push(await join(tight, `${i}-${'\u0001'.repeat(120)}`, { token: 't' }));
  }
  const base = rss(tight);
  const lazy = [];
  for (let i = 0; i < 100; i++) {
    const raw = await Raw.open(tight.port);
    raw.socket.pause();
    raw.write('GET /x/peers HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(200)); // of 75 KB each
    lazy.push(raw);
    assert.equal((await request(tight, '/healthz')).status, 200);
  }
  assert.ok(rss(tight) - base <= 2 * MIB, `${rss(tight) - base} bytes more`);
  const counted = await metric('memory_bytes', tight);
  assert.ok(counted > MIB / 4 && counted <= MIB / 2, `${counted} bytes counted`);
  ids[0].send({ type: 'OFFER', dst: `0-${'\u0001'.repeat(120)}` });
  await ids[0].message('OFFER');
  [...ids, ...lazy].forEach((one) => one.destroy());
  await tight.stop();
});
