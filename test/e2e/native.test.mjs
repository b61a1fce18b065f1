// Terminals (ghostchat --json) and pages in one room: the native stack beside a browser's, whoever
// comes first and however they go.
import assert from 'node:assert/strict';

import { chromiumBrowser } from '../harness/browsers.mjs';
import { scenarios, textAltered } from '../harness/scenario.mjs';
import { Terminal } from '../harness/terminal.mjs';

const scenario = scenarios({ chromium: chromiumBrowser() });

/** A terminal that enters a room, ended with the story. */
function enter(world, name, server, room) {
  const args = ['join', world.room(room, name), '--json', '--server', server.url];
  const terminal = new Terminal(name, args, { patience: world.patience });
  world.closers.push(() => terminal.kill());
  return terminal;
}

/** Both say something, and both see that it arrived. */
async function chat(world, tom, ann) {
  const id = await tom.say(world.text('Hello Ann,\nI am a terminal'));
  await ann.heard('Hello Ann,\nI am a terminal');
  await tom.until({ event: 'delivered', id });
  await ann.say('Hello Tom, I am a page');
  await tom.heard('Hello Tom, I am a page');
  await ann.mark('Hello Tom, I am a page', /^delivered$/);
}

scenario('a terminal enters the room of a page: they chat, and the terminal leaves', {
  async story(world) {
    const server = await world.server();
    const ann = await world.person('Ann', server);
    await ann.joinRoom('native');
    await ann.state('waiting');
    const tom = enter(world, 'Tom', server, 'native');
    await Promise.all([ann.connected(), tom.connected()]);
    await ann.sees('Tom');
    await tom.until({ event: 'peer', state: 'open', nick: 'Ann' });
    assert.match((await tom.until({ event: 'peer', path: /./ })).path, /^(host|prflx)$/);
    await chat(world, tom, ann);
    assert.equal(await tom.leave(), 0);
    await ann.state('waiting');
  },
  red: {
    'other room': { room: (name, who) => (who === 'Tom' ? `${name}2` : name), fails: /has \d open links/ },
    'text altered': textAltered,
  },
});

scenario('a page enters the room of a terminal: they chat, and the page leaves', {
  async story(world) {
    const server = await world.server();
    const tom = enter(world, 'Tom', server, 'native');
    await tom.until({ event: 'joined' });
    const ann = await world.person('Ann', server);
    await ann.joinRoom('native');
    await Promise.all([ann.connected(), tom.connected()]);
    await chat(world, tom, ann);
    await ann.leave();
    await tom.until({ event: 'peer', state: 'closed', reason: 'left' });
    assert.equal(await tom.leave(), 0);
  },
  red: { 'other room': { room: (name) => `${name}2`, fails: /has \d open links/ } },
});

scenario('two terminals chat, and one that is killed is gone for the other', {
  async story(world) {
    const server = await world.server();
    const tom = enter(world, 'Tom', server, 'shells');
    await tom.until({ event: 'joined' });
    const una = enter(world, 'Una', server, 'shells');
    const [{ id: tomId }, { id: unaId }] = await Promise.all([tom, una].map((one) => one.until({ event: 'ready' })));
    await Promise.all([tom.connected(), una.connected()]);
    const id = await tom.say(world.text('Hello Una'));
    await una.until({ event: 'message', from: tomId, text: 'Hello Una' });
    await tom.until({ event: 'delivered', id, to: unaId });
    tom.command({ to: unaId, send: 'Only for you' });
    await una.until({ event: 'message', from: tomId, text: 'Only for you' });
    tom.command({ to: tomId, send: 'To myself' });
    await tom.until({ event: 'error', code: 'not-found' });
    await una.say('Hello Tom');
    await tom.until({ event: 'message', from: unaId, text: 'Hello Tom' });
    await una.kill();
    await tom.connected(0);
    assert.equal(await tom.leave(), 0);
  },
  red: {
    'other room': { room: (name, who) => (who === 'Una' ? 'elsewhere' : name), fails: /has \d open links/ },
    'text altered': { ...textAltered, fails: /Hello Una/ },
  },
});
