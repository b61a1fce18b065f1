// Sentences that went stale: comments of C files and documents that name a file, a function, a
// constant, a target of make or a metric which does not exist (any more).
import assert from 'node:assert/strict';
import { posix } from 'node:path';
import { test } from 'node:test';
import { files, read } from './tree.mjs';

const paths = new Set(files.flatMap((name) => {
  const parts = name.split('/');
  return parts.map((_, i) => parts.slice(0, i + 1).join('/'));
}));
const names = new Set(files.map((name) => posix.basename(name)));

// --- what the tree holds --------------------------------------------------------------------------

const COMMENT = /\/\*[\s\S]*?\*\/|(?<![:"'])\/\/[^\n]*/g;
const sources = files.filter((name) => /\.[ch]$/.test(name));
const code = files.filter((name) => /\.([ch]|m?js|exports|imports)$/.test(name) && !name.startsWith('test/docs/'))
  .map((name) => read(name).replace(COMMENT, ' ')).join('\n');
/** Words of the code: functions, types, constants. Names that macros put together do not appear. */
const words = new Set(code.match(/\b[A-Za-z_]\w+\b/g));
const targets = new Set(files.filter((name) => /(^Makefile|\.mk)$/.test(name))
  .flatMap((name) => [...read(name).matchAll(/^([\w .-]+):(?!=)/gm)].flatMap((m) => m[1].split(/\s+/))));

/** The names in server/metrics.c, without `ghostchat_`. */
const metrics = [...read('server/metrics.c')
  .matchAll(/\b(?:head|gauge|counter|by_reason)\(w, "(\w+)"/g)].map((m) => m[1]);

// --- what a text says ------------------------------------------------------------------------------

/** Files of others: of systems, libraries and users. */
const FOREIGN = new Set(['jsmn.h', 'uv.h', 'sodium.h', 'stdint.h', 'stddef.h', 'stdbool.h', 'string.h',
  'stdio.h', 'cmocka.h', 'config.json', 'node.js', 'package.json', 'embedded.c', 'assets.S']);

/** The word stands for files by wildcards ({NAME} is one), or names one of the tree or of the folder of `from`. */
function isFile(word, from) {
  const local = posix.normalize(posix.join(posix.dirname(from), word));
  const plain = word.replace(/^\.\//, '').replace(/\/$/, '').replaceAll(/\{[A-Z]+\}/g, '*');
  if (/[*{]/.test(plain)) {
    const pattern = new RegExp(`^${plain.replace(/[.+]/g, '\\$&').replace(/\{([^}]*)\}/g, (_, some) => `(${some.replaceAll(',', '|')})`)
      .replaceAll('*', '.*')}$`);
    return [...paths, ...names].some((name) => pattern.test(name));
  }
  return paths.has(plain) || paths.has(local) || (!plain.includes('/') && (names.has(plain) || FOREIGN.has(plain)));
}

/** What `text` names and the tree has not.
 * @param {string} text
 * @param {string} from the file that it stands in */
function stale(text, from) {
  const found = [];
  const plain = text.replace(/https?:\/\/\S+/g, ' ');
  const folders = 'core|host|server|rtc|peer|cli|web|sim|test|fuzz|bench|man|docs|tools|mk|packaging';
  const PATHS = new RegExp(String.raw`(?<![\w./<@$}-])(?:(?:${folders})/[\w./*{},-]*[\w*}/]|[\w*{},-]+(?:\.test)?\.(?:c|h|js|mjs|sh|mk))(?![\w(/*-])`, 'g');
  for (const [word] of plain.matchAll(PATHS)) {
    if (!isFile(word, from) && !/^build/.test(word)) {
      found.push(`file ${word}`);
    }
  }
  for (const [, word] of plain.matchAll(/(?<!\w)(gc_\w+)\(\)/g)) {
    if (!words.has(word)) {
      found.push(`function ${word}()`);
    }
  }
  for (const [word] of plain.matchAll(/(?<![\w*-])(?:gc_|GC_)\w*\w(?![\w*(]|\.[ch]\b)/g)) {
    if (!words.has(word)) {
      found.push(`name ${word}`);
    }
  }
  for (const [, word] of plain.matchAll(/(?:`|^\s*\$?\s*|&& )make (?:-\w+ )*([a-z][\w-]*)(?=[` \n&])/gm)) {
    if (!targets.has(word)) {
      found.push(`target make ${word}`);
    }
  }
  for (const [, word] of plain.matchAll(/(?<![\w/.$-])ghostchat_(\w+)/g)) {
    if (!metrics.includes(word)) {
      found.push(`metric ghostchat_${word}`);
    }
  }
  return found;
}

const comments = (name) => (read(name).match(COMMENT) ?? []).join('\n');
const pages = files.filter((name) => /^(README|ARCHITECTURE|CONTRIBUTING|STYLE|SECURITY)\.md$|^docs\/.*\.md$|^man\/.*\.[1-9]$/.test(name));

for (const [what, some, text] of [['comments of C files', sources, comments], ['documents and man pages', pages, read]]) {
  test(`${what} name only what exists`, () => {
    assert.ok(some.length > 5);
    const found = some.flatMap((name) => stale(text(name), name).map((word) => `${name}: ${word}`));
    assert.deepEqual(found, []);
  });
}

test('a sentence that names what does not exist is found', () => {
  const planted = [
    ['The rest is in core/proto/planted.c.', 'file core/proto/planted.c'],
    ['See web/planted/, which', 'file web/planted/'],
    ['The keys of rtc/planted.h, peer/planted.c and', 'file rtc/planted.h'],
    ['Below it peer/planted.c does the same.', 'file peer/planted.c'],
    ['cli/planted.c prints it.', 'file cli/planted.c'],
    ['As planted_frames.c does it.', 'file planted_frames.c'],
    ['Call gc_planted_poll() first.', 'function gc_planted_poll()'],
    ['At most GC_PLANTED_MAX of them.', 'name GC_PLANTED_MAX'],
    ['Run `make planted` before.', 'target make planted'],
    ['It counts ghostchat_planted_total.', 'metric ghostchat_planted_total'],
  ];
  for (const [sentence, complaint] of planted) {
    assert.ok(stale(sentence, 'core/base/map.h').includes(complaint), sentence);
  }
  assert.deepEqual(stale('In map.c, core/base/map.c, core/*.c and core/{base,wire}/; gc_map_first(), gc_map; '
    + '`make unit`; GC_ID_BYTES_MAX; ghostchat_peers; make it so.', 'core/base/map.h'), []);
});

test('ghostchatd(8) lists the metrics of server/metrics.c', () => {
  const page = [...read('man/ghostchatd.8').matchAll(/^\.It Li ghostchat_.*$/gm)]
    .flatMap(([line]) => [...line.matchAll(/ghostchat_(\w+)/g)].map((m) => m[1]));
  assert.ok(metrics.length > 20);
  assert.deepEqual([...page].sort(), [...metrics].sort());
});
