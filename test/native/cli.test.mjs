// ghostchat without links: the command line, the way to the server, exit statuses, TLS.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';

import { makeCertificate } from '../harness/certificate.mjs';
import { root, running, Server } from '../harness/server.mjs';
import { program, Terminal, terminals } from '../harness/terminal.mjs';

const folder = mkdtempSync(join(tmpdir(), 'ghostchat-'));
after(async () => {
  rmSync(folder, { recursive: true });
  await Promise.all([...running, ...terminals].map((one) => one.kill()));
});

const run = (args, options = {}) => spawnSync(program, args, { encoding: 'utf8', timeout: 30000, input: '', ...options });
const at = (server) => ['--json', '--server', server.url];

test('--version, --help, and the man page lists the same options', () => {
  assert.match(run(['--version']).stdout, /^ghostchat \d+\.\d+\S*\n$/);
  const names = (text, pattern) => [...new Set([...text.matchAll(pattern)].map((match) => match[1]))].sort();
  const inHelp = names(run(['--help']).stdout, /--([a-z-]+)/g);
  assert.ok(inHelp.length > 5);
  const page = readFileSync(`${root}man/ghostchat.1`, 'utf8');
  assert.deepEqual(names(page, /^\.It Fl -([a-z-]+)/gm), inHelp);
});

test('what cannot be meant is a mistake of usage', () => {
  for (const args of [[], ['dance'], ['join'], ['join', 'a', 'b'], ['new'], ['join', 'a', '--colour'],
    ['join', 'coffee'], ['join', 'ftp://h/room/a'], ['join', 'http://h/elsewhere'],
    ['join', 'a', '--server', 'h:80'], ['join', 'a', '--server', 'http://h/', '--stun', 'h:3478'], ['join', '', '--server', 'http://h/'],
    ['join', 'x\u0007'.repeat(200), '--server', 'http://h/'], ['join', '-'],
    ['call'], ['call', 'ben'], ['call', 'a b', '--server', 'http://h/'], ['call', 'http://h/room/tea'],
    ['call', 'ben', '--server', 'http://h/', '--serialization', 'msgpack'], ['call', '-'],
    ['join', 'a', '--server', 'http://h/', '--nick', 'x'.repeat(257)]]) {
    const { status, stderr, stdout } = run(args);
    assert.equal(status, 2, `${JSON.stringify(args)} ${stderr}`);
    assert.equal(stdout, '', args.join(' '));
    assert.match(stderr, /^ghostchat: .* \(see ghostchat --help\)\n$/); // and no notice
  }
});

test('standard descriptors that are closed do no harm', async () => {
  const server = await new Server().start();
  for (const closed of ['<&-', '>&- </dev/null', '2>&- </dev/null', '<&- >&- 2>&-']) {
    const { status, signal, stderr } = spawnSync('sh', ['-c', `exec "$0" "$@" ${closed}`, program, 'join', 'closed', ...at(server)],
      { encoding: 'utf8', timeout: 30000 });
    assert.deepEqual([status, signal], [0, null], `${closed} ${stderr}`);
  }
  await server.stop();
});

test('a reader that reads nothing does not keep the program from leaving', async () => {
  const server = await new Server().start();
  const child = spawn(program, ['join', 'unread', ...at(server)], { stdio: ['pipe', 'pipe', 'ignore'] });
  child.stdin.on('error', () => {}); // it leaves before it has read all
  await once(child.stdout, 'readable'); // and nothing is read of it
  child.stdin.write('nonsense\n'.repeat(100000));
  await delay(1000);
  const late = setTimeout(() => child.kill('SIGKILL'), 8000);
  child.kill('SIGTERM');
  assert.deepEqual(await once(child, 'exit'), [0, null]);
  clearTimeout(late);
  child.stdin.destroy();
  child.stdout.destroy();
  await server.stop();
});

test('a room is entered by its name, shown as typed, and left by quit', async () => {
  const server = await new Server().start();
  const ann = new Terminal('Ann', ['join', '  Coffee', ...at(server)]);
  assert.match((await ann.until({ event: 'ready' })).id, /^g[a-z2-7]{26}$/);
  assert.equal((await ann.until({ event: 'joined' })).room, '  Coffee');
  assert.match((await ann.until({ event: 'invite' })).link, /^http:\/\/127\.0\.0\.1:\d+\/room\//);
  assert.equal(await ann.leave(), 0);
  assert.match(ann.errors, /^ghostchat: others see the network address of this device; a VPN hides it\.$/m);
  await server.stop();
});

test('people see one another, whichever way they came in and go', async () => {
  const server = await new Server().start();
  const ann = new Terminal('Ann', ['new', ...at(server)]);
  const { link } = await ann.until({ event: 'invite' });
  assert.match(link, /\/room\/#1\./);
  const ben = new Terminal('Ben', ['join', '-', '--json']);
  ben.child.stdin.write(`${link}\n`);
  const { id } = await ben.until({ event: 'ready' });
  await ann.until({ event: 'peer', peer: id });
  assert.equal((await ben.until({ event: 'joined' })).room, null);
  const statuses = [ben.gone, ann.gone];
  ben.child.stdin.end();
  ann.child.kill('SIGTERM');
  assert.deepEqual(await Promise.all(statuses), [0, 0]);
  await server.stop();
});

test('a link on the command line is overwritten, and no core holds its secret', async () => {
  const server = await new Server().start();
  const link = `${server.url}room/#1.BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc`;
  const ann = new Terminal('Ann', ['join', link, '--json']);
  assert.equal((await ann.until({ event: 'joined' })).room, null);
  assert.equal((await ann.until({ event: 'invite' })).link, link);
  const shown = readFileSync(`/proc/${ann.child.pid}/cmdline`, 'latin1').split('\0').slice(1, -1);
  assert.deepEqual(shown, ['join', 'x'.repeat(link.length), '--json', '--nick', 'Ann']);
  assert.match(readFileSync(`/proc/${ann.child.pid}/limits`, 'latin1'), /^Max core file size +0 +0 /m);
  assert.equal(await ann.leave(), 0);
  await server.stop();
});

test('commands that are none are answered, and the chat goes on', async () => {
  const server = await new Server().start();
  const ann = new Terminal('Ann', ['join', 'alone', ...at(server)]);
  await ann.until({ event: 'joined' });
  ann.child.stdin.write('nonsense\n{"send":1}\n\n{"fly":true}\n');
  ann.child.stdin.write(`{"send":"${'x'.repeat(200000)}"}\n`);
  ann.command({ send: 'hello?' });
  await ann.until({ event: 'error', code: 'state' });
  assert.deepEqual(ann.lines.filter((line) => line.event === 'error').map((line) => line.code),
    ['syntax', 'syntax', 'syntax', 'too-big', 'state']);
  assert.equal(await ann.leave(), 0);
  await server.stop();
});

test('a message to one of several goes to nobody', async () => {
  const server = await new Server().start();
  const [ann, ben, cyd] = ['Ann', 'Ben', 'Cyd'].map((name) => new Terminal(name, ['join', 'three', ...at(server)]));
  const ids = await Promise.all([ben, cyd].map(async (one) => (await one.until({ event: 'ready' })).id));
  await Promise.all(ids.map((peer) => ann.until({ event: 'peer', peer })));
  ann.command({ to: ids[0], send: 'psst' });
  await ann.until({ event: 'error', code: 'refused' });
  ann.command({ send: 'for all' });
  await ann.until({ event: 'sent', id: 1 });
  assert.deepEqual(await Promise.all([ann, ben, cyd].map((one) => one.leave())), [0, 0, 0]);
  await server.stop();
});

test('a server that is not there, or is none, is given up in time', async () => {
  const began = Date.now();
  const silent = net.createServer(() => {}).listen(0, '127.0.0.1');
  const wrong = net.createServer((socket) => socket.end('SSH-2.0-x\r\n')).listen(0, '127.0.0.1');
  await Promise.all([silent, wrong].map((server) => once(server, 'listening')));
  const port = (server) => server.address().port;
  const three = [1, port(silent), port(wrong)].map((number) =>
    new Terminal('Ann', ['join', 'a', '--json', '--server', `http://127.0.0.1:${number}/`]));
  assert.deepEqual(await Promise.all(three.map((one) => one.gone)), [1, 1, 1]);
  assert.ok(Date.now() - began < 15000);
  for (const one of three) { // what is tried again, and once that it is given up
    const finals = one.lines.map(({ event, code, final }) => [event, code, final]);
    assert.deepEqual(finals.pop(), ['error', 'server-unreachable', true]);
    assert.ok(finals.every((line) => String(line) === 'error,server-unreachable,'), String(finals));
  }
  assert.match(three[0].lines[0].detail, /refused/);
  assert.match(three[2].lines[0].detail, /does not speak HTTP/);
  silent.close();
  wrong.close();
});

test('a wrong key is refused at once', async () => {
  const server = await new Server({ args: ['--key', 'other'] }).start();
  const { status, stdout } = run(['join', 'a', ...at(server)]);
  assert.equal(status, 1);
  assert.match(stdout, /"code":"bad-key"/);
  await server.stop();
});

test('a server that goes and comes back is met again', async () => {
  const server = await new Server().start();
  const ann = new Terminal('Ann', ['join', 'again', ...at(server)]);
  await ann.until({ event: 'joined' });
  await server.kill();
  await ann.until({ event: 'error', code: 'server-unreachable' });
  await server.start();
  const ben = new Terminal('Ben', ['join', 'again', ...at(server)]);
  const { id } = await ben.until({ event: 'ready' });
  await ann.until({ event: 'peer', peer: id });
  assert.deepEqual(await Promise.all([ann.leave(), ben.leave()]), [0, 0]);
  await server.stop();
});

test('TLS: the system says whom to believe, and the name must be the right one', async () => {
  const { cert, key } = makeCertificate(join(folder, 'localhost'), 'localhost');
  const server = await new Server({ args: ['--tls-cert', cert, '--tls-key', key] }).start();
  const believes = { ...process.env, SSL_CERT_FILE: cert };
  const url = (host) => ['--json', '--server', `https://${host}:${server.port}/`];
  const ann = new Terminal('Ann', ['join', 'a', ...url('localhost')], { env: believes });
  await ann.until({ event: 'joined' });
  assert.equal(await ann.leave(), 0);
  const stranger = new Terminal('Ben', ['join', 'a', ...url('localhost')]);
  const { detail } = await stranger.until({ event: 'error' });
  assert.match(detail, /certificate is not believed: self.signed/);
  const other = new Terminal('Cyd', ['join', 'a', ...url('127.0.0.1')], { env: believes });
  assert.match((await other.until({ event: 'error' })).detail, /not believed: IP address mismatch/);
  await Promise.all([stranger, other].map((one) => one.leave()));
  await server.stop();
});

test('a reader that goes away ends the program', async () => {
  const server = await new Server().start();
  const ann = new Terminal('Ann', ['join', 'pipe', ...at(server)]);
  await ann.until({ event: 'joined' });
  ann.child.stdout.destroy();
  await once(ann.child.stdout, 'close');
  ann.command({ fly: true });
  assert.equal(await ann.gone, 0);
  await server.stop();
});
