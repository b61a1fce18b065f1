// Makes test/vectors/crypto.json: cases for each function of the crypto table (core/base/crypto.h),
// by @noble/*, which is not what hosts use. node test/vectors/make-crypto.mjs writes the file again;
// with a number of cases and a seed, as many others go to stdout (make crypto-differential).
import { createHash } from 'node:crypto';
import { realpathSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { noble } from '../wasm/crypto.mjs';
import { write } from './write.mjs';

export const PATH = fileURLToPath(new URL('./crypto.json', import.meta.url));
const CASES = 200;

/** Bytes that follow from a seed: bytes(n) and a number below a bound. */
export function stream(seed) {
  let block = Buffer.alloc(0), count = 0;
  const bytes = (length) => {
    const parts = [];
    for (let left = length; left > 0;) {
      if (block.length === 0) {
        block = createHash('sha512').update(`${seed} ${count++}`).digest();
      }
      const part = block.subarray(0, left);
      parts.push(part);
      block = block.subarray(part.length);
      left -= part.length;
    }
    return Buffer.concat(parts);
  };
  return { bytes, below: (bound) => bytes(4).readUInt32BE() % bound };
}

const result = (out) => ({ ok: out !== null, out: Buffer.from(out ?? []).toString('hex') });
const flipped = (bytes, random) => {
  const copy = Buffer.from(bytes);
  copy[random.below(copy.length)] ^= 1 << random.below(8);
  return copy;
};

/** One case each: what goes in, and what noble makes of it. About half of what can be refused is. */
const kinds = {
  hash(random) {
    const n = 16 + random.below(49);
    const data = random.bytes(random.below(400)), key = random.bytes(random.below(65));
    return { n, in: [data, key], ...result(noble.hash(n, data, key)) };
  },
  sha512(random) {
    const data = random.bytes(random.below(512));
    return { in: [data], ...result(noble.sha512(data)) };
  },
  sign_keypair(random) {
    const seed = random.bytes(32);
    return { in: [seed], ...result(noble.signKeypair(seed)) };
  },
  sign(random) {
    const seed = random.bytes(32), data = random.bytes(random.below(400));
    return { in: [data, seed, noble.signKeypair(seed)], ...result(noble.sign(data, seed)) };
  },
  verify(random) {
    const seed = random.bytes(32), data = random.bytes(1 + random.below(400));
    const good = [noble.sign(data, seed), data, noble.signKeypair(seed)];
    const at = random.below(6);
    const all = good.map((part, i) => (i === at ? flipped(part, random) : Buffer.from(part)));
    return { in: all, ok: noble.verify(...all), out: '' };
  },
  seal(random) {
    const all = [random.below(700), random.below(100), 24, 32].map((n) => random.bytes(n));
    return { in: all, ...result(noble.seal(...all)) };
  },
  open(random) {
    const [data, ad, nonce, key] = [random.below(700), 1 + random.below(100), 24, 32]
      .map((n) => random.bytes(n));
    const at = random.below(8);
    const all = [noble.seal(data, ad, nonce, key), ad, nonce, key]
      .map((part, i) => (i === at ? flipped(part, random) : Buffer.from(part)));
    return { in: all, ...result(noble.open(...all)) };
  },
  ristretto_from_hash(random) {
    const data = random.bytes(64);
    return { in: [data], ...result(noble.ristrettoFromHash(data)) };
  },
  scalar_reduce(random) {
    const data = random.bytes(64);
    return { in: [data], ...result(noble.scalarReduce(data)) };
  },
  scalarmult(random) {
    const scalar = noble.scalarReduce(random.bytes(64));
    const element = noble.ristrettoFromHash(random.bytes(64));
    const all = [scalar, random.below(2) === 0 ? flipped(element, random) : element];
    return { in: all, ...result(noble.scalarmult(...all)) };
  },
};

function* cases(count, seed) {
  const random = stream(seed), names = Object.keys(kinds);
  for (let i = 0; i < count; i++) {
    const f = names[i % names.length], made = kinds[f](random);
    yield { f, ...made, in: made.in.map((bytes) => Buffer.from(bytes).toString('hex')) };
  }
}

/** RFC 7693 appendix A and E, RFC 8032 7.1, draft-irtf-cfrg-xchacha-03 A.3.1, RFC 9496 A.1. */
const hex = (text) => Buffer.from(text).toString('hex');
const KNOWN = [
  { f: 'hash', n: 64, in: [hex('abc'), ''], ok: true,
    out: 'ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1' +
      '7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923' },
  { f: 'sha512', in: [hex('abc')], ok: true,
    out: 'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a' +
      '2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f' },
  { f: 'sign', in: ['', '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
    'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a'], ok: true,
    out: 'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155' +
      '5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b' },
  { f: 'seal', in: [hex('Ladies and Gentlemen of the class of \'99: If I could offer you only one tip ' +
    'for the future, sunscreen would be it.'), '50515253c0c1c2c3c4c5c6c7',
  '404142434445464748494a4b4c4d4e4f5051525354555657',
  '808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f'], ok: true,
    out: 'bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb' +
      '731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b452' +
      '2f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9' +
      '21f9664c97637da9768812f615c68b13b52ec0875924c1c7987947deafd8780acf49' },
  { f: 'scalarmult', in: [`02${'00'.repeat(31)}`,
    'e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76'], ok: true,
    out: '6a493210f7499cd17fecb510ae0cea23a110e8d5b901f8acadd3095c73a3b919' },
];
/** Lengths at which the padding of a block changes, and what no function takes. */
function* edges() {
  for (const length of [0, 1, 111, 112, 113, 119, 120, 127, 128, 129, 239, 240, 255, 256, 257, 511]) {
    const data = Buffer.alloc(length, length);
    yield { f: 'hash', n: 32, in: [data, Buffer.alloc(0)], ...result(noble.hash(32, data)) };
    yield { f: 'hash', n: 16, in: [data, Buffer.alloc(64, 1)], ...result(noble.hash(16, data, Buffer.alloc(64, 1))) };
    yield { f: 'sha512', in: [data], ...result(noble.sha512(data)) };
  }
  const zeros = Buffer.alloc(32), one = Buffer.from(zeros).fill(1, 0, 1);
  const base = Buffer.from('e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76', 'hex');
  yield { f: 'scalarmult', in: [one, zeros], ok: false, out: '' };
  yield { f: 'scalarmult', in: [zeros, base], ok: false, out: '' };
  const high = Buffer.from(base); // a topmost bit that is set encodes nothing (RFC 9496 4.3.1)
  high[31] ^= 0x80;
  yield { f: 'scalarmult', in: [one, high], ...result(noble.scalarmult(one, high)) };
  for (const data of [Buffer.alloc(64), Buffer.alloc(64, 0xff)]) {
    yield { f: 'scalar_reduce', in: [data], ...result(noble.scalarReduce(data)) };
    yield { f: 'ristretto_from_hash', in: [data], ...result(noble.ristrettoFromHash(data)) };
  }
  for (let length = 0; length < 16; length++) {
    yield { f: 'open', in: [zeros.subarray(0, length), zeros.subarray(0, 1), zeros.subarray(0, 24), zeros], ok: false, out: '' };
  }
}

const plain = (one) => ({ ...one, in: one.in.map((b) => (typeof b === 'string' ? b : b.toString('hex'))) });

export function make(count = CASES, seed = 'ghostchat') {
  return {
    about: 'Cases for each function of the crypto table, core/base/crypto.h: inputs in its order, and ' +
      'n, how long the output of `hash` is. Made by node test/vectors/make-crypto.mjs with @noble/*; ' +
      'the first ones are of RFC 7693, FIPS 180-4, RFC 8032, draft-irtf-cfrg-xchacha-03, RFC 9496.',
    cases: [...KNOWN, ...edges(), ...cases(count, seed)].map(plain),
  };
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const [count, seed] = process.argv.slice(2);
  if (count) {
    process.stdout.write(write(make(Number(count), seed)));
  } else {
    writeFileSync(PATH, write(make()));
  }
}
