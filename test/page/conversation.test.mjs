// The log: what is shown of one's own message is the last that is known of it.
import assert from 'node:assert/strict';
import test from 'node:test';

import { makeDocument } from '../harness/dom.mjs';

const document = makeDocument();
const { Conversation } = await import('../../web/conversation.js');
const { NEWEST_ENTRIES } = await import('../../web/leaves.js');

const WHY = 'Not delivered in time.';
const ann = { id: 'ann', name: 'Ann' };
const ben = { id: 'ben', name: 'Ben' };
const log = document.querySelector('.log');
const newest = () => log.lastElementChild.lastElementChild;

/** What is shown beside the last message after each of these has been told. */
function fates(to, told) {
  const conversation = new Conversation((peer) => peer.name, () => {});
  conversation.addOwn(1, 'hello', to);
  const shown = told.map((tell) => {
    tell(conversation);
    conversation.render();
    const entry = newest();
    return `${entry.dataset.state}: ${entry.querySelector('.message-state').textContent}`;
  });
  conversation.clear();
  return shown;
}

const got = (peer) => (conversation) => conversation.delivered(1, peer);
const gaveUp = (peer) => (conversation) => conversation.undelivered(1, peer, WHY);

test('what was given up and arrived after all is delivered', () => {
  assert.deepEqual(fates([ann], [() => {}, gaveUp(ann), got(ann)]), [
    'sending: Sending…', `lost: Not delivered to Ann. ${WHY}`, 'delivered: Delivered',
  ]);
});

test('each person is told of alone', () => {
  assert.deepEqual(fates([ann, ben], [got(ann), gaveUp(ben), got(ben)]), [
    'sending: Delivered to 1 of 2', `lost: Delivered to 1 of 2. Not delivered to Ben. ${WHY}`,
    'delivered: Delivered to 2 of 2',
  ]);
});

test('what has arrived is not given up any more', () => {
  assert.deepEqual(fates([ann], [got(ann), gaveUp(ann)]), ['delivered: Delivered', 'delivered: Delivered']);
});

test('the late truth is drawn also when it comes in the same frame, or before the message', () => {
  assert.deepEqual(fates([ann], [(conversation) => {
    gaveUp(ann)(conversation);
    got(ann)(conversation);
  }]), ['delivered: Delivered']);
  const early = new Conversation((peer) => peer.name, () => {});
  got(ann)(early);
  early.addOwn(1, 'hello', [ann]);
  early.render();
  assert.equal(newest().querySelector('.message-state').textContent, 'Delivered');
});

test('one frame draws a bounded part of what has come, and lays out the newest alone', () => {
  for (const text of ['short', 'words '.repeat(150), 'x'.repeat(16384)]) {
    const conversation = new Conversation((peer) => peer.name, () => {});
    conversation.clear();
    for (let i = 0; i < 500; i++) {
      conversation.add(ben, text);
    }
    const drawn = () => log.querySelectorAll('.message');
    for (let before = 0; before < 500;) {
      conversation.render();
      const now = drawn();
      const made = now.slice(before);
      assert.ok(made.length > 0 && made.length <= 20 && made.length * Math.min(text.length, 2000) < 4096 + 2000);
      const past = Math.max(before - NEWEST_ENTRIES, 0); // the newest before this frame, and what it drew
      assert.ok(now.slice(0, past).every((entry) => entry.dataset.past === 'true'));
      assert.ok(now.slice(past).every((entry) => entry.dataset.past === undefined
        && entry.parentElement.dataset.full === undefined));
      before = now.length;
      if (text.length > 2000 && before > 60) {
        break; // of so much text the oldest are dropped before they are drawn
      }
    }
    conversation.clear();
  }
});
