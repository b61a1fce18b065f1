#include "server/sockets.h"
#include "core/base/assert.h"
#include "host/alloc.h"
#include "server/http.h"
#include "server/partial.h"
#include "server/requests.h"
#include "server/unsent.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static gc_http_socket *oldest(const gc_service *service) {
    return GC_LIST_OWNER(service->lingering.first, gc_http_socket, place);
}

/* --- ends ----------------------------------------------------------------------------------- */

/* Ends the socket in order, for c->reason, after all bytes are written or handed to the stream. */
static void linger(gc_http_socket *c) {
    gc_service *service = gc_http_socket_service(c);
    gc_assert(c->state != GC_HTTP_SOCKET_LINGERING && c->state != GC_HTTP_SOCKET_GONE);
    gc_http_socket_forget(c, c->reason);
    gc_partial_release(c);
    c->state = GC_HTTP_SOCKET_LINGERING;
    c->ended_ms = gc_service_now_ms(service);
    gc_list_remove(&c->place);
    gc_list_append(&service->lingering, &c->place);
    gc_stream_finish(&c->stream);
    gc_stream_read(&c->stream, true);
    /* No address limit counts them any more, but each still holds a descriptor. */
    if (service->lingering.count > GC_LINGER_COUNT_MAX) {
        gc_http_socket_lose(oldest(service), GC_REASON_NONE);
    }
}

uint64_t gc_sockets_deadline(const gc_service *service) {
    return service->lingering.first != NULL ? oldest(service)->ended_ms + GC_LINGER_MS : GC_NEVER;
}

void gc_sockets_reap(gc_service *service) {
    while (gc_sockets_deadline(service) <= gc_service_now_ms(service)) {
        gc_http_socket_lose(oldest(service), GC_REASON_NONE);
    }
}

void gc_sockets_close(gc_service *service) {
    for (uint32_t i = 0; i < service->slots; i++) {
        if (service->by_slot[i] != NULL) {
            gc_http_socket_lose(service->by_slot[i], GC_REASON_SERVER_RESTART);
        }
    }
    while (service->lingering.first != NULL) {
        gc_http_socket_lose(oldest(service), GC_REASON_NONE);
    }
    uv_close((uv_handle_t *)&service->next_turn, NULL);
    gc_stream_group_close(&service->group);
}

static void on_closed(gc_stream *s) {
    gc_http_socket *c = (gc_http_socket *)s;
    gc_service *service = gc_http_socket_service(c);
    gc_assert(c->conn == GC_CONN_NONE); /* the call that closed it made gc_server forget it */
    gc_partial_release(c);
    gc_unsent_release(c);
    gc_free(c);
    service->sockets--;
    gc_sockets_drain(service);
}

/* --- writing -------------------------------------------------------------------------------- */

/* Writes what gc_server has for this client. */
static void flush(gc_http_socket *c) {
    gc_service *service = gc_http_socket_service(c);
    for (;;) {
        gc_span spans[GC_STREAM_SPANS_MAX];
        uint32_t count = gc_server_unsent(service->core, c->conn, spans, GC_STREAM_SPANS_MAX);
        if (count == 0) {
            break;
        }
        int64_t total = 0;
        for (uint32_t i = 0; i < count; i++) {
            total += spans[i].len;
        }
        int64_t n = gc_stream_write(&c->stream, spans, count);
        if (n < 0) {
            gc_http_socket_lose(c, GC_REASON_GONE);
            return;
        }
        gc_server_sent(service->core, gc_service_now_ms(service), c->conn, (uint32_t)n);
        if (n < total) {
            return; /* `writable` follows */
        }
    }
    if (c->state == GC_HTTP_SOCKET_ENDING) {
        linger(c);
    }
}

/* --- frames --------------------------------------------------------------------------------- */

static uint32_t reason_of(uint16_t close_code) {
    return close_code == GC_WS_TOO_BIG    ? GC_REASON_TOO_BIG
           : close_code == GC_WS_BAD_DATA ? GC_REASON_BAD_UTF8
                                          : GC_REASON_BAD_FRAME;
}

/* A connection is charged for the bytes that were read, whatever they led to: a message that never
 * ends, and a request for nothing, cost the server as much as others. */
static void charge(gc_http_socket *c, uint32_t messages) {
    gc_service *service = gc_http_socket_service(c);
    if (messages > 0) {
        gc_server_charge(service->core, gc_service_now_ms(service), c->conn, messages);
    }
}

/* Gives whole messages to gc_server until it stalls the socket; returns where the rest begins, and
 * its length. */
static uint8_t *read_frames(gc_http_socket *c, uint8_t *bytes, uint32_t *len) {
    gc_service *service = gc_http_socket_service(c);
    gc_ws_event event;
    while (!c->stalled) {
        uint32_t used;
        uint32_t kept;
        int e = gc_ws_decode(&c->decoder, bytes, *len, &used, &kept, &event);
        if (e != 0) {
            c->state = GC_HTTP_SOCKET_ENDING; /* gc_server answers, and says when to close */
            gc_server_bad_frame(service->core, gc_service_now_ms(service), c->conn,
                                event.close_code, reason_of(event.close_code));
            *len = 0;
            return bytes;
        }
        bytes += used;
        *len = kept;
        c->whole += event.frames;
        charge(c, event.frames - (event.opcode != 0)); /* gc_server_frame() charges for its own */
        if (event.opcode == 0) {
            return bytes;
        }
        gc_server_frame(service->core, gc_service_now_ms(service), c->conn, event.opcode,
                        event.payload, event.close_code);
        /* Drain after each message: 64 KiB of small messages become megabytes for other clients,
         * which would seem slow without having had a chance to read. */
        gc_sockets_drain(service);
        if (event.opcode == GC_WS_CLOSE || c->state != GC_HTTP_SOCKET_OPEN) {
            *len = 0; /* bytes may be gone, too */
            return bytes;
        }
    }
    return bytes;
}

/* --- reading -------------------------------------------------------------------------------- */

static void on_next_turn(uv_idle_t *idle);

/* Reads no more until all others had their turn. */
static void yield(gc_http_socket *c) {
    gc_service *service = gc_http_socket_service(c);
    gc_stream_read(&c->stream, false);
    gc_list_append(&service->yielded, &c->place);
    uv_idle_start(&service->next_turn, on_next_turn);
}

static void carry_out(gc_http_socket *c, gc_outcome outcome) {
    switch (outcome) {
    case GC_OUTCOME_ANSWERING:
        gc_stream_read(&c->stream, false);
        break;
    case GC_OUTCOME_LINGER:
        linger(c);
        break;
    case GC_OUTCOME_LOSE:
        gc_http_socket_lose(c, c->reason);
        break;
    case GC_OUTCOME_YIELD:
        yield(c);
        break;
    default:
        gc_assert(outcome == GC_OUTCOME_READ_ON);
    }
}

static void read_input(gc_http_socket *c, uint8_t *bytes, uint32_t len) {
    if (c->state == GC_HTTP_SOCKET_REQUEST && !gc_list_has(&c->place)) {
        uint32_t n;
        carry_out(c, gc_requests_read(c, bytes, len, &n));
        bytes += n;
        len -= n;
    }
    if (c->state == GC_HTTP_SOCKET_OPEN) {
        bytes = read_frames(c, bytes, &len);
    }
    if (c->state > GC_HTTP_SOCKET_OPEN) {
        return;
    }
    if (!gc_partial_keep(c, bytes, len)) {
        gc_http_socket_lose(c, GC_REASON_MEMORY);
    }
}

static void on_next_turn(uv_idle_t *idle) {
    gc_service *service = idle->loop->data;
    gc_list *yielded = &service->yielded;
    for (uint32_t left = yielded->count; left > 0 && yielded->first != NULL; left--) {
        gc_http_socket *c = GC_LIST_OWNER(yielded->first, gc_http_socket, place);
        gc_list_remove(&c->place);
        gc_assert(c->state <= GC_HTTP_SOCKET_OPEN);
        c->served = 0;
        gc_stream_read(&c->stream, true);
        if (c->kept_len > 0) {
            read_input(c, c->kept, c->kept_len);
        }
    }
    if (yielded->first == NULL) {
        uv_idle_stop(&service->next_turn);
    }
    gc_sockets_drain(service);
}

/* Goes on with an answer. Once it is out the socket reads again, kept bytes first. While it is
 * paused, resume() does that later. */
static void go_on(gc_http_socket *c) {
    gc_outcome outcome = gc_requests_go_on(c);
    if (outcome != GC_OUTCOME_READ_ON) {
        carry_out(c, outcome);
        return;
    }
    if (c->paused) {
        return;
    }
    gc_stream_read(&c->stream, true);
    if (c->kept_len > 0) {
        read_input(c, c->kept, c->kept_len);
    }
}

static void on_writable(gc_stream *s) {
    gc_http_socket *c = (gc_http_socket *)s;
    gc_service *service = gc_http_socket_service(c);
    if (c->state == GC_HTTP_SOCKET_ANSWERING) {
        go_on(c);
    } else if (c->state == GC_HTTP_SOCKET_OPEN || c->state == GC_HTTP_SOCKET_ENDING) {
        flush(c);
    }
    gc_sockets_drain(service);
}

static void on_data(gc_stream *s, uint32_t len) {
    gc_http_socket *c = (gc_http_socket *)s;
    gc_service *service = gc_http_socket_service(c);
    if (c->state > GC_HTTP_SOCKET_OPEN) {
        return; /* ending or lingering: thrown away */
    }
    c->whole = 0;
    if (c->kept_len > 0) {
        read_input(c, c->kept, c->kept_len + len);
    } else {
        read_input(c, service->scratch, len);
    }
    charge(c, c->whole == 0 && len < GC_CRUMB_BYTES ? 1 : 0);
    gc_sockets_drain(service);
}

static void on_room(gc_stream *s, uint8_t **data, uint32_t *size) {
    gc_partial_room((gc_http_socket *)s, data, size);
}

static bool on_hold(gc_stream *s, uint32_t bytes) {
    return gc_partial_hold((gc_http_socket *)s, bytes);
}

static void on_ended(gc_stream *s, int error) {
    gc_http_socket *c = (gc_http_socket *)s;
    gc_service *service = gc_http_socket_service(c);
    gc_http_socket_lose(c, error == UV_ENOBUFS ? GC_REASON_MEMORY : GC_REASON_GONE);
    gc_sockets_drain(service);
}

static const gc_stream_events stream_events = {on_room,  on_data, on_writable,
                                               on_ended, on_hold, on_closed};

/* --- outputs of gc_server ------------------------------------------------------------------- */

/* A request that is not whole in time: answered, if the stream takes the answer at once, for no
 * deadline of gc_server would ever end a socket that is answering. */
static void time_out(gc_http_socket *c) {
    uint32_t reason = GC_REASON_HANDSHAKE_TIMEOUT;
    if (gc_requests_refuse(c, "408 Request Timeout", reason) == GC_OUTCOME_LINGER) {
        linger(c);
    } else {
        gc_http_socket_lose(c, c->reason);
    }
}

static void close_as_told(gc_http_socket *c, const gc_server_output *out) {
    c->reason = (uint8_t)out->reason;
    gc_list_remove(&c->place); /* its turn does not come any more */
    if (c->state == GC_HTTP_SOCKET_REQUEST && out->reason == GC_REASON_HANDSHAKE_TIMEOUT &&
        c->kept_len > 0) {
        time_out(c);
    } else if (out->now || c->state < GC_HTTP_SOCKET_OPEN) {
        gc_http_socket_lose(c, out->reason);
    } else {
        c->state = GC_HTTP_SOCKET_ENDING;
        gc_stream_read(&c->stream, true);
        flush(c);
    }
}

/* Reads on. Bytes that were read already wait for the next turn: nothing is served in a drain. */
static void resume(gc_http_socket *c) {
    c->paused = false;
    c->stalled = false;
    if (c->state == GC_HTTP_SOCKET_REQUEST ||
        (c->state == GC_HTTP_SOCKET_OPEN && c->kept_len > 0)) {
        yield(c);
    } else if (c->state != GC_HTTP_SOCKET_ANSWERING) {
        gc_stream_read(&c->stream, true);
    }
}

static void measure(gc_http_socket *c) {
    gc_service *service = gc_http_socket_service(c);
    gc_server_measured(service->core, gc_service_now_ms(service), c->conn,
                       gc_stream_packets(&c->stream));
}

static void obey(gc_http_socket *c, const gc_server_output *out) {
    switch (out->type) {
    case GC_SERVER_WRITE:
        flush(c);
        break;
    case GC_SERVER_CLOSE:
        close_as_told(c, out);
        break;
    case GC_SERVER_MEASURE:
        measure(c);
        break;
    case GC_SERVER_PAUSE:
        c->paused = true;
        c->stalled = out->now;
        gc_list_remove(&c->place); /* its turn does not come before it is resumed */
        gc_stream_read(&c->stream, false);
        break;
    case GC_SERVER_RESUME:
        resume(c);
        break;
    default:
        gc_assert(out->type == GC_SERVER_IDLE);
    }
}

void gc_sockets_drain(gc_service *service) {
    gc_server_output out;
    while (gc_server_poll(service->core, &out)) {
        if (out.type == GC_SERVER_DATAGRAM) {
            gc_datagram_sockets_send(&service->datagrams, &out);
            continue;
        }
        gc_http_socket *c = service->by_slot[gc_conn_slot(out.conn)];
        gc_assert(c != NULL && c->conn == out.conn);
        obey(c, &out);
    }
}

/* --- opening and accepting -------------------------------------------------------------------- */

void gc_sockets_open(gc_service *service) {
    uv_idle_init(&service->loop, &service->next_turn);
    gc_stream_group_open(&service->group, &service->loop, &stream_events);
}

/* Best effort: the client may already have sent its request, whose loss resets the connection. */
static void turn_away(gc_service *service, int fd, uint32_t reason) {
    if (service->tls == NULL) {
        gc_http_refuse(&service->answer, "503 Service Unavailable", reason, NULL,
                       "Retry-After: 10\r\n");
        struct iovec parts[2] = {
            {service->answer.head, service->answer.head_len},
            {(void *)service->answer.body.data, service->answer.body.len},
        };
        struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
        sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
        shutdown(fd, SHUT_WR);
    }
    close(fd);
}

void gc_sockets_accept(gc_service *service, int fd, const gc_addr *from, bool metrics) {
    gc_addr unknown = {0};
    gc_conn conn;
    uint32_t reason;
    /* Behind our own proxy the client's address is known only with its request, and the rate of
     * connections is the proxy's business. */
    bool proxied = !metrics && gc_proxies_trust(&service->options->proxies, from);
    const gc_addr *counted = proxied ? &unknown : from;
    if (gc_server_accept(service->core, gc_service_now_ms(service), counted, &conn, &reason) != 0) {
        turn_away(service, fd, reason);
        return;
    }
    SSL_CTX *tls = metrics ? NULL : service->tls;
    gc_http_socket *c = gc_alloc(sizeof *c);
    if (c == NULL || gc_stream_open(&c->stream, &service->group, fd, tls) != 0) {
        gc_free(c);
        gc_server_close(service->core, gc_service_now_ms(service), conn, GC_REASON_MEMORY);
        turn_away(service, fd, GC_REASON_MEMORY);
        return;
    }
    memset((char *)c + sizeof c->stream, 0, sizeof *c - sizeof c->stream);
    c->conn = conn;
    c->reason = GC_REASON_LEFT;
    c->metrics = metrics;
    service->by_slot[gc_conn_slot(conn)] = c;
    service->sockets++;
    if (c->stream.closed) {
        gc_http_socket_lose(c, GC_REASON_GONE);
    } else {
        gc_stream_read(&c->stream, true);
    }
}
