/* One client's socket: reads requests and frames, writes answers and what gc_server has for it.
 *
 *   request <--> answering            open <--- request (WebSocket)
 *      |             |                  |
 *      +-------------+----> ending <----+     (ending: the last bytes are being written)
 *                             |
 *                          lingering ---> gone      any state ---> gone: lost, or cut at once
 *
 * Lingering: our end of the stream is sent, and what still comes is thrown away for GC_LINGER_MS or
 * until the client ends it too. Closing at once would make the kernel send a reset for unread
 * bytes, which can destroy our last ones before the client reads them (RFC 9112 9.6).
 *
 * An idle socket owns no buffer: `kept` exists while a request or frame is incomplete. */
#ifndef GC_SERVER_SOCKET_H
#define GC_SERVER_SOCKET_H

#include "core/wire/websocket.h"
#include "server/daemon.h"

enum gc_socket_state {
    GC_SOCKET_REQUEST,
    GC_SOCKET_ANSWERING, /* an HTTP answer did not fit into the kernel's buffer: not reading */
    GC_SOCKET_OPEN,
    GC_SOCKET_ENDING,
    GC_SOCKET_LINGERING,
    GC_SOCKET_GONE,
};

struct gc_socket {
    gc_stream stream; /* first: events give this */
    gc_conn conn;     /* GC_CONN_NONE once gc_server has forgotten it */
    uint8_t state;
    uint8_t reason; /* why it ends, for gc_server's counters */
    bool paused;    /* by gc_server */
    uint32_t held;  /* bytes of memory that the stream holds, in the daemon's kept_bytes */
    uint32_t kept_len;
    uint32_t kept_size;
    uint8_t *kept;
    gc_ws_decoder decoder;
    struct gc_unsent_answer *unsent; /* while answering */
    gc_socket_list *list;            /* of the daemon, or NULL: dying, yielded */
    gc_socket *previous;
    gc_socket *next;
    uint64_t ended_ms;
    uint64_t turn_ms; /* the turn of the loop in which `served` were served */
    uint32_t served;
};

extern const gc_stream_events gc_socket_events;

/* Takes an accepted descriptor. It is closed when it is refused. */
void gc_socket_accept(gc_daemon *d, int fd, const gc_addr *from);
/* Carries out one output of gc_server. */
void gc_socket_output(gc_daemon *d, const gc_server_output *out);
static inline gc_daemon *gc_socket_daemon(gc_socket *c) {
    return c->stream.tcp.loop->data;
}
/* Ends it at once; twice is once. Its memory goes when the loop has seen to it. */
void gc_socket_lose(gc_socket *c, uint32_t reason);
/* All is written, or handed to the stream: ends it in order, for c->reason. */
void gc_socket_linger(gc_socket *c);
/* The address at the other end of its TCP connection. */
gc_addr gc_socket_from(gc_socket *c);
/* It had its share of this turn of the loop: it reads again, what it kept first, when all others
 * had theirs. */
void gc_socket_yield(gc_socket *c);
/* Ends those that lingered long enough. */
void gc_socket_reap(gc_daemon *d);
/* Ends all of them at once. */
void gc_socket_end_all(gc_daemon *d);

#endif
