// What a peer may make a link of the page do beside frames: channels, and what comes too early.
import assert from 'node:assert/strict';
import test from 'node:test';

/** A data channel, as far as a link uses it. */
class Channel extends EventTarget {
  readyState = 'connecting';
  bufferedAmount = 0;
  closed = false;

  close() {
    this.closed = true;
  }

  say(bytes) {
    this.dispatchEvent(Object.assign(new Event('message'), { data: new ArrayBuffer(bytes) }));
  }

  open() {
    this.readyState = 'open';
    this.dispatchEvent(new Event('open'));
  }
}

let newest;
globalThis.RTCPeerConnection = class extends EventTarget {
  channels = [];
  connectionState = 'connected';

  constructor() {
    super();
    newest = this;
  }

  createDataChannel() {
    this.channels.push(new Channel());
    return this.channels.at(-1);
  }

  /** The other side opens a channel. */
  hand() {
    const channel = new Channel();
    this.dispatchEvent(Object.assign(new Event('datachannel'), { channel }));
    return channel;
  }

  async setLocalDescription() {}

  async setRemoteDescription() {}

  async getStats() {
    return new Map();
  }

  close() {}
};

const { Links } = await import('../../web/links.js');
const { LinkKind, Reason } = await import('../../web/numbers.js');

function makeLink(kind) {
  const told = [];
  const report = new Proxy({}, { get: (_, what) => (...args) => told.push([what, ...args]) });
  const links = new Links(report, false);
  links.answer(7, kind, 'sdp');
  return {
    links,
    pc: newest,
    messages: () => told.filter(([what]) => what === 'message').length,
    ended: () => told.find(([what]) => what === 'closed')?.[2],
  };
}

test('who opens channels without end is let go', () => {
  for (const [kind, wanted] of [[LinkKind.NATIVE, 0], [LinkKind.DATA, 1]]) {
    const { pc, ended } = makeLink(kind);
    const channels = Array.from({ length: wanted + 3 }, () => pc.hand());
    assert.equal(ended(), undefined);
    assert.equal(channels.filter((channel) => channel.closed).length, 3);
    for (let i = 0; i < 10; i++) {
      pc.hand();
    }
    assert.equal(ended(), Reason.PROTOCOL);
  }
});

test('what comes before a link is open is bounded, even if it is empty', () => {
  const { pc, ended, messages } = makeLink(LinkKind.NATIVE);
  pc.channels[0].open();
  for (let i = 0; i < 5000 && ended() === undefined; i++) {
    pc.channels[1].say(0);
  }
  assert.equal(ended(), Reason.PROTOCOL);
  assert.equal(messages(), 0);
});

test('a full window may come before a link is open', () => {
  const { links, pc, ended, messages } = makeLink(LinkKind.NATIVE);
  pc.channels[0].open();
  for (let i = 0; i < 256; i++) {
    pc.channels[1].say(256 + 11); // GC_WINDOW_MESSAGES of GC_WINDOW_BYTES, with the head of each
  }
  pc.channels[1].open();
  assert.equal(ended(), undefined);
  assert.equal(messages(), 256);
  links.end();
});
