#include "host/udp.h"
#include "core/base/assert.h"
#include "host/net.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* One set for all sockets: they are used one after the other, within one wake-up. Pages are
 * touched as far as batches grow. */
typedef struct batch {
    struct mmsghdr messages[GC_UDP_BATCH];
    struct iovec vectors[GC_UDP_BATCH];
    struct sockaddr_storage names[GC_UDP_BATCH];
    union {
        struct cmsghdr align;
        uint8_t bytes[CMSG_SPACE(sizeof(struct in6_pktinfo))];
    } control[GC_UDP_BATCH];
    uint8_t questions[GC_UDP_BATCH][GC_UDP_QUESTION_BYTES];
    uint8_t answers[GC_UDP_BATCH][GC_UDP_ANSWER_BYTES];
} batch;

static batch shared;

static int receive(gc_udp *u, batch *b) {
    for (int i = 0; i < GC_UDP_BATCH; i++) {
        b->vectors[i] = (struct iovec){b->questions[i], GC_UDP_QUESTION_BYTES};
        b->messages[i].msg_hdr = (struct msghdr){
            .msg_name = &b->names[i],
            .msg_namelen = sizeof b->names[i],
            .msg_iov = &b->vectors[i],
            .msg_iovlen = 1,
            .msg_control = b->control[i].bytes,
            .msg_controllen = sizeof b->control[i].bytes,
        };
    }
    return recvmmsg(u->fd, b->messages, GC_UDP_BATCH, MSG_DONTWAIT, NULL);
}

/* The same control message sends from the address asked, once the fields that mean something else
 * when sending are cleared: the interface is left to routing. */
static void turn_control(struct msghdr *m) {
    for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c != NULL; c = CMSG_NXTHDR(m, c)) {
        if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
            struct in_pktinfo info;
            memcpy(&info, CMSG_DATA(c), sizeof info);
            info.ipi_spec_dst = info.ipi_addr;
            info.ipi_addr.s_addr = 0;
            info.ipi_ifindex = 0;
            memcpy(CMSG_DATA(c), &info, sizeof info);
            return;
        }
        if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
            struct in6_pktinfo info;
            memcpy(&info, CMSG_DATA(c), sizeof info);
            if (!IN6_IS_ADDR_LINKLOCAL(&info.ipi6_addr)) {
                info.ipi6_ifindex = 0;
            }
            memcpy(CMSG_DATA(c), &info, sizeof info);
            return;
        }
    }
    m->msg_control = NULL;
    m->msg_controllen = 0;
}

/* Turns message i into its answer; false for silence. */
static bool answer_one(gc_udp *u, batch *b, int i) {
    struct msghdr *m = &b->messages[i].msg_hdr;
    gc_addr from;
    if ((m->msg_flags & MSG_TRUNC) != 0 || !gc_net_from_sockaddr(m->msg_name, &from)) {
        return false;
    }
    gc_span datagram = gc_span_of(b->questions[i], b->messages[i].msg_len);
    uint32_t len = u->answer(u->context, uv_now(u->poll.loop), &from, datagram, b->answers[i]);
    if (len == 0) {
        return false;
    }
    gc_assert(len <= GC_UDP_ANSWER_BYTES);
    b->vectors[i] = (struct iovec){b->answers[i], len};
    turn_control(m);
    m->msg_flags = 0;
    return true;
}

static void send_answers(gc_udp *u, batch *b, uint32_t count) {
    uint32_t sent = 0;
    while (sent < count) {
        int n = sendmmsg(u->fd, b->messages + sent, count - sent, MSG_DONTWAIT);
        if (n <= 0) {
            /* One that cannot be sent (no route, full buffer) must not stop those behind it. */
            (*u->dropped)++;
            n = 1;
        }
        sent += (uint32_t)n;
    }
}

static void on_readable(uv_poll_t *poll, int status, int events) {
    gc_udp *u = poll->data;
    batch *b = &shared;
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
    uint32_t count = 0;
    for (int i = 0; i < n; i++) {
        if (answer_one(u, b, i)) {
            b->messages[count++] = b->messages[i];
        }
    }
    send_answers(u, b, count);
}

int gc_udp_open(gc_udp *u, uv_loop_t *loop, int fd, gc_udp_answer answer, void *context,
                uint64_t *dropped) {
    int on = 1;
    setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof on);
    setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof on); /* fails on IPv4, harmless */
    *u = (gc_udp){.fd = fd, .answer = answer, .context = context, .dropped = dropped};
    int r = uv_poll_init(loop, &u->poll, fd);
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
    uv_poll_stop(&u->poll);
    uv_close((uv_handle_t *)&u->poll, on_closed);
}
