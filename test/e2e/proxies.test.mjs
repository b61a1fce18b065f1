// Two people chat through nginx and through Caddy, set up by the very files that
// docs/self-hosting.md shows. The namespace is ours, so the ports are those of the page.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { chromiumBrowser } from '../harness/browsers.mjs';
import { scenarios, SERVER_GONE } from '../harness/scenario.mjs';
import { root } from '../harness/server.mjs';

const scenario = scenarios({
  chromium: chromiumBrowser({
    flags: [
      '--ignore-certificate-errors',
      // mDNS names must keep going to the network, or no link ever opens.
      '--host-resolver-rules=MAP *.example.org 10.77.0.1, EXCLUDE *.local',
    ],
  }),
});

const page = readFileSync(`${root}docs/self-hosting.md`, 'utf8');

/** The n-th block of a language in the page. */
function block(language, n = 0) {
  const found = [...page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))][n];
  assert.ok(found, `docs/self-hosting.md shows a file for ${language}`);
  return found[1];
}

/** The options of the n-th ghostchatd behind a proxy that the page shows. */
function options(nth) {
  const lines = [...page.matchAll(/^```sh\nghostchatd (.*--trust-proxy.*)\n```$/gm)];
  return lines[nth][1].split(' ');
}

/** Resolves once somebody listens there; the child's death ends the wait. */
async function listening(child, port) {
  let dead;
  child.once('exit', (code) => {
    dead = new Error(`${child.spawnfile} ended (${code}): ${child.errors}`);
  });
  for (;;) {
    if (dead) {
      throw dead;
    }
    const open = await new Promise((resolve) => {
      const socket = net.connect(port, '10.77.0.1');
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
      socket.once('close', () => socket.destroy());
      socket.once('connect', () => socket.end());
    });
    if (open) {
      return;
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Starts a proxy in a folder of its own; ends with the world. */
async function start(world, command, args, folder) {
  const child = spawn(command, args, {
    cwd: folder, stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder },
  });
  child.errors = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    child.errors += text;
  });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  world.closers.push(async () => {
    child.kill('SIGTERM');
    await gone;
    rmSync(folder, { recursive: true, force: true });
  });
  await listening(child, 443);
}

function folderFor(name) {
  return mkdtempSync(join(tmpdir(), `ghostchat-${name}-`));
}

async function nginx(world) {
  const folder = folderFor('nginx');
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256',
    '-nodes', '-keyout', 'privkey.pem', '-out', 'fullchain.pem', '-days', '2', '-subj',
    '/CN=chat.example.org'], { cwd: folder, stdio: 'ignore' });
  const site = block('nginx').replaceAll('/etc/letsencrypt/live/chat.example.org', folder);
  assert.notEqual(site, block('nginx'));
  writeFileSync(join(folder, 'site.conf'), site);
  writeFileSync(join(folder, 'nginx.conf'), `daemon off; pid ${folder}/pid; error_log stderr;
    user root; events {} http { include ${folder}/site.conf; client_body_temp_path ${folder};
    proxy_temp_path ${folder}; fastcgi_temp_path ${folder}; uwsgi_temp_path ${folder};
    scgi_temp_path ${folder}; }`);
  await start(world, '/usr/sbin/nginx', ['-p', folder, '-c', join(folder, 'nginx.conf')], folder);
}

async function caddy(world, n) {
  const folder = folderFor('caddy');
  // Nothing but where certificates come from is added: here nobody signs them for us.
  writeFileSync(join(folder, 'Caddyfile'), `{
	local_certs
	skip_install_trust
	admin off
}
${block('caddyfile', n)}`);
  await start(world, '/usr/bin/caddy', ['run', '--config', 'Caddyfile', '--adapter', 'caddyfile'], folder);
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
  story: through(nginx, 0, 'https://chat.example.org/'),
  red: { 'text altered': textAltered },
});

scenario('behind Caddy, as docs/self-hosting.md sets it up', {
  story: through((world) => caddy(world, 0), 0, 'https://chat.example.org/'),
  red: { 'server down': serverDown },
});

scenario('behind Caddy under /chat/, as docs/self-hosting.md sets it up', {
  story: through((world) => caddy(world, 1), 1, 'https://www.example.org/chat/'),
  red: { 'text altered': textAltered },
});
