// web/crypto.js, the page's crypto table, in node: over the libsodium that the page loads.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { webcrypto } from 'node:crypto';
import { fileURLToPath, pathToFileURL } from 'node:url';

const WEB = resolve(process.env.B ?? 'build', 'web');
globalThis.crypto ??= webcrypto; // node 18 has none
// node fetches no files
globalThis.fetch = async (url) => new Response(readFileSync(fileURLToPath(url)));

const { cryptoImports, loadCrypto } = await import(pathToFileURL(`${WEB}/crypto.js`).href);
await loadCrypto();

export { cryptoImports };
