/* Places: the table of the links of a handle. A place is found by the number that the caller gave
 * its link, and by its own index, which is its name inside the handle.
 *
 *   free --take--> named --forget--> forgotten --let_go--> free
 *                    \_______________let_go_______________/
 *
 * A forgotten place belongs to a link that was closed and still says goodbye. There are
 * GC_RTC_PLACES_CLOSING_MAX places for such links beside those of the others; when all are taken,
 * the oldest of them is cut short: nobody waits for it. Memory of a place is touched when the place
 * is used for the first time. */
#ifndef GC_RTC_RTC_PLACES_H
#define GC_RTC_RTC_PLACES_H

#include "rtc/peer_connection.h"

#define GC_RTC_PLACES_CLOSING_MAX 16

typedef struct gc_rtc_place {
    uint32_t number; /* of the caller; GC_NONE when it was forgotten */
    bool used;
    bool ready;         /* its poll may have something */
    uint64_t forgotten; /* the order in which the numbers of places were forgotten */
    gc_peer_connection connection;
} gc_rtc_place;

typedef struct gc_rtc_places {
    uint64_t forgotten; /* counts */
    uint32_t links_max;
    uint32_t count;
    uint32_t touched; /* places below this were used at least once */
    uint32_t cursor;  /* the place that is looked at next */
    gc_rtc_place *table;
} gc_rtc_places;

/* Returns how many places there are for this many links. */
uint32_t gc_rtc_places_count(uint32_t links_max);
/* Takes the table from the arena; touches no place. */
void gc_rtc_places_init(gc_rtc_places *t, gc_arena *a, uint32_t links_max);
/* Returns the place of the link of this number; NULL: there is none. */
gc_rtc_place *gc_rtc_places_find(gc_rtc_places *t, uint32_t number);
/* Returns a used and ready place for a link of this number, which no place has; its connection is
 * still to begin. pool, a: give a place that is used for the first time its tables. Returns NULL
 * when links_max places have numbers. */
gc_rtc_place *gc_rtc_places_take(gc_rtc_places *t, uint32_t number, gc_sctp_pool *pool,
                                 gc_arena *a);
/* Forgets the number of a place: its link has been closed and may still send. */
void gc_rtc_places_forget(gc_rtc_places *t, gc_rtc_place *l);
/* Ends the connection of a place, which is free then. */
void gc_rtc_places_let_go(gc_rtc_place *l);
/* Ends the connections of all places, and wipes what was in them: passwords of ICE, numbers of
 * SCTP. */
void gc_rtc_places_end(gc_rtc_places *t);
/* Has the place of this index, which is used, looked at next: it may have something to say. */
void gc_rtc_places_look_at(gc_rtc_places *t, uint32_t i);
/* Returns the next ready place at the cursor or after it, around the table, and moves the cursor
 * there; NULL: none is ready. */
gc_rtc_place *gc_rtc_places_next_ready(gc_rtc_places *t);
/* Notes that a place has nothing more to say. The next time it is looked at last: what all links
 * share (gc_ice_gate) must not always go to the one whose peer writes most. */
void gc_rtc_places_drained(gc_rtc_places *t, gc_rtc_place *l);

#endif
