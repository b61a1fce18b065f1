#include "core/base/ring.h"
#include "test/unit/unit.h"

static void all_or_nothing(void **state) {
    (void)state;
    uint8_t memory[4];
    gc_ring r;
    gc_ring_init(&r, memory, sizeof memory);
    assert_true(gc_ring_put(&r, GC_SPAN("abc")));
    assert_false(gc_ring_put(&r, GC_SPAN("de")));
    assert_int_equal(gc_ring_room(&r), 1);
    assert_true(gc_ring_put(&r, GC_SPAN("f")));
    assert_true(gc_ring_put(&r, (gc_span){0}));
    assert_false(gc_ring_put(&r, GC_SPAN("g")));
    uint8_t out[4];
    gc_ring_copy(&r, 0, out, 4);
    assert_memory_equal(out, "abcf", 4);
}

/* Every size of put and drop at every place of the ring, against a counter. */
static void order_is_kept_around_the_end(void **state) {
    (void)state;
    uint8_t memory[13], bytes[13], out[13];
    gc_ring r;
    gc_ring_init(&r, memory, sizeof memory);
    uint32_t written = 0, dropped = 0, x = 1;
    for (int step = 0; step < 50000; step++) {
        x = x * 1103515245 + 12345;
        uint32_t n = (x >> 16) % 14;
        if (x >> 31) {
            for (uint32_t i = 0; i < n && i < sizeof bytes; i++) {
                bytes[i] = (uint8_t)(written + i);
            }
            bool fits = n <= sizeof memory - (written - dropped);
            assert_int_equal(gc_ring_put(&r, gc_span_of(bytes, n)), fits);
            written += fits ? n : 0;
        } else if (n <= r.len) {
            gc_ring_drop(&r, n);
            dropped += n;
        }
        assert_int_equal(r.len, written - dropped);
        uint32_t offset = r.len == 0 ? 0 : n % r.len;
        gc_ring_copy(&r, offset, out, r.len - offset);
        for (uint32_t i = 0; i < r.len - offset; i++) {
            assert_int_equal(out[i], (uint8_t)(dropped + offset + i));
        }
    }
    assert_true(written > 10000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_or_nothing),
        cmocka_unit_test(order_is_kept_around_the_end),
    };
    return RUN(tests);
}
