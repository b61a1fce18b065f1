// The canonical form of a room's name: core.wasm with this JavaScript's own NFKC, as in a page, and the
// same core natively with libutf8proc (build/tools/room-name) agree, and both agree with the form that
// test/vectors/make-names.mjs makes by another hand.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Client } from './instance.mjs';

const TOOL = `${process.env.B ?? 'build'}/tools/room-name`;
const SERVER = 'https://chat.example/base/';
const VECTORS = JSON.parse(readFileSync('test/vectors/names.json', 'utf8'));
const hasData = existsSync('/usr/share/unicode/DerivedAge.txt');
const options = { skip: hasData ? false : 'no unicode-data' };
const reference = hasData ? await import('../vectors/make-names.mjs') : undefined;
const core = new Client(1);

/** What the page makes of a name: its form, or "!" and the word of the error. */
function inPage(name) {
    const error = core.nameRoom(name);
    return error < 0 ? `!${core.word(core.wasm.error_word(error))}` : core.textOut();
}

function byHand(name) {
    const { form, error } = reference.canonical(name);
    return error ? `!${error}` : form;
}

/** What native code makes of many names. */
function natively(names) {
    const input = names.map((name) => `${Buffer.from(name).toString('hex')}\n`).join('');
    const { stdout, status } = spawnSync(TOOL, ['--hex'], { input, maxBuffer: 2 ** 30 });
    assert.equal(status, 0);
    return stdout.toString().split('\n').slice(0, -1)
        .map((line) => (line.startsWith('!') ? line : Buffer.from(line, 'hex').toString()));
}

const shown = (text) => [...text].map((c) => c.codePointAt(0).toString(16)).join(' ');

/** All three agree about each of these. Returns how many of them are names. */
function compare(names) {
    const native = natively(names);
    assert.equal(native.length, names.length);
    let taken = 0;
    names.forEach((name, i) => {
        const page = inPage(name);
        if (page !== native[i] || page !== byHand(name)) {
            assert.fail(`${shown(name)}: page ${shown(page)}, native ${shown(native[i])}, by hand ${shown(byHand(name))}`);
        }
        taken += !page.startsWith('!');
    });
    return taken;
}

test('the vectors are what their script makes', options, () => {
    assert.deepEqual(VECTORS, JSON.parse(JSON.stringify(reference.make())));
});

test('the tables of the core are what their script makes', options, () => {
    execFileSync('node', ['tools/make-unicode-table.mjs', '--check']);
});

test('each name of the vectors leads to its room', () => {
    assert.ok(VECTORS.rooms.length > 100 && VECTORS.refused.length > 70);
    for (const { typed, canonical, tag } of VECTORS.rooms) {
        assert.equal(inPage(typed), canonical, shown(typed));
        const c = new Client(1);
        assert.equal(c.joinRoom(SERVER, 'Ann', typed), 0);
        assert.equal(new URL(c.of('connect')[0].text).searchParams.get('room'), tag, shown(typed));
        assert.ok(c.call('invite', 'https://h/', 0) > 0);
        const link = c.textOut();
        assert.equal(decodeURIComponent(link.slice('https://h/room/'.length)), typed, 'a link has it as typed');
        assert.equal(c.call('invite_kind', link), 1);
        assert.equal(c.textOut(), typed);
    }
    for (const { typed, error } of VECTORS.refused) {
        assert.equal(inPage(typed), `!${error}`, shown(typed));
    }
});

test('a room is entered only by a name that is done', () => {
    const c = new Client(1);
    const word = (error) => c.word(c.wasm.error_word(error));
    assert.equal(word(c.at('join_room', SERVER, 'Ann')), 'state');
    assert.equal(word(c.call('room_name_answer', 'coffee')), 'state');
    assert.ok(c.call('room_name_begin', 'coffee') > 0);
    assert.equal(word(c.at('join_room', SERVER, 'Ann')), 'state');
    assert.ok(c.nameRoom('1.'.padEnd(45, 'B')) < 0);
    assert.equal(c.textOut(), '');
    assert.equal(word(c.at('join_room', SERVER, 'Ann')), 'state');
    assert.equal(word(c.at('join_link', SERVER, 'Ann', 'https://h/room/coffee')), 'argument');
    assert.equal(word(c.call('room_name_begin', new Uint8Array([0xff]))), 'utf8');
});

test('what is shown of a person is what the others see', () => {
    const c = new Client(1);
    for (const { typed, shown: want } of VECTORS.people) {
        assert.ok(c.call('clean_nick', typed) >= 0);
        assert.equal(c.textOut(), want);
    }
    for (const hex of VECTORS.unseen) {
        const character = String.fromCodePoint(parseInt(hex, 16));
        c.call('clean_nick', character);
        assert.equal(c.textOut(), '', hex);
        c.call('clean_nick', `A${character}`);
        assert.equal(c.textOut(), 'A', hex);
    }
    assert.equal(c.call('clean_nick', 'x'.repeat(300)), 256);
});

/** Every assigned character of Unicode 15.0; surrogates are none. */
function assigned() {
    const all = [];
    for (let c = 0; c < 0x110000; c++) {
        if (reference.isAssigned(c) && (c < 0xd800 || c > 0xdfff)) {
            all.push(c);
        }
    }
    return all;
}

test('every assigned character, alone and between others', options, () => {
    const all = assigned();
    assert.ok(all.length > 280000);
    assert.ok(compare(all.map((c) => String.fromCodePoint(c))) > 280000);
    // Most of these are ideographs and private: what they do is seen in every 31st.
    const some = all.filter((c, i) => i % 31 === 0 || String.fromCodePoint(c).normalize('NFKD') !== String.fromCodePoint(c) ||
        /\p{M}|\p{L}\p{Lu}|\p{Cf}|\p{P}|\p{Nd}/u.test(String.fromCodePoint(c)));
    compare(some.map((c) => `i${String.fromCodePoint(c)}\u0307`));
    compare(some.map((c) => `a\u0323${String.fromCodePoint(c)}\u0301b`));
});

test('what no version 15.0 assigns is refused everywhere, or changes nowhere', options, () => {
    const names = [];
    for (let c = 0x80; c < 0x110000; c += c < 0x40000 || (c >= 0xe0000 && c < 0xe2000) ? 1 : 0x1fff) {
        if (!reference.isAssigned(c) && (c < 0xd800 || c > 0xdfff)) {
            names.push(`a${String.fromCodePoint(c)}`);
        }
    }
    assert.ok(names.length > 60000);
    compare(names);
});

test('random texts: 100,000 of them', options, () => {
    const all = assigned();
    const lively = all.filter((c) => {
        const text = String.fromCodePoint(c);
        return text.normalize('NFKD') !== text || /\p{M}|\p{Cf}|\p{DI}|\p{Lu}|\p{Lt}|\p{White_Space}|\p{Pd}|\p{Nd}/u.test(text) ||
            (c >= 0x1100 && c < 0x1200);
    });
    const common = [...'iIjs1.:/-\'"  ', '\u0307', '\u0131', '\u0130', '\u034f', '\u200d', '\ufe0f', '\u00df', '\u0345', '\u0323', '\u0301',
        '\u1100', '\u1161', '\u11a7', '\u11a8', '\u1160', '\u2019', '\u2014', '\u2024', '\uff0f', '\u0661', '\u3164', '\u2800'];
    let seed = Number(process.env.SEED ?? 20260101);
    const below = (n) => {
        seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
        return Math.floor((seed / 2 ** 32) * n);
    };
    const draw = () => {
        const kind = below(8);
        return kind < 3 ? common[below(common.length)]
            : String.fromCodePoint(kind < 7 ? lively[below(lively.length)] : all[below(all.length)]);
    };
    const names = Array.from({ length: 100000 }, () => Array.from({ length: 1 + below(below(10) ? 8 : 100) }, draw).join(''));
    const taken = compare(names);
    assert.ok(taken > 80000, `${taken} are names`);
});
