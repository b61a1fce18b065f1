#include "core/wire/stun_message.h"
#include "core/base/error.h"
#include "test/unit/unit.h"

#define TRANSACTION 0x78, 0xad, 0x34, 0x33, 0xc6, 0xad, 0x72, 0xc0, 0x29, 0xda, 0x41, 0x2e
static const uint8_t transaction[12] = {TRANSACTION};

/* RFC 8489 B.1 as corrected by erratum 6268: a request with USERHASH, NONCE, REALM,
 * PASSWORD-ALGORITHM and MESSAGE-INTEGRITY-SHA256, which nobody here computes. */
static const uint8_t HASHED[] = {
    0x00, 0x01, 0x00, 0x90, 0x21, 0x12, 0xa4, 0x42, TRANSACTION, 0x00, 0x1e, 0x00, 0x20, 0x4a,
    0x3c, 0xf3, 0x8f, 0xef, 0x69, 0x92, 0xbd, 0xa9, 0x52,        0xc6, 0x78, 0x04, 0x17, 0xda,
    0x0f, 0x24, 0x81, 0x94, 0x15, 0x56, 0x9e, 0x60, 0xb2,        0x05, 0xc4, 0x6e, 0x41, 0x40,
    0x7f, 0x17, 0x04, 0x00, 0x15, 0x00, 0x29, 0x6f, 0x62,        0x4d, 0x61, 0x74, 0x4a, 0x6f,
    0x73, 0x32, 0x41, 0x41, 0x41, 0x43, 0x66, 0x2f, 0x2f,        0x34, 0x39, 0x39, 0x6b, 0x39,
    0x35, 0x34, 0x64, 0x36, 0x4f, 0x4c, 0x33, 0x34, 0x6f,        0x4c, 0x39, 0x46, 0x53, 0x54,
    0x76, 0x79, 0x36, 0x34, 0x73, 0x41, 0x00, 0x00, 0x00,        0x00, 0x14, 0x00, 0x0b, 0x65,
    0x78, 0x61, 0x6d, 0x70, 0x6c, 0x65, 0x2e, 0x6f, 0x72,        0x67, 0x00, 0x00, 0x1d, 0x00,
    0x04, 0x00, 0x02, 0x00, 0x00, 0x00, 0x1c, 0x00, 0x20,        0xb5, 0xc7, 0xbf, 0x00, 0x5b,
    0x6c, 0x52, 0xa2, 0x1c, 0x51, 0xc5, 0xe8, 0x92, 0xf8,        0x19, 0x24, 0x13, 0x62, 0x96,
    0xcb, 0x92, 0x7c, 0x43, 0x14, 0x93, 0x09, 0x27, 0x8c,        0xc6, 0x51, 0x8e, 0x65};

static const gc_addr IPV4 = {.ip = {192, 0, 2, 1}, .port = 32853, .family = 4};
static const gc_addr IPV6 = {.ip = {0x20, 0x01, 0x0d, 0xb8, [15] = 7}, .port = 1, .family = 6};

static int read_only(gc_span message) {
    gc_stun_message m;
    uint8_t *copy = exact_copy(message.data, message.len);
    int result = gc_stun_message_read(gc_span_of(copy, message.len), &m);
    free(copy);
    return result;
}

static void the_request_of_the_rfc(void **state) {
    (void)state;
    gc_stun_message m;
    gc_span value;
    assert_int_equal(gc_stun_message_read(gc_span_of(HASHED, sizeof HASHED), &m), 0);
    assert_int_equal(m.class, GC_STUN_REQUEST);
    assert_int_equal(m.method, GC_STUN_BINDING);
    assert_memory_equal(m.transaction, transaction, 12);
    assert_false(m.fingerprint);
    assert_true(gc_stun_message_find(&m, GC_STUN_REALM, &value));
    assert_true(gc_span_equal(value, GC_SPAN("example.org")));
    assert_true(gc_stun_message_find(&m, GC_STUN_NONCE, &value));
    assert_true(gc_span_equal(value, GC_SPAN("obMatJos2AAACf//499k954d6OL34oL9FSTvy64sA")));
    assert_true(gc_stun_message_find(&m, GC_STUN_USERHASH, &value));
    assert_int_equal(value.len, 32);
    assert_false(gc_stun_message_find(&m, GC_STUN_USERNAME, &value));
    gc_stun_place place;
    assert_int_equal(gc_stun_message_place(&m, &place), GC_E_NOT_FOUND);
    uint16_t unknown[2] = {0};
    const uint16_t known[] = {GC_STUN_USERHASH, GC_STUN_REALM};
    assert_int_equal(gc_stun_message_unknown(&m, known, 2, unknown, 1), 2);
    assert_int_equal(unknown[0], GC_STUN_NONCE);
    assert_int_equal(unknown[1], 0);
}

/* The same request written by us up to its sum. */
static void written_as_in_the_rfc(void **state) {
    (void)state;
    uint8_t out[sizeof HASHED];
    gc_writer w;
    gc_writer_init(&w, out, sizeof out);
    gc_stun_message_begin(&w, GC_STUN_REQUEST, GC_STUN_BINDING, transaction);
    gc_stun_message_put(&w, GC_STUN_USERHASH, gc_span_of(HASHED + 24, 32));
    gc_stun_message_put(&w, GC_STUN_NONCE, GC_SPAN("obMatJos2AAACf//499k954d6OL34oL9FSTvy64sA"));
    gc_stun_message_put(&w, GC_STUN_REALM, GC_SPAN("example.org"));
    gc_stun_message_put_u32(&w, GC_STUN_PASSWORD_ALGORITHM, 0x00020000);
    gc_stun_message_put(&w, GC_STUN_INTEGRITY_SHA256, gc_span_of(HASHED + sizeof HASHED - 32, 32));
    assert_false(w.failed);
    assert_int_equal(w.at, sizeof HASHED);
    assert_memory_equal(out, HASHED, sizeof HASHED);
}

/* One message with each kind of attribute. */
static gc_span everything(uint8_t *out, uint32_t size, gc_stun_place *place) {
    static const uint16_t types[] = {0x1234, 0x7fff, 1};
    gc_writer w;
    gc_writer_init(&w, out, size);
    gc_stun_message_begin(&w, GC_STUN_ERROR, 0xabc, transaction);
    gc_stun_message_put(&w, GC_STUN_USERNAME, GC_SPAN("a:bcd"));
    gc_stun_message_put_u32(&w, GC_STUN_PRIORITY, 0xfedcba98);
    gc_stun_message_put_u64(&w, GC_STUN_ICE_CONTROLLING, 0x0123456789abcdef);
    gc_stun_message_put(&w, GC_STUN_USE_CANDIDATE, GC_SPAN_NONE);
    gc_stun_message_put_address(&w, GC_STUN_XOR_MAPPED_ADDRESS, &IPV6);
    gc_stun_message_put_address(&w, 0x0012, &IPV4); /* XOR-PEER-ADDRESS */
    gc_stun_message_put_error(&w, 487, GC_SPAN("Role Conflict"));
    gc_stun_message_put_unknown(&w, types, 3);
    gc_stun_message_put_integrity(&w, place);
    gc_stun_message_put_fingerprint(&w);
    return w.failed ? GC_SPAN_NONE : gc_writer_done(&w);
}

static void all_attributes_read_back(void **state) {
    (void)state;
    uint8_t out[256];
    gc_stun_place written, read;
    gc_span bytes = everything(out, sizeof out, &written);
    gc_stun_message m;
    gc_span value;
    uint32_t u32;
    uint64_t u64;
    gc_addr address;
    assert_int_equal(gc_stun_message_read(bytes, &m), 0);
    assert_int_equal(m.class, GC_STUN_ERROR);
    assert_int_equal(m.method, 0xabc);
    assert_true(m.fingerprint);
    assert_true(gc_stun_message_find(&m, GC_STUN_USERNAME, &value));
    assert_true(gc_span_equal(value, GC_SPAN("a:bcd")));
    assert_int_equal(gc_stun_message_u32(&m, GC_STUN_PRIORITY, &u32), 0);
    assert_int_equal(u32, 0xfedcba98);
    assert_int_equal(gc_stun_message_u64(&m, GC_STUN_ICE_CONTROLLING, &u64), 0);
    assert_true(u64 == 0x0123456789abcdef);
    assert_true(gc_stun_message_find(&m, GC_STUN_USE_CANDIDATE, &value));
    assert_int_equal(value.len, 0);
    assert_int_equal(gc_stun_message_address(&m, GC_STUN_XOR_MAPPED_ADDRESS, &address), 0);
    assert_memory_equal(&address, &IPV6, sizeof address);
    assert_int_equal(gc_stun_message_address(&m, 0x0012, &address), 0);
    assert_memory_equal(&address, &IPV4, sizeof address);
    assert_int_equal(gc_stun_message_error(&m, &u32), 0);
    assert_int_equal(u32, 487);
    assert_true(gc_stun_message_find(&m, GC_STUN_UNKNOWN_ATTRIBUTES, &value));
    assert_memory_equal(value.data, "\x12\x34\x7f\xff\0\1", 6);
    /* The place of the sum: the same for both sides, with a length that ends behind it. */
    assert_int_equal(gc_stun_message_place(&m, &read), 0);
    assert_memory_equal(read.head, written.head, sizeof read.head);
    assert_int_equal(read.mac_at, written.mac_at);
    assert_int_equal(read.mac_at, bytes.len - 8 - 20);
    assert_int_equal(read.body.len, read.mac_at - 4 - 20);
    assert_int_equal(read.head[2] << 8 | read.head[3], bytes.len - 8 - 20);
}

/* A typed question to an attribute of another form, or to one that is not there. */
static void wrong_forms(void **state) {
    (void)state;
    uint8_t out[256];
    gc_stun_place place;
    gc_stun_message m;
    uint32_t u32 = 7;
    uint64_t u64 = 7;
    gc_addr address = {.port = 7};
    assert_int_equal(gc_stun_message_read(everything(out, sizeof out, &place), &m), 0);
    assert_int_equal(gc_stun_message_u32(&m, GC_STUN_USERNAME, &u32), GC_E_SYNTAX);
    assert_int_equal(gc_stun_message_u32(&m, GC_STUN_REALM, &u32), GC_E_NOT_FOUND);
    assert_int_equal(gc_stun_message_u64(&m, GC_STUN_PRIORITY, &u64), GC_E_SYNTAX);
    assert_int_equal(gc_stun_message_u64(&m, GC_STUN_ICE_CONTROLLED, &u64), GC_E_NOT_FOUND);
    assert_int_equal(gc_stun_message_address(&m, GC_STUN_PRIORITY, &address), GC_E_SYNTAX);
    assert_int_equal(gc_stun_message_address(&m, GC_STUN_REALM, &address), GC_E_NOT_FOUND);
    assert_int_equal(u32, 7);
    assert_int_equal(u64, 7);
    assert_int_equal(address.port, 7);
    static const struct {
        uint8_t value[4];
        uint8_t len;
        int result;
    } errors[] = {
        {{0, 0, 3, 0}, 4, 0},
        {{0xff, 0xff, 0xfe, 99}, 4, 0}, /* reserved bits */
        {{0, 0, 2, 99}, 4, GC_E_SYNTAX},
        {{0, 0, 7, 0}, 4, GC_E_SYNTAX},
        {{0, 0, 4, 100}, 4, GC_E_SYNTAX},
        {{0, 0, 4, 0}, 3, GC_E_SYNTAX},
        {{0}, 0, GC_E_SYNTAX},
    };
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
        gc_writer w;
        gc_writer_init(&w, out, sizeof out);
        gc_stun_message_begin(&w, GC_STUN_ERROR, GC_STUN_BINDING, transaction);
        gc_stun_message_put(&w, GC_STUN_ERROR_CODE, gc_span_of(errors[i].value, errors[i].len));
        assert_int_equal(gc_stun_message_read(gc_writer_done(&w), &m), 0);
        assert_int_equal(gc_stun_message_error(&m, &u32), errors[i].result);
    }
}

static void all_types_of_message(void **state) {
    (void)state;
    static const struct {
        gc_stun_class class;
        uint16_t method;
        uint8_t type[2];
    } all[] = {
        {GC_STUN_REQUEST, 1, {0x00, 0x01}}, {GC_STUN_INDICATION, 1, {0x00, 0x11}},
        {GC_STUN_SUCCESS, 1, {0x01, 0x01}}, {GC_STUN_ERROR, 1, {0x01, 0x11}},
        {GC_STUN_ERROR, 3, {0x01, 0x13}},   {GC_STUN_INDICATION, 6, {0x00, 0x16}},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        uint8_t out[20];
        gc_writer w;
        gc_writer_init(&w, out, sizeof out);
        gc_stun_message_begin(&w, all[i].class, all[i].method, transaction);
        assert_memory_equal(out, all[i].type, 2);
    }
    for (uint32_t method = 0; method <= 0xfff; method++) {
        for (int class = 0; class < 4; class ++) {
            uint8_t out[20];
            gc_writer w;
            gc_stun_message m;
            gc_writer_init(&w, out, sizeof out);
            gc_stun_message_begin(&w, (gc_stun_class) class, (uint16_t)method, transaction);
            assert_int_equal(gc_stun_message_read(gc_writer_done(&w), &m), 0);
            assert_true((int)m.class == class && m.method == method);
        }
    }
}

static void cut_and_flipped(void **state) {
    (void)state;
    uint8_t out[256];
    gc_stun_place place;
    gc_span bytes = everything(out, sizeof out, &place);
    for (uint32_t len = 0; len < bytes.len; len++) {
        assert_int_equal(read_only(gc_span_of(out, len)), GC_E_SYNTAX);
        uint8_t small[256];
        assert_true(everything(small, len, &place).data == NULL); /* no room: nothing */
    }
    for (uint32_t bit = 0; bit < 20 * 8; bit++) {
        out[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_equal(read_only(bytes), GC_E_SYNTAX); /* FINGERPRINT covers the head */
        out[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    assert_int_equal(read_only(bytes), 0);
}

/* Anybody on the way may have added attributes after MESSAGE-INTEGRITY. */
static void nothing_counts_behind_the_sum(void **state) {
    (void)state;
    uint8_t out[128];
    gc_stun_place place;
    gc_stun_message m;
    gc_span value;
    gc_stun_attribute a;
    gc_writer w;
    gc_writer_init(&w, out, sizeof out);
    gc_stun_message_begin(&w, GC_STUN_REQUEST, GC_STUN_BINDING, transaction);
    gc_stun_message_put_integrity(&w, &place);
    gc_stun_message_put(&w, GC_STUN_USE_CANDIDATE, GC_SPAN_NONE);
    gc_stun_message_put(&w, 0x7777, GC_SPAN_NONE);
    gc_stun_message_put_fingerprint(&w);
    assert_int_equal(gc_stun_message_read(gc_writer_done(&w), &m), 0);
    assert_false(gc_stun_message_find(&m, GC_STUN_USE_CANDIDATE, &value));
    assert_int_equal(gc_stun_message_unknown(&m, NULL, 0, NULL, 0), 0);
    uint32_t count = 0;
    for (uint32_t at = 0; gc_stun_message_next(&m, &at, &a);) {
        count++;
    }
    assert_int_equal(count, 4); /* but a plain server sees all of them */
}

static void a_sum_of_another_length(void **state) {
    (void)state;
    uint8_t out[128];
    gc_writer w;
    for (uint32_t len = 0; len < 32; len++) {
        static const uint8_t zeros[32];
        gc_writer_init(&w, out, sizeof out);
        gc_stun_message_begin(&w, GC_STUN_REQUEST, GC_STUN_BINDING, transaction);
        gc_stun_message_put(&w, GC_STUN_MESSAGE_INTEGRITY, gc_span_of(zeros, len));
        assert_int_equal(read_only(gc_writer_done(&w)), len == 20 ? 0 : GC_E_SYNTAX);
    }
}

static void fingerprint_twice(void **state) {
    (void)state;
    uint8_t out[64];
    gc_writer w;
    gc_writer_init(&w, out, sizeof out);
    gc_stun_message_begin(&w, GC_STUN_REQUEST, GC_STUN_BINDING, transaction);
    gc_stun_message_put_fingerprint(&w);
    assert_int_equal(read_only(gc_writer_done(&w)), 0);
    gc_stun_message_put_fingerprint(&w);
    assert_int_equal(read_only(gc_writer_done(&w)), GC_E_SYNTAX);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_request_of_the_rfc),
        cmocka_unit_test(written_as_in_the_rfc),
        cmocka_unit_test(all_attributes_read_back),
        cmocka_unit_test(wrong_forms),
        cmocka_unit_test(all_types_of_message),
        cmocka_unit_test(cut_and_flipped),
        cmocka_unit_test(nothing_counts_behind_the_sum),
        cmocka_unit_test(a_sum_of_another_length),
        cmocka_unit_test(fingerprint_twice),
    };
    return cmocka_run_group_tests_name("stun_message", tests, NULL, NULL);
}
