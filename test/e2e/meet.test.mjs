// The story that all others build on, in Chromium; `./dev test quick` runs this one alone.
import assert from 'node:assert/strict';

import { chromiumBrowser } from '../harness/browsers.mjs';
import { otherRoom, scenarios, serverDown, textAltered } from '../harness/scenario.mjs';

const scenario = scenarios({ chromium: chromiumBrowser({ shell: false }) });

scenario('two people who enter the same room name chat both ways', {
  async story(world) {
    const server = await world.server();
    const ann = await world.person('Ann', server);
    const ben = await world.person('Ben', server);
    await world.moment('beforeJoin');
    await ann.joinRoom(world.room('coffee', 'Ann'));
    await ben.joinRoom(world.room('coffee', 'Ben'));
    await Promise.all([ann.connected(), ben.connected()]);
    await ann.say(world.text('Hello Ben'));
    await ben.heard('Hello Ben');
    await ben.say('Hello Ann,\nhow are you?');
    await ann.heard('Hello Ann,\nhow are you?');
    await Promise.all([ann.sees('Ben'), ben.sees('Ann')]);
    assert.equal(await ben.senderOf('Hello Ben'), 'Ann');
    await ann.status(/connected/);
  },
  red: { 'other room': otherRoom, 'text altered': textAltered, 'server down': serverDown },
});
