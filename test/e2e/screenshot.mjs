// Writes the picture of the README: two people and a phone in one room. Not a test: run it by
// `make screenshot` and look at the result.
import { chromiumBrowser } from '../harness/browsers.mjs';
import { Person } from '../harness/person.mjs';
import { startServer } from '../harness/server.mjs';

const [file] = process.argv.slice(2);
const server = await startServer();
const browser = chromiumBrowser();
const patience = () => 20000;

async function person(name, options) {
  return new Person(name, await browser.page(options), { patience, server });
}

try {
  const look = { viewport: { width: 900, height: 560 }, deviceScaleFactor: 2, colorScheme: 'light' };
  const ann = await person('Ann', look);
  const ben = await person('Ben', {});
  const cleo = await person('Cleo', {});
  for (const one of [ann, ben, cleo]) {
    await one.joinRoom('coffee');
  }
  await Promise.all([ann, ben, cleo].map((one) => one.connected(2)));
  for (const [who, text] of [
    [ben, 'Is this thing on?'],
    [ann, 'Loud and clear. Nothing in between but the network.'],
    [cleo, 'I came by the QR code on your screen.'],
    [ann, 'And when the server goes away?'],
    [ben, 'We just go on talking.'],
  ]) {
    await who.say(text);
    await Promise.all([ann, ben, cleo].map((one) => one.heard(text)));
  }
  await ann.mark('And when the server goes away?', /delivered to 2/);
  await ann.page.page.screenshot({ path: file });
} finally {
  await browser.close();
  await server.stop();
}
