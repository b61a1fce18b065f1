// @ts-check
/** The caret of a field blinks while it is in use, and then stops blinking: each blink has the browser
 * draw, which is more work than all that a resting page does otherwise. Browsers that know no
 * `caret-animation` blink on. */

/** This long after the last key or tap the caret stops blinking. */
const REST_MS = 5000;

/** @param {HTMLElement} field */
export function restCaret(field) {
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    const rest = () => {
        field.dataset.caret = 'still';
    };
    const use = () => {
        delete field.dataset.caret;
        clearTimeout(timer);
        timer = setTimeout(rest, REST_MS);
    };
    for (const type of ['focus', 'keydown', 'input', 'pointerdown']) {
        field.addEventListener(type, use);
    }
}
