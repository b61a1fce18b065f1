// @ts-check
/** QR codes: black on white whatever the theme, with the margin of 4 modules that readers need. */
import qrcode from './qrcode.js';

const MARGIN = 4;
const MODULE_PX = 8;

/** @param {HTMLCanvasElement} canvas @param {string} text */
export function drawQr(canvas, text) {
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
    const code = qrcode(0, 'M');
    code.addData(text, 'Byte');
    code.make();
    const n = code.getModuleCount();
    canvas.width = canvas.height = (n + 2 * MARGIN) * MODULE_PX;
    context.fillStyle = '#fff';
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.fillStyle = '#000';
    for (let row = 0; row < n; row++) {
        for (let column = 0; column < n; column++) {
            if (code.isDark(row, column)) {
                context.fillRect(
                    (column + MARGIN) * MODULE_PX,
                    (row + MARGIN) * MODULE_PX,
                    MODULE_PX,
                    MODULE_PX,
                );
            }
        }
    }
}
