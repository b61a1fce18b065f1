// What is seen is drawn once for each frame, and also where there are no frames.
import assert from 'node:assert/strict';
import test from 'node:test';

import { Frame } from '../../web/frame.js';

/** The two clocks of a browser, by hand. */
function clocks(t) {
  const { setTimeout: real, clearTimeout: realClear } = globalThis;
  t.after(() => Object.assign(globalThis, { setTimeout: real, clearTimeout: realClear }));
  const timers = new Map();
  const asked = new Map();
  let now = 0;
  let id = 0;
  globalThis.setTimeout = (then, ms) => timers.set(++id, { then, at: now + ms }) && id;
  globalThis.clearTimeout = (which) => timers.delete(which);
  globalThis.requestAnimationFrame = (then) => asked.set(++id, then) && id;
  globalThis.cancelAnimationFrame = (which) => asked.delete(which);
  return {
    frame() {
      const due = [...asked.values()];
      asked.clear();
      due.forEach((then) => then());
    },
    wait(ms) {
      now += ms;
      for (const [which, { then, at }] of [...timers]) {
        if (at <= now && timers.delete(which)) {
          then();
        }
      }
    },
  };
}

test('however often it is asked for, one frame draws once', (t) => {
  const clock = clocks(t);
  let drawn = 0;
  const frame = new Frame(() => drawn++);
  for (let i = 0; i < 10000; i++) {
    frame.request();
  }
  assert.equal(drawn, 0);
  clock.frame();
  assert.equal(drawn, 1);
  clock.frame();
  clock.wait(10000);
  assert.equal(drawn, 1);
});

test('a page that gets no frames draws a little later', (t) => {
  const clock = clocks(t);
  let drawn = 0;
  const frame = new Frame(() => drawn++);
  frame.request();
  clock.wait(249);
  assert.equal(drawn, 0);
  clock.wait(1);
  assert.equal(drawn, 1);
  clock.frame();
  assert.equal(drawn, 1);
});

test('what the user did is drawn at once, and a drawing may ask for the next', (t) => {
  const clock = clocks(t);
  let drawn = 0;
  const frame = new Frame(() => {
    if (++drawn < 3) {
      frame.request();
    }
  });
  frame.request();
  frame.now();
  assert.equal(drawn, 1);
  clock.frame();
  clock.frame();
  clock.frame();
  clock.wait(1000);
  assert.equal(drawn, 3);
});
