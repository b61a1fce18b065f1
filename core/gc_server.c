/* Routes inputs to the nouns of core/proto, and merges outputs and deadlines. */
#include "core/gc_server.h"

#include "core/base/assert.h"
#include "core/base/error.h"
#include "core/base/mem.h"
#include "core/server.h"
#include "core/wire/websocket.h"

/* Held messages take at most this part of the pool, so that they never starve live clients. */
#define HELD_PART 4
/* 16 MiB a message: lengths stay far below 2^32. */
#define MESSAGE_BYTES_CEILING (1u << 24)

/* --- memory ----------------------------------------------------------------------------------- */

static uint32_t or_default(uint32_t value, uint32_t standard) {
    return value == 0 ? standard : value;
}

static gc_server_config without_zeros(const gc_server_config *config) {
    gc_server_config c = *config;
    if (c.key == NULL) {
        c.key = "peerjs";
    }
    c.alive_timeout_ms = or_default(c.alive_timeout_ms, GC_ALIVE_MS);
    c.expire_timeout_ms = or_default(c.expire_timeout_ms, GC_EXPIRE_MS);
    c.concurrent_max = or_default(c.concurrent_max, GC_CONCURRENT_MAX);
    if (c.connections_max == 0 && c.concurrent_max <= GC_CONNECTIONS_MAX) {
        c.connections_max = c.concurrent_max + GC_SPARE_CONNECTIONS;
    }
    c.per_address_max = or_default(c.per_address_max, GC_PER_ADDRESS_MAX);
    c.connects_per_second = or_default(c.connects_per_second, GC_CONNECTS_PER_SECOND);
    c.rate_per_second = or_default(c.rate_per_second, GC_RATE_PER_SECOND);
    c.message_bytes_max = or_default(c.message_bytes_max, GC_MESSAGE_BYTES_MAX);
    c.queue_bytes_max = or_default(c.queue_bytes_max, GC_QUEUE_BYTES_MAX);
    c.memory_bytes_max = c.memory_bytes_max == 0 ? GC_MEMORY_BYTES_MAX : c.memory_bytes_max;
    return c;
}

static bool makes_sense(const gc_server_config *c) {
    return c->connections_max > 0 && c->connections_max <= GC_CONNECTIONS_MAX &&
           c->message_bytes_max <= MESSAGE_BYTES_CEILING &&
           c->queue_bytes_max >= c->message_bytes_max &&
           c->memory_bytes_max >= 2 * (uint64_t)c->queue_bytes_max &&
           c->memory_bytes_max / GC_BLOCK_BYTES >= 2 * HELD_PART &&
           c->memory_bytes_max / GC_BLOCK_BYTES < UINT32_MAX;
}

/* Places everything behind the server; with a measuring arena only counts. */
static void lay_out(gc_server *s, gc_arena *a, const uint8_t keys[80]) {
    uint32_t connections = s->config.connections_max;
    uint32_t blocks = (uint32_t)(s->config.memory_bytes_max / GC_BLOCK_BYTES);
    s->connections = gc_arena_take(a, connections, sizeof *s->connections);
    s->waits = gc_arena_take(a, connections, sizeof *s->waits);
    gc_order_init(&s->free, a, connections);
    gc_order_init(&s->ready, a, connections);
    gc_order_init(&s->unsent, a, connections);
    gc_order_init(&s->doomed, a, connections);
    gc_timers_init(&s->timers, a, connections);
    gc_registry_init(&s->registry, a, connections, keys);
    gc_rooms_init(&s->rooms, a, connections, keys + 48);
    gc_addresses_init(&s->addresses, a, connections, s->config.per_address_max, keys + 64);
    s->penalties = gc_arena_take(a, 1, sizeof *s->penalties);
    gc_held_init(&s->held, a, blocks / HELD_PART, s->config.expire_timeout_ms);
    gc_block_pool_init(&s->pool, a, blocks);
}

/* The key is that of the addresses: both hash the same, and neither shows it. */
static void init_penalties(gc_server *s, const uint8_t key[16]) {
    uint32_t per_second = s->config.connects_per_second;
    uint64_t ahead = (uint64_t)GC_CONNECTS_AHEAD * s->config.per_address_max;
    if (ahead < per_second && per_second != UINT32_MAX) {
        ahead = per_second;
    }
    gc_penalties_init(s->penalties, key, per_second,
                      ahead < UINT32_MAX ? (uint32_t)ahead : UINT32_MAX);
}

size_t gc_server_size(const gc_server_config *config) {
    gc_server s; /* laid out over nothing: only its config is read */
    s.config = without_zeros(config);
    if (!makes_sense(&s.config)) {
        return 0;
    }
    const uint8_t keys[80] = {0};
    gc_arena a;
    gc_arena_measure(&a);
    gc_arena_take(&a, 1, sizeof s);
    lay_out(&s, &a, keys);
    return a.at == SIZE_MAX ? 0 : a.at;
}

gc_server *gc_server_init(void *memory, size_t bytes, const gc_server_config *config,
                          const uint8_t seed[32], uint64_t now_ms) {
    size_t need = gc_server_size(config);
    if (memory == NULL || need == 0 || bytes < need) {
        return NULL;
    }
    gc_arena a;
    gc_arena_init(&a, memory, bytes);
    gc_server *s = gc_arena_take(&a, 1, sizeof *s);
    uint8_t keys[80];
    s->config = without_zeros(config);
    s->now_ms = now_ms;
    s->ping_ms = s->config.alive_timeout_ms / 3;
    if (s->ping_ms > GC_PING_MS_MAX) {
        s->ping_ms = GC_PING_MS_MAX;
    }
    s->ping_ms += s->ping_ms == 0;
    gc_drbg_init(&s->drbg, seed);
    gc_drbg_bytes(&s->drbg, keys, sizeof keys);
    lay_out(s, &a, keys);
    init_penalties(s, keys + 64);
    gc_assert(a.at <= bytes && s->pool.blocks != NULL);
    return s;
}

/* --- inputs ----------------------------------------------------------------------------------- */

/* A clock that steps back is clamped: no deadline is ever met twice. */
static void at_time(gc_server *s, uint64_t now_ms) {
    if (now_ms > s->now_ms) {
        s->now_ms = now_ms;
    }
}

static int refuse(gc_server *s, uint32_t why, uint32_t *reason) {
    s->stats.rejected_total[why]++;
    *reason = why;
    return GC_E_REFUSED;
}

int gc_server_accept(gc_server *s, uint64_t now_ms, const gc_addr *from, gc_conn *conn,
                     uint32_t *reason) {
    at_time(s, now_ms);
    *conn = GC_CONN_NONE;
    if (s->stopping) {
        return refuse(s, GC_REASON_SERVER_RESTART, reason);
    }
    if (from->family != 0 && !gc_penalties_admit(s->penalties, s->now_ms, from)) {
        return refuse(s, GC_REASON_ADDRESS_LIMIT, reason);
    }
    if (s->connection_count >= s->config.connections_max) {
        return refuse(s, GC_REASON_SERVER_FULL, reason);
    }
    uint32_t address = GC_ADDRESS_NONE;
    if (from->family != 0) {
        address = gc_addresses_add(&s->addresses, from);
        if (address == GC_ADDRESS_NONE) {
            return refuse(s, GC_REASON_ADDRESS_LIMIT, reason);
        }
    }
    *reason = GC_REASON_NONE;
    *conn = gc__handle(s, gc__connection_make(s, address));
    s->stats.connects_total++;
    return 0;
}

int gc_server_readdress(gc_server *s, uint64_t now_ms, gc_conn conn, const gc_addr *from,
                        uint32_t *reason) {
    at_time(s, now_ms);
    *reason = GC_REASON_NONE;
    uint32_t n = gc__slot(s, conn);
    if (n == GC_SLOT_NONE) {
        return GC_E_CLOSED;
    }
    gc_connection *c = gc__at(s, n);
    uint32_t before = c->address;
    c->offends = false; /* who may connect how often is the proxy's business */
    if (before != GC_ADDRESS_NONE) {
        gc_addresses_remove(&s->addresses, before); /* it may be the same address at its limit */
    }
    c->address = from->family == 0 ? GC_ADDRESS_NONE : gc_addresses_add(&s->addresses, from);
    if (from->family != 0 && c->address == GC_ADDRESS_NONE) {
        return refuse(s, GC_REASON_ADDRESS_LIMIT, reason);
    }
    return 0;
}

void gc_server_offend(gc_server *s, uint64_t now_ms, gc_conn conn) {
    at_time(s, now_ms);
    uint32_t n = gc__slot(s, conn);
    if (n != GC_SLOT_NONE) {
        gc__offend(s, n);
    }
}

void gc_server_request_done(gc_server *s, uint64_t now_ms, gc_conn conn) {
    at_time(s, now_ms);
    uint32_t n = gc__slot(s, conn);
    if (n != GC_SLOT_NONE && gc__at(s, n)->state == GC_CONNECTION_READING) {
        gc__at(s, n)->since_ms = s->now_ms;
        gc__at(s, n)->served = true;
        gc__clock(s, n);
    }
}

int gc_server_open(gc_server *s, uint64_t now_ms, gc_conn conn, const gc_server_open_request *r) {
    at_time(s, now_ms);
    uint32_t n = gc__slot(s, conn);
    if (n == GC_SLOT_NONE || gc__at(s, n)->state != GC_CONNECTION_READING) {
        return GC_E_STATE;
    }
    gc_assert(r->response_head.len <= GC_HEAD_101_MAX);
    gc_assert(r->ice_servers.len <= GC_ICE_BYTES_MAX);
    gc__admission_open(s, n, r);
    gc__settle(s);
    return 0;
}

static void on_close_frame(gc_server *s, uint32_t n, uint16_t code) {
    gc__close(s, n, code == GC_WS_NO_CODE ? 0 : code, GC_REASON_LEFT);
}

static void on_frame(gc_server *s, uint32_t n, uint8_t opcode, gc_span data, uint16_t code) {
    if (opcode == GC_WS_CLOSE) {
        on_close_frame(s, n, code);
        return;
    }
    gc__on_frame(s, n);
    if (opcode == GC_WS_PING) {
        gc__send(s, n, GC_WS_PONG, &data, 1);
    } else if (opcode != GC_WS_PONG && gc__at(s, n)->state == GC_CONNECTION_OPEN) {
        /* A client that still waits for its id may send HEARTBEATs: nothing to do. */
        gc__on_message(s, n, data);
    }
}

int gc_server_frame(gc_server *s, uint64_t now_ms, gc_conn conn, uint8_t opcode, gc_span data,
                    uint16_t code) {
    at_time(s, now_ms);
    uint32_t n = gc__slot(s, conn);
    if (n == GC_SLOT_NONE) {
        return GC_E_CLOSED;
    }
    uint8_t state = gc__at(s, n)->state;
    if (state == GC_CONNECTION_READING) {
        return GC_E_STATE;
    }
    if (data.len > s->config.message_bytes_max) {
        return gc_server_bad_frame(s, now_ms, conn, GC_WS_TOO_BIG, GC_REASON_TOO_BIG);
    }
    if (state != GC_CONNECTION_CLOSING) {
        on_frame(s, n, opcode, data, code);
        gc__settle(s);
    }
    return 0;
}

int gc_server_bad_frame(gc_server *s, uint64_t now_ms, gc_conn conn, uint16_t close_code,
                        uint32_t reason) {
    at_time(s, now_ms);
    uint32_t n = gc__slot(s, conn);
    if (n == GC_SLOT_NONE) {
        return GC_E_CLOSED;
    }
    if (gc__at(s, n)->state != GC_CONNECTION_CLOSING) {
        s->stats.cut_total[reason]++;
        gc__offend(s, n);
        gc__close(s, n, close_code, reason);
        gc__settle(s);
    }
    return 0;
}

void gc_server_sent(gc_server *s, uint64_t now_ms, gc_conn conn, uint32_t bytes) {
    at_time(s, now_ms);
    uint32_t n = gc__slot(s, conn);
    if (n == GC_SLOT_NONE || bytes == 0) {
        return;
    }
    gc_connection *c = gc__at(s, n);
    gc_assert(bytes <= c->queue.len);
    gc_block_queue_drop(&s->pool, &c->queue, bytes);
    s->stats.queued_bytes -= bytes;
    c->took_ms = s->now_ms;
    if (c->queue.len == 0) {
        gc_order_remove(&s->unsent, n); /* a little progress does not make a reader quick */
        c->write_given = false;
    }
}

/* An end that the host saw before us is counted as what it was: refused, or an open client cut. */
static void count_close(gc_server *s, const gc_connection *c, uint32_t reason) {
    if (reason == GC_REASON_NONE || reason == GC_REASON_GONE || reason == GC_REASON_LEFT) {
        return;
    }
    if (c->state == GC_CONNECTION_READING) {
        s->stats.rejected_total[reason]++;
    } else if (c->state != GC_CONNECTION_CLOSING) {
        s->stats.cut_total[reason]++;
    }
}

void gc_server_close(gc_server *s, uint64_t now_ms, gc_conn conn, uint32_t reason) {
    at_time(s, now_ms);
    uint32_t n = gc__slot(s, conn);
    if (n == GC_SLOT_NONE) {
        return;
    }
    gc_assert(reason < 64);
    count_close(s, gc__at(s, n), reason);
    gc__end(s, n, reason, true);
    gc__settle(s);
    gc__connection_free(s, n);
}

void gc_server_shutdown(gc_server *s, uint64_t now_ms) {
    at_time(s, now_ms);
    s->stopping = true;
    for (uint32_t n = 0; n < s->touched; n++) {
        uint8_t state = gc__at(s, n)->state;
        if (state == GC_CONNECTION_READING) {
            gc__end(s, n, GC_REASON_SERVER_RESTART, true);
        } else if (state == GC_CONNECTION_OPEN || state == GC_CONNECTION_WAITING) {
            gc__close(s, n, GC_WS_RESTART, GC_REASON_SERVER_RESTART);
        } else if (state == GC_CONNECTION_CLOSING) {
            gc__clock(s, n);
        }
    }
    gc__settle(s);
}

void gc_server_tick(gc_server *s, uint64_t now_ms) {
    at_time(s, now_ms);
    gc__liveness_tick(s);
    gc__relay_tick(s);
    gc__settle(s);
    gc_assert(gc_server_deadline(s) > s->now_ms); /* else the host would spin */
}

/* --- outputs ---------------------------------------------------------------------------------- */

static bool take_output(gc_connection *c, gc_server_output *out) {
    if (c->pending & (GC_PENDING_PAUSE | GC_PENDING_RESUME)) {
        out->type = c->pending & GC_PENDING_PAUSE ? GC_SERVER_PAUSE : GC_SERVER_RESUME;
        c->pending &= (uint8_t)~GC_PENDING_PAUSE & (uint8_t)~GC_PENDING_RESUME;
    } else if (c->pending & GC_PENDING_WRITE) {
        c->pending &= (uint8_t)~GC_PENDING_WRITE;
        if (c->queue.len == 0 || c->write_given) {
            return false;
        }
        c->write_given = true;
        out->type = GC_SERVER_WRITE;
    } else {
        gc_assert(c->pending & GC_PENDING_CLOSE);
        c->pending = 0;
        out->type = GC_SERVER_CLOSE;
        out->reason = c->reason;
        out->now = c->now;
    }
    return true;
}

bool gc_server_poll(gc_server *s, gc_server_output *out) {
    *out = (gc_server_output){.type = GC_SERVER_IDLE};
    for (;;) {
        uint32_t n = gc_order_first(&s->ready);
        if (n == GC_ORDER_END) {
            return false;
        }
        gc_connection *c = gc__at(s, n);
        bool taken = c->pending != 0 && take_output(c, out);
        if (c->pending == 0) {
            gc_order_remove(&s->ready, n);
        }
        if (taken) {
            out->conn = gc__handle(s, n);
            return true;
        }
    }
}

uint32_t gc_server_unsent(const gc_server *s, gc_conn conn, gc_span *spans, uint32_t max) {
    uint32_t n = gc__slot(s, conn);
    if (n == GC_SLOT_NONE) {
        return 0;
    }
    return gc_block_queue_spans(&s->pool, &s->connections[n].queue, spans, max);
}

uint64_t gc_server_deadline(const gc_server *s) {
    uint64_t a = gc_timers_deadline(&s->timers);
    uint64_t b = gc_held_deadline(&s->held);
    return a < b ? a : b;
}

/* --- what the host's HTTP side asks */

/* RFC 9562 5.4: version 4, variant 10. */
void gc_server_new_id(gc_server *s, uint8_t out[36]) {
    const char *digits = "0123456789abcdef";
    gc_span id = gc_span_of(out, 36);
    do {
        uint8_t r[16];
        gc_drbg_bytes(&s->drbg, r, sizeof r);
        r[6] = (uint8_t)((r[6] & 0x0f) | 0x40);
        r[8] = (uint8_t)((r[8] & 0x3f) | 0x80);
        uint32_t at = 0;
        for (uint32_t i = 0; i < 16; i++) {
            if (i == 4 || i == 6 || i == 8 || i == 10) {
                out[at++] = '-';
            }
            out[at++] = (uint8_t)digits[r[i] >> 4];
            out[at++] = (uint8_t)digits[r[i] & 15];
        }
        gc_assert(at == 36);
    } while (gc_registry_find(&s->registry, gc_registry_hash(&s->registry, id), id) !=
             GC_IDENTITY_NONE);
}

bool gc_server_discovery_allowed(const gc_server *s) {
    return s->config.allow_discovery;
}

bool gc_server_next_id(const gc_server *s, uint32_t *cursor, gc_span *id) {
    while (*cursor < s->touched) {
        const gc_identity *p = gc_registry_at(&s->registry, (*cursor)++);
        if (p->registered) {
            *id = gc_identity_id(p);
            return true;
        }
    }
    return false;
}

void gc_server_get_stats(const gc_server *s, gc_server_stats *out) {
    *out = s->stats;
    out->connections = s->connection_count;
    out->peers = s->registry.ids.count;
    out->rooms = gc_rooms_count(&s->rooms);
    out->room_members = s->rooms.member_count;
    out->held_messages = s->held.count;
    out->held_bytes = s->held.bytes;
    out->penalties_total = s->penalties->given;
    out->penalized_total = s->penalties->refused;
    out->memory_used_bytes = (uint64_t)s->pool.used * GC_BLOCK_BYTES;
}
