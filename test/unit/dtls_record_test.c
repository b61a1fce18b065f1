#include "rtc/dtls_record.h"
#include "test/unit/unit.h"

/* A ClientHello of 4 bytes in one fragment, a fatal alert of epoch 0, and data of epoch 1. */
#define HELLO                                                                                      \
    "16fefd00000000000000000010"                                                                   \
    "010000040000000000000004"                                                                     \
    "01020304"
#define ALERT                                                                                      \
    "15fefd00000000000000010002"                                                                   \
    "0228"
#define DATA                                                                                       \
    "17fefd00010000000000050003"                                                                   \
    "aabbcc"

static void records_of_a_datagram(void **state) {
    (void)state;
    uint8_t bytes[128];
    uint32_t len = from_hex(HELLO ALERT DATA, bytes);
    gc_span rest = gc_span_of(bytes, len);
    gc_dtls_record r;
    assert_true(gc_dtls_record_next(&rest, &r));
    assert_int_equal(r.type, GC_DTLS_TYPE_HANDSHAKE);
    assert_int_equal(r.epoch, 0);
    assert_int_equal(r.body.len, 16);
    assert_int_equal(r.whole.len, 29);
    assert_true(gc_dtls_record_next(&rest, &r));
    assert_int_equal(r.type, GC_DTLS_TYPE_ALERT);
    assert_int_equal(r.body.data[1], 40);
    assert_true(gc_dtls_record_next(&rest, &r));
    assert_int_equal(r.type, GC_DTLS_TYPE_DATA);
    assert_int_equal(r.epoch, 1);
    assert_int_equal(rest.len, 0);
    assert_false(gc_dtls_record_next(&rest, &r));
}

static void a_cut_record_is_none(void **state) {
    (void)state;
    uint8_t bytes[128];
    uint32_t len = from_hex(HELLO, bytes);
    for (uint32_t n = 0; n < len; n++) {
        uint8_t *copy = exact_copy(bytes, n);
        gc_span rest = gc_span_of(copy, n);
        gc_dtls_record r;
        assert_false(gc_dtls_record_next(&rest, &r));
        assert_int_equal(rest.len, n);
        free(copy);
    }
    bytes[1] = 3; /* TLS */
    gc_span rest = gc_span_of(bytes, len);
    gc_dtls_record r;
    assert_false(gc_dtls_record_next(&rest, &r));
}

/* How many messages there are; -1: some byte is of none. */
static int messages(const char *hex) {
    uint8_t bytes[128];
    gc_span body = gc_span_of(bytes, from_hex(hex, bytes));
    gc_dtls_message m;
    int count = 0;
    while (gc_dtls_message_next(&body, &m)) {
        count++;
    }
    return body.len > 0 ? -1 : count;
}

static void fragments_stay_inside_their_message(void **state) {
    (void)state;
    assert_int_equal(messages("01000004000000000000000401020304"), 1);
    assert_int_equal(messages("01000008000000000400000401020304"), 1); /* the second half */
    assert_int_equal(messages("01000008000000000500000401020304"), -1);
    assert_int_equal(messages("01000004000000000000000501020304"), -1); /* over the record */
    assert_int_equal(messages("010000040000ffffff00000401020304"), -1); /* offset */
    assert_int_equal(messages("01ffffff000000000000000401020304"), -1); /* length */
    assert_int_equal(messages("010000040000000000ffffff01020304"), -1);
    assert_int_equal(messages("0100000000000000000000000b0000000001000000000000"), 2);
    assert_int_equal(messages("01000000000000000000000000"), -1); /* one byte too many */
    assert_int_equal(messages(""), 0);
}

static void fields_of_a_message(void **state) {
    (void)state;
    uint8_t bytes[32];
    gc_span body = gc_span_of(bytes, from_hex("0b00010201020000fe000004aabbccdd", bytes));
    gc_dtls_message m;
    assert_true(gc_dtls_message_next(&body, &m));
    assert_int_equal(m.type, GC_DTLS_CERTIFICATE);
    assert_int_equal(m.len, 0x102);
    assert_int_equal(m.seq, 0x102);
    assert_int_equal(m.at, 0xfe);
    assert_int_equal(m.part.len, 4);
    assert_ptr_equal(m.part.data, bytes + 12);
    assert_int_equal(body.len, 0);
}

static void a_record_is_numbered(void **state) {
    (void)state;
    uint8_t bytes[64], expected[64];
    uint32_t len = from_hex("16fefd0000ffffffffffff0001aa", bytes);
    from_hex("16fefd00000102030405060001aa", expected);
    gc_dtls_record_number(bytes, 0x010203040506);
    assert_memory_equal(bytes, expected, len);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_of_a_datagram),
        cmocka_unit_test(a_cut_record_is_none),
        cmocka_unit_test(fragments_stay_inside_their_message),
        cmocka_unit_test(fields_of_a_message),
        cmocka_unit_test(a_record_is_numbered),
    };
    return RUN(tests);
}
