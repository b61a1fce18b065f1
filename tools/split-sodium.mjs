// libsodium's npm module holds its wasm as base64 text, which gzip cannot undo. This writes both parts:
//   node tools/split-sodium.mjs MODULE OUT.js OUT.wasm
// The module still takes its wasm from whoever calls it (instantiateWasm), so the text is not missed.
import { readFileSync, writeFileSync } from 'node:fs';

const [from, js, wasm] = process.argv.slice(2);
const text = readFileSync(from, 'utf8');
const found = [...text.matchAll(/"([A-Za-z0-9+/=]{10000,})"/g)];
if (found.length !== 1 || !text.includes('.instantiateWasm')) {
  throw new Error(`${from}: not the module that this was written for`);
}
const bytes = Buffer.from(found[0][1], 'base64');
if (!WebAssembly.validate(bytes)) {
  throw new Error(`${from}: the text is no wasm`);
}
writeFileSync(wasm, bytes);
writeFileSync(js, text.replace(found[0][0], '""'));
