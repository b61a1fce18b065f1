// @ts-check
/** The path of a link: which way its packets take, and how long they are under way. It is read when
 * the link has opened, when the browser says that it may be another one, and while something is said.
 * A link that rests is not asked: a question costs more than all that such a link sends.
 *
 *   made --open()--> read now and then --end()--> silent */
/** How often the path of a link in use is read at most. */
const READ_MS = 5000;
/** This long after the opening the first round trips are known. */
const ROUND_TRIPS_MS = 1000;

/** @param {RTCPeerConnection} pc
 * @returns {Promise<{ type: string, rttMs: number } | null>} from types only, no addresses */
async function readPath(pc) {
    /** @type {Map<string, any>} */
    const stats = new Map(/** @type {any} */ (await pc.getStats()));
    const all = [...stats.values()];
    const chosen = all.find((s) => s.type === 'transport')?.selectedCandidatePairId;
    const pair =
        stats.get(chosen) ??
        all.find((s) => s.type === 'candidate-pair' && s.selected) ??
        all.find((s) => s.type === 'candidate-pair' && s.nominated && s.state === 'succeeded');
    if (!pair) {
        return null;
    }
    const types = [
        stats.get(pair.localCandidateId)?.candidateType,
        stats.get(pair.remoteCandidateId)?.candidateType,
    ];
    const type = ['relay', 'srflx', 'prflx', 'host'].find((t) => types.includes(t)) ?? 'unknown';
    const rttMs = Math.round((pair.currentRoundTripTime ?? 0) * 1000);
    return { type, rttMs: pair.currentRoundTripTime ? Math.max(rttMs, 1) : 0 };
}

export class Path {
    #pc;
    #report;
    #live = false;
    #reading = false; // a browser that never answers is asked once
    #readMs = 0;
    #onChange = () => this.#read();

    /** @param {RTCPeerConnection} pc
     * @param {(type: string, rttMs: number) => void} report  a word of PATHS (numbers.js), and 0 when the
     *   time is not known */
    constructor(pc, report) {
        this.#pc = pc;
        this.#report = report;
    }

    /** The link has opened: from now on its path is reported. */
    open() {
        this.#live = true;
        this.#pc.addEventListener('iceconnectionstatechange', this.#onChange);
        // Firefox does not tell: there the next message shows that the path is another one.
        const ice = this.#pc.sctp?.transport.iceTransport;
        ice?.addEventListener?.('selectedcandidatepairchange', this.#onChange);
        this.#read();
        setTimeout(this.#onChange, ROUND_TRIPS_MS);
    }

    /** Something was said on the link: what is shown of its path is renewed with it. */
    use() {
        if (performance.now() - this.#readMs >= READ_MS) {
            this.#read();
        }
    }

    end() {
        this.#live = false;
    }

    async #read() {
        if (!this.#live || this.#reading) {
            return;
        }
        this.#reading = true;
        this.#readMs = performance.now();
        const found = await readPath(this.#pc).catch(() => null);
        this.#reading = false;
        if (found && this.#live) {
            this.#report(found.type, found.rttMs);
        }
    }
}
