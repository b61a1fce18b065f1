// A ghostchatd behind a proxy that allows its page in a frame, so that a browser whose window has a least
// size shows the page as small as a phone does. /frame is the page around it. Everything that the page's
// policy refuses is reported, from the first byte on.
import http from 'node:http';
import net from 'node:net';

/* Before anything of the page runs. An engine without WebRTC gets as much of it as a page alone in a
 * room needs. */
const PRELUDE = `
  globalThis.complaints = [];
  addEventListener('error', (event) => complaints.push('error: ' + event.message));
  addEventListener('unhandledrejection', (event) => complaints.push('rejected: ' + event.reason));
  globalThis.RTCPeerConnection ??= class RTCPeerConnection extends EventTarget { close() {} };
`;

function forward(server, request, response) {
  const upstream = http.request({ host: '127.0.0.1', port: server.port, path: request.url, method: request.method,
    headers: { ...request.headers, 'accept-encoding': 'identity' } }, (answer) => {
    const headers = { ...answer.headers };
    const first = request.url.endsWith('/floor.js');
    const policy = headers['content-security-policy'];
    if (policy) {
      headers['content-security-policy'] = `${policy.replace(/frame-ancestors [^;]*;?/, '')}; report-uri /refused`;
    }
    delete headers['x-frame-options'];
    if (first) {
      delete headers['content-length'];
    }
    response.writeHead(answer.statusCode, headers);
    if (first) {
      response.write(PRELUDE);
    }
    answer.pipe(response);
  });
  request.pipe(upstream);
}

/** Returns { url, refused: what the policy refused, refusal(), close() }. */
export async function startFrames(server) {
  const refused = [];
  const told = [];
  const listener = http.createServer((request, response) => {
    if (request.url === '/frame') {
      response.writeHead(200, { 'Content-Type': 'text/html' }).end('<!doctype html><title>frames</title>');
    } else if (request.url === '/refused') {
      let text = '';
      request.on('data', (chunk) => { text += chunk; });
      request.on('end', () => {
        refused.push(text);
        told.forEach((tell) => tell(text));
        response.writeHead(204).end();
      });
    } else {
      forward(server, request, response);
    }
  });
  const sockets = new Set();
  listener.on('upgrade', (request, socket) => {
    const upstream = net.connect(server.port, '127.0.0.1');
    const head = Object.entries(request.headers).map(([name, value]) => `${name}: ${value}\r\n`).join('');
    upstream.write(`GET ${request.url} HTTP/1.1\r\n${head}\r\n`);
    socket.pipe(upstream).pipe(socket);
    for (const end of [socket, upstream]) {
      sockets.add(end);
      end.on('error', () => [socket, upstream].forEach((one) => one.destroy()));
    }
  });
  await new Promise((resolve) => { listener.listen(0, '127.0.0.1', resolve); });
  return {
    url: `http://127.0.0.1:${listener.address().port}`,
    refused,
    /** Resolves with the next thing that the policy refuses. */
    refusal: () => new Promise((resolve) => { told.push(resolve); }),
    close: () => new Promise((resolve) => {
      listener.close(resolve);
      listener.closeAllConnections();
      sockets.forEach((socket) => socket.destroy());
    }),
  };
}
