// CPU time of ghostchatd for a STUN Binding request, beside coturn, in alternating runs. Servers run on
// core 0 and the sender (bench/stun.c) on core 1. A window of 64 lets a server take many requests at one
// waking. A window of 1 wakes it for each: then more than eight tenths of the time are the kernel's, which
// both servers pay. That load has no goal; it is printed because it is what a quiet server sees.
//   ROUNDS=5 ONLY=stun B=build node bench/compare.mjs
import { execFile, execFileSync, spawn, spawnSync } from 'node:child_process';
import dgram from 'node:dgram';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

import { build, root, startServer } from '../test/harness/server.mjs';
import { busySince, cpuSeconds } from './machine.mjs';
import { spread } from './spread.mjs';

const run = promisify(execFile);
/* So many requests cost either server at least a second of CPU: its time is known in steps of 10 ms. */
const LOADS = [
  { window: 64, requests: 300000, goal: 'goal >= 1.5' },
  { window: 1, requests: 60000, goal: 'no goal: most of it is the kernel, for both' },
];
const WARM_UP = 5000;

async function freeUdpPort() {
  const socket = dgram.createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return port;
}

const pin = (pid) => execFileSync('taskset', ['-acp', '0', String(pid)], { stdio: 'ignore' });

async function ghostchatd() {
  const port = await freeUdpPort();
  // One address asks more than --stun-rate lets it by default: raised, and said in the figures.
  const server = await startServer({ args: ['--stun-port', String(port), '--stun-rate', '1000000'] });
  pin(server.child.pid);
  return { port, pid: server.child.pid, stop: () => server.stop() };
}

/** Resolves when a UDP socket of 127.0.0.1 has this port. */
async function bound(port, child) {
  const name = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')} `;
  while (!readFileSync('/proc/net/udp', 'latin1').includes(name)) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`turnserver ended with ${child.signalCode ?? child.exitCode}`);
    }
    await sleep(20);
  }
}

/* STUN over UDP alone, one thread, no log, and the shortest answer that coturn knows to give: each of
 * these makes it cheaper. */
const COTURN = ['-n', '--stun-only', '--no-tcp', '--no-tls', '--no-dtls', '--no-cli', '-m', '0',
  '--no-software-attribute', '--no-rfc5780', '--no-stun-backward-compatibility',
  '--response-origin-only-with-rfc5780', '--log-file', '/dev/null', '--simple-log', '--no-stdout-log'];

async function coturn() {
  const port = await freeUdpPort();
  const pidfile = path.join(tmpdir(), `bench-stun-${process.pid}.pid`);
  const child = spawn('turnserver', [...COTURN, '-L', '127.0.0.1', '-p', String(port),
    '--pidfile', pidfile], { stdio: 'ignore' });
  await bound(port, child);
  pin(child.pid);
  return {
    port,
    pid: child.pid,
    stop: async () => {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
      rmSync(pidfile, { force: true });
    },
  };
}

async function ask(server, requests, window) {
  const { stdout } = await run('taskset', ['-c', '1', `${root}${build}/bench/stun`,
    ...[server.port, requests, window].map(String)]);
  return JSON.parse(stdout);
}

/** One run against a new server: CPU microseconds per answered request, and the bytes of an answer. */
async function measure(start, { requests, window }) {
  const server = await start();
  try {
    await ask(server, WARM_UP, window);
    const before = cpuSeconds(server.pid);
    const { answered, answer_bytes: bytes } = await ask(server, requests, window);
    const seconds = cpuSeconds(server.pid) - before;
    if (answered < 0.99 * requests) {
      throw new Error(`only ${answered} of ${requests} requests were answered`);
    }
    return { us: (seconds * 1e6) / answered, bytes, seconds };
  } finally {
    await server.stop();
  }
}

async function compare(load, rounds, others) {
  const ours = [];
  const theirs = [];
  const busy = busySince();
  for (let i = 0; i < rounds; i++) {
    ours.push(await measure(ghostchatd, load));
    if (others) {
      theirs.push(await measure(coturn, load));
    }
  }
  const us = (runs) => `${spread(runs.map((r) => r.us))} us, answers of ${runs[0].bytes} bytes`;
  console.log(`STUN, ${load.requests} Binding requests of one socket, ${load.window} at once, `
    + `${rounds} rounds (rate limit raised; ${busy()}):`);
  console.log(`  CPU per request: ghostchatd ${us(ours)}`);
  if (others) {
    console.log(`  CPU per request: coturn ${us(theirs)}`);
    console.log(`  coturn / ghostchatd: ${spread(ours.map((r, i) => theirs[i].us / r.us))}   ${load.goal}`);
  }
}

/** Prints what a STUN request costs, in so many rounds; without coturn that of ghostchatd alone. */
export async function stun(rounds) {
  const version = spawnSync('turnserver', ['--version'], { encoding: 'utf8' });
  console.log(version.error
    ? 'STUN: no turnserver here, so nothing to compare with: install the package coturn'
    : `STUN: beside coturn ${version.stdout.trim()}`);
  for (const load of LOADS) {
    await compare(load, rounds, !version.error);
  }
}
