/* The daemon: what the sockets of one ghostchatd share. It owns sockets, TLS and partial input; all
 * else (ids, rooms, queues, limits) belongs to gc_server, whose outputs gc_daemon_drain() carries
 * out.
 *
 *   start --SIGTERM--> stopping: 1012 to all, no new ones --all gone, or GC_STOP_MS--> loop ends */
#ifndef GC_SERVER_DAEMON_H
#define GC_SERVER_DAEMON_H

#include "core/gc_server.h"
#include "core/proto/stun_responder.h"
#include "host/stream.h"
#include "host/udp.h"
#include "server/assets.h"
#include "server/options.h"

#define GC_SCRATCH_BYTES     (64u << 10) /* one read of a socket: shared by all connections */
#define GC_ACCEPT_PAUSE_MS   100         /* without descriptors or memory */
#define GC_STOP_MS           800         /* SIGTERM to the end, at most */
#define GC_LINGER_MS         2000        /* from our last byte to closing; see socket.h */
#define GC_LINGER_COUNT_MAX  256         /* then the oldest is closed at once */
#define GC_ANSWER_HEAD_BYTES 4096
#define GC_ANSWER_TEXT_BYTES 16384

typedef struct gc_socket gc_socket;

/* A list of sockets; each is in one at most. */
typedef struct gc_socket_list {
    gc_socket *first;
    gc_socket *last;
    uint32_t count;
} gc_socket_list;

/* One answer to an HTTP request, written before the next is made. */
typedef struct gc_answer {
    uint8_t head[GC_ANSWER_HEAD_BYTES];
    uint8_t text[GC_ANSWER_TEXT_BYTES]; /* where bodies made for the moment are written */
    uint32_t head_len;
    gc_span body;
    uint8_t *owned; /* body's memory, for gc_free(), or NULL */
    uint32_t owned_bytes;
    bool close; /* the connection ends behind it */
} gc_answer;

typedef struct gc_daemon {
    uv_loop_t loop; /* loop.data is the daemon */
    const gc_options *options;
    gc_server *core;
    gc_socket **by_slot; /* gc_conn_slot() -> connection */
    gc_asset_set assets;
    SSL_CTX *tls; /* or NULL */
    gc_stream_group group;
    uint8_t *scratch;    /* GC_SCRATCH_BYTES */
    uint64_t kept_bytes; /* partial and unread input, unsent answers of all connections */
    uint64_t kept_bytes_max;
    gc_answer answer;

    int listen_fd;
    uint32_t port;
    uv_poll_t listener;
    uv_timer_t accept_again;
    uv_timer_t timer;
    uint64_t timer_at_ms;
    uv_timer_t stop_timer;
    uv_signal_t signals[3];
    uint32_t sockets; /* connections that are not closed yet */

    gc_socket_list dying;   /* ended by us, oldest first */
    gc_socket_list yielded; /* had their turn, and more to do */
    uv_idle_t next_turn;    /* while there are such */
    bool stopping;
    bool stopped;
    bool proxy_noticed;

    gc_udp stun[2];
    bool stun_open[2];
    gc_stun_responder *responder;
    uint64_t stun_unsent;

    uint64_t http_requests;
    uint64_t refused_full; /* no descriptors */
    uint64_t loop_lag_ms;  /* of the last timer */
    uint64_t started_ms;
} gc_daemon;

/* Opens everything. Returns 0, or -1 and one sentence. The daemon must be zero before. */
int gc_daemon_open(gc_daemon *d, const gc_options *options, char *error, size_t error_bytes);
/* Runs until a signal ended it. */
void gc_daemon_run(gc_daemon *d);
/* Frees what is left; also after a failed open. */
void gc_daemon_free(gc_daemon *d);

/* Carries out what gc_server wants done and sets the timer. Call it after inputs. */
void gc_daemon_drain(gc_daemon *d);
static inline uint64_t gc_daemon_now_ms(gc_daemon *d) {
    return uv_now(&d->loop);
}

/* Opens the STUN sockets. Returns 0; -1 and a sentence when the port is busy. */
int gc_stun_open(gc_daemon *d, char *error, size_t error_bytes);
void gc_stun_close(gc_daemon *d);
/* True when at least one STUN socket is open. */
bool gc_stun_is_open(const gc_daemon *d);

#endif
