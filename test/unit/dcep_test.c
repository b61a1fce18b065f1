#include "rtc/dcep.h"
#include "core/base/error.h"
#include "test/unit/unit.h"

/* Ordered, reliable, priority 256, label "dc", protocol "p". */
#define OPEN "030001000000000000020001646370"

static int parse(const char *hex, gc_dcep_open *out) {
    static uint8_t bytes[4096];
    return gc_dcep_parse_open(gc_span_of(bytes, from_hex(hex, bytes)), out);
}

static void an_open_message(void **state) {
    (void)state;
    gc_dcep_open open;
    assert_int_equal(parse(OPEN, &open), 0);
    assert_false(open.form.unordered);
    assert_int_equal(open.form.limit, GC_DCEP_RELIABLE);
    assert_int_equal(open.priority, GC_DCEP_PRIORITY);
    assert_span(open.label, GC_SPAN("dc"));
    assert_span(open.protocol, GC_SPAN("p"));
}

static void each_type_of_channel(void **state) {
    (void)state;
    for (unsigned type = 0; type < 256; type++) {
        uint8_t bytes[] = {3, (uint8_t)type, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0};
        gc_dcep_open open;
        int error = gc_dcep_parse_open(gc_span_of(bytes, sizeof bytes), &open);
        if ((type & 0x7f) > 2) {
            assert_int_equal(error, GC_E_SYNTAX);
            continue;
        }
        assert_int_equal(error, 0);
        assert_int_equal(open.form.unordered, type >= 0x80);
        assert_int_equal(open.form.limit, type & 0x7f);
        assert_int_equal(open.form.reliability, (type & 0x7f) == 0 ? 0 : 7);
        uint8_t out[12];
        gc_writer w;
        gc_writer_init(&w, out, sizeof out);
        gc_dcep_write_open(&open, &w);
        bytes[7] = (type & 0x7f) == 0 ? 0 : 7;
        assert_span(gc_writer_done(&w), gc_span_of(bytes, sizeof bytes));
    }
}

static void cut_and_longer_ones_are_refused(void **state) {
    (void)state;
    uint8_t bytes[64];
    uint32_t len = from_hex(OPEN, bytes);
    gc_dcep_open open = {.priority = 77};
    for (uint32_t n = 0; n < len; n++) {
        uint8_t *copy = exact_copy(bytes, n);
        int error = gc_dcep_parse_open(gc_span_of(copy, n), &open);
        assert_int_equal(error, n == 0 ? GC_E_NOT_FOUND : GC_E_SYNTAX);
        free(copy);
    }
    assert_int_equal(parse(OPEN "00", &open), GC_E_SYNTAX);
    assert_int_equal(parse("0300010000000000ffffffff", &open), GC_E_SYNTAX);
    assert_int_equal(parse("02", &open), GC_E_NOT_FOUND);
    assert_int_equal(open.priority, 77);
}

static void names_are_bounded(void **state) {
    (void)state;
    static uint8_t bytes[12 + 2 * GC_DCEP_NAME_BYTES_MAX];
    gc_dcep_open open = {0};
    open.label = gc_span_of(bytes, GC_DCEP_NAME_BYTES_MAX);
    open.protocol = open.label;
    static uint8_t out[sizeof bytes];
    gc_writer w;
    gc_writer_init(&w, out, sizeof out);
    gc_dcep_write_open(&open, &w);
    assert_false(w.failed);
    assert_int_equal(gc_dcep_parse_open(gc_writer_done(&w), &open), 0);
    assert_int_equal(open.label.len, GC_DCEP_NAME_BYTES_MAX);
    out[9]++; /* one byte more of the label, one less of the protocol */
    out[11]--;
    out[10]--;
    out[11] = 0xff;
    assert_int_equal(gc_dcep_parse_open(gc_writer_done(&w), &open), GC_E_TOO_BIG);
}

static void acknowledgements(void **state) {
    (void)state;
    uint8_t out[4];
    gc_writer w;
    gc_writer_init(&w, out, sizeof out);
    gc_dcep_write_ack(&w);
    assert_span(gc_writer_done(&w), GC_SPAN("\2"));
    assert_true(gc_dcep_is_ack(GC_SPAN("\2")));
    assert_false(gc_dcep_is_ack(GC_SPAN("\3")));
    assert_false(gc_dcep_is_ack(GC_SPAN("\2\0")));
    assert_false(gc_dcep_is_ack(GC_SPAN_NONE));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_open_message),
        cmocka_unit_test(each_type_of_channel),
        cmocka_unit_test(cut_and_longer_ones_are_refused),
        cmocka_unit_test(names_are_bounded),
        cmocka_unit_test(acknowledgements),
    };
    return RUN(tests);
}
