// Raw clients of ghostchatd: bytes in, bytes out, so that tests can also say what no library would.
import { randomBytes } from 'node:crypto';
import net from 'node:net';
import tls from 'node:tls';

export const DEADLINE_MS = 10_000;

/** Resolves when `is` gives something true for the object's state, asked at each change of it. */
export class Waiter {
  #waiting = new Set();

  changed() {
    for (const check of [...this.#waiting]) {
      check();
    }
  }

  until(what, is, deadlineMs = DEADLINE_MS) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(check);
        reject(new Error(`not in ${deadlineMs} ms: ${what}`));
      }, deadlineMs);
      const check = () => {
        const value = is();
        if (value) {
          clearTimeout(timer);
          this.#waiting.delete(check);
          resolve(value);
        }
      };
      this.#waiting.add(check);
      check();
    });
  }
}

/** A TCP (or TLS) connection that keeps what it reads. */
export class Raw extends Waiter {
  received = Buffer.alloc(0);
  ended = false;

  static async open(port, { host = '127.0.0.1', from, secure = false, ...more } = {}) {
    const raw = new Raw();
    const options = { port, host, localAddress: from, ...more };
    raw.socket = secure ? tls.connect({ rejectUnauthorized: false, ...options })
      : net.connect(options);
    raw.socket.on('data', (data) => {
      raw.received = Buffer.concat([raw.received, data]);
      raw.changed();
    });
    raw.socket.on('error', (error) => { raw.error = error; });
    raw.socket.on('end', () => { raw.ended = true; raw.changed(); });
    raw.socket.on('close', () => { raw.ended = true; raw.closed = true; raw.changed(); });
    await new Promise((resolve, reject) => {
      raw.socket.once(secure ? 'secureConnect' : 'connect', resolve);
      raw.socket.once('error', reject);
    });
    raw.socket.setNoDelay(true);
    return raw;
  }

  write(bytes) {
    this.socket.write(bytes);
    return this;
  }

  text() {
    return this.received.toString('latin1');
  }

  /** Takes one HTTP answer off what was read. */
  async answer({ head = false } = {}) {
    const end = await this.until('a whole head', () => {
      const at = this.received.indexOf('\r\n\r\n');
      if (at < 0 && this.ended) {
        throw new Error(`the connection ended: ${this.text()}`);
      }
      return at < 0 ? 0 : at + 4;
    });
    const lines = this.received.subarray(0, end - 4).toString('latin1').split('\r\n');
    const headers = {};
    for (const line of lines.slice(1)) {
      const colon = line.indexOf(': ');
      headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 2);
    }
    const status = Number(lines[0].split(' ')[1]);
    const length = head || status === 304 || status === 204 || status === 101 ? 0
      : Number(headers['content-length']);
    await this.until('a whole body', () => this.received.length >= end + length || this.ended);
    const body = this.received.subarray(end, end + length);
    this.received = this.received.subarray(end + length);
    return { status, headers, body, text: body.toString(), lines };
  }

  end() {
    return this.until('the end of the connection', () => this.ended);
  }

  destroy() {
    this.socket.destroy();
  }
}

/** One request on a connection of its own, exactly as written. */
export async function exchange(port, bytes, options = {}) {
  const raw = await Raw.open(port, options);
  raw.write(bytes);
  const answer = await raw.answer(options);
  raw.destroy();
  return answer;
}

/** A request with a method, a path and headers. */
export async function request(server, path, { method = 'GET', headers = {}, ...options } = {}) {
  const lines = Object.entries({ Host: 'chat.example:80', Connection: 'close', ...headers })
    .map(([name, value]) => `${name}: ${value}\r\n`);
  return exchange(server.port, `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`,
    { head: method === 'HEAD', ...options });
}

/** A client's frame, masked. */
export function frame(opcode, payload, { fin = true, mask = randomBytes(4), rsv = 0, length } = {}) {
  const body = Buffer.from(payload);
  const size = length ?? body.length;
  const first = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
  const bit = mask ? 0x80 : 0;
  let head;
  if (size < 126) {
    head = Buffer.from([first, bit | size]);
  } else if (size < 65536) {
    head = Buffer.from([first, bit | 126, size >> 8, size & 255]);
  } else {
    head = Buffer.alloc(10);
    head[0] = first;
    head[1] = bit | 127;
    head.writeBigUInt64BE(BigInt(size), 2);
  }
  if (!mask) {
    return Buffer.concat([head, body]);
  }
  return Buffer.concat([head, mask, body.map((byte, i) => byte ^ mask[i & 3])]);
}

export const TEXT = 1;
export const BINARY = 2;
export const CLOSE = 8;
export const PING = 9;
export const PONG = 10;

/** A WebSocket to /peerjs; frames that come are kept in `frames`, texts parsed in `messages`. */
export class Client extends Waiter {
  frames = [];
  messages = [];

  static head(query, { target = '/peerjs', headers = {}, version = '13',
    key = 'dGhlIHNhbXBsZSBub25jZQ==' } = {}) {
    const more = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join('');
    const text = typeof query === 'string' ? query : new URLSearchParams(query);
    return `GET ${target}?${text} HTTP/1.1\r\nHost: chat.example:80\r\n`
      + 'Upgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n'
      + `Sec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: ${version}\r\n${more}\r\n`;
  }

  /** Connects; `behind` are bytes sent in one piece with the request. A query that is a string
   * stands as it is. `pongMs`: answers pings after so long, as a browser far away does. */
  static async open(port, id, { query = {}, behind = '', token = `token-${id}`, pongMs, ...options } = {}) {
    const client = new Client();
    client.pongMs = pongMs;
    client.raw = await Raw.open(port, options);
    const head = Client.head(typeof query === 'string' ? query
      : { key: 'peerjs', id, token, ...query }, options);
    client.raw.write(Buffer.concat([Buffer.from(head), Buffer.from(behind)]));
    client.answer = await client.raw.answer();
    if (client.answer.status === 101) {
      client.raw.socket.on('data', () => client.#read());
      client.raw.socket.on('close', () => client.changed());
      client.#read();
    }
    return client;
  }

  #read() {
    for (let bytes = this.raw.received; bytes.length >= 2; bytes = this.raw.received) {
      let at = 2;
      let size = bytes[1] & 127;
      if (size === 126) {
        size = bytes.length >= 4 ? bytes.readUInt16BE(2) : Infinity;
        at = 4;
      } else if (size === 127) {
        size = bytes.length >= 10 ? Number(bytes.readBigUInt64BE(2)) : Infinity;
        at = 10;
      }
      if (bytes.length < at + size) {
        return;
      }
      const payload = bytes.subarray(at, at + size);
      this.raw.received = bytes.subarray(at + size);
      const opcode = bytes[0] & 15;
      this.frames.push({ opcode, payload });
      if (opcode === TEXT) {
        this.messages.push(JSON.parse(payload.toString()));
      } else if (opcode === CLOSE) {
        this.closeCode = payload.length >= 2 ? payload.readUInt16BE(0) : 1005;
      } else if (opcode === PING && this.pongMs !== undefined) {
        setTimeout(() => this.write(frame(PONG, payload)), this.pongMs);
      }
      this.changed();
    }
  }

  send(value) {
    this.raw.write(frame(TEXT, typeof value === 'string' ? value : JSON.stringify(value)));
    return this;
  }

  write(bytes) {
    this.raw.write(bytes);
    return this;
  }

  /** The texts that came, as they came. */
  get texts() {
    return this.frames.filter((one) => one.opcode === TEXT).map((one) => one.payload.toString());
  }

  /** Resolves once the server has read all that was sent before. */
  async settled() {
    const pongs = () => this.frames.filter((one) => one.opcode === PONG).length;
    const before = pongs();
    this.write(frame(PING, 'settled'));
    await this.until('a pong', () => pongs() > before || this.closeCode !== undefined);
  }

  message(type, nth = 0) {
    return this.until(`message ${type}`, () => (
      this.messages.filter((message) => message.type === type)[nth]));
  }

  /** The close code, once a close frame came (1006: the connection ended without one). */
  closed() {
    return this.until('a close frame', () => (
      this.closeCode ?? (this.raw.closed ? 1006 : undefined)));
  }

  destroy() {
    this.raw.destroy();
  }
}

/** Opens an admitted client. */
export async function join(server, id, options) {
  const client = await Client.open(server.port, id, options);
  await client.message('OPEN');
  return client;
}
