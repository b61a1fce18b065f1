// Runs in a network namespace of its own (test/netns): a client whose machine is gone without a word.
// Its address is taken away, so nothing is acknowledged any more. Prints what became of its id.
//   vanished.mjs ghostchatd|peer
import { execFileSync } from 'node:child_process';

import { PeerServer } from '../harness/peerserver.mjs';
import { startServer } from '../harness/server.mjs';
import { Client, join } from './client.mjs';

const GONE = '10.78.0.1';
const ip = (...args) => execFileSync('ip', args, { env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` } });

ip('addr', 'add', `${GONE}/32`, 'dev', 'lo');
const host = '0.0.0.0';
const server = process.argv[2] === 'peer' ? await new PeerServer({ host }).start() : await startServer({ host });
const address = '10.77.0.1';
const holder = await join(server, 'machine', { host: address, from: GONE });
await holder.settled();
ip('addr', 'del', `${GONE}/32`, 'dev', 'lo');

const began = performance.now();
const heir = await Client.open(server.port, 'machine', { host: address, token: 'another' });
const answer = await heir.until('an answer', () => heir.messages[0]?.type, 30_000);
console.log(JSON.stringify({ answer, ms: Math.round(performance.now() - began) }));
heir.destroy();
holder.destroy();
await server.kill();
process.exit(0);
