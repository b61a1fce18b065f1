// nginx and Caddy, set up by the very files that docs/self-hosting.md shows. The network namespace
// is ours, so the ports are those of the page.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';

import { makeCertificate } from './certificate.mjs';
import { root } from './server.mjs';

/* A proxy that does not listen by then never will. */
const LISTENING_MS = 20000;

export const page = readFileSync(`${root}docs/self-hosting.md`, 'utf8');

/** The n-th block of a language in the page. */
export function block(language, n = 0) {
  const found = [...page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))][n];
  assert.ok(found, `docs/self-hosting.md shows a file for ${language}`);
  return found[1];
}

/** The name that a block of the page serves. */
const nameOf = (site) => site.match(/[\w.-]+\.example\.org/)[0];

/** Resolves once TLS is spoken there under that name: Caddy listens before it has made its
 * certificate. The child's death ends the wait, and so does the clock. */
async function listening(child, port, name) {
  let dead;
  child.once('exit', (code) => {
    dead = new Error(`${child.spawnfile} ended (${code}): ${child.errors}`);
  });
  for (const end = Date.now() + LISTENING_MS; Date.now() < end;) {
    if (dead) {
      throw dead;
    }
    const open = await new Promise((resolve) => {
      const socket = tls.connect({
        port, host: '10.77.0.1', servername: name, rejectUnauthorized: false,
      });
      socket.once('secureConnect', () => resolve(true)).once('error', () => resolve(false));
      socket.once('close', () => socket.destroy());
      socket.once('secureConnect', () => socket.end());
    });
    if (open) {
      return;
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error(`${child.spawnfile} does not listen within ${LISTENING_MS} ms: ${child.errors}`);
}

/** Starts a proxy in a folder of its own; ends with the world. */
async function start(world, command, args, { folder, site }) {
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
  await listening(child, 443, nameOf(site));
}

function folderFor(name) {
  return mkdtempSync(join(tmpdir(), `ghostchat-${name}-`));
}

/** site: a block of the page. */
export async function startNginx(world, site) {
  const folder = folderFor('nginx');
  makeCertificate(folder, nameOf(site));
  const own = site.replaceAll(/\/etc\/letsencrypt\/live\/[\w.]+/g, folder);
  assert.notEqual(own, site);
  writeFileSync(join(folder, 'site.conf'), own);
  writeFileSync(join(folder, 'nginx.conf'), `daemon off; pid ${folder}/pid; error_log stderr;
    user root; events {} http { include /etc/nginx/mime.types; include ${folder}/site.conf;
    access_log off; client_body_temp_path ${folder};
    proxy_temp_path ${folder}; fastcgi_temp_path ${folder}; uwsgi_temp_path ${folder};
    scgi_temp_path ${folder}; }`);
  await start(world, '/usr/sbin/nginx', ['-p', folder, '-c', join(folder, 'nginx.conf')],
    { folder, site });
}

/** site: a block of the page. */
export async function startCaddy(world, site) {
  const folder = folderFor('caddy');
  // Nothing but where certificates come from is added: here nobody signs them for us.
  writeFileSync(join(folder, 'Caddyfile'), `{
	local_certs
	skip_install_trust
	admin off
}
${site}`);
  await start(world, '/usr/bin/caddy', ['run', '--config', 'Caddyfile', '--adapter', 'caddyfile'],
    { folder, site });
}
