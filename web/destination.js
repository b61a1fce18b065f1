// @ts-check
/** The place that a way in leads to: its name on the page, and its part in the address bar. */
import { GhostChat, InviteKind } from './ghostchat.js';
import { cleanLine } from './linkify.js';
import { roomPath } from './place.js';
import { texts } from './texts.js';

/** @typedef {import('./ghostchat.js').WayIn} WayIn */
/** @typedef {object} Destination
 * @property {string} title
 * @property {string} path  of the address bar, which holds no secret
 * @property {boolean} lost  the path alone does not lead back in
 * @property {'open' | 'private' | 'none'} room
 * @property {string} empty  what is said while nobody is here */

/** @param {WayIn} way
 * @returns {Promise<Destination>} rejects with what the core says of a name that is none */
export async function destinationOf(way) {
    /** @type {(name: string) => Destination} */
    const open = (name) => ({
        title: cleanLine(name),
        path: roomPath(name),
        lost: false,
        room: 'open',
        empty: texts.room.emptyRoom,
    });
    if ('room' in way) {
        await GhostChat.readRoom(way.room); // a text that is not a name is shown nowhere
        return open(way.room);
    }
    const invite = 'link' in way ? await GhostChat.readInvite(way.link) : null;
    if (invite?.kind === InviteKind.ROOM_NAME) {
        return open(invite.name);
    }
    if (!invite || invite.kind === InviteKind.ROOM_SECRET) {
        return {
            title: texts.privateRoom,
            path: 'room/',
            lost: true,
            room: 'private',
            empty: texts.room.emptyPrivate,
        };
    }
    return {
        title: texts.directChat,
        path: `join/${invite.name}`,
        lost: invite.kind === InviteKind.PEER_SECRET,
        room: 'none',
        empty: texts.room.emptyDirect,
    };
}
