/* UDP sockets read and answered in batches: up to GC_UDP_BATCH datagrams a system call. Each answer
 * leaves from the address at which its question came in. Source: recvmmsg(2), ip(7) IP_PKTINFO,
 * RFC 3542 6.2 IPV6_PKTINFO. */
#ifndef GC_HOST_UDP_H
#define GC_HOST_UDP_H

#include "core/base/addr.h"
#include "core/base/span.h"

#include <uv.h>

#define GC_UDP_BATCH          64
#define GC_UDP_QUESTION_BYTES 1024 /* a longer datagram is dropped unseen */
#define GC_UDP_ANSWER_BYTES   128

/* Writes the answer to a datagram (borrowed for the call) and returns its length; 0 = silence. */
typedef uint32_t (*gc_udp_answer)(void *context, uint64_t now_ms, const gc_addr *from,
                                  gc_span datagram, uint8_t out[GC_UDP_ANSWER_BYTES]);

typedef struct gc_udp {
    uv_poll_t poll;
    int fd;
    gc_udp_answer answer;
    void *context;
    uint64_t *dropped; /* counts answers that the kernel did not take */
} gc_udp;

/* Takes over a bound, not blocking descriptor (gc_net_bind_udp). Returns 0 or a libuv error. */
int gc_udp_open(gc_udp *u, uv_loop_t *loop, int fd, gc_udp_answer answer, void *context,
                uint64_t *dropped);
void gc_udp_close(gc_udp *u);

#endif
