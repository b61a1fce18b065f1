// @ts-check
/** Scanning an invite's QR code by camera. Cameras exist in secure contexts only; where there is
 * none the dialog says why and takes a pasted link. The decoder is loaded when first needed. */
import { givesBack } from './canvas.js';
import { closeOnBackdrop, find } from './dom.js';
import { keepLinesApart } from './pasted.js';
import { texts } from './texts.js';

/** Decoding takes 125-175 ms on a slow machine. */
const FRAME_MS = 200;
const FRAME_PX_MAX = 640;

export class Scan {
    #dialog = find('.scan', HTMLDialogElement);
    #video = find('.scan-video', HTMLVideoElement);
    #text = find('.scan-text', HTMLElement);
    #found = find('.scan-found', HTMLElement);
    #paste = find('.scan-paste', HTMLInputElement);
    #canvas = document.createElement('canvas');
    #onLink;
    /** @type {MediaStream | null} */
    #stream = null;
    /** Each opening has its number, by which a late answer of the camera knows that it is late. */
    #session = 0;
    #seen = ''; // the code that was seen last: one and the same is looked at once

    /** @param {(link: string) => Promise<Node[] | null>} onLink
     *   null: taken, the dialog closes; else what to say instead */
    constructor(onLink) {
        this.#onLink = onLink;
        closeOnBackdrop(this.#dialog);
        find('.dialog-close', HTMLButtonElement, this.#dialog).addEventListener('click', () =>
            this.#dialog.close(),
        );
        keepLinesApart(this.#paste);
        this.#dialog.addEventListener('close', () => this.#stop());
        find('.scan-form', HTMLFormElement).addEventListener('submit', (event) => {
            event.preventDefault();
            this.#take(this.#paste.value.trim());
        });
    }

    async open() {
        const session = ++this.#session;
        this.#found.hidden = true;
        this.#text.textContent = texts.scan.starting;
        this.#dialog.showModal();
        const why = await this.#start(session);
        if (session === this.#session) {
            this.#text.textContent = why || texts.scan.looking;
        }
    }

    /** @param {number} session
     * @returns {Promise<string>} why it cannot, or '' */
    async #start(session) {
        if (!globalThis.isSecureContext) {
            return texts.scan.insecure;
        }
        if (!navigator.mediaDevices?.getUserMedia) {
            return texts.scan.noCamera;
        }
        if (!givesBack(this.#canvas)) {
            return texts.scan.noise;
        }
        try {
            const stream = await navigator.mediaDevices.getUserMedia({
                video: { facingMode: 'environment' },
                audio: false,
            });
            if (session !== this.#session) {
                stream.getTracks().forEach((track) => track.stop());
                return '';
            }
            this.#stream = stream;
            this.#video.srcObject = stream;
            this.#video.hidden = false;
            const [{ default: decode }] = await Promise.all([
                import('./jsqr.js'),
                this.#video.play(),
            ]);
            this.#look(session, decode);
            return '';
        } catch (error) {
            const name = error instanceof Error ? error.name : '';
            return name === 'NotAllowedError'
                ? texts.scan.denied
                : name === 'NotFoundError'
                  ? texts.scan.noCamera
                  : texts.scan.busy;
        }
    }

    /** @param {number} session @param {typeof import('./jsqr.js').default} decode */
    async #look(session, decode) {
        if (session !== this.#session) {
            return;
        }
        const { videoWidth: width, videoHeight: height } = this.#video;
        const scale = Math.min(1, FRAME_PX_MAX / Math.max(width, height, 1));
        if (width && height) {
            this.#canvas.width = Math.round(width * scale);
            this.#canvas.height = Math.round(height * scale);
            const context = /** @type {CanvasRenderingContext2D} */ (
                this.#canvas.getContext('2d', { willReadFrequently: true })
            );
            context.drawImage(this.#video, 0, 0, this.#canvas.width, this.#canvas.height);
            const frame = context.getImageData(0, 0, this.#canvas.width, this.#canvas.height);
            const code = decode(frame.data, frame.width, frame.height);
            if (code?.data && code.data !== this.#seen) {
                this.#seen = code.data;
                await this.#take(code.data);
            }
        }
        setTimeout(() => this.#look(session, decode), FRAME_MS);
    }

    /** @param {string} link */
    async #take(link) {
        const session = this.#session;
        const instead = await this.#onLink(link);
        if (session !== this.#session) {
            return;
        }
        if (instead) {
            this.#found.replaceChildren(...instead);
            this.#found.hidden = false;
        } else {
            this.#dialog.close();
        }
    }

    #stop() {
        this.#session++;
        this.#stream?.getTracks().forEach((track) => track.stop());
        this.#stream = null;
        this.#video.srcObject = null;
        this.#video.hidden = true;
        this.#canvas.width = this.#canvas.height = 1;
        this.#paste.value = this.#seen = '';
        this.#found.replaceChildren();
    }
}
