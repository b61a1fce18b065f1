/* Path: one direction of a modelled network path. Packets wait in one queue for a line of a certain
 * rate, the last ones are dropped when it is full (drop-tail), and a share of those that got
 * through is lost at random; the rest comes after the delay, in order.
 *
 *   send --queue full?--> line of rate_bytes_s --lost?--> delay --> take
 *
 * Times are in us of the model. */
#ifndef GC_BENCH_PATH_H
#define GC_BENCH_PATH_H

#include <stdbool.h>
#include <stdint.h>

#define PATH_NEVER UINT64_MAX
/* Packets of Ethernet; longer ones are lost before the line. */
#define PATH_WIRE_BYTES_MAX 1500
#define PATH_WAIT_MS_MAX    1024 /* longer waits count as this */

typedef struct path_packet {
    uint64_t at_us; /* when it comes */
    uint32_t flow;  /* the sender's, who knows what it means */
    uint32_t len;
    uint64_t number; /* the flow's, for a packet without bytes */
    uint8_t *bytes;  /* NULL: a packet of a model */
} path_packet;

typedef struct path {
    /* What it is like; set after path_begin(). */
    uint64_t rate_bytes_s;
    uint64_t delay_us;
    uint64_t queue_us; /* a packet that would wait longer is dropped */
    uint32_t loss_permille;
    /* How it is. */
    uint64_t free_ns; /* when the line is free */
    uint64_t chance;
    path_packet *packets; /* a ring */
    uint32_t size, first, count;
    uint64_t dropped;
    uint32_t waits[PATH_WAIT_MS_MAX]; /* packets that waited so many ms for the line */
} path;

/* Begins empty, with its losses by seed. End it by path_end(). */
void path_begin(path *p, uint64_t seed);
void path_end(path *p);
/* Sends a packet of `wire_bytes` on the line. bytes: `len` that are copied, or NULL. */
void path_send(path *p, uint64_t now_us, const path_packet *packet, uint32_t wire_bytes);
/* Passes a packet beside the line: it is not lost and waits for nothing but the delay and what is
 * on its way already. */
void path_pass(path *p, const path_packet *packet, uint64_t now_us);
/* Returns when the next packet comes; PATH_NEVER. */
uint64_t path_next_us(const path *p);
/* Takes the packet that comes next; its bytes are the caller's to free. */
path_packet path_take(path *p);
/* Forgets the waits so far. */
void path_waits_clear(path *p);
/* Returns the ms that a share of the packets waited at most; permille 1000: all. */
uint32_t path_wait_ms(const path *p, uint32_t permille);
/* Returns the mean wait in ms. */
double path_wait_mean_ms(const path *p);

#endif
