/* The event heap: what happens next, ordered by (time, serial). Two events of one millisecond
 * happen in the order in which they were planned. */
#ifndef SIM_EVENTS_H
#define SIM_EVENTS_H

#include "core/base/arena.h"
#include "sim/rng.h"

#define SIM_EVENTS(X)                                                                              \
    X(WAKE, "wake")                   /* node: its core's deadline. a = wake number */             \
    X(USER, "user")                   /* node: its user does the next thing. a = run */            \
    X(SERVER_WAKE, "server-wake")     /* a = wake number */                                        \
    X(SOCKET_ARRIVE, "socket-arrive") /* the request reached the server. a, b = socket */          \
    X(SOCKET_UP, "socket-up")         /* bytes for the server. number = place in the stream */     \
    X(SOCKET_DOWN, "socket-down")     /* bytes for the client */                                   \
    X(SOCKET_CLIENT_CLOSED, "socket-closed")                                                       \
    X(SOCKET_SERVER_CLOSED, "socket-gone")                                                         \
    X(LINK_DESCRIBED, "link-described") /* a, b = end */                                           \
    X(LINK_CANDIDATE, "link-candidate")                                                            \
    X(LINK_CONNECT, "link-connect") /* ICE and DTLS are through, if the path allows */             \
    X(LINK_OPENED, "link-opened")                                                                  \
    X(LINK_PATH, "link-path")                                                                      \
    X(LINK_DEPART, "link-depart") /* a message leaves bufferedAmount */                            \
    X(LINK_DATA, "link-data")     /* a message reaches the other end */                            \
    X(LINK_DETECT, "link-detect") /* consent expires if the path is still broken */                \
    X(LINK_CLOSED, "link-closed") /* number = reason */                                            \
    X(FAULT, "fault")             /* a = kind */                                                   \
    X(HEAL, "heal")               /* a = kind, b = which */                                        \
    X(SWEEP, "sweep")             /* the oracle looks at what must not wait */                     \
    X(STEP, "step")               /* a = step of the scenario's table */                           \
    X(CHANGE, "change")           /* a = kind (sim/changes.c) */                                   \
    X(HOSTILE, "hostile")         /* the hostile member does what it likes (sim/hostile.c) */      \
    X(ASK, "ask")                 /* node: its device asks the server for its address */           \
    X(QUESTION, "question")       /* a datagram for the server. a = node, b = port, number */      \
    X(ANSWER, "answer")           /* a datagram for node; the same */                              \
    X(NATIVE_WAKE, "native-wake") /* node: the deadline of its links. a = wake number */           \
    X(DATAGRAM, "datagram")       /* reached a host. a = sender's node, number; both addresses */  \
    X(MOVE, "move")               /* somebody's NAT gets another address */                        \
    X(SPOOF, "spoof")             /* strangers write to hosts (sim/strangers.c) */                 \
    X(NAME, "name")               /* multicast DNS reached node. a = sender, b = kind */           \
    X(PARTIAL, "partial")         /* node: its link with a, beside the cores'. b = kind */

typedef enum sim_event_type {
#define X(name, word) SIM_EVENT_##name,
    SIM_EVENTS(X)
#undef X
        SIM_EVENT_COUNT
} sim_event_type;

#define SIM_NO_NODE UINT32_MAX

typedef struct sim_event {
    uint64_t at_ms;
    uint64_t serial;
    uint64_t number;
    uint8_t *data; /* from the world's pool, or NULL: owned by the event */
    uint32_t len;
    uint32_t type;
    uint32_t node; /* whose process gets it (and does not while it is frozen), or SIM_NO_NODE */
    uint32_t a;
    uint32_t b;
} sim_event;

typedef struct sim_events {
    sim_event *heap;
    uint64_t serial;
    uint32_t count;
    uint32_t capacity;
} sim_events;

void sim_events_init(sim_events *q, gc_arena *arena, uint32_t capacity);
/* Sets e->serial. The heap never overflows in a sound world (asserted). */
void sim_events_push(sim_events *q, sim_event e);
bool sim_events_pop(sim_events *q, sim_event *out);
const char *sim_event_word(uint32_t type);

#endif
