// --rate: what is charged is what was read, not what came of it.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';

import { startServer } from '../harness/server.mjs';
import { frame, join, PING, PONG, Raw, TEXT } from './client.mjs';
import './leftovers.mjs';

const CONTINUATION = 0;
const RATE = 50; // the burst is 500
let server;
beforeEach(async () => { server = await startServer({ args: ['--rate', String(RATE)] }); });
afterEach(() => server.stop());

const throttled = async () => {
  const text = await server.metrics();
  return Number(/^ghostchat_throttled_total (\d+)$/m.exec(text)[1]);
};
const repeat = (bytes, times) => Buffer.concat(Array(times).fill(Buffer.from(bytes)));
const tick = () => new Promise((resolve) => { setTimeout(resolve, 2); });

/** Sends the same piece again and again until the server reads no more; resolves with the count. */
async function flood(raw, piece) {
  const before = await throttled();
  for (let pieces = 1; pieces <= 4000; pieces++) {
    assert.equal(raw.ended, false, raw.text());
    raw.write(piece);
    await tick();
    if (pieces % 50 === 0 && await throttled() > before) {
      return pieces;
    }
  }
  return assert.fail('it is read for ever');
}

const begun = frame(TEXT, 'x', { fin: false });
const floods = [
  ['empty parts of a message that never ends', begun, repeat(frame(CONTINUATION, '', { fin: false }), 20)],
  ['parts of one byte', begun, repeat(frame(CONTINUATION, 'x', { fin: false }), 20)],
  ['pings', '', repeat(frame(PING, ''), 20)],
  ['pongs that nobody asked for', '', repeat(frame(PONG, 'x'), 20)],
  ['a frame that comes byte by byte', frame(TEXT, '', { length: 60_000 }), 'x'],
];
for (const [what, first, piece] of floods) {
  test(`over the rate a client is read more slowly: ${what}`, async () => {
    const client = await join(server, `flood-${what}`);
    if (first.length > 0) {
      client.raw.write(first);
    }
    await flood(client.raw, piece);
    client.destroy();
  });
}

test('over the rate a connection is read more slowly: a head that comes byte by byte', async () => {
  const raw = await Raw.open(server.port);
  raw.write('GET /healthz HTTP/1.1\r\nHost: a\r\nX: ');
  await flood(raw, 'x');
  raw.destroy();
});

test('over the rate requests are served more slowly, and each is answered', async () => {
  const raw = await Raw.open(server.port);
  const one = 'GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n';
  const count = RATE * 10 + 2 * RATE; // the burst, and two seconds of it
  const before = await throttled();
  const at = performance.now();
  raw.write(one.repeat(count));
  for (let i = 0; i < count; i++) {
    assert.equal((await raw.answer()).text, 'ok\n');
  }
  const ms = performance.now() - at;
  assert.ok(ms > 1500, `${ms} ms`);
  assert.ok(await throttled() > before);
  raw.write(`${one}`);
  assert.equal((await raw.answer()).status, 200);
  raw.destroy();
});

test('whoever keeps the rate is not slowed', async () => {
  const client = await join(server, 'keeper');
  const before = await throttled();
  for (let i = 0; i < 400; i++) {
    client.send({ type: 'HEARTBEAT' });
  }
  client.raw.write(frame(TEXT, JSON.stringify({ type: 'OFFER', dst: 'keeper', payload: 'x'.repeat(60_000) })));
  await client.message('OFFER');
  assert.equal(await throttled(), before);
  client.destroy();
});
