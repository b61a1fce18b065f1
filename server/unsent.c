#include "server/unsent.h"
#include "host/alloc.h"

#include <string.h>

/* How an answer is split when `written` bytes of it are out. */
typedef struct rest {
    uint32_t head;  /* bytes of the head that are left: its last ones */
    gc_span body;   /* what is left of the body */
    bool copy_body; /* it lies in the shared answer */
} rest;

static rest rest_of(const gc_answer *a, size_t written) {
    const uint8_t *text_end = a->text + sizeof a->text;
    uint32_t head = written < a->head_len ? a->head_len - (uint32_t)written : 0;
    uint32_t skip = written < a->head_len ? 0 : (uint32_t)(written - a->head_len);
    return (rest){
        .head = head,
        .body = gc_span_from(a->body, skip),
        .copy_body = a->body.data >= a->text && a->body.data < text_end,
    };
}

static uint32_t block_bytes(const rest *r) {
    return (uint32_t)sizeof(gc_unsent) + r->head + (r->copy_body ? r->body.len : 0);
}

uint32_t gc_unsent_size(const gc_answer *a, size_t written) {
    rest r = rest_of(a, written);
    return block_bytes(&r) + (a->owned != NULL ? a->owned_bytes : 0);
}

bool gc_unsent_keep(gc_http_socket *c, gc_answer *a, size_t written) {
    rest r = rest_of(a, written);
    gc_unsent *u = gc_alloc(block_bytes(&r));
    if (u == NULL) {
        return false;
    }
    memcpy(u->bytes, a->head + a->head_len - r.head, r.head);
    if (r.copy_body) {
        memcpy(u->bytes + r.head, r.body.data, r.body.len);
        r.body.data = u->bytes + r.head;
    }
    u->spans[0] = gc_span_of(u->bytes, r.head);
    u->spans[1] = r.body;
    u->owned = a->owned;
    u->counted = gc_unsent_size(a, written);
    u->close = a->close;
    a->owned = NULL;
    c->unsent = u;
    gc_http_socket_service(c)->kept_bytes += u->counted;
    return true;
}

void gc_unsent_advance(gc_http_socket *c, size_t n) {
    for (int i = 0; i < 2; i++) {
        gc_span *span = &c->unsent->spans[i];
        uint32_t part = n < span->len ? (uint32_t)n : span->len;
        *span = gc_span_from(*span, part);
        n -= part;
    }
}

void gc_unsent_release(gc_http_socket *c) {
    if (c->unsent != NULL) {
        gc_http_socket_service(c)->kept_bytes -= c->unsent->counted;
        gc_free(c->unsent->owned);
        gc_free(c->unsent);
        c->unsent = NULL;
    }
}

uint32_t gc_unsent_bytes(const gc_http_socket *c) {
    return c->unsent != NULL ? c->unsent->counted : 0;
}
