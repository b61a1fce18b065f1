/* One-shot questions of multicast DNS: which address is behind the name that a browser gives for
 * its own in a candidate. Only names of that form are asked for, and only in the local network, so
 * a stranger cannot make us ask for anything else.
 *
 *   ask --> sent at 0.5, 1.5 and 3.5 s --answer--> FOUND
 *                                      --nobody in 6.5 s--> LOST
 *
 * The first question waits, because most browsers reach our plain address within that time and
 * then nothing needs to be asked (gc_mdns_forget()). It does not only save datagrams: a responder
 * may send a record once a second (RFC 6762 6), so whoever asks for an address delays the answer
 * to another browser in the same network, which may give up before it comes. The answers to
 * questions of others come to the group, and serve us, too.
 *
 * All devices of the network read each question, so those of all links together are
 * GC_MDNS_PER_SECOND at most in any second, however often links are made anew. The names take
 * turns.
 *
 * The owner has the sockets: what SEND says goes to 224.0.0.251 or [ff02::fb], port GC_MDNS_PORT;
 * what comes is given to gc_mdns_datagram(). The socket must be bound to GC_MDNS_PORT, shared with
 * others, and be a member of the groups: Chromium and Firefox answer to the group alone, also those
 * who ask from another port (RFC 6762 6.7 would have them answer there). One datagram has one
 * question, because Chromium reads no more of it. The number of a message is ignored, as 18.1
 * demands of what comes to a group: only those who saw the name can answer for it, and those see
 * the number too. After each input call gc_mdns_poll() until it returns false. Source: RFC
 * 6762 5.2, 6, 10.1, 17, 18; draft-ietf-mmusic-mdns-ice-candidates. */
#ifndef GC_RTC_MDNS_H
#define GC_RTC_MDNS_H

#include "core/base/timers.h"
#include "rtc/candidate.h"

#define GC_MDNS_PORT               5353
#define GC_MDNS_NAMES_MAX          20 /* asked for at a time */
#define GC_MDNS_SENDS_MAX          3
#define GC_MDNS_FIRST_MS           500  /* from gc_mdns_ask() to the first question */
#define GC_MDNS_LOST_MS            6000 /* after the first question */
#define GC_MDNS_PER_SECOND         20   /* questions */
#define GC_MDNS_QUERY_BYTES        60   /* a head, and a name of 42 characters */
#define GC_MDNS_ANSWER_BYTES_MAX   9000 /* RFC 6762 17; longer ones are ignored */
#define GC_MDNS_ANSWER_RECORDS_MAX 64   /* of one answer that are looked at */

typedef struct gc_mdns_name {
    gc_candidate candidate; /* of which the name is asked for; `named` is false: a free place */
    uint64_t first_ms;      /* when the first question goes */
    uint64_t due_ms;
    uint32_t owner;
    uint8_t sends;     /* questions that went out, of both kinds */
    uint8_t questions; /* bits: those of this round that are still to be sent: 1 A, 2 AAAA */
    bool found;        /* and not yet polled */
    bool lost;
} gc_mdns_name;

typedef struct gc_mdns {
    gc_mdns_name names[GC_MDNS_NAMES_MAX];
    uint32_t turn;                        /* the name that is asked for next */
    uint64_t free_ms[GC_MDNS_PER_SECOND]; /* a second after each of the last questions */
    uint32_t free_at;                     /* the earliest of them */
    uint64_t now_ms;
    uint8_t query[GC_MDNS_QUERY_BYTES];
} gc_mdns;

typedef enum gc_mdns_output_type {
    GC_MDNS_SEND,  /* `bytes` to both groups; borrowed until the next call */
    GC_MDNS_FOUND, /* `candidate` of `owner`, now with its address and without a name */
    GC_MDNS_LOST,  /* nobody answered for the `candidate` of `owner` */
} gc_mdns_output_type;

typedef struct gc_mdns_output {
    gc_mdns_output_type type;
    uint32_t owner;
    gc_span bytes;
    gc_candidate candidate;
} gc_mdns_output;

/* Starts, in memory that need not be zero. */
void gc_mdns_init(gc_mdns *m);
/* Asks for the name of a candidate, after GC_MDNS_FIRST_MS. owner: any number of the caller's,
 * which comes back with the result. c: copied. Returns 0; GC_E_ARGUMENT if the candidate has no
 * name; GC_E_FULL if GC_MDNS_NAMES_MAX are asked for: drop the candidate. In a full table an owner
 * who has most names, and more than this one would have, loses his last one without a report: a
 * peer that names many leaves the others their part. */
int gc_mdns_ask(gc_mdns *m, uint64_t now_ms, uint32_t owner, const gc_candidate *c);
/* Forgets the names of this owner, if there are any: nothing is reported of them. */
void gc_mdns_forget(gc_mdns *m, uint32_t owner);
/* Takes a datagram, borrowed for the call, that came to one of the sockets from this port. Returns
 * 0 if one of its records answered something; GC_E_NOT_FOUND if it answers nothing that we asked
 * for; GC_E_SYNTAX if it is malformed before such a record, longer than GC_MDNS_ANSWER_BYTES_MAX,
 * or does not come from GC_MDNS_PORT (RFC 6762 6). */
int gc_mdns_datagram(gc_mdns *m, uint64_t now_ms, uint16_t from_port, gc_span datagram);
/* Does what is due. */
void gc_mdns_tick(gc_mdns *m, uint64_t now_ms);
/* Takes the next output. Returns false, with *out zero, when there is none. */
bool gc_mdns_poll(gc_mdns *m, gc_mdns_output *out);
/* Returns when gc_mdns_tick() must be called next; GC_NEVER. */
uint64_t gc_mdns_deadline(const gc_mdns *m);

#endif
