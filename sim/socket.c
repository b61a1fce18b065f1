/* A TCP connection from a client to the server, with the WebSocket codec of the core at both ends.
 * Chunks keep their order whatever happens to them on the way. */
#include "sim/world.h"
#include "core/base/assert.h"
#include "core/base/mem.h"
#include "core/wire/websocket.h"

#define RESET UINT64_MAX /* number of an end of stream that overtakes the bytes before it */

static sim_socket *socket_of(sim_world *w, const sim_event *e) {
    gc_assert(e->a < w->socket_count);
    sim_socket *s = &w->sockets[e->a];
    return s->used && s->gen == e->b ? s : NULL;
}

static uint32_t index_of(const sim_world *w, const sim_socket *s) {
    return (uint32_t)(s - w->sockets);
}

static void plan(sim_world *w, sim_socket *s, uint32_t type, uint64_t delay_ms, uint64_t number,
                 gc_span bytes) {
    bool client = type == SIM_EVENT_SOCKET_DOWN || type == SIM_EVENT_SOCKET_CLIENT_CLOSED;
    sim_event e = {.type = type,
                   .node = client ? s->node : SIM_NO_NODE,
                   .a = index_of(w, s),
                   .b = s->gen,
                   .number = number};
    if (bytes.len > 0) {
        e.data = sim_pool_copy(&w->pool, bytes);
        e.len = bytes.len;
    }
    sim_world_plan(w, delay_ms, e);
}

static void release(sim_world *w, sim_socket *s) {
    if (s->client || s->server) {
        return;
    }
    sim_pool_give(&w->pool, s->up.kept, s->up.kept_len);
    sim_pool_give(&w->pool, s->down.kept, s->down.kept_len);
    *s = (sim_socket){.gen = s->gen + 1};
}

/* When something sent now on this stream arrives: never before what was sent earlier. */
static uint64_t arrival(sim_world *w, sim_stream *st) {
    uint64_t at = w->now_ms + sim_world_latency(w);
    st->arrive_ms = at > st->arrive_ms ? at : st->arrive_ms;
    return st->arrive_ms - w->now_ms;
}

void sim_socket_bytes(sim_world *w, sim_socket *s, bool up, gc_span bytes) {
    sim_stream *st = up ? &s->up : &s->down;
    uint32_t type = up ? SIM_EVENT_SOCKET_UP : SIM_EVENT_SOCKET_DOWN;
    while (bytes.len > 0) {
        /* TCP keeps no boundaries: one write in four arrives in pieces of any size. */
        uint32_t len = bytes.len;
        if (sim_rng_chance(&w->net, 250)) {
            len = sim_rng_between(&w->net, 1, bytes.len);
        }
        st->in_flight += len;
        plan(w, s, type, arrival(w, st), st->next++, gc_span_of(bytes.data, len));
        bytes = gc_span_of(bytes.data + len, bytes.len - len);
    }
}

static void frame_send(sim_world *w, sim_socket *s, uint8_t opcode, gc_span payload) {
    uint8_t mask[4];
    uint32_t size = GC_WS_HEAD_BYTES_MAX + payload.len;
    uint8_t *frame = sim_pool_take(&w->pool, size);
    sim_rng_bytes(&w->net, mask, sizeof mask);
    uint32_t head = gc_ws_head_write_masked(frame, opcode, payload.len, mask);
    if (payload.len > 0) {
        memcpy(frame + head, payload.data, payload.len);
    }
    gc_ws_mask(frame + head, payload.len, mask, 0);
    sim_socket_bytes(w, s, true, gc_span_of(frame, head + payload.len));
    sim_pool_give(&w->pool, frame, size);
}

/* --- the client's end ------------------------------------------------------------------------- */

void sim_socket_connect(sim_world *w, uint32_t node, uint32_t kind, gc_span url) {
    gc_assert(kind < GC_SIGNALING_SOCKETS);
    sim_socket_close(w, node, kind);
    uint32_t i = 0;
    while (i < w->socket_count && w->sockets[i].used) {
        i++;
    }
    gc_assert(i < w->socket_count);
    sim_socket *s = &w->sockets[i];
    *s = (sim_socket){.used = true, .client = true, .gen = s->gen, .node = node, .kind = kind};
    gc_ws_decoder_init(&s->up.decoder, true, GC_MESSAGE_BYTES_MAX);
    gc_ws_decoder_init(&s->down.decoder, false, GC_MESSAGE_BYTES_MAX);
    w->nodes[node].sockets[kind] = i;
    uint32_t at = 0;
    while (at < url.len && url.data[at] != '?') {
        at++;
    }
    gc_span query = at < url.len ? gc_span_of(url.data + at + 1, url.len - at - 1) : GC_SPAN_NONE;
    plan(w, s, SIM_EVENT_SOCKET_ARRIVE, 2 * sim_world_latency(w), 0, query);
}

void sim_socket_send(sim_world *w, uint32_t node, uint32_t kind, gc_span text) {
    uint32_t i = w->nodes[node].sockets[kind];
    if (i != SIM_NONE) {
        frame_send(w, &w->sockets[i], GC_WS_TEXT, text);
    }
}

static void client_end(sim_world *w, sim_socket *s) {
    s->client = false;
    if (w->nodes[s->node].sockets[s->kind] == index_of(w, s)) {
        w->nodes[s->node].sockets[s->kind] = SIM_NONE;
    }
}

void sim_socket_close(sim_world *w, uint32_t node, uint32_t kind) {
    gc_assert(kind < GC_SIGNALING_SOCKETS);
    uint32_t i = w->nodes[node].sockets[kind];
    if (i == SIM_NONE) {
        return;
    }
    sim_socket *s = &w->sockets[i];
    client_end(w, s);
    if (s->server) {
        plan(w, s, SIM_EVENT_SOCKET_SERVER_CLOSED, arrival(w, &s->up), s->up.next++, GC_SPAN_NONE);
    }
    release(w, s);
}

void sim_socket_abandon(sim_world *w, uint32_t node, bool silent) {
    for (uint32_t kind = 0; kind < GC_SIGNALING_SOCKETS; kind++) {
        uint32_t i = w->nodes[node].sockets[kind];
        if (silent && i != SIM_NONE) {
            w->sockets[i].cut = true;
        }
        sim_socket_close(w, node, kind);
    }
}

/* The client's end is gone without its core having asked for it. */
static void client_lost(sim_world *w, sim_socket *s) {
    uint32_t node = s->node, kind = s->kind;
    client_end(w, s);
    release(w, s);
    gc_client_signaling_closed(w->nodes[node].client, sim_node_now(w, node), kind);
    sim_node_drain(w, node);
}

/* False when the socket has no client any more. */
static bool client_frame(sim_world *w, sim_socket *s, const gc_ws_event *e) {
    uint32_t node = s->node, gen = s->gen;
    switch (e->opcode) {
    case GC_WS_TEXT:
    case GC_WS_BINARY:
        gc_client_signaling_message(w->nodes[node].client, sim_node_now(w, node), s->kind,
                                    e->payload);
        sim_node_drain(w, node);
        break;
    case GC_WS_PING:
        frame_send(w, s, GC_WS_PONG, e->payload);
        break;
    case GC_WS_CLOSE:
        /* RFC 6455 5.5.1: the answer echoes the code; the socket then ends. */
        frame_send(w, s, GC_WS_CLOSE, GC_SPAN_NONE);
        if (s->server) {
            plan(w, s, SIM_EVENT_SOCKET_SERVER_CLOSED, arrival(w, &s->up), s->up.next++,
                 GC_SPAN_NONE);
        }
        client_lost(w, s);
        return false;
    default:
        break;
    }
    return s->used && s->gen == gen && s->client;
}

static uint32_t head_bytes(const uint8_t *data, uint32_t len) {
    for (uint32_t i = 3; i < len; i++) {
        if (memcmp(data + i - 3, "\r\n\r\n", 4) == 0) {
            return i + 1;
        }
    }
    return 0;
}

/* --- decoding, either end --------------------------------------------------------------------- */

/* False when the socket has no server any more. */
static bool server_frame(sim_world *w, sim_socket *s, const gc_ws_event *e) {
    uint32_t gen = s->gen;
    if (w->server.stock != NULL) {
        sim_peer_server_frame(w, s, e->opcode, e->payload);
        return s->used && s->gen == gen && s->server;
    }
    gc_server_frame(w->server.core, sim_server_now(w), s->conn, e->opcode, e->payload,
                    e->close_code);
    sim_server_drain(w);
    return s->used && s->gen == gen && s->server;
}

static void bad_frame(sim_world *w, sim_socket *s, bool up) {
    /* Nobody in this world sends bad frames: one of our two codecs is wrong. */
    sim_fail(w, SIM_INVARIANT_FRAME, s->node, index_of(w, s), up, 0);
}

/* Takes what came since and what was kept, and gives whole messages to the core. */
static void decode(sim_world *w, sim_socket *s, bool up, gc_span bytes) {
    sim_stream *st = up ? &s->up : &s->down;
    uint32_t total = st->kept_len + bytes.len;
    uint8_t *data = sim_pool_take(&w->pool, total), *at = data;
    if (st->kept_len > 0) {
        memcpy(data, st->kept, st->kept_len);
    }
    memcpy(data + st->kept_len, bytes.data, bytes.len);
    sim_pool_give(&w->pool, st->kept, st->kept_len);
    st->kept = NULL;
    st->kept_len = 0;
    uint32_t len = total, gen = s->gen, used, kept;
    bool alive = true;
    if (!up && !s->opened) {
        uint32_t head = head_bytes(data, len);
        kept = len;
        if (head > 0) {
            s->opened = true;
            at += head;
            len -= head;
            gc_client_signaling_opened(w->nodes[s->node].client, sim_node_now(w, s->node), s->kind);
            sim_node_drain(w, s->node);
            alive = s->used && s->gen == gen && s->client;
        }
    }
    while (alive && (up || s->opened)) {
        gc_ws_event event;
        if (gc_ws_decode(&st->decoder, at, len, &used, &kept, &event) != 0) {
            bad_frame(w, s, up);
            alive = false;
            break;
        }
        at += used;
        if (event.opcode == 0) {
            break;
        }
        len = kept;
        alive = up ? server_frame(w, s, &event) : client_frame(w, s, &event);
    }
    if (alive && kept > 0) {
        st->kept = sim_pool_copy(&w->pool, gc_span_of(at, kept));
        st->kept_len = kept;
    }
    sim_pool_give(&w->pool, data, total);
}

/* --- the server's end ------------------------------------------------------------------------- */

static gc_addr address_of(uint32_t node) {
    return (gc_addr){.ip = {10, 0, (uint8_t)(node >> 8), (uint8_t)node}, .port = 1024, .family = 4};
}

static void refuse(sim_world *w, sim_socket *s) {
    s->server = false;
    plan(w, s, SIM_EVENT_SOCKET_CLIENT_CLOSED, sim_world_latency(w), RESET, GC_SPAN_NONE);
}

static void arrive(sim_world *w, sim_socket *s, sim_event *e) {
    static const char head[] = "HTTP/1.1 101 Switching Protocols\r\n\r\n";
    if (!s->client || s->cut) {
        release(w, s);
        return;
    }
    if (!sim_server_path_ok(w, s->node, true)) {
        sim_world_again(w, 1000, e); /* RFC 6298: a SYN is sent again after a second */
        return;
    }
    gc_addr from = address_of(s->node);
    uint32_t reason = 0;
    if (w->server.stock != NULL && w->server.up) {
        s->server = s->accepted = true;
        sim_peer_server_open(w, s, gc_span_of(head, sizeof head - 1), gc_span_of(e->data, e->len));
        return;
    }
    if (w->server.core == NULL ||
        gc_server_accept(w->server.core, sim_server_now(w), &from, &s->conn, &reason) != 0) {
        refuse(w, s);
        return;
    }
    sim_server_drain(w);
    s->server = s->accepted = true;
    gc_signal_query query;
    int error = gc_signal_query_parse(gc_span_of(e->data, e->len), &query);
    gc_server_open_request request = {
        .response_head = gc_span_of(head, sizeof head - 1),
        .query = &query,
        .query_error = error,
        .ice_servers = GC_SPAN("[{\"urls\":\"stun:sim.test:3478\"}]"),
    };
    gc_server_open(w->server.core, sim_server_now(w), s->conn, &request);
    sim_server_drain(w);
}

void sim_socket_server_closed(sim_world *w, sim_socket *s) {
    s->server = s->accepted = false;
    if (s->client && !s->cut) {
        plan(w, s, SIM_EVENT_SOCKET_CLIENT_CLOSED, arrival(w, &s->down), s->down.next++,
             GC_SPAN_NONE);
    }
    release(w, s);
}

void sim_socket_server_died(sim_world *w, sim_socket *s) {
    s->server = s->accepted = false;
    if (s->client && sim_rng_chance(&w->net, 600)) {
        plan(w, s, SIM_EVENT_SOCKET_CLIENT_CLOSED, sim_rng_below(&w->net, 1000), RESET,
             GC_SPAN_NONE);
    }
    release(w, s);
}

static void server_lost(sim_world *w, sim_socket *s) {
    gc_conn conn = s->conn;
    if (w->server.stock != NULL) {
        sim_peer_server_gone(w, s);
    }
    s->server = s->accepted = false;
    release(w, s);
    if (w->server.stock != NULL) {
        return;
    }
    gc_server_close(w->server.core, sim_server_now(w), conn, GC_REASON_GONE);
    sim_server_drain(w);
}

/* --- events ----------------------------------------------------------------------------------- */

/* True when the event must wait or is void. */
static bool held_up(sim_world *w, sim_socket *s, sim_event *e, bool up) {
    sim_stream *st = up ? &s->up : &s->down;
    if (e->number == RESET) {
        return false;
    }
    if (s->cut) {
        return true;
    }
    if (!sim_server_path_ok(w, s->node, up)) {
        sim_world_again(w, sim_rng_between(&w->net, 200, 1000), e);
        return true;
    }
    if (e->number != st->want || (up && s->paused && s->server)) {
        sim_world_again(w, 2, e);
        return true;
    }
    st->want++;
    st->in_flight -= e->len;
    return false;
}

static void bytes_up(sim_world *w, sim_socket *s, const sim_event *e) {
    if (s->server) {
        decode(w, s, true, gc_span_of(e->data, e->len));
    } else if (s->client) {
        /* RFC 9293 3.5.2: bytes for a connection that does not exist are answered by a reset. */
        plan(w, s, SIM_EVENT_SOCKET_CLIENT_CLOSED, sim_world_latency(w), RESET, GC_SPAN_NONE);
    }
}

static void bytes_down(sim_world *w, sim_socket *s, const sim_event *e) {
    uint32_t gen = s->gen;
    if (s->client) {
        decode(w, s, false, gc_span_of(e->data, e->len));
    } else if (s->server) {
        plan(w, s, SIM_EVENT_SOCKET_SERVER_CLOSED, sim_world_latency(w), RESET, GC_SPAN_NONE);
        return;
    }
    if (s->used && s->gen == gen && s->server && w->server.core != NULL) {
        sim_server_write(w, s);
        sim_server_drain(w);
    }
}

void sim_socket_event(sim_world *w, sim_event *e) {
    sim_socket *s = socket_of(w, e);
    if (s == NULL) {
        return;
    }
    bool up = e->type == SIM_EVENT_SOCKET_UP || e->type == SIM_EVENT_SOCKET_SERVER_CLOSED;
    if (e->type != SIM_EVENT_SOCKET_ARRIVE && held_up(w, s, e, up)) {
        return;
    }
    switch (e->type) {
    case SIM_EVENT_SOCKET_ARRIVE:
        arrive(w, s, e);
        break;
    case SIM_EVENT_SOCKET_UP:
        bytes_up(w, s, e);
        break;
    case SIM_EVENT_SOCKET_DOWN:
        bytes_down(w, s, e);
        break;
    case SIM_EVENT_SOCKET_CLIENT_CLOSED:
        if (s->client) {
            client_lost(w, s);
        }
        break;
    default:
        if (s->server) {
            server_lost(w, s);
        }
        break;
    }
}

void sim_socket_cut(sim_world *w, uint32_t socket, uint32_t told_permille) {
    sim_socket *s = &w->sockets[socket];
    s->cut = true;
    if (s->client && sim_rng_chance(&w->fault, told_permille)) {
        plan(w, s, SIM_EVENT_SOCKET_CLIENT_CLOSED, sim_rng_below(&w->fault, 5000), RESET,
             GC_SPAN_NONE);
    }
    if (s->server && sim_rng_chance(&w->fault, told_permille)) {
        plan(w, s, SIM_EVENT_SOCKET_SERVER_CLOSED, sim_rng_below(&w->fault, 5000), RESET,
             GC_SPAN_NONE);
    }
}

uint32_t sim_socket_tell(sim_world *w) {
    uint32_t last_ms = 0;
    for (uint32_t i = 0; i < w->socket_count; i++) {
        sim_socket *s = &w->sockets[i];
        uint32_t delay_ms = sim_rng_below(&w->fault, 2000);
        bool client = s->used && s->client && (s->cut || (s->opened && !s->server));
        bool server = s->used && s->server && (s->cut || !s->client);
        if (w->server.stock != NULL && s->cut) {
            /* A stock server sends nothing by itself: it may never notice. */
            server = server && sim_rng_chance(&w->fault, 300);
        }
        last_ms = client && delay_ms > last_ms ? delay_ms : last_ms;
        if (client) {
            plan(w, s, SIM_EVENT_SOCKET_CLIENT_CLOSED, delay_ms, RESET, GC_SPAN_NONE);
        }
        if (server) {
            plan(w, s, SIM_EVENT_SOCKET_SERVER_CLOSED, delay_ms, RESET, GC_SPAN_NONE);
        }
    }
    return last_ms;
}
