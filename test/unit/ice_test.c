/* rtc/ice.c: two agents find a way. What becomes of it: ice_consent_test.c; strangers:
 * ice_hostile_test.c. */
#include "rtc/ice.h"
#include "core/base/error.h"
#include "test/unit/ice_network.h"
#include "test/unit/unit.h"

static network net;
static const network_nat BOTH_OPEN[2] = {NETWORK_OPEN, NETWORK_OPEN};

static void both_open(void **state) {
    (void)state;
    network_start(&net, 1, NETWORK_OPEN, NETWORK_OPEN);
    network_drain(&net, 0);
    network_drain(&net, 1);
    network_describe_both(&net);
    assert_int_equal(net.sent, 2); /* the first check waits for nothing */
    network_run(&net, 1100);
    for (uint32_t i = 0; i < 2; i++) {
        network_side *s = &net.sides[i];
        assert_int_equal(s->first_selected_ms, 1020); /* one round trip */
        assert_int_equal(s->path, GC_PATH_HOST);
        assert_int_equal(s->selections, 1);
        assert_int_equal(s->heards, 1);
        assert_int_equal(s->candidates, 1);
        assert_int_equal(gc_ice_rtt_ms(&s->ice), 20);
        assert_memory_equal(&s->selected, &net.sides[1 - i].bases[0], sizeof s->selected);
        assert_true(s->ice.table.pairs[s->ice.choice.pair].nominated);
    }
}

/* The answerer starts before the offerer has its answer. */
static void early_checks(void **state) {
    (void)state;
    network_start(&net, 2, NETWORK_OPEN, NETWORK_OPEN);
    network_drain(&net, 0);
    network_describe(&net, 1);
    network_run(&net, 1200);
    assert_int_equal(net.sides[1].first_selected_ms, 1020); /* our password is all that it takes */
    assert_int_equal(net.sides[0].selections, 0);
    assert_int_equal(net.sides[0].heards, 0);
    assert_true(gc_ice_accepts(&net.sides[0].ice, 0, &net.sides[1].bases[0]));
    network_describe(&net, 0);
    assert_int_equal(net.sides[0].heards, 1);
    network_run(&net, 1300);
    assert_int_equal(net.sides[0].first_selected_ms, 1220);
}

/* Of remotes that are heard too early a few are remembered, and the first ones count. */
static void early_ones_are_bounded(void **state) {
    (void)state;
    network_start(&net, 3, NETWORK_OPEN, NETWORK_OPEN);
    network_side *s = &net.sides[0];
    gc_ice_credentials theirs = {0};
    gc_ice_credentials_make(&theirs, &net.chance);
    const gc_ice_check check = {.priority = 1, .tie_breaker = 1};
    for (uint16_t i = 0; i < 100; i++) {
        uint8_t bytes[GC_ICE_MESSAGE_BYTES_MAX];
        const uint8_t transaction[12] = {(uint8_t)i};
        gc_addr from = {.family = 4, .ip = {198, 51, 100, 1}, .port = (uint16_t)(1 + i)};
        uint32_t len = gc_ice_message_check(bytes, transaction, &check, &theirs,
                                            &s->ice.generations.current.local);
        assert_int_equal(network_feed(&net, 0, 0, &from, gc_span_of(bytes, len)), 0);
        assert_true(gc_ice_accepts(&s->ice, 0, &from) == (i < GC_ICE_EARLY_MAX));
    }
    assert_int_equal(net.sent, 100); /* each is answered */
    assert_int_equal(gc_ice_remote(&s->ice, net.now_ms, gc_ice_credentials_ufrag(&theirs),
                                   gc_ice_credentials_pwd(&theirs)),
                     0);
    network_drain(&net, 0);
    assert_int_equal(s->heards, GC_ICE_EARLY_MAX);
}

static void peer_reflexive(void **state) {
    (void)state;
    static const network_nat nats[] = {NETWORK_NAT, NETWORK_NAT_SYMMETRIC};
    for (uint32_t side = 0; side < 2; side++) {
        for (uint32_t i = 0; i < 2; i++) {
            network_start(&net, 4, side == 0 ? nats[i] : NETWORK_OPEN,
                          side == 1 ? nats[i] : NETWORK_OPEN);
            network_describe_both(&net);
            network_run(&net, 3000);
            assert_int_equal(net.sides[0].path, GC_PATH_PRFLX);
            assert_int_equal(net.sides[1].path, GC_PATH_PRFLX);
            assert_memory_equal(&net.sides[side].selected, &net.sides[1 - side].bases[0],
                                sizeof(gc_addr));
            assert_int_equal(net.sides[1 - side].selected.ip[0], 203);
            assert_true(net.sides[0].first_selected_ms < 1200);
        }
    }
}

static void both_behind_nats(void **state) {
    (void)state;
    network_start(&net, 5, NETWORK_NAT, NETWORK_NAT);
    network_describe_both(&net);
    network_run(&net, 60000);
    for (uint32_t i = 0; i < 2; i++) {
        assert_int_equal(net.sides[i].reason, GC_REASON_ICE_FAILED);
        assert_int_equal(net.sides[i].failed_ms, 16000);
        assert_int_equal(net.sides[i].selections, 0);
        assert_true(gc_ice_deadline(&net.sides[i].ice) == GC_NEVER);
    }
}

/* Both behind NATs that keep one mapping: a STUN server tells it. */
static void server_reflexive(void **state) {
    (void)state;
    const gc_addr server = NETWORK_SERVER;
    for (uint32_t answers = 0; answers < 2; answers++) {
        network_start(&net, 5, NETWORK_NAT, NETWORK_NAT);
        net.dead = answers ? (gc_addr){0} : server;
        for (uint32_t i = 0; i < 2; i++) {
            assert_int_equal(gc_ice_add_server(&net.sides[i].ice, net.now_ms, &server), 0);
        }
        network_describe_both(&net);
        network_run(&net, 20000);
        for (uint32_t i = 0; i < 2; i++) {
            assert_int_equal(net.sides[i].candidates, 1 + answers);
            assert_int_equal(net.sides[i].reason, answers ? 0 : GC_REASON_ICE_FAILED);
            assert_int_equal(net.sides[i].path, answers ? GC_PATH_SRFLX : GC_PATH_UNKNOWN);
            assert_true(!answers || net.sides[i].first_selected_ms < 1700);
        }
        if (!answers) { /* 7 questions, the last after 31.5 s: the link ended before */
            assert_int_equal(network_checks_to(&net, &server, 0, UINT64_MAX), 2 * 5);
        }
    }
}

/* All kinds of networks, loss and disorder: two connect if they can. Where both sides filter by
 * address and port, one that maps by destination hides its mapping from the other. */
static void any_two_networks(void **state) {
    (void)state;
    static const network_nat kinds[] = {NETWORK_OPEN, NETWORK_NAT, NETWORK_NAT_SYMMETRIC};
    const gc_addr server = NETWORK_SERVER;
    for (uint32_t i = 0; i < 9 * 20; i++) {
        network_nat a = kinds[i % 3], b = kinds[i / 3 % 3];
        bool open = a == NETWORK_OPEN || b == NETWORK_OPEN;
        bool possible = open || (a == NETWORK_NAT && b == NETWORK_NAT);
        network_start(&net, (uint8_t)(i / 9), a, b);
        net.delay_ms = 5 + i / 9;
        net.jitter_ms = 2 * (i / 9);
        net.loss_percent = i / 9 / 2;
        for (uint32_t side = 0; side < 2; side++) {
            assert_int_equal(gc_ice_add_server(&net.sides[side].ice, net.now_ms, &server), 0);
        }
        network_describe(&net, 1);
        network_run(&net, 1000 + 10 * (i / 9)); /* the answer is under way */
        network_describe(&net, 0);
        network_run(&net, 40000);
        for (uint32_t side = 0; side < 2; side++) {
            const gc_ice *ice = &net.sides[side].ice;
            assert_int_equal(net.sides[side].reason, possible ? 0 : GC_REASON_ICE_FAILED);
            assert_true(!possible || ice->table.pairs[ice->choice.pair].nominated);
        }
    }
}

/* A server that sees what we see tells nothing new. */
static void no_nat(void **state) {
    (void)state;
    const gc_addr server = NETWORK_SERVER;
    network_start(&net, 5, NETWORK_OPEN, NETWORK_OPEN);
    assert_int_equal(gc_ice_add_server(&net.sides[0].ice, net.now_ms, &server), 0);
    assert_int_equal(gc_ice_add_server(&net.sides[0].ice, net.now_ms, &server), GC_E_REFUSED);
    network_run(&net, 5000);
    assert_int_equal(net.sides[0].candidates, 1);
    assert_int_equal(network_checks_to(&net, &server, 0, UINT64_MAX), 1);
    gc_ice_drop_base(&net.sides[0].ice, net.now_ms, 0);
    net.sides[0].bases[0].port = 77; /* another address: everything again */
    assert_int_equal(gc_ice_add_base(&net.sides[0].ice, net.now_ms, 0, &net.sides[0].bases[0]), 0);
    network_run(&net, 9000);
    assert_int_equal(net.sides[0].candidates, 2);
    assert_int_equal(network_checks_to(&net, &server, 0, UINT64_MAX), 2);
}

/* The peer told no address, and none was heard. */
static void no_candidates(void **state) {
    (void)state;
    network_start(&net, 6, NETWORK_SILENT, NETWORK_SILENT);
    net.signaling = false;
    network_describe_both(&net);
    network_run(&net, 60000);
    assert_int_equal(net.sides[0].reason, GC_REASON_TIMEOUT);
    assert_int_equal(net.sent, 0);
    const gc_addr from = net.sides[1].bases[0];
    assert_int_equal(network_feed(&net, 0, 0, &from, GC_SPAN("x")), GC_E_CLOSED);
}

/* A candidate of one side is enough: the other is heard. */
static void one_side_is_hidden(void **state) {
    (void)state;
    network_start(&net, 7, NETWORK_OPEN, NETWORK_OPEN);
    net.signaling = false;
    network_describe_both(&net);
    network_run(&net, 2000);
    assert_int_equal(net.sent, 0);
    gc_candidate c = {.type = GC_CANDIDATE_HOST, .addr = net.sides[0].bases[0], .priority = 1};
    assert_int_equal(gc_ice_add_candidate(&net.sides[1].ice, net.now_ms, &c), 0);
    network_drain(&net, 1);
    network_run(&net, 2200);
    assert_int_equal(net.sides[0].path, GC_PATH_PRFLX);
    assert_int_equal(net.sides[1].path, GC_PATH_HOST);
    /* The name is resolved at last: the way stays, and is better known. */
    c.addr = net.sides[1].bases[0];
    assert_int_equal(gc_ice_add_candidate(&net.sides[0].ice, net.now_ms, &c), 0);
    network_drain(&net, 0);
    assert_int_equal(net.sides[0].path, GC_PATH_HOST);
    assert_int_equal(net.sides[0].selections, 2);
    assert_int_equal(gc_ice_pairs_targets(&net.sides[0].ice.table), 1);
}

static void roles_are_agreed_on(void **state) {
    (void)state;
    for (uint32_t i = 0; i < 64; i++) {
        bool same = i & 1;
        network_init(&net, (uint8_t)i, (const bool[2]){same, same}, BOTH_OPEN);
        net.jitter_ms = 15;
        network_describe_both(&net);
        network_run(&net, 9000);
        const gc_ice *a = &net.sides[0].ice, *b = &net.sides[1].ice;
        assert_true(a->table.controlling != b->table.controlling);
        assert_true(a->table.pairs[a->choice.pair].nominated);
        assert_true(b->table.pairs[b->choice.pair].nominated);
    }
}

/* RFC 8445 7.3.1.1: the larger tie-breaker controls, whoever is heard first. */
static void the_larger_tie_breaker_controls(void **state) {
    (void)state;
    const gc_addr from = {.family = 4, .ip = {10, 0, 1, 1}, .port = 5000};
    for (uint32_t i = 0; i < 4; i++) {
        bool controlling = i & 1, larger = i & 2;
        network_init(&net, 3, (const bool[2]){controlling, controlling}, BOTH_OPEN);
        const gc_ice_check check = {
            .controlling = controlling, .tie_breaker = larger ? UINT64_MAX : 0, .priority = 1};
        assert_int_equal(network_check_from(&net, &from, 0, &check), 0);
        assert_true(net.sides[0].ice.table.controlling == !larger);
        if (controlling != larger) {
            assert_int_equal(network_last_error(&net), 487);
        }
    }
}

/* The answer 487 to our last check. */
static void conflict(void) {
    uint8_t bytes[GC_ICE_MESSAGE_BYTES_MAX], request[20], transaction[12];
    gc_stun_message m;
    gc_writer w;
    gc_ice_pairs_transaction(&net.sides[0].ice.table, 0, transaction);
    gc_writer_init(&w, request, sizeof request);
    gc_stun_message_begin(&w, GC_STUN_REQUEST, GC_STUN_BINDING, transaction);
    assert_int_equal(gc_stun_message_read(gc_writer_done(&w), &m), 0);
    uint32_t len =
        gc_ice_message_refusal(bytes, &m, 487, &net.sides[1].ice.generations.current.local);
    assert_int_equal(network_feed(&net, 0, 0, &net.sides[1].bases[0], gc_span_of(bytes, len)), 0);
}

/* RFC 8445 7.2.5.1: we change our role and our tie-breaker, and ask again; but a refusal of what we
 * said in another role changes nothing. */
static void a_conflict_is_reported(void **state) {
    (void)state;
    for (uint32_t late = 0; late < 2; late++) {
        network_start(&net, 2, NETWORK_OPEN, NETWORK_OPEN);
        network_run(&net, 1001);
        network_describe(&net, 0);
        gc_ice *ice = &net.sides[0].ice;
        uint64_t tie_breaker = ice->tie_breaker;
        uint32_t sent = net.sent;
        if (late) {
            const gc_addr from = {.family = 4, .ip = {10, 0, 9, 9}, .port = 1};
            const gc_ice_check check = {
                .controlling = true, .tie_breaker = UINT64_MAX, .priority = 1};
            assert_int_equal(network_check_from(&net, &from, 0, &check), 0);
        }
        conflict();
        assert_false(ice->table.controlling);
        assert_true((ice->tie_breaker == tie_breaker) == late);
        network_run(&net, net.now_ms + 10);
        assert_true(net.sent > sent);
    }
}

/* 30 of 100 are lost each way, and they overtake each other. */
static void loss_and_disorder(void **state) {
    (void)state;
    uint32_t slow = 0;
    for (uint32_t i = 0; i < 200; i++) {
        network_start(&net, (uint8_t)i, i % 2 == 0 ? NETWORK_OPEN : NETWORK_NAT, NETWORK_OPEN);
        net.delay_ms = 50;
        net.jitter_ms = 100;
        net.loss_percent = 30;
        network_describe_both(&net);
        network_run(&net, 16000);
        for (uint32_t side = 0; side < 2; side++) {
            const gc_ice *ice = &net.sides[side].ice;
            assert_int_equal(net.sides[side].reason, 0);
            assert_true(ice->table.pairs[ice->choice.pair].nominated);
        }
        slow += net.sides[0].first_selected_ms > 4000 || net.sides[1].first_selected_ms > 4000;
    }
    assert_true(slow <= 10); /* 95 of 100 within 3 s */
}

static void equal_seeds_are_equal(void **state) {
    (void)state;
    static network first;
    for (int again = 0; again < 2; again++) {
        network_start(&net, 9, NETWORK_NAT, NETWORK_OPEN);
        net.loss_percent = 20;
        network_describe_both(&net);
        network_run(&net, 60000);
        if (again == 0) {
            first = net;
        }
    }
    assert_int_equal(first.sent, net.sent);
    assert_memory_equal(first.sent_ms, net.sent_ms, sizeof net.sent_ms);
    assert_memory_equal(first.sent_to, net.sent_to, sizeof net.sent_to);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_open),
        cmocka_unit_test(early_checks),
        cmocka_unit_test(early_ones_are_bounded),
        cmocka_unit_test(peer_reflexive),
        cmocka_unit_test(both_behind_nats),
        cmocka_unit_test(server_reflexive),
        cmocka_unit_test(any_two_networks),
        cmocka_unit_test(no_nat),
        cmocka_unit_test(no_candidates),
        cmocka_unit_test(one_side_is_hidden),
        cmocka_unit_test(roles_are_agreed_on),
        cmocka_unit_test(the_larger_tie_breaker_controls),
        cmocka_unit_test(a_conflict_is_reported),
        cmocka_unit_test(loss_and_disorder),
        cmocka_unit_test(equal_seeds_are_equal),
    };
    return RUN(tests);
}
