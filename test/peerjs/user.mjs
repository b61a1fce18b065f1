// Somebody who uses a PeerJS application: the pages of test/peerjs/pages, each with an unmodified
// release of npm `peerjs`. The verbs in which the tests of this folder are written.
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';

import { PeerServer } from '../harness/peerserver.mjs';
import { startSite } from '../harness/site.mjs';

export const RELEASES = ['1.5.5', '1.4.7', '1.3.2'];

const folder = (path) => fileURLToPath(new URL(path, import.meta.url));

/* One for all worlds of a process; it ends with the process. */
let site;

/** A stock PeerServer of one's own, ended with the world. */
export async function peerServer(world, options) {
  const server = new PeerServer(options);
  world.closers.push(() => server.child && server.kill());
  return server.start();
}

export class User {
  /** Opens the page of a release in a new context. */
  static async open(world, name, server, { release = '1.5.5', browser } = {}) {
    site ??= startSite({ '/': folder('pages'), '/npm/': folder('../node_modules') }).then((one) => {
      one.unref();
      return one;
    });
    const self = new User();
    self.person = await world.person(name, server, browser ? { browser } : {});
    Object.assign(self, { name, world, server, release, taken: new Map() });
    await self.reloads();
    return self;
  }

  /** Loads the page, once more if it is there already: the application begins anew. */
  async reloads() {
    this.taken.clear();
    await this.person.page.goto(`${(await site).url}${this.release}.html`);
    await this.person.until('has loaded PeerJS', () => globalThis.application !== undefined
      && globalThis.Peer !== undefined);
  }

  evaluate(what, argument) {
    return this.person.evaluate(what, argument);
  }

  /** Makes the Peer; options beyond where the server is. */
  async begins(id, options = {}) {
    const { host, port, path } = this.server;
    await this.evaluate(([chosen, all]) => globalThis.application.start(chosen ?? undefined, all),
      [id ?? null, { host, port, path, ...options }]);
  }

  /** The same, and has an id. */
  async enters(id, options) {
    await this.begins(id, options);
    this.id = await this.sees('open');
    return this.id;
  }

  /** Waits for the next event of that name and returns what it says. */
  async sees(name) {
    const n = this.taken.get(name) ?? 0;
    const words = `${this.name} (${this.release}): sees "${name}"`;
    const ms = this.world.patience(words);
    const seen = await this.evaluate(([event, index, wait]) => (
      globalThis.application.event(event, index, wait)), [name, n, ms]);
    if (seen === null) {
      throw new Error(`${words}: not within ${ms} ms; ${await this.does('story')}`);
    }
    this.taken.set(name, n + 1);
    return seen.detail;
  }

  count(name) {
    return this.evaluate((event) => globalThis.application.count(event), name);
  }

  /** Calls a verb of the page without arguments or with one. */
  does(verb, argument) {
    return this.evaluate(([name, value]) => globalThis.application[name](value),
      [verb, argument ?? null]);
  }

  connect(to, options) {
    return this.evaluate(([id, all]) => globalThis.application.connect(id, all), [to, options]);
  }

  /** Asks for all ids until they are these. */
  async listsOnly(ids) {
    const words = `${this.name} (${this.release}): lists ${ids}`;
    const end = Date.now() + this.world.patience(words);
    let seen;
    do {
      await this.does('list');
      seen = (await this.sees('ids')).sort().join();
    } while (seen !== [...ids].sort().join() && Date.now() < end);
    assert.equal(seen, [...ids].sort().join(), words);
  }

  /** A label that nobody used before. */
  nextLabel() {
    this.labels = (this.labels ?? 0) + 1;
    return `${this.name} ${this.labels}`;
  }

  /** A connection that is open at both ends; returns its label and what both saw of it. */
  async reaches(other, options) {
    const label = await this.connect(other.id, options);
    const both = await Promise.allSettled([this, other].map((user) => user.sees(`${label} open`)));
    const failed = both.filter((one) => one.status === 'rejected');
    if (failed.length > 0) {
      throw new Error(failed.map((one) => one.reason.message).join('\n'));
    }
    const [here, there] = both.map((one) => one.value);
    return { label, here, there };
  }

  async says(label, what) {
    await this.evaluate(([name, text]) => globalThis.application.say(name, text), [label, what]);
  }

  /** Sends so many bytes, which are not all alike. */
  async sends(label, count) {
    await this.evaluate(([name, length]) => globalThis.application.sendMany(name, length), [label, count]);
  }

  /** Says something and the other reads it. */
  async tells(other, label, what) {
    await this.says(label, this.world.text(what));
    assert.equal(await other.sees(`${label} data`), JSON.stringify(what),
      `${other.name} reads "${what}"`);
  }

  async closes(label, options) {
    await this.evaluate(([name, how]) => globalThis.application.close(name, how ?? undefined),
      [label, options ?? null]);
  }
}
