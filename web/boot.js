// @ts-check
/** The first module: small, so that it runs where the others cannot. It takes the secret out of the
 * address bar and starts the page, or says in plain words what this browser lacks and keeps the
 * link for copying. */
import { takeArrival } from './place.js';
import { texts } from './texts.js';

/** @type {import('./place.js').Arrival} */
let arrival = { link: null, lost: false };

/** @returns {string} what is missing, or '' */
function missing() {
    if (typeof WebAssembly !== 'object' || typeof WebAssembly.instantiate !== 'function') {
        return texts.plain.noWasm;
    }
    return typeof RTCPeerConnection === 'function' ? '' : texts.plain.noRtc;
}

/** @param {string} why */
function showPlain(why) {
    const plain = /** @type {HTMLElement} */ (document.querySelector('.plain'));
    const text = document.createElement('p');
    text.textContent = why;
    plain.replaceChildren(text);
    if (arrival.link) {
        plain.append(...keptLink(arrival.link));
    }
    plain.hidden = false;
    document.documentElement.dataset.screen = 'plain';
    document.documentElement.dataset.state = 'failed';
}

/** @param {string} link
 * @returns {HTMLElement[]} */
function keptLink(link) {
    const label = document.createElement('label');
    const input = document.createElement('input');
    const button = document.createElement('button');
    label.textContent = texts.plain.keptLink;
    input.readOnly = true;
    input.value = link;
    button.type = 'button';
    button.textContent = texts.invite.copy;
    button.addEventListener('click', () => {
        input.select();
        button.textContent = document.execCommand('copy') ? texts.invite.copied : texts.invite.copy;
    });
    label.append(input);
    return [label, button];
}

function start() {
    arrival = takeArrival();
    const why = missing();
    if (why) {
        showPlain(why);
        return;
    }
    import('./app.js')
        .then((app) => app.start(arrival))
        .catch((error) => {
            showPlain(`${texts.plain.broken} (${error})`);
        });
}

if (document.documentElement.dataset.screen !== 'old') {
    start(); // else floor.js has said what this browser lacks
}
