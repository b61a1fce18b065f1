// The routes and the command of a PeerServer, row by row, asked of ghostchatd and of npm `peer`.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { after, before, test } from 'node:test';

import { makeCertificate } from '../harness/certificate.mjs';
import { binary, root } from '../harness/server.mjs';
import { Client, request } from './client.mjs';
import './leftovers.mjs';
import { both, bothChosen, COMMAND, empty, endAll, join } from './pair.mjs';

const ABOUT = '{"name":"PeerJS Server","description":"A server side element to broker connections '
  + 'between PeerJS clients.","website":"https://peerjs.com/"}';
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const folder = mkdtempSync(joinPath(tmpdir(), 'ghostchat-'));
let plain; // no options
let chosen; // many
before(async () => {
  [plain, chosen] = await Promise.all([both(), bothChosen()]);
});
after(async () => {
  await endAll();
  rmSync(folder, { recursive: true });
});

// --- 1. HTTP ---------------------------------------------------------------------------------------

/** Headers as a set, or just whether they are there. */
const words = (text = '') => text.split(', ').filter((word) => word !== 'Accept').sort().join(', ');
const JSON_TYPE = 'application/json; charset=utf-8';
const HTML = 'text/html; charset=utf-8';
const any = 'https://b.example';
const ROUTES = [
  ['GET', '/', {}, { status: 200, type: JSON_TYPE, length: '140', body: ABOUT }],
  ['GET', '/peerjs/id', {}, { status: 200, type: HTML, length: '36', body: UUID }],
  ['GET', '/any-word/id?ts=17321&version=1.5.5', {}, { status: 200, type: HTML, body: UUID }],
  ['GET', '/PeerJS/ID/', {}, { status: 200, type: HTML, body: UUID }],
  ['GET', '/peerjs/peers', {}, { status: 401, type: 'text/plain; charset=utf-8', body: 'Unauthorized' }],
  ['GET', '/peerjs/Peers/', {}, { status: 401, body: 'Unauthorized' }],
  ['HEAD', '/', {}, { status: 200, type: JSON_TYPE, length: '140', body: '' }],
  ['HEAD', '/peerjs/id', {}, { status: 200, type: HTML, length: '36', body: '' }],
  ['HEAD', '/peerjs/peers', {}, { status: 401, body: '' }],
  ['GET', '/nothing', {}, { status: 404, vary: 'Origin' }],
  ['GET', '/peerjs', {}, { status: 404 }],
  ['GET', '/a/b/id', {}, { status: 404 }],
  ['GET', '/id', {}, { status: 404 }],
  ['POST', '/peerjs/id', {}, { status: 404 }],
  ['PUT', '/', {}, { status: 404 }],
  ['DELETE', '/peerjs/peers', {}, { status: 404 }],
  ['GET', '/peerjs/id', { Origin: any }, { status: 200, vary: 'Origin', origin: any, credentials: undefined }],
  ['GET', '/peerjs/id', {}, { status: 200, vary: 'Origin', origin: undefined }],
  ['GET', '/', { Origin: 'null' }, { status: 200, vary: 'Origin', origin: 'null' }],
  ['GET', '/peerjs/peers', { Origin: any }, { status: 401, origin: any }],
  ['GET', '/nothing', { Origin: any }, { status: 404, origin: any }],
  ['OPTIONS', '/peerjs/id', { Origin: any, 'Access-Control-Request-Headers': 'x-one,x-two' }, {
    status: 204, length: '0', origin: any, methods: 'GET,HEAD,PUT,PATCH,POST,DELETE',
    allowed: 'x-one,x-two', vary: 'Access-Control-Request-Headers, Origin' }],
  ['OPTIONS', '/nothing', { Origin: any }, { status: 204, origin: any, allowed: undefined }],
  ['GET', '/peerjs/id', { Connection: 'keep-alive' }, { status: 200, alive: 'timeout=5' }],
  ['GET', '/peerjs/id', { Connection: 'close' }, { status: 200, alive: undefined }],
];
const CHOSEN_ROUTES = [
  ['GET', '/my/app', {}, { status: 200, body: ABOUT }],
  ['GET', '/my/app/', {}, { status: 200, body: ABOUT }],
  ['GET', '/MY/App/mine/id', {}, { status: 200, body: UUID }],
  ['GET', '/my/app/other/id', {}, { status: 200, body: UUID }],
  ['GET', '/my/app/mine/peers', {}, { status: 200, type: JSON_TYPE, body: '[]' }],
  ['GET', '/my/application', {}, { status: 404, vary: '' }],
  ['GET', '/peerjs/id', { Origin: 'https://a.example' }, { status: 404, vary: '', origin: undefined }],
  ['GET', '/', {}, { status: 404 }],
  ['GET', '/my/app/mine/id', { Origin: 'https://a.example' }, { origin: 'https://a.example', vary: 'Origin' }],
  ['GET', '/my/app/mine/id', { Origin: 'null' }, { origin: 'null' }],
  ['GET', '/my/app/mine/id', { Origin: any }, { origin: undefined, vary: 'Origin' }],
];

async function check(server, who, [method, path, headers, wanted]) {
  const answer = await request(server, path, { method, headers });
  const header = answer.headers;
  const seen = {
    status: answer.status, type: header['content-type'], length: header['content-length'],
    body: answer.text, vary: words(header.vary), alive: header['keep-alive'],
    origin: header['access-control-allow-origin'],
    credentials: header['access-control-allow-credentials'],
    methods: header['access-control-allow-methods'], allowed: header['access-control-allow-headers'],
  };
  for (const [key, value] of Object.entries(wanted)) {
    const says = `${who}: ${method} ${path} ${JSON.stringify(headers)}: ${key}`;
    if (value instanceof RegExp) {
      assert.match(seen[key], value, says);
    } else {
      assert.equal(seen[key], value, says);
    }
  }
}

test('HTTP: every route', async () => {
  for (const [pair, rows] of [[plain, ROUTES], [chosen, CHOSEN_ROUTES]]) {
    for (const [who, server] of pair) {
      for (const row of rows) {
        await check(server, who, row);
      }
    }
  }
});

test('HTTP: /peers lists the ids, a new id is not among them', async () => {
  for (const [who, server] of chosen) {
    const clients = [await join(server, 'zé "1"', { query: { key: 'mine' } }),
      await join(server, 'two', { query: { key: 'mine' } })];
    const { text } = await request(server, '/my/app/x/peers');
    assert.deepEqual(JSON.parse(text).sort(), ['two', 'zé "1"'], who);
    clients.forEach((client) => client.destroy());
    await empty(server);
  }
});

test('HTTP: an upgrade elsewhere is answered with 400, and the socket closes', async () => {
  for (const [who, server] of plain) {
    for (const target of ['/', '/peerjs/', '/peerjs/id', '/PEERJS', '/other']) {
      const client = await Client.open(server.port, 'a', { target });
      assert.equal(client.answer.status, 400, `${who} ${target}`);
      await client.raw.end();
      client.destroy();
    }
  }
});

// --- 2. the command --------------------------------------------------------------------------------

test('command: the port and the path may stand in the environment', async () => {
  for (const [command, ...args] of [[binary(), '--stun-port', '0'], [process.execPath, COMMAND]]) {
    const child = spawn(command, [...args, '-H', '127.0.0.1'], {
      env: { ...process.env, PORT: '0', PEERSERVER_PATH: '/env' }, stdio: ['ignore', 'pipe', 'ignore'],
    });
    const gone = once(child, 'exit');
    const [line] = await once(child.stdout, 'data');
    const port = Number(/(?:port: |127\.0\.0\.1:)(\d+)/.exec(line)[1]);
    assert.equal((await request({ port }, '/env/x/id')).status, 200, command);
    child.kill('SIGKILL');
    await gone;
  }
});

test('command: every option of peerjs is taken, and docs/peerjs.md names it', () => {
  const help = spawnSync(process.execPath, [COMMAND, '--help'], { encoding: 'utf8' }).stdout;
  const page = readFileSync(`${root}docs/peerjs.md`, 'utf8');
  const options = [...help.matchAll(/^ +(?:-(\w), )?--(\w+) .*?(?:\[(number|boolean|string|array)\]|$)/gm)]
    .filter(([, , word]) => !['help', 'version'].includes(word));
  assert.ok(options.length >= 12, help);
  for (const [, letter, word] of options) {
    for (const option of [`--${word}`, ...(letter ? [`-${letter}`] : [])]) {
      assert.ok(page.includes(`\`${option}\``), `docs/peerjs.md names ${option}`);
      // Taken, and then this one is refused.
      const flag = ['allow_discovery', 'proxied'].includes(word);
      const { stderr } = spawnSync(binary(), [option, ...(flag ? [] : ['1']), '--no-such'], { encoding: 'utf8' });
      assert.match(stderr, /unknown option --no-such/, option);
    }
  }
});

test('command: key and certificate together serve TLS, one alone ends it with status 1', async () => {
  const { cert, key } = makeCertificate(folder);
  for (const [who, server] of await both({ args: ['--sslkey', key, '--sslcert', cert] })) {
    assert.equal((await request(server, '/peerjs/id', { secure: true })).status, 200, who);
    const client = await join(server, 'a', { secure: true });
    client.destroy();
  }
  for (const alone of [['--sslkey', key], ['--sslcert', cert]]) {
    for (const [command, ...first] of [[binary()], [process.execPath, COMMAND]]) {
      const { status } = spawnSync(command, [...first, '--port', '0', ...alone], { timeout: 10_000 });
      assert.equal(status, 1, `${command} ${alone[0]}`);
    }
  }
});

test('command: several origins may stand behind one --cors', async () => {
  for (const [who, server] of await both({ args: ['--cors', 'https://a.example', 'https://c.example'] })) {
    for (const [Origin, allowed] of [['https://a.example', true], ['https://c.example', true], [any, false]]) {
      const { headers } = await request(server, '/x/id', { headers: { Origin } });
      assert.equal(headers['access-control-allow-origin'], allowed ? Origin : undefined, `${who} ${Origin}`);
    }
  }
});
