#include "sim/world.h"
#include "core/base/assert.h"
#include "core/base/mem.h"
#include "core/wire/json.h"
#include "core/wire/peerjs.h"

#define SWEEP_MS      300   /* CheckBrokenConnections */
#define PRUNE_MS      1000  /* MessagesExpire: cleanup_out_msgs */
#define CLOSE_WAIT_MS 30000 /* of the WebSocket library: then it ends the socket itself */
#define HELD_MAX      4096
#define FRAME_ROOM    256 /* for the four keys and the type of a relayed frame */

sim_peer_server *sim_peer_server_make(gc_arena *arena, uint32_t sockets, uint32_t concurrent_max) {
    sim_peer_server *p = gc_arena_take(arena, 1, sizeof *p);
    gc_assert(p != NULL);
    *p = (sim_peer_server){
        .concurrent_max = concurrent_max, .entry_max = sockets + 1, .held_max = HELD_MAX};
    p->entries = gc_arena_take(arena, p->entry_max, sizeof *p->entries);
    p->held = gc_arena_take(arena, p->held_max, sizeof *p->held);
    gc_assert(p->entries != NULL && p->held != NULL);
    memset(p->entries, 0, p->entry_max * sizeof *p->entries);
    return p;
}

void sim_peer_server_start(sim_world *w) {
    w->server.stock->sweep_ms = w->now_ms + SWEEP_MS;
    w->server.stock->expire_ms = w->now_ms + PRUNE_MS;
}

/* --- the list of ids -------------------------------------------------------------------------- */

static sim_stock_entry *find(sim_peer_server *p, gc_span id) {
    for (uint32_t i = 0; i < p->entry_max; i++) {
        sim_stock_entry *e = &p->entries[i];
        if (e->used && e->listed && gc_span_equal(gc_span_of(e->id, e->id_len), id)) {
            return e;
        }
    }
    return NULL;
}

static void release(sim_stock_entry *e) {
    if (!e->listed && e->sockets == 0) {
        memset(e, 0, sizeof *e);
    }
}

/* npm removes by id, whoever holds it by now. */
static void unlist(sim_peer_server *p, gc_span id) {
    sim_stock_entry *e = find(p, id);
    if (e != NULL) {
        e->listed = false;
        release(e);
    }
}

static sim_stock_entry *add(sim_world *w, const gc_signal_query *q) {
    sim_peer_server *p = w->server.stock;
    uint32_t i = 0;
    while (i < p->entry_max && p->entries[i].used) {
        i++;
    }
    gc_assert(i < p->entry_max);
    sim_stock_entry *e = &p->entries[i];
    *e = (sim_stock_entry){.used = true,
                           .listed = true,
                           .alive_ms = w->now_ms,
                           .id_len = q->id_len,
                           .token_len = q->token_len};
    memcpy(e->id, q->id, q->id_len);
    memcpy(e->token, q->token, q->token_len);
    return e;
}

static sim_stock_entry *entry_of(const sim_world *w, const sim_socket *s) {
    return s->entry == 0 ? NULL : &w->server.stock->entries[s->entry - 1];
}

static sim_socket *socket_of(sim_world *w, const sim_stock_entry *e) {
    return e->socket == 0 ? NULL : &w->sockets[e->socket - 1];
}

static uint32_t index_of(const sim_world *w, const sim_socket *s) {
    return (uint32_t)(s - w->sockets);
}

/* --- sending ---------------------------------------------------------------------------------- */

static void frame_send(sim_world *w, sim_socket *s, uint8_t opcode, gc_span payload) {
    if (s->closed_ms != 0) {
        return; /* the library drops what comes after the close frame */
    }
    uint32_t size = GC_WS_HEAD_BYTES_MAX + payload.len;
    uint8_t *frame = sim_pool_take(&w->pool, size);
    uint32_t head = gc_ws_head_write(frame, opcode, payload.len);
    if (payload.len > 0) {
        memcpy(frame + head, payload.data, payload.len);
    }
    sim_world_note(w, s->node, SIM_MARK_STOCK, index_of(w, s), opcode, 0, payload);
    sim_socket_bytes(w, s, false, gc_span_of(frame, head + payload.len));
    sim_pool_give(&w->pool, frame, size);
}

static void close(sim_world *w, sim_socket *s) {
    frame_send(w, s, GC_WS_CLOSE, GC_SPAN_NONE);
    s->closed_ms = s->closed_ms == 0 ? w->now_ms : s->closed_ms;
}

static void refuse(sim_world *w, sim_socket *s, gc_span frame) {
    frame_send(w, s, GC_WS_TEXT, frame);
    close(w, s);
}

/* --- messages --------------------------------------------------------------------------------- */

typedef struct message {
    gc_signal type;
    gc_span src, dst;
    gc_span payload; /* raw JSON; data NULL when there is none */
} message;

static uint32_t message_room(const message *m) {
    return FRAME_ROOM + 6 * (m->src.len + m->dst.len) + m->payload.len;
}

static gc_span message_write(const message *m, uint8_t *out, uint32_t size) {
    gc_writer text;
    gc_writer_init(&text, out, size);
    gc_writer_text(&text, "{\"type\":\"");
    gc_writer_text(&text, gc_signal_word(m->type));
    gc_writer_text(&text, "\",\"src\":");
    gc_json_write_string(&text, m->src);
    gc_writer_text(&text, ",\"dst\":");
    gc_json_write_string(&text, m->dst);
    if (m->payload.data != NULL) {
        gc_writer_text(&text, ",\"payload\":");
        gc_writer_span(&text, m->payload);
    }
    gc_writer_text(&text, "}");
    gc_assert(!text.failed);
    return gc_writer_done(&text);
}

/* A queue is as old as its oldest message. */
static uint64_t queue_ms(const sim_world *w, gc_span dst) {
    const sim_peer_server *p = w->server.stock;
    for (uint32_t i = 0; i < p->held_count; i++) {
        if (gc_span_equal(gc_span_of(p->held[i].dst, p->held[i].dst_len), dst)) {
            return p->held[i].queue_ms;
        }
    }
    return w->now_ms;
}

static void hold(sim_world *w, const message *m, gc_span text) {
    sim_peer_server *p = w->server.stock;
    uint64_t since_ms = queue_ms(w, m->dst);
    gc_assert(p->held_count < p->held_max && m->dst.len <= GC_ID_BYTES_MAX);
    sim_stock_held *h = &p->held[p->held_count++];
    *h = (sim_stock_held){
        .queue_ms = since_ms, .src_len = m->src.len, .dst_len = m->dst.len, .len = text.len};
    memcpy(h->src, m->src.data, m->src.len);
    memcpy(h->dst, m->dst.data, m->dst.len);
    h->text = sim_pool_copy(&w->pool, text);
}

/* The dead get it too: nothing comes back, and nobody is told. */
static void transmit(sim_world *w, const message *m) {
    sim_peer_server *p = w->server.stock;
    sim_stock_entry *e = m->dst.len > 0 ? find(p, m->dst) : NULL;
    if (e == NULL && m->dst.len == 0) {
        if (m->type == GC_SIGNAL_LEAVE) {
            unlist(p, m->src);
        }
        return;
    }
    if (e == NULL && (m->type == GC_SIGNAL_LEAVE || m->type == GC_SIGNAL_EXPIRE)) {
        return;
    }
    uint32_t size = message_room(m);
    uint8_t *buffer = sim_pool_take(&w->pool, size);
    gc_span text = message_write(m, buffer, size);
    sim_socket *s = e != NULL ? socket_of(w, e) : NULL;
    if (e == NULL) {
        hold(w, m, text);
    } else if (s != NULL) {
        frame_send(w, s, GC_WS_TEXT, text);
    }
    sim_pool_give(&w->pool, buffer, size);
}

static uint32_t place_of(gc_span text, gc_span word) {
    uint32_t i = 0;
    while (i + word.len <= text.len && !gc_span_equal(gc_span_of(text.data + i, word.len), word)) {
        i++;
    }
    return i + word.len <= text.len ? i : text.len;
}

/* The operator knows the slots by what is sent there, but not the room's secret. Each knock is
 * answered by a stranger of his, who has no better proof than the knock's own. */
static void lie(sim_world *w, sim_socket *s, const message *m) {
    uint32_t at = place_of(m->payload, GC_SPAN("\"knock\""));
    if (!w->scenario.liar || m->type != GC_SIGNAL_CANDIDATE || at == m->payload.len) {
        return;
    }
    uint8_t payload[GC_MESSAGE_BYTES_MAX / 8], text[GC_MESSAGE_BYTES_MAX / 8 + FRAME_ROOM];
    uint32_t behind = at + GC_SPAN("\"knock\"").len;
    gc_writer forged;
    gc_writer_init(&forged, payload, sizeof payload);
    gc_writer_bytes(&forged, m->payload.data, at);
    gc_writer_text(&forged, "\"members\"");
    gc_writer_bytes(&forged, m->payload.data + behind, m->payload.len - behind);
    gc_assert(!forged.failed);
    message answer = {.type = GC_SIGNAL_CANDIDATE,
                      .src = GC_SPAN("astrangerastrangerastrange"),
                      .dst = m->src,
                      .payload = gc_writer_done(&forged)};
    frame_send(w, s, GC_WS_TEXT, message_write(&answer, text, sizeof text));
}

/* Takes all messages held for an id out of the queue; to NULL: they are lost. */
static void flush(sim_world *w, gc_span dst, sim_socket *to) {
    sim_peer_server *p = w->server.stock;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < p->held_count; i++) {
        sim_stock_held *h = &p->held[i];
        if (!gc_span_equal(gc_span_of(h->dst, h->dst_len), dst)) {
            p->held[kept++] = *h;
            continue;
        }
        if (to != NULL) {
            frame_send(w, to, GC_WS_TEXT, gc_span_of(h->text, h->len));
        }
        sim_pool_give(&w->pool, h->text, h->len);
    }
    p->held_count = kept;
}

/* --- admission -------------------------------------------------------------------------------- */

#define ERROR_FRAME(text) GC_SPAN("{\"type\":\"ERROR\",\"payload\":{\"msg\":\"" text "\"}}")

static uint32_t listed(const sim_peer_server *p) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < p->entry_max; i++) {
        count += p->entries[i].used && p->entries[i].listed;
    }
    return count;
}

/* Takes a socket for an entry: a new one, or (take-over) one that has a socket already. That one
 * stays open, and the life clock goes on as it was. */
static void seat(sim_world *w, sim_socket *s, sim_stock_entry *e) {
    e->sockets++;
    e->socket = index_of(w, s) + 1;
    s->entry = (uint32_t)(e - w->server.stock->entries) + 1;
    flush(w, gc_span_of(e->id, e->id_len), s);
}

void sim_peer_server_open(sim_world *w, sim_socket *s, gc_span head, gc_span query) {
    sim_peer_server *p = w->server.stock;
    gc_signal_query q;
    sim_socket_bytes(w, s, false, head);
    if (gc_signal_query_parse(query, &q) != 0 || q.id_len == 0 || q.token_len == 0 ||
        q.key_len == 0) {
        refuse(w, s, ERROR_FRAME("No id, token, or key supplied to websocket server"));
        return;
    }
    if (!gc_span_equal(gc_span_of(q.key, q.key_len), GC_SPAN("peerjs"))) {
        refuse(w, s, ERROR_FRAME("Invalid key provided"));
        return;
    }
    sim_stock_entry *e = find(p, gc_span_of(q.id, q.id_len));
    if (e == NULL && listed(p) >= p->concurrent_max) {
        refuse(w, s, ERROR_FRAME("Server has reached its concurrent user limit"));
        return;
    }
    if (e == NULL) {
        e = add(w, &q);
        frame_send(w, s, GC_WS_TEXT, GC_SPAN("{\"type\":\"OPEN\"}"));
    } else if (!gc_span_equal(gc_span_of(e->token, e->token_len),
                              gc_span_of(q.token, q.token_len))) {
        refuse(w, s, GC_SPAN("{\"type\":\"ID-TAKEN\",\"payload\":{\"msg\":\"ID is taken\"}}"));
        return;
    }
    seat(w, s, e);
}

void sim_peer_server_gone(sim_world *w, sim_socket *s) {
    sim_stock_entry *e = entry_of(w, s);
    s->entry = 0;
    if (e == NULL) {
        return;
    }
    gc_assert(e->used && e->sockets > 0);
    e->sockets--;
    if (e->socket == index_of(w, s) + 1) {
        e->socket = 0;
        unlist(w->server.stock, gc_span_of(e->id, e->id_len));
    }
    release(e);
}

/* --- frames ----------------------------------------------------------------------------------- */

static bool read_string(gc_span raw, uint8_t out[GC_ID_BYTES_MAX], gc_span *text) {
    uint32_t len = 0;
    if (raw.data == NULL || gc_json_unescape(raw, out, GC_ID_BYTES_MAX, &len) != 0) {
        return false;
    }
    *text = gc_span_of(out, len);
    return true;
}

void sim_peer_server_frame(sim_world *w, sim_socket *s, uint8_t opcode, gc_span payload) {
    gc_json_message json;
    uint8_t dst[GC_ID_BYTES_MAX];
    sim_stock_entry *e = entry_of(w, s);
    if (opcode != GC_WS_TEXT && opcode != GC_WS_BINARY) {
        return;
    }
    if (gc_json_split(payload, &json) != 0 || !json.is_object) {
        /* npm's process ends by this, or never hears this socket again. */
        sim_fail(w, SIM_INVARIANT_FRAME, s->node, index_of(w, s), true, 0);
        return;
    }
    if (e == NULL) {
        return; /* it was refused: nobody listens */
    }
    message m = {.type = gc_signal_of(json.type),
                 .src = gc_span_of(e->id, e->id_len),
                 .payload = json.payload};
    (void)read_string(json.dst, dst, &m.dst);
    switch (m.type) {
    case GC_SIGNAL_HEARTBEAT:
        e->alive_ms = w->now_ms;
        break;
    case GC_SIGNAL_OFFER:
    case GC_SIGNAL_ANSWER:
    case GC_SIGNAL_CANDIDATE:
    case GC_SIGNAL_LEAVE:
    case GC_SIGNAL_EXPIRE:
        transmit(w, &m);
        lie(w, s, &m);
        break;
    default:
        break;
    }
}

/* --- sweeps ----------------------------------------------------------------------------------- */

static void sweep_entries(sim_world *w) {
    sim_peer_server *p = w->server.stock;
    for (uint32_t i = 0; i < p->entry_max; i++) {
        sim_stock_entry *e = &p->entries[i];
        if (!e->used || !e->listed || w->now_ms - e->alive_ms < SIM_STOCK_ALIVE_MS) {
            continue;
        }
        sim_socket *s = socket_of(w, e);
        if (s != NULL) {
            close(w, s);
        }
        flush(w, gc_span_of(e->id, e->id_len), NULL);
        e->listed = false;
        e->socket = 0;
        release(e);
    }
}

/* What was closed and never answered, or (a connection that was taken over) is dead for good. */
static void sweep_sockets(sim_world *w) {
    for (uint32_t i = 0; i < w->socket_count; i++) {
        sim_socket *s = &w->sockets[i];
        if (!s->used || !s->server) {
            continue;
        }
        const sim_stock_entry *e = entry_of(w, s);
        bool late = s->closed_ms != 0 && s->closed_ms + CLOSE_WAIT_MS <= w->now_ms;
        if (late || (s->cut && !s->client && (e == NULL || e->socket != i + 1))) {
            sim_peer_server_gone(w, s);
            sim_socket_server_closed(w, s);
        }
    }
}

static bool is_told(const sim_peer_server *p, uint32_t before, const sim_stock_held *h) {
    for (uint32_t i = 0; i < before; i++) {
        const sim_stock_held *o = &p->held[i];
        if (o->len == 0 &&
            gc_span_equal(gc_span_of(o->src, o->src_len), gc_span_of(h->src, h->src_len)) &&
            gc_span_equal(gc_span_of(o->dst, o->dst_len), gc_span_of(h->dst, h->dst_len))) {
            return true;
        }
    }
    return false;
}

/* One EXPIRE for each (src, dst), and the whole queue is lost. */
static void prune(sim_world *w) {
    sim_peer_server *p = w->server.stock;
    uint32_t count = p->held_count, kept = 0;
    for (uint32_t i = 0; i < count; i++) {
        sim_stock_held *h = &p->held[i];
        if (w->now_ms - h->queue_ms < SIM_STOCK_EXPIRE_MS) {
            continue;
        }
        if (!is_told(p, i, h)) {
            message m = {.type = GC_SIGNAL_EXPIRE,
                         .src = gc_span_of(h->dst, h->dst_len),
                         .dst = gc_span_of(h->src, h->src_len)};
            transmit(w, &m);
        }
        sim_pool_give(&w->pool, h->text, h->len);
        h->len = 0;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (p->held[i].len > 0) {
            p->held[kept++] = p->held[i];
        }
    }
    p->held_count = kept;
}

uint64_t sim_peer_server_deadline(const sim_peer_server *p) {
    return p->sweep_ms < p->expire_ms ? p->sweep_ms : p->expire_ms;
}

void sim_peer_server_wake(sim_world *w) {
    sim_peer_server *p = w->server.stock;
    if (p->sweep_ms <= w->now_ms) {
        sweep_entries(w);
        sweep_sockets(w);
        p->sweep_ms = w->now_ms + SWEEP_MS;
    }
    if (p->expire_ms <= w->now_ms) {
        prune(w);
        p->expire_ms = w->now_ms + PRUNE_MS;
    }
}

void sim_peer_server_stop(sim_world *w) {
    sim_peer_server *p = w->server.stock;
    for (uint32_t i = 0; i < p->held_count; i++) {
        sim_pool_give(&w->pool, p->held[i].text, p->held[i].len);
    }
    p->held_count = 0;
    memset(p->entries, 0, p->entry_max * sizeof *p->entries);
    for (uint32_t i = 0; i < w->socket_count; i++) {
        w->sockets[i].entry = 0;
    }
}

/* --- for the oracle and for faults ------------------------------------------------------------ */

uint32_t sim_peer_server_left(const sim_peer_server *p) {
    return listed(p) + p->held_count;
}

bool sim_peer_server_stale(const sim_world *w) {
    for (uint32_t i = 0; i < w->socket_count; i++) {
        const sim_socket *s = &w->sockets[i];
        const sim_stock_entry *e = s->used ? entry_of(w, s) : NULL;
        bool slot =
            e != NULL && e->listed && e->socket == i + 1 && s->kind == GC_SIGNALING_SOCKET_SLOT;
        if (s->used && s->cut && (s->client || slot)) {
            return true;
        }
    }
    return false;
}

uint32_t sim_peer_server_holder(const sim_world *w, uint32_t index) {
    const sim_peer_server *p = w->server.stock;
    for (uint32_t i = 0; i < p->entry_max; i++) {
        const sim_stock_entry *e = &p->entries[i];
        if (!e->used || !e->listed || e->socket == 0) {
            continue;
        }
        const sim_socket *s = &w->sockets[e->socket - 1];
        if (s->kind == GC_SIGNALING_SOCKET_SLOT && s->client && index-- == 0) {
            return s->node;
        }
    }
    return SIM_NONE;
}
