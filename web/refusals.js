// @ts-check
/** What to say when the core refuses what the user asked for. */
import { GhostChatError } from './ghostchat.js';
import { texts } from './texts.js';

/** The code of a send() that was refused -> what to say. @type {Record<string, string>} */
const SEND_HINTS = {
    full: texts.message.full,
    'too-big': texts.message.tooBig,
    state: texts.message.nobody,
};

/** @param {unknown} error  of joining @param {boolean} byName  the room's name was typed
 * @returns {string} what to say */
export function whyJoin(error, byName) {
    if (!(error instanceof GhostChatError)) {
        return texts.plain.broken;
    }
    if (error.code === 'trap') {
        return texts.status.trapped;
    }
    return byName ? texts.entrance.badRoom : texts.entrance.badLink;
}

/** @param {string} code  of a send() that was refused
 * @returns {string} */
export function whySend(code) {
    return SEND_HINTS[code] ?? texts.message.failed;
}
