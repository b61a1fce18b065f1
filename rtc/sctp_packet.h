/* SCTP packet: the common header, its checksum, and the chunks and parameters in it, which are all
 * of one form: type, length, value, padding to 4 bytes. Source: RFC 9260 3.
 * The reader is strict: a length that does not end inside the packet makes all that follows
 * unreadable, and a packet must be made of whole chunks. */
#ifndef GC_RTC_SCTP_PACKET_H
#define GC_RTC_SCTP_PACKET_H

#include "core/base/reader.h"
#include "core/base/writer.h"
#include "rtc/crc32c.h"

#define GC_SCTP_HEAD_BYTES  12 /* common header */
#define GC_SCTP_CHUNK_BYTES 4  /* header of a chunk or of a parameter */

/* RFC 9260 3.2; RFC 6525 3 (RE-CONFIG); RFC 4820 3 (PAD); RFC 3758 3.2 (FORWARD-TSN);
 * RFC 8260 2 (I-DATA, I-FORWARD-TSN). */
enum gc_sctp_chunk_type {
    GC_SCTP_DATA = 0,
    GC_SCTP_INIT = 1,
    GC_SCTP_INIT_ACK = 2,
    GC_SCTP_SACK = 3,
    GC_SCTP_HEARTBEAT = 4,
    GC_SCTP_HEARTBEAT_ACK = 5,
    GC_SCTP_ABORT = 6,
    GC_SCTP_SHUTDOWN = 7,
    GC_SCTP_SHUTDOWN_ACK = 8,
    GC_SCTP_ERROR = 9,
    GC_SCTP_COOKIE_ECHO = 10,
    GC_SCTP_COOKIE_ACK = 11,
    GC_SCTP_SHUTDOWN_COMPLETE = 14,
    GC_SCTP_I_DATA = 64,
    GC_SCTP_RECONFIG = 130,
    GC_SCTP_PAD = 132,
    GC_SCTP_FORWARD_TSN = 192,
    GC_SCTP_I_FORWARD_TSN = 194,
};

/* RFC 9260 3.2: the two upper bits of an unknown chunk's type say how it is taken; 3.2.1: so do
 * those of an unknown parameter, where the packet or chunk is no longer read when GC_SCTP_SKIPS is
 * not set. */
#define GC_SCTP_SKIPS(upper)   ((0x80 & (upper)) != 0)
#define GC_SCTP_REPORTS(upper) ((0x40 & (upper)) != 0)

typedef struct gc_sctp_head {
    uint16_t from; /* ports */
    uint16_t to;
    uint32_t tag; /* verification tag of the receiver */
} gc_sctp_head;

typedef struct gc_sctp_chunk {
    uint8_t type;
    uint8_t flags;
    gc_span value; /* without header and padding, borrowed from the packet */
} gc_sctp_chunk;

typedef struct gc_sctp_parameter {
    uint16_t type;
    gc_span value;
    gc_span whole; /* with its header, without padding */
} gc_sctp_parameter;

/* Reads the common header of a packet whose checksum is right, and starts r at its first chunk.
 * zero: a checksum of zero is right too, but for a packet of tag 0, which holds INIT. Returns 0 or
 * GC_E_SYNTAX: too short, or another checksum. Source: RFC 9260 3.1, 6.8; RFC 9653 5.3. */
int gc_sctp_packet_open(const gc_crc32c *crc, gc_span packet, bool zero, gc_sctp_head *head,
                        gc_reader *r);
/* Reads the next chunk. Returns false at the end, and when there is no whole chunk: then r->failed.
 */
bool gc_sctp_chunk_next(gc_reader *r, gc_sctp_chunk *out);
/* Reads the next parameter of a chunk's value (or error cause, RFC 9260 3.3.10, which has the same
 * form), and returns as gc_sctp_chunk_next() does. The padding of the last one may be missing: it
 * does not count into the chunk. */
bool gc_sctp_parameter_next(gc_reader *r, gc_sctp_parameter *out);

/* Begins a packet with this header; the checksum is written by gc_sctp_packet_close(). */
void gc_sctp_packet_begin(gc_writer *w, const gc_sctp_head *head);
/* Writes the checksum over all that was written and returns the packet. crc: NULL leaves it zero
 * (RFC 9653 5.2). */
gc_span gc_sctp_packet_close(const gc_crc32c *crc, gc_writer *w);
/* Begins a chunk; its value is written by the caller. Returns what gc_sctp_chunk_end() wants. */
uint32_t gc_sctp_chunk_begin(gc_writer *w, uint8_t type, uint8_t flags);
/* Ends the chunk that began at `at`: writes its length, and behind it padding of zeros. */
void gc_sctp_chunk_end(gc_writer *w, uint32_t at);
/* Begins a parameter or an error cause, after the padding of the one before: the length of a chunk
 * counts the padding between its parameters and not the one behind the last (RFC 9260 3.2). */
uint32_t gc_sctp_parameter_begin(gc_writer *w, uint16_t type);
/* Ends the parameter that began at `at`: writes its length. */
void gc_sctp_parameter_end(gc_writer *w, uint32_t at);

/* Returns a number rounded up to 4: the bytes that a chunk or parameter of this length takes. */
static inline uint32_t gc_sctp_padded(uint32_t len) {
    return (len + 3) & ~3u;
}

/* Serial numbers (RFC 1982), as TSNs and stream sequence numbers are: true when a comes after b. */
static inline bool gc_sctp_after(uint32_t a, uint32_t b) {
    return a != b && a - b < 0x80000000u;
}

static inline bool gc_sctp_ssn_after(uint16_t a, uint16_t b) {
    return a != b && (uint16_t)(a - b) < 0x8000;
}

#endif
