#include "test/unit/noun.h"

#include "core/proto/order.h"

#define COUNT 9

static void an_order_does_as_a_model_does(void **state) {
    (void)state;
    gc_order o;
    gc_arena a;
    void *memory;
    NOUN_PLACE(memory, a, gc_order_init(&o, &a, COUNT));
    uint32_t model[COUNT];
    uint32_t len = 0;
    uint64_t rng = 3;
    for (int round = 0; round < 20000; round++) {
        uint32_t n = chance(&rng, COUNT);
        uint32_t at = 0;
        while (at < len && model[at] != n) {
            at++;
        }
        assert_int_equal(gc_order_has(&o, n), at < len);
        if (chance(&rng, 2) == 0) {
            gc_order_add(&o, n);
            if (at == len) {
                model[len++] = n;
            }
        } else {
            gc_order_remove(&o, n);
            if (at < len) {
                memmove(model + at, model + at + 1, (len - at - 1) * sizeof *model);
                len--;
            }
        }
        uint32_t i = gc_order_first(&o);
        for (uint32_t k = 0; k < len; k++) {
            assert_int_equal(i, model[k]);
            i = gc_order_next(&o, i);
        }
        assert_int_equal(i, GC_ORDER_END);
        assert_int_equal(o.count, len);
    }
    free(memory);
}

static void the_last_number_can_be_used(void **state) {
    (void)state;
    gc_order o;
    gc_arena a;
    void *memory;
    NOUN_PLACE(memory, a, gc_order_init(&o, &a, 1));
    assert_int_equal(gc_order_first(&o), GC_ORDER_END);
    gc_order_add(&o, 0);
    gc_order_add(&o, 0);
    assert_int_equal(o.count, 1);
    assert_int_equal(gc_order_first(&o), 0);
    gc_order_remove(&o, 0);
    gc_order_remove(&o, 0);
    assert_int_equal(gc_order_first(&o), GC_ORDER_END);
    free(memory);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_order_does_as_a_model_does),
        cmocka_unit_test(the_last_number_can_be_used),
    };
    return RUN(tests);
}
