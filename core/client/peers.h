/* Peers: what happens to a peer as a whole. Its identity (people), the ways to it (mesh) and its
 * messages (conversations) are tables with one index; here are the events that change more than one
 * of them: a peer becomes known, is dialled, its link opens or ends, it leaves, it is forgotten.
 * Source: ghostchat-protocol.7, "Setting up a link", "Life". */
#ifndef GC_CLIENT_PEERS_H
#define GC_CLIENT_PEERS_H

#include "core/proto/conversations.h"

typedef struct gc_peers {
    gc_people people;
    gc_mesh mesh;
    gc_conversations conversations;
    uint32_t serialization; /* of a bare join link that a stock PeerJS peer answers */
    bool crowded;           /* a peer found no place, and there is none yet */
    bool on;                /* as everybody was settled with last: the line to the server is on, */
    bool wait;              /* and a target is waited for */
} gc_peers;

/* Returns the index of the live peer of this id, which is made known if it is not; GC_NONE for our
 * own id and when no place is left for somebody of this right. */
uint32_t gc__peers_know(gc_peers *ps, const gc_step *s, gc_span id, enum gc_right right);
/* Makes a member of our room known in the same way: it is present and dialled under the room's tag.
 * right: GC_RIGHT_LISTED if a server that counts the members lists it, else the right that a proof
 * gives. */
uint32_t gc__peers_know_member(gc_peers *ps, const gc_step *s, gc_span id, enum gc_right right);
/* Takes the server's list of the members of our room, which replaces what was known of their
 * presence. Those that are not linked with us are dialled. */
void gc__peers_list(gc_peers *ps, const gc_step *s, const gc_signal_in *in);
/* Tells whether a peer can be dialled now: the server is there, and the peer or who looks for it.
 */
bool gc__peers_reachable(const gc_peers *ps, const gc_step *s, uint32_t peer);
/* Dials a peer that has no attempt. */
void gc__peers_dial(gc_peers *ps, const gc_step *s, uint32_t peer);
/* Dials a peer that is there when we have come, or come back, unless it is linked with us: even if
 * an offer waits for its answer, for that may have gone to an older socket. */
void gc__peers_dial_anew(gc_peers *ps, const gc_step *s, uint32_t peer);
/* Notes that a peer is about to dial us: we dial it only if it does not. */
void gc__peers_expect(gc_peers *ps, const gc_step *s, uint32_t peer);
/* Notes that an offer of ours to a peer may be lost: its answer is waited for no longer than for an
 * offer of the peer. */
void gc__peers_hurry(gc_peers *ps, const gc_step *s, uint32_t peer);
/* Takes the end of the attempt, for `reason`. tell: the host does not know. */
void gc__peers_attempt_failed(gc_peers *ps, const gc_step *s, uint32_t peer, uint32_t reason,
                              bool tell);
/* Gives up an attempt whose other side is not known yet: the server said for `reason` that the peer
 * is not there. */
void gc__peers_attempt_hopeless(gc_peers *ps, const gc_step *s, uint32_t peer, uint32_t reason);
/* Takes the report that the transport of the attempt in a slot is through. An open link of the peer
 * is replaced at once, before anything came on the new one. */
void gc__peers_link_opened(gc_peers *ps, const gc_step *s, uint32_t slot);
/* Takes the end of the open link, for `reason`. tell: the host does not know. */
void gc__peers_link_lost(gc_peers *ps, const gc_step *s, uint32_t peer, uint32_t reason, bool tell);
/* Ends a peer for good, for `reason`. bye: the peer gets a BYE; final: its messages after a gap are
 * still shown. */
void gc__peers_end(gc_peers *ps, const gc_step *s, uint32_t peer, uint32_t reason, bool bye,
                   bool final);
/* Frees the place of an ended peer of which everything was reported. remember: keeps which of its
 * messages were shown, in case it comes back. */
void gc__peers_free(gc_peers *ps, const gc_step *s, uint32_t peer, bool remember);

/* Settles the marked peers; to be called after each input: when they are dialled or forgotten
 * follows from what is known of them, and those whose time is over are forgotten. wait: a target is
 * waited for without end. */
void gc__peers_settle(gc_peers *ps, const gc_step *s, bool wait);
/* Ends the links whose time is over. Settle before the next. */
void gc__peers_tick_links(gc_peers *ps, const gc_step *s);
/* Gives up messages that are too old, and dials the peers that are due. Settle after it. */
void gc__peers_tick_dials(gc_peers *ps, const gc_step *s);
/* Returns when to tick next; GC_NEVER. */
uint64_t gc__peers_deadline(const gc_peers *ps, uint64_t now_ms);

#endif
