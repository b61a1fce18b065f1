#include "test/unit/sctp_pair.h"

static sctp_pair pair;

static void time_never_goes_back(void **state) {
    (void)state;
    pair_begin(&pair, 1, &PAIR_CONFIG);
    gc_sctp *s = &pair.side[0].s;
    gc_sctp_state_time(s, 5000);
    gc_sctp_state_time(s, 4999);
    assert_int_equal(s->now_ms, 5000);
    pair_end(&pair);
}

static void the_first_reason_stays_and_the_queue_is_given_back(void **state) {
    (void)state;
    pair_begin(&pair, 2, &PAIR_CONFIG);
    pair_connect(&pair);
    gc_sctp *s = &pair.side[0].s;
    assert_int_equal(pair_send(&pair, 0, 0, false, 5000), 0);
    assert_true(gc_sctp_state_is_open(s));
    gc_sctp_state_end(s, GC_SCTP_EXCESS, GC_SCTP_CAUSE_VIOLATION);
    gc_sctp_state_end(s, GC_SCTP_CANCELLED, GC_SCTP_CAUSE_USER);
    assert_false(gc_sctp_state_is_open(s));
    assert_int_equal(s->reason, GC_SCTP_EXCESS);
    assert_int_equal(s->abort_cause, GC_SCTP_CAUSE_VIOLATION);
    assert_int_equal(pair.side[0].pool.used, 0);
    pair_end(&pair);
}

static void nobody_is_told_before_the_peer_is_known(void **state) {
    (void)state;
    pair_begin(&pair, 3, &PAIR_CONFIG);
    gc_sctp *s = &pair.side[0].s;
    gc_sctp_connect(s, pair.now_ms);
    gc_sctp_state_end(s, GC_SCTP_CANCELLED, GC_SCTP_CAUSE_USER);
    assert_int_equal(s->abort_cause, 0);
    pair_end(&pair);
}

static void a_peer_that_restarts_ends_the_association(void **state) {
    (void)state;
    pair_begin(&pair, 4, &PAIR_CONFIG);
    pair_connect(&pair);
    pair_run(&pair, 100);
    gc_sctp_end(&pair.side[0].s);
    gc_sctp_begin(&pair.side[0].s, &PAIR_CONFIG, pair.now_ms);
    gc_sctp_connect(&pair.side[0].s, pair.now_ms);
    pair_run(&pair, 100);
    assert_int_equal(pair.side[1].down, GC_SCTP_RESTARTED);
    pair_end(&pair);
}

/* --- a peer that is met twice -------------------------------------------------------------------
 */

/* Side 1 of `pair` is ours; the test speaks for side 0. */
static pair_forged f;

/* Begins, connects, and has a message wait for the COOKIE ECHO, with which it goes out. */
static void begin_meeting(uint64_t seed) {
    gc_sctp_config config = PAIR_CONFIG;
    config.interleaves = true;
    pair_begin(&pair, seed, &config);
    pair.dark = true;
    gc_sctp_connect(&pair.side[1].s, pair.now_ms);
    assert_int_equal(pair_send(&pair, 1, 0, false, 40), 0);
    pair_drain(&pair);
}

static gc_sctp_init_chunk init_of(uint32_t tag, bool interleaves) {
    return (gc_sctp_init_chunk){.tag = tag,
                                .window_bytes = 1 << 20,
                                .tsn = 7,
                                .streams_out = 100,
                                .streams_in = 100,
                                .interleaves = interleaves,
                                .reconfig = true,
                                .forward_tsn = true};
}

static void say_init_ack(uint32_t tag, bool interleaves) {
    gc_sctp_init_chunk i = init_of(tag, interleaves);
    i.cookie = GC_SPAN("any cookie");
    pair_forge(&pair, 1, pair_tag(&pair, 1), &f);
    gc_sctp_init_write(&f.w, GC_SCTP_INIT_ACK, &i);
    pair_give(&pair, 1, &f);
}

static void say_stale(void) {
    pair_forge(&pair, 1, pair_tag(&pair, 1), &f);
    gc_sctp_cause_write(&f.w, GC_SCTP_ERROR, GC_SCTP_CAUSE_STALE_COOKIE, GC_SPAN("\0\0\0\0"));
    pair_give(&pair, 1, &f);
}

static void say_plain(uint8_t type) {
    pair_forge(&pair, 1, pair_tag(&pair, 1), &f);
    gc_sctp_plain_write(&f.w, type, 0, GC_SPAN_NONE);
    pair_give(&pair, 1, &f);
}

/* A cookie that our side would make for an INIT of another tag (RFC 9260 5.2.4 B). */
static void say_cookie_echo(uint32_t tag, bool interleaves) {
    uint8_t bytes[GC_SCTP_COOKIE_BYTES];
    gc_sctp_cookie cookie = {pair_tag(&pair, 1), pair.now_ms, init_of(tag, interleaves)};
    gc_sctp_cookie_write(pair.side[1].pool.cookie_key, &cookie, bytes);
    pair_forge(&pair, 1, pair_tag(&pair, 1), &f);
    gc_sctp_plain_write(&f.w, GC_SCTP_COOKIE_ECHO, 0, gc_span_of(bytes, sizeof bytes));
    pair_give(&pair, 1, &f);
}

static uint32_t tries_of_first(void) {
    const gc_sctp_out *out = &pair.side[1].s.out;
    return gc_sctp_out_chunk(out, out->acked_tsn + 1)->tries;
}

static void data_of_a_stale_cookie_goes_out_with_the_next_one(void **state) {
    (void)state;
    begin_meeting(5);
    say_init_ack(10, true);
    assert_int_equal(tries_of_first(), 1);
    for (uint32_t n = 2; n < 5; n++) {
        say_stale();
        say_init_ack(10 + n, true);
        assert_int_equal(tries_of_first(), n);
    }
    say_plain(GC_SCTP_COOKIE_ACK);
    assert_int_equal(pair.side[1].ups, 1);
    assert_true(pair.side[1].s.out.interleaves && pair.side[1].s.in.interleaves);
    pair_end(&pair);
}

static void a_cookie_of_another_tag_has_the_data_sent_again(void **state) {
    (void)state;
    begin_meeting(6);
    say_init_ack(10, true);
    say_cookie_echo(11, true);
    assert_int_equal(pair.side[1].ups, 1);
    assert_int_equal(pair.side[1].s.opening.peer.tag, 11);
    assert_int_equal(tries_of_first(), 2);
    pair_end(&pair);
}

static void a_peer_that_interleaves_at_times_is_a_violation(void **state) {
    (void)state;
    for (uint32_t first = 0; first < 2; first++) {
        for (uint32_t echo = 0; echo < 2; echo++) {
            begin_meeting(7);
            say_init_ack(10, first == 1);
            if (echo == 1) {
                say_cookie_echo(11, first == 0);
            } else {
                say_stale();
                say_init_ack(11, first == 0);
            }
            assert_int_equal(pair.side[1].down, GC_SCTP_VIOLATION);
            assert_int_equal(pair.side[1].ups, 0);
            pair_end(&pair);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(time_never_goes_back),
        cmocka_unit_test(the_first_reason_stays_and_the_queue_is_given_back),
        cmocka_unit_test(nobody_is_told_before_the_peer_is_known),
        cmocka_unit_test(a_peer_that_restarts_ends_the_association),
        cmocka_unit_test(data_of_a_stale_cookie_goes_out_with_the_next_one),
        cmocka_unit_test(a_cookie_of_another_tag_has_the_data_sent_again),
        cmocka_unit_test(a_peer_that_interleaves_at_times_is_a_violation),
    };
    return RUN(tests);
}
