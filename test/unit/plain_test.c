/* core/proto/plain.c: a stock peer's messages are numbered as they come, ours count once taken. */
#include "core/proto/plain.h"
#include "core/base/reason.h"
#include "test/unit/unit.h"

static gc_outbox_store outbox_store;
static gc_inbox_store inbox_store;
static gc_data_store data_store;
static gc_outbox outbox;
static gc_conversation talk;
static gc_plain plain;
static uint8_t scratch_joined[GC_DATA_BYTES_MAX], scratch_text[GC_DATA_TEXT_BYTES_MAX];
static uint8_t frame[GC_DATA_FRAME_BYTES_MAX];

static int setup(void **state) {
    (void)state;
    plain = (gc_plain){0};
    gc_outbox_init(&outbox, &outbox_store);
    gc_conversation_init(&talk, &inbox_store, 1);
    gc_conversation_link(&talk);
    gc_plain_begin(&plain, &data_store, GC_SERIALIZE_RAW, &talk);
    return 0;
}

static bool hear(gc_span text) {
    const gc_data_scratch scratch = {scratch_joined, scratch_text};
    bool open = gc_plain_read(&plain, &talk, true, text, scratch);
    gc_plain_check(&plain);
    gc_conversation_check(&talk, &outbox);
    return open;
}

static void shows(uint64_t number, gc_span want) {
    uint64_t seq = 0, missing = 0;
    gc_span text = {0};
    assert_int_equal(gc_conversation_show(&talk, &seq, &missing, &text), GC_INBOX_MESSAGE);
    assert_int_equal(seq, number);
    assert_span(text, want);
    gc_conversation_shown(&talk);
}

static enum gc_plain_written say(void) {
    gc_writer w;
    gc_writer_init(&w, frame, sizeof frame);
    return gc_plain_write(&plain, &talk, &outbox, scratch_text, &w);
}

static void messages_are_numbered_as_they_come(void **state) {
    (void)state;
    assert_true(gc_conversation_is_open(&talk)); /* no START is waited for */
    assert_true(talk.plain);
    assert_true(hear(GC_SPAN("one")));
    assert_true(hear(GC_SPAN("two")));
    shows(1, GC_SPAN("one"));
    shows(2, GC_SPAN("two"));
}

static void a_long_text_is_shown_in_pieces_that_cut_no_character(void **state) {
    static uint8_t text[GC_TEXT_BYTES_MAX + 2];
    (void)state;
    memset(text, 'x', sizeof text);
    memcpy(text + GC_TEXT_BYTES_MAX - 1, "\xc3\xa9", 2); /* é, across the end of the first piece */
    assert_true(hear(gc_span_of(text, sizeof text)));
    shows(1, gc_span_of(text, GC_TEXT_BYTES_MAX - 1));
    shows(2, GC_SPAN("\xc3\xa9x"));
}

static void what_is_refused_leaves_a_gap_with_its_reason(void **state) {
    uint64_t seq = 0, missing = 0;
    gc_span text;
    (void)state;
    assert_true(hear(GC_SPAN("\xff")));
    assert_int_equal(gc_conversation_show(&talk, &seq, &missing, &text), GC_INBOX_GAP);
    assert_int_equal(missing, 1);
    assert_int_equal(talk.gap_reason, GC_REASON_BAD_UTF8);
    assert_true(hear(GC_SPAN("next")));
    shows(2, GC_SPAN("next"));
}

static void ours_are_sent_once_the_transport_took_them(void **state) {
    uint64_t seq = 0;
    bool delivered = false;
    (void)state;
    (void)gc_outbox_add(&outbox, GC_SPAN("hello"), 100, 1);
    assert_int_equal(say(), GC_PLAIN_TEXT);
    assert_memory_equal(frame, "hello", 5);
    assert_false(gc_conversation_tell(&talk, &seq, &delivered));
    gc_plain_taken(&talk, &outbox, 200);
    assert_true(gc_conversation_tell(&talk, &seq, &delivered));
    assert_true(delivered);
    gc_plain_taken(&talk, &outbox, 300); /* nothing is under way: nothing happens */
    gc_conversation_check(&talk, &outbox);
}

static void an_end_gives_up_what_the_transport_did_not_report(void **state) {
    uint64_t seq = 0;
    bool delivered = true;
    (void)state;
    (void)gc_outbox_add(&outbox, GC_SPAN("may have gone"), 100, 1);
    (void)gc_outbox_add(&outbox, GC_SPAN("for the next link"), 100, 1);
    assert_int_equal(say(), GC_PLAIN_TEXT);
    gc_plain_end(&plain, &talk, &outbox);
    assert_true(gc_plain_is_free(&plain));
    gc_conversation_unlink(&talk);
    assert_true(gc_conversation_tell(&talk, &seq, &delivered));
    assert_int_equal(seq, 1);
    assert_false(delivered);
    assert_int_equal(talk.lost_reason, GC_REASON_GONE);
    assert_false(gc_conversation_tell(&talk, &seq, &delivered));
    gc_conversation_check(&talk, &outbox);
}

/* In JSON a control character takes six bytes: 16 KiB of them fit into no frame. */
static void what_no_frame_can_hold_waits_for_those_before_it(void **state) {
    static uint8_t text[GC_TEXT_BYTES_MAX];
    uint64_t seq = 0;
    bool delivered = true;
    (void)state;
    memset(text, 1, sizeof text);
    gc_plain_end(&plain, &talk, &outbox);
    gc_conversation_link(&talk);
    gc_plain_begin(&plain, &data_store, GC_SERIALIZE_JSON, &talk);
    (void)gc_outbox_add(&outbox, GC_SPAN("small"), 100, 1);
    (void)gc_outbox_add(&outbox, gc_span_of(text, sizeof text), 100, 1);
    assert_int_equal(say(), GC_PLAIN_BYTES);
    assert_int_equal(say(), GC_PLAIN_WAIT);
    gc_plain_taken(&talk, &outbox, 200);
    assert_int_equal(say(), GC_PLAIN_TOO_BIG);
    assert_true(gc_conversation_tell(&talk, &seq, &delivered) && delivered);
    assert_true(gc_conversation_tell(&talk, &seq, &delivered) && !delivered);
    assert_int_equal(talk.lost_reason, GC_REASON_TOO_BIG);
}

static void a_close_of_the_application_is_reported(void **state) {
    const gc_data_scratch scratch = {scratch_joined, scratch_text};
    gc_span close = GC_SPAN("{\"__peerData\":{\"type\":\"close\"}}");
    (void)state;
    gc_plain_end(&plain, &talk, &outbox);
    gc_conversation_link(&talk);
    gc_plain_begin(&plain, &data_store, GC_SERIALIZE_JSON, &talk);
    assert_false(gc_plain_read(&plain, &talk, false, close, scratch));
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup(name, setup)
    const struct CMUnitTest tests[] = {
        TEST(messages_are_numbered_as_they_come),
        TEST(a_long_text_is_shown_in_pieces_that_cut_no_character),
        TEST(what_is_refused_leaves_a_gap_with_its_reason),
        TEST(ours_are_sent_once_the_transport_took_them),
        TEST(an_end_gives_up_what_the_transport_did_not_report),
        TEST(what_no_frame_can_hold_waits_for_those_before_it),
        TEST(a_close_of_the_application_is_reported),
    };
    return RUN(tests);
}
