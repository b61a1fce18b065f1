/* SDP: the session description of one data channel transport, as browsers write and expect it. Read
 * are those of Chromium and Firefox and of stacks like them; written is one that both take. Only
 * what a link needs is looked at, and that strictly: a description that could be understood in two
 * ways is refused. Source: RFC 8866 (SDP), 8839 (ICE), 8122 and 8842 (DTLS), 8841 (SCTP), 8843
 * (BUNDLE); draft-hancke-tsvwg-snap (a=sctp-init); ghostchat-protocol(7), "Native peers" (the ICE
 * option GC_SDP_OWN_OPTION). */
#ifndef GC_RTC_SDP_H
#define GC_RTC_SDP_H

#include "core/base/limits.h"
#include "core/base/writer.h"
#include "rtc/limits.h"

#define GC_SDP_MID_BYTES_MAX         16 /* of a=mid; browsers write "0" or "sdparta_0" */
#define GC_SDP_UFRAG_BYTES_MIN       GC_RTC_UFRAG_BYTES_MIN
#define GC_SDP_PWD_BYTES_MIN         GC_RTC_PWD_BYTES_MIN
#define GC_SDP_CREDENTIAL_BYTES_MAX  GC_RTC_CREDENTIAL_BYTES_MAX
#define GC_SDP_FINGERPRINT_BYTES     32    /* SHA-256 */
#define GC_SDP_MESSAGE_BYTES_DEFAULT 65536 /* RFC 8841 6.1: without a=max-message-size */
/* Says that the writer is of this program and takes the first datagram of DTLS from ICE checks
 * (rtc/ice_passenger.h). A later version that does more says more. Source: RFC 8839 5.6. */
#define GC_SDP_OWN_OPTION          "ghostchat1"
#define GC_SDP_SCTP_INIT_BYTES_MAX GC_RTC_INIT_BYTES_MAX
#define GC_SDP_SCTP_PORT           GC_RTC_SCTP_PORT

/* Which side opens the DTLS connection. Source: RFC 8842 5.2. */
enum gc_sdp_setup {
    GC_SDP_ACTPASS, /* an offer: the answer decides */
    GC_SDP_ACTIVE,  /* its writer is the DTLS client */
    GC_SDP_PASSIVE, /* its writer is the DTLS server */
};

/* A description of the other side. Spans are borrowed from its text. */
typedef struct gc_sdp {
    gc_span ufrag; /* ice-chars, GC_SDP_UFRAG_BYTES_MIN..GC_SDP_CREDENTIAL_BYTES_MAX */
    gc_span pwd;   /* ice-chars, GC_SDP_PWD_BYTES_MIN..GC_SDP_CREDENTIAL_BYTES_MAX */
    gc_span mid;   /* 1..GC_SDP_MID_BYTES_MAX token characters */
    uint8_t fingerprint[GC_SDP_FINGERPRINT_BYTES];
    uint8_t setup;              /* gc_sdp_setup */
    bool ours;                  /* it has GC_SDP_OWN_OPTION */
    uint16_t sctp_port;         /* 1..65535 */
    uint32_t ice_pacing_ms;     /* between two checks of ICE; 0: it does not say */
    uint32_t message_bytes_max; /* that it takes; UINT32_MAX: no limit */
    uint32_t sctp_init_len;     /* 0: none, or not base64, or too long; not looked into */
    uint8_t sctp_init[GC_SDP_SCTP_INIT_BYTES_MAX];
    uint32_t candidate_count;
    gc_span candidates[GC_CANDIDATES_MAX]; /* "candidate:...", the first of them, not looked into */
} gc_sdp;

/* A description of ours. */
typedef struct gc_sdp_local {
    uint64_t session; /* random; of 63 bits */
    gc_span ufrag;
    gc_span pwd;
    gc_span mid;       /* an answer repeats that of the offer; an offer's is "0" */
    gc_span sctp_init; /* an INIT chunk, at most GC_SDP_SCTP_INIT_BYTES_MAX; empty: without one */
    uint32_t message_bytes_max;
    uint32_t ice_pacing_ms; /* that our side proposes; 0: none */
    uint8_t setup;          /* gc_sdp_setup */
    bool ours;              /* say GC_SDP_OWN_OPTION */
    uint8_t fingerprint[GC_SDP_FINGERPRINT_BYTES];
} gc_sdp_local;

/* Reads a description: lines that end in CR LF or LF, attributes in any order, of the session or of
 * its one media section, where that of the section counts. Returns 0, or, with *out in any state,
 *   GC_E_TOO_BIG   longer than GC_SDP_BYTES_MAX
 *   GC_E_SYNTAX    not a description, or one without (or with two different) ICE credentials,
 *                  a=fingerprint:sha-256, a=setup, a=mid or a=sctp-port
 *   GC_E_REFUSED   a description of something else: no section, several sections, a section of
 *                  another protocol, a refused one (port 0) */
int gc_sdp_parse(gc_span text, gc_sdp *out);
/* Writes a description with CR LF. Its spans are written as they are, so they must be of the
 * characters and lengths that gc_sdp_parse() takes: then these are at most GC_SDP_BYTES_MAX bytes,
 * for which w has room, or it has failed. Source: RFC 8829 5.2.1, 5.3.1. */
void gc_sdp_write(const gc_sdp_local *local, gc_writer *w);

#endif
