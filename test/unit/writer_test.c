#include "core/base/writer.h"
#include "test/unit/unit.h"

static void write_all(gc_writer *w) {
    gc_writer_u8(w, 0x01);
    gc_writer_u16(w, 0x0203);
    gc_writer_u32(w, 0x84858687);
    gc_writer_u64(w, 0xfffefdfcfbfaf9f8);
    gc_writer_bytes(w, "ab", 2);
    gc_writer_span(w, GC_SPAN("cd"));
    gc_writer_text(w, "ef");
    gc_writer_decimal(w, 1234);
}

static const uint8_t expected[] = {0x01, 0x02, 0x03, 0x84, 0x85, 0x86, 0x87, 0xff, 0xfe,
                                   0xfd, 0xfc, 0xfb, 0xfa, 0xf9, 0xf8, 'a',  'b',  'c',
                                   'd',  'e',  'f',  '1',  '2',  '3',  '4'};

static void fields_are_big_endian(void **state) {
    (void)state;
    uint8_t out[sizeof expected];
    gc_writer w;
    gc_writer_init(&w, out, sizeof out);
    write_all(&w);
    assert_false(w.failed);
    assert_span(gc_writer_done(&w), gc_span_of(expected, sizeof expected));
}

static void every_smaller_size_fails_in_bounds(void **state) {
    (void)state;
    for (uint32_t size = 0; size < sizeof expected; size++) {
        uint8_t *exact = malloc(size > 0 ? size : 1);
        gc_writer w;
        gc_writer_init(&w, exact, size);
        write_all(&w);
        assert_true(w.failed);
        assert_true(w.at <= size);
        assert_memory_equal(exact, expected, w.at); /* only a prefix of whole fields */
        free(exact);
    }
}

static void nothing_follows_a_failure(void **state) {
    (void)state;
    uint8_t out[4];
    gc_writer w;
    gc_writer_init(&w, out, sizeof out);
    gc_writer_u64(&w, 1);
    gc_writer_u8(&w, 1); /* would fit */
    assert_true(w.failed);
    assert_int_equal(gc_writer_done(&w).len, 0);
}

static void no_memory_and_no_bytes(void **state) {
    (void)state;
    gc_writer w;
    gc_writer_init(&w, NULL, 0);
    gc_writer_span(&w, (gc_span){0});
    gc_writer_text(&w, "");
    assert_false(w.failed);
    gc_writer_u8(&w, 0);
    assert_true(w.failed);
}

static void decimals(void **state) {
    (void)state;
    static const uint64_t values[] = {0, 9, 10, 99, 4294967295, 9007199254740991, UINT64_MAX};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        char want[32];
        snprintf(want, sizeof want, "%llu", (unsigned long long)values[i]);
        uint8_t out[32];
        gc_writer w;
        gc_writer_init(&w, out, sizeof out);
        gc_writer_decimal(&w, values[i]);
        assert_span(gc_writer_done(&w), text_span(want));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_are_big_endian),
        cmocka_unit_test(every_smaller_size_fails_in_bounds),
        cmocka_unit_test(nothing_follows_a_failure),
        cmocka_unit_test(no_memory_and_no_bytes),
        cmocka_unit_test(decimals),
    };
    return RUN(tests);
}
