/* Events: what a native peer tells its user, made of the outputs of its gc_client: with ids and
 * names in place of numbers. The sibling of web/report.js. */
#ifndef GC_PEER_EVENTS_H
#define GC_PEER_EVENTS_H

#include "core/base/limits.h"
#include "core/base/reason.h"
#include "core/proto/client_output.h"

enum gc_event_type {
    GC_EVENT_READY = 1,   /* the server knows us, for the first time; id = our own */
    GC_EVENT_JOINED,      /* we are in the room, or look for the peer, for the first time */
    GC_EVENT_PEER,        /* somebody came, changed or left: id, nick, state, path and all else */
    GC_EVENT_MESSAGE,     /* a message of `id`: number, text */
    GC_EVENT_GAP,         /* `count` messages of `id` from `number` on never come; reason, or 0 */
    GC_EVENT_SENT,        /* own message `number` left for `id`, which acknowledges nothing */
    GC_EVENT_DELIVERED,   /* own message `number` was shown by `id` */
    GC_EVENT_UNDELIVERED, /* own message `number` is given up for `id`; reason. DELIVERED may follow
                             once more: it was shown after all */
    GC_EVENT_SENDABLE,    /* a send that was refused with GC_E_FULL may be tried again */
    GC_EVENT_TROUBLE,     /* something keeps us from the server or the room, and we go on trying;
                             reason; text = more about it, may be empty. reason 0: no more */
    GC_EVENT_FAILED,      /* we cannot come in; reason, text. Nothing more happens */
};

/* Spans are borrowed for the call that hands the event out. */
typedef struct gc_event {
    uint32_t type;   /* gc_event_type */
    uint32_t state;  /* of a PEER: gc_peer_state */
    uint32_t path;   /* gc_path */
    uint32_t rtt_ms; /* 0: not known */
    uint32_t reason; /* gc_reason */
    bool verified;
    bool direct; /* a guest: came by a direct link, is in no room with us */
    bool stock;  /* another PeerJS application */
    bool same;   /* of a PEER: nothing but rtt_ms is new */
    uint64_t number;
    uint32_t count;
    gc_span id;
    gc_span nick; /* as the peer gave it: may be empty, or that of another, too */
    gc_span text; /* without control characters: whoever shows it takes care of the rest */
} gc_event;

#define GC_EVENTS_PER_OUTPUT_MAX 4

typedef struct gc_events {
    bool ready;
    bool joined;
    uint32_t trouble; /* the last one in an event */
    struct {
        uint8_t id[GC_ID_BYTES_MAX];
        uint32_t id_len;
        uint8_t nick[GC_NICK_BYTES_MAX]; /* this and the rest as the last event said */
        uint32_t nick_len;
        uint32_t state, flags, reason;
    } peers[GC_PEERS_MAX];
} gc_events;

/* Makes the events of one output: up to GC_EVENTS_PER_OUTPUT_MAX, in their order. own_id: ours;
 * why: more about a trouble, or empty; both borrowed by the events, as are the spans of the output.
 * Returns their number; 0 for an output that is not for the user. A zeroed gc_events begins. */
uint32_t gc_events_of(gc_events *e, const gc_client_output *output, gc_span own_id, gc_span why,
                      gc_event out[GC_EVENTS_PER_OUTPUT_MAX]);

#endif
