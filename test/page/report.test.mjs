// What the user learns from the core's outputs: web/report.js in plain node.
import assert from 'node:assert/strict';
import test from 'node:test';

import { Output } from '../../web/numbers.js';
import { NO_REASON, Report } from '../../web/report.js';

const WORDS = { reasonWord: (reason) => ({ 27: 'undelivered', 32: 'no-address' })[reason], reasonText: (reason) => `Text ${reason}.` };
const out = (type, rest = {}) => ({ type, peer: 3, link: 0, value: 0, value2: 0, reason: 0, number: 0, text: '', text2: '', ...rest });
const ann = (rest = {}) => out(Output.PEER, { value: 1, value2: 2, number: 40, text: 'gann', text2: 'Ann', ...rest });

test('a state has words', () => {
  const made = new Report(WORDS, false);
  assert.deepEqual(made.eventOf(out(Output.STATE, { value: 3, value2: 2 })),
    { type: 'state', detail: { state: 'connected', signaling: 'on', reason: NO_REASON } });
  assert.deepEqual(made.eventOf(out(Output.STATE, { value: 4, reason: 32 })).detail,
    { state: 'failed', signaling: 'off', reason: { word: 'no-address', text: 'Text 32.' } });
});

test('where a relay is the only way, no address means no relay', () => {
  const { reason } = new Report(WORDS, true).eventOf(out(Output.STATE, { reason: 32 })).detail;
  assert.equal(reason.word, 'no-relay');
  assert.notEqual(reason.text, 'Text 32.');
  assert.equal(new Report(WORDS, true).eventOf(out(Output.STATE, { reason: 27 })).detail.reason.word, 'undelivered');
});

test('a peer has each of its fields, and each of its marks', () => {
  const known = { index: 3, id: 'gann', name: 'Ann', state: 'open', path: 'srflx', rttMs: 40, direct: false,
    verified: false, stock: false, reason: NO_REASON };
  for (const [bits, mark] of [[0, {}], [0x100, { direct: true }], [0x200, { verified: true }], [0x400, { stock: true }],
    [0xff - 2, { path: 'unknown' }]]) {
    const made = new Report(WORDS, false);
    assert.deepEqual(made.eventOf(ann({ value2: 2 + bits })), { type: 'peer', detail: { ...known, ...mark } });
    assert.deepEqual(made.peers, [{ ...known, ...mark }]);
  }
});

test('messages name the peer as it is known by then', () => {
  const made = new Report(WORDS, false);
  made.eventOf(ann());
  const { detail: peer } = made.eventOf(ann({ text2: 'Anna' }));
  for (const [given, type, detail] of [
    [out(Output.MESSAGE, { number: 7, text: 'hello' }), 'message', { from: peer, id: 7, text: 'hello' }],
    [out(Output.GAP, { number: 8, value: 2 }), 'gap', { from: peer, first: 8, count: 2, reason: NO_REASON }],
    [out(Output.DELIVERED, { number: 9 }), 'delivered', { to: peer, id: 9 }],
    [out(Output.DELIVERED, { number: 9, value: 1 }), 'sent', { to: peer, id: 9 }],
    [out(Output.UNDELIVERED, { number: 9, reason: 27 }), 'undelivered',
      { to: peer, id: 9, reason: { word: 'undelivered', text: 'Text 27.' } }],
    [out(Output.SENDABLE), 'sendable', null],
  ]) {
    assert.deepEqual(made.eventOf(given), { type, detail });
  }
});

test('a peer that has left is not listed, but what became of its messages is still told', () => {
  const made = new Report(WORDS, false);
  made.eventOf(ann({ value: 4 }));
  assert.deepEqual(made.peers, []);
  assert.equal(made.eventOf(out(Output.DELIVERED, { number: 1 })).detail.to.name, 'Ann');
});

test('what is not for the user, or about nobody known, is no event', () => {
  const made = new Report(WORDS, false);
  made.eventOf(ann());
  assert.equal(made.eventOf(out(Output.MESSAGE, { peer: 4, text: 'hello' })), null);
  for (const type of [0, ...Object.values(Output).filter((number) => number <= Output.LINK_CLOSE), 99]) {
    assert.equal(made.eventOf(out(type)), null);
  }
});
