// What stays in the address bar of a page that was opened by a link: web/place.js in plain node.
import assert from 'node:assert/strict';
import { test } from 'node:test';

const SECRET = `1.${'B'.repeat(43)}`;
const root = new URL('../../', import.meta.url);

// The module takes where it lies for where the page is: here a folder, whose addresses have no origin.
globalThis.URL = class extends URL {
    get origin() {
        return 'file://';
    }
};

/** Opens the page at an address below `base`; resolves with what it took and what it shows. */
async function arrive(path) {
    const shown = [];
    globalThis.location = { href: `${root.href}${path}` };
    globalThis.history = { state: null, replaceState: (_state, _title, url) => shown.push(url) };
    const { takeArrival } = await import('../../web/place.js');
    const arrival = takeArrival();
    return { ...arrival, shown: shown.at(-1) ?? globalThis.location.href };
}

for (const place of ['room/#S', '#/room/:S', '#/join/abc:S', 'join/abc#S', '#/room/%3AS', '#/room/%3aS',
    '#/room/%23S', '#/room/S', 'room/%23S', 'room/S', 'index.html#/room/%3AS']) {
    test(`no secret stays in the address bar: ${place}`, async () => {
        const { link, shown } = await arrive(place.replace('S', SECRET));
        assert.ok(link.includes(SECRET), 'the core gets all of it');
        assert.ok(!shown.includes('BBBB'), shown);
    });
}

test('names stay as they are', async () => {
    for (const place of ['#/room/coffee', '#/room/a%3Ab', 'room/1.2', 'room/%231.0']) {
        const { link, shown } = await arrive(place);
        assert.ok(link.endsWith(place), link);
        assert.ok(shown.endsWith(place), shown);
    }
});
