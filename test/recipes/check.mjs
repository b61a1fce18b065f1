// The recipes of ARCHITECTURE.md are exact: each has a patch here that adds a dummy one. It may
// touch only files that the recipe's list names, must touch one of each line of it (but of those
// that begin with "If"), and what it makes builds and passes the unit tests it touches.
// A patch begins with what stands for the words in braces of its list, one a line: "NAME: echo".
//   check.mjs ROOT FOLDER      ends with `recipes: N passed, N failed`
import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(process.argv[2] ?? '.');
const build = resolve(process.argv[3] ?? 'build-recipes');
const RECIPES = { frame: 'A frame', output: 'An output', transport: 'A transport',
  datagram: 'A datagram service', metric: 'A metric', input: 'An input',
  crypto: 'A crypto function' };
/** Words in braces: these are called so by who adds the new thing, all others are there already. */
const NEW = ['NAME', 'FORMAT'];
const env = { ...process.env };
delete env.MAKEFLAGS;
delete env.MAKELEVEL;
delete env.B;

/** @param {string} folder @param {string} command @param {...string} args */
function run(folder, command, ...args) {
  try {
    execFileSync(command, args, { cwd: folder, env, stdio: 'pipe', encoding: 'utf8' });
  } catch (error) {
    throw new Error(`${command} ${args.join(' ')}\n${error.stdout ?? ''}${error.stderr ?? error}`);
  }
}

/** Builds at one path (`.`) whatever the folder is, so that a copy is not built again as a whole. */
const make = (folder, ...targets) => run(folder, 'make', '-s', `-j${availableParallelism()}`,
  'CURDIR=.', 'B=build', 'CFLAGS=-O0', ...targets);

const LIBRARIES = ['build/libgccore.a', 'build/libgchost.a', 'build/libgcserver.a',
  'build/test/unit/libgctest.a'];

/** Expands {a,b}, and {WORD} to the name that the patch gives for it; without one it is no file. */
function filesOf(word, names) {
  const braces = /^(.*?)\{([^}]*)\}(.*)$/.exec(word);
  if (!braces) {
    return [word];
  }
  const [, before, inside, after] = braces;
  const parts = /^[A-Z]+$/.test(inside) ? names.get(inside) ?? [] : inside.split(',');
  return parts.flatMap((part) => filesOf(before + part + after, names));
}

/** The names at the head of a patch. A word may have several: "PART: talk report". */
const namesOf = (patch) => new Map([...patch.split(/^--- /m)[0].matchAll(/^([A-Z]+): (.+)$/gm)]
  .map(([, word, names]) => [word, names.split(' ')]));

/** The list of a recipe: of each line whether it may be left out, and which files it names, also
 * by which word in braces. */
function linesOf(heading, names) {
  const page = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8');
  const section = page.split(`\n### ${heading}\n`)[1]?.split(/\n##+ /)[0] ?? '';
  return [...section.matchAll(/^- [^\n]*(?:\n {2}[^\n]*)*/gm)].map(([text]) => ({
    text,
    optional: /^- If /.test(text),
    files: [...text.matchAll(/`([a-z]+\/[\w./{},-]+)`/g)].flatMap(([, word]) =>
      filesOf(word, names).map((file) => ({ file, by: /\{([A-Z]+)\}/.exec(word)?.[1] }))),
  }));
}

const touched = (patch) => [...patch.matchAll(/^\+\+\+ b\/(\S+)/gm)].map(([, name]) => name);
const added = (patch) => [...patch.matchAll(/^--- \/dev\/null\n\+\+\+ b\/(\S+)/gm)]
  .map(([, name]) => name);

/** Throws when a patch and its recipe name different files. */
function compare(heading, patch) {
  const names = namesOf(patch);
  const lines = linesOf(heading, names);
  const files = touched(patch);
  if (lines.length === 0 || files.length === 0) {
    throw new Error(`no recipe "${heading}", or an empty patch`);
  }
  for (const file of files) {
    const by = lines.flatMap((line) => line.files).filter((named) => named.file === file);
    if (by.length === 0) {
      throw new Error(`the recipe does not name ${file}`);
    }
    const isNew = added(patch).includes(file);
    if (!by.some((named) => isNew === NEW.includes(named.by ?? ''))) {
      throw new Error(`${file} is ${isNew ? '' : 'not '}new`);
    }
  }
  for (const line of lines) {
    if (!line.optional && !line.files.some(({ file }) => files.includes(file))) {
      throw new Error(`the patch touches no file of: ${line.text}`);
    }
  }
}

/** Applies a patch to a copy of the built tree, builds it, and runs the tests that it touches. */
function prove(patch) {
  const tree = join(build, 'tree');
  rmSync(tree, { recursive: true, force: true });
  run(build, 'cp', '-a', 'base', 'tree');
  writeFileSync(join(build, 'recipe.patch'), patch);
  run(tree, 'patch', '-p1', '-s', '-F1', '--no-backup-if-mismatch', '-i', '../recipe.patch');
  const names = touched(patch);
  const tests = names.filter((name) => /^test\/unit\/.*_test\.c$/.test(name))
    .map((name) => `build/${name.slice(0, -2)}`);
  make(tree, ...LIBRARIES, ...tests);
  tests.forEach((test) => run(tree, test));
  names.filter((name) => name.startsWith('fuzz/'))
    .forEach((name) => run(tree, 'cc', '-std=c11', '-D_GNU_SOURCE', '-Wall', '-Werror', '-I.', '-fsyntax-only', name));
  if (names.some((name) => name.startsWith('test/wasm/'))) {
    make(tree, 'wasm');
    run(tree, 'node', 'test/wasm/core.test.mjs');
  }
  names.filter((name) => /\.m?js$/.test(name)).forEach((name) => run(tree, 'node', '--check', name));
  for (const test of ['numbers', 'stale']) {
    run(tree, 'node', `test/docs/${test}.test.mjs`);
  }
}

let failed = 0;
let passed = 0;

/** @param {string} name @param {() => void} body */
function test(name, body) {
  try {
    body();
    passed++;
  } catch (error) {
    failed++;
    console.log(`recipes: ${name}: ${error.message}`);
  }
}

/** @param {string} name @param {RegExp} complaint @param {() => void} body */
function goesRed(name, complaint, body) {
  test(name, () => {
    let message = '';
    try {
      body();
    } catch (error) {
      message = error.message;
    }
    if (!complaint.test(message)) {
      throw new Error(`not caught: ${message}`);
    }
  });
}

rmSync(build, { recursive: true, force: true });
const skipped = /(^|\/)(\.git|node_modules|corpus|build[^/]*)$/;
for (const name of readdirSync(root).filter((entry) => !skipped.test(entry))) {
  cpSync(join(root, name), join(build, 'base', name), { recursive: true, preserveTimestamps: true,
    filter: (path) => !skipped.test(path.slice(root.length)) });
}
symlinkSync(join(root, 'test/node_modules'), join(build, 'base/test/node_modules'));
make(join(build, 'base'), ...LIBRARIES);

const patchOf = (name) => readFileSync(join(root, 'test/recipes', `${name}.patch`), 'utf8');
for (const [name, heading] of Object.entries(RECIPES)) {
  test(name, () => {
    compare(heading, patchOf(name));
    prove(patchOf(name));
  });
}
const metric = patchOf('metric');
const output = patchOf('output');
const transport = patchOf('transport');
goesRed('a part that the patch does not give as one', /does not name core\/client\/talk\.c/,
  () => compare('An output', output.replace('PART: talk', 'PART: report')));
goesRed('two names for one new thing', /does not name host\/looping\.c/,
  () => compare('A transport', transport.replace('b/host/loopback.c', 'b/host/looping.c')));
goesRed('a part that is new', /core\/client\/talk\.h is new/,
  () => compare('An output', output.replace('--- a/core/client/talk.h', '--- /dev/null')));
goesRed('a new thing that is not new', /host\/loopback\.h is not new/,
  () => compare('A transport',
    transport.replace('--- /dev/null\n+++ b/host/loopback.h', '--- a/h\n+++ b/host/loopback.h')));
goesRed('a file that the recipe does not name', /does not name core\/base\/map\.c/,
  () => compare('A metric', `${metric}+++ b/core/base/map.c\n`));
goesRed('a line of the recipe that nothing needs', /touches no file of: .*metrics\.c/,
  () => compare('A metric', metric.replace('+++ b/server/metrics.c', '+++ b/server/http.c')));
goesRed('a patch that does not build', /frames_planted/,
  () => prove(metric.replace('stats.frames_total++', 'stats.frames_planted++')));
goesRed('a patch that fails its test', /gc_server_test/,
  () => prove(metric.replace('st.frames_total, 5', 'st.frames_total, 4')));
rmSync(build, { recursive: true, force: true });
console.log(`recipes: ${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
