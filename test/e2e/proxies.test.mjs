// Two people chat through nginx and through Caddy, set up by the very files that
// docs/self-hosting.md shows. The namespace is ours, so the ports are those of the page.
import assert from 'node:assert/strict';

import { chromiumBrowser } from '../harness/browsers.mjs';
import { block, page, startCaddy, startNginx } from '../harness/proxy.mjs';
import { scenarios, SERVER_GONE } from '../harness/scenario.mjs';

const scenario = scenarios({
  chromium: chromiumBrowser({
    flags: [
      '--ignore-certificate-errors',
      // mDNS names must keep going to the network, or no link ever opens.
      '--host-resolver-rules=MAP *.example.org 10.77.0.1, EXCLUDE *.local',
    ],
  }),
});

/** The options of the n-th ghostchatd behind a proxy that the page shows. */
function options(nth) {
  const lines = [...page.matchAll(/^```sh\nghostchatd (.*--trust-proxy.*)\n```$/gm)];
  return lines[nth][1].split(' ');
}

/** A story through a proxy: page, deep link, chat, and the addresses that the server counts. */
function through(proxy, nth, url) {
  return async (world) => {
    const [args, port, path] = splitOptions(options(nth));
    const server = await world.server({ args, port, path });
    await proxy(world);
    const front = { url };
    const ann = await world.person('Ann', front);
    const ben = await world.person('Ben', front);
    await world.moment('beforeJoin');
    await ann.newPrivateRoom();
    const link = await ann.inviteLink();
    assert.ok(link.startsWith(`${url}room/#1.`), link);
    await ben.joinLink(link);
    await Promise.all([ann.connected(), ben.connected()]);
    await ann.say(world.text('through a proxy'));
    await ben.heard('through a proxy');
    await ben.say('and back');
    await ann.heard('and back');
    assert.equal(server.child.errors.includes('trust-proxy'), false, server.child.errors);
  };
}

function splitOptions(list) {
  const take = (name) => {
    const at = list.indexOf(name);
    return at < 0 ? undefined : list.splice(at, 2)[1];
  };
  const port = Number(take('--port'));
  const host = take('--host');
  const path = take('--path') ?? '/';
  assert.equal(host, '127.0.0.1');
  return [list, port, path];
}

const textAltered = { text: (text) => `${text}!`, fails: /Ben: reads "through/ };
const serverDown = {
  moment: {
    beforeJoin: (world) => {
      world.allow(SERVER_GONE);
      return world.servers[0].kill();
    },
  },
  fails: /Ann fills|HTTP_RESPONSE_CODE_FAILURE/,
};

scenario('behind nginx, as docs/self-hosting.md sets it up', {
  story: through((world) => startNginx(world, block('nginx')), 0, 'https://chat.example.org/'),
  red: { 'text altered': textAltered },
});

scenario('behind Caddy, as docs/self-hosting.md sets it up', {
  story: through((world) => startCaddy(world, block('caddyfile')), 0, 'https://chat.example.org/'),
  red: { 'server down': serverDown },
});

scenario('behind Caddy under /chat/, as docs/self-hosting.md sets it up', {
  story: through((world) => startCaddy(world, block('caddyfile', 1)), 1, 'https://www.example.org/chat/'),
  red: { 'text altered': textAltered },
});

scenario('behind nginx without the two lines for WebSockets the page says what is wrong', {
  async story(world) {
    const [args, port, path] = splitOptions(options(0));
    const server = await world.server({ args, port, path });
    const site = block('nginx');
    const without = site.replace(/^.*proxy_set_header (Upgrade|Connection) .*\n/gm, '');
    assert.equal(site.split('\n').length - without.split('\n').length, 2);
    await startNginx(world, world.variant.whole ? site : without);
    world.allow(SERVER_GONE);
    const ann = await world.person('Ann', { url: 'https://chat.example.org/' });
    await ann.joinRoom('no upgrade');
    await ann.status(/^The server is there, but its WebSocket is not reached.*Upgrade/);
    await ann.state('joining');
    assert.match(server.child.errors, /does not pass WebSockets on/);
  },
  red: { 'with them': { whole: true, fails: /in the status line/ } },
});
