// @ts-check
/** Finds the link in a text that people paste, whatever a messenger, a keyboard or a quotation put around
 * it. */
import { trimAddress } from './linkify.js';
import { hasSecret, tidy } from './place.js';

/** The most of a text that is looked at: more than any message with an invite, and it takes no time. */
const LOOKED_AT_CHARS = 10_000;
/** The characters that end an address: white space, quotes, brackets that links escape, and the marks
 * that end a sentence in Chinese or Japanese. */
const END = '\\s<>"“”„‟«»‹›`{}|\\\\^[\\]\\u3001\\u3002\\uff01\\uff0c\\uff1a\\uff1b\\uff1f';
/** An address ends where another one begins: a field of one line has dropped the line break between. */
const ADDRESS = new RegExp(`https?://(?:\\[[\\da-f:.]+\\])?(?:(?!https?://)[^${END}])+`, 'gi');
const UNBROKEN = new RegExp(`[^${END}]+`, 'g');
/** Leads to a room or a person: by its path, or by the fragment of a static page. */
const LEADS_IN = /^https?:\/\/[^/?#]+\/(?:[^?#]*\/)?(?:room|join)\/|#\/(?:room|join)\//i;
/** An address with a secret, which 43 digits end. The mark of the secret may be escaped, lost, or come
 * after a query. */
const WITH_SECRET =
    /^(.*?\/)(room|join)\/([\w-]*)\/*(?:\?[^#]*)?(?:[#:]|%23|%3a)*(1\.[\w-]{43})/i;
/** The place without its host, and an address without its scheme. A host is looked for where one can
 * begin, and not again at each of its letters. */
const PLACE = /^[^\p{L}\p{N}]*(?=(?:room|join)\/)/u;
const BARE_ADDRESS =
    /(?<![\p{L}\p{N}-]\.?)(?:[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+|[\p{L}\p{N}-]+(?=:\d)|[Ll]ocalhost)(?::\d+)?\/.*/u;

/** Characters that nobody sees and no link holds. Joiners are not among them: names of rooms have some.
 */
const UNSEEN = /[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]/g;

/** @param {string} text  as pasted
 * @returns {string} without what nobody sees; a secret in plain digits */
function visible(text) {
    const seen = hasSecret(text)
        ? text.normalize('NFKC').replace(/\p{DI}/gu, '')
        : text.replace(UNSEEN, '');
    return seen.slice(0, LOOKED_AT_CHARS); // one character can become eighteen
}

/** @param {string} address  that leads in; what follows it may still hang on it
 * @returns {string | null} the link as the core reads it */
function linkOf(address) {
    const [, before, verb, id, secret] = WITH_SECRET.exec(address) ?? [];
    const fits = secret && (verb === 'room') === (id === '');
    const mark = before?.endsWith('#/') ? ':' : '#';
    try {
        const plain = trimAddress(address.replace(/#?:~:.*$/, '')); // a browser's mark in the text
        const url = tidy(fits ? `${before}${verb}/${id}${mark}${secret}` : plain);
        if (url.hash.startsWith('#/')) {
            url.pathname = url.pathname.replace(/\/index\.html$/, '/');
        }
        return url.href;
    } catch {
        return null; // it has no host, or its port is not valid
    }
}

/** @param {string} address
 * @returns {string[]} the addresses inside it: mail programs put one of their own around each link,
 *   which leads through their server first */
function wrappedIn(address) {
    try {
        return [...new URL(address).searchParams.values()].filter((text) => /^https?:/i.test(text));
    } catch {
        return [];
    }
}

/** @param {string} text @param {string} here
 * @returns {string | null} an address of this very page whose scheme was not copied */
function ownAddress(text, here) {
    const [scheme] = here.split('//');
    const own = here.slice(scheme.length + 2);
    // Without a copy in lower case: that is longer where the text has a Turkish capital I.
    const found = new RegExp(`${own.replace(/[^\w/]/g, '\\$&')}(?=(?:room|join)/)`, 'i').exec(text);
    const place = found && text.slice(found.index + own.length);
    return place && (`${here}${place}`.match(ADDRESS)?.[0] ?? null);
}

/** @param {string} text @param {string} here
 * @returns {string | null} an address with a secret whose scheme, or host as well, was not copied */
function secretAddress(text, here) {
    for (const [part] of text.matchAll(UNBROKEN)) {
        const place = PLACE.test(part) && here + part.replace(PLACE, '');
        const address = place || `https://${BARE_ADDRESS.exec(part)?.[0] ?? ''}`;
        if (WITH_SECRET.test(address)) {
            return address;
        }
    }
    return null;
}

/** Finds the first link in a text.
 * @param {string} pasted
 * @param {string} here  the part before "room/" and "join/" in the links of this page
 * @returns {string | null} the link as the core reads it, which may still refuse it; null: the text
 *   holds none */
export function findLink(pasted, here) {
    const text = visible(pasted.slice(0, LOOKED_AT_CHARS));
    const addresses = text.match(ADDRESS) ?? [];
    const address =
        addresses.find((found) => LEADS_IN.test(found)) ??
        addresses.flatMap(wrappedIn).find((found) => LEADS_IN.test(found)) ??
        ownAddress(text, here) ??
        secretAddress(text, here);
    return address ? linkOf(address) : null;
}

/** A field of one line drops the line breaks of what is pasted, and two lines become one word: a blank
 * keeps them apart.
 * @param {HTMLInputElement} input */
export function keepLinesApart(input) {
    input.addEventListener('paste', (event) => {
        const text = event.clipboardData?.getData('text/plain') ?? '';
        if (/[\r\n]/.test(text.trim())) {
            event.preventDefault();
            const [from, to] = [input.selectionStart ?? 0, input.selectionEnd ?? 0];
            input.setRangeText(text.trim().replace(/\s*[\r\n]\s*/g, ' '), from, to, 'end');
        }
    });
}
