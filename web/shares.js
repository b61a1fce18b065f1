// @ts-check
/** How much of the log each person may fill. Everybody has a share, and what somebody adds above it
 * drops the oldest of their own: nobody can push out what another has said. Those who have left
 * share one place, in which who was here the shortest time is dropped first, so that somebody who
 * comes again and again under new ids drops their own words too. */

/** @typedef {{ chars: number }} Entry  of any kind; what is dropped is handed back
 * @typedef {{ entries: number, chars: number }} Limits */
/** @template {Entry} T
 * @typedef {{ entries: T[], chars: number, since: number, lasted: number }} Share */

/** @template {Entry} T */
export class Shares {
    #each;
    #gone;
    /** @type {Map<string, Share<T>>} those who are here, by origin */
    #here = new Map();
    /** @type {Share<T>[]} those who have left; the one with the shortest stay is first */
    #left = [];

    /** @param {Limits} each  of one who is here
     * @param {Limits} gone  of all who have left, together */
    constructor(each, gone) {
        this.#each = each;
        this.#gone = gone;
    }

    /** @param {string} origin  who caused it @param {T} entry @param {number} now  ms
     * @returns {T[]} what is dropped for it, all of the same origin; never the entry itself */
    add(origin, entry, now) {
        const share = this.#here.get(origin) ?? { entries: [], chars: 0, since: now, lasted: 0 };
        this.#here.set(origin, share);
        share.entries.push(entry);
        share.chars += entry.chars;
        /** @type {T[]} */
        const dropped = [];
        while (share.entries.length > 1 && isOver([share], this.#each)) {
            dropped.push(dropOldest(share));
        }
        return dropped;
    }

    /** @param {string} origin  who has left @param {number} now
     * @returns {T[]} what is dropped: of people who have left before, or of this one */
    leave(origin, now) {
        const share = this.#here.get(origin);
        if (!share) {
            return [];
        }
        this.#here.delete(origin);
        share.lasted = now - share.since;
        const at = this.#left.findIndex((other) => other.lasted > share.lasted);
        this.#left.splice(at < 0 ? this.#left.length : at, 0, share);
        /** @type {T[]} */
        const dropped = [];
        while (isOver(this.#left, this.#gone)) {
            dropped.push(dropOldest(this.#left[0]));
            if (this.#left[0].entries.length === 0) {
                this.#left.shift();
            }
        }
        return dropped;
    }

    clear() {
        this.#here.clear();
        this.#left = [];
    }
}

/** @param {Share<Entry>[]} shares @param {Limits} limits */
function isOver(shares, limits) {
    const sum = (/** @type {(share: Share<Entry>) => number} */ of) =>
        shares.reduce((all, share) => all + of(share), 0);
    return sum((s) => s.entries.length) > limits.entries || sum((s) => s.chars) > limits.chars;
}

/** @template {Entry} T
 * @param {Share<T>} share  with an entry
 * @returns {T} */
function dropOldest(share) {
    const oldest = /** @type {T} */ (share.entries.shift());
    share.chars -= oldest.chars;
    return oldest;
}
