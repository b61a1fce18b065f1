// @ts-check
/** The joining screen: who one is and the way in. A guest by link needs one tap. */
import { find } from './dom.js';
import { cleanLine } from './linkify.js';
import { cutName } from './name.js';
import { findLink, keepLinesApart } from './pasted.js';
import { hasSecret, linkBase } from './place.js';
import { texts } from './texts.js';

/** @typedef {import('./ghostchat.js').WayIn} WayIn */
/** @typedef {{ name: string, relayOnly: boolean }} Choice */
/** @typedef {object} EntranceActions
 * @property {(way: WayIn, choice: Choice) => void} enter
 * @property {(text: string) => void} open  a text that was pasted for the link in it
 * @property {() => void} scan */

/** enum gc_invite_kind */
const [ROOM_NAME, ROOM_SECRET, PEER_SECRET] = [1, 2, 3];

export class Entrance {
    #root = find('.entrance', HTMLElement);
    #heading = find('.entrance-heading', HTMLElement);
    #about = find('.entrance-about', HTMLElement);
    #form = find('.entrance-form', HTMLFormElement);
    #name = find('.name-input', HTMLInputElement);
    #room = find('.room-input', HTMLInputElement);
    #paste = find('.paste-input', HTMLInputElement);
    #error = find('.form-error', HTMLElement);
    #relay = find('.relay-input', HTMLInputElement);
    #join = find('.join', HTMLButtonElement);
    #actions;
    /** @type {'home' | 'link' | 'lost'} */
    #mode = 'home';
    #link = '';
    /** Why nobody can be met from here; stays until it is gone. */
    #problem = '';

    /** @param {string} name @param {EntranceActions} actions */
    constructor(name, actions) {
        this.#actions = actions;
        this.#name.value = name;
        this.#name.addEventListener('input', (event) => {
            const typed = this.#name.value;
            const cut = /** @type {InputEvent} */ (event).isComposing ? typed : cutName(typed);
            if (cut !== typed) {
                this.#name.value = cut;
            }
        });
        this.#form.addEventListener('submit', (event) => {
            event.preventDefault();
            this.#submit();
        });
        keepLinesApart(this.#room);
        keepLinesApart(this.#paste);
        find('.new-room', HTMLButtonElement).addEventListener('click', () =>
            actions.enter({ newRoom: true }, this.#choice()),
        );
        find('.scan-open', HTMLButtonElement).addEventListener('click', () => actions.scan());
    }

    /** Several ways in. */
    showHome() {
        this.#show('home', texts.entrance.lead, texts.entrance.about, texts.entrance.joinRoom);
    }

    /** @param {string} link @param {{ kind: number, name: string }} invite */
    showInvite(link, invite) {
        const words = texts.entrance;
        this.#link = link;
        if (invite.kind === ROOM_NAME) {
            this.#show(
                'link',
                words.roomHeading(cleanLine(invite.name)),
                words.about,
                words.joinRoom,
            );
        } else if (invite.kind === ROOM_SECRET) {
            this.#show('link', words.privateHeading, words.about, words.joinRoom);
        } else {
            const bare = invite.kind !== PEER_SECRET;
            const note = bare ? words.barePeerNote : words.peerNote;
            this.#show('link', words.peerHeading, `${note} ${words.about}`, words.join);
            this.#root.dataset.bare = String(bare); // said on small screens, too
        }
        this.#join.focus({ preventScroll: true });
    }

    /** @param {boolean} bad  there was something, but no invite link; else a reload lost it */
    showLost(bad) {
        const words = texts.entrance;
        this.#show(
            'lost',
            bad ? words.badHeading : words.lostHeading,
            bad ? words.badLink : words.lost,
            words.open,
        );
    }

    /** @param {string} problem  of the configuration, '' for none */
    setProblem(problem) {
        if (this.#problem !== problem) {
            this.#problem = problem;
            this.error('');
        }
    }

    /** No ICE server is configured. */
    warnNoStun() {
        find('.no-stun', HTMLElement).hidden = false;
    }

    offerRelayOnly() {
        find('.relay-only', HTMLElement).hidden = false;
        find('.notice', HTMLElement).textContent = texts.entrance.noticeRelay;
    }

    /** @param {string} text @param {Node[]} [more] */
    error(text, more = []) {
        this.#error.textContent = text || this.#problem;
        this.#error.append(...more);
    }

    wipe() {
        this.#link = '';
        this.#paste.value = '';
        this.#room.value = '';
        this.error('');
    }

    /** @param {'home' | 'link' | 'lost'} mode
     * @param {string} heading @param {string} about @param {string} button */
    #show(mode, heading, about, button) {
        this.#mode = mode;
        this.#root.dataset.mode = mode;
        this.#root.dataset.bare = 'false';
        this.#heading.textContent = heading;
        this.#about.textContent = about;
        this.#join.textContent = button;
        this.error('');
        find('.room-row', HTMLElement).hidden = mode !== 'home';
        find('.paste-row', HTMLElement).hidden = mode !== 'lost';
        find('.new-room', HTMLElement).hidden = mode !== 'home';
        find('.other-ways', HTMLElement).hidden = mode === 'link';
        find('.or', HTMLElement).hidden = mode === 'link';
        find('.elsewhere', HTMLElement).hidden = mode === 'home';
    }

    /** @returns {Choice} */
    #choice() {
        return { name: cutName(this.#name.value.trim()), relayOnly: this.#relay.checked };
    }

    #submit() {
        const room = this.#room.value.trim();
        if (this.#mode === 'link') {
            this.#actions.enter({ link: this.#link }, this.#choice());
        } else if (this.#mode === 'lost') {
            this.#actions.open(this.#paste.value.trim());
        } else if (isForLink(room)) {
            this.#actions.open(room); // not cut: half a secret would be a name
        } else if (room) {
            this.#actions.enter({ room: cutName(room) }, this.#choice());
        } else {
            this.error(texts.entrance.needRoom);
            this.#room.focus();
        }
    }
}

/** @param {string} text  in the field for the name of a room, where it is natural to paste a link
 * @returns {boolean} whether it was pasted for a link, be it whole or not */
function isForLink(text) {
    return /https?:\/\//i.test(text) || hasSecret(text) || findLink(text, linkBase) !== null;
}
