/* server/datagram_sockets.c: sockets that cannot be watched. test/server/process.test.mjs has the
 * rest: STUN over both families, a busy port. */
#include "test/unit/unit.h"

#include "host/net.h"
#include "server/datagram_sockets.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

static void on_datagram(gc_udp *u, const gc_udp_datagram *datagram) {
    (void)u, (void)datagram;
}

static void on_poll(uv_poll_t *poll, int status, int events) {
    (void)poll, (void)status, (void)events;
}

/* A port that is free for both families. */
static int32_t free_port(void) {
    struct sockaddr_storage name;
    socklen_t len = sizeof name;
    gc_addr a;
    int fds[2];
    char error[200];
    assert_int_equal(gc_net_bind_udp("0.0.0.0", 0, fds, error, sizeof error), 0);
    assert_int_equal(getsockname(fds[0], (struct sockaddr *)&name, &len), 0);
    assert_true(gc_net_from_sockaddr((struct sockaddr *)&name, &a));
    close(fds[0]);
    return a.port;
}

static bool is_descriptor(int fd) {
    return fcntl(fd, F_GETFD) >= 0;
}

/* The loop refuses a descriptor that it watches already. So one that was closed behind its back
 * makes it refuse the next socket, which gets the same number. */
static void refuse_one_of_two(const char *host, bool first) {
    static gc_datagram_sockets s;
    gc_options options = {.host = host, .stun_port = free_port()};
    char error[200] = "";
    uv_loop_t loop;
    uv_poll_t stale;
    int fds[2] = {socket(AF_INET, SOCK_DGRAM, 0), socket(AF_INET, SOCK_DGRAM, 0)};
    memset(&s, 0, sizeof s);
    uv_loop_init(&loop);
    uv_poll_init(&loop, &stale, fds[first ? 0 : 1]);
    uv_poll_start(&stale, UV_READABLE, on_poll);
    close(fds[0]);
    close(fds[1]);
    assert_int_equal(
        gc_datagram_sockets_open(&s, &loop, &options, on_datagram, NULL, error, sizeof error), -1);
    assert_string_equal(error, "cannot watch the STUN socket");
    assert_false(gc_datagram_sockets_are_open(&s));
    uv_close((uv_handle_t *)&stale, NULL);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_false(is_descriptor(fds[0]) || is_descriptor(fds[1]));
    assert_int_equal(uv_loop_close(&loop), 0);
    gc_datagram_sockets_free(&s);
}

static void when_one_family_fails_none_is_open(void **state) {
    (void)state;
    refuse_one_of_two("::", true);
    refuse_one_of_two("::", false);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(when_one_family_fails_none_is_open),
    };
    return RUN(tests);
}
