// @ts-check
/** GhostChat for any page: join a room, send, hear what happens, leave.
 *
 *     const chat = new GhostChat({ name: 'Ann' });
 *     chat.addEventListener('message', ({ detail }) => console.log(detail.from.name, detail.text));
 *     await chat.join({ room: 'coffee' });
 *     await chat.send('hello');
 *     await chat.leave();
 *
 * Events (their `detail` in brackets):
 *   state        [ChatState]                   where one stands, and why; a fault of GhostChat itself
 *                ends the chat as 'failed' with the reason 'trap', and join() begins anew
 *   peer         [Peer]                        somebody came, changed or left (state 'closed')
 *   message      [{ from: Peer, id, text }]    text as it was sent: show it by textContent only
 *   gap          [{ from: Peer, first, count, reason }] messages that never come; reason.word is
 *                'none' for those lost on the way
 *   delivered    [{ to: Peer, id }]            own message `id` was shown there; after `undelivered`
 *                it says that the message was shown after all
 *   sent         [{ to: Peer, id }]            handed over; whether it was shown is not known there
 *   undelivered  [{ to: Peer, id, reason }]    given up for that person
 *   sendable     send() works again after the error 'full'
 *
 * All decisions are the core's; this module only joins its driver, signaling, links and report. */
import { fetchConfig } from './config.js';
import { Core, CoreError, loadCore } from './core.js';
import { Driver } from './driver.js';
import { Links } from './links.js';
import { InviteKind, Output } from './numbers.js';
import { base, isStatic, linkBase } from './place.js';
import { Reach } from './reach.js';
import { NO_REASON, Report, TRAPPED } from './report.js';
import { Signaling } from './signaling.js';
import { CoreTrap } from './trap.js';

export { CoreError as GhostChatError, InviteKind };

/** @typedef {object} Reason
 * @property {string} word  such as 'timeout', 'none'
 * @property {string} text  words for the user, may be empty */
/** @typedef {object} Peer
 * @property {number} index   stable while the peer is known
 * @property {string} id
 * @property {string} name    as the peer gave it, may be empty or not unique
 * @property {string} state   connecting, open, lost, away, closed
 * @property {'unknown' | 'host' | 'srflx' | 'prflx' | 'relay'} path
 * @property {number} rttMs   0: not known
 * @property {boolean} direct came by a direct link, is in no room with us
 * @property {boolean} verified
 * @property {boolean} stock  another PeerJS application: it acknowledges nothing, and has no name
 * @property {Reason} reason */
/** @typedef {object} ChatState
 * @property {string} state      idle, joining, waiting, connected, failed
 * @property {string} signaling  off, connecting, on, lost
 * @property {boolean} [answers]  the server is there, but its WebSocket is not reached
 * @property {Reason} reason */
/** @typedef {import('./config.js').Config} Config  the content of config.json beside the page */
/** @typedef {{ room: string } | { link: string } | { newRoom: true }} WayIn */

export class GhostChat extends EventTarget {
    /** @type {Driver | null} */
    #driver = null;
    /** @type {Links | null} */
    #links = null;
    /** @type {Map<number, Signaling>} by the core's number */
    #sockets = new Map();
    /** @type {Set<number>} links on which something was sent since the last report */
    #sentOn = new Set();
    /** @type {Promise<Config> | undefined} */
    #config;
    #server;
    #linkBase;
    #static;
    #name;
    #reach = new Reach(() => this.#setState(this.#state));
    /** An ICE server is known, so that people on other networks can be reached. */
    #reachesOut = false;
    /** @type {ChatState} */
    #state = { state: 'idle', signaling: 'off', reason: NO_REASON };
    /** @type {Report | null} of this chat */
    #report = null;

    /** @param {{ name?: string, server?: string }} [options]
     *   server: where ghostchatd serves its page; by default the server of this module */
    constructor(options = {}) {
        super();
        this.#server = options.server ?? base;
        this.#linkBase = options.server ?? linkBase;
        this.#static = options.server === undefined && isStatic;
        this.#name = options.name ?? '';
    }

    /** Loads what join() needs, so that it does not wait. Optional. */
    async preload() {
        await Promise.all([loadCore(), this.config()]);
    }

    /** @returns {Promise<Config>} what the server says of itself; {} when it does not answer */
    config() {
        this.#config ??= fetchConfig(this.#server, this.#static).then((config) => {
            if (!config || config.problem) {
                this.#config = undefined; // ask again next time
            }
            return config ?? {};
        });
        return this.#config;
    }

    /** @returns {ChatState} */
    get state() {
        return this.#state;
    }

    /** @returns {string} our own peer id, empty before the first join */
    get id() {
        return this.#driver?.ask((core) => core.id(), '') ?? '';
    }

    /** @returns {Peer[]} everybody who is known and has not left */
    get peers() {
        return this.#report?.peers ?? [];
    }

    /** @returns {number} people to whom a link is open */
    get openLinks() {
        return this.peers.filter((peer) => peer.state === 'open').length;
    }

    /** @returns {boolean} whether people on other networks can be reached; known once joined */
    get reachesOut() {
        return this.#reachesOut;
    }

    /** Enters. Resolves when the core has begun; events report how it goes on. Rejects with 'config' when
     * the configuration beside the page names no server to meet at.
     * @param {WayIn} way
     * @param {{ relayOnly?: boolean, serialization?: string }} [options]  relayOnly: never show
     *   our own address; serialization: the form of messages to another PeerJS application by a bare
     *   link, 'binary' (as usual), 'json' or 'raw' */
    async join(way, options = {}) {
        if (this.#driver && this.#state.state === 'failed') {
            await this.leave(); // a second attempt begins anew
        }
        if (this.#driver) {
            throw new CoreError('state');
        }
        const [core, config] = await Promise.all([Core.create(), this.config()]);
        if (this.#driver) {
            throw new CoreError('state'); // two joins at once: the first has won
        }
        if (config.problem) {
            throw new CoreError('config');
        }
        const { url, key = '' } = config.peerServer ?? { url: this.#server, key: config.key };
        this.#begin(core, options.relayOnly === true);
        this.#setIceServers(JSON.stringify(config.iceServers ?? []));
        try {
            await this.#call((c, now) => {
                c.setKey(key);
                c.setSerialization(options.serialization ?? '');
                if ('room' in way) {
                    c.joinRoom(now, url, this.#name, way.room.trim());
                } else if ('link' in way) {
                    c.joinLink(now, url, this.#name, way.link);
                } else {
                    c.newRoom(now, url, this.#name);
                }
            });
        } catch (error) {
            if (!(error instanceof CoreTrap)) {
                this.#end();
            }
            throw error;
        }
    }

    /** Sends a text (1 to 16,384 bytes of UTF-8) to everybody known now.
     * @param {string} text
     * @returns {Promise<number>} the message's id. Rejects with a GhostChatError whose code is
     *   'full' (keep the text, wait for 'sendable'), 'state' (nobody is there), 'too-big' */
    send(text) {
        return this.#call((core, now) => core.send(now, text));
    }

    /** @param {string} name  0 to 256 bytes; a longer one is cut by the core */
    async setName(name) {
        this.#name = name;
        if (this.#driver) {
            await this.#call((core, now) => core.setNick(now, name));
        }
    }

    /** @param {'room' | 'direct'} kind
     * @returns {Promise<string>} an invite link; rejects with 'state' where there is none */
    invite(kind) {
        const number = kind === 'room' ? 0 : InviteKind.PEER_SECRET;
        return this.#call((core) => core.invite(this.#linkBase, number));
    }

    /** Says what a link leads to, without using it.
     * @param {string} link
     * @returns {Promise<{ kind: number, name: string } | null>} null: no invite link */
    static async readInvite(link) {
        const core = await Core.create();
        const invite = core.readInvite(link);
        core.wipe();
        return invite;
    }

    /** Says to which room a name leads, without entering the room.
     * @param {string} name  as typed
     * @returns {Promise<string>} the canonical form, equal for all names of one room. Rejects with
     *   'syntax' or 'too-big' for a text that cannot be a name */
    static async readRoom(name) {
        const core = await Core.create();
        try {
            return core.nameRoom(name);
        } finally {
            core.wipe();
        }
    }

    /** Says what the others see of our own name.
     * @param {string} name
     * @returns {Promise<string>} may be empty */
    static async readName(name) {
        const core = await Core.create();
        const shown = core.cleanNick(name);
        core.wipe();
        return shown;
    }

    /** Leaves: says so to the others, closes everything and wipes what the core knew. */
    async leave() {
        if (this.#driver) {
            await this.#call((core, now) => core.leave(now)).catch(() => {});
        }
        if (this.#driver || this.#state.state !== 'idle') {
            this.#end(); // a chat that a trap has ended too, although its driver is gone
        }
    }

    /** @param {Core} core @param {boolean} relayOnly */
    #begin(core, relayOnly) {
        this.#report = new Report(core, relayOnly);
        this.#driver = new Driver(core, {
            act: (out) => this.#act(out),
            drained: () => this.#drained(),
            trapped: (error) => this.#trapped(error),
        });
        this.#links = new Links(
            {
                description: (link, sdp) =>
                    this.#input((c, now) => c.linkDescription(now, link, sdp)),
                candidate: (link, text, mid, index) =>
                    this.#input((c, now) => c.linkCandidate(now, link, text, mid, index)),
                opened: (link) => this.#input((c, now) => c.linkOpened(now, link)),
                message: (link, channel, bytes) =>
                    this.#input((c, now) => c.linkMessage(now, link, channel, bytes)),
                // A report of a link that has ended meanwhile would say "sent" of what it did not take.
                buffered: (link, bytes) =>
                    this.#input(
                        (c, now) => this.#links?.lives(link) && c.linkBuffered(now, link, bytes),
                    ),
                closed: (link, reason) => this.#input((c, now) => c.linkClosed(now, link, reason)),
                path: (link, path, rttMs) =>
                    this.#input((c, now) => c.linkPath(now, link, path, rttMs)),
            },
            relayOnly,
        );
    }

    /** Sets the ICE servers: those of the configuration, until a server announces its own.
     * @param {string} json */
    #setIceServers(json) {
        this.#reachesOut = json !== '[]';
        this.#links?.setIceServers(json);
    }

    /** @param {number} socket
     * @returns {Signaling} */
    #signaling(socket) {
        let signaling = this.#sockets.get(socket);
        if (!signaling) {
            signaling = new Signaling({
                opened: () => this.#input((c, now) => c.signalingOpened(now, socket)),
                message: (text) => this.#input((c, now) => c.signalingMessage(now, socket, text)),
                closed: () => this.#input((c, now) => c.signalingClosed(now, socket)),
            });
            this.#sockets.set(socket, signaling);
        }
        return signaling;
    }

    /** The core has trapped: a fault of ours that must not go on unseen. The links are closed and
     * the state says so; join() begins anew.
     * @param {unknown} error */
    #trapped(error) {
        console.error(error);
        this.#end({ state: 'failed', signaling: 'off', reason: TRAPPED });
    }

    /** Ends the driver and forgets everything.
     * @param {ChatState} [state]  the state after it */
    #end(state = { state: 'idle', signaling: 'off', reason: NO_REASON }) {
        this.#driver?.end();
        this.#sockets.forEach((signaling) => signaling.close());
        this.#sockets.clear();
        this.#links?.end();
        this.#driver = this.#links = null;
        this.#sentOn.clear();
        for (const peer of this.peers) {
            this.#dispatch('peer', { ...peer, state: 'closed', reason: state.reason });
        }
        this.#report = null;
        this.#setState(state);
    }

    /** One input of the user, with its result.
     * @template T
     * @param {(core: Core, now: number) => T} input
     * @returns {Promise<T>} */
    #call(input) {
        return this.#driver?.call(input) ?? Promise.reject(new CoreError('state'));
    }

    /** One input of links or sockets. @param {(core: Core, now: number) => void} input */
    #input(input) {
        this.#driver?.input(input);
    }

    #drained() {
        const links = [...this.#sentOn];
        this.#sentOn.clear();
        links.forEach((link) => this.#links?.reportBuffered(link));
    }

    /** @param {import('./core.js').CoreOutput} out */
    #act(out) {
        const links = /** @type {Links} */ (this.#links);
        switch (out.type) {
            case Output.SIGNALING_CONNECT:
                this.#askServer();
                return this.#signaling(out.value).connect(out.text);
            case Output.SIGNALING_SEND:
                return this.#signaling(out.value).send(out.text);
            case Output.SIGNALING_CLOSE:
                return this.#signaling(out.value).close();
            case Output.ICE_SERVERS:
                // one that has none says nothing about those that the operator configured
                return out.text === '[]' ? undefined : this.#setIceServers(out.text);
            case Output.LINK_OFFER:
                return links.offer(out.link, out.value, out.text);
            case Output.LINK_ANSWER:
                return links.answer(out.link, out.value, out.text);
            case Output.LINK_REMOTE:
                return links.remote(out.link, out.value, out.text);
            case Output.LINK_CANDIDATE:
                return links.candidate(out.link, out.text, out.text2, out.value);
            case Output.LINK_SEND:
                this.#sentOn.add(out.link);
                return links.send(out.link, out.value, out.bytes);
            case Output.LINK_CLOSE:
                return links.close(out.link);
            default:
                return this.#tell(out);
        }
    }

    /** @param {import('./core.js').CoreOutput} out  one that is for the user */
    #tell(out) {
        const event = this.#report?.eventOf(out);
        if (event?.type === 'state') {
            this.#setState(event.detail);
        } else if (event) {
            this.#dispatch(event.type, event.detail);
        }
    }

    /** Asks the server by HTTP when a socket is tried again: if none was ever reached, a proxy in front
     * of the server may be the cause. */
    async #askServer() {
        if (this.#state.reason.word === 'server-unreachable' && !this.#reach.reached) {
            const { peerServer } = await this.config();
            const own = !peerServer;
            this.#reach.ask(own ? `${this.#server}config.json` : peerServer.url, own);
        }
    }

    /** @param {ChatState} state */
    #setState(state) {
        this.#reach.note(state);
        this.#state = { ...state, answers: this.#reach.answers };
        this.#dispatch('state', this.#state);
    }

    /** @param {string} type @param {unknown} detail */
    #dispatch(type, detail) {
        this.dispatchEvent(new CustomEvent(type, { detail }));
    }
}
