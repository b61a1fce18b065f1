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

static bool plausible(const char *hex, bool from_client) {
    uint8_t bytes[128];
    gc_dtls_record r = {0};
    r.body = gc_span_of(bytes, from_hex(hex, bytes));
    return gc_dtls_record_plausible(&r, from_client);
}

static void messages_of_the_other_role_are_not_plausible(void **state) {
    (void)state;
    static const uint8_t client[] = {1, 11, 15, 16}, server[] = {2, 3, 11, 12, 13, 14};
    for (unsigned type = 0; type < 256; type++) {
        char hex[32];
        snprintf(hex, sizeof hex, "%02x0000000000000000000000", type);
        assert_int_equal(plausible(hex, true), memchr(client, (int)type, sizeof client) != NULL);
        assert_int_equal(plausible(hex, false), memchr(server, (int)type, sizeof server) != NULL);
    }
}

static void fragments_stay_inside_their_message(void **state) {
    (void)state;
    assert_true(plausible("010000040000000000000004"
                          "01020304",
                          true));
    assert_true(plausible("010000080000000004000004"
                          "01020304",
                          true)); /* the second half */
    assert_false(plausible("010000080000000005000004"
                           "01020304",
                           true));
    assert_false(plausible("010000040000000000000005"
                           "01020304",
                           true)); /* over the record */
    assert_false(plausible("010000040000ffffff000004"
                           "01020304",
                           true)); /* offset */
    assert_false(plausible("01ffffff0000000000000004"
                           "01020304",
                           true)); /* length */
    assert_false(plausible("010000040000000000ffffff"
                           "01020304",
                           true));
    assert_true(plausible("0100000000000000000000000b0000000001000000000000", true)); /* two */
    assert_false(plausible("010000000000000000000000020000000001000000000000", true));
    assert_false(plausible("01000000000000000000000000", true)); /* one byte too many */
    assert_false(plausible("", true));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_of_a_datagram),
        cmocka_unit_test(a_cut_record_is_none),
        cmocka_unit_test(messages_of_the_other_role_are_not_plausible),
        cmocka_unit_test(fragments_stay_inside_their_message),
    };
    return RUN(tests);
}
