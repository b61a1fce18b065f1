/* STUN on UDP: sockets around gc_stun_responder. */
#include "host/entropy.h"
#include "host/log.h"
#include "host/net.h"
#include "server/daemon.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

static uint32_t answer(void *context, uint64_t now_ms, const gc_addr *from, gc_span datagram,
                       uint8_t out[GC_UDP_ANSWER_BYTES]) {
    gc_daemon *d = context;
    return gc_stun_responder_handle(d->responder, now_ms, from, datagram, out);
}

_Static_assert(GC_UDP_ANSWER_BYTES >= GC_STUN_RESPONSE_BYTES_MAX, "an answer fits");

bool gc_stun_is_open(const gc_daemon *d) {
    return d->stun_open[0] || d->stun_open[1];
}

int gc_stun_open(gc_daemon *d, char *error, size_t error_bytes) {
    int fds[2];
    uint8_t key[16];
    /* Fresh pages are zero, and touched only as sources come. */
    void *memory = mmap(NULL, sizeof *d->responder, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED || gc_entropy(key, sizeof key) != 0) {
        snprintf(error, error_bytes, "no memory for STUN");
        return -1;
    }
    d->responder = memory;
    gc_stun_responder_init(d->responder, key);
    if (gc_net_bind_udp(d->options->host, (uint32_t)d->options->stun_port, fds, error,
                        error_bytes) != 0) {
        return -1;
    }
    for (int i = 0; i < 2; i++) {
        if (fds[i] < 0) {
            continue;
        }
        if (gc_udp_open(&d->stun[i], &d->loop, fds[i], answer, d, &d->stun_unsent) != 0) {
            snprintf(error, error_bytes, "cannot watch the STUN socket");
            close(fds[i]);
            return -1;
        }
        d->stun_open[i] = true;
    }
    return 0;
}

void gc_stun_close(gc_daemon *d) {
    for (int i = 0; i < 2; i++) {
        if (d->stun_open[i]) {
            d->stun_open[i] = false;
            gc_udp_close(&d->stun[i]);
        }
    }
}
