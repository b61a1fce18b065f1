/* Flight: the bytes that the server has sent to a client and that the client has not read yet.
 * Acknowledgements of TCP do not show them: two kernels may hold seconds of data, for which
 * everything later waits. So the server puts a mark, a WebSocket PING, between the frames that it
 * sends now and then; its PONG (RFC 6455 5.5.3: every client answers automatically) says that
 * everything in front of it was read.
 *
 *   measured: no --the first mark is answered--> yes, and then at most GC_FLIGHT_BYTES are sent
 *                                                beyond the mark that was answered last
 *
 * One mark at a time is under way. A client that never answers one is never measured, and has no
 * limit; nor has one that the server does not read for a while, whose answer it would not see. */
#ifndef GC_PROTO_FLIGHT_H
#define GC_PROTO_FLIGHT_H

#include "core/base/span.h"

#include <stdbool.h>
#include <stdint.h>

/* Beyond the mark that was answered last; a single frame may exceed it. */
#define GC_FLIGHT_BYTES 32768
/* After a mark, before the next one. */
#define GC_FLIGHT_MARK_BYTES 8192

/* Bytes are counted in pieces, rounded up for each frame: every connection has one of these. */
#define GC_FLIGHT_PIECE 16

/* Zero bytes are the flight of a client to which nothing was sent. */
typedef struct gc_flight {
    uint16_t
        marked;     /* pieces in front of the mark that is under way, itself included; 0: none is */
    uint16_t since; /* pieces after the last mark */
    uint8_t number; /* of the last mark */
    bool answers : 1; /* a mark was answered */
    bool unheard : 1; /* the server does not read the client */
} gc_flight;

/* Notes that this many bytes go out to the client. Returns true when a mark should follow them: the
 * caller calls gc_flight_mark(), unless there is no memory for a mark. */
bool gc_flight_put(gc_flight *f, uint32_t bytes);
/* Returns true when more may go out now. */
bool gc_flight_has_room(const gc_flight *f);
/* Notes that a mark of this many bytes as a frame goes out, a PING with this payload, which is
 * valid until the next mark. */
gc_span gc_flight_mark(gc_flight *f, uint32_t bytes);
/* Returns the payload for a PING with another purpose: a client may answer the latest one alone
 * (RFC 6455 5.5.3), so it says the same as the mark that is under way, if one is. */
gc_span gc_flight_ping(const gc_flight *f);
/* Takes the payload of a PONG. Returns true when it answers the mark that is under way. */
bool gc_flight_answer(gc_flight *f, gc_span payload);
/* Forgets the client: another one follows. */
void gc_flight_clear(gc_flight *f);
/* Notes whether the server reads what the client sends. */
void gc_flight_hear(gc_flight *f, bool heard);

#endif
