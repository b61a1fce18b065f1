// Scripts that run in a page before its own: what a hostile or unlucky page does. Each returns
// source text, because the browser runs it and nothing of here is in its reach.

/** Never sends frames of this type (ghostchat-protocol(7), "Link frames"). */
export function dropFrames(type) {
  return `{
    const send = RTCDataChannel.prototype.send;
    RTCDataChannel.prototype.send = function (data) {
      const bytes = new Uint8Array(data.buffer ?? data);
      if (bytes[0] !== ${type}) { send.call(this, data); }
    };
  }`;
}

/** Keeps the data channels in globalThis.channels, by id, so that a test can send what it likes. */
export function keepChannels() {
  return `{
    const create = RTCPeerConnection.prototype.createDataChannel;
    globalThis.channels = [];
    RTCPeerConnection.prototype.createDataChannel = function (...args) {
      const channel = create.apply(this, args);
      globalThis.channels.push(channel);
      return channel;
    };
  }`;
}

/** Hears of no way to anybody: as in a network that lets no direct connection through. */
export function loseCandidates() {
  return `RTCPeerConnection.prototype.addIceCandidate = async () => {};`;
}

/** A browser that lacks something of the global object. */
export function without(name) {
  return `delete globalThis.${name};`;
}

/** A browser that gives pages noise in place of what they drew. */
export function makeNoise() {
  return `CanvasRenderingContext2D.prototype.getImageData = (x, y, width, height) => {
    const image = new ImageData(width, height);
    crypto.getRandomValues(image.data.subarray(0, 65536));
    return image;
  };`;
}

/** The core traps at the next call of the function that the test names in globalThis.trap; calls of a
 * core that has trapped are counted in globalThis.callsAfter. */
export function trapOnDemand() {
  return `{
    const instantiate = WebAssembly.instantiate;
    globalThis.callsAfter = 0;
    WebAssembly.instantiate = async (module, imports) => {
      const made = await instantiate(module, imports);
      if (!made.exports?.poll) { return made; }
      let trapped = false;
      const exports = Object.fromEntries(Object.entries(made.exports).map(([name, value]) => [name,
        typeof value !== 'function' ? value : (...args) => {
          globalThis.callsAfter += trapped ? 1 : 0;
          if (globalThis.trap === name) {
            globalThis.trap = '';
            trapped = true;
            throw new WebAssembly.RuntimeError('unreachable');
          }
          return value(...args);
        }]));
      return { exports };
    };
  }`;
}
