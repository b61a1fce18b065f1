/* Step: the values that every part of the client gets beside its own state: the time of this input,
 * where outputs go, and the ready list, in which a part marks each peer for which something may
 * follow. After an input the marked peers are settled; poll takes the first that is ready. So
 * nothing walks over all peers for one input, one output or one tick. */
#ifndef GC_PROTO_STEP_H
#define GC_PROTO_STEP_H

#include "core/base/crypto.h"
#include "core/base/drbg.h"
#include "core/base/set.h"
#include "core/proto/output_queue.h"
#include "core/proto/signaling_client.h"

/* Peers, by what poll may find there. A mark says "maybe": poll looks, and removes it when there is
 * nothing. A peer without a mark has nothing there; gc_client_check() compares the marks with a
 * scan. */
typedef struct gc_ready {
    gc_set unsettled; /* its way, its standing or its presence may have changed in this input */
    gc_set reports;   /* its state for the user may have changed */
    gc_set shows;     /* a message or a gap may be shown */
    gc_set fates;     /* the fate of a message of ours may be reported */
    gc_set frames;    /* a frame may be sent on its link */
    bool state;       /* the client's own state may have changed */
} gc_ready;

typedef struct gc_step {
    uint64_t now_ms;
    gc_drbg *drbg;
    const gc_crypto *crypto;
    gc_output_queue *queue;
    gc_ready *ready;
    const gc_signaling_client *line; /* our own socket to the server */
    gc_span own;                     /* our id; empty before the first join */
    const uint8_t *room_tag;         /* GC_TAG_BYTES; NULL: we are in no room */
} gc_step;

/* Marks a peer for poll: something may have to be reported, shown or sent. */
void gc_step_ready(const gc_step *s, uint32_t peer);
/* Marks a peer whose way, standing or presence may have changed: it is settled after this input. */
void gc_step_mark(const gc_step *s, uint32_t peer);
/* Removes all marks of a peer whose place is free now. */
void gc_step_unmark(const gc_step *s, uint32_t peer);
/* Tells whether the server can be spoken to. */
bool gc_step_on(const gc_step *s);

#endif
