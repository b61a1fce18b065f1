#include "rtc/ice_message.h"
#include "core/base/error.h"
#include "rtc/integrity.h"
#include "test/unit/unit.h"

static const uint8_t transaction[12] = {1, 2, 3};
static gc_ice_credentials ours, theirs;
static const gc_ice_credentials unknown;
static const gc_addr FROM = {.family = 6, .ip = {0x20, 1, 0xd, 0xb8, [15] = 1}, .port = 4242};

static int start(void **state) {
    (void)state;
    assert_int_equal(
        gc_ice_credentials_set(&ours, GC_SPAN("ours"), GC_SPAN("0123456789012345678901")), 0);
    assert_int_equal(
        gc_ice_credentials_set(&theirs, GC_SPAN("their"), GC_SPAN("abcdefghijabcdefghijab")), 0);
    return 0;
}

/* Reads what they wrote for us. */
static int read_check(gc_span bytes, const gc_ice_credentials *from, gc_ice_check *check,
                      uint32_t *code) {
    gc_stun_message m;
    assert_int_equal(gc_stun_message_read(bytes, &m), 0);
    return gc_ice_message_read_check(&m, &ours, from, check, code);
}

static void a_check(void **state) {
    (void)state;
    for (uint32_t i = 0; i < 4; i++) {
        uint8_t out[GC_ICE_MESSAGE_BYTES_MAX];
        const gc_ice_check check = {.tie_breaker = UINT64_MAX - i,
                                    .priority = 0x6e0001ff,
                                    .controlling = i & 1,
                                    .use_candidate = i & 2};
        gc_ice_check got;
        uint32_t code = 7;
        gc_stun_message m;
        gc_span name;
        gc_span bytes =
            gc_span_of(out, gc_ice_message_check(out, transaction, &check, &theirs, &ours));
        assert_int_equal(gc_stun_message_read(bytes, &m), 0);
        assert_true(m.fingerprint);
        assert_true(gc_stun_message_find(&m, GC_STUN_USERNAME, &name));
        assert_span(name, GC_SPAN("ours:their"));
        assert_int_equal(read_check(bytes, &theirs, &got, &code), 0);
        assert_int_equal(code, 0);
        assert_true(got.tie_breaker == check.tie_breaker && got.priority == check.priority);
        assert_true(got.controlling == check.controlling);
        assert_true(got.use_candidate == check.use_candidate);
        assert_int_equal(read_check(bytes, &unknown, &got, &code), 0); /* early */
        assert_int_equal(read_check(bytes, &ours, &got, &code), GC_E_NOT_FOUND);
    }
}

static void the_longest_names(void **state) {
    (void)state;
    char text[GC_ICE_CREDENTIAL_MAX];
    memset(text, 'z', sizeof text);
    gc_ice_credentials longest = {0};
    const gc_span span = gc_span_of(text, sizeof text);
    assert_int_equal(gc_ice_credentials_set(&longest, span, span), 0);
    uint8_t out[GC_ICE_MESSAGE_BYTES_MAX];
    static const uint8_t passenger[GC_ICE_PASSENGER_BYTES_MAX];
    const gc_ice_check check = {.use_candidate = true,
                                .passenger = gc_span_of(passenger, sizeof passenger)};
    uint32_t len = gc_ice_message_check(out, transaction, &check, &longest, &longest);
    assert_int_equal(len, 20 + 4 + 516 + 8 + 12 + 4 + 4 + sizeof passenger + 24 + 8);
}

/* A datagram of DTLS goes along with a check: of any length, and nothing else of the check changes.
 */
static void a_check_with_a_passenger(void **state) {
    (void)state;
    static const uint8_t passenger[GC_ICE_PASSENGER_BYTES_MAX] = {22, 254, 253};
    for (uint32_t len = 0; len <= sizeof passenger; len++) {
        uint8_t out[GC_ICE_MESSAGE_BYTES_MAX];
        const gc_ice_check check = {.priority = 5, .passenger = gc_span_of(passenger, len)};
        gc_ice_check got;
        uint32_t code = 7;
        uint32_t whole = gc_ice_message_check(out, transaction, &check, &theirs, &ours);
        uint8_t *copy = exact_copy(out, whole);
        assert_int_equal(read_check(gc_span_of(copy, whole), &theirs, &got, &code), 0);
        assert_int_equal(code, 0);
        assert_int_equal(got.priority, 5);
        assert_span(got.passenger, check.passenger);
        if (len > 0) {
            copy[whole - 8 - 24 - (len + 3) / 4 * 4] ^= 1; /* its first byte */
            gc_stun_message m;
            assert_int_not_equal(gc_stun_message_read(gc_span_of(copy, whole), &m), 0);
        }
        free(copy);
    }
}

/* Written by somebody who does not know the password: behind the integrity of somebody else, or
 * under a wrong one. */
static void a_passenger_that_nobody_vouches_for(void **state) {
    (void)state;
    for (uint32_t behind = 0; behind < 2; behind++) {
        uint8_t out[512];
        gc_writer w;
        gc_ice_check got;
        uint32_t code = 7;
        gc_writer_init(&w, out, sizeof out);
        gc_stun_message_begin(&w, GC_STUN_REQUEST, GC_STUN_BINDING, transaction);
        gc_stun_message_put(&w, GC_STUN_USERNAME, GC_SPAN("ours:their"));
        gc_stun_message_put_u32(&w, GC_STUN_PRIORITY, 1);
        gc_stun_message_put_u64(&w, GC_STUN_ICE_CONTROLLED, 1);
        if (behind == 0) {
            gc_stun_message_put(&w, GC_STUN_DTLS, GC_SPAN("hello"));
        }
        gc_integrity_put(&w, gc_ice_credentials_pwd(behind == 0 ? &theirs : &ours));
        if (behind == 1) {
            gc_stun_message_put(&w, GC_STUN_DTLS, GC_SPAN("hello"));
        }
        gc_stun_message_put_fingerprint(&w);
        int result = read_check(gc_writer_done(&w), &theirs, &got, &code);
        assert_int_equal(result, behind == 0 ? GC_E_REFUSED : 0);
        if (behind == 1) {
            assert_int_equal(code, 0);
            assert_span(got.passenger, GC_SPAN_NONE);
        }
    }
}

/* A check of these names, signed with this password, as its sender likes it. */
static gc_span forged(uint8_t *out, gc_span name, gc_span pwd, uint32_t without) {
    gc_writer w;
    gc_writer_init(&w, out, 256);
    gc_stun_message_begin(&w, GC_STUN_REQUEST, GC_STUN_BINDING, transaction);
    if (without != GC_STUN_USERNAME) {
        gc_stun_message_put(&w, GC_STUN_USERNAME, name);
    }
    if (without != GC_STUN_PRIORITY) {
        gc_stun_message_put_u32(&w, GC_STUN_PRIORITY, 1);
    }
    if (without != GC_STUN_ICE_CONTROLLED) {
        gc_stun_message_put_u64(&w, GC_STUN_ICE_CONTROLLED, 1);
    }
    if (without != GC_STUN_MESSAGE_INTEGRITY) {
        gc_integrity_put(&w, pwd);
    }
    if (without != GC_STUN_FINGERPRINT) {
        gc_stun_message_put_fingerprint(&w);
    }
    return gc_writer_done(&w);
}

static void who_it_is_for(void **state) {
    (void)state;
    static const struct {
        const char *name;
        int result; /* where their name is known, and where it is not */
        int early;
    } all[] = {
        {"ours:their", 0, 0},
        {"ours:there", GC_E_NOT_FOUND, 0},
        {"ours:", GC_E_NOT_FOUND, 0},
        {"ours", GC_E_NOT_FOUND, GC_E_NOT_FOUND},
        {"our", GC_E_NOT_FOUND, GC_E_NOT_FOUND},
        {"", GC_E_NOT_FOUND, GC_E_NOT_FOUND},
        {"oursx:their", GC_E_NOT_FOUND, GC_E_NOT_FOUND},
        {"their:ours", GC_E_NOT_FOUND, GC_E_NOT_FOUND},
    };
    uint8_t out[256];
    gc_ice_check got;
    uint32_t code;
    const gc_span pwd = gc_ice_credentials_pwd(&ours);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        gc_span bytes = forged(out, text_span(all[i].name), pwd, 0);
        assert_int_equal(read_check(bytes, &theirs, &got, &code), all[i].result);
        assert_int_equal(read_check(bytes, &unknown, &got, &code), all[i].early);
    }
}

static void what_is_missing(void **state) {
    (void)state;
    static const struct {
        uint32_t without;
        int result;
        uint32_t code;
    } all[] = {
        {0, 0, 0},
        {GC_STUN_USERNAME, GC_E_NOT_FOUND, 0},
        {GC_STUN_PRIORITY, 0, 400},
        {GC_STUN_ICE_CONTROLLED, 0, 400},
        {GC_STUN_MESSAGE_INTEGRITY, GC_E_REFUSED, 0},
        {GC_STUN_FINGERPRINT, GC_E_REFUSED, 0},
    };
    uint8_t out[256];
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        gc_ice_check got;
        uint32_t code = 0;
        gc_span bytes =
            forged(out, GC_SPAN("ours:their"), gc_ice_credentials_pwd(&ours), all[i].without);
        assert_int_equal(read_check(bytes, &theirs, &got, &code), all[i].result);
        assert_int_equal(code, all[i].code);
    }
    gc_ice_check got;
    uint32_t code;
    gc_span bytes = forged(out, GC_SPAN("ours:their"), gc_ice_credentials_pwd(&theirs), 0);
    assert_int_equal(read_check(bytes, &theirs, &got, &code), GC_E_REFUSED);
}

static int read_answer(gc_span bytes, const gc_ice_credentials *from, gc_addr *mapped,
                       uint32_t *code) {
    gc_stun_message m;
    assert_int_equal(gc_stun_message_read(bytes, &m), 0);
    return gc_ice_message_read_answer(&m, from, mapped, code);
}

static void answers(void **state) {
    (void)state;
    uint8_t request[256], out[GC_ICE_MESSAGE_BYTES_MAX];
    gc_addr mapped;
    uint32_t code = 7;
    gc_span bytes = gc_span_of(out, gc_ice_message_success(out, transaction, &FROM, &theirs));
    assert_int_equal(read_answer(bytes, &theirs, &mapped, &code), 0);
    assert_int_equal(code, 0);
    assert_memory_equal(&mapped, &FROM, sizeof mapped);
    assert_int_equal(read_answer(bytes, &ours, &mapped, &code), GC_E_REFUSED);
    assert_int_equal(
        read_answer(forged(request, GC_SPAN("a:b"), gc_ice_credentials_pwd(&theirs), 0), &theirs,
                    &mapped, &code),
        GC_E_REFUSED); /* a request does not answer */
    static const uint32_t codes[] = {400, 420, 487};
    for (uint32_t i = 0; i < 3; i++) {
        gc_stun_message m;
        gc_span name;
        assert_int_equal(gc_stun_message_read(forged(request, GC_SPAN("a:b"), GC_SPAN("x"), 0), &m),
                         0);
        bytes = gc_span_of(out, gc_ice_message_refusal(out, &m, codes[i], &theirs));
        assert_int_equal(read_answer(bytes, &theirs, &mapped, &code), 0);
        assert_int_equal(code, codes[i]);
        assert_int_equal(read_answer(bytes, &ours, &mapped, &code), GC_E_REFUSED);
        assert_int_equal(gc_stun_message_read(bytes, &m), 0);
        assert_true(gc_stun_message_find(&m, GC_STUN_UNKNOWN_ATTRIBUTES, &name) ==
                    (codes[i] == 420));
    }
}

/* A refusal names the attributes that are not known, but not without end. */
static void many_unknown(void **state) {
    (void)state;
    uint8_t request[1024], out[GC_ICE_MESSAGE_BYTES_MAX];
    gc_writer w;
    gc_writer_init(&w, request, sizeof request);
    gc_stun_message_begin(&w, GC_STUN_REQUEST, GC_STUN_BINDING, transaction);
    for (uint16_t i = 0; i < 100; i++) {
        gc_stun_message_put(&w, (uint16_t)(0x7000 + i), GC_SPAN_NONE);
    }
    gc_stun_message m;
    gc_span types;
    assert_int_equal(gc_stun_message_read(gc_writer_done(&w), &m), 0);
    uint32_t len = gc_ice_message_refusal(out, &m, 420, &ours);
    assert_int_equal(gc_stun_message_read(gc_span_of(out, len), &m), 0);
    assert_true(gc_stun_message_find(&m, GC_STUN_UNKNOWN_ATTRIBUTES, &types));
    assert_int_equal(types.len, 16);
    assert_memory_equal(types.data, "\x70\0\x70\1", 4);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_check),
        cmocka_unit_test(the_longest_names),
        cmocka_unit_test(a_check_with_a_passenger),
        cmocka_unit_test(a_passenger_that_nobody_vouches_for),
        cmocka_unit_test(who_it_is_for),
        cmocka_unit_test(what_is_missing),
        cmocka_unit_test(answers),
        cmocka_unit_test(many_unknown),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
