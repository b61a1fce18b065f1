// One direction everywhere: which file needs which, computed from the includes and from the symbols
// of the objects. A .c and the .h of its name are one noun. Red are
//   - a circle of nouns in core/, host/, server/, rtc/, peer/ or cli/, unless direction.allow names it
//   - a noun that includes or calls one of a folder which its own folder may not know (`may` below)
//   - a noun of core/ that includes or calls a higher layer: base < wire < proto < the parts of
//     client and server < gc_client, gc_server < crypto_wasm < wasm
//   - a function pointer in a struct, unless function-pointers.allow names it: a table of callbacks
//     is how a circle comes back unseen
//   - a line of the two lists that nothing needs any more
// usage: node check-direction.mjs FOLDER OBJECT-FOLDER    FOLDER has core/, host/, ..., tools/
//        prints each violation; exit status 1 if any
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";

const [root, objects] = process.argv.slice(2);
/** Which folders each folder may know, beside itself. */
const may = {
  core: [],
  host: ["core"],
  server: ["core", "host"],
  rtc: ["core"],
  peer: ["core", "host", "rtc"],
  cli: ["core", "host", "peer"],
};
const folders = Object.keys(may).filter((folder) => fs.existsSync(path.join(root, folder)));
const complaints = [];
const say = (text) => complaints.push(text);

const files = folders
  .flatMap((folder) =>
    fs.readdirSync(path.join(root, folder), { recursive: true }).map((name) => `${folder}/${name}`))
  .filter((name) => /\.[ch]$/.test(name))
  .sort();
const noun = (file) => file.replace(/\.[cho]$/, "");
const nouns = new Set(files.map(noun));
const read = (name) => fs.readFileSync(path.join(root, name), "utf8");

/** Comments and texts become spaces; the lines stay. */
const bare = (source) =>
  source.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/g,
    (text) => text.replace(/[^\n]/g, " "));

/** Lines `a b reason` of a list; # begins a comment. */
const list = (name) =>
  (fs.existsSync(path.join(root, name)) ? read(name) : "")
    .split("\n")
    .map((line) => line.replace(/#.*/, "").trim())
    .filter((line) => line !== "")
    .map((line) => {
      const [a, b, ...reason] = line.split(/\s+/);
      if (reason.length === 0) {
        say(`${name}: no reason in "${line}"`);
      }
      return { a, b, reason: reason.join(" "), line, used: false };
    });

// --- who needs whom ------------------------------------------------------------------------------

/** edges.get(a).get(b): why a needs b. */
const edges = new Map([...nouns].map((name) => [name, new Map()]));
function edge(from, to, why) {
  if (from !== to && nouns.has(from) && nouns.has(to)) {
    const known = edges.get(from);
    known.set(to, [...(known.get(to) ?? []), why]);
  }
}

for (const file of files) {
  for (const [, name] of read(file).matchAll(/^[ \t]*#[ \t]*include[ \t]*"([^"]+)"/gm)) {
    const beside = path.posix.join(path.posix.dirname(file), name);
    edge(noun(file), noun(files.includes(name) ? name : beside), `${file} includes ${name}`);
  }
}

// Objects of files that are gone stay in the build folder; only those of today's files count.
const object = (file) => path.join(objects, noun(file) + ".o");
const sources = files.filter((file) => file.endsWith(".c"));
const compiled = sources.filter((file) => fs.existsSync(object(file)));
for (const file of sources) {
  // A file that only wasm compiles has no native object.
  if (!compiled.includes(file) && !/wasm\.c$/.test(file)) {
    say(`${file} has no object in ${objects}`);
  }
}
const symbols = execFileSync("nm", ["-A", "-g", "-P", ...compiled.map(object)], { encoding: "utf8" })
  .split("\n")
  .map((line) => /^(.*?): (\S+) (\S)/.exec(line))
  .filter((match) => match !== null)
  .map(([, name, symbol, kind]) => ({
    name: noun(path.relative(objects, name).replaceAll(path.sep, "/")), symbol, kind }));
const definer = new Map();
for (const { name, symbol, kind } of symbols) {
  if (kind !== "U" && kind !== "w") {
    definer.set(symbol, name);
  }
}
for (const { name, symbol, kind } of symbols) {
  if (kind === "U" && definer.has(symbol)) {
    edge(name, definer.get(symbol), `${symbol}()`);
  }
}

// --- circles -------------------------------------------------------------------------------------

/** Tarjan: the strongly connected components of more than one node. */
function circles(graph) {
  const index = new Map(), low = new Map(), stack = [], on = new Set(), found = [];
  const visit = (v) => {
    index.set(v, index.size);
    low.set(v, index.get(v));
    stack.push(v);
    on.add(v);
    for (const to of graph.get(v)) {
      if (!index.has(to)) {
        visit(to);
        low.set(v, Math.min(low.get(v), low.get(to)));
      } else if (on.has(to)) {
        low.set(v, Math.min(low.get(v), index.get(to)));
      }
    }
    if (low.get(v) === index.get(v)) {
      const part = stack.splice(stack.indexOf(v));
      part.forEach((member) => on.delete(member));
      if (part.length > 1) {
        found.push(part.sort());
      }
    }
  };
  [...graph.keys()].forEach((v) => index.has(v) || visit(v));
  return found;
}

const allowed = list("tools/direction.allow");
// An allowed pair counts as one noun. So a third one that joins its circle is seen.
const group = new Map([...nouns].map((name) => [name, name]));
const glob = (text) => new RegExp(`^${text.replace(/[.+]/g, "\\$&").replaceAll("*", ".*")}$`);
for (const line of allowed) {
  line.members = [...nouns].filter((name) => glob(line.a).test(name) || glob(line.b).test(name));
  const together = new Set(line.members.map((name) => group.get(name)));
  group.forEach((of, name) => together.has(of) && group.set(name, line.a));
}
const joined = new Map([...group.values()].map((name) => [name, new Set()]));
const plain = new Map([...nouns].map((name) => [name, new Set(edges.get(name).keys())]));
for (const [from, to] of edges) {
  for (const name of to.keys()) {
    if (group.get(from) !== group.get(name)) {
      joined.get(group.get(from)).add(group.get(name));
    }
  }
}
for (const circle of circles(joined)) {
  const members = [...nouns].filter((name) => circle.includes(group.get(name)));
  say(`a circle of files: ${members.join(", ")}`);
  for (const from of members) {
    for (const [to, why] of edges.get(from)) {
      if (members.includes(to) && group.get(from) !== group.get(to)) {
        complaints.push(`    ${from} needs ${to}: ${why.slice(0, 3).join(", ")}${why.length > 3 ? ", ..." : ""}`);
      }
    }
  }
}
const real = circles(plain);
for (const line of allowed) {
  line.used = real.some((circle) => circle.filter((name) => line.members.includes(name)).length > 1);
}

// --- folders -------------------------------------------------------------------------------------

const folder = (name) => name.slice(0, name.indexOf("/"));
/** Of the core, rtc/ knows the layers that know neither client nor server. */
const outside = (from, to) =>
  folder(from) !== folder(to) &&
  (!may[folder(from)].includes(folder(to)) ||
    (folder(from) === "rtc" && !/^core\/(base|wire|proto)\//.test(to)));
for (const [from, to] of edges) {
  for (const [name, why] of to) {
    if (outside(from, name)) {
      say(`${from} may not know ${name}: ${why.slice(0, 3).join(", ")}`);
    }
  }
}

// --- layers of core ------------------------------------------------------------------------------

const layer = (name) =>
  [/^core\/base\//, /^core\/wire\//, /^core\/proto\//, /^core\/(client|server)\b|^core\/(client|server)_/,
    /^core\/gc_/, /^core\/crypto_wasm$/, /^core\/wasm$/].findIndex((pattern) => pattern.test(name));
for (const [from, to] of edges) {
  if (layer(from) < 0) {
    if (from.startsWith("core/")) {
      say(`${from} belongs to no layer`);
    }
    continue;
  }
  for (const [name, why] of to) {
    if (layer(name) >= 0 && layer(name) <= layer(from)) {
      continue;
    }
    const line = allowed.find(({ members }) => members.includes(from) && members.includes(name));
    if (line !== undefined) {
      line.used = true;
    } else {
      say(`${from} needs the higher ${name}: ${why.slice(0, 3).join(", ")}`);
    }
  }
}

// --- function pointers in structs ----------------------------------------------------------------

/** Names of types that are functions or pointers to them, wherever they are declared. */
const types = new Set(["uv_\\w+_cb"]);
const code = new Map(files.map((file) => [file, bare(read(file))]));
for (const text of code.values()) {
  for (const [, pointer, name] of text.matchAll(
    /\btypedef\s[^;{}()]*(?:\(\s*\*\s*(\w+)\s*\)|\b(\w+))\s*\([^;]*\)\s*;/g)) {
    types.add(pointer ?? name);
  }
}
const typed = new RegExp(`\\b(?:${[...types].join("|")})\\s*\\**\\s*(?:const\\s+)?(\\w+)\\s*(?:\\[[^\\]]*\\]\\s*)?;`, "g");

/** The bodies of the outermost structs and unions of a text. */
function* bodies(text) {
  const head = /\b(?:struct|union)\b[^;{}()=]*\{/g;
  for (let match = head.exec(text); match !== null; match = head.exec(text)) {
    let depth = 1, at = head.lastIndex;
    for (; depth > 0 && at < text.length; at++) {
      depth += text[at] === "{" ? 1 : text[at] === "}" ? -1 : 0;
    }
    yield text.slice(head.lastIndex, at - 1);
    head.lastIndex = at;
  }
}
const pointers = list("tools/function-pointers.allow");
for (const [file, text] of code) {
  for (const body of bodies(text)) {
    const fields = [
      ...body.matchAll(/\(\s*\*\s*(?:const\s+)?(\w+)\s*(?:\[[^\]]*\]\s*)*\)\s*\(/g),
      ...body.matchAll(typed)].map((match) => match[1]);
    for (const field of fields) {
      const line = pointers.find(({ a, b }) => a === file && b === field);
      if (line === undefined) {
        say(`${file} has the function pointer ${field} in a struct, which tools/function-pointers.allow does not name`);
      } else {
        line.used = true;
      }
    }
  }
}

// --- the lists themselves ------------------------------------------------------------------------

for (const [name, lines] of [["direction", allowed], ["function-pointers", pointers]]) {
  for (const { line, used } of lines) {
    if (!used) {
      say(`tools/${name}.allow: nothing needs "${line}" any more: take the line out`);
    }
  }
}
const kept = allowed.filter(({ reason }) => !reason.startsWith("known:"));
if (kept.length > 1 || kept.some(({ a, line }) => a.startsWith("core/") || line.includes("*"))) {
  say("tools/direction.allow: one pair of host/ or server/ may stay, all others are \"known:\"");
}
complaints.forEach((text) => console.log(text.startsWith(" ") ? text : `check-direction: ${text}`));
process.exit(complaints.length > 0 ? 1 : 0);
