// What processes cost, read from /proc, and how busy the machine was with other work meanwhile.
import { readdirSync, readFileSync } from 'node:fs';

const TICKS_PER_S = 100; // USER_HZ of every Linux that Debian ships

/** pid -> { parent, ticks }: CPU of each process and of those of its children that have ended. */
function processes() {
  const all = new Map();
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').replace(/^.*\) /s, '').split(' ');
      const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
      all.set(Number(pid), { parent: Number(fields[1]), ticks });
    } catch {
      // It ended while we looked.
    }
  }
  return all;
}

/** CPU seconds of this process and of all below it. */
function ownSeconds() {
  const all = processes();
  const isOurs = (pid) => {
    for (let at = pid, hops = 0; at > 1 && hops < 64; at = all.get(at)?.parent ?? 0, hops++) {
      if (at === process.pid) {
        return true;
      }
    }
    return false;
  };
  const ours = [...all].filter(([pid]) => isOurs(pid));
  return ours.reduce((sum, [, { ticks }]) => sum + ticks, 0) / TICKS_PER_S;
}

function machineSeconds() {
  const [user, nice, system, , , irq, softirq] = readFileSync('/proc/stat', 'latin1')
    .split('\n')[0].trim().split(/ +/).slice(1).map(Number);
  return (user + nice + system + irq + softirq) / TICKS_PER_S;
}

/** CPU seconds of one process, in steps of 10 ms. */
export const cpuSeconds = (pid) => processes().get(pid).ticks / TICKS_PER_S;

/** How many cores were busy since: returns a function that says it in words. */
export function busySince() {
  const from = { at: performance.now(), own: ownSeconds(), all: machineSeconds() };
  return () => {
    const seconds = (performance.now() - from.at) / 1000;
    if (seconds < 1) {
      return 'too short to say how busy the cores were';
    }
    const own = (ownSeconds() - from.own) / seconds;
    const others = Math.max((machineSeconds() - from.all) / seconds - own, 0);
    return `cores busy: ${own.toFixed(2)} with this, ${others.toFixed(2)} with other work`;
  };
}

/** Memory of a process in MiB: its share of what it shares (PSS), or all of it (RSS). */
export function memory(pid) {
  const mib = (file, line) => (
    Number(line.exec(readFileSync(`/proc/${pid}/${file}`, 'latin1'))[1]) / 1024);
  try {
    return { kind: 'PSS', mib: mib('smaps_rollup', /^Pss:\s+(\d+)/m) };
  } catch {
    return { kind: 'RSS', mib: mib('status', /^VmRSS:\s+(\d+)/m) };
  }
}

/** The processes of a Chromium: [{ type, id, cpuTime }], id = pid, cpuTime in seconds. */
export async function chromiumProcesses(browser) {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  return processInfo;
}
