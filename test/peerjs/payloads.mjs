// What becomes of payloads between two users: each kind is sent on its own, and the first thing
// that happens at either end is its outcome. The receiver acknowledges on a connection of its own.
import assert from 'node:assert/strict';

/** What a release understands under `serialization`. */
export const SERIALIZATIONS = {
  '1.5.5': ['binary', 'json', 'raw', 'MsgPack'],
  '1.4.7': ['binary', 'binary-utf8', 'json', 'raw'],
  '1.3.2': ['binary', 'binary-utf8', 'json', 'none'],
};

/** Sends the kinds of these names over one connection until one ends it; resolves with how many. */
async function sendSome(from, to, serialization, names, found) {
  const { label } = await from.reaches(to, { serialization, label: from.nextLabel() });
  const back = `${label} ack`;
  await to.reaches(from, { serialization: 'json', label: back });
  const seen = await to.count('outcome');
  await to.does('acknowledge', back);
  const words = `${from.name} to ${to.name} as ${serialization}`;
  const sent = await from.evaluate((all) => globalThis.application.sendAll(...all),
    [label, back, names, from.world.patience(words)]);
  const received = await to.does('outcomes', seen);
  await from.closes(label);
  await Promise.all([from, to].map((user) => user.sees(`${label} close`)));
  await to.does('acknowledge', null);
  await to.closes(back);
  await Promise.all([from, to].map((user) => user.sees(`${back} close`)));
  for (const { name, what, value } of sent) {
    const outcome = what ?? received.shift();
    assert.ok(outcome, `${words}: ${name}: nothing happened`);
    // Which end notices first that a connection is closed is chance.
    found[name] = {
      outcome: outcome === 'close' ? outcome : `${what ? 'sender' : 'receiver'}: ${outcome}`,
      sent: value,
    };
  }
  return sent.length;
}

/** Sends every kind; resolves with { kind: { outcome, sent } }. */
export async function sendAll(from, to, serialization, kinds) {
  const found = {};
  const names = kinds.map(({ name }) => name);
  while (names.length > 0) {
    names.splice(0, await sendSome(from, to, serialization, names, found));
  }
  return found;
}

/** Everything came to what it came to over a stock server, and plain kinds arrived unchanged. */
export function assertSame(found, stock, kinds, { release, serialization, words }) {
  for (const { name, plain } of kinds) {
    assert.equal(found[name].outcome, stock[name].outcome, `${words}: ${name}`);
    if (release >= plain && !['raw', 'none'].includes(serialization)) {
      assert.equal(found[name].outcome, `receiver: data ${found[name].sent}`, `${words}: ${name}`);
    }
  }
}
