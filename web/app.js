// @ts-check
/** The page: joins its parts to GhostChat's public module, and decides nothing else. */
import { Composer } from './composer.js';
import { policyOf } from './config.js';
import { Conversation } from './conversation.js';
import { destinationOf } from './destination.js';
import { fillTexts, find, make } from './dom.js';
import { Entrance } from './entrance.js';
import { Frame } from './frame.js';
import { GhostChat } from './ghostchat.js';
import { Invite } from './invite.js';
import { cleanLine } from './linkify.js';
import { randomName } from './name.js';
import { People } from './people.js';
import { findLink } from './pasted.js';
import { base, hasSecret, isStatic, linkBase, showPlace, takeArrival } from './place.js';
import { whyJoin, whySend } from './refusals.js';
import { Scan } from './scan.js';
import { setOff } from './sentence.js';
import { describe, Status } from './status.js';
import { texts } from './texts.js';
import { followViewport } from './viewport.js';

/** @typedef {import('./ghostchat.js').WayIn} WayIn */
/** @typedef {import('./ghostchat.js').Peer} Peer */
/** @typedef {import('./destination.js').Destination} Place */

class App {
    #root = document.documentElement;
    #title = find('.bar-title', HTMLElement);
    #again = find('.again', HTMLButtonElement);
    #inviteOpen = find('.invite-open', HTMLButtonElement);
    #chat = new GhostChat();
    #people = new People();
    #frame = new Frame(() => this.#draw());
    #conversation = new Conversation(
        (peer) => this.#people.nameOf(peer),
        () => this.#frame.request(),
    );
    #composer = new Composer((text) => this.#send(text));
    #status = new Status();
    #invite = new Invite(
        (kind) => this.#chat.invite(kind),
        () => this.#composer.focus(),
    );
    #scan = new Scan((text) => this.#openText(text));
    #entrance = new Entrance(randomName(), {
        enter: (way, choice) => this.#enter(way, choice),
        open: (text) => this.#sayInstead(this.#openText(text)),
        scan: () => this.#scan.open(),
    });
    /** @type {Place | null} */
    #place = null;
    /** @type {{ way: WayIn, choice: import('./entrance.js').Choice } | null} for joining again */
    #last = null;
    /** @type {string | null} a link that was opened while in a room */
    #later = null;
    #entering = false;
    /** The policy of a static page allows no more than its configuration any more. */
    #narrowed = false;
    #unread = 0;

    /** @param {import('./place.js').Arrival} arrival */
    async run(arrival) {
        this.#listen();
        this.#showScreen('entrance');
        this.#render();
        this.#entrance.showHome();
        this.#useConfig();
        const preload = this.#chat.preload();
        await this.#arrive(arrival);
        await preload;
    }

    /** @param {import('./place.js').Arrival} arrival */
    async #arrive(arrival) {
        if (arrival.lost) {
            this.#entrance.showLost(false);
        } else if (arrival.link && (await this.#openLink(arrival.link))) {
            this.#entrance.showLost(true);
        }
    }

    #listen() {
        const chat = this.#chat;
        const on = (/** @type {string} */ type, /** @type {(detail: any) => void} */ then) =>
            chat.addEventListener(type, (event) => then(/** @type {CustomEvent} */ (event).detail));
        on('state', () => this.#onState());
        on('peer', (peer) => this.#onPeer(peer));
        on('message', ({ from, text }) => this.#onMessage(from, text));
        on('gap', ({ from, count, reason }) =>
            this.#conversation.note(
                texts.message.gap(this.#setOff(from), count, reason.text),
                'bad',
                from,
            ),
        );
        on('delivered', ({ to, id }) => this.#conversation.delivered(id, to));
        on('sent', ({ to, id }) => this.#conversation.sent(id, to));
        on('undelivered', ({ to, id, reason }) =>
            this.#conversation.undelivered(id, to, reason.text),
        );
        on('sendable', () => this.#composer.hinted && this.#composer.hint(texts.message.sendable));

        this.#inviteOpen.addEventListener('click', () => this.#invite.open());
        find('.leave', HTMLButtonElement).addEventListener('click', () => this.#leave());
        this.#again.addEventListener('click', () => this.#joinAgain());
        addEventListener('hashchange', () => this.#onHash());
        // A file that is dropped would take the place of the page.
        for (const type of ['dragover', 'drop']) {
            addEventListener(type, (event) => this.#onDrop(/** @type {DragEvent} */ (event)));
        }
        addEventListener('focus', () => this.#setUnread(0));
        document.addEventListener('visibilitychange', () => document.hidden || this.#setUnread(0));
        addEventListener('beforeunload', (event) => {
            if (this.#place) {
                event.preventDefault();
                event.returnValue = true; // the form that Safari needs
            }
        });
        // The entry of the history stays what it is: Back and Forward lead to the joining screen of it.
        addEventListener('pagehide', () => this.#place && this.#leave(true));
        addEventListener('pageshow', (event) => event.persisted && this.#arrive(takeArrival()));
    }

    /** @param {WayIn} way @param {import('./entrance.js').Choice} choice */
    async #enter(way, choice) {
        if (this.#place || this.#entering) {
            return;
        }
        this.#entering = true;
        this.#entrance.error('');
        try {
            if (!(await this.#useConfig())) {
                return;
            }
            const place = await destinationOf(way);
            await this.#chat.setName(choice.name);
            this.#people.setOwnName(await GhostChat.readName(choice.name));
            this.#show(place);
            await this.#chat.join(way, { relayOnly: choice.relayOnly });
        } catch (error) {
            showPlace('', false);
            this.#hide();
            this.#entrance.error(whyJoin(error, 'room' in way));
            await this.#chat.leave(); // what has trapped is as good as left
            return;
        } finally {
            this.#entering = false;
        }
        this.#entrance.wipe();
        this.#last = { way, choice };
        this.#render();
        if ('newRoom' in way) {
            this.#last.way = { link: await this.#chat.invite('room') };
            await this.#invite.showBeside();
        } else {
            this.#composer.focus();
        }
    }

    /** @param {Place} place */
    #show(place) {
        this.#place = place;
        this.#title.textContent = place.title;
        this.#invite.setRoom(place.room);
        showPlace(place.path, place.lost);
        this.#showScreen('room');
        this.#render();
    }

    #hide() {
        this.#place = null;
        this.#title.textContent = texts.title;
        this.#showScreen('entrance');
        this.#render();
    }

    /** Leaves, and forgets all that was said and all secrets.
     * @param {boolean} [away]  the page goes: its address, which holds no secret, stays */
    async #leave(away = false) {
        this.#last = null;
        await this.#chat.leave();
        this.#invite.close();
        this.#conversation.clear();
        this.#people.clear();
        this.#composer.clear();
        this.#entrance.wipe();
        if (!away) {
            showPlace('', false);
        }
        this.#hide();
        this.#entrance.showHome();
        const later = this.#later;
        this.#later = null;
        if (later) {
            await this.#openLink(later);
        }
    }

    async #joinAgain() {
        const last = this.#last;
        if (last) {
            this.#conversation.settle(); // ids of messages begin anew
            this.#composer.hint('');
            await this.#chat.join(last.way, { relayOnly: last.choice.relayOnly }).catch(() => {});
            this.#composer.focus();
        }
    }

    /** @param {string} text */
    async #send(text) {
        const to = this.#chat.peers;
        try {
            const id = await this.#chat.send(text);
            this.#conversation.addOwn(id, text, to);
            this.#composer.clear();
            this.#frame.now();
        } catch (error) {
            const code = /** @type {{ code?: string }} */ (error).code ?? '';
            this.#composer.hint(whySend(code));
        }
    }

    /** @param {DragEvent} event */
    #onDrop(event) {
        if (event.dataTransfer?.types.includes('Files')) {
            event.preventDefault();
            if (event.type === 'drop' && this.#place) {
                this.#composer.hint(texts.message.noFiles);
            }
        }
    }

    #onState() {
        if (this.#chat.state.state === 'failed') {
            this.#conversation.settle();
        }
        this.#frame.request();
    }

    /** @param {Peer} peer */
    #onPeer(peer) {
        const before = this.#people.stateOf(peer);
        this.#people.set(peer);
        if (peer.state === 'open' && before !== 'open' && before !== 'lost') {
            this.#conversation.note(texts.person.came(this.#setOff(peer)), 'quiet', peer);
            this.#invite.closeBeside();
        } else if (peer.state === 'closed') {
            // After a fault of ours nobody has left: the status line says what has happened.
            if ((before === 'open' || before === 'lost') && peer.reason.word !== 'trap') {
                this.#conversation.note(this.#goodbye(peer), 'quiet', peer);
            }
            this.#conversation.left(peer);
        }
        this.#frame.request();
    }

    /** @param {Peer} peer  who has gone */
    #goodbye(peer) {
        const { word, text } = peer.reason;
        const name = this.#setOff(peer);
        return word === 'left' || !text ? texts.person.left(name) : texts.person.gone(name, text);
    }

    /** @param {Peer} peer
     * @returns {string} the name for a sentence */
    #setOff(peer) {
        return setOff(this.#people.nameOf(peer));
    }

    /** @param {Peer} from @param {string} text */
    #onMessage(from, text) {
        this.#conversation.add(from, text);
        if (document.hidden || !document.hasFocus()) {
            this.#unread++;
        }
    }

    /** @param {number} unread */
    #setUnread(unread) {
        this.#unread = unread;
        this.#frame.request();
    }

    /** @param {string} link
     * @returns {Promise<Node[] | null>} null: shown on the joining screen; else what to say */
    async #openLink(link) {
        const invite = await GhostChat.readInvite(link).catch(() => null);
        if (!invite) {
            return [document.createTextNode(texts.entrance.badLink)];
        }
        if (!link.startsWith(base)) {
            const url = new URL(link);
            const there = make('a', 'elsewhere-link', texts.entrance.openThere);
            there.href = link;
            there.rel = 'noopener noreferrer';
            return [document.createTextNode(texts.entrance.otherServer(url.host)), there];
        }
        this.#entrance.showInvite(link, invite);
        return null;
    }

    /** Opens the link in a text.
     * @param {string} text  pasted, or read from a QR code
     * @returns {Promise<Node[] | null>} null: shown on the joining screen; else what to say */
    async #openText(text) {
        const link = findLink(text, linkBase);
        if (link) {
            return this.#openLink(link);
        }
        const words = texts.entrance;
        return [document.createTextNode(hasSecret(text) ? words.partOfLink : words.noLink(linkBase))];
    }

    /** @param {Promise<Node[] | null>} opened  what to say on the joining screen; null: nothing */
    async #sayInstead(opened) {
        const instead = await opened;
        if (instead) {
            this.#entrance.error('', instead);
        }
    }

    /** Follows another link that was put into the address bar of this page. */
    async #onHash() {
        const { link } = takeArrival();
        if (link && this.#place) {
            this.#later = link;
            showPlace(this.#place.path, this.#place.lost);
            this.#conversation.note(texts.entrance.laterLink);
        } else if (link) {
            await this.#sayInstead(this.#openLink(link));
        }
    }

    /** Reads the configuration that the server, or the owner of this static page, gives.
     * @returns {Promise<boolean>} whether one can join with it */
    async #useConfig() {
        const config = await this.#chat.config();
        this.#entrance.setProblem(config.problem ? texts.config[config.problem] : '');
        if (config.problem) {
            return false;
        }
        if (isStatic && !this.#narrowed) {
            const policy = document.createElement('meta');
            policy.httpEquiv = 'Content-Security-Policy';
            policy.content = policyOf(config);
            document.head.append(policy);
            this.#narrowed = true;
        }
        const { iceServers } = config;
        // The switch appears where the server offers a relay.
        if (iceServers?.some((server) => /\bturns?:/.test(String(server.urls)))) {
            this.#entrance.offerRelayOnly();
        }
        if (iceServers?.length === 0 || (isStatic && !iceServers)) {
            this.#entrance.warnNoStun();
        }
        return true;
    }

    /** @param {'entrance' | 'room'} screen */
    #showScreen(screen) {
        this.#root.dataset.screen = screen;
        find('.entrance', HTMLElement).hidden = screen !== 'entrance';
        find('.room', HTMLElement).hidden = screen !== 'room';
        find('.bar-actions', HTMLElement).hidden = screen !== 'room';
        this.#setUnread(0);
    }

    #showEmpty() {
        const failed = this.#chat.state.state === 'failed';
        const empty = this.#conversation.empty && this.#chat.openLinks === 0;
        find('.empty', HTMLElement).hidden = !empty;
        find('.empty-heading', HTMLElement).textContent = failed
            ? texts.room.failedHeading
            : texts.room.emptyHeading;
        find('.empty-text', HTMLElement).textContent = failed ? '' : (this.#place?.empty ?? '');
    }

    /** Draws at once. */
    #render() {
        this.#frame.now();
    }

    #draw() {
        const { state } = this.#chat.state;
        const peers = this.#chat.peers;
        const open = this.#chat.openLinks;
        this.#people.render();
        this.#conversation.render();
        this.#root.dataset.state = state;
        this.#root.dataset.peers = String(open);
        this.#again.hidden = state !== 'failed' || !this.#last;
        this.#inviteOpen.hidden = state === 'failed';
        this.#showEmpty();
        const title = texts.windowTitle(this.#unread, this.#place?.title ?? '');
        if (document.title !== title) {
            document.title = title;
        }
        this.#status.show(
            describe(
                this.#chat.state,
                peers,
                (peer) => this.#setOff(peer),
                this.#place?.room === 'none',
                !this.#chat.reachesOut,
            ),
        );
    }
}

/** @param {import('./place.js').Arrival} arrival */
export async function start(arrival) {
    fillTexts();
    followViewport();
    await new App().run(arrival);
}
