// @ts-check
/** One message in the log: who said what, when, and the fate of the user's own messages. */
import { make } from './dom.js';
import { cleanText, cutPieces, nodesOf, splitLinks } from './linkify.js';
import { hueOf } from './people.js';
import { sentence } from './sentence.js';
import { texts } from './texts.js';

/** @typedef {object} Fate  what became of a message of the user, by peer ids
 * @property {Set<string>} to
 * @property {Set<string>} got
 * @property {Set<string>} sent          handed over to peers that acknowledge nothing
 * @property {Map<string, string>} lost  with the name shown
 * @property {string} why
 * @property {boolean} settled           no answer comes any more */

/** A message of more lines than this is folded, so that it does not push away what others say. A line
 * is one of the text, or this many characters of a long one. */
const LINES_MAX = 24;
const LINE_CHARS = 40;
/** Of a folded message this much is laid out, which is more than fits: strangers must not decide how long
 * this page works for a frame. */
export const FOLDED_CHARS = 2000;

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });

/** @param {'own' | 'other'} side
 * @param {string} name @param {string} origin @param {string} text @param {Date} at */
export function makeMessage(side, name, origin, text, at) {
    const entry = make('article', 'message');
    entry.dataset.side = side;
    const sender = make('span', 'message-sender', name);
    sender.dir = 'auto';
    sender.dataset.hue = hueOf(origin);
    const body = make('p', 'message-text');
    body.dir = 'auto';
    const pieces = splitLinks(cleanText(text));
    const controls = isTall(text) ? [fold(body, pieces)] : [];
    if (controls.length === 0) {
        body.append(...nodesOf(pieces));
    }
    const time = make('time', 'message-time', clock.format(at));
    time.dateTime = at.toISOString();
    const meta = make('span', 'message-meta');
    meta.append(time);
    entry.append(sender, body, ...controls, meta);
    for (const control of entry.querySelectorAll('a, button')) {
        /** @type {HTMLElement} */ (control).tabIndex = -1;
    }
    return entry;
}

/** @param {string} text */
export function isTall(text) {
    let lines = 0;
    for (const line of text.split('\n', LINES_MAX + 1)) {
        lines += Math.max(1, Math.ceil(line.length / LINE_CHARS));
    }
    return lines > LINES_MAX;
}

/** Fills in a tall message, folded. The part that does not fit is in the page, but takes part in no
 * layout.
 * @param {HTMLElement} body @param {import('./linkify.js').Piece[]} pieces
 * @returns {HTMLElement} the button that shows all of it */
function fold(body, pieces) {
    const button = make('button', 'message-unfold');
    const { head, rest } = cutPieces(pieces, FOLDED_CHARS);
    const hidden = make('span', 'message-rest', rest);
    hidden.hidden = true;
    const show = (/** @type {boolean} */ folded) => {
        body.dataset.folded = String(folded);
        body.replaceChildren(...(folded ? [...nodesOf(head), hidden] : nodesOf(pieces)));
        button.setAttribute('aria-expanded', String(!folded));
        button.textContent = folded ? texts.message.unfold : texts.message.fold;
    };
    button.type = 'button';
    button.addEventListener('click', () => show(body.dataset.folded !== 'true'));
    show(true);
    return button;
}

/** @param {HTMLElement} entry @param {Fate} fate */
export function showFate(entry, fate) {
    const waiting = [...fate.to].some(
        (id) => !fate.got.has(id) && !fate.sent.has(id) && !fate.lost.has(id),
    );
    entry.dataset.state = markOf(fate, waiting);
    const line = entry.querySelector('.message-state') ?? make('span', 'message-state');
    line.replaceChildren(...sentence(wordsOf(fate, waiting)));
    entry.querySelector('.message-meta')?.append(line);
}

/** @param {Fate} fate @param {boolean} waiting  an answer is still to come
 * @returns {string} for the style sheet */
function markOf(fate, waiting) {
    if (fate.lost.size) {
        return 'lost';
    }
    if (waiting) {
        return fate.settled ? 'unknown' : 'sending';
    }
    return fate.sent.size ? 'sent' : 'delivered';
}

/** @param {Fate} fate @param {boolean} waiting
 * @returns {string} what became of the message */
function wordsOf(fate, waiting) {
    const words = texts.message;
    const parts = [];
    if (fate.got.size) {
        const many = fate.to.size > 1;
        parts.push(many ? words.deliveredTo(fate.got.size, fate.to.size) : words.delivered);
    } else if (waiting && !fate.settled) {
        parts.push(words.sending);
    }
    if (fate.sent.size) {
        parts.push(fate.to.size > 1 ? words.sentTo(fate.sent.size, fate.to.size) : words.sent);
    }
    if (waiting && fate.settled) {
        parts.push(words.unknown);
    }
    if (fate.lost.size) {
        parts.push(words.notDelivered([...fate.lost.values()], fate.why));
    }
    return parts.join('. ');
}
