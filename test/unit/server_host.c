#include "test/unit/server_host.h"

#include "host/crypto.h"

#include <sys/mman.h>

void host_start(host *h, const gc_server_config *config) {
    memset(h, 0, sizeof *h);
    h->size = gc_server_size(config);
    assert_true(h->size > 0);
    h->memory = mmap(NULL, h->size, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    assert_true(h->memory != MAP_FAILED);
    const uint8_t seed[32] = {7};
    h->now_ms = 1000000;
    gc_crypto crypto;
    assert_int_equal(gc_host_crypto(&crypto), 0);
    h->s = gc_server_init(h->memory, h->size, config, &crypto, seed, h->now_ms);
    assert_non_null(h->s);
    for (uint32_t i = 0; i < CLIENTS; i++) {
        h->clients[i].from = (gc_addr){.family = 4, .ip = {10, 0, 0, (uint8_t)i}, .port = 1};
    }
}

static void client_clear(client *c) {
    for (uint32_t i = 0; i < c->inbox_len; i++) {
        free(c->inbox[i]);
    }
    free(c->inbox);
    free(c->rx);
    *c = (client){.from = c->from};
}

void host_stop(host *h) {
    for (uint32_t i = 0; i < CLIENTS; i++) {
        client_clear(&h->clients[i]);
    }
    munmap(h->memory, h->size);
}

gc_server_stats host_stats(const host *h) {
    gc_server_stats st;
    gc_server_get_stats(h->s, &st);
    return st;
}

static void inbox_add(client *c, const char *kind, gc_span text) {
    c->inbox = realloc(c->inbox, (c->inbox_len + 1) * sizeof *c->inbox);
    char *line = malloc(strlen(kind) + text.len + 1);
    assert_non_null(c->inbox);
    assert_non_null(line);
    memcpy(line, kind, strlen(kind));
    memcpy(line + strlen(kind), text.data, text.len);
    line[strlen(kind) + text.len] = 0;
    c->inbox[c->inbox_len++] = line;
}

/* Decodes what came: the head of the 101 response, then frames as a client sees them. */
static void client_read(client *c, gc_span bytes) {
    c->got_bytes += bytes.len;
    uint32_t skip = bytes.len < c->head_left ? bytes.len : c->head_left;
    c->head_left -= skip;
    bytes = gc_span_of(bytes.data + skip, bytes.len - skip);
    assert_true(c->rx_len + bytes.len <= CLIENT_RX);
    memcpy(c->rx + c->rx_len, bytes.data, bytes.len);
    c->rx_len += bytes.len;
    for (;;) {
        gc_ws_event e;
        uint32_t used, kept;
        assert_int_equal(gc_ws_decode(&c->decoder, c->rx, c->rx_len, &used, &kept, &e), 0);
        if (e.opcode == GC_WS_TEXT) {
            inbox_add(c, "", e.payload);
        } else if (e.opcode == GC_WS_PONG) {
            inbox_add(c, "PONG ", e.payload);
        } else if (e.opcode == GC_WS_PING) {
            c->pings++;
            c->ping_len = e.payload.len;
            assert_true(e.payload.len <= sizeof c->ping);
            memcpy(c->ping, e.payload.data, e.payload.len);
        } else if (e.opcode == GC_WS_CLOSE) {
            c->close_code = e.close_code;
        } else {
            assert_int_equal(e.opcode, 0); /* never binary */
        }
        memmove(c->rx, c->rx + used, kept);
        c->rx_len = kept;
        if (e.opcode == 0) {
            return;
        }
    }
}

static client *client_of(host *h, gc_conn conn) {
    for (uint32_t i = 0; i < CLIENTS; i++) {
        if (h->clients[i].conn == conn && conn != GC_CONN_NONE) {
            return &h->clients[i];
        }
    }
    fail_msg("an output for a connection that is gone");
    return NULL;
}

void client_write(host *h, client *c, uint32_t max) {
    gc_span spans[3];
    uint32_t n;
    while (max > 0 && (n = gc_server_unsent(h->s, c->conn, spans, 3)) > 0) {
        uint32_t sent = 0;
        for (uint32_t i = 0; i < n && max > 0; i++) {
            uint32_t len = spans[i].len < max ? spans[i].len : max;
            client_read(c, gc_span_of(spans[i].data, len));
            sent += len;
            max -= len;
        }
        gc_server_sent(h->s, h->now_ms, c->conn, sent);
    }
    gc_span one;
    c->unsent = gc_server_unsent(h->s, c->conn, &one, 1) > 0;
}

static void host_finish(host *h, client *c) {
    gc_conn conn = c->conn;
    c->conn = GC_CONN_NONE;
    gc_server_close(h->s, h->now_ms, conn, c->reason);
}

void host_drain(host *h) {
    gc_server_output out;
    bool again = true;
    while (again) {
        again = false;
        while (gc_server_poll(h->s, &out)) {
            client *c = client_of(h, out.conn);
            assert_false(c->closed && out.type != GC_SERVER_CLOSE);
            if (out.type == GC_SERVER_WRITE) {
                assert_false(c->unsent);
                c->unsent = true;
                if (!c->deaf) {
                    client_write(h, c, UINT32_MAX);
                }
            } else if (out.type == GC_SERVER_MEASURE) {
                c->packets += !c->vanished;
                gc_server_measured(h->s, h->now_ms, c->conn, c->packets);
            } else if (out.type == GC_SERVER_CLOSE) {
                c->closed = true;
                c->closed_now = out.now;
                c->reason = out.reason;
                c->unsent = c->unsent && !out.now;
            } else {
                c->paused = out.type == GC_SERVER_PAUSE;
            }
        }
        gc_server_check(h->s);
        for (uint32_t i = 0; i < CLIENTS; i++) {
            client *c = &h->clients[i];
            if (c->closed && !c->unsent && c->conn != GC_CONN_NONE) {
                host_finish(h, c);
                again = true;
                break; /* one input, then drain */
            }
            if (c->pings > 0 && !c->mute && !c->closed && c->conn != GC_CONN_NONE) {
                c->pings = 0;
                gc_server_frame(h->s, h->now_ms, c->conn, GC_WS_PONG,
                                gc_span_of(c->ping, c->ping_len), 0);
                again = true;
                break;
            }
        }
    }
}

int host_accept(host *h, uint32_t i) {
    client *c = &h->clients[i];
    client_clear(c);
    c->close_code = -1;
    uint32_t reason;
    int error = gc_server_accept(h->s, h->now_ms, &c->from, &c->conn, &reason);
    c->reason = reason;
    host_drain(h);
    return error;
}

void host_upgrade(host *h, uint32_t i, const char *query) {
    client *c = &h->clients[i];
    gc_signal_query q;
    c->rx = malloc(CLIENT_RX);
    assert_non_null(c->rx);
    c->head_left = sizeof HEAD_101 - 1;
    gc_ws_decoder_init(&c->decoder, false, CLIENT_RX);
    gc_server_open_request r = {
        .response_head = GC_SPAN(HEAD_101), .query = &q, .ice_servers = GC_SPAN(ICE)};
    r.query_error = gc_signal_query_parse(gc_span_of(query, (uint32_t)strlen(query)), &q);
    assert_int_equal(gc_server_open(h->s, h->now_ms, c->conn, &r), 0);
    host_drain(h);
}

void host_open(host *h, uint32_t i, const char *query) {
    assert_int_equal(host_accept(h, i), 0);
    host_upgrade(h, i, query);
}

void host_say_bytes(host *h, uint32_t i, uint8_t opcode, gc_span bytes, uint16_t code) {
    /* An exact copy on the heap, so that a read past its end is seen by ASan. */
    uint8_t *copy = malloc(bytes.len > 0 ? bytes.len : 1);
    assert_non_null(copy);
    memcpy(copy, bytes.data, bytes.len);
    gc_server_frame(h->s, h->now_ms, h->clients[i].conn, opcode, gc_span_of(copy, bytes.len), code);
    free(copy);
    host_drain(h);
}

char *host_long_offer(const char *dst, uint32_t len) {
    char *text = malloc(len + 1);
    assert_non_null(text);
    int head = snprintf(text, len, "{\"type\":\"OFFER\",\"dst\":\"%s\",\"payload\":\"", dst);
    memset(text + head, 'x', len - (uint32_t)head);
    memcpy(text + len - 2, "\"}", 3);
    return text;
}

void host_say(host *h, uint32_t i, const char *text) {
    host_say_bytes(h, i, GC_WS_TEXT, gc_span_of(text, (uint32_t)strlen(text)), 0);
}

void host_die(host *h, uint32_t i, uint32_t reason) {
    gc_conn conn = h->clients[i].conn;
    h->clients[i].conn = GC_CONN_NONE;
    gc_server_close(h->s, h->now_ms, conn, reason);
    host_drain(h);
}

void host_wait(host *h, uint64_t ms) {
    uint64_t end = h->now_ms + ms;
    for (;;) {
        uint64_t next = gc_server_deadline(h->s);
        if (next > end) {
            break;
        }
        if (next > h->now_ms) {
            h->now_ms = next;
        }
        gc_server_tick(h->s, h->now_ms);
        assert_true(gc_server_deadline(h->s) > h->now_ms);
        host_drain(h);
    }
    h->now_ms = end;
}

const char *host_next(host *h, uint32_t i) {
    client *c = &h->clients[i];
    return c->inbox_at < c->inbox_len ? c->inbox[c->inbox_at++] : NULL;
}

void host_expect(host *h, uint32_t i, const char *text) {
    const char *got = host_next(h, i);
    if (got == NULL) {
        fail_msg("client %u got nothing, not %s", i, text);
    } else {
        assert_string_equal(got, text);
    }
}

void host_expect_none(host *h, uint32_t i) {
    const char *got = host_next(h, i);
    if (got != NULL) {
        fail_msg("client %u got %s", i, got);
    }
}

static void step_gets(host *h, const step *t) {
    const char *got = host_next(h, t->client);
    if (got == NULL || strcmp(got, t->text) != 0) {
        fail_msg("line %d: client %u got %s, not %s", t->line, t->client, got ? got : "nothing",
                 t->text);
    }
}

static void step_nothing(host *h, uint32_t who, int line) {
    const char *got = host_next(h, who);
    if (got != NULL) {
        fail_msg("line %d: client %u got %s", line, who, got);
    }
}

static void step_state(const client *c, const step *t) {
    int want = t->op == OP_LIVES ? 0 : 1;
    if (c->closed != want) {
        fail_msg("line %d: client %u is %s", t->line, t->client, c->closed ? "closed" : "open");
    }
    if (t->op == OP_CLOSED && c->close_code != t->number) {
        fail_msg("line %d: client %u closed with %d", t->line, t->client, c->close_code);
    }
}

void run_step(host *h, const step *t) {
    client *c = &h->clients[t->client];
    gc_span text = gc_span_of(t->text, (uint32_t)strlen(t->text));
    switch (t->op) {
    case OP_OPEN:
        host_open(h, t->client, t->text);
        break;
    case OP_SAY:
        host_say(h, t->client, t->text);
        break;
    case OP_BINARY:
        host_say_bytes(h, t->client, GC_WS_BINARY, text, 0);
        break;
    case OP_PING:
        host_say_bytes(h, t->client, GC_WS_PING, text, 0);
        break;
    case OP_PONG:
        host_say_bytes(h, t->client, GC_WS_PONG, text, 0);
        break;
    case OP_BYE:
        host_say_bytes(h, t->client, GC_WS_CLOSE, text, (uint16_t)t->number);
        break;
    case OP_GETS:
        step_gets(h, t);
        break;
    case OP_NOTHING:
        step_nothing(h, t->client, t->line);
        break;
    case OP_WAIT:
        host_wait(h, (uint64_t)t->number);
        break;
    case OP_DIE:
        host_die(h, t->client, GC_REASON_GONE);
        break;
    case OP_CLOSED:
    case OP_LIVES:
        step_state(c, t);
        break;
    case OP_MUTE:
        c->mute = true;
        break;
    case OP_VANISH:
        c->mute = c->vanished = true;
        break;
    case OP_DEAF:
        c->deaf = true;
        break;
    case OP_HEARS:
        c->deaf = false;
        client_write(h, c, UINT32_MAX);
        host_drain(h);
        break;
    case OP_PINGED:
        if (c->pings != (uint32_t)t->number) {
            fail_msg("line %d: client %u was pinged %u times", t->line, t->client, c->pings);
        }
        break;
    case OP_SKIP:
        c->inbox_at = c->inbox_len;
        break;
    case OP_END:
        break;
    }
}

void run_on(host *h, const step *steps) {
    const step *t = steps;
    for (; t->op != OP_END; t++) {
        run_step(h, t);
    }
    for (uint32_t k = 0; k < CLIENTS; k++) {
        step_nothing(h, k, t->line);
    }
}

void run_with(const gc_server_config *config, const step *steps) {
    host h;
    host_start(&h, config);
    run_on(&h, steps);
    host_stop(&h);
}

void run(const step *steps) {
    gc_server_config config = {0};
    run_with(&config, steps);
}
