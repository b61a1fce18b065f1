/* An HTTP socket: one client's TCP connection, on which HTTP requests come and which one of them
 * may turn into a WebSocket. sockets.c moves it from state to state, requests.c within the first
 * two.
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
 * An idle socket owns no buffer: `kept` exists while a request or frame is incomplete, `unsent`
 * while an answer is not out. */
#ifndef GC_SERVER_HTTP_SOCKET_H
#define GC_SERVER_HTTP_SOCKET_H

#include "core/wire/websocket.h"
#include "server/service.h"

enum gc_http_socket_state {
    GC_HTTP_SOCKET_REQUEST,
    GC_HTTP_SOCKET_ANSWERING, /* an HTTP answer did not fit into the kernel's buffer: not reading */
    GC_HTTP_SOCKET_OPEN,
    GC_HTTP_SOCKET_ENDING,
    GC_HTTP_SOCKET_LINGERING,
    GC_HTTP_SOCKET_GONE,
};

typedef struct gc_http_socket {
    gc_stream stream; /* first: events give this */
    gc_conn conn;     /* GC_CONN_NONE once gc_server has forgotten it */
    uint8_t state;
    uint8_t reason;     /* why it ends, for gc_server's counters */
    bool paused;        /* by gc_server */
    bool stalled;       /* paused, and what was read already waits too */
    bool metrics;       /* it gets /metrics, and nothing else */
    gc_list_node place; /* in the service's `lingering` or `yielded` */
    /* Memory, all counted in the service's kept_bytes (partial.h, unsent.h). */
    uint32_t held; /* bytes that the stream holds */
    uint32_t kept_len;
    uint32_t kept_size;
    uint8_t *kept;
    struct gc_unsent *unsent; /* while answering */
    gc_ws_decoder decoder;
    uint64_t ended_ms; /* since when it lingers */
    uint64_t turn_ms;  /* the turn of the loop in which `served` were served */
    uint32_t served;
    uint32_t whole; /* frames and requests that the present read has completed */
} gc_http_socket;

/* Returns the service to which the socket belongs. */
static inline gc_service *gc_http_socket_service(gc_http_socket *c) {
    return c->stream.tcp.loop->data;
}
/* Returns the address at the other end of its TCP connection; zero when that is gone. */
gc_addr gc_http_socket_from(gc_http_socket *c);
/* Takes the socket out of gc_server, which counts the reason. Does nothing when that has happened:
 * gc_server wants nothing of this socket any more. */
void gc_http_socket_forget(gc_http_socket *c, uint32_t reason);
/* Ends the socket at once, for a reason; does nothing when it is gone already. The loop frees it
 * later (sockets.c), so that the caller may still look at its state. */
void gc_http_socket_lose(gc_http_socket *c, uint32_t reason);

#endif
