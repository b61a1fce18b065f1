/* core/proto/output_queue.c */
#include "core/proto/output_queue.h"
#include "test/unit/unit.h"

static gc_output_store store;

static gc_output_queue fresh(void) {
    gc_output_queue q;
    memset(&store, 0xa5, sizeof store);
    gc_output_queue_init(&q, &store);
    return q;
}

static void first_in_first_out(void **state) {
    gc_output_queue q = fresh();
    gc_client_output o;
    (void)state;
    assert_false(gc_output_queue_take(&q, &o));
    for (uint32_t round = 0; round < 3; round++) {
        gc_output_queue_put(&q, 4, 5, 6, GC_SPAN("text"), GC_SPAN("two"));
        gc_writer w = gc_output_queue_begin(&q);
        gc_writer_text(&w, "written");
        assert_true(gc_output_queue_end(&q, 7, 8, 9, &w));
        assert_true(gc_output_queue_take(&q, &o));
        assert_int_equal(o.type, 4);
        assert_int_equal(o.link, 5);
        assert_int_equal(o.value, 6);
        assert_int_equal(o.peer, GC_NONE);
        assert_span(o.text, GC_SPAN("text"));
        assert_span(o.text2, GC_SPAN("two"));
        assert_true(gc_output_queue_take(&q, &o));
        assert_int_equal(o.type, 7);
        assert_span(o.text, GC_SPAN("written"));
        assert_false(gc_output_queue_take(&q, &o));
        assert_span(o.text, GC_SPAN("written")); /* readable until something is queued */
    }
}

static void a_failed_writer_queues_nothing(void **state) {
    gc_output_queue q = fresh();
    gc_client_output o;
    static uint8_t big[GC_OUTPUT_BYTES_MAX + 1];
    (void)state;
    gc_writer w = gc_output_queue_begin(&q);
    gc_writer_bytes(&w, big, sizeof big);
    assert_false(gc_output_queue_end(&q, 1, 0, 0, &w));
    assert_false(gc_output_queue_take(&q, &o));
}

/* Ready means: the most that one input can queue fits. */
static void ready_keeps_its_word(void **state) {
    static uint8_t bytes[GC_OUTPUT_INPUT_BYTES];
    gc_output_queue q = fresh();
    gc_client_output o;
    uint32_t inputs = 0;
    (void)state;
    while (gc_output_queue_ready(&q)) {
        for (uint32_t i = 0; i < GC_OUTPUT_INPUT_EVENTS; i++) {
            gc_span all = gc_span_of(bytes, i == 0 ? GC_OUTPUT_INPUT_BYTES : 0);
            gc_output_queue_put(&q, 1, 0, 0, all, GC_SPAN(""));
        }
        inputs++;
    }
    assert_int_equal(inputs, 2);
    while (gc_output_queue_take(&q, &o)) {
        assert_int_equal(gc_output_queue_ready(&q), q.head == q.count);
    }
    assert_true(gc_output_queue_ready(&q));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_in_first_out),
        cmocka_unit_test(a_failed_writer_queues_nothing),
        cmocka_unit_test(ready_keeps_its_word),
    };
    return RUN(tests);
}
