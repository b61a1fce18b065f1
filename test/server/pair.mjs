// ghostchatd and an unmodified PeerServer side by side, for questions that both must answer alike.
import assert from 'node:assert/strict';

import { PeerServer } from '../harness/peerserver.mjs';
import { startServer } from '../harness/server.mjs';
import { Client, DEADLINE_MS, request } from './client.mjs';

export const COMMAND = new URL('../node_modules/peer/dist/bin/peerjs.js', import.meta.url).pathname;

const started = [];
/** Both, with the same options, whose names are those of `peerjs`: [name, server] each. */
export async function both(options = {}) {
  const pair = [['ghostchatd', await startServer(options)],
    ['peer', await new PeerServer(options).start()]];
  started.push(...pair.map(([, server]) => server));
  return pair;
}

/** Both, with many options. */
export const bothChosen = () => both({
  path: '/my/app',
  args: ['-k', 'mine', '-c', '2', '-t', '300', '--alive_timeout', '1500', '--allow_discovery',
    '--proxied', '--cors', 'https://a.example', '--cors', 'null'],
});

export const endAll = () => Promise.all(started.map((server) => server.kill()));

let serial = 0;
/** An id that no test had before. */
export const name = (what) => `${what}-${++serial}`;

export const open = (server, id, options = {}) => Client.open(server.port, id, {
  target: `${server.path}${server.path.endsWith('/') ? '' : '/'}peerjs`, ...options,
});

/** An admitted client. */
export async function join(server, id, options) {
  const client = await open(server, id, options);
  await client.message('OPEN');
  return client;
}

/** Resolves once nobody holds an id of a chosen one: an end that came is not yet one that was seen. */
export async function empty(server) {
  const end = Date.now() + DEADLINE_MS;
  let ids;
  do {
    ids = (await request(server, '/my/app/x/peers')).text;
  } while (ids !== '[]' && Date.now() < end);
  assert.equal(ids, '[]', `somebody is still there after ${DEADLINE_MS} ms`);
}

/** Runs a story that looks at the clock. One that failed while this machine stood still for a third
 * of a second tells nothing, and is told again, twice at most. */
export async function unstalled(story) {
  for (let attempt = 0; ; attempt++) {
    let [last, worst] = [performance.now(), 0];
    const timer = setInterval(() => {
      const now = performance.now();
      worst = Math.max(worst, now - last - 50);
      last = now;
    }, 50);
    try {
      return await story();
    } catch (error) {
      worst = Math.max(worst, performance.now() - last - 50);
      if (attempt === 2 || worst < 300) {
        throw error;
      }
    } finally {
      clearInterval(timer);
    }
  }
}
