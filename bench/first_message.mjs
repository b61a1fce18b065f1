// How long the first message between a native end and Chromium is on its way, in round trips of 100 ms:
// with SNAP (a trial of Chromium) and without, offers of either side, both directions. Descriptions and
// candidates are carried here at once; datagrams go through a relay in this process that holds each of
// them for half a round trip, as no kernel of ours has netem. Run in test/netns.
//   RUNS=5 B=build node bench/first_message.mjs
import { createSocket } from 'node:dgram';
import { once } from 'node:events';

import { chromiumBrowser } from '../test/harness/browsers.mjs';
import { Channel, Kind, Native, ownAddress } from '../test/interop/native.mjs';
import { median } from './spread.mjs';

const runs = Number(process.env.RUNS || 5);
const RTT_MS = 100;
const GOAL = 3.7;
const PLAIN = '--disable-features=WebRtcHideLocalIpsWithMdns';
const WAYS = {
  'without SNAP': [PLAIN],
  'with SNAP': [PLAIN, '--force-fieldtrials=WebRTC-Sctp-Snap/Enabled/'],
};
const now = () => performance.timeOrigin + performance.now();

/** Two sockets: what comes to the one goes out of the other after half a round trip. */
class Relay {
  #sockets = [createSocket('udp4'), createSocket('udp4')];
  /** Where the native end and the page are. */
  #there = [null, null];

  async open() {
    await Promise.all(this.#sockets.map((socket, i) => {
      socket.on('message', (bytes) => setTimeout(() => {
        const to = this.#there[i];
        if (to) {
          this.#sockets[1 - i].send(bytes, to.port, to.address);
        }
      }, RTT_MS / 2));
      socket.bind(0, ownAddress());
      return once(socket, 'listening');
    }));
    return this;
  }

  /** Puts the relay in the place of an end, 0 or 1, in its candidate: the other end sees this one. */
  stand(end, candidate) {
    const words = candidate.split(' ');
    this.#there[1 - end] = { address: words[4], port: Number(words[5]) };
    [words[4], words[5]] = [ownAddress(), this.#sockets[1 - end].address().port];
    return words.join(' ');
  }

  close() {
    this.#there = [null, null];
    this.#sockets.forEach((socket) => socket.close());
  }
}

/** Runs in the page. Says hello as soon as it can, and when something came. */
function makeConnection() {
  const pc = new RTCPeerConnection();
  const time = () => performance.timeOrigin + performance.now();
  const channel = pc.createDataChannel('control', { negotiated: true, id: 0 });
  pc.createDataChannel('message', { negotiated: true, id: 1, ordered: false });
  channel.onopen = () => channel.send(new TextEncoder().encode('hello'));
  globalThis.came = new Promise((resolve) => {
    channel.onmessage = () => resolve(time());
  });
  globalThis.candidate = new Promise((resolve) => {
    pc.onicecandidate = ({ candidate }) => (
      / udp .* [0-9.]+ [0-9]+ typ host/.test(candidate?.candidate) && resolve(candidate.candidate));
  });
  Object.assign(globalThis, { pc, time });
}

/** Runs in the page: the offer. */
async function offer() {
  await pc.setLocalDescription();
  return [pc.localDescription.sdp, await candidate];
}

/** Runs in the page: takes the other end's description and candidate; the first answer of its own. */
async function take([type, sdp, text]) {
  await pc.setRemoteDescription({ type, sdp });
  await pc.addIceCandidate({ candidate: text, sdpMid: '0', sdpMLineIndex: 0 });
  const from = time();
  if (type === 'offer') {
    await pc.setLocalDescription();
  }
  return [pc.localDescription.sdp, await candidate, from];
}

/** Returns the ms until the first message is in the page, and at the native end. */
async function measure(browser, offerer) {
  const page = await browser.page();
  const native = new Native();
  const relay = await new Relay().open();
  await page.evaluate(makeConnection);
  const greeted = native.wait('opened').then(() => native.text('send', 1, Channel.CONTROL, 'hello'));
  const heard = native.wait('message').then(now);
  const own = async () => relay.stand(0, (await native.wait('candidate'))[2]);
  let from;
  if (offerer === 'native') {
    native.say('offer', 1, Kind.NATIVE);
    const [, , sdp] = await native.wait('description');
    const [answer, candidate, began] = await page.evaluate(take, ['offer', sdp, await own()]);
    from = began;
    native.text('candidate', 1, relay.stand(1, candidate));
    native.text('remote', 1, Kind.NATIVE, answer);
  } else {
    const [sdp, candidate] = await page.evaluate(offer);
    from = now();
    native.text('answer', 1, Kind.NATIVE, sdp);
    native.text('candidate', 1, relay.stand(1, candidate));
    const [, , answer] = await native.wait('description');
    await page.evaluate(take, ['answer', answer, await own()]);
  }
  await greeted;
  const times = [await page.evaluate(() => came), await heard].map((ms) => (ms - from) / RTT_MS);
  relay.close();
  await page.close();
  await native.end();
  return times;
}

console.log(`round trips of ${RTT_MS} ms until the first message with Chromium, median of ${runs} `
  + `(goal <= ${GOAL}):`);
for (const [name, flags] of Object.entries(WAYS)) {
  const browser = chromiumBrowser({ flags });
  for (const offerer of ['native', 'browser']) {
    const seen = [];
    for (let i = 0; i < runs; i++) {
      seen.push(await measure(browser, offerer));
    }
    const [page, native] = [0, 1].map((end) => median(seen.map((times) => times[end])).toFixed(2));
    console.log(`  ${name}, offer of the ${offerer}: to the page ${page}, to the native end ${native}`);
  }
  await browser.close();
}
