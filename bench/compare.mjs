// Figures of ghostchatd against npm `peer` (STUN: coturn), as ratios inside alternating runs:
// A, B, echo, A, B, echo.
// Servers run on core 0 and the load on core 1. CPU time and memory come from /proc; wall rates on a
// shared machine are noise and are not quoted.
//   ROUNDS=5 SECONDS_EACH=5 ONLY=relay,connect,flood,stun B=build node bench/compare.mjs
import { spawn, execFile } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { freePort } from '../test/harness/port.mjs';
import { median, spread } from './spread.mjs';
import { stun } from './stun.mjs';

const run = promisify(execFile);
const build = process.env.B || 'build';
const rounds = Number(process.env.ROUNDS || 5);
const seconds = Number(process.env.SECONDS_EACH || 5);
const only = (process.env.ONLY || 'relay,connect,flood,stun').split(',');
const peerjs = path.join(path.dirname(fileURLToPath(import.meta.url)),
  '../test/node_modules/peer/dist/bin/peerjs.js');

/** Starts a server on core 0 and waits for its first line. */
async function start(command, args, port) {
  const child = spawn('taskset', ['-c', '0', command, ...args], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const line = await new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`${command} ended with ${code}`)));
    child.stdout.once('data', (data) => resolve(String(data)));
  });
  child.stdout.resume();
  return {
    port: port || Number(line),
    pid: child.pid,
    stop: () => new Promise((resolve) => {
      child.removeAllListeners('exit');
      child.once('exit', resolve);
      child.kill('SIGKILL');
    }),
  };
}

const servers = {
  async ours(options = []) {
    const port = await freePort();
    return start(`${build}/ghostchatd`, ['--port', String(port), '--host', '127.0.0.1', '--stun-port', '0',
      '--concurrent-limit', '25000', ...options], port);
  },
  async peer() {
    const port = await freePort();
    return start(process.execPath, [peerjs, '--port', String(port), '--host', '127.0.0.1',
      '--concurrent_limit', '25000', '--alive_timeout', '600000'], port);
  },
  echo: () => start(`${build}/bench/echo`, [], 0),
};

async function load(server, ...args) {
  const { stdout } = await run('taskset', ['-c', '1', `${build}/bench/load`, args[0],
    String(server.port), String(server.pid), ...args.slice(1).map(String)], { maxBuffer: 1 << 20 });
  return JSON.parse(stdout);
}

async function once(make, ...args) {
  const server = await make();
  try {
    return await load(server, ...args);
  } finally {
    await server.stop();
  }
}

async function relay() {
  const rows = { ours: [], peer: [], echo: [] };
  for (let i = 0; i < rounds; i++) {
    // --rate would throttle 1,000 clients at full speed: raised, and said here.
    const ours = await once(() => servers.ours(['--rate', '1000000']), 'relay', 1000, seconds, 1500);
    const peer = await once(servers.peer, 'relay', 1000, seconds, 1500);
    const echo = await once(servers.echo, 'echo', 1000, seconds, 1500);
    rows.ours.push(ours.cpu_us_per_message);
    rows.peer.push(peer.cpu_us_per_message);
    rows.echo.push(echo.cpu_us_per_message);
    console.log(`  round ${i + 1}: ours ${ours.cpu_us_per_message} us, peer ${peer.cpu_us_per_message} us, `
      + `echo ${echo.cpu_us_per_message} us (load's own CPU ${ours.load_cpu}, ${peer.load_cpu}, ${echo.load_cpu})`);
  }
  console.log(`relay, 1,000 connections, 1.5 KB, window 1, ${rounds} rounds of ${seconds} s (rate limit raised):`);
  console.log(`  CPU us per message: ours ${spread(rows.ours)}, peer ${spread(rows.peer)}, echo ${spread(rows.echo)}`);
  console.log(`  peer / ours: ${spread(rows.ours.map((v, i) => rows.peer[i] / v))}   goal >= 2.3`);
  console.log(`  echo / ours: ${spread(rows.ours.map((v, i) => rows.echo[i] / v))}   goal >= 0.65`);
}

async function connect() {
  const at = { 5000: { ours: [], peer: [] }, 19000: { ours: [], peer: [] } };
  const few = Math.min(rounds, 3);
  for (let i = 0; i < few; i++) {
    for (const n of [5000, 19000]) {
      at[n].ours.push(await once(servers.ours, 'connect', n));
      if (n === 5000 || i === 0) {
        at[n].peer.push(await once(servers.peer, 'connect', n));
      }
    }
  }
  for (const n of [5000, 19000]) {
    const cpu = (who) => at[n][who].map((r) => r.cpu_us_per_connect);
    const rss = (who) => at[n][who].map((r) => r.rss_per_connection);
    console.log(`connect, ${n} connections: CPU us each: ours ${spread(cpu('ours'), 1)}, peer ${spread(cpu('peer'), 1)}; `
      + `peer / ours ${(median(cpu('peer')) / median(cpu('ours'))).toFixed(1)}   goal >= 8`);
    console.log(`  RSS bytes per idle connection: ours ${spread(rss('ours'), 0)}, peer ${spread(rss('peer'), 0)}; `
      + `peer / ours ${(median(rss('peer')) / median(rss('ours'))).toFixed(1)}   goal >= 8 and <= 1200 B`);
  }
  const flat = median(at[19000].ours.map((r) => r.cpu_us_per_connect))
    / median(at[5000].ours.map((r) => r.cpu_us_per_connect));
  console.log(`  CPU per connect at 19,000 against 5,000: ${flat.toFixed(2)}   goal <= 1.2`);
  console.log(`  RSS of the empty server: ours ${(median(at[5000].ours.map((r) => r.rss_empty)) / 1048576).toFixed(1)} MiB, `
    + `peer ${(median(at[5000].peer.map((r) => r.rss_empty)) / 1048576).toFixed(1)} MiB   goal <= 8 MiB`);
}

async function flood() {
  for (const kind of ['absent', 'slow']) {
    const ours = await once(servers.ours, kind, 300);
    const peer = await once(servers.peer, kind, 300);
    const mib = (r) => `${(r.rss_growth / 1048576).toFixed(2)} MiB after ${r.sent_mib} MiB`;
    console.log(`flood of 300 MiB in 64 KiB frames, ${kind === 'absent' ? 'to an absent id' : 'to a reader that never reads'}: `
      + `RSS grows ours ${mib(ours)}, peer ${mib(peer)}   goal <= 1 MiB`);
  }
}

for (const part of only) {
  await { relay, connect, flood, stun: () => stun(rounds) }[part]();
}
