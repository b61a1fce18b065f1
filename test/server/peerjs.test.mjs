// Admission, messages and times of a PeerServer, row by row, asked of ghostchatd and of npm `peer`
// itself: the same answers where one replaces the other. Differences are in better.test.mjs.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { BINARY, CLOSE, frame, PING, PONG, TEXT } from './client.mjs';
import './leftovers.mjs';
import { both, bothChosen, empty, endAll, join, name, open, unstalled } from './pair.mjs';

let plain; // no options
let chosen; // many
before(async () => {
  [plain, chosen] = await Promise.all([both(), bothChosen()]);
});
after(endAll);

// --- 3. admission ----------------------------------------------------------------------------------

const error = (msg) => [`{"type":"ERROR","payload":{"msg":"${msg}"}}`];
const MISSING = error('No id, token, or key supplied to websocket server');
const KEY = error('Invalid key provided');
const TAKEN = ['{"type":"ID-TAKEN","payload":{"msg":"ID is taken"}}'];
const FULL = error('Server has reached its concurrent user limit');
const REFUSED = [
  ['', MISSING], ['key=peerjs&id=a', MISSING], ['key=peerjs&token=t', MISSING], ['id=a&token=t', MISSING],
  ['key=&id=a&token=t', MISSING], ['key=peerjs&id=&token=t', MISSING], ['key=peerjs&id=a&token=', MISSING],
  ['key=other&id=&token=t', MISSING], ['key=peerjs&id=a&id=&token=t', MISSING],
  ['key=other&id=a&token=t', KEY], ['key=Peerjs&id=a&token=t', KEY], ['key=peerjs&id=held&token=no&key=x', KEY],
  ['key=peerjs&id=held&token=no', TAKEN], ['key=peerjs&id=%68eld&token=HOLDER', TAKEN],
  ['token=holder&key=peerjs&id=held&token=no', TAKEN],
];

test('admission: who is refused gets one text and a close frame without a code', async () => {
  for (const [who, server] of plain) {
    const holder = await join(server, 'held', { token: 'holder', pongMs: 0 });
    for (const [query, texts] of REFUSED) {
      const client = await open(server, 'a', { query });
      assert.equal(await client.closed(), 1005, `${who} ${query}`);
      assert.deepEqual(client.texts, texts, `${who} ${query}`);
      client.destroy();
    }
    await holder.settled();
    assert.equal(holder.texts.length, 1, who);
    holder.destroy();
  }
});

test('admission: the limit counts ids, and is looked at last', async () => {
  for (const [who, server] of chosen) {
    const query = { key: 'mine' };
    const held = [await join(server, 'one', { query, pongMs: 0 }), await join(server, 'two', { query, pongMs: 0 })];
    for (const [id, key, texts] of [['three', 'mine', FULL], ['three', 'peerjs', KEY], ['one', 'mine', TAKEN]]) {
      const client = await open(server, id, { query: { key }, token: 'new' });
      assert.equal(await client.closed(), 1005, who);
      assert.deepEqual(client.texts, texts, who);
      client.destroy();
    }
    held.forEach((one) => one.destroy());
    await empty(server);
  }
});

const NAMES = [
  ['key=peerjs&id=z%C3%A9+%E4%B8%AD%F0%9F%A5%A6%26%3D&token=t', 'zé 中🥦&='],
  ['key=peerjs&id=q%22%5C%01%7F&token=t', 'q"\\\u0001\u007f'],
  ['id=first&token=t&key=peerjs&id=last&version=1.5.5&more=1', 'last'],
  ['%69d=name&token=t&key=peerjs', 'name'],
  ['key=peerjs&id=half%4&token=%zz', 'half%4'],
];

test('admission: ids are any text, decoded as forms are', async () => {
  for (const [who, server] of plain) {
    for (const [query, id] of NAMES) {
      const client = await join(server, id, { query });
      client.send({ type: 'OFFER', dst: id });
      await client.message('OFFER');
      const text = JSON.stringify(id);
      assert.deepEqual(client.texts, ['{"type":"OPEN"}', `{"type":"OFFER","src":${text},"dst":${text}}`],
        `${who} ${query}`);
      client.destroy();
    }
  }
});

test('admission: 101 without extension or protocol, then OPEN, then what was held, in order', async () => {
  for (const [who, server] of plain) {
    const [idA, idB] = [name('a'), name('b')];
    const [a, b] = [await join(server, idA), await join(server, idB)];
    const [late, texts] = [name('late'), ['{"type":"OPEN"}']];
    for (let i = 0; i < 10; i++) {
      const [from, id] = i % 2 ? [b, idB] : [a, idA];
      from.send(`{"type":"CANDIDATE","dst":"${late}","payload":${i}}`);
      await from.settled();
      texts.push(`{"type":"CANDIDATE","src":"${id}","dst":"${late}","payload":${i}}`);
    }
    a.send({ type: 'LEAVE', dst: late }).send({ type: 'EXPIRE', dst: late });
    await a.settled();
    const client = await join(server, late, {
      headers: { 'Sec-WebSocket-Extensions': 'permessage-deflate; client_max_window_bits' },
    });
    await client.settled();
    assert.deepEqual(client.texts, texts, who);
    assert.deepEqual(Object.keys(client.answer.headers).sort(), ['connection', 'sec-websocket-accept', 'upgrade'], who);
    [a, b, client].forEach((one) => one.destroy());
  }
});

// --- 4. messages -----------------------------------------------------------------------------------

/** What A sends, and exactly what A and B then get. `A`, `B` are their ids, `~B` is B's with an escape. */
const MESSAGES = {
  'four keys in order, the rest dropped, src is the sender': {
    sends: ['{"payload":{"z":1.5,"a":[null,"é😀\\n"]},"junk":{"type":1},"dst":"#B","src":"forged","type":"OFFER"}'],
    B: ['{"type":"OFFER","src":"#A","dst":"#B","payload":{"z":1.5,"a":[null,"é😀\\n"]}}'],
  },
  'ANSWER and CANDIDATE': {
    sends: ['{"type":"ANSWER","dst":"#B","payload":"x"}', '{"type":"CANDIDATE","dst":"#B","payload":[]}'],
    B: ['{"type":"ANSWER","src":"#A","dst":"#B","payload":"x"}', '{"type":"CANDIDATE","src":"#A","dst":"#B","payload":[]}'],
  },
  'a payload may be missing, or any value': {
    sends: ['{"type":"OFFER","dst":"#B"}', ...['null', 'false', '0', '""', '{}'].map((v) => `{"type":"OFFER","dst":"#B","payload":${v}}`)],
    B: ['{"type":"OFFER","src":"#A","dst":"#B"}',
      ...['null', 'false', '0', '""', '{}'].map((v) => `{"type":"OFFER","src":"#A","dst":"#B","payload":${v}}`)],
  },
  'LEAVE and EXPIRE to somebody who is there, src forced': {
    sends: ['{"type":"LEAVE","src":"other","dst":"#B"}', '{"type":"EXPIRE","src":"other","dst":"#B","payload":1}'],
    B: ['{"type":"LEAVE","src":"#A","dst":"#B"}', '{"type":"EXPIRE","src":"#A","dst":"#B","payload":1}'],
  },
  'to oneself': { sends: ['{"type":"OFFER","dst":"#A","payload":1}'], A: ['{"type":"OFFER","src":"#A","dst":"#A","payload":1}'] },
  'a binary frame is text': {
    opcode: BINARY, sends: ['{"type":"OFFER","dst":"#B","payload":"zé 中🥦"}'],
    B: ['{"type":"OFFER","src":"#A","dst":"#B","payload":"zé 中🥦"}'],
  },
  'HEARTBEAT is never answered, nor relayed': {
    sends: ['{"type":"HEARTBEAT"}', '{"type":"HEARTBEAT","dst":"#B"}', '{ "type" : "HEARTBEAT" }'],
  },
  'without dst, dropped': {
    sends: ['{"type":"OFFER"}', '{"type":"ANSWER","dst":null}', '{"type":"CANDIDATE","dst":""}', '{"type":"OFFER","dst":0}',
      '{"type":"OFFER","dst":false}', '{"type":"EXPIRE"}'],
  },
  'of a repeated key the last counts': {
    sends: ['{"type":"LEAVE","dst":"#A","payload":1,"type":"OFFER","dst":"#B","payload":2}'],
    B: ['{"type":"OFFER","src":"#A","dst":"#B","payload":2}'],
  },
  'an escaped dst finds its peer, an escaped type its meaning': {
    parsed: true, sends: ['{"type":"\\u004fFFER","dst":"~B","payload":{"x":"\\u00e9"}}', '{ "dst" :"#B" ,\n"ty\\u0070e":"OFFER"}'],
    B: ['{"type":"OFFER","src":"#A","dst":"#B","payload":{"x":"é"}}', '{"type":"OFFER","src":"#A","dst":"#B"}'],
  },
};

async function dialogue(server, row) {
  const [idA, idB] = [name('ida'), name('idb')];
  const [a, b] = [await join(server, idA), await join(server, idB)];
  const real = (text) => text.replaceAll('#A', idA).replaceAll('#B', idB).replaceAll('~B', `\\u0069${idB.slice(1)}`);
  for (const text of row.sends) {
    a.write(frame(row.opcode ?? TEXT, real(text)));
  }
  await a.settled();
  await b.settled();
  const seen = Object.fromEntries([['A', a], ['B', b]].map(([key, one]) => [key, one.texts.slice(1)]));
  const wanted = { A: (row.A ?? []).map(real), B: (row.B ?? []).map(real) };
  const view = (texts) => (row.parsed ? texts.map((text) => JSON.parse(text)) : texts);
  a.destroy();
  b.destroy();
  return { seen: { A: view(seen.A), B: view(seen.B) }, wanted: { A: view(wanted.A), B: view(wanted.B) } };
}

test('messages: exact bytes and order of what is relayed', async () => {
  for (const [who, server] of plain) {
    for (const [what, row] of Object.entries(MESSAGES)) {
      const { seen, wanted } = await dialogue(server, row);
      assert.deepEqual(seen, wanted, `${who}: ${what}`);
    }
  }
});

test('messages: a stock frame of 5 kB, 500 times, in order', async () => {
  for (const [who, server] of plain) {
    const payload = (i) => `{"sdp":{"type":"offer","sdp":"v=0\\r\\n${'a=x\\r\\n'.repeat(700)}"},"connectionId":"mc_${i}"}`;
    const { seen, wanted } = await dialogue(server, {
      sends: Array.from({ length: 500 }, (_, i) => `{"type":"OFFER","payload":${payload(i)},"dst":"#B"}`),
      B: Array.from({ length: 500 }, (_, i) => `{"type":"OFFER","src":"#A","dst":"#B","payload":${payload(i)}}`),
    });
    assert.deepEqual(seen, wanted, who);
  }
});

test('messages: LEAVE without dst frees the id at once', async () => {
  for (const [who, server] of plain) {
    const id = name('leaver');
    const first = await join(server, id);
    first.send({ type: 'LEAVE' });
    await first.settled();
    const second = await open(server, id, { token: 'other' });
    assert.deepEqual(await second.message('OPEN'), { type: 'OPEN' }, who);
    first.destroy();
    second.destroy();
  }
});

test('messages: nobody is told when a socket goes', async () => {
  for (const [who, server] of plain) {
    const [idA, idB] = [name('a'), name('b')];
    const [a, b] = [await join(server, idA), await join(server, idB)];
    a.send({ type: 'OFFER', dst: idB, payload: 1 });
    await b.message('OFFER');
    b.destroy();
    const again = await open(server, idB, { token: 'other' });
    await again.message('OPEN');
    await a.settled();
    assert.equal(a.texts.length, 1, who);
    a.destroy();
    again.destroy();
  }
});

test('frames: parts, pings, closing, and what breaks RFC 6455', async () => {
  const CASES = [
    [frame(CLOSE, Buffer.from([0x0b, 0xb8])), 3000], [frame(CLOSE, ''), 1005], [frame(CLOSE, 'x'), 1002],
    [frame(TEXT, '{}', { mask: null }), 1002], [frame(TEXT, '{}', { rsv: 4 }), 1002], [frame(3, 'x'), 1002],
    [frame(PING, 'x'.repeat(126)), 1002], [frame(0, 'x'), 1002], [frame(PING, 'x', { fin: false }), 1002],
    [frame(TEXT, Buffer.from([0x22, 0xff, 0x22])), 1007],
  ];
  for (const [who, server] of plain) {
    for (const [i, [bytes, code]] of CASES.entries()) {
      const client = await join(server, name('frames'));
      client.write(bytes);
      assert.equal(await client.closed(), code, `${who} ${i}`);
      client.destroy();
    }
    const id = name('parts');
    const client = await join(server, id);
    const text = Buffer.from(JSON.stringify({ type: 'OFFER', dst: id, payload: '中🥦' }));
    client.write(frame(TEXT, text.subarray(0, 46), { fin: false }));
    client.write(frame(PING, 'between'));
    client.write(frame(0, text.subarray(46), { fin: true }));
    assert.equal((await client.message('OFFER')).payload, '中🥦', who);
    assert.equal(client.frames.find((one) => one.opcode === PONG).payload.toString(), 'between', who);
    client.destroy();
  }
});

// --- time: each waits for itself, all at once --------------------------------------------------------

describe('time', { concurrency: true }, () => {
  for (const i of [0, 1]) {
    const who = ['ghostchatd', 'peer'][i];

    test(`${who}: one EXPIRE for each sender, 5.0 to 6.2 s after its first message`, () => unstalled(async () => {
      const server = plain[i][1];
      const [idA, idB, gone] = [name('a'), name('b'), name('gone')];
      const [a, b] = [await join(server, idA), await join(server, idB)];
      const began = Date.now();
      for (let n = 0; n < 3; n++) {
        a.send({ type: 'CANDIDATE', dst: gone, payload: n });
      }
      b.send({ type: 'OFFER', dst: gone, payload: {} });
      await Promise.all([a.message('EXPIRE'), b.message('EXPIRE')]);
      const took = Date.now() - began;
      await a.settled();
      await b.settled();
      assert.deepEqual(a.texts.slice(1), [`{"type":"EXPIRE","src":"${gone}","dst":"${idA}"}`]);
      assert.deepEqual(b.texts.slice(1), [`{"type":"EXPIRE","src":"${gone}","dst":"${idB}"}`]);
      assert.ok(took > 4_990 && took < 6_600, `${took} ms`);
      const late = await join(server, gone);
      await late.settled();
      assert.equal(late.texts.length, 1, 'nothing is held any more');
      [a, b, late].forEach((one) => one.destroy());
    }));

    test(`${who}: --alive_timeout closes the silent without a code, HEARTBEAT keeps`, () => unstalled(async () => {
      const server = chosen[i][1];
      await empty(server);
      const began = Date.now();
      const query = { key: 'mine' };
      const id = name('silent');
      const silent = await join(server, id, { query });
      const clients = [silent, await join(server, name('beating'), { query })];
      const beats = () => clients.slice(1).forEach((client) => client.send('{"type":"HEARTBEAT"}'));
      const timer = setInterval(beats, 400);
      try {
        assert.equal(await silent.closed(), 1005);
        const took = Date.now() - began;
        assert.ok(took > 1_490 && took < 2_600, `${took} ms`);
        clients.push(await open(server, id, { query, token: 'other' }));
        await clients[2].message('OPEN');
        while (Date.now() - began < 2_600) {
          await clients[1].settled();
        }
        assert.equal(clients[1].closeCode, undefined);
      } finally {
        clearInterval(timer);
        clients.forEach((client) => client.destroy());
      }
    }));
  }

  test('--expire_timeout counts', () => unstalled(async () => {
    for (const [who, server] of await both({ args: ['--expire_timeout', '300'] })) {
      const began = Date.now();
      const client = await join(server, 'a');
      client.send({ type: 'OFFER', dst: 'gone', payload: 1 });
      await client.message('EXPIRE');
      const took = Date.now() - began;
      assert.ok(took > 290 && took < 1_900, `${who}: ${took} ms`);
      client.destroy();
    }
  }));
});
