/* A host for gc_server without sockets: it keeps the contract of core/gc_server.h (drain after
 * every input), reads as a client what the server writes, and asks gc_server_check() after every
 * step. A dialogue is a table of steps. */
#ifndef GC_TEST_SERVER_HOST_H
#define GC_TEST_SERVER_HOST_H

#include "core/base/error.h"
#include "core/gc_server.h"
#include "core/wire/websocket.h"
#include "test/unit/unit.h"

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
#define BAD_JSON    BAD("bad-json", "A message was not JSON.")
#define BAD_REQUEST BAD("bad-request", "The request was malformed.")
#define PRESENT(id) "{\"type\":\"GC-PRESENT\",\"payload\":{\"id\":\"" id "\"}}"
#define TAG_A       "00112233445566778899aabbccddeeff"
#define TAG_B       "ffeeddccbbaa99887766554433221100"
#define CLIENT_RX   (256u << 10)

typedef struct client {
    gc_conn conn;
    gc_addr from;
    gc_ws_decoder decoder;
    uint8_t *rx; /* from the first byte not decoded */
    uint32_t rx_len, head_left;
    char **inbox; /* "opcode-letter:text"; T for text is left out */
    uint32_t inbox_len, inbox_at;
    bool deaf;        /* reads nothing */
    bool mute;        /* answers no pings */
    bool vanished;    /* its kernel acknowledges nothing */
    uint32_t packets; /* from its kernel */
    bool unsent;      /* WRITE was given */
    bool closed, closed_now, paused;
    uint32_t reason;
    int close_code; /* of the server's close frame: -1 = none came, 1005 = without code */
    uint32_t got_bytes, pings;
    uint8_t ping[4]; /* payload of the last one */
    uint32_t ping_len;
} client;

typedef struct host {
    gc_server *s;
    void *memory;
    size_t size;
    uint64_t now_ms;
    client clients[CLIENTS];
} host;

/* A server with this configuration (zeros: its defaults) at 1,000,000 ms, and nobody connected. */
void host_start(host *h, const gc_server_config *config);
void host_stop(host *h);
gc_server_stats host_stats(const host *h);
/* Writes up to `max` bytes to the client. */
void client_write(host *h, client *c, uint32_t max);
/* Drains the outputs. A deaf client's bytes stay with the server; a mute one answers no ping. */
void host_drain(host *h);
/* Client i connects. Returns what the server said to it. */
int host_accept(host *h, uint32_t i);
/* The 101 for a client that was accepted. */
void host_upgrade(host *h, uint32_t i, const char *query);
/* Both, which must succeed. */
void host_open(host *h, uint32_t i, const char *query);
/* A frame of client i, copied to a place that ends where it ends. code: of a close frame. */
void host_say_bytes(host *h, uint32_t i, uint8_t opcode, gc_span bytes, uint16_t code);
/* An OFFER to dst of this many bytes in all; the caller frees it. */
char *host_long_offer(const char *dst, uint32_t len);
/* A text message of client i. */
void host_say(host *h, uint32_t i, const char *text);
/* Client i's socket goes. */
void host_die(host *h, uint32_t i, uint32_t reason);
/* Lets time pass, waking the server at each of its deadlines and not before. */
void host_wait(host *h, uint64_t ms);
/* The next message of client i; NULL when it has none. Valid until its inbox is gone. */
const char *host_next(host *h, uint32_t i);
/* The next message of client i is this text; or it has none. */
void host_expect(host *h, uint32_t i, const char *text);
void host_expect_none(host *h, uint32_t i);

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
    OP_VANISH,
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

static inline step step_at(int line, enum step_op op, uint32_t who, const char *text, int number) {
    return (step){.op = op, .client = who, .text = text, .number = number, .line = line};
}

#define STEP(o, c, t, n) step_at(__LINE__, o, c, t, n)
#define FINISH           STEP(OP_END, 0, "", 0)   /* every inbox must be empty here */
#define OPEN(c, t)       STEP(OP_OPEN, c, t, 0)   /* client connects with this query */
#define SAY(c, t)        STEP(OP_SAY, c, t, 0)    /* client sends a text */
#define BINARY(c, t)     STEP(OP_BINARY, c, t, 0) /* client sends it in a binary frame */
#define PING(c, t)       STEP(OP_PING, c, t, 0)
#define PONG(c)          STEP(OP_PONG, c, "", 0)    /* unasked */
#define GETS(c, t)       STEP(OP_GETS, c, t, 0)     /* the next message of client is t */
#define NOTHING(c)       STEP(OP_NOTHING, c, "", 0) /* client has no message */
#define WAIT(ms)         STEP(OP_WAIT, 0, "", ms)   /* time passes */
#define DIE(c)           STEP(OP_DIE, c, "", 0)     /* client's socket goes */
#define BYE(c, n)        STEP(OP_BYE, c, "", n)     /* a close frame with this code; 1005: none */
#define CLOSED(c, n)     STEP(OP_CLOSED, c, "", n)  /* the server closed client: code, or -1: cut */
#define LIVES(c)         STEP(OP_LIVES, c, "", 0)
#define MUTE(c)          STEP(OP_MUTE, c, "", 0)   /* client answers no ping from here */
#define DEAF(c)          STEP(OP_DEAF, c, "", 0)   /* client reads nothing from here */
#define VANISH(c)        STEP(OP_VANISH, c, "", 0) /* its kernel acknowledges nothing from here */
#define HEARS(c)         STEP(OP_HEARS, c, "", 0)  /* client reads again */
#define PINGED(c, n)     STEP(OP_PINGED, c, "", n) /* pings that a mute client got */
#define SKIP(c)          STEP(OP_SKIP, c, "", 0)   /* client's messages are of no interest */

/* One step; all of a table, after which every inbox must be empty. */
void run_step(host *h, const step *t);
void run_on(host *h, const step *steps);
/* A whole dialogue with a server of its own. */
void run_with(const gc_server_config *config, const step *steps);
void run(const step *steps);

#endif
