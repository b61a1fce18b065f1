/* Link frames (ghostchat-protocol.7, "Link frames"): one frame in one message of a link.
 * Big endian. After the fixed part come fields (tag u8, length u16, value); unknown fields and
 * unknown frame types are skipped. */
#ifndef GC_WIRE_FRAME_H
#define GC_WIRE_FRAME_H

#include "core/base/limits.h"
#include "core/base/writer.h"

#define GC_FRAME_VERSION 1

enum gc_channel {
    GC_CHANNEL_CONTROL = 0, /* ordered: authentication and control */
    GC_CHANNEL_MESSAGE = 1, /* unordered, reliable: messages */
};

/* One table (frame.c) has the fields and the channel of each. No frame has a type below 0x10. AUTH
 * (hello.h) is not a frame: it begins with any byte, and its place, the first message on channel 0,
 * and its length tell what it is. HELLO does not travel on a link. */
enum gc_frame_type {
    GC_FRAME_START = 0x10, /* the first frame of each side */
    GC_FRAME_ACK = 0x11,
    GC_FRAME_BASE = 0x12,
    GC_FRAME_PROFILE = 0x13,
    GC_FRAME_BYE = 0x14,
    GC_FRAME_PING = 0x15,
    GC_FRAME_PONG = 0x16,
    GC_FRAME_MESSAGE = 0x20,
};

enum gc_frame_field { GC_FIELD_NICK = 1 };

#define GC_CAPABILITY_CHAT 0x00000001u

/* Only the members that the type names are used; parsing sets the others to 0. */
typedef struct gc_frame {
    uint8_t type;
    uint8_t version;                        /* START: 1..; a later one keeps this fixed part */
    uint32_t capabilities;                  /* START */
    uint8_t session[GC_SESSION_BYTES];      /* START: the sender's */
    uint8_t peer_session[GC_SESSION_BYTES]; /* START: the receiver's as the sender knows it, or 0 */
    uint64_t base;                          /* START, BASE: first seq that can still come, 1.. */
    uint64_t ack;                           /* START, ACK: all up to this one were shown, 0.. */
    uint32_t window;                        /* START: bytes the sender of this frame can hold */
    uint32_t reason;                        /* BYE (u8 on the wire) */
    uint32_t token;                         /* PING, PONG */
    uint64_t seq;                           /* MESSAGE: 1.. */
    gc_span text;                           /* MESSAGE: UTF-8, 1..GC_TEXT_BYTES_MAX; borrowed */
    bool has_nick;                          /* START, PROFILE: field present */
    gc_span nick;                           /* 0..GC_NICK_BYTES_MAX bytes of UTF-8; borrowed */
} gc_frame;

/* Reads a frame, all of `message`, that came on this channel (a gc_channel). Returns 0;
 * GC_E_NOT_FOUND for an unknown type (skip it); GC_E_SYNTAX, GC_E_UTF8 or GC_E_TOO_BIG for a
 * malformed one (the link ends with `protocol`): too short, a type below 0x10, the wrong channel, a
 * number, text or nick out of its range, over GC_FRAME_BYTES_MAX. Of a repeated field the last
 * counts. Spans are borrowed from `message`. On an error *out is unchanged. */
int gc_frame_parse(gc_span message, uint8_t channel, gc_frame *out);
/* Writes a frame and returns the channel that it goes out on; w->failed when it does not fit. The
 * frame must be well formed (asserted, by the rules of parsing). */
uint8_t gc_frame_write(const gc_frame *f, gc_writer *w);

#endif
