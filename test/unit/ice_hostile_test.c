/* rtc/ice.c and strangers: what goes out to addresses that somebody named, and what comes in that
 * is not authentic. */
#include "rtc/ice.h"
#include "core/base/error.h"
#include "rtc/integrity.h"
#include "test/unit/ice_network.h"
#include "test/unit/unit.h"

static network net;

/* --- what goes out ---------------------------------------------------------------------------- */

static void new_checks_keep_their_pace(void **state) {
    (void)state;
    static const uint32_t paces[] = {GC_ICE_PACE_MS, 5, 20}; /* the first is not proposed */
    for (uint32_t k = 0; k < 3; k++) {
        network_start(&net, 1, NETWORK_SILENT, NETWORK_SILENT);
        network_side *s = &net.sides[0];
        for (uint8_t i = 1; i < GC_ICE_BASES_MAX; i++) {
            s->bases[i] = (gc_addr){.family = 4, .ip = {10, 0, 0, (uint8_t)(10 + i)}, .port = 1};
            assert_int_equal(gc_ice_add_base(&s->ice, net.now_ms, i, &s->bases[i]), 0);
        }
        gc_ice_pace(&s->ice, k == 0 ? 0 : paces[k]);
        network_describe(&net, 0);
        network_run(&net, 1000 + 8 * paces[k]);
        assert_int_equal(network_checks_to(&net, &net.sides[1].bases[0], 0, UINT64_MAX),
                         GC_ICE_BASES_MAX);
        for (uint32_t i = 0; i < GC_ICE_BASES_MAX; i++) {
            assert_int_equal(net.sent_ms[i], 1000 + i * paces[k]);
        }
    }
}

static void ten_thousand_candidates(void **state) {
    (void)state;
    network_start(&net, 2, NETWORK_OPEN, NETWORK_OPEN);
    net.signaling = false;
    network_describe(&net, 0);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < 10000; i++) {
        gc_candidate c = {
            .type = GC_CANDIDATE_HOST,
            .priority = 1 + i,
            .addr = {.family = 4, .ip = {198, 51, (uint8_t)(i >> 8), (uint8_t)i}, .port = 53}};
        int result = gc_ice_add_candidate(&net.sides[0].ice, net.now_ms, &c);
        assert_true(result == 0 || result == GC_E_REFUSED);
        kept += result == 0;
        network_drain(&net, 0);
    }
    assert_int_equal(kept, GC_ICE_REMOTES_MAX);
    network_run(&net, 20000);
    assert_true(net.sent <= GC_ICE_REMOTES_MAX * GC_ICE_SENDS_MAX);
    assert_int_equal(net.sides[0].reason, GC_REASON_ICE_FAILED);
}

/* A full table still hears a peer from whom a check comes. */
static void a_full_table_hears(void **state) {
    (void)state;
    network_start(&net, 3, NETWORK_OPEN, NETWORK_OPEN);
    net.signaling = false;
    for (uint8_t i = 0; i < GC_ICE_REMOTES_MAX; i++) {
        gc_candidate c = {.type = GC_CANDIDATE_HOST,
                          .priority = 5u + i,
                          .addr = {.family = 4, .ip = {198, 51, 100, i}, .port = 53}};
        assert_int_equal(gc_ice_add_candidate(&net.sides[0].ice, net.now_ms, &c), 0);
    }
    gc_candidate c = {.type = GC_CANDIDATE_PRFLX, .addr = net.sides[1].bases[0], .priority = 1};
    assert_int_equal(gc_ice_add_candidate(&net.sides[0].ice, net.now_ms, &c), GC_E_REFUSED);
    c = (gc_candidate){.type = GC_CANDIDATE_HOST, .addr = net.sides[0].bases[0], .priority = 1};
    assert_int_equal(gc_ice_add_candidate(&net.sides[1].ice, net.now_ms, &c), 0);
    network_describe_both(&net);
    network_run(&net, 1100);
    assert_int_equal(net.sides[0].selections, 1);
    assert_int_equal(net.sides[0].path, GC_PATH_PRFLX);
}

/* Forty links of one handle, all with one address that somebody named, all the time. */
static void a_victim_sees_few(void **state) {
    (void)state;
    enum { LINKS = 40 };
    static gc_ice links[LINKS];
    static gc_ice_gate gate;
    static uint64_t sent[4096];
    gc_drbg drbg;
    const uint8_t seed[32] = {1};
    gc_drbg_init(&drbg, seed);
    memset(&gate, 0, sizeof gate);
    gc_ice_gate_init(&gate, &drbg);
    const gc_addr own = {.family = 4, .ip = {10, 0, 0, 1}, .port = 9};
    const gc_candidate victim = {.type = GC_CANDIDATE_HOST,
                                 .priority = 1,
                                 .addr = {.family = 4, .ip = {198, 51, 100, 1}, .port = 53}};
    uint32_t count = 0;
    for (uint64_t now_ms = 0; now_ms < 20000; now_ms++) {
        for (uint32_t i = 0; i < LINKS; i++) {
            if (now_ms % 1000 == 25 * i) { /* each link ends and begins anew each second */
                const gc_ice_config config = {
                    .drbg = &drbg, .gate = &gate, .controlling = true, .expires_ms = GC_NEVER};
                gc_ice_init(&links[i], now_ms, &config);
                assert_int_equal(gc_ice_add_base(&links[i], now_ms, 0, &own), 0);
                assert_int_equal(gc_ice_remote(&links[i], now_ms, GC_SPAN("abcd"),
                                               GC_SPAN("0123456789012345678901")),
                                 0);
                assert_int_equal(gc_ice_add_candidate(&links[i], now_ms, &victim), 0);
            }
            if (links[i].config.gate == NULL) {
                continue;
            }
            gc_ice_tick(&links[i], now_ms);
            for (gc_ice_output out; gc_ice_poll(&links[i], &out);) {
                if (out.type == GC_ICE_SEND) {
                    assert_true(count < 4096);
                    sent[count++] = now_ms;
                }
            }
        }
    }
    assert_true(count > 20);
    for (uint32_t i = 0; i + GC_ICE_GATE_PER_SECOND < count; i++) {
        assert_true(sent[i + GC_ICE_GATE_PER_SECOND] - sent[i] >= 1000);
    }
}

/* A peer that is hostile sends its own checks under the address of a victim. */
static void a_false_sender_gains_nothing(void **state) {
    (void)state;
    network_start(&net, 4, NETWORK_OPEN, NETWORK_OPEN);
    net.signaling = false;
    network_describe(&net, 0);
    const gc_addr victim = {.family = 4, .ip = {198, 51, 100, 1}, .port = 53};
    const gc_ice *peer = &net.sides[1].ice;
    uint32_t fed = 0;
    for (; net.now_ms < 4000; fed++) {
        uint8_t bytes[GC_ICE_MESSAGE_BYTES_MAX];
        const uint8_t transaction[12] = {(uint8_t)fed, (uint8_t)(fed >> 8)};
        const gc_ice_check check = {.priority = 1, .tie_breaker = 1};
        uint32_t len =
            gc_ice_message_check(bytes, transaction, &check, &peer->generations.current.local,
                                 &net.sides[0].ice.generations.current.local);
        assert_int_equal(network_feed(&net, 0, 0, &victim, gc_span_of(bytes, len)), 0);
        network_run(&net, net.now_ms + 2);
    }
    uint32_t all = network_checks_to(&net, &victim, 0, UINT64_MAX);
    assert_true(all >= fed);                                       /* one answer for each */
    assert_true(all - fed <= 10 + 3 * 1000 / GC_ICE_GATE_COST_MS); /* and few checks */
}

/* --- what is not authentic -------------------------------------------------------------------- */

/* Feeds bytes that must change nothing: the agent is compared bit by bit. */
static int changes_nothing(const gc_addr *from, gc_span bytes) {
    static gc_ice before;
    network_side *s = &net.sides[0];
    gc_ice_tick(&s->ice, net.now_ms);
    network_drain(&net, 0);
    before = s->ice;
    uint32_t sent = net.sent;
    uint8_t *copy = exact_copy(bytes.data, bytes.len);
    int result = gc_ice_datagram(&s->ice, net.now_ms, 0, from, gc_span_of(copy, bytes.len));
    free(copy);
    assert_memory_equal(&before, &s->ice, sizeof before);
    network_drain(&net, 0);
    assert_int_equal(net.sent, sent);
    return result;
}

/* What came with a check is given out for that check alone, and only for an authentic one. */
static void a_passenger_comes_with_its_check(void **state) {
    (void)state;
    network_connect(&net, 6);
    gc_ice *ice = &net.sides[0].ice;
    const gc_addr from = net.sides[1].bases[0];
    gc_ice_credentials wrong = ice->generations.current.local;
    wrong.pwd[0] ^= 1;
    const gc_ice_check checks[] = {
        {.priority = 1, .tie_breaker = 1},
        {.priority = 1, .tie_breaker = 1, .passenger = GC_SPAN("hello")}};
    for (uint32_t i = 0; i < 6; i++) {
        uint8_t bytes[GC_ICE_MESSAGE_BYTES_MAX];
        const uint8_t transaction[12] = {(uint8_t)i};
        bool authentic = i < 4;
        uint32_t len = gc_ice_message_check(bytes, transaction, &checks[i % 2],
                                            &net.sides[1].ice.generations.current.local,
                                            authentic ? &ice->generations.current.local : &wrong);
        int result = gc_ice_datagram(ice, net.now_ms, 0, &from, gc_span_of(bytes, len));
        assert_int_equal(result, authentic ? 0 : GC_E_REFUSED);
        assert_span(gc_ice_passenger_came(ice), authentic ? checks[i % 2].passenger : GC_SPAN_NONE);
        network_drain(&net, 0);
    }
}

/* Checks, answers and errors with the right name but a wrong password, all kinds of damage. */
static void spoofed(void **state) {
    (void)state;
    network_connect(&net, 6);
    network_side *s = &net.sides[0];
    gc_ice_credentials wrong = s->ice.generations.current.local;
    wrong.pwd[0] ^= 1;
    const gc_ice_credentials *theirs = &net.sides[1].ice.generations.current.local;
    const gc_addr from[2] = {net.sides[1].bases[0],
                             {.family = 4, .ip = {198, 51, 100, 1}, .port = 53}};
    for (uint32_t i = 0; i < 100000; i++) {
        uint8_t bytes[GC_ICE_MESSAGE_BYTES_MAX], transaction[12];
        uint32_t len;
        gc_drbg_bytes(&net.chance, transaction, sizeof transaction);
        if (i % 4 == 0) { /* its own transaction, as if the packet had been seen */
            gc_ice_pairs_transaction(&s->ice.table, s->ice.choice.pair, transaction);
        }
        const gc_ice_check check = {.priority = i,
                                    .use_candidate = i & 1,
                                    .controlling = i & 2,
                                    .tie_breaker = UINT64_MAX,
                                    .passenger = i & 4 ? GC_SPAN("hello") : GC_SPAN_NONE};
        if (i % 3 == 0) {
            len = gc_ice_message_check(bytes, transaction, &check, theirs, &wrong);
        } else {
            len = gc_ice_message_success(bytes, transaction, &from[0], &wrong);
            if (i % 3 == 2) {
                gc_stun_message m;
                assert_int_equal(gc_stun_message_read(gc_span_of(bytes, len), &m), 0);
                uint8_t copy[GC_ICE_MESSAGE_BYTES_MAX];
                memcpy(copy, bytes, len);
                m.datagram.data = copy;
                m.transaction = copy + 8;
                len = gc_ice_message_refusal(bytes, &m, 400 + i % 100, &wrong);
            }
        }
        if (i % 7 == 0) {
            bytes[gc_drbg_below(&net.chance, len)] ^=
                (uint8_t)(1 + gc_drbg_below(&net.chance, 255));
        } else if (i % 7 == 1) {
            len = gc_drbg_below(&net.chance, len);
        }
        assert_int_not_equal(changes_nothing(&from[i & 1], gc_span_of(bytes, len)), 0);
    }
    network_run(&net, 60000);
    assert_int_equal(s->reason, 0);
    assert_int_equal(s->selections, 1);
}

/* An authentic check, cut everywhere and with each bit flipped. */
static void damaged(void **state) {
    (void)state;
    network_connect(&net, 7);
    uint8_t bytes[GC_ICE_MESSAGE_BYTES_MAX];
    const uint8_t transaction[12] = {9};
    const gc_addr from = net.sides[1].bases[0];
    const gc_ice_check check = {
        .priority = 1, .tie_breaker = 1, .use_candidate = true, .passenger = GC_SPAN("hello")};
    uint32_t len = gc_ice_message_check(bytes, transaction, &check,
                                        &net.sides[1].ice.generations.current.local,
                                        &net.sides[0].ice.generations.current.local);
    for (uint32_t cut = 0; cut < len; cut++) {
        assert_int_equal(changes_nothing(&from, gc_span_of(bytes, cut)), GC_E_SYNTAX);
    }
    for (uint32_t bit = 0; bit < 8 * len; bit++) {
        bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_not_equal(changes_nothing(&from, gc_span_of(bytes, len)), 0);
        bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    assert_int_equal(network_feed(&net, 0, 0, &from, gc_span_of(bytes, len)), 0);
}

/* The right answer to the right question under another address. */
static void an_answer_from_elsewhere(void **state) {
    (void)state;
    network_start(&net, 8, NETWORK_OPEN, NETWORK_OPEN);
    network_describe_both(&net);
    network_run(&net, 1010); /* checks have arrived, answers are on their way */
    const gc_ice_pair *p = &net.sides[0].ice.table.pairs[0];
    assert_int_equal(p->state, GC_ICE_PAIR_CHECKING);
    uint8_t bytes[GC_ICE_MESSAGE_BYTES_MAX], transaction[12];
    gc_ice_pairs_transaction(&net.sides[0].ice.table, 0, transaction);
    const gc_addr elsewhere = {.family = 4, .ip = {198, 51, 100, 1}, .port = 53};
    uint32_t len = gc_ice_message_success(bytes, transaction, &net.sides[0].bases[0],
                                          &net.sides[1].ice.generations.current.local);
    assert_int_equal(changes_nothing(&elsewhere, gc_span_of(bytes, len)), GC_E_REFUSED);
    const gc_addr other = {.family = 4, .ip = {10, 9, 9, 9}, .port = 6000};
    assert_int_equal(gc_ice_add_base(&net.sides[0].ice, net.now_ms, 1, &other), 0);
    network_drain(&net, 0);
    assert_int_equal(network_feed(&net, 0, 1, &net.sides[1].bases[0], gc_span_of(bytes, len)),
                     GC_E_REFUSED);
    assert_int_equal(p->state, GC_ICE_PAIR_CHECKING);
    network_run(&net, 1030);
    assert_int_equal(net.sides[0].selections, 1);
}

/* Authentic, but malformed or of the future: it is refused by name. */
static void refused_by_name(void **state) {
    (void)state;
    network_connect(&net, 9);
    const gc_addr from = net.sides[1].bases[0];
    const gc_ice_credentials *ours = gc_ice_local(&net.sides[0].ice);
    for (uint32_t i = 0; i < 3; i++) {
        uint8_t bytes[256], name[64];
        const uint8_t transaction[12] = {(uint8_t)i};
        gc_writer w, n;
        gc_writer_init(&n, name, sizeof name);
        gc_writer_span(&n, gc_ice_credentials_ufrag(ours));
        gc_writer_u8(&n, ':');
        gc_writer_span(&n, gc_ice_credentials_ufrag(gc_ice_local(&net.sides[1].ice)));
        gc_writer_init(&w, bytes, sizeof bytes);
        gc_stun_message_begin(&w, GC_STUN_REQUEST, GC_STUN_BINDING, transaction);
        gc_stun_message_put(&w, GC_STUN_USERNAME, gc_writer_done(&n));
        gc_stun_message_put_u64(&w, GC_STUN_ICE_CONTROLLED, 7);
        if (i != 0) {
            gc_stun_message_put_u32(&w, GC_STUN_PRIORITY, 7);
        }
        if (i == 1) {
            gc_stun_message_put(&w, 0x7001, GC_SPAN_NONE);
        }
        gc_stun_message_put(&w, 0xc057, GC_SPAN("network cost"));
        gc_integrity_put(&w, gc_ice_credentials_pwd(ours));
        gc_stun_message_put_fingerprint(&w);
        assert_int_equal(network_feed(&net, 0, 0, &from, gc_writer_done(&w)), 0);
        if (i < 2) {
            assert_int_equal(network_last_error(&net), i == 0 ? 400 : 420);
        }
    }
}

/* An answer that was not polled is not lost to the next datagram. */
static void outputs_are_not_drained(void **state) {
    (void)state;
    network_connect(&net, 12);
    gc_ice *ice = &net.sides[0].ice;
    const gc_addr from = net.sides[1].bases[0];
    const gc_ice_check check = {.priority = 1, .tie_breaker = 1};
    uint8_t bytes[GC_ICE_MESSAGE_BYTES_MAX];
    const uint8_t transaction[12] = {5};
    uint32_t len = gc_ice_message_check(bytes, transaction, &check,
                                        &net.sides[1].ice.generations.current.local,
                                        &ice->generations.current.local);
    gc_span datagram = gc_span_of(bytes, len);
    assert_int_equal(gc_ice_datagram(ice, net.now_ms, 0, &from, datagram), 0);
    assert_int_equal(gc_ice_datagram(ice, net.now_ms, 0, &from, datagram), GC_E_FULL);
    network_drain(&net, 0);
    assert_int_equal(gc_ice_datagram(ice, net.now_ms, 0, &from, datagram), 0);
}

static void arguments(void **state) {
    (void)state;
    network_start(&net, 10, NETWORK_OPEN, NETWORK_OPEN);
    gc_ice *ice = &net.sides[0].ice;
    const gc_span pwd = GC_SPAN("0123456789012345678901");
    assert_int_equal(gc_ice_remote(ice, 1000, GC_SPAN("abc"), pwd), GC_E_SYNTAX);
    assert_int_equal(gc_ice_remote(ice, 1000, GC_SPAN("ab:d"), pwd), GC_E_SYNTAX);
    assert_int_equal(gc_ice_remote(ice, 1000, GC_SPAN("abcd"), gc_span_of(pwd.data, 21)),
                     GC_E_SYNTAX);
    assert_int_equal(gc_ice_remote(ice, 1000, GC_SPAN("abcd"), pwd), 0);
    assert_int_equal(gc_ice_remote(ice, 1000, GC_SPAN("abcd"), pwd), 0);
    assert_int_equal(gc_ice_remote(ice, 1000, GC_SPAN("abce"), pwd), GC_E_STATE);
    gc_candidate c = {.named = true, .addr = {.port = 9}};
    assert_int_equal(gc_ice_add_candidate(ice, 1000, &c), GC_E_ARGUMENT);
    c = (gc_candidate){.addr = {.family = 4, .ip = {127, 0, 0, 1}, .port = 9}};
    assert_int_equal(gc_ice_add_candidate(ice, 1000, &c), GC_E_REFUSED);
    assert_int_equal(gc_ice_add_base(ice, 1000, 3, &c.addr), GC_E_REFUSED);
    ice->config.loopback = true;
    assert_int_equal(gc_ice_add_candidate(ice, 1000, &c), 0);
    assert_int_equal(gc_ice_add_base(ice, 1000, 3, &c.addr), 0);
    assert_int_equal(gc_ice_datagram(ice, 1000, 0, &c.addr, GC_SPAN("\0\1")), GC_E_SYNTAX);
}

/* A clock that steps back is taken for one that stands. */
static void time_steps_back(void **state) {
    (void)state;
    network_connect(&net, 11);
    const uint64_t deadline_ms = gc_ice_deadline(&net.sides[0].ice);
    gc_ice_tick(&net.sides[0].ice, 5000);
    gc_ice_tick(&net.sides[0].ice, 0);
    assert_int_equal(net.sides[0].ice.now_ms, 5000);
    assert_true(gc_ice_deadline(&net.sides[0].ice) >= deadline_ms);
    net.now_ms = 5000;
    network_drain(&net, 0);
    network_run(&net, 50000);
    assert_int_equal(net.sides[0].reason, 0);
}

/* A peer whose role changes with each check has a pair nominated again and again. Another link of
 * the handle looks for its way all the same, as fast as if it were alone. */
static void a_peer_that_changes_its_role_holds_nobody_up(void **state) {
    (void)state;
    static gc_ice other;
    network_connect(&net, 12);
    network_side *victim = &net.sides[0];
    const gc_ice_config config = {.drbg = &victim->drbg,
                                  .gate = victim->ice.config.gate,
                                  .controlling = true,
                                  .expires_ms = GC_NEVER};
    const gc_addr own = {.family = 4, .ip = {10, 0, 0, 2}, .port = 9};
    gc_ice_init(&other, net.now_ms, &config);
    assert_int_equal(gc_ice_add_base(&other, net.now_ms, 0, &own), 0);
    assert_int_equal(
        gc_ice_remote(&other, net.now_ms, GC_SPAN("abcd"), GC_SPAN("0123456789012345678901")), 0);
    for (uint8_t i = 0; i < GC_ICE_REMOTES_MAX; i++) {
        gc_candidate c = {.type = GC_CANDIDATE_HOST,
                          .priority = 1,
                          .addr = {.family = 4, .ip = {198, 51, 100, i}, .port = 53}};
        assert_int_equal(gc_ice_add_candidate(&other, net.now_ms, &c), 0);
    }
    uint32_t ours = 0, theirs = 0;
    for (uint32_t ms = 0; ms < GC_ICE_REMOTES_MAX * GC_ICE_GATE_FLOOR_MS; ms++, net.now_ms++) {
        for (uint32_t i = 0; i < 2; i++) {
            gc_ice_check check = {.priority = 1, .tie_breaker = i == 0 ? UINT64_MAX : 0};
            check.controlling = victim->ice.table.controlling;
            uint32_t before = net.sent;
            network_check_from(&net, &net.sides[1].bases[0], 0, &check);
            theirs += net.sent - before;
        }
        gc_ice_tick(&other, net.now_ms);
        for (gc_ice_output out; gc_ice_poll(&other, &out);) {
            ours += out.type == GC_ICE_SEND ? 1 : 0;
        }
    }
    assert_true(theirs > 2 * GC_ICE_REMOTES_MAX * GC_ICE_GATE_FLOOR_MS);
    assert_int_equal(ours, GC_ICE_REMOTES_MAX);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(new_checks_keep_their_pace),
        cmocka_unit_test(ten_thousand_candidates),
        cmocka_unit_test(a_full_table_hears),
        cmocka_unit_test(a_victim_sees_few),
        cmocka_unit_test(a_false_sender_gains_nothing),
        cmocka_unit_test(a_passenger_comes_with_its_check),
        cmocka_unit_test(spoofed),
        cmocka_unit_test(damaged),
        cmocka_unit_test(an_answer_from_elsewhere),
        cmocka_unit_test(refused_by_name),
        cmocka_unit_test(outputs_are_not_drained),
        cmocka_unit_test(arguments),
        cmocka_unit_test(time_steps_back),
        cmocka_unit_test(a_peer_that_changes_its_role_holds_nobody_up),
    };
    return RUN(tests);
}
