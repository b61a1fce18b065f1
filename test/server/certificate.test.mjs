// Certificates and keys that cannot be used: each kind is named, at the start and at SIGHUP, and
// nobody who is served waits for it.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { makeCertificate } from '../harness/certificate.mjs';
import { binary, startServer } from '../harness/server.mjs';
import { request } from './client.mjs';
import './leftovers.mjs';

const folder = mkdtempSync(join(tmpdir(), 'gc-certificate-'));
after(() => rmSync(folder, { recursive: true }));
const openssl = (...args) => execFileSync('openssl', args, { stdio: ['ignore', 'pipe', 'ignore'] });
const good = makeCertificate(join(folder, 'good'), 'good');
const other = makeCertificate(join(folder, 'other'), 'other');
const own = { cert: join(folder, 'own.pem'), key: join(folder, 'own.key') };
const pem = (path) => readFileSync(path, 'latin1');
const encrypted = (...args) => openssl('pkcs8', '-topk8', '-passout', 'pass:secret', '-in', good.key, ...args);
const traditional = () => openssl('ec', '-aes128', '-passout', 'pass:secret', '-in', good.key);
const weak = () => {
  const key = join(folder, 'weak.key');
  return openssl('req', '-x509', '-newkey', 'rsa:512', '-nodes', '-days', '2', '-subj', '/CN=weak',
    '-keyout', key);
};
/** In the middle of the first block. */
const damaged = (text) => text.replace(/\n.{20}/, '\n!!!!!!!!!!!!!!!!!!!!');

/** What stands in one of the two files (a function: makes it under that path), and the words. */
const bad = [
  ['cert', null, /own\.pem does not exist/],
  ['key', null, /own\.key does not exist/],
  ['cert', '', /own\.pem holds no certificate in PEM format/],
  ['key', '', /own\.key holds no private key in PEM format/],
  ['cert', pem(good.key), /own\.pem holds no certificate/],
  ['key', pem(good.cert), /own\.key holds no private key/],
  ['cert', () => openssl('x509', '-outform', 'DER', '-in', good.cert), /own\.pem holds no certificate/],
  ['key', () => openssl('ec', '-outform', 'DER', '-in', good.key), /own\.key holds no private key/],
  ['cert', damaged(pem(good.cert)), /own\.pem holds a certificate that is damaged/],
  ['cert', pem(good.cert) + damaged(pem(other.cert)), /own\.pem holds a certificate that is damaged/],
  ['cert', pem(good.cert).slice(0, 300), /own\.pem holds a certificate that is damaged/],
  ['key', damaged(pem(good.key)), /own\.key holds a private key that is damaged/],
  ['cert', weak, /own\.pem holds a certificate that OpenSSL finds too weak/],
  ['key', pem(other.key), /the key \S+own\.key does not belong to the certificate \S+own\.pem/],
  ['key', () => openssl('genrsa', '2048'), /the key \S+own\.key does not belong to the certificate/],
  ['key', () => encrypted(), /own\.key is encrypted, and nobody can enter its passphrase/],
  ['key', traditional, /own\.key is encrypted, and nobody can enter its passphrase/],
  ['key', 'x'.repeat(2 << 20), /own\.key is too large/],
  ['key', (path) => { execFileSync('mkfifo', [path]); }, /own\.key is not a plain file/],
  ['cert', (path) => { execFileSync('mkdir', [path]); }, /own\.pem is not a plain file/],
];
if (process.geteuid?.() !== 0) {
  bad.push(['key', (path) => { copyFileSync(good.key, path); chmodSync(path, 0); },
    /own\.key may not be read by the user of this process/]);
}

function install(which, content) {
  for (const kind of ['cert', 'key']) {
    rmSync(own[kind], { recursive: true, force: true });
    if (kind !== which) {
      copyFileSync(good[kind], own[kind]);
    }
  }
  const bytes = typeof content === 'function' ? content(own[which]) : content;
  if (bytes !== null && bytes !== undefined) {
    writeFileSync(own[which], bytes);
  }
}

const options = ['--tls-cert', own.cert, '--tls-key', own.key];

test('at the start each kind has its own words', () => {
  for (const [which, content, words] of bad) {
    install(which, content);
    const { status, stderr } = spawnSync(binary(), ['--host', '127.0.0.1', '--port', '0', '--stun-port', '0', ...options],
      { encoding: 'utf8', timeout: 5000 });
    assert.match(stderr, words);
    assert.equal(status, 1, stderr);
  }
});

test('at SIGHUP too, and the old certificate serves on', async () => {
  install(null);
  const server = await startServer({ args: options });
  for (const [which, content, words] of bad) {
    install(which, content);
    server.child.errors = '';
    server.child.kill('SIGHUP');
    while (!/the old certificate stays in use/.test(server.child.errors)) {
      assert.equal((await request(server, '/healthz', { secure: true })).status, 200);
    }
    assert.match(server.child.errors, words);
  }
  install(null);
  server.child.kill('SIGHUP');
  while (!/the certificate was read again/.test(server.child.errors)) {
    assert.equal((await request(server, '/healthz', { secure: true })).status, 200);
  }
  assert.equal(await server.stop(), 0);
});
