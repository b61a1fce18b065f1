#include "test/unit/noun.h"

#include "rtc/sctp_turns.h"

#define STREAMS 1024

static gc_sctp_turns t;
static void *memory;

static void begin(void) {
    gc_arena a;
    NOUN_PLACE(memory, a, gc_sctp_turns_place(&t, &a, STREAMS));
    memset(memory, 0xa5, STREAMS * sizeof(gc_sctp_turns_stream)); /* of whoever was here before */
    gc_sctp_turns_begin(&t);
}

static uint64_t take(uint32_t stream, uint32_t bytes) {
    return gc_sctp_turns_take(&t, stream, bytes).first;
}

static void each_stream_counts_its_messages(void **state) {
    (void)state;
    begin();
    for (uint32_t i = 0; i < 3; i++) {
        take(7, 10); /* gives no number: the message may never go out */
        assert_int_equal(gc_sctp_turns_number(&t, 7, false, true), i);
        assert_int_equal(gc_sctp_turns_number(&t, 7, false, false), i); /* its second chunk */
        assert_int_equal(gc_sctp_turns_next(&t, 7), i + 1);
        assert_int_equal(gc_sctp_turns_number(&t, 7, true, true), i);
        assert_int_equal(gc_sctp_turns_number(&t, STREAMS - 1, false, true), i);
    }
    gc_sctp_turns_restart(&t, 7);
    assert_int_equal(gc_sctp_turns_number(&t, 7, false, true), 0);
    assert_int_equal(gc_sctp_turns_number(&t, 7, true, true), 0);
    assert_int_equal(gc_sctp_turns_number(&t, STREAMS - 1, false, true), 3);
    free(memory);
}

static void a_silent_stream_has_its_turn_at_once(void **state) {
    (void)state;
    begin();
    for (uint32_t i = 0; i < 10; i++) {
        assert_int_equal(take(1, 1000), 1000 * i);
    }
    assert_int_equal(take(2, 1000), 0);
    assert_int_equal(take(2, 1000), 1000);
    gc_sctp_turns_sent(&t, 5000);
    gc_sctp_turns_sent(&t, 1000); /* sent again: time does not go back */
    assert_int_equal(take(3, 1000), 5000);
    assert_int_equal(take(2, 1000), 5000);
    assert_int_equal(take(1, 1000), 10000);
    free(memory);
}

static void large_messages_are_one_row(void **state) {
    (void)state;
    begin();
    gc_sctp_turn large = gc_sctp_turns_take(&t, 1, 100000);
    assert_int_equal(large.each_byte, 1);
    assert_int_equal(take(2, 200000), 100000);
    assert_int_equal(take(1, 10), 100000); /* after the message before it on its stream */
    gc_sctp_turn small = gc_sctp_turns_take(&t, 3, GC_SCTP_SMALL_BYTES);
    assert_int_equal(small.each_byte, 0);
    assert_int_equal(small.first, 0);
    free(memory);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_stream_counts_its_messages),
        cmocka_unit_test(a_silent_stream_has_its_turn_at_once),
        cmocka_unit_test(large_messages_are_one_row),
    };
    return RUN(tests);
}
