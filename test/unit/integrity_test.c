#include "rtc/integrity.h"
#include "test/unit/rfc5769.h"
#include "test/unit/unit.h"

#define LONG 0x78, 0xad, 0x34, 0x33, 0xc6, 0xad, 0x72, 0xc0, 0x29, 0xda, 0x41, 0x2e

/* RFC 5769 2.4: long-term credentials, as TURN has them, and no FINGERPRINT. */
static const uint8_t LONG_TERM[] = {
    0x00, 0x01, 0x00, 0x60, 0x21, 0x12, 0xa4, 0x42, LONG, 0x00, 0x06, 0x00, 0x12, 0xe3, 0x83,
    0x9e, 0xe3, 0x83, 0x88, 0xe3, 0x83, 0xaa, 0xe3, 0x83, 0x83, 0xe3, 0x82, 0xaf, 0xe3, 0x82,
    0xb9, 0x00, 0x00, 0x00, 0x15, 0x00, 0x1c, 0x66, 0x2f, 0x2f, 0x34, 0x39, 0x39, 0x6b, 0x39,
    0x35, 0x34, 0x64, 0x36, 0x4f, 0x4c, 0x33, 0x34, 0x6f, 0x4c, 0x39, 0x46, 0x53, 0x54, 0x76,
    0x79, 0x36, 0x34, 0x73, 0x41, 0x00, 0x14, 0x00, 0x0b, 0x65, 0x78, 0x61, 0x6d, 0x70, 0x6c,
    0x65, 0x2e, 0x6f, 0x72, 0x67, 0x00, 0x00, 0x08, 0x00, 0x14, 0xf6, 0x70, 0x24, 0x65, 0x6d,
    0xd6, 0x4a, 0x3e, 0x02, 0xb8, 0xe0, 0x71, 0x2e, 0x85, 0xc9, 0xa2, 0x8c, 0xa8, 0x96, 0x66};
/* MD5 of the name, "example.org" and "TheMatrIX", joined by colons (RFC 8489 9.2.2). */
static const uint8_t LONG_KEY[16] = {0xe8, 0xca, 0x7a, 0xd5, 0x9d, 0x5e, 0xb0, 0x51,
                                     0x8e, 0x31, 0x29, 0x11, 0xd2, 0xda, 0xb2, 0xa9};

#define PASSWORD GC_SPAN("VOkJxbRl1RmTxUk/WvJxBt")

static bool check(const uint8_t *message, uint32_t len, gc_span key) {
    gc_stun_message m;
    return gc_stun_message_read(gc_span_of(message, len), &m) == 0 && gc_integrity_check(&m, key);
}

static void vectors_of_the_rfc(void **state) {
    (void)state;
    assert_true(check(RFC_REQUEST, sizeof RFC_REQUEST, PASSWORD));
    assert_true(check(RFC_IPV4, sizeof RFC_IPV4, PASSWORD));
    assert_true(check(RFC_IPV6, sizeof RFC_IPV6, PASSWORD));
    assert_true(check(LONG_TERM, sizeof LONG_TERM, gc_span_of(LONG_KEY, sizeof LONG_KEY)));
    assert_false(check(RFC_REQUEST, sizeof RFC_REQUEST, GC_SPAN("VOkJxbRl1RmTxUk/WvJxBT")));
    assert_false(check(RFC_REQUEST, sizeof RFC_REQUEST, GC_SPAN("V")));
}

/* Without FINGERPRINT, which would find it first: each bit that is flipped is found. */
static void each_bit_counts(void **state) {
    (void)state;
    uint8_t copy[sizeof LONG_TERM];
    for (uint32_t bit = 0; bit < 8 * sizeof LONG_TERM; bit++) {
        memcpy(copy, LONG_TERM, sizeof copy);
        copy[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_false(check(copy, sizeof copy, gc_span_of(LONG_KEY, sizeof LONG_KEY)));
    }
}

static void written_and_checked(void **state) {
    (void)state;
    static const uint8_t transaction[12] = {LONG};
    uint8_t out[256];
    gc_writer w;
    gc_writer_init(&w, out, sizeof out);
    gc_stun_message_begin(&w, GC_STUN_REQUEST, GC_STUN_BINDING, transaction);
    gc_stun_message_put(&w, GC_STUN_USERNAME, gc_span_of(LONG_TERM + 24, 18));
    gc_stun_message_put(&w, GC_STUN_NONCE, gc_span_of(LONG_TERM + 48, 28));
    gc_stun_message_put(&w, GC_STUN_REALM, gc_span_of(LONG_TERM + 80, 11));
    gc_integrity_put(&w, gc_span_of(LONG_KEY, sizeof LONG_KEY));
    assert_int_equal(w.at, sizeof LONG_TERM);
    assert_memory_equal(out, LONG_TERM, sizeof LONG_TERM);
    gc_stun_message_put_fingerprint(&w); /* does not disturb it */
    assert_false(w.failed);
    assert_true(check(out, w.at, gc_span_of(LONG_KEY, sizeof LONG_KEY)));
}

static void no_room_and_no_sum(void **state) {
    (void)state;
    static const uint8_t transaction[12] = {LONG};
    uint8_t out[44];
    for (uint32_t size = 20; size <= 44; size++) {
        gc_writer w;
        gc_writer_init(&w, out, size);
        gc_stun_message_begin(&w, GC_STUN_REQUEST, GC_STUN_BINDING, transaction);
        assert_false(check(out, w.at, PASSWORD));
        gc_integrity_put(&w, PASSWORD);
        assert_true(w.failed == (size < 44));
    }
    assert_true(check(out, 44, PASSWORD));
}

/* A message that no datagram of ours could hold is not taken, however right it is. */
static void too_long(void **state) {
    (void)state;
    static const uint8_t transaction[12] = {LONG};
    static uint8_t out[GC_INTEGRITY_MESSAGE_BYTES_MAX + 64], filler[GC_INTEGRITY_MESSAGE_BYTES_MAX];
    for (uint32_t more = 0; more <= 4; more += 4) {
        gc_writer w;
        gc_writer_init(&w, out, sizeof out);
        gc_stun_message_begin(&w, GC_STUN_REQUEST, GC_STUN_BINDING, transaction);
        gc_stun_message_put(&w, 0x8022, gc_span_of(filler, sizeof filler - 20 - 4 - 24 + more));
        gc_integrity_put(&w, PASSWORD);
        assert_int_equal(w.at, GC_INTEGRITY_MESSAGE_BYTES_MAX + more);
        assert_true(check(out, w.at, PASSWORD) == (more == 0));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vectors_of_the_rfc),
        cmocka_unit_test(each_bit_counts),
        cmocka_unit_test(written_and_checked),
        cmocka_unit_test(no_room_and_no_sum),
        cmocka_unit_test(too_long),
    };
    return cmocka_run_group_tests_name("integrity", tests, NULL, NULL);
}
