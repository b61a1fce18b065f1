#include "rtc/datagram_queue.h"
#include "test/unit/unit.h"

static void borders_are_kept(void **state) {
    (void)state;
    uint8_t memory[16];
    gc_datagram_queue q;
    gc_span out;
    gc_datagram_queue_init(&q, memory, sizeof memory);
    assert_false(gc_datagram_queue_take(&q, &out));
    assert_true(gc_datagram_queue_put(&q, GC_SPAN("one")));
    assert_true(gc_datagram_queue_put(&q, GC_SPAN_NONE));
    assert_true(gc_datagram_queue_put(&q, GC_SPAN("three")));
    assert_true(gc_datagram_queue_take(&q, &out));
    assert_span(out, GC_SPAN("one"));
    assert_true(gc_datagram_queue_take(&q, &out));
    assert_int_equal(out.len, 0);
    assert_true(gc_datagram_queue_take(&q, &out));
    assert_span(out, GC_SPAN("three"));
    assert_false(gc_datagram_queue_take(&q, &out));
}

static void what_does_not_fit_is_refused(void **state) {
    (void)state;
    uint8_t memory[16];
    uint8_t many[UINT16_MAX + 1] = {0};
    gc_datagram_queue q;
    gc_span out;
    gc_datagram_queue_init(&q, memory, sizeof memory);
    assert_true(gc_datagram_queue_fits(&q, 14));
    assert_false(gc_datagram_queue_fits(&q, 15));
    assert_false(gc_datagram_queue_fits(&q, UINT32_MAX));
    assert_true(gc_datagram_queue_put(&q, GC_SPAN("12345678901234")));
    assert_false(gc_datagram_queue_put(&q, GC_SPAN_NONE));
    assert_true(gc_datagram_queue_take(&q, &out));
    assert_span(out, GC_SPAN("12345678901234"));
    uint8_t *large = malloc(70000);
    assert_non_null(large);
    gc_datagram_queue_init(&q, large, 70000);
    assert_false(gc_datagram_queue_put(&q, gc_span_of(many, UINT16_MAX + 1)));
    assert_true(gc_datagram_queue_put(&q, gc_span_of(many, UINT16_MAX)));
    free(large);
}

static void bytes_join_the_newest(void **state) {
    (void)state;
    uint8_t memory[24];
    gc_datagram_queue q;
    gc_span out;
    gc_datagram_queue_init(&q, memory, sizeof memory);
    assert_false(gc_datagram_queue_join(&q, GC_SPAN("x"), 100));
    assert_int_equal(gc_datagram_queue_newest(&q), -1);
    assert_true(gc_datagram_queue_put(&q, GC_SPAN("first")));
    assert_true(gc_datagram_queue_put(&q, GC_SPAN("second")));
    assert_int_equal(gc_datagram_queue_newest(&q), 's');
    assert_false(gc_datagram_queue_join(&q, GC_SPAN("abc"), 8));
    assert_true(gc_datagram_queue_join(&q, GC_SPAN("ab"), 8));
    assert_false(gc_datagram_queue_join(&q, GC_SPAN("12345678"), 100)); /* no room */
    assert_true(gc_datagram_queue_take(&q, &out));
    assert_span(out, GC_SPAN("first"));
    assert_true(gc_datagram_queue_join(&q, GC_SPAN("12345678"), 100)); /* after closing up */
    assert_true(gc_datagram_queue_take(&q, &out));
    assert_span(out, GC_SPAN("secondab12345678"));
    assert_true(gc_datagram_queue_put(&q, GC_SPAN_NONE));
    assert_int_equal(gc_datagram_queue_newest(&q), -1);
    assert_true(gc_datagram_queue_join(&q, GC_SPAN("y"), 1));
    assert_int_equal(gc_datagram_queue_newest(&q), 'y');
}

/* Against a plain list, with every way in which the memory can be used up and closed up again. */
static void order_is_kept(void **state) {
    (void)state;
    uint8_t memory[64];
    gc_datagram_queue q;
    gc_datagram_queue_init(&q, memory, sizeof memory);
    uint32_t x = 1, put = 0, taken = 0;
    for (int step = 0; step < 50000; step++) {
        x = x * 1103515245 + 12345;
        uint8_t bytes[20];
        memset(bytes, (int)put & 0xff, sizeof bytes);
        uint32_t len = 1 + (put % sizeof bytes);
        if (x >> 31) {
            put += gc_datagram_queue_put(&q, gc_span_of(bytes, len)) ? 1 : 0;
        } else {
            gc_span out;
            bool some = gc_datagram_queue_take(&q, &out);
            assert_int_equal(some, put > taken);
            if (some) {
                assert_int_equal(out.len, 1 + taken % sizeof bytes);
                assert_int_equal(out.data[0], taken & 0xff);
                assert_int_equal(out.data[out.len - 1], taken & 0xff);
                taken++;
            }
        }
        assert_int_equal(q.count, put - taken);
    }
    assert_true(taken > 10000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(borders_are_kept),
        cmocka_unit_test(what_does_not_fit_is_refused),
        cmocka_unit_test(bytes_join_the_newest),
        cmocka_unit_test(order_is_kept),
    };
    return RUN(tests);
}
