/* RFC 6455 frames, for both ends. The decoder works in place on a buffer of the caller and gives
 * whole messages: any chunking of the same bytes gives the same events. */
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

#define GC_WS_HEAD_BYTES_MAX 14

/* Close codes, RFC 6455 7.4.1. */
#define GC_WS_NORMAL      1000
#define GC_WS_GOING_AWAY  1001
#define GC_WS_PROTOCOL    1002
#define GC_WS_UNSUPPORTED 1003
#define GC_WS_NO_CODE     1005 /* never on the wire */
#define GC_WS_BAD_DATA    1007
#define GC_WS_POLICY      1008
#define GC_WS_TOO_BIG     1009
#define GC_WS_RESTART     1012

typedef struct gc_ws_decoder {
    uint32_t message_len;       /* payload of earlier fragments, at the start of the buffer */
    uint32_t message_bytes_max; /* one message, all fragments together */
    uint8_t message_opcode;     /* of the message in parts; 0 when none is open */
    bool expect_mask;           /* true at a server: unmasked frames are an error */
} gc_ws_decoder;

typedef struct gc_ws_event {
    uint8_t opcode; /* GC_WS_TEXT, _BINARY, _CLOSE, _PING or _PONG; 0 when there is none yet */
    gc_span payload; /* unmasked; inside the buffer or `control`; until the next call */
    uint16_t close_code; /* of a CLOSE frame, GC_WS_NO_CODE when it had none; of an error: to send */
    uint8_t control[125];
} gc_ws_event;

void gc_ws_decoder_init(gc_ws_decoder *d, bool expect_mask, uint32_t message_bytes_max);

/* Takes the next event out of bytes[0..len), which start where the last call's consumed bytes end
 * and hold all that came since (bytes already seen and kept by the caller included, unchanged).
 * *used: how many bytes from the start the caller may drop AFTER it has used the event; *kept:
 * length of what is left to keep, which starts at bytes + *used (it may have been moved there).
 * When event->opcode is 0 and the result 0, more bytes are needed.
 * Returns 0, or GC_E_SYNTAX / GC_E_TOO_BIG / GC_E_UTF8 with event->close_code 1002, 1009 or 1007.
 * Text payloads are checked for UTF-8; binary ones are not. */
int gc_ws_decode(gc_ws_decoder *d, uint8_t *bytes, uint32_t len, uint32_t *used, uint32_t *kept,
                 gc_ws_event *event);

/* Writes a frame head (FIN set, unmasked) before a payload of len bytes; returns 2, 4 or 10. */
uint32_t gc_ws_head_write(uint8_t out[GC_WS_HEAD_BYTES_MAX], uint8_t opcode, uint32_t len);
/* The same, masked with a key of the caller; returns 6, 8 or 14. */
uint32_t gc_ws_head_write_masked(uint8_t out[GC_WS_HEAD_BYTES_MAX], uint8_t opcode, uint32_t len,
                                 const uint8_t mask[4]);
/* Masks or unmasks in place; offset = position of data[0] in the payload. */
void gc_ws_mask(uint8_t *data, uint32_t len, const uint8_t mask[4], uint32_t offset);

#endif
