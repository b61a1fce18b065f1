/* host/tcp.c */
#include "host/tcp.h"
#include "test/unit/unit.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

/* Two ends of a connection over loopback. */
static void connect_pair(int ends[2]) {
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof at;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&at, &len), 0);
    assert_int_equal(listen(listener, 1), 0);
    ends[0] = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(ends[0], (struct sockaddr *)&at, sizeof at), 0);
    ends[1] = accept(listener, NULL, NULL);
    assert_true(ends[1] >= 0);
    close(listener);
}

/* Loopback delivers within the call that sends; an acknowledgement alone may take its time. */
static void assert_grows(int fd, uint32_t before) {
    for (int ms = 0; ms < 5000 && gc_tcp_packets(fd) == before; ms++) {
        poll(NULL, 0, 1);
    }
    assert_true(gc_tcp_packets(fd) > before);
}

static void packets_of_the_peer_are_counted_and_nothing_else(void **state) {
    int ends[2];
    (void)state;
    connect_pair(ends);
    uint32_t before = gc_tcp_packets(ends[1]);
    assert_int_equal(gc_tcp_packets(ends[1]), before); /* to look is not to be heard */
    /* What the peer says, though nobody reads it. */
    assert_int_equal(write(ends[0], "x", 1), 1);
    assert_grows(ends[1], before);
    /* What its kernel acknowledges, though its application reads nothing. */
    before = gc_tcp_packets(ends[1]);
    assert_int_equal(write(ends[1], "y", 1), 1);
    assert_grows(ends[1], before);
    close(ends[0]);
    close(ends[1]);
}

static void what_is_no_tcp_socket_has_no_packets(void **state) {
    int pipes[2];
    (void)state;
    assert_int_equal(pipe(pipes), 0);
    assert_int_equal(gc_tcp_packets(pipes[0]), 0);
    assert_int_equal(gc_tcp_packets(-1), 0);
    close(pipes[0]);
    close(pipes[1]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packets_of_the_peer_are_counted_and_nothing_else),
        cmocka_unit_test(what_is_no_tcp_socket_has_no_packets),
    };
    return RUN(tests);
}
