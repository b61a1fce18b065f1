// Makes test/vectors/ids.json: node test/vectors/make-ids.mjs writes it again. Keys by node's OpenSSL
// and BLAKE2b by a copy of RFC 7693 in JavaScript: neither is the libsodium that we use.
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { realpathSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { blake2b } from '../wasm/blake2b.mjs';
import { write } from './write.mjs';

export const PATH = fileURLToPath(new URL('./ids.json', import.meta.url));

/* RFC 8410 section 7: what stands before the 32 bytes of a private key. */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const DIGITS = 'abcdefghijklmnopqrstuvwxyz234567';

/** The Ed25519 public key of a seed. */
export function keyOf(seed) {
  const key = createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' });
  return createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32);
}

export function base32(bytes) {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return bits.match(/.{1,5}/g).map((five) => DIGITS[parseInt(five.padEnd(5, '0'), 2)]).join('');
}

const h = (length, label, ...parts) =>
  Buffer.from(blake2b(length, Buffer.concat([Buffer.from(label), ...parts.map((p) => Buffer.from(p))])));

/** Everything that a client of this seed and token is known by. */
export function identity(seed, token) {
  const key = keyOf(seed);
  const th = h(32, 'ghostchat/1 token ', token);
  const id = `g${base32(h(16, 'ghostchat/1 id ', key, th))}`;
  return {
    seed: seed.toString('hex'), key: key.toString('hex'), token, th: th.toString('hex'), id,
    gcid: key.toString('base64url'),
  };
}

/** Two people of the manual page, RFC 8032's keys, and seeds and tokens at their ends. */
const SEEDS = [
  [Buffer.alloc(32, 0x0a), base32(Buffer.alloc(16, 0x1a))],
  [Buffer.alloc(32, 0x0b), base32(Buffer.alloc(16, 0x1b))],
  [Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex'), 'a'],
  [Buffer.from('4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb', 'hex'), 'zé 中'],
  [Buffer.alloc(32), base32(Buffer.alloc(16))],
  [Buffer.alloc(32, 0xff), 't'.repeat(128)],
];

/** The query of a socket that shows what is in `shown`, as it stands in the URL. */
const query = (shown) =>
  Object.entries(shown).map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');

/** What a socket shows, and whether it may have the id. */
function showings(ann, ben) {
  const shown = { key: 'peerjs', id: ann.id, token: ann.token, gcid: ann.gcid };
  const other = (change) => ({ query: query({ ...shown, ...change }), right: false });
  const without = { ...shown };
  delete without.gcid;
  const flipped = (text, at) => text.slice(0, at) + (text[at] === 'b' ? 'c' : 'b') + text.slice(at + 1);
  return [
    { query: query(shown), right: true },
    { query: `gcid=${ben.gcid}&${query(shown)}&gc=1`, right: true }, // the last one counts
    { query: `${query(shown)}&gcid=${ben.gcid}`, right: false },
    { query: query(without), right: false },
    other({ gcid: '' }),
    other({ gcid: ben.gcid }),
    other({ token: ben.token }),
    other({ id: ben.id }),
    other({ token: `${ann.token}a` }),
    other({ token: ann.token.toUpperCase() }),
    other({ gcid: `${ann.gcid}A` }), // 44 digits
    other({ gcid: `${ann.gcid}=` }),
    other({ gcid: ann.gcid.slice(0, 42) }),
    other({ gcid: ann.gcid.slice(0, 42) + '9' }), // the unused bits are not 0
    ...[1, 13, 26].map((at) => other({ id: flipped(ann.id, at) })),
    ...[0, 12, 25].map((at) => other({ token: flipped(ann.token, at) })),
    ...[0, 21, 41].map((at) => other({ gcid: flipped(ann.gcid, at) })),
  ];
}

export function make() {
  const people = SEEDS.map(([seed, token]) => identity(seed, token));
  const [ann, ben] = people;
  return {
    about: 'Ids of our form: ghostchat-protocol(7), Ids and tokens. Made by node test/vectors/make-ids.mjs ' +
      'with two other implementations than ours. seed, key (the public one) and th are hex; `shown` ' +
      'says whether who asks for the id by that query has the right to it.',
    people,
    ours: [ann.id, `g${'a'.repeat(26)}`, `g${'7'.repeat(26)}`],
    others: ['', 'g', ann.id.slice(0, 26), `${ann.id}a`, `h${ann.id.slice(1)}`, `G${ann.id.slice(1)}`,
      ann.id.toUpperCase(), `${ann.id.slice(0, 26)}1`, `${ann.id.slice(0, 26)}0`, `${ann.id.slice(0, 26)}-`,
      `g8${ann.id.slice(2)}`, `g${'a'.repeat(12)}é${'a'.repeat(12)}`, 'yasc5eo4kketkcu6gedhrg5xki',
      '1b4e28ba-2fa1-4d3b-a3f5-ef19b5a7633b'],
    shown: showings(ann, ben),
  };
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  writeFileSync(PATH, write(make()));
}
