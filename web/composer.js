// @ts-check
/** The composer: Enter sends, Shift+Enter breaks the line, a text that cannot be sent stays. */
import { find } from './dom.js';

const INPUT_PX_MAX = 160;

export class Composer {
    #form = find('.composer', HTMLFormElement);
    #input = find('.composer-input', HTMLTextAreaElement);
    #send = find('.send', HTMLButtonElement);
    #hint = find('.composer-hint', HTMLElement);

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
            if (event.key === 'Enter' && !event.shiftKey && !composing) {
                event.preventDefault();
                submit();
            }
        });
        this.#input.addEventListener('input', () => this.#fit());
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

    #fit() {
        this.#input.style.height = 'auto';
        const px = Math.min(this.#input.scrollHeight + 2, INPUT_PX_MAX);
        this.#input.style.height = `${px}px`;
    }
}
