#include "test/unit/noun.h"

#include "core/base/timers.h"
#include "rtc/sctp_opening.h"

static const uint8_t key[16] = "sixteen bytes!!";
static gc_sctp_opening a, b;
static gc_drbg drbg;

static void begin(void) {
    uint8_t seed[32] = {1};
    gc_drbg_init(&drbg, seed);
    gc_sctp_opening_begin(&a, &drbg, 1000, 8);
    gc_sctp_opening_begin(&b, &drbg, 2000, 9);
    assert_int_not_equal(a.own.tag, b.own.tag);
}

/* Takes one chunk out of `from`; false: none is due. The chunk borrows from the memory here. */
static bool take(gc_sctp_opening *from, gc_sctp_chunk *c, uint32_t *tag) {
    static uint8_t bytes[2048];
    gc_writer w;
    gc_reader r;
    gc_writer_init(&w, bytes, sizeof bytes);
    if (gc_sctp_opening_alone(from, tag)) {
        gc_sctp_opening_write_alone(from, &w, 5000, key);
    } else {
        gc_sctp_opening_write(from, &w);
        *tag = from->peer.tag;
    }
    gc_reader_init(&r, gc_writer_done(&w));
    return gc_sctp_chunk_next(&r, c);
}

static uint32_t give(gc_sctp_opening *to, const gc_sctp_chunk *c) {
    switch (c->type) {
    case GC_SCTP_INIT:
        gc_sctp_opening_init(to, c);
        return GC_SCTP_NEWS_NONE;
    case GC_SCTP_INIT_ACK:
        return gc_sctp_opening_init_ack(to, 5000, c);
    case GC_SCTP_COOKIE_ECHO:
        return gc_sctp_opening_cookie_echo(to, 5000, key, c);
    case GC_SCTP_COOKIE_ACK:
        return gc_sctp_opening_cookie_ack(to);
    default:
        fail();
        return 0;
    }
}

/* One chunk goes over, of this type. Returns the news at the receiver. */
static uint32_t pass(gc_sctp_opening *from, gc_sctp_opening *to, uint8_t type) {
    gc_sctp_chunk c;
    uint32_t tag = 0;
    assert_true(take(from, &c, &tag));
    assert_int_equal(c.type, type);
    assert_int_equal(tag, type == GC_SCTP_INIT ? 0 : to->own.tag);
    return give(to, &c);
}

static void assert_quiet(gc_sctp_opening *o) {
    gc_sctp_chunk c;
    uint32_t tag;
    assert_false(take(o, &c, &tag));
}

static void one_side_opens(void **state) {
    (void)state;
    begin();
    gc_sctp_opening_connect(&a, 5000);
    pass(&a, &b, GC_SCTP_INIT);
    assert_int_equal(b.phase, GC_SCTP_PHASE_CLOSED); /* an INIT costs nothing */
    assert_int_equal(pass(&b, &a, GC_SCTP_INIT_ACK), GC_SCTP_NEWS_PEER);
    assert_int_equal(a.peer.window_bytes, 2000);
    assert_int_equal(pass(&a, &b, GC_SCTP_COOKIE_ECHO), GC_SCTP_NEWS_BOTH);
    assert_int_equal(b.peer.tag, a.own.tag);
    assert_int_equal(b.peer.tsn, a.own.tsn);
    assert_int_equal(b.peer.streams_in, 8);
    assert_true(b.peer.reconfig && b.peer.forward_tsn);
    assert_int_equal(pass(&b, &a, GC_SCTP_COOKIE_ACK), GC_SCTP_NEWS_OPEN);
    assert_int_equal(a.t1_at_ms, GC_NEVER);
    assert_int_equal(b.t1_at_ms, GC_NEVER);
    assert_quiet(&a);
    assert_quiet(&b);
}

static void inits_that_cross_become_one_association(void **state) {
    (void)state;
    begin();
    gc_sctp_opening_connect(&a, 5000);
    gc_sctp_opening_connect(&b, 5000);
    gc_sctp_chunk c;
    uint32_t tag;
    uint8_t bytes[256];
    assert_true(take(&a, &c, &tag));
    memcpy(bytes, c.value.data, c.value.len);
    gc_sctp_chunk of_a = {c.type, 0, gc_span_of(bytes, c.value.len)};
    pass(&b, &a, GC_SCTP_INIT);
    give(&b, &of_a);
    assert_int_equal(pass(&a, &b, GC_SCTP_INIT_ACK), GC_SCTP_NEWS_PEER);
    assert_int_equal(pass(&b, &a, GC_SCTP_INIT_ACK), GC_SCTP_NEWS_PEER);
    assert_int_equal(pass(&a, &b, GC_SCTP_COOKIE_ECHO), GC_SCTP_NEWS_OPEN);
    assert_int_equal(pass(&b, &a, GC_SCTP_COOKIE_ACK), GC_SCTP_NEWS_OPEN);
    assert_int_equal(a.peer.tag, b.own.tag);
    assert_int_equal(b.peer.tag, a.own.tag);
    assert_quiet(&a);
    assert_quiet(&b);
}

static void a_cookie_again_is_acknowledged_again(void **state) {
    (void)state;
    begin();
    gc_sctp_opening_connect(&a, 5000);
    pass(&a, &b, GC_SCTP_INIT);
    pass(&b, &a, GC_SCTP_INIT_ACK);
    pass(&a, &b, GC_SCTP_COOKIE_ECHO);
    gc_sctp_chunk c;
    uint32_t tag;
    assert_true(take(&b, &c, &tag)); /* the COOKIE ACK is lost */
    assert_true(gc_sctp_opening_tick(&a, a.t1_at_ms));
    assert_int_equal(pass(&a, &b, GC_SCTP_COOKIE_ECHO), GC_SCTP_NEWS_NONE);
    assert_int_equal(pass(&b, &a, GC_SCTP_COOKIE_ACK), GC_SCTP_NEWS_OPEN);
}

static void a_peer_that_begins_anew_is_a_restart(void **state) {
    (void)state;
    begin();
    gc_sctp_opening_connect(&a, 5000);
    pass(&a, &b, GC_SCTP_INIT);
    pass(&b, &a, GC_SCTP_INIT_ACK);
    pass(&a, &b, GC_SCTP_COOKIE_ECHO);
    pass(&b, &a, GC_SCTP_COOKIE_ACK);
    gc_sctp_opening_begin(&a, &drbg, 1000, 8);
    gc_sctp_opening_connect(&a, 6000);
    pass(&a, &b, GC_SCTP_INIT);
    assert_int_equal(b.phase, GC_SCTP_PHASE_OPEN);
    pass(&b, &a, GC_SCTP_INIT_ACK);
    assert_int_equal(pass(&a, &b, GC_SCTP_COOKIE_ECHO), GC_SCTP_NEWS_RESTART);
}

static void forged_cookies_and_answers_out_of_turn_change_nothing(void **state) {
    (void)state;
    begin();
    gc_sctp_cookie cookie = {.own_tag = b.own.tag, .made_ms = 5000, .peer = a.own};
    uint8_t bytes[GC_SCTP_COOKIE_BYTES];
    static const uint8_t other[16] = "another key of 6";
    gc_sctp_cookie_write(other, &cookie, bytes);
    gc_sctp_chunk c = {GC_SCTP_COOKIE_ECHO, 0, gc_span_of(bytes, sizeof bytes)};
    assert_int_equal(give(&b, &c), GC_SCTP_NEWS_NONE);
    cookie.own_tag = a.own.tag; /* of another association of the handle */
    gc_sctp_cookie_write(key, &cookie, bytes);
    assert_int_equal(give(&b, &c), GC_SCTP_NEWS_NONE);
    c.value.len = 3;
    assert_int_equal(give(&b, &c), GC_SCTP_NEWS_NONE);
    c = (gc_sctp_chunk){GC_SCTP_COOKIE_ACK, 0, {0}};
    assert_int_equal(give(&b, &c), GC_SCTP_NEWS_NONE);
    gc_sctp_opening_connect(&b, 5000);
    assert_int_equal(give(&b, &c), GC_SCTP_NEWS_NONE);
    c = (gc_sctp_chunk){GC_SCTP_INIT_ACK, 0, GC_SPAN("short")};
    assert_int_equal(give(&b, &c), GC_SCTP_NEWS_NONE);
    assert_int_equal(b.phase, GC_SCTP_PHASE_WAIT);
}

static void a_cookie_that_is_too_long_is_not_taken(void **state) {
    (void)state;
    static uint8_t cookie[GC_SCTP_PEER_COOKIE_BYTES_MAX + 1], bytes[2048];
    for (uint32_t over = 0; over < 2; over++) {
        begin();
        gc_sctp_opening_connect(&a, 5000);
        gc_writer w;
        gc_reader r;
        gc_sctp_chunk c;
        gc_sctp_init_chunk answer = b.own;
        answer.cookie = gc_span_of(cookie, GC_SCTP_PEER_COOKIE_BYTES_MAX + over);
        gc_writer_init(&w, bytes, sizeof bytes);
        gc_sctp_init_write(&w, GC_SCTP_INIT_ACK, &answer);
        gc_reader_init(&r, gc_writer_done(&w));
        assert_true(gc_sctp_chunk_next(&r, &c));
        uint32_t news = over == 0 ? GC_SCTP_NEWS_PEER : GC_SCTP_NEWS_NONE;
        assert_int_equal(gc_sctp_opening_init_ack(&a, 5000, &c), news);
    }
}

static void a_stale_cookie_is_reported_and_asked_for_anew(void **state) {
    (void)state;
    begin();
    gc_sctp_cookie cookie = {.own_tag = b.own.tag, .made_ms = 5000, .peer = a.own};
    uint8_t bytes[GC_SCTP_COOKIE_BYTES];
    gc_sctp_cookie_write(key, &cookie, bytes);
    gc_sctp_chunk c = {GC_SCTP_COOKIE_ECHO, 0, gc_span_of(bytes, sizeof bytes)};
    uint64_t late_ms = 5001 + GC_SCTP_COOKIE_MS;
    assert_int_equal(gc_sctp_opening_cookie_echo(&b, late_ms, key, &c), GC_SCTP_NEWS_NONE);
    uint32_t tag;
    assert_true(take(&b, &c, &tag));
    assert_int_equal(c.type, GC_SCTP_ERROR);
    assert_int_equal(gc_sctp_cause_read(&c), GC_SCTP_CAUSE_STALE_COOKIE);
    assert_int_equal(tag, a.own.tag);
    gc_sctp_opening_connect(&a, 5000);
    gc_sctp_opening_stale(&a, 5000);
    assert_int_equal(a.phase, GC_SCTP_PHASE_WAIT);
    pass(&a, &b, GC_SCTP_INIT);
    pass(&b, &a, GC_SCTP_INIT_ACK);
    gc_sctp_opening_stale(&a, 5000);
    pass(&a, &b, GC_SCTP_INIT);
}

static void inits_are_repeated_more_slowly_each_time(void **state) {
    (void)state;
    begin();
    gc_sctp_opening_connect(&a, 1000);
    uint64_t at_ms = a.t1_at_ms, step_ms = GC_SCTP_T1_MS;
    assert_int_equal(at_ms, 1000 + GC_SCTP_T1_MS);
    for (uint32_t i = 0; i < 10; i++) {
        gc_sctp_chunk c;
        uint32_t tag;
        assert_true(take(&a, &c, &tag));
        assert_int_equal(c.type, GC_SCTP_INIT);
        assert_quiet(&a);
        assert_false(gc_sctp_opening_tick(&a, at_ms - 1));
        assert_quiet(&a);
        gc_sctp_opening_tick(&a, at_ms);
        step_ms = 2 * step_ms < GC_SCTP_T1_MS_MAX ? 2 * step_ms : GC_SCTP_T1_MS_MAX;
        assert_int_equal(a.t1_at_ms, at_ms + step_ms);
        at_ms = a.t1_at_ms;
    }
}

static void the_first_time_follows_the_round_trip(void **state) {
    (void)state;
    static const uint32_t rows[][2] = {
        {0, GC_SCTP_T1_MS_MIN}, {49, GC_SCTP_T1_MS_MIN},    {100, 200}, {249, 498},
        {250, GC_SCTP_T1_MS},   {UINT32_MAX, GC_SCTP_T1_MS}};
    for (uint32_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        begin();
        gc_sctp_opening_round_trip(&a, rows[i][0]);
        gc_sctp_opening_connect(&a, 1000);
        assert_int_equal(a.t1_at_ms, 1000 + rows[i][1]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_side_opens),
        cmocka_unit_test(inits_that_cross_become_one_association),
        cmocka_unit_test(a_cookie_again_is_acknowledged_again),
        cmocka_unit_test(a_peer_that_begins_anew_is_a_restart),
        cmocka_unit_test(forged_cookies_and_answers_out_of_turn_change_nothing),
        cmocka_unit_test(a_cookie_that_is_too_long_is_not_taken),
        cmocka_unit_test(a_stale_cookie_is_reported_and_asked_for_anew),
        cmocka_unit_test(inits_are_repeated_more_slowly_each_time),
        cmocka_unit_test(the_first_time_follows_the_round_trip),
    };
    return RUN(tests);
}
