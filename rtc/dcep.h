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

/* Bytes of a DATA_CHANNEL_OPEN without its names, and of a DATA_CHANNEL_ACK. */
#define GC_DCEP_OPEN_HEAD_BYTES 12
#define GC_DCEP_ACK_BYTES       1
/* The longest label, and the longest protocol, that is taken: PeerJS has 20 characters. */
#define GC_DCEP_NAME_BYTES_MAX 1024
/* RFC 8832 5.1, Priority: Normal. */
#define GC_DCEP_PRIORITY 256

/* How long a message is tried: for ever, or `reliability` retransmissions or milliseconds. The
 * values are those of the type of a channel without its bit for unordered (RFC 8832 5.1). */
enum gc_dcep_limit { GC_DCEP_RELIABLE, GC_DCEP_RETRANSMITS, GC_DCEP_LIFETIME_MS };

/* How a channel carries messages; all zero: each one until it comes, in order. */
typedef struct gc_dcep_form {
    bool unordered;
    enum gc_dcep_limit limit;
    uint32_t reliability; /* of `limit`; 0 when reliable */
} gc_dcep_form;

/* A DATA_CHANNEL_OPEN. */
typedef struct gc_dcep_open {
    gc_dcep_form form;
    uint16_t priority;
    gc_span label; /* not looked into: bytes of the other side */
    gc_span protocol;
} gc_dcep_open;

/* Reads a DATA_CHANNEL_OPEN. *out: its spans are borrowed from the message; set when 0 is returned.
 * Returns 0, or an error, which ends the link of a side that sent it:
 *   GC_E_NOT_FOUND  it is another message
 *   GC_E_SYNTAX     malformed, or an unknown type of channel
 *   GC_E_TOO_BIG    a name over GC_DCEP_NAME_BYTES_MAX
 * Source: RFC 8832 5.1. */
int gc_dcep_parse_open(gc_span message, gc_dcep_open *out);
/* Writes a DATA_CHANNEL_OPEN, of GC_DCEP_OPEN_HEAD_BYTES and its names, which are borrowed for the
 * call and have at most GC_DCEP_NAME_BYTES_MAX each (asserted). Source: RFC 8832 5.1. */
void gc_dcep_write_open(const gc_dcep_open *open, gc_writer *w);
/* Returns true when a message is a DATA_CHANNEL_ACK. Source: RFC 8832 5.2. */
bool gc_dcep_is_ack(gc_span message);
/* Writes a DATA_CHANNEL_ACK, of GC_DCEP_ACK_BYTES. Source: RFC 8832 5.2. */
void gc_dcep_write_ack(gc_writer *w);

#endif
