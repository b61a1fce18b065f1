// @ts-check
/** Links: one RTCPeerConnection each, with two negotiated data channels (ghostchat-protocol.7,
 * "Link"), or with the in-band channel of a stock PeerJS peer (in-band.js). The core decides; this
 * module does what it says and reports what happened.
 *
 *   offer/answer --> description, candidates --> opened --> messages --> closed
 *
 * Every browser promise has a deadline. After closed() or close() a link reports nothing more. */
import { InBand } from './in-band.js';
import { LinkKind, PATHS, Reason } from './numbers.js';
import { Path } from './path.js';

/** createOffer and its like take milliseconds; a browser that never answers is a failed link. */
const PROMISE_MS = 10000;
/** bufferedAmount below which a channel says that it has room again. */
const BUFFERED_LOW_BYTES = 16384;
/** The bytes that may arrive between the opening of the two channels: GC_WINDOW_BYTES, and what this
 * page needs to keep each message, even an empty one. */
const EARLY_BYTES_MAX = 131072;
const EARLY_MESSAGE_BYTES = 128;
/** GC_FRAME_BYTES_MAX: nobody who follows the protocol sends a larger frame. */
const FRAME_BYTES_MAX = 16640;
/** A closed channel gets this long to hand over its last bytes, such as BYE. */
const FLUSH_MS = 1000;
/** The channel of pings and acknowledgements. */
const CONTROL = 0;
const CHANNELS = [
    { label: 'control', ordered: true },
    { label: 'message', ordered: false },
];

/** @typedef {object} LinkReport
 * @property {(link: number, sdp: string) => void} description
 * @property {(link: number, candidate: string, mid: string, index: number) => void} candidate
 * @property {(link: number) => void} opened
 * @property {(link: number, channel: number, bytes: Uint8Array) => void} message
 * @property {(link: number, bytes: number) => void} buffered
 * @property {(link: number, reason: number) => void} closed
 * @property {(link: number, path: number, rttMs: number) => void} path */

/** @template T
 * @param {Promise<T>} promise
 * @returns {Promise<T>} rejects with 'timeout' after PROMISE_MS */
function withDeadline(promise) {
    /** @type {ReturnType<typeof setTimeout>} */
    let timer;
    const late = new Promise((_, reject) => {
        timer = setTimeout(() => reject(new Error('timeout')), PROMISE_MS);
    });
    return /** @type {Promise<T>} */ (Promise.race([promise, late])).finally(() =>
        clearTimeout(timer),
    );
}

class Link {
    /** @type {RTCDataChannel[]} those that the link consists of: all must open */
    channels = [];
    opened = false;
    ended = false;
    #inBand;
    #path;
    #number;
    #pc;
    #report;
    #described = false;
    /** @type {RTCIceCandidateInit[]} candidates of the other side, until its description is set */
    #remoteCandidates = [];
    #remoteSet = false;
    /** @type {RTCIceCandidate[]} our own, until our description has been reported */
    #ownCandidates = [];
    /** @type {{ channel: number, bytes: Uint8Array }[]} */
    #early = [];
    #earlyBytes = 0;

    /** @param {number} number @param {number} kind  a LinkKind
     * @param {RTCConfiguration} configuration @param {LinkReport} report */
    constructor(number, kind, configuration, report) {
        this.#number = number;
        this.#report = report;
        this.#inBand = new InBand(kind, {
            data: (channel, bytes) => this.ended || this.#receive(channel, bytes),
            closed: (channel) => this.#onInBandClose(channel),
        });
        this.#pc = new RTCPeerConnection(configuration);
        this.#path = new Path(this.#pc, (type, rttMs) =>
            report.path(number, PATHS.indexOf(type), rttMs),
        );
        this.#pc.addEventListener('icecandidate', (event) => this.#onCandidate(event.candidate));
        this.#pc.addEventListener('connectionstatechange', () => this.#onConnectionState());
        this.#pc.addEventListener('datachannel', ({ channel }) => this.#onInBand(channel));
        if (kind === LinkKind.DATA) {
            return; // its channel is opened by the other side
        }
        this.channels = CHANNELS.map(({ label, ordered }, id) => {
            const channel = this.#pc.createDataChannel(label, { negotiated: true, id, ordered });
            channel.addEventListener('message', (event) => this.#onMessage(id, event.data));
            channel.addEventListener('close', () => this.#onChannelClose(channel, Reason.GONE));
            return this.#listen(channel);
        });
    }

    /** @param {string} label  of the in-band channel, where the kind has one */
    async offer(label) {
        await this.#try(async () => {
            if (this.#inBand.kind === LinkKind.EITHER) {
                const channel = this.#pc.createDataChannel(label, { ordered: true });
                this.#inBand.take(this.#listen(channel));
            }
            await withDeadline(this.#pc.setLocalDescription());
            this.#describe();
        });
    }

    /** @param {string} sdp */
    async answer(sdp) {
        await this.#try(async () => {
            await withDeadline(this.#pc.setRemoteDescription({ type: 'offer', sdp }));
            this.#flushRemote();
            await withDeadline(this.#pc.setLocalDescription());
            this.#describe();
        });
    }

    /** @param {string} sdp @param {number} kind  known from now on */
    async remote(sdp, kind) {
        await this.#try(async () => {
            this.channels = this.#inBand.settle(kind, this.channels);
            await withDeadline(this.#pc.setRemoteDescription({ type: 'answer', sdp }));
            this.#flushRemote();
        });
    }

    /** @param {RTCIceCandidateInit} candidate */
    addCandidate(candidate) {
        if (!this.#remoteSet) {
            this.#remoteCandidates.push(candidate); // the core passes on at most GC_CANDIDATES_MAX
            return;
        }
        // A candidate that the browser does not take is one way less, not the end of the link.
        this.#pc.addIceCandidate(candidate).catch(() => {});
    }

    /** @param {number} channel @param {Uint8Array} bytes */
    send(channel, bytes) {
        this.#use(channel);
        try {
            if (channel < CHANNELS.length) {
                this.channels[channel]?.send(/** @type {any} */ (bytes));
            } else {
                this.#inBand.send(channel, bytes);
            }
        } catch {
            this.end(Reason.GONE); // closing, or its queue is full although we never fill it
        }
    }

    reportBuffered() {
        if (!this.ended) {
            const bytes = this.channels.reduce((sum, channel) => sum + channel.bufferedAmount, 0);
            this.#report.buffered(this.#number, bytes);
        }
    }

    /** The transport ended it: report once, and let go.
     * @param {number} reason */
    end(reason) {
        if (!this.ended) {
            this.close();
            this.#report.closed(this.#number, reason);
        }
    }

    /** Ends it without a report. Channels are closed first: their last bytes still go out. */
    close() {
        if (this.ended) {
            return;
        }
        this.ended = true;
        this.#path.end();
        const pc = this.#pc;
        if (!this.opened || pc.connectionState !== 'connected') {
            pc.close();
            return;
        }
        let open = this.channels.length;
        for (const channel of this.channels) {
            channel.addEventListener('close', () => --open || pc.close());
            channel.close();
        }
        setTimeout(() => pc.close(), FLUSH_MS);
    }

    /** Sets the handlers that every channel has. @param {RTCDataChannel} channel */
    #listen(channel) {
        channel.binaryType = 'arraybuffer';
        channel.bufferedAmountLowThreshold = BUFFERED_LOW_BYTES;
        channel.addEventListener('open', () => this.#onChannelOpen());
        channel.addEventListener('bufferedamountlow', () => this.reportBuffered());
        return channel;
    }

    /** @param {RTCDataChannel} channel  opened by the other side */
    #onInBand(channel) {
        if (this.#inBand.adopt(channel)) {
            this.channels = [this.#listen(channel)];
            this.#onChannelOpen();
        } else if (this.#inBand.flooded) {
            this.end(Reason.PROTOCOL);
        }
    }

    /** A stock peer ends a connection by closing the channel. @param {RTCDataChannel} channel */
    #onInBandClose(channel) {
        const left = this.opened && this.#pc.connectionState !== 'failed';
        this.#onChannelClose(channel, left ? Reason.LEFT : Reason.GONE);
    }

    /** @param {RTCDataChannel} channel @param {number} reason */
    #onChannelClose(channel, reason) {
        if (this.channels.includes(channel)) {
            this.end(reason);
        }
    }

    /** @param {() => Promise<void>} action */
    async #try(action) {
        try {
            await action();
        } catch {
            this.end(Reason.ICE_FAILED);
        }
    }

    #describe() {
        if (this.ended) {
            return;
        }
        this.#report.description(this.#number, this.#pc.localDescription?.sdp ?? '');
        this.#described = true;
        this.#ownCandidates.splice(0).forEach((candidate) => this.#onCandidate(candidate));
    }

    #flushRemote() {
        this.#remoteSet = true;
        this.#remoteCandidates.splice(0).forEach((candidate) => this.addCandidate(candidate));
    }

    /** @param {RTCIceCandidate | null} candidate  '' and null are end marks */
    #onCandidate(candidate) {
        if (!candidate?.candidate || this.ended) {
            return;
        }
        if (!this.#described) {
            this.#ownCandidates.push(candidate);
            return;
        }
        this.#report.candidate(
            this.#number,
            candidate.candidate,
            candidate.sdpMid ?? '',
            candidate.sdpMLineIndex ?? 0,
        );
    }

    #onConnectionState() {
        if (this.#pc.connectionState === 'failed') {
            this.end(this.opened ? Reason.GONE : Reason.ICE_FAILED);
        }
    }

    #onChannelOpen() {
        const open = this.channels.length > 0 && this.channels.every((c) => c.readyState === 'open');
        if (this.ended || this.opened || !open || this.#inBand.kind === LinkKind.EITHER) {
            return;
        }
        this.opened = true;
        this.#report.opened(this.#number);
        for (const { channel, bytes } of this.#early.splice(0)) {
            this.#report.message(this.#number, channel, bytes);
        }
        this.#path.open();
    }

    /** @param {number} channel @param {unknown} data */
    #onMessage(channel, data) {
        if (this.ended) {
            return;
        }
        if (!(data instanceof ArrayBuffer) || data.byteLength > FRAME_BYTES_MAX) {
            this.end(Reason.PROTOCOL); // all frames are binary
            return;
        }
        this.#receive(channel, new Uint8Array(data));
    }

    /** @param {number} channel  on which something goes or comes */
    #use(channel) {
        if (channel !== CONTROL) {
            this.#path.use();
        }
    }

    /** @param {number} channel @param {Uint8Array} bytes */
    #receive(channel, bytes) {
        if (this.opened) {
            this.#use(channel);
            this.#report.message(this.#number, channel, bytes);
            return;
        }
        this.#earlyBytes += bytes.length + EARLY_MESSAGE_BYTES;
        if (this.#earlyBytes > EARLY_BYTES_MAX) {
            this.end(Reason.PROTOCOL);
            return;
        }
        this.#early.push({ channel, bytes });
    }
}

export class Links {
    /** @type {Map<number, Link>} */
    #links = new Map();
    /** @type {RTCIceServer[]} */
    #iceServers = [];
    #report;
    #relayOnly;

    /** @param {LinkReport} report
     * @param {boolean} relayOnly  use no path that shows the own address */
    constructor(report, relayOnly) {
        this.#report = report;
        this.#relayOnly = relayOnly;
    }

    /** @param {string} json  an array of RTCIceServer, from the core */
    setIceServers(json) {
        try {
            this.#iceServers = JSON.parse(json);
        } catch {
            this.#iceServers = [];
        }
    }

    /** @param {number} number @param {number} kind  a LinkKind
     * @param {string} label  of the in-band channel */
    offer(number, kind, label) {
        this.#make(number, kind)?.offer(label);
    }

    /** @param {number} number @param {number} kind @param {string} sdp */
    answer(number, kind, sdp) {
        this.#make(number, kind)?.answer(sdp);
    }

    /** @param {number} number @param {number} kind @param {string} sdp */
    remote(number, kind, sdp) {
        this.#links.get(number)?.remote(sdp, kind);
    }

    /** @param {number} number
     * @param {string} candidate @param {string} mid @param {number} index */
    candidate(number, candidate, mid, index) {
        this.#links
            .get(number)
            ?.addCandidate({ candidate, sdpMid: mid || null, sdpMLineIndex: index });
    }

    /** @param {number} number @param {number} channel @param {Uint8Array} bytes */
    send(number, channel, bytes) {
        this.#links.get(number)?.send(channel, bytes);
    }

    /** Tells whether bytes that were sent may still arrive.
     * @param {number} number */
    lives(number) {
        return this.#links.get(number)?.ended === false;
    }

    /** @param {number} number */
    reportBuffered(number) {
        this.#links.get(number)?.reportBuffered();
    }

    /** @param {number} number */
    close(number) {
        this.#links.get(number)?.close();
        this.#links.delete(number);
    }

    /** Closes all; nothing is reported any more. */
    end() {
        for (const number of [...this.#links.keys()]) {
            this.close(number);
        }
    }

    /** @param {number} number @param {number} kind
     * @returns {Link | null} */
    #make(number, kind) {
        this.close(number);
        try {
            const link = new Link(number, kind, this.#configuration(), this.#report);
            this.#links.set(number, link);
            return link;
        } catch {
            // too many connections in this page, or ICE servers that it does not take
            queueMicrotask(() => this.#report.closed(number, Reason.ICE_FAILED));
            return null;
        }
    }

    /** @returns {RTCConfiguration} */
    #configuration() {
        return {
            iceServers: this.#iceServers,
            iceTransportPolicy: this.#relayOnly ? 'relay' : 'all',
            bundlePolicy: 'max-bundle',
        };
    }
}
