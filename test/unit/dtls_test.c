#include "rtc/dtls.h"
#include "core/base/error.h"
#include "test/unit/dtls_pair.h"
#include "test/unit/unit.h"

#include <openssl/err.h>

static void handshake_and_data_both_ways(void **state) {
    (void)state;
    dtls_pair *w = dtls_pair_make(1);
    w->path.delay_ms = 50;
    dtls_pair_begin(w, SERVER);
    dtls_pair_begin(w, CLIENT);
    assert_int_equal(gc_dtls_send(&w->sides[CLIENT].dtls, GC_SPAN("too early")), GC_E_STATE);
    dtls_pair_run(w, 1000);
    dtls_pair_assert_connected(w);
    /* Two round trips, and a half for the last flight of the server. */
    assert_int_equal(w->sides[SERVER].opened_ms, 1000 + 150);
    assert_int_equal(w->sides[CLIENT].opened_ms, 1000 + 200);
    assert_true(w->sides[SERVER].largest <= GC_DTLS_MTU_BYTES);
    for (uint32_t len = 1; len <= GC_DTLS_MTU_BYTES - GC_DTLS_OVERHEAD_BYTES; len += 83) {
        dtls_pair_say(w, CLIENT, len);
        dtls_pair_say(w, SERVER, len);
    }
    w->sides[CLIENT].largest = 0;
    dtls_pair_say(w, CLIENT, GC_DTLS_MTU_BYTES - GC_DTLS_OVERHEAD_BYTES);
    assert_int_equal(w->sides[CLIENT].largest, GC_DTLS_MTU_BYTES);
    dtls_pair_run(w, 1000);
    assert_int_equal(w->sides[CLIENT].messages, 15);
    assert_int_equal(w->sides[SERVER].messages, 16);
    assert_true(gc_dtls_deadline(&w->sides[CLIENT].dtls) == GC_NEVER);
    dtls_pair_free(w);
}

/* OpenSSL does not compare it with the link's MTU, which is that of the handshake. */
static void the_longest_data_are_one_datagram(void **state) {
    (void)state;
    dtls_pair *w = dtls_pair_make(1);
    dtls_pair_begin(w, SERVER);
    dtls_pair_begin(w, CLIENT);
    dtls_pair_run(w, 1000);
    dtls_pair_say(w, CLIENT, GC_DTLS_DATAGRAM_BYTES_MAX - GC_DTLS_OVERHEAD_BYTES);
    assert_int_equal(w->sides[CLIENT].largest, GC_DTLS_DATAGRAM_BYTES_MAX);
    dtls_pair_run(w, 100);
    assert_int_equal(w->sides[SERVER].messages, 1);
    dtls_pair_free(w);
}

static void full_queue_refuses_and_loses_nothing(void **state) {
    (void)state;
    dtls_pair *w = dtls_pair_make(1);
    dtls_pair_begin(w, SERVER);
    dtls_pair_begin(w, CLIENT);
    dtls_pair_run(w, 1000);
    uint8_t bytes[1000] = {0};
    uint32_t taken = 0;
    int error;
    while ((error = gc_dtls_send(&w->sides[0].dtls, gc_span_of(bytes, sizeof bytes))) == 0) {
        taken++;
    }
    assert_int_equal(error, GC_E_FULL);
    uint32_t each = sizeof bytes + GC_DTLS_OVERHEAD_BYTES + GC_DATAGRAM_QUEUE_HEAD_BYTES;
    assert_int_equal(taken, GC_DTLS_OUT_BYTES / each);
    dtls_pair_drain(w, CLIENT);
    dtls_pair_run(w, 1000);
    assert_int_equal(w->sides[SERVER].messages, taken);
    dtls_pair_free(w);
}

static void bad_paths_connect(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        dtls_pair *w = dtls_pair_make(seed);
        w->path.delay_ms = 20;
        w->path.jitter_ms = 30;
        w->path.loss_percent = 20;
        w->path.duplicate_percent = 10;
        dtls_pair_begin(w, SERVER);
        dtls_pair_begin(w, CLIENT);
        dtls_pair_run(w, GC_DTLS_HANDSHAKE_MS + 1000);
        dtls_pair_assert_connected(w);
        w->path.loss_percent = 0;
        w->path.duplicate_percent = 0;
        dtls_pair_say(w, CLIENT, 100);
        dtls_pair_say(w, SERVER, 100);
        dtls_pair_run(w, 1000);
        assert_int_equal(w->sides[CLIENT].messages, 1);
        assert_int_equal(w->sides[SERVER].messages, 1);
        dtls_pair_free(w);
    }
}

/* Anybody can send a wrong certificate, so the handshake waits for the right one until it is over.
 */
static void a_wrong_certificate_in_each_role(void **state) {
    (void)state;
    for (uint32_t i = 0; i < 4; i++) {
        uint32_t checker = i % 2;
        bool ours = i / 2 == 1;
        dtls_pair *w = dtls_pair_make_of(1, ours);
        uint8_t wrong[GC_FINGERPRINT_BYTES];
        memcpy(wrong, w->sides[!checker].certificate.fingerprint, sizeof wrong);
        wrong[31] ^= 1;
        gc_dtls_expect(&w->sides[checker].dtls, wrong, ours);
        dtls_pair_begin(w, SERVER);
        dtls_pair_begin(w, CLIENT);
        dtls_pair_run(w, GC_DTLS_HANDSHAKE_MS);
        assert_int_equal(w->sides[checker].opened, 0);
        assert_int_equal(w->sides[checker].ended, 1);
        assert_int_equal(w->sides[checker].reason, GC_REASON_PROTOCOL);
        assert_int_equal(w->sides[checker].messages, 0);
        assert_int_equal(gc_dtls_send(&w->sides[checker].dtls, GC_SPAN("x")), GC_E_STATE);
        assert_int_equal(w->sides[!checker].opened, 0);
        assert_int_equal(w->sides[!checker].ended, 1);
        assert_int_equal(w->sides[!checker].reason, GC_REASON_TIMEOUT);
        dtls_pair_free(w);
    }
}

/* A client whose certificate is wrong may think that it is connected, and send. */
static void data_before_the_check_is_not_taken(void **state) {
    (void)state;
    dtls_pair *w = dtls_pair_make(1);
    uint8_t wrong[GC_FINGERPRINT_BYTES] = {0};
    gc_dtls_expect(&w->sides[SERVER].dtls, wrong, false);
    dtls_pair_begin(w, SERVER);
    dtls_pair_begin(w, CLIENT);
    path_datagram d;
    while (w->sides[CLIENT].opened == 0 && path_take(&w->path, w->now_ms, &d)) {
        dtls_pair_give(w, d.to, gc_span_of(d.bytes, d.len));
    }
    if (w->sides[CLIENT].dtls.state == GC_DTLS_CONNECTED) {
        dtls_pair_say(w, CLIENT, 10);
    }
    dtls_pair_run(w, 100);
    assert_int_equal(w->sides[SERVER].messages, 0);
    assert_int_equal(w->sides[SERVER].opened, 0);
    dtls_pair_free(w);
}

/* The queue of errors belongs to the thread: what another user of OpenSSL left there says nothing
 * about a session. */
static void errors_of_others_end_no_session(void **state) {
    (void)state;
    dtls_pair *w = dtls_pair_make(9);
    path_datagram d;
    dtls_pair_begin(w, SERVER);
    dtls_pair_begin(w, CLIENT);
    dtls_pair_run(w, 1000);
    dtls_pair_say(w, CLIENT, 10);
    assert_true(path_take(&w->path, w->now_ms, &d));
    ERR_raise(ERR_LIB_USER, ERR_R_PASSED_INVALID_ARGUMENT);
    dtls_pair_give(w, SERVER, gc_span_of(d.bytes, d.len));
    ERR_raise(ERR_LIB_USER, ERR_R_PASSED_INVALID_ARGUMENT);
    dtls_pair_give(w, SERVER, gc_span_of(d.bytes, d.len)); /* a replay: there is nothing to read */
    ERR_raise(ERR_LIB_USER, ERR_R_PASSED_INVALID_ARGUMENT);
    dtls_pair_say(w, SERVER, 10);
    dtls_pair_run(w, 1000);
    dtls_pair_assert_connected(w);
    assert_int_equal(w->sides[SERVER].messages, 1);
    assert_int_equal(w->sides[CLIENT].messages, 1);
    dtls_pair_free(w);
}

static void close_notify_ends_the_other_side(void **state) {
    (void)state;
    for (uint32_t closer = 0; closer < 2; closer++) {
        dtls_pair *w = dtls_pair_make(1);
        dtls_pair_begin(w, SERVER);
        dtls_pair_begin(w, CLIENT);
        dtls_pair_run(w, 100);
        dtls_pair_say(w, closer, 10);
        gc_dtls_close(&w->sides[closer].dtls);
        dtls_pair_drain(w, closer);
        dtls_pair_run(w, 100);
        assert_int_equal(w->sides[closer].ended, 0);
        assert_int_equal(w->sides[!closer].messages, 1);
        assert_int_equal(w->sides[!closer].ended, 1);
        assert_int_equal(w->sides[!closer].reason, GC_REASON_GONE);
        dtls_pair_give(w, closer, GC_SPAN("anything"));
        assert_int_equal(gc_dtls_send(&w->sides[closer].dtls, GC_SPAN("x")), GC_E_STATE);
        dtls_pair_free(w);
    }
}

/* Sessions of one context share its memory; one that is not drained loses a datagram, not more. */
static void sessions_of_one_context(void **state) {
    (void)state;
    dtls_pair *w = dtls_pair_make(1);
    dtls_pair_begin(w, SERVER);
    dtls_pair_begin(w, CLIENT);
    dtls_pair_run(w, 100);
    dtls_pair_say(w, CLIENT, 10);
    path_datagram d;
    assert_true(path_take(&w->path, w->now_ms, &d));
    gc_dtls *other = malloc(sizeof *other);
    assert_non_null(other);
    gc_dtls_init(other, &w->sides[SERVER].context);
    gc_dtls_expect(other, w->sides[CLIENT].certificate.fingerprint, false);
    gc_dtls_begin(other, w->now_ms, true, 0);
    gc_dtls_datagram(&w->sides[SERVER].dtls, w->now_ms, gc_span_of(d.bytes, d.len));
    gc_dtls_datagram(other, w->now_ms, gc_span_of(d.bytes, d.len));
    gc_dtls_end(other);
    free(other);
    dtls_pair_drain(w, SERVER);
    assert_int_equal(w->sides[SERVER].messages, 0);
    dtls_pair_say(w, CLIENT, 10);
    dtls_pair_run(w, 100);
    assert_int_equal(w->sides[SERVER].messages, 1);
    dtls_pair_free(w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(handshake_and_data_both_ways),
        cmocka_unit_test(the_longest_data_are_one_datagram),
        cmocka_unit_test(full_queue_refuses_and_loses_nothing),
        cmocka_unit_test(bad_paths_connect),
        cmocka_unit_test(a_wrong_certificate_in_each_role),
        cmocka_unit_test(data_before_the_check_is_not_taken),
        cmocka_unit_test(errors_of_others_end_no_session),
        cmocka_unit_test(close_notify_ends_the_other_side),
        cmocka_unit_test(sessions_of_one_context),
    };
    return RUN(tests);
}
