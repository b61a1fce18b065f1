#include "test/unit/unit.h"

#include "core/base/reason.h"
#include "core/proto/client_output.h"
#include "rtc/link_reports.h"

static gc_rtc_output out;

static bool next(gc_link_reports *r, uint64_t now_ms, uint32_t buffered, bool open) {
    gc_link_reports_state state = {
        .now_ms = now_ms, .buffered = buffered, .rtt_ms = 20, .open = open};
    return gc_link_reports_next(r, &state, &out);
}

static void nothing_is_owed_at_first(void **state) {
    (void)state;
    gc_link_reports r;
    gc_link_reports_begin(&r, 1000);
    assert_false(next(&r, 1000, 0, false));
    assert_false(next(&r, 100000, 0, true));
}

static void the_end_is_told_once_and_nothing_beside_it(void **state) {
    (void)state;
    gc_link_reports r;
    gc_link_reports_begin(&r, 1000);
    gc_link_reports_sent(&r);
    gc_link_reports_opened(&r);
    gc_link_reports_close(&r, GC_REASON_GONE);
    assert_true(next(&r, 1000, 5, false));
    assert_int_equal(out.type, GC_RTC_CLOSED);
    assert_int_equal(out.value, GC_REASON_GONE);
    assert_false(next(&r, 1000, 5, false));
    gc_link_reports_close(&r, GC_REASON_GONE);
    gc_link_reports_clear(&r);
    assert_false(next(&r, 1000, 5, false));
}

static void waiting_bytes_are_told_when_sent_and_when_few(void **state) {
    (void)state;
    gc_link_reports r;
    gc_link_reports_begin(&r, 1000);
    gc_link_reports_sent(&r);
    assert_true(next(&r, 1000, GC_RTC_BUFFERED_LOW_BYTES + 2, true));
    assert_int_equal(out.type, GC_RTC_BUFFERED);
    assert_int_equal(out.value, GC_RTC_BUFFERED_LOW_BYTES + 2);
    assert_false(next(&r, 1000, GC_RTC_BUFFERED_LOW_BYTES + 1, true));
    assert_false(next(&r, 1000, GC_RTC_BUFFERED_LOW_BYTES, false)); /* nobody can use it any more */
    assert_true(next(&r, 1000, GC_RTC_BUFFERED_LOW_BYTES, true));
    assert_int_equal(out.value, GC_RTC_BUFFERED_LOW_BYTES);
    assert_false(next(&r, 1000, 0, true)); /* few are told once */
}

static void the_path_is_told_at_its_times(void **state) {
    (void)state;
    gc_link_reports r;
    gc_link_reports_begin(&r, 1000);
    gc_link_reports_moved(&r, GC_PATH_SRFLX, false);
    assert_false(next(&r, 1000, 0, false));
    gc_link_reports_opened(&r);
    assert_true(next(&r, 1000, 0, true));
    assert_int_equal(out.type, GC_RTC_PATH);
    assert_int_equal(out.value, GC_PATH_SRFLX);
    assert_int_equal(out.rtt_ms, 20);
    gc_link_reports_used(&r, 1000 + GC_LINK_REPORTS_PATH_MS - 1);
    assert_false(next(&r, 1000 + GC_LINK_REPORTS_PATH_MS - 1, 0, true));
    gc_link_reports_used(&r, 1000 + GC_LINK_REPORTS_PATH_MS);
    assert_true(next(&r, 1000 + GC_LINK_REPORTS_PATH_MS, 0, true));
    gc_link_reports_moved(&r, GC_PATH_HOST, true);
    assert_true(next(&r, 1000 + GC_LINK_REPORTS_PATH_MS, 0, true));
    assert_int_equal(out.value, GC_PATH_HOST);
    gc_link_reports_moved(&r, GC_PATH_SRFLX, true);
    const gc_link_reports_state lost = {.now_ms = 9000, .open = true};
    assert_true(gc_link_reports_next(&r, &lost, &out));
    assert_int_equal(out.rtt_ms, 0); /* not known */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_owed_at_first),
        cmocka_unit_test(the_end_is_told_once_and_nothing_beside_it),
        cmocka_unit_test(waiting_bytes_are_told_when_sent_and_when_few),
        cmocka_unit_test(the_path_is_told_at_its_times),
    };
    return RUN(tests);
}
