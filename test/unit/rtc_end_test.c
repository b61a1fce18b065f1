/* rtc/rtc.c: how links end, from either side, and what is left of them. */
#include "test/unit/rtc_pair.h"

#include "core/base/drbg.h"
#include "rtc/sdp.h"

static void the_last_messages_arrive_before_the_end(void **state) {
    (void)state;
    for (uint32_t closer = 0; closer < 2; closer++) {
        rtc_pair *w = rtc_pair_open(1);
        for (uint32_t n = 0; n < 20; n++) {
            rtc_pair_send(w, closer, LINK, n % 2, n, 1000);
        }
        gc_rtc_close(w->sides[closer].rtc, w->now_ms, LINK);
        rtc_pair_drain(w, closer);
        assert_int_equal(gc_rtc_send(w->sides[closer].rtc, w->now_ms, LINK, 1, GC_SPAN("x")), 0);
        rtc_pair_run(w, 1500);
        assert_int_equal(w->sides[!closer].messages, 20);
        assert_int_equal(w->sides[!closer].closed, 1);
        assert_int_equal(w->sides[!closer].reason, GC_REASON_GONE);
        assert_int_equal(w->sides[!closer].closed_link, LINK);
        assert_int_equal(w->sides[closer].closed, 0);
        rtc_pair_assert_nothing_left(w);
        rtc_pair_free(w);
    }
}

static void closed_before_it_was_open(void **state) {
    (void)state;
    for (uint32_t ms = 0; ms < 120; ms += 7) {
        for (uint32_t closer = 0; closer < 2; closer++) {
            rtc_pair *w = rtc_pair_make(1);
            rtc_pair_offer(w, LINK, GC_LINK_KIND_NATIVE);
            rtc_pair_run(w, ms);
            gc_rtc_close(w->sides[closer].rtc, w->now_ms, LINK);
            rtc_pair_drain(w, closer);
            uint32_t told = w->sides[closer].closed;
            w->signal_count = 0; /* the other side may never hear of it */
            rtc_pair_run(w, GC_LINK_OPEN_MS + 2000);
            assert_int_equal(w->sides[closer].closed, told);
            rtc_pair_assert_nothing_left(w);
            rtc_pair_free(w);
        }
    }
}

static void both_close_at_once(void **state) {
    (void)state;
    rtc_pair *w = rtc_pair_open(1);
    for (uint32_t i = 0; i < 2; i++) {
        gc_rtc_close(w->sides[i].rtc, w->now_ms, LINK);
        rtc_pair_drain(w, i);
    }
    rtc_pair_run(w, 1500);
    assert_int_equal(w->sides[0].closed + w->sides[1].closed, 0);
    rtc_pair_assert_nothing_left(w);
    rtc_pair_free(w);
}

/* Without an answer a link that closes stops within its second. */
static void closed_on_a_dead_path(void **state) {
    (void)state;
    rtc_pair *w = rtc_pair_open(1);
    w->path.loss_percent = 100;
    rtc_pair_send(w, 0, LINK, 1, 1, 100);
    gc_rtc_close(w->sides[0].rtc, w->now_ms, LINK);
    rtc_pair_drain(w, 0);
    rtc_pair_run(w, 1001);
    assert_true(gc_rtc_deadline(w->sides[0].rtc) == GC_NEVER);
    rtc_pair_run(w, 40000); /* the other side notices that consent is gone */
    assert_int_equal(w->sides[1].closed, 1);
    assert_int_equal(w->sides[1].reason, GC_REASON_GONE);
    assert_int_equal(w->sides[0].alerts, 1); /* close_notify, */
    assert_int_equal(w->sides[1].alerts, 0); /* but not without consent (RFC 7675 5.1) */
    rtc_pair_assert_nothing_left(w);
    rtc_pair_free(w);
}

static void nobody_answers(void **state) {
    (void)state;
    rtc_pair *w = rtc_pair_make(1);
    rtc_pair_offer(w, LINK, GC_LINK_KIND_NATIVE);
    w->signal_count = 0;
    rtc_pair_run(w, GC_LINK_OPEN_MS + 1);
    assert_int_equal(w->sides[0].closed, 1);
    assert_int_equal(w->sides[0].reason, GC_REASON_ICE_FAILED);
    rtc_pair_assert_nothing_left(w);
    rtc_pair_free(w);
}

static void no_way_between_them(void **state) {
    (void)state;
    rtc_pair *w = rtc_pair_make(1);
    w->path.loss_percent = 100;
    rtc_pair_offer(w, LINK, GC_LINK_KIND_NATIVE);
    rtc_pair_run(w, GC_LINK_OPEN_MS + 1000);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(w->sides[i].closed, 1);
        assert_int_equal(w->sides[i].reason, GC_REASON_ICE_FAILED);
    }
    rtc_pair_assert_nothing_left(w);
    rtc_pair_free(w);
}

/* The passwords of both sides, as their descriptions told them. */
static uint8_t passwords[2][64];
static uint32_t password_lens[2], password_count;

static void note_password(gc_span *text, uint32_t type, uint8_t *copy) {
    gc_sdp sdp;
    (void)copy;
    if (type == GC_RTC_DESCRIPTION) {
        assert_int_equal(gc_sdp_parse(*text, &sdp), 0);
        assert_true(password_count < 2 && sdp.pwd.len <= sizeof passwords[0]);
        memcpy(passwords[password_count], sdp.pwd.data, sdp.pwd.len);
        password_lens[password_count++] = sdp.pwd.len;
    }
}

/* How often a password is in the memory of a handle; what is behind its links are messages. */
static uint32_t count_passwords(const uint8_t *memory, size_t bytes) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < 2; i++) {
        for (size_t at = 0; at + password_lens[i] <= bytes; at++) {
            count += memory[at] == passwords[i][0] &&
                     memcmp(memory + at, passwords[i], password_lens[i]) == 0;
        }
    }
    return count;
}

static void no_password_is_left(void **state) {
    (void)state;
    static const uint8_t seed[32] = {1};
    const gc_rtc_options options = {.links_max = 1};
    const size_t bytes = 2000000;
    rtc_pair *w = rtc_pair_make_with(1, &options);
    rtc_side *s = &w->sides[0];
    w->spoil = note_password;
    assert_true(bytes < gc_rtc_size(&options));
    rtc_pair_offer(w, LINK, GC_LINK_KIND_NATIVE);
    rtc_pair_run(w, 2000);
    rtc_pair_assert_open(w, 1);
    assert_int_equal(password_count, 2);
    assert_true(count_passwords(s->memory, bytes) >= 2);
    gc_rtc_end(s->rtc);
    assert_int_equal(count_passwords(s->memory, bytes), 0);
    s->rtc = gc_rtc_init(s->memory, gc_rtc_size(&options), &options, seed, 0, 0);
    rtc_pair_free(w);
}

/* How many of the keys that a random generator of this seed has, one after each request, are in the
 * memory of a handle. */
static uint32_t count_keys(const uint8_t *memory, size_t bytes, const uint8_t seed[32]) {
    uint32_t count = 0;
    gc_drbg drbg;
    gc_drbg_init(&drbg, seed);
    for (uint32_t requests = 0; requests < 100; requests++) {
        uint8_t unused;
        gc_drbg_bytes(&drbg, &unused, 1);
        for (size_t at = 0; at + sizeof drbg.key <= bytes; at++) {
            count +=
                memory[at] == drbg.key[0] && memcmp(memory + at, drbg.key, sizeof drbg.key) == 0;
        }
    }
    return count;
}

static void no_key_of_the_random_generator_is_left(void **state) {
    (void)state;
    static const uint8_t seed[32] = {1};
    const gc_rtc_options options = {.links_max = 1};
    const size_t bytes = 200000;
    uint8_t *memory = calloc(1, gc_rtc_size(&options));
    assert_non_null(memory);
    assert_true(bytes < gc_rtc_size(&options));
    gc_rtc *rtc = gc_rtc_init(memory, gc_rtc_size(&options), &options, seed, 0, 0);
    assert_non_null(rtc);
    assert_int_equal(count_keys(memory, bytes, seed), 1);
    gc_rtc_end(rtc);
    assert_int_equal(count_keys(memory, bytes, seed), 0);
    free(memory);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_messages_arrive_before_the_end),
        cmocka_unit_test(closed_before_it_was_open),
        cmocka_unit_test(both_close_at_once),
        cmocka_unit_test(closed_on_a_dead_path),
        cmocka_unit_test(nobody_answers),
        cmocka_unit_test(no_way_between_them),
        cmocka_unit_test(no_password_is_left),
        cmocka_unit_test(no_key_of_the_random_generator_is_left),
    };
    return RUN(tests);
}
