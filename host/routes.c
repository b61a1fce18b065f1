#include "host/routes.h"
#include "host/net.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <unistd.h>

typedef struct found {
    gc_addr *out;
    uint32_t size;
    uint32_t count;
} found;

static bool is_of_use(const gc_addr *a) {
    static const gc_addr none = {.family = 6};
    static const gc_addr loopback = {.family = 6, .ip = {[15] = 1}};
    if (a->family == 4) {
        return a->ip[0] != 127 && a->ip[0] != 0;
    }
    bool link_local = a->ip[0] == 0xfe && (a->ip[1] & 0xc0) == 0x80;
    return !link_local && !gc_addr_is_same_ip(a, &none) && !gc_addr_is_same_ip(a, &loopback);
}

static void add(found *f, const gc_addr *a) {
    for (uint32_t i = 0; i < f->count; i++) {
        if (gc_addr_is_same_ip(&f->out[i], a)) {
            return;
        }
    }
    if (f->count < f->size) {
        f->out[f->count] = *a;
        f->out[f->count++].port = 0;
    }
}

/* Which own address the kernel would choose: a UDP socket that is connected only looks up its
 * route. */
static bool look_up(const gc_addr *to, gc_addr *own) {
    struct sockaddr_storage name;
    socklen_t len = gc_net_to_sockaddr(to, &name);
    int fd = socket(name.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return false;
    }
    bool good = connect(fd, (const struct sockaddr *)&name, len) == 0;
    len = sizeof name;
    good = good && getsockname(fd, (struct sockaddr *)&name, &len) == 0 &&
           gc_net_from_sockaddr((const struct sockaddr *)&name, own);
    close(fd);
    return good;
}

/* Addresses of nobody, for documents: RFC 5737 and RFC 3849. Their way is the default route. */
static void add_default(found *f) {
    static const gc_addr far[] = {
        {.family = 4, .port = 9, .ip = {198, 51, 100, 1}},
        {.family = 6, .port = 9, .ip = {0x20, 0x01, 0x0d, 0xb8, [15] = 1}},
    };
    gc_addr own;
    for (size_t i = 0; i < sizeof far / sizeof far[0]; i++) {
        if (look_up(&far[i], &own) && is_of_use(&own)) {
            add(f, &own);
        }
    }
}

static void add_all(found *f) {
    struct ifaddrs *all;
    gc_addr a;
    if (getifaddrs(&all) != 0) {
        return;
    }
    for (const struct ifaddrs *i = all; i != NULL; i = i->ifa_next) {
        bool up = (i->ifa_flags & IFF_UP) != 0 && (i->ifa_flags & IFF_RUNNING) != 0;
        if (up && i->ifa_addr != NULL && gc_net_from_sockaddr(i->ifa_addr, &a) && is_of_use(&a)) {
            add(f, &a);
        }
    }
    freeifaddrs(all);
}

/* The kernel has an address where it finds a way from it to itself. */
bool gc_routes_has(const gc_addr *own) {
    gc_addr to = *own, from;
    to.port = 9;
    return look_up(&to, &from) && gc_addr_is_same_ip(&to, &from);
}

static void add_loopback(found *f) {
    static const gc_addr own[] = {
        {.family = 4, .ip = {127, 0, 0, 1}},
        {.family = 6, .ip = {[15] = 1}},
    };
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
        if (gc_routes_has(&own[i])) {
            add(f, &own[i]);
        }
    }
}

uint32_t gc_routes_find(enum gc_routes_which which, gc_addr *out, uint32_t size) {
    found f = {out, size, 0};
    if (which == GC_ROUTES_LOOPBACK) {
        add_loopback(&f);
        return f.count;
    }
    add_default(&f);
    if (which == GC_ROUTES_ALL) {
        add_all(&f);
    }
    return f.count;
}
