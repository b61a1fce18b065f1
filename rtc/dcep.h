/* DCEP: the messages by which one side opens a data channel in band, on the stream that the channel
 * uses then. Channels that both sides agreed on beforehand (negotiated ones) need none of it.
 * Source: RFC 8832. */
#ifndef GC_RTC_DCEP_H
#define GC_RTC_DCEP_H

#include "core/base/writer.h"

/* RFC 8832 8.1, RFC 8831 8: what a message on a stream is. An empty message is one zero byte. */
enum gc_ppid {
    GC_PPID_DCEP = 50,
    GC_PPID_TEXT = 51,
    GC_PPID_BINARY = 53,
    GC_PPID_TEXT_EMPTY = 56,
    GC_PPID_BINARY_EMPTY = 57,
};

#define GC_DCEP_OPEN_HEAD_BYTES 12
#define GC_DCEP_ACK_BYTES       1
/* The longest label, and the longest protocol, that is taken: PeerJS has 20 characters. */
#define GC_DCEP_NAME_BYTES_MAX 1024
/* RFC 8832 5.1, Priority: Normal. */
#define GC_DCEP_PRIORITY 256

/* How long a message is tried: for ever, or `reliability` retransmissions or ms. */
enum gc_dcep_limit { GC_DCEP_RELIABLE, GC_DCEP_RETRANSMITS, GC_DCEP_LIFETIME_MS };

/* How a channel carries messages; all zero: each one until it comes, in order. */
typedef struct gc_dcep_form {
    bool unordered;
    enum gc_dcep_limit limit;
    uint32_t reliability;
} gc_dcep_form;

typedef struct gc_dcep_open {
    bool ordered;
    enum gc_dcep_limit limit;
    uint32_t reliability; /* 0 when reliable */
    uint16_t priority;
    gc_span label; /* not looked into: bytes of the other side */
    gc_span protocol;
} gc_dcep_open;

/* Reads a DATA_CHANNEL_OPEN; spans are borrowed. Returns 0; GC_E_NOT_FOUND when it is another
 * message; GC_E_SYNTAX for a malformed one or an unknown type of channel; GC_E_TOO_BIG for a name
 * over GC_DCEP_NAME_BYTES_MAX. Source: RFC 8832 5.1. */
int gc_dcep_parse_open(gc_span message, gc_dcep_open *out);
/* Writes a DATA_CHANNEL_OPEN. Names: at most GC_DCEP_NAME_BYTES_MAX (asserted). */
void gc_dcep_write_open(const gc_dcep_open *open, gc_writer *w);
/* Tells whether a message is a DATA_CHANNEL_ACK. Source: RFC 8832 5.2. */
bool gc_dcep_is_ack(gc_span message);
/* Writes a DATA_CHANNEL_ACK. */
void gc_dcep_write_ack(gc_writer *w);

#endif
