#include "rtc/dtls_guard.h"
#include "test/unit/unit.h"

/* A record of epoch 0 with one message of len bytes, of which it has `part` from `at` on. */
static gc_dtls_record record(uint8_t *bytes, uint8_t type, uint16_t seq, uint32_t len, uint32_t at,
                             uint32_t part) {
    char head[32];
    snprintf(head, sizeof head, "%02x%06x%04x%06x%06x", type, len, seq, at, part);
    uint32_t size = from_hex(head, bytes);
    memset(bytes + size, 0, part);
    return (gc_dtls_record){.body = gc_span_of(bytes, size + part), .type = GC_DTLS_TYPE_HANDSHAKE};
}

static bool passes_part(gc_dtls_guard *g, uint8_t type, uint16_t seq, uint32_t len, uint32_t at,
                        uint32_t part, bool proven) {
    uint8_t bytes[256];
    gc_dtls_record r = record(bytes, type, seq, len, at, part);
    return gc_dtls_guard_passes(g, &r, proven);
}

static bool passes(gc_dtls_guard *g, uint8_t type, uint16_t seq, bool proven) {
    return passes_part(g, type, seq, 40, 0, 40, proven);
}

static bool passes_change(gc_dtls_guard *g) {
    gc_dtls_record r = {.body = GC_SPAN("\x01"), .type = GC_DTLS_TYPE_CHANGE_CIPHER};
    return gc_dtls_guard_passes(g, &r, false);
}

static bool passes_encrypted(gc_dtls_guard *g, uint16_t epoch) {
    gc_dtls_record r = {.body = GC_SPAN("\x01"), .type = GC_DTLS_TYPE_HANDSHAKE, .epoch = epoch};
    return gc_dtls_guard_passes(g, &r, false);
}

/* Of all types the next one alone passes, with its number and a proof, where it has one. */
static void follow(bool of_client, bool ours, const uint8_t *types, uint32_t count) {
    gc_dtls_guard g;
    gc_dtls_guard_begin(&g, of_client, ours);
    if (of_client) {
        gc_dtls_guard_greeted(&g);
    }
    uint16_t seq = of_client ? 1 : 0;
    for (uint32_t n = 0; n < count; n++, seq++) {
        assert_int_equal(gc_dtls_guard_wants_proof(&g), n == 0);
        for (unsigned type = 0; type < 256; type++) {
            bool optional = type == GC_DTLS_SERVER_HELLO_DONE;
            if (type != types[n] && !optional) {
                assert_false(passes(&g, (uint8_t)type, seq, true));
            }
        }
        assert_false(passes(&g, types[n], (uint16_t)(seq + 1), true));
        assert_false(passes_change(&g));
        assert_false(passes_encrypted(&g, 1));
        gc_dtls_guard before = g;
        assert_int_equal(passes(&before, types[n], seq, false), n >= 3 && !ours);
        assert_true(passes(&g, types[n], seq, true));
    }
    assert_true(passes_change(&g));
    assert_true(passes_change(&g));
    assert_true(passes_encrypted(&g, 1));
    /* OpenSSL would keep 100 records of the epoch that follows the one it reads. */
    assert_false(passes_encrypted(&g, 2));
    assert_false(passes_encrypted(&g, 0xffff));
    for (unsigned type = 0; type < 256; type++) {
        assert_false(passes(&g, (uint8_t)type, seq, true));
    }
    assert_false(passes(&g, types[0], of_client ? 1 : 0, true)); /* again */
}

static void messages_pass_in_order(void **state) {
    (void)state;
    static const uint8_t of_client[] = {11, 16, 15}, of_server[] = {2, 11, 12, 13, 14};
    for (int ours = 0; ours < 2; ours++) {
        follow(true, ours == 1, of_client, sizeof of_client);
        follow(false, ours == 1, of_server, sizeof of_server);
    }
}

/* Before OpenSSL has got a ClientHello nothing of a client passes, and never one by this way. */
static void a_client_hello_goes_another_way(void **state) {
    (void)state;
    gc_dtls_guard g;
    gc_dtls_guard_begin(&g, true, false);
    assert_false(gc_dtls_guard_wants_proof(&g));
    for (unsigned type = 0; type < 256; type++) {
        assert_false(passes(&g, (uint8_t)type, 0, true));
        assert_false(passes(&g, (uint8_t)type, 1, true));
    }
}

/* Parts come one after the other. */
static void parts(void **state) {
    (void)state;
    gc_dtls_guard g;
    gc_dtls_guard_begin(&g, true, false);
    gc_dtls_guard_greeted(&g);
    assert_false(passes_part(&g, GC_DTLS_CERTIFICATE, 1, 100, 50, 50, true));
    assert_false(passes_part(&g, GC_DTLS_CERTIFICATE, 1, 100, 0, 0, true));
    assert_true(passes_part(&g, GC_DTLS_CERTIFICATE, 1, 100, 0, 50, true));
    assert_false(passes_part(&g, GC_DTLS_CERTIFICATE, 1, 100, 0, 50, true));
    assert_false(passes_part(&g, GC_DTLS_CERTIFICATE, 1, 90, 50, 40, true)); /* of another one */
    assert_false(passes_part(&g, GC_DTLS_CLIENT_KEY_EXCHANGE, 2, 40, 0, 40, true));
    assert_true(passes_part(&g, GC_DTLS_CERTIFICATE, 1, 100, 50, 50, true));
    assert_true(passes_part(&g, GC_DTLS_CLIENT_KEY_EXCHANGE, 2, 40, 0, 40, true));
}

static bool passes_cookie(gc_dtls_guard *g, uint8_t len) {
    uint8_t bytes[64];
    gc_dtls_record r = record(bytes, GC_DTLS_HELLO_VERIFY_REQUEST, 0, 23, 0, 23);
    bytes[12 + 2] = len;
    return gc_dtls_guard_passes(g, &r, false);
}

/* It passes when each of two ClientHellos was answered so. */
static void a_cookie_is_asked_for_twice(void **state) {
    (void)state;
    gc_dtls_guard g;
    gc_dtls_guard_begin(&g, false, false);
    assert_false(passes_cookie(&g, 20));
    assert_false(passes_cookie(&g, 20));
    gc_dtls_guard_asked_again(&g);
    assert_false(passes_cookie(&g, 19));
    assert_false(passes_cookie(&g, 0));
    gc_dtls_guard_asked_again(&g);
    assert_false(passes_cookie(&g, 20)); /* of the one before there was none */
    gc_dtls_guard_asked_again(&g);
    assert_true(passes_cookie(&g, 20));
    assert_false(passes_cookie(&g, 20));
    assert_true(gc_dtls_guard_wants_proof(&g));
    assert_false(passes(&g, GC_DTLS_SERVER_HELLO, 0, true));
    assert_true(passes(&g, GC_DTLS_SERVER_HELLO, 1, true));

    gc_dtls_guard_begin(&g, false, true); /* ours ask for none */
    for (int n = 0; n < 3; n++) {
        assert_false(passes_cookie(&g, 20));
        gc_dtls_guard_asked_again(&g);
    }
}

static void a_change_of_cipher_has_one_form(void **state) {
    (void)state;
    gc_dtls_guard g;
    gc_dtls_guard_begin(&g, true, true);
    gc_dtls_guard_greeted(&g);
    for (uint16_t n = 0; n < 3; n++) {
        assert_false(passes_change(&g));
        assert_true(passes(&g, (uint8_t[]){11, 16, 15}[n], (uint16_t)(n + 1), true));
    }
    gc_dtls_record bad[] = {{.body = GC_SPAN("\x02"), .type = GC_DTLS_TYPE_CHANGE_CIPHER},
                            {.body = GC_SPAN("\x01\x01"), .type = GC_DTLS_TYPE_CHANGE_CIPHER},
                            {.body = GC_SPAN_NONE, .type = GC_DTLS_TYPE_CHANGE_CIPHER}};
    for (int n = 0; n < 3; n++) {
        assert_false(gc_dtls_guard_passes(&g, &bad[n], true));
        assert_false(passes_encrypted(&g, 1));
    }
    assert_true(passes_change(&g));
    assert_true(passes_encrypted(&g, 1));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_pass_in_order),
        cmocka_unit_test(a_client_hello_goes_another_way),
        cmocka_unit_test(parts),
        cmocka_unit_test(a_cookie_is_asked_for_twice),
        cmocka_unit_test(a_change_of_cipher_has_one_form),
    };
    return RUN(tests);
}
