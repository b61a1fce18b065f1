#include "rtc/ice_pairs.h"
#include "core/base/error.h"
#include "core/proto/client_output.h"
#include "test/unit/unit.h"

static gc_ice_pairs t;

static gc_addr addr(uint8_t last) {
    return (gc_addr){.family = 4, .ip = {198, 51, 100, last}, .port = 1000};
}

static gc_addr addr6(uint8_t last) {
    return (gc_addr){.family = 6, .ip = {0x20, 1, 0xd, 0xb8, [15] = last}, .port = 1000};
}

static void start(uint32_t bases, bool controlling) {
    memset(&t, 0, sizeof t);
    gc_ice_pairs_init(&t, controlling);
    for (uint32_t i = 0; i < bases; i++) {
        gc_addr own = {.family = 4, .ip = {10, 0, 0, (uint8_t)i}, .port = 9};
        gc_ice_pairs_add_base(&t, i, &own);
    }
}

static int add(uint8_t last, gc_candidate_type type, uint32_t priority) {
    gc_addr a = addr(last);
    return gc_ice_pairs_add_target(&t, &a, type, priority);
}

static uint32_t find(uint32_t base, uint8_t last) {
    gc_addr a = addr(last);
    return gc_ice_pairs_find(&t, base, &a);
}

static uint32_t count(uint32_t state) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < GC_ICE_PAIRS_MAX; i++) {
        n += t.pairs[i].state == state;
    }
    return n;
}

/* A check and its answer. */
static void make_valid(uint32_t pair, uint64_t now_ms) {
    const uint8_t transaction[12] = {(uint8_t)(pair + 1), (uint8_t)now_ms};
    const gc_addr *own = &t.bases[t.pairs[pair].base].addr;
    gc_ice_pairs_sent(&t, pair, now_ms, now_ms + 500, transaction);
    uint8_t sent[12];
    gc_ice_pairs_transaction(&t, pair, sent);
    assert_int_equal(gc_ice_pairs_of(&t, sent), pair);
    gc_ice_pairs_answered(&t, pair, now_ms + 30, now_ms + 5000, sent, own);
    assert_int_equal(gc_ice_pairs_of(&t, sent), GC_ICE_NO_PAIR);
    assert_int_equal(t.pairs[pair].rtt_ms, 30);
    assert_true(t.targets[t.pairs[pair].target].answered);
}

static void pairs_of_one_family(void **state) {
    (void)state;
    start(2, true);
    const gc_addr own6 = addr6(9), theirs6 = addr6(1);
    gc_ice_pairs_add_base(&t, 2, &own6);
    assert_int_equal(add(1, GC_CANDIDATE_HOST, 100), 0);
    assert_int_equal(count(GC_ICE_PAIR_WAITING), 2);
    assert_int_equal(gc_ice_pairs_add_target(&t, &theirs6, GC_CANDIDATE_HOST, 100), 0);
    assert_int_equal(count(GC_ICE_PAIR_WAITING), 3);
    assert_int_equal(gc_ice_pairs_find(&t, 0, &theirs6), GC_ICE_NO_PAIR);
    assert_int_not_equal(gc_ice_pairs_find(&t, 2, &theirs6), GC_ICE_NO_PAIR);
    assert_int_equal(add(1, GC_CANDIDATE_HOST, 100), 0); /* known */
    assert_int_equal(count(GC_ICE_PAIR_WAITING), 3);
    const gc_addr late = {.family = 4, .ip = {10, 0, 0, 7}, .port = 9};
    gc_ice_pairs_add_base(&t, 7, &late); /* a base that comes later */
    assert_int_equal(count(GC_ICE_PAIR_WAITING), 4);
    gc_ice_pairs_drop_base(&t, 0);
    gc_ice_pairs_drop_base(&t, 2);
    assert_int_equal(count(GC_ICE_PAIR_WAITING), 2);
    assert_int_equal(gc_ice_pairs_targets(&t), 2);
}

/* RFC 8445 6.1.2.3 by hand, and the order that follows. */
static void priorities(void **state) {
    (void)state;
    for (int controlling = 0; controlling < 2; controlling++) {
        start(1, controlling);
        uint32_t ours = gc_ice_pairs_priority(0, GC_CANDIDATE_HOST);
        assert_int_equal(ours, 126u << 24 | 65535u << 8 | 255);
        assert_int_equal(add(1, GC_CANDIDATE_HOST, ours + 1), 0);
        assert_int_equal(add(2, GC_CANDIDATE_SRFLX, 7), 0);
        assert_true(t.pairs[find(0, 1)].priority ==
                    ((uint64_t)ours << 32) + 2 * ((uint64_t)ours + 1) + !controlling);
        assert_true(t.pairs[find(0, 2)].priority ==
                    (7ull << 32) + 2 * (uint64_t)ours + controlling);
        gc_ice_pairs_set_role(&t, !controlling);
        assert_true(t.pairs[find(0, 2)].priority ==
                    (7ull << 32) + 2 * (uint64_t)ours + !controlling);
    }
    assert_true(gc_ice_pairs_priority(0, GC_CANDIDATE_HOST) >
                gc_ice_pairs_priority(1, GC_CANDIDATE_HOST));
}

static void bounded(void **state) {
    (void)state;
    start(GC_ICE_BASES_MAX, true);
    for (uint8_t i = 0; i < 200; i++) {
        assert_int_equal(add(i, GC_CANDIDATE_HOST, 1000u + i),
                         i < GC_ICE_REMOTES_MAX ? 0 : GC_E_FULL);
    }
    assert_int_equal(gc_ice_pairs_targets(&t), GC_ICE_REMOTES_MAX);
    assert_int_equal(count(GC_ICE_PAIR_FREE), 0);
    /* Of 160 pairs the 100 best are there: later candidates are better here. */
    assert_int_not_equal(find(GC_ICE_BASES_MAX - 1, GC_ICE_REMOTES_MAX - 1), GC_ICE_NO_PAIR);
    assert_int_equal(find(GC_ICE_BASES_MAX - 1, 0), GC_ICE_NO_PAIR);
    /* A check comes on one that found no place. */
    const gc_addr from = addr(0), other = addr(99);
    uint32_t pair = gc_ice_pairs_make(&t, GC_ICE_BASES_MAX - 1, &from);
    assert_int_not_equal(pair, GC_ICE_NO_PAIR);
    assert_int_equal(find(GC_ICE_BASES_MAX - 1, 0), pair);
    assert_int_equal(gc_ice_pairs_make(&t, GC_ICE_BASES_MAX - 1, &from), pair);
    assert_int_equal(gc_ice_pairs_make(&t, 0, &other), GC_ICE_NO_PAIR); /* no candidate */
}

/* A remote that was heard takes the place of one that was only named, then that of one that failed,
 * never that of one that is tried or works. */
static void heard_ones_come_first(void **state) {
    (void)state;
    start(1, false);
    for (uint8_t i = 0; i < GC_ICE_REMOTES_MAX; i++) {
        assert_int_equal(add(i, GC_CANDIDATE_HOST, 1000u + i), 0);
    }
    make_valid(find(0, 0), 1);
    gc_ice_pairs_fail(&t, find(0, 0)); /* it answered once, and may again */
    gc_ice_pairs_heard(&t, find(0, 1), 1, false);
    assert_int_equal(add(100, GC_CANDIDATE_PRFLX, 1), 0);
    assert_int_equal(find(0, 2), GC_ICE_NO_PAIR); /* the worst of the others */
    assert_int_not_equal(find(0, 0), GC_ICE_NO_PAIR);
    assert_int_not_equal(find(0, 1), GC_ICE_NO_PAIR);
    gc_ice_pairs_heard(&t, find(0, 100), 1, false);
    uint8_t more = 101;
    while (add(more, GC_CANDIDATE_PRFLX, 1) == 0) {
        gc_ice_pairs_heard(&t, find(0, more++), 1, false);
    }
    assert_int_equal(more, 101 + GC_ICE_REMOTES_MAX - 2);
    assert_int_equal(find(0, 0), GC_ICE_NO_PAIR); /* the last one to go */
    assert_int_not_equal(find(0, 1), GC_ICE_NO_PAIR);
    assert_int_not_equal(find(0, 100), GC_ICE_NO_PAIR);
}

/* What failed makes room for a new address, however often the peer moved. */
static void places_of_the_past(void **state) {
    (void)state;
    start(1, false);
    assert_int_equal(add(0, GC_CANDIDATE_HOST, 5), 0);
    make_valid(find(0, 0), 1);
    for (uint8_t i = 1; i < 100; i++) {
        assert_int_equal(add(i, GC_CANDIDATE_PRFLX, 1), 0);
        gc_ice_pairs_heard(&t, find(0, i), i, true);
        make_valid(find(0, i), i);
        gc_ice_pairs_fail(&t, find(0, (uint8_t)(i - 1)));
    }
    assert_int_equal(gc_ice_pairs_best(&t), find(0, 99));
    assert_int_not_equal(find(0, 0), GC_ICE_NO_PAIR); /* the better ones stay longest */
}

/* The same with so many bases that the pairs are what is short. */
static void pairs_of_the_past(void **state) {
    (void)state;
    start(GC_ICE_BASES_MAX, false);
    for (uint8_t i = 0; i < GC_ICE_REMOTES_MAX; i++) {
        assert_int_equal(add(i, GC_CANDIDATE_HOST, 1000u - i), 0);
    }
    for (uint32_t i = 0; i < GC_ICE_PAIRS_MAX; i++) {
        gc_ice_pairs_heard(&t, i, 1, false);
    }
    const gc_addr from = addr(GC_ICE_REMOTES_MAX - 1);
    uint32_t base = GC_ICE_BASES_MAX - 1;
    assert_int_equal(gc_ice_pairs_make(&t, base, &from), GC_ICE_NO_PAIR);
    gc_ice_pairs_fail(&t, 7);
    assert_int_equal(gc_ice_pairs_make(&t, base, &from), 7);
}

static void what_is_signaled_is_known_better(void **state) {
    (void)state;
    start(1, true);
    assert_int_equal(add(1, GC_CANDIDATE_PRFLX, 5), 0);
    uint64_t before = t.pairs[find(0, 1)].priority;
    assert_int_equal(add(1, GC_CANDIDATE_HOST, 6), 0);
    assert_true(t.pairs[find(0, 1)].priority > before);
    assert_int_equal(t.targets[0].type, GC_CANDIDATE_HOST);
    assert_int_equal(add(1, GC_CANDIDATE_SRFLX, 9), 0); /* but once */
    assert_int_equal(add(1, GC_CANDIDATE_PRFLX, 9), 0);
    assert_int_equal(t.targets[0].type, GC_CANDIDATE_HOST);
    assert_int_equal(t.targets[0].priority, 6);
}

static void states_of_a_pair(void **state) {
    (void)state;
    start(1, false);
    assert_int_equal(add(1, GC_CANDIDATE_HOST, 5), 0);
    uint32_t pair = find(0, 1);
    const gc_ice_pair *p = &t.pairs[pair];
    const uint8_t first[12] = {1}, second[12] = {2};
    assert_int_equal(p->state, GC_ICE_PAIR_WAITING);
    gc_ice_pairs_sent(&t, pair, 10, 510, first);
    gc_ice_pairs_sent(&t, pair, 510, 1510, NULL);
    assert_int_equal(p->state, GC_ICE_PAIR_CHECKING);
    assert_int_equal(p->sends, 2);
    assert_int_equal(p->due_ms, 1510);
    gc_ice_pairs_heard(&t, pair, 600, false); /* sent again at once, under the same number */
    assert_true(p->triggered && p->heard);
    assert_int_equal(p->due_ms, 600);
    assert_int_equal(gc_ice_pairs_of(&t, first), pair);
    gc_ice_pairs_anew(&t, pair, 700);
    assert_int_equal(gc_ice_pairs_of(&t, first), GC_ICE_NO_PAIR);
    gc_ice_pairs_sent(&t, pair, 700, 1200, second);
    gc_ice_pairs_fail(&t, pair);
    assert_int_equal(p->state, GC_ICE_PAIR_FAILED);
    assert_int_equal(gc_ice_pairs_of(&t, second), GC_ICE_NO_PAIR);
    gc_ice_pairs_heard(&t, pair, 800, false); /* a check from there: one more try */
    assert_int_equal(p->state, GC_ICE_PAIR_WAITING);
    make_valid(pair, 900);
    gc_ice_pairs_heard(&t, pair, 1000, false);
    assert_int_equal(p->state, GC_ICE_PAIR_VALID);
    assert_false(p->triggered);
    assert_int_equal(gc_ice_pairs_next_heard(&t), pair);
    assert_int_equal(gc_ice_pairs_next_heard(&t), GC_ICE_NO_PAIR);
}

/* Three sends, and the answer to each: it says when its question was asked. */
static void round_trips(void **state) {
    (void)state;
    for (uint32_t answered = 0; answered < 3; answered++) {
        start(1, false);
        assert_int_equal(add(1, GC_CANDIDATE_HOST, 5), 0);
        uint32_t pair = find(0, 1);
        const uint8_t transaction[12] = {1, [10] = 0xde, [11] = 0xad};
        const gc_addr own = t.bases[0].addr;
        uint8_t sent[3][12];
        for (uint32_t i = 0; i < 3; i++) {
            gc_ice_pairs_sent(&t, pair, 65500 + 500 * i, 99999, i == 0 ? transaction : NULL);
            gc_ice_pairs_transaction(&t, pair, sent[i]);
        }
        assert_memory_not_equal(sent[0], sent[1], 12);
        gc_ice_pairs_answered(&t, pair, 67000, 99999, sent[answered], &own);
        assert_int_equal(t.pairs[pair].rtt_ms, 1500 - 500 * answered);
    }
}

static void rest(void **state) {
    (void)state;
    start(1, false);
    assert_int_equal(add(1, GC_CANDIDATE_HOST, 5), 0);
    uint32_t pair = find(0, 1);
    const uint8_t first[12] = {1};
    const gc_addr own = t.bases[0].addr;
    gc_ice_pairs_sent(&t, pair, 10, 510, first);
    gc_ice_pairs_rest(&t);
    assert_int_equal(t.pairs[pair].state, GC_ICE_PAIR_WAITING);
    assert_int_equal(gc_ice_pairs_of(&t, first), pair); /* a late answer counts */
    gc_ice_pairs_answered(&t, pair, 600, 5000, first, &own);
    assert_int_equal(t.pairs[pair].state, GC_ICE_PAIR_VALID);
}

static void we_nominate(void **state) {
    (void)state;
    start(1, true);
    assert_int_equal(add(1, GC_CANDIDATE_HOST, 5), 0);
    assert_int_equal(add(2, GC_CANDIDATE_HOST, 6), 0);
    uint32_t a = find(0, 1), b = find(0, 2);
    make_valid(a, 1);
    make_valid(b, 1);
    assert_int_equal(gc_ice_pairs_best(&t), b);
    gc_ice_pairs_nominate(&t, a, 50);
    assert_int_equal(t.pairs[a].due_ms, 50);
    assert_int_equal(gc_ice_pairs_best(&t), b); /* not before the answer */
    make_valid(a, 60);
    assert_true(t.pairs[a].nominated);
    assert_int_equal(gc_ice_pairs_best(&t), a);
    make_valid(b, 70); /* consent alone changes nothing */
    assert_int_equal(gc_ice_pairs_best(&t), a);
    /* The answer to a question without USE-CANDIDATE, which was asked before, nominates nothing. */
    const uint8_t plain[12] = {7};
    const gc_addr own = t.bases[0].addr;
    gc_ice_pairs_sent(&t, b, 75, 600, plain);
    gc_ice_pairs_nominate(&t, b, 80);
    gc_ice_pairs_answered(&t, b, 85, 5000, plain, &own);
    assert_false(t.pairs[b].nominated);
    make_valid(b, 90);
    assert_false(t.pairs[a].nominated || t.pairs[a].nominating);
    assert_int_equal(gc_ice_pairs_best(&t), b);
    gc_ice_pairs_fail(&t, b);
    assert_int_equal(gc_ice_pairs_best(&t), a);
    gc_ice_pairs_fail(&t, a);
    assert_int_equal(gc_ice_pairs_best(&t), GC_ICE_NO_PAIR);
}

static void they_nominate(void **state) {
    (void)state;
    start(1, false);
    assert_int_equal(add(1, GC_CANDIDATE_HOST, 6), 0);
    assert_int_equal(add(2, GC_CANDIDATE_HOST, 5), 0);
    uint32_t a = find(0, 1), b = find(0, 2);
    make_valid(a, 1);
    gc_ice_pairs_heard(&t, a, 2, true);
    assert_true(t.pairs[a].nominated);
    gc_ice_pairs_heard(&t, b, 3, true); /* it changes its mind: once b is valid */
    assert_int_equal(gc_ice_pairs_best(&t), a);
    make_valid(b, 4);
    assert_int_equal(gc_ice_pairs_best(&t), b);
    make_valid(a, 5);
    assert_int_equal(gc_ice_pairs_best(&t), b);
    gc_ice_pairs_fail(&t, a);
    gc_ice_pairs_heard(&t, a, 6, true);
    gc_ice_pairs_set_role(&t, true); /* now it is ours to say */
    gc_ice_pairs_heard(&t, b, 6, true);
    make_valid(a, 7);
    make_valid(b, 7);
    assert_false(t.pairs[a].nominated || t.pairs[b].nominated);
}

static void few_valid_ones_are_kept(void **state) {
    (void)state;
    start(1, true);
    for (uint8_t i = 0; i < 10; i++) {
        assert_int_equal(add(i, GC_CANDIDATE_HOST, 100u - i), 0);
    }
    make_valid(find(0, 9), 1);
    gc_ice_pairs_nominate(&t, find(0, 9), 1);
    make_valid(find(0, 9), 1);
    for (uint8_t i = 0; i < 9; i++) {
        make_valid(find(0, i), 2);
        assert_true(count(GC_ICE_PAIR_VALID) <= GC_ICE_VALID_MAX);
        assert_int_equal(t.pairs[find(0, i)].state, GC_ICE_PAIR_VALID);
    }
    assert_int_equal(t.pairs[find(0, 9)].state, GC_ICE_PAIR_VALID); /* worst, but nominated */
}

static void paths(void **state) {
    (void)state;
    static const struct {
        gc_candidate_type theirs;
        int ours; /* 0: as is, 1: as the STUN server saw it, 2: otherwise */
        uint32_t path;
    } all[] = {
        {GC_CANDIDATE_HOST, 0, GC_PATH_HOST},   {GC_CANDIDATE_HOST, 1, GC_PATH_SRFLX},
        {GC_CANDIDATE_HOST, 2, GC_PATH_PRFLX},  {GC_CANDIDATE_SRFLX, 0, GC_PATH_SRFLX},
        {GC_CANDIDATE_PRFLX, 0, GC_PATH_PRFLX}, {GC_CANDIDATE_PRFLX, 1, GC_PATH_SRFLX},
        {GC_CANDIDATE_RELAY, 2, GC_PATH_RELAY},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        start(1, true);
        const gc_addr seen[3] = {t.bases[0].addr, addr(200), addr(201)};
        gc_ice_pairs_map_base(&t, 0, &seen[1]);
        assert_int_equal(add(1, all[i].theirs, 5), 0);
        const uint8_t transaction[12] = {1};
        uint32_t pair = find(0, 1);
        gc_ice_pairs_sent(&t, pair, 1, 2, transaction);
        gc_ice_pairs_answered(&t, pair, 1, 2, transaction, &seen[all[i].ours]);
        assert_int_equal(gc_ice_pairs_path(&t, pair), all[i].path);
        assert_true(gc_ice_pairs_is_relayed(&t, pair) == (all[i].path == GC_PATH_RELAY));
    }
}

/* Our relay is preferred to nothing, in either role, and its pairs are named after it. */
static void a_relay_of_ours_comes_last(void **state) {
    (void)state;
    const gc_addr relay = addr(250), seen = addr(251);
    for (uint32_t controlling = 0; controlling < 2; controlling++) {
        start(1, controlling != 0);
        assert_int_equal(add(1, GC_CANDIDATE_HOST, gc_candidate_priority(GC_CANDIDATE_HOST, 9)), 0);
        gc_ice_pairs_add_relay(&t, 1, &relay);
        assert_int_equal(add(2, GC_CANDIDATE_SRFLX, gc_candidate_priority(GC_CANDIDATE_SRFLX, 9)),
                         0);
        for (uint8_t last = 1; last <= 2; last++) {
            uint32_t pair = find(1, last);
            assert_true(t.pairs[pair].priority < t.pairs[find(0, 2)].priority);
            const uint8_t transaction[12] = {last};
            gc_ice_pairs_sent(&t, pair, 1, 2, transaction);
            gc_ice_pairs_answered(&t, pair, 1, 2, transaction, last == 1 ? &relay : &seen);
            assert_int_equal(gc_ice_pairs_path(&t, pair), GC_PATH_RELAY);
            assert_true(gc_ice_pairs_is_relayed(&t, pair));
        }
        gc_ice_pairs_drop_base(&t, 1);
        assert_int_equal(find(1, 1), GC_ICE_NO_PAIR);
        const gc_addr own = {.family = 4, .ip = {10, 0, 0, 7}, .port = 9};
        gc_ice_pairs_add_base(&t, 1, &own); /* the number may be that of a socket now */
        assert_true(t.pairs[find(1, 1)].priority > t.pairs[find(0, 2)].priority);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairs_of_one_family),
        cmocka_unit_test(priorities),
        cmocka_unit_test(bounded),
        cmocka_unit_test(heard_ones_come_first),
        cmocka_unit_test(places_of_the_past),
        cmocka_unit_test(pairs_of_the_past),
        cmocka_unit_test(what_is_signaled_is_known_better),
        cmocka_unit_test(states_of_a_pair),
        cmocka_unit_test(round_trips),
        cmocka_unit_test(rest),
        cmocka_unit_test(we_nominate),
        cmocka_unit_test(they_nominate),
        cmocka_unit_test(few_valid_ones_are_kept),
        cmocka_unit_test(paths),
        cmocka_unit_test(a_relay_of_ours_comes_last),
    };
    return RUN(tests);
}
