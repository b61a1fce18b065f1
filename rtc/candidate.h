/* Candidate lines of ICE: one line of text is one address at which a peer may be reached, or the
 * name of one. Read as browsers write them, with and without "a=" in front; written without.
 * Known are UDP and component 1 alone: with one data channel transport there is nothing else.
 * Source: RFC 8839 5.1, RFC 8445 5.1.2, draft-ietf-mmusic-mdns-ice-candidates. */
#ifndef GC_RTC_CANDIDATE_H
#define GC_RTC_CANDIDATE_H

#include "core/base/addr.h"
#include "core/base/span.h"
#include "core/base/writer.h"

#define GC_CANDIDATE_FOUNDATION_CHARS_MAX 32
#define GC_CANDIDATE_NAME_CHARS           42  /* 36 characters of a UUID, and ".local" */
#define GC_CANDIDATE_LINE_BYTES_MAX       512 /* a longer one is malformed; browsers write 150 */

/* The order of RFC 8445 5.1.2.2: of two candidates the one with the lower number is preferred. */
typedef enum gc_candidate_type {
    GC_CANDIDATE_HOST,
    GC_CANDIDATE_PRFLX,
    GC_CANDIDATE_SRFLX,
    GC_CANDIDATE_RELAY,
} gc_candidate_type;

typedef struct gc_candidate {
    gc_addr addr;    /* family 0 if `named`: then only the port is known */
    gc_addr related; /* raddr and rport; family 0: none that has a meaning */
    uint32_t priority;
    gc_candidate_type type;
    bool named;                            /* the address is `name`, to be asked for by mDNS */
    uint8_t name[GC_CANDIDATE_NAME_CHARS]; /* in lower case; if `named` */
    uint8_t foundation[GC_CANDIDATE_FOUNDATION_CHARS_MAX];
    uint8_t foundation_len;
} gc_candidate;

/* Reads one line: "candidate:..." with or without "a=" and a line end, with any extensions at its
 * end. Returns 0; GC_E_NOT_FOUND for the empty text, which says that no more will come;
 * GC_E_REFUSED for a candidate that is well-formed but of no use to us, so skip it: TCP, another
 * component, a type or a name that we do not know, an address that no candidate may have
 * (gc_candidate_addressable(), where loopback still passes); GC_E_SYNTAX for anything else. *out is
 * changed only by success. Source: RFC 8839 5.1, RFC 8838 9. */
int gc_candidate_parse(gc_span line, gc_candidate *out);
/* Writes "candidate:..." without "a=" and without a line end; at most GC_CANDIDATE_LINE_BYTES_MAX,
 * for which w has room, or it has failed. c: with an address or a name, and a foundation of 1 to
 * GC_CANDIDATE_FOUNDATION_CHARS_MAX characters (asserted). Source: RFC 8839 5.1. */
void gc_candidate_write(const gc_candidate *c, gc_writer *w);

/* Returns the priority of a candidate of component 1. preference: 0..65535 (asserted), higher
 * first, different for each of an agent's addresses. Source: RFC 8445 5.1.2.1. */
uint32_t gc_candidate_priority(gc_candidate_type type, uint32_t preference);
/* Returns true if datagrams may be sent to this address because a stranger named it: not port 0,
 * 0.0.0.0/8, ::, multicast, broadcast, nor fe80::/10, which means nothing without an interface;
 * and loopback only if `loopback`, a switch for tests. */
bool gc_candidate_addressable(const gc_addr *a, bool loopback);
/* Returns true for 36 characters of a UUID and ".local", in any case: the only names that are asked
 * for in the local network. */
bool gc_candidate_name_ok(gc_span name);
/* Returns true if two addresses are equal in family, address and port. */
bool gc_candidate_same_addr(const gc_addr *a, const gc_addr *b);

#endif
