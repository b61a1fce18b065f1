// A terminal: one `ghostchat --json` for a test, with the verbs of a person.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

import { build, root } from './server.mjs';

export const program = `${root}${build}/ghostchat`;

/** The terminals that run: one that a failed test did not stop keeps the test's process alive. */
export const terminals = new Set();

/** Whether `line` has all that `wanted` has.
 * @param {any} line @param {Record<string, unknown>} wanted */
const matches = (line, wanted) => Object.entries(wanted)
  .every(([key, value]) => (value instanceof RegExp ? value.test(line[key] ?? '') : line[key] === value));

export class Terminal {
  /** @param {string} name
   * @param {string[]} args  behind the program's name
   * @param {{ patience?: (words: string) => number, env?: NodeJS.ProcessEnv, prefix?: string[] }} [options]
   *   prefix: the command that runs it */
  constructor(name, args, { patience = () => 20000, env = process.env, prefix = [] } = {}) {
    Object.assign(this, { name, patience });
    /** @type {any[]} */
    this.lines = [];
    this.errors = '';
    this.waiters = new Set();
    const [command, ...words] = [...prefix, program, ...args, '--nick', name];
    this.child = spawn(command, words, { stdio: ['pipe', 'pipe', 'pipe'], env });
    this.child.stderr.setEncoding('utf8').on('data', (text) => { this.errors += text; });
    this.child.stdin.on('error', () => {}); // it may have ended
    createInterface({ input: this.child.stdout }).on('line', (text) => {
      this.lines.push(JSON.parse(text));
      this.waiters.forEach((look) => look());
    });
    terminals.add(this);
    this.gone = new Promise((resolve) => this.child.once('close', (code, signal) => {
      terminals.delete(this);
      resolve(signal ?? code);
      this.waiters.forEach((look) => look());
    }));
  }

  /** Resolves with what `find` gives, as soon as it gives anything; it is asked after each line.
   * @template T @param {string} words what is waited for @param {() => T | undefined} find
   * @returns {Promise<T>} */
  #wait(words, find) {
    const ms = this.patience(words);
    return new Promise((resolve, reject) => {
      const end = (settle, value) => {
        clearTimeout(timer);
        this.waiters.delete(look);
        settle(value);
      };
      const look = () => {
        const found = find();
        if (found) {
          end(resolve, found);
        }
      };
      const timer = setTimeout(() => end(reject, new Error(
        `${words}: not within ${ms} ms; ${JSON.stringify(this.lines.slice(-8))} ${this.errors}`)), ms);
      this.waiters.add(look);
      look();
    });
  }

  /** Resolves with the first line from index `from` on that has all this.
   * @param {Record<string, unknown>} wanted @param {number} [from] */
  async until(wanted, from = 0) {
    const words = JSON.stringify(wanted, (_, v) => (v instanceof RegExp ? String(v) : v));
    return this.#wait(`${this.name}: ${words}`,
      () => this.lines.slice(from).find((line) => matches(line, wanted)));
  }

  /** @param {object} command */
  command(command) {
    this.child.stdin.write(`${JSON.stringify(command)}\n`);
  }

  /** @param {string} text @returns {Promise<number>} the message's id */
  async say(text) {
    const from = this.lines.length;
    this.command({ send: text });
    return (await this.until({ event: 'sent' }, from)).id;
  }

  /** @param {string} text */
  heard(text) {
    return this.until({ event: 'message', text });
  }

  /** @param {number} [count] */
  async connected(count = 1) {
    const open = () => new Set(this.lines.filter((line) => line.event === 'peer').map((line) => line.peer)
      .filter((peer) => this.lines.findLast((line) => line.peer === peer)?.state === 'open')).size;
    await this.#wait(`${this.name} has ${count} open links`, () => open() === count);
  }

  /** Leaves; resolves with the exit status. */
  leave() {
    this.command({ quit: true });
    return this.gone;
  }

  /** No goodbye: what a power cut does. */
  kill() {
    this.child.kill('SIGKILL');
    return this.gone;
  }
}
