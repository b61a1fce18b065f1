// An unmodified PeerServer (npm `peer`, its command `peerjs`) on a free port, ended with the test.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { freePort } from './port.mjs';

const COMMAND = fileURLToPath(new URL('../node_modules/peer/dist/bin/peerjs.js', import.meta.url));

export class PeerServer {
  /** args: options of `peerjs` beyond host, port and path. */
  constructor({ args = [], host = '127.0.0.1', path = '/' } = {}) {
    Object.assign(this, { args, host, path, port: 0 });
  }

  /** Starts it; the port stays the same over kill() and start(). */
  async start() {
    this.port ||= await freePort(this.host);
    this.child = spawn(process.execPath, [COMMAND, '--host', this.host, '--port',
      String(this.port), '--path', this.path, ...this.args], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.child.errors = '';
    this.child.stderr.setEncoding('utf8').on('data', (text) => {
      this.child.errors += text;
    });
    this.gone = new Promise((resolve) => this.child.once('exit', (code, signal) => {
      resolve(signal ?? code);
    }));
    // The first line of PeerServer says that it listens; later ones name the ids that come and go.
    await new Promise((resolve, reject) => {
      this.child.stdout.once('data', resolve);
      this.child.once('error', reject);
      this.gone.then((why) => reject(new Error(`peerjs ended (${why}): ${this.child.errors}`)));
    });
    this.child.stdout.resume();
    this.url = `http://${this.host}:${this.port}${this.path}`;
    return this;
  }

  /** At once: on SIGTERM it waits until all clients have gone. */
  async kill() {
    this.child.kill('SIGKILL');
    await this.gone;
  }
}
