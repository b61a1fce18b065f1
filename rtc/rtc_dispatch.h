/* Dispatch: which links of a handle a datagram is for, as far as its bytes and its address say.
 *
 *   first byte 0..3     STUN: a request names its agent, an answer its request. One link takes it
 *   first byte 20..63   DTLS: of the links that accept its address the first takes it at once
 *   any other           nobody
 *
 * Two links with one peer, of which one replaces the other, have the same addresses, and DTLS 1.2
 * has no mark that tells their datagrams apart. Only the keys do: a datagram that more than one
 * link accepts is kept, and when the first has drained it, the next gets it, too. One is kept at a
 * time; the next one that comes takes its place. Source: RFC 7983 7, RFC 8445 7.3. */
#ifndef GC_RTC_RTC_DISPATCH_H
#define GC_RTC_RTC_DISPATCH_H

#include "rtc/rtc_places.h"

typedef struct gc_rtc_dispatch {
    uint32_t next; /* the place that gets the kept datagram next; GC_NONE: none is kept */
    uint32_t base;
    gc_addr from;
    uint32_t len;
    uint8_t bytes[GC_RTC_DATAGRAM_BYTES_MAX];
} gc_rtc_dispatch;

/* Begins with nothing kept. */
void gc_rtc_dispatch_init(gc_rtc_dispatch *d);
/* Gives a datagram that came to `base`, below GC_ICE_BASES_MAX, from `from` to the link that it is
 * for, which is ready then; bytes are borrowed, 1..GC_RTC_DATAGRAM_BYTES_MAX of them (both
 * asserted), and may be any. */
void gc_rtc_dispatch_take(gc_rtc_dispatch *d, gc_rtc_places *t, uint64_t now_ms, uint32_t base,
                          const gc_addr *from, gc_span bytes);
/* Gives the kept datagram to the next link, when none is ready any more. Returns false when none is
 * kept. */
bool gc_rtc_dispatch_go_on(gc_rtc_dispatch *d, gc_rtc_places *t, uint64_t now_ms);

#endif
