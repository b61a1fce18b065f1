// What one hostile member of a room does to the pages of two others, in Chromium: the longest task of
// their main threads in thread time, while it sends at full speed from a browser on another core, and
// whether what the two say to each other arrives. Not a test: `make bench-hostile`.
//   ONLY=profile,texts,... SECONDS=5
import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { chromiumBrowser } from '../test/harness/browsers.mjs';
import { Person } from '../test/harness/person.mjs';
import { startServer } from '../test/harness/server.mjs';
import { eve } from './eve.mjs';
import { busySince, chromiumProcesses } from './machine.mjs';
import { stopwatch } from './stopwatch.mjs';

const PATIENCE_MS = 60000;
const SAY_MS = 250;
const GOAL_MS = 100;
const FLAGS = ['--disable-background-timer-throttling', '--disable-renderer-backgrounding',
  '--disable-backgrounding-occluded-windows'];
/* What Eve sends; + : more than her budget and the window allow. */
const MIXES = ['start', 'profile', 'base', 'ack', 'ping', 'unknown', 'words', 'lines', 'marks', 'emoji', 'arabic',
  'links', 'names', 'texts', 'all', 'texts+', 'all+'];
const seconds = Number(process.env.SECONDS ?? 5);
const only = (process.env.ONLY ?? MIXES.join()).split(',');
const trace = process.env.TRACE === '1';
const patience = () => PATIENCE_MS;
const rest = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

const server = await startServer();
const quiet = chromiumBrowser({ flags: FLAGS, shell: false });
const loud = chromiumBrowser({ flags: FLAGS, shell: false });

async function person(browser, name, init) {
  const one = new Person(name, await browser.page({ init }), { patience, server });
  await one.joinRoom('hostile');
  return one;
}

/** Puts all processes of a browser on one core, and what they start from now on. */
async function pin(browser, core) {
  if (cpus().length > core) {
    for (const { id } of await chromiumProcesses(await browser.starting)) {
      spawnSync('taskset', ['-a', '-p', '-c', String(core), String(id)]);
    }
  }
}

/** Runs story() and returns the longest task of any page's main thread meanwhile, in ms of thread time. */
async function longestTask(story) {
  const session = await (await quiet.starting).newBrowserCDPSession();
  const threads = new Map();
  const tasks = [];
  session.on('Tracing.dataCollected', ({ value }) => value.forEach((event) => {
    if (event.name === 'thread_name') {
      threads.set(`${event.pid}/${event.tid}`, event.args.name);
    } else if (event.tdur !== undefined) {
      tasks.push(event);
    }
  }));
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents', traceConfig: { includedCategories: ['toplevel', 'disabled-by-default-devtools.timeline', 'devtools.timeline', ...(trace ? ['v8', 'blink'] : [])] },
  });
  await story();
  const done = new Promise((resolve) => { session.once('Tracing.tracingComplete', resolve); });
  await session.send('Tracing.end');
  await done;
  await session.detach();
  const own = tasks.filter(({ pid, tid }) => threads.get(`${pid}/${tid}`) === 'CrRendererMain')
    .sort((a, b) => b.tdur - a.tdur);
  const longest = own.find(({ name }) => /RunTask$/.test(name));
  if (trace && longest) {
    const isInside = ({ pid, tid, ts }) => pid === longest.pid && tid === longest.tid && ts >= longest.ts
      && ts < longest.ts + longest.dur;
    for (const { name, ts, tdur, args } of own.filter((event) => isInside(event) && event.tdur > 6000 && !/callFunction|AsyncTask|ThreadController|LocalFrameView|Document::|UpdateTime/.test(event.name))
      .sort((a, b) => a.ts - b.ts)) {
      console.log(`  ${((ts - longest.ts) / 1000).toFixed(1).padStart(7)} ${(tdur / 1000).toFixed(1).padStart(7)} ms  ${name}  `
        + `${JSON.stringify(args?.data ?? args?.beginData ?? {}).slice(0, 120)}`);
    }
  }
  return (longest?.tdur ?? 0) / 1000;
}

/** The two talk until `end` is true; returns who is to read what. */
async function talk(people, mix, end) {
  const said = [];
  while (!end()) {
    for (const [i, from] of people.entries()) {
      const text = `${from.name} says ${mix} ${said.length}`;
      said.push([people[1 - i], text]);
      await from.evaluate((words) => globalThis.watch.send(words), text);
    }
    await rest(SAY_MS);
  }
  return said;
}

/** Returns how many of these messages were not shown once. */
async function countWrong(people, said) {
  await Promise.all(said.map(([to, text]) => to.heard(text)));
  const seen = await Promise.all(people.map((one) => one.evaluate(() => globalThis.watch.shown)));
  return said.filter(([to, text]) => seen[people.indexOf(to)][text].length !== 1).length;
}

try {
  const init = `(${stopwatch})();`;
  const people = [await person(quiet, 'Ann', init), await person(quiet, 'Ben', init)];
  await Promise.all(people.map((one) => one.connected(1)));
  await pin(quiet, 0);
  for (const mix of only) {
    const busy = busySince();
    const hostile = await person(loud, 'Eve', `(${eve})();`);
    await hostile.connected(2);
    await pin(loud, 1);
    let over = false;
    let sent;
    let said;
    const longest = await longestTask(async () => {
      const talking = talk(people, mix, () => over);
      sent = await hostile.evaluate(([what, s]) => globalThis.flood(what, s), [mix, seconds]);
      over = true;
      said = await talking;
    });
    const wrong = await countWrong(people, said);
    await hostile.page.close();
    console.log(`${mix.padEnd(8)} longest task ${longest.toFixed(0).padStart(4)} ms   goal <= ${GOAL_MS}   `
      + `${sent.frames} frames, ${(sent.bytes / 1024).toFixed(0)} KiB on ${sent.links} links; `
      + `${said.length - wrong} of ${said.length} messages of the others shown once  (${busy()})`);
    await Promise.all(people.map((one) => one.connected(1)));
  }
  people.forEach((one) => one.page.complaints.list.forEach((line) => console.log(`${one.name}: ${line}`)));
} finally {
  await Promise.all([quiet.close(), loud.close()]);
  await server.kill();
}
