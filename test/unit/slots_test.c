/* core/proto/slots.c: where and when a member looks for the others. */
#include "core/proto/slots.h"
#include "core/base/reason.h"
#include "core/base/timers.h"
#include "core/wire/keyed_id.h"
#include "host/crypto.h"
#include "test/unit/unit.h"

static gc_slots s;
static gc_signaling_client own;
static gc_output_store store;
static gc_output_queue queue;
static gc_drbg drbg;
static uint32_t connects, closes;

/* Counts what the slot's socket was asked to do. */
static void look(void) {
    gc_client_output o;
    connects = closes = 0;
    while (gc_output_queue_take(&queue, &o)) {
        if (o.type != GC_CLIENT_SIGNALING_SEND) {
            assert_int_equal(o.value, GC_SIGNALING_SOCKET_SLOT);
        }
        connects += o.type == GC_CLIENT_SIGNALING_CONNECT;
        closes += o.type == GC_CLIENT_SIGNALING_CLOSE;
    }
    gc_slots_check(&s);
}

static void tick(uint64_t now) {
    gc_slots_tick(&s, &queue, &drbg, now);
    assert_true(gc_slots_deadline(&s) > now);
    look();
}

static int setup(void **state) {
    static const uint8_t seed[32] = {1}, secret[GC_SECRET_BYTES] = {7};
    gc_crypto crypto;
    (void)state;
    gc_drbg_init(&drbg, seed);
    gc_output_queue_init(&queue, &store);
    assert_int_equal(gc_host_crypto(&crypto), 0);
    assert_int_equal(gc_signaling_client_init(&own, GC_SPAN("http://h/"), GC_SPAN("")), 0);
    assert_int_equal(gc_slots_init(&s, &crypto, secret), 0);
    gc_slots_check(&s);
    return 0;
}

static void start(uint64_t now) {
    gc_slots_start(&s, &own, &queue, &drbg, now);
    look();
    assert_int_equal(connects, 1);
    assert_int_equal(s.step, GC_SLOTS_REGISTERING);
    assert_int_equal(s.at, 0);
}

static void open_socket(uint64_t now) {
    gc_signaling_client_opened(&s.signaling, &queue, now);
    assert_true(gc_signaling_client_open(&s.signaling, false, now));
}

static void be_taken(uint64_t now) {
    gc_slots_refused(&s, &queue, &drbg, GC_REASON_ID_TAKEN, now);
    look();
    assert_int_equal(closes, 1);
    assert_int_equal(s.step, GC_SLOTS_KNOCKING);
    assert_int_equal(s.knock_due, 1u << s.at);
    s.knock_due = 0;
}

static void be_member(uint64_t now) {
    start(now);
    be_taken(now);
    assert_true(gc_slots_answered(&s, &drbg, s.nonce, GC_SPAN("holder"), now));
    look();
    assert_int_equal(s.step, GC_SLOTS_MEMBER);
    assert_span(gc_slots_home_id(&s), GC_SPAN("holder"));
}

static void be_holder(uint64_t now) {
    start(now);
    open_socket(now);
    assert_true(gc_slots_open(&s, &drbg, now));
    look();
    assert_int_equal(s.step, GC_SLOTS_HOLDER);
}

static void ids_are_names_that_only_the_secret_gives(void **state) {
    gc_crypto crypto;
    gc_slots other;
    const uint8_t secret[GC_SECRET_BYTES] = {8};
    (void)state;
    assert_int_equal(gc_host_crypto(&crypto), 0);
    assert_int_equal(gc_slots_init(&other, &crypto, secret), 0);
    for (uint32_t i = 0; i < GC_SLOTS_MAX; i++) {
        for (uint32_t k = 0; k < GC_SLOTS_MAX; k++) {
            assert_int_equal(gc_span_equal(gc_slots_id(&s, i), gc_slots_id(&s, k)), i == k);
            assert_false(gc_span_equal(gc_slots_id(&s, i), gc_slots_id(&other, k)));
        }
        assert_false(gc_keyed_id_has_form(gc_slots_id(&s, i)));
    }
    assert_memory_not_equal(s.key, other.key, sizeof s.key);
}

static void the_first_one_is_elected_and_looks_at_the_other_slots(void **state) {
    (void)state;
    be_holder(1000);
    assert_int_equal(s.knock_due, 0xe);
    s.knock_due = 0;
    assert_false(gc_slots_open(&s, &drbg, 1100)); /* again after a reconnect: no new election */
    /* Every 5 s for a minute after the last change, then rarely. */
    uint32_t probes = 0;
    for (uint64_t now = 1100; now < 61200; now = gc_slots_deadline(&s)) {
        s.knock_due = 0;
        tick(now);
        probes += s.knock_due == 0xe;
    }
    assert_in_range(probes, 11, 13);
    uint64_t later = s.at_ms;
    tick(later);
    assert_in_range(s.at_ms - later, GC_SLOT_CALM_MS / 2, GC_SLOT_CALM_MS);
    gc_slots_changed(&s, later + 10);
    assert_int_equal(s.at_ms, later + 10 + GC_SLOT_PROBE_MS);
    tick(later + 10 + GC_SLOT_PUSH_MS);
    assert_true(s.push_due);
    assert_int_equal(s.push_ms, GC_NEVER);
}

static void an_answer_to_a_probe_was_asked_for(void **state) {
    (void)state;
    be_holder(1000);
    assert_true(gc_slots_answered(&s, &drbg, s.nonce, GC_SPAN("other"), 1100));
    assert_true(
        gc_slots_answered(&s, &drbg, s.nonce, GC_SPAN("third"), 1200)); /* of another slot */
    assert_int_equal(s.step, GC_SLOTS_HOLDER);
    assert_int_equal(gc_slots_home_id(&s).len, 0);
}

static void a_home_that_the_server_does_not_know_is_given_up(void **state) {
    (void)state;
    be_member(1000);
    gc_slots_absent(&s, &drbg, GC_SPAN("another"), 1100);
    assert_int_equal(s.step, GC_SLOTS_MEMBER);
    gc_slots_home(&s, &drbg, true, 1200);
    gc_slots_absent(&s, &drbg, GC_SPAN("holder"), 1300); /* its socket went; its link tells more */
    assert_int_equal(s.step, GC_SLOTS_MEMBER);
    s.home_open = false;
    gc_slots_absent(&s, &drbg, GC_SPAN("holder"), 1400);
    look();
    assert_int_equal(s.step, GC_SLOTS_WAITING);
    assert_in_range(gc_slots_deadline(&s), 1401, 1401 + GC_SLOT_HANDOVER_MS);
}

static void a_taken_slot_is_knocked_at(void **state) {
    (void)state;
    be_member(1000);
    const uint8_t wrong[GC_NONCE_BYTES] = {0};
    assert_false(gc_slots_answered(&s, &drbg, wrong, GC_SPAN("other"), 1100));   /* news */
    assert_false(gc_slots_answered(&s, &drbg, s.nonce, GC_SPAN("other"), 1100)); /* once */
    assert_int_equal(gc_slots_deadline(&s), 1000 + GC_SLOT_HOME_MS);
    gc_slots_home(&s, &drbg, true, 1200);
    assert_in_range(gc_slots_deadline(&s), 1200 + GC_SLOT_CALM_MS / 2, 1200 + GC_SLOT_CALM_MS);
}

static void silent_slots_are_passed_over(void **state) {
    uint64_t now = 1000;
    (void)state;
    start(now);
    for (uint32_t at = 0; at < GC_SLOTS_MAX; at++) {
        assert_int_equal(s.at, at);
        assert_false(s.exhausted);
        be_taken(now);
        now += GC_SLOT_ANSWER_MS;
        tick(now);
        assert_int_equal(connects, at + 1 < GC_SLOTS_MAX);
    }
    assert_true(s.exhausted);
    assert_int_equal(s.step, GC_SLOTS_WAITING);
    now = gc_slots_deadline(&s);
    tick(now);
    assert_int_equal(s.step, GC_SLOTS_REGISTERING);
    assert_int_equal(s.at, 0);
    assert_true(s.exhausted); /* until somebody answers */
    open_socket(now);
    assert_true(gc_slots_open(&s, &drbg, now));
    assert_false(s.exhausted);
}

static void a_socket_that_does_not_come_about_ends_in_a_knock(void **state) {
    (void)state;
    start(1000);
    gc_signaling_client_closed(&s.signaling, &drbg, 1100);
    tick(1000 + GC_SLOT_REGISTER_MS);
    assert_int_equal(s.step, GC_SLOTS_KNOCKING);
    assert_int_equal(s.reason, GC_REASON_SERVER_UNREACHABLE);
}

static void who_loses_its_home_looks_for_another(void **state) {
    (void)state;
    be_member(1000);
    gc_slots_home(&s, &drbg, false, 1100); /* not linked yet: nothing is lost */
    assert_int_equal(s.step, GC_SLOTS_MEMBER);
    gc_slots_home(&s, &drbg, true, 1200);
    gc_slots_home(&s, &drbg, false, 2000);
    look();
    assert_int_equal(s.step, GC_SLOTS_WAITING);
    assert_int_equal(gc_slots_home_id(&s).len, 0);
    assert_in_range(gc_slots_deadline(&s), 2001, 2001 + GC_SLOT_HANDOVER_MS);
    tick(gc_slots_deadline(&s));
    assert_int_equal(s.step, GC_SLOTS_REGISTERING);
}

static void a_home_that_does_not_answer_again_is_given_up(void **state) {
    (void)state;
    be_member(1000);
    tick(1000 + GC_SLOT_HOME_MS);
    assert_int_equal(s.step, GC_SLOTS_KNOCKING);
    assert_int_equal(s.knock_due, 1);
    assert_int_equal(gc_slots_home_id(&s).len, 6);
    tick(1000 + GC_SLOT_HOME_MS + GC_SLOT_ANSWER_MS);
    assert_int_equal(s.step, GC_SLOTS_REGISTERING);
    assert_int_equal(s.at, 0);
    assert_int_equal(gc_slots_home_id(&s).len, 0);
}

static void a_home_that_answers_again_is_kept(void **state) {
    (void)state;
    be_member(1000);
    gc_slots_home(&s, &drbg, true, 1200);
    uint64_t now = gc_slots_deadline(&s);
    tick(now);
    assert_int_equal(s.step, GC_SLOTS_KNOCKING);
    assert_true(gc_slots_answered(&s, &drbg, s.nonce, GC_SPAN("holder"), now + 50));
    look();
    assert_int_equal(s.step, GC_SLOTS_MEMBER);
    assert_true(s.home_open);
    assert_true(gc_slots_answered(&s, &drbg, s.nonce, GC_SPAN("holder"), now + 60) == false);
}

static void after_a_return_the_home_is_asked_soon(void **state) {
    (void)state;
    be_member(1000);
    gc_slots_home(&s, &drbg, true, 1200);
    gc_slots_start(&s, &own, &queue, &drbg, 5000);
    look();
    assert_int_equal(connects, 0);
    assert_in_range(gc_slots_deadline(&s), 5000, 5000 + GC_SLOT_RETURN_MS);
}

static void a_holder_whose_slot_went_to_another_knocks_there(void **state) {
    (void)state;
    be_holder(1000);
    gc_slots_changed(&s, 1100);
    be_taken(2000);
    assert_int_equal(s.push_ms, GC_NEVER);
    assert_true(gc_slots_answered(&s, &drbg, s.nonce, GC_SPAN("other"), 2100));
    look();
    assert_span(gc_slots_home_id(&s), GC_SPAN("other"));
}

static void stopping_wipes_and_gives_the_slot_back(void **state) {
    static const gc_slots empty;
    (void)state;
    be_holder(1000);
    gc_slots_stop(&s, &queue, true);
    look();
    assert_int_equal(closes, 1);
    assert_memory_equal(s.key, empty.key, sizeof s.key);
    assert_memory_equal(s.ids, empty.ids, sizeof s.ids);
    assert_int_equal(gc_slots_deadline(&s), GC_NEVER);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup(name, setup)
    const struct CMUnitTest tests[] = {
        TEST(ids_are_names_that_only_the_secret_gives),
        TEST(the_first_one_is_elected_and_looks_at_the_other_slots),
        TEST(an_answer_to_a_probe_was_asked_for),
        TEST(a_home_that_the_server_does_not_know_is_given_up),
        TEST(a_taken_slot_is_knocked_at),
        TEST(silent_slots_are_passed_over),
        TEST(a_socket_that_does_not_come_about_ends_in_a_knock),
        TEST(who_loses_its_home_looks_for_another),
        TEST(a_home_that_does_not_answer_again_is_given_up),
        TEST(a_home_that_answers_again_is_kept),
        TEST(after_a_return_the_home_is_asked_soon),
        TEST(a_holder_whose_slot_went_to_another_knocks_there),
        TEST(stopping_wipes_and_gives_the_slot_back),
    };
    return RUN(tests);
}
