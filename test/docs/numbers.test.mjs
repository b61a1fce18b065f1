// A number that stands in a document or in the page is the core's constant, and each constant of
// the core is used.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (name) => readFileSync(root + name, 'utf8');
const sources = (...folders) => folders.flatMap((folder) => readdirSync(root + folder, { recursive: true })
  .filter((name) => /\.[chj]s?$/.test(name)).map((name) => `${folder}/${name}`));
const unwrapped = (text) => text.replace(/^\.[A-Z][a-z] /gm, '').replace(/\s+/g, ' ');

/** Constants of limits.h and of the headers named: plain numbers, and a sum or product of a number or
 * constant and another.
 * @param {...string} headers */
function constants(...headers) {
  const texts = ['core/base/limits.h', ...headers].map(read);
  const known = Object.fromEntries(texts.flatMap((text) =>
    [...text.matchAll(/^#define (GC_\w+) +(0x[0-9a-f]+|\d+)(?:ULL|u)?\b/gm)].map((m) => [m[1], Number(m[2])])));
  const value = (word) => (/^\d/.test(word) ? Number(word) : known[word]);
  for (const text of texts) {
    for (const [, name, a, sign, b] of text.matchAll(/^#define (GC_\w+) +\((\w+) ([+*]) (\w+)\)/gm)) {
      known[name] = sign === '+' ? value(a) + value(b) : value(a) * value(b);
    }
  }
  return known;
}
const limits = constants('core/proto/tombs.h', 'core/proto/signaling_client.h', 'core/proto/slots.h',
  'core/client/meeting.h', 'core/proto/target.h', 'core/client/slot_room.h', 'core/proto/mesh.h', 'core/proto/dialer.h',
  'core/base/reason.h', 'core/proto/data_connection.h', 'core/wire/binarypack.h');

/** What ghostchat-protocol(7) says: the words around a number, its unit, the constant. */
const SAID = [
  [/takes at most (\d+)\. link/, 1, 'GC_ROOM_MEMBERS_MAX'],
  [/random bytes in base32 .*? is (\d+) characters/, 1, 'GC_OWN_TOKEN_CHARS'],
  [/These are (\d+) characters: g and/, 1, 'GC_OWN_ID_CHARS'],
  [/slots : ids of (\d+) characters/, 1, 'GC_SLOT_ID_CHARS'],
  [/RFC 8032\) out of (\d+) random bytes/, 1, 'GC_SIGN_KEY_BYTES'],
  [/non-empty string of at most (\d+) bytes/, 1, 'GC_ID_BYTES_MAX'],
  [/\[A-Za-z0-9_-\]\{1,(\d+)\}/, 1, 'GC_INVITE_ID_CHARS_MAX'],
  [/percent-encoded UTF-8, 1 to (\d+) bytes/, 1, 'GC_ROOM_NAME_BYTES_MAX'],
  [/\(UAX 29\) and at most (\d+) bytes/, 1, 'GC_ROOM_NAME_BYTES_MAX'],
  [/is empty, or has more than (\d+) bytes/, 1, 'GC_ROOM_NAME_BYTES_MAX'],
  [/is empty or has more than ([\d,]+) bytes/, 1, 'GC_ROOM_CANONICAL_BYTES_MAX'],
  [/If round (\d+) still changes/, 1, 'GC_ROOM_NAME_ROUNDS_MAX'],
  [/grapheme clusters and (\d+) bytes\. It is not unique/, 1, 'GC_NICK_BYTES_MAX'],
  [/secret S of (\d+) random bytes/, 1, 'GC_SECRET_BYTES'],
  [/room Ta (\d+) Ta the tag/, 1, 'GC_TAG_BYTES'],
  [/text frames of at most (\d+) KiB/, 1024, 'GC_MESSAGE_BYTES_MAX'],
  [/keeps the message for (\d+) seconds/, 1000, 'GC_EXPIRE_MS'],
  [/sign of life, every (\d+) seconds/, 1000, 'GC_SIGNALING_BEAT_MS'],
  [/\((\d+) at a stock server\)/, 1000, 'GC_SIGNALING_BEAT_STOCK_MS'],
  [/OPEN within (\d+) s/, 1000, 'GC_SIGNALING_OPEN_MS'],
  [/heard nothing for (\d+) s/, 1000, 'GC_SIGNALING_SILENT_MS'],
  [/delay that starts at (\d+) ms/, 1, 'GC_RECONNECT_MS_MIN'],
  [/ms and doubles up to (\d+) s/, 1000, 'GC_RECONNECT_MS_MAX'],
  [/more than (\d+) times in a row/, 1, 'GC_ID_TAKEN_MAX'],
  [/dial with (\d+) random bytes/, 1, 'GC_DIAL_BYTES'],
  [/At most (\d+) candidates/, 1, 'GC_CANDIDATES_MAX'],
  [/Of one peer (\d+) OFFERs/, 1, 'GC_DIALER_OFFERS_MAX'],
  [/are answered within (\d+) s; more/, 1000, 'GC_DIALER_OFFERS_MS'],
  [/waits (\d+) s for its OFFER/, 1000, 'GC_DIAL_EXPECT_MS'],
  [/the last (\d+) of each peer/, 1, 'GC_DIALER_DIALS_MAX'],
  [/ends after (\d+) s without both/, 1000, 'GC_LINK_OPEN_MS'],
  [/dials again after (\d+) s/, 1000, 'GC_REDIAL_MS_MIN'],
  [/doubling up to (\d+) s/, 1000, 'GC_REDIAL_MS_MAX'],
  [/dials (\d+) s later than that/, 1000, 'GC_DIAL_EXPECT_MS'],
  [/open for (\d+) s or more/, 1000, 'GC_DIALER_GOOD_LINK_MS'],
  [/name, 0 to (\d+) bytes/, 1, 'GC_NICK_BYTES_MAX'],
  [/text has 1 to ([\d,]+) bytes/, 1, 'GC_TEXT_BYTES_MAX'],
  [/session is (\d+) random bytes/, 1, 'GC_SESSION_BYTES'],
  [/no more than (\d+) messages/, 1, 'GC_WINDOW_MESSAGES'],
  [/messages; ([\d,]+) here/, 1, 'GC_WINDOW_BYTES'],
  [/acknowledged it within (\d+) s/, 1000, 'GC_UNDELIVERED_MS'],
  [/sends PING after (\d+) s/, 1000, 'GC_LINK_PING_MS'],
  [/the other one after (\d+) s, so that an idle/, 1000, 'GC_LINK_PING_LATER_MS'],
  [/nothing came for (\d+) s is closed/, 1000, 'GC_LINK_SILENT_MS'],
  [/is closed; (\d+) s after a PING/, 1000, 'GC_LINK_PROBE_MS'],
  [/N is (\d+) random bytes/, 1, 'GC_NONCE_BYTES'],
  [/and P is M\((\d+), slot key/, 1, 'GC_PROOF_BYTES'],
  [/within the last (\d+) s/, 1000, 'GC_SLOT_ROOM_KNOCKED_MS'],
  [/or nothing within (\d+) s: it closes/, 1000, 'GC_SLOT_REGISTER_MS'],
  [/Without an answer within (\d+) s/, 1000, 'GC_SLOT_ANSWER_MS'],
  [/after the last, 1.5 to (\d+) s later/, 1000, 'GC_SLOT_REST_MS'],
  [/knocker's OFFER for (\d+) s/, 1000, 'GC_DIAL_EXPECT_MS'],
  [/at once, every (\d+) s for/, 1000, 'GC_SLOT_PROBE_MS'],
  [/at once, every 5 s for (\d+) s after/, 1000, 'GC_SLOT_RESTLESS_MS'],
  [/then each 60 to (\d+) s/, 1000, 'GC_SLOT_CALM_MS'],
  [/news to all members (0.\d) s after/, 1000, 'GC_SLOT_PUSH_MS'],
  [/and after (\d+) s if it is not linked/, 1000, 'GC_SLOT_HOME_MS'],
  [/random time of up to (\d) s/, 1000, 'GC_SLOT_HANDOVER_MS'],
  [/knocks at its home within (\d) s/, 1000, 'GC_SLOT_RETURN_MS'],
  [/Then (\d+) s without a message/, 1000, 'GC_SIGNALING_SILENT_STOCK_MS'],
  [/non-empty string of at most (\d+) bytes; S/, 1, 'GC_CONNECTION_ID_BYTES_MAX'],
  [/more than (\d+) stock peers/, 1, 'GC_MESH_DATA_MAX'],
  [/joined one have at most ([\d,]+) bytes/, 1, 'GC_DATA_BYTES_MAX'],
  [/message has at most (\d+) chunks/, 1, 'GC_DATA_CHUNKS_MAX'],
  [/makes at most ([\d,]+) bytes of text/, 1, 'GC_DATA_TEXT_BYTES_MAX'],
  [/The last (\d+) IDs of messages/, 1, 'GC_DATA_DONE_MAX'],
  [/chunks, (\d+) messages are open/, 1, 'GC_DATA_OPEN_MAX'],
  [/nested at most (\d+) deep/, 1, 'GC_BINARYPACK_DEPTH_MAX'],
  [/is forgotten after (\d+) dials/, 1, 'GC_DIALER_STRANGER_DIALS'],
  [/a budget of ([\d,]+) for/, 1, 'GC_PEER_BUDGET'],
  [/of which (\d+) come back each second/, 1, 'GC_PEER_BUDGET_PER_SECOND'],
  [/for each whole ([\d,]+) bytes/, 1, 'GC_PEER_BUDGET_BYTES'],
  [/PROFILE and BASE cost (\d+) instead/, 1, 'GC_PEER_BUDGET_NEWS'],
  [/in which (\d+) come back each second/, 1, 'GC_PEER_BUDGET_OWN_PER_SECOND'],
  [/once ([\d,]+) are spent/, 1, 'GC_PEER_BUDGET_OWN'],
  [/fewer than (\d+) such peers are known/, 1, 'GC_GUESTS_MAX'],
  [/A peer has (\d+) places for others/, 1, 'GC_PEERS_MAX'],
  [/is dialled after (\d+) s, but not after the third/, 1000, 'GC_TARGET_LOOK_MS'],
  [/third end within (\d+) s/, 1000, 'GC_TARGET_ENDS_MS'],
  [/than 16 of the (\d+) places/, 1, 'GC_PEERS_MAX'],
  [/plus (\d+), as close code/, 1, 'GC_REASON_CLOSE_CODE_BASE'],
];

test('the numbers of ghostchat-protocol(7) are those of the core', () => {
  const page = unwrapped(read('man/ghostchat-protocol.7'));
  for (const [words, unit, name] of SAID) {
    const said = words.exec(page);
    assert.ok(said, `the page says nowhere ${words}`);
    assert.equal(Number(said[1].replaceAll(',', '')) * unit, limits[name], `${name}: "${said[0]}"`);
  }
});

test('the defaults in ghostchatd(8) and in its --help are those of limits.h', () => {
  const names = { 'alive-timeout': 'GC_ALIVE_MS', 'expire-timeout': 'GC_EXPIRE_MS',
    'concurrent-limit': 'GC_CONCURRENT_MAX', 'memory-limit': 'GC_MEMORY_BYTES_MAX',
    'message-limit': 'GC_MESSAGE_BYTES_MAX', 'queue-limit': 'GC_QUEUE_BYTES_MAX',
    'per-address-limit': 'GC_PER_ADDRESS_MAX', 'connect-rate': 'GC_CONNECTS_PER_SECOND', 'rate': 'GC_RATE_PER_SECOND' };
  const units = { '': 1, K: 1024, M: 1024 ** 2 };
  const page = read('man/ghostchatd.8');
  const table = read('server/option_table.c');
  for (const [option, name] of Object.entries(names)) {
    const said = new RegExp(`Fl -${option}\\b[^]*?\\((\\d+)([KM]?)\\)`).exec(page);
    const help = new RegExp(`\\{"${option}",[^}]*?\\((\\d+)([KM]?)\\)"\\}`).exec(table);
    for (const found of [said, help]) {
      assert.ok(found, option);
      assert.equal(Number(found[1]) * units[found[2]], limits[name], option);
    }
  }
});

test('every limit is used by the product', () => {
  const text = sources('core', 'host', 'server').map(read).join('\n');
  for (const name of Object.keys(constants())) {
    assert.ok(text.match(new RegExp(`\\b${name}\\b`, 'g')).length > 1, name);
  }
});

test('every constant of a header is used by the product', () => {
  const all = sources('core', 'host', 'server', 'rtc', 'peer', 'cli');
  const text = all.map(read).join('\n').replace(/\/\*[^]*?\*\//g, '');
  const unused = all.filter((name) => name.endsWith('.h')).flatMap((name) =>
    [...read(name).matchAll(/^#define (GC_\w+) +\S/gm)].map((m) => m[1])
      .filter((word) => text.match(new RegExp(`\\b${word}\\b`, 'g')).length < 2).map((word) => `${name} ${word}`));
  // A bound of a contract that a test proves; lengths of nouns that nothing calls yet (ARCHITECTURE.md, "Not used
  // by the client yet").
  assert.deepEqual(unused.sort(), ['cli/wrap.h GC_WRAP_BYTES_MORE',
    'core/proto/pake.h GC_PAKE_FRAME_BYTES_MAX', 'core/wire/code.h GC_CODE_CHARS_MAX',
    'core/wire/envelope.h GC_ENVELOPE_BYTES_MAX', 'core/wire/hello.h GC_HELLO_CHARS']);
});

test('every reason is given somewhere, or its table says that it is not', () => {
  const header = read('core/base/reason.h');
  const text = [...sources('core', 'server', 'rtc', 'peer', 'cli').filter((name) => name.endsWith('.c')), 'web/links.js']
    .map(read).join('\n').replaceAll('Reason.', 'GC_REASON_');
  const ungiven = [...header.matchAll(/X\((GC_REASON_\w+), (\d+)/g)]
    .filter(([, name]) => !new RegExp(`\\b${name}\\b`).test(text)).map(([, , number]) => number);
  const said = /Not given yet: ([\d, ]+)\./.exec(header)?.[1].split(', ') ?? [];
  assert.deepEqual(ungiven, said);
});

test('what the page repeats of the core is the same there', () => {
  const numbers = read('web/numbers.js');
  const header = read('core/proto/client_output.h');
  const members = (text, name) => new RegExp(`enum ${name} \\{([^}]*)\\}`).exec(text.replace(/\/\*[^]*?\*\//g, ''))[1]
    .split(',').map((word) => word.trim().split(' ')[0]).filter(Boolean);
  const list = (name) => [...new RegExp(`export const ${name} = Object.freeze\\(\\[([^\\]]*)\\]`).exec(numbers)[1]
    .matchAll(/'(\w+)'/g)].map((m) => m[1].toUpperCase());
  const table = (name) => [...new RegExp(`export const ${name} = Object.freeze\\(\\{([^}]*)\\}`).exec(numbers)[1]
    .matchAll(/(\w+): (\d+)/g)].map((m) => [m[1], Number(m[2])]);
  const bare = (name, prefix) => members(header, name).map((word) => word.replace(prefix, ''));
  assert.deepEqual(list('STATES'), bare('gc_client_state', 'GC_STATE_'));
  assert.deepEqual(list('SIGNALING_STATES'), bare('gc_signaling_state', 'GC_SIGNALING_STATE_'));
  assert.deepEqual(list('PEER_STATES'), bare('gc_peer_state', 'GC_PEER_'));
  assert.deepEqual(list('PATHS'), bare('gc_path', 'GC_PATH_'));
  assert.deepEqual(table('Output'), bare('gc_client_output_type', 'GC_CLIENT_').map((name, i) => [name, i]).slice(1));
  assert.deepEqual(table('LinkKind'), bare('gc_link_kind', 'GC_LINK_KIND_').map((name, i) => [name, i]));
  assert.deepEqual(table('DataChannel'), [...header.matchAll(/#define GC_CHANNEL_DATA_(\w+) +(\d+)/g)]
    .map((m) => [m[1], Number(m[2])]));
  assert.deepEqual(table('InviteKind'),
    members(read('core/wire/invite.h'), 'gc_invite_kind').map((name, i) => [name.replace('GC_INVITE_', ''), i + 1]));
  const flags = [...read('web/report.js').matchAll(/(\w+): \(out\.value2 & (0x\w+)\) !== 0/g)].map((m) => [m[1].toUpperCase(), m[2]]);
  assert.ok(flags.length > 2);
  for (const [name, bit] of flags) {
    assert.match(header, new RegExp(`GC_PEER_FLAGS_${name} = ${bit},`));
  }
  for (const [name, number] of table('Reason')) {
    assert.match(read('core/base/reason.h'), new RegExp(`X\\(GC_REASON_${name}, ${number},`));
  }
  // What is a secret inside a text, and a whole one.
  const digits = (file, words) => Number(words.exec(read(file))[1]);
  assert.equal(digits('web/place.js', /SECRET = \/1\\\.\[\\w-\]\{(\d+)\}/), digits('core/wire/room_name.c', /SECRET_DIGITS (\d+)/));
  assert.equal(digits('web/pasted.js', /\(1\\\.\[\\w-\]\{(\d+)\}\)/), digits('core/wire/invite.c', /SECRET_CHARS +(\d+)/) - 2);
  // A constant that names the core's in its comment: /** ... GC_NAME ... */ const X = 123;
  const repeated = sources('web').flatMap((name) =>
    [...read(name).matchAll(/(GC_\w+)[^\n]*\*\/\n[^\n]*?= (\d+);/g)].map((m) => [name, m[1], Number(m[2])]));
  assert.ok(repeated.some(([file]) => file === 'web/test-signaling.js'));
  for (const [file, name, number] of repeated) {
    assert.equal(number, limits[name], `${name} in ${file}`);
  }
});

test('the field for a name takes as much as a name may have', () => {
  const [, length] = /name="nick"[^>]*maxlength="(\d+)"/.exec(read('web/index.html'));
  assert.equal(Number(length), limits.GC_NICK_BYTES_MAX);
  assert.equal(limits.GC_ROOM_NAME_BYTES_MAX, limits.GC_NICK_BYTES_MAX, 'web/name.js has one number for both');
});

test('the page and the terminal know the same letters that look alike', () => {
  const pairs = (text) => text.replaceAll('"', ' ').trim().split(/\s+/).sort();
  const page = pairs(/const LIKE = new Map\(\s*`([^`]*)`/.exec(read('web/looks.js'))[1]);
  assert.ok(page.length > 100);
  assert.deepEqual(pairs(/char like\[\] =([^;]*);/.exec(read('cli/looks.c'))[1]), page);
});

test('the page uses every export of the core', () => {
  const core = read('web/core.js');
  for (const name of read('core/wasm.exports').split('\n').filter((line) => line && line !== 'memory')) {
    assert.match(core, new RegExp(`wasm\\.${name}\\(`), name);
  }
});

test('make help names every target that people call', () => {
  const help = execFileSync('make', ['-s', `B=${process.env.B ?? 'build'}`, 'help'], { cwd: root, encoding: 'utf8' });
  const inner = ['help', 'embed', 'lint-web', 'lint-form', 'lint-house', 'fuzz-build', 'compiled'];
  const targets = ['Makefile', ...readdirSync(`${root}mk`).map((name) => `mk/${name}`)]
    .flatMap((name) => [...read(name).matchAll(/^\.PHONY: (.*)$/gm)].flatMap((m) => m[1].split(/ +/)));
  assert.ok(targets.length > 20);
  for (const target of targets.filter((name) => !inner.includes(name))) {
    assert.match(help, new RegExp(`(?<![\\w-])${target}(?![\\w-])`), target);
  }
});
