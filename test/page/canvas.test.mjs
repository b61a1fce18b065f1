// Which canvases can be read: those that give back what was drawn, if not to the last bit.
import assert from 'node:assert/strict';
import test from 'node:test';

import { givesBack, isPattern } from '../../web/canvas.js';

/** A canvas whose pixels the browser changes before it gives them back. */
function canvas(change) {
  const drawn = new Uint8ClampedArray(16 * 16 * 4);
  return {
    drawn,
    getContext: () => ({
      fillStyle: '',
      fillRect(x, y) {
        const value = this.fillStyle === '#fff' ? 255 : 0;
        drawn.set([value, value, value, 255], 4 * (y * 16 + x));
      },
      getImageData: () => ({ data: drawn.map((value, i) => change(value, i)) }),
    }),
  };
}

test('a canvas that gives back what was drawn, but for the lowest bits', () => {
  assert.equal(givesBack(canvas((value) => value)), true);
  for (const bit of [1, 2, 7]) {
    assert.equal(givesBack(canvas((value, i) => value ^ (i % 3 ? bit : 0))), true);
  }
});

test('the pattern has about as much black as white, and no short period', () => {
  const seen = canvas((value) => value);
  givesBack(seen);
  const bits = Array.from({ length: 256 }, (_, i) => seen.drawn[4 * i] === 0);
  const black = bits.filter(Boolean).length;
  assert.ok(black > 96 && black < 160, String(black));
  for (let period = 1; period <= 32; period++) {
    assert.ok(bits.some((bit, i) => i >= period && bit !== bits[i - period]), String(period));
  }
});

test('noise, one color, stripes and no canvas at all are not what was drawn', () => {
  let seed = 1;
  const random = () => { seed = (seed * 1103515245 + 12345) % 2147483648; return seed >> 16 & 255; };
  assert.equal(givesBack(canvas(random)), false);
  assert.equal(givesBack(canvas((value, i) => (random() < 26 && i % 4 < 3 ? 255 - value : value))), false);
  for (const value of [0, 127, 255]) {
    assert.equal(givesBack(canvas(() => value)), false);
  }
  assert.equal(givesBack(canvas((_, i) => (i >> 2) % 2 * 255)), false);
  assert.equal(isPattern([]), false);
  assert.equal(givesBack({ getContext: () => null }), false);
});
