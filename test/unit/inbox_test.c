/* core/proto/inbox.c */
#include "core/proto/inbox.h"
#include "core/base/error.h"
#include "test/unit/unit.h"

static gc_inbox_store store;

static gc_inbox fresh(void) {
    gc_inbox i;
    memset(&store, 0xa5, sizeof store);
    gc_inbox_init(&i, &store);
    return i;
}

static gc_inbox begun(uint64_t base) {
    gc_inbox i = fresh();
    gc_inbox_begin(&i, base);
    return i;
}

/* Everything that can be shown, as "3 4 (5x2) 7 ". */
static const char *show(gc_inbox *i) {
    static char out[8192];
    size_t len = 0;
    uint64_t seq = 0, missing = 0;
    gc_span text;
    out[0] = 0;
    gc_inbox_check(i);
    for (;;) {
        enum gc_inbox_item item = gc_inbox_next(i, &seq, &missing, &text);
        if (item == GC_INBOX_NOTHING) {
            return out;
        }
        unsigned long long at = (unsigned long long)seq;
        if (item == GC_INBOX_GAP) {
            len += (size_t)snprintf(out + len, sizeof out - len, "(%llux%llu) ", at,
                                    (unsigned long long)missing);
        } else {
            len += (size_t)snprintf(out + len, sizeof out - len, "%llu ", at);
            gc_inbox_check(i);
            gc_inbox_shown(i);
        }
        gc_inbox_check(i);
    }
}

static void put(gc_inbox *i, uint64_t seq) {
    char text[32];
    snprintf(text, sizeof text, "text %llu", (unsigned long long)seq);
    assert_int_equal(gc_inbox_put(i, seq, text_span(text)), 0);
    gc_inbox_check(i);
}

static void any_order_in_the_same_order_out(void **state) {
    static const struct {
        uint64_t arrive[8];
        const char *shown[8];
    } rows[] = {
        {{1, 2, 3}, {"1 ", "2 ", "3 "}},
        {{3, 2, 1}, {"", "", "1 2 3 "}},
        {{2, 1, 4, 3}, {"", "1 2 ", "", "3 4 "}},
        {{1, 1, 1, 2}, {"1 ", "", "", "2 "}},
        {{4, 4, 2, 1, 3, 1}, {"", "", "", "1 2 ", "3 4 ", ""}},
        {{6, 5, 4, 3, 2, 1}, {"", "", "", "", "", "1 2 3 4 5 6 "}},
    };
    (void)state;
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
        gc_inbox i = begun(1);
        for (int n = 0; n < 8 && rows[r].arrive[n] != 0; n++) {
            put(&i, rows[r].arrive[n]);
            assert_string_equal(show(&i), rows[r].shown[n]);
        }
        assert_int_equal(i.count, 0);
        assert_int_equal(i.held_bytes, 0);
    }
}

static void the_text_stays_with_its_number(void **state) {
    gc_inbox i = begun(1);
    uint64_t seq = 0, missing = 0;
    gc_span text;
    (void)state;
    for (uint64_t n = 200; n >= 1; n--) {
        put(&i, n);
    }
    for (uint64_t n = 1; n <= 200; n++) {
        char expected[32];
        snprintf(expected, sizeof expected, "text %llu", (unsigned long long)n);
        assert_int_equal(gc_inbox_next(&i, &seq, &missing, &text), GC_INBOX_MESSAGE);
        assert_span(text, text_span(expected));
        gc_inbox_shown(&i);
    }
}

static void nothing_is_shown_before_start(void **state) {
    gc_inbox i = fresh();
    (void)state;
    put(&i, 5);
    put(&i, 4);
    put(&i, 3);
    assert_string_equal(show(&i), "");
    gc_inbox_begin(&i, 4); /* 3 was before our time */
    assert_string_equal(show(&i), "4 5 ");
}

static void a_resumed_conversation_drops_what_it_has(void **state) {
    gc_inbox i = begun(1);
    (void)state;
    put(&i, 1);
    put(&i, 2);
    assert_string_equal(show(&i), "1 2 ");
    gc_inbox_unlink(&i);
    put(&i, 2); /* sent again, ahead of START */
    put(&i, 3);
    gc_inbox_resume(&i, 2);
    assert_true(i.ack_due);
    assert_string_equal(show(&i), "3 ");
}

/* What was held when the link ended was not acknowledged: it comes again. */
static void held_messages_go_with_their_link(void **state) {
    gc_inbox i = begun(1);
    (void)state;
    put(&i, 3);
    put(&i, 2);
    gc_inbox_unlink(&i);
    assert_int_equal(i.held_bytes, 0);
    gc_inbox_resume(&i, 1);
    put(&i, 1);
    assert_string_equal(show(&i), "1 ");
    put(&i, 2);
    put(&i, 3);
    assert_string_equal(show(&i), "2 3 ");
}

/* Polled, and the link ends before the next poll: the user has it, so it must not come twice. */
static void what_was_given_out_counts_as_shown(void **state) {
    gc_inbox i = begun(1);
    uint64_t seq = 0, missing = 0;
    gc_span text;
    (void)state;
    put(&i, 1);
    assert_int_equal(gc_inbox_next(&i, &seq, &missing, &text), GC_INBOX_MESSAGE);
    put(&i, 1); /* a duplicate of the one in hand */
    assert_int_equal(i.count, 1);
    gc_inbox_unlink(&i);
    assert_int_equal(i.shown, 1);
    gc_inbox_resume(&i, 1);
    put(&i, 1);
    assert_string_equal(show(&i), "");
}

static void duplicates_are_acknowledged_again(void **state) {
    gc_inbox i = begun(1);
    (void)state;
    assert_false(i.ack_due);
    put(&i, 1);
    assert_false(i.ack_due); /* not shown yet */
    assert_string_equal(show(&i), "1 ");
    assert_true(i.ack_due);
    i.ack_due = false;
    put(&i, 1);
    assert_true(i.ack_due);
}

static void gaps_are_marked_once(void **state) {
    gc_inbox i = begun(1);
    (void)state;
    put(&i, 5);
    gc_inbox_raise(&i, 4);
    assert_string_equal(show(&i), "(1x3) ");
    put(&i, 3); /* declared lost: too late */
    put(&i, 4);
    assert_string_equal(show(&i), "4 5 ");
    gc_inbox_raise(&i, 3); /* never goes back */
    assert_string_equal(show(&i), "");
    gc_inbox_raise(&i, 8);
    assert_string_equal(show(&i), "(6x2) ");
    put(&i, 8);
    assert_string_equal(show(&i), "8 ");
}

/* Who repeats nothing on a new link has lost what was not shown: told at once, link or not. */
static void a_plain_sender_comes_again_with_nothing(void **state) {
    gc_inbox i = fresh();
    (void)state;
    gc_inbox_begin_plain(&i, false);
    put(&i, 1);
    assert_string_equal(show(&i), "1 ");
    gc_inbox_raise(&i, 4);
    gc_inbox_unlink(&i);
    gc_inbox_begin_plain(&i, false);
    put(&i, 4);
    gc_inbox_unlink(&i);
    assert_string_equal(show(&i), "(2x3) ");
    gc_inbox_unlink(&i);
    assert_string_equal(show(&i), "");
    gc_inbox_begin_plain(&i, false);
    put(&i, 5);
    assert_string_equal(show(&i), "5 ");
}

/* The numbers that we give do not go on from one that a sender chose. */
static void a_plain_sender_begins_at_1_whatever_was_shown(void **state) {
    static const uint64_t shown[] = {1, UINT32_MAX, GC_SEQ_MAX - 1, GC_SEQ_MAX};
    (void)state;
    for (size_t n = 0; n < sizeof shown / sizeof shown[0]; n++) {
        gc_inbox i = begun(shown[n]);
        put(&i, shown[n]);
        (void)show(&i);
        assert_int_equal(i.shown, shown[n]);
        gc_inbox_unlink(&i);
        gc_inbox_begin_plain(&i, true);
        put(&i, 1);
        assert_string_equal(show(&i), "1 ");
        gc_inbox_unlink(&i);
        assert_string_equal(show(&i), "");
    }
}

/* Messages that came although they were given up are shown, the holes between them are marked. */
static void held_messages_below_base_are_shown(void **state) {
    gc_inbox i = begun(1);
    (void)state;
    put(&i, 3);
    put(&i, 5);
    gc_inbox_raise(&i, 7);
    assert_string_equal(show(&i), "(1x2) 3 (4x1) 5 (6x1) ");
    assert_int_equal(i.shown, 6);
}

static void the_last_words_are_shown(void **state) {
    gc_inbox i = begun(1);
    (void)state;
    put(&i, 2);
    put(&i, 4);
    gc_inbox_finish(&i);
    assert_string_equal(show(&i), "(1x1) 2 (3x1) 4 ");
}

static void the_window_holds_what_it_says(void **state) {
    static uint8_t text[GC_TEXT_BYTES_MAX];
    gc_inbox i = begun(1);
    (void)state;
    memset(text, 'x', sizeof text);
    for (uint64_t seq = 2; seq <= 5; seq++) { /* 4 x 16 KiB = 64 KiB, held */
        assert_int_equal(gc_inbox_put(&i, seq, gc_span_of(text, sizeof text)), 0);
    }
    assert_int_equal(gc_inbox_put(&i, 1, gc_span_of(text, 1)), GC_E_REFUSED);
    assert_int_equal(gc_inbox_put(&i, 5, gc_span_of(text, sizeof text)), 0); /* a duplicate */
    gc_inbox_check(&i);
    i = begun(1);
    for (uint64_t seq = 2; seq < 2 + GC_WINDOW_MESSAGES; seq++) {
        assert_int_equal(gc_inbox_put(&i, seq, GC_SPAN("x")), 0);
    }
    assert_int_equal(gc_inbox_put(&i, 1, GC_SPAN("x")), GC_E_REFUSED);
    gc_inbox_check(&i);
}

/* A sender that keeps the window fits always, however the messages are mixed. */
static void holes_in_the_memory_are_closed(void **state) {
    static uint8_t text[GC_TEXT_BYTES_MAX];
    gc_inbox i = begun(1);
    uint32_t random = 7;
    uint64_t next = 1;
    (void)state;
    memset(text, 'y', sizeof text);
    for (int round = 0; round < 400; round++) {
        uint64_t order[8];
        uint32_t count = 4, sum = 0;
        for (uint32_t n = 0; n < count; n++) {
            order[n] = next + n;
        }
        for (uint32_t n = count - 1; n > 0; n--) {
            random = random * 1103515245u + 12345u;
            uint32_t with = (random >> 8) % (n + 1);
            uint64_t swap = order[n];
            order[n] = order[with];
            order[with] = swap;
        }
        for (uint32_t n = 0; n < count; n++) {
            uint32_t len = n == 0 ? 1000 : GC_TEXT_BYTES_MAX - (uint32_t)round;
            sum += len;
            assert_true(sum <= GC_WINDOW_BYTES);
            assert_int_equal(gc_inbox_put(&i, order[n], gc_span_of(text, len)), 0);
            if (n == 2) {
                (void)show(&i);
            }
            gc_inbox_check(&i);
        }
        (void)show(&i);
        next += count;
        assert_int_equal(i.shown, next - 1);
    }
}

static void the_largest_numbers_do_not_overflow(void **state) {
    gc_inbox i = begun(GC_SEQ_MAX);
    (void)state;
    assert_int_equal(gc_inbox_put(&i, GC_SEQ_MAX, GC_SPAN("last")), 0);
    assert_string_equal(show(&i), "9007199254740991 ");
    assert_string_equal(show(&i), "");
    gc_inbox_raise(&i, GC_SEQ_MAX);
    assert_string_equal(show(&i), "");
    i = begun(1);
    gc_inbox_raise(&i, GC_SEQ_MAX);
    assert_string_equal(show(&i), "(1x9007199254740990) ");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_order_in_the_same_order_out),
        cmocka_unit_test(the_text_stays_with_its_number),
        cmocka_unit_test(nothing_is_shown_before_start),
        cmocka_unit_test(a_resumed_conversation_drops_what_it_has),
        cmocka_unit_test(held_messages_go_with_their_link),
        cmocka_unit_test(what_was_given_out_counts_as_shown),
        cmocka_unit_test(duplicates_are_acknowledged_again),
        cmocka_unit_test(gaps_are_marked_once),
        cmocka_unit_test(a_plain_sender_comes_again_with_nothing),
        cmocka_unit_test(a_plain_sender_begins_at_1_whatever_was_shown),
        cmocka_unit_test(held_messages_below_base_are_shown),
        cmocka_unit_test(the_last_words_are_shown),
        cmocka_unit_test(the_window_holds_what_it_says),
        cmocka_unit_test(holes_in_the_memory_are_closed),
        cmocka_unit_test(the_largest_numbers_do_not_overflow),
    };
    return RUN(tests);
}
