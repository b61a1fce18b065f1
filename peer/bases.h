/* Bases: the own UDP sockets of a native peer, one for each address that it shows (the bases of
 * ICE, RFC 8445 4). They are known by their numbers, from 0 on; that of one whose address went away
 * is used again.
 *
 *   zeroed --gc_bases_open--> open --gc_bases_close--> closing --the loop ran--> gc_bases_free */
#ifndef GC_PEER_BASES_H
#define GC_PEER_BASES_H

#include "host/routes.h"
#include "host/udp.h"

#define GC_BASES_MAX 8 /* GC_RTC_BASES_MAX */

typedef struct gc_bases {
    gc_udp_group group;
    gc_udp sockets[GC_BASES_MAX];
    gc_addr addresses[GC_BASES_MAX]; /* with the ports that they are bound to; family 0: none */
    gc_udp groups[GC_BASES_MAX];     /* beside each base, for multicast DNS */
    bool has_group[GC_BASES_MAX];
} gc_bases;

/* The bases that one call of gc_bases_look() closed and opened: a bit for each number. */
typedef struct gc_bases_change {
    uint32_t gone;
    uint32_t come; /* a number in both has another address now */
} gc_bases_change;

/* Opens zeroed ones, without a base yet. `received` is called with what comes to a base: `number`
 * of its gc_udp is the base, u->group->context is the context. Returns 0, or -1: memory is short.
 */
int gc_bases_open(gc_bases *b, uv_loop_t *loop, gc_udp_received received, void *context);
/* Adds a base for each address that gc_routes_find() names and that is none yet, but for one on
 * which no socket opens. Closes those whose address this machine has no more, and those that are
 * not named while another address of their family is: where the default route went somewhere else,
 * nothing may leave by the old way any more. Without a route at all they stay, for it may come
 * back. The number of a base that was closed is free when the loop has seen to it. */
gc_bases_change gc_bases_look(gc_bases *b, enum gc_routes_which which);
/* Sends 1 to GC_UDP_BYTES_MAX bytes from a base to an address; anything else is dropped. */
void gc_bases_send(gc_bases *b, uint32_t base, const gc_addr *to, gc_span bytes);
/* Asks the local networks of all bases: sends to the group of multicast DNS, of which sockets
 * beside the bases are members from the first question on. Their answers come to `received`, too:
 * of them gc_bases_is_group() is true. Where a network has no such group, nothing is asked. */
void gc_bases_ask(gc_bases *b, gc_span bytes);
/* Closes the sockets beside the bases: nobody is asked any more. The next question opens them
 * again, once the loop has seen to their end. */
void gc_bases_quiet(gc_bases *b);
/* Keep datagrams, from the first call to the second, so that they leave by few system calls:
 * gc_udp_hold(). */
void gc_bases_hold(gc_bases *b);
void gc_bases_release(gc_bases *b);
/* Tells whether u is not a base but a socket beside it. */
static inline bool gc_bases_is_group(const gc_udp *u) {
    return u->number >= GC_BASES_MAX;
}
/* Closes all; nothing is received any more. */
void gc_bases_close(gc_bases *b);
/* Frees the memory, in a turn of the loop after gc_bases_close(). Does nothing with zeroed ones. */
void gc_bases_free(gc_bases *b);

#endif
