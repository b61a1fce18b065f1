// A core that traps, in Chromium: the chat ends in plain words and can be joined again, whatever the
// core was doing; the others see a person who is gone, and go on.
import assert from 'node:assert/strict';

import { chromiumBrowser } from '../harness/browsers.mjs';
import { trapOnDemand } from '../harness/inits.mjs';
import { scenarios } from '../harness/scenario.mjs';

const scenario = scenarios({ chromium: chromiumBrowser() });

/* Where it traps, and what makes the page call it. */
const MOMENTS = [
  ['link_message', (ann, ben) => ben.say('boom')],
  ['send', (ann) => ann.fill('Message', 'mine').then(() => ann.page.press('Enter'))],
  ['poll', (ann, ben) => ben.say('boom')],
  ['deadline', (ann, ben) => ben.say('boom')],
  ['reason_text', (ann, ben) => ben.leave()],
];

for (const [name, act] of MOMENTS) {
  scenario(`a trap in ${name}() ends the chat in words, and one can join again`, {
    timeout: 90000,
    async story(world) {
      const server = await world.server();
      world.allow(/trap|unreachable/);
      const ann = await world.person('Ann', server, { init: trapOnDemand() });
      const [ben, cyd] = [await world.person('Ben', server), await world.person('Cyd', server)];
      for (const person of [ann, ben, cyd]) {
        await person.joinRoom('trap');
      }
      await Promise.all([ann, ben, cyd].map((person) => person.connected(2)));
      await cyd.say('before');
      await ann.heard('before');
      await ann.evaluate((trap) => { globalThis.trap = trap; }, world.variant.name ?? name);
      await act(ann, ben);
      await ann.state('failed');
      await ann.status(/GhostChat has stopped because of a fault of its own/);
      await ann.heard('before');
      assert.equal(await ann.times('Cyd left.'), 0, 'it is Ann who has gone');
      assert.equal(await ann.evaluate(() => document.querySelector('.invite-open').checkVisibility()), false);
      await Promise.all([ben, cyd].map((person) => person.until('has lost Ann', () => (
        ![...document.querySelectorAll('.person[data-state=open] .person-name')]
          .some((e) => e.textContent === 'Ann')))));
      assert.equal(await ann.evaluate(() => globalThis.callsAfter), 0);
      await ann.click('button', 'Join again');
      await ann.until('is linked to Cyd again', () => (
        [...document.querySelectorAll('.person[data-state=open] .person-name')]
          .some((e) => e.textContent === 'Cyd')));
      await cyd.say('after');
      await ann.heard('after');
      await ann.say('here I am');
      await cyd.heard('here I am');
      await ann.mark('here I am', /^delivered/i);
    },
    red: { 'no trap': { name: 'nothing', fails: /Ann: is failed/ } },
  });
}

scenario('a trap while joining is told on the joining screen', {
  async story(world) {
    const server = await world.server();
    world.allow(/trap|unreachable/);
    const ann = await world.person('Ann', server, { init: trapOnDemand() });
    await ann.open();
    await ann.loaded();
    await ann.evaluate((trap) => { globalThis.trap = trap; }, world.variant.name ?? 'join_room');
    await ann.fill('Room name', 'trap');
    await ann.click('button', 'Join room');
    await ann.until('is told why', () => (
      /fault of its own/.test(document.querySelector('.form-error').textContent)));
    await ann.click('button', 'Join room');
    await ann.state('waiting');
  },
  red: { 'no trap': { name: 'nothing', fails: /is told why/ } },
});
