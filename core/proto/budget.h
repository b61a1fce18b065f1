/* Budget: the work that one peer may cause. Each of its frames costs something, and what was spent
 * comes back with time. A peer that spends more than it has is ended, not held up.
 *
 *   full --a frame--> less --time--> full
 *                       '--a frame that is too much--> over
 *
 * A client keeps the same account of what it sends itself, and pauses when GC_PEER_BUDGET_OWN is
 * spent, so that a program which sends as fast as it can is slowed down and never ended. The rest
 * of the budget is for what the network delays and then brings at once, for a peer that was
 * forgotten here but remembers us, and for one whose clock stood still while its machine slept. In
 * our account less comes back each second than at the peer, so that what was used of the rest is
 * free again after two minutes, whatever we send.
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
/* Spends what a frame of our own of len bytes costs at the peer, which never goes wrong: b is our
 * account of the budget that the peer keeps for us. Returns the time in ms from which the next
 * frame may go to this peer: now_ms, or later once more than GC_PEER_BUDGET_OWN is spent. */
uint64_t gc_budget_pace(gc_budget *b, uint32_t len, bool news, uint64_t now_ms);

#endif
