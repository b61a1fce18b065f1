// @ts-check
/** The socket to the signaling server. A module of its own, so that another kind can take its
 * place when the page is built. */

/** @param {string} url  ws:// or wss://
 * @returns {WebSocket} */
export function openSocket(url) {
    return new WebSocket(url);
}
