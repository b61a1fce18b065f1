/* host/udp.c, over loopback. */
#include "test/unit/patience.h"
#include "test/unit/unit.h"

#include "host/alloc.h"
#include "host/net.h"
#include "host/udp.h"

#include <netinet/udp.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#define PATIENCE_MS 5000
#define BURST       74

/* Two sockets that see what each other says. */
typedef struct pair {
    uv_loop_t loop;
    uv_timer_t patience;
    gc_udp_group group;
    gc_udp a, b;
    gc_addr a_is, b_is;
    uint32_t wanted, got, bytes;
    gc_udp_datagram last;
    bool echo, close_at_once;
    bool burst;        /* B answers with a burst, whose datagrams are counted in `in_order` */
    uint32_t in_order; /* as they came to A */
    uint32_t probes;   /* B answers with so many long datagrams */
} pair;

static gc_addr address_of(int fd) {
    struct sockaddr_storage name;
    socklen_t len = sizeof name;
    gc_addr a;
    assert_int_equal(getsockname(fd, (struct sockaddr *)&name, &len), 0);
    assert_true(gc_net_from_sockaddr((struct sockaddr *)&name, &a));
    return a;
}

/* Most are alike, so that they may leave together. Some are shorter, one is longer. Their bytes
 * tell which one they are. */
static gc_span burst_datagram(uint32_t i) {
    static uint8_t text[GC_UDP_BYTES_MAX];
    uint32_t len = i == 9 || i == 10 ? 800 : i == 20 ? 1400 : i % 31 == 30 ? 1 : 1200;
    memset(text, (int)i + 1, len);
    return gc_span_of(text, len);
}

static void send_burst(gc_udp *u, const pair *p) {
    for (uint32_t i = 0; i < BURST; i++) {
        gc_udp_send(u, &p->a_is, NULL, burst_datagram(i));
        if (i == 40) { /* one for another address in between */
            gc_udp_send(u, &p->b_is, NULL, GC_SPAN("aside"));
        }
    }
}

static void on_datagram(gc_udp *u, const gc_udp_datagram *d) {
    pair *p = u->group->context;
    if (p->burst && u == &p->b && gc_span_equal(d->bytes, GC_SPAN("start"))) {
        send_burst(u, p);
    } else if (p->burst && u == &p->a) {
        p->in_order += gc_span_equal(d->bytes, burst_datagram(p->in_order));
    }
    if (u == &p->b) {
        static const uint8_t probe[8000];
        for (uint32_t i = 0; i < p->probes; i++) {
            gc_udp_send(u, &p->a_is, NULL, gc_span_of(probe, sizeof probe));
        }
    }
    p->last = *d;
    p->got++;
    p->bytes += d->bytes.len;
    if (p->echo && u == &p->b) {
        gc_udp_send(u, &d->from, &d->at, d->bytes);
    }
    if (p->close_at_once && u == &p->b) {
        gc_udp_close(u);
    }
    if (p->got >= p->wanted) {
        uv_stop(&p->loop);
    }
}

static void pair_open(pair *p, const char *b_host) {
    char error[200];
    int fds[2];
    memset(p, 0, sizeof *p);
    patience_open(&p->loop, &p->patience);
    assert_int_equal(gc_udp_group_open(&p->group, &p->loop, on_datagram, p), 0);
    assert_int_equal(gc_net_bind_udp("127.0.0.1", 0, fds, error, sizeof error), 0);
    p->a_is = address_of(fds[0]);
    assert_int_equal(gc_udp_open(&p->a, &p->group, fds[0], 1), 0);
    assert_int_equal(gc_net_bind_udp(b_host, 0, fds, error, sizeof error), 0);
    p->b_is = address_of(fds[0]);
    assert_int_equal(gc_udp_open(&p->b, &p->group, fds[0], 2), 0);
}

/* Runs the loop until so many datagrams came, or patience ends. */
static void await(pair *p, uint32_t wanted) {
    p->wanted = wanted;
    patience_run(&p->patience, PATIENCE_MS);
    assert_int_equal(p->got, wanted);
}

static void pair_close(pair *p) {
    gc_udp_close(&p->a);
    if (!p->close_at_once) {
        gc_udp_close(&p->b);
    }
    patience_close(&p->patience);
    gc_udp_group_free(&p->group);
}

static void datagrams_of_any_length_pass_both_ways_at_any_time(void **state) {
    (void)state;
    static uint8_t text[GC_UDP_BYTES_MAX] = {1, 2, 3};
    pair p;
    pair_open(&p, "127.0.0.1");
    gc_udp_send(&p.a, &p.b_is, NULL, gc_span_of(text, sizeof text));
    await(&p, 1);
    assert_memory_equal(&p.last.from, &p.a_is, sizeof p.a_is);
    assert_int_equal(p.last.bytes.len, sizeof text);
    gc_udp_send(&p.b, &p.a_is, NULL, gc_span_of(text, 1));
    await(&p, 2);
    assert_memory_equal(&p.last.from, &p.b_is, sizeof p.b_is);
    assert_int_equal(p.bytes, sizeof text + 1);
    assert_int_equal(p.group.unsent, 0);
    pair_close(&p);
}

/* More than the buffer of a batch holds. */
static void long_ones_leave_in_several_batches(void **state) {
    (void)state;
    static uint8_t text[GC_UDP_BYTES_MAX];
    pair p;
    pair_open(&p, "127.0.0.1");
    p.echo = true;
    for (uint32_t i = 0; i < 11; i++) {
        gc_udp_send(&p.a, &p.b_is, NULL, gc_span_of(text, sizeof text - i));
    }
    await(&p, 22);
    assert_int_equal(p.bytes, 2 * (11 * sizeof text - 55));
    assert_int_equal(p.group.unsent, 0);
    pair_close(&p);
}

static void nobody_cuts_a_datagram(void **state) {
    (void)state;
    int how = -1;
    socklen_t len = sizeof how;
    pair p;
    pair_open(&p, "127.0.0.1");
    assert_int_equal(getsockopt(p.a.fd, IPPROTO_IP, IP_MTU_DISCOVER, &how, &len), 0);
    assert_int_equal(how, IP_PMTUDISC_PROBE);
    gc_addr own = {.family = 6, .ip = {[15] = 1}};
    gc_udp c;
    int fd = gc_net_bind_udp_to(&own);
    assert_int_equal(gc_udp_open(&c, &p.group, fd, 3), 0);
    assert_int_equal(getsockopt(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, &how, &len), 0);
    assert_int_equal(how, IPV6_PMTUDISC_PROBE);
    gc_udp_close(&c);
    pair_close(&p);
}

static void drop_a_longer_one(uint32_t offload) {
    static uint8_t text[GC_UDP_BYTES_MAX + 1];
    struct sockaddr_storage to;
    pair p;
    pair_open(&p, "127.0.0.1");
    gc_udp_offload(&p.b, offload);
    socklen_t len = gc_net_to_sockaddr(&p.b_is, &to);
    assert_int_equal(sendto(p.a.fd, text, sizeof text, 0, (struct sockaddr *)&to, len),
                     sizeof text);
    gc_udp_send(&p.a, &p.b_is, NULL, gc_span_of(text, 7));
    await(&p, 1);
    assert_int_equal(p.last.bytes.len, 7);
    pair_close(&p);
}

static void a_longer_datagram_is_dropped_unseen(void **state) {
    (void)state;
    drop_a_longer_one(0);
    drop_a_longer_one(GC_UDP_GATHERS);
}

static void more_than_a_batch_is_echoed(void **state) {
    (void)state;
    static uint8_t text[100];
    pair p;
    pair_open(&p, "127.0.0.1");
    p.echo = true;
    for (int i = 0; i < 2 * GC_UDP_BATCH; i++) {
        gc_udp_send(&p.a, &p.b_is, NULL, gc_span_of(text, sizeof text));
    }
    await(&p, 4 * GC_UDP_BATCH);
    assert_memory_equal(&p.last.from, &p.b_is, sizeof p.b_is);
    pair_close(&p);
}

static void burst_with(uint32_t a_offload, uint32_t b_offload) {
    pair p;
    pair_open(&p, "127.0.0.1");
    p.burst = true;
    gc_udp_offload(&p.a, a_offload);
    gc_udp_offload(&p.b, b_offload);
    gc_udp_send(&p.a, &p.b_is, NULL, GC_SPAN("start"));
    await(&p, BURST + 2);
    assert_int_equal(p.in_order, BURST);
    assert_int_equal(p.group.unsent, 0);
    pair_close(&p);
}

static void a_burst_passes_whole_whatever_the_kernel_puts_together(void **state) {
    (void)state;
    for (uint32_t i = 0; i < 16; i++) {
        burst_with(i & 3, i >> 2);
    }
}

/* Bytes of what waits at a socket as one message of the kernel; -1: nothing waits. */
static ssize_t waiting(const gc_udp *u) {
    static uint8_t bytes[65536];
    return recv(u->fd, bytes, sizeof bytes, MSG_DONTWAIT | MSG_TRUNC);
}

/* The socket that they come to puts nothing together that left alone. */
static void what_is_held_leaves_as_one_message(void **state) {
    (void)state;
    static const uint8_t usual[1200];
    pair p;
    pair_open(&p, "127.0.0.1");
    if (gc_udp_offload(&p.a, GC_UDP_SEGMENTS) == 0 || gc_udp_offload(&p.b, GC_UDP_GATHERS) == 0) {
        pair_close(&p);
        skip();
    }
    gc_udp_hold(&p.group);
    for (uint32_t i = 0; i < 10; i++) {
        gc_udp_hold(&p.group);
        gc_udp_send(&p.a, &p.b_is, NULL, gc_span_of(usual, sizeof usual));
        gc_udp_release(&p.group);
        assert_int_equal(waiting(&p.b), -1);
    }
    gc_udp_release(&p.group);
    assert_int_equal(waiting(&p.b), 10 * sizeof usual);
    gc_udp_send(&p.a, &p.b_is, NULL, gc_span_of(usual, 7));
    assert_int_equal(waiting(&p.b), 7);
    assert_int_equal(p.group.unsent, 0);
    pair_close(&p);
}

/* More than a batch; another socket in between; a socket that is closed. Nothing is lost, and each
 * gets its own in order. */
static void what_is_held_leaves_sooner_where_it_must(void **state) {
    (void)state;
    pair p;
    pair_open(&p, "127.0.0.1");
    p.burst = true;
    gc_udp_offload(&p.b, GC_UDP_SEGMENTS);
    gc_udp_hold(&p.group);
    send_burst(&p.b, &p);
    gc_udp_send(&p.a, &p.b_is, NULL, GC_SPAN("from the other"));
    gc_udp_send(&p.b, &p.a_is, NULL, burst_datagram(BURST));
    p.close_at_once = true; /* and pair_close() does not */
    gc_udp_close(&p.b);
    gc_udp_release(&p.group);
    await(&p, BURST + 1);
    assert_int_equal(p.in_order, BURST + 1);
    assert_int_equal(p.group.unsent, 0);
    pair_close(&p);
}

/* UDP_SEGMENT needs checksums: the kernel refuses it with EINVAL on a socket that has none. */
static void a_refused_message_leaves_as_datagrams(void **state) {
    (void)state;
    int on = 1;
    pair p;
    pair_open(&p, "127.0.0.1");
    p.burst = true;
    if (gc_udp_offload(&p.b, GC_UDP_SEGMENTS) == 0) {
        pair_close(&p);
        skip();
    }
    assert_int_equal(setsockopt(p.b.fd, SOL_SOCKET, SO_NO_CHECK, &on, sizeof on), 0);
    gc_udp_send(&p.a, &p.b_is, NULL, GC_SPAN("start"));
    await(&p, BURST + 2);
    assert_int_equal(p.in_order, BURST);
    assert_int_equal(p.group.unsent, 0);
    assert_int_equal(p.b.offload, 0);
    pair_close(&p);
}

/* Probes of two links may be equally long: when the kernel does not take them together, that says
 * nothing of usual datagrams. */
static void refused_probes_leave_others_what_the_kernel_does(void **state) {
    (void)state;
    int on = 1;
    for (uint32_t probes = 2; probes < 5; probes++) {
        pair p;
        pair_open(&p, "127.0.0.1");
        p.probes = probes;
        uint32_t had = gc_udp_offload(&p.b, GC_UDP_SEGMENTS);
        assert_int_equal(setsockopt(p.b.fd, SOL_SOCKET, SO_NO_CHECK, &on, sizeof on), 0);
        gc_udp_send(&p.a, &p.b_is, NULL, GC_SPAN("start"));
        await(&p, 1 + probes);
        assert_int_equal(p.group.unsent, 0);
        assert_int_equal(p.b.offload, had);
        pair_close(&p);
        if (had == 0) {
            skip();
        }
    }
}

static void offloads_are_given_back(void **state) {
    (void)state;
    pair p;
    pair_open(&p, "127.0.0.1");
    assert_int_equal(p.a.offload, 0);
    uint32_t all = gc_udp_offload(&p.a, GC_UDP_SEGMENTS | GC_UDP_GATHERS);
    assert_int_equal(p.a.offload, all);
    assert_int_equal(gc_udp_offload(&p.a, 0), 0);
    pair_close(&p);
}

/* What a system permits, by its name; 0: it does not say. */
static uint32_t permitted(const char *path) {
    unsigned bytes = 0;
    FILE *f = fopen(path, "r");
    if (f != NULL) {
        if (fscanf(f, "%u", &bytes) != 1) {
            bytes = 0;
        }
        fclose(f);
    }
    return bytes;
}

/* The kernel doubles what it gives, and gives no more than it permits. */
static void check_room(uint32_t given, uint32_t before, uint32_t most) {
    uint32_t bytes = most < GC_UDP_ROOM_BYTES ? most : GC_UDP_ROOM_BYTES;
    if (most > 0 && before < 2 * bytes) {
        assert_int_equal(given, 2 * bytes);
    } else {
        assert_true(given >= before);
    }
}

static uint32_t room_of(int fd, int option) {
    int bytes = 0;
    socklen_t size = sizeof bytes;
    assert_int_equal(getsockopt(fd, SOL_SOCKET, option, &bytes, &size), 0);
    return (uint32_t)bytes;
}

static void a_socket_gets_the_room_that_is_permitted(void **state) {
    (void)state;
    pair p;
    int least = 4096;
    pair_open(&p, "127.0.0.1");
    assert_int_equal(p.a.room_in, 0);
    setsockopt(p.a.fd, SOL_SOCKET, SO_RCVBUF, &least, sizeof least);
    setsockopt(p.a.fd, SOL_SOCKET, SO_SNDBUF, &least, sizeof least);
    uint32_t in = room_of(p.a.fd, SO_RCVBUF), out = room_of(p.a.fd, SO_SNDBUF);
    gc_udp_widen(&p.a);
    check_room(p.a.room_in, in, permitted("/proc/sys/net/core/rmem_max"));
    check_room(p.a.room_out, out, permitted("/proc/sys/net/core/wmem_max"));
    assert_true(p.a.room_in > in && p.a.room_out > out);
    assert_int_equal(room_of(p.a.fd, SO_RCVBUF), p.a.room_in);
    assert_int_equal(room_of(p.a.fd, SO_SNDBUF), p.a.room_out);
    pair_close(&p);
}

static void an_answer_leaves_from_the_address_that_was_asked(void **state) {
    (void)state;
    pair p;
    pair_open(&p, "0.0.0.0");
    p.echo = true;
    gc_addr other = p.b_is;
    memcpy(other.ip, (uint8_t[]){127, 0, 0, 2}, 4);
    gc_udp_send(&p.a, &other, NULL, GC_SPAN("question"));
    await(&p, 2);
    assert_memory_equal(&p.last.from, &other, sizeof other);
    pair_close(&p);
}

static void a_socket_may_be_closed_by_its_own_datagram(void **state) {
    (void)state;
    pair p;
    pair_open(&p, "127.0.0.1");
    p.echo = p.close_at_once = true;
    gc_udp_send(&p.a, &p.b_is, NULL, GC_SPAN("one"));
    gc_udp_send(&p.a, &p.b_is, NULL, GC_SPAN("two"));
    await(&p, 2); /* "one", and its echo, which still left */
    assert_memory_equal(&p.last.from, &p.b_is, sizeof p.b_is);
    pair_close(&p);
}

static void a_socket_may_be_closed_amid_what_the_kernel_put_together(void **state) {
    (void)state;
    pair p;
    pair_open(&p, "127.0.0.1");
    gc_udp_offload(&p.b, GC_UDP_GATHERS);
    p.close_at_once = true;
    struct sockaddr_storage to;
    uint8_t text[3 * 100] = {0};
    int size = 100; /* of each of the datagrams that the kernel makes of the text */
    socklen_t len = gc_net_to_sockaddr(&p.b_is, &to);
    setsockopt(p.a.fd, IPPROTO_UDP, UDP_SEGMENT, &size, sizeof size);
    sendto(p.a.fd, text, sizeof text, 0, (struct sockaddr *)&to, len);
    await(&p, 1);
    pair_close(&p);
}

static void what_the_kernel_does_not_take_is_counted(void **state) {
    (void)state;
    pair p;
    pair_open(&p, "127.0.0.1");
    gc_addr nowhere = {.family = 4, .ip = {255, 255, 255, 255}, .port = 9}; /* not a broadcaster */
    gc_udp_send(&p.a, &nowhere, NULL, GC_SPAN("x"));
    assert_int_equal(p.group.unsent, 1);
    pair_close(&p);
}

static void without_memory_there_is_no_group(void **state) {
    (void)state;
    gc_udp_group group;
    uv_loop_t loop;
    uv_loop_init(&loop);
    gc_alloc_fail_at(1);
    assert_int_equal(gc_udp_group_open(&group, &loop, on_datagram, NULL), -1);
    gc_alloc_fail_at(0);
    gc_udp_group_free(&group);
    uv_loop_close(&loop);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(datagrams_of_any_length_pass_both_ways_at_any_time),
        cmocka_unit_test(long_ones_leave_in_several_batches),
        cmocka_unit_test(nobody_cuts_a_datagram),
        cmocka_unit_test(a_longer_datagram_is_dropped_unseen),
        cmocka_unit_test(more_than_a_batch_is_echoed),
        cmocka_unit_test(a_burst_passes_whole_whatever_the_kernel_puts_together),
        cmocka_unit_test(what_is_held_leaves_as_one_message),
        cmocka_unit_test(what_is_held_leaves_sooner_where_it_must),
        cmocka_unit_test(a_refused_message_leaves_as_datagrams),
        cmocka_unit_test(refused_probes_leave_others_what_the_kernel_does),
        cmocka_unit_test(offloads_are_given_back),
        cmocka_unit_test(a_socket_gets_the_room_that_is_permitted),
        cmocka_unit_test(an_answer_leaves_from_the_address_that_was_asked),
        cmocka_unit_test(a_socket_may_be_closed_by_its_own_datagram),
        cmocka_unit_test(a_socket_may_be_closed_amid_what_the_kernel_put_together),
        cmocka_unit_test(what_the_kernel_does_not_take_is_counted),
        cmocka_unit_test(without_memory_there_is_no_group),
    };
    return RUN(tests);
}
