#include "test/unit/noun.h"

#include "core/base/timers.h"
#include "rtc/sctp_closing.h"

static gc_sctp_closing c;

/* Type of the chunk that is written; -1: none. */
static int written(void) {
    uint8_t bytes[32];
    gc_writer w;
    gc_writer_init(&w, bytes, sizeof bytes);
    gc_sctp_closing_write(&c, 7, &w);
    return w.at == 0 ? -1 : bytes[0];
}

static void the_side_that_closes_waits_for_its_data(void **state) {
    (void)state;
    gc_sctp_closing_begin(&c);
    gc_sctp_closing_step(&c, true, 0);
    assert_int_equal(c.phase, GC_SCTP_CLOSING_NONE);
    gc_sctp_closing_close(&c);
    gc_sctp_closing_step(&c, false, 0);
    assert_int_equal(written(), -1);
    gc_sctp_closing_step(&c, true, 100);
    assert_int_equal(written(), GC_SCTP_SHUTDOWN);
    assert_int_equal(written(), -1);
    gc_sctp_closing_step(&c, true, 100 + GC_SCTP_T2_MS - 1);
    assert_int_equal(written(), -1);
    gc_sctp_closing_step(&c, true, 100 + GC_SCTP_T2_MS);
    assert_int_equal(written(), GC_SCTP_SHUTDOWN);
    gc_sctp_closing_chunk(&c, GC_SCTP_SHUTDOWN_ACK, 700);
    assert_int_equal(c.phase, GC_SCTP_CLOSING_DONE);
    assert_int_equal(written(), GC_SCTP_SHUTDOWN_COMPLETE);
    assert_int_equal(c.t2_at_ms, GC_NEVER);
}

static void the_other_side_answers_when_its_data_are_through(void **state) {
    (void)state;
    gc_sctp_closing_begin(&c);
    gc_sctp_closing_chunk(&c, GC_SCTP_SHUTDOWN, 0);
    gc_sctp_closing_chunk(&c, GC_SCTP_SHUTDOWN, 10);
    gc_sctp_closing_step(&c, false, 10);
    assert_int_equal(written(), -1);
    gc_sctp_closing_step(&c, true, 20);
    assert_int_equal(written(), GC_SCTP_SHUTDOWN_ACK);
    gc_sctp_closing_step(&c, true, 20 + GC_SCTP_T2_MS);
    assert_int_equal(written(), GC_SCTP_SHUTDOWN_ACK);
    gc_sctp_closing_chunk(&c, GC_SCTP_SHUTDOWN_COMPLETE, 600);
    assert_int_equal(c.phase, GC_SCTP_CLOSING_DONE);
    assert_int_equal(written(), -1);
}

static void two_that_close_at_once_both_end(void **state) {
    (void)state;
    gc_sctp_closing_begin(&c);
    gc_sctp_closing_close(&c);
    gc_sctp_closing_step(&c, true, 0);
    assert_int_equal(written(), GC_SCTP_SHUTDOWN);
    gc_sctp_closing_chunk(&c, GC_SCTP_SHUTDOWN, 5);
    assert_int_equal(written(), GC_SCTP_SHUTDOWN_ACK);
    gc_sctp_closing_chunk(&c, GC_SCTP_SHUTDOWN_ACK, 9);
    assert_int_equal(written(), GC_SCTP_SHUTDOWN_COMPLETE);
    assert_int_equal(c.phase, GC_SCTP_CLOSING_DONE);
}

static void answers_that_nobody_awaits_change_nothing(void **state) {
    (void)state;
    gc_sctp_closing_begin(&c);
    gc_sctp_closing_chunk(&c, GC_SCTP_SHUTDOWN_ACK, 0);
    gc_sctp_closing_chunk(&c, GC_SCTP_SHUTDOWN_COMPLETE, 0);
    assert_int_equal(c.phase, GC_SCTP_CLOSING_NONE);
    gc_sctp_closing_close(&c);
    gc_sctp_closing_chunk(&c, GC_SCTP_SHUTDOWN_ACK, 0);
    assert_int_equal(c.phase, GC_SCTP_CLOSING_PENDING);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_side_that_closes_waits_for_its_data),
        cmocka_unit_test(the_other_side_answers_when_its_data_are_through),
        cmocka_unit_test(two_that_close_at_once_both_end),
        cmocka_unit_test(answers_that_nobody_awaits_change_nothing),
    };
    return RUN(tests);
}
