// @ts-check
/** The status line: always one plain sentence about what is happening, and on failure why and what
 * to try. */
import { find } from './dom.js';
import { plain, sentence } from './sentence.js';
import { texts } from './texts.js';

/** @typedef {import('./ghostchat.js').ChatState} ChatState */
/** @typedef {import('./ghostchat.js').Peer} Peer */
/** @typedef {{ text: string, tone: 'quiet' | 'busy' | 'good' | 'bad' }} Line */

const words = texts.status;

/** @param {import('./ghostchat.js').Reason} reason
 * @returns {string} why, and what to try */
function explain(reason) {
    return [reason.text, words.advice[reason.word]].filter(Boolean).join(' ');
}

/** Words of reasons that lie on this side, whatever the other side is. */
const OWN_TROUBLE = ['no-address', 'no-relay'];

/** @param {Peer[]} peers @param {(peer: Peer) => string} nameOf
 * @returns {Line | null} about those to whom no link is open */
function describeOthers(peers, nameOf) {
    const troubles = peers.filter((peer) => peer.state !== 'open' && peer.reason.text);
    const own = troubles.find((peer) => OWN_TROUBLE.includes(peer.reason.word));
    if (own) {
        return { text: explain(own.reason), tone: 'bad' };
    }
    const [trouble] = troubles;
    if (trouble) {
        return { text: words.trouble(nameOf(trouble), explain(trouble.reason)), tone: 'busy' };
    }
    const names = peers.filter((peer) => peer.state !== 'open').map(nameOf);
    return names.length ? { text: words.connecting(names), tone: 'busy' } : null;
}

/** @param {ChatState} state
 * @returns {Line | null} about the server, when it is not there */
function describeServer(state) {
    if (state.signaling === 'on' || state.signaling === 'off') {
        return null;
    }
    if (state.state === 'connected') {
        return { text: words.serverAway, tone: 'good' };
    }
    if (state.reason.text) {
        const offline = state.reason.word === 'server-unreachable';
        if (offline && state.answers) {
            return { text: `${words.noWebSocket} ${words.retry}`, tone: 'bad' };
        }
        const retry = offline ? words.retryOnline : words.retry;
        return { text: `${explain(state.reason)} ${retry}`, tone: 'bad' };
    }
    return { text: state.signaling === 'lost' ? words.serverLost : words.joining, tone: 'busy' };
}

/** @param {ChatState} state @param {boolean} direct
 * @returns {Line} while the server is there and who holds the room has not been found */
function describeJoining(state, direct) {
    return state.reason.text
        ? { text: `${explain(state.reason)} ${words.retry}`, tone: 'bad' }
        : { text: direct ? words.lookingPeer : words.looking, tone: 'busy' };
}

/** @param {ChatState} state @param {boolean} direct
 * @returns {string} when nobody is known: who came by a direct link waits for one person alone, and
 *   not for one of whom the core says why no link is made any more */
function describeNobody(state, direct) {
    if (!direct) {
        return words.waitingInvite;
    }
    return state.reason.word === 'left'
        ? words.peerLeft
        : explain(state.reason) || words.waitingPeer;
}

/** @param {ChatState} state @param {Peer[]} peers @param {(peer: Peer) => string} nameOf
 * @param {boolean} direct  came by a direct link: there is no room
 * @param {boolean} [noStun]  no ICE server is known: nobody on another network can be reached
 * @returns {Line} */
export function describe(state, peers, nameOf, direct, noStun = false) {
    const others = describeOthers(peers, nameOf);
    const server = describeServer(state);
    const full = state.reason.word === 'peers-full' && explain(state.reason);
    const left = state.reason.word === 'left' && words.peerLeft;
    switch (state.state) {
        case 'idle':
            return { text: words.idle, tone: 'quiet' };
        case 'failed':
            return { text: left || explain(state.reason) || words.failed, tone: 'bad' };
        case 'joining':
            return server ?? describeJoining(state, direct);
        case 'connected': {
            const open = peers.filter((peer) => peer.state === 'open').length;
            const parts = [words.connected(open), server?.text, full, others?.text];
            return { text: parts.filter(Boolean).join(' '), tone: 'good' };
        }
        default: {
            const here = others?.text ?? describeNobody(state, direct);
            const tone = others?.tone ?? 'busy';
            const stun = noStun && tone !== 'bad' && words.noStun; // else it would change nothing
            const parts = [here !== full && full, here, stun];
            return server ?? { text: parts.filter(Boolean).join(' '), tone };
        }
    }
}

export class Status {
    #line = find('.status', HTMLElement);

    /** @param {Line} line */
    show(line) {
        this.#line.dataset.tone = line.tone;
        if (this.#line.textContent !== plain(line.text)) {
            this.#line.replaceChildren(...sentence(line.text)); // else it would be read out again
        }
    }
}
