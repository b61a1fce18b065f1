/* host/net.c */
#include "test/unit/unit.h"

#include "host/net.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void parsed(const char *text, uint8_t family, uint8_t first, uint8_t last) {
    gc_addr a;
    uint32_t len = (uint32_t)strlen(text);
    uint8_t *copy = exact_copy(text, len);
    if (!gc_net_parse(gc_span_of(copy, len), &a)) {
        fail_msg("%s was refused", text);
    }
    free(copy);
    assert_int_equal(a.family, family);
    assert_int_equal(a.ip[0], first);
    assert_int_equal(a.ip[family == 4 ? 3 : 15], last);
}

static void an_address_is_parsed_with_or_without_its_port(void **state) {
    (void)state;
    parsed("192.0.2.7", 4, 192, 7);
    parsed("192.0.2.7:443", 4, 192, 7);
    parsed("2001:db8::9", 6, 0x20, 9);
    parsed("[2001:db8::9]", 6, 0x20, 9);
    parsed("[2001:db8::9]:443", 6, 0x20, 9);
    parsed("::ffff:192.0.2.7", 4, 192, 7);
    const char *refused[] = {"",
                             "unknown",
                             "_hidden",
                             "192.0.2",
                             "1.2.3.4.5",
                             "[",
                             "[]",
                             "[2001:db8::9",
                             ":",
                             "::g",
                             "192.0.2.7 ",
                             "a.example",
                             "2001:0db8:0000:0000:0000:0000:0000:0000:0000:0000:0001"};
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        gc_addr a;
        if (gc_net_parse(text_span(refused[i]), &a)) {
            fail_msg("%s was taken", refused[i]);
        }
    }
}

static void loopback_is_recognized_in_its_forms(void **state) {
    (void)state;
    assert_true(gc_net_is_loopback("127.0.0.1"));
    assert_true(gc_net_is_loopback("127.9.9.9"));
    assert_true(gc_net_is_loopback("::1"));
    assert_true(gc_net_is_loopback("localhost"));
    assert_false(gc_net_is_loopback("0.0.0.0"));
    assert_false(gc_net_is_loopback("::"));
    assert_false(gc_net_is_loopback("128.0.0.1"));
    assert_false(gc_net_is_loopback("localhost.example.org"));
}

static void localhost_is_known_by_its_names(void **state) {
    (void)state;
    static const char *const names[] = {"localhost", "LocalHost", "a.localhost", "b.a.LOCALHOST"};
    static const char *const others[] = {
        "",           ".localhost", "notlocalhost", "localhost.example",
        "localhost.", "127.0.0.1",  "calhost"};
    gc_addr v6, v4;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        assert_true(gc_net_localhost(names[i], &v6, &v4));
        assert_true(v6.family == 6 && v6.ip[0] == 0 && v6.ip[15] == 1 && v6.port == 0);
        assert_true(v4.family == 4 && v4.ip[0] == 127 && v4.ip[3] == 1 && v4.port == 0);
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        assert_false(gc_net_localhost(others[i], &v6, &v4));
    }
}

static void a_mapped_ipv4_address_is_an_ipv4_address(void **state) {
    (void)state;
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons(5)};
    gc_addr a;
    assert_int_equal(inet_pton(AF_INET6, "::ffff:10.1.2.3", &in6.sin6_addr), 1);
    assert_true(gc_net_from_sockaddr((struct sockaddr *)&in6, &a));
    assert_int_equal(a.family, 4);
    assert_int_equal(a.ip[0], 10);
    assert_int_equal(a.ip[4], 0);
    assert_int_equal(a.port, 5);
    in6.sin6_family = AF_UNIX;
    assert_false(gc_net_from_sockaddr((struct sockaddr *)&in6, &a));
}

static void a_port_in_use_cannot_be_listened_on_again(void **state) {
    (void)state;
    char error[256] = "";
    uint32_t port = 0;
    int fd = gc_net_listen("127.0.0.1", &port, error, sizeof error);
    assert_true(fd >= 0 && port != 0);
    uint32_t same = port;
    assert_int_equal(gc_net_listen("127.0.0.1", &same, error, sizeof error), -1);
    assert_non_null(strstr(error, "cannot listen on 127.0.0.1"));
    close(fd);
    assert_int_equal(gc_net_listen("host.invalid", &same, error, sizeof error), -1);
    assert_non_null(strstr(error, "cannot find the host"));
}

/* Refuses IPv6 sockets to this process, as a kernel without IPv6 does. */
static bool without_ipv6(void) {
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_INET6, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EAFNOSUPPORT),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {.len = sizeof code / sizeof code[0], .filter = code};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

static int family_of(int fd) {
    struct sockaddr_storage ss = {0};
    socklen_t len = sizeof ss;
    return getsockname(fd, (struct sockaddr *)&ss, &len) == 0 ? ss.ss_family : -1;
}

/* What a process without IPv6 gets: 0, or the number of the first thing that is not so. */
static int listens_by_ipv4_alone(void) {
    char error[256] = "";
    uint32_t port = 0;
    int fds[2];
    if (!without_ipv6() || socket(AF_INET6, SOCK_STREAM, 0) >= 0) {
        return 1;
    }
    int fd = gc_net_listen("::", &port, error, sizeof error);
    if (fd < 0 || family_of(fd) != AF_INET || port == 0) {
        return 2;
    }
    if (gc_net_bind_udp("::", 0, fds, error, sizeof error) != 0) {
        return 3;
    }
    if (fds[0] < 0 || family_of(fds[0]) != AF_INET || fds[1] >= 0) {
        return 4;
    }
    /* An IPv6 address that was named is not replaced by another one. */
    return gc_net_listen("::1", &port, error, sizeof error) < 0 ? 0 : 5;
}

/* A child tries, because nothing takes the filter off again. */
static void without_ipv6_the_wildcard_means_ipv4(void **state) {
    (void)state;
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        _exit(listens_by_ipv4_alone());
    }
    assert_true(child > 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void a_udp_port_in_use_cannot_be_bound_again(void **state) {
    (void)state;
    char error[256] = "";
    int fds[2];
    assert_int_equal(gc_net_bind_udp("127.0.0.1", 0, fds, error, sizeof error), 0);
    assert_int_equal(family_of(fds[0]), AF_INET);
    assert_int_equal(fds[1], -1);
    struct sockaddr_in in;
    socklen_t len = sizeof in;
    assert_int_equal(getsockname(fds[0], (struct sockaddr *)&in, &len), 0);
    uint32_t port = ntohs(in.sin_port);
    int more[2];
    assert_int_equal(gc_net_bind_udp("127.0.0.1", port, more, error, sizeof error), -1);
    assert_non_null(strstr(error, "cannot use UDP port"));
    assert_int_equal(more[0], -1);
    assert_int_equal(more[1], -1);
    close(fds[0]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_is_parsed_with_or_without_its_port),
        cmocka_unit_test(loopback_is_recognized_in_its_forms),
        cmocka_unit_test(localhost_is_known_by_its_names),
        cmocka_unit_test(a_mapped_ipv4_address_is_an_ipv4_address),
        cmocka_unit_test(a_port_in_use_cannot_be_listened_on_again),
        cmocka_unit_test(a_udp_port_in_use_cannot_be_bound_again),
        cmocka_unit_test(without_ipv6_the_wildcard_means_ipv4),
    };
    return RUN(tests);
}
