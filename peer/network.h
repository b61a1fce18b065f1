/* The network of a native peer: what its links (gc_rtc) need of sockets and names. Owns the bases
 * and the STUN servers. From the first link on the bases follow the addresses of this machine: what
 * comes and goes is passed on to all links.
 *
 *   zeroed --gc_network_open--> open --gc_network_close--> closing --the loop ran--> _free
 *
 * Before the first link is prepared nothing is sent or shown, but for questions to name servers. */
#ifndef GC_PEER_NETWORK_H
#define GC_PEER_NETWORK_H

#include "host/route_watch.h"
#include "peer/bases.h"
#include "peer/stun_servers.h"
#include "rtc/rtc.h"

typedef struct gc_network_options {
    uv_loop_t *loop;
    gc_rtc *rtc;                    /* gets what comes, until gc_network_close() */
    enum gc_routes_which addresses; /* which own addresses others see */
    bool loopback;                  /* take loopback addresses of STUN servers, for tests */
    bool relay_only;                /* no STUN server is used, nor is its name looked up */
    const char *name_servers;       /* for tests, else NULL: gc_resolver_start(); borrowed */
    gc_stun_list stun;           /* servers in place of those that the core names; empty: those */
    void (*came)(void *context); /* called by the loop: rtc was given something, drain it */
    void *context;
} gc_network_options;

typedef struct gc_network {
    gc_network_options options;
    gc_bases bases;
    gc_stun_servers stun;
    gc_route_watch watch;
    uv_timer_t asked; /* active: names are asked for by multicast DNS */
    uv_idle_t found;  /* active: a STUN server was found, and `came` was not called since */
} gc_network;

/* Opens a zeroed one, which may not move after that. Returns 0, or -1: memory is short. */
int gc_network_open(gc_network *n, const gc_network_options *options);
/* Makes ready for a link that is about to begin: finds the own addresses, unless they are watched
 * already, and asks for STUN servers that have no address yet. */
void gc_network_prepare(gc_network *n);
/* Takes the list of ICE servers that the core names (JSON), which replaces the earlier one: its
 * first GC_STUN_SERVERS_MAX URLs of STUN, each in both families. Ignored if servers were given to
 * gc_network_open(), and with relay_only. */
void gc_network_servers(gc_network *n, gc_span json);
/* Carries out GC_RTC_DATAGRAM or GC_RTC_MULTICAST. Other outputs are ignored. */
void gc_network_send(gc_network *n, const gc_rtc_output *output);
/* Keep datagrams, from the first call to the second, so that they leave by few system calls:
 * gc_udp_hold(). */
void gc_network_hold(gc_network *n);
void gc_network_release(gc_network *n);
/* Closes all: rtc is not used any more. */
void gc_network_close(gc_network *n);
/* Frees the memory, in a turn of the loop after gc_network_close(). Does nothing with a zeroed one.
 */
void gc_network_free(gc_network *n);

#endif
