#include "server/listener.h"
#include "host/log.h"
#include "host/net.h"
#include "server/sockets.h"

#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#define ACCEPTS_AT_ONCE 64 /* then the clients that are here get their turn */

static void on_listener(uv_poll_t *poll, int status, int events);

static void on_accept_again(uv_timer_t *timer) {
    gc_listener *l = timer->data;
    uv_poll_start(&l->poll, UV_READABLE, on_listener);
}

/* Out of descriptors or kernel memory: the waiting connection stays in the backlog, and a loop that
 * asked for it again at once would spin. */
static void pause_accepting(gc_listener *l) {
    if (l->service->accept_pauses++ == 0) {
        gc_log(GC_LOG_WARNING,
               "no file descriptor is free for another connection: raise ulimit -n");
    }
    uv_poll_stop(&l->poll);
    uv_timer_start(&l->accept_again, on_accept_again, GC_ACCEPT_PAUSE_MS, 0);
}

static bool is_shortage(int error) {
    return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

static void on_listener(uv_poll_t *poll, int status, int events) {
    gc_listener *l = poll->data;
    (void)events;
    if (status != 0) {
        pause_accepting(l);
        return;
    }
    for (int i = 0; i < ACCEPTS_AT_ONCE; i++) {
        struct sockaddr_storage ss;
        socklen_t len = sizeof ss;
        gc_addr from;
        int fd = accept4(l->fd, (struct sockaddr *)&ss, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0 && gc_net_from_sockaddr((struct sockaddr *)&ss, &from)) {
            gc_sockets_accept(l->service, fd, &from, l->metrics);
        } else if (fd >= 0) {
            close(fd);
        } else if (is_shortage(errno)) {
            pause_accepting(l);
            break;
        } else if (errno == EAGAIN) {
            break;
        } /* else that connection failed before we took it (accept(2)): the next one */
    }
    gc_sockets_drain(l->service);
}

int gc_listener_open(gc_listener *l, gc_service *service, const char *host, uint32_t port,
                     bool metrics, char *error, size_t error_bytes) {
    *l = (gc_listener){.service = service, .port = port, .metrics = metrics};
    l->fd = gc_net_listen(host, &l->port, error, error_bytes);
    if (l->fd < 0) {
        return -1;
    }
    if (uv_poll_init(&service->loop, &l->poll, l->fd) != 0) {
        close(l->fd);
        snprintf(error, error_bytes, "cannot watch the listening socket");
        return -1;
    }
    uv_timer_init(&service->loop, &l->accept_again);
    l->poll.data = l->accept_again.data = l;
    l->open = true;
    uv_poll_start(&l->poll, UV_READABLE, on_listener);
    return 0;
}

void gc_listener_close(gc_listener *l) {
    if (l->open) {
        l->open = false;
        uv_close((uv_handle_t *)&l->poll, NULL);
        uv_close((uv_handle_t *)&l->accept_again, NULL);
        close(l->fd);
    }
}
