// What people send: [name, plain, value]. A plain kind is one that JSON can say as it is: from the
// named release on every structured serialization delivers it unchanged. The rest arrives as each
// library has it.

const ALWAYS = '1.3.2';
const NOW = '1.5.5';
const NEVER = '9';

function bytes(length, step = 7) {
  const all = new Uint8Array(length);
  for (let i = 0; i < length; i++) {
    all[i] = i * step;
  }
  return all;
}

const text = (length, what = 'abcdefgh') => what.repeat(Math.ceil(length / what.length)).slice(0, length);
const nested = (depth) => (depth === 0 ? 'deep' : { in: [nested(depth - 1)] });

/** @type {[string, string, () => unknown][]} */
const kinds = [
  ['empty string', ALWAYS, () => ''],
  ['string', ALWAYS, () => 'hello'],
  ['string that looks like JSON', ALWAYS, () => '{"type":"close"}'],
  ['unicode string', ALWAYS, () => 'Zoë 中文 e\u0301 \u202e'],
  ['emoji', NOW, () => '🥦 and 👩‍🚀'],
  ['control characters', ALWAYS, () => '\u0000\u0001\t\r\n\u007f\u2028'],
  ['lone surrogate', NEVER, () => 'a\ud83dz'],
  ['strings of 15 and 16 bytes', ALWAYS, () => [text(15), text(16), text(14, 'é'), text(16, 'é')]],
  ['string of 65535 bytes', NEVER, () => text(65535)],
  ['string of 65536 bytes', NEVER, () => text(65536)],
  ['0', ALWAYS, () => 0],
  ['-0', NEVER, () => -0],
  ['1', ALWAYS, () => 1],
  ['-1', ALWAYS, () => -1],
  ['integers up to 2^31', ALWAYS, () => [0, 1, 31, 32, 127, 128, 129, 255, 256, 257, 32767, 32768,
    65535, 65536, 65537, 2 ** 31 - 1]],
  ['integers from 2^31', NEVER, () => [2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 32 + 1, 2 ** 53 - 1,
    2 ** 53, 2 ** 63, 2 ** 64]],
  ['negative integers', ALWAYS, () => [-1, -2, -31, -32, -33, -127, -128, -129, -255, -256, -32767,
    -32768, -32769, -65536, -(2 ** 31)]],
  ['negative integers below -2^31', NEVER, () => [-(2 ** 31) - 1, -(2 ** 32), -(2 ** 53) + 1,
    -(2 ** 63)]],
  ['1.5', ALWAYS, () => 1.5],
  ['floats', NEVER, () => [0.1, -0.5, 1.1, 3.141592653589793, 1e100, -1.5e300]],
  ['float beside a power of two', NEVER, () => 7.999999999999999],
  ['the smallest float', NEVER, () => 5e-324],
  ['NaN', NEVER, () => NaN],
  ['infinities', NEVER, () => [Infinity, -Infinity]],
  ['true', ALWAYS, () => true],
  ['false', ALWAYS, () => false],
  ['null inside', ALWAYS, () => ({ a: null, b: [null] })],
  ['undefined inside', NEVER, () => ({ a: undefined, b: [undefined, 1] })],
  ['empty array', ALWAYS, () => []],
  ['arrays of 15 and 16', ALWAYS, () => [Array(15).fill(7), Array(16).fill(8)]],
  ['array of 65536', NEVER, () => Array(65536).fill(1)],
  ['mixed array', ALWAYS, () => [1, 'two', [3.5, null], { four: true }]],
  ['empty object', ALWAYS, () => ({})],
  ['objects of 15 and 16 keys', ALWAYS, () => [15, 16].map((n) => (
    Object.fromEntries(Array.from({ length: n }, (_, i) => [`key${i}`, i]))))],
  ['odd keys', NOW, () => ({ '': 1, 'é 🥦': 2, 'a b': 3, toString: 4 })],
  ['16 levels deep', ALWAYS, () => nested(8)],
  ['Date', NEVER, () => new Date(Date.UTC(2020, 1, 29, 12, 30, 15, 250))],
  ['Date inside', NEVER, () => ({ at: [new Date(0)] })],
  ['ArrayBuffer', NEVER, () => bytes(32).buffer],
  ['empty ArrayBuffer', NEVER, () => new ArrayBuffer(0)],
  ['Uint8Array', NEVER, () => bytes(20)],
  ['part of a Uint8Array', NEVER, () => bytes(20).subarray(5, 12)],
  ['Int16Array', NEVER, () => Int16Array.from([1, -2, 300])],
  ['Float64Array', NEVER, () => Float64Array.from([1.5, -0.25])],
  ['DataView', NEVER, () => new DataView(bytes(9).buffer, 1, 5)],
  ['bytes inside', NEVER, () => ({ name: 'x.bin', bytes: bytes(300) })],
  ['Blob', NEVER, () => new Blob([bytes(100), 'tail'])],
  ['File', NEVER, () => new File([bytes(64)], 'a.bin', { type: 'image/png' })],
  ['Blob of 200 kB', NEVER, () => new Blob([bytes(200000)])],
  ['bytes, one chunk', NEVER, () => bytes(16290)],
  ['bytes, two chunks', NEVER, () => bytes(16300)],
  ['200 kB of bytes', NEVER, () => bytes(200000, 13)],
  ['string of 200 kB', NEVER, () => text(200000, 'naïve ')],
  ['object of 200 kB', NEVER, () => ({ list: Array.from({ length: 8000 }, (_, i) => `number ${i}`) })],
  ['Map', NEVER, () => new Map([['a', 1]])],
  ['class of one\'s own', NEVER, () => new (class Point { constructor() { this.x = 1; } })()],
  ['toJSON', NEVER, () => ({ toJSON: () => 'said by toJSON' })],
  ['BigInt', NEVER, () => 10n],
  ['function', NEVER, () => () => 1],
  ['null', NEVER, () => null],
  ['undefined', NEVER, () => undefined],
];

/** FNV-1a over bytes: tells values apart that are too long to quote. */
function hash(view) {
  let sum = 0x811c9dc5;
  for (const byte of view) {
    sum = Math.imul(sum ^ byte, 0x01000193);
  }
  return (sum >>> 0).toString(16).padStart(8, '0');
}

function describeBytes(name, view) {
  const content = view.length > 48 ? hash(view) : Array.from(view, (b) => (
    b.toString(16).padStart(2, '0'))).join('');
  return `${name}(${view.length}) ${content}`;
}

/** A text that is equal only for equal values of one type. Long ones end in their hash. */
function spell(value) {
  if (value instanceof ArrayBuffer) {
    return describeBytes('ArrayBuffer', new Uint8Array(value));
  }
  if (ArrayBuffer.isView(value)) {
    return describeBytes(value.constructor.name,
      new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
  }
  const whole = spellPlain(value);
  return whole.length > 600
    ? `${whole.slice(0, 40)}... (${whole.length}) ${hash(new TextEncoder().encode(whole))}` : whole;
}

function spellPlain(value) {
  if (typeof value === 'string') {
    return JSON.stringify(value);
  }
  if (value === null || typeof value !== 'object') {
    return Object.is(value, -0) ? '-0' : `${typeof value} ${String(value)}`;
  }
  if (Array.isArray(value)) {
    return `[${value.map(spell).join(', ')}]`;
  }
  if (value instanceof Date) {
    return `Date(${value.toISOString()})`;
  }
  const entries = Object.entries(value).map(([key, one]) => `${JSON.stringify(key)}: ${spell(one)}`);
  const name = Object.getPrototypeOf(value)?.constructor?.name ?? 'null';
  return `${name === 'Object' ? '' : name}{${entries.join(', ')}}`;
}

/** The same, of a Blob too, which must be read for it. */
async function describe(value) {
  return value instanceof Blob
    ? describeBytes('Blob', new Uint8Array(await value.arrayBuffer())) : spell(value);
}

export { bytes, describe, kinds };
