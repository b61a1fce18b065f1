// A native link end (rtc_peer.c) behind the lines that it speaks.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { networkInterfaces } from 'node:os';

const B = process.env.B ?? 'build';

export const Kind = { NATIVE: 0, EITHER: 1, DATA: 2 };
export const Channel = { CONTROL: 0, MESSAGE: 1, DATA_BYTES: 128, DATA_TEXT: 129 };

/** An IPv4 address of this machine that browsers show too: they show no loopback ones. */
export function ownAddress() {
  return Object.values(networkInterfaces()).flat().find((a) => a.family === 'IPv4' && !a.internal)?.address;
}

const encode = (text) => Buffer.from(text).toString('base64');

export class Native {
  /** Every line that came, as words; texts are decoded. */
  lines = [];
  #waiting = [];

  /** @param {string[]} words  more words of its command line */
  constructor(words = []) {
    this.process = spawn(`${B}/test/interop/rtc_peer`, [ownAddress(), ...words], { stdio: ['pipe', 'pipe', 'inherit'] });
    createInterface({ input: this.process.stdout }).on('line', (line) => this.#take(line));
    this.ended = new Promise((resolve) => this.process.on('exit', (code) => resolve(code)));
  }

  #take(line) {
    const [verb, ...words] = line.split(' ');
    if (['description', 'candidate', 'message'].includes(verb)) {
      words.push(Buffer.from(words.pop(), 'base64').toString());
    }
    this.lines.push([verb, ...words]);
    this.#waiting.forEach((look) => look());
  }

  /** Resolves with the first line of this verb that the test accepts. */
  wait(verb, test = () => true, ms = 10000) {
    return new Promise((resolve, reject) => {
      const found = () => this.lines.find((line) => line[0] === verb && test(line));
      const look = () => {
        const line = found();
        if (line) {
          clearTimeout(timer);
          this.#waiting = this.#waiting.filter((other) => other !== look);
          resolve(line);
        }
      };
      const timer = setTimeout(() => reject(new Error(
        `no ${verb} in ${ms} ms; came: ${this.lines.map((l) => l.join(' ').slice(0, 60)).join(' | ')}`)), ms);
      this.#waiting.push(look);
      look();
    });
  }

  say(verb, ...words) {
    this.process.stdin.write(`${[verb, ...words].join(' ')}\n`);
  }

  text(verb, link, ...rest) {
    this.say(verb, link, ...rest.slice(0, -1), encode(rest.at(-1)));
  }

  async end() {
    this.process.stdin.end();
    return this.ended;
  }
}
