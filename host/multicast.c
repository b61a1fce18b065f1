#include "host/multicast.h"
#include "host/net.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#define HOPS 255 /* RFC 6762 11 */

/* The index of the interface that has this address; 0: there is none. */
static unsigned interface_of(const gc_addr *own) {
    struct ifaddrs *all;
    unsigned index = 0;
    if (getifaddrs(&all) != 0) {
        return 0;
    }
    for (const struct ifaddrs *i = all; i != NULL && index == 0; i = i->ifa_next) {
        gc_addr a;
        if (i->ifa_addr != NULL && gc_net_from_sockaddr(i->ifa_addr, &a) &&
            gc_addr_is_same_ip(&a, own)) {
            index = if_nametoindex(i->ifa_name);
        }
    }
    freeifaddrs(all);
    return index;
}

static bool set(int fd, int level, int name, const void *value, socklen_t len) {
    return setsockopt(fd, level, name, value, len) == 0;
}

static bool join_v4(int fd, const gc_addr *own, const gc_addr *group, unsigned index) {
    struct ip_mreqn member = {.imr_ifindex = (int)index};
    int hops = HOPS, none = 0;
    memcpy(&member.imr_address, own->ip, sizeof member.imr_address);
    memcpy(&member.imr_multiaddr, group->ip, sizeof member.imr_multiaddr);
    return set(fd, IPPROTO_IP, IP_MULTICAST_ALL, &none, sizeof none) &&
           set(fd, IPPROTO_IP, IP_MULTICAST_IF, &member, sizeof member) &&
           set(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &member, sizeof member) &&
           set(fd, IPPROTO_IP, IP_MULTICAST_TTL, &hops, sizeof hops);
}

static bool join_v6(int fd, const gc_addr *own, const gc_addr *group, unsigned index) {
    struct ipv6_mreq member = {.ipv6mr_interface = index};
    int hops = HOPS, none = 0;
    (void)own; /* the kernel chooses among those of the interface */
    memcpy(&member.ipv6mr_multiaddr, group->ip, sizeof member.ipv6mr_multiaddr);
    return set(fd, IPPROTO_IPV6, IPV6_MULTICAST_ALL, &none, sizeof none) &&
           set(fd, IPPROTO_IPV6, IPV6_MULTICAST_IF, &index, sizeof index) &&
           set(fd, IPPROTO_IPV6, IPV6_JOIN_GROUP, &member, sizeof member) &&
           set(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, &hops, sizeof hops);
}

/* Bound to the group, the socket hears nothing that is sent to this machine alone. */
static bool bind_to(int fd, const gc_addr *group, unsigned index) {
    struct sockaddr_storage name;
    socklen_t len = gc_net_to_sockaddr(group, &name);
    int on = 1;
    if (group->family == 6) {
        ((struct sockaddr_in6 *)(void *)&name)->sin6_scope_id = index;
    }
    return set(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) &&
           bind(fd, (const struct sockaddr *)&name, len) == 0;
}

int gc_multicast_open(const gc_addr *own, const gc_addr *group) {
    unsigned index = interface_of(own);
    bool v6 = group->family == 6;
    if (index == 0) {
        return -1;
    }
    int fd = socket(v6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return -1;
    }
    if (!bind_to(fd, group, index) || !(v6 ? join_v6 : join_v4)(fd, own, group, index)) {
        close(fd);
        return -1;
    }
    return fd;
}
