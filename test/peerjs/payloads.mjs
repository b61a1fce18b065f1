// What becomes of payloads between two users: each kind is sent on its own, and the first thing
// that happens at either end is its outcome.
import assert from 'node:assert/strict';

/** What a release understands under `serialization`. */
export const SERIALIZATIONS = {
  '1.5.5': ['binary', 'json', 'raw', 'MsgPack'],
  '1.4.7': ['binary', 'binary-utf8', 'json', 'raw'],
  '1.3.2': ['binary', 'binary-utf8', 'json', 'none'],
};

/** A connection of that serialization on which both count their outcomes from here. */
async function connection(from, to, serialization) {
  const { label } = await from.reaches(to, { serialization, label: from.nextLabel() });
  return { label, at: [await from.count('outcome'), await to.count('outcome')] };
}

async function afresh(from, to, old) {
  await from.closes(old.label);
  await Promise.all([from, to].map((user) => user.sees(`${old.label} close`)));
}

/** Sends every kind; resolves with { kind: { outcome, sent } }. */
export async function sendAll(from, to, serialization, kinds) {
  const found = {};
  let link;
  for (const { name } of kinds) {
    link ??= await connection(from, to, serialization);
    const words = `${from.name} to ${to.name}: ${name} as ${serialization}`;
    // Asked for before it is sent: both wait at the same time, and one of them has something to say.
    const first = Promise.race([from, to].map(async (user, end) => {
      const seen = await user.outcome(link.at[end], words);
      return seen === undefined ? Promise.reject(new Error(`${words}: nothing happened`))
        : { ...seen, end };
    }));
    first.catch(() => {});
    const sent = await from.evaluate(([label, kind]) => globalThis.application.send(label, kind),
      [link.label, name]);
    const { what, deadly, end } = await first;
    link.at[end]++;
    // Which end notices first that a connection is closed is chance.
    found[name] = {
      outcome: what === 'close' ? what : `${end === 0 ? 'sender' : 'receiver'}: ${what}`, sent,
    };
    if (deadly) {
      await afresh(from, to, link);
      link = undefined;
    }
  }
  if (link) {
    await afresh(from, to, link);
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
