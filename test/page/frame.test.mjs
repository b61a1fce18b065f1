// What is seen is drawn once for each frame, and also where there are no frames.
import assert from 'node:assert/strict';
import test from 'node:test';

import { Frame } from '../../web/frame.js';

/** The two clocks of a browser, by hand. */
function clocks(t) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const asked = new Map();
  let id = 0;
  globalThis.requestAnimationFrame = (then) => asked.set(++id, then) && id;
  globalThis.cancelAnimationFrame = (which) => asked.delete(which);
  return {
    frame() {
      const due = [...asked.values()];
      asked.clear();
      due.forEach((then) => then());
    },
    wait: (ms) => t.mock.timers.tick(ms),
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
