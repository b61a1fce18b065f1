// A page that rests does nothing: no link is asked for its path, and no caret blinks.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import test from 'node:test';

import { Element } from '../harness/dom.mjs';

const { restCaret } = await import('../../web/caret.js');
const { Path } = await import('../../web/path.js');

/** A clock that stands until the test moves it. */
function makeClock() {
  let now = 1000;
  let timers = [];
  const kept = { setTimeout, clearTimeout, setInterval };
  // Not writable in node 18.
  const { now: real } = performance;
  const read = (value) => Object.defineProperty(performance, 'now', { value, configurable: true });
  read(() => now);
  Object.assign(globalThis, {
    setTimeout(then, ms) {
      timers.push({ then, at: now + ms });
      return timers.at(-1);
    },
    clearTimeout(timer) {
      timers = timers.filter((one) => one !== timer);
    },
    setInterval() {
      throw new Error('a timer that ticks for ever');
    },
  });
  return {
    async pass(ms) {
      now += ms;
      const due = timers.filter((timer) => timer.at <= now);
      timers = timers.filter((timer) => timer.at > now);
      due.forEach((timer) => timer.then());
      await new Promise((resolve) => { setImmediate(resolve); });
    },
    get waits() {
      return timers.length;
    },
    end() {
      read(real);
      Object.assign(globalThis, kept);
    },
  };
}

/** A connection whose packets take rtt seconds; a relay's where asked. */
class Connection extends EventTarget {
  asked = 0;
  type = 'host';
  sctp = { transport: { iceTransport: new EventTarget() } };

  async getStats() {
    this.asked++;
    return new Map([
      ['T', { type: 'transport', selectedCandidatePairId: 'P' }],
      ['P', { type: 'candidate-pair', localCandidateId: 'L', remoteCandidateId: 'R', currentRoundTripTime: 0.02 }],
      ['L', { candidateType: this.type }], ['R', { candidateType: 'host' }],
    ]);
  }
}

async function story(tell) {
  const clock = makeClock();
  const pc = new Connection();
  const reports = [];
  const path = new Path(pc, (...report) => reports.push(report));
  try {
    await tell({ clock, pc, path, reports });
  } finally {
    clock.end();
  }
}

test('a link that rests is asked when it has opened, once more, and then no more', () => story(async ({ clock, pc, path, reports }) => {
  path.use();
  assert.equal(pc.asked, 0, 'not before it is open');
  path.open();
  await clock.pass(0);
  await clock.pass(1000);
  assert.equal(pc.asked, 2);
  await clock.pass(3_600_000);
  assert.deepEqual([pc.asked, clock.waits], [2, 0]);
  assert.deepEqual(reports, [['host', 20], ['host', 20]]);
}));

test('what is said renews what is shown of the path, and a flood does not renew it more often', () => story(async ({ clock, pc, path }) => {
  path.open();
  await clock.pass(0);
  await clock.pass(1000);
  for (let s = 0; s < 60; s++) {
    await clock.pass(1000);
    for (let i = 0; i < 1000; i++) {
      path.use();
    }
  }
  assert.equal(pc.asked, 2 + 60 / 5);
}));

test('another path is seen without a word', () => story(async ({ clock, pc, path, reports }) => {
  path.open();
  await clock.pass(1000);
  pc.type = 'relay';
  pc.sctp.transport.iceTransport.dispatchEvent(new Event('selectedcandidatepairchange'));
  await clock.pass(0);
  assert.deepEqual(reports.at(-1), ['relay', 20]);
  pc.type = 'srflx';
  pc.dispatchEvent(new Event('iceconnectionstatechange'));
  await clock.pass(0);
  assert.deepEqual(reports.at(-1), ['srflx', 20]);
}));

test('a link that has ended reports nothing, and one that never answers is asked once', () => story(async ({ clock, pc, path, reports }) => {
  pc.getStats = () => {
    pc.asked++;
    return new Promise(() => {});
  };
  path.open();
  await clock.pass(10000);
  path.use();
  assert.equal(pc.asked, 1);
  path.end();
  const other = new Path(new Connection(), (...report) => reports.push(report));
  other.open();
  other.end();
  await clock.pass(10000);
  assert.deepEqual(reports, []);
}));

test('nothing in the page ticks for ever', () => {
  const web = new URL('../../web/', import.meta.url);
  const ticks = readdirSync(web).filter((name) => /\.js$/.test(name)
    && /\bsetInterval\b/.test(readFileSync(new URL(name, web), 'utf8')));
  assert.deepEqual(ticks, []);
});

test('a caret stands still when nothing is typed, and blinks again with the next key', () => story(async ({ clock }) => {
  const field = new Element('textarea');
  restCaret(field);
  field.fire('focus');
  await clock.pass(4000);
  field.fire('keydown');
  await clock.pass(4000);
  assert.equal(field.dataset.caret, undefined);
  await clock.pass(1000);
  assert.deepEqual([field.dataset.caret, clock.waits], ['still', 0]);
  field.fire('input');
  assert.equal(field.dataset.caret, undefined);
}));
