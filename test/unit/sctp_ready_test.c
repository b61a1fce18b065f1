#include "test/unit/noun.h"

#include "rtc/sctp_chunk.h"
#include "rtc/sctp_ready.h"

static gc_sctp_ready ready;
static gc_sctp_pool pool;
static gc_sctp_share share;
static gc_drbg drbg;
static void *memory;
static gc_sctp_in_message message;

static void begin(void) {
    uint8_t seed[32] = {1};
    gc_arena a;
    gc_drbg_init(&drbg, seed);
    NOUN_PLACE(memory, a, gc_sctp_pool_init(&pool, &a, &drbg, 64));
    share = gc_sctp_pool_share(&pool);
    gc_sctp_ready_begin(&ready, &pool);
}

static void end(void) {
    gc_sctp_ready_end(&ready, &share);
    assert_int_equal(pool.used, 0);
    free(memory);
}

/* A chunk, before the chunk `next` of its message. */
static uint32_t chunk(gc_span bytes, uint32_t next) {
    uint32_t block = gc_sctp_pool_put(&pool, &share, share.guaranteed, bytes);
    gc_sctp_block *b = &pool.blocks[block];
    b->stream = 3;
    b->ppid = 53;
    b->flags = GC_SCTP_FLAG_UNORDERED;
    b->next = next;
    return block;
}

static void put(const char *text) {
    gc_sctp_ready_put(&ready, chunk(text_span(text), GC_SCTP_NO_BLOCK));
}

static bool take(void) {
    gc_sctp_ready_let_go(&ready, &share);
    return gc_sctp_ready_take(&ready, &share, &message);
}

static void messages_are_taken_in_their_order(void **state) {
    (void)state;
    begin();
    assert_false(take());
    put("one");
    put("two");
    assert_true(take());
    assert_span(message.bytes, GC_SPAN("one"));
    assert_true(message.stream == 3 && message.ppid == 53 && message.unordered);
    put("three");
    assert_true(take());
    assert_span(message.bytes, GC_SPAN("two"));
    assert_true(take());
    assert_span(message.bytes, GC_SPAN("three"));
    assert_int_equal(pool.used, 1); /* it lies in its block until the next call */
    assert_false(take());
    assert_int_equal(pool.used, 0);
    put("four");
    assert_true(take());
    end();
}

static void chunks_are_put_together(void **state) {
    (void)state;
    static uint8_t bytes[3 * GC_SCTP_BLOCK_BYTES];
    begin();
    for (uint32_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)(i * 7);
    }
    uint32_t last = chunk(gc_span_of(bytes + 2000, sizeof bytes - 2000), GC_SCTP_NO_BLOCK);
    uint32_t middle = chunk(gc_span_of(bytes + 1000, 1000), last);
    gc_sctp_ready_put(&ready, chunk(gc_span_of(bytes, 1000), middle));
    put("next");
    assert_true(take());
    assert_span(message.bytes, gc_span_of(bytes, sizeof bytes));
    assert_int_equal(pool.used, 1);
    assert_true(take());
    assert_span(message.bytes, GC_SPAN("next"));
    end();
}

/* One chunk of several blocks has no bytes that lie side by side. */
static void a_long_chunk_is_put_together(void **state) {
    (void)state;
    static uint8_t bytes[2 * GC_SCTP_BLOCK_BYTES];
    begin();
    memset(bytes, 'x', sizeof bytes);
    gc_sctp_ready_put(&ready, chunk(gc_span_of(bytes, sizeof bytes), GC_SCTP_NO_BLOCK));
    assert_true(take());
    assert_span(message.bytes, gc_span_of(bytes, sizeof bytes));
    end();
}

static void all_is_given_back_at_the_end(void **state) {
    (void)state;
    begin();
    put("taken");
    put("waits");
    gc_sctp_ready_put(&ready, chunk(GC_SPAN("a"), chunk(GC_SPAN("b"), GC_SCTP_NO_BLOCK)));
    assert_true(take());
    end();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_are_taken_in_their_order),
        cmocka_unit_test(chunks_are_put_together),
        cmocka_unit_test(a_long_chunk_is_put_together),
        cmocka_unit_test(all_is_given_back_at_the_end),
    };
    return RUN(tests);
}
