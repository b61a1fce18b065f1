// Two terminals under valgrind (make check-valgrind): they meet, talk, say something long, go on without
// the server, and leave. Any error or lost block ends a program with status 99.
import assert from 'node:assert/strict';

import { Server } from '../harness/server.mjs';
import { Terminal } from '../harness/terminal.mjs';

const prefix = ['valgrind', '-q', '--error-exitcode=99', '--leak-check=full', '--errors-for-leak-kinds=definite'];
const patience = () => 60000;

const server = await new Server().start();
const [ada, ben] = ['Ada', 'Ben'].map((name) => new Terminal(name,
  ['join', 'slow', '--json', '--server', server.url, '--stun', `stun:127.0.0.1:${server.port}`], { prefix, patience }));
await Promise.all([ada.connected(), ben.connected()]);
for (let i = 0; i < 20; i++) {
  await ada.say(`from Ada ${i} ${'x'.repeat(i * 500)}`);
  await ben.say(`from Ben ${i}`);
  await Promise.all([ben.heard(`from Ada ${i} ${'x'.repeat(i * 500)}`), ada.heard(`from Ben ${i}`)]);
}
await server.kill();
await ada.say('without a server');
await ben.heard('without a server');
const codes = await Promise.all([ada.leave(), ben.leave()]);
assert.deepEqual(codes, [0, 0], ada.errors + ben.errors);
assert.doesNotMatch(ada.errors + ben.errors, /==/);
console.log('valgrind: two terminals, no error, no block lost');
