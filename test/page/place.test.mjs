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
    '#/room/%23S', '#/room/S', 'room/%23S', 'room/S', 'index.html#/room/%3AS', 'room/a.example%2Froom%2F%23S',
    'room/see%20S', 'room/%22S%22', 'room/xSx', '#/room/see%20S', 'room/http%3A%2F%2Fh%2Froom%2F%23S', 'room/a/room/S',
    '#/room/a%2Froom%2F%23S']) {
    test(`no secret stays in the address bar: ${place}`, async () => {
        const { link, shown } = await arrive(place.replace('S', SECRET));
        assert.ok(link.includes(SECRET), 'the core gets all of it');
        assert.ok(!shown.includes('BBBB'), shown);
    });
}

test('no secret stays there that hides behind full width or what nobody sees', async () => {
    const wide = [...SECRET].map((c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0)).join('');
    for (const name of [wide, `see ${wide}`, [...SECRET].join('\u200b'), `1\u2024${SECRET.slice(2)}`]) {
        for (const place of ['room/', '#/room/']) {
            const { shown } = await arrive(place + encodeURIComponent(name));
            assert.ok(shown.endsWith(place), shown);
        }
    }
});

test('names stay as they are', async () => {
    for (const place of ['#/room/coffee', '#/room/a%3Ab', 'room/1.2', 'room/%231.0', 'room/caf%C3%A9', 'room/%FF', `room/1.${'B'.repeat(37)}`]) {
        const { link, shown } = await arrive(place);
        assert.ok(link.endsWith(place), link);
        assert.ok(shown.endsWith(place), shown);
    }
});

for (const [added, plain] of [['room/coffee?fbclid=x', 'room/coffee'], ['room/coffee/', 'room/coffee'],
    ['room/coffee?', 'room/coffee'], ['room/coffee#', 'room/coffee'], ['room/coffee/?utm_source=a&b=c#', 'room/coffee'],
    ['join/abc/?x', 'join/abc'], ['?fbclid=x#/room/coffee', '#/room/coffee'], ['#/room/coffee/', '#/room/coffee'],
    ['#/join/abc/?x=y', '#/join/abc']]) {
    test(`what was added to an address is dropped before it is read: ${added}`, async () => {
        const { link, shown } = await arrive(added);
        assert.equal(link, root.href + plain);
        assert.equal(shown, root.href + plain);
    });
}

test('what was added to an address takes no secret from it', async () => {
    for (const [added, plain] of [[`room/?utm_source=x#${SECRET}`, `room/#${SECRET}`],
        [`join/abc/?x=y#${SECRET}`, `join/abc#${SECRET}`], [`?x=y#/room/:${SECRET}`, `#/room/:${SECRET}`]]) {
        const { link, shown } = await arrive(added);
        assert.equal(link, root.href + plain);
        assert.ok(!shown.includes('BBBB') && !shown.includes('?'), shown);
    }
});
