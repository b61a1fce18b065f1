// @ts-check
/** Numbers by which the core names things; test/docs/numbers.test.mjs compares them with its headers. */

/** enum gc_client_output_type */
export const Output = Object.freeze({
    SIGNALING_CONNECT: 1,
    SIGNALING_SEND: 2,
    SIGNALING_CLOSE: 3,
    ICE_SERVERS: 4,
    LINK_OFFER: 5,
    LINK_ANSWER: 6,
    LINK_REMOTE: 7,
    LINK_CANDIDATE: 8,
    LINK_SEND: 9,
    LINK_CLOSE: 10,
    STATE: 11,
    PEER: 12,
    MESSAGE: 13,
    GAP: 14,
    DELIVERED: 15,
    UNDELIVERED: 16,
    SENDABLE: 17,
});
/** enum gc_link_kind */
export const LinkKind = Object.freeze({ NATIVE: 0, EITHER: 1, DATA: 2 });
/** GC_CHANNEL_DATA_BYTES, GC_CHANNEL_DATA_TEXT: the in-band channel */
export const DataChannel = Object.freeze({ BYTES: 128, TEXT: 129 });
/** enum gc_reason, as far as the transport names them itself */
export const Reason = Object.freeze({ LEFT: 1, GONE: 2, ICE_FAILED: 4, PROTOCOL: 7 });
/** enum gc_client_state */
export const STATES = Object.freeze(['idle', 'joining', 'waiting', 'connected', 'failed']);
/** enum gc_signaling_state */
export const SIGNALING_STATES = Object.freeze(['off', 'connecting', 'on', 'lost']);
/** enum gc_peer_state */
export const PEER_STATES = Object.freeze(['connecting', 'open', 'lost', 'away', 'closed']);
/** enum gc_path */
export const PATHS = Object.freeze(['unknown', 'host', 'srflx', 'prflx', 'relay']);
/** enum gc_invite_kind */
export const InviteKind = Object.freeze({ ROOM_NAME: 1, ROOM_SECRET: 2, PEER_SECRET: 3, PEER: 4 });
