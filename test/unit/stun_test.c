/* core/wire/stun.c */
#include "core/wire/stun.h"
#include "core/base/error.h"
#include "test/unit/rfc5769.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define TRANSACTION RFC_TRANSACTION
static const uint8_t transaction[12] = {TRANSACTION};

#define RFC_PRIORITY_AT 40

static const gc_addr IPV4 = {.ip = {192, 0, 2, 1}, .port = 32853, .family = 4};
static const gc_addr IPV6 = {.ip = {0x20, 0x01, 0x0d, 0xb8, 0x12, 0x34, 0x56, 0x78, 0x00, 0x11,
                                    0x22, 0x33, 0x44, 0x55, 0x66, 0x77},
                             .port = 32853,
                             .family = 6};

/* Both parsers on memory of exactly this size, so that ASan sees a read behind it. */
static int parse_binding(const uint8_t *data, uint32_t len, gc_stun_request *out) {
    uint8_t *copy = malloc(len > 0 ? len : 1);
    memcpy(copy, data, len);
    int result = gc_stun_parse_binding(gc_span_of(copy, len), out);
    free(copy);
    return result;
}

static int parse_response(const uint8_t *data, uint32_t len, gc_addr *out) {
    uint8_t *copy = malloc(len > 0 ? len : 1);
    memcpy(copy, data, len);
    int result = gc_stun_parse_response(gc_span_of(copy, len), transaction, out);
    free(copy);
    return result;
}

/* CRC-32 by its definition (RFC 8489 14.7), bit by bit. */
static void put_fingerprint(uint8_t *message, uint32_t at) {
    message[3] = (uint8_t)(at + 8 - 20);
    uint32_t crc = UINT32_MAX;
    for (uint32_t i = 0; i < at; i++) {
        crc ^= message[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = crc >> 1 ^ ((crc & 1) != 0 ? 0xedb88320u : 0);
        }
    }
    crc = ~crc ^ 0x5354554e;
    const uint8_t attribute[8] = {
        0x80,        0x28, 0, 4, (uint8_t)(crc >> 24), (uint8_t)(crc >> 16), (uint8_t)(crc >> 8),
        (uint8_t)crc};
    memcpy(message + at, attribute, 8);
}

static void rfc_request(void **state) {
    (void)state;
    gc_stun_request r;
    uint8_t copy[sizeof(RFC_REQUEST)];
    memcpy(copy, RFC_REQUEST, sizeof(copy));
    assert_int_equal(parse_binding(copy, sizeof(copy), &r), GC_E_REFUSED);
    /* With an optional attribute in the place of PRIORITY it is answered. */
    copy[RFC_PRIORITY_AT] = 0x80;
    assert_int_equal(parse_binding(copy, sizeof(copy), &r), GC_E_SYNTAX);
    put_fingerprint(copy, sizeof(copy) - 8);
    assert_int_equal(parse_binding(copy, sizeof(copy), &r), 0);
    assert_memory_equal(r.transaction, transaction, 12);
    assert_true(r.fingerprint);
    /* Each flipped bit is malformed, but for the heads of attributes: some other walk through the
     * message ends there too, without a fingerprint. */
    static const uint8_t heads[] = {20, 40, 48, 60, 76, 100};
    for (uint32_t at = 0, next = 0; at < sizeof(RFC_REQUEST); at++) {
        if (next < sizeof(heads) && at == heads[next]) {
            at += 3;
            next++;
            continue;
        }
        for (int bit = 0; bit < 8; bit++) {
            memcpy(copy, RFC_REQUEST, sizeof(copy));
            copy[at] ^= (uint8_t)(1 << bit);
            assert_int_equal(parse_binding(copy, sizeof(copy), &r), GC_E_SYNTAX);
        }
    }
}

static void rfc_responses(void **state) {
    (void)state;
    gc_addr mapped;
    assert_int_equal(parse_response(RFC_IPV4, sizeof(RFC_IPV4), &mapped), 0);
    assert_memory_equal(&mapped, &IPV4, sizeof(mapped));
    assert_int_equal(parse_response(RFC_IPV6, sizeof(RFC_IPV6), &mapped), 0);
    assert_memory_equal(&mapped, &IPV6, sizeof(mapped));
    const uint8_t other[12] = {1};
    gc_span datagram = gc_span_of(RFC_IPV4, sizeof(RFC_IPV4));
    assert_int_equal(gc_stun_parse_response(datagram, other, &mapped), GC_E_NOT_FOUND);
    for (uint32_t len = 0; len < sizeof(RFC_IPV6); len++) {
        assert_int_equal(parse_response(RFC_IPV6, len, &mapped), GC_E_SYNTAX);
    }
    uint8_t copy[sizeof(RFC_IPV4)];
    memcpy(copy, RFC_IPV4, sizeof(copy));
    copy[40] ^= 1; /* a changed address does not pass its fingerprint */
    assert_int_equal(parse_response(copy, sizeof(copy), &mapped), GC_E_SYNTAX);
}

/* Our answers have known sizes and read back; the attribute is as in RFC 5769. */
static void answers(void **state) {
    (void)state;
    const gc_addr *const from[2] = {&IPV4, &IPV6};
    const uint32_t sizes[2][2] = {{32, 40}, {44, 52}};
    for (int k = 0; k < 2; k++) {
        for (int fingerprint = 0; fingerprint < 2; fingerprint++) {
            gc_stun_request r = {.transaction = {TRANSACTION}, .fingerprint = fingerprint};
            uint8_t out[GC_STUN_RESPONSE_BYTES_MAX];
            uint32_t len = gc_stun_write_binding(&r, from[k], out);
            assert_int_equal(len, sizes[k][fingerprint]);
            assert_memory_equal(out + 20, (k == 0 ? RFC_IPV4 : RFC_IPV6) + 36, k == 0 ? 12 : 24);
            gc_addr mapped;
            assert_int_equal(parse_response(out, len, &mapped), 0);
            assert_memory_equal(&mapped, from[k], sizeof(mapped));
            for (uint32_t cut = 0; cut < len; cut++) {
                assert_int_equal(parse_response(out, cut, &mapped), GC_E_SYNTAX);
            }
            if (fingerprint) {
                uint8_t copy[GC_STUN_RESPONSE_BYTES_MAX];
                memcpy(copy, out, len);
                put_fingerprint(copy, len - 8);
                assert_memory_equal(copy, out, len);
            }
        }
    }
}

static void v4_mapped(void **state) {
    (void)state;
    gc_addr from = {.ip = {[10] = 0xff, [11] = 0xff, 192, 0, 2, 1}, .port = 32853, .family = 6};
    gc_stun_request r = {.transaction = {TRANSACTION}};
    uint8_t out[GC_STUN_RESPONSE_BYTES_MAX];
    gc_addr mapped;
    assert_int_equal(parse_response(out, gc_stun_write_binding(&r, &from, out), &mapped), 0);
    assert_memory_equal(&mapped, &IPV4, sizeof(mapped));
}

static void request(void **state) {
    (void)state;
    uint8_t out[32];
    gc_stun_request r;
    assert_int_equal(gc_stun_write_request(transaction, out), 20);
    assert_int_equal(parse_binding(out, 20, &r), 0);
    assert_memory_equal(r.transaction, transaction, 12);
    assert_false(r.fingerprint);
    for (uint32_t cut = 0; cut < 20; cut++) {
        assert_int_equal(parse_binding(out, cut, &r), GC_E_SYNTAX);
    }
    assert_int_equal(parse_binding(out, 24, &r), GC_E_SYNTAX); /* more than its length says */
    put_fingerprint(out, 20);
    assert_int_equal(parse_binding(out, 28, &r), 0);
    assert_true(r.fingerprint);
    for (uint32_t bit = 0; bit < 20 * 8; bit++) { /* type, length, cookie, transaction */
        out[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_equal(parse_binding(out, 28, &r), GC_E_SYNTAX);
        out[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
}

/* A request of these attributes. */
static int with_attributes(const uint8_t *attributes, uint32_t len) {
    uint8_t message[128] = {0x00, 0x01, 0x00, (uint8_t)len, 0x21, 0x12, 0xa4, 0x42, TRANSACTION};
    memcpy(message + 20, attributes, len);
    gc_stun_request r;
    return parse_binding(message, 20 + len, &r);
}

#define ATTRIBUTES(...)                                                                            \
    with_attributes((const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

static void attributes(void **state) {
    (void)state;
    assert_int_equal(ATTRIBUTES(0x80, 0x22, 0, 0), 0);
    assert_int_equal(ATTRIBUTES(0x80, 0x22, 0, 1, 'x', 0, 0, 0), 0);
    assert_int_equal(ATTRIBUTES(0x80, 0x22, 0, 1, 'x', 1, 2, 3), 0); /* padding of any value */
    assert_int_equal(ATTRIBUTES(0x00, 0x06, 0, 1, 'x', 0, 0, 0), 0);
    assert_int_equal(ATTRIBUTES(0x00, 0x03, 0, 4, 0, 0, 0, 6), GC_E_REFUSED); /* CHANGE-REQUEST */
    assert_int_equal(ATTRIBUTES(0x7f, 0xff, 0, 0), GC_E_REFUSED);
    assert_int_equal(ATTRIBUTES(0x80, 0x22, 0), GC_E_SYNTAX); /* length % 4 */
    assert_int_equal(ATTRIBUTES(0x80, 0x22, 0, 1), GC_E_SYNTAX);
    assert_int_equal(ATTRIBUTES(0x80, 0x22, 0, 5, 1, 2, 3, 4), GC_E_SYNTAX);
    assert_int_equal(ATTRIBUTES(0x80, 0x22, 0xff, 0xff, 1, 2, 3, 4), GC_E_SYNTAX);
    assert_int_equal(ATTRIBUTES(0x7f, 0xff, 0, 5, 1, 2, 3, 4), GC_E_SYNTAX);
    assert_int_equal(ATTRIBUTES(0x80, 0x28, 0, 4, 1, 2, 3, 4), GC_E_SYNTAX); /* wrong */
    assert_int_equal(ATTRIBUTES(0x80, 0x28, 0, 0), GC_E_SYNTAX);
    uint8_t message[64] = {0x00, 0x01, 0x00, 0, 0x21, 0x12, 0xa4, 0x42, TRANSACTION};
    gc_stun_request r;
    put_fingerprint(message, 20);
    message[3] = 12; /* right, but not last */
    message[28] = 0x80;
    assert_int_equal(parse_binding(message, 32, &r), GC_E_SYNTAX);
}

/* RFC 8489 14: of equal attributes the first counts. */
static void two_addresses(void **state) {
    (void)state;
    gc_stun_request r = {.transaction = {TRANSACTION}};
    uint8_t message[GC_STUN_RESPONSE_BYTES_MAX] = {0};
    assert_int_equal(gc_stun_write_binding(&r, &IPV4, message), 32);
    memcpy(message + 32, message + 20, 12);
    message[3] = 24;
    message[32 + 11] ^= 1;
    gc_addr mapped;
    assert_int_equal(parse_response(message, 44, &mapped), 0);
    assert_memory_equal(&mapped, &IPV4, sizeof(mapped));
}

/* Responses that say nothing, or nonsense. */
static void responses(void **state) {
    (void)state;
    static const struct {
        uint8_t len;
        uint8_t attributes[24];
        int result;
    } all[] = {
        {0, {0}, GC_E_NOT_FOUND},
        {12, {0, 0x20, 0, 8, 0, 1, 0, 0, 1, 2, 3, 4}, 0},
        {12, {0, 0x20, 0, 8, 0, 3, 0, 0, 1, 2, 3, 4}, GC_E_SYNTAX}, /* family */
        {12, {0, 0x20, 0, 8, 0, 2, 0, 0, 1, 2, 3, 4}, GC_E_SYNTAX}, /* 4 bytes of IPv6 */
        {12, {0, 0x20, 0, 7, 0, 1, 0, 0, 1, 2, 3, 4}, GC_E_SYNTAX},
        {16, {0, 0x20, 0, 9, 0, 1, 0, 0, 1, 2, 3, 4, 5}, GC_E_SYNTAX},
        {4, {0, 0x20, 0, 0}, GC_E_SYNTAX},
        {12, {0, 0x01, 0, 8, 0, 1, 0, 0, 1, 2, 3, 4}, GC_E_NOT_FOUND}, /* not XORed: rewritten */
    };
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        uint8_t message[64] = {0x01, 0x01, 0, all[i].len, 0x21, 0x12, 0xa4, 0x42, TRANSACTION};
        memcpy(message + 20, all[i].attributes, all[i].len);
        gc_addr mapped, untouched;
        memset(&mapped, 0x5a, sizeof(mapped));
        memset(&untouched, 0x5a, sizeof(mapped));
        assert_int_equal(parse_response(message, 20u + all[i].len, &mapped), all[i].result);
        assert_true(all[i].result == 0 || memcmp(&mapped, &untouched, sizeof(mapped)) == 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rfc_request), cmocka_unit_test(rfc_responses),
        cmocka_unit_test(answers),     cmocka_unit_test(v4_mapped),
        cmocka_unit_test(request),     cmocka_unit_test(attributes),
        cmocka_unit_test(responses),   cmocka_unit_test(two_addresses),
    };
    return cmocka_run_group_tests_name("stun", tests, NULL, NULL);
}
