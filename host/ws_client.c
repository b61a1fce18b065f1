#include "host/ws_client.h"
#include "core/base/assert.h"
#include "core/base/error.h"
#include "core/wire/websocket.h"
#include "host/alloc.h"
#include "host/connector.h"
#include "host/ws_handshake.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define WHY_BYTES 400 /* a host, and what is wrong */
/* A read gets at least this much room; and ciphertext is read in pieces of this size. */
#define READ_BYTES   16384
#define IN_BYTES     (GC_MESSAGE_BYTES_MAX + GC_WS_KEPT_EXTRA + READ_BYTES)
#define UNSENT_BYTES 4096

enum step { CONNECTING, HANDSHAKE, OPEN, CLOSING, GONE };

struct gc_ws_client {
    gc_stream stream; /* the first member: events of streams give a pointer to it */
    gc_ws_group *group;
    const gc_ws_client_events *events;
    void *context;
    uint8_t step;
    bool has_stream;
    bool failing;  /* `closed` is on its way */
    uint32_t open; /* handles that the loop has */
    uv_timer_t timer;
    gc_connector *connector;
    char why[WHY_BYTES];
    char *url; /* of url_len bytes; the spans of `address` lie in it */
    uint32_t url_len;
    gc_ws_url address;
    gc_ws_handshake handshake;
    gc_ws_decoder decoder;
    uint8_t *out; /* unsent bytes [out_at, out_len) of out_size; NULL: nothing was unsent yet */
    uint32_t out_at, out_len, out_size;
    uint32_t in_len;
    uint8_t in[IN_BYTES];
};

static gc_ws_client *client_of(gc_stream *s) {
    return (gc_ws_client *)(void *)s;
}

/* --- the end ---------------------------------------------------------------------------------- */

static void free_if_over(gc_ws_client *c) {
    if (--c->open > 0) {
        return;
    }
    c->group->clients--;
    gc_free(c->out);
    gc_free(c->url);
    gc_free(c);
}

static void on_timer_closed(uv_handle_t *handle) {
    free_if_over(handle->data);
}

static void on_stream_closed(gc_stream *s) {
    free_if_over(client_of(s));
}

static void let_go(gc_ws_client *c) {
    if (c->step == GONE) {
        return;
    }
    c->step = GONE;
    if (c->connector != NULL) {
        gc_connector_end(c->connector);
        c->connector = NULL;
    }
    if (c->has_stream) {
        gc_stream_close(&c->stream);
    }
    uv_close((uv_handle_t *)&c->timer, on_timer_closed);
}

/* From the loop alone: the owner hears of it at once. */
static void fail(gc_ws_client *c, const char *why) {
    bool owned = c->step != CLOSING && c->step != GONE;
    let_go(c);
    if (owned) {
        c->events->closed(c->context, why);
    }
}

static void on_failure_due(uv_timer_t *timer) {
    gc_ws_client *c = timer->data;
    fail(c, c->why);
}

/* From within a call of the owner: the loop reports it. */
static void fail_soon(gc_ws_client *c, const char *why) {
    if (!c->failing) {
        c->failing = true;
        snprintf(c->why, sizeof c->why, "%s", why);
        uv_timer_start(&c->timer, on_failure_due, 0, 0);
    }
}

/* --- writing ---------------------------------------------------------------------------------- */

/* Hands unsent bytes to the stream as far as it takes them. Returns false when it has failed. */
static bool write_out(gc_ws_client *c) {
    while (c->out_at < c->out_len) {
        gc_span rest = gc_span_of(c->out + c->out_at, c->out_len - c->out_at);
        int64_t n = gc_stream_write(&c->stream, &rest, 1);
        if (n < 0) {
            return false;
        }
        c->out_at += (uint32_t)n;
        if (n < rest.len) {
            return true;
        }
    }
    gc_free(c->out);
    c->out = NULL;
    c->out_at = c->out_len = c->out_size = 0;
    return true;
}

/* Makes room for len more bytes behind the unsent ones. */
static bool reserve(gc_ws_client *c, uint32_t len) {
    uint32_t unsent = c->out_len - c->out_at;
    if (unsent + len > GC_QUEUE_BYTES_MAX) {
        return false;
    }
    if (c->out_at > 0) {
        memmove(c->out, c->out + c->out_at, unsent);
        c->out_at = 0;
        c->out_len = unsent;
    }
    if (unsent + len <= c->out_size) {
        return true;
    }
    uint32_t size = unsent + len + UNSENT_BYTES;
    uint8_t *out = gc_realloc(c->out, size);
    if (out == NULL) {
        return false;
    }
    c->out = out;
    c->out_size = size;
    return true;
}

/* Appends a frame, masked as RFC 6455 5.3 demands of a client. */
static bool put_frame(gc_ws_client *c, uint8_t opcode, gc_span payload) {
    uint8_t head[GC_WS_HEAD_BYTES_MAX];
    uint8_t mask[4];
    if (payload.len > GC_QUEUE_BYTES_MAX || !reserve(c, (uint32_t)sizeof head + payload.len)) {
        return false;
    }
    gc_drbg_bytes(c->group->drbg, mask, sizeof mask);
    uint32_t head_len = gc_ws_head_write_masked(head, opcode, payload.len, mask);
    memcpy(c->out + c->out_len, head, head_len);
    c->out_len += head_len;
    if (payload.len > 0) {
        memcpy(c->out + c->out_len, payload.data, payload.len);
        gc_ws_mask(c->out + c->out_len, payload.len, mask, 0);
        c->out_len += payload.len;
    }
    return true;
}

static bool put_close(gc_ws_client *c, uint16_t code) {
    uint8_t payload[2] = {(uint8_t)(code >> 8), (uint8_t)code};
    return put_frame(c, GC_WS_CLOSE, gc_span_of(payload, sizeof payload)) && write_out(c);
}

void gc_ws_client_send(gc_ws_client *c, gc_span text) {
    if (c->step != OPEN || c->failing) {
        return;
    }
    if (!put_frame(c, GC_WS_TEXT, text)) {
        fail_soon(c, "the server reads too slowly");
    } else if (!write_out(c)) {
        fail_soon(c, "the connection to the server broke");
    }
}

/* --- reading ---------------------------------------------------------------------------------- */

/* Returns false when reading ends here. */
static bool take_event(gc_ws_client *c, const gc_ws_event *e) {
    char why[WHY_BYTES];
    switch (e->opcode) {
    case GC_WS_TEXT:
        if (c->step == OPEN) {
            c->events->message(c->context, e->payload);
        }
        return c->step == OPEN || c->step == CLOSING;
    case GC_WS_PING:
        /* RFC 6455 5.5.2. A server that sends pings and reads no answers runs into the limit. */
        if (c->step == OPEN && !(put_frame(c, GC_WS_PONG, e->payload) && write_out(c))) {
            fail(c, "the server reads too slowly");
            return false;
        }
        return true;
    case GC_WS_CLOSE:
        if (c->step == OPEN) {
            put_close(c, e->close_code == GC_WS_NO_CODE ? GC_WS_NORMAL : e->close_code);
        }
        snprintf(why, sizeof why, "the server closed the connection (%u)", e->close_code);
        fail(c, why);
        return false;
    default:
        return true;
    }
}

/* Takes all events that the bytes read so far hold. */
static void decode(gc_ws_client *c) {
    uint8_t *at = c->in;
    uint32_t used, kept = c->in_len;
    gc_ws_event e;
    do {
        if (gc_ws_decode(&c->decoder, at, kept, &used, &kept, &e) != 0) {
            if (c->step == OPEN) {
                put_close(c, e.close_code);
            }
            fail(c, "the server sent a malformed or too long message");
            return;
        }
        if (e.opcode != 0 && !take_event(c, &e)) {
            return;
        }
        at += used;
    } while (e.opcode != 0);
    memmove(c->in, at, kept);
    c->in_len = kept;
}

/* --- the handshake ---------------------------------------------------------------------------- */

static bool write_request(gc_ws_client *c) {
    gc_writer w;
    if (!reserve(c, c->url_len + GC_WS_HANDSHAKE_HEAD_BYTES)) {
        return false;
    }
    gc_writer_init(&w, c->out, c->out_size);
    bool written =
        gc_ws_handshake_ask(&c->handshake, &c->group->accept, c->group->drbg, &c->address, &w);
    c->out_len = w.at;
    return written;
}

/* Returns true once the handshake is done; bytes behind it are frames. */
static bool take_answer(gc_ws_client *c) {
    char why[WHY_BYTES];
    int32_t len =
        gc_ws_handshake_read(&c->handshake, gc_span_of(c->in, c->in_len), why, sizeof why);
    if (len == 0) {
        return false;
    }
    if (len < 0) {
        fail(c, why);
        return false;
    }
    uv_timer_stop(&c->timer);
    c->step = OPEN;
    c->in_len -= (uint32_t)len;
    memmove(c->in, c->in + len, c->in_len);
    c->events->opened(c->context);
    return c->step == OPEN || c->step == CLOSING;
}

/* --- the stream ------------------------------------------------------------------------------- */

static void on_room(gc_stream *s, uint8_t **data, uint32_t *size) {
    gc_ws_client *c = client_of(s);
    *data = c->in + c->in_len;
    *size = IN_BYTES - c->in_len;
}

static void on_data(gc_stream *s, uint32_t len) {
    gc_ws_client *c = client_of(s);
    c->in_len += len;
    if (c->step == HANDSHAKE && !take_answer(c)) {
        return;
    }
    decode(c);
}

static void on_writable(gc_stream *s) {
    gc_ws_client *c = client_of(s);
    if (!write_out(c)) {
        fail(c, "the connection to the server broke");
    }
}

static void on_ended(gc_stream *s, int error) {
    gc_ws_client *c = client_of(s);
    const char *untrusted = gc_stream_untrusted(s);
    char why[WHY_BYTES];
    if (untrusted != NULL) {
        snprintf(why, sizeof why, "the server's certificate is not believed: %s", untrusted);
    } else if (error == UV_EPROTO) {
        snprintf(why, sizeof why, "the server does not speak TLS as it should");
    } else {
        snprintf(why, sizeof why, "the server ended the connection%s%s", error != 0 ? ": " : "",
                 error != 0 ? uv_strerror(error) : "");
    }
    fail(c, why);
}

/* Reading never stops, so nothing has to be held. */
static bool on_hold(gc_stream *s, uint32_t bytes) {
    (void)s;
    return bytes == 0;
}

static const gc_stream_events stream_events = {on_room,  on_data, on_writable,
                                               on_ended, on_hold, on_stream_closed};

/* --- the beginning ---------------------------------------------------------------------------- */

/* Ciphertext and certificates cost memory that only wss:// needs. */
static bool prepare_tls(gc_ws_group *group) {
    if (group->tls == NULL) {
        group->tls = gc_tls_client_context();
    }
    if (group->streams.cipher == NULL) {
        group->streams.cipher = gc_alloc(READ_BYTES);
        group->streams.cipher_bytes = READ_BYTES;
    }
    return group->tls != NULL && group->streams.cipher != NULL;
}

static void on_connected(void *context, int fd, int error) {
    gc_ws_client *c = context;
    char why[WHY_BYTES];
    c->connector = NULL;
    if (fd < 0) {
        snprintf(why, sizeof why, "no connection to %s: %s", c->address.to.host,
                 uv_strerror(error));
        fail(c, why);
        return;
    }
    int r = gc_stream_open_made(&c->stream, &c->group->streams, fd,
                                c->address.secure ? c->group->tls : NULL, c->address.to.host);
    if (r != 0) {
        close(fd);
        fail(c, uv_strerror(r));
        return;
    }
    c->has_stream = true;
    c->open++;
    c->step = HANDSHAKE;
    gc_stream_read(&c->stream, true);
    if (!write_request(c) || !write_out(c)) {
        fail(c, "the connection to the server broke");
    }
}

static void on_late(uv_timer_t *timer) {
    fail(timer->data, "the server did not answer in time");
}

static void begin(gc_ws_client *c, gc_span url) {
    memcpy(c->url, url.data, url.len);
    if (gc_ws_url_parse(gc_span_of(c->url, url.len), &c->address) != 0) {
        fail_soon(c, "this is not the address of a WebSocket");
        return;
    }
    gc_connector_options options = {c->address.to.host, c->address.to.port, c->group->name_servers};
    if (!c->address.secure || prepare_tls(c->group)) {
        c->connector = gc_connector_start(c->group->loop, &options, on_connected, c);
    }
    if (c->connector == NULL) {
        fail_soon(c, "memory is short");
    }
}

gc_ws_client *gc_ws_client_open(gc_ws_group *group, gc_span url, const gc_ws_client_events *events,
                                void *context) {
    gc_ws_client *c = gc_alloc(sizeof *c);
    char *copy = c != NULL ? gc_alloc(url.len + 1) : NULL;
    if (copy == NULL) {
        gc_free(c);
        return NULL;
    }
    memset(c, 0, offsetof(gc_ws_client, in)); /* pages of the rest are touched as they are used */
    c->group = group;
    c->events = events;
    c->context = context;
    c->open = 1;
    c->url = copy;
    c->url_len = url.len;
    gc_ws_decoder_init(&c->decoder, false, GC_MESSAGE_BYTES_MAX);
    group->clients++;
    uv_timer_init(group->loop, &c->timer);
    c->timer.data = c;
    uv_timer_start(&c->timer, on_late, group->handshake_ms, 0);
    begin(c, url);
    return c;
}

static void on_goodbye_over(uv_timer_t *timer) {
    let_go(timer->data);
}

/* The socket is closed when the server has read all and ended it: earlier, unread bytes of the
 * server would make the kernel drop ours. */
void gc_ws_client_close(gc_ws_client *c) {
    if (c->step != OPEN || c->failing || !put_close(c, GC_WS_NORMAL)) {
        c->step = c->step == GONE ? GONE : CLOSING;
        let_go(c);
        return;
    }
    c->step = CLOSING;
    uv_timer_start(&c->timer, on_goodbye_over, GC_WS_CLIENT_CLOSING_MS, 0);
}

void gc_ws_group_open(gc_ws_group *group, uv_loop_t *loop, gc_drbg *drbg) {
    group->loop = loop;
    group->drbg = drbg;
    group->handshake_ms = GC_HANDSHAKE_MS;
    gc_stream_group_open(&group->streams, loop, &stream_events);
}

void gc_ws_group_close(gc_ws_group *group) {
    gc_assert(group->clients == 0);
    gc_stream_group_close(&group->streams);
    SSL_CTX_free(group->tls);
    gc_free(group->streams.cipher);
    gc_ws_accept_free(&group->accept);
}
