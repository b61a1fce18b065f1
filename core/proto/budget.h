/* Budget: the work that one peer may cause. Each of its frames costs something, and what was spent
 * comes back with time. A peer that spends more than it has is ended, not held up: no person writes
 * that fast. A program can: acknowledgements are frames too, and nothing paces how fast a client
 * sends, so a program that sends more than GC_PEER_BUDGET_PER_SECOND acknowledged messages a
 * second for long is ended by its own peer.
 *
 *   full --a frame--> less --time--> full
 *                       '--a frame that is too much--> over
 *
 * Source: ghostchat-protocol.7, "Life and end". */
#ifndef GC_PROTO_BUDGET_H
#define GC_PROTO_BUDGET_H

#include "core/base/limits.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct gc_budget {
    uint64_t at_ms; /* when `spent` was true */
    uint64_t spent; /* in thousandths */
} gc_budget;

/* Fills the budget of a peer that became known. */
void gc_budget_fill(gc_budget *b);
/* Spends what a frame of len bytes costs at now_ms, which never goes back. news: the frame makes us
 * tell the user something although it keeps no window (PROFILE, BASE), which costs more. Returns
 * false, and spends nothing, when that is more than is left of GC_PEER_BUDGET. */
bool gc_budget_spend(gc_budget *b, uint32_t len, bool news, uint64_t now_ms);

#endif
