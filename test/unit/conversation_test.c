/* core/proto/conversation.c: what one peer has of our messages. */
#include "core/proto/conversation.h"
#include "core/base/error.h"
#include "core/base/reason.h"
#include "core/base/timers.h"
#include "test/unit/unit.h"

static gc_outbox_store outbox_store;
static gc_inbox_store inbox_store;
static gc_outbox outbox;
static gc_conversation talk;

static const uint8_t ours[GC_SESSION_BYTES] = "our own session";
static const uint8_t theirs[GC_SESSION_BYTES] = "their session 1";
static const uint8_t later[GC_SESSION_BYTES] = "their session 2";
static const uint8_t nobody[GC_SESSION_BYTES];

static int setup(void **state) {
    (void)state;
    gc_outbox_init(&outbox, &outbox_store);
    gc_conversation_init(&talk, &inbox_store, 1);
    return 0;
}

static void check(void) {
    gc_outbox_check(&outbox);
    gc_conversation_check(&talk, &outbox);
}

static void write_messages(uint32_t count, uint32_t len) {
    static uint8_t text[GC_TEXT_BYTES_MAX];
    memset(text, 'm', sizeof text);
    for (uint32_t i = 0; i < count; i++) {
        (void)gc_outbox_add(&outbox, gc_span_of(text, len), 1000 + i, 1);
    }
}

static int start(const uint8_t *session, const uint8_t *knows, uint64_t base, uint64_t ack) {
    gc_frame f = {.type = GC_FRAME_START, .base = base, .ack = ack, .window = GC_WINDOW_BYTES};
    memcpy(f.session, session, GC_SESSION_BYTES);
    memcpy(f.peer_session, knows, GC_SESSION_BYTES);
    int error = gc_conversation_start(&talk, &outbox, &f, ours, 0);
    check();
    return error;
}

/* Sends all that may be sent; returns how many. */
static uint32_t send_all(void) {
    uint32_t count = 0;
    while (gc_conversation_sendable(&talk, &outbox)) {
        (void)gc_conversation_sent(&talk, &outbox);
        count++;
        check();
    }
    return count;
}

static int ack(uint64_t seq) {
    int error = gc_conversation_ack(&talk, &outbox, seq, 5000);
    check();
    return error;
}

/* The fates told, as "1+ 2+ 3- ". */
static const char *fates(void) {
    static char out[4096];
    size_t len = 0;
    uint64_t seq = 0;
    bool delivered = false;
    out[0] = 0;
    while (gc_conversation_tell(&talk, &seq, &delivered)) {
        len += (size_t)snprintf(out + len, sizeof out - len, "%llu%c ", (unsigned long long)seq,
                                delivered ? '+' : '-');
    }
    return out;
}

static void give_up(uint64_t to) {
    assert_true(gc_conversation_can_give_up(&talk));
    gc_conversation_give_up(&talk, &outbox, to, GC_REASON_UNDELIVERED);
    check();
}

static void nothing_is_sent_before_start(void **state) {
    (void)state;
    write_messages(3, 10);
    assert_int_equal(send_all(), 0);
    assert_int_equal(start(theirs, nobody, 1, 0), 0);
    assert_int_equal(send_all(), 3);
    assert_int_equal(ack(2), 0);
    assert_string_equal(fates(), "1+ 2+ ");
    assert_int_equal(ack(3), 0);
    assert_string_equal(fates(), "3+ ");
    assert_int_equal(talk.flight_bytes, 0);
}

static void an_ack_of_what_was_not_sent_is_refused(void **state) {
    (void)state;
    write_messages(2, 10);
    assert_int_equal(start(theirs, nobody, 1, 0), 0);
    assert_int_equal(ack(1), GC_E_SYNTAX);
    assert_int_equal(send_all(), 2);
    assert_int_equal(ack(3), GC_E_SYNTAX);
    assert_int_equal(ack(UINT64_MAX), GC_E_SYNTAX);
    assert_int_equal(ack(2), 0);
    assert_int_equal(ack(1), 0); /* an old one says nothing new */
    assert_int_equal(ack(0), 0);
    assert_string_equal(fates(), "1+ 2+ ");
}

static void a_new_link_sends_again_what_was_not_acknowledged(void **state) {
    (void)state;
    write_messages(4, 10);
    assert_int_equal(start(theirs, nobody, 1, 0), 0);
    assert_int_equal(send_all(), 4);
    assert_int_equal(ack(1), 0);
    gc_conversation_unlink(&talk);
    check();
    assert_int_equal(send_all(), 0);
    /* It had shown 3 of them: that acknowledgement was lost with the link. */
    assert_int_equal(start(theirs, ours, 1, 3), 0);
    assert_string_equal(fates(), "1+ 2+ 3+ ");
    assert_int_equal(talk.next_send, 4);
    assert_int_equal(send_all(), 1);
    assert_int_equal(ack(4), 0);
    assert_string_equal(fates(), "4+ ");
}

/* ack belongs to a session: without it the number means nothing. */
static void an_ack_for_another_session_means_nothing(void **state) {
    (void)state;
    write_messages(3, 10);
    assert_int_equal(start(theirs, later, 1, 3), 0);
    assert_string_equal(fates(), "");
    assert_int_equal(send_all(), 3);
}

static void says_base(uint64_t base) {
    gc_frame f;
    assert_true(gc_conversation_next(&talk, &f));
    assert_int_equal(f.type, GC_FRAME_BASE);
    assert_int_equal(f.base, base);
    assert_false(gc_conversation_next(&talk, &f));
    check();
}

static void a_start_that_cannot_be_true_is_refused(void **state) {
    (void)state;
    write_messages(3, 10);
    assert_int_equal(start(theirs, ours, 1, 4), GC_E_SYNTAX);
    assert_int_not_equal(talk.step, GC_CONVERSATION_STARTED);
    assert_int_equal(start(theirs, ours, 1, 3), 0);
    assert_string_equal(fates(), "1+ 2+ 3+ ");
}

static void another_session_is_another_conversation(void **state) {
    (void)state;
    write_messages(3, 10);
    assert_int_equal(start(theirs, nobody, 1, 0), 0);
    assert_int_equal(send_all(), 3);
    assert_int_equal(ack(1), 0);
    assert_string_equal(fates(), "1+ ");
    gc_conversation_unlink(&talk);
    assert_int_equal(start(later, nobody, 7, 0), 0);
    assert_string_equal(fates(), "2- 3- ");
    assert_int_equal(talk.lost_reason, GC_REASON_GONE);
    assert_int_equal(talk.inbox.shown, 6);
    write_messages(1, 10);
    assert_int_equal(send_all(), 1);
    assert_int_equal(ack(4), 0);
    assert_string_equal(fates(), "4+ ");
}

static void what_was_shown_before_is_remembered(void **state) {
    gc_frame f = {.type = GC_FRAME_START, .base = 3, .window = GC_WINDOW_BYTES};
    (void)state;
    memcpy(f.session, theirs, GC_SESSION_BYTES);
    assert_int_equal(gc_conversation_start(&talk, &outbox, &f, ours, 5), 0);
    assert_int_equal(talk.inbox.shown, 5);
    assert_int_equal(gc_inbox_put(&talk.inbox, 4, GC_SPAN("again")), 0);
    assert_int_equal(talk.inbox.count, 0);
    check();
}

static void the_window_bounds_what_is_in_flight(void **state) {
    (void)state;
    write_messages(10, GC_TEXT_BYTES_MAX);
    assert_int_equal(start(theirs, nobody, 1, 0), 0);
    assert_int_equal(send_all(), GC_WINDOW_BYTES / GC_TEXT_BYTES_MAX);
    assert_int_equal(talk.flight_bytes, GC_WINDOW_BYTES);
    assert_int_equal(ack(1), 0);
    assert_int_equal(send_all(), 1);
    assert_int_equal(ack(5), 0);
    assert_int_equal(send_all(), 4);
}

static void the_window_bounds_how_many(void **state) {
    (void)state;
    write_messages(300, 1);
    assert_int_equal(start(theirs, nobody, 1, 0), 0);
    assert_int_equal(send_all(), GC_WINDOW_MESSAGES);
    assert_int_equal(ack(10), 0);
    assert_int_equal(send_all(), 10);
}

static void a_text_longer_than_the_window_waits(void **state) {
    gc_frame f = {.type = GC_FRAME_START, .base = 1, .window = 99};
    (void)state;
    memcpy(f.session, theirs, GC_SESSION_BYTES);
    write_messages(1, 100);
    assert_int_equal(gc_conversation_start(&talk, &outbox, &f, ours, 0), 0);
    assert_int_equal(send_all(), 0);
    give_up(2);
    assert_string_equal(fates(), "1- ");
    write_messages(1, 99);
    assert_int_equal(send_all(), 1);
}

static void what_is_given_up_is_said_and_based(void **state) {
    (void)state;
    write_messages(5, 10);
    assert_int_equal(start(theirs, nobody, 1, 0), 0);
    assert_int_equal(send_all(), 5);
    assert_int_equal(ack(1), 0);
    give_up(4);
    assert_int_equal(talk.base, 4);
    assert_false(gc_conversation_has_next(&talk)); /* what was sent comes: nothing is passed over */
    assert_string_equal(fates(), "1+ 2- 3- ");
    /* They still fill the peer's memory until it acknowledges something behind them. */
    assert_int_equal(talk.flight_bytes, 40);
    assert_int_equal(ack(2), 0);
    assert_int_equal(talk.flight_bytes, 40);
    assert_string_equal(fates(), "2+ "); /* it was shown after all */
    assert_int_equal(ack(4), 0);
    assert_int_equal(talk.flight_bytes, 10);
    assert_string_equal(fates(), "4+ 3+ ");
    assert_int_equal(ack(5), 0);
    assert_int_equal(talk.flight_bytes, 0);
    assert_int_equal(talk.flight_count, 0);
}

static void ranges_given_up_one_after_the_other(void **state) {
    (void)state;
    write_messages(6, 10);
    give_up(3);
    give_up(5); /* touches the first: both are told together */
    assert_string_equal(fates(), "1- 2- 3- 4- ");
    /* Our START may be on its way already, with the old base: the other one's does not settle that.
     */
    assert_int_equal(start(theirs, nobody, 1, 0), 0);
    says_base(5);
    assert_int_equal(send_all(), 2);
    assert_int_equal(ack(5), 0);
    give_up(7);
    assert_string_equal(fates(), "5+ 6- ");
    /* Not told yet, and the next one would not touch it. */
    write_messages(2, 10);
    give_up(8);
    assert_int_equal(send_all(), 1);
    assert_int_equal(ack(6), 0);
    says_base(8);
    assert_int_equal(ack(8), 0);
    assert_false(gc_conversation_can_give_up(&talk));
    assert_string_equal(fates(), "7- 8+ 6+ ");
    assert_true(gc_conversation_can_give_up(&talk));
}

/* The peer stood still and is here again: it has shown what was given up meanwhile. */
static void what_was_shown_after_all_is_taken_back(void **state) {
    gc_frame f = {.type = GC_FRAME_START};
    (void)state;
    write_messages(4, 10);
    assert_int_equal(start(theirs, nobody, 1, 0), 0);
    assert_int_equal(send_all(), 4);
    assert_int_equal(ack(1), 0);
    gc_conversation_unlink(&talk);
    give_up(3);
    give_up(5);
    assert_string_equal(fates(), "1+ 2- 3- 4- ");
    gc_conversation_link(&talk);
    gc_conversation_introduce(&talk, &f);
    assert_int_equal(f.base,
                     1); /* nothing may be passed over before the peer has said what it has */
    assert_false(gc_conversation_has_next(&talk));
    assert_int_equal(start(theirs, ours, 1, 3), 0);
    assert_true(gc_conversation_is_stuck(&talk));
    assert_string_equal(fates(), "2+ 3+ ");
    assert_false(gc_conversation_is_stuck(&talk));
    says_base(5); /* the last one never came */
    write_messages(1, 10);
    assert_int_equal(send_all(), 1);
    assert_int_equal(ack(4), 0); /* it was passed over */
    assert_string_equal(fates(), "");
    assert_int_equal(ack(5), 0);
    assert_string_equal(fates(), "5+ ");
}

/* Whom we never met got nothing that it could show: it need not hear of it. */
static void a_stranger_begins_where_we_are(void **state) {
    gc_frame f = {.type = GC_FRAME_START};
    (void)state;
    write_messages(4, 10);
    give_up(4);
    gc_conversation_introduce(&talk, &f);
    assert_int_equal(f.base, 4);
    assert_int_equal(start(theirs, nobody, 1, 0), 0);
    assert_false(gc_conversation_has_next(&talk));
}

/* BASE follows what was sent on this link: then an acknowledgement before it means that all of that
 * was shown, and one after it covers nothing that was passed over. */
static void base_waits_for_what_was_sent(void **state) {
    gc_frame f;
    (void)state;
    write_messages(GC_WINDOW_MESSAGES + 2, 1);
    assert_int_equal(start(theirs, nobody, 1, 0), 0);
    assert_int_equal(send_all(), GC_WINDOW_MESSAGES);
    give_up(GC_WINDOW_MESSAGES + 2); /* one of them was never sent */
    (void)fates();
    assert_false(gc_conversation_next(&talk, &f));
    assert_int_equal(ack(GC_WINDOW_MESSAGES - 1), 0);
    assert_true(strlen(fates()) > 0);
    assert_false(gc_conversation_next(&talk, &f));
    assert_int_equal(ack(GC_WINDOW_MESSAGES), 0);
    assert_string_equal(fates(), "256+ ");
    says_base(GC_WINDOW_MESSAGES + 2);
    assert_int_equal(ack(GC_WINDOW_MESSAGES + 1), 0);
    assert_string_equal(fates(), "");
}

static void a_late_word_of_another_life_corrects_nothing(void **state) {
    (void)state;
    write_messages(2, 10);
    assert_int_equal(start(theirs, nobody, 1, 0), 0);
    assert_int_equal(send_all(), 2);
    gc_conversation_unlink(&talk);
    assert_int_equal(start(later, ours, 1, 2), 0);
    assert_string_equal(fates(), "1- 2- ");
    says_base(3);
    assert_int_equal(ack(2), 0);
    assert_string_equal(fates(), "");
}

static void stalled_is_who_makes_no_progress(void **state) {
    (void)state;
    assert_int_equal(gc_conversation_stalled_at(&talk, &outbox), GC_NEVER);
    write_messages(2, 10);
    assert_int_equal(gc_conversation_stalled_at(&talk, &outbox), 1000 + GC_STALLED_MS);
    assert_int_equal(start(theirs, nobody, 1, 0), 0);
    assert_int_equal(send_all(), 2);
    assert_int_equal(ack(1), 0); /* at 5000 */
    assert_int_equal(gc_conversation_stalled_at(&talk, &outbox), 5000 + GC_STALLED_MS);
    assert_int_equal(ack(2), 0);
    assert_int_equal(gc_conversation_stalled_at(&talk, &outbox), GC_NEVER);
}

static void a_conversation_is_open_while_the_user_can_talk(void **state) {
    (void)state;
    assert_false(gc_conversation_is_open(&talk));
    gc_conversation_link(&talk);
    assert_false(gc_conversation_is_open(&talk)); /* its START has not come */
    assert_int_equal(start(theirs, nobody, 1, 0), 0);
    assert_true(gc_conversation_is_open(&talk));
    assert_int_equal(start(theirs, nobody, 1, 0), GC_E_SYNTAX); /* once a link */
    gc_conversation_link(&talk);                                /* another link took the place */
    assert_int_equal(talk.step, GC_CONVERSATION_RENEWING);
    assert_true(gc_conversation_is_open(&talk));
    gc_conversation_link(&talk);
    assert_true(gc_conversation_is_open(&talk));
    gc_conversation_unlink(&talk);
    assert_false(gc_conversation_is_open(&talk));
    assert_true(talk.met);
    gc_conversation_link(&talk);
    assert_int_equal(talk.step, GC_CONVERSATION_LINKED);
}

static void what_is_due_is_taken_once(void **state) {
    gc_frame f = {0};
    uint64_t seq = 0, missing = 0;
    gc_span text;
    (void)state;
    assert_int_equal(start(theirs, nobody, 1, 0), 0);
    assert_false(gc_conversation_next(&talk, &f));
    assert_int_equal(gc_conversation_put(&talk, 1, GC_SPAN("hello")), 0);
    assert_int_equal(gc_conversation_show(&talk, &seq, &missing, &text), GC_INBOX_MESSAGE);
    assert_false(gc_conversation_next(&talk, &f)); /* it was not shown yet */
    gc_conversation_shown(&talk);
    write_messages(1, 10);
    gc_conversation_give_up(&talk, &outbox, 2, GC_REASON_UNDELIVERED);
    assert_true(gc_conversation_next(&talk, &f));
    assert_int_equal(f.type, GC_FRAME_ACK);
    assert_int_equal(f.ack, 1);
    assert_true(gc_conversation_next(&talk, &f));
    assert_int_equal(f.type, GC_FRAME_BASE);
    assert_int_equal(f.base, 2);
    assert_false(gc_conversation_next(&talk, &f));
}

static void our_start_says_what_would_be_due(void **state) {
    gc_frame f = {.type = GC_FRAME_START};
    (void)state;
    assert_int_equal(start(theirs, nobody, 1, 0), 0);
    write_messages(3, 10);
    gc_conversation_give_up(&talk, &outbox, 2, GC_REASON_UNDELIVERED);
    gc_conversation_introduce(&talk, &f);
    assert_int_equal(f.base, 1);
    assert_int_equal(f.window, GC_WINDOW_BYTES);
    assert_memory_equal(f.peer_session, theirs, GC_SESSION_BYTES);
    says_base(2);
    gc_conversation_introduce(&talk, &f);
    assert_int_equal(f.base, 2);
}

static void an_end_gives_up_what_is_open(void **state) {
    (void)state;
    write_messages(2, 10);
    gc_conversation_end(&talk, &outbox, GC_REASON_LEFT);
    assert_string_equal(fates(), "1- 2- ");
    assert_int_equal(talk.lost_reason, GC_REASON_LEFT);
    assert_int_equal(outbox.first, 3);
}

/* Random acks, links and give-ups: no message has two fates, none is without one in the end. */
static void every_message_has_one_fate(void **state) {
    uint32_t random = 99;
    uint64_t told = 0;
    (void)state;
    for (int step = 0; step < 20000; step++) {
        random = random * 1103515245u + 12345u;
        uint32_t what = (random >> 8) % 100, number = (random >> 16) % 8;
        uint64_t seq = 0, floor = gc_conversation_floor(&talk);
        bool delivered = false;
        if (what < 40 && gc_outbox_room_at(&outbox, 10) <= outbox.first) {
            write_messages(1, 1 + number * 100);
        } else if (what < 60 && talk.step == GC_CONVERSATION_STARTED) {
            (void)send_all();
        } else if (what < 80 && talk.step == GC_CONVERSATION_STARTED) {
            uint64_t to = floor + number;
            assert_int_equal(ack(to < talk.next_send ? to : talk.next_send - 1), 0);
        } else if (what < 85) {
            gc_conversation_unlink(&talk);
            assert_int_equal(start(theirs, ours, 1, floor - 1), 0);
        } else if (what < 90 && gc_conversation_can_give_up(&talk)) {
            give_up(floor + number < outbox.next ? floor + number : outbox.next);
        } else if (gc_conversation_tell(&talk, &seq, &delivered)) {
            assert_int_equal(seq, told + 1);
            told = seq;
        }
        assert_true(outbox.first <= gc_conversation_floor(&talk));
        check();
    }
    assert_true(told > 1000);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup(name, setup)
    const struct CMUnitTest tests[] = {
        TEST(nothing_is_sent_before_start),
        TEST(an_ack_of_what_was_not_sent_is_refused),
        TEST(a_new_link_sends_again_what_was_not_acknowledged),
        TEST(an_ack_for_another_session_means_nothing),
        TEST(a_start_that_cannot_be_true_is_refused),
        TEST(another_session_is_another_conversation),
        TEST(what_was_shown_before_is_remembered),
        TEST(the_window_bounds_what_is_in_flight),
        TEST(the_window_bounds_how_many),
        TEST(a_text_longer_than_the_window_waits),
        TEST(what_is_given_up_is_said_and_based),
        TEST(ranges_given_up_one_after_the_other),
        TEST(stalled_is_who_makes_no_progress),
        TEST(what_was_shown_after_all_is_taken_back),
        TEST(a_stranger_begins_where_we_are),
        TEST(base_waits_for_what_was_sent),
        TEST(a_late_word_of_another_life_corrects_nothing),
        TEST(a_conversation_is_open_while_the_user_can_talk),
        TEST(what_is_due_is_taken_once),
        TEST(our_start_says_what_would_be_due),
        TEST(an_end_gives_up_what_is_open),
        TEST(every_message_has_one_fate),
    };
    return RUN(tests);
}
