// Makes test/vectors/names.json: node test/vectors/make-names.mjs writes it again. The canonical form of
// a room's name is made here by another hand than the core's, straight from ghostchat-protocol(7): by
// JavaScript's own properties of characters, and the Unicode Character Database for what it has not
// (Debian: unicode-data; what came after version 15.0 is left out).
import { readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { blake2b } from '../wasm/blake2b.mjs';
import { write } from './write.mjs';

export const PATH = fileURLToPath(new URL('./names.json', import.meta.url));
const DATA = process.env.UNICODE_DATA ?? '/usr/share/unicode';
const AGE = 15.0;

const lines = (file) => readFileSync(`${DATA}/${file}`, 'utf8').split('\n');
const character = (hex) => String.fromCodePoint(parseInt(hex, 16));

/** Code point -> 1 if Unicode 15.0 has it. */
const ages = new Uint8Array(0x110000);
for (const line of lines('DerivedAge.txt')) {
  const [, first, last, age] = /^(\w+)(?:\.\.(\w+))?\s*;\s*([\d.]+)/.exec(line) ?? [];
  if (first && parseFloat(age) <= AGE) {
    ages.fill(1, parseInt(first, 16), parseInt(last ?? first, 16) + 1);
  }
}
export const isAssigned = (c) => ages[c] === 1;

/** Character -> its full case folding. */
const folds = new Map(lines('CaseFolding.txt').map((line) => /^(\w+); [CF]; ([\w ]+);/.exec(line))
  .filter((m) => m && isAssigned(parseInt(m[1], 16)))
  .map((m) => [character(m[1]), m[2].split(' ').map(character).join('')]));

const bytesOf = (text) => new TextEncoder().encode(text).length;
const SECRET = /1\.[\w-]{38}/;
const UNSEEN = /^[ \u2800\ufff9-\ufffb\u{13430}-\u{13442}\u{16fe4}\u{1d159}]*$/u;

/** What may be in a name: assigned, or where later versions add nothing that NFKC changes. */
const isKnown = (char) => {
  const c = char.codePointAt(0);
  return isAssigned(c) || (c >= 0x1f000 && c <= 0x1faff) || (c >= 0x20000 && c <= 0x3ffff) ||
    /\p{DI}/u.test(char);
};

/** The half of a round that follows NFKC. */
function fold(text) {
  return text.replace(/\p{DI}/gu, '').replace(/\p{White_Space}+/gu, ' ').trim()
    .replace(/./gsu, (char) => folds.get(char) ?? char)
    .replaceAll('\u0131', 'i').replace(/i\u0307+/g, 'i')
    .replace(/[\u02bb\u02bc\u02bd\u055a\u05f3\u2018\u2019\u201b\u2032\ua78c]/g, "'")
    .replace(/[\u05f4\u201c-\u201f]/g, '"')
    .replace(/[\u058a\u05be\u2010-\u2015\u2212\u2e3a\u2e3b-]+/g, '-');
}

/** Whether a text that is otherwise a canonical form is no name. */
const isNoName = (text) => UNSEEN.test(text) || /\p{Cc}/u.test(text) || /^(\.\.?|\/+)$/.test(text) ||
  text.includes('://') || SECRET.test(text) || /^\p{Nd}{1,5}-\p{Nd}{3}-\p{Nd}{4}$/u.test(text);

/** What becomes of a name: `answers` are the NFKC that the host is asked for.
 * @returns {{ form?: string, error?: 'syntax' | 'too-big', answers: string[] }} */
export function canonical(typed) {
  const answers = [];
  if (bytesOf(typed) > 256) {
    return { error: 'too-big', answers };
  }
  if (SECRET.test(typed) || ![...typed].every(isKnown) || isNoName(fold(typed))) {
    return { error: 'syntax', answers };
  }
  for (let text = typed; answers.length < 4;) {
    const nfkc = text.normalize('NFKC');
    answers.push(nfkc);
    if (SECRET.test(nfkc)) {
      break;
    }
    const form = fold(nfkc);
    if (form === text) {
      return bytesOf(form) > 1024 ? { error: 'too-big', answers }
        : isNoName(form) ? { error: 'syntax', answers } : { form, answers };
    }
    text = form;
  }
  return { error: 'syntax', answers };
}

export function tagOf(form) {
  const bytes = (text) => new TextEncoder().encode(text);
  return Buffer.from(blake2b(16, bytes('ghostchat/1 room'), blake2b(32, bytes(`ghostchat/1 open ${form}`), new Uint8Array(0))))
    .toString('hex');
}

/** The characters in `text` in full width, which NFKC takes back. */
const wide = (text) => text.replace(/[!-~]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0));
const DIGITS = 'BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc';

/** Each group is one room. */
const SAME = [
  ['coffee', 'Coffee', 'COFFEE', ' coffee ', wide('Coffee'), 'coffee\u200b', '\u200ecoffee\u200f', 'cof\u00adfee',
    'cof\u2060fee', '\ufeffcoffee', '\u202acoffee\u202c', '\u2066coffee\u2069', '\u061ccoffee', 'c\u034foffee',
    'coffee\ufe0f', '\u3000coffee\u00a0', 'coffee\u{e0061}', '\tcoffee\r\n', '\u{1d402}\u{1d428}ffee'],
  ["ann's room", "Ann's Room", 'Ann\u2019s room', 'ann\u2018s room', 'ANN\u02bcS ROOM', 'ann\u201bs room',
    'ann\u2032s room', 'ann\uff07s\u00a0room', "ann's  room", "ann's \u200b room", "ann's\u3000\u2003room"],
  ['a-b', 'A-B', 'a\u2010b', 'a\u2011b', 'a\u2012b', 'a\u2013b', 'a\u2014b', 'a\u2015b', 'a\u2212b', 'a--b', 'a\u2014\u2014b',
    'a---b', 'a\ufe58b', 'a\ufe63b', 'a\uff0db', 'a\u2e3ab', 'a\u058ab', 'a\u05beb'],
  ['the "best" one', 'The \u201cBest\u201d one', 'the \u201ebest\u201f one', 'the \u05f4best\u05f4 one'],
  ['strasse', 'Stra\u00dfe', 'STRASSE', 'STRA\u1e9eE', 'stra\u017f\u017fe'],
  ['istanbul', '\u0130stanbul', 'Istanbul', 'ISTANBUL', '\u0131stanbul', 'i\u0307stanbul', 'I\u0307stanbul', 'i\u0307\u0307stanbul',
    'i\u034f\u0307stanbul', '\u0131\u0307stanbul'],
  ['caf\u00e9', 'cafe\u0301', 'CAF\u00c9', 'Cafe\u034f\u0301', 'CAFE\u0301'],
  ['\u03b1\u03bb\u03ad\u03be\u03b1\u03bd\u03b4\u03c1\u03bf\u03c3', '\u0391\u03bb\u03ad\u03be\u03b1\u03bd\u03b4\u03c1\u03bf\u03c2', '\u0391\u039b\u0388\u039e\u0391\u039d\u0394\u03a1\u039f\u03a3'],
  ['\u{1f468}\u{1f469}', '\u{1f468}\u200d\u{1f469}'],
  ['\u2764', '\u2764\ufe0f', '\u2764\ufe0e'],
  ['\u{1f3f4}', '\u{1f3f4}\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}'],
  ['a\u0323\u0301'.normalize('NFKC'), 'a\u0301\u034f\u0323', 'A\u0301\u034f\u0323', 'a\u0323\u0301'],
  ['wait...', 'wait\u2026', 'WAIT...'],
  ['\u30ab\u30d5\u30a7', '\uff76\uff8c\uff6a'],
  ['\uac00', '\u1100\u1161', '\u1100\u115f\u1161'],
  ['\u0639\u0644\u06cc\u0631\u0636\u0627', '\u0639\u0644\u06cc\u200c\u0631\u0636\u0627'],
  ['first', '\ufb01r\ufb06', 'FIR\ufb05'],
  ['2026-11-30', '2026\u201311\u201330'],
];

/** Names that are what they are: their tags never change. */
const CANONICAL = ['coffee', 'a/b', 'ac/dc', '24/7', '...', '1.2', '#1.0', 'a b', "o'neill", '\u{1f47b}', '\u00e9'.repeat(32),
  'x'.repeat(64), 'x'.repeat(256), '\u4e2d\u6587', '2026-11-30', '30-11-2026', '7-482-931', '7-482-93150', '123456-482-9315',
  '7-4829-315', '7 482 9315', '74829315', '-7-482-9315', '1.' + 'b'.repeat(37), 'room/coffee', 'a:b', 'http:/x', '\u0301a',
  '\u{20000}', '\u11a7', '\uac00\u11a7', '\u0e01\u0e33'.normalize('NFKC'), '\ue000', '\u{1faff}', '7-482-9315 x'];

const REFUSED = ['', ' ', '\u200b', '\u00a0\u3000', '\ufe0f\u200d', '\u3164', '\u2800', '\u2800 \u2800', '\u115f\uffa0', '\u{13441}',
  '.', '..', '\u2024', '\uff0e\uff0e', '.\u200b.', ' . ', '\u2025', '/', '//', '\uff0f', '/\u200b',
  'http://x', 'see http://HOST/room/coffee', 'x\uff1a//y', ':\u200b//', ':/\uff0f',
  'a\u0000b', 'a\u001fb', 'a\u007fb', 'a\u0086b', '\u001b[1m',
  '7-482-9315', '12345-482-9315', '1-000-0000', '7\u2013482\u20139315', '7--482--9315', ' 7-482-9315\u200f', wide('7-482-9315'),
  '\u0667-\u0664\u0668\u0662-\u0669\u0663\u0661\u0665', '\u096d-\u096a\u096e\u0968-\u096f\u0969\u0967\u096b', '\u{1d7d5}-482-9315', '\u2077-482-9315',
  '7-48\u0662-9315', '7\u200d-482-9315', '\u{1e957}-482-9315', '\u2466-482-9315',
  `1.${DIGITS}`, `#1.${DIGITS}`, `:1.${DIGITS}`, `"1.${DIGITS}`, `see 1.${DIGITS}`, `/room/#1.${DIGITS}`, `a.example/room/#1.${DIGITS}`,
  `%231.${DIGITS} `, `1.${DIGITS}.`, `x1.${DIGITS}x`, `1.${'b'.repeat(38)}`, `1.1.${'-'.repeat(38)}`, `1.x 1.${'_'.repeat(40)}`,
  wide(`1.${DIGITS}`), `1\u2024${DIGITS}`, `1\u200b.${DIGITS}`, `1.${[...DIGITS].join('\u00ad')}`, `\u2488${DIGITS}`, wide(`1.${DIGITS.replaceAll('w', '-')}`),
  '\u0378', '\u{1ccd6}', '\u{105c9}', '\u{16d68}', '\u{40000}', '\u{e1000}',
  'x'.repeat(257), '\u00e9'.repeat(129), '\ufdfa'.repeat(32), '\u0390'.repeat(100) + '\ufdfa'.repeat(16)];

/** Characters of which nothing is seen: no name of a person shows them. */
const INVISIBLE = ['00ad', '034f', '061c', '115f', '1160', '17b4', '17b5', '180b', '180e', '180f', '200b', '200c', '200d', '200e',
  '200f', '2028', '2029', '202a', '202b', '202c', '202d', '202e', '2060', '2061', '2064', '2065', '2066', '2067', '2068', '2069', '206a', '206f',
  '2800', '3164', 'fe00', 'fe0e', 'fe0f', 'feff', 'ffa0', 'fff0', 'fff8', 'fff9', 'fffa', 'fffb', '13430', '1343f', '13440', '13441', '13442',
  '16fe4', '1bca0', '1bca3', '1d159', '1d173', '1d17a', 'e0001', 'e0020', 'e007f', 'e0100', 'e01ef', 'e0fff',
  '0000', '001b', '007f', '0085', '009f', '0020', '00a0', '1680', '2003', '202f', '205f', '3000'];

const NAMES = [['Ann', 'Ann'], [' Ann\u00a0 Lee ', 'Ann Lee'], ['Ann\ufe0f', 'Ann'], ['A\u034fnn', 'Ann'], ['Ann\u2800', 'Ann'], ['Ann \u2800 Lee', 'Ann Lee'],
  ['\u202eAnn', 'Ann'], ['\u0391\u03bb\u03ad\u03be\u03b1\u03bd\u03b4\u03c1\u03bf\u03c2 \u03a0\u03b1\u03c0\u03b1\u03b4\u03cc\u03c0\u03bf\u03c5\u03bb\u03bf\u03c2', '\u0391\u03bb\u03ad\u03be\u03b1\u03bd\u03b4\u03c1\u03bf\u03c2 \u03a0\u03b1\u03c0\u03b1\u03b4\u03cc\u03c0\u03bf\u03c5\u03bb\u03bf\u03c2'],
  ['\u4e2d'.repeat(85), '\u4e2d'.repeat(85)], ['\u05e9\u05dc\u05d5\u05dd', '\u05e9\u05dc\u05d5\u05dd'], ['\u{1f1e9}\u{1f1ea} Ann', '\u{1f1e9}\u{1f1ea} Ann'],
  ['Zo\u00eb', 'Zo\u00eb'], ['\u2764\ufe0f', '\u2764']];

export function make() {
  const one = (typed) => {
    const { form, error, answers } = canonical(typed);
    return error ? { typed, error, answers } : { typed, canonical: form, tag: tagOf(form), answers };
  };
  const groups = SAME.map((group) => group.map(one));
  for (const [first, ...rest] of groups) {
    for (const name of [first, ...rest]) {
      if (first.canonical === undefined || name.canonical !== first.typed) {
        throw new Error(`not as expected: ${JSON.stringify([first, name])}`);
      }
    }
  }
  const kept = CANONICAL.map(one);
  const refused = REFUSED.map(one);
  const wrong = [...kept.filter((name) => name.canonical !== name.typed), ...refused.filter((name) => !name.error)];
  if (wrong.length > 0) {
    throw new Error(`not as expected: ${JSON.stringify(wrong)}`);
  }
  return {
    about: 'Names: ghostchat-protocol(7), ROOM NAMES and NAMES OF PEOPLE, made by test/vectors/make-names.mjs. `answers` are ' +
      'the NFKC that the host gives, round by round. `people` is what is shown of a name; no name shows a character of `unseen`.',
    rooms: [...groups.flat(), ...kept],
    refused,
    people: NAMES.map(([typed, shown]) => ({ typed, shown })),
    unseen: INVISIBLE,
  };
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  writeFileSync(PATH, write(make()));
}
