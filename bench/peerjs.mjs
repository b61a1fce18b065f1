// How often a stock PeerJS application (1.5.5, in Chromium) gets no 'open' after
// disconnect(); reconnect(): over ghostchatd and over npm `peer`, straight and where what the old
// socket says comes a little later than the new one.
//   ROUNDS=100 B=build test/netns node bench/peerjs.mjs
import { chromiumBrowser } from '../test/harness/browsers.mjs';
import { startLag } from '../test/harness/lag.mjs';
import { Person } from '../test/harness/person.mjs';
import { Server } from '../test/harness/server.mjs';
import { PeerServer } from '../test/harness/peerserver.mjs';
import { User } from '../test/peerjs/user.mjs';

const rounds = Number(process.env.ROUNDS || 100);
/* An 'open' comes within milliseconds; one that has not come by then is lost. */
const LOST_MS = 500;
const LAG_MS = 20;

const browser = chromiumBrowser({ shell: false });
const patience = () => 20000;
/* What a User asks of the world it lives in. */
const world = {
  patience,
  person: async (name, server) => new Person(name, await browser.page(), { patience, server }),
};

async function lost(server) {
  const user = await User.open(world, 'Ann', server);
  await user.enters();
  const n = await user.evaluate(([times, ms]) => globalThis.application.again(times, ms),
    [rounds, LOST_MS]);
  await user.person.page.close();
  return `${n} of ${rounds}`;
}

try {
  for (const [name, server] of [['ghostchatd', new Server()], ['npm peer', new PeerServer()]]) {
    await server.start();
    const way = await startLag(server.port, LAG_MS);
    console.log(`${name}: ${await lost(server)} without an 'open', ${await lost(way)} where the `
      + `goodbye comes ${LAG_MS} ms late`);
    await way.close();
    await server.kill();
  }
} finally {
  await browser.close();
}
