// Figures of the page in Chromium: a warm server, a new context for each person. Not a test: a busy
// machine misses goals, so how busy it was is printed beside them. `make bench-browser`.
//   ONLY=join,absent,crash,rooms,stock,room16,load RUNS=20 ROOMS=5 TRACE=1
import { chromiumBrowser } from '../test/harness/browsers.mjs';
import { PeerServer } from '../test/harness/peerserver.mjs';
import { Person } from '../test/harness/person.mjs';
import { SERVER_GONE } from '../test/harness/scenario.mjs';
import { startServer } from '../test/harness/server.mjs';
import { join as joinRaw } from '../test/server/client.mjs';
import { busySince, chromiumProcesses, memory } from './machine.mjs';
import { stopwatch, tracer } from './stopwatch.mjs';

const runs = Number(process.env.RUNS ?? 20);
const rooms = Number(process.env.ROOMS ?? 5);
const only = (process.env.ONLY ?? 'load,join,absent,crash,rooms,stock,room16').split(',');
const trace = process.env.TRACE === '1';
const PATIENCE_MS = 30000;
const IDLE_S = 20;
const COUNT_S = 60;

/* The pages of a room are all in use, but a window shows one: the others must not be slowed down.
 * A spare renderer would be counted as somebody's page. */
const FLAGS = ['--disable-background-timer-throttling', '--disable-renderer-backgrounding',
  '--disable-backgrounding-occluded-windows', '--disable-features=SpareRendererForSitePerProcess'];

const sorted = (list) => [...list].sort((a, b) => a - b);
const quantile = (list, q) => sorted(list)[Math.max(Math.ceil(list.length * q) - 1, 0)];
const ms = (value) => `${value.toFixed(value < 10 ? 1 : 0)} ms`;
const spread = (list) => `median ${ms(quantile(list, 0.5))}, p95 ${ms(quantile(list, 0.95))}, `
  + `max ${ms(quantile(list, 1))}`;
const range = (list) => `${quantile(list, 0).toFixed(2)} to ${quantile(list, 1).toFixed(2)}, `
  + `median ${quantile(list, 0.5).toFixed(2)}`;
const print = (name, value, goal = '') => (
  console.log(`${name}: ${value}${goal && `   goal ${goal}`}`));

let server = await startServer();
const browser = chromiumBrowser({ flags: FLAGS, shell: false });
let count = 0;
const present = new Set();
const complaints = [];

/** A person in a new context, with a stopwatch in the page. */
async function person(name) {
  const init = `(${stopwatch})();${trace ? `(${tracer})();` : ''}`;
  const page = await browser.page({ init });
  const one = new Person(name, page, { patience: () => PATIENCE_MS, server });
  present.add(one);
  return one;
}

/** Takes leave of people. */
async function part(...people) {
  for (const one of people) {
    complaints.push(...one.page.complaints.list.map((line) => `${one.name}: ${line}`));
    await one.page.close();
    present.delete(one);
  }
}

const watched = (who) => who.evaluate(() => globalThis.watch);

function printSteps(from, all) {
  const rows = all.flatMap(([name, steps]) => steps.map(([at, what]) => ({ at, name, what })));
  for (const { at, name, what } of rows.sort((a, b) => a.at - b.at)) {
    console.log(`  ${(at - from).toFixed(1).padStart(8)}  ${name.padEnd(6)} ${what}`);
  }
}

/** One in a new private room, and a link to the room or, with the kind 'Me only', to her. */
async function host(kind) {
  const ann = await person('Ann');
  await ann.newPrivateRoom();
  await ann.state('waiting');
  return { ann, link: await ann.inviteLink(kind) };
}

// --- a guest's tap on Join to the first message --------------------------------------------------

/** kind: which of the two invite links the guest has */
async function firstMessage(kind) {
  const { ann, link } = await host(kind);
  const ben = await person('Ben');
  await ben.page.goto(link);
  await ben.loaded();
  await ben.control('button', kind ? 'Join' : 'Join room');
  await ben.evaluate(() => { globalThis.watch.greeting = 'hello from Ben'; });
  await ben.tapJoin(link);
  await ann.heard('hello from Ben');
  const [from, to] = [await watched(ben), await watched(ann)];
  const times = {
    all: to.shown['hello from Ben'][0] - from.tapped,
    link: from.peers[0][0] - from.tapped,
    message: to.shown['hello from Ben'][0] - from.sent['hello from Ben'],
  };
  if (trace) {
    printSteps(from.tapped, [['Ann', await ann.evaluate(() => globalThis.steps)],
      ['Ben', await ben.evaluate(() => globalThis.steps)],
      ['Ben', [[from.sent['hello from Ben'], 'says hello']]],
      ['Ann', [[to.shown['hello from Ben'][0], 'is shown it']]]]);
  }
  await part(ann, ben);
  return times;
}

async function join() {
  for (const [kind, words] of [[undefined, 'room'], ['Me only', 'direct']]) {
    await firstMessage(kind); // warms the server and the browser's own caches
    const all = [];
    for (let i = 0; i < runs; i++) {
      all.push(await firstMessage(kind));
    }
    print(`tap on Join of a ${words} link to first message in the other's log, ${runs} runs`,
      spread(all.map((t) => t.all)), 'median <= 400 ms');
    print('  of that, tap to link open at the guest', spread(all.map((t) => t.link)));
    print('  of that, message sent to shown', spread(all.map((t) => t.message)));
  }
}

// --- an absent peer ------------------------------------------------------------------------------

async function absent() {
  const client = await joinRaw(server, 'asks', { query: { gc: '1' } });
  const times = [];
  for (let i = 0; i < 100; i++) {
    const before = performance.now();
    client.send({ type: 'OFFER', dst: `nobody${i}`, payload: {} });
    const { payload } = await client.message('GC-ABSENT', i);
    times.push(performance.now() - before);
    if (payload.id !== `nobody${i}`) {
      throw new Error(`told of ${payload.id} instead of nobody${i}`);
    }
  }
  client.destroy();
  print('absent peer reported to a client that asked, 100 times',
    `median ${ms(quantile(times, 0.5))}, max ${ms(Math.max(...times))}`, '< 200 ms');
}

// --- the server dies -----------------------------------------------------------------------------

async function crash() {
  const { ann, link } = await host();
  const ben = await person('Ben');
  await ben.joinLink(link);
  await Promise.all([ann.connected(), ben.connected()]);
  for (let i = 0; i < 10; i++) {
    await ann.say(`before ${i}`);
    await ben.heard(`before ${i}`);
  }
  await server.kill();
  const killed = performance.now();
  for (let i = 0; i < 100; i++) {
    const [from, to] = i % 2 ? [ben, ann] : [ann, ben];
    await from.say(`after ${i}`);
    await to.heard(`after ${i}`);
  }
  const seconds = (performance.now() - killed) / 1000;
  const isAfter = ([text, times]) => text.startsWith('after ') && times.length === 1;
  let shown = 0;
  let delivered = 0;
  for (const one of [ann, ben]) {
    await one.mark(one === ann ? 'after 98' : 'after 99', /^delivered$/);
    shown += Object.entries((await watched(one)).shown).filter(isAfter).length;
    delivered += await one.evaluate(() => (
      [...document.querySelectorAll('.message[data-state=delivered] .message-text')]
        .filter((e) => e.textContent.startsWith('after ')).length));
  }
  print(`sent in the ${seconds.toFixed(0)} s after kill -9 of the server, both ways`,
    `${shown} of 100 shown once, ${delivered} marked delivered`, '100 of 100');
  for (const one of [ann, ben]) { // the server was killed on purpose
    const { list } = one.page.complaints;
    list.splice(0, Infinity, ...list.filter((line) => !SERVER_GONE.test(line)));
  }
  await part(ann, ben);
  await server.start();
}

// --- rooms of many -------------------------------------------------------------------------------

/** n people who all tap Join at once, after ready(). Returns them and the time. */
async function room(n, ready = () => {}) {
  const people = [];
  for (let i = 0; i < n; i++) {
    const one = await person(`P${i}`);
    people.push(one);
    await one.open();
    await one.loaded();
    await one.fill('Your name', one.name);
    await one.fill('Room name', `room ${count}`);
  }
  count++;
  await ready();
  await Promise.all(people.map((one) => one.evaluate(() => globalThis.watch.press('Join room'))));
  await Promise.all(people.map((one) => one.connected(n - 1)));
  const all = await Promise.all(people.map(watched));
  const tapped = Math.min(...all.map((w) => w.tapped));
  const done = all.map((w) => w.peers.find(([, links]) => links === n - 1)[0]);
  if (trace) {
    printSteps(tapped, await Promise.all(people.map(async (one) => (
      [one.name, await one.evaluate(() => globalThis.steps)]))));
  }
  return { people, linked_ms: Math.max(...done) - tapped };
}

/** Each says one thing; returns for each the time until it stood in the last of the other logs. */
async function everybodySpeaks(people) {
  const times = [];
  let arrived = 0;
  for (const from of people) {
    const text = `this is ${from.name}`;
    const others = people.filter((one) => one !== from);
    await from.evaluate((words) => globalThis.watch.send(words), text);
    await Promise.all(others.map((one) => one.heard(text)));
    const shown = await Promise.all(others.map(async (one) => (await watched(one)).shown[text]));
    arrived += shown.filter((list) => list.length === 1).length;
    times.push(Math.max(...shown.flat()) - (await watched(from)).sent[text]);
  }
  return { times, arrived };
}

async function roomsOf8() {
  const linked = [];
  const spoken = [];
  for (let i = 0; i < rooms; i++) {
    const { people, linked_ms } = await room(8);
    linked.push(linked_ms);
    spoken.push(...(await everybodySpeaks(people)).times);
    await part(...people);
  }
  print(`room of 8, all tap at once, until all 28 links are open, ${rooms} rooms`, spread(linked),
    'p95 <= 5 s');
  print('  a message at all 7 others', spread(spoken), '<= 500 ms');
}

/** Rooms of 5 where the only signaling server is a stock PeerServer. All come at
 * once and nobody crashes. */
async function stockRooms() {
  const linked = [];
  const peerServer = await new PeerServer().start();
  const ours = server;
  server = await startServer({ args: ['--peer-server', peerServer.url] });
  try {
    for (let i = 0; i < rooms; i++) {
      const { people, linked_ms } = await room(5);
      linked.push(linked_ms);
      await part(...people);
    }
    print(`room of 5 over a stock PeerServer, all tap at once, until all 10 links are open, ${rooms} rooms`,
      spread(linked), 'p95 <= 3 s');
  } finally {
    await server.kill();
    server = ours;
    await peerServer.kill();
  }
}

/** CPU seconds so far: of each renderer, by its pid, and of all other processes together. */
async function spent() {
  const all = await chromiumProcesses(await browser.starting);
  const isPage = (p) => p.type === 'renderer';
  return {
    pages: new Map(all.filter(isPage).map((p) => [p.id, p.cpuTime])),
    rest: all.filter((p) => !isPage(p)).reduce((sum, p) => sum + p.cpuTime, 0),
  };
}

/** Packets of DTLS so far at this page's end of each of its links: what SCTP makes is in them, ICE's
 * checks are not. */
const packets = (who) => who.evaluate(async () => Promise.all(globalThis.watch.links.map(async (pc) => {
  const pairs = [...(await pc.getStats()).values()].filter((s) => s.type === 'candidate-pair');
  return pairs.reduce((sum, { packetsSent = 0, packetsReceived = 0 }) => sum + packetsSent + packetsReceived, 0);
})));

const rest = (s) => new Promise((resolve) => { setTimeout(resolve, s * 1000); });

const between = (from, to, pids) => pids.map((pid) => to.pages.get(pid) - from.pages.get(pid));

async function roomOf16() {
  const n = 16;
  await part(await person('first')); // the browser runs
  let loaded;
  const { people, linked_ms } = await room(n, async () => { loaded = await spent(); });
  const joined = await spent();
  const { times, arrived } = await everybodySpeaks(people);
  const spoke = await spent();
  // Nothing happens: what is left are the links' pings and what the browser does for its own ends. At
  // first it still tidies up after what was said.
  await rest(IDLE_S);
  const tidied = await spent();
  await rest(IDLE_S);
  const idle = await spent();
  const counted = await packets(people[0]);
  await rest(COUNT_S);
  const after = await packets(people[0]);
  // Contexts share no renderer, but the browser may keep others: the pages' are those that worked.
  const pids = [...joined.pages.keys()].filter((pid) => loaded.pages.has(pid)).sort((a, b) => (
    between(loaded, joined, [b])[0] - between(loaded, joined, [a])[0])).slice(0, n);
  const memories = pids.map(memory);
  print('room of 16, all tap at once, until all 120 links are open', ms(linked_ms), 'all open');
  print('  messages, one from each, shown once at each of the others',
    `${arrived} of ${n * (n - 1)}`, 'all');
  print('  a message at all 15 others', spread(times));
  print('  CPU seconds per page: loading', range(pids.map((pid) => loaded.pages.get(pid))));
  print('  CPU seconds per page: 15 links', range(between(loaded, joined, pids)));
  print('  CPU seconds of browser, network and GPU processes meanwhile',
    (joined.rest - loaded.rest).toFixed(2));
  print('  CPU seconds per page: 16 messages', range(between(joined, spoke, pids)));
  print(`  CPU seconds per page: the ${IDLE_S} s after it`, range(between(spoke, tidied, pids)));
  print(`  CPU seconds per page: ${IDLE_S} s more in which nobody speaks`,
    range(between(tidied, idle, pids)), '<= 0.12');
  print(`  packets at one end of a link, in a minute in which nobody speaks (${after.length} links)`,
    range(after.map((all, i) => (all - counted[i]) * 60 / COUNT_S)), '<= 30');
  print(`  ${memories[0].kind} per page, MiB`, range(memories.map((m) => m.mib)));
  await part(...people);
}

// --- what a first chat loads ---------------------------------------------------------------------

async function load() {
  const { ann, link } = await host();
  const ben = await person('Ben');
  const finished = [];
  ben.page.page.on('requestfinished', (request) => finished.push(request));
  await ben.joinLink(link);
  await Promise.all([ann.connected(), ben.connected()]);
  await ben.say('first');
  await ann.heard('first');
  let [body, heads] = [0, 0];
  const foreign = finished.filter((request) => !request.url().startsWith(server.origin));
  for (const request of finished) {
    const sizes = await request.sizes();
    body += sizes.responseBodySize;
    heads += sizes.responseHeadersSize;
    if (trace) {
      const encoding = (await request.response()).headers()['content-encoding'] ?? 'plain';
      console.log(`  ${String(sizes.responseBodySize).padStart(8)}  ${encoding}  ${request.url()}`);
    }
  }
  print(`loaded for a first chat, ${finished.length} responses (${foreign.length} from elsewhere)`,
    `${(body / 1024).toFixed(1)} KiB as sent, and ${(heads / 1024).toFixed(1)} KiB of heads`,
    '<= 300 KiB');
  await part(ann, ben);
}

const parts = { load, join, absent, crash, rooms: roomsOf8, stock: stockRooms, room16: roomOf16 };
try {
  for (const name of only) {
    const busy = busySince();
    await parts[name]();
    console.log(`  (${name}: ${busy()})`);
  }
} finally {
  await part(...present).catch(() => {}); // the browser may be what failed
  complaints.forEach((line) => console.log(`a page complained: ${line}`));
  await browser.close();
  await server.kill();
}
process.exitCode = complaints.length ? 1 : 0;
