/* Mesh: the ways to all peers. A peer has at most one open link and one that is being set up (its
 * attempt), and a dialer, which says when the next attempt is due. The mesh owns the table of links
 * and all their times; it knows peers by their index only. The contents of a link are the business
 * of the layers above it. */
#ifndef GC_PROTO_MESH_H
#define GC_PROTO_MESH_H

#include "core/proto/step.h"
#include "core/proto/dialer.h"
#include "core/proto/link.h"

/* Stock PeerJS peers that may be linked at once: each may fill a reassembly of 64 KiB. */
#define GC_MESH_DATA_MAX 4

typedef struct gc_way {
    uint32_t link;    /* slot of the open link, or GC_NONE */
    uint32_t attempt; /* slot of the link being set up, or GC_NONE */
    gc_dialer dialer;
} gc_way;

#define GC_MESH_TABLE_BYTES (GC_TIMERS_BYTES(GC_LINKS_MAX) + 2 * GC_TIMERS_BYTES(GC_PEERS_MAX))

typedef struct gc_mesh {
    gc_set used;                   /* slots of links that are not free */
    gc_set touched;                /* slots whose time may have changed since gc_mesh_settle() */
    gc_set data;                   /* peers whose link or attempt is a PeerJS data connection */
    gc_timers links;               /* by slot */
    gc_timers dials;               /* by peer: gc_dialer.dial_ms */
    gc_timers ends;                /* by peer: gc_dialer.forget_ms */
    gc_dialer_strangers strangers; /* for the dialers' use */
    gc_way ways[GC_PEERS_MAX];
    gc_link slots[GC_LINKS_MAX];
    _Alignas(16) uint8_t tables[GC_MESH_TABLE_BYTES];
} gc_mesh;

/* Starts without links. stores: GC_LINKS_MAX, the owner's for the client's life. */
void gc_mesh_init(gc_mesh *m, gc_link_store *stores);
/* Begins with a peer that became known: no way, nothing due. */
void gc_mesh_add(gc_mesh *m, uint32_t peer);
/* Forgets the times of a peer that ended and has no link any more. */
void gc_mesh_remove(gc_mesh *m, uint32_t peer);

/* --- reading ---------------------------------------------------------------------------------- */
/* Reads the way to a peer (0..GC_PEERS_MAX-1). */
const gc_way *gc_mesh_way(const gc_mesh *m, uint32_t peer);
/* Reads the link in a slot (0..GC_LINKS_MAX-1), in use or free. */
const gc_link *gc_mesh_link(const gc_mesh *m, uint32_t slot);
/* Returns the slot of the link that the host names by this number; GC_NONE when it is stale. */
uint32_t gc_mesh_slot(const gc_mesh *m, uint32_t number);
/* Returns the slot of the peer's link that this dial set up, or GC_NONE. */
uint32_t gc_mesh_find(const gc_mesh *m, uint32_t peer, const uint8_t dial[GC_DIAL_BYTES]);
/* Returns the peer's open link, or NULL. */
const gc_link *gc_mesh_open_link(const gc_mesh *m, uint32_t peer);
/* Takes what the host reports of the link in a slot: bytes that its transport has queued, or the
 * path in use (gc_path) and its round trip in ms. */
void gc_mesh_buffer(gc_mesh *m, const gc_step *s, uint32_t slot, uint32_t bytes);
void gc_mesh_measure(gc_mesh *m, const gc_step *s, uint32_t slot, uint32_t path, uint32_t rtt_ms);
/* Tells whether an offer of ours to this peer waits for its answer. */
bool gc_mesh_offered(const gc_mesh *m, uint32_t peer);
/* Tells whether one more peer may have a PeerJS data connection; `peer` itself (GC_NONE: somebody
 * new) may always have a newer one. */
bool gc_mesh_takes_data(const gc_mesh *m, uint32_t peer);

/* --- changing --------------------------------------------------------------------------------- */
/* Gives a link in use, or a peer's dialer, to be changed by its own verbs; marks the peer. */
gc_link *gc_mesh_edit(gc_mesh *m, const gc_step *s, uint32_t slot);
gc_dialer *gc_mesh_dialer(gc_mesh *m, const gc_step *s, uint32_t peer);
/* Gives the open link in a slot on which a frame has come. The peer's way stays as it is, so it is
 * not marked. */
gc_link *gc_mesh_hear(gc_mesh *m, const gc_step *s, uint32_t slot);
/* Dials a peer without an attempt: a fresh link, and LINK_OFFER for the host. either: it may be a
 * stock PeerJS peer, spoken to in this serialization. */
void gc_mesh_dial(gc_mesh *m, const gc_step *s, uint32_t peer, bool either, uint32_t serialization);
/* Takes an offer of a peer without an attempt: a fresh link, and LINK_ANSWER for the host. */
void gc_mesh_answer(gc_mesh *m, const gc_step *s, uint32_t peer, const gc_signal_in *in,
                    gc_span sdp);
/* Takes the answer to our offer in a slot. data: it came from a stock PeerJS peer. Returns false,
 * and changes nothing, when that cannot be taken. */
bool gc_mesh_accept(gc_mesh *m, const gc_step *s, uint32_t slot, bool data);
/* Ends the attempt, if there is one. tell: the host does not know. */
void gc_mesh_drop(gc_mesh *m, const gc_step *s, uint32_t peer, bool tell);
/* Makes the attempt in a slot the open link, for its transport is through. The peer has no other.
 */
void gc_mesh_open(gc_mesh *m, const gc_step *s, uint32_t slot);
/* Ends the open link of a peer. tell: the host does not know. */
void gc_mesh_close(gc_mesh *m, const gc_step *s, uint32_t peer, bool tell);

/* Notes on every open link that our own name changed. */
void gc_mesh_rename(gc_mesh *m, const gc_step *s);

/* --- time ------------------------------------------------------------------------------------- */
/* Takes the times of the peer's dialer as they are now. */
void gc_mesh_settle_peer(gc_mesh *m, uint32_t peer);
/* Takes the times of the links that were touched as they are now. Returns the peers that are to be
 * given up, out of their timers. */
gc_set gc_mesh_settle(gc_mesh *m, uint64_t now_ms);
/* Takes out of their timers the slots of links that are due, or the peers that are to be dialled.
 */
gc_set gc_mesh_due_links(gc_mesh *m, uint64_t now_ms);
gc_set gc_mesh_due_dials(gc_mesh *m, uint64_t now_ms);
/* Returns the peer that is given up first; GC_NONE. */
uint32_t gc_mesh_first_end(const gc_mesh *m);
/* Returns when a link, a dial or an end is due; GC_NEVER. */
uint64_t gc_mesh_deadline(const gc_mesh *m);
/* Asserts the invariants of a settled mesh, with a scan of all links. */
void gc_mesh_check(const gc_mesh *m);

#endif
