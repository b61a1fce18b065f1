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

/* Fields that a type does not name are zero, and `link` is GC_NONE in those of no link. Spans are
 * borrowed until the next call of any function of the handle. */
enum gc_rtc_output_type {
    GC_RTC_NOTHING = 0, /* gives none: what gc_rtc_poll() returns false for */
    GC_RTC_DATAGRAM,    /* of `link`: send `bytes`, 1..GC_RTC_DATAGRAM_BYTES_MAX, from socket
                           `value`, a base, to `to` */
    GC_RTC_MULTICAST, /* of no link: send `bytes` to 224.0.0.251 and to [ff02::fb], port 5353, from
                         sockets beside the bases: what comes back goes to gc_rtc_multicast(). It
                         asks which address is behind the name in a candidate */
    GC_RTC_DESCRIPTION, /* bytes = the local description of `link` (SDP): at most GC_SDP_BYTES_MAX
                         */
    GC_RTC_CANDIDATE,   /* bytes = a local candidate of `link` ("candidate:..."), mid = its m-line's
                           name; the index of its m-line is 0. Comes after DESCRIPTION */
    GC_RTC_OPENED,      /* the channels of `link` can be used */
    GC_RTC_MESSAGE,     /* bytes = one message on channel `value` of `link`, of 0 to
                           message_bytes_max of the options; of a longer one on the channel of a
                           GC_LINK_KIND_DATA the first 65,537. Comes after OPENED */
    GC_RTC_BUFFERED,    /* value = bytes of all channels of `link` that wait to be sent; after
                           gc_rtc_send(), and when they fall to GC_RTC_BUFFERED_LOW_BYTES */
    GC_RTC_PATH, /* value = gc_path in use by `link`, rtt_ms = its round trip in ms, 1 at least; 0:
                    not known, for ICE looks for a way. After OPENED, when they change, and now and
                    then while messages come and go */
    GC_RTC_CLOSED, /* `link` has ended; value = gc_reason: GC_REASON_ICE_FAILED (it never
                      opened), GC_REASON_GONE (it was open, or was let go by the other side),
                      GC_REASON_PROTOCOL (a wrong fingerprint or bytes that break a protocol);
                      GC_REASON_LEFT (the other side closed its PeerJS channel, or the
                      connection that carries it) */
    GC_RTC_UNUSED, /* of no link: bytes = memory of the handle whose content may be lost until the
                      next call: the host may give its pages back to the system, or do nothing.
                      Comes GC_RTC_UNUSED_MS after many messages were under way, when none is */
};

typedef struct gc_rtc_output {
    uint32_t type;   /* gc_rtc_output_type, which says what the others are */
    uint32_t link;   /* the caller's number; GC_NONE: of no link, or of one that was closed */
    uint32_t value;  /* DATAGRAM, MESSAGE, BUFFERED, PATH, CLOSED */
    uint32_t rtt_ms; /* PATH */
    gc_addr to;      /* DATAGRAM */
    gc_span bytes;   /* DATAGRAM, MULTICAST, DESCRIPTION, CANDIDATE, MESSAGE, UNUSED */
    gc_span mid;     /* CANDIDATE */
} gc_rtc_output;

#endif
