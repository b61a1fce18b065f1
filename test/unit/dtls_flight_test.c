#include "rtc/dtls_flight.h"
#include "test/unit/dtls_forgery.h"
#include "test/unit/dtls_pair.h"
#include "test/unit/unit.h"

static uint8_t memory[GC_DTLS_FLIGHT_BYTES_MAX];

/* The flight of a server, and the random bytes of the ClientHello that it answers. */
typedef struct answer {
    dtls_pair *pair;
    path_datagram flight;
    uint8_t random[GC_DTLS_RANDOM_BYTES];
} answer;

static answer make(void) {
    answer a = {.pair = dtls_pair_make(1)};
    dtls_pair_begin(a.pair, SERVER);
    dtls_pair_begin(a.pair, CLIENT);
    path_datagram hello;
    assert_true(path_take(&a.pair->path, a.pair->now_ms, &hello));
    dtls_pair_give(a.pair, SERVER, gc_span_of(hello.bytes, hello.len));
    assert_true(path_take(&a.pair->path, a.pair->now_ms, &a.flight));
    gc_dtls_session_random(&a.pair->sides[CLIENT].dtls.session, a.random);
    return a;
}

static gc_dtls_flight begin(const answer *a, bool ours) {
    gc_dtls_flight f;
    gc_dtls_flight_init(&f, memory);
    assert_true(
        gc_dtls_flight_begin(&f, false, ours, a->pair->sides[SERVER].certificate.fingerprint));
    return f;
}

static bool find(gc_dtls_flight *f, const answer *a, uint64_t now_ms, gc_span datagram) {
    return gc_dtls_flight_find(f, now_ms, 50, 0, a->random, datagram).len > 0;
}

static void a_whole_flight_is_the_datagram(void **state) {
    (void)state;
    answer a = make();
    gc_span datagram = gc_span_of(a.flight.bytes, a.flight.len);
    for (int ours = 0; ours < 2; ours++) {
        gc_dtls_flight f = begin(&a, ours == 1);
        gc_span found = gc_dtls_flight_find(&f, 1, 50, 0, a.random, datagram);
        assert_ptr_equal(found.data, datagram.data);
        assert_int_equal(found.len, datagram.len);
        assert_false(f.cut);
        assert_false(f.foreign);
        assert_int_equal(gc_dtls_flight_find(&f, 1, 50, 1, a.random, datagram).len, 0);
        a.random[0] ^= 1;
        assert_false(find(&f, &a, 1, datagram));
        a.random[0] ^= 1;
        gc_dtls_flight_end(&f);
        gc_dtls_flight_end(&f);
    }
    dtls_pair_free(a.pair);
}

/* Each length, for the whole of it. */
static void what_is_cut_off_is_not_found(void **state) {
    (void)state;
    answer a = make();
    gc_dtls_flight f = begin(&a, true);
    gc_span rest = gc_span_of(a.flight.bytes, a.flight.len);
    gc_dtls_record record;
    for (int n = 0; n < 3; n++) { /* up to the signature */
        assert_true(gc_dtls_record_next(&rest, &record));
    }
    for (uint32_t len = 0; len <= a.flight.len; len++) {
        uint8_t *copy = exact_copy(a.flight.bytes, len);
        assert_int_equal(find(&f, &a, len * 50, gc_span_of(copy, len)),
                         len + rest.len >= a.flight.len);
        free(copy);
    }
    gc_dtls_flight_end(&f);
    dtls_pair_free(a.pair);
}

static void parts_of_others_alone(void **state) {
    (void)state;
    static forgery parts[64];
    answer a = make();
    uint32_t count = forge_cut(gc_span_of(a.flight.bytes, a.flight.len), 100, parts, 64);
    for (int ours = 0; ours < 2; ours++) {
        gc_dtls_flight f = begin(&a, ours == 1);
        uint32_t found = 0;
        for (uint32_t i = 0; i < count; i++) {
            found += find(&f, &a, 1, gc_span_of(parts[i].bytes, parts[i].len));
        }
        assert_int_equal(found, !ours);
        assert_int_equal(f.cut, !ours);
        gc_dtls_flight_end(&f);
    }
    dtls_pair_free(a.pair);
}

/* After any number of false parts and flights the true ones are found when they come again. */
static void false_ones_before(void **state) {
    (void)state;
    static forgery parts[64];
    answer a = make();
    uint32_t count = forge_cut(gc_span_of(a.flight.bytes, a.flight.len), 100, parts, 64);
    gc_dtls_flight f = begin(&a, false);
    for (uint32_t n = 0; n < 1000; n++) {
        forgery bad = {.len = 0};
        forge_server_hello(&bad, (uint8_t)n);
        if (n % 3 > 0) {
            forge_own_certificate(&bad, &a.pair->sides[SERVER].certificate, 1);
        }
        if (n % 3 > 1) {
            forge_signature(&bad, GC_DTLS_SERVER_KEY_EXCHANGE, 2, "03001701aa");
        }
        assert_false(find(&f, &a, 1, gc_span_of(bad.bytes, bad.len)));
    }
    assert_int_equal(f.proofs, GC_DTLS_PROOFS_MAX);
    assert_false(f.foreign);
    uint32_t found = 0;
    for (uint32_t i = 0; i < count; i++) {
        found += find(&f, &a, 50, gc_span_of(parts[i].bytes, parts[i].len));
    }
    assert_int_equal(found, 0); /* the time of the timer is not over */
    for (uint32_t i = 0; i < count; i++) {
        found += find(&f, &a, 51, gc_span_of(parts[i].bytes, parts[i].len));
    }
    assert_int_equal(found, 1);
    gc_dtls_flight_end(&f);
    dtls_pair_free(a.pair);
}

/* Wherever a false part comes between the true ones: it hides them until they come again. */
static void a_false_part_between(void **state) {
    (void)state;
    static forgery parts[64];
    answer a = make();
    uint32_t count = forge_cut(gc_span_of(a.flight.bytes, a.flight.len), 100, parts, 64);
    uint32_t hidden = 0;
    for (uint32_t at = 1; at < count; at++) {
        gc_dtls_flight f = begin(&a, false);
        bool found = false;
        for (uint32_t i = 0; i < 2 * count && !found; i++) {
            if (i == at) {
                forgery bad = {.len = 0};
                forge_server_hello(&bad, 1);
                assert_false(find(&f, &a, 1, gc_span_of(bad.bytes, bad.len)));
            }
            const forgery *part = &parts[i % count];
            found = find(&f, &a, 1, gc_span_of(part->bytes, part->len));
            hidden += i == count;
        }
        assert_true(found);
        gc_dtls_flight_end(&f);
    }
    assert_in_range(hidden, 1, count - 1);
    dtls_pair_free(a.pair);
}

static void a_foreign_certificate_is_noted(void **state) {
    (void)state;
    answer a = make();
    for (int ours = 0; ours < 2; ours++) {
        gc_dtls_flight f = begin(&a, ours == 1);
        forgery bad = {.len = 0};
        forge_certificate(&bad, 1);
        assert_false(find(&f, &a, 1, gc_span_of(bad.bytes, bad.len)));
        assert_false(f.foreign); /* before its turn */
        bad.len = 0;
        forge_server_hello(&bad, 1);
        forge_certificate(&bad, 1);
        assert_false(find(&f, &a, 1, gc_span_of(bad.bytes, bad.len)));
        assert_true(f.foreign);
        assert_true(find(&f, &a, 1, gc_span_of(a.flight.bytes, a.flight.len)));
        gc_dtls_flight_end(&f);
    }
    dtls_pair_free(a.pair);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_flight_is_the_datagram),
        cmocka_unit_test(what_is_cut_off_is_not_found),
        cmocka_unit_test(parts_of_others_alone),
        cmocka_unit_test(false_ones_before),
        cmocka_unit_test(a_false_part_between),
        cmocka_unit_test(a_foreign_certificate_is_noted),
    };
    return RUN(tests);
}
