/* The inside of gc_client: its parts in one place. Only gc_client.c (what the host
 * reports, time, outputs), gc_client_user.c (what the user asks), gc_client_check.c (the
 * invariants) and wasm.c, which sets its memory aside, see all of it.
 *
 *   gc_client > report > meeting > setup, slot_room > peers
 *   gc_client > talk
 *
 * Each part knows those to its right, and none knows one to its left. */
#ifndef GC_CLIENT_INSIDE_H
#define GC_CLIENT_INSIDE_H

#include "core/client/report.h"
#include "core/client/talk.h"

/* Large buffers, never cleared whole and written before they are read. */
typedef struct gc_client_bulk {
    gc_output_store output;
    gc_conversations_store conversations;
    gc_link_store links[GC_LINKS_MAX];
    gc_meeting_store meeting;
} gc_client_bulk;

struct gc_client {
    gc_crypto crypto;
    gc_drbg drbg;
    gc_output_queue queue;
    gc_ready ready;
    gc_step step;
    bool dirty; /* texts may be left in buffers */
    gc_meeting meeting;
    gc_peers peers;
    gc_report report;
    gc_client_bulk bulk;
};

/* Begins an input at now_ms: the clock never goes back, and there must be room for what the input
 * causes: its outputs fit, and fates of messages were polled. Returns 0 or GC_E_FULL. */
int gc__client_begin(struct gc_client *c, uint64_t now_ms);
/* Ends an input that succeeded: settles what it changed. */
void gc__client_end(struct gc_client *c);
/* Tells whether the client is between a join and a leave. */
bool gc__client_is_joined(const struct gc_client *c);

#endif
