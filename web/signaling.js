// @ts-check
/** The connection to the signaling server: carries texts, understands none of them. */
import { openSocket } from './socket.js';

export class Signaling {
    /** @type {WebSocket | null} */
    #socket = null;
    #report;

    /** @param {{ opened(): void, message(text: string): void, closed(): void }} report */
    constructor(report) {
        this.#report = report;
    }

    /** Opens a new socket; an older one is closed without a report.
     * @param {string} url */
    connect(url) {
        this.close();
        /** @type {WebSocket} */
        let socket;
        try {
            socket = openSocket(url);
        } catch {
            // a page on https cannot open ws://, a bad URL throws
            queueMicrotask(() => this.#report.closed());
            return;
        }
        this.#socket = socket;
        /** @param {() => void} then  run only while this socket is the current one */
        const current = (then) => () => this.#socket === socket && then();
        socket.addEventListener(
            'open',
            current(() => this.#report.opened()),
        );
        socket.addEventListener('message', (event) => {
            if (this.#socket === socket && typeof event.data === 'string') {
                this.#report.message(event.data);
            }
        });
        socket.addEventListener(
            'close',
            current(() => {
                this.#socket = null;
                this.#report.closed();
            }),
        );
    }

    /** @param {string} text */
    send(text) {
        if (this.#socket?.readyState === WebSocket.OPEN) {
            this.#socket.send(text);
        }
    }

    close() {
        const socket = this.#socket;
        this.#socket = null;
        socket?.close();
    }
}
