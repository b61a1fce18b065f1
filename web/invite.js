// @ts-check
/** The invite dialog: link, QR code, copy and the system's share sheet; for the room, or for this
 * person alone. */
import { closeOnBackdrop, copyFrom, find } from './dom.js';
import { texts } from './texts.js';

/** @typedef {'room' | 'direct'} Kind */

export class Invite {
    #dialog = find('.invite', HTMLDialogElement);
    #kinds = find('.invite-kinds', HTMLFieldSetElement);
    #radios = [...this.#kinds.querySelectorAll('input')];
    #canvas = find('.invite-qr', HTMLCanvasElement);
    #note = find('.invite-note', HTMLElement);
    #link = find('.invite-link', HTMLInputElement);
    #hint = find('.invite-hint', HTMLElement);
    #copy = find('.invite-copy', HTMLButtonElement);
    #share = find('.invite-share', HTMLButtonElement);
    #getLink;
    /** @type {'open' | 'private' | 'none'} */
    #room = 'none';

    /** @param {(kind: Kind) => Promise<string>} getLink  rejects where there is no such link
     * @param {() => void} onClose */
    constructor(getLink, onClose) {
        this.#getLink = getLink;
        closeOnBackdrop(this.#dialog);
        find('.dialog-close', HTMLButtonElement, this.#dialog).addEventListener('click', () =>
            this.close(),
        );
        this.#dialog.addEventListener('close', () => {
            if (!this.#dialog.open) {
                // else it was only moved to the front
                this.#wipe();
                onClose();
            }
        });
        this.#dialog.addEventListener('keydown', (event) => event.key === 'Escape' && this.close());
        this.#radios.forEach((radio) => radio.addEventListener('change', () => this.#load()));
        this.#copy.addEventListener('click', () => this.#copyLink());
        this.#link.addEventListener('focus', () => this.#link.select());
        this.#share.hidden = typeof navigator.share !== 'function';
        this.#share.addEventListener('click', () => {
            navigator.share({ title: texts.title, url: this.#link.value }).catch(() => {});
        });
    }

    /** @param {'open' | 'private' | 'none'} room  what kind of room one is in */
    setRoom(room) {
        this.#room = room;
        this.#kinds.hidden = room === 'none';
        this.#radios.forEach((radio) => {
            radio.checked = radio.value === (room === 'none' ? 'direct' : 'room');
        });
    }

    /** Opens it in front of everything. */
    async open() {
        await this.#load();
        if (!this.#dialog.matches(':modal')) {
            this.#dialog.close(); // it may be open in the empty log
            this.#dialog.showModal();
        }
        this.#copy.focus({ preventScroll: true });
    }

    /** Shows it in the empty log, blocking nothing. */
    async showBeside() {
        await this.#load();
        if (!this.#dialog.open) {
            this.#dialog.show();
            this.#copy.focus({ preventScroll: true });
        }
    }

    /** Somebody came: the empty log is needed. */
    closeBeside() {
        if (this.#dialog.open && !this.#dialog.matches(':modal')) {
            this.close();
        }
    }

    close() {
        this.#dialog.close();
    }

    async #load() {
        const kind = /** @type {Kind} */ (
            this.#radios.find((radio) => radio.checked)?.value ?? 'room'
        );
        const link = await this.#getLink(kind).catch(() => '');
        this.#link.value = link;
        this.#drawQr(link);
        this.#hint.textContent = '';
        this.#copy.textContent = texts.invite.copy;
        this.#note.textContent = isLoopback(link) ? texts.invite.loopbackNote : this.#noteOf(kind);
    }

    /** @param {Kind} kind */
    #noteOf(kind) {
        if (kind === 'direct') {
            return texts.invite.directNote;
        }
        return this.#room === 'open' ? texts.invite.openNote : texts.invite.roomNote;
    }

    /** The module that draws is loaded with the first code; by then the dialog may be closed.
     * @param {string} link */
    async #drawQr(link) {
        const { drawQr } = await import('./qr.js').catch(() => ({ drawQr: null }));
        if (this.#link.value === link) {
            this.#canvas.hidden = !link || !drawQr;
            drawQr?.(this.#canvas, link);
        }
    }

    #wipe() {
        this.#link.value = '';
        this.#canvas.width = this.#canvas.height = 1;
    }

    async #copyLink() {
        const done = await copyFrom(this.#link);
        this.#hint.textContent = done ? texts.invite.copied : texts.invite.copyFailed;
        if (!done) {
            this.#link.focus();
        }
    }
}

/** @param {string} link
 * @returns {boolean} whether it leads whoever has it to their own device */
export function isLoopback(link) {
    return /^https?:\/\/(localhost|[^/:]+\.localhost|127\.[\d.]+|\[::1\])[/:]/i.test(link);
}
