// @ts-check
/** The texts to show when the core refuses a request of the user. */
import { texts } from './texts.js';
import { CoreError } from './trap.js';

/** The code of a send() that was refused -> what to say. @type {Record<string, string>} */
const SEND_HINTS = {
    full: texts.message.full,
    'too-big': texts.message.tooBig,
    state: texts.message.nobody,
    trap: texts.message.kept,
};
/** The code of a join that was refused for another reason than the way in -> what to say.
 * @type {Record<string, string>} */
const JOIN_HINTS = {
    trap: texts.status.trapped,
    config: texts.config.refused,
    argument: texts.config.refused, // the server's address or its key
    state: texts.entrance.inChat,
};
/** The codes that say that the way in is not valid. */
const NO_WAY_IN = ['syntax', 'too-big', 'utf8'];

/** @param {unknown} error  of joining @param {boolean} byName  the room's name was typed
 * @returns {string} what to say */
export function whyJoin(error, byName) {
    if (!(error instanceof CoreError)) {
        return texts.plain.broken;
    }
    if (NO_WAY_IN.includes(error.code)) {
        return byName ? texts.entrance.badRoom : texts.entrance.badLink;
    }
    return JOIN_HINTS[error.code] ?? texts.entrance.joinFailed(error.code);
}

/** @param {string} code  of a send() that was refused
 * @returns {string} */
export function whySend(code) {
    return SEND_HINTS[code] ?? texts.message.failed;
}
