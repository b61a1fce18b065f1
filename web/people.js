// @ts-check
/** The list of people: who, in which state, by which path, verified or not. */
import { find, make } from './dom.js';
import { cleanLine } from './linkify.js';
import { texts } from './texts.js';

/** @typedef {import('./ghostchat.js').Peer} Peer */

/** Colours that the style sheet knows by number. */
const HUES = 8;

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
 * @returns {string} its first letter, for the round mark beside it */
function initialOf(name) {
    return (Array.from(name)[0] ?? '?').toUpperCase();
}

/** What makes names look different: forms and marks that nobody sees do not count.
 * @param {string} name */
function looks(name) {
    return name
        .normalize('NFKC')
        .replace(/\p{Cf}/gu, '')
        .toLowerCase();
}

/** The shortest beginning of an id, of at least 4 characters, that no other id has. Ids come from
 * strangers, too.
 * @param {string} id @param {string[]} others */
export function idTag(id, others) {
    const clean = [...cleanLine(id)];
    const rest = others.map(cleanLine);
    let length = 4;
    while (
        length < clean.length &&
        rest.some((other) => other.startsWith(clean.slice(0, length).join('')))
    ) {
        length++;
    }
    return clean.slice(0, length).join('');
}

export class People {
    #list = find('.people-list', HTMLUListElement);
    #self = find('.people-self', HTMLElement);
    #ownName = '';
    /** @type {Map<number, { peer: Peer, item: HTMLLIElement }>} by index */
    #people = new Map();

    constructor() {
        new ResizeObserver(() => this.#setTabStop()).observe(this.#list);
    }

    /** @param {string} name */
    setOwnName(name) {
        this.#ownName = cleanLine(name);
        this.#self.textContent = `${texts.room.you}: ${this.#ownName}`;
    }

    /** The name under which somebody is shown: two people never look the same.
     * @param {Peer} peer */
    nameOf(peer) {
        const others = [...this.#people.values()]
            .map((person) => person.peer)
            .filter((other) => other.id !== peer.id);
        const tag = idTag(peer.id, others.map((other) => other.id));
        /** @param {Peer} one @param {string} part */
        const ownWord = (one, part) => cleanLine(one.name) || texts.person.unnamed(part);
        const name = ownWord(peer, tag);
        const taken = [texts.room.you, this.#ownName].concat(
            others.map((other) => ownWord(other, idTag(other.id, [peer.id]))),
        );
        return taken.some((word) => looks(word) === looks(name))
            ? texts.person.twin(name, tag)
            : name;
    }

    /** @param {Peer} peer
     * @returns {string} the state in which the list has this person, '' when it has not */
    stateOf(peer) {
        const known = this.#people.get(peer.index)?.peer;
        return known?.id === peer.id ? known.state : '';
    }

    /** @param {Peer} peer  came, changed or left */
    set(peer) {
        const known = this.#people.get(peer.index);
        if (peer.state === 'closed') {
            known?.item.remove();
            this.#people.delete(peer.index);
        } else {
            const item = known?.item ?? this.#list.appendChild(make('li', 'person'));
            this.#people.set(peer.index, { peer, item });
        }
        this.#people.forEach((person) => this.#render(person.peer, person.item));
        this.#setTabStop();
    }

    clear() {
        this.#people.clear();
        this.#list.replaceChildren();
        this.#self.textContent = '';
    }

    /** The list is a tab stop only while there is something to scroll. */
    #setTabStop() {
        const { scrollWidth, clientWidth, scrollHeight, clientHeight } = this.#list;
        this.#list.tabIndex = scrollWidth > clientWidth || scrollHeight > clientHeight ? 0 : -1;
    }

    /** @param {Peer} peer @param {HTMLLIElement} item */
    #render(peer, item) {
        const name = this.nameOf(peer);
        const detail = [this.#connection(peer)];
        if (peer.stock || peer.direct) {
            detail.push(peer.stock ? texts.person.stock : texts.person.direct);
        }
        const key = [name, ...detail, peer.state, peer.path, peer.verified].join('\n');
        if (item.dataset.key === key) {
            return; // most events change nothing that is seen
        }
        item.dataset.key = key;
        item.dataset.state = peer.state;
        item.dataset.path = peer.path;
        item.title = this.#hint(peer);
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
            case 'lost':
                return texts.person.lost;
            case 'away':
                return texts.person.away;
            default:
                return texts.person.connecting;
        }
    }
}
