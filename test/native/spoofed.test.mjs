// Strangers who can send from any address, also from that of the other side, and have no key: they end
// no link and hold up none that is made. GC_SPOOFS: datagrams a run, instead of 100,000.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

import { REASON } from '../harness/scenario.mjs';
import { build, root, running, Server } from '../harness/server.mjs';
import { Terminal, terminals } from '../harness/terminal.mjs';

const skip = process.env.GC_NETNS ? false : REASON;
const OWN = '10.77.0.1'; // of test/netns: the address of the default route
const STRANGER = '10.77.0.2';
const COUNT = Number(process.env.GC_SPOOFS ?? 100000);
const PER_SECOND = 25000;
after(() => Promise.all([...running, ...terminals].map((one) => one.kill())));

let seed = 0;

/** Resolves with how many datagrams were sent. @param {string} from @param {number} fromPort @param {number} to */
async function spoof(from, fromPort, to, count) {
  const args = [from, fromPort, OWN, to, count, PER_SECOND, seed++].map(String);
  const { stdout } = await promisify(execFile)(`${root}${build}/test/native/spoof`, args);
  return Number(stdout);
}

/** The ports of UDP that are bound at OWN in this namespace. */
const ports = () => [...readFileSync('/proc/net/udp', 'latin1').matchAll(/^ *\d+: 01004D0A:([0-9A-F]{4})/gm)]
  .map((match) => parseInt(match[1], 16));

/** Floods each port as soon as it is bound, until `done`. Resolves with how many datagrams there were. */
async function floodNewPorts(done) {
  const floods = new Map();
  let ended = false;
  void done.finally(() => { ended = true; });
  while (!ended) {
    for (const port of ports()) {
      floods.set(port, floods.get(port) ?? spoof(STRANGER, 0, port, COUNT / 4));
    }
    await delay(2);
  }
  await done;
  return (await Promise.all(floods.values())).reduce((sum, count) => sum + count, 0);
}

test('strangers end no link, nor one that is being made', { skip, timeout: 120000 }, async () => {
  const server = await new Server().start();
  const two = ['Ada', 'Ben'].map((name) => new Terminal(name, ['join', 'spoofed', '--json', '--server', server.url]));
  const [ada, ben] = two;
  const early = await floodNewPorts(Promise.all(two.map((one) => one.connected())));
  assert.ok(early >= COUNT / 4, `${early} datagrams while they connected`);

  const bound = ports();
  assert.equal(bound.length, 2, `one socket each: ${bound}`);
  const from = two.map((one) => one.lines.length);
  const half = COUNT / 2;
  let flooding = true;
  const flood = Promise.all([spoof(OWN, bound[0], bound[1], half), spoof(OWN, bound[1], bound[0], half),
    spoof(STRANGER, 0, bound[0], half), spoof(STRANGER, 0, bound[1], half)]).finally(() => { flooding = false; });
  let said = 0;
  while (flooding) {
    await ada.say(`from Ada ${said}`);
    await ben.say(`from Ben ${said}`);
    await Promise.all([ben.heard(`from Ada ${said}`), ada.heard(`from Ben ${said}`)]);
    said += 1;
    await delay(50);
  }
  assert.deepEqual(await flood, [half, half, half, half]);
  two.forEach((one, i) => assert.deepEqual(one.lines.slice(from[i]).filter((line) => line.event === 'peer'), [],
    `${one.name} was told of nothing`));
  assert.ok(said >= 3, `${said} messages while it went on`);
  assert.deepEqual(await Promise.all(two.map((one) => one.leave())), [0, 0]);
  await server.stop();
});
