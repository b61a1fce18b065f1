// @ts-check
// GhostChat in a page of your own: everybody who opens this page meets in the room "example".
import { GhostChat } from './ghostchat.js';

const chat = new GhostChat({ name: 'Visitor' });
const status = /** @type {HTMLElement} */ (document.querySelector('[role=status]'));
const list = /** @type {HTMLElement} */ (document.querySelector('ul'));
const form = /** @type {HTMLFormElement} */ (document.querySelector('form'));

/** @param {string} text */
function show(text) {
    list.appendChild(document.createElement('li')).textContent = text;
}

for (const type of ['state', 'peer']) {
    chat.addEventListener(type, () => {
        status.textContent = `${chat.state.state}, ${chat.openLinks} others here`;
    });
}
chat.addEventListener('message', (event) => {
    const { from, text } = /** @type {CustomEvent} */ (event).detail;
    show(`${from.name}: ${text}`);
});
form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const input = form.elements.namedItem('text');
    if (input instanceof HTMLInputElement) {
        await chat.send(input.value).then(
            () => show(`me: ${input.value}`),
            (error) => show(error.code),
        );
        input.value = '';
    }
});
addEventListener('pagehide', () => chat.leave());

await chat.join({ room: 'example' });
