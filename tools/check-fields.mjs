// No field of a noun is written outside its file. The headers are copied, and in the copy each
// field of the structs that tools/nouns.list names is const for all files but the noun's own; then
// each .c of core/, rtc/, peer/ and cli/ is compiled for its syntax alone. So found are assignments to
// a field, those to a whole struct (and to one that holds a noun), and a field's address given to
// somebody who writes there. Not found is what goes through void *: memset() of a whole struct. A noun
// within a noun stays usable by its own verbs.
// usage: node check-fields.mjs FOLDER INCLUDE-FOLDER CC    FOLDER has tools/, and those of core/,
//        rtc/, peer/, cli/ and host/ that there are; CC: also with the flags that find the headers of
//        libraries; prints each violation; exit status 1 if any
import { spawn, execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

const [root, include, command] = process.argv.slice(2);
const [cc, ...ccArguments] = command.split(" ");
const complaints = [];
const say = (text) => complaints.push(text);
const copy = fs.mkdtempSync(path.join(os.tmpdir(), "fields-"));
process.on("exit", () => fs.rmSync(copy, { recursive: true, force: true }));
/** Folders whose .c files are judged; of host/ only the headers are needed. */
const folders = ["core", "rtc", "peer", "cli"].filter((name) => fs.existsSync(path.join(root, name)));
for (const name of [...folders, "host"].filter((name) => fs.existsSync(path.join(root, name)))) {
  fs.cpSync(path.join(root, name), path.join(copy, name), { recursive: true });
}

const lines = (name) =>
  fs.readFileSync(path.join(root, name), "utf8").split("\n")
    .map((line) => line.replace(/#.*/, "").trim()).filter((line) => line !== "");

/** struct -> its file without .c and .h */
const nouns = new Map(lines("tools/nouns.list").map((line) => line.split(/\s+/)));
const files = folders.flatMap((folder) =>
  fs.readdirSync(path.join(copy, folder), { recursive: true }).map((name) => `${folder}/${name}`))
  .filter((name) => /(?<!wasm)\.c$/.test(name)).sort();

// --- the copy ------------------------------------------------------------------------------------

/** Comments become spaces; the lines stay. */
const bare = (source) =>
  source.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, (text) => text.replace(/[^\n]/g, " "));

/** The end of the braces that open before `at`. */
function closing(text, at) {
  for (let depth = 1; at < text.length; at++) {
    depth += text[at] === "{" ? 1 : text[at] === "}" ? -1 : 0;
    if (depth === 0) {
      return at;
    }
  }
  throw new Error("a struct without its end");
}

/** The members of a struct, each but nouns and unnamed structs qualified by a macro. */
function qualify(body, macro) {
  let out = "";
  for (let at = 0; at < body.length; ) {
    const end = body.indexOf(";", at), brace = body.indexOf("{", at);
    if (brace >= 0 && brace < end) {
      const inner = closing(body, brace + 1);
      const next = body.indexOf(";", inner) + 1;
      out += body.slice(at, brace + 1) + qualify(body.slice(brace + 1, inner), macro) + body.slice(inner, next);
      at = next;
      continue;
    }
    if (end < 0) {
      return out + body.slice(at);
    }
    const member = body.slice(at, end + 1);
    const type = /^\s*(?:struct\s+)?(\w+)/.exec(member)?.[1];
    if (/\*.*,|,.*\*/.test(member.replace(/\(.*\)/g, ""))) {
      say(`${macro.slice("CONST_".length)}: a pointer and something else in one line: ${member.trim()}`);
    }
    if (member.includes("*")) {
      out += member.replace(/\*(\s*)(?=\w+\s*(?:\[[^\]]*\]\s*)*[,;])/g, `*${macro} $1`);
    } else {
      out += nouns.has(type) ? member : member.replace(/^(\s*)/, `$1${macro} `);
    }
    at = end + 1;
  }
  return out;
}

for (const [noun, file] of nouns) {
  const name = path.join(copy, `${file}.h`);
  const text = fs.existsSync(name) ? bare(fs.readFileSync(name, "utf8")) : "";
  const head = new RegExp(`\\bstruct\\s+${noun}\\s*\\{`).exec(text);
  if (head === null) {
    say(`tools/nouns.list: ${file}.h has no struct ${noun}`);
    continue;
  }
  const start = head.index + head[0].length, end = closing(text, start);
  fs.writeFileSync(name, text.slice(0, start) + qualify(text.slice(start, end), `CONST_${noun}`) + text.slice(end));
}

// --- compiling -----------------------------------------------------------------------------------

const clang = execFileSync(cc, [...ccArguments, "--version"], { encoding: "utf8" }).includes("clang");
const flags = ["-std=c11", "-fsyntax-only", "-fno-diagnostics-show-caret", "-fno-caret-diagnostics"]
  .filter((flag) => clang || flag !== "-fno-caret-diagnostics").filter((flag) => !clang || flag !== "-fno-diagnostics-show-caret")
  .concat(clang ? ["-ferror-limit=0", "-Wno-everything", "-Werror=incompatible-pointer-types-discards-qualifiers", "-fno-color-diagnostics"]
    : ["-fmax-errors=0", "-Werror=discarded-qualifiers", "-Werror=discarded-array-qualifiers", "-fdiagnostics-color=never"]);

/** The core has no system; everything else has libraries and the version of the build. */
const flagsOf = (file) => file.startsWith("core/") ? ["-ffreestanding"] : ["-D_GNU_SOURCE", '-DGC_VERSION=""'];

const compile = (file) => new Promise((resolve) => {
  const own = [...nouns].map(([noun, owner]) => `-DCONST_${noun}=${`${owner}.c` === file ? "" : "const"}`);
  const child = spawn(cc, [...ccArguments, ...flags, ...flagsOf(file), ...own, "-I.", `-I${path.resolve(include)}`, file], { cwd: copy, env: { ...process.env, LC_ALL: "C" } });
  let text = "";
  child.stderr.on("data", (data) => { text += data; });
  child.on("close", () => resolve(text));
});

/** file:line -> what is wrong there */
const found = new Map();
async function work(queue) {
  for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
    for (const line of (await compile(file)).split("\n")) {
      const match = /^(?:\.\/)?(.*?):(\d+):\d+: (fatal error|error|warning): (.*)$/.exec(line);
      if (match === null) {
        continue;
      }
      const [, at, number, kind, what] = match;
      if (!/read-only|const-qualif|discards/.test(what)) {
        kind === "warning" || say(`${at}:${number}: does not compile with const fields: ${what}`);
      } else if (![...nouns.values()].includes(at.replace(/\.h$/, ""))) {
        // A write in a noun's header is judged where the noun's own file includes the header.
        found.set(`${at}:${number}`, what);
      } else if (`${at.replace(/\.h$/, "")}.c` === file) {
        found.set(`${at}:${number}`, what);
      }
    }
  }
}
const queue = [...files];
await Promise.all(Array.from({ length: 2 }, () => work(queue)));

// --- what is allowed -----------------------------------------------------------------------------

const left = new Map(found);
for (const line of lines("tools/fields.allow")) {
  const [, pattern, most, reason] = /^(\S+)\s+(\d+)\s*(.*)$/.exec(line) ?? [];
  if (!reason) {
    say(`tools/fields.allow: not "FILE NUMBER REASON": ${line}`);
    continue;
  }
  const matches = new RegExp(`^${pattern.replace(/[.+]/g, "\\$&").replaceAll("*", ".*")}:\\d+$`);
  const these = [...left.keys()].filter((at) => matches.test(at));
  if (these.length <= Number(most)) {
    these.forEach((at) => left.delete(at));
  } else {
    say(`${pattern}: ${these.length} writes to fields of nouns, ${most} are allowed`);
  }
  if (these.length < Number(most)) {
    console.log(`check-fields: tools/fields.allow: ${pattern} ${most} can be ${these.length === 0 ? "taken out" : these.length} now`);
  }
}
for (const [at, what] of left) {
  say(`${at}: ${what}`);
}
complaints.forEach((text) => console.log(`check-fields: ${text}`));
process.exitCode = complaints.length > 0 ? 1 : 0;
