// @ts-check
/** The place: where this page was opened. A secret in the address is taken out of the address bar
 * here, before any other module makes a request of its own. */

/** Below this address lie the page, its deep links and the signaling server. */
export const base = new URL('../', import.meta.url).href;

/** @typedef {{ link: string | null, lost: boolean }} Arrival
 *   link: the invite link by which the page was opened, with its secret;
 *   lost: there was such a link once, but a reload has lost its secret. */

/** Reads the address and strips its fragment at once.
 * @returns {Arrival} */
export function takeArrival() {
    const address = new URL(location.href);
    if (address.hash) {
        history.replaceState({ lost: true }, '', address.pathname);
    }
    const path = (address.origin + address.pathname).slice(base.length);
    if (!/^(room|join)\//.test(path)) {
        return { link: null, lost: false };
    }
    const lost = !address.hash && (path === 'room/' || history.state?.lost === true);
    return lost ? { link: null, lost } : { link: address.href, lost };
}

/** Shows in the address bar where one is, without any secret. A reload then knows what it lost.
 * @param {string} path  below the base, percent-encoded
 * @param {boolean} lost  the path alone does not lead back in */
export function showPlace(path, lost) {
    history.replaceState(lost ? { lost: true } : null, '', base + path);
}
