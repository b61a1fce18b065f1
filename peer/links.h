/* Links: between the core, which decides about them, and gc_rtc, which has them. The sibling of
 * web/links.js.
 *
 * The core's outputs come first: what the transport reports must not come while some are left. So
 * act for every output, and report only when there is none. */
#ifndef GC_PEER_LINKS_H
#define GC_PEER_LINKS_H

#include "core/gc_client.h"
#include "peer/network.h"
#include "rtc/rtc.h"

typedef struct gc_links {
    gc_client *client;
    gc_rtc *rtc;
    gc_network *network;
    struct {
        uint32_t link;
        uint32_t reason;
    } broken[GC_LINKS_MAX]; /* links that the transport could not serve, of which the core has not
                               heard yet */
    uint32_t broken_count;
} gc_links;

/* Begins, without a link. client, rtc, network: borrowed for the life of l. */
void gc_links_open(gc_links *l, gc_client *client, gc_rtc *rtc, gc_network *network);
/* Carries out a LINK output of the core. Returns false, and does nothing, for any other. */
bool gc_links_act(gc_links *l, const gc_client_output *output);
/* Reports to the core, or sends, the next thing that the transport has. Returns false when there is
 * none. The core may want something after each. */
bool gc_links_report(gc_links *l);

#endif
