/* RFC 6455 frames, for both ends. The decoder works in place on a buffer of the caller and gives
 * whole messages: any chunking of the same bytes gives the same events.
 *
 *   between messages --fragment, FIN clear--> message open --FIN--> between messages
 *
 * Control frames are given in both states. An error or a CLOSE is the last event of a stream. */
#ifndef GC_WIRE_WEBSOCKET_H
#define GC_WIRE_WEBSOCKET_H

#include "core/base/span.h"

enum gc_ws_opcode {
    GC_WS_CONTINUATION = 0,
    GC_WS_TEXT = 1,
    GC_WS_BINARY = 2,
    GC_WS_CLOSE = 8,
    GC_WS_PING = 9,
    GC_WS_PONG = 10,
};

#define GC_WS_HEAD_BYTES_MAX    14
#define GC_WS_CONTROL_BYTES_MAX 125 /* RFC 6455 5.5 */

/* A decoder that asks for more bytes keeps fewer than message_bytes_max + this: the parts of a
 * message and an incomplete frame (a data frame's head, or a whole masked control frame). */
#define GC_WS_KEPT_EXTRA (GC_WS_CONTROL_BYTES_MAX + 6)

/* Close codes that we send, RFC 6455 7.4.1. */
#define GC_WS_NORMAL   1000
#define GC_WS_PROTOCOL 1002
#define GC_WS_NO_CODE  1005 /* never on the wire */
#define GC_WS_BAD_DATA 1007
#define GC_WS_TOO_BIG  1009
#define GC_WS_RESTART  1012

typedef struct gc_ws_decoder {
    uint32_t message_len;       /* payload of earlier fragments, at the start of the buffer */
    uint32_t gap_len;           /* dead bytes after it: heads and control frames already read */
    uint32_t message_bytes_max; /* one message, all fragments together */
    uint8_t message_opcode;     /* of the message in parts; 0 when none is open */
    bool expect_mask;           /* true at a server: unmasked frames are an error */
} gc_ws_decoder;

typedef struct gc_ws_event {
    uint8_t opcode;  /* GC_WS_TEXT, _BINARY, _CLOSE, _PING or _PONG; 0 when there is none yet */
    gc_span payload; /* unmasked; for a CLOSE its reason text. Inside the buffer or `control`: valid
                        until the next call and as long as both are left alone */
    uint16_t close_code; /* of a CLOSE, GC_WS_NO_CODE when it had none; of an error: to be sent */
    uint32_t frames;     /* that this call has read whole, those that came to no event included */
    uint8_t control[GC_WS_CONTROL_BYTES_MAX]; /* written only for control frames */
} gc_ws_event;

/* Starts between messages. expect_mask: true at a server. message_bytes_max: up to 2^30. */
void gc_ws_decoder_init(gc_ws_decoder *d, bool expect_mask, uint32_t message_bytes_max);

/* Takes the next event out of bytes[0..len): first the bytes that the last call said to keep,
 * unchanged, then what came since. The decoder writes in them (unmasking, closing gaps).
 *
 * After the call the stream goes on at bytes + *used and *kept bytes of it are there already
 * (*used + *kept <= len). Use the event, then:
 *   event->opcode != 0   call again with bytes + *used and len = *kept, at once: there may be more
 *                        events. *used may be 0 although there is an event.
 *   event->opcode == 0   more bytes are needed. Keep these *kept bytes (0: the connection needs no
 *                        buffer), at any address, and call again with new ones after them.
 *                        *kept < message_bytes_max + GC_WS_KEPT_EXTRA.
 * A caller that holds kept bytes should read from the socket after them rather than copy them for
 * each read. Work is linear in the bytes given, however small the fragments are.
 *
 * Returns 0, or GC_E_SYNTAX, GC_E_TOO_BIG, GC_E_UTF8 with event->close_code 1002 (GC_WS_PROTOCOL),
 * 1009 or 1007: send that, end the connection, do not call again; *used is len then, *kept 0.
 * A frame over the limit is refused from its head alone. Text messages and close reasons are
 * checked for UTF-8, binary messages are not. Source: RFC 6455 5.2-5.5, 7.4, 8.1. */
int gc_ws_decode(gc_ws_decoder *d, uint8_t *bytes, uint32_t len, uint32_t *used, uint32_t *kept,
                 gc_ws_event *event);

/* Returns true for a close code that a frame may carry: 1000-1003, 1007-1014, 3000-4999. */
bool gc_ws_close_code_valid(uint16_t code);

/* Writes a frame head (FIN set, unmasked) before a payload of len bytes. Returns its length: 2, 4
 * or 10. */
uint32_t gc_ws_head_write(uint8_t out[GC_WS_HEAD_BYTES_MAX], uint8_t opcode, uint32_t len);
/* Writes the same head, masked with a key of the caller. Returns its length: 6, 8 or 14. */
uint32_t gc_ws_head_write_masked(uint8_t out[GC_WS_HEAD_BYTES_MAX], uint8_t opcode, uint32_t len,
                                 const uint8_t mask[4]);
/* Masks or unmasks len bytes in place. offset: position of data[0] in the payload. */
void gc_ws_mask(uint8_t *data, uint32_t len, const uint8_t mask[4], uint32_t offset);

#endif
