#include "server/requests.h"
#include "core/base/assert.h"
#include "core/base/error.h"
#include "host/alloc.h"
#include "host/log.h"
#include "host/net.h"
#include "server/partial.h"
#include "server/websocket.h"

#include <string.h>

/* Of one client in one turn of the loop: thousands of pipelined ones would hold up all others. */
#define AT_ONCE 32

/* The rest of an answer, and memory for the parts that do not live on their own. */
typedef struct gc_unsent_answer {
    gc_span spans[2];
    uint8_t *owned;
    uint32_t counted; /* in the daemon's kept_bytes */
    bool close;
    uint8_t bytes[];
} gc_unsent_answer;

void gc_requests_release(gc_socket *c) {
    if (c->unsent != NULL) {
        gc_socket_daemon(c)->kept_bytes -= c->unsent->counted;
        gc_free(c->unsent->owned);
        gc_free(c->unsent);
        c->unsent = NULL;
    }
}

uint32_t gc_requests_unsent(const gc_socket *c) {
    return c->unsent != NULL ? c->unsent->counted : 0;
}

/* --- answers -------------------------------------------------------------------------------- */

static void end_answer(gc_socket *c, bool close) {
    gc_daemon *d = gc_socket_daemon(c);
    if (close) {
        gc_socket_linger(c);
    } else {
        c->state = GC_SOCKET_REQUEST;
        gc_server_request_done(d->core, gc_daemon_now_ms(d), c->conn);
    }
}

/* Notes what the stream did not take. What lies in the shared answer is copied. */
static bool note_unsent(gc_socket *c, gc_answer *a, size_t written) {
    const uint8_t *text_end = a->text + sizeof a->text;
    bool copy_body = a->body.data >= a->text && a->body.data < text_end;
    size_t head = written < a->head_len ? a->head_len - written : 0;
    size_t skip = written < a->head_len ? 0 : written - a->head_len;
    gc_span body = gc_span_of(a->body.data + skip, a->body.len - (uint32_t)skip);
    uint32_t bytes = (uint32_t)(sizeof(gc_unsent_answer) + head + (copy_body ? body.len : 0));
    uint32_t counted = bytes + (a->owned != NULL ? a->owned_bytes : 0);
    gc_daemon *d = gc_socket_daemon(c);
    gc_unsent_answer *u =
        gc_partial_make_room(d, c->kept_size + c->held + counted, counted) ? gc_alloc(bytes) : NULL;
    if (u == NULL) {
        return false;
    }
    d->kept_bytes += counted;
    memcpy(u->bytes, a->head + a->head_len - head, head);
    if (copy_body) {
        memcpy(u->bytes + head, body.data, body.len);
        body.data = u->bytes + head;
    }
    u->spans[0] = gc_span_of(u->bytes, (uint32_t)head);
    u->spans[1] = body;
    u->owned = a->owned;
    u->counted = counted;
    u->close = a->close;
    a->owned = NULL;
    c->unsent = u;
    return true;
}

static void send_answer(gc_socket *c, gc_answer *a) {
    gc_span spans[2] = {gc_span_of(a->head, a->head_len), a->body};
    int64_t total = (int64_t)a->head_len + a->body.len;
    int64_t n = gc_stream_write(&c->stream, spans, a->body.len > 0 ? 2 : 1);
    if (n == total) {
        end_answer(c, a->close);
    } else if (n >= 0 && note_unsent(c, a, (size_t)n)) {
        gc_assert(c->list == NULL);
        c->state = GC_SOCKET_ANSWERING;
        gc_stream_read(&c->stream, false);
    } else {
        gc_socket_lose(c, n < 0 ? GC_REASON_GONE : GC_REASON_MEMORY);
    }
    gc_free(a->owned);
    a->owned = NULL;
}

void gc_requests_go_on(gc_socket *c) {
    gc_daemon *d = gc_socket_daemon(c);
    gc_unsent_answer *u = c->unsent;
    size_t left = (size_t)u->spans[0].len + u->spans[1].len;
    int64_t n = gc_stream_write(&c->stream, u->spans, 2);
    if (n < 0) {
        gc_socket_lose(c, GC_REASON_GONE);
        return;
    }
    gc_server_request_done(d->core, gc_daemon_now_ms(d), c->conn); /* it reads: it may go on */
    if ((size_t)n < left) {
        for (int i = 0; i < 2; i++) {
            uint32_t part = n < u->spans[i].len ? (uint32_t)n : u->spans[i].len;
            u->spans[i] = gc_span_of(u->spans[i].data + part, u->spans[i].len - part);
            n -= part;
        }
        return;
    }
    bool close = u->close;
    gc_requests_release(c);
    end_answer(c, close);
    if (c->state == GC_SOCKET_REQUEST) {
        gc_stream_read(&c->stream, true);
    }
}

/* --- requests ------------------------------------------------------------------------------- */

void gc_requests_refuse(gc_socket *c, const char *status, uint32_t reason) {
    gc_answer *a = &gc_socket_daemon(c)->answer;
    gc_http_refuse(a, status, reason, NULL, "");
    c->reason = (uint8_t)reason;
    send_answer(c, a);
}

static void notice_proxy(gc_daemon *d, const gc_http_request *r) {
    if (!d->proxy_noticed && !d->options->trust_proxy &&
        gc_http_header_of(r, "X-Forwarded-For").data != NULL) {
        d->proxy_noticed = true;
        gc_log(
            GC_LOG_WARNING,
            "a proxy in front of this server sends X-Forwarded-For: all its clients count as one "
            "address and share one limit; start with --trust-proxy if the proxy is yours");
    }
}

/* Limits count the client behind our own proxy. False when that one is refused. */
static bool readdress(gc_socket *c, const gc_http_request *r) {
    gc_daemon *d = gc_socket_daemon(c);
    gc_addr from;
    uint32_t reason;
    notice_proxy(d, r);
    if (!d->options->trust_proxy) {
        return true;
    }
    if (!gc_http_forwarded_for(r, &from)) {
        from = gc_socket_from(c);
    }
    if (gc_server_readdress(d->core, gc_daemon_now_ms(d), c->conn, &from, &reason) != 0) {
        gc_requests_refuse(c, "503 Service Unavailable", reason);
        return false;
    }
    return true;
}

static void open_websocket(gc_socket *c, const gc_http_request *r) {
    gc_daemon *d = gc_socket_daemon(c);
    uint8_t head[GC_WEBSOCKET_HEAD_BYTES];
    uint8_t ice[512];
    gc_signal_query query;
    gc_writer w;
    uint32_t len = gc_websocket_check(d, r, head, &d->answer);
    if (len == 0) {
        c->reason = GC_REASON_BAD_REQUEST;
        send_answer(c, &d->answer);
        return;
    }
    gc_writer_init(&w, ice, sizeof ice);
    gc_config_ice_servers(d, r->host, &w);
    gc_assert(!w.failed);
    gc_server_open_request open = {
        .response_head = gc_span_of(head, len),
        .query = &query,
        .query_error = gc_signal_query_parse(r->query, &query),
        .ice_servers = gc_writer_done(&w),
    };
    gc_ws_decoder_init(&c->decoder, true, (uint32_t)d->options->message_bytes_max);
    int e = gc_server_open(d->core, gc_daemon_now_ms(d), c->conn, &open);
    gc_assert(e == 0);
    gc_assert(c->list == NULL);
    c->state = GC_SOCKET_OPEN;
}

static void serve(gc_socket *c, const gc_http_request *r) {
    gc_daemon *d = gc_socket_daemon(c);
    if (!readdress(c, r)) {
        return;
    }
    if (gc_websocket_asked(r)) {
        open_websocket(c, r);
        return;
    }
    gc_http_answer(d, r, &d->answer);
    c->reason = GC_REASON_LEFT;
    send_answer(c, &d->answer);
}

/* True while this turn of the loop has room for one more. */
static bool has_turn(gc_socket *c) {
    uint64_t now_ms = gc_daemon_now_ms(gc_socket_daemon(c));
    if (c->turn_ms != now_ms) {
        c->turn_ms = now_ms;
        c->served = 0;
    }
    return c->served < AT_ONCE;
}

static void refuse_malformed(gc_socket *c, int32_t error) {
    gc_daemon *d = gc_socket_daemon(c);
    gc_server_offend(d->core, gc_daemon_now_ms(d), c->conn);
    if (error == GC_E_TOO_BIG) {
        gc_requests_refuse(c, "431 Request Header Fields Too Large", GC_REASON_TOO_BIG);
    } else {
        gc_requests_refuse(c, "400 Bad Request", GC_REASON_BAD_REQUEST);
    }
}

uint32_t gc_requests_read(gc_socket *c, uint8_t *bytes, uint32_t len) {
    gc_http_request request;
    uint32_t at = 0;
    gc_assert(c->list == NULL); /* one that yielded has nothing served */
    while (c->state == GC_SOCKET_REQUEST && at < len) {
        if (!has_turn(c)) {
            gc_socket_yield(c);
            break;
        }
        int32_t n = gc_http_parse(gc_span_of(bytes + at, len - at), &request);
        if (n == 0) {
            break;
        }
        if (n > 0) {
            serve(c, &request);
            c->served++;
            at += (uint32_t)n;
        } else {
            refuse_malformed(c, n);
        }
    }
    return at;
}
