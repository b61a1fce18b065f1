// @ts-check
/** The log: what was said, by whom, when, and what became of one's own messages. */
import { find, make } from './dom.js';
import { linkify } from './linkify.js';
import { hueOf } from './people.js';
import { texts } from './texts.js';

/** @typedef {import('./ghostchat.js').Peer} Peer */
/** @typedef {{ entry: HTMLElement | null, state: HTMLElement | null, to: Set<string>,
 *   got: Set<string>, sent: Set<string>, lost: Map<string, string>, why: string }} Own
 *   by peer ids; sent: handed over to who acknowledges nothing; lost: with the name shown; no entry:
 *   the answer was faster than the log */

/** What one page keeps: a remote must not fill its memory. */
const ENTRIES_MAX = 2000;
const CHARS_MAX = 4_000_000;
/** Messages of one sender within this time stand together under one name. */
const TOGETHER_MS = 120_000;
/** Nearer to the end than this counts as reading the end. */
const AT_END_PX = 80;

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });

export class Conversation {
    #log = find('.log', HTMLElement);
    #jump = find('.jump', HTMLButtonElement);
    #nameOf;
    /** @type {Map<number, Own>} by message id */
    #own = new Map();
    #chars = 0;
    #follow = true; // the end is being read: stay there
    /** @type {{ sender: string, at: number }} */
    #last = { sender: '', at: 0 };

    /** @param {(peer: Peer) => string} nameOf */
    constructor(nameOf) {
        this.#nameOf = nameOf;
        this.#log.addEventListener('keydown', (event) => this.#onKey(event));
        this.#log.addEventListener('focusin', (event) => this.#onFocus(event));
        this.#log.addEventListener('scroll', () => this.#onScroll(), { passive: true });
        new ResizeObserver(() => this.#follow && this.scrollToEnd()).observe(this.#log);
        this.#jump.addEventListener('click', () => this.scrollToEnd());
    }

    get empty() {
        return this.#log.childElementCount === 0;
    }

    /** @param {number} id @param {string} text @param {Peer[]} to */
    addOwn(id, text, to) {
        const { entry, meta } = this.#add('own', texts.room.you, '', text);
        const state = make('span', 'message-state');
        meta.append(state);
        const own = this.#ownOf(id);
        own.entry = entry;
        own.state = state;
        to.forEach((peer) => own.to.add(peer.id));
        this.#renderState(own);
        this.scrollToEnd();
    }

    /** @param {Peer} from @param {string} text */
    add(from, text) {
        this.#add('other', this.#nameOf(from), from.id, text);
    }

    /** A line about the room itself.
     * @param {string} text @param {'quiet' | 'bad'} [tone] */
    note(text, tone = 'quiet') {
        const note = make('p', 'note', text);
        note.dir = 'auto';
        note.dataset.tone = tone;
        this.#append(note, text.length);
        this.#last = { sender: '', at: 0 };
    }

    /** @param {number} id @param {Peer} peer */
    delivered(id, peer) {
        this.#reached(id, peer, 'got');
    }

    /** @param {number} id @param {Peer} peer  who never says what was shown */
    sent(id, peer) {
        this.#reached(id, peer, 'sent');
    }

    /** @param {number} id @param {Peer} peer @param {string} why */
    undelivered(id, peer, why) {
        const own = this.#ownOf(id);
        if (!own.got.has(peer.id)) {
            own.to.add(peer.id);
            own.lost.set(peer.id, this.#nameOf(peer));
            own.why = why;
            this.#renderState(own);
        }
    }

    /** @param {number} id @param {Peer} peer @param {'got' | 'sent'} how */
    #reached(id, peer, how) {
        const own = this.#ownOf(id);
        own.to.add(peer.id);
        own[how].add(peer.id);
        own.lost.delete(peer.id);
        this.#renderState(own);
    }

    /** The chat has ended without a goodbye: no answer comes any more, and a new one counts its
     * messages anew. */
    settle() {
        for (const own of this.#own.values()) {
            if (own.state && own.entry?.dataset.state === 'sending') {
                own.state.textContent = texts.message.unknown;
                own.entry.dataset.state = 'unknown';
            }
        }
        this.#own.clear();
    }

    clear() {
        this.#log.replaceChildren();
        this.#own.clear();
        this.#chars = 0;
        this.#last = { sender: '', at: 0 };
        this.#setJump(false);
    }

    scrollToEnd() {
        this.#follow = true;
        this.#log.scrollTop = this.#log.scrollHeight;
        this.#setJump(false);
    }

    /** @param {'own' | 'other'} side
     * @param {string} name @param {string} id @param {string} text */
    #add(side, name, id, text) {
        const now = new Date();
        const entry = make('article', 'message');
        entry.dataset.side = side;
        const together =
            this.#last.sender === side + id && now.getTime() - this.#last.at < TOGETHER_MS;
        entry.dataset.together = String(together);
        this.#last = { sender: side + id, at: now.getTime() };
        const sender = make('span', 'message-sender', name);
        sender.dir = 'auto';
        sender.dataset.hue = hueOf(id);
        const body = make('p', 'message-text');
        body.dir = 'auto';
        body.append(...linkify(text));
        const time = make('time', 'message-time', clock.format(now));
        time.dateTime = now.toISOString();
        const meta = make('span', 'message-meta');
        meta.append(time);
        entry.append(sender, body, meta);
        entry.querySelectorAll('a').forEach((link) => {
            link.tabIndex = -1;
        });
        this.#append(entry, text.length);
        return { entry, meta };
    }

    /** @param {HTMLElement} entry @param {number} chars */
    #append(entry, chars) {
        entry.dataset.chars = String(chars);
        entry.tabIndex = -1;
        this.#chars += chars;
        this.#log.append(entry);
        this.#cut();
        if (!this.#log.contains(document.activeElement)) {
            this.#setStop(entry);
        }
        if (this.#follow) {
            this.scrollToEnd();
        } else if (entry.dataset.side === 'other') {
            this.#setJump(true);
        }
    }

    /** Drops the oldest entries above the limits, and says so once. */
    #cut() {
        let cut = false;
        while (this.#log.childElementCount > ENTRIES_MAX || this.#chars > CHARS_MAX) {
            const oldest = /** @type {HTMLElement} */ (this.#log.firstElementChild);
            this.#chars -= Number(oldest.dataset.chars);
            oldest.remove();
            cut = true;
        }
        if (!cut) {
            return;
        }
        for (const [id, own] of this.#own) {
            if (own.entry && !own.entry.isConnected) {
                this.#own.delete(id); // a late answer makes it again, without an entry
            }
        }
        if (!this.#log.querySelector('.log-cut')) {
            const note = make('p', 'note log-cut', texts.room.cut);
            note.dataset.chars = '0';
            this.#log.prepend(note);
        }
    }

    /** @param {number} id
     * @returns {Own} */
    #ownOf(id) {
        let own = this.#own.get(id);
        if (!own) {
            own = {
                entry: null,
                state: null,
                to: new Set(),
                got: new Set(),
                sent: new Set(),
                lost: new Map(),
                why: '',
            };
            this.#own.set(id, own);
        }
        return own;
    }

    /** @param {Own} own */
    #renderState(own) {
        if (!own.entry || !own.state) {
            return;
        }
        const waiting = [...own.to].some(
            (id) => !own.got.has(id) && !own.sent.has(id) && !own.lost.has(id),
        );
        const done = own.sent.size ? 'sent' : 'delivered';
        own.entry.dataset.state = own.lost.size ? 'lost' : waiting ? 'sending' : done;
        const parts = [];
        if (own.got.size && own.to.size > 1) {
            parts.push(texts.message.deliveredTo(own.got.size, own.to.size));
        } else if (own.got.size) {
            parts.push(texts.message.delivered);
        } else if (waiting) {
            parts.push(texts.message.sending);
        }
        if (own.sent.size && own.to.size > 1) {
            parts.push(texts.message.sentTo(own.sent.size, own.to.size));
        } else if (own.sent.size) {
            parts.push(texts.message.sent);
        }
        if (own.lost.size) {
            parts.push(texts.message.notDelivered([...own.lost.values()], own.why));
        }
        own.state.textContent = parts.join('. ');
        if (this.#follow) {
            this.scrollToEnd(); // the line may have become longer
        }
    }

    #onScroll() {
        const below = this.#log.scrollHeight - this.#log.scrollTop - this.#log.clientHeight;
        this.#follow = below < AT_END_PX;
        if (this.#follow) {
            this.#setJump(false);
        }
    }

    /** @param {boolean} shown */
    #setJump(shown) {
        this.#jump.hidden = !shown;
    }

    /** The log is one tab stop: only this entry is in the tab order.
     * @param {HTMLElement} entry */
    #setStop(entry) {
        for (const old of this.#log.querySelectorAll('[tabindex="0"]')) {
            /** @type {HTMLElement} */ (old).tabIndex = -1;
        }
        entry.tabIndex = 0;
    }

    /** @param {FocusEvent} event */
    #onFocus(event) {
        const entry = event.target instanceof Element ? event.target.closest('.log > *') : null;
        if (entry instanceof HTMLElement) {
            this.#setStop(entry);
            entry.querySelectorAll('a').forEach((link) => {
                link.tabIndex = 0;
            });
        }
    }

    /** @param {KeyboardEvent} event */
    #onKey(event) {
        const at = document.activeElement?.closest('.log > *');
        if (!at) {
            return;
        }
        const next = {
            ArrowUp: at.previousElementSibling,
            ArrowDown: at.nextElementSibling,
            Home: this.#log.firstElementChild,
            End: this.#log.lastElementChild,
        }[event.key];
        if (next instanceof HTMLElement) {
            next.focus();
            event.preventDefault();
        }
    }
}
