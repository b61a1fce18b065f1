// @ts-check
/** TEST BUILD ONLY (USE_LOCALSTORAGE_FOR_TESTING=1): takes the place of socket.js. Tabs of one
 * browser find each other in a registry in localStorage and pass texts through a BroadcastChannel;
 * each tab plays the server's part for itself (ghostchat-protocol.7, "Signaling"). No other device
 * and no other browser profile can be reached this way. A release does not contain this file. */

const PREFIX = 'ghostchat-test/';
const CHANNEL = 'ghostchat-test-signaling';
/** An entry that was not refreshed for this time belongs to a tab that crashed. */
const STALE_MS = 90_000;
/** GC_ROOM_MEMBERS_MAX */
const ROOM_MEMBERS_MAX = 16;

/** @typedef {{ token: string, tab: string, room: string, seen: number }} Entry */

/** @param {string} id
 * @returns {Entry | null} */
function readEntry(id) {
    const text = localStorage.getItem(PREFIX + id);
    /** @type {Entry | null} */
    const entry = text ? JSON.parse(text) : null;
    return entry && Date.now() - entry.seen < STALE_MS ? entry : null;
}

/** @param {string} room
 * @returns {string[]} ids */
function readMembers(room) {
    return Object.keys(localStorage)
        .filter((key) => key.startsWith(PREFIX))
        .map((key) => key.slice(PREFIX.length))
        .filter((id) => readEntry(id)?.room === room);
}

/** Behaves like a WebSocket to the server, as far as signaling.js uses one. */
class TestSocket extends EventTarget {
    readyState = 0;
    #channel = new BroadcastChannel(CHANNEL);
    #tab = crypto.randomUUID();
    #id;
    #token;
    #room = '';
    /** The ids that were reported absent to us. @type {Set<string>} */
    #absent = new Set();
    #onHide = () => this.close();

    /** @param {string} url */
    constructor(url) {
        super();
        const query = new URL(url).searchParams;
        this.#id = query.get('id') ?? '';
        this.#token = query.get('token') ?? '';
        this.#channel.addEventListener('message', ({ data }) => this.#onChannel(data));
        addEventListener('pagehide', this.#onHide);
        setTimeout(() => this.#open(query.get('room')), 0);
    }

    /** @param {string} text */
    send(text) {
        const { type, dst, payload } = JSON.parse(text);
        this.#write();
        switch (type) {
            case 'HEARTBEAT':
                return this.#deliver('GC-ALIVE');
            case 'GC-JOIN':
                return this.#deliver('GC-ROOM', this.#enter(payload.room));
            case 'GC-LEAVE':
                return this.#leaveRoom();
            case 'LEAVE':
                return dst ? this.#relay(type, dst, payload) : this.close();
            default:
                return this.#relay(type, dst, payload);
        }
    }

    close() {
        if (this.readyState === 3) {
            return;
        }
        const open = this.readyState === 1;
        this.readyState = 3;
        removeEventListener('pagehide', this.#onHide);
        if (open) {
            this.#leaveRoom();
            localStorage.removeItem(PREFIX + this.#id);
        }
        this.#channel.close();
        setTimeout(() => this.dispatchEvent(new Event('close')), 0);
    }

    /** @param {string | null} room */
    #open(room) {
        if (this.readyState !== 0) {
            return;
        }
        this.readyState = 1;
        this.dispatchEvent(new Event('open'));
        const holder = readEntry(this.#id);
        if (holder && holder.token !== this.#token) {
            this.#deliver('ID-TAKEN', { msg: 'ID is taken' });
            this.readyState = 0; // nothing of ours is registered
            this.close();
            return;
        }
        this.#post({ replaced: this.#id });
        this.#write();
        this.#deliver('OPEN', { gc: 1, ice: [], ...(room ? { room: this.#enter(room) } : {}) });
        this.#post({ present: this.#id });
    }

    /** @param {string} room
     * @returns {object} ROOM */
    #enter(room) {
        if (this.#room && this.#room !== room) {
            this.#leaveRoom();
        }
        const members = readMembers(room).filter((id) => id !== this.#id);
        if (members.length >= ROOM_MEMBERS_MAX) {
            return { tag: room, reason: 'room-full' };
        }
        this.#room = room;
        this.#write();
        this.#tellMembers('GC-JOINED');
        return { tag: room, members };
    }

    #leaveRoom() {
        if (this.#room) {
            this.#tellMembers('GC-LEFT');
            this.#room = '';
            this.#write();
        }
    }

    /** @param {string} type */
    #tellMembers(type) {
        const text = JSON.stringify({ type, payload: { room: this.#room, id: this.#id } });
        readMembers(this.#room)
            .filter((id) => id !== this.#id)
            .forEach((to) => this.#post({ to, text }));
    }

    /** @param {string} type @param {string} dst @param {unknown} payload */
    #relay(type, dst, payload) {
        if (readEntry(dst)) {
            this.#post({ to: dst, text: JSON.stringify({ type, src: this.#id, dst, payload }) });
        } else {
            this.#absent.add(dst);
            this.#deliver('GC-ABSENT', { id: dst });
        }
    }

    /** @param {{ to?: string, text?: string, present?: string, replaced?: string }} data */
    #onChannel(data) {
        if (this.readyState !== 1) {
            return;
        }
        if (data.to === this.#id) {
            this.dispatchEvent(new MessageEvent('message', { data: data.text }));
        } else if (data.present && this.#absent.delete(data.present)) {
            this.#deliver('GC-PRESENT', { id: data.present });
        } else if (data.replaced === this.#id) {
            this.#room = '';
            this.readyState = 0; // the entry is the other tab's now
            this.close();
        }
    }

    #write() {
        /** @type {Entry} */
        const entry = { token: this.#token, tab: this.#tab, room: this.#room, seen: Date.now() };
        localStorage.setItem(PREFIX + this.#id, JSON.stringify(entry));
    }

    /** @param {object} data */
    #post(data) {
        this.#channel.postMessage(data);
    }

    /** @param {string} type @param {object} [payload] */
    #deliver(type, payload) {
        const data = JSON.stringify({ type, payload });
        setTimeout(() => this.dispatchEvent(new MessageEvent('message', { data })), 0);
    }
}

function showBar() {
    const bar = document.createElement('p');
    bar.textContent = 'TEST BUILD: only tabs of this browser can meet';
    Object.assign(bar.style, {
        gridColumn: '1 / -1',
        margin: '8px -10px -4px',
        padding: '4px 10px',
        borderRadius: '8px',
        background: '#b00020',
        color: '#fff',
        fontWeight: '700',
        textAlign: 'center',
    });
    document.querySelector('header')?.append(bar);
}

/** @param {string} url
 * @returns {WebSocket} */
export function openSocket(url) {
    if (!['localhost', '127.0.0.1', '[::1]'].includes(location.hostname)) {
        throw new Error('a test build works on loopback only');
    }
    return /** @type {any} */ (new TestSocket(url));
}

showBar();
