/* host/multicast.c, on loopback. */
#include "test/unit/unit.h"

#include "host/multicast.h"
#include "host/net.h"

#include <poll.h>
#include <unistd.h>

#define PATIENCE_MS 3000

static const gc_addr own4 = {.family = 4, .ip = {127, 0, 0, 1}};
static const gc_addr own6 = {.family = 6, .ip = {[15] = 1}};
/* Of the ranges for this machine's own use: RFC 2365, RFC 4291 2.7. */
static const gc_addr group4 = {.family = 4, .port = 53535, .ip = {239, 255, 77, 77}};
static const gc_addr group6 = {.family = 6, .port = 53535, .ip = {0xff, 0x01, [15] = 0x77}};

static bool say(int fd, const gc_addr *to) {
    struct sockaddr_storage name;
    socklen_t len = gc_net_to_sockaddr(to, &name);
    return sendto(fd, "hello", 5, 0, (struct sockaddr *)&name, len) == 5;
}

static ssize_t hear(int fd, int ms, gc_addr *from) {
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    struct sockaddr_storage name;
    socklen_t len = sizeof name;
    char text[100];
    if (poll(&wait, 1, ms) <= 0) {
        return -1;
    }
    ssize_t n = recvfrom(fd, text, sizeof text, 0, (struct sockaddr *)&name, &len);
    assert_true(gc_net_from_sockaddr((struct sockaddr *)&name, from));
    return n;
}

static void members_hear_one_another(const gc_addr *own, const gc_addr *group) {
    gc_addr from;
    int a = gc_multicast_open(own, group), b = gc_multicast_open(own, group);
    if (a < 0 || b < 0 || !say(a, group)) {
        close(a);
        close(b);
        return; /* no such family here, or loopback has no multicast of it */
    }
    assert_int_equal(hear(b, PATIENCE_MS, &from), 5);
    assert_memory_equal(from.ip, own->ip, sizeof from.ip);
    assert_int_equal(from.port, group->port);
    /* To the port alone, and not to the group, nothing is heard. */
    gc_addr here = *own;
    here.port = group->port;
    int other = gc_net_bind_udp_to(&(gc_addr){
        .family = own->family, .ip = {own->ip[0], [3] = own->ip[3], [15] = own->ip[15]}});
    assert_true(other >= 0);
    struct sockaddr_storage name;
    socklen_t len = gc_net_to_sockaddr(&here, &name);
    sendto(other, "stray", 5, 0, (struct sockaddr *)&name, len);
    hear(a, PATIENCE_MS, &from); /* its own word, which comes back */
    assert_int_equal(hear(a, 50, &from), -1);
    assert_int_equal(hear(b, 0, &from), -1);
    close(a);
    close(b);
    close(other);
}

static void members_of_ipv4_hear_one_another(void **state) {
    (void)state;
    members_hear_one_another(&own4, &group4);
}

static void members_of_ipv6_hear_one_another(void **state) {
    (void)state;
    members_hear_one_another(&own6, &group6);
}

static void an_address_of_nobody_has_no_interface(void **state) {
    (void)state;
    gc_addr nobody = {.family = 4, .ip = {198, 51, 100, 1}};
    assert_int_equal(gc_multicast_open(&nobody, &group4), -1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_of_ipv4_hear_one_another),
        cmocka_unit_test(members_of_ipv6_hear_one_another),
        cmocka_unit_test(an_address_of_nobody_has_no_interface),
    };
    return RUN(tests);
}
