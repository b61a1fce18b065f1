/* gc_server under any sequence of inputs: connects, queries, messages, closes, reads in pieces,
 * datagrams, time in both directions. After each its invariants hold, every frame that it sends is
 * one that a client may get, every datagram is one answer to who asked, and when all have left and
 * all has expired nothing is in use.
 *
 * Input: operations of one byte (low half: what, high half: which of 8 clients) and arguments. */
#include "core/base/assert.h"
#include "core/base/utf8.h"
#include "core/base/writer.h"
#include "core/gc_server.h"
#include "core/proto/held.h"
#include "core/wire/json.h"
#include "core/wire/keyed_id.h"
#include "core/wire/peerjs.h"
#include "core/wire/stun.h"
#include "core/wire/websocket.h"

#include <stdlib.h>
#include <string.h>

#define CLIENTS  8
#define RX_BYTES 65536

typedef struct client {
    gc_conn conn;
    gc_ws_decoder decoder;
    uint8_t *rx; /* RX_BYTES, never cleared: that took longer than the rest */
    uint32_t rx_len;
    uint32_t head_left;
    bool deaf, upgraded, ended;
} client;

typedef struct world {
    gc_server *s;
    const uint8_t *data;
    size_t len;
    uint64_t now_ms;
    client clients[CLIENTS];
    const gc_addr *asker; /* while the datagram that just came in may be answered */
    const uint8_t *transaction;
    uint32_t socket;
    uint32_t packets; /* from all clients, as their kernels count */
} world;

static const char *const IDS[] = {"a", "b", "c", "%22%5c", "%00", "%c3%a9 ", "d", "nobody"};
static const char *const TYPES[] = {"OFFER",  "ANSWER",  "CANDIDATE", "LEAVE",
                                    "EXPIRE", "GC-JOIN", "GC-LEAVE",  "HEARTBEAT"};
static const char *const TAGS[] = {"00112233445566778899aabbccddeeff",
                                   "10112233445566778899aabbccddeeff"};

static uint32_t byte(world *w) {
    if (w->len == 0) {
        return 0;
    }
    w->len--;
    return *w->data++;
}

static gc_span bytes(world *w, uint32_t n) {
    gc_span s = gc_span_of(w->data, w->len < n ? (uint32_t)w->len : n);
    w->data += s.len;
    w->len -= s.len;
    return s;
}

/* --- what a client may get -------------------------------------------------------------------- */

static void see_text(gc_span text) {
    gc_json_message m;
    gc_assert(gc_json_split(text, &m) == 0 && m.is_object);
    gc_signal type = gc_signal_of(m.type);
    if (gc_span_equal(m.type, GC_SPAN("\"GC-BAD\""))) {
        return; /* clients have no use for it, so it has no number */
    }
    gc_assert(type != GC_SIGNAL_OTHER && type != GC_SIGNAL_HEARTBEAT && type != GC_SIGNAL_GC_JOIN);
}

static void see_bytes(client *c, gc_span in) {
    uint32_t skip = in.len < c->head_left ? in.len : c->head_left;
    c->head_left -= skip;
    gc_assert(c->rx_len + in.len - skip <= RX_BYTES);
    if (in.len > skip) {
        memcpy(c->rx + c->rx_len, in.data + skip, in.len - skip);
    }
    c->rx_len += in.len - skip;
    for (;;) {
        gc_ws_event e;
        uint32_t used, kept;
        gc_assert(gc_ws_decode(&c->decoder, c->rx, c->rx_len, &used, &kept, &e) == 0);
        gc_assert(!c->ended || e.opcode == 0); /* a close frame is the last one */
        gc_assert(e.opcode != GC_WS_BINARY);
        if (e.opcode == GC_WS_TEXT) {
            see_text(e.payload);
        }
        c->ended = c->ended || e.opcode == GC_WS_CLOSE;
        memmove(c->rx, c->rx + used, kept);
        c->rx_len = kept;
        if (e.opcode == 0) {
            return;
        }
    }
}

static void read_some(world *w, client *c, uint32_t max) {
    gc_span spans[2];
    uint32_t n;
    while (max > 0 && (n = gc_server_unsent(w->s, c->conn, spans, 2)) > 0) {
        uint32_t sent = 0;
        for (uint32_t i = 0; i < n && max > 0; i++) {
            uint32_t len = spans[i].len < max ? spans[i].len : max;
            see_bytes(c, gc_span_of(spans[i].data, len));
            sent += len;
            max -= len;
        }
        gc_server_sent(w->s, w->now_ms, c->conn, sent);
    }
}

/* --- the host --------------------------------------------------------------------------------- */

static void drop(world *w, client *c) {
    gc_conn conn = c->conn;
    c->conn = GC_CONN_NONE;
    gc_server_close(w->s, w->now_ms, conn, GC_REASON_GONE);
}

static void see_datagram(world *w, const gc_server_output *out) {
    gc_addr mapped;
    gc_assert(w->asker != NULL && out->socket == w->socket);
    gc_assert(memcmp(out->to, w->asker, sizeof *out->to) == 0);
    gc_assert(gc_stun_parse_response(out->bytes, w->transaction, &mapped) == 0);
    gc_assert(memcmp(&mapped, w->asker, sizeof mapped) == 0);
    w->asker = NULL; /* one answer for one question */
}

static void drain(world *w) {
    gc_server_output out;
    while (gc_server_poll(w->s, &out)) {
        if (out.type == GC_SERVER_DATAGRAM) {
            see_datagram(w, &out);
            continue;
        }
        client *c = NULL;
        for (uint32_t i = 0; i < CLIENTS; i++) {
            if (w->clients[i].conn == out.conn) {
                c = &w->clients[i];
            }
        }
        gc_assert(c != NULL);
        if (out.type == GC_SERVER_WRITE && !c->deaf) {
            read_some(w, c, UINT32_MAX);
        } else if (out.type == GC_SERVER_MEASURE) {
            w->packets += !c->deaf; /* the kernel of a deaf one is gone, too */
            gc_server_measured(w->s, w->now_ms, c->conn, w->packets);
        } else if (out.type == GC_SERVER_CLOSE) {
            gc_span one;
            if (out.now || gc_server_unsent(w->s, c->conn, &one, 1) == 0) {
                drop(w, c);
            }
        }
    }
    gc_server_check(w->s);
}

static void do_accept(world *w, client *c) {
    uint32_t reason;
    gc_addr from = {.family = byte(w) & 1 ? 4 : 6, .ip = {(uint8_t)(byte(w) % 3)}};
    if (c->conn == GC_CONN_NONE) {
        *c = (client){.conn = GC_CONN_NONE, .rx = c->rx};
        gc_server_accept(w->s, w->now_ms, &from, &c->conn, &reason);
    }
}

static void do_open(world *w, client *c, gc_span query) {
    gc_signal_query q;
    gc_server_open_request r = {.response_head = GC_SPAN("HTTP/1.1 101\r\n\r\n"),
                                .query = &q,
                                .ice_servers = GC_SPAN("[{\"urls\":\"stun:h\"}]")};
    r.query_error = gc_signal_query_parse(query, &q);
    if (c->conn != GC_CONN_NONE && !c->upgraded) {
        c->head_left = r.response_head.len;
        c->upgraded = true;
        gc_ws_decoder_init(&c->decoder, false, RX_BYTES);
        gc_server_open(w->s, w->now_ms, c->conn, &r);
    }
}

static void do_open_by_table(world *w, client *c) {
    uint32_t a = byte(w);
    uint8_t text[200];
    gc_writer q;
    gc_writer_init(&q, text, sizeof text);
    gc_writer_text(&q, "key=peerjs&id=");
    gc_writer_text(&q, IDS[a % 7]);
    gc_writer_text(&q, a & 8 ? "&token=t" : "&token=u");
    gc_writer_text(&q, a & 16 ? "&gc=1" : "");
    if (a & 32) {
        gc_writer_text(&q, "&room=");
        gc_writer_text(&q, TAGS[a >> 7]);
    }
    c->deaf = c->deaf || (a & 64);
    do_open(w, c, gc_writer_done(&q));
}

/* Both ends of the range, and of what RFC 6455 7.4 leaves to applications. */
static const uint16_t CODES[] = {0, 1, 999, 1000, 1001, 1005, 1006, 1015, 2999, 3000, 4999, 65535};
static const char *const NUMBERS[] = {
    "0",     "-1",     "9007199254740991", "9007199254740992", "4294967296", "18446744073709551616",
    "1e999", "-1e-999"};

static void say(world *w, client *c, uint8_t opcode, gc_span text) {
    uint8_t *copy = malloc(text.len + 1u); /* ends where its memory ends */
    memcpy(copy, text.data, text.len);
    copy = realloc(copy, text.len > 0 ? text.len : 1);
    gc_server_frame(w->s, w->now_ms, c->conn, opcode, gc_span_of(copy, text.len),
                    CODES[text.len % (sizeof CODES / sizeof CODES[0])]);
    free(copy);
}

static void do_message(world *w, client *c) {
    static uint8_t text[4096], filler[255 * 12];
    uint32_t a = byte(w), size = byte(w) * 12;
    const char *id = IDS[a / 8 % 8];
    uint8_t raw[64];
    uint32_t len;
    gc_writer m;
    gc_percent_read(gc_span_of(id, (uint32_t)__builtin_strlen(id)), false, raw, sizeof raw, &len);
    memset(filler, 'x', sizeof filler);
    gc_writer_init(&m, text, sizeof text);
    gc_writer_text(&m, "{\"type\":\"");
    gc_writer_text(&m, TYPES[a % 8]);
    gc_writer_text(&m, "\",\"payload\":{\"room\":\"");
    gc_writer_text(&m, TAGS[a >> 7]);
    gc_writer_text(&m, "\",\"index\":");
    gc_writer_text(&m, NUMBERS[size / 12 % 8]);
    gc_writer_text(&m, ",\"p\":\"");
    gc_writer_bytes(&m, filler, size);
    gc_writer_text(&m, "\"}");
    if (a & 64) {
        gc_writer_text(&m, ",\"dst\":");
        gc_json_write_string(&m, gc_span_of(raw, len));
    }
    gc_writer_text(&m, "}");
    say(w, c, GC_WS_TEXT, gc_writer_done(&m));
}

static void do_readdress(world *w, client *c) {
    uint32_t reason;
    gc_addr from = {.family = 4, .ip = {(uint8_t)(byte(w) % 3)}};
    gc_server_readdress(w->s, w->now_ms, c->conn, &from, &reason);
}

/* Any bytes, or a request with any bytes after it; then any number of the same at once. */
static void do_datagram(world *w, uint32_t a) {
    static const uint16_t ports[] = {7, 0, 1, 65535};
    gc_addr from = {
        .family = a & 1 ? 4 : 6, .ip = {(uint8_t)(a >> 1 & 3)}, .port = ports[a >> 1 & 3]};
    gc_span tail = bytes(w, byte(w) * (a & 16 ? 8 : 1));
    uint32_t head = a & 8 ? 20 : 0;
    uint8_t *copy = malloc(head + tail.len + 1u);
    if (head > 0) {
        gc_stun_write_request((const uint8_t *)"transaction ", copy);
        copy[3] = (uint8_t)tail.len;
        copy[2] = (uint8_t)(tail.len >> 8);
    }
    if (tail.len > 0) {
        memcpy(copy + head, tail.data, tail.len);
    }
    copy = realloc(copy, head + tail.len > 0 ? head + tail.len : 1);
    for (uint32_t again = a & 32 ? byte(w) % 64 + 1 : 1; again > 0; again--) {
        w->asker = &from;
        w->transaction = copy + 8;
        w->socket = a >> 6;
        gc_server_datagram(w->s, w->now_ms, w->socket, &from, gc_span_of(copy, head + tail.len));
        drain(w);
    }
    w->asker = NULL;
    free(copy);
}

static void wait(world *w, uint64_t ms) {
    w->now_ms += ms;
    gc_server_tick(w->s, w->now_ms);
}

static void step(world *w) {
    uint32_t op = byte(w);
    client *c = &w->clients[op >> 4 & 7];
    const uint8_t opcodes[] = {GC_WS_TEXT, GC_WS_BINARY, GC_WS_PING, GC_WS_PONG};
    switch (op & 15) {
    case 0:
        do_accept(w, c);
        break;
    case 1:
        do_open(w, c, bytes(w, byte(w)));
        break;
    case 2:
        do_accept(w, c);
        do_open_by_table(w, c);
        break;
    case 3:
    case 4:
        do_message(w, c);
        break;
    case 5: {
        uint8_t opcode = opcodes[byte(w) % 4];
        /* a text that is no UTF-8 has been refused by the decoder */
        gc_span text = bytes(w, byte(w) % (opcode >= GC_WS_CLOSE ? 126 : 256));
        say(w, c, opcode == GC_WS_TEXT && !gc_utf8_valid(text) ? GC_WS_BINARY : opcode, text);
        break;
    }
    case 6:
        say(w, c, GC_WS_CLOSE, GC_SPAN(""));
        break;
    case 7:
        gc_server_bad_frame(w->s, w->now_ms, c->conn, GC_WS_PROTOCOL, GC_REASON_BAD_FRAME);
        break;
    case 8:
        wait(w, byte(w) * 50);
        break;
    case 9:
        wait(w, byte(w) * 1000);
        break;
    case 10:
        gc_server_tick(w->s, w->now_ms - byte(w));
        break;
    case 11:
        read_some(w, c, byte(w) * 4);
        break;
    case 12:
        c->deaf = !c->deaf;
        if (!c->deaf) {
            read_some(w, c, UINT32_MAX);
        }
        break;
    case 13:
        do_readdress(w, c);
        gc_server_request_done(w->s, w->now_ms, c->conn);
        break;
    case 14:
        drop(w, c);
        break;
    default: {
        uint32_t a = byte(w);
        if (a == 255) {
            gc_server_shutdown(w->s, w->now_ms);
        } else if (a >= 128) {
            gc_server_offend(w->s, w->now_ms, c->conn);
            gc_server_charge(w->s, w->now_ms, c->conn, a);
        } else {
            do_datagram(w, a);
        }
        break;
    }
    }
}

/* --- ids of our form -------------------------------------------------------------------------- */

#define MADE "gaaaaaaaaaaaaaaaaaaaaaaaaaa" /* what `hash` makes of any key and token */

static int hash(void *context, uint8_t *out, uint32_t out_len, const uint8_t *in, uint32_t in_len,
                const uint8_t *key, uint32_t key_len) {
    (void)context, (void)in, (void)in_len, (void)key, (void)key_len;
    memset(out, 0, out_len);
    return 0;
}

/* Nobody has an id of our form that it could not show. */
static void check_ids(const gc_server *s) {
    uint32_t cursor = 0;
    gc_span id;
    while (gc_server_next_id(s, &cursor, &id)) {
        gc_assert(!gc_keyed_id_has_form(id) || gc_span_equal(id, GC_SPAN(MADE)));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const uint8_t seed[32] = {1};
    static uint8_t rx[CLIENTS][RX_BYTES];
    gc_server_config config = {.concurrent_max = 5,
                               .connections_max = 7,
                               .per_address_max = 4,
                               .message_bytes_max = 4096,
                               .queue_bytes_max = 8192,
                               .memory_bytes_max = 20480,
                               .connects_per_second = 20,
                               .rate_per_second = 20};
    const gc_crypto crypto = {.hash = hash};
    gc_server_stats stats;
    size_t need = gc_server_size(&config);
    void *memory = calloc(1, need);
    world w = {.data = data, .len = size, .now_ms = 1000};
    for (uint32_t i = 0; i < CLIENTS; i++) {
        w.clients[i].rx = rx[i];
    }
    w.s = gc_server_init(memory, need, &config, &crypto, seed, w.now_ms);
    gc_assert(w.s != NULL);
    while (w.len > 0) {
        step(&w);
        drain(&w);
        check_ids(w.s);
        gc_server_get_stats(w.s, &stats);
        gc_assert(stats.memory_used_bytes <= config.memory_bytes_max);
    }
    for (uint32_t i = 0; i < CLIENTS; i++) {
        drop(&w, &w.clients[i]);
        drain(&w);
    }
    wait(&w, GC_EXPIRE_MS + GC_HELD_BATCH_MS);
    gc_server_get_stats(w.s, &stats);
    gc_assert(stats.memory_used_bytes == 0 && stats.connections == 0);
    gc_assert(gc_server_deadline(w.s) == GC_NEVER);
    free(memory);
    return 0;
}
