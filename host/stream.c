#include "host/stream.h"
#include "core/base/assert.h"
#include "host/alloc.h"
#include "host/stream_piece.h"
#include "host/tcp.h"

#include <openssl/err.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define TLS_WRITE_BYTES 16384 /* RFC 8446 5.1: the plaintext of one record */

/* Ciphertext that OpenSSL has not taken: the owner stopped reading in the middle of it. OpenSSL may
 * have the end of a decrypted record besides. It is read on by the loop, not by gc_stream_read():
 * the owner is in the middle of something when it calls that. */
typedef struct gc_stream_rest {
    gc_stream *stream;
    gc_list_node place; /* in the group's list, while the owner wants to read on */
    uint32_t at;
    uint32_t len;
    uint8_t bytes[];
} gc_stream_rest;

static gc_stream_group *group_of(gc_stream *s) {
    return s->tcp.data;
}

static void send_end(gc_stream *s) {
    uv_os_fd_t fd;
    if (uv_fileno((uv_handle_t *)&s->tcp, &fd) == 0) {
        shutdown(fd, SHUT_WR);
    }
}

static void on_piece_written(uv_write_t *request, int status) {
    gc_stream *s = request->data;
    gc_free(s->piece);
    s->piece = NULL;
    if (s->closed) {
        return;
    }
    if (status != 0) {
        group_of(s)->events->ended(s, status);
    } else if (s->finishing) {
        send_end(s);
    } else {
        group_of(s)->events->writable(s);
    }
}

/* Hands a copy to libuv. */
static int write_piece(gc_stream *s, const gc_span *spans, uint32_t count, size_t skip,
                       uint32_t len) {
    gc_assert(s->piece == NULL);
    gc_stream_piece *piece = gc_stream_piece_make(spans, count, skip, len);
    if (piece == NULL) {
        return UV_ENOMEM;
    }
    uv_buf_t buf = uv_buf_init((char *)piece->bytes, len);
    piece->request.data = s;
    int r = uv_write(&piece->request, (uv_stream_t *)&s->tcp, &buf, 1, on_piece_written);
    if (r != 0) {
        gc_free(piece);
        return r;
    }
    s->piece = piece;
    return 0;
}

static int64_t write_plain(gc_stream *s, const gc_span *spans, uint32_t count) {
    uv_buf_t bufs[GC_STREAM_SPANS_MAX];
    size_t total = 0;
    gc_assert(count <= GC_STREAM_SPANS_MAX);
    for (uint32_t i = 0; i < count; i++) {
        bufs[i] = uv_buf_init((char *)spans[i].data, spans[i].len);
        total += spans[i].len;
    }
    int n = uv_try_write((uv_stream_t *)&s->tcp, bufs, count);
    if (n < 0 && n != UV_EAGAIN) {
        return n;
    }
    size_t written = n > 0 ? (size_t)n : 0;
    if (written == total) {
        return (int64_t)total;
    }
    size_t rest = total - written;
    uint32_t piece = rest < GC_STREAM_PIECE_BYTES ? (uint32_t)rest : GC_STREAM_PIECE_BYTES;
    int r = write_piece(s, spans, count, written, piece);
    return r != 0 ? r : (int64_t)(written + piece);
}

/* --- TLS ------------------------------------------------------------------------------------ */

static int tls_take(void *context, uint8_t *out, int size) {
    gc_stream *s = context;
    uint32_t n = s->cipher_len < (uint32_t)size ? s->cipher_len : (uint32_t)size;
    if (n == 0) {
        return 0;
    }
    memcpy(out, s->cipher, n);
    s->cipher += n;
    s->cipher_len -= n;
    return (int)n;
}

static int tls_give(void *context, const uint8_t *data, int len) {
    gc_stream *s = context;
    gc_span whole = gc_span_of(data, (uint32_t)len);
    if (s->closed) {
        return -1;
    }
    if (s->piece != NULL) {
        return 0;
    }
    uv_buf_t buf = uv_buf_init((char *)data, (unsigned)len);
    int n = uv_try_write((uv_stream_t *)&s->tcp, &buf, 1);
    if (n < 0 && n != UV_EAGAIN) {
        return -1;
    }
    n = n > 0 ? n : 0;
    if (n < len && write_piece(s, &whole, 1, (size_t)n, (uint32_t)(len - n)) != 0) {
        return -1;
    }
    return len;
}

static const gc_tls_transport tls_transport = {tls_take, tls_give};

static bool tls_waits(gc_stream *s, int result) {
    int e = SSL_get_error(s->ssl, result);
    return e == SSL_ERROR_WANT_READ || e == SSL_ERROR_WANT_WRITE;
}

/* Spans are joined into whole records. After a short write the same bytes come again, at the head
 * of at least as many, as OpenSSL demands of a retry; it then returns the length of the first try.
 */
static int64_t write_tls(gc_stream *s, const gc_span *spans, uint32_t count) {
    uint8_t record[TLS_WRITE_BYTES];
    size_t taken = 0;
    while (s->piece == NULL) {
        uint32_t len = gc_stream_piece_gather(spans, count, taken, record, sizeof record);
        if (len == 0) {
            break;
        }
        ERR_clear_error();
        int n = SSL_write(s->ssl, record, (int)len);
        if (n <= 0) {
            if (tls_waits(s, n)) {
                break;
            }
            return UV_EPROTO;
        }
        taken += (size_t)n;
    }
    return (int64_t)taken;
}

static void note_handshake(gc_stream *s, bool failed) {
    if (s->secured) {
        return;
    }
    if (failed) {
        group_of(s)->handshakes_failed++;
        s->secured = true; /* counted once */
    } else if (SSL_is_init_finished(s->ssl)) {
        group_of(s)->handshakes_ok++;
        s->secured = true;
        if (s->made) {
            group_of(s)->events->writable(s);
        }
    }
}

/* Decrypts what came until the owner stops reading: OpenSSL keeps at most one record. */
static void read_tls(gc_stream *s) {
    const gc_stream_events *events = group_of(s)->events;
    while (!s->closed && s->reading) {
        uint8_t *data = NULL;
        uint32_t size = 0;
        events->room(s, &data, &size);
        if (size == 0) {
            events->ended(s, UV_ENOBUFS);
            return;
        }
        ERR_clear_error();
        int n = SSL_read(s->ssl, data, (int)size);
        if (n > 0) {
            note_handshake(s, false);
            if (!s->closed) {
                events->data(s, (uint32_t)n);
            }
            continue;
        }
        bool waits = tls_waits(s, n);
        note_handshake(s, !waits);
        if (s->closed) {
            return;
        }
        if (!waits) {
            events->ended(s, SSL_get_error(s->ssl, n) == SSL_ERROR_ZERO_RETURN ? 0 : UV_EPROTO);
        } else if (s->cipher_len > 0) {
            /* OpenSSL wants to write before it reads on, but the peer does not read. Nothing that
             * our clients do needs this. */
            events->ended(s, UV_ENOBUFS);
        }
        return;
    }
}

/* --- TLS, read later ------------------------------------------------------------------------ */

static void on_room(uv_handle_t *handle, size_t suggested, uv_buf_t *buf);
static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf);

static void drop_rest(gc_stream *s) {
    if (s->rest != NULL) {
        gc_list_remove(&s->rest->place);
        gc_free(s->rest);
        s->rest = NULL;
        group_of(s)->events->hold(s, 0);
    }
}

/* Reading was stopped: keeps what is left of this read. Also nothing of it: there may be a part of
 * a record in OpenSSL. */
static void keep_rest(gc_stream *s) {
    const gc_stream_events *events = group_of(s)->events;
    uint32_t bytes = (uint32_t)sizeof(gc_stream_rest) + s->cipher_len;
    gc_stream_rest *r = events->hold(s, bytes) ? gc_alloc(bytes) : NULL;
    if (r == NULL) {
        events->hold(s, 0);
        events->ended(s, UV_ENOBUFS);
        return;
    }
    *r = (gc_stream_rest){.stream = s, .len = s->cipher_len};
    memcpy(r->bytes, s->cipher, s->cipher_len);
    s->rest = r;
}

/* Closing frees what is read, so the owner must not find it in use: `closed` is looked at first. */
static void read_rest(gc_stream *s) {
    gc_stream_rest *r = s->rest;
    s->cipher = r->bytes + r->at;
    s->cipher_len = r->len - r->at;
    read_tls(s);
    if (!s->closed && s->reading) {
        drop_rest(s);
        uv_read_start((uv_stream_t *)&s->tcp, on_room, on_read);
    } else if (!s->closed) {
        r->at = r->len - s->cipher_len;
    }
    s->cipher = NULL;
    s->cipher_len = 0;
}

static void on_go_on(uv_idle_t *idle) {
    gc_stream_group *group = idle->data;
    for (uint32_t left = group->rests.count; left > 0 && group->rests.first != NULL; left--) {
        gc_stream *s = GC_LIST_OWNER(group->rests.first, gc_stream_rest, place)->stream;
        gc_list_remove(&s->rest->place);
        read_rest(s);
    }
    if (group->rests.first == NULL) {
        uv_idle_stop(idle);
    }
}

/* --- reading -------------------------------------------------------------------------------- */

static void on_room(uv_handle_t *handle, size_t suggested, uv_buf_t *buf) {
    gc_stream *s = (gc_stream *)handle;
    gc_stream_group *group = group_of(s);
    uint8_t *data = NULL;
    uint32_t size = 0;
    (void)suggested;
    if (s->ssl != NULL) {
        data = group->cipher;
        size = group->cipher_bytes;
    } else {
        group->events->room(s, &data, &size);
    }
    *buf = uv_buf_init((char *)data, size);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf) {
    gc_stream *s = (gc_stream *)stream;
    const gc_stream_events *events = group_of(s)->events;
    if (n == 0 || s->closed) {
        return;
    }
    if (n < 0) {
        uv_read_stop(stream);
        if (s->ssl != NULL) {
            note_handshake(s, true);
        }
        events->ended(s, n == UV_EOF ? 0 : (int)n);
        return;
    }
    if (s->ssl == NULL) {
        events->data(s, (uint32_t)n);
        return;
    }
    s->cipher = (const uint8_t *)buf->base;
    s->cipher_len = (uint32_t)n;
    read_tls(s);
    if (!s->closed && !s->reading) {
        keep_rest(s);
    }
    s->cipher = NULL;
    s->cipher_len = 0;
}

/* The client speaks first. A failure shows with the next read: the connection is there then. */
static void begin_handshake(gc_stream *s) {
    ERR_clear_error();
    SSL_do_handshake(s->ssl);
}

void gc_stream_read(gc_stream *s, bool on) {
    if (s->closed) {
        return;
    }
    s->reading = on;
    if (on && s->made && s->ssl != NULL && SSL_in_before(s->ssl)) {
        begin_handshake(s);
    }
    if (!on) {
        uv_read_stop((uv_stream_t *)&s->tcp);
        if (s->rest != NULL) {
            gc_list_remove(&s->rest->place);
        }
    } else if (s->rest == NULL) {
        uv_read_start((uv_stream_t *)&s->tcp, on_room, on_read);
    } else if (!gc_list_has(&s->rest->place) && s->cipher == NULL) {
        gc_stream_group *group = group_of(s);
        gc_list_append(&group->rests, &s->rest->place);
        uv_idle_start(&group->go_on, on_go_on);
    }
}

/* --- life ----------------------------------------------------------------------------------- */

void gc_stream_group_open(gc_stream_group *group, uv_loop_t *loop, const gc_stream_events *events) {
    group->loop = loop;
    group->events = events;
    uv_idle_init(loop, &group->go_on);
    group->go_on.data = group;
}

void gc_stream_group_close(gc_stream_group *group) {
    gc_assert(group->rests.first == NULL);
    uv_close((uv_handle_t *)&group->go_on, NULL);
}

/* s->ssl is set. */
static void take_over(gc_stream *s, gc_stream_group *group, int fd) {
    uv_tcp_init(group->loop, &s->tcp);
    s->tcp.data = group;
    if (uv_tcp_open(&s->tcp, fd) != 0) {
        close(fd);
        gc_stream_close(s);
    }
}

int gc_stream_open(gc_stream *s, gc_stream_group *group, int fd, SSL_CTX *tls) {
    memset(s, 0, sizeof *s);
    if (tls != NULL) {
        s->ssl = gc_tls_session(tls, &tls_transport, s);
        if (s->ssl == NULL) {
            return UV_ENOMEM;
        }
    }
    take_over(s, group, fd);
    return 0;
}

int gc_stream_open_made(gc_stream *s, gc_stream_group *group, int fd, SSL_CTX *tls,
                        const char *host) {
    memset(s, 0, sizeof *s);
    s->made = true;
    if (tls != NULL) {
        s->ssl = gc_tls_client_session(tls, &tls_transport, s, host);
        if (s->ssl == NULL) {
            return UV_ENOMEM;
        }
    }
    take_over(s, group, fd);
    return 0;
}

const char *gc_stream_untrusted(const gc_stream *s) {
    long result = s->ssl != NULL ? SSL_get_verify_result(s->ssl) : X509_V_OK;
    return result == X509_V_OK ? NULL : X509_verify_cert_error_string(result);
}

int64_t gc_stream_write(gc_stream *s, const gc_span *spans, uint32_t count) {
    if (s->closed || s->finishing) {
        return UV_EPIPE;
    }
    if (s->piece != NULL) {
        return 0;
    }
    return s->ssl != NULL ? write_tls(s, spans, count) : write_plain(s, spans, count);
}

void gc_stream_finish(gc_stream *s) {
    if (s->closed || s->finishing) {
        return;
    }
    if (s->ssl != NULL && SSL_is_init_finished(s->ssl)) {
        ERR_clear_error();
        SSL_shutdown(s->ssl); /* RFC 8446 6.1: close_notify */
    }
    s->finishing = true;
    if (s->piece == NULL) {
        send_end(s);
    }
}

uint32_t gc_stream_packets(const gc_stream *s) {
    uv_os_fd_t fd;
    if (s->closed || uv_fileno((const uv_handle_t *)&s->tcp, &fd) != 0) {
        return 0;
    }
    return gc_tcp_packets(fd);
}

static void on_closed(uv_handle_t *handle) {
    gc_stream *s = (gc_stream *)handle;
    SSL_free(s->ssl);
    s->ssl = NULL;
    group_of(s)->events->closed(s);
}

void gc_stream_close(gc_stream *s) {
    if (!s->closed) {
        drop_rest(s);
        s->closed = true;
        uv_close((uv_handle_t *)&s->tcp, on_closed);
    }
}
