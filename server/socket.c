#include "server/socket.h"
#include "core/base/assert.h"
#include "host/alloc.h"
#include "host/net.h"
#include "server/http.h"
#include "server/partial.h"
#include "server/requests.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* --- ends ----------------------------------------------------------------------------------- */

static void forget(gc_socket *c, uint32_t reason) {
    gc_daemon *d = gc_socket_daemon(c);
    if (c->conn != GC_CONN_NONE) {
        d->by_slot[gc_conn_slot(c->conn)] = NULL;
        gc_server_close(d->core, gc_daemon_now_ms(d), c->conn, reason);
        c->conn = GC_CONN_NONE;
    }
}

static void enter_list(gc_socket *c, gc_socket_list *list) {
    gc_assert(c->list == NULL);
    c->list = list;
    c->previous = list->last;
    c->next = NULL;
    *(list->last != NULL ? &list->last->next : &list->first) = c;
    list->last = c;
    list->count++;
}

static void leave_list(gc_socket *c) {
    gc_socket_list *list = c->list;
    if (list != NULL) {
        *(c->previous != NULL ? &c->previous->next : &list->first) = c->next;
        *(c->next != NULL ? &c->next->previous : &list->last) = c->previous;
        list->count--;
        c->list = NULL;
    }
}

void gc_socket_lose(gc_socket *c, uint32_t reason) {
    if (c->state == GC_SOCKET_GONE) {
        return;
    }
    leave_list(c);
    c->state = GC_SOCKET_GONE;
    forget(c, reason);
    gc_stream_close(&c->stream);
}

gc_addr gc_socket_from(gc_socket *c) {
    struct sockaddr_storage ss = {0};
    int len = sizeof ss;
    gc_addr from = {0};
    uv_tcp_getpeername(&c->stream.tcp, (struct sockaddr *)&ss, &len);
    gc_net_from_sockaddr((struct sockaddr *)&ss, &from);
    return from;
}

void gc_socket_linger(gc_socket *c) {
    gc_daemon *d = gc_socket_daemon(c);
    gc_assert(c->state != GC_SOCKET_LINGERING && c->state != GC_SOCKET_GONE);
    forget(c, c->reason);
    gc_partial_release(c);
    c->state = GC_SOCKET_LINGERING;
    c->ended_ms = gc_daemon_now_ms(d);
    leave_list(c);
    enter_list(c, &d->dying);
    gc_stream_finish(&c->stream);
    gc_stream_read(&c->stream, true);
    /* No address limit counts them any more, but each still holds a descriptor. */
    if (d->dying.count > GC_LINGER_COUNT_MAX) {
        gc_socket_lose(d->dying.first, GC_REASON_NONE);
    }
}

void gc_socket_reap(gc_daemon *d) {
    while (d->dying.first != NULL &&
           d->dying.first->ended_ms + GC_LINGER_MS <= gc_daemon_now_ms(d)) {
        gc_socket_lose(d->dying.first, GC_REASON_NONE);
    }
}

void gc_socket_end_all(gc_daemon *d) {
    uint32_t count = (uint32_t)d->options->concurrent_max + GC_SPARE_CONNECTIONS;
    for (uint32_t i = 0; i < count; i++) {
        if (d->by_slot[i] != NULL) {
            gc_socket_lose(d->by_slot[i], GC_REASON_SERVER_RESTART);
        }
    }
    while (d->dying.first != NULL) {
        gc_socket_lose(d->dying.first, GC_REASON_NONE);
    }
}

static void on_closed(gc_stream *s) {
    gc_socket *c = (gc_socket *)s;
    gc_daemon *d = gc_socket_daemon(c);
    gc_partial_release(c);
    gc_requests_release(c);
    gc_free(c);
    d->sockets--;
    gc_daemon_drain(d);
}

/* --- writing -------------------------------------------------------------------------------- */

/* Writes what gc_server has for this client. */
static void flush(gc_socket *c) {
    gc_daemon *d = gc_socket_daemon(c);
    for (;;) {
        gc_span spans[GC_STREAM_SPANS_MAX];
        uint32_t count = gc_server_unsent(d->core, c->conn, spans, GC_STREAM_SPANS_MAX);
        int64_t total = 0;
        for (uint32_t i = 0; i < count; i++) {
            total += spans[i].len;
        }
        int64_t n = count == 0 ? 0 : gc_stream_write(&c->stream, spans, count);
        if (n < 0) {
            gc_socket_lose(c, GC_REASON_GONE);
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
        gc_socket_linger(c);
    }
}

static void read_input(gc_socket *c, uint8_t *bytes, uint32_t len);

static void on_writable(gc_stream *s) {
    gc_socket *c = (gc_socket *)s;
    gc_daemon *d = gc_socket_daemon(c);
    if (c->state == GC_SOCKET_ANSWERING) {
        gc_requests_go_on(c);
        if (c->state == GC_SOCKET_REQUEST && c->kept_len > 0) {
            read_input(c, c->kept, c->kept_len);
        }
    } else if (c->state == GC_SOCKET_OPEN || c->state == GC_SOCKET_ENDING) {
        flush(c);
    }
    gc_daemon_drain(d);
}

/* --- frames --------------------------------------------------------------------------------- */

static uint32_t reason_of(uint16_t close_code) {
    return close_code == GC_WS_TOO_BIG    ? GC_REASON_TOO_BIG
           : close_code == GC_WS_BAD_DATA ? GC_REASON_BAD_UTF8
                                          : GC_REASON_BAD_FRAME;
}

/* Gives whole messages to gc_server; returns where the incomplete rest begins, and its length. */
static uint8_t *read_frames(gc_socket *c, uint8_t *bytes, uint32_t *len) {
    gc_daemon *d = gc_socket_daemon(c);
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
    if (c->state == GC_SOCKET_REQUEST && c->list == NULL) {
        uint32_t n = gc_requests_read(c, bytes, len);
        bytes += n;
        len -= n;
    }
    if (c->state == GC_SOCKET_OPEN) {
        bytes = read_frames(c, bytes, &len);
    }
    if (c->state > GC_SOCKET_OPEN) {
        return;
    }
    if (!gc_partial_keep(c, bytes, len)) {
        gc_socket_lose(c, GC_REASON_MEMORY);
    }
}

static void on_next_turn(uv_idle_t *idle) {
    gc_daemon *d = idle->loop->data;
    for (uint32_t left = d->yielded.count; left > 0 && d->yielded.first != NULL; left--) {
        gc_socket *c = d->yielded.first;
        leave_list(c);
        gc_assert(c->state == GC_SOCKET_REQUEST);
        c->served = 0;
        gc_stream_read(&c->stream, true);
        if (c->kept_len > 0) {
            read_input(c, c->kept, c->kept_len);
        }
    }
    if (d->yielded.first == NULL) {
        uv_idle_stop(&d->next_turn);
    }
    gc_daemon_drain(d);
}

void gc_socket_yield(gc_socket *c) {
    gc_daemon *d = gc_socket_daemon(c);
    gc_stream_read(&c->stream, false);
    enter_list(c, &d->yielded);
    uv_idle_start(&d->next_turn, on_next_turn);
}

static void on_data(gc_stream *s, uint32_t len) {
    gc_socket *c = (gc_socket *)s;
    gc_daemon *d = gc_socket_daemon(c);
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

static void on_room(gc_stream *s, uint8_t **data, uint32_t *size) {
    gc_partial_room((gc_socket *)s, data, size);
}

static bool on_hold(gc_stream *s, uint32_t bytes) {
    return gc_partial_hold((gc_socket *)s, bytes);
}

static void on_ended(gc_stream *s, int error) {
    gc_socket *c = (gc_socket *)s;
    gc_daemon *d = gc_socket_daemon(c);
    gc_socket_lose(c, error == UV_ENOBUFS ? GC_REASON_MEMORY : GC_REASON_GONE);
    gc_daemon_drain(d);
}

const gc_stream_events gc_socket_events = {on_room,  on_data, on_writable,
                                           on_ended, on_hold, on_closed};

/* --- outputs of gc_server ------------------------------------------------------------------- */

static void close_as_told(gc_socket *c, const gc_server_output *out) {
    c->reason = (uint8_t)out->reason;
    leave_list(c); /* its turn does not come any more */
    if (c->state == GC_SOCKET_REQUEST && out->reason == GC_REASON_HANDSHAKE_TIMEOUT &&
        c->kept_len > 0) {
        gc_requests_refuse(c, "408 Request Timeout", out->reason);
        if (c->state == GC_SOCKET_ANSWERING) {
            gc_socket_lose(c, out->reason); /* no deadline of gc_server would ever end it */
        }
    } else if (out->now || c->state < GC_SOCKET_OPEN) {
        gc_socket_lose(c, out->reason);
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
    /* Behind our own proxy the client's address is known with its request only, and who may connect
     * how often is the proxy's business. */
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
