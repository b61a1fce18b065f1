/* A path of datagrams between two ends, for tests: delay, jitter (which reorders), loss and
 * duplication, all drawn from a seed. */
#ifndef GC_TEST_DATAGRAM_PATH_H
#define GC_TEST_DATAGRAM_PATH_H

#include "core/base/addr.h"
#include "core/base/span.h"

#define PATH_DATAGRAMS_MAX 16384
#define PATH_BYTES_MAX     9000

typedef struct path_datagram {
    uint64_t at_ms;
    uint64_t order; /* of two at the same time the one that was sent first */
    uint32_t to;    /* end: 0 or 1 */
    uint32_t len;
    uint8_t bytes[PATH_BYTES_MAX];
} path_datagram;

typedef struct path {
    uint32_t delay_ms;
    uint32_t jitter_ms;
    uint32_t loss_percent;
    uint32_t duplicate_percent;
    uint64_t random;
    uint64_t sent; /* datagrams that were given to it */
    uint64_t order;
    uint32_t count; /* on their way */
    path_datagram *datagrams;
} path;

/* An empty path without faults, but for those that the caller sets. End it with path_end(). */
void path_init(path *p, uint64_t seed);
void path_end(path *p);
/* A number below bound (at least 1). */
uint32_t path_draw(path *p, uint32_t bound);
/* Sends a datagram to an end. */
void path_send(path *p, uint64_t now_ms, uint32_t to, gc_span bytes);
/* When the next one arrives; UINT64_MAX: none is under way. */
uint64_t path_next_ms(const path *p);
/* Takes the next one that has arrived by now_ms; false: none has. */
bool path_take(path *p, uint64_t now_ms, path_datagram *out);

#endif
