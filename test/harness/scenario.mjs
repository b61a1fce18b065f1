// One end-to-end test: a story, and the variants of it that must go red, each for its reason.
//
//   scenario('two people chat', {
//     async story(world) { ... },
//     red: { 'other room': { room: (name, who) => ..., fails: /has 1 open links/ } },
//   });
//
// A red variant changes one thing that the story asks the world for (room, link, text) or hooks a
// moment (moment). It must reject with an error that matches `fails`, within a short deadline.
//
// All of them cost as much as the stories. The suite runs the first of each file, which shows that
// the file can still see red; `make red` (GC_RED=all) runs every one.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { Person } from './person.mjs';
import { Server } from './server.mjs';

/* A wait is given long, for a busy machine; the one for which a red variant is to fail only a part. */
const LONG_MS = 20000;
const RED_MS = 1500;

export const REASON = 'this machine gives no network namespace (needs root or user namespaces)';

/** The errors that a browser writes to its console when a server is killed on purpose. */
export const SERVER_GONE = /WebSocket|ERR_CONNECTION|NetworkError|can.t establish a connection/;

/* Red variants that many stories share. */
export const otherRoom = {
  room: (name, who) => (who === 'Ben' ? `${name}2` : name), fails: /has \d open links/,
};
export const textAltered = { text: (text) => `${text}.`, fails: /reads "/ };
export const serverDown = {
  moment: {
    beforeJoin(world) {
      world.allow(SERVER_GONE);
      return world.servers[0].kill();
    },
  },
  fails: /ERR_CONNECTION_REFUSED|NS_ERROR_CONNECTION_REFUSED|open links/,
};

class World {
  constructor(browsers, variant, red) {
    Object.assign(this, { browsers, variant, red });
    this.patience = (words) => (red && variant.fails.test(words) ? RED_MS : LONG_MS);
    this.people = [];
    this.servers = [];
    this.closers = [];
    this.allowed = [];
  }

  /** Changes of a red variant; the green run gets back what it gave. */
  room(name, who) {
    return this.variant.room?.(name, who) ?? name;
  }

  link(link, who) {
    return this.variant.link?.(link, who) ?? link;
  }

  text(text) {
    return this.variant.text?.(text) ?? text;
  }

  /** A named point of the story at which a variant may act. */
  async moment(name) {
    await this.variant.moment?.[name]?.(this);
  }

  async server(options) {
    const server = new Server({ ...options, ...this.variant.server });
    this.servers.push(server);
    return server.start();
  }

  /** A person in a new context of a browser (the first of the file, unless named). */
  async person(name, server, { browser = Object.keys(this.browsers)[0], ...options } = {}) {
    const page = await this.browsers[browser].page(options);
    const person = new Person(name, page, { patience: this.patience, server });
    this.people.push(person);
    return person;
  }

  /** People who enter a room one after the other. */
  async crowd(names, server, room, options = {}) {
    const people = [];
    for (const name of names) {
      people.push(await this.person(name, server, options));
    }
    await this.moment('beforeJoin');
    for (const person of people) {
      await person.joinRoom(this.room(room, person.name));
    }
    return people;
  }

  /** Console lines that this story causes on purpose. */
  allow(pattern) {
    this.allowed.push(pattern);
  }

  /** Ends what the test started; returns what the pages complained about. */
  async end() {
    const complaints = this.people.flatMap((person) => person.page.complaints.list
      .filter((line) => !this.allowed.some((pattern) => pattern.test(line)))
      .map((line) => `${person.name}: ${line}`));
    await Promise.allSettled(this.people.map((person) => person.page.close()));
    await Promise.allSettled(this.servers.map((server) => server.child && server.kill()));
    await Promise.allSettled(this.closers.map((close) => close()));
    return complaints;
  }
}

/** All tests of a file share the browsers; they end with it. */
export function scenarios(browsers) {
  after(() => Promise.all(Object.values(browsers).map((browser) => browser.close())));
  const skip = process.env.GC_NETNS ? false : REASON;
  let redsLeft = process.env.GC_RED === 'all' ? Infinity : 1;

  async function run(story, variant, red) {
    const world = new World(browsers, variant, red);
    try {
      await story(world);
    } catch (error) {
      // The complaints of the pages often show the cause.
      error.message = [error.message, ...await world.end()].join('\n  ');
      throw error;
    }
    const complaints = await world.end();
    assert.equal(complaints.length, 0, ['a page complained', ...complaints].join('\n  '));
  }

  return function scenario(name, { story, red = {}, timeout = 60000 }) {
    test(name, { skip, timeout }, () => run(story, {}, false));
    for (const [why, variant] of Object.entries(red).slice(0, redsLeft)) {
      redsLeft -= 1;
      test(`${name} [red: ${why}]`, { skip, timeout }, async () => {
        await assert.rejects(run(story, variant, true), variant.fails);
      });
    }
  };
}
