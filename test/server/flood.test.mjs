// One address floods a client that reads slowly: what others send to it arrives, and it stays.
// How late is printed, not judged: a machine under load is late by itself.
//   SECONDS_EACH=60 RATE=50000 test/netns node test/server/flood.test.mjs     prints the figures of a long run
import assert from 'node:assert/strict';
import net from 'node:net';
import { test } from 'node:test';

import { startServer } from '../harness/server.mjs';
import { Client, frame, join, PONG, TEXT } from './client.mjs';
import './leftovers.mjs';

const SECONDS = Number(process.env.SECONDS_EACH || 3);
const RATE = Number(process.env.RATE || 400_000); // bytes a second that the victim reads, always
const GRACE_MS = 60_000; // for what waits at the end: two kernels may hold megabytes of it

/** A client that reads so many bytes a second, and tells each message to onMessage. mute: it never
 * answers a PING. */
async function slowReader(port, id, mute, onMessage) {
  let received = Buffer.alloc(0);
  let behindMs = Date.now();
  const reader = { ended: false, bytes: 0 };
  const onFrames = () => {
    for (;;) {
      const at = received[1] < 126 ? 2 : 4;
      if (received.length < at) {
        return;
      }
      const size = received[1] < 126 ? received[1] : received.readUInt16BE(2);
      if (received.length < at + size) {
        return;
      }
      if (received[0] === 0x81) {
        onMessage(received.subarray(at, at + size));
      } else if (received[0] === 0x89 && !mute) {
        socket.write(frame(PONG, received.subarray(at, at + size)));
      }
      received = received.subarray(at + size);
    }
  };
  const socket = net.connect({
    port,
    host: '127.0.0.1',
    onread: {
      buffer: Buffer.alloc(4096),
      callback: (count, bytes) => {
        received = Buffer.concat([received, bytes.subarray(0, count)]);
        reader.bytes += count;
        if (!reader.upgraded && received.includes('\r\n\r\n')) {
          received = received.subarray(received.indexOf('\r\n\r\n') + 4);
          reader.upgraded = true;
        }
        if (reader.upgraded) {
          onFrames();
        }
        behindMs = Math.max(behindMs, Date.now() - 100) + count / RATE * 1000;
        setTimeout(() => socket.resume(), behindMs - Date.now());
        return false;
      },
    },
  });
  socket.on('error', () => {});
  socket.on('close', () => { reader.ended = true; });
  socket.write(Client.head({ key: 'peerjs', id, token: 't' }));
  reader.destroy = () => socket.destroy();
  return reader;
}

/** Sends as fast as the server reads. */
function flood(client, message) {
  const { socket } = client.raw;
  const one = frame(TEXT, JSON.stringify(message));
  const many = Buffer.concat(Array(Math.ceil(65536 / one.length)).fill(one));
  const go = () => {
    while (!socket.destroyed && socket.write(many)) { /* until it takes no more */ }
  };
  socket.on('drain', go);
  go();
}

async function story({ bytes, sockets, mute = false }) {
  const server = await startServer();
  const late = [];
  const victim = await slowReader(server.port, 'victim', mute, (text) => {
    const head = text.subarray(0, 200).toString();
    if (head.includes('"src":"friend"')) {
      late.push(Date.now() - Number(/at(\d+)/.exec(head)[1]));
    }
  });
  const friend = await join(server, 'friend', { from: '127.0.0.3' });
  const hostile = [];
  for (let i = 0; i < sockets; i++) {
    hostile.push(await join(server, `eve-${i}`, { from: '127.0.0.2' }));
    flood(hostile[i], { type: 'EXPIRE', dst: 'victim', payload: 'A'.repeat(bytes) });
  }
  let sent = 0;
  const until = Date.now() + SECONDS * 1000;
  while (Date.now() < until) {
    friend.send({ type: 'OFFER', dst: 'victim', payload: `at${Date.now()}` });
    sent++;
    await new Promise((resolve) => { setTimeout(resolve, 50); });
  }
  hostile.forEach((one) => one.destroy());
  const end = Date.now() + GRACE_MS;
  while (late.length < sent && Date.now() < end) {
    await new Promise((resolve) => { setTimeout(resolve, 50); });
  }
  const text = await server.metrics();
  const p99 = late.sort((a, b) => a - b)[Math.floor(late.length * 0.99)];
  console.log(`# ${sockets} sockets of one address, messages of ${bytes} bytes, ${SECONDS} s: `
    + `${late.length} of ${sent} arrived, median ${late[late.length >> 1]} ms, p99 ${p99} ms; `
    + `it read ${Math.round(victim.bytes / SECONDS / 1000)} KB/s`);
  const stayed = !victim.ended && !/cut_total\{reason="(slow|memory)"\} [1-9]/.test(text);
  victim.destroy();
  friend.destroy();
  await server.stop();
  assert.ok(stayed, 'the victim is still connected');
  assert.equal(late.length, sent);
}

for (const row of [{ bytes: 60_000, sockets: 1 }, { bytes: 60_000, sockets: 20 },
  { bytes: 2000, sockets: 20 }, { bytes: 10, sockets: 20 },
  { bytes: 60_000, sockets: 20, mute: true }]) {
  test(`a flood of ${row.bytes} bytes a message by ${row.sockets} sockets delays nobody else`
    + (row.mute ? ' at a client without PONG' : ''),
    () => story(row));
}
