/* core/proto/emoji_run.c: two ends of a link, and what else may come */
#include "core/proto/emoji_run.h"
#include "core/base/reason.h"
#include "host/crypto.h"
#include "test/unit/unit.h"

static gc_crypto crypto;
static gc_drbg drbg;
static const uint8_t t[GC_TRANSCRIPT_BYTES] = {1, 2, 3};

static int load(void **state) {
    static const uint8_t seed[32] = {9};
    (void)state;
    gc_drbg_init(&drbg, seed);
    return gc_host_crypto(&crypto);
}

static void press(gc_emoji_run *r) {
    assert_int_equal(gc_emoji_run_begin(r, &crypto, &drbg), 0);
}

static uint32_t take(gc_emoji_run *r, gc_emoji_frame kind, gc_span payload, bool own_is_smaller) {
    uint8_t *copy = exact_copy(payload.data, payload.len);
    uint32_t reason =
        gc_emoji_run_take(r, &crypto, kind, gc_span_of(copy, payload.len), t, own_is_smaller);
    free(copy);
    return reason;
}

/* Carries one frame. The ids: `from` has the smaller one, or not. */
static gc_emoji_frame carry(gc_emoji_run *from, gc_emoji_run *to, bool from_is_smaller) {
    gc_span payload;
    gc_emoji_frame kind = gc_emoji_run_send(from, &payload);
    if (kind != GC_EMOJI_NOTHING) {
        assert_int_equal(take(to, kind, payload, !from_is_smaller), GC_REASON_NONE);
    }
    return kind;
}

static void assert_same_row(const gc_emoji_run *a, const gc_emoji_run *b) {
    assert_true(gc_emoji_run_is_shown(a) && gc_emoji_run_is_shown(b));
    assert_memory_equal(a->row, b->row, GC_EMOJI_ROW);
}

static void three_frames_make_one_row(void **state) {
    gc_emoji_run a = {0}, b = {0};
    uint8_t first[GC_EMOJI_ROW];
    (void)state;
    for (int run = 0; run < 3; run++) { /* a second run shows another row */
        press(&a);
        assert_int_equal(carry(&a, &b, true), GC_EMOJI_COMMITMENT);
        assert_int_equal(carry(&b, &a, false), GC_EMOJI_NOTHING); /* until its person presses */
        press(&b);
        assert_int_equal(carry(&b, &a, false), GC_EMOJI_NONCE);
        assert_true(gc_emoji_run_is_shown(&a) && !gc_emoji_run_is_shown(&b));
        assert_int_equal(carry(&a, &b, true), GC_EMOJI_REVEAL);
        assert_same_row(&a, &b);
        assert_true(run == 0 || memcmp(first, a.row, sizeof first) != 0);
        memcpy(first, a.row, sizeof first);
        assert_int_equal(carry(&a, &b, true), GC_EMOJI_NOTHING);
        assert_int_equal(carry(&b, &a, true), GC_EMOJI_NOTHING);
    }
}

static void both_press_and_the_smaller_id_leads(void **state) {
    gc_emoji_run a = {0}, b = {0};
    (void)state;
    press(&a);
    press(&b);
    gc_span from_a, from_b;
    assert_int_equal(gc_emoji_run_send(&a, &from_a), GC_EMOJI_COMMITMENT);
    assert_int_equal(gc_emoji_run_send(&b, &from_b), GC_EMOJI_COMMITMENT);
    assert_int_equal(take(&a, GC_EMOJI_COMMITMENT, from_b, true), GC_REASON_NONE);
    assert_int_equal(take(&b, GC_EMOJI_COMMITMENT, from_a, false), GC_REASON_NONE);
    assert_int_equal(carry(&a, &b, true), GC_EMOJI_NOTHING);
    assert_int_equal(carry(&b, &a, false), GC_EMOJI_NONCE);
    assert_int_equal(carry(&a, &b, true), GC_EMOJI_REVEAL);
    assert_same_row(&a, &b);
}

static void pressing_twice_changes_nothing(void **state) {
    gc_emoji_run a = {0};
    (void)state;
    press(&a);
    gc_emoji_run before = a;
    press(&a);
    assert_memory_equal(&a, &before, sizeof a);
    gc_span payload;
    assert_int_equal(gc_emoji_run_send(&a, &payload), GC_EMOJI_COMMITMENT);
    before = a;
    press(&a);
    assert_memory_equal(&a, &before, sizeof a);
}

/* Whoever could choose the nonce after it saw the other one would choose the row. */
static void any_changed_bit_of_a_reveal_is_noticed(void **state) {
    gc_emoji_run a = {0}, b = {0};
    gc_span payload;
    (void)state;
    press(&a);
    carry(&a, &b, true);
    press(&b);
    carry(&b, &a, false);
    assert_int_equal(gc_emoji_run_send(&a, &payload), GC_EMOJI_REVEAL);
    const gc_emoji_run waiting = b;
    for (uint32_t bit = 0; bit < 8 * GC_EMOJI_NONCE_BYTES; bit++) {
        uint8_t nonce[GC_EMOJI_NONCE_BYTES];
        memcpy(nonce, payload.data, sizeof nonce);
        nonce[bit / 8] ^= (uint8_t)(1u << bit % 8);
        b = waiting;
        assert_int_equal(take(&b, GC_EMOJI_REVEAL, gc_span_of(nonce, sizeof nonce), false),
                         GC_REASON_AUTH_PROTOCOL);
        assert_int_equal(b.state, GC_EMOJI_FAILED);
    }
    b = waiting;
    assert_int_equal(take(&b, GC_EMOJI_REVEAL, payload, false), GC_REASON_NONE);
    assert_same_row(&a, &b);
}

/* Each kind in each state, in each size: what is not due ends the run, and shows nothing. */
static void what_is_not_due_ends_the_run(void **state) {
    static const bool due[GC_EMOJI_FAILED + 1][GC_EMOJI_REVEAL + 1] = {
        [GC_EMOJI_IDLE] = {[GC_EMOJI_COMMITMENT] = true},
        [GC_EMOJI_COMMITTED] = {[GC_EMOJI_COMMITMENT] = true, [GC_EMOJI_NONCE] = true},
        [GC_EMOJI_SHOWN] = {[GC_EMOJI_COMMITMENT] = true},
        [GC_EMOJI_ANSWERED] = {[GC_EMOJI_REVEAL] = true},
    };
    static const uint8_t bytes[40];
    (void)state;
    for (uint8_t at = GC_EMOJI_IDLE; at <= GC_EMOJI_FAILED; at++) {
        for (gc_emoji_frame kind = GC_EMOJI_NOTHING; kind <= GC_EMOJI_REVEAL; kind++) {
            for (uint32_t len = 0; len <= sizeof bytes; len++) {
                gc_emoji_run r = {.state = at};
                uint32_t size = kind == GC_EMOJI_COMMITMENT ? 32 : 16;
                if (at == GC_EMOJI_ANSWERED) { /* to zeros, which are the right nonce then */
                    assert_int_equal(gc_emoji_commit(&crypto, bytes, r.commitment), 0);
                }
                bool good = due[at][kind] && len == size;
                assert_int_equal(take(&r, kind, gc_span_of(bytes, len), false),
                                 good ? GC_REASON_NONE : GC_REASON_AUTH_PROTOCOL);
                assert_int_equal(r.state == GC_EMOJI_FAILED, !good);
            }
        }
    }
}

/* The right bytes, and too soon: the frame that they answer has not gone out. */
static void an_answer_to_what_is_not_out_ends_the_run(void **state) {
    static const uint8_t zeros[GC_EMOJI_NONCE_BYTES];
    gc_emoji_run a = {0}, b = {0};
    (void)state;
    press(&a);
    gc_emoji_run before = a;
    assert_int_equal(take(&a, GC_EMOJI_NONCE, gc_span_of(zeros, sizeof zeros), true),
                     GC_REASON_AUTH_PROTOCOL);
    assert_int_equal(a.state, GC_EMOJI_FAILED);
    a = before;
    carry(&a, &b, true);
    press(&b); /* its nonce is due */
    assert_int_equal(take(&b, GC_EMOJI_REVEAL, gc_span_of(a.own, sizeof a.own), false),
                     GC_REASON_AUTH_PROTOCOL);
    assert_int_equal(b.state, GC_EMOJI_FAILED);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_frames_make_one_row),
        cmocka_unit_test(both_press_and_the_smaller_id_leads),
        cmocka_unit_test(pressing_twice_changes_nothing),
        cmocka_unit_test(any_changed_bit_of_a_reveal_is_noticed),
        cmocka_unit_test(what_is_not_due_ends_the_run),
        cmocka_unit_test(an_answer_to_what_is_not_out_ends_the_run),
    };
    return cmocka_run_group_tests_name("emoji_run", tests, load, NULL);
}
