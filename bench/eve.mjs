// Runs in the page of a hostile member: it keeps the data channels of the page, hides from the page
// what would tell it that something else speaks on them, and says what it likes.

/** Installed before the page's own scripts: globalThis.flood(mix, seconds). */
export function eve() {
  const [START, ACK, MESSAGE] = [0x10, 0x11, 0x20];
  const ACK_IN_START = 46;
  const SEQ_MAX = 2n ** 53n - 1n;
  /* What a peer may do: ghostchat-protocol(7), "START and the conversation" and "Life and end". */
  const [WINDOW_BYTES, WINDOW_MESSAGES, BUDGET, BUDGET_PER_MS] = [65536, 256, 4096, 0.256];
  const QUEUE_BYTES = 262144;
  const TURN = 200; // frames before others get their turn
  /** Links by their control channel. @type {any[]} */
  const links = [];

  const create = RTCPeerConnection.prototype.createDataChannel;
  RTCPeerConnection.prototype.createDataChannel = function (label, options) {
    const channel = create.call(this, label, options);
    if (options?.id === 0) {
      links.push({ control: channel, next: 1n, acked: 0n, flying: new Map(), bytes: 0, spent: 0, at: performance.now() });
      channel.addEventListener('message', onControl(links.at(-1)));
    } else if (options?.id === 1) {
      links.at(-1).message = channel;
    }
    return channel;
  };

  /** What of ours was shown there is hidden from the page, which never said it. */
  const onControl = (link) => (event) => {
    const view = new DataView(event.data);
    const at = { [START]: ACK_IN_START, [ACK]: 1 }[view.getUint8(0)];
    if (at === undefined) {
      return;
    }
    const shown = view.getBigUint64(at);
    for (const [seq, size] of link.flying) {
      if (seq <= shown) {
        link.flying.delete(seq);
        link.bytes -= size;
      }
    }
    link.acked = shown;
    if (link.next <= shown) {
      link.next = shown + 1n;
    }
    view.setBigUint64(at, 0n);
  };

  const random = (n) => Math.floor(Math.random() * n);
  const pick = (list) => list[random(list.length)];
  const encode = (text) => [...new TextEncoder().encode(text)];
  const u64 = (n) => {
    const view = new DataView(new ArrayBuffer(8));
    view.setBigUint64(0, n);
    return [...new Uint8Array(view.buffer)];
  };
  const number = () => pick([0n, 1n, SEQ_MAX, SEQ_MAX - 1n, BigInt(random(1e6))]);
  const fill = (part) => part.repeat(Math.ceil(16384 / new TextEncoder().encode(part).length));
  const TEXTS = Object.fromEntries(Object.entries({
    words: 'some words of a text ',
    lines: 'a\n',
    marks: 'e\u0301\u0323\u0e49\u0338\u20dd',
    emoji: '\u{1f469}\u{1f3fd}\u200d\u2764\ufe0f\u200d\u{1f48b}\u200d\u{1f468}\u{1f3ff}',
    arabic: '\u0627\u0644\u0639\u0631\u0628\u064a\u0629\u202b\u05e9\u05b8\u05dc ',
    links: 'http://a.bc/?x ',
    letters: '\ufdfa\u0ba8\u0bbf\u1ed9',
  }).map(([name, part]) => [name, fill(part)]));
  const NAMES = ['Eve', 'Ann', 'Ben', '\u2060', 'x'.repeat(256), '\u{1f47b}'.repeat(64), '\u0430nn', 'Ben left. Ann'];
  const named = (name) => (name === null ? [] : [1, ...[encode(name).length >> 8, encode(name).length & 255], ...encode(name)]);

  /** A text of at most 16,384 bytes, cut at a character. */
  const textOf = (kind) => {
    const bytes = new TextEncoder().encode(TEXTS[kind] ?? pick(Object.values(TEXTS)));
    let end = Math.min(bytes.length, pick([16384, 16384, 1000, 100]));
    while (end < bytes.length && (bytes[end] & 0xc0) === 0x80) {
      end--;
    }
    return bytes.subarray(0, end);
  };

  const CONTROL = {
    start: () => [START, 1, 0, 0, 0, 1, ...crypto.getRandomValues(new Uint8Array(16)), ...new Array(16).fill(0),
      ...u64(pick([1n, SEQ_MAX])), ...u64(0n), 0, 1, 0, 0, ...named(pick(NAMES))],
    ack: () => [ACK, ...u64(number())],
    base: (link) => [0x12, ...u64(++link.next)],
    profile: () => [0x13, ...named(pick(NAMES))],
    ping: () => [pick([0x15, 0x16]), 0, 0, 0, random(256)],
    unknown: () => [0x17 + random(9), ...crypto.getRandomValues(new Uint8Array(random(900)))],
  };

  /** Sends one frame of a kind, unless it keeps to the rules and there is no room now. */
  const say = (link, kind, rules) => {
    const control = CONTROL[kind];
    const text = control ? null : textOf(kind);
    const frame = control ? new Uint8Array(control(link)) : null;
    const length = frame?.length ?? text.length + 11;
    const now = performance.now();
    link.spent = Math.max(0, link.spent - (now - link.at) * BUDGET_PER_MS);
    link.at = now;
    const cost = (kind === 'profile' || kind === 'base' ? 8 : 1) + (length >> 10);
    const full = link.spent + cost > BUDGET - 64 || (text && (link.bytes + text.length > WINDOW_BYTES
      || link.next - link.acked >= WINDOW_MESSAGES));
    const channel = control ? link.control : link.message;
    if ((rules && full) || channel.bufferedAmount > QUEUE_BYTES) {
      return 0;
    }
    link.spent += cost;
    if (text) {
      const bytes = new Uint8Array(length);
      bytes.set([MESSAGE, ...u64(link.next), text.length >> 8, text.length & 255]);
      bytes.set(text, 11);
      link.flying.set(link.next++, text.length);
      link.bytes += text.length;
      channel.send(bytes);
    } else {
      channel.send(frame);
    }
    return length;
  };

  const kindsOf = (mix) => ({
    texts: Object.keys(TEXTS), names: ['profile', 'start', 'words'], all: [...Object.keys(CONTROL), ...Object.keys(TEXTS)],
  }[mix] ?? [mix]);

  globalThis.flood = async (mix, seconds) => {
    const sent = { frames: 0, bytes: 0, links: 0 };
    const rules = !mix.endsWith('+');
    const kinds = kindsOf(mix.replace('+', ''));
    const used = new Set();
    const turn = new MessageChannel();
    for (const end = performance.now() + seconds * 1000; performance.now() < end;) {
      for (let i = 0; i < TURN; i++) {
        for (const link of links.filter((one) => one.control.readyState === 'open' && one.message.readyState === 'open')) {
          const bytes = say(link, pick(kinds), rules);
          used.add(link);
          sent.frames += bytes ? 1 : 0;
          sent.bytes += bytes;
        }
      }
      await new Promise((resolve) => {
        turn.port1.onmessage = resolve;
        turn.port2.postMessage(0);
      });
    }
    return { ...sent, links: used.size };
  };
}
