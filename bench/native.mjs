// Figures of the native peer, each beside what it cannot be below, measured in the same run:
//   bulk    CPU seconds for 10^9 bytes over one link on loopback, both ends added (bench/bulk.c), beside
//           AES-128-GCM and the kernel alone (bench/floor.c)
//   start   from the start of `ghostchat join` to the first message that it prints; the server runs
//   memory  private memory of an idle ghostchat in a room of 3, and of each further idle link, beside a
//           DTLS session of the same OpenSSL (bench/dtls.c); what a transfer leaves behind
// Run in test/netns: nothing leaves this machine, and there is an address of the default route.
//   ONLY=bulk,start,memory ROUNDS=5 MEGABYTES=200 RUNS=100 IDLE_S=5 B=build node bench/native.mjs
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

import { build, root, startServer } from '../test/harness/server.mjs';
import { Terminal } from '../test/harness/terminal.mjs';
import { busySince } from './machine.mjs';
import { median, spread } from './spread.mjs';

const run = promisify(execFile);
const rounds = Number(process.env.ROUNDS || 5);
const megabytes = Number(process.env.MEGABYTES || 200);
const runs = Number(process.env.RUNS || 100);
const idleMs = Number(process.env.IDLE_S || 5) * 1000;
const only = (process.env.ONLY || 'bulk,start,memory').split(',');
const LATE_MS = 100;
const FURTHER = 4;
const GIVEN_S = 30;

const lines = async (name, ...args) => (
  (await run(`${root}${build}/bench/${name}`, args.map(String))).stdout.trim().split('\n')
    .map((line) => JSON.parse(line)));
const program = async (...args) => (await lines(...args))[0];

const WAYS = {
  'link, 256 KiB messages, ordered': () => program('bulk', megabytes, 262144, 0, 3),
  'link, 16 KiB messages, unordered': () => program('bulk', megabytes, 16384, 1, 3),
  'link, without UDP_SEGMENT and UDP_GRO': () => program('bulk', megabytes, 262144, 0, 0),
  'floor, AES and sendmmsg': () => program('floor', megabytes, 0),
  'floor, AES, UDP_SEGMENT and UDP_GRO': () => program('floor', megabytes, 1),
};

/** Every way once a round, so that all of them meet the same machine. */
async function bulk() {
  const busy = busySince();
  const costs = Object.fromEntries(Object.keys(WAYS).map((way) => [way, []]));
  for (let i = 0; i < rounds; i++) {
    for (const [way, start] of Object.entries(WAYS)) {
      const { bytes, send_s: send, receive_s: receive } = await start();
      costs[way].push(((send + receive) * 1e9) / bytes);
    }
  }
  const [first] = Object.values(costs);
  console.log(`bulk, ${megabytes} MB, UDP payload 1200, ${rounds} rounds (${busy()}); `
    + 'CPU s for 10^9 bytes, both ends:');
  for (const [way, list] of Object.entries(costs)) {
    console.log(`  ${way}: ${spread(list)}   ${(median(list) / median(first)).toFixed(2)} of the first`);
  }
  console.log('  goal of the first: <= 3.4');
}

const patience = () => 20000;
const join = (server, room, name) => (
  new Terminal(name, ['join', '--json', room, '--server', server.url], { patience }));

/** Ada is in the room and greets whoever comes. Returns the ms until Ben prints that. */
async function firstMessage(server, room) {
  const ada = join(server, room, 'Ada');
  await ada.until({ event: 'joined' });
  const from = performance.now();
  const ben = join(server, room, 'Ben');
  await ada.until({ event: 'peer', state: 'open' });
  ada.command({ send: 'hello' });
  await ben.heard('hello');
  const ms = performance.now() - from;
  await Promise.all([ada.kill(), ben.kill()]);
  return ms;
}

async function start() {
  const server = await startServer();
  const busy = busySince();
  const list = [];
  for (let i = 0; i < runs; i++) {
    list.push(await firstMessage(server, `room ${i}`));
  }
  await server.stop();
  console.log(`start of join to the first message, ${runs} runs (${busy()}):`);
  console.log(`  ms: ${spread(list, 1)}; over ${LATE_MS} ms: `
    + `${list.filter((ms) => ms > LATE_MS).length}   goal: median <= 12, none waits for a timer`);
}

const privateKib = (terminal) => Number(/^RssAnon:\s+(\d+)/m
  .exec(readFileSync(`/proc/${terminal.child.pid}/status`, 'latin1'))[1]);

async function memory() {
  const server = await startServer();
  const people = [];
  const grow = async (count) => {
    while (people.length < count) {
      people.push(join(server, 'room', `Person ${people.length}`));
      await Promise.all(people.map((one) => one.connected(people.length - 1)));
    }
    await sleep(idleMs);
    return people.map(privateKib);
  };
  const three = await grow(3);
  const more = (await grow(3 + FURTHER)).slice(0, 3);
  const { kib, openssl } = await program('dtls');
  await Promise.all(people.map((one) => one.kill()));
  await server.stop();
  console.log(`private memory (RssAnon) after ${idleMs / 1000} s without a message:`);
  console.log(`  ghostchat in a room of 3: ${spread(three.map((k) => k / 1024))} MiB   goal <= 4`);
  console.log(`  each further link: ${spread(more.map((k, i) => (k - three[i]) / FURTHER), 1)} KiB   `
    + `a DTLS session of OpenSSL ${openssl}: ${kib} KiB, goal <= ${(kib + 24).toFixed(1)}`);
  await given();
}

/** What is left of the memory of a transfer once it is over. */
async function given() {
  const ends = (await lines('bulk', 100, 262144, 0, 3, GIVEN_S)).filter((line) => line.end);
  for (const { end, kib: [before, most, after] } of ends) {
    console.log(`  ${end}: 100 MB over one link, ${GIVEN_S} s idle: ${after - before} KiB more than before `
      + `(${most - before} during it)   goal <= 512`);
  }
}

const parts = { bulk, start, memory };
for (const name of only) {
  await parts[name]();
}
