/* rtc/ice.c once a way works: consent, the choice of the pair in use, relays, addresses that
 * change, restarts. */
#include "rtc/ice.h"
#include "core/base/error.h"
#include "test/unit/ice_network.h"
#include "test/unit/unit.h"

static network net;
static const network_nat BOTH_OPEN[2] = {NETWORK_OPEN, NETWORK_OPEN};

static void consent_is_asked_for(void **state) {
    (void)state;
    network_connect(&net, 1);
    uint32_t sent = net.sent;
    network_run(&net, 602000);
    /* Each side asks and answers: two of each. */
    assert_in_range(net.sent - sent, 4 * 600000 / GC_ICE_CONSENT_MS_MAX - 4,
                    4 * 600000 / GC_ICE_CONSENT_MS_MIN);
    assert_int_equal(net.sides[0].reason, 0);
    assert_int_equal(net.sides[0].selections, 1);
}

static void consent_expires(void **state) {
    (void)state;
    network_connect(&net, 2);
    uint64_t answered_ms = net.sides[0].ice.consent_ms;
    net.dark = true;
    network_run(&net, 200000);
    assert_int_equal(net.sides[0].reason, GC_REASON_GONE);
    assert_int_equal(net.sides[0].failed_ms, answered_ms + GC_ICE_CONSENT_EXPIRES_MS);
    for (uint32_t i = 0; i < net.sent; i++) {
        assert_true(net.sent_ms[i] < answered_ms + 40000); /* nothing more is sent */
    }
}

static void a_blackout_is_survived(void **state) {
    (void)state;
    for (uint8_t seed = 0; seed < 50; seed++) {
        network_connect(&net, seed);
        network_run(&net, 20000u + 100 * seed);
        net.dark = true;
        network_run(&net, net.now_ms + 25000);
        net.dark = false;
        network_run(&net, net.now_ms + 60000);
        assert_int_equal(net.sides[0].reason, 0);
        assert_int_equal(net.sides[1].reason, 0);
    }
}

/* A candidate that answers nothing is asked no more once a pair is nominated. */
static void checks_end_with_the_nomination(void **state) {
    (void)state;
    network_start(&net, 4, NETWORK_OPEN, NETWORK_OPEN);
    const gc_candidate silent = {.type = GC_CANDIDATE_HOST,
                                 .addr = {.family = 4, .ip = {10, 3, 3, 3}, .port = 1},
                                 .priority = UINT32_MAX};
    for (uint32_t i = 0; i < 2; i++) {
        assert_int_equal(gc_ice_add_candidate(&net.sides[i].ice, net.now_ms, &silent), 0);
    }
    network_describe_both(&net);
    network_run(&net, 30000);
    assert_int_equal(net.sides[0].selections, 1);
    assert_int_equal(network_checks_to(&net, &silent.addr, 0, UINT64_MAX), 2);
}

/* The controlling side nominates one pair, and later another that works as well. */
static void the_peer_changes_its_mind(void **state) {
    (void)state;
    network_init(&net, 4, (const bool[2]){false, true}, BOTH_OPEN);
    network_side *s = &net.sides[0];
    s->bases[1] = (gc_addr){.family = 4, .ip = {10, 9, 9, 9}, .port = 6000};
    assert_int_equal(gc_ice_add_base(&s->ice, net.now_ms, 1, &s->bases[1]), 0);
    network_describe_both(&net);
    network_run(&net, 3000);
    const gc_addr from = net.sides[1].bases[0];
    for (uint32_t i = 0; i < 4; i++) {
        uint32_t base = 1 - s->ice.table.pairs[s->ice.choice.pair].base;
        const gc_ice_check check = {.controlling = true,
                                    .tie_breaker = net.sides[1].ice.tie_breaker,
                                    .priority = 1,
                                    .use_candidate = true};
        assert_int_equal(network_check_from(&net, &from, base, &check), 0);
        network_run(&net, net.now_ms + 30);
        assert_int_equal(s->ice.table.pairs[s->ice.choice.pair].base, base);
        assert_int_equal(s->selections, 2 + i);
    }
}

/* Two addresses at the controlling side: the pair in use dies, the other takes over, and the
 * controlled side follows. */
static void a_pair_dies(void **state) {
    (void)state;
    for (uint8_t seed = 0; seed < 20; seed++) {
        network_start(&net, seed, NETWORK_OPEN, NETWORK_OPEN);
        network_side *a = &net.sides[0];
        a->bases[1] = (gc_addr){.family = 4, .ip = {10, 9, 9, 9}, .port = 6000};
        assert_int_equal(gc_ice_add_base(&a->ice, net.now_ms, 1, &a->bases[1]), 0);
        network_describe_both(&net);
        network_run(&net, 5000);
        assert_memory_equal(&net.sides[1].selected, &a->bases[0], sizeof(gc_addr));
        net.dead = a->bases[0];
        network_run(&net, 60000);
        assert_int_equal(a->reason, 0);
        assert_int_equal(net.sides[1].reason, 0);
        assert_memory_equal(&net.sides[1].selected, &a->bases[1], sizeof(gc_addr));
        assert_true(a->ice.table.pairs[a->ice.choice.pair].nominated);
        assert_int_equal(a->ice.table.pairs[a->ice.choice.pair].base, 1);
    }
}

/* Both have IPv6, which is preferred and leads nowhere, and the peer has many such addresses: IPv4
 * is tried with the second check, and the link is as fast as without IPv6. The peer does not know
 * who asks, so that it is our order alone that counts. */
static void a_broken_family_delays_nothing(void **state) {
    (void)state;
    for (uint32_t side = 0; side < 2; side++) {
        network_start(&net, 9, NETWORK_OPEN, NETWORK_OPEN);
        for (uint32_t i = 0; i < 2; i++) {
            network_side *s = &net.sides[i];
            gc_ice_drop_base(&s->ice, net.now_ms, 0);
            s->bases[1] = s->bases[0];
            s->bases[0] = (gc_addr){
                .family = 6, .ip = {0x20, 1, 0xd, 0xb8, [15] = (uint8_t)(1 + i)}, .port = 5000};
            assert_int_equal(gc_ice_add_base(&s->ice, net.now_ms, 0, &s->bases[0]), 0);
            assert_int_equal(gc_ice_add_base(&s->ice, net.now_ms, 1, &s->bases[1]), 0);
        }
        network_side *s = &net.sides[side], *other = &net.sides[1 - side];
        net.dead = other->bases[0];
        for (uint8_t i = 0; i < 8; i++) {
            const gc_candidate nowhere = {
                .type = GC_CANDIDATE_HOST,
                .addr = {.family = 6,
                         .ip = {0x20, 1, 0xd, 0xb8, [15] = (uint8_t)(100 + i)},
                         .port = 9},
                .priority = gc_candidate_priority(GC_CANDIDATE_HOST, 65535)};
            assert_int_equal(gc_ice_add_candidate(&s->ice, net.now_ms, &nowhere), 0);
        }
        network_drain(&net, 1 - side);
        network_describe(&net, side);
        network_run(&net, 1100);
        assert_int_equal(net.sent_to[0].family, 6); /* preferred, and not forgotten */
        assert_memory_equal(&s->selected, &other->bases[1], sizeof(gc_addr));
        assert_int_equal(s->first_selected_ms, 1020 + GC_ICE_GATE_FLOOR_MS);
    }
}

/* An agent that hides its addresses: its sockets are silent, and its relay is the only way. */
static void relayed_alone(void **state) {
    (void)state;
    const gc_addr server = NETWORK_SERVER;
    network_start(&net, 6, NETWORK_OPEN, NETWORK_OPEN);
    network_side *s = &net.sides[0], *other = &net.sides[1];
    const gc_ice_config config = {.drbg = &s->drbg,
                                  .gate = &s->gate,
                                  .controlling = true,
                                  .relay_only = true,
                                  .expires_ms = net.now_ms + 15000};
    gc_ice_init(&s->ice, net.now_ms, &config);
    assert_int_equal(gc_ice_add_base(&s->ice, net.now_ms, 0, &s->bases[0]), 0);
    assert_int_equal(gc_ice_add_server(&s->ice, net.now_ms, &server), 0);
    network_describe_both(&net);
    network_run(&net, 2000);
    assert_int_equal(s->candidates, 0);
    assert_int_equal(net.sent, 0); /* to the candidate of the other side, above all */
    const gc_candidate guessed = {.addr = s->bases[0], .priority = 1};
    assert_int_equal(gc_ice_add_candidate(&other->ice, net.now_ms, &guessed), 0);
    network_drain(&net, 1);
    network_run(&net, 4000);
    assert_true(net.sent > 0);
    assert_int_equal(network_checks_to(&net, &s->bases[0], 0, UINT64_MAX),
                     net.sent); /* no answer */
    s->bases[1] = (gc_addr){.family = 4, .ip = {203, 0, 113, 50}, .port = 50000};
    assert_int_equal(gc_ice_add_relay(&s->ice, net.now_ms, 1, &s->bases[1]), 0);
    network_run(&net, 8000);
    assert_int_equal(s->candidates, 1);
    assert_int_equal(s->path, GC_PATH_RELAY);
    assert_int_equal(other->path, GC_PATH_RELAY);
    assert_memory_equal(&other->selected, &s->bases[1], sizeof(gc_addr));
    assert_true(s->ice.table.pairs[s->ice.choice.pair].nominated);
    assert_int_equal(network_checks_to(&net, &server, 0, UINT64_MAX), 0);
}

/* A direct way that works as soon is used, and a relay carries the link where none does. */
static void a_relay_beside_a_socket(void **state) {
    (void)state;
    for (uint32_t direct = 0; direct < 2; direct++) {
        network_start(&net, 8, NETWORK_OPEN, NETWORK_OPEN);
        network_side *s = &net.sides[0];
        s->bases[1] = (gc_addr){.family = 4, .ip = {203, 0, 113, 50}, .port = 50000};
        assert_int_equal(gc_ice_add_relay(&s->ice, net.now_ms, 1, &s->bases[1]), 0);
        if (!direct) {
            net.dead = s->bases[0];
        }
        network_describe_both(&net);
        network_run(&net, 3000);
        assert_int_equal(s->candidates, 2);
        for (uint32_t i = 0; i < 2; i++) {
            assert_int_equal(net.sides[i].path, direct ? GC_PATH_HOST : GC_PATH_RELAY);
            assert_true(net.sides[i].ice.table.pairs[net.sides[i].ice.choice.pair].nominated);
        }
    }
}

/* The machine gets another address: no signaling is needed. */
static void an_address_changes(void **state) {
    (void)state;
    for (uint32_t side = 0; side < 2; side++) {
        network_connect(&net, 5);
        network_side *s = &net.sides[side];
        gc_ice_drop_base(&s->ice, net.now_ms, 0);
        network_drain(&net, side);
        assert_int_equal(s->reason, 0);
        s->bases[0] = (gc_addr){.family = 4, .ip = {10, 7, 7, 7}, .port = 7000};
        net.signaling = false;
        assert_int_equal(gc_ice_add_base(&s->ice, net.now_ms, 0, &s->bases[0]), 0);
        network_drain(&net, side);
        network_run(&net, 4000); /* at once if the controlling side moved */
        assert_memory_equal(&net.sides[1 - side].selected, &s->bases[0], sizeof(gc_addr));
        assert_true(
            net.sides[1 - side].ice.table.pairs[net.sides[1 - side].ice.choice.pair].nominated);
        assert_int_equal(net.sides[1 - side].reason, 0);
    }
}

/* Both get new credentials; the first side asked for it. */
static void restart_both(uint32_t first) {
    for (uint32_t i = 0; i < 2; i++) {
        uint32_t side = i == 0 ? first : 1 - first;
        assert_int_equal(gc_ice_restart(&net.sides[side].ice, net.now_ms), 0);
        network_drain(&net, side);
    }
    network_describe(&net, 1 - first); /* it has the offer, and answers */
}

static void a_restart_selects_anew(void **state) {
    (void)state;
    for (uint32_t first = 0; first < 2; first++) {
        network_connect(&net, 7);
        const gc_ice_credentials old = net.sides[0].ice.generations.current.local;
        uint32_t selections = net.sides[0].selections;
        restart_both(first);
        assert_int_equal(gc_ice_restart(&net.sides[first].ice, net.now_ms), GC_E_STATE);
        assert_true(gc_ice_restarting(&net.sides[first].ice));
        assert_false(gc_ice_restarting(&net.sides[1 - first].ice));
        network_run(&net, net.now_ms + 30); /* its checks come before its answer */
        network_describe(&net, first);
        network_run(&net, net.now_ms + 500);
        for (uint32_t i = 0; i < 2; i++) {
            assert_int_equal(net.sides[i].selections, selections + 1);
            assert_true(gc_ice_accepts(&net.sides[i].ice, 0, &net.sides[1 - i].bases[0]));
            assert_true(gc_ice_choice_settled(&net.sides[i].ice.choice, &net.sides[i].ice.table));
        }
        assert_memory_not_equal(net.sides[0].ice.generations.current.local.ufrag, old.ufrag,
                                GC_ICE_UFRAG_CHARS);
        network_run(&net, net.now_ms + 60000);
        assert_int_equal(net.sides[0].reason, 0);
        assert_int_equal(net.sides[1].reason, 0);
    }
}

/* An offer that is never answered: the old credentials go on for good. */
static void a_restart_that_nobody_answers(void **state) {
    (void)state;
    network_connect(&net, 8);
    assert_int_equal(gc_ice_restart(&net.sides[0].ice, net.now_ms), 0);
    network_drain(&net, 0);
    network_run(&net, net.now_ms + 100000);
    assert_int_equal(net.sides[0].selections, 1);
    assert_int_equal(net.sides[0].reason, 0);
    assert_int_equal(net.sides[1].reason, 0);
}

/* The answer is late: until then the other side asks for consent under the old names. */
static void an_answer_that_comes_late(void **state) {
    (void)state;
    network_connect(&net, 9);
    restart_both(0);
    network_run(&net, net.now_ms + 25000);
    network_describe(&net, 0);
    network_run(&net, net.now_ms + 60000);
    assert_int_equal(net.sides[0].reason, 0);
    assert_int_equal(net.sides[1].reason, 0);
    assert_int_equal(net.sides[1].selections, 2);
}

/* Its purpose: both have moved, and know nothing of each other but by signaling. */
static void a_restart_finds_two_who_moved(void **state) {
    (void)state;
    network_connect(&net, 10);
    for (uint32_t i = 0; i < 2; i++) {
        network_side *s = &net.sides[i];
        gc_ice_drop_base(&s->ice, net.now_ms, 0);
        s->bases[0] = (gc_addr){.family = 4, .ip = {10, 8, (uint8_t)i, 8}, .port = 8000};
        net.signaling = false;
        assert_int_equal(gc_ice_add_base(&s->ice, net.now_ms, 0, &s->bases[0]), 0);
        network_drain(&net, i);
    }
    network_run(&net, net.now_ms + 20000);
    assert_int_equal(net.sides[0].selections + net.sides[1].selections, 2);
    net.signaling = true;
    for (uint32_t i = 0; i < 2; i++) {
        assert_int_equal(gc_ice_restart(&net.sides[i].ice, net.now_ms), 0);
    }
    for (uint32_t i = 0; i < 2; i++) { /* descriptions come before candidates */
        const gc_ice_credentials *c = gc_ice_local(&net.sides[1 - i].ice);
        assert_int_equal(gc_ice_remote(&net.sides[i].ice, net.now_ms, gc_ice_credentials_ufrag(c),
                                       gc_ice_credentials_pwd(c)),
                         0);
    }
    network_run(&net, net.now_ms + 1000);
    for (uint32_t i = 0; i < 2; i++) {
        assert_memory_equal(&net.sides[1 - i].selected, &net.sides[i].bases[0], sizeof(gc_addr));
        assert_int_equal(net.sides[i].reason, 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(consent_is_asked_for),
        cmocka_unit_test(consent_expires),
        cmocka_unit_test(a_blackout_is_survived),
        cmocka_unit_test(checks_end_with_the_nomination),
        cmocka_unit_test(the_peer_changes_its_mind),
        cmocka_unit_test(a_pair_dies),
        cmocka_unit_test(a_broken_family_delays_nothing),
        cmocka_unit_test(relayed_alone),
        cmocka_unit_test(a_relay_beside_a_socket),
        cmocka_unit_test(an_address_changes),
        cmocka_unit_test(a_restart_selects_anew),
        cmocka_unit_test(a_restart_that_nobody_answers),
        cmocka_unit_test(an_answer_that_comes_late),
        cmocka_unit_test(a_restart_finds_two_who_moved),
    };
    return RUN(tests);
}
