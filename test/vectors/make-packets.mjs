// Makes test/vectors/packets.json: node test/vectors/make-packets.mjs writes it again, with what the browsers
// of this machine send to a native end on a link: connectivity checks and answers, the first flight of DTLS,
// and SCTP, which the native end shows after it was decrypted. What each packet says is taken out of it
// by the lines below, which are not the parsers under test. It needs build/test/interop/rtc_peer.
import { createHmac } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromiumBrowser, firefoxBrowser } from '../harness/browsers.mjs';
import { connect, seen } from '../interop/links.mjs';
import { Channel, Kind, Native } from '../interop/native.mjs';
import { write } from './write.mjs';

const PATH = fileURLToPath(new URL('./packets.json', import.meta.url));
const HEAD = { stun: 20, dtls: 13, sctp: 12 };
const STUN = { CHECK: 0x0001, SUCCESS: 0x0101 };
const ATTRIBUTE = { USERNAME: 0x0006, INTEGRITY: 0x0008, PRIORITY: 0x0024, USE: 0x0025, CONTROLLING: 0x802a };
const HANDSHAKE = 22, CLIENT_HELLO = 1, INIT = 1, INIT_ACK = 2;

const padded = (length) => Math.ceil(length / 4) * 4;

/** The attributes of a STUN message, by type, and where its integrity begins. */
function attributes(bytes) {
  const all = new Map();
  for (let at = HEAD.stun; at < bytes.length; at += 4 + padded(bytes.readUInt16BE(at + 2))) {
    all.set(bytes.readUInt16BE(at), { at, value: bytes.subarray(at + 4, at + 4 + bytes.readUInt16BE(at + 2)) });
  }
  return all;
}

/** Whether the integrity of a message is right under this key (RFC 8489 14.5). */
function authentic(bytes, key) {
  const { at, value } = attributes(bytes).get(ATTRIBUTE.INTEGRITY);
  const covered = Buffer.from(bytes.subarray(0, at));
  covered.writeUInt16BE(at + 24 - HEAD.stun, 2);
  return createHmac('sha1', key).update(covered).digest().equals(value);
}

function checkOf(bytes, key) {
  const all = attributes(bytes);
  if (!authentic(bytes, key)) {
    throw new Error('a check under another key');
  }
  return {
    key,
    username: all.get(ATTRIBUTE.USERNAME).value.toString(),
    priority: all.get(ATTRIBUTE.PRIORITY).value.readUInt32BE(0),
    controlling: all.has(ATTRIBUTE.CONTROLLING),
    nominates: all.has(ATTRIBUTE.USE),
    hex: bytes.toString('hex'),
  };
}

/** The chunks of an SCTP packet. */
function chunks(bytes) {
  const all = [];
  for (let at = HEAD.sctp; at < bytes.length; at += padded(bytes.readUInt16BE(at + 2))) {
    all.push({ type: bytes[at], value: bytes.subarray(at + 4, at + bytes.readUInt16BE(at + 2)) });
  }
  return all;
}

function packetOf(bytes) {
  const all = chunks(bytes);
  const init = all.find(({ type }) => type === INIT || type === INIT_ACK)?.value;
  return {
    tag: bytes.readUInt32BE(4),
    chunks: all.map(({ type }) => type),
    ...init && {
      window: init.readUInt32BE(4), out: init.readUInt16BE(8), in: init.readUInt16BE(10), tsn: init.readUInt32BE(12),
    },
    hex: bytes.toString('hex'),
  };
}

const password = (sdp) => /^a=ice-pwd:(\S+)/m.exec(sdp)[1];
const first = (list, key) => [...new Map(list.toReversed().map((item) => [key(item), item])).values()].toReversed();

/** Everything that came on one link, from the first check to the end of its channel. */
async function capture(browser, offerer) {
  const native = new Native(['capture']);
  const { page, close } = await connect(browser, offerer, Kind.DATA, { native });
  native.text('send', 1, Channel.DATA_TEXT, 'text');
  await page.evaluate(() => channel.send('x'.repeat(3000)));
  await native.wait('received');
  await seen(page, 'got.messages.length === 1');
  const key = password(native.lines.find(([verb]) => verb === 'description')[2]);
  const theirs = password(await page.evaluate(() => pc.localDescription.sdp));
  await page.evaluate(() => channel.close());
  await native.wait('closed');
  await close();
  const came = (name) => native.lines.filter(([verb]) => verb === name).map(([, text]) => Buffer.from(text, 'base64'));
  const by = { by: browser.kind, offerer };
  const stun = came('datagram').filter((bytes) => bytes[0] < 2);
  const checks = stun.filter((bytes) => bytes.readUInt16BE(0) === STUN.CHECK).map((bytes) => checkOf(bytes, key));
  const answers = stun.filter((bytes) => bytes.readUInt16BE(0) === STUN.SUCCESS && authentic(bytes, theirs));
  const dtls = came('datagram').filter((bytes) => bytes[0] === HANDSHAKE);
  const other = dtls.findIndex((bytes) => bytes[HEAD.dtls] !== CLIENT_HELLO);
  return {
    checks: first(checks, (check) => check.nominates).map((check) => ({ ...by, ...check })),
    answers: answers.slice(0, 1).map((bytes) => ({ ...by, key: theirs, hex: bytes.toString('hex') })),
    hellos: dtls.slice(0, other).map((bytes) => ({ ...by, hex: bytes.toString('hex') })),
    packets: first(came('packet').map(packetOf), (packet) => packet.chunks.join()).map((packet) => ({ ...by, ...packet })),
  };
}

const all = { checks: [], answers: [], hellos: [], packets: [] };
for (const browser of [chromiumBrowser(), firefoxBrowser()]) {
  for (const offerer of ['native', 'browser']) {
    for (const [kind, list] of Object.entries(await capture(browser, offerer))) {
      all[kind].push(...list);
    }
  }
  await browser.close();
}
writeFileSync(PATH, write(all));
