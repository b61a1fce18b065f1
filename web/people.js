// @ts-check
/** The list of people: who, in which state, by which path, verified or not. */
import { find, make } from './dom.js';
import { cleanName, looks, tellApart } from './looks.js';
import { texts } from './texts.js';

/** @typedef {import('./ghostchat.js').Peer} Peer */

/** Colours that the style sheet knows by number. */
const HUES = 8;
/** Names of people who have left, for news of them that still comes. */
const FORMER_MAX = 64;
const LOOKS_MAX = 256;

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** @param {string} id
 * @returns {string} the number of this id's colour: names can be copied, ids cannot */
export function hueOf(id) {
    let sum = 0;
    for (const char of id) {
        sum = (sum * 31 + char.charCodeAt(0)) >>> 0;
    }
    return String(sum % HUES);
}

/** @param {string} name
 * @returns {string} what a reader takes for its first letter, for the round mark beside it */
export function initialOf(name) {
    const [first] = graphemes.segment(name);
    return (first?.segment ?? '?').toUpperCase();
}

export class People {
    #list = find('.people-list', HTMLUListElement);
    #self = find('.people-self', HTMLElement);
    #ownName = '';
    /** @type {Map<number, { peer: Peer, item: HTMLLIElement, name: string }>} by index */
    #people = new Map();
    /** @type {HTMLLIElement[]} of those who have left, until the list is drawn */
    #left = [];
    /** A name or the list of people has changed since the names were made different. */
    #renamed = false;
    /** @type {Map<string, string>} by id: the names under which people were shown who have left */
    #former = new Map();
    /** @type {Map<string, string>} how texts look: most of them are looked at again and again */
    #looks = new Map();

    constructor() {
        new ResizeObserver(() => this.#setTabStop()).observe(this.#list);
    }

    /** @param {string} name */
    setOwnName(name) {
        this.#ownName = cleanName(name);
        this.#self.textContent = `${texts.room.you}: ${this.#ownName}`;
        this.#renamed = true;
    }

    /** The name under which somebody is shown: two people never look the same.
     * @param {Peer} peer */
    nameOf(peer) {
        this.#tellApart();
        const known = this.#people.get(peer.index);
        return known?.peer.id === peer.id
            ? known.name
            : (this.#former.get(peer.id) ?? this.#nameOfNewcomer(peer));
    }

    /** @param {Peer} peer
     * @returns {string} the state in which the list has this person, '' when it has not */
    stateOf(peer) {
        const known = this.#people.get(peer.index)?.peer;
        return known?.id === peer.id ? known.state : '';
    }

    /** Takes note; render() shows it.
     * @param {Peer} peer  came, changed or left */
    set(peer) {
        const known = this.#people.get(peer.index);
        if (known?.peer.id !== peer.id || known.peer.name !== peer.name || peer.state === 'closed') {
            this.#renamed = true;
        }
        if (known && (peer.state === 'closed' || known.peer.id !== peer.id)) {
            this.#remember(known.peer.id, known.name);
        }
        if (peer.state !== 'closed') {
            const item = known?.item ?? make('li', 'person');
            this.#people.set(peer.index, { peer, item, name: known?.name ?? '' });
        } else if (known) {
            this.#left.push(known.item);
            this.#people.delete(peer.index);
        }
    }

    /** Shows what has changed. */
    render() {
        this.#tellApart();
        this.#left.splice(0).forEach((item) => item.remove());
        for (const person of this.#people.values()) {
            if (!person.item.parentNode) {
                this.#list.append(person.item);
            }
            this.#render(person.peer, person.name, person.item);
        }
        this.#setTabStop();
    }

    clear() {
        this.#people.clear();
        this.#former.clear();
        this.#looks.clear();
        this.#left = [];
        this.#list.replaceChildren();
        this.#self.textContent = '';
    }

    #tellApart() {
        if (!this.#renamed) {
            return;
        }
        this.#renamed = false;
        const people = [...this.#people.values()];
        const names = tellApart(
            people.map((person) => person.peer),
            this.#taken(),
            (text) => this.#look(text),
        );
        people.forEach((person, i) => {
            person.name = names[i];
        });
    }

    /** @param {string} text */
    #look(text) {
        let look = this.#looks.get(text);
        if (look === undefined) {
            look = looks(text);
            if (this.#looks.size >= LOOKS_MAX) {
                this.#looks.clear();
            }
            this.#looks.set(text, look);
        }
        return look;
    }

    #taken() {
        return this.#ownName ? [texts.room.you, this.#ownName] : [texts.room.you];
    }

    /** @param {Peer} peer  not in the list yet */
    #nameOfNewcomer(peer) {
        const people = [...this.#people.values()].map((person) => person.peer);
        return /** @type {string} */ (tellApart([...people, peer], this.#taken()).at(-1));
    }

    /** @param {string} id @param {string} name */
    #remember(id, name) {
        this.#former.delete(id);
        this.#former.set(id, name);
        if (this.#former.size > FORMER_MAX) {
            this.#former.delete(/** @type {string} */ (this.#former.keys().next().value));
        }
    }

    /** The list is a tab stop only while there is something to scroll. */
    #setTabStop() {
        const { scrollWidth, clientWidth, scrollHeight, clientHeight } = this.#list;
        this.#list.tabIndex = scrollWidth > clientWidth || scrollHeight > clientHeight ? 0 : -1;
    }

    /** @param {Peer} peer @param {string} name @param {HTMLLIElement} item */
    #render(peer, name, item) {
        const detail = [this.#connection(peer)];
        if (peer.stock || peer.direct) {
            detail.push(peer.stock ? texts.person.stock : texts.person.direct);
        }
        const hint = this.#hint(peer);
        const key = [name, ...detail, hint, peer.state, peer.path, peer.verified].join('\n');
        if (item.dataset.key === key) {
            return; // most events change nothing that is seen
        }
        item.dataset.key = key;
        item.dataset.state = peer.state;
        item.dataset.path = peer.path;
        item.title = hint;
        const mark = make('span', 'person-mark', initialOf(name));
        mark.dataset.hue = hueOf(peer.id);
        mark.setAttribute('aria-hidden', 'true');
        const label = make('span', 'person-name', name);
        label.dir = 'auto';
        const trust = make(
            'span',
            'person-trust',
            peer.verified ? texts.person.verified : texts.person.notVerified,
        );
        trust.dataset.verified = String(peer.verified);
        const text = make('span', 'person-text');
        text.append(label, make('span', 'person-path', detail.join(' · ')), trust);
        item.replaceChildren(mark, text);
    }

    /** @param {Peer} peer
     * @returns {string} what the words mean, for who points at them */
    #hint(peer) {
        if (peer.state !== 'open') {
            return peer.reason.text;
        }
        const hints = [
            texts.person.pathHint[peer.path],
            peer.stock ? texts.person.stockHint : peer.direct ? texts.person.directHint : '',
        ];
        return hints.filter(Boolean).join(' ');
    }

    /** @param {Peer} peer
     * @returns {string} */
    #connection(peer) {
        switch (peer.state) {
            case 'open': {
                const path = texts.person.path[peer.path];
                return peer.rttMs ? `${path} · ${texts.person.rtt(peer.rttMs)}` : path;
            }
            case 'away':
                return texts.person.away;
            default:
                return peer.reason.word === 'absent'
                    ? texts.person.away // it does not answer, so there is nothing to wait for
                    : peer.state === 'lost'
                      ? texts.person.lost
                      : texts.person.connecting;
        }
    }
}
