#include "test/unit/unit.h"

#include "core/base/limits.h"
#include "core/proto/bucket.h"

static void a_burst_passes_and_then_the_rate(void **state) {
    (void)state;
    gc_bucket b = {0};
    uint64_t now = 5000;
    for (int i = 0; i < GC_RATE_BURST_SECONDS * GC_RATE_PER_SECOND; i++) {
        assert_false(gc_bucket_take(&b, GC_RATE_PER_SECOND, now));
    }
    assert_true(gc_bucket_take(&b, GC_RATE_PER_SECOND, now));
    uint64_t resume = gc_bucket_resume_ms(&b);
    assert_int_equal(resume, now + 5 + GC_BUCKET_RESUME_MS);
    /* then 200 a second, however the pauses fall */
    uint64_t end = now + 10000;
    int taken = 0;
    for (now = resume; now < end; now = gc_bucket_resume_ms(&b)) {
        do {
            taken++;
        } while (!gc_bucket_take(&b, GC_RATE_PER_SECOND, now));
    }
    assert_in_range(taken, 1960, 2040);
}

/* At the burst itself a client is not paused yet, and a new bucket has nothing to wait for. */
static void a_client_in_credit_has_nothing_to_wait_for(void **state) {
    (void)state;
    gc_bucket b = {0};
    assert_int_equal(gc_bucket_resume_ms(&b), 0);
    assert_false(gc_bucket_take(&b, 1000, 0));
    assert_int_equal(gc_bucket_resume_ms(&b), 0);
    const uint64_t full_ms = GC_RATE_BURST_SECONDS * UINT64_C(1000);
    for (uint64_t i = 1; i < full_ms - GC_BUCKET_RESUME_MS; i++) {
        assert_false(gc_bucket_take(&b, 1000, 0));
    }
    assert_int_equal(gc_bucket_resume_ms(&b), 0);
    assert_false(gc_bucket_take(&b, 1000, 0));
    assert_int_equal(gc_bucket_resume_ms(&b), 1);
}

static void debt_is_paid(void **state) {
    (void)state;
    gc_bucket b = {0};
    for (int i = 0; i < 4000; i++) {
        gc_bucket_take(&b, 200, 1000); /* had been read already */
    }
    assert_int_equal(gc_bucket_resume_ms(&b), 1000 + 10000 + GC_BUCKET_RESUME_MS);
}

static void a_bucket_fills_to_the_burst_and_not_beyond(void **state) {
    (void)state;
    gc_bucket b = {0};
    gc_bucket_take(&b, 200, 0);
    uint64_t now = 3600000;
    int taken = 0;
    while (!gc_bucket_take(&b, 200, now)) {
        taken++;
    }
    assert_int_equal(taken, 2000);
}

static void the_slowest_and_the_fastest_rate_hold(void **state) {
    (void)state;
    gc_bucket slow = {0};
    for (int i = 0; i < 10; i++) {
        assert_false(gc_bucket_take(&slow, 1, 7));
    }
    assert_true(gc_bucket_take(&slow, 1, 7));
    gc_bucket fast = {0};
    for (int i = 0; i < 100000; i++) {
        assert_false(gc_bucket_take(&fast, UINT32_MAX, 7)); /* a price below 1 us: free */
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_burst_passes_and_then_the_rate),
        cmocka_unit_test(a_client_in_credit_has_nothing_to_wait_for),
        cmocka_unit_test(debt_is_paid),
        cmocka_unit_test(a_bucket_fills_to_the_burst_and_not_beyond),
        cmocka_unit_test(the_slowest_and_the_fastest_rate_hold),
    };
    return RUN(tests);
}
