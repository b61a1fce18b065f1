#include "rtc/silence.h"
#include "core/base/timers.h"
#include "test/unit/unit.h"

static void data_without_an_answer_is_asked_about(void **state) {
    (void)state;
    gc_silence s;
    gc_silence_init(&s);
    assert_true(gc_silence_due_ms(&s, 40) == GC_NEVER);
    gc_silence_sent(&s, 1000);
    gc_silence_sent(&s, 1100); /* the first counts */
    assert_int_equal(gc_silence_due_ms(&s, 40), 1040 + GC_SILENCE_MS);
    gc_silence_ended(&s);
    assert_true(gc_silence_due_ms(&s, 40) == GC_NEVER);
    gc_silence_sent(&s, 1200);
    assert_int_equal(gc_silence_due_ms(&s, 0), 1200 + GC_SILENCE_MS);
}

/* However long nothing comes, and however short the silences are. */
static void it_is_asked_now_and_then(void **state) {
    (void)state;
    gc_silence s;
    gc_silence_init(&s);
    uint64_t asked_ms = 0;
    for (uint64_t now_ms = 1000; now_ms < 20000; now_ms++) {
        gc_silence_sent(&s, now_ms);
        if (gc_silence_due_ms(&s, 1) > now_ms) {
            continue;
        }
        gc_silence_asked(&s, now_ms);
        assert_true(gc_silence_due_ms(&s, 1) > now_ms);
        assert_true(now_ms - asked_ms >= GC_SILENCE_AGAIN_MS);
        asked_ms = now_ms;
        if (now_ms % 2 == 0) {
            gc_silence_ended(&s);
        }
    }
    assert_true(asked_ms > 19000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(data_without_an_answer_is_asked_about),
        cmocka_unit_test(it_is_asked_now_and_then),
    };
    return RUN(tests);
}
