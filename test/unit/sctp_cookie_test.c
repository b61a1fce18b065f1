#include "test/unit/noun.h"

#include "core/base/error.h"
#include "rtc/sctp_cookie.h"

static const uint8_t key[16] = "sixteen bytes!!", other[16] = "sixteen bytes!?";

static gc_sctp_cookie sample(void) {
    return (gc_sctp_cookie){.own_tag = 1,
                            .made_ms = 5000,
                            .peer = {.tag = 2,
                                     .window_bytes = 3,
                                     .tsn = 4,
                                     .streams_out = 5,
                                     .streams_in = 6,
                                     .reconfig = true}};
}

static void a_cookie_is_read_as_it_was_written(void **state) {
    (void)state;
    uint8_t bytes[GC_SCTP_COOKIE_BYTES];
    gc_sctp_cookie c = sample(), got;
    gc_sctp_cookie_write(key, &c, bytes);
    assert_int_equal(gc_sctp_cookie_read(key, gc_span_of(bytes, sizeof bytes), 5000, &got), 0);
    assert_true(got.own_tag == 1 && got.made_ms == 5000 && got.peer.tag == 2);
    assert_true(got.peer.window_bytes == 3 && got.peer.tsn == 4);
    assert_true(got.peer.streams_out == 5 && got.peer.streams_in == 6);
    assert_true(got.peer.reconfig && !got.peer.forward_tsn && !got.peer.zero_checksum);
    c.peer.zero_checksum = true;
    gc_sctp_cookie_write(key, &c, bytes);
    assert_int_equal(gc_sctp_cookie_read(key, gc_span_of(bytes, sizeof bytes), 5000, &got), 0);
    assert_true(got.peer.zero_checksum && !got.peer.forward_tsn && !got.peer.interleaves);
    c.peer.interleaves = true;
    gc_sctp_cookie_write(key, &c, bytes);
    assert_int_equal(gc_sctp_cookie_read(key, gc_span_of(bytes, sizeof bytes), 5000, &got), 0);
    assert_true(got.peer.interleaves);
}

static void a_cookie_that_was_changed_or_cut_is_refused(void **state) {
    (void)state;
    uint8_t bytes[GC_SCTP_COOKIE_BYTES + 1] = {0};
    gc_sctp_cookie c = sample(), got;
    gc_sctp_cookie_write(key, &c, bytes);
    gc_span whole = gc_span_of(bytes, GC_SCTP_COOKIE_BYTES);
    assert_int_equal(gc_sctp_cookie_read(other, whole, 5000, &got), GC_E_SYNTAX);
    for (uint32_t bit = 0; bit < 8 * GC_SCTP_COOKIE_BYTES; bit++) {
        bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_equal(gc_sctp_cookie_read(key, whole, 5000, &got), GC_E_SYNTAX);
        bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    for (uint32_t len = 0; len <= GC_SCTP_COOKIE_BYTES + 1; len++) {
        uint8_t *copy = exact_copy(bytes, len);
        int expected = len == GC_SCTP_COOKIE_BYTES ? 0 : GC_E_SYNTAX;
        assert_int_equal(gc_sctp_cookie_read(key, gc_span_of(copy, len), 5000, &got), expected);
        free(copy);
    }
}

static void a_cookie_ages(void **state) {
    (void)state;
    uint8_t bytes[GC_SCTP_COOKIE_BYTES];
    gc_sctp_cookie c = sample(), got;
    gc_sctp_cookie_write(key, &c, bytes);
    gc_span whole = gc_span_of(bytes, sizeof bytes);
    assert_int_equal(gc_sctp_cookie_read(key, whole, 5000 + GC_SCTP_COOKIE_MS, &got), 0);
    assert_int_equal(gc_sctp_cookie_read(key, whole, 5001 + GC_SCTP_COOKIE_MS, &got), GC_E_CLOSED);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cookie_is_read_as_it_was_written),
        cmocka_unit_test(a_cookie_that_was_changed_or_cut_is_refused),
        cmocka_unit_test(a_cookie_ages),
    };
    return RUN(tests);
}
