// How much of the log each person may fill: nobody pushes out what another has said.
import assert from 'node:assert/strict';
import test from 'node:test';

import { Shares } from '../../web/shares.js';

const shares = () => new Shares({ entries: 10, chars: 1000 }, { entries: 20, chars: 2000 });
const said = (who, n, chars = 1) => ({ who, n, chars });

test('who says more than their share drops the oldest of their own', () => {
  const log = shares();
  for (let n = 0; n < 10; n++) {
    assert.deepEqual(log.add('ben', said('ben', n), n), []);
  }
  for (let n = 0; n < 5000; n++) {
    const dropped = log.add('eve', said('eve', n), n);
    assert.deepEqual(dropped.map((entry) => entry.n), n < 10 ? [] : [n - 10]);
    assert.ok(dropped.every((entry) => entry.who === 'eve'));
  }
  assert.deepEqual(log.add('ben', said('ben', 10), 0), [said('ben', 0)]);
});

test('long texts count by their length, and one that is too long stays alone', () => {
  const log = shares();
  log.add('eve', said('eve', 0, 600), 0);
  assert.deepEqual(log.add('eve', said('eve', 1, 600), 0).map((entry) => entry.n), [0]);
  assert.deepEqual(log.add('eve', said('eve', 2, 5000), 0).map((entry) => entry.n), [1]);
});

test('of those who have left, who was here the shortest time is dropped first', () => {
  const log = shares();
  for (let n = 0; n < 10; n++) {
    log.add('ben', said('ben', n), n * 1000);
  }
  assert.deepEqual(log.leave('ben', 20000), []);
  let kept = 0;
  for (let life = 0; life < 1000; life++) {
    for (let n = 0; n < 7; n++) {
      log.add(`eve ${life}`, said('eve', n), 0);
      kept++;
    }
    const dropped = log.leave(`eve ${life}`, 500);
    assert.ok(dropped.every((entry) => entry.who === 'eve'));
    kept -= dropped.length;
  }
  assert.ok(kept <= 10, `${kept} of hers`);
  assert.deepEqual(log.leave('nobody', 0), []);
});
