#include "host/route_watch.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>
#include <unistd.h>

#define READ_BYTES 8192
#define READS_MAX  64 /* in one turn of the loop; the next turn reads on */

/* Rules choose among tables of routes, as VPNs use them. */
#define GROUP(number) (1u << (number) >> 1)
#define GROUPS                                                                                     \
    (RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR | RTMGRP_IPV4_ROUTE |                   \
     RTMGRP_IPV6_ROUTE | RTMGRP_IPV4_RULE | GROUP(RTNLGRP_IPV6_RULE))

static void on_timer(uv_timer_t *timer);

static void report(gc_route_watch *w) {
    if (uv_is_active((uv_handle_t *)&w->timer)) {
        w->missed = true;
        return;
    }
    w->missed = false;
    uv_timer_start(&w->timer, on_timer, GC_ROUTE_WATCH_MS, 0);
    w->changed(w->context);
}

static void on_timer(uv_timer_t *timer) {
    gc_route_watch *w = timer->data;
    if (w->missed) {
        report(w);
    }
}

/* The messages are not read one by one: an error too means a change, for the kernel reports ENOBUFS
 * when it had no room for all of them. */
static void on_readable(uv_poll_t *poll, int status, int events) {
    gc_route_watch *w = poll->data;
    char bytes[READ_BYTES];
    (void)status;
    (void)events;
    for (int i = 0; i < READS_MAX && recv(w->fd, bytes, sizeof bytes, 0) > 0; i++) {
    }
    if (status != 0) {
        uv_poll_start(poll, UV_READABLE, on_readable); /* libuv stops at an error */
    }
    report(w);
}

static int open_socket(void) {
    struct sockaddr_nl name = {.nl_family = AF_NETLINK, .nl_groups = GROUPS};
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (fd >= 0 && bind(fd, (const struct sockaddr *)&name, sizeof name) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

int gc_route_watch_open(gc_route_watch *w, uv_loop_t *loop, void (*changed)(void *context),
                        void *context) {
    int fd = open_socket();
    if (fd < 0) {
        return -1;
    }
    if (uv_poll_init(loop, &w->poll, fd) != 0) {
        close(fd);
        *w = (gc_route_watch){0};
        return -1;
    }
    uv_timer_init(loop, &w->timer);
    w->poll.data = w->timer.data = w;
    w->fd = fd;
    w->open = true;
    w->changed = changed;
    w->context = context;
    uv_poll_start(&w->poll, UV_READABLE, on_readable);
    return 0;
}

void gc_route_watch_again(gc_route_watch *w) {
    w->missed = true;
}

static void on_closed(uv_handle_t *handle) {
    gc_route_watch *w = handle->data;
    close(w->fd);
}

void gc_route_watch_close(gc_route_watch *w) {
    if (w->open) {
        w->open = false;
        uv_poll_stop(&w->poll);
        uv_close((uv_handle_t *)&w->timer, NULL);
        uv_close((uv_handle_t *)&w->poll, on_closed);
    }
}
