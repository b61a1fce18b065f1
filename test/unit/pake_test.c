/* core/proto/pake.c: two ends with a code, one that guesses, and what a server can do to the
 * frames; the bytes against test/vectors/trust.json */
#include "core/proto/pake.h"
#include "core/base/error.h"
#include "core/base/reason.h"
#include "core/base/timers.h"
#include "host/crypto.h"
#include "test/unit/unit.h"
#include "test/unit/vectors.h"

#define LINK "/room/#1.BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc"

static gc_crypto crypto;
static gc_drbg drbg;
static const uint8_t ann[GC_PID_BYTES] = {1}, ben[GC_PID_BYTES] = {2}, eve[GC_PID_BYTES] = {3};
static const gc_code right = {.nameplate = 7, .digits = "4829315"};

static int load(void **state) {
    static const uint8_t seed[32] = {9};
    (void)state;
    gc_drbg_init(&drbg, seed);
    return gc_host_crypto(&crypto);
}

typedef struct frame {
    uint8_t bytes[GC_PAKE_FRAME_BYTES_MAX];
    uint32_t len;
} frame;

static uint8_t link_bytes[GC_PAKE_LINK_BYTES_MAX];
static gc_writer got;

static frame send(gc_pake *p) {
    frame f;
    gc_writer w;
    gc_writer_init(&w, f.bytes, sizeof f.bytes);
    assert_int_equal(gc_pake_send(p, &crypto, &drbg, GC_SPAN(LINK), &w), 0);
    assert_false(w.failed);
    f.len = w.at;
    return f;
}

static uint32_t take(gc_pake *p, const uint8_t *pid, const uint8_t *bytes, uint32_t len,
                     uint64_t now_ms) {
    uint8_t *copy = exact_copy(bytes, len);
    gc_writer_init(&got, link_bytes, sizeof link_bytes);
    uint32_t reason = gc_pake_take(p, &crypto, &drbg, pid, gc_span_of(copy, len), now_ms, &got);
    free(copy);
    return reason;
}

/* One step: what `from` has to send goes to `to`. */
static uint32_t carry(gc_pake *from, gc_pake *to, const uint8_t *pid) {
    frame f = send(from);
    assert_true(f.len > 0);
    return take(to, pid, f.bytes, f.len, 0);
}

static void begin(gc_pake *a, gc_pake *b, const gc_code *typed) {
    gc_pake_open(a, &right, ann, 0);
    gc_pake_claim(b, typed, ben, ann, &drbg, 0);
}

static void a_right_code_brings_the_link(void **state) {
    gc_pake a, b;
    (void)state;
    begin(&a, &b, &right);
    assert_int_equal(carry(&b, &a, ben), GC_REASON_NONE);
    assert_int_equal(carry(&a, &b, ann), GC_REASON_NONE);
    assert_int_equal(carry(&b, &a, ben), GC_REASON_NONE);
    assert_int_equal(a.state, GC_PAKE_DONE);
    assert_int_equal(carry(&a, &b, ann), GC_REASON_NONE);
    assert_int_equal(b.state, GC_PAKE_DONE);
    assert_span(gc_writer_done(&got), GC_SPAN(LINK));
    assert_int_equal(send(&a).len + send(&b).len, 0);
    const gc_pake done = {.state = GC_PAKE_DONE}; /* nothing secret is left */
    assert_memory_equal(&a, &done, sizeof a);
    assert_memory_equal(&b, &done, sizeof b);
}

static void a_wrong_code_burns_it(void **state) {
    gc_code wrong = right;
    gc_pake a, b;
    (void)state;
    for (uint32_t digit = 0; digit < GC_CODE_DIGITS + 1; digit++) {
        wrong = right;
        if (digit < GC_CODE_DIGITS) {
            wrong.digits[digit] = wrong.digits[digit] == '9' ? '0' : '9';
        } else {
            wrong.nameplate = 8;
        }
        begin(&a, &b, &wrong);
        carry(&b, &a, ben);
        carry(&a, &b, ann);
        assert_int_equal(carry(&b, &a, ben), GC_REASON_CODE_WRONG);
        assert_int_equal(a.state, GC_PAKE_FAILED);
        assert_int_equal(send(&a).len, 0); /* the link never goes out */
        gc_pake_claim(&b, &right, ben, ann, &drbg, 0);
        assert_int_equal(carry(&b, &a, ben), GC_REASON_NONE); /* too late, even for the right one */
        assert_int_equal(send(&a).len, 0);
        assert_int_equal(gc_pake_deadline(&a), GC_NEVER);
    }
}

/* Carries on with both ends until nothing is due or one gives up; `step` is the next frame. The
 * frame `number` has this bit changed. */
static void run_on(gc_pake *a, gc_pake *b, uint32_t step, uint32_t number, uint32_t bit) {
    uint32_t reason = GC_REASON_NONE;
    for (; step <= 4 && reason == GC_REASON_NONE; step++) {
        bool is_of_b = step % 2 == 1;
        frame f = send(is_of_b ? b : a);
        if (f.len == 0) {
            return;
        }
        if (step == number) {
            assert_true(bit < 8 * f.len);
            f.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
        reason = take(is_of_b ? a : b, is_of_b ? ben : ann, f.bytes, f.len, 0);
    }
}

/* No run with a changed bit gives a link. Frames 3 and 4: each bit; 1 and 2, after which a run goes
 * on and costs more: one bit of each byte. */
static void any_changed_bit_gives_no_link(void **state) {
    static const uint32_t sizes[5] = {0, 17, 49, 65, 1 + 32 + 24 + sizeof LINK - 1 + 16};
    gc_pake a, b;
    (void)state;
    begin(&a, &b, &right);
    for (uint32_t number = 1; number <= 4; number++) {
        for (uint32_t bit = 0; bit < 8 * sizes[number]; bit += number < 3 ? 9 : 1) {
            gc_pake one = a, other = b;
            run_on(&one, &other, number, number, bit);
            assert_true(other.state != GC_PAKE_DONE && got.at == 0);
        }
        gc_pake *from = number % 2 == 1 ? &b : &a;
        frame f = send(from);
        assert_int_equal(f.len, sizes[number]);
        assert_int_equal(take(from == &a ? &b : &a, from == &a ? ann : ben, f.bytes, f.len, 0),
                         GC_REASON_NONE);
    }
    assert_int_equal(b.state, GC_PAKE_DONE);
    assert_span(gc_writer_done(&got), GC_SPAN(LINK));
}

static void frames_of_others_change_nothing(void **state) {
    gc_pake a, b;
    (void)state;
    begin(&a, &b, &right);
    frame claim = send(&b);
    assert_int_equal(take(&a, ben, claim.bytes, claim.len, 0), GC_REASON_NONE);
    gc_pake before = a;
    assert_int_equal(take(&a, eve, claim.bytes, claim.len, 0), GC_REASON_NONE);
    assert_memory_equal(&a, &before, sizeof a);
    before = b;
    assert_int_equal(take(&b, eve, claim.bytes, claim.len, 0), GC_REASON_NONE);
    assert_memory_equal(&b, &before, sizeof b);
}

/* Every number in every state, at every length. An open code is burnt by nobody's noise. */
static void what_is_not_due_is_refused(void **state) {
    gc_pake open, answered, claiming, confirming;
    (void)state;
    begin(&open, &claiming, &right);
    answered = open;
    frame f = send(&claiming);
    confirming = claiming;
    assert_int_equal(take(&answered, ben, f.bytes, f.len, 0), GC_REASON_NONE);
    f = send(&answered);
    assert_int_equal(take(&confirming, ann, f.bytes, f.len, 0), GC_REASON_NONE);
    (void)send(&confirming);
    for (uint8_t number = 0; number <= 6; number++) {
        for (uint32_t len = 0; len < 200; len++) {
            uint8_t bytes[200] = {number};
            gc_pake a = open, b = claiming;
            assert_int_equal(take(&a, ben, bytes, len, 0), GC_REASON_NONE);
            assert_int_equal(a.state, len == 17 && number == 1 ? GC_PAKE_ANSWERED : GC_PAKE_OPEN);
            a = answered;
            assert_int_equal(take(&a, ben, bytes, len, 0), GC_REASON_CODE_WRONG);
            assert_int_equal(take(&b, ann, bytes, len, 0), GC_REASON_CODE_WRONG);
            b = confirming;
            assert_int_equal(take(&b, ann, bytes, len, 0), GC_REASON_CODE_WRONG);
            assert_int_equal(b.state, GC_PAKE_FAILED);
        }
    }
}

/* A run that has failed keeps nothing of what it knew. */
static void assert_failed(const gc_pake *p, uint32_t reason) {
    const gc_pake failed = {.state = GC_PAKE_FAILED, .reason = reason};
    assert_memory_equal(p, &failed, sizeof failed);
}

/* The right bytes, and too soon: what they answer has not gone out. Copies of both ends are a step
 * ahead, and make them. */
static void an_answer_to_what_is_not_out_is_refused(void **state) {
    gc_pake a, b;
    (void)state;
    begin(&a, &b, &right);
    gc_pake b_ahead = b;
    frame claim = send(&b_ahead);
    assert_int_equal(take(&a, ben, claim.bytes, claim.len, 0), GC_REASON_NONE);
    gc_pake a_ahead = a;
    frame answer = send(&a_ahead);
    assert_int_equal(take(&b, ann, answer.bytes, answer.len, 0), GC_REASON_CODE_WRONG);
    assert_failed(&b, GC_REASON_CODE_WRONG);
    assert_int_equal(take(&b_ahead, ann, answer.bytes, answer.len, 0), GC_REASON_NONE);
    b = b_ahead;
    frame confirm = send(&b_ahead);
    assert_int_equal(take(&a, ben, confirm.bytes, confirm.len, 0), GC_REASON_CODE_WRONG);
    assert_failed(&a, GC_REASON_CODE_WRONG);
    assert_int_equal(take(&a_ahead, ben, confirm.bytes, confirm.len, 0), GC_REASON_NONE);
    frame sealed = send(&a_ahead);
    assert_int_equal(take(&b, ann, sealed.bytes, sealed.len, 0), GC_REASON_CODE_WRONG);
    assert_failed(&b, GC_REASON_CODE_WRONG);
    assert_int_equal(take(&b_ahead, ann, sealed.bytes, sealed.len, 0), GC_REASON_NONE);
    assert_span(gc_writer_done(&got), GC_SPAN(LINK));
}

/* Writes the last frame as A would, which has confirmed, with a link of this length. */
static uint32_t write_long_link(const gc_pake *a, uint32_t link_len, uint8_t *out) {
    static const uint8_t text[GC_PAKE_LINK_BYTES_MAX + 2], nonce[GC_SEAL_NONCE_BYTES] = {7};
    static const char label[] = "ghostchat/1 pake seal";
    uint8_t ad[sizeof label - 1 + sizeof a->session];
    memcpy(ad, label, sizeof label - 1);
    memcpy(ad + sizeof label - 1, a->session, sizeof a->session);
    uint8_t *at = out;
    *at++ = 4;
    memcpy(at, a->keys.confirm_a, GC_CPACE_TAG_BYTES);
    at += GC_CPACE_TAG_BYTES;
    memcpy(at, nonce, sizeof nonce);
    at += sizeof nonce;
    assert_int_equal(
        crypto.seal(crypto.context, at, text, link_len, ad, sizeof ad, nonce, a->keys.seal), 0);
    return (uint32_t)(at - out) + link_len + GC_SEAL_TAG_BYTES;
}

/* Whoever knows the code may seal what it likes; the memory for the link has a size. */
static void a_link_that_is_too_long_is_refused(void **state) {
    uint8_t bytes[GC_PAKE_FRAME_BYTES_MAX + 2];
    gc_pake a, b;
    (void)state;
    begin(&a, &b, &right);
    carry(&b, &a, ben);
    carry(&a, &b, ann);
    assert_int_equal(carry(&b, &a, ben), GC_REASON_NONE);
    for (uint32_t more = 0; more < 3; more++) {
        gc_pake other = b;
        uint32_t len = write_long_link(&a, GC_PAKE_LINK_BYTES_MAX + more, bytes);
        assert_int_equal(take(&other, ann, bytes, len, 0),
                         more == 0 ? GC_REASON_NONE : GC_REASON_CODE_WRONG);
        assert_int_equal(got.at, more == 0 ? GC_PAKE_LINK_BYTES_MAX : 0);
    }
    gc_pake other = b; /* nor is there a link of no bytes */
    uint32_t len = write_long_link(&a, 0, bytes);
    assert_int_equal(take(&other, ann, bytes, len, 0), GC_REASON_CODE_WRONG);
    assert_failed(&other, GC_REASON_CODE_WRONG);
}

static void time_runs_out(void **state) {
    gc_pake a, b;
    (void)state;
    begin(&a, &b, &right);
    assert_int_equal(gc_pake_deadline(&a), GC_PAKE_CODE_MS);
    assert_int_equal(gc_pake_deadline(&b), GC_PAKE_STEP_MS);
    assert_false(gc_pake_tick(&a, GC_PAKE_CODE_MS - 1));
    assert_true(gc_pake_tick(&a, GC_PAKE_CODE_MS));
    assert_int_equal(a.reason, GC_REASON_CODE_GONE);
    assert_true(gc_pake_tick(&b, GC_PAKE_STEP_MS));
    assert_int_equal(b.reason, GC_REASON_CODE_GONE);
    begin(&a, &b, &right);
    frame claim = send(&b);
    assert_int_equal(take(&a, ben, claim.bytes, claim.len, 500), GC_REASON_NONE);
    frame answer = send(&a);
    assert_int_equal(take(&b, ann, answer.bytes, answer.len, 700), GC_REASON_NONE);
    assert_int_equal(gc_pake_deadline(&a), 500 + GC_PAKE_STEP_MS);
    assert_true(gc_pake_tick(&a, 500 + GC_PAKE_STEP_MS));
    assert_int_equal(a.reason, GC_REASON_CODE_WRONG);
    assert_true(gc_pake_tick(&b, 700 + GC_PAKE_STEP_MS));
    assert_int_equal(b.reason, GC_REASON_CODE_WRONG);
    assert_int_equal(gc_pake_deadline(&b), GC_NEVER);
}

/* The frames of another implementation lead B to the link: it has drawn the numbers of the vector.
 */
static void the_vectors_agree(void **state) {
    static uint8_t frames[4][VECTOR_BYTES_MAX], part[VECTOR_BYTES_MAX];
    static char id[VECTOR_BYTES_MAX];
    uint32_t len[4];
    vectors v = vectors_load("test/vectors/trust.json");
    int list = vectors_get(&v, 0, "codes");
    (void)state;
    for (int i = 0, t = list + 1; i < vectors_size(&v, list); i++, t = vectors_behind(&v, t)) {
        gc_pake b = {.state = GC_PAKE_CONFIRMING};
        int at = vectors_get(&v, t, "frames") + 1;
        for (int n = 0; n < 4; n++, at = vectors_behind(&v, at)) {
            len[n] = vectors_hex(&v, at, frames[n]);
        }
        uint32_t id_len = vectors_string(&v, vectors_get(&v, t, "a"), id);
        assert_int_equal(gc_keys_pid(&crypto, gc_span_of(id, id_len), b.pid_a), 0);
        id_len = vectors_string(&v, vectors_get(&v, t, "b"), id);
        assert_int_equal(gc_keys_pid(&crypto, gc_span_of(id, id_len), b.pid_b), 0);
        memcpy(b.session, frames[1] + 1, 16);
        memcpy(b.session + 16, frames[0] + 1, 16);
        vectors_hex(&v, vectors_get(&v, t, "isk"), part);
        assert_int_equal(gc_cpace_keys_of(&crypto, part, &b.keys), 0);
        assert_memory_equal(b.keys.confirm_b, frames[2] + 33, 32);
        assert_memory_equal(b.keys.confirm_a, frames[3] + 1, 32);
        vectors_hex(&v, vectors_get(&v, t, "seal"), part);
        assert_memory_equal(b.keys.seal, part, 32);
        assert_int_equal(take(&b, b.pid_a, frames[3], len[3], 0), GC_REASON_NONE);
        assert_span(gc_writer_done(&got), GC_SPAN(LINK));
        /* ISK itself, of both elements. */
        static uint8_t k[VECTOR_BYTES_MAX];
        uint8_t isk[GC_SHA512_BYTES], pids[2][GC_PID_BYTES];
        id_len = vectors_string(&v, vectors_get(&v, t, "a"), id);
        assert_int_equal(gc_keys_pid(&crypto, gc_span_of(id, id_len), pids[0]), 0);
        id_len = vectors_string(&v, vectors_get(&v, t, "b"), id);
        assert_int_equal(gc_keys_pid(&crypto, gc_span_of(id, id_len), pids[1]), 0);
        uint8_t session[32];
        memcpy(session, frames[1] + 1, 16);
        memcpy(session + 16, frames[0] + 1, 16);
        vectors_hex(&v, vectors_get(&v, t, "k"), k);
        const gc_cpace_halves halves = {.ya = frames[1] + 17,
                                        .yb = frames[2] + 1,
                                        .ada = gc_span_of(pids[0], GC_PID_BYTES),
                                        .adb = gc_span_of(pids[1], GC_PID_BYTES)};
        assert_int_equal(gc_cpace_isk(&crypto, gc_span_of(session, 32), k, &halves, isk), 0);
        vectors_hex(&v, vectors_get(&v, t, "isk"), part);
        assert_memory_equal(isk, part, sizeof isk);
    }
    vectors_free(&v);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_right_code_brings_the_link),
        cmocka_unit_test(a_wrong_code_burns_it),
        cmocka_unit_test(any_changed_bit_gives_no_link),
        cmocka_unit_test(frames_of_others_change_nothing),
        cmocka_unit_test(what_is_not_due_is_refused),
        cmocka_unit_test(an_answer_to_what_is_not_out_is_refused),
        cmocka_unit_test(a_link_that_is_too_long_is_refused),
        cmocka_unit_test(time_runs_out),
        cmocka_unit_test(the_vectors_agree),
    };
    return cmocka_run_group_tests_name("pake", tests, load, NULL);
}
