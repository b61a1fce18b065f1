#include "host/udp.h"
#include "core/base/assert.h"
#include "host/alloc.h"
#include "host/net.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Bounds of one message that the kernel cuts into datagrams: older kernels take 64 datagrams, and
 * IPv4 so many bytes. */
#define RUN_DATAGRAMS_MAX 60
#define RUN_BYTES_MAX     65507
/* Longer ones may find out whether the path carries so much. */
#define USUAL_BYTES 1232
/* A message of datagrams that were put together needs room for the longest. */
#define WHOLE_BYTES 65536
#define WHOLE_BATCH 4

/* Where a datagram came in or leaves, and the length of those that were put together. */
typedef union control {
    struct cmsghdr align;
    uint8_t bytes[CMSG_SPACE(sizeof(struct in6_pktinfo)) + CMSG_SPACE(sizeof(int))];
} control;

/* Messages of one system call, one datagram each, or several in `runs`. Pages are touched as far as
 * batches grow. */
typedef struct side {
    struct mmsghdr messages[GC_UDP_BATCH];
    struct iovec vectors[GC_UDP_BATCH];
    struct sockaddr_storage names[GC_UDP_BATCH];
    control control[GC_UDP_BATCH];
} side;

#define IN_BYTES    (WHOLE_BATCH * WHOLE_BYTES)
#define SHORT_BATCH (IN_BYTES / GC_UDP_BYTES_MAX) /* of others */
/* Datagrams that wait to be sent: a batch as Ethernet carries them, or fewer longer ones. */
#define OUT_BYTES (GC_UDP_BATCH * 1500)

_Static_assert(SHORT_BATCH <= GC_UDP_BATCH && OUT_BYTES >= GC_UDP_BYTES_MAX, "there is room");

struct gc_udp_batch {
    uint32_t holds; /* gc_udp_hold() without gc_udp_release(): what is sent waits for the last */
    gc_udp *sender; /* the socket of the `count` datagrams in `out`; NULL: there are none */
    uint32_t count;
    uint32_t out_used; /* of out_bytes */
    side in, out;
    struct mmsghdr runs[GC_UDP_BATCH]; /* of `out`: neighbours that may leave as one message */
    struct iovec run_bytes[GC_UDP_BATCH];
    uint32_t run_counts[GC_UDP_BATCH]; /* datagrams of each */
    uint8_t out_bytes[OUT_BYTES];
    uint8_t in_bytes[IN_BYTES]; /* WHOLE_BATCH long ones or SHORT_BATCH others */
};

int gc_udp_group_open(gc_udp_group *group, uv_loop_t *loop, gc_udp_received received,
                      void *context) {
    *group = (gc_udp_group){.loop = loop, .received = received, .context = context};
    group->batch = gc_alloc(sizeof *group->batch);
    if (group->batch == NULL) {
        return -1;
    }
    group->batch->holds = 0;
    group->batch->sender = NULL;
    group->batch->count = group->batch->out_used = 0;
    return 0;
}

void gc_udp_group_free(gc_udp_group *group) {
    gc_free(group->batch);
    group->batch = NULL;
}

/* --- sending ---------------------------------------------------------------------------------- */

/* A message whose datagrams are too long is refused as if the kernel could not cut: whoever probes
 * the path by one long datagram must not cost others the use of UDP_SEGMENT. */
static bool is_trial(const side *out, uint32_t first, uint32_t i) {
    size_t size = out->vectors[first].iov_len;
    return size > USUAL_BYTES && i - first == 1 && out->vectors[i].iov_len < size;
}

/* Tells whether datagram `i` may leave in one message with `first`, whose run has `bytes` so far
 * and ends with datagram i - 1. The kernel cuts at one length: only the last may be shorter. */
static bool joins(const side *out, uint32_t first, uint32_t i, size_t bytes) {
    const struct msghdr *a = &out->messages[first].msg_hdr, *b = &out->messages[i].msg_hdr;
    size_t size = out->vectors[first].iov_len, len = out->vectors[i].iov_len;
    return !is_trial(out, first, i) && i - first < RUN_DATAGRAMS_MAX &&
           bytes + len <= RUN_BYTES_MAX && len <= size && out->vectors[i - 1].iov_len == size &&
           a->msg_namelen == b->msg_namelen && a->msg_controllen == b->msg_controllen &&
           memcmp(a->msg_name, b->msg_name, a->msg_namelen) == 0 &&
           (a->msg_controllen == 0 ||
            memcmp(a->msg_control, b->msg_control, a->msg_controllen) == 0);
}

/* Adds the length to what the first datagram says of itself. Its own message, which is used when it
 * leaves alone, does not see the addition. */
static void put_segment(struct msghdr *m, control *own, uint16_t size) {
    struct cmsghdr *c = (struct cmsghdr *)(void *)(own->bytes + m->msg_controllen);
    memset(c, 0, CMSG_SPACE(sizeof size));
    c->cmsg_level = IPPROTO_UDP;
    c->cmsg_type = UDP_SEGMENT;
    c->cmsg_len = CMSG_LEN(sizeof size);
    memcpy(CMSG_DATA(c), &size, sizeof size);
    m->msg_control = own->bytes;
    m->msg_controllen += CMSG_SPACE(sizeof size);
}

/* Makes runs of the datagrams from `at` on, which are neighbours in memory too; together: of more
 * than one where they fit. Returns how many runs there are. */
static uint32_t gather(gc_udp_batch *b, uint32_t at, bool together) {
    uint32_t runs = 0;
    while (at < b->count) {
        uint32_t first = at;
        size_t bytes = 0;
        do {
            bytes += b->out.vectors[at++].iov_len;
        } while (together && at < b->count && joins(&b->out, first, at, bytes));
        struct mmsghdr *run = &b->runs[runs];
        *run = b->out.messages[first];
        b->run_bytes[runs] = (struct iovec){b->out.vectors[first].iov_base, bytes};
        run->msg_hdr.msg_iov = &b->run_bytes[runs];
        b->run_counts[runs++] = at - first;
        if (at - first > 1) {
            put_segment(&run->msg_hdr, &b->out.control[first],
                        (uint16_t)b->out.vectors[first].iov_len);
        }
    }
    return runs;
}

/* A way that cannot cut says so with one of these: no checksum offload, IPsec, a smaller MTU, an
 * old kernel. */
static bool refuses_runs(int error) {
    return error == EIO || error == EINVAL || error == ENOPROTOOPT || error == EMSGSIZE;
}

/* Sends the datagrams of a run that was refused, each alone. Whether the way carries such long ones
 * is what probes of the path ask: who asks must not cost others the use of UDP_SEGMENT. */
static uint32_t send_alone(gc_udp_group *group, uint32_t at, uint32_t count) {
    gc_udp_batch *b = group->batch;
    int n = sendmmsg(b->sender->fd, b->out.messages + at, count, MSG_DONTWAIT);
    if (n > 0) {
        return (uint32_t)n;
    }
    group->unsent++;
    return 1;
}

/* Sends what is left from datagram `at` on, as far as the kernel takes it at once. Returns how many
 * datagrams that settles. */
static uint32_t send_some(gc_udp_group *group, uint32_t at) {
    gc_udp_batch *b = group->batch;
    gc_udp *u = b->sender;
    uint32_t count = gather(b, at, (u->offload & GC_UDP_SEGMENTS) != 0);
    uint32_t settled = 0;
    int n = sendmmsg(u->fd, b->runs, count, MSG_DONTWAIT);
    for (int i = 0; i < n; i++) {
        settled += b->run_counts[i];
    }
    if (n > 0) {
        return settled;
    }
    uint32_t refused = b->run_counts[0];
    if (refused > 1 && refuses_runs(errno)) {
        if (b->out.vectors[at].iov_len > USUAL_BYTES) {
            return send_alone(group, at, refused);
        }
        u->offload &= ~(uint32_t)GC_UDP_SEGMENTS;
        return 0;
    }
    /* A datagram that cannot be sent (no route, full buffer) must not stop those after it. */
    group->unsent += refused;
    return refused;
}

static void flush(gc_udp_group *group) {
    gc_udp_batch *b = group->batch;
    for (uint32_t sent = 0; sent < b->count;) {
        sent += send_some(group, sent);
    }
    b->count = b->out_used = 0;
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
    if (b->count == GC_UDP_BATCH || bytes.len > OUT_BYTES - b->out_used ||
        (b->sender != NULL && b->sender != u)) {
        flush(u->group);
    }
    uint32_t i = b->count++;
    struct msghdr *m = &b->out.messages[i].msg_hdr;
    b->sender = u;
    b->out.vectors[i] = (struct iovec){b->out_bytes + b->out_used, bytes.len};
    memcpy(b->out_bytes + b->out_used, bytes.data, bytes.len);
    b->out_used += bytes.len;
    *m = (struct msghdr){.msg_name = &b->out.names[i],
                         .msg_namelen = gc_net_to_sockaddr(to, &b->out.names[i]),
                         .msg_iov = &b->out.vectors[i],
                         .msg_iovlen = 1};
    if (from != NULL && from->family != 0) {
        m->msg_control = b->out.control[i].bytes;
        put_local(m, from);
        set_scope(&b->out.names[i], from);
    }
    if (b->holds == 0) {
        flush(u->group);
    }
}

void gc_udp_hold(gc_udp_group *group) {
    group->batch->holds++;
}

void gc_udp_release(gc_udp_group *group) {
    gc_assert(group->batch->holds > 0);
    if (--group->batch->holds == 0) {
        flush(group);
    }
}

/* --- receiving -------------------------------------------------------------------------------- */

static int receive(const gc_udp *u, gc_udp_batch *b) {
    side *in = &b->in;
    bool whole = (u->offload & GC_UDP_GATHERS) != 0;
    uint32_t batch = whole ? WHOLE_BATCH : SHORT_BATCH;
    size_t bytes = whole ? WHOLE_BYTES : GC_UDP_BYTES_MAX;
    for (uint32_t i = 0; i < batch; i++) {
        in->vectors[i] = (struct iovec){b->in_bytes + i * bytes, bytes};
        in->messages[i].msg_hdr = (struct msghdr){
            .msg_name = &in->names[i],
            .msg_namelen = sizeof in->names[i],
            .msg_iov = &in->vectors[i],
            .msg_iovlen = 1,
            .msg_control = in->control[i].bytes,
            .msg_controllen = sizeof in->control[i].bytes,
        };
    }
    return recvmmsg(u->fd, in->messages, batch, MSG_DONTWAIT, NULL);
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

/* The length at which the kernel put datagrams together; 0: this is one alone. */
static uint32_t segment_of(struct msghdr *m) {
    for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c != NULL; c = CMSG_NXTHDR(m, c)) {
        if (c->cmsg_level == IPPROTO_UDP && c->cmsg_type == UDP_GRO) {
            int size;
            memcpy(&size, CMSG_DATA(c), sizeof size);
            return size > 0 ? (uint32_t)size : 0;
        }
    }
    return 0;
}

static void hand_out(gc_udp *u, side *in, int i) {
    struct msghdr *m = &in->messages[i].msg_hdr;
    const uint8_t *bytes = in->vectors[i].iov_base;
    uint32_t left = in->messages[i].msg_len, size = segment_of(m);
    gc_udp_datagram d;
    if ((m->msg_flags & MSG_TRUNC) != 0 || !gc_net_from_sockaddr(m->msg_name, &d.from)) {
        return;
    }
    d.at = local_of(m);
    size = size == 0 ? left : size;
    do {
        uint32_t len = left < size ? left : size;
        d.bytes = gc_span_of(bytes, len);
        bytes += len;
        left -= len;
        if (len <= GC_UDP_BYTES_MAX) {
            u->group->received(u, &d);
        }
    } while (left > 0 && !uv_is_closing((uv_handle_t *)&u->poll));
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
    int n = receive(u, b);
    gc_udp_hold(u->group);
    for (int i = 0; i < n && !uv_is_closing((uv_handle_t *)poll); i++) {
        hand_out(u, &b->in, i);
    }
    gc_udp_release(u->group);
}

/* --- opening and closing ---------------------------------------------------------------------- */

int gc_udp_open(gc_udp *u, gc_udp_group *group, int fd, uint32_t number) {
    int on = 1, whole = IP_PMTUDISC_PROBE, whole6 = IPV6_PMTUDISC_PROBE;
    setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof on);
    setsockopt(fd, IPPROTO_IP, IP_MTU_DISCOVER, &whole, sizeof whole);
    setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof on); /* fails on IPv4, harmless */
    setsockopt(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, &whole6, sizeof whole6);
    *u = (gc_udp){.group = group, .fd = fd, .number = number};
    int r = uv_poll_init(group->loop, &u->poll, fd);
    if (r != 0) {
        return r;
    }
    u->poll.data = u;
    return uv_poll_start(&u->poll, UV_READABLE, on_readable);
}

uint32_t gc_udp_offload(gc_udp *u, uint32_t wanted) {
    int gathers = (wanted & GC_UDP_GATHERS) != 0;
    int none = 0;
    u->offload = 0;
    if (setsockopt(u->fd, IPPROTO_UDP, UDP_GRO, &gathers, sizeof gathers) == 0 && gathers) {
        u->offload |= GC_UDP_GATHERS;
    }
    if ((wanted & GC_UDP_SEGMENTS) != 0 &&
        setsockopt(u->fd, IPPROTO_UDP, UDP_SEGMENT, &none, sizeof none) == 0) {
        u->offload |= GC_UDP_SEGMENTS;
    }
    return u->offload;
}

static uint32_t room_of(int fd, int option) {
    int bytes = 0;
    socklen_t size = sizeof bytes;
    getsockopt(fd, SOL_SOCKET, option, &bytes, &size);
    return bytes > 0 ? (uint32_t)bytes : 0;
}

/* A system whose sockets have more from the start keeps it. */
static uint32_t widen(int fd, int option) {
    int bytes = GC_UDP_ROOM_BYTES;
    if (room_of(fd, option) < 2 * GC_UDP_ROOM_BYTES) {
        setsockopt(fd, SOL_SOCKET, option, &bytes, sizeof bytes);
    }
    return room_of(fd, option);
}

void gc_udp_widen(gc_udp *u) {
    u->room_in = widen(u->fd, SO_RCVBUF);
    u->room_out = widen(u->fd, SO_SNDBUF);
}

static void on_closed(uv_handle_t *handle) {
    gc_udp *u = handle->data;
    close(u->fd);
    u->group = NULL;
}

void gc_udp_close(gc_udp *u) {
    if (u->group->batch->sender == u) {
        flush(u->group);
    }
    uv_poll_stop(&u->poll);
    uv_close((uv_handle_t *)&u->poll, on_closed);
}
