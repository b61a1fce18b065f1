// A TCP proxy on whose way a browser's WebSocket frames come late, its requests at once. So the
// goodbye of an old socket reaches the server after the new one, as it does on any bad network.
import net from 'node:net';

const UPGRADE = /^upgrade: *websocket/im;

function join(client, server, ms) {
  let late = false;
  const later = (what) => (late ? setTimeout(what, ms) : what());
  client.on('data', (chunk) => {
    later(() => server.write(chunk));
    late ||= UPGRADE.test(chunk.toString('latin1'));
  });
  client.on('end', () => later(() => server.end()));
  server.on('data', (chunk) => client.write(chunk));
  server.on('end', () => client.end());
  client.on('error', () => server.destroy());
  server.on('error', () => client.destroy());
}

/** A way to a server's port that takes ms longer; close() ends it. */
export async function startLag(port, ms, host = '127.0.0.1') {
  const sockets = new Set();
  const listener = net.createServer({ allowHalfOpen: true }, (client) => {
    const server = net.connect({ port, host, allowHalfOpen: true });
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    }
    join(client, server, ms);
  });
  await new Promise((resolve) => listener.listen(0, host, resolve));
  return {
    host,
    port: listener.address().port,
    path: '/',
    close: () => new Promise((resolve) => {
      listener.close(resolve);
      for (const socket of sockets) {
        socket.destroy();
      }
    }),
  };
}
