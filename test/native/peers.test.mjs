// Several native peers in one process, on loops in threads of their own.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, test } from 'node:test';

import { build, root, running, Server } from '../harness/server.mjs';

after(() => Promise.all([...running].map((one) => one.kill())));

const run = (url) => spawnSync(`${root}${build}/test/native/peers`, [url], { encoding: 'utf8', timeout: 60000 });

test('four peers on two loops of one process hear one another', async () => {
  const server = await new Server().start();
  for (let i = 0; i < 3; i++) {
    const { status, signal, stdout, stderr } = run(server.url);
    assert.deepEqual([status, signal], [0, null], stderr);
    assert.equal(stdout, '4 peers in one process: all heard all\n');
  }
  await server.stop();
});
