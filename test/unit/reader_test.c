#include "core/base/reader.h"
#include "test/unit/unit.h"

static const uint8_t bytes[] = {0x01, 0x02, 0x03, 0x84, 0x85, 0x86, 0x87, 0xff, 0xfe,
                                0xfd, 0xfc, 0xfb, 0xfa, 0xf9, 0xf8, 'a',  'b'};

/* Reads the whole form; returns whether it failed. */
static bool read_all(gc_span input, gc_span *rest) {
    gc_reader r;
    gc_reader_init(&r, input);
    uint8_t a = gc_reader_u8(&r);
    uint16_t b = gc_reader_u16(&r);
    uint32_t c = gc_reader_u32(&r);
    uint64_t d = gc_reader_u64(&r);
    *rest = gc_reader_bytes(&r, 2);
    if (!r.failed) {
        assert_int_equal(a, 0x01);
        assert_int_equal(b, 0x0203);
        assert_int_equal(c, 0x84858687);
        assert_true(d == 0xfffefdfcfbfaf9f8);
        assert_int_equal(gc_reader_left(&r), 0);
    }
    return r.failed;
}

static void fields_are_big_endian(void **state) {
    (void)state;
    gc_span rest;
    assert_false(read_all(gc_span_of(bytes, sizeof bytes), &rest));
    assert_ptr_equal(rest.data, bytes + 15);
    assert_span(rest, text_span("ab"));
}

static void every_truncation_fails(void **state) {
    (void)state;
    for (uint32_t len = 0; len < sizeof bytes; len++) {
        uint8_t *exact = exact_copy(bytes, len);
        gc_span rest;
        assert_true(read_all(gc_span_of(exact, len), &rest));
        assert_int_equal(rest.len, 0);
        free(exact);
    }
}

static void failure_is_sticky_and_reads_zeros(void **state) {
    (void)state;
    gc_reader r;
    gc_reader_init(&r, gc_span_of(bytes, 3));
    assert_int_equal(gc_reader_u32(&r), 0);
    assert_true(r.failed);
    assert_int_equal(gc_reader_u8(&r), 0); /* though three bytes are there */
    assert_int_equal(gc_reader_bytes(&r, 0).len, 0);
    assert_int_equal(gc_reader_left(&r), 3);
}

static void nothing_to_read(void **state) {
    (void)state;
    gc_reader r;
    gc_reader_init(&r, (gc_span){0});
    assert_int_equal(gc_reader_bytes(&r, 0).len, 0);
    assert_false(r.failed);
    assert_int_equal(gc_reader_bytes(&r, UINT32_MAX).len, 0);
    assert_true(r.failed);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_are_big_endian),
        cmocka_unit_test(every_truncation_fails),
        cmocka_unit_test(failure_is_sticky_and_reads_zeros),
        cmocka_unit_test(nothing_to_read),
    };
    return RUN(tests);
}
