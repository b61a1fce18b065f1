// GhostChat's page and an unmodified PeerJS application talk: by a bare join link, and when the
// application dials us; over ghostchatd, and over a stock PeerServer.
import assert from 'node:assert/strict';

import { chromiumBrowser, firefoxBrowser } from '../harness/browsers.mjs';
import { scenarios, textAltered } from '../harness/scenario.mjs';
import { peerServer, User } from './user.mjs';

const scenario = scenarios({ chromium: chromiumBrowser(), firefox: firefoxBrowser() });

/** Where the page comes from, and where both signal. */
async function servers(world, kind) {
  if (kind === 'ghostchatd') {
    const server = await world.server();
    return { page: server, signaling: server };
  }
  const signaling = await peerServer(world);
  return { page: await world.server({ args: ['--peer-server', signaling.url] }), signaling };
}

const helloAltered = { text: (text) => `${text}.`, fails: /Ben reads "hello/ };

/** The last piece of a long text is as long as this; one message has 16,384 bytes. */
const LONG = 'long '.repeat(8000);

/** Ann goes by the bare link of Ben, who uses an application. */
async function bareLink(world, kind, browser) {
  const { page, signaling } = await servers(world, kind);
  const ben = await User.open(world, 'Ben', signaling);
  await ben.enters(kind === 'ghostchatd' ? 'bens-id' : null);
  const ann = await world.person('Ann', page, { browser });
  await ann.joinLink(new URL(`join/${ben.id}`, page.url).href);
  await ann.connected();
  const label = await ben.sees('connection');
  const there = await ben.sees(`${label} open`);
  assert.equal(there.serialization, 'binary');
  assert.equal(there.ordered, true);
  await ann.sees('not verified');

  await ann.say(world.text('hello Ben, zé 🥦'));
  assert.equal(await ben.sees(`${label} data`), JSON.stringify('hello Ben, zé 🥦'),
    'Ben reads "hello');
  await ann.mark('hello Ben, zé 🥦', /^Sent$/);
  await ben.says(label, 'hello Ann, 中 "quoted"');
  await ann.heard('hello Ann, 中 "quoted"');
  await ben.says(label, { list: [1, 2.5, null], deep: { yes: true } });
  await ann.heard('{"list":[1,2.5,null],"deep":{"yes":true}}');
  await ben.says(label, LONG); // in chunks: shown in pieces of one message each
  await ann.heard(LONG.slice(0, 16384));
  await ann.heard(LONG.slice(16384, 32768));
  await ann.heard(LONG.slice(32768));
  return { ann, ben, label };
}

/** The application, which says goodbye by itself, is loaded anew and takes its fixed id again: Ann does
 * nothing and is linked with it. Returns the label of their connection. */
async function comesBack(ann, ben) {
  await ben.reloads();
  await ben.enters(ben.id);
  const label = await ben.sees('connection');
  await ben.sees(`${label} open`);
  await ann.connected();
  return label;
}

for (const kind of ['ghostchatd', 'npm peer']) {
  scenario(`a bare link leads to a PeerJS application, over ${kind}`, {
    async story(world) {
      const { ann, ben, label: first } = await bareLink(world, kind);
      const label = kind === 'ghostchatd' ? await comesBack(ann, ben) : first;
      await ann.say('x'.repeat(16384)); // larger than a chunk
      assert.match(await ben.sees(`${label} data`), /^"x+\.\.\. \(16386\) /);
      await ben.says(label, 'y'.repeat(200000));
      await ann.until('is told that a message was too long', () => (
        /1 message from .* cannot be shown\. A message was over the limit/
          .test(document.querySelector('[role=log]').textContent)));
      await ben.says(label, 'still here');
      await ann.heard('still here');
      await ben.closes(label, kind === 'ghostchatd' ? { flush: true } : undefined);
      await ann.until('reads that Ben left', () => (
        document.documentElement.dataset.peers === '0'
        && /Guest \w+ left\./.test(document.querySelector('[role=log]').textContent)));
      await ann.status(/^The other person has left\./); // until she looks for him again
    },
    red: { 'a text altered': helloAltered },
  });

  // What is said on the channel is no business of the server: one of the three will do there.
  const spoken = kind === 'ghostchatd' ? ['binary', 'json', 'raw'] : ['raw'];
  scenario(`a PeerJS application dials us in ${spoken.join(', ')}, over ${kind}`, {
    async story(world) {
      const { page, signaling } = await servers(world, kind);
      const ann = await world.person('Ann', page);
      await ann.joinRoom('coffee');
      await ann.state('waiting');
      const id = new URL(await ann.inviteLink('Me only')).pathname.split('/').pop();
      const ben = await User.open(world, 'Ben', signaling);
      await ben.enters();
      for (const serialization of spoken) {
        const label = await ben.connect(id, { serialization, label: `as ${serialization}` });
        await ben.sees(`${label} open`);
        await ann.connected();
        const [hers, his] = [`Ann in ${serialization}`, `Ben in ${serialization}`];
        await ann.say(world.text(hers));
        assert.equal(await ben.sees(`${label} data`), JSON.stringify(hers), `Ben reads "${hers}"`);
        await ben.says(label, his);
        await ann.heard(his);
        await ann.mark(hers, /^Sent$/);
        if (serialization === 'raw') {
          await ann.leave();
          await ben.sees(`${label} close`);
        } else {
          await ben.closes(label, serialization === 'json' ? { flush: true } : undefined);
          await ann.state('waiting');
        }
      }
    },
    red: { 'a text altered': { text: (text) => `${text}.`, fails: /Ben reads "Ann in/ } },
  });
}

scenario('our own dial in json and raw, by the page\'s API', {
  async story(world) {
    const server = await world.server();
    const ben = await User.open(world, 'Ben', server);
    await ben.enters();
    const ann = await world.person('Ann', server);
    await ann.open();
    for (const serialization of ['json', 'raw']) {
      await ann.evaluate(async ([link, word]) => {
        const { GhostChat } = await import(new URL('assets/ghostchat.js', document.baseURI).href);
        const chat = new GhostChat({ name: 'Ann' });
        globalThis.heard = new Promise((resolve) => {
          chat.addEventListener('message', ({ detail }) => resolve(detail.text));
        });
        globalThis.sent = new Promise((resolve) => {
          chat.addEventListener('sent', ({ detail }) => resolve(detail.to.stock));
        });
        const known = new Promise((resolve) => {
          chat.addEventListener('peer', resolve, { once: true });
        });
        globalThis.chat = chat;
        await chat.join({ link }, { serialization: word });
        await known;
        await chat.send(`in ${word}`);
      }, [new URL(`join/${ben.id}`, server.url).href, world.variant.speaks ?? serialization]);
      const label = await ben.sees('connection');
      assert.equal((await ben.sees(`${label} open`)).serialization, serialization,
        `Ben is dialled in ${serialization}`);
      assert.equal(await ben.sees(`${label} data`), JSON.stringify(`in ${serialization}`));
      await ben.says(label, 'an answer');
      assert.equal(await ann.evaluate(() => globalThis.heard), 'an answer');
      assert.equal(await ann.evaluate(() => globalThis.sent), true);
      await ann.evaluate(() => globalThis.chat.leave());
      await ben.sees(`${label} close`);
    }
  },
  red: { 'always binary': { speaks: 'binary', fails: /Ben is dialled in json/ } },
});

scenario('a bare link from Firefox, over ghostchatd', {
  async story(world) {
    const { ann, ben, label } = await bareLink(world, 'ghostchatd', 'firefox');
    await ann.leave();
    await ben.sees(`${label} close`);
  },
  red: { 'a text altered': helloAltered },
});

scenario('a bare link between two of ours, Firefox to Chromium, is answered natively', {
  async story(world) {
    const server = await world.server();
    const ann = await world.person('Ann', server);
    await ann.joinRoom('coffee');
    await ann.state('waiting');
    const ben = await world.person('Ben', server, { browser: 'firefox' });
    await ben.joinLink((await ann.inviteLink('Me only')).replace(/#.*/, ''));
    await ben.connected();
    await ben.say(world.text('hello Ann'));
    await ann.heard('hello Ann');
    await ben.mark('hello Ann', /^Delivered$/);
    await ann.say('hello Ben');
    await ben.heard('hello Ben');
    await ann.mark('hello Ben', /^Delivered$/);
    await ann.leave(); // her id goes with her: nobody can ever come under it
    await ben.status(/^The other person has left\.$/);
    await ben.control('button', 'Join again');
  },
  red: { 'text altered': textAltered },
});
