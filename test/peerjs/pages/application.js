// A PeerJS application as people write them, with everything that happens to it kept in lists, so
// that a test can wait for the n-th event of a name. It sees the library by its documented names.
import { bytes, describe, kinds } from './kinds.js';

const happened = new Map();
const waiting = new Set();
const connections = new Map();
const calls = new Map();
let altered = null;
let acknowledged = null;
let peer;
let camera;

function note(name, detail = null) {
  happened.set(name, [...happened.get(name) ?? [], detail]);
  for (const look of waiting) {
    look();
  }
}

/** Resolves with the detail of the n-th event of that name (from 0), or with null after ms. */
function event(name, n, ms) {
  return new Promise((resolve) => {
    const end = (value) => {
      waiting.delete(look);
      clearTimeout(timer);
      resolve(value);
    };
    const look = () => {
      const list = happened.get(name) ?? [];
      if (list.length > n) {
        end({ detail: list[n] });
      }
    };
    const timer = setTimeout(() => end(null), ms);
    waiting.add(look);
    look();
  });
}

/** What a payload came to: every outcome is also in one list of its own, in order of time. After a
 * deadly one nothing more comes over that connection. */
function outcome(what, deadly = false) {
  note('outcome', { what, deadly });
  if (acknowledged !== null) {
    connections.get(acknowledged).send(deadly);
  }
}

addEventListener('error', () => {
  outcome('uncaught error');
});
addEventListener('unhandledrejection', () => {
  // The loop that reads MsgPack has ended.
  outcome('uncaught rejection', true);
});

function keep(connection) {
  const { label } = connection;
  const payloads = !label.endsWith(' ack');
  connections.set(label, connection);
  connection.on('open', () => note(`${label} open`, {
    peer: connection.peer, metadata: connection.metadata, serialization: connection.serialization,
    reliable: connection.reliable, ordered: connection.dataChannel?.ordered,
    type: connection.type, open: connection.open,
  }));
  connection.on('data', async (value) => {
    const what = await describe(value);
    note(`${label} data`, what);
    if (payloads) {
      outcome(`data ${what}`);
    }
  });
  connection.on('close', () => {
    note(`${label} close`);
    if (payloads) {
      outcome('close', true);
    }
  });
  connection.on('error', (error) => {
    note(`${label} error`, error.type ?? 'error');
    if (payloads) {
      outcome(`error ${error.type ?? ''}`);
    }
  });
}

/** Shows a stream and waits for pictures of it: a video that plays has decoded frames. */
function show(name, call, stream) {
  const video = document.createElement('video');
  video.muted = true;
  video.autoplay = true;
  video.srcObject = stream;
  document.body.append(video);
  const frame = (count) => video.requestVideoFrameCallback(() => {
    note(`${name} frame`, { width: video.videoWidth, height: video.videoHeight, count });
    frame(count + 1);
  });
  frame(1);
  note(`${name} stream`, {
    tracks: stream.getTracks().map((track) => track.kind).sort(), metadata: call.metadata,
    peer: call.peer,
  });
}

function keepCall(name, call) {
  calls.set(name, call);
  let shown = false;
  call.on('stream', (stream) => {
    // The library says it once for each track.
    if (!shown) {
      shown = true;
      show(name, call, stream);
    }
  });
  call.on('close', () => note(`${name} close`));
  call.on('error', (error) => note(`${name} error`, error.type));
}

async function media() {
  camera ??= await navigator.mediaDevices.getUserMedia({
    video: { width: 320, height: 240 }, audio: true,
  });
  return camera;
}

function listen() {
  peer.on('open', (id) => note('open', id));
  peer.on('error', (error) => note('error', error.type));
  peer.on('disconnected', () => note('disconnected'));
  peer.on('close', () => note('close'));
  peer.on('connection', (connection) => {
    note('connection', connection.label);
    keep(connection);
  });
  peer.on('call', async (call) => {
    keepCall('call', call);
    call.answer(await media());
  });
}

async function sendKind(label, name) {
  const value = name === altered ? ['not', 'this'] : kinds.find(([one]) => one === name)[2]();
  try {
    // The newer library gives a promise for what it must read first.
    await connections.get(label).send(value);
  } catch {
    outcome('send throws');
  }
  return describe(value);
}

globalThis.application = {
  event,
  kinds: () => kinds.map(([name, plain]) => ({ name, plain })),
  count: (name) => happened.get(name)?.length ?? 0,
  /** All there is to know when something did not happen. */
  story: () => [
    ...[...happened].map(([name, list]) => `${name} x ${list.length}`),
    ...[...connections].map(([label, { peerConnection: pc, dataChannel }]) => (
      `${label}: ${[pc?.signalingState, pc?.iceGatheringState, pc?.iceConnectionState,
        pc?.connectionState, dataChannel?.readyState].join(' ')}, candidates ${[pc?.localDescription,
        pc?.remoteDescription].map((one) => one?.sdp.match(/^a=candidate/gm)?.length ?? 0)}`)),
  ].join(', '),

  start(id, options) {
    const all = {
      config: { iceServers: [] },
      ...globalThis.serializers && { serializers: globalThis.serializers }, ...options,
    };
    peer = id === undefined ? new globalThis.Peer(all) : new globalThis.Peer(id, all);
    listen();
  },
  state: () => ({
    id: peer.id, open: peer.open, disconnected: peer.disconnected, destroyed: peer.destroyed,
  }),
  disconnect: () => peer.disconnect(),
  reconnect: () => peer.reconnect(),
  destroy: () => peer.destroy(),
  list: () => peer.listAllPeers((ids) => note('ids', ids)),

  connect(to, options) {
    const connection = peer.connect(to, options);
    keep(connection);
    return connection.label;
  },
  links: (to) => peer.connections[to]?.length ?? 0,
  close: (label, options) => connections.get(label).close(options),
  say: (label, what) => connections.get(label).send(what),

  /** A mistake on purpose: this kind is sent as something else. */
  alter(name) {
    altered = name;
  },
  /** Tells of each outcome from here on, on a connection of that label; null: no more. */
  acknowledge(label) {
    acknowledged = label;
  },
  outcomes: (from) => (happened.get('outcome') ?? []).slice(from).map(({ what }) => what),
  /** Sends one kind after the other until one ends the connection. `value`: what its receiver would
   * describe if nothing changed on the way; `what`: what happened here, or else it did there. */
  async sendAll(label, back, names, ms) {
    const all = [];
    let deadly = false;
    while (!deadly && all.length < names.length) {
      const name = names[all.length];
      const seen = (list) => happened.get(list)?.length ?? 0;
      const [own, acks] = [seen('outcome'), seen(`${back} data`)];
      const value = await sendKind(label, name);
      const here = event('outcome', own, ms).then((first) => first?.detail);
      const there = event(`${back} data`, acks, ms)
        .then((first) => ({ deadly: first?.detail !== 'boolean false' }));
      const first = await Promise.race([here, there]);
      all.push({ name, what: first?.what, value });
      deadly = first?.deadly ?? true;
    }
    return all;
  },
  async sendMany(label, length) {
    const value = bytes(length, 31);
    const sent = await describe(value.buffer);
    value[length >> 1] ^= altered === 'many' ? 1 : 0;
    connections.get(label).send(value);
    return sent;
  },

  async call(to, metadata) {
    keepCall('call', peer.call(to, await media(), { metadata }));
  },
  hangUp: () => calls.get('call').close(),

  /** disconnect(); reconnect(), n times; resolves with how often no 'open' came within ms. */
  async again(n, ms) {
    let lost = 0;
    for (let i = 0; i < n; i++) {
      const before = happened.get('open').length;
      peer.disconnect();
      peer.reconnect();
      lost += await event('open', before, ms) === null ? 1 : 0;
    }
    return lost;
  },
};
