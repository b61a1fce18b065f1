// @ts-check
/** The composer: Enter sends, Shift+Enter breaks the line, a text that cannot be sent stays. On a
 * keyboard of glass there is no Shift+Enter: there Enter breaks the line, and the button sends. */
import { restCaret } from './caret.js';
import { find } from './dom.js';

const INPUT_PX_MAX = 160;
/** Keys that only keyboards with real keys have. Those on glass report some of them, for cursors that
 * are moved by a finger, but without the code that says where a key lies. */
const REAL_KEY =
    /^(Shift|Control|Alt|AltGraph|Meta|CapsLock|Tab|Escape|Arrow\w+|Home|End|Page\w+|F\d+)$/;

export class Composer {
    #form = find('.composer', HTMLFormElement);
    #input = find('.composer-input', HTMLTextAreaElement);
    #send = find('.send', HTMLButtonElement);
    #hint = find('.composer-hint', HTMLElement);
    /** The device is worked with fingers. */
    #coarse = globalThis.matchMedia?.('(pointer: coarse)');
    #realKeys = false;

    /** @param {(text: string) => void} onSend */
    constructor(onSend) {
        const submit = () => {
            if (this.#input.value.trim()) {
                onSend(this.#input.value);
            }
        };
        this.#form.addEventListener('submit', (event) => {
            event.preventDefault();
            submit();
        });
        this.#input.addEventListener('keydown', (event) => {
            // Safari ends a composition first, and marks the key that ended it by 229 alone.
            const composing = event.isComposing || event.keyCode === 229;
            this.#onAnyKey(event);
            if (event.key === 'Enter' && !event.shiftKey && !composing && this.#enterSends) {
                event.preventDefault();
                submit();
            }
        });
        this.#input.addEventListener('input', () => this.#fit());
        globalThis.addEventListener?.('keydown', (event) => this.#onAnyKey(event));
        this.#coarse?.addEventListener('change', () => this.#showEnter());
        this.#showEnter();
        restCaret(this.#input);
        // A press on Send leaves the focus, and a phone's keyboard, where they are.
        this.#send.addEventListener('pointerdown', (event) => event.preventDefault());
    }

    focus() {
        this.#input.focus({ preventScroll: true });
    }

    /** The text has gone out. */
    clear() {
        this.#input.value = '';
        this.hint('');
        this.#fit();
    }

    /** @param {string} text  why the text is still here; '' removes it */
    hint(text) {
        this.#hint.textContent = text;
    }

    get hinted() {
        return this.#hint.textContent !== '';
    }

    get #enterSends() {
        return this.#realKeys || !this.#coarse?.matches;
    }

    /** @param {KeyboardEvent} event */
    #onAnyKey(event) {
        const placed = event.code && event.code !== 'Unidentified';
        if (!this.#realKeys && placed && REAL_KEY.test(event.key)) {
            this.#realKeys = true;
            this.#showEnter();
        }
    }

    /** Sets the label of the Enter key of a touch keyboard. */
    #showEnter() {
        this.#input.enterKeyHint = this.#enterSends ? 'send' : 'enter';
    }

    #fit() {
        this.#input.style.height = 'auto';
        const px = Math.min(this.#input.scrollHeight + 2, INPUT_PX_MAX);
        this.#input.style.height = `${px}px`;
    }
}
