// @ts-check
/** Text of other people: made harmless, its web addresses made links. DOM only, never markup. */

/** Everything that looks like a web address, up to white space, a quoting mark, a direction mark or a
 * mark that ends a sentence in Chinese or Japanese. */
const ADDRESS =
    /\bhttps?:\/\/[^\s<>"“”\u061c\u200e\u200f\u3001\u3002\uff01\uff0c\uff1a\uff1b\uff1f]+/gi;
/** Control characters but tab and line feed, and what overrides the direction of writing: it makes a
 * text read otherwise than it is (ghostchat-protocol.7, "Life and end"). */
const UNSAFE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202d\u202e]/g;
/** Marks that say "this is written from left to right": keyboards and address books put them beside
 * numbers and times, and they change nothing but their neighbours' places. */
const MARKS = /[\u061c\u200e\u200f]/g;
/** Embeddings and isolates, with their ends; each text is an isolate of its own already. */
const NESTING = /[\u202a-\u202c\u2066-\u2069]/;
const POP_EMBEDDING = '\u202c';
const POP_ISOLATE = '\u2069';
/** Characters that nobody sees can carry what nobody shall read, or make equal texts different. Where
 * writing needs one it stays: in emoji, and in scripts with joiners. The same as is_needed() and flag_len()
 * of cli/visible.c. Marks, embeddings, overrides and isolates of direction have rules of their own. */
const UNSEEN = '(?![\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069])\\p{DI}';
/** Letters and marks of Arabic, Syriac and the scripts of India and its neighbours. */
const JOINED = '(?=[\\p{L}\\p{M}])(?!\\p{DI})[\\u0600-\\u109f\\u1780-\\u18af]';
const NEEDED = [
    // the flags of England, Scotland and Wales
    '\\u{1f3f4}\\u{e0067}\\u{e0062}(?:\\u{e0065}\\u{e006e}\\u{e0067}|\\u{e0073}\\u{e0063}\\u{e0074}' +
        '|\\u{e0077}\\u{e006c}\\u{e0073})\\u{e007f}',
    '(?<=\\p{ExtPict})[\\ufe0e\\ufe0f]',
    '(?<=[0-9#*])\\ufe0f(?=\\u20e3)',
    '(?<=\\p{ExtPict}\\ufe0f?|\\p{EMod})\\u200d(?=\\p{ExtPict})',
    `(?<=${JOINED})[\\u200c\\u200d]`,
    '(?<=[\\u1820-\\u18aa])[\\u180b-\\u180d\\u180f]', // forms of Mongolian letters
];
const NEEDED_OR_UNSEEN = new RegExp(`(${NEEDED.join('|')})|${UNSEEN}`, 'gu');

/** Addresses of one text that become links: the rest stays text, so that a stranger's message
 * cannot fill the page with elements. */
const LINKS_MAX = 20;

/** Drops embeddings and isolates that end where they should; others are damage or an attack, and are
 * made visible as what overrides is.
 * @param {string} text */
function dropNesting(text) {
    if (!NESTING.test(text)) {
        return text;
    }
    const chars = text.split('');
    /** @type {number[]} where what is not ended yet began */
    const open = [];
    chars.forEach((char, i) => {
        if (!NESTING.test(char) && char !== '\u202d' && char !== '\u202e') {
            return;
        }
        if (char !== POP_EMBEDDING && char !== POP_ISOLATE) {
            open.push(i);
            return;
        }
        const begun = open.at(-1);
        const isolate = begun !== undefined && text[begun] >= '\u2066';
        if (begun !== undefined && isolate === (char === POP_ISOLATE)) {
            open.pop();
            chars[i] = '';
            chars[begun] = UNSAFE.test(text[begun]) ? text[begun] : '';
            UNSAFE.lastIndex = 0;
        }
    });
    return chars.map((char) => (NESTING.test(char) ? '\ufffd' : char)).join('');
}

/** @param {string} text @param {string} mark  in the place of what nobody sees and no writing needs */
function replaceUnseen(text, mark) {
    return text.replace(NEEDED_OR_UNSEEN, (_, needed) => needed ?? mark);
}

/** @param {string} text
 * @returns {string} the text as it may be shown */
export function cleanText(text) {
    const turned = dropNesting(text.replace(/\r\n/g, '\n'));
    return replaceUnseen(turned, '\ufffd').replace(UNSAFE, '\ufffd');
}

/** Cleans, in the same way, a text that is shown on one line: a name, a room.
 * @param {string} text */
export function cleanLine(text) {
    return cleanText(replaceUnseen(text, ''))
        .replace(MARKS, '')
        .replace(/[\s\u2028\u2029]+/g, ' ')
        .trim();
}

/** Brackets by their ends. Those of full width are written against an address, not with blanks. */
const BRACKETS = '()[]{}（）［］｛｝「」『』【】〈〉《》〔〕〖〗〘〙〚〛｟｠｢｣﹙﹚﹛﹜﹝﹞';
/** @type {Map<string, string>} */
const OPENED_BY = new Map();
for (let i = 0; i < BRACKETS.length; i += 2) {
    OPENED_BY.set(BRACKETS[i + 1], BRACKETS[i]);
}
/** The characters that end a sentence or a quotation, without brackets. */
const FINAL = /[.,;:!?'*_~\u2026\p{Pf}\p{Pe}]/u;

/** Cuts what belongs to the sentence and not to the address: final marks, brackets that were not
 * opened in it.
 * @param {string} text */
export function trimAddress(text) {
    const address = text.slice(0, endAtWideBracket(text));
    /** @type {Map<string, number>} how many of an end have no beginning, by the beginning */
    const surplus = new Map();
    for (const mark of address) {
        const opener = OPENED_BY.get(mark);
        surplus.set(opener ?? mark, (surplus.get(opener ?? mark) ?? 0) + (opener ? 1 : -1));
    }
    let end = address.length;
    for (; end > 0; end--) {
        const last = address[end - 1];
        const opener = OPENED_BY.get(last);
        const more = opener ? (surplus.get(opener) ?? 0) : 0;
        if (opener ? more <= 0 : !FINAL.test(last)) {
            break;
        }
        if (opener) {
            surplus.set(opener, more - 1);
        }
    }
    return address.slice(0, end);
}

/** @param {string} address
 * @returns {number} where a bracket of full width ends that was not opened in it, else its length */
function endAtWideBracket(address) {
    /** @type {Map<string, number>} */
    const open = new Map();
    for (let i = 0; i < address.length; i++) {
        const opener = address[i] > '\u007f' ? OPENED_BY.get(address[i]) : undefined;
        if (opener) {
            const opened = open.get(opener) ?? 0;
            if (opened === 0) {
                return i;
            }
            open.set(opener, opened - 1);
        } else if (address[i] > '\u007f') {
            open.set(address[i], (open.get(address[i]) ?? 0) + 1);
        }
    }
    return address.length;
}

/** @param {string} address
 * @returns {{ href: string, shown: string } | null} where it leads and how it is shown, or null when
 *   it must stay text. A reader takes the text before the first slash for the host; where the browser
 *   reads another host (letters of other scripts, characters that only look like a slash, escapes),
 *   the host is shown as the browser reads it. */
function readAddress(address) {
    /** @type {URL} */
    let url;
    try {
        url = new URL(address);
    } catch {
        return null;
    }
    const web = url.protocol === 'http:' || url.protocol === 'https:';
    const typed = /^(https?:\/\/)([^/?#\\]*)(.*)$/is.exec(address);
    if (!web || !typed || typed[2].includes('@')) {
        return null; // user@host hides the host
    }
    const [, scheme, host, rest] = typed;
    const same = host.replace(/:\d*$/, '').toLowerCase() === url.hostname;
    return { href: url.href, shown: same ? address : scheme + url.host + rest };
}

/** @typedef {{ text: string, href: string | null }} Piece  href: of an address */

/** @param {string} text  cleaned
 * @returns {Piece[]} in order; joined they are the text, but
 *   for hosts that are not what they seem */
export function splitLinks(text) {
    const pieces = [];
    const search = new RegExp(ADDRESS);
    let from = 0;
    for (let links = 0; links < LINKS_MAX; ) {
        const match = search.exec(text);
        if (!match) {
            break;
        }
        const address = trimAddress(match[0]);
        const read = readAddress(address);
        if (read) {
            pieces.push({ text: text.slice(from, match.index), href: null });
            pieces.push({ text: read.shown, href: read.href });
            links++;
            from = match.index + address.length;
            search.lastIndex = from; // another one may follow a bracket that ended this one
        }
    }
    pieces.push({ text: text.slice(from), href: null });
    return pieces.filter((piece) => piece.text !== '');
}

/** Cuts pieces after this many characters, but not within a character of two code units. An address that
 * is cut becomes plain text, because it would lead somewhere else.
 * @param {Piece[]} pieces @param {number} chars
 * @returns {{ head: Piece[], rest: string }} rest: the text of what was cut off */
export function cutPieces(pieces, chars) {
    /** @type {Piece[]} */
    const head = [];
    let rest = '';
    let room = chars;
    for (const { text, href } of pieces) {
        const end = Math.min(text.length, room);
        const at = end < text.length && /[\ud800-\udbff]/.test(text[end - 1] ?? '') ? end - 1 : end;
        if (at > 0) {
            head.push({ text: text.slice(0, at), href: at < text.length ? null : href });
        }
        rest += text.slice(at);
        room = at < text.length ? 0 : room - at;
    }
    return { head, rest };
}

/** @param {Piece[]} pieces
 * @returns {Node[]} */
export function nodesOf(pieces) {
    return pieces.map(({ text, href }) => {
        if (!href) {
            return document.createTextNode(text);
        }
        const link = document.createElement('a');
        link.href = href;
        link.rel = 'noopener noreferrer';
        link.target = '_blank';
        link.textContent = text;
        return link;
    });
}

/** @param {string} text  as it came
 * @returns {Node[]} */
export function linkify(text) {
    return nodesOf(splitLinks(cleanText(text)));
}
