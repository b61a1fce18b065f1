// How often a stock PeerJS application (1.5.5, in Chromium) gets no 'open' after
// disconnect(); reconnect(): over ghostchatd and over npm `peer`.
//   ROUNDS=100 B=build test/netns node bench/peerjs.mjs
import { chromiumBrowser } from '../test/harness/browsers.mjs';
import { Person } from '../test/harness/person.mjs';
import { Server } from '../test/harness/server.mjs';
import { PeerServer } from '../test/harness/peerserver.mjs';
import { User } from '../test/peerjs/user.mjs';

const rounds = Number(process.env.ROUNDS || 100);
/* An 'open' comes within milliseconds; one that has not come by then is lost. */
const LOST_MS = 2000;

const browser = chromiumBrowser();
const patience = () => 20000;
/* What a User asks of the world it lives in. */
const world = {
  patience,
  person: async (name, server) => new Person(name, await browser.page(), { patience, server }),
};

async function lost(server) {
  await server.start();
  try {
    const user = await User.open(world, 'Ann', server);
    await user.enters();
    return await user.evaluate(([n, ms]) => globalThis.application.again(n, ms), [rounds, LOST_MS]);
  } finally {
    await server.kill();
  }
}

try {
  for (const [name, server] of [['ghostchatd', new Server()], ['npm peer', new PeerServer()]]) {
    console.log(`${name}: ${await lost(server)} of ${rounds} without an 'open'`);
  }
} finally {
  await browser.close();
}
