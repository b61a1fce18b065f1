/* Passenger of an ICE agent's checks: a datagram of DTLS that goes along with them while there is
 * no way for datagrams yet, which saves the round trip of the first check (SPED, of
 * draft-hancke-webrtc-sped). Each check has the newest one, because a check may be lost or go to an
 * address at which nobody is.
 *
 *   empty --load--> loaded --GC_ICE_PASSENGER_RIDES_MAX checks went out, unload--> empty
 *
 * Both bounds are for addresses that the other side named and that answered none of our checks. */
#ifndef GC_RTC_ICE_PASSENGER_H
#define GC_RTC_ICE_PASSENGER_H

#include "core/base/span.h"

#include <stdbool.h>

/* A ClientHello of ours has about 150 bytes. */
#define GC_ICE_PASSENGER_BYTES_MAX 400
/* Checks of one agent that have a passenger, all passengers together. */
#define GC_ICE_PASSENGER_RIDES_MAX 32

typedef struct gc_ice_passenger {
    uint32_t rides; /* of all passengers */
    uint32_t len;   /* 0: none */
    uint8_t bytes[GC_ICE_PASSENGER_BYTES_MAX];
} gc_ice_passenger;

/* Begins empty. */
void gc_ice_passenger_init(gc_ice_passenger *p);
/* Takes a datagram, copied, in the place of the one before. Returns false, and is empty then, when
 * it is empty or longer than GC_ICE_PASSENGER_BYTES_MAX. */
bool gc_ice_passenger_load(gc_ice_passenger *p, gc_span datagram);
/* Forgets the datagram; nothing happens when it is empty. */
void gc_ice_passenger_unload(gc_ice_passenger *p);
/* Returns the datagram for a check that goes out now, borrowed from p; empty: there is none. */
gc_span gc_ice_passenger_ride(gc_ice_passenger *p);

#endif
