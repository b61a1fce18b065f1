// @ts-check
/** The core's refusals, and what happens to a core that has trapped.
 *
 * A refusal is a negative number and leaves the core as it was. A trap (a failed assert, an access
 * outside of its memory, a stack that is full) stops in the middle of a change: nothing that such a
 * core says can be believed any more, so not one of its functions is called again. */

/** An error of the core: `code` is its word (core/base/error.h). */
export class CoreError extends Error {
    /** @param {string} code @param {ErrorOptions} [options] */
    constructor(code, options) {
        super(code, options);
        this.name = 'CoreError';
        this.code = code;
    }
}

/** The core has trapped, now or before; `code` is 'trap'. */
export class CoreTrap extends CoreError {
    /** @param {unknown} [cause]  what the browser threw */
    constructor(cause) {
        super('trap', { cause });
        this.name = 'CoreTrap';
    }
}

/** @param {unknown} error
 * @returns {boolean} whether the core that threw it is of no use any more: all but a refusal */
export function isTrap(error) {
    return error instanceof CoreTrap || !(error instanceof CoreError);
}

/** @param {Record<string, any>} exports  of a module
 * @returns {Record<string, any>} the same, but the first exception out of a function is a CoreTrap,
 *   and every later call throws one too without reaching the module */
export function guarded(exports) {
    /** @type {Record<string, any>} */
    const calls = {};
    let trapped = false;
    for (const [name, value] of Object.entries(exports)) {
        calls[name] =
            typeof value !== 'function'
                ? value
                : (/** @type {unknown[]} */ ...args) => {
                      if (trapped) {
                          throw new CoreTrap();
                      }
                      try {
                          return value(...args);
                      } catch (error) {
                          trapped = true;
                          throw new CoreTrap(error);
                      }
                  };
    }
    return calls;
}
