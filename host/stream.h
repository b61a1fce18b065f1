/* A stream: one accepted or made TCP connection over libuv, with or without TLS. It owns no buffer
 * while it is idle: bytes are read where the owner says, and written straight from the owner's
 * memory.
 *
 *   open --gc_stream_finish--> finished (reads on) --gc_stream_close--> closed event
 *    \------------------------- gc_stream_close ------------------------/
 *
 * Memory of a blocked stream (its peer does not read): one piece of at most GC_STREAM_PIECE_BYTES,
 * or one TLS record. Of one with TLS that is not read: ciphertext of one read, announced by `hold`.
 * Source: libuv's stream API, RFC 8446, RFC 5246. */
#ifndef GC_HOST_STREAM_H
#define GC_HOST_STREAM_H

#include "core/base/span.h"
#include "host/list.h"
#include "host/tls.h"

#include <uv.h>

#define GC_STREAM_SPANS_MAX   64
#define GC_STREAM_PIECE_BYTES 4096

typedef struct gc_stream gc_stream;

/* The events that a stream reports to its owner. No event comes after gc_stream_close() but
 * `closed`. */
typedef struct gc_stream_events {
    /* Asks where the next bytes shall go. At most 2^30; a size of 0 ends the stream with `ended`.
     */
    void (*room)(gc_stream *s, uint8_t **data, uint32_t *size);
    /* len (> 0) bytes lie at the start of that room. */
    void (*data)(gc_stream *s, uint32_t len);
    /* After a short gc_stream_write(): more can be written now. Of a stream with TLS that we made
     * also that its handshake is done. */
    void (*writable)(gc_stream *s);
    /* No more bytes come: the peer ended it (error 0), or it failed (negative libuv error). */
    void (*ended)(gc_stream *s, int error);
    /* Reports that from now on the stream holds `bytes` of memory for ciphertext that came before
     * its owner stopped reading; 0: none. When the owner returns false, because memory is short,
     * the stream ends with `ended`. gc_stream_close() calls it, too. */
    bool (*hold)(gc_stream *s, uint32_t bytes);
    /* The stream is gone: its memory may be freed. */
    void (*closed)(gc_stream *s);
} gc_stream_events;

struct gc_stream_rest;

/* The state that the streams of one listener, or of one client, share. */
typedef struct gc_stream_group {
    uv_loop_t *loop;
    const gc_stream_events *events;
    uv_idle_t go_on; /* while `rests` is not empty */
    gc_list rests;   /* of streams that read on, in the order in which they began */
    uint8_t *cipher; /* for TLS: where ciphertext is read, cipher_bytes long; shared by all */
    uint32_t cipher_bytes;
    uint64_t handshakes_ok;
    uint64_t handshakes_failed;
} gc_stream_group;

struct gc_stream {
    uv_tcp_t tcp;                  /* tcp.data is the group */
    SSL *ssl;                      /* NULL without TLS */
    struct gc_stream_piece *piece; /* being written by libuv, or NULL */
    struct gc_stream_rest *rest;   /* TLS: came, but the owner stopped reading; or NULL */
    const uint8_t *cipher;         /* during one read: ciphertext not yet taken by OpenSSL */
    uint32_t cipher_len;
    bool closed;
    bool reading;   /* the owner takes data */
    bool secured;   /* the TLS handshake is done */
    bool made;      /* by us: we are the client */
    bool finishing; /* the end of the stream is sent once `piece` is written */
};

/* Into a zeroed group, for good until its loop ends. cipher: cipher_bytes of memory of the caller,
 * for streams with TLS; may be set later. */
void gc_stream_group_open(gc_stream_group *group, uv_loop_t *loop, const gc_stream_events *events);
/* When all its streams are closed. */
void gc_stream_group_close(gc_stream_group *group);
/* Takes over an accepted, not blocking descriptor. tls: a context (its certificate counts for this
 * stream's whole life), or NULL. Returns 0 (should libuv refuse the descriptor, it is closed,
 * s->closed is set already and no event but `closed` follows), or UV_ENOMEM: then the descriptor is
 * still the caller's and no event comes. Reading starts with gc_stream_read(). */
int gc_stream_open(gc_stream *s, gc_stream_group *group, int fd, SSL_CTX *tls);
/* The same for a connection that we made. host: with TLS whom the server's certificate must name,
 * as in gc_tls_client_session(). The handshake begins with gc_stream_read(), and `writable` says
 * that it is done; gc_stream_write() takes nothing before. A server that fails it ends the stream
 * with `ended` (UV_EPROTO), and gc_stream_untrusted() says whether that was its certificate's
 * fault. */
int gc_stream_open_made(gc_stream *s, gc_stream_group *group, int fd, SSL_CTX *tls,
                        const char *host);
/* Tells why the server's certificate is not believed, in words of OpenSSL, a constant; NULL: it is,
 * or none has come. */
const char *gc_stream_untrusted(const gc_stream *s);
/* Starts or stops reading: no `data` comes while it is off, and what came before stays in order. */
void gc_stream_read(gc_stream *s, bool on);
/* Writes as much as goes. Returns the bytes taken, which are then none of the caller's business
 * (fewer than given: `writable` follows), or a negative libuv error: close the stream. */
int64_t gc_stream_write(gc_stream *s, const gc_span *spans, uint32_t count);
/* Ends writing: the peer sees the end once all bytes are out. Reading goes on. */
void gc_stream_finish(gc_stream *s);
/* Returns how many packets have come from the peer so far, modulo 2^32: gc_tcp_packets(). */
uint32_t gc_stream_packets(const gc_stream *s);
/* Ends the stream now; `closed` follows from the loop. Twice is once. */
void gc_stream_close(gc_stream *s);

#endif
