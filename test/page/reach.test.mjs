// Whether the server is there although its WebSocket is not reached.
import assert from 'node:assert/strict';
import test from 'node:test';

import { Reach } from '../../web/reach.js';

/** A reach, and what its server answers from then on: a response, or nothing. */
function reach(response) {
  const changes = [];
  const made = new Reach(() => changes.push(made.answers));
  globalThis.fetch = async (url, options) => {
    fetch.asked = { url, mode: options.mode };
    return response ?? Promise.reject(new TypeError('no answer'));
  };
  return { made, changes };
}

test('only an answer that is one says that the server is there', async () => {
  for (const [response, own, there] of [[{ ok: true, type: 'basic' }, true, true], [{ ok: false, type: 'basic' }, true, false],
    [null, true, false], [{ ok: false, type: 'opaque' }, false, true], [null, false, false]]) {
    const { made, changes } = reach(response);
    await made.ask('http://h/config.json', own);
    assert.equal(made.answers, there);
    assert.deepEqual(changes, there ? [true] : []);
    assert.deepEqual(fetch.asked, { url: 'http://h/config.json', mode: own ? 'cors' : 'no-cors' });
  }
});

/** What the core says. */
const say = (state, signaling, word = 'none') => ({ state, signaling, reason: { word, text: '' } });

test('what changes is told once, and a late answer not at all', async () => {
  const { made, changes } = reach({ ok: true, type: 'basic' });
  made.note(say('joining', 'connecting', 'server-unreachable'));
  await made.ask('x', true);
  await made.ask('x', true);
  made.note(say('joining', 'connecting', 'server-unreachable'));
  assert.equal(made.answers, true);
  assert.deepEqual(changes, [true]);
  made.note(say('joining', 'on'));
  assert.equal(made.answers, false);
  const late = made.ask('x', true);
  made.note(say('joining', 'connecting'));
  await late;
  assert.equal(made.answers, false);
  assert.deepEqual(changes, [true]);
});

test('a WebSocket that was reached once in this chat is not what is missing', () => {
  const { made } = reach(null);
  for (const [state, reached] of [[say('joining', 'connecting'), false], [say('joining', 'on'), true],
    [say('waiting', 'lost', 'server-unreachable'), true], [say('idle', 'off'), false]]) {
    made.note(state);
    assert.equal(made.reached, reached);
  }
});
