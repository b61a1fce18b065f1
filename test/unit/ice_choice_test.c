#include "rtc/ice_choice.h"
#include "core/base/timers.h"
#include "test/unit/unit.h"

#define NOW_MS 5000

static gc_ice_pairs table;
static gc_ice_choice choice;

static gc_addr addr(uint8_t host) {
    return (gc_addr){.family = 4, .ip = {10, 0, 0, host}, .port = 5000};
}

/* One base, and remote candidates of which the first is preferred. */
static void start(bool controlling, uint32_t remotes) {
    gc_addr own = addr(1);
    table = (gc_ice_pairs){0};
    gc_ice_pairs_init(&table, controlling);
    gc_ice_pairs_add_base(&table, 0, &own);
    for (uint32_t i = 0; i < remotes; i++) {
        gc_addr to = addr((uint8_t)(10 + i));
        assert_int_equal(gc_ice_pairs_add_target(&table, &to, GC_CANDIDATE_HOST, 100 - i), 0);
    }
    gc_ice_choice_init(&choice);
}

static void send(uint32_t pair, uint64_t now_ms) {
    const uint8_t transaction[12] = {(uint8_t)pair, (uint8_t)now_ms, (uint8_t)(now_ms >> 8)};
    gc_ice_pairs_sent(&table, pair, now_ms, now_ms + 500, transaction);
}

/* A check of this pair goes out, and its answer comes 20 ms later. */
static void answer(uint32_t pair, uint64_t now_ms) {
    uint8_t transaction[12];
    gc_addr mapped = addr(1);
    send(pair, now_ms - 20);
    gc_ice_pairs_transaction(&table, pair, transaction);
    gc_ice_pairs_answered(&table, pair, now_ms, now_ms + 4000, transaction, &mapped);
    gc_ice_choice_make(&choice, &table, now_ms);
}

static void the_controlling_side_nominates_the_first_that_works(void **state) {
    (void)state;
    start(true, 2);
    gc_ice_choice_make(&choice, &table, NOW_MS);
    assert_int_equal(choice.pair, GC_ICE_NO_PAIR);
    answer(1, NOW_MS);
    assert_int_equal(choice.pair, 1); /* it carries data already */
    assert_true(table.pairs[1].nominating);
    assert_false(gc_ice_choice_settled(&choice, &table));
    answer(0, NOW_MS + 10);
    assert_int_equal(choice.pair, 1); /* a better one that comes late changes nothing */
    answer(1, NOW_MS + 40);
    assert_true(gc_ice_choice_settled(&choice, &table));
}

static void the_controlled_side_follows(void **state) {
    (void)state;
    start(false, 2);
    answer(0, NOW_MS);
    assert_int_equal(choice.pair, 0);
    answer(1, NOW_MS);
    assert_int_equal(choice.pair, 0);
    assert_false(table.pairs[0].nominating);
    gc_ice_pairs_heard(&table, 1, NOW_MS, true);
    gc_ice_choice_make(&choice, &table, NOW_MS);
    assert_int_equal(choice.pair, 1);
    assert_true(gc_ice_choice_settled(&choice, &table));
    gc_ice_pairs_fail(&table, 1);
    gc_ice_choice_make(&choice, &table, NOW_MS);
    assert_int_equal(choice.pair, 0);
    gc_ice_pairs_fail(&table, 0);
    gc_ice_choice_make(&choice, &table, NOW_MS);
    assert_int_equal(choice.pair, GC_ICE_NO_PAIR);
    assert_false(gc_ice_choice_settled(&choice, &table));
}

/* Consent was not given again on the pair in use: another one that works takes its place, and gives
 * it back to nobody. */
static void a_pair_in_doubt_is_left(void **state) {
    (void)state;
    for (uint32_t controlling = 0; controlling < 2; controlling++) {
        start(controlling != 0, 2);
        answer(0, NOW_MS);
        answer(1, NOW_MS);
        for (uint32_t i = 0; i < GC_ICE_DOUBT_SENDS; i++) {
            assert_int_equal(choice.pair, 0);
            send(0, NOW_MS + 500 * i);
            gc_ice_choice_make(&choice, &table, NOW_MS + 500 * i);
        }
        assert_int_equal(choice.pair, 1);
        assert_true(table.pairs[1].nominating == (controlling != 0));
        answer(0, NOW_MS + 3000);
        assert_int_equal(choice.pair, 1);
    }
}

static void the_pair_in_use_is_asked_once(void **state) {
    (void)state;
    start(false, 1);
    gc_ice_choice_ask(&choice, &table, NOW_MS); /* there is none */
    answer(0, NOW_MS);
    assert_int_equal(table.pairs[0].due_ms, NOW_MS + 4000);
    gc_ice_choice_ask(&choice, &table, NOW_MS + 100);
    assert_int_equal(table.pairs[0].due_ms, NOW_MS + 100);
    send(0, NOW_MS + 100);
    gc_ice_choice_ask(&choice, &table, NOW_MS + 200);
    assert_int_equal(table.pairs[0].due_ms, NOW_MS + 600);
}

/* The peer asks where it never asked before, and the pair in use does not answer. */
static void who_moved_is_followed(void **state) {
    (void)state;
    for (uint32_t answers = 0; answers < 2; answers++) {
        start(true, 2);
        answer(0, NOW_MS);
        answer(0, NOW_MS + 40);
        assert_true(gc_ice_choice_settled(&choice, &table));
        gc_ice_choice_rival(&choice, &table, NOW_MS + 100); /* one that was under way */
        assert_true(gc_ice_choice_deadline(&choice) == GC_NEVER);
        uint64_t now_ms = NOW_MS + 100 + GC_ICE_CHOICE_CALM_MS;
        gc_ice_choice_rival(&choice, &table, now_ms);
        assert_int_equal(table.pairs[0].due_ms, now_ms);
        assert_int_equal(gc_ice_choice_deadline(&choice), now_ms + 20 + GC_ICE_CHOICE_RIVAL_MS);
        gc_ice_choice_rival(&choice, &table, now_ms + 10); /* asked already */
        assert_int_equal(gc_ice_choice_deadline(&choice), now_ms + 20 + GC_ICE_CHOICE_RIVAL_MS);
        answer(1, now_ms + 40);
        if (answers) {
            answer(0, now_ms + 50);
        }
        gc_ice_choice_make(&choice, &table, now_ms + 20 + GC_ICE_CHOICE_RIVAL_MS);
        assert_true(gc_ice_choice_deadline(&choice) == GC_NEVER);
        assert_int_equal(choice.pair, answers ? 0 : 1);
    }
}

/* The pair in use was asked because of a rival; the other side nominates a better one meanwhile.
 * That one was never asked, so it is not in doubt when the time for the answer is over. */
static void who_takes_its_place_owes_no_answer(void **state) {
    (void)state;
    start(false, 2);
    answer(1, NOW_MS);
    gc_ice_pairs_heard(&table, 1, NOW_MS, true);
    gc_ice_choice_make(&choice, &table, NOW_MS);
    uint64_t now_ms = NOW_MS + 2 * GC_ICE_CHOICE_CALM_MS;
    answer(0, now_ms - 10);
    assert_int_equal(choice.pair, 1);
    gc_ice_choice_rival(&choice, &table, now_ms);
    assert_true(gc_ice_choice_deadline(&choice) != GC_NEVER);
    gc_ice_pairs_heard(&table, 0, now_ms + 5, true);
    gc_ice_choice_make(&choice, &table, now_ms + 5);
    assert_int_equal(choice.pair, 0);
    assert_true(gc_ice_choice_deadline(&choice) == GC_NEVER);
    gc_ice_choice_make(&choice, &table, now_ms + 20 + GC_ICE_CHOICE_RIVAL_MS);
    assert_true(gc_ice_choice_settled(&choice, &table));
}

/* A pair in doubt stays in use as long as no other one works, and an answer ends the doubt. */
static void without_another_pair_nothing_changes(void **state) {
    (void)state;
    start(false, 2);
    answer(0, NOW_MS);
    gc_ice_pairs_heard(&table, 0, NOW_MS, true);
    gc_ice_choice_make(&choice, &table, NOW_MS);
    uint64_t now_ms = NOW_MS + 2 * GC_ICE_CHOICE_CALM_MS;
    gc_ice_choice_rival(&choice, &table, now_ms);
    gc_ice_choice_make(&choice, &table, gc_ice_choice_deadline(&choice));
    assert_int_equal(choice.pair, 0);
    assert_false(gc_ice_choice_settled(&choice, &table)); /* others are tried */
    answer(0, now_ms + 500);
    assert_true(gc_ice_choice_settled(&choice, &table));
}

/* Pair 0 is a direct one, pair 1 leads through a relay of ours. */
static void start_with_relay(bool controlling) {
    gc_addr relay = {.family = 4, .ip = {203, 0, 113, 5}, .port = 50000};
    start(controlling, 1);
    gc_ice_pairs_add_relay(&table, 1, &relay);
}

static void a_relay_is_nominated_later(void **state) {
    (void)state;
    const uint64_t then_ms = NOW_MS + GC_ICE_CHOICE_RELAY_MS;
    start_with_relay(true);
    answer(1, NOW_MS);
    assert_int_equal(choice.pair, 1); /* it carries data already */
    assert_false(table.pairs[1].nominating);
    assert_int_equal(gc_ice_choice_deadline(&choice), then_ms);
    gc_ice_choice_make(&choice, &table, then_ms - 1);
    assert_false(table.pairs[1].nominating);
    gc_ice_choice_make(&choice, &table, then_ms);
    assert_true(table.pairs[1].nominating);
    assert_true(gc_ice_choice_deadline(&choice) == GC_NEVER);
    answer(1, then_ms + 40);
    assert_true(gc_ice_choice_settled(&choice, &table));
}

static void a_relay_of_the_peer_is_nominated_later(void **state) {
    (void)state;
    start(true, 1);
    gc_addr to = addr(99);
    assert_int_equal(gc_ice_pairs_add_target(&table, &to, GC_CANDIDATE_RELAY, 1), 0);
    answer(gc_ice_pairs_find(&table, 0, &to), NOW_MS);
    assert_int_equal(gc_ice_choice_deadline(&choice), NOW_MS + GC_ICE_CHOICE_RELAY_MS);
}

static void a_direct_way_takes_the_place_of_a_relay(void **state) {
    (void)state;
    start_with_relay(true);
    answer(1, NOW_MS);
    answer(0, NOW_MS + 100);
    assert_int_equal(choice.pair, 0);
    assert_true(table.pairs[0].nominating);
    assert_true(gc_ice_choice_deadline(&choice) == GC_NEVER);
}

/* The time of direct ways is over: nothing is waited for when the one in use fails. */
static void a_relay_takes_the_place_of_a_direct_way_at_once(void **state) {
    (void)state;
    const uint64_t then_ms = NOW_MS + GC_ICE_CHOICE_RELAY_MS;
    start_with_relay(true);
    answer(0, NOW_MS);
    answer(0, NOW_MS + 40);
    answer(1, NOW_MS + 100);
    assert_int_equal(choice.pair, 0);
    gc_ice_pairs_fail(&table, 0);
    gc_ice_choice_make(&choice, &table, then_ms);
    assert_int_equal(choice.pair, 1);
    assert_true(table.pairs[1].nominating);
}

/* Without any pair it begins anew; and the controlled side waits for nothing, it follows. */
static void a_relay_waits_after_each_loss(void **state) {
    (void)state;
    const uint64_t then_ms = NOW_MS + 10000;
    start_with_relay(true);
    answer(0, NOW_MS);
    gc_ice_pairs_fail(&table, 0);
    gc_ice_choice_make(&choice, &table, NOW_MS + 100);
    assert_int_equal(choice.pair, GC_ICE_NO_PAIR);
    answer(1, then_ms);
    assert_int_equal(gc_ice_choice_deadline(&choice), then_ms + GC_ICE_CHOICE_RELAY_MS);
    gc_ice_pairs_fail(&table, 1);
    gc_ice_choice_make(&choice, &table, then_ms + 100);
    assert_true(gc_ice_choice_deadline(&choice) == GC_NEVER);
    start_with_relay(false);
    answer(1, NOW_MS);
    assert_int_equal(choice.pair, 1);
    assert_true(gc_ice_choice_deadline(&choice) == GC_NEVER);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_controlling_side_nominates_the_first_that_works),
        cmocka_unit_test(the_controlled_side_follows),
        cmocka_unit_test(a_pair_in_doubt_is_left),
        cmocka_unit_test(the_pair_in_use_is_asked_once),
        cmocka_unit_test(who_moved_is_followed),
        cmocka_unit_test(who_takes_its_place_owes_no_answer),
        cmocka_unit_test(without_another_pair_nothing_changes),
        cmocka_unit_test(a_relay_is_nominated_later),
        cmocka_unit_test(a_relay_of_the_peer_is_nominated_later),
        cmocka_unit_test(a_direct_way_takes_the_place_of_a_relay),
        cmocka_unit_test(a_relay_takes_the_place_of_a_direct_way_at_once),
        cmocka_unit_test(a_relay_waits_after_each_loss),
    };
    return RUN(tests);
}
