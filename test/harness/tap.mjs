// A TCP proxy between browsers and the server that keeps every byte of both directions and reads the
// WebSocket frames in them, those of clients unmasked (RFC 6455 5.3).
import net from 'node:net';

/** One direction of one connection: all its bytes, and the payloads of its frames. */
class Stream {
  constructor(tap, from, connection) {
    Object.assign(this, { tap, from, connection, bytes: [], rest: Buffer.alloc(0), upgraded: false });
  }

  push(chunk) {
    this.bytes.push(chunk);
    this.rest = Buffer.concat([this.rest, chunk]);
    if (!this.upgraded) {
      this.readHead();
    }
    while (this.upgraded && this.readFrame());
  }

  readHead() {
    for (;;) {
      const end = this.rest.indexOf('\r\n\r\n');
      if (end < 0) {
        return;
      }
      const head = this.rest.subarray(0, end).toString('latin1');
      const upgrade = /^upgrade: *websocket/im.test(head);
      const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
      if (!upgrade && this.rest.length < end + 4 + length) {
        return;
      }
      this.rest = this.rest.subarray(end + 4 + (upgrade ? 0 : length));
      if (upgrade) {
        this.upgraded = true;
        this.tap.note({ from: this.from, connection: this.connection, head });
        return;
      }
    }
  }

  readFrame() {
    const b = this.rest;
    if (b.length < 2) {
      return false;
    }
    let length = b[1] & 0x7f;
    let at = 2;
    if (length === 126) {
      if (b.length < 4) {
        return false;
      }
      length = b.readUInt16BE(2);
      at = 4;
    } else if (length === 127) {
      if (b.length < 10) {
        return false;
      }
      length = Number(b.readBigUInt64BE(2));
      at = 10;
    }
    const masked = (b[1] & 0x80) !== 0;
    const need = at + (masked ? 4 : 0) + length;
    if (b.length < need) {
      return false;
    }
    const payload = Buffer.from(b.subarray(need - length, need));
    if (masked) {
      for (let i = 0; i < length; i++) {
        payload[i] ^= b[at + (i & 3)];
      }
    }
    const opcode = b[0] & 0x0f;
    let json;
    if (opcode === 1) {
      json = JSON.parse(payload.toString());
    }
    this.tap.note({ from: this.from, connection: this.connection, opcode, payload, json });
    this.rest = this.rest.subarray(need);
    return true;
  }
}

export class Tap {
  /** events: what was seen, in order: {from: 'client' | 'server', connection, head | payload, json} */
  constructor() {
    this.events = [];
    this.streams = [];
    this.sockets = new Set();
    this.waiting = [];
  }

  async start(port, host = '127.0.0.1') {
    this.listener = net.createServer((client) => {
      if (this.isCut) {
        client.destroy();
      } else {
        this.join(client, net.connect(port, host));
      }
    });
    await new Promise((resolve) => this.listener.listen(0, host, resolve));
    this.port = this.listener.address().port;
    return this;
  }

  join(client, server) {
    const connection = this.streams.length / 2;
    for (const [from, to, name] of [[client, server, 'client'], [server, client, 'server']]) {
      const stream = new Stream(this, name, connection);
      this.streams.push(stream);
      this.sockets.add(from);
      from.on('data', (chunk) => {
        stream.push(chunk);
        to.write(chunk);
      });
      from.on('end', () => to.end());
      from.on('error', () => to.destroy());
      from.on('close', () => this.sockets.delete(from));
    }
  }

  note(event) {
    this.events.push(event);
    this.waiting = this.waiting.filter((look) => !look());
  }

  /** Resolves with the first event for which is() holds. */
  seen(what, is, ms = 20000) {
    return new Promise((resolve, reject) => {
      const look = () => {
        const found = this.events.find(is);
        if (found) {
          clearTimeout(timer);
          resolve(found);
        }
        return found !== undefined;
      };
      const timer = setTimeout(() => {
        this.waiting = this.waiting.filter((other) => other !== look);
        reject(new Error(`not seen on the wire within ${ms} ms: ${what}`));
      }, ms);
      if (!look()) {
        this.waiting.push(look);
      }
    });
  }

  /** Everything that can be searched: raw bytes of each stream, and the unmasked payloads. */
  haystack() {
    return [
      ...this.streams.map((stream) => Buffer.concat(stream.bytes)),
      ...this.events.filter((event) => event.payload).map((event) => event.payload),
    ];
  }

  /** The ways in which a text was found; empty when it is nowhere. */
  find(text) {
    const all = this.haystack();
    return Object.entries(disguises(text))
      .filter(([, needle]) => all.some((bytes) => bytes.includes(needle)))
      .map(([name]) => name);
  }

  /** Breaks the way to the server: open connections end, new ones are refused. */
  cut() {
    this.isCut = true;
    for (const socket of this.sockets) {
      socket.destroy();
    }
  }

  heal() {
    this.isCut = false;
  }

  async close() {
    this.cut();
    await new Promise((resolve) => this.listener.close(resolve));
  }
}

/** A text as bytes in the shapes in which it could leak. */
export function disguises(text) {
  const raw = Buffer.from(text);
  const base64 = (skip) => Buffer.concat([Buffer.alloc(skip), raw]).toString('base64')
    // The first and last characters hold bits of what stands around.
    .slice(skip === 0 ? 0 : 4, -4);
  const escaped = [...text].map((c) => `\\u${c.codePointAt(0).toString(16).padStart(4, '0')}`);
  return {
    raw,
    hex: Buffer.from(raw.toString('hex')),
    'utf-16le': Buffer.from(text, 'utf16le'),
    'utf-16be': Buffer.from(text, 'utf16le').swap16(),
    'json escapes': Buffer.from(escaped.join('')),
    base64: Buffer.from(base64(0)),
    'base64+1': Buffer.from(base64(1)),
    'base64+2': Buffer.from(base64(2)),
  };
}
