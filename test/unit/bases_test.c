/* peer/bases.c, on loopback. */
#include "test/unit/patience.h"
#include "test/unit/unit.h"

#include "host/alloc.h"
#include "peer/bases.h"

#define PATIENCE_MS 5000

typedef struct world {
    uv_loop_t loop;
    uv_timer_t patience;
    gc_bases a, b;
    uint32_t a_bits; /* the bases of a */
    uint32_t got;
    uint32_t base;
    gc_addr from;
} world;

static void on_datagram(gc_udp *u, const gc_udp_datagram *d) {
    world *w = u->group->context;
    w->got++;
    w->base = u->number;
    w->from = d->from;
    uv_stop(&w->loop);
}

static int setup(void **state) {
    world *w = calloc(1, sizeof *w);
    patience_open(&w->loop, &w->patience);
    assert_int_equal(gc_bases_open(&w->a, &w->loop, on_datagram, w), 0);
    assert_int_equal(gc_bases_open(&w->b, &w->loop, on_datagram, w), 0);
    w->a_bits = gc_bases_look(&w->a, GC_ROUTES_LOOPBACK).come;
    gc_bases_look(&w->b, GC_ROUTES_LOOPBACK);
    *state = w;
    return 0;
}

static int teardown(void **state) {
    world *w = *state;
    gc_bases_close(&w->a);
    gc_bases_close(&w->b);
    patience_close(&w->patience);
    gc_bases_free(&w->a);
    gc_bases_free(&w->b);
    free(w);
    return 0;
}

static void each_base_sends_from_its_own_address(void **state) {
    world *w = *state;
    assert_true(w->a_bits == 1 || w->a_bits == 3);
    patience_start(&w->patience, PATIENCE_MS);
    for (uint32_t i = 0; (w->a_bits & 1u << i) != 0; i++) {
        gc_bases_send(&w->a, i, &w->b.addresses[i], GC_SPAN("hello"));
        uv_run(&w->loop, UV_RUN_DEFAULT);
        assert_int_equal(w->got, i + 1);
        assert_int_equal(w->base, i);
        assert_memory_equal(&w->from, &w->a.addresses[i], sizeof w->from);
        assert_true(w->a.sockets[i].room_in > 0); /* its buffers were asked for */
    }
}

static void addresses_that_are_bases_already_are_not_taken_twice(void **state) {
    world *w = *state;
    gc_bases_change change = gc_bases_look(&w->a, GC_ROUTES_LOOPBACK);
    assert_int_equal(change.come, 0);
    assert_int_equal(change.gone, 0);
}

static void what_cannot_be_sent_is_dropped(void **state) {
    world *w = *state;
    static uint8_t text[GC_UDP_BYTES_MAX + 1];
    gc_addr other = w->b.addresses[0];
    other.family = other.family == 4 ? 6 : 4;
    gc_bases_send(&w->a, 0, &w->b.addresses[0], gc_span_of(text, sizeof text));
    gc_bases_send(&w->a, 0, &w->b.addresses[0], GC_SPAN_NONE);
    gc_bases_send(&w->a, 0, &other, GC_SPAN("x"));
    gc_bases_send(&w->a, GC_BASES_MAX - 1, &w->b.addresses[0], GC_SPAN("x"));
    gc_bases_send(&w->a, GC_BASES_MAX, &w->b.addresses[0], GC_SPAN("x"));
    patience_run(&w->patience, 20);
    assert_int_equal(w->got, 0);
}

static void without_memory_there_are_none(void **state) {
    (void)state;
    gc_bases none = {0};
    gc_alloc_fail_at(1);
    assert_int_equal(gc_bases_open(&none, NULL, on_datagram, NULL), -1);
    gc_alloc_fail_at(0);
    gc_bases_free(&none);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_base_sends_from_its_own_address, setup, teardown),
        cmocka_unit_test_setup_teardown(addresses_that_are_bases_already_are_not_taken_twice, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(what_cannot_be_sent_is_dropped, setup, teardown),
        cmocka_unit_test(without_memory_there_are_none),
    };
    return RUN(tests);
}
