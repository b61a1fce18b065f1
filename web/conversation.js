// @ts-check
/** The log: what was said, by whom, when, and the fate of the user's own messages. */
import { find, make } from './dom.js';
import { Leaves } from './leaves.js';
import { FOLDED_CHARS, makeMessage, showFate } from './message.js';
import { sentence, setOff } from './sentence.js';
import { Shares } from './shares.js';
import { texts } from './texts.js';

/** @typedef {import('./ghostchat.js').Peer} Peer */
/** @typedef {object} Entry  one message or note; its element is made when the log is drawn
 * @property {number} chars
 * @property {(entry: Entry) => HTMLElement} make
 * @property {HTMLElement | null} element
 * @property {boolean} dropped
 * @property {string} note    the text of a note, '' of a message
 * @property {number} times   how often the note was made in a row
 * @property {number} id      of the user's own message */
/** @typedef {import('./message.js').Fate & { entry: Entry | null }} Own  without an entry: the answer
 *   was faster than the log */

/** The most that a page keeps of each person: a remote must not fill its memory. */
const EACH = { entries: 1000, chars: 1_000_000 };
/** Of oneself, and of all who have left together. */
const MANY = { entries: 2000, chars: 4_000_000 };
/** The most that is drawn in one frame of the entries that are laid out; the rest waits for the next
 * frame. Marks and faces cost many times as much as letters do: this many stay below a tenth of a second
 * on a slow machine. */
const DRAWN = { entries: 20, chars: 4096 };
/** Messages of one sender within this time are grouped under one name. */
const TOGETHER_MS = 120_000;
/** Nearer to the end than this counts as reading the end. */
const AT_END_PX = 80;
/** The origin of what one does oneself: no id of a peer is empty. */
const SELF = '';

export class Conversation {
    #log = find('.log', HTMLElement);
    #leaves = new Leaves(this.#log);
    #jump = find('.jump', HTMLButtonElement);
    #nameOf;
    #onChange;
    /** @type {Shares<Entry>} */
    #shares = new Shares(EACH, MANY);
    /** @type {Shares<Entry>} */
    #ownShare = new Shares(MANY, MANY);
    /** @type {Map<number, Own>} by message id */
    #own = new Map();
    /** @type {Entry[]} not in the log yet */
    #waiting = [];
    /** @type {Entry[]} out of the log at the next frame */
    #dropped = [];
    /** @type {Set<Own>} whose line about delivery has changed */
    #changed = new Set();
    /** @type {Entry | null} the newest */
    #newest = null;
    /** @type {HTMLElement | null} the entry in the tab order */
    #stop = null;
    #cut = false; // something was dropped
    #follow = true; // the end is being read: stay there
    /** @type {{ sender: string, at: number }} */
    #last = { sender: '', at: 0 };

    /** @param {(peer: Peer) => string} nameOf
     * @param {() => void} onChange  render() has something to show */
    constructor(nameOf, onChange) {
        this.#nameOf = nameOf;
        this.#onChange = onChange;
        this.#log.addEventListener('keydown', (event) => this.#onKey(event));
        this.#log.addEventListener('focusin', (event) => this.#onFocus(event));
        this.#log.addEventListener('scroll', () => this.#onScroll(), { passive: true });
        new ResizeObserver(() => this.#follow && this.scrollToEnd()).observe(this.#log);
        this.#jump.addEventListener('click', () => this.scrollToEnd());
    }

    get empty() {
        return this.#newest === null;
    }

    /** @param {number} id @param {string} text @param {Peer[]} to */
    addOwn(id, text, to) {
        const own = this.#ownOf(id);
        own.entry = this.#say('own', texts.room.you, SELF, text, id);
        to.forEach((peer) => own.to.add(peer.id));
        this.#change(own);
        this.#follow = true;
    }

    /** @param {Peer} from @param {string} text */
    add(from, text) {
        this.#say('other', this.#nameOf(from), from.id, text, 0);
    }

    /** A line about the room itself. Equal ones in a row become one with a count.
     * @param {string} text  with names that are set off
     * @param {'quiet' | 'bad'} [tone]
     * @param {Peer | null} [cause]  who made it necessary; null: oneself */
    note(text, tone = 'quiet', cause = null) {
        const newest = this.#newest;
        if (newest?.note === text && !newest.dropped) {
            newest.times++;
            this.#showTimes(newest);
            return;
        }
        /** @type {(entry: Entry) => HTMLElement} */
        const build = (entry) => {
            const note = make('p', 'note');
            note.append(...sentence(text));
            note.dir = 'auto';
            note.dataset.tone = tone;
            entry.element = note;
            this.#showTimes(entry);
            return note;
        };
        this.#add(cause?.id ?? SELF, { chars: text.length, make: build, note: text });
        this.#last = { sender: '', at: 0 };
    }

    /** Notes that somebody has left: from now on their messages make room for those of people who are
     * here.
     * @param {Peer} peer */
    left(peer) {
        this.#drop(this.#shares.leave(peer.id, Date.now()));
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
            own.lost.set(peer.id, setOff(this.#nameOf(peer)));
            own.why = why;
            this.#change(own);
        }
    }

    /** @param {number} id @param {Peer} peer @param {'got' | 'sent'} how */
    #reached(id, peer, how) {
        const own = this.#ownOf(id);
        own.to.add(peer.id);
        own[how].add(peer.id);
        own.lost.delete(peer.id);
        this.#change(own);
    }

    /** The chat has ended without a goodbye: no answer comes any more, and a new one counts its
     * messages anew. */
    settle() {
        for (const own of this.#own.values()) {
            own.settled = true;
            this.#change(own);
        }
        this.#own.clear();
    }

    clear() {
        this.#leaves.clear();
        this.#own.clear();
        this.#shares.clear();
        this.#ownShare.clear();
        this.#changed.clear();
        this.#waiting = [];
        this.#dropped = [];
        this.#newest = this.#stop = null;
        this.#cut = false;
        this.#last = { sender: '', at: 0 };
        this.#setJump(false);
    }

    scrollToEnd() {
        this.#follow = true;
        this.#log.scrollTop = this.#log.scrollHeight;
        this.#setJump(false);
    }

    /** Shows what has come since the last time, as much as one frame bears. */
    render() {
        const dropped = this.#dropped.splice(0);
        dropped.forEach(({ element }) => element && this.#leaves.remove(element));
        const added = this.#drawWaiting();
        const changed = [...this.#changed];
        this.#changed.clear();
        changed.forEach((own) => this.#renderState(own));
        this.#renderCut();
        if (this.#waiting.length) {
            this.#onChange();
        }
        if (!this.#log.contains(this.#stop)) {
            this.#setStop(this.#leaves.last);
        }
        if (this.#follow && (added || changed.length || dropped.length)) {
            this.scrollToEnd();
        }
    }

    /** @returns {boolean} whether there was something */
    #drawWaiting() {
        const elements = [];
        let chars = 0;
        let taken = 0;
        for (const entry of this.#waiting) {
            if (elements.length >= DRAWN.entries || chars >= DRAWN.chars) {
                break;
            }
            taken++;
            if (!entry.dropped) {
                entry.element = entry.make(entry);
                entry.element.tabIndex = -1;
                chars += Math.min(entry.chars, FOLDED_CHARS);
                elements.push(entry.element);
            }
        }
        this.#waiting.splice(0, taken);
        const newest = elements.at(-1);
        if (!newest) {
            return false;
        }
        this.#leaves.append(elements);
        if (!this.#log.contains(document.activeElement)) {
            this.#setStop(newest);
        }
        if (!this.#follow && elements.some((element) => element.dataset.side === 'other')) {
            this.#setJump(true);
        }
        return true;
    }

    /** @param {'own' | 'other'} side
     * @param {string} name @param {string} origin @param {string} text @param {number} id */
    #say(side, name, origin, text, id) {
        const now = new Date();
        const sender = side + origin;
        const together = this.#last.sender === sender && now.getTime() - this.#last.at < TOGETHER_MS;
        this.#last = { sender, at: now.getTime() };
        const build = () => {
            const entry = makeMessage(side, name, origin, text, now);
            entry.dataset.together = String(together);
            return entry;
        };
        return this.#add(origin, { chars: text.length, make: build, id });
    }

    /** @param {string} origin  who caused it
     * @param {Partial<Entry> & Pick<Entry, 'chars' | 'make'>} parts */
    #add(origin, parts) {
        const entry = { element: null, dropped: false, note: '', times: 1, id: 0, ...parts };
        const shares = origin === SELF ? this.#ownShare : this.#shares;
        this.#drop(shares.add(origin, entry, Date.now()));
        this.#waiting.push(entry);
        this.#newest = entry;
        this.#onChange();
        return entry;
    }

    /** @param {Entry[]} entries */
    #drop(entries) {
        for (const entry of entries) {
            entry.dropped = true;
            this.#cut = true;
            if (entry.element) {
                this.#dropped.push(entry);
            }
            this.#own.delete(entry.id); // a late answer makes it again, without an entry
        }
        if (this.#waiting.length > 2 * EACH.entries) {
            this.#waiting = this.#waiting.filter((entry) => !entry.dropped);
        }
    }

    /** Says once that something was dropped. */
    #renderCut() {
        if (this.#cut && !this.#log.querySelector(':scope > .log-cut')) {
            this.#log.prepend(make('p', 'note log-cut', texts.room.cut));
        }
    }

    /** @param {Entry} entry  a note */
    #showTimes(entry) {
        if (entry.element && entry.times > 1) {
            const count = entry.element.querySelector('.note-times') ?? make('span', 'note-times');
            count.textContent = texts.room.times(entry.times);
            entry.element.append(' ', count);
        }
    }

    /** @param {number} id
     * @returns {Own} */
    #ownOf(id) {
        let own = this.#own.get(id);
        if (!own) {
            own = {
                entry: null,
                to: new Set(),
                got: new Set(),
                sent: new Set(),
                lost: new Map(),
                why: '',
                settled: false,
            };
            this.#own.set(id, own);
        }
        return own;
    }

    /** @param {Own} own */
    #change(own) {
        this.#changed.add(own);
        this.#onChange();
    }

    /** @param {Own} own */
    #renderState(own) {
        const element = own.entry?.element;
        if (!element) {
            if (own.entry && !own.entry.dropped) {
                this.#changed.add(own); // it waits for a frame of its own
            }
            return;
        }
        showFate(element, own);
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
     * @param {HTMLElement | null} entry */
    #setStop(entry) {
        if (this.#stop) {
            this.#stop.tabIndex = -1;
        }
        this.#stop = entry;
        if (this.#stop) {
            this.#stop.tabIndex = 0;
        }
    }

    /** @param {FocusEvent} event */
    #onFocus(event) {
        const entry = event.target instanceof Element ? this.#leaves.of(event.target) : null;
        if (entry) {
            this.#setStop(entry);
            for (const control of entry.querySelectorAll('a, button')) {
                /** @type {HTMLElement} */ (control).tabIndex = 0;
            }
        }
    }

    /** @param {KeyboardEvent} event */
    #onKey(event) {
        const at = this.#leaves.of(document.activeElement);
        if (!at) {
            return;
        }
        const next = {
            ArrowUp: this.#leaves.before(at),
            ArrowDown: this.#leaves.after(at),
            Home: this.#leaves.first,
            End: this.#leaves.last,
        }[event.key];
        if (next) {
            next.focus();
            event.preventDefault();
        }
    }
}
