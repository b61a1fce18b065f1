/* Freshness: which dials are new, and which messages of a dial. A server can play back what it has
 * relayed; sealed messages are bound to their dial and numbered in it, so that this refuses them.
 *
 *   a dial: new --gc_freshness_use--> used, as long as it is one of the last GC_DIALS_REMEMBERED
 *   a way of it: 0, 1, 5, 6, ...: the numbers rise, with gaps
 *
 * Source: ghostchat-protocol.7, "Sealed signaling". */
#ifndef GC_PROTO_FRESHNESS_H
#define GC_PROTO_FRESHNESS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/limits.h"

#define GC_DIALS_REMEMBERED 64

/* All zero: no dial was used. */
typedef struct gc_freshness {
    uint32_t count; /* of dials, up to GC_DIALS_REMEMBERED */
    uint32_t next;  /* the place that is written next */
    uint8_t dials[GC_DIALS_REMEMBERED][GC_DIAL_BYTES];
} gc_freshness;

/* The numbers of one dial in one direction. All zero: nothing came, or went out. */
typedef struct gc_rising {
    uint64_t next; /* the lowest number that is fresh: 0..2^32 */
} gc_rising;

/* Tells whether a dial was used, as far as it is remembered. */
bool gc_freshness_is_used(const gc_freshness *f, const uint8_t dial[GC_DIAL_BYTES]);
/* Remembers a dial, which is new (asserted); the oldest one is forgotten for it. Only a dial that
 * somebody with the key began is worth a place: the caller opens the envelope first. */
void gc_freshness_use(gc_freshness *f, const uint8_t dial[GC_DIAL_BYTES]);

/* Takes the number of a message that came: returns true when it is higher than all before it. Call
 * it for messages that were opened, or anybody could use numbers up. */
bool gc_rising_take(gc_rising *r, uint32_t seq);
/* Gives the next number for a message that goes out in *seq; false after 2^32 of them. */
bool gc_rising_give(gc_rising *r, uint32_t *seq);

#endif
