// A ghostchatd for one test: on a free port, ended with the test.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import http from 'node:http';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));
export const build = process.env.B ?? 'build';

/** The binary of a build folder; `test` is the one with tab signaling. */
export function binary(variant = '') {
  const path = `${root}${build}${variant}/ghostchatd`;
  if (!existsSync(path)) {
    throw new Error(`${build}${variant}/ghostchatd is not built`);
  }
  return path;
}

/** Resolves with the first line of a stream, or rejects when it ends before. */
function firstLine(child) {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
      const end = text.indexOf('\n');
      if (end >= 0) {
        resolve(text.slice(0, end));
      }
    });
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      reject(new Error(`ghostchatd ended (${signal ?? code}): ${child.errors}`));
    });
  });
}

/** The servers that run: a server that a failed test did not stop keeps the test's process alive. */
export const running = new Set();

export class Server {
  /** args: options of ghostchatd beyond its port. path: the value of --path. */
  constructor({ args = [], host = '127.0.0.1', path = '/', variant = '', port = 0 } = {}) {
    Object.assign(this, { args, host, path, variant, port });
  }

  /** Starts it; the port stays the same over kill() and start(). */
  async start() {
    const path = this.path === '/' ? [] : ['--path', this.path];
    this.child = spawn(
      binary(this.variant),
      ['--host', this.host, '--port', String(this.port), '--stun-port', '0',
        '--metrics-listen', '127.0.0.1:0', ...path, ...this.args],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    this.child.errors = '';
    this.child.stderr.setEncoding('utf8').on('data', (text) => {
      this.child.errors += text;
      // Said because that port was any free one: not what tests look for.
      this.child.errors = this.child.errors.replace(/^.*\/metrics is served on port (\d+)\n/m, (_, port) => {
        this.metricsPort = Number(port);
        return '';
      });
    });
    running.add(this);
    this.gone = new Promise((resolve) => this.child.once('exit', (code, signal) => {
      running.delete(this);
      resolve(signal ?? code);
    }));
    const line = await firstLine(this.child);
    const match = /^Started GhostChat on (https?:\/\/\S+):(\d+)(\/\S*)$/.exec(line);
    if (!match) {
      throw new Error(`not the line that announces a server: ${line}`);
    }
    this.started = line;
    this.port = Number(match[2]);
    const host = { '::': 'localhost', '0.0.0.0': 'localhost' }[this.host] ?? this.host;
    this.origin = `http://${host}:${this.port}`;
    this.url = this.origin + this.path;
    return this;
  }

  /** No goodbye: what a power cut does. */
  async kill() {
    this.child.kill('SIGKILL');
    await this.gone;
  }

  async stop() {
    this.child.kill('SIGTERM');
    return this.gone;
  }

  /** The text of /metrics, which has a port of its own. */
  async metrics() {
    while (!this.metricsPort) {
      await new Promise((resolve) => { setTimeout(resolve, 1); });
    }
    // A connection of its own, closed at once: one that is kept would be counted.
    const options = { host: '127.0.0.1', port: this.metricsPort, path: '/metrics', agent: false };
    const [answer] = await once(http.get(options), 'response');
    return text(answer);
  }

  async get(path, headers = {}) {
    return fetch(new URL(path, this.url), { headers, redirect: 'manual' });
  }
}

export async function startServer(options) {
  return new Server(options).start();
}
