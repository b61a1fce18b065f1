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
                        uint32_t part) {
    uint8_t bytes[256];
    gc_dtls_record r = record(bytes, type, seq, len, at, part);
    return gc_dtls_guard_passes(g, &r);
}

static bool passes(gc_dtls_guard *g, uint8_t type, uint16_t seq) {
    return passes_part(g, type, seq, 40, 0, 40);
}

static bool passes_change(gc_dtls_guard *g) {
    gc_dtls_record r = {.body = GC_SPAN("\x01"), .type = GC_DTLS_TYPE_CHANGE_CIPHER};
    return gc_dtls_guard_passes(g, &r);
}

static const uint8_t nobody[GC_FINGERPRINT_BYTES];

/* Of all types the next one alone passes, and only with its number. */
static void follow(bool of_client, const uint8_t *types, uint32_t count) {
    gc_dtls_guard g;
    gc_dtls_guard_begin(&g, of_client, false, nobody);
    for (uint32_t n = 0; n < count; n++) {
        for (unsigned type = 0; type < 256; type++) {
            bool optional =
                type == GC_DTLS_HELLO_VERIFY_REQUEST || type == GC_DTLS_SERVER_HELLO_DONE;
            if (type != types[n] && !optional) {
                assert_false(passes(&g, (uint8_t)type, (uint16_t)n));
            }
        }
        assert_false(passes(&g, types[n], (uint16_t)(n + 1)));
        assert_false(passes_change(&g));
        assert_true(passes(&g, types[n], (uint16_t)n));
        gc_dtls_guard_answered(&g);
    }
    assert_true(passes_change(&g));
    for (unsigned type = 0; type < 256; type++) {
        assert_false(passes(&g, (uint8_t)type, (uint16_t)count));
    }
    assert_false(passes(&g, types[0], 0)); /* again */
}

static void messages_pass_in_order(void **state) {
    (void)state;
    static const uint8_t of_client[] = {1, 11, 16, 15}, of_server[] = {2, 11, 12, 13, 14};
    follow(true, of_client, sizeof of_client);
    follow(false, of_server, sizeof of_server);
}

/* Parts of a certificate come one after the other, those of a ClientHello anyhow. */
static void parts(void **state) {
    (void)state;
    gc_dtls_guard g;
    gc_dtls_guard_begin(&g, true, false, nobody);
    assert_true(passes_part(&g, GC_DTLS_CLIENT_HELLO, 0, 100, 50, 50));
    assert_true(passes_part(&g, GC_DTLS_CLIENT_HELLO, 0, 100, 0, 50));
    assert_false(passes_part(&g, GC_DTLS_CLIENT_HELLO, 0, 100, 0, 0));
    gc_dtls_guard_answered(&g);
    assert_false(passes_part(&g, GC_DTLS_CERTIFICATE, 1, 100, 50, 50));
    assert_true(passes_part(&g, GC_DTLS_CERTIFICATE, 1, 100, 0, 50));
    assert_false(passes_part(&g, GC_DTLS_CERTIFICATE, 1, 100, 0, 50));
    assert_false(passes_part(&g, GC_DTLS_CERTIFICATE, 1, 90, 50, 40)); /* of another one */
    assert_false(passes_part(&g, GC_DTLS_CLIENT_KEY_EXCHANGE, 2, 40, 0, 40));
    assert_true(passes_part(&g, GC_DTLS_CERTIFICATE, 1, 100, 50, 50));
    assert_true(passes_part(&g, GC_DTLS_CLIENT_KEY_EXCHANGE, 2, 40, 0, 40));

    gc_dtls_guard_begin(&g, false, false, nobody);
    assert_false(passes_part(&g, GC_DTLS_SERVER_HELLO, 0, 100, 0, 50));
    assert_false(passes_part(&g, GC_DTLS_HELLO_VERIFY_REQUEST, 0, 40, 0, 40)); /* cookie of 0 */
    gc_dtls_guard_begin(&g, true, true, nobody);
    assert_false(passes_part(&g, GC_DTLS_CLIENT_HELLO, 0, 100, 0, 50)); /* ours cut nothing */
    assert_true(passes_part(&g, GC_DTLS_CLIENT_HELLO, 0, 100, 0, 100));
}

/* A datagram of a server: its hello and its certificate, of which one byte may be wrong. */
static uint32_t flight(uint8_t *out, const char *certificate) {
    return from_hex("16fefd0000000000000000"
                    "0010"
                    "020000040000000000000004"
                    "00000000",
                    out) +
           from_hex(certificate, out + 29);
}

/* SHA-256 of the bytes 61 62 63 (FIPS 180-2 B.1). */
#define ABC_FINGERPRINT "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define CERTIFICATE_HEAD                                                                           \
    "16fefd0000000000000001"                                                                       \
    "0015"                                                                                         \
    "0b0000090001000000000009"                                                                     \
    "000006"

static bool takes_flight(bool ours, const char *certificate) {
    uint8_t fingerprint[GC_FINGERPRINT_BYTES], bytes[128];
    from_hex(ABC_FINGERPRINT, fingerprint);
    gc_dtls_guard g;
    gc_dtls_guard_begin(&g, false, ours, fingerprint);
    gc_span rest = gc_span_of(bytes, flight(bytes, certificate));
    gc_dtls_guard_datagram(&g, rest);
    gc_dtls_record r;
    bool all = true;
    while (gc_dtls_record_next(&rest, &r)) {
        all = all && gc_dtls_guard_passes(&g, &r);
    }
    return all && rest.len == 0;
}

static void a_certificate_is_known_by_its_fingerprint(void **state) {
    (void)state;
    for (int ours = 0; ours < 2; ours++) {
        assert_true(takes_flight(ours == 1, CERTIFICATE_HEAD "000003616263"));
        assert_false(takes_flight(ours == 1, CERTIFICATE_HEAD "000003616264"));
        assert_false(takes_flight(ours == 1, CERTIFICATE_HEAD "000004616263")); /* over its list */
        assert_int_equal(takes_flight(ours == 1, ""), ours == 0);
    }
}

static void the_random_of_a_hello(void **state) {
    (void)state;
    uint8_t bytes[128];
    gc_dtls_record r = record(bytes, GC_DTLS_CLIENT_HELLO, 0, 40, 0, 40);
    gc_span random = gc_dtls_guard_hello(&r);
    assert_ptr_equal(random.data, bytes + 14);
    assert_int_equal(random.len, 32);
    for (uint32_t len = 0; len < r.body.len; len++) {
        gc_dtls_record cut = r;
        cut.body.len = len;
        assert_int_equal(gc_dtls_guard_hello(&cut).len, 0);
    }
    r = record(bytes, GC_DTLS_CLIENT_HELLO, 0, 33, 0, 33);
    assert_int_equal(gc_dtls_guard_hello(&r).len, 0);
    r = record(bytes, GC_DTLS_CLIENT_HELLO, 1, 40, 0, 40);
    assert_int_equal(gc_dtls_guard_hello(&r).len, 0);
    r = record(bytes, GC_DTLS_SERVER_HELLO, 0, 40, 0, 40);
    assert_int_equal(gc_dtls_guard_hello(&r).len, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_pass_in_order),
        cmocka_unit_test(parts),
        cmocka_unit_test(a_certificate_is_known_by_its_fingerprint),
        cmocka_unit_test(the_random_of_a_hello),
    };
    return RUN(tests);
}
