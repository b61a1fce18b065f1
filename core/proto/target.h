/* Target: the peer that our join link names, once it has ended the link: whether it is looked for
 * again, and when.
 *
 *   wanted --it ended the link, its id may come back--> pausing --time, or it calls--> wanted
 *      '-----it ended the link, its id never comes back, or it did so too often--> left
 *
 * An offer of the target leads from any state to wanted.
 * Source: ghostchat-protocol.7, "Setting up a link", "PeerJS peers". */
#ifndef GC_PROTO_TARGET_H
#define GC_PROTO_TARGET_H

#include <stdbool.h>
#include <stdint.h>

/* A stock application that ended its link is looked for after this time: when it is reloaded its id
 * is free by then, so that the server can say when it is back. */
#define GC_TARGET_LOOK_MS 2000
/* A target that ends the link this many times within this time wants to be left alone. */
#define GC_TARGET_ENDS_MAX 3
#define GC_TARGET_ENDS_MS  60000

typedef struct gc_target {
    uint32_t left;    /* gc_reason: why it is not looked for; 0 */
    uint32_t ends;    /* how often it ended the link, each within GC_TARGET_ENDS_MS of the last */
    uint64_t end_ms;  /* when it did so last */
    uint64_t look_ms; /* when to look for it again; GC_NEVER */
} gc_target;

/* Begins with a target that is wanted. */
void gc_target_init(gc_target *t);
/* Notes that the target ended the link for good, for `reason`. returns: its id may come back, as
 * that of a stock application does. Returns false when it is not looked for any more. */
bool gc_target_end(gc_target *t, uint32_t reason, bool returns, uint64_t now_ms);
/* Notes that the target is there, or is looked for now. */
void gc_target_want(gc_target *t);
/* Tells whether it is time to look for the target. */
bool gc_target_is_due(const gc_target *t, uint64_t now_ms);
/* Returns why the target is not looked for at the moment (gc_reason); 0: it is. */
uint32_t gc_target_trouble(const gc_target *t);

#endif
