// @ts-check
/** Small helpers around the DOM: elements are found once and made without markup. */
import { texts } from './texts.js';

/** @template {HTMLElement} T
 * @param {string} selector @param {new () => T} type @param {ParentNode} [root]
 * @returns {T} the element; that it is missing or of another type is our own mistake */
export function find(selector, type, root = document) {
    const element = root.querySelector(selector);
    if (!(element instanceof type)) {
        throw new Error(`no ${selector}`);
    }
    return element;
}

/** @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag @param {string} className @param {string} [text]
 * @returns {HTMLElementTagNameMap[K]} */
export function make(tag, className, text = '') {
    const element = document.createElement(tag);
    element.className = className;
    element.textContent = text;
    return element;
}

/** @param {string} key  such as "room.send" */
function lookUp(key) {
    const text = key.split('.').reduce((at, part) => at?.[part], /** @type {any} */ (texts));
    if (typeof text !== 'string') {
        throw new Error(`no text ${key}`);
    }
    return text;
}

/** Fills in the fixed texts: data-text, data-label (accessible name), data-placeholder. */
export function fillTexts() {
    for (const element of document.querySelectorAll('[data-text]')) {
        element.textContent = lookUp(element.getAttribute('data-text') ?? '');
    }
    for (const element of document.querySelectorAll('[data-label]')) {
        element.setAttribute('aria-label', lookUp(element.getAttribute('data-label') ?? ''));
    }
    for (const element of document.querySelectorAll('[data-placeholder]')) {
        element.setAttribute('placeholder', lookUp(element.getAttribute('data-placeholder') ?? ''));
    }
}

/** Copies the text of a text field. The clipboard API exists in secure contexts only.
 * @param {HTMLInputElement} input
 * @returns {Promise<boolean>} */
export async function copyFrom(input) {
    try {
        await navigator.clipboard.writeText(input.value);
        return true;
    } catch {
        input.select();
        return document.execCommand('copy');
    }
}

/** Closes a modal dialog when its backdrop is clicked.
 * @param {HTMLDialogElement} dialog */
export function closeOnBackdrop(dialog) {
    dialog.addEventListener('click', (event) => {
        if (event.target === dialog && dialog.matches(':modal')) {
            dialog.close();
        }
    });
}
