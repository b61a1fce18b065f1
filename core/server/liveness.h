/* Liveness: what is due for a connection - a ping, the end of a silent or an idle one, the end of a
 * pause - and the price of messages. Source: ghostchatd(8), LIMITS. */
#ifndef GC_CORE_SERVER_LIVENESS_H
#define GC_CORE_SERVER_LIVENESS_H

#include "core/server/clients.h"

/* Takes this many messages out of the budget of a client that is not closing; over the rate the
 * client is paused. */
void gc__liveness_charge(gc_clients *cs, uint32_t n, uint32_t messages);
/* Ends the open connection n, which has shown no sign of life for too long. */
void gc__liveness_end_silent(gc_clients *cs, uint32_t n);
/* Does what is due for n after its timer fired: pings, resumes, or ends a connection (n itself, or
 * the silent holder of the id that n waits for). Does nothing when a sign of life has moved the
 * deadline since. The caller settles and sets the timer of n again. */
void gc__liveness_due(gc_clients *cs, uint32_t n);

#endif
