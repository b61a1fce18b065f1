/* SCTP state cookie: what the answerer of an INIT must know later, given to the peer to keep, so
 * that an INIT costs no memory. It is authenticated by a key of the handle: a peer cannot make one.
 * Source: RFC 9260 5.1.3. */
#ifndef GC_RTC_SCTP_COOKIE_H
#define GC_RTC_SCTP_COOKIE_H

#include "rtc/sctp_chunk.h"

#define GC_SCTP_COOKIE_BYTES 40
/* RFC 9260 16: Valid.Cookie.Life. */
#define GC_SCTP_COOKIE_MS 60000

typedef struct gc_sctp_cookie {
    uint32_t own_tag;
    uint64_t made_ms;
    gc_sctp_init_chunk peer; /* without cookie and report */
} gc_sctp_cookie;

/* Writes the cookie, authenticated under key. */
void gc_sctp_cookie_write(const uint8_t key[16], const gc_sctp_cookie *c,
                          uint8_t out[GC_SCTP_COOKIE_BYTES]);
/* Reads a cookie that was written under key. Returns 0, GC_E_SYNTAX (not one of ours), or
 * GC_E_CLOSED: older than GC_SCTP_COOKIE_MS at now_ms. */
int gc_sctp_cookie_read(const uint8_t key[16], gc_span bytes, uint64_t now_ms, gc_sctp_cookie *out);

#endif
