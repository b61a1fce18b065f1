// Reads QR codes as a scanner does: from pixels.
import jsqr from 'jsqr';

const decode = jsqr.default ?? jsqr;

/** The text of the QR code in an RGBA image, or null. Not every scanner reads one that is light on dark:
 * 'dontInvert' is such a scanner. */
export function readQr({ data, width, height }, inversionAttempts = 'attemptBoth') {
  return decode(Uint8ClampedArray.from(data), width, height, { inversionAttempts })?.data ?? null;
}

/* Runs in the page: the pixels of the code in the dialog, on the white of its own margin. */
export function qrPixels() {
  const canvas = document.querySelector('[aria-label="QR code of the invite link"]');
  const { width, height } = canvas;
  return { width, height, data: [...canvas.getContext('2d').getImageData(0, 0, width, height).data] };
}

export async function readInviteQr(person) {
  await person.until('is shown a QR code', () => document.querySelector('.invite-qr').width > 8);
  return readQr(await person.evaluate(qrPixels));
}

/** Half blocks as a terminal shows them, to an image of `scale` pixels a module. */
export function terminalPixels(lines, scale = 4) {
  const rows = lines.flatMap((line) => {
    const cells = [...line.replace(/\u001b\[[0-9;]*m/g, '')];
    return [cells.map((c) => c === '█' || c === '▀'), cells.map((c) => c === '█' || c === '▄')];
  });
  const width = Math.max(...rows.map((row) => row.length)) * scale;
  const height = rows.length * scale;
  const data = new Uint8ClampedArray(width * height * 4).fill(255);
  rows.forEach((row, y) => row.forEach((dark, x) => {
    for (let i = 0; dark && i < scale * scale; i++) {
      const at = ((y * scale + Math.floor(i / scale)) * width + x * scale + (i % scale)) * 4;
      data.fill(0, at, at + 3);
    }
  }));
  return { data, width, height };
}
