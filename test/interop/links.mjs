// Links between a native end (rtc_peer.c) and a page of a browser. There is no server: whoever uses this
// carries the descriptions, and the candidates are carried here.
import assert from 'node:assert/strict';
import { Kind, Native } from './native.mjs';

/** Runs in the page: one connection with the two negotiated channels, as web/links.js makes it. */
export function makeConnection() {
  const pc = new RTCPeerConnection();
  const got = { messages: [], opened: 0, closed: 0, candidates: [], bytes: 0, state: [] };
  const channels = ['control', 'message'].map((label, id) => {
    const channel = pc.createDataChannel(label, { negotiated: true, id, ordered: id === 0 });
    channel.binaryType = 'arraybuffer';
    channel.onopen = () => got.opened++;
    channel.onclose = () => got.closed++;
    channel.onmessage = ({ data }) => {
      got.bytes += data.byteLength;
      if (data.byteLength < 1000) {
        got.messages.push([id, new TextDecoder().decode(data)]);
      }
    };
    return channel;
  });
  pc.onconnectionstatechange = () => got.state.push(pc.connectionState);
  pc.onicecandidate = ({ candidate }) => candidate?.candidate && got.candidates.push(candidate.candidate);
  Object.assign(globalThis, { pc, channels, got });
}

/** The same with the one channel of a stock PeerJS peer: opened here with these options, or taken when it
 * comes. */
function makeInBand(options) {
  const pc = new RTCPeerConnection();
  const got = { messages: [], opened: 0, closed: 0, candidates: [], label: '' };
  const take = (channel) => {
    channel.binaryType = 'arraybuffer';
    got.label = channel.label;
    channel.onopen = () => got.opened++;
    channel.onclose = () => got.closed++;
    channel.onmessage = ({ data }) =>
      got.messages.push(typeof data === 'string' ? data : [new TextDecoder().decode(data)]);
    Object.assign(globalThis, { channel });
  };
  pc.ondatachannel = ({ channel }) => take(channel);
  pc.onicecandidate = ({ candidate }) => candidate?.candidate && got.candidates.push(candidate.candidate);
  Object.assign(globalThis, { pc, got });
  if (options) {
    take(pc.createDataChannel('dc_stock', options));
  }
}

/** Runs in the page. */
export async function describe(sdp) {
  if (sdp) {
    await pc.setRemoteDescription({ type: pc.signalingState === 'stable' ? 'offer' : 'answer', sdp });
  }
  if (pc.signalingState !== 'stable' || !sdp) {
    await pc.setLocalDescription();
  }
  return pc.localDescription.sdp;
}

export const seen = (page, test, argument, ms = 10000) => page.evaluate(async ([source, value, limit]) => {
  const end = performance.now() + limit;
  const check = new Function('got', 'value', `return ${source}`);
  while (!check(got, value)) {
    if (performance.now() > end) {
      throw new Error(`not in time: ${source}: ${JSON.stringify(got)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return true;
}, [test, argument, ms]);

/** Candidates of the native end to the page as they come, and those of the page to it. */
export function carryCandidates(native, page) {
  let told = 0, busy = false;
  const timer = setInterval(async () => {
    if (busy) {
      return;
    }
    busy = true;
    const ours = native.lines.filter(([verb]) => verb === 'candidate').slice(told);
    told += ours.length;
    const [theirs, early] = await page.evaluate(async (list) => {
      const own = got.candidates.splice(0);
      if (pc.signalingState === 'have-local-offer') {
        return [own, true]; // they belong to the answer, which is on its way
      }
      for (const candidate of list) {
        await pc.addIceCandidate({ candidate, sdpMid: '0', sdpMLineIndex: 0 });
      }
      return [own, false];
    }, ours.map((line) => line[2])).catch(() => [[], false]);
    busy = false;
    told -= early ? ours.length : 0;
    theirs.forEach((text) => native.text('candidate', 1, text));
  }, 20);
  return () => clearInterval(timer);
}

/** As gc_dcep_limit counts, and how often or how long. */
const limitOf = ({ maxRetransmits, maxPacketLifeTime }) => {
  const times = maxRetransmits === undefined ? [0, 0] : [1, maxRetransmits];
  return maxPacketLifeTime === undefined ? times : [2, maxPacketLifeTime];
};

/** A page of this browser and a native end, connected, and their descriptions: offer and answer.
 * kind: of the link, as core/proto/client_output.h counts them. form: of the channel of Kind.DATA, the
 * options of createDataChannel(). */
export async function connect(browser, offerer, kind = Kind.NATIVE, { native = new Native(), form = { ordered: true } } = {}) {
  const page = await browser.page();
  const data = kind === Kind.DATA;
  const descriptions = [];
  await (data ? page.evaluate(makeInBand, offerer === 'browser' && form) : page.evaluate(makeConnection));
  if (offerer === 'native') {
    native.say('offer', 1, data ? Kind.EITHER : kind);
    native.say('shape', 1, Number(!form.ordered), ...limitOf(form));
    const [, , offer] = await native.wait('description');
    const answer = await page.evaluate(describe, offer);
    descriptions.push(offer, answer);
    native.text('remote', 1, data ? kind : Kind.NATIVE, answer);
  } else {
    const offer = await page.evaluate(describe, null);
    native.text('answer', 1, kind, offer);
    const [, , answer] = await native.wait('description');
    descriptions.push(offer, answer);
    await page.evaluate(describe, answer);
  }
  const stop = carryCandidates(native, page);
  await native.wait('opened');
  await seen(page, 'got.opened === value', data ? 1 : 2);
  return { page, native, stop, descriptions, close: async () => {
    stop();
    await page.close();
    assert.equal(await native.end(), 0);
  } };
}
