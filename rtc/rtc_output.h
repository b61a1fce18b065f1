/* Outputs of a handle of native links: the requests to its host and its reports, which
 * gc_rtc_poll() gives. This header is below rtc.h because the nouns that make outputs include it.
 */
#ifndef GC_RTC_RTC_OUTPUT_H
#define GC_RTC_RTC_OUTPUT_H

#include "core/base/addr.h"
#include "core/base/span.h"
#include "rtc/limits.h"

/* Longest UDP payload to a side of another program: what Ethernet carries over IPv4. Chromium reads
 * DTLS in pieces of 2,048 bytes and ends the link when a record is longer. */
#define GC_RTC_DATAGRAM_BYTES_OTHERS 1472
/* The bytes that one link may have waiting to be sent. */
#define GC_RTC_BUFFERED_MAX 1048576
/* A link whose waiting bytes fall to this many reports it (BUFFERED). */
#define GC_RTC_BUFFERED_LOW_BYTES 16384
/* Memory for messages that is not needed any more is reported after this time (UNUSED): the next
 * burst of a transfer should find it warm. */
#define GC_RTC_UNUSED_MS 5000

enum gc_rtc_output_type {
    GC_RTC_NOTHING = 0,
    GC_RTC_DATAGRAM,    /* send `bytes` from socket `value`, a base, to `to` */
    GC_RTC_MULTICAST,   /* send `bytes` to 224.0.0.251 and to [ff02::fb], port 5353, from sockets
                           beside the bases: what comes back goes to gc_rtc_multicast(). It asks which
                           address is behind the name in a candidate */
    GC_RTC_DESCRIPTION, /* bytes = the local description of `link` (SDP): at most GC_SDP_BYTES_MAX
                         */
    GC_RTC_CANDIDATE,   /* bytes = a local candidate ("candidate:..."), mid = its m-line's name; the
                           index of its m-line is 0. Comes after DESCRIPTION */
    GC_RTC_OPENED,      /* the channels of `link` can be used */
    GC_RTC_MESSAGE,     /* bytes = one message on channel `value`; comes after OPENED */
    GC_RTC_BUFFERED,    /* value = bytes of all channels of `link` that wait to be sent; after
                           gc_rtc_send(), and when they fall to GC_RTC_BUFFERED_LOW_BYTES */
    GC_RTC_PATH,        /* value = gc_path in use, rtt_ms = its round trip in ms, 1 at least; 0: not
                           known, for ICE looks for a way. After OPENED, when they change, and now
                           and then while messages come and go */
    GC_RTC_CLOSED,      /* `link` has ended; value = gc_reason: GC_REASON_ICE_FAILED (it never
                           opened), GC_REASON_GONE (it was open, or was let go by the other side),
                           GC_REASON_PROTOCOL (a wrong fingerprint or bytes that break a protocol);
                           GC_REASON_LEFT (the other side closed its PeerJS channel, or the
                           connection that carries it) */
    GC_RTC_UNUSED, /* bytes = memory of the handle whose content may be lost until the next call:
                      the host may give its pages back to the system, or do nothing. Comes
                      GC_RTC_UNUSED_MS after many messages were under way, when none is */
};

typedef struct gc_rtc_output {
    uint32_t type; /* gc_rtc_output_type */
    uint32_t link;
    uint32_t value;
    uint32_t rtt_ms;
    gc_addr to;
    gc_span bytes;
    gc_span mid;
} gc_rtc_output;

#endif
