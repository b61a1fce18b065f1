// --peer-server: where the page signals is in config.json and in the page's policy; whoever starts
// the server says it, and nobody who asks it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, before, test } from 'node:test';

import { binary, startServer } from '../harness/server.mjs';
import { request } from './client.mjs';
import './leftovers.mjs';

const BROWSER = { Accept: 'text/html' };
const URLS = 'http://peer.example:9000/my/path';

let server;
let plain;
before(async () => {
  server = await startServer({ args: ['--peer-server', URLS, '--key', 'secret-key'] });
  plain = await startServer();
});
after(() => Promise.all([server.stop(), plain.stop()]));

const config = async (of, path = '/config.json', options = {}) =>
  JSON.parse((await request(of, path, options)).text);
const connects = async (of, path, options = {}) => {
  const { headers } = await request(of, path, { headers: BROWSER, ...options });
  return /connect-src ([^;]*);/.exec(headers['content-security-policy'])[1];
};

test('the page is told of it, and its policy names it by http and WebSocket', async () => {
  assert.deepEqual((await config(server)).peerServer, { url: URLS, key: 'secret-key' });
  for (const path of ['/', '/room/coffee', '/join/x', '/assets/app.js']) {
    assert.equal(await connects(server, path),
      "'self' http://peer.example:9000 ws://peer.example:9000", path);
  }
  assert.equal((await config(plain)).peerServer, undefined);
  assert.equal(await connects(plain, '/'), "'self'");
});

test('nothing in a request changes it', async () => {
  const other = 'https://evil.example/';
  for (const path of [`/?peerServer=${other}`, `/room/x?peer-server=${other}`, `/join/x?server=${other}`]) {
    assert.doesNotMatch(await connects(server, path), /evil/);
    assert.doesNotMatch((await request(server, path, { headers: BROWSER })).text, /evil/);
  }
  const headers = { Host: 'evil.example', Origin: other, Referer: other, 'X-Forwarded-Host': 'evil.example' };
  assert.deepEqual((await config(server, `/config.json?peerServer=${other}`, { headers })).peerServer.url, URLS);
});

test('it still signals itself, for those who ask it', async () => {
  assert.equal((await request(server, '/peerjs/id')).status, 200);
});

test('what is no address of a PeerServer is refused at start', () => {
  for (const url of ['peer.example', 'wss://h/', 'https://u@h/', 'https://h/?a', 'https://h/#a', 'https://[::1]/',
    `https://h/${'a'.repeat(1280)}`]) {
    const { status, stdout, stderr } = spawnSync(binary(), ['--port', '0', '--peer-server', url],
      { encoding: 'utf8', timeout: 10000 });
    assert.equal(status, 1, url);
    assert.equal(stdout, '');
    assert.match(stderr, /--peer-server takes an address such as https:\/\/host/, url);
  }
});
