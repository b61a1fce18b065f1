// Browsers and terminals together: a full mesh of six, and what happens to a chat when the server, a
// page or a terminal fails in the middle of it.
import assert from 'node:assert/strict';

import { chromiumBrowser, firefoxBrowser } from '../harness/browsers.mjs';
import { loseCandidates } from '../harness/inits.mjs';
import { scenarios, SERVER_GONE } from '../harness/scenario.mjs';
import { Terminal } from '../harness/terminal.mjs';

const scenario = scenarios({ chromium: chromiumBrowser(), firefox: firefoxBrowser() });

/** A terminal that enters a room, ended with the story. */
function enter(world, name, server, room) {
  const args = ['join', world.room(room, name), '--json', '--server', server.url];
  const terminal = new Terminal(name, args, { patience: world.patience });
  world.closers.push(() => terminal.kill());
  return terminal;
}

scenario('three pages and three terminals hear all of one another', {
  timeout: 90000,
  async story(world) {
    const server = await world.server();
    const all = [];
    for (const [page, browser] of [['Ann', 'chromium'], ['Ben', 'firefox'], ['Cyd', 'chromium']]) {
      const terminal = enter(world, `T${page}`, server, 'six');
      await terminal.until({ event: 'joined' });
      const person = await world.person(page, server, { browser });
      await person.joinRoom(world.room('six', page));
      all.push(terminal, person);
    }
    await Promise.all(all.map((one) => one.connected(5)));
    for (const from of all) {
      const text = `this is ${from.name}`;
      await from.say(world.text(text));
      await Promise.all(all.filter((one) => one !== from).map((one) => one.heard(text)));
    }
    for (const terminal of all.filter((one) => one instanceof Terminal)) {
      for (const { name } of all.filter((one) => one !== terminal)) {
        assert.equal(terminal.lines.filter((line) => line.text === `this is ${name}`).length, 1, `${terminal.name} of ${name}`);
      }
    }
  },
  red: {
    'one is in another room': { room: (name, who) => (who === 'TBen' ? 'other' : name), fails: /has 5 open links/ },
  },
});

scenario('a chat goes on while the server is away, and newcomers are met when it is back', {
  async story(world) {
    world.allow(SERVER_GONE);
    const server = await world.server();
    const tom = enter(world, 'Tom', server, 'away');
    const ann = await world.person('Ann', server);
    await ann.joinRoom('away');
    await Promise.all([tom.connected(), ann.connected()]);
    await server.kill();
    await tom.until({ event: 'error', code: 'server-unreachable' });
    await tom.say(world.text('still here'));
    await ann.heard('still here');
    await ann.say('me too');
    await tom.heard('me too');
    await server.start();
    const una = enter(world, 'Una', server, 'away');
    await Promise.all([tom.connected(2), una.connected(2), ann.connected(2)]);
    await una.say('I am new');
    await Promise.all([tom.heard('I am new'), ann.heard('I am new')]);
  },
  red: { 'text altered': { text: (text) => `${text}.`, fails: /reads "/ } },
});

scenario('a page that is loaded again and a terminal that is started again are met again', {
  async story(world) {
    const server = await world.server();
    const tom = enter(world, 'Tom', server, 'again');
    const ann = await world.person('Ann', server);
    await ann.joinRoom('again');
    await Promise.all([tom.connected(), ann.connected()]);
    const from = tom.lines.length;
    await ann.joinRoom('again');
    await tom.until({ event: 'peer', state: 'closed' }, from);
    await Promise.all([tom.connected(), ann.connected()]);
    await ann.say('I am back');
    await tom.heard('I am back');
    await tom.kill();
    const second = enter(world, 'Tom2', server, 'again');
    await second.connected();
    await second.say(world.text('so am I'));
    await ann.heard('so am I');
    await ann.connected(1);
  },
  red: { 'text altered': { text: (text) => `${text}.`, fails: /reads "/ } },
});

scenario('a terminal that was stopped for 20 s loses no message', {
  timeout: 90000,
  async story(world) {
    const server = await world.server();
    const tom = enter(world, 'Tom', server, 'stopped');
    const ann = await world.person('Ann', server);
    await ann.joinRoom('stopped');
    await Promise.all([tom.connected(), ann.connected()]);
    tom.child.kill('SIGSTOP');
    await ann.say(world.text('are you there?'));
    // This silence is the fault: shorter than that after which a link counts as dead.
    await new Promise((resolve) => { setTimeout(resolve, 20000); });
    tom.child.kill('SIGCONT');
    await tom.heard('are you there?');
    await tom.say('yes');
    await ann.heard('yes');
  },
  red: { 'text altered': { text: (text) => `${text}.`, fails: /are you there/ } },
});

/** The browser hears of no address of the terminal and checks nothing by itself, so the two meet only if
 * the terminal asks the local network for the name in the browser's candidate. */
const finds = (browser) => ({
  async story(world) {
    const server = await world.server();
    const tom = enter(world, 'Tom', server, 'names');
    await tom.until({ event: 'joined' });
    const ann = await world.person('Ann', server, { browser, init: loseCandidates() });
    await ann.joinRoom('names');
    // Known by the browser's checks alone, the address would be called prflx.
    await tom.until({ event: 'peer', state: 'open', path: 'host' });
  },
  red: {
    'other room': { room: (name, who) => (who === 'Tom' ? 'other' : name), fails: /"path":"host"/ },
  },
});

for (const browser of ['chromium', 'firefox']) {
  scenario(`a terminal finds the address that ${browser} hides behind a name`, finds(browser));
}
