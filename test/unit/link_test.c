/* core/proto/link.c */
#include "core/proto/link.h"
#include "core/base/reason.h"
#include "core/base/timers.h"
#include "test/unit/unit.h"

static gc_link_store store;
static const uint8_t dial[GC_DIAL_BYTES] = "a dial, 16 bytes";

static gc_link fresh(void) {
    memset(&store, 0xa5, sizeof store);
    return (gc_link){.store = &store};
}

static gc_link open_at(uint64_t now) {
    gc_link l = fresh();
    gc_link_begin(&l, GC_LINK_STEP_ANSWERING, 3, dial, now);
    gc_link_describe(&l);
    gc_link_open(&l, now);
    return l;
}

static gc_link started_at(uint64_t now) {
    gc_link l = open_at(now);
    gc_link_start(&l);
    return l;
}

static void numbers_carry_a_generation(void **state) {
    gc_link l = fresh();
    uint32_t seen[3];
    (void)state;
    for (int i = 0; i < 3; i++) {
        gc_link_begin(&l, GC_LINK_STEP_OFFERING, 0, dial, 0);
        seen[i] = gc_link_number(&l, 7);
        assert_int_equal(gc_link_slot(seen[i]), 7);
        assert_memory_equal(l.dial, dial, sizeof dial);
        gc_link_end(&l);
        assert_int_equal(l.step, GC_LINK_STEP_FREE);
        assert_ptr_equal(l.store, &store);
    }
    assert_int_not_equal(seen[0], seen[1]);
    assert_int_not_equal(seen[1], seen[2]);
    /* The last generation is left out: with slot 255 it would be "no link". */
    l.generation = (1u << 24) - 2;
    gc_link_begin(&l, GC_LINK_STEP_OFFERING, 0, dial, 0);
    gc_link_end(&l);
    assert_int_equal(l.generation, 0);
}

static void setting_up_has_a_deadline(void **state) {
    gc_link l = fresh();
    (void)state;
    assert_int_equal(gc_link_deadline(&l), GC_NEVER);
    gc_link_begin(&l, GC_LINK_STEP_OFFERING, 0, dial, 500);
    assert_int_equal(gc_link_deadline(&l), 500 + GC_LINK_OPEN_MS);
    assert_true(gc_link_tick(&l, 500 + GC_LINK_OPEN_MS - 1));
    assert_false(gc_link_tick(&l, 500 + GC_LINK_OPEN_MS));
}

static void it_says_what_lacked_when_no_way_was_found(void **state) {
    static const struct {
        uint32_t ours, theirs, trouble;
    } rows[] = {{0, 0, GC_REASON_NO_ADDRESS},
                {0, 2, GC_REASON_NO_ADDRESS},
                {1, 0, GC_REASON_PEER_NO_ADDRESS},
                {1, 2, GC_REASON_NONE}};
    (void)state;
    for (uint32_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        gc_link l = fresh();
        gc_link_begin(&l, GC_LINK_STEP_OFFERING, 0, dial, 0);
        (void)gc_link_count(&l, GC_LINK_SIDE_LOCAL, rows[i].ours);
        (void)gc_link_count(&l, GC_LINK_SIDE_REMOTE, rows[i].theirs);
        assert_int_equal(gc_link_trouble(&l, GC_REASON_ICE_FAILED, true), GC_REASON_ICE_FAILED);
        gc_link_describe(&l);
        for (uint32_t reason = 0; reason < GC_REASON_COUNT; reason++) {
            bool silent = reason == GC_REASON_TIMEOUT; /* no answer has come */
            assert_int_equal(gc_link_trouble(&l, reason, true), silent ? GC_REASON_ABSENT : reason);
            assert_int_equal(gc_link_trouble(&l, reason, false), reason);
        }
        gc_link_accept(&l, 0);
        for (uint32_t reason = 0; reason < GC_REASON_COUNT; reason++) {
            bool way = reason != GC_REASON_TIMEOUT && reason != GC_REASON_ICE_FAILED;
            uint32_t trouble = way || rows[i].trouble == 0 ? reason : rows[i].trouble;
            assert_int_equal(gc_link_trouble(&l, reason, true), trouble);
            assert_int_equal(gc_link_trouble(&l, reason, false), trouble);
        }
    }
}

static void an_open_link_needs_its_start(void **state) {
    gc_link l = open_at(1000);
    (void)state;
    assert_true(l.start_due);
    for (uint64_t now = 1000; now < 1000 + GC_LINK_OPEN_MS; now += 1000) {
        gc_link_heard(&l, now);
        assert_true(gc_link_tick(&l, now));
    }
    assert_int_equal(gc_link_deadline(&l), 1000 + GC_LINK_OPEN_MS);
    gc_link started = l;
    gc_link_start(&started);
    assert_true(gc_link_tick(&started, 1000 + GC_LINK_OPEN_MS));
    assert_false(gc_link_tick(&l, 1000 + GC_LINK_OPEN_MS));
}

static void silence_is_asked_and_then_believed(void **state) {
    gc_link l = started_at(0);
    int pings = 0;
    uint64_t now = 0;
    (void)state;
    for (;;) {
        uint64_t at = gc_link_deadline(&l);
        assert_true(at > now);
        now = at;
        if (!gc_link_tick(&l, now)) {
            break;
        }
        assert_true(l.ping_due);
        l.ping_due = false;
        pings++;
    }
    assert_int_equal(now, GC_LINK_SILENT_MS);
    assert_int_equal(pings, 1);
}

/* Two ends with clocks and wires of any kind: what an idle link carries in a minute. Each PING and
 * each PONG is a packet, and one more acknowledges it (SCTP); SCTP itself asks every 30 s and is
 * answered, from both ends. */
static void an_idle_link_carries_little(void **state) {
    (void)state;
    for (uint64_t way_ms = 0; way_ms <= 400; way_ms += 20) {
        gc_link ends[2];
        uint64_t arrive[2] = {UINT64_MAX, UINT64_MAX};
        bool answers[2] = {false, false};
        uint32_t frames = 0;
        for (uint32_t i = 0; i < 2; i++) {
            ends[i] = started_at(0);
            ends[i].offered = i == 0;
        }
        for (uint64_t now = 1; now <= 10 * 60000; now++) {
            for (uint32_t i = 0; i < 2; i++) {
                gc_frame f;
                if (arrive[i] == now) {
                    gc_link_heard(&ends[i], now);
                    if (answers[i]) {
                        gc_link_asked(&ends[i], 1);
                    }
                }
                if (now >= gc_link_deadline(&ends[i])) {
                    assert_true(gc_link_tick(&ends[i], now));
                }
                while (gc_link_next(&ends[i], &f)) {
                    frames++;
                    assert_true(arrive[1 - i] <= now || arrive[1 - i] == UINT64_MAX);
                    arrive[1 - i] = now + 1 + way_ms;
                    answers[1 - i] = f.type == GC_FRAME_PING;
                }
            }
        }
        assert_true(2 * frames / 10 + 8 <= 30);
    }
}

static void any_frame_ends_the_silence(void **state) {
    gc_link l = started_at(0);
    (void)state;
    for (uint64_t now = 0; now < 600000; now += 24000) {
        assert_true(gc_link_tick(&l, now));
        gc_link_heard(&l, now + 1);
    }
    assert_int_equal(gc_link_deadline(&l), l.heard_ms + GC_LINK_PING_LATER_MS);
}

/* The machine slept for an hour: it asks first, and waits for the answer. */
static void after_a_sleep_the_other_side_is_asked(void **state) {
    gc_link l = started_at(0);
    uint64_t now = 3600000;
    (void)state;
    assert_true(gc_link_tick(&l, now));
    assert_true(l.ping_due);
    assert_int_equal(gc_link_deadline(&l), now + GC_LINK_PROBE_MS);
    assert_true(gc_link_tick(&l, now + GC_LINK_PROBE_MS - 1));
    assert_false(gc_link_tick(&l, now + GC_LINK_PROBE_MS));
}

static void a_probe_is_short(void **state) {
    gc_link l = started_at(0);
    (void)state;
    gc_link_probe(&l, 100);
    assert_true(l.ping_due);
    gc_link_probe(&l, 1000); /* said twice: the first one counts */
    assert_int_equal(gc_link_deadline(&l), 100 + GC_LINK_PROBE_MS);
    gc_link copy = l;
    assert_false(gc_link_tick(&copy, 100 + GC_LINK_PROBE_MS));
    gc_link_heard(&l, 200);
    assert_false(l.probing);
    assert_true(gc_link_tick(&l, 100 + GC_LINK_PROBE_MS));
}

static void setting_up_goes_step_by_step(void **state) {
    gc_link l = fresh();
    (void)state;
    gc_link_begin(&l, GC_LINK_STEP_OFFERING, 0, dial, 0);
    gc_link_describe(&l);
    assert_int_equal(l.step, GC_LINK_STEP_OFFERED);
    gc_link_hurry(&l, 100);
    assert_int_equal(gc_link_deadline(&l), 100 + GC_DIAL_EXPECT_MS);
    gc_link_hurry(&l, 5000); /* never later */
    assert_int_equal(gc_link_deadline(&l), 100 + GC_DIAL_EXPECT_MS);
    gc_link_accept(&l, 1000);
    assert_int_equal(l.step, GC_LINK_STEP_CONNECTING);
    assert_int_equal(gc_link_deadline(&l), 1000 + GC_LINK_OPEN_MS / 2);
}

static void a_link_for_either_kind_becomes_one(void **state) {
    gc_link l = fresh();
    (void)state;
    gc_link_begin(&l, GC_LINK_STEP_OFFERING, 0, dial, 0);
    assert_int_equal(gc_link_connection(&l).len, 0);
    gc_link_offer_either(&l, 2);
    assert_int_equal(l.kind, GC_LINK_KIND_EITHER);
    assert_int_equal(gc_link_connection(&l).len, 22); /* 16 bytes in base64url */
    gc_link_be(&l, GC_LINK_KIND_DATA);
    gc_link_describe(&l);
    gc_link_accept(&l, 0);
    gc_link_open(&l, 0);
    assert_false(l.start_due); /* a stock peer knows no START */
    assert_int_equal(gc_link_deadline(&l), GC_NEVER);
    gc_link_probe(&l, 0);
    assert_false(l.ping_due);
}

static void frames_are_due_once_and_in_order(void **state) {
    gc_link l = open_at(0);
    gc_frame f;
    (void)state;
    gc_link_rename(&l);
    gc_link_probe(&l, 5);
    gc_link_asked(&l, 70);
    gc_link_asked(&l, 71); /* one answer for both */
    assert_true(gc_link_next(&l, &f));
    assert_int_equal(f.type, GC_FRAME_START);
    assert_true(gc_link_next(&l, &f));
    assert_int_equal(f.type, GC_FRAME_PONG);
    assert_int_equal(f.token, 71);
    assert_true(gc_link_next(&l, &f));
    assert_int_equal(f.type, GC_FRAME_PING);
    assert_false(gc_link_next(&l, &f)); /* START has said the name */
    gc_link_rename(&l);
    gc_link_asked(&l, 72);
    assert_true(gc_link_next(&l, &f));
    assert_int_equal(f.type, GC_FRAME_PONG);
    assert_true(gc_link_next(&l, &f));
    assert_int_equal(f.type, GC_FRAME_PROFILE);
    assert_false(gc_link_next(&l, &f));
}

static void what_the_host_reports_is_kept(void **state) {
    gc_link l = open_at(0);
    (void)state;
    gc_link_buffer(&l, 77);
    gc_link_measure(&l, GC_PATH_RELAY, 31);
    assert_int_equal(l.buffered, 77);
    assert_int_equal(l.path, GC_PATH_RELAY);
    assert_int_equal(l.rtt_ms, 31);
    gc_link_measure(&l, 99, 0); /* a newer host may know more paths */
    assert_int_equal(l.path, GC_PATH_UNKNOWN);
}

static void candidates_are_counted_and_held(void **state) {
    gc_link l = fresh();
    gc_span candidate, mid;
    uint32_t at = 0, index = 0;
    (void)state;
    gc_link_begin(&l, GC_LINK_STEP_OFFERING, 0, dial, 0);
    for (uint32_t i = 0; i < GC_CANDIDATES_MAX; i++) {
        assert_true(gc_link_count(&l, GC_LINK_SIDE_LOCAL, 1));
    }
    assert_false(gc_link_count(&l, GC_LINK_SIDE_LOCAL, 1));
    assert_true(gc_link_count(&l, GC_LINK_SIDE_REMOTE, 1));
    assert_false(
        gc_link_count(&l, GC_LINK_SIDE_REMOTE, GC_CANDIDATES_MAX)); /* as many as fit count */
    assert_int_equal(l.candidates[GC_LINK_SIDE_REMOTE], GC_CANDIDATES_MAX);
    assert_true(gc_link_hold(&l, GC_LINK_SIDE_LOCAL, GC_SPAN("ours 1"), GC_SPAN("a"), 1));
    assert_true(gc_link_hold(&l, GC_LINK_SIDE_REMOTE, GC_SPAN("theirs"), GC_SPAN(""), 255));
    assert_true(gc_link_hold(&l, GC_LINK_SIDE_LOCAL, GC_SPAN("ours 2"), GC_SPAN("bb"), 2));
    assert_true(gc_link_held(&l, GC_LINK_SIDE_LOCAL, &at, &candidate, &mid, &index));
    assert_span(candidate, GC_SPAN("ours 1"));
    assert_span(mid, GC_SPAN("a"));
    assert_int_equal(index, 1);
    assert_true(gc_link_held(&l, GC_LINK_SIDE_LOCAL, &at, &candidate, &mid, &index));
    assert_span(candidate, GC_SPAN("ours 2"));
    assert_span(mid, GC_SPAN("bb"));
    assert_false(gc_link_held(&l, GC_LINK_SIDE_LOCAL, &at, &candidate, &mid, &index));
    gc_link_release(&l, GC_LINK_SIDE_LOCAL);
    at = 0;
    assert_false(gc_link_held(&l, GC_LINK_SIDE_LOCAL, &at, &candidate, &mid, &index));
    at = 0;
    assert_true(gc_link_held(&l, GC_LINK_SIDE_REMOTE, &at, &candidate, &mid, &index));
    assert_span(candidate, GC_SPAN("theirs"));
    assert_int_equal(index, 255);
    gc_link_release(&l, GC_LINK_SIDE_REMOTE);
    assert_int_equal(l.held_len, 0);
}

static void held_bytes_are_bounded(void **state) {
    static uint8_t text[GC_CANDIDATE_BYTES_MAX];
    gc_link l = fresh();
    int held = 0;
    (void)state;
    memset(text, 'c', sizeof text);
    gc_link_begin(&l, GC_LINK_STEP_ANSWERING, 0, dial, 0);
    while (gc_link_hold(&l, GC_LINK_SIDE_REMOTE, gc_span_of(text, sizeof text), GC_SPAN("0"), 0)) {
        held++;
    }
    assert_int_equal(held, 5);
    assert_true(gc_link_hold(&l, GC_LINK_SIDE_REMOTE, GC_SPAN("small"), GC_SPAN("0"), 0));
    assert_true(l.held_len <= GC_LINK_HELD_BYTES);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_carry_a_generation),
        cmocka_unit_test(setting_up_has_a_deadline),
        cmocka_unit_test(it_says_what_lacked_when_no_way_was_found),
        cmocka_unit_test(an_open_link_needs_its_start),
        cmocka_unit_test(silence_is_asked_and_then_believed),
        cmocka_unit_test(an_idle_link_carries_little),
        cmocka_unit_test(any_frame_ends_the_silence),
        cmocka_unit_test(after_a_sleep_the_other_side_is_asked),
        cmocka_unit_test(a_probe_is_short),
        cmocka_unit_test(setting_up_goes_step_by_step),
        cmocka_unit_test(a_link_for_either_kind_becomes_one),
        cmocka_unit_test(frames_are_due_once_and_in_order),
        cmocka_unit_test(what_the_host_reports_is_kept),
        cmocka_unit_test(candidates_are_counted_and_held),
        cmocka_unit_test(held_bytes_are_bounded),
    };
    return RUN(tests);
}
