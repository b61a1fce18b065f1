/* Client output: the requests of a client to its host and its reports to its user, which
 * gc_client_poll() gives. This header is below gc_client.h because the nouns that make outputs
 * include it. */
#ifndef GC_PROTO_CLIENT_OUTPUT_H
#define GC_PROTO_CLIENT_OUTPUT_H

#include "core/base/span.h"

#define GC_NONE UINT32_MAX /* no peer, no link */

enum gc_path { GC_PATH_UNKNOWN, GC_PATH_HOST, GC_PATH_SRFLX, GC_PATH_PRFLX, GC_PATH_RELAY };
enum gc_client_state {
    GC_STATE_IDLE,
    GC_STATE_JOINING,
    GC_STATE_WAITING,
    GC_STATE_CONNECTED,
    GC_STATE_FAILED
};
enum gc_signaling_state {
    GC_SIGNALING_STATE_OFF,
    GC_SIGNALING_STATE_CONNECTING,
    GC_SIGNALING_STATE_ON,
    GC_SIGNALING_STATE_LOST
};
enum gc_peer_state { GC_PEER_CONNECTING, GC_PEER_OPEN, GC_PEER_LOST, GC_PEER_AWAY, GC_PEER_CLOSED };
/* Parts of value2 of PEER: the path, and what the peer is. */
enum gc_peer_flags {
    GC_PEER_FLAGS_PATH = 0xff,      /* a gc_path */
    GC_PEER_FLAGS_DIRECT = 0x100,   /* a guest: came by a direct link, is in no room with us */
    GC_PEER_FLAGS_VERIFIED = 0x200, /* nobody is, until peers authenticate each other */
    GC_PEER_FLAGS_STOCK = 0x400,    /* another PeerJS application */
};

/* Signaling sockets. The second one exists only where the server has no rooms and we hold a slot of
 * ours there (core/proto/slots.h). */
enum gc_signaling_socket {
    GC_SIGNALING_SOCKET_OWN,
    GC_SIGNALING_SOCKET_SLOT,
    GC_SIGNALING_SOCKETS, /* how many there are */
};

/* The channels of a link. */
enum gc_link_kind {
    GC_LINK_KIND_NATIVE, /* two negotiated channels */
    GC_LINK_KIND_EITHER, /* not known before the answer: those two, and an in-band one (DCEP) */
    GC_LINK_KIND_DATA,   /* a stock PeerJS data connection: one in-band channel */
};

/* Channels of LINK_SEND and gc_client_link_message() beyond those of frame.h: the in-band channel,
 * by the kind of message. Those below are free for further channels of a native link. */
#define GC_CHANNEL_DATA_BYTES 128
#define GC_CHANNEL_DATA_TEXT  129

enum gc_client_output_type {
    GC_CLIENT_NOTHING = 0,
    /* to signaling socket `value`, a gc_signaling_socket */
    GC_CLIENT_SIGNALING_CONNECT = 1, /* text = URL ws(s)://...; close an older socket first */
    GC_CLIENT_SIGNALING_SEND,        /* text = one text message */
    GC_CLIENT_SIGNALING_CLOSE,
    /* to the transport of links; outputs for the same link are carried out in this order */
    GC_CLIENT_ICE_SERVERS, /* text = JSON array for RTCPeerConnection; for links made from now on */
    GC_CLIENT_LINK_OFFER,  /* make link `link` with the channels of kind `value`, and a local offer;
                              text = label of the in-band channel, which is ordered */
    GC_CLIENT_LINK_ANSWER, /* make link `link` of kind `value`; text = the remote offer; answer it.
                              GC_LINK_KIND_DATA: its channel is the first that the other side opens
                            */
    GC_CLIENT_LINK_REMOTE, /* text = the remote answer of `link`; value = its kind from now on: let
                              go of the in-band channel, or of the two others */
    GC_CLIENT_LINK_CANDIDATE, /* text = candidate, text2 = mid, value = m-line index */
    GC_CLIENT_LINK_SEND,      /* text = one message for channel `value`: a text message for
                                 GC_CHANNEL_DATA_TEXT, binary for the others */
    GC_CLIENT_LINK_CLOSE,     /* forget its number and end it; let what was sent go out first (BYE),
                                 but wait no longer than a second */
    /* to the user */
    GC_CLIENT_STATE,     /* value = gc_client_state, value2 = gc_signaling_state, reason */
    GC_CLIENT_PEER,      /* peer, text = id, text2 = nick (may be empty), value = gc_peer_state,
                            value2 = gc_peer_flags, reason, number = round trip in ms (0 unknown) */
    GC_CLIENT_MESSAGE,   /* peer, number = seq, text = text, without control characters; marks of
                            direction and what nobody sees are in it (gc_utf8_clean_text()) */
    GC_CLIENT_GAP,       /* peer, number = first seq, value = how many messages never come; reason,
                            or 0: lost on the way */
    GC_CLIENT_DELIVERED, /* own message `number` was shown by `peer`; value 1: the transport took
                            it, more is not known: this peer acknowledges nothing */
    GC_CLIENT_UNDELIVERED, /* own message `number` is given up for `peer`; reason. DELIVERED may
                              follow once more, later: it was shown after all */
    GC_CLIENT_SENDABLE,    /* gc_client_send() may be tried again after GC_E_FULL */
};

typedef struct gc_client_output {
    uint32_t type;
    uint32_t peer; /* index, stable while the peer is known; GC_NONE */
    uint32_t link;
    uint32_t value;
    uint32_t value2;
    uint32_t reason;
    uint64_t number;
    gc_span text;
    gc_span text2;
} gc_client_output;

#endif
