// @ts-check
/** How names look. Two people are never shown alike: what counts is what a reader sees, not what was
 * sent, and it is compared after the marks that tell namesakes apart have been put on. */
import { cleanLine } from './linkify.js';
import { texts } from './texts.js';

/** @typedef {{ id: string, name: string }} Named  a person by the id and the name that they gave */

/** Beside the format characters: what has no ink, and what overlays a letter without changing how it
 * is read. Vowel signs of Indic and other scripts are letters to their readers and stay. */
const UNSEEN =
    /[\p{Default_Ignorable_Code_Point}\p{C}\p{Z}\s\u2800\u{1d159}\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]/gu;
/** In a name that is shown, joiners and variation selectors stay: scripts and emoji need them. */
const DROPPED =
    /(?![\u200c\u200d\ufe0e\ufe0f])[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Cc}\ufdd0-\ufdef]/gu;
const BLANK = /[\s\p{Z}\u2800\u{1d159}]+/gu;
const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u;

/** Letters that look like others: each letter of the line and what it counts as. Several strokes
 * that differ in a good typeface only (I, l, 1, i) count as one. */
const LIKE = new Map(
    `аa ɑa αa Аa Αa ᴀa Ꭺa вb Вb Βb βb ʙb ьb сc Сc ᴄc ϲc Ꮯc ԁd đd ᴅd Ꭰd еe ɛe εe Еe Εe ᴇe Ꭼe ғf
     ɡg ցg ɢg Ԍg һh нh Нh Ηh հh ħh ʜh Ꮋh іl Іl ιl Ιl ıl ɩl ɪl ӏl Ӏl łl ʟl Լl Il il 1l |l ǀl ∣l ǃl !l
     јj Јj ᴊj кk Кk κk Κk ᴋk Ꮶk мm Мm Μm ᴍm Ꮇm пn ηn Νn ոn ɴn ոn оo Оo οo Οo σo օo Օo ᴏo øo 0o °o
     рp Рp ρp Ρp ᴘp Ꮲp ԛq гr ʀr ѕs Ѕs ꜱs Ꮪs $s тt Тt τt Τt ŧt ᴛt Ꭲt υu սu μu ᴜu Սu νv ѵv ᴠv Ꮩv ԝw ωw
     ᴡw Ꮃw хx Хx χx Χx ×x уy Уy γy Υy үy Үy ʏy Ζz ᴢz Ꮓz`
        .trim()
        .split(/\s+/)
        .map((pair) => {
            const [from, to] = Array.from(pair);
            return [from, to];
        }),
);
/** Marks of one kind look alike in one typeface or another. */
const KINDS = [
    [/[\p{Ps}]/gu, '('],
    [/[\p{Pe}]/gu, ')'],
    [/[\p{Pd}\u2212\u00af_]/gu, '-'],
    [/[\p{Pi}\p{Pf}'"`\u00b4\u02b9-\u02bf\u2032\u2033]/gu, "'"],
];

/** @param {string} text
 * @returns {string} equal for two texts that a reader takes for the same */
export function looks(text) {
    let seen = text.normalize('NFKD').replace(UNSEEN, '');
    for (const [kind, mark] of KINDS) {
        seen = seen.replace(kind, /** @type {string} */ (mark));
    }
    const like = (/** @type {string} */ char) => LIKE.get(char) ?? char;
    // Once for the letters as they are, once for what they become in lower case.
    const small = Array.from(seen, like).join('').toUpperCase().toLowerCase();
    return Array.from(small, like).join('').replaceAll('rn', 'm').replaceAll('vv', 'w');
}

/** @param {string} name  as it came
 * @returns {string} the name as it may be shown, in one line; '' when nothing in it can be seen */
export function cleanName(name) {
    const shown = cleanLine(name.replace(DROPPED, '').replace(BLANK, ' '));
    return VISIBLE.test(shown) ? shown : '';
}

/** The shortest beginning of an id, of at least 4 characters, that no other id has. Ids come from
 * strangers, too.
 * @param {string} id @param {string[]} others @param {(text: string) => string} [look] */
export function idTag(id, others, look = looks) {
    const clean = Array.from(cleanLine(id));
    const rest = others.map((other) => look(cleanLine(other)));
    const start = (/** @type {number} */ length) => clean.slice(0, length).join('');
    let length = Math.min(4, clean.length);
    while (length < clean.length && rest.some((other) => other.startsWith(look(start(length))))) {
        length++;
    }
    return start(length);
}

/** @param {Named[]} people @param {(text: string) => string} look
 * @returns {string[]} a mark for each, no two of which look alike */
function tagsOf(people, look) {
    const taken = new Set();
    return people.map(({ id }) => {
        const others = people.map((other) => other.id).filter((other) => other !== id);
        const tag = idTag(id, others, look).replace(/[\p{Ps}\p{Pe}\s]/gu, '_'); // it is shown in brackets
        let mark = tag;
        for (let n = 2; taken.has(look(mark)); n++) {
            mark = `${tag}-${n}`; // ids that differ in what nobody sees
        }
        taken.add(look(mark));
        return mark;
    });
}

/** The names under which people are shown. A person who looks like another, or like a name that is taken,
 * gets the beginning of their id after the name; a person who has copied such a mark into their name gets
 * one as well, and so on until all differ. Marks are different, so this ends at the latest when everybody
 * has one.
 * @param {Named[]} people @param {string[]} taken  such as the user's own name
 * @param {(text: string) => string} look  looks(), or a memory of it
 * @returns {string[]} in the same order */
export function tellApart(people, taken, look = looks) {
    const tags = tagsOf(people, look);
    const words = people.map(({ name }, i) => cleanName(name) || texts.person.unnamed(tags[i]));
    const tagged = people.map(() => false);
    for (;;) {
        const shown = words.map((word, i) => (tagged[i] ? texts.person.twin(word, tags[i]) : word));
        /** @type {Map<string, number>} */
        const count = new Map(taken.map((word) => [look(word), 1]));
        const seen = shown.map(look);
        seen.forEach((one) => count.set(one, (count.get(one) ?? 0) + 1));
        const alike = seen.map((one, i) => !tagged[i] && (count.get(one) ?? 0) > 1);
        if (!alike.includes(true)) {
            return shown;
        }
        alike.forEach((is, i) => {
            tagged[i] ||= is;
        });
    }
}
