/* UDP sockets for anybody: datagrams of up to GC_UDP_BYTES_MAX come in by one callback and are sent
 * at any time. The sockets of a group share one set of buffers, so that up to GC_UDP_BATCH
 * datagrams cost one system call (half as many on the way in). Those that are sent from within the
 * callback leave with the batch, those of anybody else between gc_udp_hold() and gc_udp_release()
 * together.
 *
 * Datagrams go in one piece or not at all: neither this machine nor a router cuts them (RFC 8899 3;
 * ip(7), IP_PMTUDISC_PROBE), so that whoever sends a longer one than the path carries finds out.
 * One that is too long for this machine's own interface is lost like any other.
 *
 * The caller's duties, which nothing here checks. A link-local IPv6 address (fe80::/10) means
 * nothing without its interface, and gc_addr has none: a caller that sends to such an address
 * gives, as `from`, the `at` of a datagram that came from there; without it the kernel refuses the
 * datagram, which is counted in `unsent`. A socket that was closed must not be used any more: a
 * datagram sent on it may leave from another owner's descriptor that has got the same number. The
 * group and its sockets stay where they are until the loop has seen to their end.
 *
 *   gc_udp_open() -> open -> gc_udp_close() -> closed once the loop has seen to it
 *
 * Source: recvmmsg(2), sendmmsg(2), udp(7), ip(7) IP_PKTINFO, IP_MTU_DISCOVER, RFC 3542 6.2
 * IPV6_PKTINFO. */
#ifndef GC_HOST_UDP_H
#define GC_HOST_UDP_H

#include "core/base/addr.h"
#include "core/base/span.h"

#include <uv.h>

#define GC_UDP_BATCH     64
#define GC_UDP_BYTES_MAX 9000 /* of the payload; a longer datagram is dropped unseen */

/* An address of this machine, as a datagram that came in tells it. */
typedef struct gc_udp_local {
    uint8_t family;     /* 4 or 6; 0: unknown, the kernel chooses */
    uint8_t ip[16];     /* network order; family 4 uses the first 4 bytes */
    uint32_t interface; /* its index in the kernel */
} gc_udp_local;

typedef struct gc_udp_datagram {
    gc_addr from;
    gc_udp_local at; /* where it came in */
    gc_span bytes;   /* borrowed for the callback */
} gc_udp_datagram;

typedef struct gc_udp gc_udp;
typedef struct gc_udp_batch gc_udp_batch;

/* Called with each datagram. It may send from any socket of the group, and close them. */
typedef void (*gc_udp_received)(gc_udp *u, const gc_udp_datagram *datagram);

/* The state that UDP sockets share. Its fields are read only for everybody else. */
typedef struct gc_udp_group {
    uv_loop_t *loop;
    gc_udp_received received;
    void *context;       /* the owner's */
    gc_udp_batch *batch; /* NULL: not open */
    uint64_t unsent;     /* datagrams that the kernel did not take */
} gc_udp_group;

struct gc_udp {
    uv_poll_t poll;
    gc_udp_group *group; /* NULL: it was never open, or is closed */
    int fd;
    uint32_t number;  /* the owner's */
    uint32_t offload; /* gc_udp_offloads that are in use */
    /* Of the kernel, for what waits to be read or to leave, as it says; 0: gc_udp_widen() was not
     * called. It counts its own overhead, and so about twice the bytes of datagrams. */
    uint32_t room_in, room_out;
};

/* Of datagrams, for gc_udp_widen(): at a rate of 1 Gbit/s a process may be away for 30 ms. */
#define GC_UDP_ROOM_BYTES (4u << 20)

/* Ways in which datagrams that differ in their content alone pass the kernel as one message, which
 * costs little more than one datagram. */
enum gc_udp_offloads {
    GC_UDP_SEGMENTS = 1, /* on the way out (UDP_SEGMENT) */
    GC_UDP_GATHERS = 2,  /* on the way in (UDP_GRO) */
};

/* Opens a group: takes memory for its buffers, and keeps loop, the callback and its context (which
 * the callback finds in u->group->context). Returns 0, or -1 when memory is short. */
int gc_udp_group_open(gc_udp_group *group, uv_loop_t *loop, gc_udp_received received,
                      void *context);
/* Frees the buffers, once all sockets are closed. Does nothing with a zero group. */
void gc_udp_group_free(gc_udp_group *group);

/* Opens u, which the loop uses until it is closed, on a bound, not blocking descriptor
 * (gc_net_bind_udp). number: any, the owner's name for it. Returns 0, or a libuv error: then the
 * descriptor is still the caller's. */
int gc_udp_open(gc_udp *u, gc_udp_group *group, int fd, uint32_t number);
/* Asks the kernel to pass datagrams of u, which is open, as one message where it can. wanted:
 * gc_udp_offloads, 0: none, as at first. Returns those that are in use. A way that refuses such a
 * message gets its datagrams one by one, and u->offload has lost GC_UDP_SEGMENTS. With
 * GC_UDP_GATHERS datagrams that come from many addresses cost more system calls. */
uint32_t gc_udp_offload(gc_udp *u, uint32_t wanted);
/* Asks the kernel for room for GC_UDP_ROOM_BYTES of datagrams in either direction of u, which is
 * open, and notes in u how much it gives: without a word it gives no more than net.core.rmem_max
 * and net.core.wmem_max, which most systems leave at 208 KiB. Source: socket(7) SO_RCVBUF. */
void gc_udp_widen(gc_udp *u);
/* Sends 1 to GC_UDP_BYTES_MAX bytes (asserted), which are copied, to an address of u's family. u:
 * open. from: the address of this machine to send from, of the same family, such as the `at` of a
 * question that is answered; it names the interface when `to` is link-local. NULL: the kernel
 * chooses. A datagram that the kernel does not take is dropped and counted in `unsent`. */
void gc_udp_send(gc_udp *u, const gc_addr *to, const gc_udp_local *from, gc_span bytes);
/* Keeps what any socket of the group, which is open, sends from now on, so that it leaves by as few
 * system calls as a batch does, instead of one for each datagram. A datagram for which the
 * batch has no room, or from another socket, makes those before it leave. Calls may stand inside
 * each other, and inside the callback; before the loop goes on each is followed by
 * gc_udp_release(). */
void gc_udp_hold(gc_udp_group *group);
/* Sends what waits, if this ends the outermost gc_udp_hold(). */
void gc_udp_release(gc_udp_group *group);
/* Closes u, which is open, and its descriptor; datagrams sent before still leave. No callback
 * follows. u is the loop's until it has seen to it. */
void gc_udp_close(gc_udp *u);

#endif
