/* A host for gc_server without sockets: it keeps the contract of core/gc_server.h (drain after
 * every input), reads as a client what the server writes, and asks gc_server_check() after every
 * step. A dialogue is a table of steps. */
#ifndef GC_TEST_SERVER_HOST_H
#define GC_TEST_SERVER_HOST_H

#include "unit.h"

#include <sys/mman.h>

#include "core/base/error.h"
#include "core/gc_server.h"
#include "core/wire/websocket.h"

#define CLIENTS          64
#define HEAD_101         "HTTP/1.1 101 Switching Protocols\r\n\r\n"
#define ICE              "[{\"urls\":\"stun:h:3478\"}]"
#define STOCK(id, token) "key=peerjs&id=" id "&token=" token
#define OURS(id)         "key=peerjs&id=" id "&token=t&gc=1"
#define OURS_IN(id, tag) OURS(id) "&room=" tag
#define OPENED           "{\"type\":\"OPEN\"}"
#define OPENED_GC        "{\"type\":\"OPEN\",\"payload\":{\"gc\":1,\"ice\":" ICE "}}"
#define OPENED_IN(tag, members)                                                                    \
    "{\"type\":\"OPEN\",\"payload\":{\"gc\":1,\"ice\":" ICE ",\"room\":{\"tag\":\"" tag            \
    "\",\"members\":[" members "]}}}"
#define JOINED(tag, id)                                                                            \
    "{\"type\":\"GC-JOINED\",\"payload\":{\"room\":\"" tag "\",\"id\":\"" id "\"}}"
#define GONE(tag, id) "{\"type\":\"GC-LEFT\",\"payload\":{\"room\":\"" tag "\",\"id\":\"" id "\"}}"
#define TAKEN         "{\"type\":\"ID-TAKEN\",\"payload\":{\"msg\":\"ID is taken\"}}"
#define OFFER(dst)    "{\"type\":\"OFFER\",\"dst\":\"" dst "\",\"payload\":1}"
#define GOT_OFFER(src, dst)                                                                        \
    "{\"type\":\"OFFER\",\"src\":\"" src "\",\"dst\":\"" dst "\",\"payload\":1}"
#define EXPIRED(src, dst) "{\"type\":\"EXPIRE\",\"src\":\"" src "\",\"dst\":\"" dst "\"}"
#define ABSENT(id)        "{\"type\":\"GC-ABSENT\",\"payload\":{\"id\":\"" id "\"}}"
#define BAD(code, text)                                                                            \
    "{\"type\":\"GC-BAD\",\"payload\":{\"code\":\"" code "\",\"msg\":\"" text "\"}}"
#define BAD_JSON    BAD("bad-json", "A message was no JSON.")
#define BAD_REQUEST BAD("bad-request", "The request was malformed.")
#define PRESENT(id) "{\"type\":\"GC-PRESENT\",\"payload\":{\"id\":\"" id "\"}}"
#define TAG_A       "00112233445566778899aabbccddeeff"
#define TAG_B       "ffeeddccbbaa99887766554433221100"
#define CLIENT_RX   (4u << 20)

typedef struct client {
    gc_conn conn;
    gc_addr from;
    gc_ws_decoder decoder;
    uint8_t *rx; /* from the first byte not decoded */
    uint32_t rx_len, head_left;
    char **inbox; /* "opcode-letter:text"; T for text is left out */
    uint32_t inbox_len, inbox_at;
    bool deaf;   /* reads nothing */
    bool mute;   /* answers no pings */
    bool unsent; /* WRITE was given */
    bool closed, closed_now, paused;
    uint32_t reason;
    int close_code; /* of the server's close frame: -1 = none came, 1005 = without code */
    uint32_t got_bytes, pings;
} client;

typedef struct host {
    gc_server *s;
    void *memory;
    size_t size;
    uint64_t now_ms;
    client clients[CLIENTS];
} host;

static inline void host_start(host *h, const gc_server_config *config) {
    memset(h, 0, sizeof *h);
    h->size = gc_server_size(config);
    assert_true(h->size > 0);
    h->memory = mmap(NULL, h->size, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    assert_true(h->memory != MAP_FAILED);
    const uint8_t seed[32] = {7};
    h->now_ms = 1000000;
    h->s = gc_server_init(h->memory, h->size, config, seed, h->now_ms);
    assert_non_null(h->s);
    for (uint32_t i = 0; i < CLIENTS; i++) {
        h->clients[i].from = (gc_addr){.family = 4, .ip = {10, 0, 0, (uint8_t)i}, .port = 1};
    }
}

static inline void client_clear(client *c) {
    for (uint32_t i = 0; i < c->inbox_len; i++) {
        free(c->inbox[i]);
    }
    free(c->inbox);
    free(c->rx);
    *c = (client){.from = c->from};
}

static inline void host_stop(host *h) {
    for (uint32_t i = 0; i < CLIENTS; i++) {
        client_clear(&h->clients[i]);
    }
    munmap(h->memory, h->size);
}

static inline gc_server_stats host_stats(const host *h) {
    gc_server_stats st;
    gc_server_get_stats(h->s, &st);
    return st;
}

static inline void inbox_add(client *c, const char *kind, gc_span text) {
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
static inline void client_read(client *c, gc_span bytes) {
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

static inline client *client_of(host *h, gc_conn conn) {
    for (uint32_t i = 0; i < CLIENTS; i++) {
        if (h->clients[i].conn == conn && conn != GC_CONN_NONE) {
            return &h->clients[i];
        }
    }
    fail_msg("an output for a connection that is gone");
    return NULL;
}

/* Writes up to `max` bytes to the client. */
static inline void client_write(host *h, client *c, uint32_t max) {
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

static inline void host_finish(host *h, client *c) {
    gc_conn conn = c->conn;
    c->conn = GC_CONN_NONE;
    gc_server_close(h->s, h->now_ms, conn, c->reason);
}

/* Drains the outputs. A deaf client's bytes stay with the server; a mute one answers no ping. */
static inline void host_drain(host *h) {
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
                gc_server_frame(h->s, h->now_ms, c->conn, GC_WS_PONG, GC_SPAN(""), 0);
                again = true;
                break;
            }
        }
    }
}

static inline int host_accept(host *h, uint32_t i) {
    client *c = &h->clients[i];
    client_clear(c);
    c->close_code = -1;
    uint32_t reason;
    int error = gc_server_accept(h->s, h->now_ms, &c->from, &c->conn, &reason);
    c->reason = reason;
    host_drain(h);
    return error;
}

/* The 101 for a client that was accepted. */
static inline void host_upgrade(host *h, uint32_t i, const char *query) {
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

static inline void host_open(host *h, uint32_t i, const char *query) {
    assert_int_equal(host_accept(h, i), 0);
    host_upgrade(h, i, query);
}

static inline void host_say_bytes(host *h, uint32_t i, uint8_t opcode, gc_span bytes,
                                  uint16_t code) {
    /* An exact copy on the heap, so that a read past its end is seen by ASan. */
    uint8_t *copy = malloc(bytes.len > 0 ? bytes.len : 1);
    assert_non_null(copy);
    memcpy(copy, bytes.data, bytes.len);
    gc_server_frame(h->s, h->now_ms, h->clients[i].conn, opcode, gc_span_of(copy, bytes.len), code);
    free(copy);
    host_drain(h);
}

static inline void host_say(host *h, uint32_t i, const char *text) {
    host_say_bytes(h, i, GC_WS_TEXT, gc_span_of(text, (uint32_t)strlen(text)), 0);
}

static inline void host_die(host *h, uint32_t i, uint32_t reason) {
    gc_conn conn = h->clients[i].conn;
    h->clients[i].conn = GC_CONN_NONE;
    gc_server_close(h->s, h->now_ms, conn, reason);
    host_drain(h);
}

/* Lets time pass, waking the server at each of its deadlines and not before. */
static inline void host_wait(host *h, uint64_t ms) {
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

/* The next message of a client; NULL when there is none. Valid until its inbox goes. */
static inline const char *host_next(host *h, uint32_t i) {
    client *c = &h->clients[i];
    return c->inbox_at < c->inbox_len ? c->inbox[c->inbox_at++] : NULL;
}

static inline void host_expect(host *h, uint32_t i, const char *text) {
    const char *got = host_next(h, i);
    if (got == NULL) {
        fail_msg("client %u got nothing, not %s", i, text);
    } else {
        assert_string_equal(got, text);
    }
}

static inline void host_expect_none(host *h, uint32_t i) {
    const char *got = host_next(h, i);
    if (got != NULL) {
        fail_msg("client %u got %s", i, got);
    }
}

/* --- dialogues ------------------------------------------------------------------------------- */

enum step_op {
    OP_END,
    OP_OPEN,
    OP_SAY,
    OP_BINARY,
    OP_PING,
    OP_PONG,
    OP_GETS,
    OP_NOTHING,
    OP_WAIT,
    OP_DIE,
    OP_BYE,
    OP_CLOSED,
    OP_LIVES,
    OP_MUTE,
    OP_DEAF,
    OP_HEARS,
    OP_PINGED,
    OP_SKIP,
};

typedef struct step {
    enum step_op op;
    uint32_t client;
    const char *text;
    int number;
    int line; /* in the test, for the one who reads a failure */
} step;

#define STEP(o, c, t, n)                                                                           \
    { .op = (o), .client = (c), .text = (t), .number = (n), .line = __LINE__ }
#define FINISH       STEP(OP_END, 0, "", 0)   /* every inbox must be empty here */
#define OPEN(c, t)   STEP(OP_OPEN, c, t, 0)   /* client connects with this query */
#define SAY(c, t)    STEP(OP_SAY, c, t, 0)    /* client sends a text */
#define BINARY(c, t) STEP(OP_BINARY, c, t, 0) /* client sends it in a binary frame */
#define PING(c, t)   STEP(OP_PING, c, t, 0)
#define PONG(c)      STEP(OP_PONG, c, "", 0)    /* unasked */
#define GETS(c, t)   STEP(OP_GETS, c, t, 0)     /* the next message of client is t */
#define NOTHING(c)   STEP(OP_NOTHING, c, "", 0) /* client has no message */
#define WAIT(ms)     STEP(OP_WAIT, 0, "", ms)   /* time passes */
#define DIE(c)       STEP(OP_DIE, c, "", 0)     /* client's socket goes */
#define BYE(c, n)    STEP(OP_BYE, c, "", n)     /* a close frame with this code; 1005: none */
#define CLOSED(c, n) STEP(OP_CLOSED, c, "", n)  /* the server closed client: code, or -1: cut */
#define LIVES(c)     STEP(OP_LIVES, c, "", 0)
#define MUTE(c)      STEP(OP_MUTE, c, "", 0)   /* client answers no ping from here */
#define DEAF(c)      STEP(OP_DEAF, c, "", 0)   /* client reads nothing from here */
#define HEARS(c)     STEP(OP_HEARS, c, "", 0)  /* client reads again */
#define PINGED(c, n) STEP(OP_PINGED, c, "", n) /* pings that a mute client got */
#define SKIP(c)      STEP(OP_SKIP, c, "", 0)   /* client's messages are of no interest */

static inline void step_gets(host *h, const step *t) {
    const char *got = host_next(h, t->client);
    if (got == NULL || strcmp(got, t->text) != 0) {
        fail_msg("line %d: client %u got %s, not %s", t->line, t->client, got ? got : "nothing",
                 t->text);
    }
}

static inline void step_nothing(host *h, uint32_t who, int line) {
    const char *got = host_next(h, who);
    if (got != NULL) {
        fail_msg("line %d: client %u got %s", line, who, got);
    }
}

static inline void step_state(const client *c, const step *t) {
    int want = t->op == OP_LIVES ? 0 : 1;
    if (c->closed != want) {
        fail_msg("line %d: client %u is %s", t->line, t->client, c->closed ? "closed" : "open");
    }
    if (t->op == OP_CLOSED && c->close_code != t->number) {
        fail_msg("line %d: client %u closed with %d", t->line, t->client, c->close_code);
    }
}

static inline void run_step(host *h, const step *t) {
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

static inline void run_on(host *h, const step *steps) {
    const step *t = steps;
    for (; t->op != OP_END; t++) {
        run_step(h, t);
    }
    for (uint32_t k = 0; k < CLIENTS; k++) {
        step_nothing(h, k, t->line);
    }
}

static inline void run_with(const gc_server_config *config, const step *steps) {
    host h;
    host_start(&h, config);
    run_on(&h, steps);
    host_stop(&h);
}

static inline void run(const step *steps) {
    gc_server_config config = {0};
    run_with(&config, steps);
}

#endif
