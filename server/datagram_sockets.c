#include "server/stun.h"
#include "host/entropy.h"
#include "host/net.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

static uint32_t answer(void *context, uint64_t now_ms, const gc_addr *from, gc_span datagram,
                       uint8_t out[GC_UDP_ANSWER_BYTES]) {
    gc_stun *stun = context;
    return gc_stun_responder_handle(stun->responder, now_ms, from, datagram, out);
}

_Static_assert(GC_UDP_ANSWER_BYTES >= GC_STUN_RESPONSE_BYTES_MAX, "an answer fits");

bool gc_stun_is_open(const gc_stun *stun) {
    return stun->open[0] || stun->open[1];
}

int gc_stun_open(gc_stun *stun, uv_loop_t *loop, const gc_options *options, char *error,
                 size_t error_bytes) {
    int fds[2];
    uint8_t key[16];
    /* Fresh pages are zero, and touched only as sources come. */
    void *memory = mmap(NULL, sizeof *stun->responder, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED || gc_entropy(key, sizeof key) != 0) {
        snprintf(error, error_bytes, "no memory for STUN");
        return -1;
    }
    stun->responder = memory;
    gc_stun_responder_init(stun->responder, key, GC_STUN_RATE_PER_SECOND);
    if (gc_net_bind_udp(options->host, (uint32_t)options->stun_port, fds, error, error_bytes) !=
        0) {
        return -1;
    }
    for (int i = 0; i < 2; i++) {
        if (fds[i] < 0) {
            continue;
        }
        if (gc_udp_open(&stun->sockets[i], loop, fds[i], answer, stun, &stun->unsent) != 0) {
            snprintf(error, error_bytes, "cannot watch the STUN socket");
            close(fds[i]);
            return -1;
        }
        stun->open[i] = true;
    }
    return 0;
}

void gc_stun_close(gc_stun *stun) {
    for (int i = 0; i < 2; i++) {
        if (stun->open[i]) {
            stun->open[i] = false;
            gc_udp_close(&stun->sockets[i]);
        }
    }
}
