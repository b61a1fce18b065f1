// @ts-check
/** The entries of the log, in order, in leaves: elements of at most LEAF_ENTRIES entries each. The
 * browser passes over a whole leaf that is out of sight, so that what a new entry costs does not grow
 * with all that was said before: with a thousand entries side by side each layout took 20 ms.
 *
 *   newest --LEAF_ENTRIES entries--> laid out --OPEN_LEAVES newer ones--> full: passed over out of sight
 *
 * In a leaf that is not full the browser passes over the older entries, each alone. A leaf or an entry that is
 * passed over keeps the size that it had in an earlier frame. A hidden page has no frames: leaves and entries
 * that were drawn there get their measured height as --tall. Without it the text below them would move when
 * they come into sight. */
import { make } from './dom.js';

export const LEAF_ENTRIES = 40;
/** The newest leaves, some of which are in sight, are laid out; then the browser decides. With one entry in
 * the newest they hold more than any frame draws, and than a window shows. */
export const OPEN_LEAVES = 3;
/** The same for entries. */
export const NEWEST_ENTRIES = 60;
const LEAF = 'leaf';

export class Leaves {
    #log;
    /** @type {HTMLElement | null} the one that is being filled */
    #newest = null;
    /** @type {HTMLElement[]} the newest, which are laid out wherever they are */
    #open = [];
    /** @type {HTMLElement[]} the same of entries */
    #laidOut = [];
    /** @type {WeakSet<HTMLElement>} leaves and entries that were drawn in a hidden page */
    #unseen = new WeakSet();

    /** @param {HTMLElement} log */
    constructor(log) {
        this.#log = log;
    }

    /** @param {HTMLElement[]} entries */
    append(entries) {
        this.#passOver();
        for (const entry of entries) {
            if (!this.#newest || this.#newest.childElementCount >= LEAF_ENTRIES) {
                this.#turn();
            }
            this.#newest?.append(entry);
            this.#laidOut.push(entry);
            if (document.hidden) {
                this.#unseen.add(entry);
                this.#newest && this.#unseen.add(this.#newest);
            }
        }
    }

    /** @param {HTMLElement} entry  of this log */
    remove(entry) {
        const leaf = entry.parentElement;
        entry.remove();
        if (leaf && leaf !== this.#newest && leaf.childElementCount === 0) {
            leaf.remove();
        }
    }

    clear() {
        this.#log.replaceChildren();
        this.#newest = null;
        this.#open = [];
        this.#laidOut = [];
    }

    /** @param {Element | null} element
     * @returns {HTMLElement | null} the entry that it is or lies in */
    of(element) {
        let at = element;
        while (at && at.parentElement?.className !== LEAF) {
            at = at.parentElement;
        }
        return at instanceof HTMLElement ? at : null;
    }

    get first() {
        const top = this.#log.firstElementChild;
        return this.of(top?.firstElementChild ?? null) ?? this.of(this.#end('next', top));
    }

    get last() {
        return this.of(this.#newest?.lastElementChild ?? this.#end('previous', this.#newest));
    }

    /** @param {HTMLElement} entry */
    before(entry) {
        return this.of(entry.previousElementSibling ?? this.#end('previous', entry.parentElement));
    }

    /** @param {HTMLElement} entry */
    after(entry) {
        return this.of(entry.nextElementSibling ?? this.#end('next', entry.parentElement));
    }

    /** The entry of the next leaf that has one, on that side which is nearer.
     * @param {'previous' | 'next'} where @param {Element | null} leaf */
    #end(where, leaf) {
        const other = where === 'next' ? leaf?.nextElementSibling : leaf?.previousElementSibling;
        return (where === 'next' ? other?.firstElementChild : other?.lastElementChild) ?? null;
    }

    #turn() {
        this.#newest = make('div', LEAF);
        this.#open.push(this.#newest);
        this.#log.append(this.#newest);
    }

    /** Lets the browser pass over all but the newest. Comes before anything is appended: the log is laid
     * out then, and measuring costs no layout. */
    #passOver() {
        const past = this.#laidOut.splice(0, Math.max(this.#laidOut.length - NEWEST_ENTRIES, 0));
        const full = this.#open.splice(0, Math.max(this.#open.length - OPEN_LEAVES, 0));
        const unseen = [...past, ...full].filter((one) => this.#unseen.has(one));
        const tall = unseen.map((one) => one.getBoundingClientRect().height);
        unseen.forEach((one, i) => one.style.setProperty('--tall', `${tall[i]}px`));
        for (const entry of past) {
            entry.dataset.past = 'true';
        }
        for (const leaf of full) {
            leaf.dataset.full = 'true';
        }
    }
}
