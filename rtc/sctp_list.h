/* SCTP list: chunks that go out, in an order, linked by their blocks in the pool (sctp_pool.h). A
 * chunk is in one list at most.
 *
 *   empty <--append, insert, take--> chunks, from first to last
 *
 * All work is constant, but for walks of the caller along `next`. */
#ifndef GC_RTC_SCTP_LIST_H
#define GC_RTC_SCTP_LIST_H

#include "rtc/sctp_pool.h"

typedef struct gc_sctp_list {
    uint32_t first; /* blocks, or GC_SCTP_NO_BLOCK */
    uint32_t last;
    uint32_t bytes; /* of the user, in all chunks of the list */
} gc_sctp_list;

/* Begins an empty list. Chunks that were in it are in none. */
void gc_sctp_list_begin(gc_sctp_list *l);
/* Puts a chunk, a block of the pool that is in no list, behind the last one. */
void gc_sctp_list_append(gc_sctp_list *l, gc_sctp_pool *p, uint32_t block);
/* Puts a chunk, as above, before `later`, which is in the list. */
void gc_sctp_list_insert(gc_sctp_list *l, gc_sctp_pool *p, uint32_t block, uint32_t later);
/* Takes a chunk out, which is in this list (asserted at both ends). */
void gc_sctp_list_take(gc_sctp_list *l, gc_sctp_pool *p, uint32_t block);

#endif
