// The floor of browsers is Safari 16.4, Chrome 109 and Firefox 128: no module of the page is written in
// anything newer. What is served differs from what is written by comments alone.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import test from 'node:test';
import { createRequire } from 'node:module';

const acorn = createRequire(new URL('../package.json', import.meta.url))('acorn');

const root = new URL('../../', import.meta.url);
const modules = readdirSync(new URL('web/', root)).filter((name) => name.endsWith('.js'));
const read = (name) => readFileSync(new URL(`web/${name}`, root), 'utf8');

/* What came into JavaScript and the browsers' interfaces after the floor. */
const NEWER = [
  'toSorted', 'toReversed', 'toSpliced', 'withResolvers', 'groupBy', 'fromAsync', 'isWellFormed', 'toWellFormed',
  'isSubsetOf', 'isSupersetOf', 'isDisjointFrom', 'symmetricDifference', 'getOrInsert', 'AbortSignal.any',
  'Promise.try', 'Iterator', 'RegExp.escape', 'toBase64', 'fromBase64', 'checkVisibility', 'togglePopover',
  'showPopover', 'scrollend', 'startViewTransition', 'parseHTMLUnsafe', 'moveBefore', 'Temporal', 'sumPrecise',
  'DurationFormat', 'waitAsync', 'URL.parse', 'requestClose',
];

/** Numbers of identifiers and members by their source text, for the list above. */
function newer(source) {
  return NEWER.filter((word) => new RegExp(`\\b${word.replace('.', '\\.')}\\b`).test(source));
}

/** @returns the tree without places */
function treeOf(source, options) {
  const tree = acorn.parse(source, options);
  return JSON.stringify(tree, (key, value) => (
    ['start', 'end', 'loc', 'range'].includes(key) || typeof value === 'bigint' ? undefined : value));
}

const OPTIONS = { ecmaVersion: 2022, sourceType: 'module' };

for (const name of modules) {
  test(`${name} runs in every browser from the floor on`, () => {
    const source = read(name);
    const form = name === 'floor.js' ? { ecmaVersion: 3, sourceType: 'script' } : OPTIONS;
    const tree = treeOf(source, form);
    const bare = execFileSync('awk', ['-f', 'tools/strip-comments.awk'], { cwd: root, input: source, encoding: 'utf8' });
    assert.equal(treeOf(bare, form), tree, 'only comments are taken out');
    assert.equal(bare.split('\n').length, source.split('\n').length);
    assert.doesNotMatch(bare, /^\s*(\/\/|\/\*\*(?!.*\*\/.))/m);
    assert.deepEqual(newer(bare), []);
  });
}

test('what is newer is seen', () => {
  for (const source of ['using x = y;', 'import a from "b" with { type: "json" };', '/[a--b]/v', '@a class B {}']) {
    assert.throws(() => treeOf(source, OPTIONS), SyntaxError, source);
  }
  assert.deepEqual(newer('[].toSorted()'), ['toSorted']);
  assert.throws(() => treeOf('const a = 1;', { ecmaVersion: 3, sourceType: 'script' }), SyntaxError);
});

test('the style sheet needs nothing newer either', () => {
  const css = readFileSync(new URL('web/style.css', root), 'utf8');
  for (const newer of [/color-mix\(/, /@scope/, /@starting-style/, /light-dark\(/, /\bfield-sizing/, /anchor-name/,
    /text-wrap-style/, /:user-valid/, /@layer.*@import/, /\bsubgrid\b/, /^\s+&/m]) {
    assert.doesNotMatch(css, newer);
  }
});
