#include "host/ws_handshake.h"
#include "core/base/encoding.h"
#include "core/wire/http.h"

#include <stdio.h>

#define KEY_BYTES 16
#define KEY_CHARS 24 /* base64 of them */

static bool draw_key(gc_ws_handshake *h, gc_ws_accept *accept, gc_drbg *d, gc_writer *key) {
    uint8_t random[KEY_BYTES];
    gc_writer answer;
    gc_drbg_bytes(d, random, sizeof random);
    gc_base64_write(key, gc_span_of(random, sizeof random));
    gc_writer_init(&answer, h->accept, sizeof h->accept);
    return gc_ws_accept_write(accept, &answer, gc_writer_done(key));
}

bool gc_ws_handshake_ask(gc_ws_handshake *h, gc_ws_accept *accept, gc_drbg *d,
                         const gc_ws_url *address, gc_writer *w) {
    uint8_t key[KEY_CHARS];
    gc_writer k;
    gc_span target = address->target;
    gc_writer_init(&k, key, sizeof key);
    if (!draw_key(h, accept, d, &k)) {
        return false;
    }
    gc_writer_text(w, "GET ");
    gc_writer_text(w, target.len == 0 || target.data[0] != '/' ? "/" : "");
    gc_writer_span(w, target);
    gc_writer_text(w, " HTTP/1.1\r\nHost: ");
    gc_writer_span(w, address->authority);
    gc_writer_text(w, "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ");
    gc_writer_span(w, gc_writer_done(&k));
    gc_writer_text(w, "\r\nSec-WebSocket-Version: 13\r\n\r\n");
    return !w->failed;
}

/* Writes what is wrong with the answer. Returns false when nothing is. */
static bool find_fault(const gc_ws_handshake *h, const gc_http_response *r, char *why,
                       size_t why_bytes) {
    gc_span accept = gc_http_header_of(&r->head, "Sec-WebSocket-Accept");
    if (r->status != 101) {
        snprintf(why, why_bytes, "the server answered %u instead of opening a WebSocket",
                 r->status);
        return true;
    }
    if (!gc_http_has_token(&r->head, "Upgrade", "websocket") ||
        !gc_http_has_token(&r->head, "Connection", "Upgrade") ||
        !gc_span_equal(accept, gc_span_of(h->accept, sizeof h->accept)) ||
        gc_http_header_of(&r->head, "Sec-WebSocket-Extensions").data != NULL ||
        gc_http_header_of(&r->head, "Sec-WebSocket-Protocol").data != NULL) {
        snprintf(why, why_bytes, "the server's answer is none of a WebSocket server");
        return true;
    }
    return false;
}

int32_t gc_ws_handshake_read(const gc_ws_handshake *h, gc_span bytes, char *why, size_t why_bytes) {
    gc_http_response r;
    int32_t len = gc_http_parse_response(bytes, &r);
    if (len < 0) {
        snprintf(why, why_bytes, "the server does not speak HTTP");
        return -1;
    }
    return len > 0 && find_fault(h, &r, why, why_bytes) ? -1 : len;
}
