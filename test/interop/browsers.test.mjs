// Native links with the browsers: offers of either side, messages of all kinds, the end from each side.
// There is no server: the test carries the descriptions and candidates.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { chromiumBrowser, firefoxBrowser } from '../harness/browsers.mjs';
import { carryCandidates, connect, describe, makeConnection, seen } from './links.mjs';
import { Channel, Kind, Native } from './native.mjs';

// Chromium tells its INIT of SCTP in descriptions (SNAP) only when a trial is on. Ours tells its own to
// everybody who tells one, and in each offer.
const SNAP = 'chromium with SNAP';
/** The deep form (make interop-bulk) has 100. */
const MEGABYTES = Number(process.env.GC_BULK_MB ?? 10);
const MESSAGE_BYTES = 50000;
/** On a path that loses some. */
const MESSAGES = 200;
const BULK_MS = 30000 + MEGABYTES * 1000;

const browsers = {
  chromium: chromiumBrowser(),
  firefox: firefoxBrowser(),
  [SNAP]: chromiumBrowser({ flags: ['--force-fieldtrials=WebRTC-Sctp-Snap/Enabled/'] }),
};
after(() => Promise.all(Object.values(browsers).map((browser) => browser.close())));

/** Runs in the page: the hash of rtc_peer.c, over what comes on the ordered channel. */
function hashArrivals() {
  globalThis.add = (hash, words) => {
    for (const word of words) {
      hash.a = Math.imul(hash.a ^ word, 16777619);
      hash.b = Math.imul((hash.b << 5 | hash.b >>> 27) ^ word, 2654435761);
    }
  };
  globalThis.text = ({ a, b }) => [a, b].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
  const came = { a: 0, b: 0 };
  got.hash = () => text(came);
  channels[0].onmessage = ({ data }) => {
    got.bytes += data.byteLength;
    add(came, new Uint32Array(data));
  };
}

/** Runs in the page behind hashArrivals: bytes that look random. @returns their hash */
async function sendHashed([count, size]) {
  const sent = { a: 0, b: 0 };
  const words = new Uint32Array(size / 4);
  let draw = 1;
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < words.length; k++) {
      draw = Math.imul(draw, 1664525) + 1013904223;
      words[k] = draw ^ draw >>> 16;
    }
    while (channels[0].bufferedAmount > 1000000) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    add(sent, words);
    channels[0].send(words);
  }
  return text(sent);
}

for (const [name, browser] of Object.entries(browsers)) {
  for (const offerer of ['native', 'browser']) {
    test(`${name}, offer of the ${offerer}: messages both ways, then the end`, async () => {
      const { page, native, descriptions, close } = await connect(browser, offerer);
      assert.deepEqual(descriptions.map((sdp) => /^a=sctp-init:/m.test(sdp)),
        [name === SNAP || offerer === 'native', name === SNAP]);
      native.text('send', 1, Channel.CONTROL, 'first');
      native.text('send', 1, Channel.MESSAGE, '');
      native.text('send', 1, Channel.MESSAGE, 'second');
      await seen(page, 'got.messages.length === 3');
      const messages = await page.evaluate(() => got.messages);
      assert.deepEqual(messages.filter(([id]) => id === 0), [[0, 'first']]);
      assert.deepEqual(messages.filter(([id]) => id === 1).map(([, text]) => text).sort(), ['', 'second']);
      await page.evaluate(() => {
        channels[0].send(new TextEncoder().encode('ein Gruß'));
        channels[1].send(new Uint8Array(0));
        channels[1].send(new TextEncoder().encode('x'.repeat(900)));
      });
      await native.wait('message', ([, , channel, text]) => channel === '0' && text === 'ein Gruß');
      await native.wait('message', ([, , channel, text]) => channel === '1' && text === '');
      await native.wait('message', ([, , , text]) => text.length === 900);
      const [, , path] = await native.wait('path');
      assert.ok(['1', '3'].includes(path), `path ${path}`);
      native.text('send', 1, Channel.CONTROL, 'bye');
      native.say('close', 1);
      await seen(page, 'got.closed === 2');
      assert.ok(await page.evaluate(() => got.messages.some(([, text]) => text === 'bye')));
      await close();
    });

    test(`${name}, offer of the ${offerer}: the browser ends it`, async () => {
      const { page, native, close } = await connect(browser, offerer);
      await page.evaluate(() => {
        channels[0].send(new TextEncoder().encode('bye'));
        channels.forEach((channel) => channel.close());
      });
      await native.wait('message', ([, , , text]) => text === 'bye');
      const [, , reason] = await native.wait('closed');
      assert.equal(reason, 'gone');
      await close();
    });
  }

  for (const offerer of ['native', 'browser']) {
    test(`${name}, offer of the ${offerer}: one channel in band`, async () => {
      const { page, native, close } = await connect(browser, offerer, Kind.DATA);
      assert.equal(await page.evaluate(() => got.label), offerer === 'native' ? 'dc_test' : 'dc_stock');
      native.text('send', 1, Channel.DATA_TEXT, 'text');
      native.text('send', 1, Channel.DATA_BYTES, 'bytes');
      native.text('send', 1, Channel.DATA_TEXT, '');
      await seen(page, 'got.messages.length === 3');
      assert.deepEqual(await page.evaluate(() => got.messages), ['text', ['bytes'], '']);
      await page.evaluate(() => {
        channel.send('täxt');
        channel.send(new Uint8Array([65, 66]));
      });
      await native.wait('message', ([, , number, text]) => number === '129' && text === 'täxt');
      await native.wait('message', ([, , number, text]) => number === '128' && text === 'AB');
      if (offerer === 'native') {
        native.say('close', 1);
        await seen(page, 'got.closed === 1');
      } else {
        await page.evaluate(() => channel.close());
        const [, , reason] = await native.wait('closed');
        assert.equal(reason, 'left');
      }
      await close();
    });
  }

  const FORMS = [{ ordered: true, maxRetransmits: 0 }, { ordered: false, maxPacketLifeTime: 1 }];
  for (const offerer of name === SNAP ? [] : ['native', 'browser']) {
    for (const form of FORMS) {
      test(`${name}, channel of the ${offerer}, ${JSON.stringify(form)}: what is lost is given up`, async () => {
        const { page, native, close } = await connect(browser, offerer, Kind.DATA, { form });
        assert.deepEqual(await page.evaluate(([...names]) => names.map((name) => channel[name]),
          ['ordered', 'maxRetransmits', 'maxPacketLifeTime']),
        [form.ordered, form.maxRetransmits ?? null, form.maxPacketLifeTime ?? null]);
        native.say('lose', 100);
        for (let i = 0; i < MESSAGES; i++) {
          native.text('send', 1, Channel.DATA_TEXT, String(i));
          await page.evaluate((text) => channel.send(text), String(i));
        }
        native.say('lose', 0);
        const came = () => native.lines.filter(([verb]) => verb === 'message').map((line) => line[3]);
        await native.wait('message', () => true);
        native.text('send', 1, Channel.DATA_TEXT, 'last');
        await page.evaluate(() => channel.send('last'));
        await seen(page, 'got.messages.includes("last")');
        await native.wait('message', (line) => line[3] === 'last');
        const ours = await page.evaluate(() => got.messages);
        assert.ok(ours.length < MESSAGES, `${ours.length} of ${MESSAGES} came`);
        for (const list of [ours, came()]) { // Firefox sends again what has outlived its time
          assert.ok(list.length > MESSAGES / 2, `${list.length} of ${MESSAGES} came`);
          const sorted = [...list].sort((a, b) => (a === 'last') - (b === 'last') || a - b);
          assert.equal(new Set(list).size, list.length);
          assert.ok(!form.ordered || list.join() === sorted.join(), list.join());
        }
        await close();
      });
    }
  }

  test(`${name}: an offer to whoever answers, who is one of ours`, async () => {
    const { page, native, close } = await connect(browser, 'native', Kind.EITHER);
    native.text('send', 1, Channel.MESSAGE, 'hello');
    await seen(page, 'got.messages.length === 1');
    await close();
  });

  test(`${name}: ${MEGABYTES} MB each way arrive as they were sent`, { timeout: BULK_MS * 3 }, async () => {
    const { page, native, close } = await connect(browser, 'native');
    await page.evaluate(hashArrivals);
    const count = MEGABYTES * 1e6 / MESSAGE_BYTES;
    const began = performance.now();
    native.say('flood', 1, Channel.CONTROL, MESSAGE_BYTES, count);
    const [, , sent] = await native.wait('flooded', () => true, BULK_MS);
    await seen(page, 'got.bytes === value', MEGABYTES * 1e6, BULK_MS);
    const between = performance.now();
    assert.equal(await page.evaluate(() => got.hash()), sent);
    const theirs = await page.evaluate(sendHashed, [count, MESSAGE_BYTES]);
    const arrived = () => native.lines.filter(([verb]) => verb === 'received');
    await native.wait('received', () => arrived().length === count, BULK_MS);
    assert.equal(arrived().at(-1)[3], theirs);
    const rate = (ms) => `${(MEGABYTES * 1000 / ms).toFixed(1)} MB/s`;
    console.log(`# ${name}: to it ${rate(between - began)}, from it ${rate(performance.now() - between)}`);
    await close();
  });

  for (const offerer of ['native', 'browser']) {
    test(`${name}, offer of the ${offerer}: ICE begins anew, asked for by either side`, async () => {
      const { page, native, close } = await connect(browser, offerer);
      /** Sends a message each way and waits for both. */
      const talk = async (text) => {
        native.text('send', 1, Channel.MESSAGE, `to ${text}`);
        await page.evaluate((words) => channels[1].send(new TextEncoder().encode(words)), `from ${text}`);
        await seen(page, 'got.messages.some(([, words]) => words === value)', `to ${text}`);
        await native.wait('message', ([, , , words]) => words === `from ${text}`);
      };
      const ufrags = (sdp) => /^a=ice-ufrag:(\S+)/m.exec(sdp)[1];
      const count = (wanted) => native.lines.filter(([verb]) => verb === wanted).length;
      const next = (told) => native.wait('description', () => count('description') > told)
        .then(() => native.lines.filter(([verb]) => verb === 'description').at(-1)[2]);
      let ours = native.lines.find(([verb]) => verb === 'description')[2];
      for (let i = 0; i < 4; i++) {
        const before = await page.evaluate(() => pc.localDescription.sdp);
        const [told, paths] = [count('description'), count('path')];
        if (i % 2 === 0) {
          const offer = await page.evaluate(async () => {
            pc.restartIce();
            await pc.setLocalDescription();
            return pc.localDescription.sdp;
          });
          native.text('renew', 1, offer);
          await talk(`while the answer is under way ${i}`);
          const answer = await next(told);
          assert.notEqual(ufrags(answer), ufrags(ours));
          await page.evaluate(describe, answer);
          ours = answer;
        } else {
          native.say('restart', 1);
          ours = await next(told);
          native.text('remote', 1, Kind.NATIVE, await page.evaluate(describe, ours));
        }
        const after = await page.evaluate(() => pc.localDescription.sdp);
        assert.notEqual(ufrags(after), ufrags(before));
        await talk(`right after restart ${i}`);
        await native.wait('path', () => count('path') > paths); // a pair of the new names
        await talk(`on the new pair ${i}`);
      }
      assert.deepEqual(native.lines.filter(([verb]) => verb === 'closed'), []);
      assert.equal(native.lines.filter(([verb]) => verb === 'opened').length, 1);
      assert.deepEqual(await page.evaluate(() => [got.opened, got.closed]), [2, 0]);
      await close();
    });
  }

  for (const offerer of ['native', 'browser']) {
    test(`${name}, offer of the ${offerer}: a wrong fingerprint`, async () => {
      const page = await browser.page();
      const native = new Native();
      const wrong = (sdp) => sdp.replace(/(sha-256 )(.)/, (_, head, digit) => head + (digit === '0' ? '1' : '0'));
      await page.evaluate(makeConnection);
      if (offerer === 'native') {
        native.say('offer', 1, Kind.NATIVE);
        const [, , offer] = await native.wait('description');
        native.text('remote', 1, Kind.NATIVE, wrong(await page.evaluate(describe, offer)));
      } else {
        native.text('answer', 1, Kind.NATIVE, wrong(await page.evaluate(describe, null)));
        const [, , answer] = await native.wait('description');
        await page.evaluate(describe, answer);
      }
      const stop = carryCandidates(native, page);
      // Anybody can send a wrong certificate: the handshake waits for the right one until its time is over.
      const [, , reason] = await native.wait('closed', () => true, 15000);
      assert.equal(reason, 'protocol');
      assert.deepEqual(native.lines.filter(([verb]) => verb === 'opened'), []);
      // Ours says so before the handshake is over: no channel of the page opens, with SNAP neither.
      await seen(page, "got.state.includes('failed')");
      assert.equal(await page.evaluate(() => got.opened), 0);
      stop();
      await page.close();
      await native.end();
    });
  }
}
