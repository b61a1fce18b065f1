// web/crypto.js, the page's crypto table, in node: over the libsodium that the page loads.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { webcrypto } from 'node:crypto';
import { fileURLToPath, pathToFileURL } from 'node:url';

// Node 18 takes a .js file for a script unless a package.json beside it says otherwise, and the page is served none.
const BUILD = resolve(process.env.B ?? 'build');
const WEB = mkdtempSync(`${BUILD}/sodium-`);
process.on('exit', () => rmSync(WEB, { recursive: true }));
cpSync(`${BUILD}/web`, WEB, { recursive: true });
writeFileSync(`${WEB}/package.json`, '{"type":"module"}');
globalThis.crypto ??= webcrypto; // node 18 has none
// node fetches no files
globalThis.fetch = async (url) => new Response(readFileSync(fileURLToPath(url)));

const { cryptoImports, loadCrypto } = await import(pathToFileURL(`${WEB}/crypto.js`).href);
await loadCrypto();

export { cryptoImports };
