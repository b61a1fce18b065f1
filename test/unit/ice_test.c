#include "rtc/ice.h"
#include "core/base/error.h"
#include "rtc/integrity.h"
#include "test/unit/ice_network.h"
#include "test/unit/unit.h"

static network net;
static const bool OFFERER_CONTROLS[2] = {true, false};
static const network_nat BOTH_OPEN[2] = {NETWORK_OPEN, NETWORK_OPEN};

static void start(uint8_t seed, network_nat a, network_nat b) {
    network_init(&net, seed, OFFERER_CONTROLS, (const network_nat[2]){a, b});
}

static void describe_both(void) {
    network_describe(&net, 0);
    network_describe(&net, 1);
}

static uint32_t checks_to(const gc_addr *to, uint64_t from_ms, uint64_t until_ms) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < net.sent; i++) {
        count += net.sent_ms[i] >= from_ms && net.sent_ms[i] < until_ms &&
                 gc_candidate_same_addr(&net.sent_to[i], to);
    }
    return count;
}

/* --- connecting --------------------------------------------------------------------------------
 */

static void both_open(void **state) {
    (void)state;
    start(1, NETWORK_OPEN, NETWORK_OPEN);
    network_drain(&net, 0);
    network_drain(&net, 1);
    describe_both();
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
    start(2, NETWORK_OPEN, NETWORK_OPEN);
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
    start(3, NETWORK_OPEN, NETWORK_OPEN);
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
            start(4, side == 0 ? nats[i] : NETWORK_OPEN, side == 1 ? nats[i] : NETWORK_OPEN);
            describe_both();
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
    start(5, NETWORK_NAT, NETWORK_NAT);
    describe_both();
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
        start(5, NETWORK_NAT, NETWORK_NAT);
        net.dead = answers ? (gc_addr){0} : server;
        for (uint32_t i = 0; i < 2; i++) {
            assert_int_equal(gc_ice_add_server(&net.sides[i].ice, net.now_ms, &server), 0);
        }
        describe_both();
        network_run(&net, 20000);
        for (uint32_t i = 0; i < 2; i++) {
            assert_int_equal(net.sides[i].candidates, 1 + answers);
            assert_int_equal(net.sides[i].reason, answers ? 0 : GC_REASON_ICE_FAILED);
            assert_int_equal(net.sides[i].path, answers ? GC_PATH_SRFLX : GC_PATH_UNKNOWN);
            assert_true(!answers || net.sides[i].first_selected_ms < 1700);
        }
        if (!answers) { /* 7 questions, the last after 31.5 s: the link ended before */
            assert_int_equal(checks_to(&server, 0, UINT64_MAX), 2 * 5);
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
        start((uint8_t)(i / 9), a, b);
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
    start(5, NETWORK_OPEN, NETWORK_OPEN);
    assert_int_equal(gc_ice_add_server(&net.sides[0].ice, net.now_ms, &server), 0);
    assert_int_equal(gc_ice_add_server(&net.sides[0].ice, net.now_ms, &server), GC_E_REFUSED);
    network_run(&net, 5000);
    assert_int_equal(net.sides[0].candidates, 1);
    assert_int_equal(checks_to(&server, 0, UINT64_MAX), 1);
    gc_ice_drop_base(&net.sides[0].ice, net.now_ms, 0);
    net.sides[0].bases[0].port = 77; /* another address: everything again */
    assert_int_equal(gc_ice_add_base(&net.sides[0].ice, net.now_ms, 0, &net.sides[0].bases[0]), 0);
    network_run(&net, 9000);
    assert_int_equal(net.sides[0].candidates, 2);
    assert_int_equal(checks_to(&server, 0, UINT64_MAX), 2);
}

/* The peer told no address, and none was heard. */
static void no_candidates(void **state) {
    (void)state;
    start(6, NETWORK_SILENT, NETWORK_SILENT);
    net.signaling = false;
    describe_both();
    network_run(&net, 60000);
    assert_int_equal(net.sides[0].reason, GC_REASON_TIMEOUT);
    assert_int_equal(net.sent, 0);
    const gc_addr from = net.sides[1].bases[0];
    assert_int_equal(network_feed(&net, 0, 0, &from, GC_SPAN("x")), GC_E_CLOSED);
}

/* A candidate of one side is enough: the other is heard. */
static void one_side_is_hidden(void **state) {
    (void)state;
    start(7, NETWORK_OPEN, NETWORK_OPEN);
    net.signaling = false;
    describe_both();
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
        describe_both();
        network_run(&net, 9000);
        const gc_ice *a = &net.sides[0].ice, *b = &net.sides[1].ice;
        assert_true(a->table.controlling != b->table.controlling);
        assert_true(a->table.pairs[a->choice.pair].nominated);
        assert_true(b->table.pairs[b->choice.pair].nominated);
    }
}

/* A check of side 1 with this role and tie-breaker comes from `from`. */
static int check_from(const gc_addr *from, uint32_t base, const gc_ice_check *check) {
    static uint8_t number;
    uint8_t bytes[GC_ICE_MESSAGE_BYTES_MAX];
    const uint8_t transaction[12] = {0xcc, ++number};
    uint32_t len =
        gc_ice_message_check(bytes, transaction, check, &net.sides[1].ice.generations.current.local,
                             &net.sides[0].ice.generations.current.local);
    return network_feed(&net, 0, base, from, gc_span_of(bytes, len));
}

/* Takes the last thing that is under way, which must be an error. */
static uint32_t last_error(void) {
    gc_stun_message m;
    uint32_t code;
    assert_true(net.queued > 0);
    const network_datagram *d = &net.queue[net.queued - 1];
    assert_int_equal(gc_stun_message_read(gc_span_of(d->bytes, d->len), &m), 0);
    assert_int_equal(gc_stun_message_error(&m, &code), 0);
    return code;
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
        assert_int_equal(check_from(&from, 0, &check), 0);
        assert_true(net.sides[0].ice.table.controlling == !larger);
        if (controlling != larger) {
            assert_int_equal(last_error(), 487);
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
        start(2, NETWORK_OPEN, NETWORK_OPEN);
        network_run(&net, 1001);
        network_describe(&net, 0);
        gc_ice *ice = &net.sides[0].ice;
        uint64_t tie_breaker = ice->tie_breaker;
        uint32_t sent = net.sent;
        if (late) {
            const gc_addr from = {.family = 4, .ip = {10, 0, 9, 9}, .port = 1};
            const gc_ice_check check = {
                .controlling = true, .tie_breaker = UINT64_MAX, .priority = 1};
            assert_int_equal(check_from(&from, 0, &check), 0);
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
        start((uint8_t)i, i % 2 == 0 ? NETWORK_OPEN : NETWORK_NAT, NETWORK_OPEN);
        net.delay_ms = 50;
        net.jitter_ms = 100;
        net.loss_percent = 30;
        describe_both();
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
        start(9, NETWORK_NAT, NETWORK_OPEN);
        net.loss_percent = 20;
        describe_both();
        network_run(&net, 60000);
        if (again == 0) {
            first = net;
        }
    }
    assert_int_equal(first.sent, net.sent);
    assert_memory_equal(first.sent_ms, net.sent_ms, sizeof net.sent_ms);
    assert_memory_equal(first.sent_to, net.sent_to, sizeof net.sent_to);
}

/* --- afterwards --------------------------------------------------------------------------------
 */

static void connect_two(uint8_t seed) {
    start(seed, NETWORK_OPEN, NETWORK_OPEN);
    describe_both();
    network_run(&net, 2000);
    assert_int_equal(net.sides[0].selections, 1);
    assert_int_equal(net.sides[1].selections, 1);
}

static void consent_is_asked_for(void **state) {
    (void)state;
    connect_two(1);
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
    connect_two(2);
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
        connect_two(seed);
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
    start(4, NETWORK_OPEN, NETWORK_OPEN);
    const gc_candidate silent = {.type = GC_CANDIDATE_HOST,
                                 .addr = {.family = 4, .ip = {10, 3, 3, 3}, .port = 1},
                                 .priority = UINT32_MAX};
    for (uint32_t i = 0; i < 2; i++) {
        assert_int_equal(gc_ice_add_candidate(&net.sides[i].ice, net.now_ms, &silent), 0);
    }
    describe_both();
    network_run(&net, 30000);
    assert_int_equal(net.sides[0].selections, 1);
    assert_int_equal(checks_to(&silent.addr, 0, UINT64_MAX), 2);
}

/* The controlling side nominates one pair, and later another that works as well. */
static void the_peer_changes_its_mind(void **state) {
    (void)state;
    network_init(&net, 4, (const bool[2]){false, true}, BOTH_OPEN);
    network_side *s = &net.sides[0];
    s->bases[1] = (gc_addr){.family = 4, .ip = {10, 9, 9, 9}, .port = 6000};
    assert_int_equal(gc_ice_add_base(&s->ice, net.now_ms, 1, &s->bases[1]), 0);
    describe_both();
    network_run(&net, 3000);
    const gc_addr from = net.sides[1].bases[0];
    for (uint32_t i = 0; i < 4; i++) {
        uint32_t base = 1 - s->ice.table.pairs[s->ice.choice.pair].base;
        const gc_ice_check check = {.controlling = true,
                                    .tie_breaker = net.sides[1].ice.tie_breaker,
                                    .priority = 1,
                                    .use_candidate = true};
        assert_int_equal(check_from(&from, base, &check), 0);
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
        start(seed, NETWORK_OPEN, NETWORK_OPEN);
        network_side *a = &net.sides[0];
        a->bases[1] = (gc_addr){.family = 4, .ip = {10, 9, 9, 9}, .port = 6000};
        assert_int_equal(gc_ice_add_base(&a->ice, net.now_ms, 1, &a->bases[1]), 0);
        describe_both();
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
        start(9, NETWORK_OPEN, NETWORK_OPEN);
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
    start(6, NETWORK_OPEN, NETWORK_OPEN);
    network_side *s = &net.sides[0], *other = &net.sides[1];
    const gc_ice_config config = {.drbg = &s->drbg,
                                  .gate = &s->gate,
                                  .controlling = true,
                                  .relay_only = true,
                                  .expires_ms = net.now_ms + 15000};
    gc_ice_init(&s->ice, net.now_ms, &config);
    assert_int_equal(gc_ice_add_base(&s->ice, net.now_ms, 0, &s->bases[0]), 0);
    assert_int_equal(gc_ice_add_server(&s->ice, net.now_ms, &server), 0);
    describe_both();
    network_run(&net, 2000);
    assert_int_equal(s->candidates, 0);
    assert_int_equal(net.sent, 0); /* to the candidate of the other side, above all */
    const gc_candidate guessed = {.addr = s->bases[0], .priority = 1};
    assert_int_equal(gc_ice_add_candidate(&other->ice, net.now_ms, &guessed), 0);
    network_drain(&net, 1);
    network_run(&net, 4000);
    assert_true(net.sent > 0);
    assert_int_equal(checks_to(&s->bases[0], 0, UINT64_MAX), net.sent); /* no answer */
    s->bases[1] = (gc_addr){.family = 4, .ip = {203, 0, 113, 50}, .port = 50000};
    assert_int_equal(gc_ice_add_relay(&s->ice, net.now_ms, 1, &s->bases[1]), 0);
    network_run(&net, 8000);
    assert_int_equal(s->candidates, 1);
    assert_int_equal(s->path, GC_PATH_RELAY);
    assert_int_equal(other->path, GC_PATH_RELAY);
    assert_memory_equal(&other->selected, &s->bases[1], sizeof(gc_addr));
    assert_true(s->ice.table.pairs[s->ice.choice.pair].nominated);
    assert_int_equal(checks_to(&server, 0, UINT64_MAX), 0);
}

/* A direct way that works as soon is used, and a relay carries the link where none does. */
static void a_relay_beside_a_socket(void **state) {
    (void)state;
    for (uint32_t direct = 0; direct < 2; direct++) {
        start(8, NETWORK_OPEN, NETWORK_OPEN);
        network_side *s = &net.sides[0];
        s->bases[1] = (gc_addr){.family = 4, .ip = {203, 0, 113, 50}, .port = 50000};
        assert_int_equal(gc_ice_add_relay(&s->ice, net.now_ms, 1, &s->bases[1]), 0);
        if (!direct) {
            net.dead = s->bases[0];
        }
        describe_both();
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
        connect_two(5);
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
        connect_two(7);
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
    connect_two(8);
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
    connect_two(9);
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
    connect_two(10);
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

/* --- what goes out -----------------------------------------------------------------------------
 */

static void new_checks_keep_their_pace(void **state) {
    (void)state;
    static const uint32_t paces[] = {GC_ICE_PACE_MS, 5, 20}; /* the first is not proposed */
    for (uint32_t k = 0; k < 3; k++) {
        start(1, NETWORK_SILENT, NETWORK_SILENT);
        network_side *s = &net.sides[0];
        for (uint8_t i = 1; i < GC_ICE_BASES_MAX; i++) {
            s->bases[i] = (gc_addr){.family = 4, .ip = {10, 0, 0, (uint8_t)(10 + i)}, .port = 1};
            assert_int_equal(gc_ice_add_base(&s->ice, net.now_ms, i, &s->bases[i]), 0);
        }
        gc_ice_pace(&s->ice, k == 0 ? 0 : paces[k]);
        network_describe(&net, 0);
        network_run(&net, 1000 + 8 * paces[k]);
        assert_int_equal(checks_to(&net.sides[1].bases[0], 0, UINT64_MAX), GC_ICE_BASES_MAX);
        for (uint32_t i = 0; i < GC_ICE_BASES_MAX; i++) {
            assert_int_equal(net.sent_ms[i], 1000 + i * paces[k]);
        }
    }
}

static void ten_thousand_candidates(void **state) {
    (void)state;
    start(2, NETWORK_OPEN, NETWORK_OPEN);
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
    start(3, NETWORK_OPEN, NETWORK_OPEN);
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
    describe_both();
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
    start(4, NETWORK_OPEN, NETWORK_OPEN);
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
    uint32_t all = checks_to(&victim, 0, UINT64_MAX);
    assert_true(all >= fed);                                       /* one answer for each */
    assert_true(all - fed <= 10 + 3 * 1000 / GC_ICE_GATE_COST_MS); /* and few checks */
}

/* --- what is not authentic ---------------------------------------------------------------------
 */

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
    connect_two(6);
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
    connect_two(6);
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
    connect_two(7);
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
    start(8, NETWORK_OPEN, NETWORK_OPEN);
    describe_both();
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
    connect_two(9);
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
            assert_int_equal(last_error(), i == 0 ? 400 : 420);
        }
    }
}

/* An answer that was not polled is not lost to the next datagram. */
static void outputs_are_not_drained(void **state) {
    (void)state;
    connect_two(12);
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
    start(10, NETWORK_OPEN, NETWORK_OPEN);
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
    connect_two(11);
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
    };
    return RUN(tests);
}
