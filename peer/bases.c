#include "peer/bases.h"
#include "host/multicast.h"
#include "host/net.h"
#include "rtc/mdns.h"

#include <unistd.h>

static bool is_base(const gc_bases *b, uint32_t base) {
    return base < GC_BASES_MAX && b->addresses[base].family != 0;
}

int gc_bases_open(gc_bases *b, uv_loop_t *loop, gc_udp_received received, void *context) {
    return gc_udp_group_open(&b->group, loop, received, context);
}

/* --- bases come and go ------------------------------------------------------------------------ */

/* The lowest number without a socket; GC_BASES_MAX: there is none. */
static uint32_t free_number(const gc_bases *b) {
    uint32_t number = 0;
    while (number < GC_BASES_MAX &&
           (b->sockets[number].group != NULL || b->groups[number].group != NULL)) {
        number++;
    }
    return number;
}

/* Returns the bit of the new base; 0: none opens. */
static uint32_t open_one(gc_bases *b, gc_addr address) {
    uint32_t number = free_number(b);
    int fd = number < GC_BASES_MAX ? gc_net_bind_udp_to(&address) : -1;
    if (fd < 0) {
        return 0;
    }
    if (gc_udp_open(&b->sockets[number], &b->group, fd, number) != 0) {
        b->sockets[number] = (gc_udp){0};
        close(fd);
        return 0;
    }
    gc_udp_offload(&b->sockets[number], GC_UDP_SEGMENTS | GC_UDP_GATHERS);
    gc_udp_widen(&b->sockets[number]);
    b->addresses[number] = address;
    return 1u << number;
}

static void close_one(gc_bases *b, uint32_t base) {
    b->addresses[base] = (gc_addr){0};
    gc_udp_close(&b->sockets[base]);
    if (b->has_group[base]) {
        b->has_group[base] = false;
        gc_udp_close(&b->groups[base]);
    }
}

static bool has(const gc_bases *b, const gc_addr *address) {
    for (uint32_t i = 0; i < GC_BASES_MAX; i++) {
        if (gc_addr_is_same_ip(&b->addresses[i], address)) {
            return true;
        }
    }
    return false;
}

/* True if a base is of no use: see gc_bases_look(). */
static bool is_stale(const gc_addr *own, const gc_addr *found, uint32_t count) {
    bool others = false;
    for (uint32_t i = 0; i < count; i++) {
        if (gc_addr_is_same_ip(own, &found[i])) {
            return false;
        }
        others = others || found[i].family == own->family;
    }
    return others || !gc_routes_has(own);
}

gc_bases_change gc_bases_look(gc_bases *b, enum gc_routes_which which) {
    gc_addr found[GC_BASES_MAX];
    uint32_t count = gc_routes_find(which, found, GC_BASES_MAX);
    gc_bases_change change = {0};
    for (uint32_t i = 0; i < GC_BASES_MAX; i++) {
        if (is_base(b, i) && is_stale(&b->addresses[i], found, count)) {
            close_one(b, i);
            change.gone |= 1u << i;
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        if (!has(b, &found[i])) {
            change.come |= open_one(b, found[i]);
        }
    }
    return change;
}

void gc_bases_close(gc_bases *b) {
    for (uint32_t i = 0; i < GC_BASES_MAX; i++) {
        if (is_base(b, i)) {
            close_one(b, i);
        }
    }
}

void gc_bases_free(gc_bases *b) {
    gc_udp_group_free(&b->group);
}

/* --- datagrams -------------------------------------------------------------------------------- */

void gc_bases_send(gc_bases *b, uint32_t base, const gc_addr *to, gc_span bytes) {
    bool fits = bytes.len > 0 && bytes.len <= GC_UDP_BYTES_MAX;
    if (is_base(b, base) && fits && to->family == b->addresses[base].family) {
        gc_udp_send(&b->sockets[base], to, NULL, bytes);
    }
}

/* RFC 6762 3. */
static const gc_addr *group_of(const gc_addr *own) {
    static const gc_addr v4 = {.family = 4, .port = GC_MDNS_PORT, .ip = {224, 0, 0, 251}};
    static const gc_addr v6 = {.family = 6, .port = GC_MDNS_PORT, .ip = {0xff, 0x02, [15] = 0xfb}};
    return own->family == 4 ? &v4 : &v6;
}

static bool has_group(gc_bases *b, uint32_t base) {
    const gc_addr *own = &b->addresses[base];
    if (b->has_group[base] || b->groups[base].group != NULL) {
        return b->has_group[base]; /* or it is being closed: the question comes again */
    }
    int fd = gc_multicast_open(own, group_of(own));
    if (fd < 0) {
        return false;
    }
    if (gc_udp_open(&b->groups[base], &b->group, fd, GC_BASES_MAX + base) != 0) {
        b->groups[base] = (gc_udp){0};
        close(fd);
        return false;
    }
    b->has_group[base] = true;
    return true;
}

void gc_bases_quiet(gc_bases *b) {
    for (uint32_t i = 0; i < GC_BASES_MAX; i++) {
        if (b->has_group[i]) {
            b->has_group[i] = false;
            gc_udp_close(&b->groups[i]);
        }
    }
}

void gc_bases_hold(gc_bases *b) {
    gc_udp_hold(&b->group);
}

void gc_bases_release(gc_bases *b) {
    gc_udp_release(&b->group);
}

void gc_bases_ask(gc_bases *b, gc_span bytes) {
    for (uint32_t i = 0; i < GC_BASES_MAX; i++) {
        if (is_base(b, i) && has_group(b, i)) {
            gc_udp_send(&b->groups[i], group_of(&b->addresses[i]), NULL, bytes);
        }
    }
}
