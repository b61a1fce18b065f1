#include "peer/bases.h"
#include "host/multicast.h"
#include "host/net.h"

#include <string.h>
#include <unistd.h>

#define MDNS_PORT 5353 /* GC_MDNS_PORT */

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
    gc_udp_offload(&b->sockets[number], GC_UDP_SEGMENTS | GC_UDP_GATHERS);
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

/* RFC 6762 3. */
static const gc_addr *group_of(const gc_addr *own) {
    static const gc_addr v4 = {.family = 4, .port = MDNS_PORT, .ip = {224, 0, 0, 251}};
    static const gc_addr v6 = {.family = 6, .port = MDNS_PORT, .ip = {0xff, 0x02, [15] = 0xfb}};
    return own->family == 4 ? &v4 : &v6;
}

static bool has_group(gc_bases *b, uint32_t base) {
    const gc_addr *own = &b->addresses[base];
    if (b->has_group[base]) {
        return true;
    }
    int fd = gc_multicast_open(own, group_of(own));
    if (fd < 0) {
        return false;
    }
    if (gc_udp_open(&b->groups[base], &b->group, fd, GC_BASES_MAX + base) != 0) {
        close(fd);
        return false;
    }
    b->has_group[base] = true;
    return true;
}

void gc_bases_ask(gc_bases *b, gc_span bytes) {
    for (uint32_t i = 0; i < b->count; i++) {
        if (has_group(b, i)) {
            gc_udp_send(&b->groups[i], group_of(&b->addresses[i]), NULL, bytes);
        }
    }
}

void gc_bases_close(gc_bases *b) {
    for (uint32_t i = 0; i < b->count; i++) {
        gc_udp_close(&b->sockets[i]);
        if (b->has_group[i]) {
            gc_udp_close(&b->groups[i]);
        }
    }
    b->count = 0;
}

void gc_bases_free(gc_bases *b) {
    gc_udp_group_free(&b->group);
}
