/* The part of an HTTP answer that the kernel did not take: a copy of what lay in the shared answer,
 * and the memory that the answer owned. It counts in the service's kept_bytes until it is out. */
#ifndef GC_SERVER_UNSENT_H
#define GC_SERVER_UNSENT_H

#include "server/http_socket.h"

typedef struct gc_unsent {
    gc_span spans[2]; /* the bytes still to be written */
    uint8_t *owned;   /* for gc_free(), or NULL */
    uint32_t counted; /* in kept_bytes */
    bool close;       /* the connection ends after it */
    uint8_t bytes[];
} gc_unsent;

/* Returns the bytes of memory that gc_unsent_keep() would count for an answer of which `written`
 * bytes are out. */
uint32_t gc_unsent_size(const gc_answer *a, size_t written);
/* Keeps the rest of the answer, and takes over its memory. Returns false when memory is short: then
 * nothing has changed. The caller has made room for gc_unsent_size() (partial.h). */
bool gc_unsent_keep(gc_http_socket *c, gc_answer *a, size_t written);
/* Takes n bytes that are written off the front of the rest; n is at most what is left. */
void gc_unsent_advance(gc_http_socket *c, size_t n);
/* Frees the rest, if there is one. */
void gc_unsent_release(gc_http_socket *c);
/* Returns the memory of the unsent bytes in bytes, 0 when there are none. */
uint32_t gc_unsent_bytes(const gc_http_socket *c);

#endif
