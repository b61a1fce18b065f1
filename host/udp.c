#include "host/udp.h"
#include "core/base/assert.h"
#include "host/alloc.h"
#include "host/net.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Datagrams of one system call. Pages are touched as far as batches grow. */
typedef struct side {
    struct mmsghdr messages[GC_UDP_BATCH];
    struct iovec vectors[GC_UDP_BATCH];
    struct sockaddr_storage names[GC_UDP_BATCH];
    union {
        struct cmsghdr align;
        uint8_t bytes[CMSG_SPACE(sizeof(struct in6_pktinfo))];
    } control[GC_UDP_BATCH];
    uint8_t bytes[GC_UDP_BATCH][GC_UDP_BYTES_MAX];
} side;

struct gc_udp_batch {
    bool reading;   /* the callback runs: what it sends waits for the end of the batch */
    gc_udp *sender; /* the socket of the `count` datagrams in `out`; NULL: there are none */
    uint32_t count;
    side in, out;
};

int gc_udp_group_open(gc_udp_group *group, uv_loop_t *loop, gc_udp_received received,
                      void *context) {
    *group = (gc_udp_group){.loop = loop, .received = received, .context = context};
    group->batch = gc_alloc(sizeof *group->batch);
    if (group->batch == NULL) {
        return -1;
    }
    group->batch->reading = false;
    group->batch->sender = NULL;
    group->batch->count = 0;
    return 0;
}

void gc_udp_group_free(gc_udp_group *group) {
    gc_free(group->batch);
    group->batch = NULL;
}

/* --- sending ---------------------------------------------------------------------------------- */

static void flush(gc_udp_group *group) {
    gc_udp_batch *b = group->batch;
    uint32_t sent = 0;
    while (sent < b->count) {
        int n = sendmmsg(b->sender->fd, b->out.messages + sent, b->count - sent, MSG_DONTWAIT);
        if (n <= 0) {
            /* A datagram that cannot be sent (no route, full buffer) must not stop those after it.
             */
            group->unsent++;
            n = 1;
        }
        sent += (uint32_t)n;
    }
    b->count = 0;
    b->sender = NULL;
}

static void put_control(struct msghdr *m, int level, int type, const void *info, size_t bytes) {
    struct cmsghdr *c = m->msg_control;
    m->msg_controllen = CMSG_SPACE(bytes);
    memset(c, 0, m->msg_controllen);
    c->cmsg_level = level;
    c->cmsg_type = type;
    c->cmsg_len = CMSG_LEN(bytes);
    memcpy(CMSG_DATA(c), info, bytes);
}

/* The interface is left to routing, but where an address means nothing without it. */
static void put_local(struct msghdr *m, const gc_udp_local *from) {
    if (from->family == 4) {
        struct in_pktinfo info = {0};
        memcpy(&info.ipi_spec_dst, from->ip, sizeof info.ipi_spec_dst);
        put_control(m, IPPROTO_IP, IP_PKTINFO, &info, sizeof info);
    } else {
        struct in6_pktinfo info = {0};
        memcpy(&info.ipi6_addr, from->ip, sizeof info.ipi6_addr);
        info.ipi6_ifindex = IN6_IS_ADDR_LINKLOCAL(&info.ipi6_addr) ? from->interface : 0;
        put_control(m, IPPROTO_IPV6, IPV6_PKTINFO, &info, sizeof info);
    }
}

static void set_scope(struct sockaddr_storage *name, const gc_udp_local *from) {
    struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)(void *)name;
    if (name->ss_family == AF_INET6 && IN6_IS_ADDR_LINKLOCAL(&in6->sin6_addr)) {
        in6->sin6_scope_id = from->interface;
    }
}

void gc_udp_send(gc_udp *u, const gc_addr *to, const gc_udp_local *from, gc_span bytes) {
    gc_udp_batch *b = u->group->batch;
    gc_assert(bytes.len > 0 && bytes.len <= GC_UDP_BYTES_MAX);
    if (b->count == GC_UDP_BATCH || (b->sender != NULL && b->sender != u)) {
        flush(u->group);
    }
    uint32_t i = b->count++;
    struct msghdr *m = &b->out.messages[i].msg_hdr;
    b->sender = u;
    memcpy(b->out.bytes[i], bytes.data, bytes.len);
    b->out.vectors[i] = (struct iovec){b->out.bytes[i], bytes.len};
    *m = (struct msghdr){.msg_name = &b->out.names[i],
                         .msg_namelen = gc_net_to_sockaddr(to, &b->out.names[i]),
                         .msg_iov = &b->out.vectors[i],
                         .msg_iovlen = 1};
    if (from != NULL && from->family != 0) {
        m->msg_control = b->out.control[i].bytes;
        put_local(m, from);
        set_scope(&b->out.names[i], from);
    }
    if (!b->reading) {
        flush(u->group);
    }
}

/* --- receiving -------------------------------------------------------------------------------- */

static int receive(const gc_udp *u, side *in) {
    for (int i = 0; i < GC_UDP_BATCH; i++) {
        in->vectors[i] = (struct iovec){in->bytes[i], GC_UDP_BYTES_MAX};
        in->messages[i].msg_hdr = (struct msghdr){
            .msg_name = &in->names[i],
            .msg_namelen = sizeof in->names[i],
            .msg_iov = &in->vectors[i],
            .msg_iovlen = 1,
            .msg_control = in->control[i].bytes,
            .msg_controllen = sizeof in->control[i].bytes,
        };
    }
    return recvmmsg(u->fd, in->messages, GC_UDP_BATCH, MSG_DONTWAIT, NULL);
}

static gc_udp_local local_of(struct msghdr *m) {
    gc_udp_local at = {0};
    for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c != NULL; c = CMSG_NXTHDR(m, c)) {
        if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
            struct in_pktinfo info;
            memcpy(&info, CMSG_DATA(c), sizeof info);
            at.family = 4;
            memcpy(at.ip, &info.ipi_addr, sizeof info.ipi_addr);
            at.interface = (uint32_t)info.ipi_ifindex;
        } else if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
            struct in6_pktinfo info;
            memcpy(&info, CMSG_DATA(c), sizeof info);
            at.family = 6;
            memcpy(at.ip, &info.ipi6_addr, sizeof info.ipi6_addr);
            at.interface = (uint32_t)info.ipi6_ifindex;
        }
    }
    return at;
}

static void hand_out(gc_udp *u, side *in, int i) {
    struct msghdr *m = &in->messages[i].msg_hdr;
    gc_udp_datagram d;
    if ((m->msg_flags & MSG_TRUNC) == 0 && gc_net_from_sockaddr(m->msg_name, &d.from)) {
        d.at = local_of(m);
        d.bytes = gc_span_of(in->bytes[i], in->messages[i].msg_len);
        u->group->received(u, &d);
    }
}

static void on_readable(uv_poll_t *poll, int status, int events) {
    gc_udp *u = poll->data;
    gc_udp_batch *b = u->group->batch;
    (void)events;
    if (status != 0) {
        /* A queued socket error, for which libuv stopped polling. */
        int error;
        socklen_t size = sizeof error;
        getsockopt(u->fd, SOL_SOCKET, SO_ERROR, &error, &size);
        uv_poll_start(poll, UV_READABLE, on_readable);
        return;
    }
    int n = receive(u, &b->in);
    b->reading = true;
    for (int i = 0; i < n && !uv_is_closing((uv_handle_t *)poll); i++) {
        hand_out(u, &b->in, i);
    }
    b->reading = false;
    flush(u->group);
}

/* --- opening and closing ---------------------------------------------------------------------- */

int gc_udp_open(gc_udp *u, gc_udp_group *group, int fd, uint32_t number) {
    int on = 1;
    setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof on);
    setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof on); /* fails on IPv4, harmless */
    *u = (gc_udp){.group = group, .fd = fd, .number = number};
    int r = uv_poll_init(group->loop, &u->poll, fd);
    if (r != 0) {
        return r;
    }
    u->poll.data = u;
    return uv_poll_start(&u->poll, UV_READABLE, on_readable);
}

static void on_closed(uv_handle_t *handle) {
    gc_udp *u = handle->data;
    close(u->fd);
}

void gc_udp_close(gc_udp *u) {
    if (u->group->batch->sender == u) {
        flush(u->group);
    }
    uv_poll_stop(&u->poll);
    uv_close((uv_handle_t *)&u->poll, on_closed);
}
