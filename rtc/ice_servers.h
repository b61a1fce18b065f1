/* Questions of an ICE agent to STUN servers: how does the network see this base? Each base but
 * those that a relay has for us asks each server of its family, and the answers make
 * server-reflexive candidates. A server is an address that somebody named, so the gate of the
 * handle holds questions back as it does checks. Answers are known by their transaction and by the
 * server's address; they carry no integrity, and a false one makes a candidate on which no check
 * succeeds.
 *
 *   question:  NONE --base comes--> ASKED at 0, 0.5, 1.5, 3.5 ... s --answer, or 7 sends--> DONE
 *
 * Source: RFC 8445 5.1.1.2; RFC 8489 6.2.1. */
#ifndef GC_RTC_ICE_SERVERS_H
#define GC_RTC_ICE_SERVERS_H

#include "core/base/drbg.h"
#include "core/wire/stun_message.h"
#include "rtc/ice_gate.h"
#include "rtc/ice_pairs.h"

#define GC_ICE_SERVERS_MAX      GC_RTC_SERVERS_MAX
#define GC_ICE_SERVER_SENDS_MAX 7
#define GC_ICE_SERVER_RTO_MS    500 /* doubles */

typedef struct gc_ice_question {
    uint64_t due_ms; /* GC_NEVER: done */
    uint8_t transaction[GC_STUN_TRANSACTION_BYTES];
    uint8_t sends;
} gc_ice_question;

typedef struct gc_ice_servers {
    gc_addr servers[GC_ICE_SERVERS_MAX];
    gc_ice_question questions[GC_ICE_SERVERS_MAX][GC_ICE_BASES_MAX];
    uint32_t count;
} gc_ice_servers;

/* Adds the address of a server, copied; the bases of its family ask it. Returns false if
 * GC_ICE_SERVERS_MAX are known or it is one of them: then nothing changed. */
bool gc_ice_servers_add(gc_ice_servers *s, const gc_addr *server);
/* Begins anew for this base, which has a new address. */
void gc_ice_servers_ask(gc_ice_servers *s, uint32_t base);
/* Writes the question that goes out now and counts it. Returns its length, and sets *base and *to;
 * 0 if none is due. out: GC_STUN_HEAD_BYTES. */
uint32_t gc_ice_servers_poll(gc_ice_servers *s, const gc_ice_base *bases, gc_ice_gate *gate,
                             gc_drbg *drbg, uint64_t now_ms, uint8_t *out, uint32_t *base,
                             gc_addr *to);
/* Takes an answer that came to this base. Returns true if it answers a question, whose base is
 * `mapped` for that server. */
bool gc_ice_servers_answer(gc_ice_servers *s, uint32_t base, const gc_addr *from,
                           const gc_stun_message *m, gc_addr *mapped);
/* Returns when the next question may go out; GC_NEVER. */
uint64_t gc_ice_servers_deadline(const gc_ice_servers *s, const gc_ice_base *bases,
                                 const gc_ice_gate *gate, uint64_t now_ms);

#endif
