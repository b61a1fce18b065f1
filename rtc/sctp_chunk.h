/* SCTP chunks: the values of those that carry fields. Reading checks the form and nothing else;
 * spans are borrowed from the packet. Writers write a whole chunk into a packet that was begun
 * (sctp_packet.h). Source: RFC 9260 3.3; RFC 3758 3.1, 3.2; RFC 8260 2; RFC 6525 3, 4; RFC
 * 5061 4.2.7; RFC 9653 4. */
#ifndef GC_RTC_SCTP_CHUNK_H
#define GC_RTC_SCTP_CHUNK_H

#include "rtc/sctp_packet.h"

/* Flags of DATA: the last and the first fragment, unordered, acknowledge at once (RFC 7053). */
#define GC_SCTP_FLAG_END       1
#define GC_SCTP_FLAG_BEGIN     2
#define GC_SCTP_FLAG_UNORDERED 4
#define GC_SCTP_FLAG_AT_ONCE   8
/* Flag of ABORT and SHUTDOWN COMPLETE: the tag is that of the sender (RFC 9260 8.5.1). */
#define GC_SCTP_FLAG_OWN_TAG 1

/* Bytes of a DATA and of an I-DATA chunk without the user's. */
#define GC_SCTP_DATA_BYTES   16
#define GC_SCTP_I_DATA_BYTES 20
/* Bytes of a SACK without gaps and duplicates; each of those takes 4 more. */
#define GC_SCTP_SACK_BYTES 16
/* Gaps and duplicates that we report in one SACK. */
#define GC_SCTP_GAPS_MAX       256
#define GC_SCTP_DUPLICATES_MAX 16
/* Unknown parameters of an INIT that are reported back, in bytes; the rest is not reported. */
#define GC_SCTP_REPORT_BYTES 64

/* RFC 9260 3.3.10. */
enum gc_sctp_cause {
    GC_SCTP_CAUSE_STALE_COOKIE = 3,
    GC_SCTP_CAUSE_UNKNOWN_CHUNK = 6,
    GC_SCTP_CAUSE_UNKNOWN_PARAMETERS = 8,
    GC_SCTP_CAUSE_RESTART = 11,
    GC_SCTP_CAUSE_USER = 12,
    GC_SCTP_CAUSE_VIOLATION = 13,
};

/* DATA or I-DATA. */
typedef struct gc_sctp_data {
    uint32_t tsn;
    uint32_t ppid; /* I-DATA that does not begin a message has the number of the fragment here */
    uint16_t stream;
    uint32_t number; /* of the message in its stream: 16 bits in DATA, 32 in I-DATA */
    uint8_t flags;
    gc_span bytes;
} gc_sctp_data;

typedef struct gc_sctp_init_chunk {
    uint32_t tag;          /* never 0 */
    uint32_t window_bytes; /* a_rwnd */
    uint32_t tsn;          /* the initial TSN */
    uint16_t streams_out;
    uint16_t streams_in;
    bool reconfig;                        /* parameter 0x8008 names RE-CONFIG */
    bool forward_tsn;                     /* parameter 0xC000 */
    bool zero_checksum;                   /* parameter 0x8001 names DTLS (RFC 9653 4) */
    bool interleaves;                     /* parameter 0x8008 names I-DATA (RFC 8260 2.2.1) */
    gc_span cookie;                       /* of INIT ACK; empty in INIT */
    uint8_t report[GC_SCTP_REPORT_BYTES]; /* unknown parameters, whole, padded, to be reported */
    uint32_t report_len;
} gc_sctp_init_chunk;

/* Returns true if this INIT or INIT ACK declares that zero is a checksum (RFC 9653 4). No browser
 * does, so that it is taken for one of this program: nothing but sizes and the pace of SACKs may
 * depend on that. */
static inline bool gc_sctp_init_zero_checksum(const gc_sctp_init_chunk *i) {
    return i->zero_checksum;
}

typedef struct gc_sctp_gap {
    uint16_t first; /* of a Gap Ack Block; TSNs, counted from the Cumulative TSN Ack */
    uint16_t last;
} gc_sctp_gap;

typedef struct gc_sctp_sack {
    uint32_t cumulative;   /* Cumulative TSN Ack */
    uint32_t window_bytes; /* a_rwnd */
    uint16_t gaps;         /* Gap Ack Blocks in gap_bytes, 4 bytes each */
    uint16_t duplicates;   /* how many follow; what they are does not matter to a sender */
    gc_span gap_bytes;
} gc_sctp_sack;

/* Reads DATA or I-DATA; its bytes are borrowed from the packet. Returns 0, or GC_E_SYNTAX: too
 * short, or without a byte of the user. */
int gc_sctp_data_read(const gc_sctp_chunk *c, gc_sctp_data *out);
/* Reads INIT or INIT ACK; its cookie is borrowed from the packet. Returns 0; GC_E_SYNTAX; or
 * GC_E_REFUSED, for an unknown parameter that forbids to go on (RFC 9260 3.2.1): out has what was
 * read before it. */
int gc_sctp_init_read(const gc_sctp_chunk *c, gc_sctp_init_chunk *out);
/* Reads SACK; its gaps are borrowed from the packet. Returns 0, or GC_E_SYNTAX: too short or long.
 */
int gc_sctp_sack_read(const gc_sctp_chunk *c, gc_sctp_sack *out);
/* Returns gap i (0..gaps - 1, asserted) of a SACK. */
gc_sctp_gap gc_sctp_sack_gap(const gc_sctp_sack *s, uint32_t i);
/* Reads FORWARD-TSN: the new cumulative TSN, and pairs of stream and sequence number, 4 bytes each;
 * or I-FORWARD-TSN: stream, flags (1: unordered) and number of the message, 8 bytes each. The skips
 * are borrowed from the packet. Returns 0 or GC_E_SYNTAX. */
int gc_sctp_forward_read(const gc_sctp_chunk *c, uint32_t *cumulative, gc_span *skips);
/* Reads SHUTDOWN: the cumulative TSN. Returns 0 or GC_E_SYNTAX. */
int gc_sctp_shutdown_read(const gc_sctp_chunk *c, uint32_t *cumulative);
/* Returns the code of the first error cause of ABORT or ERROR; 0 when there is none. */
uint16_t gc_sctp_cause_read(const gc_sctp_chunk *c);

/* A message that does not come any more, in FORWARD-TSN and I-FORWARD-TSN. */
typedef struct gc_sctp_skip {
    uint16_t stream;
    bool unordered;  /* of I-FORWARD-TSN alone */
    uint32_t number; /* of the message: 16 bits in FORWARD-TSN */
} gc_sctp_skip;

/* Begins a DATA chunk, whose user bytes the caller writes before gc_sctp_chunk_end(). */
uint32_t gc_sctp_data_begin(gc_writer *w, const gc_sctp_data *d);
/* Begins an I-DATA chunk alike. */
uint32_t gc_sctp_i_data_begin(gc_writer *w, const gc_sctp_data *d);
/* Writes INIT or INIT ACK, which `type` says. */
void gc_sctp_init_write(gc_writer *w, uint8_t type, const gc_sctp_init_chunk *i);
/* Writes SACK. window_bytes: a_rwnd. gaps, duplicates: at most what 16 bits count. */
void gc_sctp_sack_write(gc_writer *w, uint32_t cumulative, uint32_t window_bytes,
                        const gc_sctp_gap *gaps, uint32_t gap_count, const uint32_t *duplicates,
                        uint32_t duplicate_count);
/* Writes FORWARD-TSN, or I-FORWARD-TSN where chunks are I-DATA: the new cumulative TSN, and the
 * last message of each stream that does not come. */
void gc_sctp_forward_chunk_write(gc_writer *w, bool interleaved, uint32_t cumulative,
                                 const gc_sctp_skip *skips, uint32_t count);
/* Writes SHUTDOWN. */
void gc_sctp_shutdown_write(gc_writer *w, uint32_t cumulative);
/* Writes a chunk without fields, or with a value of bytes alone: COOKIE ECHO and ACK, HEARTBEAT ACK
 * (value: its parameter, whole), SHUTDOWN ACK and COMPLETE. */
void gc_sctp_plain_write(gc_writer *w, uint8_t type, uint8_t flags, gc_span value);
/* Writes ABORT or ERROR with one cause; info may be empty. */
void gc_sctp_cause_write(gc_writer *w, uint8_t type, uint16_t cause, gc_span info);

/* --- RE-CONFIG: parameters of RFC 6525 4 ------------------------------------------------------ */

enum gc_sctp_reconfig_type {
    GC_SCTP_RESET_OUTGOING = 13,
    GC_SCTP_RESET_INCOMING = 14,
    GC_SCTP_RESET_TSN = 15,
    GC_SCTP_RESET_RESPONSE = 16,
    GC_SCTP_ADD_OUTGOING = 17,
    GC_SCTP_ADD_INCOMING = 18,
};

/* RFC 6525 4.4. */
enum gc_sctp_reset_result {
    GC_SCTP_RESET_NOTHING = 0,
    GC_SCTP_RESET_PERFORMED = 1,
    GC_SCTP_RESET_DENIED = 2,
    GC_SCTP_RESET_WRONG_SSN = 3,
    GC_SCTP_RESET_BUSY = 4,
    GC_SCTP_RESET_BAD_NUMBER = 5,
    GC_SCTP_RESET_IN_PROGRESS = 6,
};

typedef struct gc_sctp_reconfig {
    uint32_t number;   /* Re-configuration Request Sequence Number; in a response, of its request */
    uint32_t answers;  /* RESET_OUTGOING: the request of ours that it answers, if any */
    uint32_t last_tsn; /* RESET_OUTGOING */
    uint32_t result;   /* RESET_RESPONSE: gc_sctp_reset_result */
    gc_span streams;   /* RESET_OUTGOING: 2 bytes each; none means all */
} gc_sctp_reconfig;

/* Reads a parameter of a RE-CONFIG chunk; fields that its type does not have are 0. Returns 0,
 * GC_E_SYNTAX or GC_E_NOT_FOUND: not a type of the list. */
int gc_sctp_reconfig_read(const gc_sctp_parameter *p, gc_sctp_reconfig *out);
/* Writes a RE-CONFIG chunk with one request, RESET_OUTGOING. streams: `count` of them, in the order
 * of the machine, borrowed for the call; 0: all. Those of r are not read. */
void gc_sctp_request_write(gc_writer *w, const gc_sctp_reconfig *r, const uint16_t *streams,
                           uint32_t count);
/* Writes a RE-CONFIG chunk with one response. number: of the request. result: a
 * gc_sctp_reset_result. */
void gc_sctp_response_write(gc_writer *w, uint32_t number, uint32_t result);

#endif
