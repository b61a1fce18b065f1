#include "test/unit/noun.h"

#include "core/base/error.h"
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

/* --- INITs that are told beforehand ----------------------------------------------------------- */

/* Gives the INIT that one told to the other, in memory of exactly its size. */
static int told(gc_sctp_opening *from, gc_sctp_opening *to) {
    uint8_t bytes[GC_SCTP_TOLD_INIT_BYTES_MAX];
    gc_span init = gc_sctp_opening_tell(from, bytes);
    uint8_t *copy = exact_copy(init.data, init.len);
    int error = gc_sctp_opening_agree(to, gc_span_of(copy, init.len));
    free(copy);
    return error;
}

static void two_that_told_need_no_handshake(void **state) {
    (void)state;
    begin();
    assert_int_equal(told(&a, &b), 0);
    assert_int_equal(told(&b, &a), 0);
    assert_int_equal(a.phase, GC_SCTP_PHASE_CLOSED);
    assert_int_equal(a.t1_at_ms, GC_NEVER);
    assert_int_equal(gc_sctp_opening_connect(&a, 5000), GC_SCTP_NEWS_BOTH);
    assert_int_equal(gc_sctp_opening_connect(&b, 5000), GC_SCTP_NEWS_BOTH);
    assert_int_equal(gc_sctp_opening_connect(&a, 5000), GC_SCTP_NEWS_NONE);
    assert_int_equal(a.phase, GC_SCTP_PHASE_OPEN);
    assert_int_equal(a.peer.tag, b.own.tag);
    assert_int_equal(a.peer.tsn, b.own.tsn);
    assert_int_equal(a.peer.window_bytes, 2000);
    assert_int_equal(b.peer.tag, a.own.tag);
    assert_true(a.peer.zero_checksum && a.declared);
    assert_int_equal(a.t1_at_ms, GC_NEVER);
    assert_quiet(&a);
    assert_quiet(&b);
    assert_int_equal(told(&a, &b), GC_E_STATE);
}

/* What b told did not reach a, which begins with INIT: b knows its tag already. */
static void one_that_was_not_told_comes_by_the_handshake(void **state) {
    (void)state;
    begin();
    assert_int_equal(told(&a, &b), 0);
    gc_sctp_opening_connect(&b, 5000);
    assert_int_equal(b.phase, GC_SCTP_PHASE_OPEN);
    assert_int_equal(gc_sctp_opening_connect(&a, 5000), GC_SCTP_NEWS_NONE);
    pass(&a, &b, GC_SCTP_INIT);
    assert_int_equal(pass(&b, &a, GC_SCTP_INIT_ACK), GC_SCTP_NEWS_PEER);
    assert_int_equal(pass(&a, &b, GC_SCTP_COOKIE_ECHO), GC_SCTP_NEWS_NONE);
    assert_int_equal(pass(&b, &a, GC_SCTP_COOKIE_ACK), GC_SCTP_NEWS_OPEN);
    assert_int_equal(a.peer.tag, b.own.tag);
}

/* The handshake contradicts what was told. */
static void another_tag_than_the_told_one_is_a_restart(void **state) {
    (void)state;
    begin();
    gc_sctp_opening other = a;
    other.own.tag++;
    assert_int_equal(told(&other, &b), 0);
    gc_sctp_opening_connect(&b, 5000);
    gc_sctp_opening_connect(&a, 5000);
    pass(&a, &b, GC_SCTP_INIT);
    pass(&b, &a, GC_SCTP_INIT_ACK);
    assert_int_equal(pass(&a, &b, GC_SCTP_COOKIE_ECHO), GC_SCTP_NEWS_RESTART);
}

static void inits_of_chromium_are_taken(void **state) {
    (void)state;
    begin();
    uint8_t init[] = {1, 0,    0,    30,   0x89, 0x6c, 0xdd, 0x1d, 0,    0x50, 0,
                      0, 0xff, 0xff, 0xff, 0xff, 0xe0, 0x79, 0x65, 0x1d, 0xc0, 0,
                      0, 4,    0x80, 8,    0,    6,    0x82, 0xc0, 0,    0};
    for (uint32_t padding = 0; padding < 3; padding += 2) {
        begin();
        uint8_t *copy = exact_copy(init, 30 + padding);
        assert_int_equal(gc_sctp_opening_agree(&a, gc_span_of(copy, 30 + padding)), 0);
        free(copy);
        assert_int_equal(a.peer.tag, 0x896cdd1d);
        assert_int_equal(a.peer.tsn, 0xe079651d);
        assert_int_equal(a.peer.window_bytes, 5 << 20);
        assert_true(a.peer.reconfig && a.peer.forward_tsn && !a.peer.zero_checksum);
    }
}

static void assert_refused(const uint8_t *bytes, uint32_t len) {
    uint8_t *copy = exact_copy(bytes, len);
    assert_int_equal(gc_sctp_opening_agree(&a, gc_span_of(copy, len)), GC_E_SYNTAX);
    free(copy);
    assert_false(a.agreed);
    assert_int_equal(a.peer.tag, 0);
}

/* Whatever is not an INIT leaves the handshake as it was. */
static void what_is_not_an_init_is_not_agreed(void **state) {
    (void)state;
    begin();
    uint8_t bytes[2 * GC_SCTP_TOLD_INIT_BYTES_MAX] = {0};
    uint32_t len = gc_sctp_opening_tell(&b, bytes).len;
    for (uint32_t cut = 0; cut < len; cut++) {
        assert_refused(bytes, cut);
    }
    assert_refused(bytes, len + 4); /* something behind it */
    for (uint32_t type = 0; type < 256; type++) {
        bytes[0] = (uint8_t)type;
        if (type != GC_SCTP_INIT) {
            assert_refused(bytes, len);
        }
    }
    bytes[0] = GC_SCTP_INIT;
    for (uint32_t field = 4; field < 16; field += field == 4 ? 8 : 2) { /* tag, streams of both */
        uint8_t spoiled[GC_SCTP_TOLD_INIT_BYTES_MAX];
        memcpy(spoiled, bytes, len);
        memset(spoiled + field, 0, field == 4 ? 4 : 2);
        assert_refused(spoiled, len);
    }
    bytes[len - 8] = 0x40; /* a parameter that must be understood */
    assert_refused(bytes, len);
    memset(bytes + len, 0xff, sizeof bytes - len);
    bytes[2] = (GC_SCTP_TOLD_INIT_BYTES_MAX + 4) >> 8;
    bytes[3] = (GC_SCTP_TOLD_INIT_BYTES_MAX + 4) & 255;
    assert_refused(bytes, GC_SCTP_TOLD_INIT_BYTES_MAX + 4);
    gc_sctp_opening_connect(&a, 5000);
    assert_int_equal(a.phase, GC_SCTP_PHASE_WAIT);
    pass(&a, &b, GC_SCTP_INIT);
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
        cmocka_unit_test(two_that_told_need_no_handshake),
        cmocka_unit_test(one_that_was_not_told_comes_by_the_handshake),
        cmocka_unit_test(another_tag_than_the_told_one_is_a_restart),
        cmocka_unit_test(inits_of_chromium_are_taken),
        cmocka_unit_test(what_is_not_an_init_is_not_agreed),
    };
    return RUN(tests);
}
