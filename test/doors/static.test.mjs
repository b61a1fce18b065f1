// What `make static` makes: a folder that needs nothing but a static host.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { build, root } from '../harness/server.mjs';

const made = mkdtempSync(join(tmpdir(), 'ghostchat-'));
process.on('exit', () => rmSync(made, { recursive: true, force: true }));
const folder = join(made, 'static');
const read = (name) => readFileSync(join(folder, name), 'utf8');
const make = (...words) => spawnSync('sh', ['tools/static.sh', `${build}/web`, folder, ...words],
  { cwd: root, encoding: 'utf8' });

test('config.json is what was asked for, in the form that docs/self-hosting.md shows', () => {
  assert.equal(make('https://peer.example.org/', 'peerjs').status, 0);
  assert.deepEqual(JSON.parse(read('config.json')),
    { peerServer: { url: 'https://peer.example.org/', key: 'peerjs' }, iceServers: [] });
  assert.equal(make('https://h/a', 'k', 'stun:a:1', 'stun:b:2').status, 0);
  assert.deepEqual(JSON.parse(read('config.json')), { peerServer: { url: 'https://h/a', key: 'k' },
    iceServers: [{ urls: 'stun:a:1' }, { urls: 'stun:b:2' }] });
  const page = readFileSync(`${root}docs/self-hosting.md`, 'utf8');
  const shown = JSON.parse(/```json\n([^]*?)```/.exec(page)[1]);
  assert.deepEqual(Object.keys(shown), ['peerServer', 'iceServers']);
  assert.deepEqual(Object.keys(shown.peerServer), ['url', 'key']);
});

test('what would break config.json is refused', () => {
  for (const words of [['https://h/"', 'k'], ['https://h/', 'k\\'], ['https://h/', 'k', 'stun:\n']]) {
    const { status, stderr } = make(...words);
    assert.notEqual(status, 0);
    assert.match(stderr, /no JSON string/);
  }
});

test('every address in the page is relative, and what it names is there', () => {
  assert.equal(make('https://h/', 'peerjs').status, 0);
  const page = read('index.html');
  assert.doesNotMatch(page, /\{\{/);
  const named = [...page.matchAll(/(?:href|src)="([^"]*)"/g)].map((m) => m[1]);
  assert.ok(named.length > 6);
  for (const address of named) {
    assert.match(address, /^\.\//);
    assert.ok(existsSync(join(folder, address)), address);
  }
  for (const name of readdirSync(join(folder, 'assets')).filter((file) => file.endsWith('.js'))) {
    for (const [, target] of read(`assets/${name}`).matchAll(/(?:from|import)\s*\(?\s*'(\.[^']*)'/g)) {
      assert.ok(existsSync(join(folder, 'assets', target)), `${name} imports ${target}`);
    }
  }
  assert.match(page, /^<html data-host="static"/m);
});

test('its policy is that of ghostchatd, but for the server, which config.json names', () => {
  const policy = (text) => new Map(text.split(';').map((part) => part.trim().split(/ (.*)/s)));
  const own = policy(/http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(read('index.html'))[1]);
  const source = readFileSync(`${root}server/http.c`, 'utf8');
  const lines = /#define PAGE_POLICY[^]*?"Referrer-Policy/.exec(source)[0].matchAll(/"([^"\n]*)"/g);
  const theirs = policy([...lines].map((m) => m[1]).join('')
    .replace('Content-Security-Policy: ', '').replace(/\\r\\n[^]*/, ''));
  assert.ok(theirs.size > 8);
  for (const [name, value] of theirs) {
    // No workers and no manifest; a page cannot say by itself who frames it.
    if (!['connect-src', 'frame-ancestors', 'worker-src', 'manifest-src'].includes(name)) {
      assert.equal(own.get(name), value, name);
    }
  }
  assert.equal(own.get('connect-src'), "'self' https: wss: http: ws:");
});
