// @ts-check
/** The place: where this page was opened. A secret in the address is taken out of the address bar
 * here, before any other module makes a request of its own.
 *
 * ghostchatd serves the page under many paths, a static host under one; there the place comes after "#/"
 * (ghostchat-protocol.7, "Invite links"). Both are read, wherever the page is. */

/** Below this address lie the page and its files; at ghostchatd its deep links too. */
export const base = new URL('../', import.meta.url).href;

/** Whether nobody but a static host serves this page: `make static` says so in its HTML. */
export const isStatic = globalThis.document?.documentElement.dataset.host === 'static';

/** The part before "room/" and "join/" in the links of this page. */
export const linkBase = isStatic ? `${base}#/` : base;

/** @typedef {{ link: string | null, lost: boolean }} Arrival
 *   link: the invite link by which the page was opened, with its secret;
 *   lost: there was such a link once, but a reload has lost its secret. */

const SECRET = /1\.[\w-]{38}/;

/** @param {string} text
 * @returns {boolean} whether a secret is anywhere in it, even in full width or with invisible characters
 *   between: the core takes no such text for a name */
export function hasSecret(text) {
    return SECRET.test(text) || SECRET.test(text.normalize('NFKC').replace(/\p{DI}/gu, ''));
}

/** Cuts a room's name that holds a secret: the secret's mark was escaped on the way, or lost, or there is
 * more around it.
 * @param {string} shown  of the address */
function withoutSecret(shown) {
    const at = shown.indexOf('/room/') + '/room/'.length;
    let name = shown.slice(at);
    try {
        name = decodeURIComponent(name);
    } catch {
        // no UTF-8: nothing is hidden in it
    }
    return shown.includes('/room/') && hasSecret(name) ? shown.slice(0, at) : shown;
}

/** Takes an address apart, as far as the address bar matters; the core alone reads links.
 * @param {URL} address */
function placeIn(address) {
    const path = (address.origin + address.pathname).slice(base.length);
    const inFragment = /^(index\.html)?$/.test(path) && address.hash.startsWith('#/');
    if (!inFragment) {
        const shown = address.pathname;
        return { inFragment, place: path, secret: address.hash !== '', shown };
    }
    const [place, ...secret] = address.hash.slice(2).split(':');
    return { inFragment, place, secret: secret.length > 0, shown: `${base}#/${place}` };
}

/** Takes away what messengers and mail programs add to an address without changing where it leads: a
 * query, an empty fragment, a slash at the end.
 * @param {string} href
 * @returns {URL} */
export function tidy(href) {
    const address = new URL(href);
    address.search = '';
    if (address.hash === '') {
        address.hash = ''; // without its mark, too
        address.pathname = address.pathname.replace(/(\/(?:room|join)\/[^/]+)\/+$/, '$1');
    } else if (address.pathname.endsWith('/room/')) {
        address.pathname = address.pathname.replace(/\/+$/, '/');
    } else {
        address.pathname = address.pathname.replace(/(\/join\/[^/]+)\/+$/, '$1');
        address.hash = address.hash.replace(/^(#\/(?:room|join)\/[^/:?]+)\/*(?:\?.*)?$/, '$1');
    }
    return address;
}

/** Reads the address and strips its secret at once.
 * @returns {Arrival} */
export function takeArrival() {
    const address = tidy(location.href);
    const { inFragment, place, secret, shown } = placeIn(address);
    const kept = withoutSecret(shown);
    if (secret || kept !== shown) {
        history.replaceState({ lost: true }, '', kept);
    } else if (address.href !== location.href) {
        history.replaceState(history.state, '', address.href);
    }
    if (!/^(room|join)\//.test(place)) {
        return { link: null, lost: false };
    }
    const lost = !secret && kept === shown && (place === 'room/' || history.state?.lost === true);
    if (lost) {
        return { link: null, lost };
    }
    return { link: inFragment ? base + address.hash : address.href, lost }; // without "index.html"
}

/** The path of an open room, as the core writes it in a link: other characters that a path may hold, such
 * as a bracket or an exclamation mark, are escaped, and so is a dot, "_" or "~" at the end, because a
 * program that finds the address in a text takes them for a part of the text.
 * @param {string} name
 * @returns {string} */
export function roomPath(name) {
    const hex = (/** @type {string} */ char) => char.charCodeAt(0).toString(16).toUpperCase();
    return `room/${encodeURIComponent(name).replace(/[!'()*]|[._~]$/g, (char) => `%${hex(char)}`)}`;
}

/** Shows in the address bar where one is, without any secret. A reload then knows what it lost.
 * @param {string} path  below the base, percent-encoded
 * @param {boolean} lost  the path alone does not lead back in */
export function showPlace(path, lost) {
    history.replaceState(lost ? { lost: true } : null, '', path ? linkBase + path : base);
}
