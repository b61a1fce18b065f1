// Makes test/vectors/binarypack.json with the real library: node test/vectors/make-binarypack.mjs
// writes it again. What a value is as text stands in `text`, written by another hand than the core's.
import { realpathSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import peerjs from 'peerjs';
import { write } from './write.mjs';

const { util } = peerjs;
export const PATH = fileURLToPath(new URL('./binarypack.json', import.meta.url));

const hex = (bytes) => Buffer.from(bytes).toString('hex');
const bytes = (length) => Uint8Array.from({ length }, (_, i) => i & 0xff);
const nested = (depth) => JSON.parse('['.repeat(depth) + ']'.repeat(depth));

/** What people see of a value: JSON, but bytes are counted and fractions rounded to nine places. */
function show(value, whole = true) {
  if (typeof value === 'string') {
    return whole && value !== '' ? value : JSON.stringify(value);
  }
  if (typeof value === 'number') {
    if (Number.isInteger(value) && Math.abs(value) < 2 ** 63) {
      return String(BigInt(value));
    }
    const tiny = Math.abs(value) < 2 ** -29;
    return tiny || Math.abs(value) >= 2 ** 63 ? '[number]' : value.toFixed(9).replace(/\.?0+$/, '');
  }
  if (value === null || value === undefined || typeof value === 'boolean') {
    return String(value ?? null);
  }
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) {
    return `[${value.byteLength} byte${value.byteLength === 1 ? '' : 's'}]`;
  }
  if (Array.isArray(value)) {
    return `[${value.map((item) => show(item, false)).join(',')}]`;
  }
  const pairs = Object.entries(value);
  return `{${pairs.map(([key, item]) => `${JSON.stringify(key)}:${show(item, false)}`).join(',')}}`;
}

const VALUES = {
  'fixed integers': [0, 1, 127, -1, -32],
  'u8 and i8': [128, 255, -33, -128],
  'u16 and i16': [256, 65535, -129, -32768],
  'u32 and i32': [65536, 2 ** 31, 2 ** 32 - 1, -32769, -(2 ** 31)],
  '64 bits': [2 ** 32, 2 ** 53, -(2 ** 31) - 1, -(2 ** 53)],
  fractions: [0.5, -2.25, 3.14159, 0.1, 1e-3, 123456789.125, 1e15 + 0.5, 1.9999999999, 2 ** -28.5],
  'numbers without short decimals': [1e-12, 5e-324 * 2 ** 60],
  words: [true, false, null, undefined],
  strings: ['', 'a', 'fifteen bytes..', 'sixteen bytes...', 'zé 中🥦&="\\', 'two\nlines\ttab',
    'x'.repeat(300)],
  'a lone surrogate': ['\ud800'],
  bytes: [bytes(0), bytes(1), bytes(15), bytes(16), bytes(300), bytes(9).buffer,
    new Float64Array([1, 2])],
  arrays: [[], [1, 2, 3], Array.from({ length: 15 }, () => 0), Array.from({ length: 16 }, (_, i) => i),
    [[], [[]], {}], [1, 'two', null, [3.5, bytes(3)], { four: [5] }]],
  maps: [{}, { a: 1 }, { '': '' }, { text: 'quote " and \\', n: -7, deep: { deeper: { x: [], y: '\n\u0001' } } },
    Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`k${i}`, i]))],
  'falsy __peerData': [{ __peerData: 0, n: 0 }, { __peerData: '' }, { __peerData: false },
    { __peerData: null }],
  'something else in a list': [[{ __peerData: 1 }], { x: { __peerData: { type: 'close' } } }],
  depth: [nested(32)],
};

/** What no library of theirs sends, or what JavaScript reads in silence. */
const BAD = [
  ['', 'syntax'], ['0102', 'syntax'], ['93', 'syntax'], ['9300', 'syntax'], ['cc', 'syntax'],
  ['cb00000000000000', 'syntax'], ['c4', 'syntax'], ['c900', 'syntax'], ['d400', 'syntax'],
  ['d700', 'syntax'], ['b1', 'syntax'], ['d80005616263', 'syntax'], ['d9ffffffff', 'syntax'],
  ['dbffffffff00', 'syntax'], ['ddffffffff', 'syntax'], ['dfffffffff0000', 'syntax'],
  ['de80000000', 'syntax'], ['810000', 'syntax'], ['81a000', 'syntax'], ['8190c0', 'syntax'],
  ['b1ff', 'utf8'], ['b2c080', 'utf8'], ['81b1ff00', 'utf8'], ['b3eda080', 'utf8'],
  ['91'.repeat(32) + '90', 'too-big'], ['81b161'.repeat(33) + '00', 'too-big'],
];

const peerData = (n, rest) => hex(util.pack({ __peerData: n, ...rest }));
const BAD_CHUNKS = [
  peerData(1, {}), peerData(1, { n: 0, data: bytes(1) }), peerData(1, { n: 0, total: 1 }),
  peerData(1, { n: 1, data: bytes(1), total: 1 }), peerData(1, { n: -1, data: bytes(1), total: 1 }),
  peerData(1, { n: 0, data: 'text', total: 1 }), peerData(-1, { n: 0, data: bytes(1), total: 1 }),
  peerData('id', { n: 0, data: bytes(1), total: 1 }), peerData({ type: 'open' }, {}),
  peerData(1.5, { n: 0, data: bytes(1), total: 1 }), peerData(true, {}), peerData([], {}),
  peerData(2 ** 33, { n: 0, data: bytes(1), total: 1 }),
];

function chunks(length, size) {
  const usual = util.chunkedMTU;
  util.chunkedMTU = size;
  util._dataCount = 1; // as on a new connection
  const made = util.chunk(util.pack('x'.repeat(length)));
  util.chunkedMTU = usual;
  return made.map((chunk) => ({
    hex: hex(util.pack(chunk)), kind: 'chunk', id: chunk.__peerData, n: chunk.n, total: chunk.total,
    data: hex(chunk.data),
  }));
}

export function make() {
  const good = Object.entries(VALUES).flatMap(([about, values]) => values.map((value) => {
    const packed = util.pack(value);
    // A lone surrogate and some fractions arrive as something else: shown is what arrives.
    const text = about === 'a lone surrogate' ? '\ufffd' : about === 'fractions' ||
      about.startsWith('numbers') ? show(util.unpack(packed)) : show(value);
    return { about, hex: hex(packed), text };
  }));
  // Forms that the library reads but does not write.
  good.push(
    { about: 'c1 is undefined', hex: 'c1', text: 'null' },
    { about: 'floats', hex: '95ca3fc00000cac0200000ca00000000ca7f800000ca00000001',
      text: '[1.5,-2.5,0,[number],[number]]' },
    { about: 'not a number, infinite', hex: '92cb7ff8000000000000cbfff0000000000000',
      text: '[[number],[number]]' },
    { about: 'beyond 2^53', hex: '93cfffffffffffffffffd38000000000000000cb43dfffffffffffff',
      text: '[18446744073709551615,-9223372036854775808,9223372036854774784]' },
    { about: 'minus zero', hex: 'cb8000000000000000', text: '0' },
    { about: 'long heads', hex: 'dd00000002d90000000161df00000000',
      text: '["a",{}]' },
  );
  const sorted = [
    ...chunks(50, 20), ...chunks(20, 20),
    { hex: hex(util.pack({ __peerData: 300, n: 200, data: bytes(20), total: 70000 })),
      kind: 'chunk', id: 300, n: 200, total: 70000, data: hex(bytes(20)) },
    { hex: hex(util.pack({ extra: [1, { n: 9 }], total: 2, data: bytes(2), n: 1, __peerData: 5 })),
      kind: 'chunk', id: 5, n: 1, total: 2, data: hex(bytes(2)) },
    { hex: hex(util.pack({ __peerData: { type: 'close' } })), kind: 'close' },
    { hex: hex(util.pack({ __peerData: { other: ['type'], type: 'close', x: 1 } })), kind: 'close' },
    ...good.filter((g) => g.about.includes('peerData') || g.about.includes('list'))
      .map((g) => ({ hex: g.hex, kind: 'value' })),
  ];
  return {
    about: 'BinaryPack, made by npm peerjs 1.5.5: node test/vectors/make-binarypack.mjs. `text` is ' +
      'what people see of a value; `sorted` is what a data connection takes it for; `bad` is refused.',
    good,
    sorted,
    bad: BAD.map(([code, error]) => ({ hex: code, error })),
    badChunks: BAD_CHUNKS,
    strings: ['', 'a', 'fifteen bytes..', 'sixteen bytes...', 'zé 中🥦', 'x'.repeat(300)]
      .map((text) => ({ text, hex: hex(util.pack(text)) })),
  };
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  writeFileSync(PATH, write(make()));
}
