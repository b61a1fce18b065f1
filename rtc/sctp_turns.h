/* SCTP turns: which number a message of a stream gets, and when its chunks have their turn among
 * those of other streams (RFC 8260 3). A turn is the byte, of all that are sent, before which
 * nothing more urgent is left: streams share the path byte by byte, and one that was silent has its
 * turn at once, however much others have queued (start-time fair queueing, Goyal, Vin and Cheng,
 * 1996).
 *
 *   large message  |----|----|----|----|   one turn for each chunk: others get between them
 *   small message     ||||                 one turn for all: it is sent in one piece
 *
 * Large messages of all streams are one row: two of them that are half sent would take up the
 * memory of a peer that has room for one, and each wait for the end of the other. */
#ifndef GC_RTC_SCTP_TURNS_H
#define GC_RTC_SCTP_TURNS_H

#include "core/base/arena.h"

#include <stdbool.h>

/* Longest small message: a frame of the chat protocol is one, and so is a piece of a transfer. */
#define GC_SCTP_SMALL_BYTES 32768

typedef struct gc_sctp_turns_stream {
    uint64_t end;     /* of its last message */
    uint32_t next[2]; /* numbers of the next message: ordered, unordered */
} gc_sctp_turns_stream;

typedef struct gc_sctp_turns {
    gc_sctp_turns_stream *streams;
    uint32_t streams_max;
    uint32_t touched; /* streams below it have been used, and their entries are valid */
    uint64_t now;     /* the turn of the chunk that was sent last */
    uint64_t large_end;
} gc_sctp_turns;

typedef struct gc_sctp_turn {
    uint64_t first;     /* of the first chunk */
    uint32_t each_byte; /* how much later the turn of a byte is than that of the one before: 0, 1 */
} gc_sctp_turn;

/* Takes the table for so many streams from the arena, where it stays; touches nothing of it. */
void gc_sctp_turns_place(gc_sctp_turns *t, gc_arena *a, uint32_t streams);
/* Begins with numbers of 0. */
void gc_sctp_turns_begin(gc_sctp_turns *t);
/* Gives a message of so many bytes its turns. stream: below the number of streams (asserted). */
gc_sctp_turn gc_sctp_turns_take(gc_sctp_turns *t, uint32_t stream, uint32_t bytes);
/* Returns the number of the message whose chunk goes out now: `begins`, for its first chunk, gives
 * it the next one of its stream. A message that is given up before has none, so that no number is
 * missing. Messages of a stream go out one after the other (asserted by their turns). */
uint32_t gc_sctp_turns_number(gc_sctp_turns *t, uint32_t stream, bool unordered, bool begins);
/* Notes that a chunk with this turn is sent. */
void gc_sctp_turns_sent(gc_sctp_turns *t, uint64_t turn);
/* Returns the number of the next ordered message of a stream. */
uint32_t gc_sctp_turns_next(const gc_sctp_turns *t, uint32_t stream);
/* Gives the next messages of this stream the number 0 (RFC 6525 5.1.2, RFC 8260 2.3). */
void gc_sctp_turns_restart(gc_sctp_turns *t, uint32_t stream);

#endif
