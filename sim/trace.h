/* The trace: one 64-bit hash over (time, node, mark, numbers, bytes) of all that happens, equal for
 * equal seeds in every build; and the last lines of it, for people. Only numbers of the model go
 * in: no pointer, no padding, nothing that differs between machines. */
#ifndef SIM_TRACE_H
#define SIM_TRACE_H

#include "core/base/writer.h"

#define SIM_TRACE_LINES      50
#define SIM_TRACE_LINE_BYTES 256
#define SIM_TRACE_SHOWN      150 /* bytes of a line's payload that are kept for people */

/* What a line says: events (sim/events.h) from 0, outputs of a client (gc_client.h) from 100,
 * outputs of the server (gc_server.h) from 200, of native links (rtc/rtc_output.h) from 250, these
 * from 300. */
#define SIM_MARK_CLIENT 100
#define SIM_MARK_SERVER 200
#define SIM_MARK_RTC    250
#define SIM_MARKS(X)                                                                               \
    X(SIM_MARK_START, 300, "process-start")                                                        \
    X(SIM_MARK_CRASH, 301, "process-crash")                                                        \
    X(SIM_MARK_FREEZE, 302, "freeze")                                                              \
    X(SIM_MARK_CLOCK, 303, "clock-jump")                                                           \
    X(SIM_MARK_SERVER_START, 304, "server-start")                                                  \
    X(SIM_MARK_SERVER_CRASH, 305, "server-crash")                                                  \
    X(SIM_MARK_PARTITION, 306, "partition")                                                        \
    X(SIM_MARK_SOCKET_CUT, 307, "socket-cut")                                                      \
    X(SIM_MARK_LINK_CUT, 308, "link-cut")                                                          \
    X(SIM_MARK_JOIN, 309, "user-join")                                                             \
    X(SIM_MARK_LEAVE, 310, "user-leave")                                                           \
    X(SIM_MARK_SEND, 311, "user-send")                                                             \
    X(SIM_MARK_HEALED, 312, "healed")                                                              \
    X(SIM_MARK_MESHED, 313, "meshed")                                                              \
    X(SIM_MARK_FAIL, 314, "BROKEN")                                                                \
    X(SIM_MARK_STOCK, 315, "stock-send")                                                           \
    X(SIM_MARK_EPISODE, 316, "episode")                                                            \
    X(SIM_MARK_MOVE, 317, "nat-move")                                                              \
    X(SIM_MARK_LOST, 318, "datagram-lost")                                                         \
    X(SIM_MARK_SPOOF, 319, "spoofed")

enum sim_mark {
#define X(name, value, word) name = value,
    SIM_MARKS(X)
#undef X
};

typedef struct sim_trace_line {
    uint64_t at_ms;
    uint64_t number;
    uint32_t node;
    uint32_t mark;
    uint32_t a;
    uint32_t b;
    uint32_t len; /* of all bytes; the first SIM_TRACE_SHOWN of them are kept */
    uint8_t bytes[SIM_TRACE_SHOWN];
} sim_trace_line;

typedef struct sim_trace {
    uint64_t hash;
    uint64_t count;
    sim_trace_line lines[SIM_TRACE_LINES]; /* a ring: line i at i % SIM_TRACE_LINES */
    /* Called with each line as text when not NULL (--verbose). */
    void (*print)(void *context, gc_span line);
    void *context;
} sim_trace;

void sim_trace_init(sim_trace *t, uint64_t seed);
void sim_trace_add(sim_trace *t, const sim_trace_line *line, gc_span bytes);
/* Line i (count - SIM_TRACE_LINES <= i < count) as text. */
void sim_trace_write(const sim_trace *t, uint64_t i, gc_writer *w);

#endif
