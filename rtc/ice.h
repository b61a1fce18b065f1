/* ICE agent: finds the way on which datagrams of one link reach its peer, and notices when it is
 * gone. Full ICE with trickle, host, server- and peer-reflexive candidates, and consent. It owns no
 * socket: datagrams, texts and the time go in, datagrams and events come out by poll.
 *
 *   CHECKING --first valid pair--> CONNECTED --no valid pair is left: GONE--> ENDED
 *      |                          (SELECTED whenever the pair in use changes)
 *      +---- not connected by the owner's deadline: TIMEOUT, ICE_FAILED ----> ENDED
 *
 * The side that offered is controlling: it nominates the first pair that works. The other side
 * follows, also later. Checks begin as soon as there are the peer's credentials and a pair; checks
 * of the peer are answered before that, for our password proves them. Datagrams that are not
 * authentic change nothing and are not answered.
 *
 * After each input call gc_ice_poll() until it returns false: one answer at most is kept between
 * two inputs. Memory is the struct alone, which may not move. All times are monotonic milliseconds;
 * a step back is clamped. Source: RFC 8445, 8838 (trickle), 7675 (consent), 8421 (two families). */
#ifndef GC_RTC_ICE_H
#define GC_RTC_ICE_H

#include "core/base/drbg.h"
#include "core/base/reason.h"
#include "core/base/span.h"
#include "core/base/timers.h"
#include "core/proto/client_output.h"
#include "rtc/candidate.h"
#include "rtc/ice_checks.h"
#include "rtc/ice_choice.h"
#include "rtc/ice_credentials.h"
#include "rtc/ice_early.h"
#include "rtc/ice_gate.h"
#include "rtc/ice_message.h"
#include "rtc/ice_own.h"
#include "rtc/ice_pairs.h"
#include "rtc/ice_servers.h"

typedef struct gc_ice_config {
    gc_drbg *drbg;       /* the owner's, as long as the agent is used */
    gc_ice_gate *gate;   /* the handle's one gate, as long as the agent is used */
    bool controlling;    /* we made the offer */
    bool loopback;       /* for tests: addresses of this machine are candidates too */
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
    uint32_t rtt_ms; /* of the check that found this way; 0: under a millisecond */
    uint32_t reason; /* gc_reason */
} gc_ice_output;

typedef struct gc_ice {
    gc_ice_config config;
    gc_ice_credentials local;
    gc_ice_credentials remote;
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

/* Starts an agent with new random credentials in memory that need not be zero. config is copied. */
void gc_ice_init(gc_ice *ice, uint64_t now_ms, const gc_ice_config *config);
/* Returns our credentials, valid as long as ice. */
const gc_ice_credentials *gc_ice_local(const gc_ice *ice);

/* Adds an own address, which is a host candidate by that. base: the caller's number for the socket,
 * 0..GC_ICE_BASES_MAX-1, not in use (asserted); the lower, the more preferred. Returns 0, or
 * GC_E_REFUSED if no candidate may have this address. */
int gc_ice_add_base(gc_ice *ice, uint64_t now_ms, uint32_t base, const gc_addr *addr);
/* Removes an own address that is gone, with its pairs. Nothing happens if it is not in use. */
void gc_ice_drop_base(gc_ice *ice, uint64_t now_ms, uint32_t base);

/* Adds a STUN server, which tells how the network sees our bases, also those that come later.
 * Returns 0; GC_E_REFUSED for an address that no server may have, one that is known, and when
 * GC_ICE_SERVERS_MAX are. */
int gc_ice_add_server(gc_ice *ice, uint64_t now_ms, const gc_addr *server);

/* Takes the peer's credentials, copied: checks begin. Returns 0; GC_E_SYNTAX for lengths or
 * characters that are not allowed; GC_E_STATE if others are known already (the same again: 0).
 * Then nothing changed. Source: RFC 8839 5.4. */
int gc_ice_remote(gc_ice *ice, uint64_t now_ms, gc_span ufrag, gc_span pwd);
/* Takes a candidate of the peer, also before its credentials. Returns 0, also for a known one;
 * GC_E_ARGUMENT for a name, which must be resolved first; GC_E_REFUSED for an address that no
 * candidate may have, and when GC_ICE_REMOTES_MAX are held: skip it. */
int gc_ice_add_candidate(gc_ice *ice, uint64_t now_ms, const gc_candidate *c);

/* Takes a datagram that begins as STUN does (first byte 0..3), borrowed for the call, which came to
 * this base from this address. Returns 0 if it was for this agent and authentic; GC_E_NOT_FOUND if
 * it is not for this agent (ask the next one); GC_E_SYNTAX if it is not STUN; GC_E_REFUSED if it
 * names this agent but is not authentic; GC_E_FULL if outputs were not drained; GC_E_CLOSED if the
 * agent has ended. Nothing has changed then, but that time has passed. */
int gc_ice_datagram(gc_ice *ice, uint64_t now_ms, uint32_t base, const gc_addr *from,
                    gc_span datagram);
/* Returns the datagram of DTLS that was in the authentic check for which gc_ice_datagram() returned
 * 0 just now, borrowed from that check; empty: none. */
gc_span gc_ice_came(const gc_ice *ice);
/* Takes a datagram of DTLS that goes along with checks from now on (rtc/ice_passenger.h), as long
 * as no pair is in use, in the place of the one before. One that is too long goes along with none.
 */
void gc_ice_carry(gc_ice *ice, gc_span datagram);
/* Does what is due. Call it when gc_ice_deadline() has come; sooner does no harm. */
void gc_ice_tick(gc_ice *ice, uint64_t now_ms);
/* Has the pair in use checked now, unless a check of it is under way: the owner's data go
 * unanswered. Nothing happens without a pair. Poll then. */
void gc_ice_ask(gc_ice *ice, uint64_t now_ms);
/* Takes that data came on another pair than the one in use: if the latter does not answer a check
 * now, a VALID one takes its place (ice_choice.h). Poll then. */
void gc_ice_elsewhere(gc_ice *ice, uint64_t now_ms);
/* Takes the next output. Returns false when there is none. */
bool gc_ice_poll(gc_ice *ice, gc_ice_output *out);
/* Returns when gc_ice_tick() must be called next; GC_NEVER. After a drain it is in the future. */
uint64_t gc_ice_deadline(const gc_ice *ice);

/* Returns true if datagrams that are not STUN may be taken from this address at this base: an
 * authentic check came from there, or one of ours was answered. */
bool gc_ice_accepts(const gc_ice *ice, uint32_t base, const gc_addr *from);
/* Returns the round trip in ms of the newest answer on the pair in use; 0 if there is none. */
uint32_t gc_ice_rtt_ms(const gc_ice *ice);

#endif
