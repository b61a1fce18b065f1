// A core that traps is a state: the chat ends once and visibly, everybody who waits for an answer
// gets one, and no function of the core is called again. web/driver.js and web/trap.js in plain node.
import assert from 'node:assert/strict';
import test from 'node:test';

import { Driver } from '../../web/driver.js';
import { CoreError, CoreTrap, guarded } from '../../web/trap.js';

/* (module (func (export "f") unreachable)) */
const UNREACHABLE = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1,
  102, 0, 0, 10, 5, 1, 3, 0, 0, 11);
const { f: trap } = new WebAssembly.Instance(new WebAssembly.Module(UNREACHABLE)).exports;

const EXPORTS = ['tick', 'poll', 'deadline', 'send', 'reason', 'id'];

/** A core by its exports, of which one traps at its n-th call (0: none does); outputs: how many wait. */
function core(bad, n, outputs = 0) {
  const count = Object.fromEntries(EXPORTS.map((name) => [name, 0]));
  const after = { calls: 0, wiped: 0 };
  let trapped = false;
  let left = outputs;
  const results = {
    tick: () => {}, poll: () => (left > 0 ? left-- : null), deadline: () => Infinity, send: () => 7,
    reason: () => 'why', id: () => 'me',
  };
  const exports = Object.fromEntries(EXPORTS.map((name) => [name, () => {
    after.calls += trapped ? 1 : 0;
    count[name]++;
    if (name === bad && count[name] === n) {
      trapped = true;
      trap();
    }
    return results[name]();
  }]));
  return { core: { ...exports, wipe: () => after.wiped++ }, after };
}

function driven(bad, n, { wrap = (x) => x, outputs = 0, act = () => {} } = {}) {
  const made = core(bad, n, outputs);
  const seen = { trapped: [] };
  const driver = new Driver(wrap(made.core), {
    act: (out) => act(driver, out), drained: () => {}, trapped: (error) => seen.trapped.push(error),
  });
  return { driver, seen, after: made.after };
}

const settled = (promise) => promise.then((value) => value, (error) => error.code);

test('a trap in any function ends the chat once, and is called no more', async () => {
  // With and without the guard of web/core.js in between: the driver alone is enough.
  for (const wrap of [(x) => x, (x) => ({ ...guarded(x), wipe: x.wipe })]) {
    for (const bad of EXPORTS) {
      const act = (driver) => driver.core.reason();
      const { driver, seen, after } = driven(bad, 1, { wrap, outputs: 2, act });
      driver.input((c) => c.tick());
      await settled(driver.call((c) => c.send()));
      driver.ask((c) => c.id(), '');
      for (let i = 0; i < 3; i++) {
        driver.input((c) => c.tick());
        assert.equal(await settled(driver.call((c) => c.send())), 'state', bad);
        assert.equal(driver.ask((c) => c.id(), 'none'), 'none', bad);
      }
      driver.end();
      assert.deepEqual([seen.trapped.length, after.calls, after.wiped], [1, 0, 1], bad);
    }
  }
});

test('who waits for an answer of a core that traps gets one', async () => {
  const { driver } = driven('poll', 1);
  const answers = [];
  driver.input(() => {
    answers.push(driver.call((c) => c.send()), driver.call((c) => c.send())); // they wait their turn
  });
  assert.deepEqual(await Promise.all(answers.map(settled)), ['trap', 'trap']);
  const { driver: other } = driven('send', 1);
  assert.equal(await settled(other.call((c) => c.send())), 'trap');
});

test('who waits when the chat ends gets an answer too', async () => {
  const { driver, seen } = driven('', 0);
  let answer;
  driver.input(() => {
    answer = driver.call((c) => c.send());
    driver.end();
  });
  assert.equal(await settled(answer), 'state');
  assert.equal(seen.trapped.length, 0);
});

test('a refusal is no trap: the core is asked on', async () => {
  const { driver, seen } = driven('', 0);
  const refuse = () => {
    throw new CoreError('too-big');
  };
  driver.input(refuse);
  assert.equal(await settled(driver.call(refuse)), 'too-big');
  assert.equal(await settled(driver.call((c) => c.send())), 7);
  assert.equal(seen.trapped.length, 0);
});

test('what fails outside of the core does not stop the other outputs', async () => {
  const acted = [];
  const act = (_driver, out) => {
    acted.push(out);
    throw new TypeError('a browser that lacks something');
  };
  const { driver, seen } = driven('', 0, { outputs: 3, act });
  driver.input((c) => c.tick());
  assert.deepEqual([acted.length, seen.trapped.length], [3, 0]);
});

test('the guard calls nothing more after a trap, a full stack or an access outside of the memory', () => {
  for (const fail of [trap, () => { throw new RangeError('Maximum call stack size exceeded'); }]) {
    let calls = 0;
    const calling = guarded({ memory: 1, bad: fail, good: () => ++calls });
    assert.equal(calling.good(), 1);
    assert.equal(calling.memory, 1);
    assert.throws(calling.bad, CoreTrap);
    assert.throws(calling.good, CoreTrap);
    assert.equal(calls, 1);
  }
});
