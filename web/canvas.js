// @ts-check
/** Tells whether a canvas gives back what was drawn on it. Some browsers give noise, or nothing, instead,
 * so that no page can recognize a device by how it draws; then no picture can be read. */

/** Squares of one pixel on each side of the pattern: enough that noise does not make it by chance. */
const SIDE = 16;
/** A pixel that differs by less is read right: some browsers change the lowest bits. */
const NEAR = 64;

/** @param {number} i  of a pixel
 * @returns {boolean} whether it is black in the pattern, which has no period that a placeholder has */
function isBlack(i) {
    return ((Math.imul(i * i + 1, 0x9e3779b1) >>> 20) & 1) === 1;
}

/** @param {ArrayLike<number>} data  red, green, blue and alpha of each pixel
 * @returns {boolean} whether it is the pattern */
export function isPattern(data) {
    for (let i = 0; i < SIDE * SIDE; i++) {
        const value = isBlack(i) ? 0 : 255;
        for (let channel = 0; channel < 3; channel++) {
            if (!(Math.abs(data[4 * i + channel] - value) < NEAR)) {
                return false;
            }
        }
    }
    return true;
}

/** @param {HTMLCanvasElement} canvas  what was on it is lost
 * @returns {boolean} */
export function givesBack(canvas) {
    canvas.width = canvas.height = SIDE;
    const context = canvas.getContext('2d', { willReadFrequently: true });
    if (!context) {
        return false;
    }
    for (let i = 0; i < SIDE * SIDE; i++) {
        context.fillStyle = isBlack(i) ? '#000' : '#fff';
        context.fillRect(i % SIDE, Math.floor(i / SIDE), 1, 1);
    }
    return isPattern(context.getImageData(0, 0, SIDE, SIDE).data);
}
