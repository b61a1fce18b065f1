/* Bridge: carries what the core wants of its links to gc_rtc, which has them, and what these report
 * back to the core. The core decides, and only it: nothing is judged here.
 *
 * Neither a socket nor a clock is here, so that a terminal (links.h) and the simulator
 * (sim/native.h) use the same one: datagrams are theirs, and so is the time. The core's outputs
 * come first: what the transport reports must not come while some are left. So act for every
 * output, and report only when there is none. now_ms: monotonic. */
#ifndef GC_PEER_BRIDGE_H
#define GC_PEER_BRIDGE_H

#include "core/gc_client.h"
#include "rtc/rtc.h"

typedef struct gc_bridge {
    gc_client *client;
    gc_rtc *rtc;
    struct {
        uint32_t link;
        uint32_t reason;
    } broken[GC_LINKS_MAX]; /* links that the transport could not serve, of which the core has not
                               heard yet */
    uint32_t broken_count;
} gc_bridge;

/* Begins, without a link. client, rtc: borrowed for the life of b. */
void gc_bridge_open(gc_bridge *b, gc_client *client, gc_rtc *rtc);
/* Carries out a LINK output of the core. Returns false, and does nothing, for any other. */
bool gc_bridge_act(gc_bridge *b, uint64_t now_ms, const gc_client_output *output);
/* Tells the core of one link that could not be served. Returns false when there is none. */
bool gc_bridge_tell_broken(gc_bridge *b, uint64_t now_ms);
/* Tells the core what gc_rtc_poll() gave out. Returns false, and does nothing, for what is not for
 * the core: datagrams, and memory that is not used any more. */
bool gc_bridge_report(gc_bridge *b, uint64_t now_ms, const gc_rtc_output *output);

#endif
