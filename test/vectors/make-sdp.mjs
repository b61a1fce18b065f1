// Makes test/vectors/sdp.json: node test/vectors/make-sdp.mjs writes it again, with descriptions of the
// browsers of this machine. What each description says is taken out of it by the expressions below,
// which are not the parser under test. Addresses are hidden behind names of mDNS by the browsers.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromiumBrowser, firefoxBrowser } from '../harness/browsers.mjs';
import { write } from './write.mjs';

const PATH = fileURLToPath(new URL('./sdp.json', import.meta.url));
const GATHER_MS = 5000;

/** Runs in the page: an offer, its answer, and both once more with the candidates inside. */
async function describe(gatherMs) {
  const a = new RTCPeerConnection(), b = new RTCPeerConnection();
  const complete = (pc) => new Promise((resolve) => {
    setTimeout(resolve, gatherMs);
    pc.onicegatheringstatechange = () => pc.iceGatheringState === 'complete' && resolve();
  });
  a.createDataChannel('control', { negotiated: true, id: 0, ordered: true });
  b.createDataChannel('control', { negotiated: true, id: 0, ordered: true });
  const gathered = [complete(a), complete(b)];
  await a.setLocalDescription();
  const offer = a.localDescription.sdp;
  await b.setRemoteDescription({ type: 'offer', sdp: offer });
  await b.setLocalDescription();
  const answer = b.localDescription.sdp;
  await Promise.all(gathered);
  const all = { offer, answer, 'full offer': a.localDescription.sdp, 'full answer': b.localDescription.sdp };
  a.close();
  b.close();
  return all;
}

const value = (sdp, name) => new RegExp(`^a=${name}:(.*)\r$`, 'm').exec(sdp)[1];

const meaning = (by, type, sdp) => ({
  by, type,
  ufrag: value(sdp, 'ice-ufrag'), pwd: value(sdp, 'ice-pwd'), mid: value(sdp, 'mid'),
  fingerprint: value(sdp, 'fingerprint').replace('sha-256 ', '').replaceAll(':', '').toLowerCase(),
  setup: value(sdp, 'setup'), port: Number(value(sdp, 'sctp-port')),
  message: Number(value(sdp, 'max-message-size')),
  candidates: sdp.match(/^a=candidate:/gm)?.length ?? 0,
  sdp,
});

async function collect(browser) {
  const page = await browser.page();
  const all = await page.evaluate(describe, GATHER_MS);
  await browser.close();
  return Object.entries(all).map(([type, sdp]) => meaning(browser.kind, type, sdp));
}

const descriptions = [...await collect(chromiumBrowser()), ...await collect(firefoxBrowser())];
writeFileSync(PATH, write({ descriptions }));
