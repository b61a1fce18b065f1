// @ts-check
/** Names inside sentences. A name may read "Ben left. Eve": so that nobody takes it for words of the
 * page, each name gets an element of its own, which also keeps its direction of writing to itself. */

/* Two of the code points that are not characters; no name holds them (looks.js). */
const OPEN = '\ufdd0';
const CLOSE = '\ufdd1';
const NAME = /\ufdd0([^\ufdd1]*)\ufdd1/;

/** @param {string} name  as it is shown
 * @returns {string} what a sentence of texts.js is given in its place */
export function setOff(name) {
    return OPEN + name + CLOSE;
}

/** @param {string} text  with names that are set off
 * @returns {string} the bare text */
export function plain(text) {
    return text.replaceAll(OPEN, '').replaceAll(CLOSE, '');
}

/** @param {string} text  with names that are set off
 * @returns {(Node | string)[]} for append() and its like */
export function sentence(text) {
    return text.split(NAME).map((part, i) => {
        if (i % 2 === 0) {
            return part;
        }
        const name = document.createElement('bdi');
        name.className = 'name';
        name.textContent = part;
        return name;
    });
}
