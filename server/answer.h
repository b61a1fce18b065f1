/* The answer to one HTTP request: made by http.c or websocket.c, written by requests.c before the
 * next one is made. All connections share one, because an answer that the kernel does not take at
 * once is copied (unsent.h). */
#ifndef GC_SERVER_ANSWER_H
#define GC_SERVER_ANSWER_H

#include "core/base/span.h"

#define GC_ANSWER_HEAD_BYTES 4096
#define GC_ANSWER_TEXT_BYTES 16384

typedef struct gc_answer {
    uint8_t head[GC_ANSWER_HEAD_BYTES];
    uint8_t text[GC_ANSWER_TEXT_BYTES]; /* where bodies made for the moment are written */
    uint32_t head_len;
    gc_span body;
    uint8_t *owned; /* body's memory, for gc_free(), or NULL */
    uint32_t owned_bytes;
    bool close; /* the connection ends after it */
} gc_answer;

#endif
