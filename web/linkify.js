// @ts-check
/** Text of other people: made harmless, its web addresses made links. DOM only, never markup. */

/** Everything that looks like a web address, up to white space or a quoting mark. */
const ADDRESS = /\bhttps?:\/\/[^\s<>"“”]+/gi;
/** Control characters but tab and line feed, and all bidirectional controls
 * (ghostchat-protocol.7, "Life and end"). */
const UNSAFE =
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Addresses of one text that become links: the rest stays text, so that a stranger's message
 * cannot fill the page with elements. */
const LINKS_MAX = 20;

/** @param {string} text
 * @returns {string} the text as it may be shown */
export function cleanText(text) {
    return text.replace(/\r\n/g, '\n').replace(UNSAFE, '\ufffd');
}

/** The same for what stands in one line: a name, a room.
 * @param {string} text */
export function cleanLine(text) {
    return cleanText(text)
        .replace(/[\s\u2028\u2029]+/g, ' ')
        .trim();
}

/** Cuts what belongs to the sentence and not to the address: final marks, unpaired brackets.
 * @param {string} address */
function trimAddress(address) {
    /** @type {Record<string, string>} */
    const pairs = { ')': '(', ']': '[' };
    /** @param {string} mark */
    const count = (mark) => address.split(mark).length - 1;
    /** @type {Record<string, number>} */
    const surplus = { ')': count(')') - count('('), ']': count(']') - count('[') };
    let end = address.length;
    for (; ; end--) {
        const last = address[end - 1];
        if (last in pairs) {
            if (surplus[last]-- <= 0) {
                return address.slice(0, end);
            }
        } else if (!/[.,;:!?'*_~]/.test(last)) {
            return address.slice(0, end);
        }
    }
}

/** @param {string} address
 * @returns {string | null} the href, or null when it must stay text */
function safeHref(address) {
    try {
        const url = new URL(address);
        const web = url.protocol === 'http:' || url.protocol === 'https:';
        return web && !url.username && !url.password ? url.href : null; // user@host hides the host
    } catch {
        return null;
    }
}

/** @param {string} text  cleaned
 * @returns {{ text: string, href: string | null }[]} pieces in order; joined they are the text */
export function splitLinks(text) {
    const pieces = [];
    let from = 0;
    let links = 0;
    for (const match of text.matchAll(ADDRESS)) {
        if (links === LINKS_MAX) {
            break;
        }
        const address = trimAddress(match[0]);
        const href = safeHref(address);
        if (href) {
            pieces.push({ text: text.slice(from, match.index), href: null });
            pieces.push({ text: address, href });
            links++;
            from = match.index + address.length;
        }
    }
    pieces.push({ text: text.slice(from), href: null });
    return pieces.filter((piece) => piece.text !== '');
}

/** @param {string} text  as it came
 * @returns {Node[]} */
export function linkify(text) {
    return splitLinks(cleanText(text)).map((piece) => {
        if (!piece.href) {
            return document.createTextNode(piece.text);
        }
        const link = document.createElement('a');
        link.href = piece.href;
        link.rel = 'noopener noreferrer';
        link.target = '_blank';
        link.textContent = piece.text;
        return link;
    });
}
