#include "host/net.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define BACKLOG 4096 /* the kernel caps it by net.core.somaxconn */
/* The kernel takes no more bytes of a socket while this many wait to be sent (TCP_NOTSENT_LOWAT).
 * Bytes in the kernel go out in the order in which they came, however much one sender says, whereas
 * the core takes its senders in turn. */
#define NOT_SENT_BYTES 4096

bool gc_net_from_sockaddr(const struct sockaddr *sa, gc_addr *out) {
    *out = (gc_addr){0};
    if (sa->sa_family == AF_INET) {
        const struct sockaddr_in *in = (const struct sockaddr_in *)(const void *)sa;
        memcpy(out->ip, &in->sin_addr, 4);
        out->port = ntohs(in->sin_port);
        out->family = 4;
        return true;
    }
    if (sa->sa_family != AF_INET6) {
        return false;
    }
    const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)(const void *)sa;
    bool mapped = IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr);
    memcpy(out->ip, in6->sin6_addr.s6_addr + (mapped ? 12 : 0), mapped ? 4 : 16);
    out->port = ntohs(in6->sin6_port);
    out->family = mapped ? 4 : 6;
    return true;
}

socklen_t gc_net_to_sockaddr(const gc_addr *a, struct sockaddr_storage *out) {
    memset(out, 0, sizeof *out);
    if (a->family == 4) {
        struct sockaddr_in *in = (struct sockaddr_in *)(void *)out;
        in->sin_family = AF_INET;
        in->sin_port = htons(a->port);
        memcpy(&in->sin_addr, a->ip, 4);
        return sizeof *in;
    }
    struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)(void *)out;
    in6->sin6_family = AF_INET6;
    in6->sin6_port = htons(a->port);
    memcpy(&in6->sin6_addr, a->ip, 16);
    return sizeof *in6;
}

/* The characters between brackets, or up to a single colon (a second one makes it IPv6). */
static gc_span without_port(gc_span text) {
    if (text.data[0] == '[') {
        uint32_t end = gc_span_find(text, 1, ']');
        return end == text.len ? GC_SPAN_NONE : gc_span_of(text.data + 1, end - 1);
    }
    uint32_t colon = gc_span_find(text, 0, ':');
    bool single = colon < text.len && gc_span_find(text, colon + 1, ':') == text.len;
    return single ? gc_span_of(text.data, colon) : text;
}

bool gc_net_parse(gc_span text, gc_addr *out) {
    char host[INET6_ADDRSTRLEN];
    struct sockaddr_in in = {.sin_family = AF_INET};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
    *out = (gc_addr){0};
    if (text.len == 0) {
        return false;
    }
    text = without_port(text);
    if (text.len == 0 || text.len >= sizeof host) {
        return false;
    }
    memcpy(host, text.data, text.len);
    host[text.len] = 0;
    if (inet_pton(AF_INET, host, &in.sin_addr) == 1) {
        return gc_net_from_sockaddr((struct sockaddr *)&in, out);
    }
    return inet_pton(AF_INET6, host, &in6.sin6_addr) == 1 &&
           gc_net_from_sockaddr((struct sockaddr *)&in6, out);
}

bool gc_net_localhost(const char *name, gc_addr *v6, gc_addr *v4) {
    static const char dotted[] = ".localhost";
    size_t len = strlen(name), end = sizeof dotted - 1;
    if (strcasecmp(name, dotted + 1) != 0 &&
        (len <= end || strcasecmp(name + len - end, dotted) != 0)) {
        return false;
    }
    *v6 = (gc_addr){.family = 6, .ip = {[15] = 1}};
    *v4 = (gc_addr){.family = 4, .ip = {127, 0, 0, 1}};
    return true;
}

bool gc_net_is_loopback(const char *host) {
    gc_addr a;
    return strcmp(host, "localhost") == 0 ||
           (gc_net_parse(gc_span_text(host), &a) && gc_addr_is_loopback(&a));
}

static struct addrinfo *resolve(const char *host, uint32_t port, int type, char *error,
                                size_t error_bytes) {
    struct addrinfo hints = {.ai_socktype = type, .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    char service[12];
    snprintf(service, sizeof service, "%u", port);
    int r = getaddrinfo(host, service, &hints, &found);
    if (r != 0) {
        snprintf(error, error_bytes, "cannot find the host %s: %s", host, gai_strerror(r));
        return NULL;
    }
    return found;
}

/* Returns a bound socket, or -1 with errno. */
static int open_bound(const struct addrinfo *a, bool v6_only) {
    int on = 1;
    int off = 0;
    int fd = socket(a->ai_family, a->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return -1;
    }
    if (a->ai_socktype == SOCK_STREAM) {
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        /* Accepted sockets inherit both. We write whole messages, so no delay is useful. */
        int not_sent = NOT_SENT_BYTES;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &not_sent, sizeof not_sent);
    }
    if (a->ai_family == AF_INET6) {
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, v6_only ? &on : &off, sizeof on);
    }
    if (bind(fd, a->ai_addr, a->ai_addrlen) != 0) {
        int saved = errno;
        close(fd);
        errno = saved;
        return -1;
    }
    return fd;
}

static bool lacks_ipv6(int error) {
    return error == EAFNOSUPPORT || error == EADDRNOTAVAIL || error == EPROTONOSUPPORT;
}

static uint32_t port_of(int fd) {
    struct sockaddr_storage ss;
    socklen_t len = sizeof ss;
    gc_addr a;
    if (getsockname(fd, (struct sockaddr *)&ss, &len) != 0 ||
        !gc_net_from_sockaddr((struct sockaddr *)&ss, &a)) {
        return 0;
    }
    return a.port;
}

int gc_net_listen(const char *host, uint32_t *port, char *error, size_t error_bytes) {
    int fd = -1;
    struct addrinfo *found = resolve(host, *port, SOCK_STREAM, error, error_bytes);
    if (found == NULL) {
        return -1;
    }
    for (struct addrinfo *a = found; a != NULL && fd < 0; a = a->ai_next) {
        fd = open_bound(a, false);
    }
    int saved = errno;
    freeaddrinfo(found);
    if (fd < 0 && strcmp(host, "::") == 0 && lacks_ipv6(saved)) {
        return gc_net_listen("0.0.0.0", port, error, error_bytes);
    }
    if (fd < 0 || listen(fd, BACKLOG) != 0) {
        snprintf(error, error_bytes, "cannot listen on %s port %u: %s", host, *port,
                 strerror(fd < 0 ? saved : errno));
        if (fd >= 0) {
            close(fd);
        }
        return -1;
    }
    *port = port_of(fd);
    return fd;
}

static int bind_udp_family(const char *host, uint32_t port, int fds[2], char *error,
                           size_t error_bytes) {
    struct addrinfo *found = resolve(host, port, SOCK_DGRAM, error, error_bytes);
    int failed = 0;
    if (found == NULL) {
        return -1;
    }
    for (struct addrinfo *a = found; a != NULL && failed == 0; a = a->ai_next) {
        int i = a->ai_family == AF_INET6;
        if (fds[i] >= 0) {
            continue;
        }
        fds[i] = open_bound(a, true);
        if (fds[i] < 0 && !(i == 1 && lacks_ipv6(errno))) {
            failed = errno;
        }
    }
    freeaddrinfo(found);
    if (failed != 0) {
        snprintf(error, error_bytes, "cannot use UDP port %u on %s: %s", port, host,
                 strerror(failed));
    }
    return failed == 0 ? 0 : -1;
}

int gc_net_bind_udp(const char *host, uint32_t port, int fds[2], char *error, size_t error_bytes) {
    fds[0] = fds[1] = -1;
    int r = bind_udp_family(host, port, fds, error, error_bytes);
    if (r == 0 && strcmp(host, "::") == 0) {
        r = bind_udp_family("0.0.0.0", port, fds, error, error_bytes);
    }
    for (int i = 0; i < 2 && r != 0; i++) {
        if (fds[i] >= 0) {
            close(fds[i]);
            fds[i] = -1;
        }
    }
    return r;
}

int gc_net_bind_udp_to(gc_addr *a) {
    struct sockaddr_storage name;
    struct addrinfo info = {.ai_socktype = SOCK_DGRAM, .ai_addr = (struct sockaddr *)&name};
    a->port = 0;
    info.ai_addrlen = gc_net_to_sockaddr(a, &name);
    info.ai_family = name.ss_family;
    int fd = open_bound(&info, true);
    if (fd >= 0) {
        a->port = (uint16_t)port_of(fd);
    }
    return fd;
}
