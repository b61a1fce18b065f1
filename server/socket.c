#include "server/socket.h"
#include "core/base/assert.h"
#include "core/base/error.h"
#include "host/alloc.h"
#include "host/log.h"
#include "host/net.h"
#include "server/websocket.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A partial request or frame grows in steps; a read behind it has at least this much room. */
#define KEPT_ROOM_MIN 1024
#define KEPT_STEP     4096
/* Pipelined requests behind one whose answer waits. */
#define KEPT_REQUESTS_MAX (16u << 10)

/* The rest of an answer, and memory for the parts that do not live on their own. */
typedef struct gc_unsent_answer {
    gc_span spans[2];
    uint8_t *owned;
    bool close;
    uint8_t bytes[];
} gc_unsent_answer;

static gc_daemon *daemon_of(gc_socket *c) {
    return c->stream.tcp.loop->data;
}

/* --- ends ----------------------------------------------------------------------------------- */

static void forget(gc_socket *c, uint32_t reason) {
    gc_daemon *d = daemon_of(c);
    if (c->conn != GC_CONN_NONE) {
        d->by_slot[gc_conn_slot(c->conn)] = NULL;
        gc_server_close(d->core, gc_daemon_now_ms(d), c->conn, reason);
        c->conn = GC_CONN_NONE;
    }
}

static void release_kept(gc_socket *c) {
    daemon_of(c)->kept_bytes -= c->kept_size;
    gc_free(c->kept);
    c->kept = NULL;
    c->kept_len = 0;
    c->kept_size = 0;
}

static void release_unsent(gc_socket *c) {
    if (c->unsent != NULL) {
        gc_free(c->unsent->owned);
        gc_free(c->unsent);
        c->unsent = NULL;
    }
}

static void leave_dying(gc_socket *c) {
    gc_daemon *d = daemon_of(c);
    *(c->previous != NULL ? &c->previous->next : &d->dying_first) = c->next;
    *(c->next != NULL ? &c->next->previous : &d->dying_last) = c->previous;
    d->dying_count--;
}

static void lose(gc_socket *c, uint32_t reason) {
    if (c->state == GC_SOCKET_GONE) {
        return;
    }
    if (c->state == GC_SOCKET_LINGERING) {
        leave_dying(c);
    }
    c->state = GC_SOCKET_GONE;
    forget(c, reason);
    gc_stream_close(&c->stream);
}

/* All is written, or handed to the stream. */
static void linger(gc_socket *c) {
    gc_daemon *d = daemon_of(c);
    gc_assert(c->state != GC_SOCKET_LINGERING && c->state != GC_SOCKET_GONE);
    forget(c, c->reason);
    release_kept(c);
    c->state = GC_SOCKET_LINGERING;
    c->ended_ms = gc_daemon_now_ms(d);
    c->previous = d->dying_last;
    c->next = NULL;
    *(d->dying_last != NULL ? &d->dying_last->next : &d->dying_first) = c;
    d->dying_last = c;
    d->dying_count++;
    gc_stream_finish(&c->stream);
    gc_stream_read(&c->stream, true);
    /* No address limit counts them any more, but each still holds a descriptor. */
    if (d->dying_count > GC_LINGER_COUNT_MAX) {
        lose(d->dying_first, GC_REASON_NONE);
    }
}

void gc_socket_reap(gc_daemon *d) {
    while (d->dying_first != NULL &&
           d->dying_first->ended_ms + GC_LINGER_MS <= gc_daemon_now_ms(d)) {
        lose(d->dying_first, GC_REASON_NONE);
    }
}

void gc_socket_end_all(gc_daemon *d) {
    uint32_t count = (uint32_t)d->options->concurrent_max + GC_SPARE_CONNECTIONS;
    for (uint32_t i = 0; i < count; i++) {
        if (d->by_slot[i] != NULL) {
            lose(d->by_slot[i], GC_REASON_SERVER_RESTART);
        }
    }
    while (d->dying_first != NULL) {
        lose(d->dying_first, GC_REASON_NONE);
    }
}

static void on_closed(gc_stream *s) {
    gc_socket *c = (gc_socket *)s;
    gc_daemon *d = daemon_of(c);
    release_kept(c);
    release_unsent(c);
    gc_free(c);
    d->sockets--;
    gc_daemon_drain(d);
}

/* --- partial input -------------------------------------------------------------------------- */

static uint32_t kept_max(gc_socket *c) {
    if (c->state == GC_SOCKET_OPEN) {
        return (uint32_t)daemon_of(c)->options->message_bytes_max + GC_WS_KEPT_EXTRA + KEPT_STEP;
    }
    return KEPT_REQUESTS_MAX + KEPT_STEP;
}

/* Partial input has no deadline of its own: who fills the memory with large ones and never ends
 * them would lock out all others. The largest one goes, if it is larger than what is asked for. */
static bool make_kept_room(gc_daemon *d, uint32_t size, uint64_t more) {
    while (more > d->kept_bytes_max - d->kept_bytes) {
        uint32_t count = (uint32_t)d->options->concurrent_max + GC_SPARE_CONNECTIONS;
        gc_socket *largest = NULL;
        for (uint32_t i = 0; i < count; i++) {
            gc_socket *c = d->by_slot[i];
            if (c != NULL && (largest == NULL || c->kept_size > largest->kept_size)) {
                largest = c;
            }
        }
        if (largest == NULL || largest->kept_size <= size) {
            return false;
        }
        lose(largest, GC_REASON_MEMORY);
        release_kept(largest);
    }
    return true;
}

/* Makes the kept buffer hold `size` bytes, within the memory limit. */
static bool grow_kept(gc_socket *c, uint32_t size) {
    gc_daemon *d = daemon_of(c);
    if (size <= c->kept_size) {
        return true;
    }
    uint64_t more = size - c->kept_size;
    if (size > kept_max(c) || !make_kept_room(d, size, more)) {
        return false;
    }
    uint8_t *grown = gc_realloc(c->kept, size);
    if (grown == NULL) {
        return false;
    }
    d->kept_bytes += more;
    c->kept = grown;
    c->kept_size = size;
    return true;
}

/* Keeps len bytes, which lie in the scratch or in the kept buffer itself. */
static bool keep(gc_socket *c, const uint8_t *bytes, uint32_t len) {
    if (len == 0) {
        release_kept(c);
        return true;
    }
    if (c->kept != NULL && bytes >= c->kept && bytes < c->kept + c->kept_size) {
        memmove(c->kept, bytes, len);
    } else if (grow_kept(c, len + KEPT_ROOM_MIN)) {
        memcpy(c->kept, bytes, len);
    } else {
        return false;
    }
    c->kept_len = len;
    return true;
}

static void on_room(gc_stream *s, uint8_t **data, uint32_t *size) {
    gc_socket *c = (gc_socket *)s;
    gc_daemon *d = daemon_of(c);
    if (c->kept_len == 0) {
        *data = d->scratch;
        *size = GC_SCRATCH_BYTES;
        return;
    }
    if (c->kept_size - c->kept_len < KEPT_ROOM_MIN) {
        uint32_t max = kept_max(c);
        uint32_t twice = 2 * c->kept_size + KEPT_ROOM_MIN;
        if (!grow_kept(c, twice < max ? twice : max)) {
            *size = 0;
            return;
        }
    }
    *data = c->kept + c->kept_len;
    *size = c->kept_size - c->kept_len;
}

/* --- writing -------------------------------------------------------------------------------- */

/* Writes what gc_server has for this client. */
static void flush(gc_socket *c) {
    gc_daemon *d = daemon_of(c);
    for (;;) {
        gc_span spans[GC_STREAM_SPANS_MAX];
        uint32_t count = gc_server_unsent(d->core, c->conn, spans, GC_STREAM_SPANS_MAX);
        int64_t total = 0;
        for (uint32_t i = 0; i < count; i++) {
            total += spans[i].len;
        }
        int64_t n = count == 0 ? 0 : gc_stream_write(&c->stream, spans, count);
        if (n < 0) {
            lose(c, GC_REASON_GONE);
            return;
        }
        gc_server_sent(d->core, gc_daemon_now_ms(d), c->conn, (uint32_t)n);
        if (n < total) {
            return; /* `writable` follows */
        }
        if (count < GC_STREAM_SPANS_MAX) {
            break;
        }
    }
    if (c->state == GC_SOCKET_ENDING) {
        linger(c);
    }
}

static void end_answer(gc_socket *c, bool close) {
    gc_daemon *d = daemon_of(c);
    if (close) {
        linger(c);
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
    gc_unsent_answer *u = gc_alloc(sizeof *u + head + (copy_body ? body.len : 0));
    if (u == NULL) {
        return false;
    }
    memcpy(u->bytes, a->head + a->head_len - head, head);
    if (copy_body) {
        memcpy(u->bytes + head, body.data, body.len);
        body.data = u->bytes + head;
    }
    u->spans[0] = gc_span_of(u->bytes, (uint32_t)head);
    u->spans[1] = body;
    u->owned = a->owned;
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
        c->state = GC_SOCKET_ANSWERING;
        gc_stream_read(&c->stream, false);
    } else {
        lose(c, n < 0 ? GC_REASON_GONE : GC_REASON_MEMORY);
    }
    gc_free(a->owned);
    a->owned = NULL;
}

static void read_input(gc_socket *c, uint8_t *bytes, uint32_t len);

/* Goes on with an answer, and then with the requests behind it. */
static void go_on_answering(gc_socket *c) {
    gc_daemon *d = daemon_of(c);
    gc_unsent_answer *u = c->unsent;
    size_t left = (size_t)u->spans[0].len + u->spans[1].len;
    int64_t n = gc_stream_write(&c->stream, u->spans, 2);
    if (n < 0) {
        lose(c, GC_REASON_GONE);
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
    release_unsent(c);
    end_answer(c, close);
    if (c->state == GC_SOCKET_REQUEST) {
        gc_stream_read(&c->stream, true);
        if (c->kept_len > 0) {
            read_input(c, c->kept, c->kept_len);
        }
    }
}

static void on_writable(gc_stream *s) {
    gc_socket *c = (gc_socket *)s;
    gc_daemon *d = daemon_of(c);
    if (c->state == GC_SOCKET_ANSWERING) {
        go_on_answering(c);
    } else if (c->state == GC_SOCKET_OPEN || c->state == GC_SOCKET_ENDING) {
        flush(c);
    }
    gc_daemon_drain(d);
}

/* --- requests ------------------------------------------------------------------------------- */

static void refuse(gc_socket *c, const char *status, uint32_t reason) {
    gc_answer *a = &daemon_of(c)->answer;
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
    gc_daemon *d = daemon_of(c);
    gc_addr from;
    uint32_t reason;
    notice_proxy(d, r);
    if (!d->options->trust_proxy) {
        return true;
    }
    if (!gc_http_forwarded_for(r, &from)) {
        struct sockaddr_storage ss = {0};
        int len = sizeof ss;
        uv_tcp_getpeername(&c->stream.tcp, (struct sockaddr *)&ss, &len);
        gc_net_from_sockaddr((struct sockaddr *)&ss, &from);
    }
    if (gc_server_readdress(d->core, gc_daemon_now_ms(d), c->conn, &from, &reason) != 0) {
        refuse(c, "503 Service Unavailable", reason);
        return false;
    }
    return true;
}

static void open_websocket(gc_socket *c, const gc_http_request *r) {
    gc_daemon *d = daemon_of(c);
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
    c->state = GC_SOCKET_OPEN;
}

static void serve(gc_socket *c, const gc_http_request *r) {
    gc_daemon *d = daemon_of(c);
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

/* Serves whole requests at the start of the bytes. Returns how many bytes they took; the rest is an
 * incomplete request, or input for the state that the socket is in now. */
static uint32_t read_requests(gc_socket *c, uint8_t *bytes, uint32_t len) {
    gc_http_request request;
    uint32_t at = 0;
    while (c->state == GC_SOCKET_REQUEST && at < len) {
        int32_t n = gc_http_parse(gc_span_of(bytes + at, len - at), &request);
        if (n == 0) {
            break;
        }
        if (n > 0) {
            serve(c, &request);
            at += (uint32_t)n;
        } else if (n == GC_E_TOO_BIG) {
            refuse(c, "431 Request Header Fields Too Large", GC_REASON_TOO_BIG);
        } else {
            refuse(c, "400 Bad Request", GC_REASON_BAD_REQUEST);
        }
    }
    return at;
}

/* --- frames --------------------------------------------------------------------------------- */

static uint32_t reason_of(uint16_t close_code) {
    return close_code == GC_WS_TOO_BIG    ? GC_REASON_TOO_BIG
           : close_code == GC_WS_BAD_DATA ? GC_REASON_BAD_UTF8
                                          : GC_REASON_BAD_FRAME;
}

/* Gives whole messages to gc_server; returns where the incomplete rest begins, and its length. */
static uint8_t *read_frames(gc_socket *c, uint8_t *bytes, uint32_t *len) {
    gc_daemon *d = daemon_of(c);
    gc_ws_event event;
    for (;;) {
        uint32_t used;
        uint32_t kept;
        int e = gc_ws_decode(&c->decoder, bytes, *len, &used, &kept, &event);
        if (e != 0) {
            c->state = GC_SOCKET_ENDING; /* gc_server answers, and says when to close */
            gc_server_bad_frame(d->core, gc_daemon_now_ms(d), c->conn, event.close_code,
                                reason_of(event.close_code));
            *len = 0;
            return bytes;
        }
        bytes += used;
        *len = kept;
        if (event.opcode == 0) {
            return bytes;
        }
        gc_server_frame(d->core, gc_daemon_now_ms(d), c->conn, event.opcode, event.payload,
                        event.close_code);
        /* After each: 64 KiB of small messages become megabytes for others, who would seem slow
         * without having had a chance to read. */
        gc_daemon_drain(d);
        if (event.opcode == GC_WS_CLOSE || c->state != GC_SOCKET_OPEN) {
            *len = 0; /* bytes may be gone, too */
            return bytes;
        }
    }
}

/* --- reading -------------------------------------------------------------------------------- */

static void read_input(gc_socket *c, uint8_t *bytes, uint32_t len) {
    if (c->state == GC_SOCKET_REQUEST) {
        uint32_t n = read_requests(c, bytes, len);
        bytes += n;
        len -= n;
    }
    if (c->state == GC_SOCKET_OPEN) {
        bytes = read_frames(c, bytes, &len);
    }
    if (c->state > GC_SOCKET_OPEN) {
        return;
    }
    if (!keep(c, bytes, len)) {
        lose(c, GC_REASON_MEMORY);
    }
}

static void on_data(gc_stream *s, uint32_t len) {
    gc_socket *c = (gc_socket *)s;
    gc_daemon *d = daemon_of(c);
    if (c->state > GC_SOCKET_OPEN) {
        return; /* ending or lingering: thrown away */
    }
    if (c->kept_len > 0) {
        read_input(c, c->kept, c->kept_len + len);
    } else {
        read_input(c, d->scratch, len);
    }
    gc_daemon_drain(d);
}

static void on_ended(gc_stream *s, int error) {
    gc_socket *c = (gc_socket *)s;
    gc_daemon *d = daemon_of(c);
    lose(c, error == UV_ENOBUFS ? GC_REASON_MEMORY : GC_REASON_GONE);
    gc_daemon_drain(d);
}

const gc_stream_events gc_socket_events = {on_room, on_data, on_writable, on_ended, on_closed};

/* --- outputs of gc_server ------------------------------------------------------------------- */

static void close_as_told(gc_socket *c, const gc_server_output *out) {
    c->reason = (uint8_t)out->reason;
    if (c->state == GC_SOCKET_REQUEST && out->reason == GC_REASON_HANDSHAKE_TIMEOUT &&
        c->kept_len > 0) {
        refuse(c, "408 Request Timeout", out->reason);
    } else if (out->now || c->state < GC_SOCKET_OPEN) {
        lose(c, out->reason);
    } else {
        c->state = GC_SOCKET_ENDING;
        gc_stream_read(&c->stream, true);
        flush(c);
    }
}

void gc_socket_output(gc_daemon *d, const gc_server_output *out) {
    gc_socket *c = d->by_slot[gc_conn_slot(out->conn)];
    gc_assert(c != NULL && c->conn == out->conn);
    switch (out->type) {
    case GC_SERVER_WRITE:
        flush(c);
        break;
    case GC_SERVER_CLOSE:
        close_as_told(c, out);
        break;
    case GC_SERVER_PAUSE:
    case GC_SERVER_RESUME:
        c->paused = out->type == GC_SERVER_PAUSE;
        gc_stream_read(&c->stream, !c->paused);
        break;
    default:
        gc_assert(out->type == GC_SERVER_IDLE);
    }
}

/* --- accepting ------------------------------------------------------------------------------ */

/* Best effort: the client may already have sent its request, whose loss resets the connection. */
static void turn_away(gc_daemon *d, int fd, uint32_t reason) {
    if (d->tls == NULL) {
        gc_http_refuse(&d->answer, "503 Service Unavailable", reason, NULL, "Retry-After: 10\r\n");
        struct iovec parts[2] = {
            {d->answer.head, d->answer.head_len},
            {(void *)d->answer.body.data, d->answer.body.len},
        };
        struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
        sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
        shutdown(fd, SHUT_WR);
    }
    close(fd);
}

void gc_socket_accept(gc_daemon *d, int fd, const gc_addr *from) {
    gc_addr unknown = {0};
    gc_conn conn;
    uint32_t reason;
    /* Behind our own proxy the client's address is known with its request only. */
    const gc_addr *counted = d->options->trust_proxy ? &unknown : from;
    if (gc_server_accept(d->core, gc_daemon_now_ms(d), counted, &conn, &reason) != 0) {
        turn_away(d, fd, reason);
        return;
    }
    gc_socket *c = gc_alloc(sizeof *c);
    if (c == NULL || gc_stream_open(&c->stream, &d->group, fd, d->tls) != 0) {
        gc_free(c);
        gc_server_close(d->core, gc_daemon_now_ms(d), conn, GC_REASON_MEMORY);
        turn_away(d, fd, GC_REASON_MEMORY);
        return;
    }
    memset((char *)c + sizeof c->stream, 0, sizeof *c - sizeof c->stream);
    c->conn = conn;
    c->reason = GC_REASON_LEFT;
    d->by_slot[gc_conn_slot(conn)] = c;
    d->sockets++;
    gc_stream_read(&c->stream, true);
}
