#include "peer/bases.h"
#include "host/net.h"

#include <string.h>
#include <unistd.h>

static void open_one(gc_bases *b, gc_addr address) {
    uint32_t number = b->count;
    int fd = gc_net_bind_udp_to(&address);
    if (fd < 0) {
        return;
    }
    if (gc_udp_open(&b->sockets[number], &b->group, fd, number) != 0) {
        close(fd);
        return;
    }
    b->addresses[number] = address;
    b->count++;
}

int gc_bases_open(gc_bases *b, uv_loop_t *loop, gc_udp_received received, void *context) {
    return gc_udp_group_open(&b->group, loop, received, context);
}

static bool has(const gc_bases *b, const gc_addr *address) {
    for (uint32_t i = 0; i < b->count; i++) {
        const gc_addr *own = &b->addresses[i];
        if (own->family == address->family && memcmp(own->ip, address->ip, sizeof own->ip) == 0) {
            return true;
        }
    }
    return false;
}

void gc_bases_find(gc_bases *b, enum gc_routes_which which) {
    gc_addr found[GC_BASES_MAX];
    uint32_t count = gc_routes_find(which, found, GC_BASES_MAX);
    for (uint32_t i = 0; i < count && b->count < GC_BASES_MAX; i++) {
        if (!has(b, &found[i])) {
            open_one(b, found[i]);
        }
    }
}

void gc_bases_send(gc_bases *b, uint32_t base, const gc_addr *to, gc_span bytes) {
    bool fits = bytes.len > 0 && bytes.len <= GC_UDP_BYTES_MAX;
    if (base < b->count && fits && to->family == b->addresses[base].family) {
        gc_udp_send(&b->sockets[base], to, NULL, bytes);
    }
}

void gc_bases_close(gc_bases *b) {
    for (uint32_t i = 0; i < b->count; i++) {
        gc_udp_close(&b->sockets[i]);
    }
    b->count = 0;
}

void gc_bases_free(gc_bases *b) {
    gc_udp_group_free(&b->group);
}
