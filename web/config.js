// @ts-check
/** The configuration beside the page: ghostchatd writes it about itself, the owner of a static page by
 * hand. It alone says which server introduces people; no link does. */

/** @typedef {object} PeerServer  a stock PeerServer that signals in place of the page's own server
 * @property {string} url  http(s)://host[:port]/path/
 * @property {string} [key] */
/** @typedef {'missing' | 'peerServer' | 'insecure' | 'iceServers'} Problem */
/** @typedef {object} Config
 * @property {string} [key]
 * @property {PeerServer} [peerServer]
 * @property {RTCIceServer[]} [iceServers]
 * @property {Problem} [problem]  why nobody can be met with this configuration */

/** A server that does not tell its configuration by then has the usual one. */
const CONFIG_MS = 5000;

/** @param {PeerServer} server
 * @returns {URL | null} */
function addressOf(server) {
    try {
        const url = new URL(server.url);
        // CSP 3, 2.3.1: a policy cannot name an IPv6 address, so ghostchatd refuses it as well.
        const plain = !/[?#@[\\\s]/.test(server.url) && /^https?:$/.test(url.protocol);
        return plain && ['undefined', 'string'].includes(typeof server.key) ? url : null;
    } catch {
        return null;
    }
}

/** @param {URL} url  a page from https opens no ws://, except to this device itself */
function isBlocked(url) {
    const loopback = /^(localhost|127\.[\d.]+)$/.test(url.hostname);
    return globalThis.location?.protocol === 'https:' && url.protocol === 'http:' && !loopback;
}

/** @param {unknown} servers
 * @returns {boolean} whether this browser takes them */
function areIceServers(servers) {
    if (!Array.isArray(servers)) {
        return false;
    }
    try {
        new globalThis.RTCPeerConnection({ iceServers: servers }).close();
        return true;
    } catch {
        return false;
    }
}

/** @param {Config} config @param {boolean} isStatic  its host cannot signal itself
 * @returns {Problem | undefined} */
export function problemOf(config, isStatic) {
    if (config.peerServer !== undefined || isStatic) {
        const url = config.peerServer && addressOf(config.peerServer);
        if (!url) {
            return 'peerServer';
        }
        if (isBlocked(url)) {
            return 'insecure';
        }
    }
    return areIceServers(config.iceServers ?? []) ? undefined : 'iceServers';
}

/** @param {string} server  what lies beside its page @param {boolean} isStatic
 * @returns {Promise<Config | null>} null: a server that does not answer, so ask again next time */
export async function fetchConfig(server, isStatic) {
    try {
        const answer = await fetch(`${server}config.json`, {
            cache: 'no-cache',
            signal: AbortSignal.timeout(CONFIG_MS),
        });
        /** @type {unknown} */
        const config = answer.ok ? await answer.json() : null;
        if (typeof config === 'object' && config && !Array.isArray(config)) {
            return { ...config, problem: problemOf(config, isStatic) };
        }
    } catch {
        // no answer, or no JSON
    }
    return isStatic ? { problem: 'missing' } : null;
}

/** The servers that the page may talk to from now on, for its content security policy. The policy of a
 * static page lets it reach any server, because config.json is written by hand; this one leaves only the
 * server that config.json names.
 * @param {Config} config
 * @returns {string} */
export function policyOf(config) {
    const url = config.peerServer && addressOf(config.peerServer);
    return url ? `connect-src 'self' ${url.origin} ${url.origin.replace(/^http/, 'ws')}` : '';
}
