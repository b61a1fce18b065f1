/* The inside of a gc_peer, for tests: the only place of theirs that knows how a peer is built. What
 * is returned is the peer's own, and valid as long as the peer. */
#ifndef GC_TEST_PEER_INSIDE_H
#define GC_TEST_PEER_INSIDE_H

#include "peer/links.h"
#include "peer/peer.h"

gc_rtc *peer_rtc(gc_peer *p);
gc_network *peer_network(gc_peer *p);
gc_links *peer_links(gc_peer *p);

#endif
