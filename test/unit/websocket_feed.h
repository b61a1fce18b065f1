/* Feeds a byte stream to the WebSocket decoder as a socket shell does, in chunks of given sizes,
 * and writes down its events. Used by the unit test and by the fuzzer, which both ask for the same
 * record from any chunking. Each call gets memory of exactly its size: ASan sees every overrun. */
#ifndef TEST_WEBSOCKET_FEED_H
#define TEST_WEBSOCKET_FEED_H

#include "core/wire/websocket.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct feed_record {
    uint8_t *data; /* per event: opcode, close code (2), length (4), payload */
    size_t len, size;
    int result;
    uint16_t close_code; /* of the error */
    uint32_t events;
    uint32_t frames;
    uint32_t kept_max; /* most bytes kept while waiting */
} feed_record;

#define FEED_CHECK(condition)                                                                      \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);                \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

static void feed_put(feed_record *r, const void *data, size_t len) {
    if (r->size - r->len < len) {
        r->size = (r->len + len) * 2;
        r->data = realloc(r->data, r->size);
        FEED_CHECK(r->data != NULL);
    }
    if (len > 0) {
        memcpy(r->data + r->len, data, len);
    }
    r->len += len;
}

static void feed_event(feed_record *r, const gc_ws_event *e) {
    uint8_t head[7] = {e->opcode,
                       (uint8_t)(e->close_code >> 8),
                       (uint8_t)e->close_code,
                       (uint8_t)(e->payload.len >> 24),
                       (uint8_t)(e->payload.len >> 16),
                       (uint8_t)(e->payload.len >> 8),
                       (uint8_t)e->payload.len};
    feed_put(r, head, sizeof(head));
    feed_put(r, e->payload.data, e->payload.len);
    r->events++;
}

/* Takes all events that bytes[0..len) hold. Returns how many bytes are kept, at *at. */
static uint32_t feed_drain(gc_ws_decoder *d, uint8_t *bytes, uint32_t len, uint32_t *at,
                           feed_record *r, bool *ended) {
    gc_ws_event e;
    *at = 0;
    do {
        uint32_t used, kept;
        r->result = gc_ws_decode(d, bytes + *at, len, &used, &kept, &e);
        FEED_CHECK(used <= len && kept <= len - used);
        FEED_CHECK(r->result == 0 || (e.opcode == 0 && used == len && kept == 0));
        if (e.opcode != 0) {
            feed_event(r, &e);
        }
        r->frames += e.frames;
        *at += used;
        len = kept;
        r->close_code = e.close_code;
        *ended = r->result != 0 || e.opcode == GC_WS_CLOSE;
    } while (e.opcode != 0 && !*ended);
    return len;
}

/* sizes: of the chunks, in turn, count of them; 0 counts as 1. */
static feed_record feed(const uint8_t *stream, size_t len, bool mask, uint32_t message_bytes_max,
                        const uint32_t *sizes, size_t count) {
    feed_record r = {0};
    gc_ws_decoder d;
    gc_ws_decoder_init(&d, mask, message_bytes_max);
    uint8_t *kept = NULL;
    uint32_t kept_len = 0;
    bool ended = false;
    for (size_t i = 0; len > 0 && !ended; i++) {
        size_t n = sizes[i % count] == 0 ? 1 : sizes[i % count];
        n = n < len ? n : len;
        uint8_t *buffer = malloc(kept_len + n);
        FEED_CHECK(buffer != NULL);
        if (kept_len > 0) {
            memcpy(buffer, kept, kept_len);
        }
        memcpy(buffer + kept_len, stream, n);
        free(kept);
        stream += n;
        len -= n;
        uint32_t at;
        kept_len = feed_drain(&d, buffer, kept_len + (uint32_t)n, &at, &r, &ended);
        FEED_CHECK(ended || kept_len < message_bytes_max + GC_WS_KEPT_EXTRA);
        kept = malloc(kept_len + 1);
        FEED_CHECK(kept != NULL);
        memcpy(kept, buffer + at, kept_len);
        free(buffer);
        r.kept_max = kept_len > r.kept_max ? kept_len : r.kept_max;
    }
    free(kept);
    return r;
}

static bool feed_same(const feed_record *a, const feed_record *b) {
    return a->result == b->result && a->close_code == b->close_code && a->events == b->events &&
           a->frames == b->frames && a->len == b->len &&
           (a->len == 0 || memcmp(a->data, b->data, a->len) == 0);
}

#endif
