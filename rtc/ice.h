/* ICE agent: finds the way on which datagrams of one link reach its peer, and notices when it is
 * gone. Full ICE with trickle, host, server-reflexive and peer-reflexive candidates, consent. It
 * owns no socket: datagrams, texts and the time go in, datagrams and events come out by poll.
 *
 *   GATHERING/CHECKING --first valid pair--> CONNECTED --no valid pair left--> ENDED
 *          |                                    (SELECTED whenever the pair in use changes)
 *          +---- own deadline -----------------------------------------------> ENDED
 *
 * After each input call gc_ice_poll() until it returns false: one answer at most is kept between
 * two inputs. Memory is the struct alone; it is the owner's and may not move. All times are
 * monotonic milliseconds; a step back is clamped. Source: RFC 8445, 8838 (trickle), 8839 (texts),
 * 7675 (consent), 8421 (two families). */
#ifndef GC_RTC_ICE_H
#define GC_RTC_ICE_H

#include "core/base/drbg.h"
#include "core/base/reason.h"
#include "core/base/span.h"
#include "core/base/timers.h"
#include "core/proto/client_output.h"
#include "rtc/candidate.h"
#include "rtc/ice_gate.h"
#include "rtc/ice_pairs.h"

#define GC_ICE_UFRAG_CHARS        4     /* 24 bits; RFC 8839 5.4 */
#define GC_ICE_PWD_CHARS          24    /* 144 bits */
#define GC_ICE_CREDENTIAL_MAX     256   /* of a remote: ufrag 4..256, pwd 22..256 */
#define GC_ICE_EARLY_MAX          8     /* remotes heard before their description, remembered */
#define GC_ICE_PACE_MS            50    /* between two new checks to one remote address and port */
#define GC_ICE_RTO_MS             500   /* RFC 8445 14.3; doubles */
#define GC_ICE_SENDS_MAX          7     /* RFC 8489 6.2.1 */
#define GC_ICE_CONSENT_MS         5000  /* RFC 7675 5.1; times 0.8 to 1.2 */
#define GC_ICE_CONSENT_EXPIRES_MS 30000 /* after the last valid answer nothing more is sent */
#define GC_ICE_DATAGRAM_BYTES_MAX 640   /* that it makes: USERNAME alone may be 513 */

typedef struct gc_ice_credentials {
    uint8_t ufrag[GC_ICE_CREDENTIAL_MAX];
    uint8_t pwd[GC_ICE_CREDENTIAL_MAX];
    uint16_t ufrag_len; /* 0: not known yet */
    uint16_t pwd_len;
} gc_ice_credentials;

typedef struct gc_ice_config {
    gc_drbg *drbg;       /* the owner's, as long as the agent is used */
    gc_ice_gate *gate;   /* the handle's one gate, as long as the agent is used */
    bool controlling;    /* the side that made the offer */
    bool loopback;       /* for tests: addresses of this machine are candidates too */
    uint64_t expires_ms; /* no valid pair by then: FAILED; GC_NEVER */
} gc_ice_config;

/* A remote that was heard before its description came. */
typedef struct gc_ice_early {
    gc_addr from;
    uint32_t priority;
    uint8_t base;
    bool wanted; /* it sent USE-CANDIDATE */
} gc_ice_early;

typedef enum gc_ice_output_type {
    GC_ICE_SEND,      /* send `bytes` from `base` to `addr`; borrowed until the next call */
    GC_ICE_CANDIDATE, /* tell the peer of `candidate` */
    GC_ICE_HEARD,     /* an authenticated check came from `addr` at `base` for the first time */
    GC_ICE_SELECTED,  /* data goes from `base` to `addr` now; `path`, `rtt_ms`. The first one means
                         that the link is up */
    GC_ICE_FAILED,    /* the agent has ended; `reason`: TIMEOUT (no candidate to check in time),
                         ICE_FAILED (none of them answered in time), GONE (consent was lost) */
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

typedef struct gc_ice gc_ice;

/* Starts an agent with new random credentials. config is copied. */
void gc_ice_init(gc_ice *ice, uint64_t now_ms, const gc_ice_config *config);
/* Returns our credentials, GC_ICE_UFRAG_CHARS and GC_ICE_PWD_CHARS long; valid as long as ice. */
const gc_ice_credentials *gc_ice_local(const gc_ice *ice);

/* Adds an own address, which is a host candidate by that. base: the caller's number for the socket,
 * 0..GC_ICE_BASES_MAX-1 (asserted), not in use; the lower, the more preferred. Returns 0, or
 * GC_E_REFUSED if no candidate may have this address. */
int gc_ice_add_base(gc_ice *ice, uint64_t now_ms, uint32_t base, const gc_addr *addr);
/* Removes an own address that is gone, with its pairs. Nothing happens if it is not in use. */
void gc_ice_drop_base(gc_ice *ice, uint64_t now_ms, uint32_t base);

/* Takes the peer's credentials, copied: checks begin. Returns 0; GC_E_SYNTAX for lengths or
 * characters that are not allowed; GC_E_STATE if others are known already (the same: 0). Then
 * nothing changed. Source: RFC 8839 5.4. */
int gc_ice_remote(gc_ice *ice, uint64_t now_ms, gc_span ufrag, gc_span pwd);
/* Takes a candidate of the peer, also before its credentials. Returns 0, also for a known one;
 * GC_E_ARGUMENT for a name, which must be resolved first; GC_E_REFUSED for an address that no
 * candidate may have, and when GC_ICE_REMOTES_MAX are held: skip it. */
int gc_ice_add_candidate(gc_ice *ice, uint64_t now_ms, const gc_candidate *c);

/* Takes a datagram that begins as STUN does (first byte 0..3), borrowed for the call, which came to
 * this base from this address. Returns 0 if it was for this agent and authentic; GC_E_NOT_FOUND if
 * it is for another agent (ask the next one); GC_E_SYNTAX if it is not STUN; GC_E_REFUSED if it
 * names this agent but is not authentic or not understood; GC_E_FULL if outputs were not drained:
 * then, and for all errors but an authentic request that is not understood, nothing changed. */
int gc_ice_datagram(gc_ice *ice, uint64_t now_ms, uint32_t base, const gc_addr *from,
                    gc_span datagram);
/* Does what is due. Call it when gc_ice_deadline() has come; sooner does no harm. */
void gc_ice_tick(gc_ice *ice, uint64_t now_ms);
/* Takes the next output. Returns false when there is none. */
bool gc_ice_poll(gc_ice *ice, gc_ice_output *out);
/* Returns when gc_ice_tick() must be called next; GC_NEVER. In the future after a drain. */
uint64_t gc_ice_deadline(const gc_ice *ice);

/* Returns true if datagrams that are not STUN may be taken from this address at this base: an
 * authenticated check came from there, or one of ours was answered. */
bool gc_ice_accepts(const gc_ice *ice, uint32_t base, const gc_addr *from);
/* Returns true if nothing may be sent on this link any more: no pair was ever valid, or the peer's
 * consent has expired. */
bool gc_ice_silent(const gc_ice *ice);
/* Returns the round trip in ms of the newest answer on the pair in use; 0 if there is none. */
uint32_t gc_ice_rtt_ms(const gc_ice *ice);

struct gc_ice {
    gc_ice_config config;
    gc_ice_credentials local;
    gc_ice_credentials remote;
    gc_ice_pairs table;
    gc_ice_early early[GC_ICE_EARLY_MAX];
    uint64_t now_ms;
    uint64_t tie_breaker;
    uint32_t early_count;
    uint32_t selected;      /* index of the pair in use; GC_ICE_NONE */
    uint32_t selected_told; /* what the last SELECTED said */
    uint32_t last_family;   /* of the last ordinary check: families take turns */
    uint32_t reason;        /* why it ended; gc_reason */
    bool checked;           /* the first check went out */
    bool connected;         /* a pair was valid */
    bool ended;
    bool ended_told;
    /* The answer that waits for poll. */
    gc_addr answer_to;
    uint32_t answer_base;
    uint32_t answer_len; /* 0: none */
    uint8_t answer[GC_ICE_DATAGRAM_BYTES_MAX];
    uint8_t datagram[GC_ICE_DATAGRAM_BYTES_MAX]; /* of the last SEND */
    uint8_t bases_told;                          /* bits: CANDIDATE of this base was given */
};

#endif
