/* core/proto/conversations.c: what is said to all peers, with links and people left out. */
#include "core/proto/conversations.h"
#include "core/base/error.h"
#include "core/base/reason.h"
#include "test/unit/unit.h"

static gc_conversations all;
static gc_conversations_store store;
static gc_ready ready;
static gc_drbg drbg;
static gc_step step = {.drbg = &drbg, .ready = &ready};
static gc_set live;
static gc_link native, stock = {.kind = GC_LINK_KIND_DATA};

static int fresh(void **state) {
    static const uint8_t seed[32] = "conversations";
    (void)state;
    memset(&all, 0xa5, sizeof all);
    memset(&ready, 0, sizeof ready);
    memset(&live, 0, sizeof live);
    gc_drbg_init(&drbg, seed);
    step.now_ms = 1000;
    gc_conversations_init(&all, &store);
    gc_conversations_enter(&all, &step, GC_SPAN(" Ann\n"));
    return 0;
}

/* A peer that is known and has a link. */
static void meet(uint32_t peer, const gc_link *l) {
    gc_conversations_add(&all, peer);
    gc_set_add(&live, peer);
    gc_conversations_link(&all, &step, peer, l, GC_SPAN("~bob"));
}

static void start(uint32_t peer) {
    gc_frame f = {.type = GC_FRAME_START, .base = 1, .window = GC_WINDOW_BYTES};
    memcpy(f.session, "their session 1", GC_SESSION_BYTES);
    assert_int_equal(
        gc_conversation_start(&all.conversations[peer], &all.outbox, &f, all.session, 0), 0);
    gc_conversations_note(&all, &step, peer);
}

static int send(uint32_t len, uint64_t *seq) {
    static const uint8_t text[GC_TEXT_BYTES_MAX] = {'m'};
    return gc_conversations_send(&all, &step, &live, gc_span_of(text, len), seq);
}

static void a_life_has_a_session_and_a_clean_name_and_leaves_neither(void **state) {
    static const uint8_t none[GC_SESSION_BYTES];
    (void)state;
    assert_span(gc_span_of(all.nick, all.nick_len), GC_SPAN("Ann"));
    assert_memory_not_equal(all.session, none, sizeof none);
    gc_conversations_leave(&all);
    assert_int_equal(all.nick_len, 0);
    assert_memory_equal(all.session, none, sizeof none);
}

static void the_user_can_talk_from_the_peers_start_to_the_end_of_the_link(void **state) {
    (void)state;
    meet(3, &native);
    assert_false(gc_conversations_is_open(&all, 3));
    start(3);
    assert_true(gc_conversations_is_open(&all, 3));
    assert_false(gc_conversations_is_open(&all, 4));
    gc_conversations_link(&all, &step, 3, &native, GC_SPAN("~bob")); /* a newer link */
    assert_true(gc_conversations_is_open(&all, 3));
    gc_conversations_unlink(&all, &step, 3);
    assert_false(gc_conversations_is_open(&all, 3));
    assert_true(gc_set_has(&ready.reports, 3));
}

static void a_text_is_open_for_all_who_are_live(void **state) {
    uint64_t seq = 0;
    (void)state;
    meet(0, &native);
    meet(19, &native);
    memset(&ready, 0, sizeof ready);
    assert_int_equal(send(10, &seq), 0);
    assert_int_equal(seq, 1);
    assert_true(gc_set_equal(&all.behind, &live));
    assert_true(gc_set_equal(&ready.frames, &live));
    assert_int_equal(gc_outbox_get(&all.outbox, 1)->readers, 2);
}

static void an_old_text_is_given_up(void **state) {
    uint64_t seq = 0;
    (void)state;
    meet(0, &native);
    assert_true(gc_conversations_deadline(&all, step.now_ms) == GC_NEVER);
    assert_int_equal(send(10, &seq), 0);
    assert_int_equal(gc_conversations_deadline(&all, step.now_ms), 1000 + GC_UNDELIVERED_MS);
    step.now_ms = 1000 + GC_UNDELIVERED_MS - 1;
    gc_conversations_tick(&all, &step);
    assert_true(gc_set_has(&all.behind, 0));
    step.now_ms++;
    gc_conversations_tick(&all, &step);
    assert_false(gc_set_has(&all.behind, 0));
    assert_true(gc_set_has(&ready.fates, 0));
    assert_int_equal(gc_conversations_with(&all, 0)->lost_reason, GC_REASON_UNDELIVERED);
    assert_true(gc_conversations_deadline(&all, step.now_ms) == GC_NEVER);
}

static void a_full_outbox_is_an_error_until_who_holds_it_up_is_stalled(void **state) {
    uint64_t seq = 0;
    int error = 0;
    (void)state;
    meet(0, &native);
    start(0);
    while (error == 0 && seq < 10000) {
        error = send(GC_TEXT_BYTES_MAX, &seq);
    }
    assert_int_equal(error, GC_E_FULL);
    assert_int_equal(all.blocked_len, GC_TEXT_BYTES_MAX);
    assert_false(gc_conversations_can_send(&all, GC_TEXT_BYTES_MAX, step.now_ms));
    uint64_t at = gc_conversations_deadline(&all, step.now_ms);
    assert_true(at > step.now_ms && at < 1000 + GC_UNDELIVERED_MS);
    assert_false(gc_conversations_can_send(&all, GC_TEXT_BYTES_MAX, at - 1));
    assert_true(gc_conversations_can_send(&all, GC_TEXT_BYTES_MAX, at));
}

static void who_ends_holds_up_nobody_and_is_in_no_set(void **state) {
    uint64_t seq = 0;
    (void)state;
    meet(0, &native);
    start(0);
    assert_int_equal(send(10, &seq), 0);
    gc_conversations_end(&all, &step, 0, GC_REASON_LEFT, false);
    assert_true(gc_set_is_empty(&all.open));
    assert_true(gc_set_is_empty(&all.behind));
    assert_true(gc_set_is_empty(&all.stuck));
    assert_int_equal(gc_conversations_with(&all, 0)->lost_reason, GC_REASON_LEFT);
}

static void a_stock_peer_has_a_data_connection_while_it_is_linked(void **state) {
    (void)state;
    for (int round = 0; round < 3; round++) { /* each time all of them are free again */
        for (uint32_t i = 0; i < GC_MESH_DATA_MAX; i++) {
            meet(i, &stock);
            assert_non_null(gc_conversations_plain(&all, i));
        }
        assert_ptr_not_equal(gc_conversations_plain(&all, 0), gc_conversations_plain(&all, 1));
        assert_null(gc_conversations_plain(&all, GC_MESH_DATA_MAX));
        for (uint32_t i = 0; i < GC_MESH_DATA_MAX; i++) {
            gc_conversations_unlink(&all, &step, i);
            assert_null(gc_conversations_plain(&all, i));
        }
    }
    meet(7, &native);
    assert_null(gc_conversations_plain(&all, 7));
}

static void what_was_polled_last_counts_as_shown_once(void **state) {
    (void)state;
    gc_conversations_shown(&all, &step);
    assert_true(gc_set_is_empty(&ready.shows));
    meet(2, &native);
    start(2);
    gc_inbox *in = &all.conversations[2].inbox;
    uint64_t seq = 0, missing = 0;
    gc_span text;
    assert_int_equal(gc_inbox_put(in, 1, GC_SPAN("hi")), 0);
    assert_int_equal(gc_inbox_next(in, &seq, &missing, &text), GC_INBOX_MESSAGE);
    all.showing = 2;
    memset(&ready, 0, sizeof ready);
    gc_conversations_shown(&all, &step);
    assert_int_equal(gc_conversations_with(&all, 2)->inbox.shown, 1);
    assert_true(gc_set_has(&ready.frames, 2)); /* its ACK */
    assert_int_equal(all.showing, GC_NONE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_life_has_a_session_and_a_clean_name_and_leaves_neither, fresh),
        cmocka_unit_test_setup(the_user_can_talk_from_the_peers_start_to_the_end_of_the_link,
                               fresh),
        cmocka_unit_test_setup(a_text_is_open_for_all_who_are_live, fresh),
        cmocka_unit_test_setup(an_old_text_is_given_up, fresh),
        cmocka_unit_test_setup(a_full_outbox_is_an_error_until_who_holds_it_up_is_stalled, fresh),
        cmocka_unit_test_setup(who_ends_holds_up_nobody_and_is_in_no_set, fresh),
        cmocka_unit_test_setup(a_stock_peer_has_a_data_connection_while_it_is_linked, fresh),
        cmocka_unit_test_setup(what_was_polled_last_counts_as_shown_once, fresh),
    };
    return RUN(tests);
}
