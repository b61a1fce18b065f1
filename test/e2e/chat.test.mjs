// People who meet in a room by its name, in Chromium.
import { chromiumBrowser } from '../harness/browsers.mjs';
import { scenarios } from '../harness/scenario.mjs';

const scenario = scenarios({ chromium: chromiumBrowser() });

const otherRoom = { room: (name, who) => (who === 'Ben' ? `${name}2` : name), fails: /open links/ };
const altered = { text: (text) => `${text}.`, fails: /reads "/ };
const serverDown = {
  moment: { beforeJoin: (world) => world.servers[0].kill() },
  fails: /Ann clicks|open links|ERR_CONNECTION_REFUSED/,
};

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
    await ben.say('Hello Ann, how are you?');
    await ann.heard('Hello Ann, how are you?');
    await Promise.all([ann.sees('Ben'), ben.sees('Ann')]);
  },
  red: { 'other room': otherRoom, 'text altered': altered, 'server down': serverDown },
});
