/* State of an ICE agent, for the two files that work on all of it: what comes to it (ice.h) and
 * what it says (ice_outputs.h). */
#ifndef GC_RTC_ICE_STATE_H
#define GC_RTC_ICE_STATE_H

#include "core/base/drbg.h"
#include "core/base/reason.h"
#include "core/base/span.h"
#include "core/base/timers.h"
#include "core/proto/client_output.h"
#include "rtc/candidate.h"
#include "rtc/ice_checks.h"
#include "rtc/ice_choice.h"
#include "rtc/ice_early.h"
#include "rtc/ice_gate.h"
#include "rtc/ice_generations.h"
#include "rtc/ice_own.h"
#include "rtc/ice_pairs.h"
#include "rtc/ice_servers.h"

typedef struct gc_ice_config {
    gc_drbg *drbg;       /* the owner's, as long as the agent is used */
    gc_ice_gate *gate;   /* the handle's one gate, as long as the agent is used */
    bool controlling;    /* we made the offer */
    bool loopback;       /* for tests: addresses of this machine are candidates too */
    bool relay_only;     /* bases that are sockets of ours are offered and used in no way */
    uint64_t expires_ms; /* no valid pair by then: FAILED; GC_NEVER: no deadline */
} gc_ice_config;

typedef enum gc_ice_output_type {
    GC_ICE_SEND,      /* send `bytes` from `base` to `addr`; borrowed until the next call */
    GC_ICE_CANDIDATE, /* tell the peer of `candidate`, at `base` */
    GC_ICE_HEARD,     /* an authentic check came from `addr` at `base` for the first time, and the
                         peer's credentials are known */
    GC_ICE_SELECTED,  /* data goes from `base` to `addr` now; `path`, `rtt_ms`. The first one says
                         that the link is up */
    GC_ICE_FAILED,    /* the agent has ended; `reason`: TIMEOUT (the peer named no address in time),
                         ICE_FAILED (none of its addresses worked in time), GONE (no consent) */
} gc_ice_output_type;

typedef struct gc_ice_output {
    gc_ice_output_type type;
    uint32_t base;
    gc_addr addr;
    gc_span bytes;
    gc_candidate candidate;
    uint32_t path;   /* gc_path */
    uint32_t rtt_ms; /* of the newest answer on this pair: 1 at least */
    uint32_t reason; /* gc_reason */
} gc_ice_output;

typedef struct gc_ice {
    gc_ice_config config;
    gc_ice_generations generations;
    gc_ice_pairs table;
    gc_ice_checks checks;
    gc_ice_early early;
    gc_ice_own own;
    gc_ice_servers servers;
    uint64_t now_ms;
    uint64_t tie_breaker;
    uint64_t consent_ms; /* the last valid answer on any pair, if connected */
    gc_ice_choice choice;
    uint32_t told_base; /* what the last SELECTED said; a pair's index may be another one's now */
    uint32_t told_path;
    gc_addr told_addr; /* family 0: nothing, or its base is gone */
    uint32_t reason;   /* why it ended; GC_REASON_NONE: it has not */
    bool told_end;
    bool connected; /* a pair was valid */
    gc_ice_passenger passenger;
    gc_span came; /* with the check that came last; borrowed from its datagram */
    /* The answer that waits for poll; its bytes are those of the next SEND. */
    uint32_t answer_base;
    uint32_t answer_len; /* 0: none */
    gc_addr answer_to;
    uint8_t bytes[GC_ICE_MESSAGE_BYTES_MAX];
} gc_ice;

#endif
