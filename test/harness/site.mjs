// A web server of nothing but files, on a free port of this machine: where a PeerJS application
// comes from when its PeerServer is somebody else's.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';

const TYPES = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8',
  '.json': 'application/json', '.wasm': 'application/wasm', '.svg': 'image/svg+xml',
};

/** folders: what begins with which path comes from which folder; the longest path is asked first. */
export async function startSite(folders, host = '127.0.0.1') {
  const prefixes = Object.keys(folders).sort((a, b) => b.length - a.length);
  const server = createServer(async (request, response) => {
    const asked = normalize(decodeURIComponent(new URL(request.url, 'http://site').pathname));
    const path = asked.endsWith('/') ? `${asked}index.html` : asked;
    const prefix = prefixes.find((start) => path.startsWith(start));
    try {
      const bytes = await readFile(join(folders[prefix], path.slice(prefix.length)));
      response.writeHead(200, { 'Content-Type': TYPES[extname(path)] ?? 'text/plain' }).end(bytes);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject).listen(0, host, resolve);
  });
  return {
    url: `http://${host}:${server.address().port}/`,
    /** After this the server no longer keeps the process alive. */
    unref: () => server.unref(),
    close: () => new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections?.();
    }),
  };
}
