#include "test/unit/noun.h"

#include "core/proto/block_pool.h"
#include "core/wire/websocket.h"

#define BLOCKS 16
#define QUEUES 4

typedef struct fixture {
    gc_block_pool pool;
    gc_arena arena;
    void *memory;
} fixture;

static void start(fixture *f, uint32_t blocks) {
    NOUN_PLACE(f->memory, f->arena, gc_block_pool_init(&f->pool, &f->arena, blocks));
}

static void stop(fixture *f) {
    free(f->memory);
}

static uint32_t read_all(const gc_block_pool *p, const gc_block_queue *q, uint8_t *out) {
    gc_span spans[BLOCKS];
    uint32_t n = gc_block_queue_spans(p, q, spans, BLOCKS);
    uint32_t len = 0;
    for (uint32_t i = 0; i < n; i++) {
        memcpy(out + len, spans[i].data, spans[i].len);
        len += spans[i].len;
    }
    return len;
}

static void an_empty_queue_owns_nothing(void **state) {
    (void)state;
    fixture f;
    start(&f, BLOCKS);
    gc_block_queue q = {0};
    gc_span one;
    assert_int_equal(gc_block_queue_spans(&f.pool, &q, &one, 1), 0);
    assert_int_equal(gc_block_queue_need(&f.pool, &q, 0), 0);
    gc_block_queue_put(&f.pool, &q, GC_SPAN("abc"));
    assert_int_equal(f.pool.used, 1);
    gc_block_queue_drop(&f.pool, &q, 3);
    assert_int_equal(f.pool.used, 0);
    assert_int_equal(q.head | q.tail | q.len | q.blocks, 0);
    gc_block_queue_clear(&f.pool, &q);
    gc_block_queue_check(&f.pool, &q);
    stop(&f);
}

static void the_need_of_blocks_is_exact(void **state) {
    (void)state;
    fixture f;
    start(&f, BLOCKS);
    uint8_t bytes[3 * GC_BLOCK_DATA_BYTES] = {0};
    for (uint32_t before = 0; before < 2 * GC_BLOCK_DATA_BYTES; before += 251) {
        for (uint32_t more = 0; more <= 3 * GC_BLOCK_DATA_BYTES; more += 127) {
            gc_block_queue q = {0};
            gc_block_queue_put(&f.pool, &q, gc_span_of(bytes, before));
            uint32_t need = gc_block_queue_need(&f.pool, &q, more);
            uint32_t used = f.pool.used;
            gc_block_queue_put(&f.pool, &q, gc_span_of(bytes, more));
            assert_int_equal(f.pool.used - used, need);
            gc_block_queue_clear(&f.pool, &q);
            assert_int_equal(f.pool.used, 0);
        }
    }
    stop(&f);
}

static void blocks_are_touched_in_order_and_used_again(void **state) {
    (void)state;
    fixture f;
    start(&f, BLOCKS);
    uint8_t bytes[2 * GC_BLOCK_DATA_BYTES] = {0};
    for (int i = 0; i < 100; i++) {
        gc_block_queue q = {0};
        gc_block_queue_put(&f.pool, &q, gc_span_of(bytes, sizeof bytes));
        gc_block_queue_drop(&f.pool, &q, GC_BLOCK_DATA_BYTES / 2);
        gc_block_queue_clear(&f.pool, &q);
    }
    assert_int_equal(f.pool.touched, 2);
    assert_int_equal(gc_block_pool_left(&f.pool), BLOCKS);
    stop(&f);
}

/* Each queue beside a plain array that says what must be in it. */
static void queues_do_as_a_model_does(void **state) {
    (void)state;
    fixture f;
    start(&f, BLOCKS);
    gc_block_queue q[QUEUES] = {{0}};
    static uint8_t model[QUEUES][BLOCKS * GC_BLOCK_BYTES];
    static uint8_t got[BLOCKS * GC_BLOCK_BYTES];
    uint32_t len[QUEUES] = {0};
    uint64_t rng = 11;
    for (int round = 0; round < 20000; round++) {
        uint32_t i = chance(&rng, QUEUES);
        uint32_t k = (i + 1 + chance(&rng, QUEUES - 1)) % QUEUES;
        uint32_t op = chance(&rng, 8);
        if (op < 4) {
            uint8_t bytes[2500];
            uint32_t n = chance(&rng, sizeof bytes);
            memset(bytes, (int)chance(&rng, 256), n);
            if (gc_block_queue_need(&f.pool, &q[i], n) <= gc_block_pool_left(&f.pool)) {
                gc_block_queue_put(&f.pool, &q[i], gc_span_of(bytes, n));
                memcpy(model[i] + len[i], bytes, n);
                len[i] += n;
            }
        } else if (op < 6) {
            uint32_t n = chance(&rng, len[i] + 1);
            gc_block_queue_drop(&f.pool, &q[i], n);
            len[i] -= n;
            memmove(model[i], model[i] + n, len[i]);
        } else if (op == 6) {
            gc_block_queue_splice(&f.pool, &q[k], &q[i]);
            memcpy(model[k] + len[k], model[i], len[i]);
            len[k] += len[i];
            len[i] = 0;
        } else {
            gc_block_queue_clear(&f.pool, &q[i]);
            len[i] = 0;
        }
        uint32_t blocks = 0;
        for (uint32_t j = 0; j < QUEUES; j++) {
            gc_block_queue_check(&f.pool, &q[j]);
            assert_int_equal(q[j].len, len[j]);
            assert_int_equal(read_all(&f.pool, &q[j], got), len[j]);
            assert_memory_equal(got, model[j], len[j]);
            blocks += q[j].blocks;
        }
        assert_int_equal(blocks, f.pool.used);
    }
    stop(&f);
}

static void spans_stop_at_max(void **state) {
    (void)state;
    fixture f;
    start(&f, BLOCKS);
    gc_block_queue q = {0};
    uint8_t bytes[3 * GC_BLOCK_DATA_BYTES] = {0};
    gc_block_queue_put(&f.pool, &q, gc_span_of(bytes, sizeof bytes));
    gc_span spans[2];
    assert_int_equal(gc_block_queue_spans(&f.pool, &q, spans, 2), 2);
    assert_int_equal(spans[0].len + spans[1].len, 2 * GC_BLOCK_DATA_BYTES);
    stop(&f);
}

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

/* Frames of every length of head, begun anywhere in a block, go one by one; when hardly a block is
 * free all go at once, for which none is needed. */
static void frames_move_one_by_one(void **state) {
    (void)state;
    const uint32_t lens[] = {0, 1, 125, 126, 127, 1000, 3000, 65535, 65536, 65537, 7};
    const uint32_t count = sizeof lens / sizeof *lens;
    static uint8_t bytes[65537];
    for (uint32_t shift = 0; shift < 1100; shift += 97) {
        fixture f;
        start(&f, 512);
        gc_block_queue from = {0}, to = {0};
        gc_block_queue_put(&f.pool, &from, gc_span_of(bytes, shift));
        for (uint32_t i = 0; i < count; i++) {
            gc_span part = gc_span_of(bytes, lens[i]);
            gc_frame_put(&f.pool, &from, GC_WS_TEXT, &part, 1);
        }
        gc_block_queue_drop(&f.pool, &from, shift);
        for (uint32_t i = 0; i < count - 1; i++) {
            gc_span part = gc_span_of(bytes, lens[i]);
            uint32_t before = to.len;
            assert_int_equal(gc_frame_first(&f.pool, &from), gc_frame_bytes(&part, 1));
            gc_frame_move(&f.pool, &to, &from);
            assert_int_equal(to.len - before, gc_frame_bytes(&part, 1));
            gc_block_queue_check(&f.pool, &from);
            gc_block_queue_check(&f.pool, &to);
            assert_int_equal(f.pool.used, from.blocks + to.blocks);
        }
        gc_frame_move(&f.pool, &to, &from);
        assert_int_equal(gc_frame_first(&f.pool, &from), 0);
        gc_block_queue_clear(&f.pool, &to);
        assert_int_equal(f.pool.used, 0);
        stop(&f);
    }
    fixture f;
    start(&f, 2);
    gc_block_queue from = {0}, to = {0};
    gc_span part = gc_span_of(bytes, 10);
    gc_frame_put(&f.pool, &from, GC_WS_TEXT, &part, 1);
    gc_frame_put(&f.pool, &from, GC_WS_TEXT, &part, 1);
    gc_frame_move(&f.pool, &to, &from);
    assert_int_equal(to.len, 24);
    gc_block_queue_clear(&f.pool, &to);
    stop(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_queue_owns_nothing),
        cmocka_unit_test(the_need_of_blocks_is_exact),
        cmocka_unit_test(blocks_are_touched_in_order_and_used_again),
        cmocka_unit_test(queues_do_as_a_model_does),
        cmocka_unit_test(spans_stop_at_max),
        cmocka_unit_test(a_frame_is_its_head_and_its_parts),
        cmocka_unit_test(frames_move_one_by_one),
    };
    return RUN(tests);
}
