#include "test/unit/noun.h"

#include "rtc/sctp_tsns.h"

#define MAX 4096

static gc_sctp_tsns t;
static void *memory;

static void begin(void) {
    gc_arena a;
    NOUN_PLACE(memory, a, gc_sctp_tsns_place(&t, &a, MAX));
}

/* The row from `first` on holds its own TSNs. */
static void assert_row(uint32_t first, uint32_t used) {
    for (uint32_t i = 0; i < used; i++) {
        assert_int_equal(*gc_sctp_tsns_at(&t, first + i), first + i);
    }
}

static void values_stay_as_the_table_grows(void **state) {
    (void)state;
    /* Rows that begin anywhere in the table, TSNs that wrap among them. */
    for (uint32_t k = 0; k < 20; k++) {
        uint32_t first = 61 * k - 600;
        begin();
        for (uint32_t used = 0; used < MAX; used++) {
            gc_sctp_tsns_fit(&t, first, used, used + 1);
            *gc_sctp_tsns_at(&t, first + used) = first + used;
            if ((used & (used + 1)) == 0) {
                assert_row(first, used + 1);
            }
        }
        assert_row(first, MAX);
        free(memory);
    }
}

static void growth_may_leap(void **state) {
    (void)state;
    begin();
    for (uint32_t i = 0; i < 100; i++) {
        *gc_sctp_tsns_at(&t, 200 + i) = 200 + i;
    }
    gc_sctp_tsns_fit(&t, 200, 100, MAX);
    assert_int_equal(t.mask, MAX - 1);
    assert_row(200, 100);
    free(memory);
}

static void an_empty_table_is_small_again(void **state) {
    (void)state;
    begin();
    gc_sctp_tsns_fit(&t, 0, 0, MAX);
    gc_sctp_tsns_empty(&t);
    assert_int_equal(t.mask, GC_SCTP_TSNS_MIN - 1);
    gc_sctp_tsns_fit(&t, 7, 1, GC_SCTP_TSNS_MIN);
    assert_int_equal(t.mask, GC_SCTP_TSNS_MIN - 1);
    free(memory);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_stay_as_the_table_grows),
        cmocka_unit_test(growth_may_leap),
        cmocka_unit_test(an_empty_table_is_small_again),
    };
    return RUN(tests);
}
