// Which invites lead nobody anywhere: those of a page that was opened at a loopback address.
import assert from 'node:assert/strict';
import test from 'node:test';

import { isLoopback } from '../../web/invite.js';

test('a link to a loopback address is for this device alone', () => {
  for (const host of ['127.0.0.1:8080', 'localhost', 'localhost:8080', 'a.localhost', '127.1.2.3', '[::1]:8080']) {
    assert.ok(isLoopback(`http://${host}/room/coffee`), host);
  }
  for (const host of ['192.168.1.7:8080', '10.127.0.1', 'example.org', 'localhost.example.org', '127.0.0.1.example.org', '[2001::1]']) {
    assert.ok(!isLoopback(`http://${host}/room/127.0.0.1/`), host);
  }
});
