// config.json beside the page: what is taken, what is refused, and what the policy then allows.
import assert from 'node:assert/strict';
import test from 'node:test';

import { policyOf, problemOf } from '../../web/config.js';

/** The browser's constructor throws on addresses that it does not know. */
globalThis.RTCPeerConnection = class {
  constructor({ iceServers }) {
    for (const { urls } of iceServers) {
      if (!/^(stuns?|turns?):/.test(urls)) {
        throw new SyntaxError(urls);
      }
    }
  }

  close() {}
};

const server = (url, key) => ({ peerServer: { url, key } });

test('a static page needs a PeerServer, ghostchatd does not', () => {
  assert.equal(problemOf({}, false), undefined);
  assert.equal(problemOf({}, true), 'peerServer');
  assert.equal(problemOf(server('https://h/'), true), undefined);
  assert.equal(problemOf(server('http://h:9000/path', 'key'), true), undefined);
});

test('an address that is none is refused, here and at ghostchatd', () => {
  for (const url of [undefined, 7, '', 'h', '//h/', 'ws://h/', 'ftp://h/', 'https://', 'https://u@h/',
    'https://u:p@h/', 'https://h/?', 'https://h/?a=b', 'https://h/#', 'https://h/#x', 'https:\\\\h/',
    ' https://h/', 'https://h /', 'http://[::1]:9000/', 'https://[2001:db8::1]/']) {
    assert.equal(problemOf(server(url), false), 'peerServer', url);
  }
  for (const peerServer of [null, 7, 'https://h/', [], {}]) {
    assert.equal(problemOf({ peerServer }, false), 'peerServer');
  }
  assert.equal(problemOf(server('https://h/', 7), true), 'peerServer');
});

test('a page from https does not try http, but on this device', () => {
  globalThis.location = { protocol: 'https:' };
  assert.equal(problemOf(server('http://h/'), true), 'insecure');
  assert.equal(problemOf(server('http://localhost:9000/'), true), undefined);
  assert.equal(problemOf(server('http://127.0.0.1:9000/'), true), undefined);
  assert.equal(problemOf(server('http://127.0.0.1.example.org/'), true), 'insecure');
  globalThis.location = { protocol: 'http:' };
  assert.equal(problemOf(server('http://h/'), true), undefined);
});

test('ICE servers that the browser does not take are refused', () => {
  const config = (iceServers) => ({ ...server('https://h/'), iceServers });
  assert.equal(problemOf(config([{ urls: 'stun:h:3478' }]), true), undefined);
  assert.equal(problemOf(config([]), true), undefined);
  for (const bad of [{}, 'stun:h', null, [{ urls: 'http://h/' }], [7]]) {
    // null is what an absent one becomes
    assert.equal(problemOf(config(bad), true), bad === null ? undefined : 'iceServers');
  }
});

test('the policy leaves the one server, by http and WebSocket', () => {
  assert.equal(policyOf(server('https://h.example/path/')),
    "connect-src 'self' https://h.example wss://h.example");
  assert.equal(policyOf(server('http://h:9000')), "connect-src 'self' http://h:9000 ws://h:9000");
  assert.equal(policyOf({}), '');
});
