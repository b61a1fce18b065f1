#include "test/unit/noun.h"

#include "core/proto/frame_queue.h"
#include "core/wire/websocket.h"

/* Each length of the head, and a payload in two parts. */
static void a_frame_is_its_head_and_its_parts(void **state) {
    (void)state;
    const struct {
        uint32_t payload, head;
    } all[] = {{0, 2}, {125, 2}, {126, 4}, {UINT16_MAX, 4}, {UINT16_MAX + 1, 10}};
    static uint8_t payload[UINT16_MAX + 1];
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        gc_block_pool pool;
        gc_arena arena;
        void *memory;
        NOUN_PLACE(memory, arena, gc_block_pool_init(&pool, &arena, 100));
        gc_block_queue q = {0};
        uint32_t half = all[i].payload / 2;
        gc_span parts[] = {gc_span_of(payload, half), gc_span_of(payload, all[i].payload - half)};
        assert_int_equal(gc_frame_bytes(parts, 2), all[i].head + all[i].payload);
        gc_frame_put(&pool, &q, GC_WS_TEXT, parts, 2);
        assert_int_equal(q.len, all[i].head + all[i].payload);
        gc_block_queue_check(&pool, &q);
        uint8_t head[GC_WS_HEAD_BYTES_MAX];
        gc_span first;
        assert_int_equal(gc_ws_head_write(head, GC_WS_TEXT, all[i].payload), all[i].head);
        assert_int_equal(gc_block_queue_spans(&pool, &q, &first, 1), 1);
        assert_memory_equal(first.data, head, all[i].head);
        free(memory);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_frame_is_its_head_and_its_parts),
    };
    return RUN(tests);
}
