// @ts-check
/** Draws once for each frame, however much has happened since: messages of others must not decide how
 * often this page lays itself out. */

/** A hidden page gets no frames, and a page that is being hidden loses the frames that it asked for. */
const UNSEEN_MS = 250;

export class Frame {
    #draw;
    /** @type {number | undefined} */
    #frame;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    #timer;
    #now = () => this.now();

    /** @param {() => void} draw  draws all that has changed; it may ask for another frame */
    constructor(draw) {
        this.#draw = draw;
    }

    /** Draws at the next frame, or soon where there is none. */
    request() {
        if (this.#timer === undefined) {
            this.#timer = setTimeout(this.#now, UNSEEN_MS);
            this.#frame = requestAnimationFrame(this.#now);
        }
    }

    /** Draws at once: what the user did is seen without delay. */
    now() {
        clearTimeout(this.#timer);
        cancelAnimationFrame(this.#frame ?? 0);
        this.#timer = this.#frame = undefined;
        this.#draw();
    }
}
