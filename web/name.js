// @ts-check
/** Names as people type them: how much of one counts, and one to begin with. */

/** The most letters, as a reader counts them. */
const CLUSTERS_MAX = 64;
/** GC_NICK_BYTES_MAX, and GC_ROOM_NAME_BYTES_MAX too */
const BYTES_MAX = 256;

const encoder = new TextEncoder();
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** @param {string} name
 * @returns {string} as much of it as a name may have, whole letters only */
export function cutName(name) {
    let clusters = 0;
    let bytes = 0;
    for (const { segment, index } of graphemes.segment(name)) {
        bytes += encoder.encode(segment).length;
        if (++clusters > CLUSTERS_MAX || bytes > BYTES_MAX) {
            return name.slice(0, index);
        }
    }
    return name;
}

const FIRST = [
    'Amber',
    'Brave',
    'Calm',
    'Clever',
    'Dusky',
    'Gentle',
    'Happy',
    'Hazel',
    'Kind',
    'Lucky',
    'Merry',
    'Misty',
    'Noble',
    'Quiet',
    'Rapid',
    'Silver',
    'Sunny',
    'Swift',
    'Velvet',
    'Witty',
];
const LAST = [
    'Badger',
    'Beaver',
    'Crane',
    'Falcon',
    'Finch',
    'Fox',
    'Hare',
    'Heron',
    'Lark',
    'Lynx',
    'Marten',
    'Moth',
    'Otter',
    'Owl',
    'Panda',
    'Raven',
    'Robin',
    'Seal',
    'Swan',
    'Wren',
];

/** A name to begin with, so that a guest needs one tap. Drawn anew at each start, never stored.
 * @returns {string} such as "Quiet Otter" */
export function randomName() {
    const [a, b] = crypto.getRandomValues(new Uint32Array(2));
    return `${FIRST[a % FIRST.length]} ${LAST[b % LAST.length]}`;
}
