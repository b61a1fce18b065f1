#include "test/unit/peer_inside.h"

/* The struct is known to this file alone. */
#include "peer/peer.c"

gc_rtc *peer_rtc(gc_peer *p) {
    return p->rtc;
}

gc_network *peer_network(gc_peer *p) {
    return &p->network;
}

gc_links *peer_links(gc_peer *p) {
    return &p->links;
}
