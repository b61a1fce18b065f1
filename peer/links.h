/* Links: those of a native peer, between the core, which decides about them (bridge.h), and the
 * network. The sibling of web/links.js. */
#ifndef GC_PEER_LINKS_H
#define GC_PEER_LINKS_H

#include "peer/bridge.h"
#include "peer/network.h"

typedef struct gc_links {
    gc_bridge bridge;
    gc_network *network;
} gc_links;

/* Begins, without a link. client, rtc, network: borrowed for the life of l. */
void gc_links_open(gc_links *l, gc_client *client, gc_rtc *rtc, gc_network *network);
/* Carries out a LINK output of the core. Returns false, and does nothing, for any other. */
bool gc_links_act(gc_links *l, const gc_client_output *output);
/* Reports to the core, or sends, the next thing that the transport has. Returns false when there is
 * none. The core may want something after each. */
bool gc_links_report(gc_links *l);

#endif
