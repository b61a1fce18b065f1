// Makes core/base/unicode_table.h and cli/columns_table.h from the Unicode Character Database:
//   node tools/make-unicode-table.mjs [--check] [FOLDER]
// FOLDER is where Debian's package unicode-data puts it. Debian 12 has version 15.0, Debian 13 a later
// one: what a version after 15.0 brought is left out by the age of each character, so both make the
// same files. --check writes nothing and fails when a file is not what would be written.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const AGE = 15.0;
const check = process.argv.includes('--check');
const folder = process.argv.slice(2).find((word) => !word.startsWith('-')) ?? '/usr/share/unicode';

if (!existsSync(`${folder}/UnicodeData.txt`)) {
  console.error(`make-unicode-table: no Unicode data in ${folder} (Debian: unicode-data)`);
  process.exit(2);
}

/** The rows of a file of the database, without comments: its fields. */
function* rows(file) {
  for (const line of readFileSync(`${folder}/${file}`, 'utf8').split('\n')) {
    const fields = line.replace(/#.*/, '').split(';').map((field) => field.trim());
    if (fields[0] !== '') {
      yield fields;
    }
  }
}

/** The characters for which the second field is `want`, as a set. */
function having(file, want) {
  const set = new Set();
  for (const [span, value] of rows(file)) {
    if (want(value)) {
      const [first, last] = span.split('..').map((text) => parseInt(text, 16));
      for (let c = first; c <= (last ?? first); c++) {
        set.add(c);
      }
    }
  }
  return set;
}

const known = having('DerivedAge.txt', (age) => parseFloat(age) <= AGE);

/** A set as its ranges, first and last of each. */
function ranges(set) {
  const all = [];
  for (const c of [...set].sort((a, b) => a - b)) {
    if (all.at(-1)?.[1] === c - 1) {
      all.at(-1)[1] = c;
    } else {
      all.push([c, c]);
    }
  }
  return all;
}

/** Where later versions may still add characters that no NFKC changes (ghostchat-protocol(7)). */
const isOpen = (c) => (c >= 0x1f000 && c <= 0x1faff) || (c >= 0x20000 && c <= 0x3ffff);

/** Lengths of the runs of characters that are refused and not refused, in turn; the first is of those
 * that are not. Seven bits a byte, the low ones first; all bytes of a number but its last have the
 * highest bit. */
function assigned() {
  const bytes = [];
  const put = (n) => {
    for (; n > 0x7f; n >>>= 7) {
      bytes.push((n & 0x7f) | 0x80);
    }
    bytes.push(n);
  };
  let run = 0;
  let before = true;
  for (let c = 0; c <= 0x10ffff; c++) {
    const now = known.has(c) || isOpen(c) || (c >= 0xd800 && c <= 0xdfff);
    if (now !== before) {
      put(run);
      run = 0;
      before = now;
    }
    run++;
  }
  put(run);
  return bytes;
}

/** Case folding of one character to one: the first, every or every second one, how many; and to what
 * the first becomes. To several: {from, to, to, to or 0}. */
function folding() {
  const steps = [];
  const full = [];
  for (const [from, status, to] of rows('CaseFolding.txt')) {
    const c = parseInt(from, 16);
    const [first, ...more] = to.split(' ').map((text) => parseInt(text, 16));
    if (!known.has(c) || !/[CF]/.test(status)) {
      continue;
    }
    if (status === 'F') {
      full.push([c, first, more[0], more[1] ?? 0]);
      continue;
    }
    const step = steps.at(-1);
    const gap = step && c - (step.first + step.stride * (step.count - 1));
    if (step && step.delta === first - c && (step.count === 1 ? gap <= 2 : gap === step.stride)) {
      step.stride = gap;
      step.count++;
    } else {
      steps.push({ first: c, stride: 1, count: 1, delta: first - c });
    }
  }
  return { steps, full };
}

const hex = (n, digits = 0) => `0x${n.toString(16).padStart(digits, '0')}`;

/** Words in lines of at most 100 columns. */
function block(words) {
  const lines = [];
  for (const word of words) {
    if (lines.length > 0 && lines.at(-1).length + word.length + 2 <= 98) {
      lines[lines.length - 1] += ` ${word},`;
    } else {
      lines.push(`    ${word},`);
    }
  }
  return lines.join('\n');
}

const table = (comment, head, words) => `/* ${comment} */\nstatic const ${head} = {\n${block(words)}\n};\n`;
const pairs = (set) => ranges(set).map(([a, b]) => `{${hex(a)}, ${hex(b)}}`);

const ignorable = having('DerivedCoreProperties.txt', (name) => name === 'Default_Ignorable_Code_Point');
const space = having('PropList.txt', (name) => name === 'White_Space');
const zeros = [...rows('UnicodeData.txt')]
  .filter(([c, , category, , , , digit]) => category === 'Nd' && digit === '0' && known.has(parseInt(c, 16)))
  .map(([c]) => hex(parseInt(c, 16)));
const { steps, full } = folding();

const base = `/* Made by tools/make-unicode-table.mjs from the Unicode Character Database 15.0: do not edit.
 * unicode.h says what the tables are for. */
#ifndef GC_BASE_UNICODE_TABLE_H
#define GC_BASE_UNICODE_TABLE_H

#include <stdint.h>

/* clang-format off */
${table('Default_Ignorable_Code_Point: first and last.', 'uint32_t ignorable[][2]', pairs(ignorable))}
${table('White_Space: first and last.', 'uint16_t space[][2]', pairs(space))}
${table('The digit 0 of each script; the nine after it are 1 to 9.', 'uint32_t zeros[]', zeros)}
${table(`Case folding to one character, sorted: the first << 11 | (every second one only) << 10 | how
 * many. The next table has, at the same index, the low 16 bits of what the first becomes.`,
    'uint32_t fold_from[]', steps.map((s) => hex(s.first * 2048 + (s.stride - 1) * 1024 + s.count)))}
static const uint16_t fold_to[] = {
${block(steps.map((s) => hex((s.first + s.delta) & 0xffff)))}
};

${table('Case folding to several characters: from, to; 0 ends. Sorted.', 'uint16_t fold_full[][4]',
    full.map((row) => `{${row.map((c) => hex(c)).join(', ')}}`))}
${table(`Runs of characters that a name may have, and that it may not, in turn, from U+0000 on. Seven
 * bits a byte, the low ones first; a byte with the highest bit is not the last of its number.`,
    'uint8_t assigned[]', assigned().map((b) => String(b)))}
/* clang-format on */

#endif
`;

/** Marks over letters take no column of their own; whatever has no fixed meaning counts as wide anyhow. */
const other = having('extracted/DerivedGeneralCategory.txt', (category) => /^(Mn|Me|Co|Cn)$/.test(category));
const ambiguous = having('EastAsianWidth.txt', (width) => width === 'A');
const letters = new Set([...ambiguous].filter((c) => known.has(c) && !other.has(c) && !ignorable.has(c)));

const columns = `/* Made by tools/make-unicode-table.mjs from the Unicode Character Database 15.0: do not edit.
 * columns.h says what the table is for. */
#ifndef GC_CLI_COLUMNS_TABLE_H
#define GC_CLI_COLUMNS_TABLE_H

#include <stdint.h>

/* clang-format off */
${table('East_Asian_Width Ambiguous (UAX 11), but marks and private use: first and last. Sorted.', 'uint32_t ambiguous[][2]', pairs(letters))}/* clang-format on */

#endif
`;

for (const [file, text] of [['core/base/unicode_table.h', base], ['cli/columns_table.h', columns]]) {
  const path = fileURLToPath(new URL(`../${file}`, import.meta.url));
  if (!check) {
    writeFileSync(path, text);
  } else if (readFileSync(path, 'utf8') !== text) {
    console.error(`${file} is not what tools/make-unicode-table.mjs makes`);
    process.exitCode = 1;
  }
}
