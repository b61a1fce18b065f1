// The simulator as wasm: prints the same lines as `sim --hashes`, for sim/trace.sh to compare.
// usage: node sim.mjs SIM.WASM A-B
import { readFileSync } from "node:fs";

const [file, seeds] = process.argv.slice(2);
const RANDOM = 0xffffffff;

const module = new WebAssembly.Module(readFileSync(file));
if (WebAssembly.Module.imports(module).length !== 0) {
  throw new Error("the simulator must import nothing");
}
const { sim_run, sim_name, memory } = new WebAssembly.Instance(module, {}).exports;

function nameOf(scenario) {
  const at = sim_name(scenario);
  if (at === 0) {
    return "";
  }
  const bytes = new Uint8Array(memory.buffer, at, 64);
  return Buffer.from(bytes.subarray(0, bytes.indexOf(0))).toString();
}

function run(name, seed, scenario) {
  const at = sim_run(seed, 0, scenario);
  if (at === 0) {
    throw new Error(`no memory for ${name}`);
  }
  const [low, high] = new Uint32Array(memory.buffer, at, 2);
  const hex = (v) => v.toString(16).padStart(8, "0");
  console.log(`${name} ${seed} ${hex(high)}${hex(low)}`);
}

function scenarioOf(name) {
  for (let i = 0; nameOf(i) !== ""; i++) {
    if (nameOf(i) === name) {
      return i;
    }
  }
  throw new Error(`no scenario ${name}`);
}

const [first, last] = seeds.split("-").map(Number);
for (let seed = first; seed <= (last ?? first); seed++) {
  run("random", seed, RANDOM);
}
for (const [name, count] of [["glare", 2], ["burst", 2], ["stock", 12], ["stun", 2]]) {
  for (let seed = 1; seed <= count; seed++) {
    run(name, seed, scenarioOf(name));
  }
}
