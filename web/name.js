// @ts-check
/** A name to begin with, so that a guest needs one tap. Drawn anew at each start, never stored. */

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

/** @returns {string} such as "Quiet Otter" */
export function randomName() {
    const [a, b] = crypto.getRandomValues(new Uint32Array(2));
    return `${FIRST[a % FIRST.length]} ${LAST[b % LAST.length]}`;
}
