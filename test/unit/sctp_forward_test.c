#include "test/unit/sctp_pair.h"

#include "core/base/error.h"
#include "core/base/timers.h"

#define FIRST     0xfffffff0u /* TSNs wrap in each test */
#define STREAMS   64
#define RTO_MS    300
#define UNORDERED GC_SCTP_FLAG_UNORDERED

static gc_sctp_out out;
static gc_sctp_pool pool;
static gc_drbg drbg;
static void *memory;
static gc_sctp_forward f;
static uint8_t packet[4096];
static uint32_t told; /* the cumulative TSN of the chunk that was written last */
static gc_span skips;

static void place(gc_arena *a) {
    gc_sctp_pool_init(&pool, a, &drbg, 4096);
    gc_sctp_out_place(&out, &pool, a, STREAMS);
}

static void begin(bool interleaves) {
    uint8_t seed[32] = {1};
    gc_arena a;
    gc_drbg_init(&drbg, seed);
    NOUN_PLACE(memory, a, place(&a));
    gc_sctp_out_begin(&out, FIRST, 4096 * GC_SCTP_BLOCK_BYTES);
    if (interleaves) {
        gc_sctp_out_interleave(&out);
    }
    gc_sctp_forward_begin(&f, out.acked_tsn);
}

static void end(void) {
    gc_sctp_out_end(&out);
    free(memory);
}

/* Sends a message of one chunk, which may be sent so often; 0: for ever. */
static void send(uint16_t stream, uint8_t flags, uint16_t tries_max) {
    gc_sctp_data d = {.stream = stream, .flags = flags, .bytes = GC_SPAN("x")};
    gc_writer w;
    assert_int_equal(gc_sctp_out_put(&out, &d, &(gc_sctp_limit){.tries_max = tries_max}, 1), 0);
    gc_writer_init(&w, packet, sizeof packet);
    gc_sctp_out_send(&out, gc_sctp_out_next(&out, true), 1000, 0, &w);
}

static void lose(uint32_t i) {
    gc_sctp_out_lose(&out, *gc_sctp_tsns_at(&out.tsns, FIRST + i));
}

/* A SACK up to chunk i - 1, and of one chunk behind it. */
static void ack(uint32_t i, uint16_t there) {
    uint8_t gap[4] = {(uint8_t)(there >> 8), (uint8_t)there, (uint8_t)(there >> 8), (uint8_t)there};
    gc_sctp_sack s = {
        .cumulative = FIRST + i - 1, .gaps = there > 0 ? 1 : 0, .gap_bytes = gc_span_of(gap, 4)};
    gc_sctp_acked a = gc_sctp_out_ack(&out, &s);
    assert_false(a.violation || a.old);
}

static void step(void) {
    gc_sctp_out_give_up(&out, 1000);
    gc_sctp_forward_step(&f, &out);
}

/* Writes the chunk that is due, and returns how many chunks it covers beyond the first TSN. */
static uint32_t tell(uint64_t now_ms) {
    gc_writer w;
    gc_reader r;
    gc_sctp_chunk c;
    assert_true(gc_sctp_forward_due(&f));
    gc_writer_init(&w, packet, sizeof packet);
    gc_sctp_forward_write(&f, &out, &w, now_ms, RTO_MS);
    assert_true(!w.failed && w.at <= GC_SCTP_FORWARD_BYTES_MAX);
    assert_false(gc_sctp_forward_due(&f));
    gc_reader_init(&r, gc_writer_done(&w));
    assert_true(gc_sctp_chunk_next(&r, &c));
    assert_int_equal(c.type, out.interleaves ? GC_SCTP_I_FORWARD_TSN : GC_SCTP_FORWARD_TSN);
    assert_int_equal(gc_sctp_forward_read(&c, &told, &skips), 0);
    return told - FIRST + 1;
}

/* --- what is told ----------------------------------------------------------------------------- */

static void a_hole_of_a_message_that_was_given_up_is_told(void **state) {
    (void)state;
    begin(false);
    send(3, 0, 1);
    send(3, 0, 1);
    step();
    assert_false(gc_sctp_forward_due(&f));
    lose(0);
    step();
    assert_int_equal(tell(1000), 1);
    assert_span(skips, GC_SPAN("\x00\x03\x00\x00"));
    lose(1);
    step();
    assert_int_equal(tell(1000), 2);
    assert_span(skips, GC_SPAN("\x00\x03\x00\x01"));
    assert_true(gc_sctp_forward_awaits(&f));
    ack(2, 0);
    step();
    assert_false(gc_sctp_forward_due(&f) || gc_sctp_forward_awaits(&f));
    assert_true(gc_sctp_out_is_empty(&out));
    end();
}

/* A peer throws away what it holds below the new cumulative TSN. */
static void nothing_that_waits_for_others_is_passed(void **state) {
    (void)state;
    begin(false);
    send(0, 0, 1);
    send(0, 0, 1);
    send(0, 0, 1);
    ack(0, 2); /* the second, which waits for the first one */
    lose(0);
    lose(2);
    step();
    assert_int_equal(tell(1000), 1);
    ack(2, 0);
    step();
    assert_int_equal(tell(1000), 3);
    end();
}

static void messages_that_were_delivered_are_passed(void **state) {
    (void)state;
    for (uint32_t interleaves = 0; interleaves < 2; interleaves++) {
        begin(interleaves != 0);
        send(1, UNORDERED, 1);
        send(1, UNORDERED, 1);
        send(1, UNORDERED, 1);
        send(1, UNORDERED, 0);
        ack(0, 2);
        step();
        assert_false(gc_sctp_forward_due(&f)); /* the first may still come */
        lose(0);
        lose(2);
        lose(3);
        step();
        assert_int_equal(tell(1000), 3);
        assert_span(skips,
                    interleaves != 0 ? GC_SPAN("\x00\x01\x00\x01\x00\x00\x00\x02") : GC_SPAN(""));
        end();
    }
}

/* Ordered messages of another stream, which miss nothing, are passed; those that wait are not. */
static void a_stream_that_misses_nothing_is_passed(void **state) {
    (void)state;
    begin(false);
    send(1, 0, 1);
    send(2, 0, 0);
    send(1, 0, 1);
    send(2, 0, 0);
    ack(0, 2);
    lose(0);
    lose(2);
    step();
    assert_int_equal(tell(1000), 3);
    assert_span(skips, GC_SPAN("\x00\x01\x00\x01"));
    end();
}

static void each_stream_is_named_once(void **state) {
    (void)state;
    for (uint32_t interleaves = 0; interleaves < 2; interleaves++) {
        begin(interleaves != 0);
        send(5, 0, 1);
        send(6, 0, 1);
        send(5, 0, 1);
        send(5, UNORDERED, 1);
        for (uint32_t i = 0; i < 4; i++) {
            lose(i);
        }
        step();
        assert_int_equal(tell(1000), 4);
        if (interleaves != 0) {
            assert_span(skips, GC_SPAN("\x00\x05\x00\x00\x00\x00\x00\x01"
                                       "\x00\x06\x00\x00\x00\x00\x00\x00"
                                       "\x00\x05\x00\x01\x00\x00\x00\x00"));
        } else {
            assert_span(skips, GC_SPAN("\x00\x05\x00\x01\x00\x06\x00\x00"));
        }
        end();
    }
}

static void it_is_told_again_until_it_is_answered(void **state) {
    (void)state;
    static const uint32_t pauses_ms[] = {300, 600, 1200, 2400, 4000, 4000};
    uint64_t now_ms = 1000;
    begin(false);
    send(0, 0, 1);
    send(0, 0, 1);
    assert_int_equal(gc_sctp_forward_deadline(&f), GC_NEVER);
    lose(0);
    step();
    for (uint32_t i = 0; i < 6; i++) {
        assert_int_equal(tell(now_ms), 1);
        assert_int_equal(gc_sctp_forward_deadline(&f), now_ms + pauses_ms[i]);
        now_ms += pauses_ms[i];
        gc_sctp_forward_tick(&f, now_ms - 1);
        step();
        assert_false(gc_sctp_forward_due(&f));
        gc_sctp_forward_tick(&f, now_ms);
    }
    lose(1); /* news are told at once, and begin anew */
    step();
    assert_int_equal(tell(now_ms), 2);
    assert_int_equal(gc_sctp_forward_deadline(&f), now_ms + RTO_MS);
    ack(2, 0);
    step();
    assert_int_equal(gc_sctp_forward_deadline(&f), GC_NEVER);
    end();
}

static void the_chunk_has_bounds_and_the_rest_follows(void **state) {
    (void)state;
    begin(true);
    for (uint32_t i = 0; i < STREAMS; i++) {
        send((uint16_t)i, 0, 1);
    }
    gc_sctp_out_lose_all(&out, UINT64_MAX);
    step();
    for (uint32_t i = 0; i < 2; i++) {
        assert_int_equal(tell(1000), (i + 1) * GC_SCTP_FORWARD_SKIPS_MAX);
        assert_int_equal(skips.len, 8 * GC_SCTP_FORWARD_SKIPS_MAX);
        step();
        assert_false(gc_sctp_forward_due(&f)); /* before the answer */
        ack((i + 1) * GC_SCTP_FORWARD_SKIPS_MAX, 0);
        step();
    }
    assert_false(gc_sctp_forward_due(&f));
    end();
    begin(false);
    for (uint32_t i = 0; i < GC_SCTP_FORWARD_TSNS_MAX + 10; i++) {
        send(0, 0, 1);
    }
    gc_sctp_out_lose_all(&out, UINT64_MAX);
    step();
    assert_int_equal(tell(1000), GC_SCTP_FORWARD_TSNS_MAX);
    ack(GC_SCTP_FORWARD_TSNS_MAX, 0);
    step();
    assert_int_equal(tell(1000), GC_SCTP_FORWARD_TSNS_MAX + 10);
    end();
}

/* --- whole associations ----------------------------------------------------------------------- */

static sctp_pair pair;

static void begin_pair(uint64_t seed, bool interleaves) {
    gc_sctp_config config = PAIR_CONFIG;
    config.interleaves = interleaves;
    pair_begin(&pair, seed, &config);
}

/* Streams: 0 reliable and ordered, 1 reliable and unordered, 2 and 3 sent once, 4 for 60 ms. */
static void talk(uint32_t messages) {
    pair.tries_max[2] = pair.tries_max[3] = 1;
    pair.lifetime_ms[4] = 60;
    for (uint32_t i = 0; i < messages; i++) {
        for (uint16_t stream = 0; stream < 5; stream++) {
            bool unordered = stream == 1 || stream == 3;
            pair_send(&pair, i % 2, stream, unordered, i % 7 == 0 ? 5000 : 50);
        }
        pair_run(&pair, 10);
    }
}

static void expect_quiet(void) {
    for (uint32_t i = 0; i < 2; i++) {
        assert_true(gc_sctp_out_is_empty(&pair.side[i].s.out));
        assert_int_equal(pair.side[i].pool.used, 0);
        assert_int_equal(pair.side[i].down, 0);
        assert_int_equal(gc_sctp_deadline(&pair.side[i].s), GC_NEVER);
    }
}

static void on_a_lossy_path_what_is_reliable_comes_whole(void **state) {
    (void)state;
    uint32_t given_up = 0;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        begin_pair(seed, seed % 2 == 0);
        pair.jitter_ms = 5;
        pair_connect(&pair);
        pair.loss_per_mille = 100 + 10 * (uint32_t)seed;
        talk(200);
        pair_run(&pair, 20000);
        for (uint32_t i = 0; i < 2; i++) {
            const sctp_side *from = &pair.side[i], *to = &pair.side[1 - i];
            for (uint32_t stream = 0; stream < 5; stream++) {
                if (stream < 2) {
                    assert_int_equal(to->came_on[stream], from->sent[stream]);
                } else {
                    assert_in_range(to->came_on[stream], stream == 4 ? 0 : from->sent[stream] / 3,
                                    from->sent[stream]);
                    given_up += from->sent[stream] - to->came_on[stream];
                }
            }
        }
        expect_quiet();
        pair_end(&pair);
    }
    assert_true(given_up > 1000);
}

/* The one transmission is lost; neither a probe nor a timeout repeats it. */
static void what_is_sent_once_is_sent_once(void **state) {
    (void)state;
    for (uint32_t interleaves = 0; interleaves < 2; interleaves++) {
        begin_pair(1, interleaves != 0);
        pair_connect(&pair);
        pair.tries_max[2] = 1;
        pair.dark = true;
        assert_int_equal(pair_send(&pair, 0, 2, false, 20), 0);
        pair_drain(&pair);
        pair.dark = false;
        pair_run(&pair, 3000);
        assert_int_equal(pair.side[1].came, 0);
        expect_quiet();
        assert_int_equal(pair_send(&pair, 0, 2, false, 20), 0);
        pair_run(&pair, 100);
        assert_int_equal(pair.side[1].came, 1);
        pair_end(&pair);
    }
}

/* A message of 220 chunks is in the middle of its way when its time is up. */
static void a_long_message_that_is_late_makes_room(void **state) {
    (void)state;
    for (uint32_t interleaves = 0; interleaves < 2; interleaves++) {
        begin_pair(1, interleaves != 0);
        pair.rate_bytes_per_ms = 500;
        pair.queue_ms = 1000;
        pair_connect(&pair);
        pair.lifetime_ms[2] = 200;
        assert_int_equal(pair_send(&pair, 0, 2, false, GC_SCTP_MESSAGE_BYTES_MAX), 0);
        pair_run(&pair, 100);
        assert_true(pair.side[1].pool.used > 0);
        assert_int_equal(pair_send(&pair, 0, 0, false, 20), 0);
        assert_int_equal(pair_send(&pair, 0, 2, false, 20), 0);
        pair_run(&pair, 1000);
        assert_int_equal(pair.side[1].came, 2);
        assert_in_range(pair.side[0].packets, 50, 200);
        pair_run(&pair, 5000);
        expect_quiet();
        pair_end(&pair);
    }
}

/* RFC 3758 3.3.1: what the peer does not know is not sent to it. */
static void a_peer_that_takes_none_gets_everything(void **state) {
    (void)state;
    begin_pair(1, false);
    pair.side[1].s.opening.own.forward_tsn = false;
    pair_connect(&pair);
    assert_false(gc_sctp_state_gives_up(&pair.side[0].s));
    pair.tries_max[2] = 1;
    pair.lifetime_ms[4] = 1;
    pair.loss_per_mille = 300;
    for (uint32_t i = 0; i < 50; i++) {
        pair_send(&pair, 0, 2, false, 2000);
        pair_send(&pair, 0, 4, false, 2000);
    }
    assert_true(pair_finish(&pair, 60000));
    pair_end(&pair);
}

static void a_peer_that_never_acknowledges_it_ends_by_its_name(void **state) {
    (void)state;
    begin_pair(1, false);
    pair_connect(&pair);
    pair.tries_max[2] = 1;
    pair.dark = true;
    pair_send(&pair, 0, 2, false, 20);
    pair.side[0].packets = 0;
    pair_run(&pair, GC_SCTP_STALL_MS + 1);
    assert_int_equal(pair.side[0].down, GC_SCTP_UNREACHABLE);
    assert_in_range(pair.side[0].packets, 10, 25);
    pair_end(&pair);
}

static void an_end_waits_for_the_answer(void **state) {
    (void)state;
    begin_pair(1, false);
    pair_connect(&pair);
    pair.tries_max[2] = 1;
    pair.dark = true;
    pair_send(&pair, 0, 2, false, 20);
    pair_drain(&pair);
    pair.dark = false;
    gc_sctp_close(&pair.side[0].s, pair.now_ms);
    pair_run(&pair, 2000);
    assert_int_equal(pair.side[0].down, GC_SCTP_CLOSED);
    assert_int_equal(pair.side[1].down, GC_SCTP_CLOSED);
    pair_end(&pair);
}

/* Acknowledges one chunk behind the hole after the other, so that each is told of anew. */
static void a_peer_that_takes_one_by_one_costs_little(void **state) {
    (void)state;
    begin_pair(1, false);
    pair_connect(&pair);
    pair.tries_max[2] = 1;
    pair.dark = true;
    for (uint32_t i = 0; i < 800; i++) {
        assert_int_equal(pair_send(&pair, 0, 2, false, 20), 0);
    }
    pair_run(&pair, 5000);
    gc_sctp *s = &pair.side[0].s;
    uint32_t first = s->out.acked_tsn, point = s->forward.point;
    assert_true(point - first > 100);
    pair.side[0].packets = 0;
    for (uint32_t i = 1; i <= 100; i++) {
        pair_forged forged;
        pair_forge(&pair, 0, pair_tag(&pair, 0), &forged);
        gc_sctp_sack_write(&forged.w, first + i, 100000, NULL, 0, NULL, 0);
        pair_give(&pair, 0, &forged);
        assert_int_equal(s->out.acked_tsn, first + i);
    }
    assert_in_range(pair.side[0].packets, 0, 120);
    pair_end(&pair);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hole_of_a_message_that_was_given_up_is_told),
        cmocka_unit_test(nothing_that_waits_for_others_is_passed),
        cmocka_unit_test(messages_that_were_delivered_are_passed),
        cmocka_unit_test(a_stream_that_misses_nothing_is_passed),
        cmocka_unit_test(each_stream_is_named_once),
        cmocka_unit_test(it_is_told_again_until_it_is_answered),
        cmocka_unit_test(the_chunk_has_bounds_and_the_rest_follows),
        cmocka_unit_test(on_a_lossy_path_what_is_reliable_comes_whole),
        cmocka_unit_test(what_is_sent_once_is_sent_once),
        cmocka_unit_test(a_long_message_that_is_late_makes_room),
        cmocka_unit_test(a_peer_that_takes_none_gets_everything),
        cmocka_unit_test(a_peer_that_never_acknowledges_it_ends_by_its_name),
        cmocka_unit_test(an_end_waits_for_the_answer),
        cmocka_unit_test(a_peer_that_takes_one_by_one_costs_little),
    };
    return RUN(tests);
}
