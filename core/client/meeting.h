/* Meeting: where and how we meet others: our own line to the server, the way in (membership), and
 * what the server says about the room and about others.
 *
 *   outside --enter--> joining --the server lets us in--> entered
 *      ^                  |                                  |
 *      '-----leave--------+------- hopeless: failed <--------'
 *
 * Source: ghostchat-protocol.7, "Signaling", "Rooms". */
#ifndef GC_CLIENT_MEETING_H
#define GC_CLIENT_MEETING_H

#include "core/client/setup.h"
#include "core/client/slot_room.h"
#include "core/proto/target.h"

/* A room that was full when we came back to it, with chats still open, is asked again. */
#define GC_MEETING_REJOIN_MS 8000

enum gc_meeting_step {
    GC_MEETING_OUTSIDE,
    GC_MEETING_JOINING,
    GC_MEETING_ENTERED,
    GC_MEETING_FAILED,
};

/* Written before it is read, never cleared whole. */
typedef struct gc_meeting_store {
    gc_signal_in signal;
    gc_setup_store setup;
} gc_meeting_store;

typedef struct gc_meeting {
    gc_meeting_store *store;
    uint8_t step;       /* gc_meeting_step */
    uint32_t reason;    /* of failed */
    uint64_t rejoin_ms; /* when to ask again for a room that was full; GC_NEVER */
    uint64_t ignored;   /* malformed, unexpected or refused signaling messages, ever */
    gc_signaling_client line;
    gc_membership membership;
    gc_target target;
    gc_slot_room room;
} gc_meeting;

/* Starts outside. store: the owner's, for the client's life. */
void gc__meeting_init(gc_meeting *m, gc_meeting_store *store);
/* Enters by a way in that was made ready: connects. line and membership: copied. */
void gc__meeting_enter(gc_meeting *m, const gc_step *s, const gc_signaling_client *line,
                       const gc_membership *membership);
/* Goes outside and forgets the way in. bye: sends the server the news that we leave. */
void gc__meeting_leave(gc_meeting *m, const gc_step *s, bool bye);
/* Notes that the peer of our join link ended the link for good, and that we have forgotten it.
 * stock: a stock PeerJS application may be reloaded and come back under its id, so the meeting
 * looks for it again. A GhostChat peer never comes back under its id: unless somebody else may
 * come, the meeting has failed for `reason`. */
void gc__meeting_target_left(gc_meeting *m, const gc_peers *ps, const gc_step *s, uint32_t reason,
                             bool stock);

/* Takes the report that a signaling socket is open. */
void gc__meeting_opened(gc_meeting *m, const gc_step *s, enum gc_signaling_socket socket);
/* Takes the end of a signaling socket that the host did not close for us. */
void gc__meeting_closed(gc_meeting *m, const gc_step *s, enum gc_signaling_socket socket);
/* Takes one message of a signaling socket, borrowed; one that is malformed, unexpected or refused
 * is counted and ignored. */
void gc__meeting_message(gc_meeting *m, gc_peers *ps, const gc_step *s,
                         enum gc_signaling_socket socket, gc_span text);

/* Carries out what is due at this step's time. */
void gc__meeting_tick(gc_meeting *m, gc_peers *ps, const gc_step *s);
/* Returns when to tick next; GC_NEVER. */
uint64_t gc__meeting_deadline(const gc_meeting *m);
/* Asserts the invariants. */
void gc__meeting_check(const gc_meeting *m);

#endif
