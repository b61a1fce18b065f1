// Makes test/vectors/trust.json: node test/vectors/make-trust.mjs writes it again. What two peers
// prove to each other (ghostchat-protocol(7)), written a second time in JavaScript over @noble/*.
import { realpathSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { noble } from '../wasm/crypto.mjs';
import { stream } from './make-crypto.mjs';
import { base32 } from './make-ids.mjs';
import { write } from './write.mjs';

export const PATH = fileURLToPath(new URL('./trust.json', import.meta.url));

const bytes = (x) => (typeof x === 'string' ? Buffer.from(x, 'utf8') : Buffer.from(x));
const join = (...parts) => Buffer.concat(parts.map(bytes));
const hex = (x) => Buffer.from(x).toString('hex');
const u8 = (n) => Buffer.from([n]);
const u32 = (n) => { const b = Buffer.alloc(4); b.writeUInt32BE(n); return b; };
export const h = (n, ...parts) => Buffer.from(noble.hash(n, join(...parts)));
export const m = (n, key, ...parts) => Buffer.from(noble.hash(n, join(...parts), bytes(key)));

// --- keys and ids ------------------------------------------------------------------------------
const derive = (n, secret, label) => m(n, secret, 'ghostchat/1 ', label);
export const keysOf = (secret) => ({
  room: derive(16, secret, 'room'), signal: derive(32, secret, 'signal'),
  offer: derive(32, secret, 'auth offer'), answer: derive(32, secret, 'auth answer'),
});
export const pid = (id) => h(16, 'ghostchat/1 peer ', id);
export const bareSecret = (id) => h(32, 'ghostchat/1 bare ', id);

export function person(seed, tokenBytes) {
  const idpk = Buffer.from(noble.signKeypair(seed));
  const token = base32(tokenBytes), th = h(32, 'ghostchat/1 token ', token);
  return { seed, idpk, th, id: `g${base32(h(16, 'ghostchat/1 id ', idpk, th))}` };
}
export const ann = person(Buffer.alloc(32, 0x0a), Buffer.alloc(16, 0x1a));
export const ben = person(Buffer.alloc(32, 0x0b), Buffer.alloc(16, 0x1b));

// --- envelopes ---------------------------------------------------------------------------------
const padded = (text) => join(text, ' '.repeat((256 - (bytes(text).length % 256)) % 256));

export function seal({ secret, from, to, dial, kind, seq, nonce, text }) {
  const { room, signal } = keysOf(secret);
  const header = join(u8(1), room, dial, u8(kind), u32(seq));
  const ad = join('ghostchat/1 seal', header, pid(from), pid(to));
  return join(header, nonce, noble.seal(padded(text), ad, nonce, signal));
}

// --- HELLO, T, AUTH ----------------------------------------------------------------------------
const ROLES = { offer: 1, answer: 2 };
const helloOf = (who, role, nonce) => join(u8(1), u8(ROLES[role]), who.th, who.idpk, nonce);
export const transcript = (room, fpOffer, fpAnswer, offer, answer) =>
  h(64, 'ghostchat/1 channel-auth', room, fpOffer, fpAnswer, offer, answer);
const authOf = (who, role, keys, t) => join(m(32, keys[role], t),
  noble.sign(join('ghostchat/1 channel-sig ', u8(ROLES[role]), t), who.seed));

export function greeting(secret, offerer, answerer, { nonces, fps }) {
  const keys = keysOf(secret);
  const helloOffer = helloOf(offerer, 'offer', nonces[0]);
  const helloAnswer = helloOf(answerer, 'answer', nonces[1]);
  const t = transcript(keys.room, fps[0], fps[1], helloOffer, helloAnswer);
  return {
    secret: hex(secret), offerSeed: hex(offerer.seed), answerSeed: hex(answerer.seed),
    offerId: offerer.id, answerId: answerer.id, fpOffer: hex(fps[0]), fpAnswer: hex(fps[1]),
    helloOffer: hex(helloOffer), helloAnswer: hex(helloAnswer), t: hex(t),
    authOffer: hex(authOf(offerer, 'offer', keys, t)), authAnswer: hex(authOf(answerer, 'answer', keys, t)),
  };
}

// --- comparing -----------------------------------------------------------------------------------
export function safetyNumber(one, other) {
  const hash = h(64, 'ghostchat/1 safety', ...[one, other].sort(Buffer.compare));
  return Array.from({ length: 12 }, (_, i) => String(hash.readUIntBE(5 * i, 5) % 100000).padStart(5, '0')).join('');
}
export function emojiRow(t, a, b) {
  const bits = h(32, 'ghostchat/1 sas', t, a, b).readUIntBE(0, 6);
  return Array.from({ length: 7 }, (_, i) => Math.floor(bits / 2 ** (48 - 6 * (i + 1))) % 64);
}
const commitment = (nonce) => h(32, 'ghostchat/1 sas commit', nonce);

// --- short codes: CPace --------------------------------------------------------------------------
const leb128 = (n) => (n < 128 ? u8(n) : join(u8((n % 128) + 128), leb128(Math.floor(n / 128))));
const lv = (...parts) => join(...parts.flatMap((part) => [leb128(bytes(part).length), part]));

export function generator(password, channel, session) {
  const zeros = Buffer.alloc(Math.max(0, 127 - lv(password).length - 18));
  return Buffer.from(noble.ristrettoFromHash(noble.sha512(lv('CPaceRistretto255', password, zeros, channel, session))));
}
export const isk = (session, k, ya, ada, yb, adb) =>
  Buffer.from(noble.sha512(lv('CPaceRistretto255_ISK', session, k, ya, ada, yb, adb)));

/** A whole run: what each frame carries, with the numbers that both ends drew. */
function codeRun({ nameplate, digits, a, b, nonceA, nonceB, wideA, wideB, nonce, link }) {
  const session = join(nonceA, nonceB), channel = lv('ghostchat/1 pake', String(nameplate));
  const g = generator(digits, channel, session);
  const [scalarA, scalarB] = [wideA, wideB].map((wide) => noble.scalarReduce(wide));
  const [ya, yb] = [scalarA, scalarB].map((scalar) => noble.scalarmult(scalar, g));
  const k = noble.scalarmult(scalarA, yb);
  const key = isk(session, k, ya, pid(a), yb, pid(b));
  const tag = (x) => m(32, key, `ghostchat/1 pake confirm ${x}`);
  const sealed = noble.seal(bytes(link), join('ghostchat/1 pake seal', session), nonce, m(32, key, 'ghostchat/1 pake seal'));
  return {
    nameplate, digits, a, b, link, wideA: hex(wideA), wideB: hex(wideB), g: hex(g), k: hex(k), isk: hex(key),
    seal: hex(m(32, key, 'ghostchat/1 pake seal')),
    frames: [join(u8(1), nonceB), join(u8(2), nonceA, ya), join(u8(3), yb, tag('b')), join(u8(4), tag('a'), nonce, sealed)].map(hex),
  };
}

// --- all of it ----------------------------------------------------------------------------------
const filled = (n) => (byte) => Buffer.alloc(n, byte);
const [b16, b24, b32] = [16, 24, 32].map(filled);
const SEVENS = b32(7);

/** The cases of the manual page, and some that follow from a seed. */
const envelopeCases = (random) => [
  { secret: SEVENS, from: ann.id, to: ben.id, dial: b16(0x0d), kind: 1, seq: 0, nonce: b24(0x0c), text: '{}' },
  { secret: SEVENS, from: ben.id, to: ann.id, dial: b16(0x0d), kind: 2, seq: 0, nonce: b24(0x0e), text: 'x'.repeat(256) },
  { secret: bareSecret(ben.id), from: 'somebody-else', to: ben.id, dial: b16(0xff), kind: 4,
    seq: 0xffffffff, nonce: b24(0), text: '{"reason":"room-locked"}' },
  ...[1, 255, 257, 700, 1500].map((length) => ({ secret: random.bytes(32), from: ben.id, to: ann.id,
    dial: random.bytes(16), kind: 3, seq: random.below(1000), nonce: random.bytes(24), text: 'y'.repeat(length) })),
];

const greetingCases = (random) => [
  greeting(SEVENS, ann, ben, { nonces: [b32(0x0e), b32(0x0f)], fps: [b32(0xaa), b32(0xbb)] }),
  greeting(SEVENS, ben, ann, { nonces: [b32(0x0f), b32(0x0e)], fps: [b32(0xbb), b32(0xaa)] }),
  ...[1, 2].map(() => greeting(random.bytes(32), person(random.bytes(32), random.bytes(16)),
    person(random.bytes(32), random.bytes(16)),
    { nonces: [random.bytes(32), random.bytes(32)], fps: [random.bytes(32), random.bytes(32)] })),
];

const emojiCases = (random) => [[b16(0x11), b16(0x12)], [b16(0), b16(0xff)],
  ...[1, 2, 3, 4].map(() => [random.bytes(16), random.bytes(16)])];

const codeCases = (random) => [7, 99999].map((nameplate, i) => codeRun({
  nameplate, digits: ['4829315', '0000000'][i], a: ann.id, b: ben.id, nonceA: random.bytes(16),
  nonceB: random.bytes(16), wideA: random.bytes(64), wideB: random.bytes(64), nonce: random.bytes(24),
  link: '/room/#1.BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc',
}));

export function make() {
  const random = stream('trust');
  const secrets = [SEVENS, b32(0), b32(0xff), random.bytes(32), random.bytes(32)];
  const ids = [ann.id, ben.id, 'a', 'some-peer', 'x'.repeat(128), 'zé 中'];
  return {
    about: 'What peers derive from a secret and prove to each other: ghostchat-protocol(7). Made by ' +
      'node test/vectors/make-trust.mjs over @noble/*. Bytes are hex; the text of an envelope is given ' +
      'without the blanks that fill it.',
    keys: secrets.map((secret) => ({ secret: hex(secret),
      ...Object.fromEntries(Object.entries(keysOf(secret)).map(([name, key]) => [name, hex(key)])) })),
    ids: ids.map((id) => ({ id, pid: hex(pid(id)), bare: hex(bareSecret(id)), bareTag: hex(keysOf(bareSecret(id)).room) })),
    envelopes: envelopeCases(random).map((c) => ({ ...c, secret: hex(c.secret), dial: hex(c.dial),
      nonce: hex(c.nonce), envelope: hex(seal(c)) })),
    greetings: greetingCases(random),
    numbers: [[ann.idpk, ben.idpk], [ben.idpk, ann.idpk], [b32(0), b32(0xff)], [random.bytes(32), random.bytes(32)]]
      .map(([one, other]) => ({ one: hex(one), other: hex(other), number: safetyNumber(one, other) })),
    rows: emojiCases(random).map(([a, b], i) => {
      const t = i === 0 ? Buffer.from(greetingCases(stream(''))[0].t, 'hex') : random.bytes(64);
      return { t: hex(t), a: hex(a), b: hex(b), commitment: hex(commitment(a)), row: emojiRow(t, a, b) };
    }),
    codes: codeCases(random),
  };
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  writeFileSync(PATH, write(make()));
}
