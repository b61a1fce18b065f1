// The status line says in every state what is happening, and on failure why and what to try.
import assert from 'node:assert/strict';
import test from 'node:test';

import { describe } from '../../web/status.js';

const NONE = { word: 'none', text: '' };
const ABSENT = { word: 'absent', text: 'This person is away.' };
const UNREACHABLE = { word: 'server-unreachable', text: 'The server cannot be reached.' };
const FULL = { word: 'room-full', text: 'This room is full.' };
const TIMEOUT = { word: 'timeout', text: 'No direct connection could be established.' };
const peer = (name, state, reason = NONE) => ({ name, state, reason });
const line = (state, signaling, reason = NONE, peers = [], direct = false, noStun = false) => describe(
  { state, signaling, reason }, peers, (p) => p.name, direct, noStun);

test('every state has words', () => {
  for (const state of ['idle', 'joining', 'waiting', 'connected', 'failed']) {
    for (const signaling of ['off', 'connecting', 'on', 'lost']) {
      for (const reason of [NONE, UNREACHABLE, FULL]) {
        assert.match(line(state, signaling, reason, [peer('Ann', 'open')]).text, /^[A-Z].*[.…?]$/);
      }
    }
  }
});

test('it says why, and what to try', () => {
  assert.match(line('failed', 'off', FULL).text, /^This room is full\. Open another room/);
  assert.equal(line('failed', 'off', FULL).tone, 'bad');
  assert.match(line('joining', 'lost', UNREACHABLE).text, /cannot be reached\. Trying again/);
  assert.match(line('waiting', 'lost').text, /connection to the server was lost/);
  assert.match(line('waiting', 'on', NONE, [peer('Ann', 'connecting', TIMEOUT)]).text,
    /^Ann: No direct connection.*keeps trying/);
  assert.equal(line('waiting', 'on', NONE, [peer('Guest abcd', 'away', ABSENT)], true).text,
    'Guest abcd: This person is away.');
});

test('a server that is there is not connected to any more', () => {
  assert.equal(line('joining', 'connecting').text, 'Connecting to the server…');
  assert.equal(line('joining', 'on').text, 'Looking for the others…');
  assert.equal(line('joining', 'on', NONE, [], true).text, 'Looking for the other person…');
});

test('it tells who is there and who is not yet', () => {
  assert.equal(line('connected', 'on', NONE, [peer('Ann', 'open')]).text, 'Connected to 1 person.');
  assert.match(line('connected', 'on', NONE,
    [peer('Ann', 'open'), peer('Ben', 'open'), peer('Cyd', 'connecting')]).text,
  /^Connected to 2 people\. Connecting to Cyd…$/);
  assert.match(line('connected', 'lost', NONE, [peer('Ann', 'open')]).text, /server is away.*chats go on/);
  assert.equal(line('waiting', 'on', NONE, [], true).text, 'Waiting for the other person.');
});

test('who has left is not waited for', () => {
  const LEFT = { word: 'left', text: 'Left.' };
  assert.equal(line('failed', 'off', LEFT, [], true).text, 'The other person has left.');
  assert.equal(line('waiting', 'on', LEFT, [], true).text, 'The other person has left.');
  assert.match(line('waiting', 'on', LEFT, [peer('Cyd', 'connecting')], true).text, /^Connecting to Cyd/);
});

test('whoever ended a direct chat, and for whatever reason, is not waited for', () => {
  for (const word of ['left', 'peers-full', 'protocol', 'refused']) {
    for (const state of ['waiting', 'failed']) {
      const { text } = line(state, 'on', { word, text: `Why: ${word}.` }, [], true);
      assert.match(text, word === 'left' ? /^The other person has left\.$/ : new RegExp(`^Why: ${word}\\.`));
      assert.doesNotMatch(text, /Waiting|Why.*Why/);
    }
  }
});

test('a page that can take no more people says so', () => {
  const CROWDED = { word: 'peers-full', text: 'Too many people are connected.' };
  assert.match(line('connected', 'on', CROWDED, [peer('Ann', 'open')]).text,
    /^Connected to 1 person\. Too many people are connected\./);
  assert.match(line('waiting', 'on', CROWDED, []).text, /^Too many people are connected\./);
});

test('without STUN it says who cannot be reached, until somebody was', () => {
  const unreached = /People on other networks cannot be reached/;
  const waiting = (peers, is) => line('waiting', 'on', NONE, peers, false, is).text;
  assert.match(waiting([], true), unreached);
  assert.doesNotMatch(waiting([], false), unreached);
  assert.match(waiting([peer('Ann', 'connecting', TIMEOUT)], true), /^Ann: .*established.*networks cannot/);
  assert.doesNotMatch(line('connected', 'on', NONE, [peer('Ann', 'open')], false, true).text, unreached);
  assert.doesNotMatch(line('joining', 'lost', UNREACHABLE, [], false, true).text, unreached);
});

test('only a server that is not there is a question of the network', () => {
  const full = { word: 'server-full', text: 'The server has no room for another person.' };
  assert.match(line('joining', 'connecting', UNREACHABLE).text, /Is this device online\?$/);
  assert.match(line('joining', 'connecting', full).text, /another person\. Trying again\.$/);
  // Let in by a stock server, but not under the second id that a room needs there.
  assert.match(line('joining', 'on', full).text, /another person\. Trying again\.$/);
});

test('who does not answer is away, and a browser that hides is no firewall', () => {
  const OWN = { word: 'no-address', text: 'This browser gives out no address.' };
  const THEIRS = { word: 'peer-no-address', text: 'The browser of this person gives out no address.' };
  const waiting = (...peers) => line('waiting', 'on', NONE, peers);
  assert.equal(waiting(peer('Ann', 'lost', ABSENT)).text, 'Ann: This person is away.');
  assert.match(waiting(peer('Ann', 'connecting', THEIRS)).text, /^Ann: The browser of this person .* They can/);
  // What lies on this side is said first, and of nobody else.
  for (const own of [OWN, { word: 'no-relay', text: 'No relay can be reached.' }]) {
    const said = waiting(peer('Cyd', 'connecting', TIMEOUT), peer('Ann', 'connecting', own));
    assert.ok(said.text.startsWith(own.text), said.text);
    assert.doesNotMatch(said.text, /Ann|Cyd|another network/);
    assert.equal(said.tone, 'bad');
    assert.equal(line('waiting', 'on', NONE, [peer('Ann', 'connecting', own)], false, true).text.includes('STUN'), false);
  }
});

test('a server that is there without its WebSocket is not a question of this device', () => {
  const said = (word, state = 'joining', answers = true) => describe(
    { state, signaling: 'connecting', reason: { word, text: 'The server cannot be reached.' }, answers }, [], () => '', false);
  assert.match(said('server-unreachable').text, /^The server is there, .*Upgrade.* Trying again\.$/);
  assert.equal(said('server-unreachable').tone, 'bad');
  assert.match(said('server-unreachable', 'waiting').text, /^The server is there/);
  assert.match(said('server-unreachable', 'joining', false).text, /Is this device online\?$/);
  assert.doesNotMatch(said('server-full').text, /is there/);
  assert.match(said('server-unreachable', 'connected').text, /The server is away/);
});
