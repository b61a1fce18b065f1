#include "test/unit/noun.h"

#include "core/base/error.h"
#include "rtc/sctp_unsent.h"

#define STREAMS 16

static gc_sctp_unsent unsent;
static gc_sctp_share share;
static gc_sctp_pool pool;
static gc_drbg drbg;
static void *memory;

static void place(gc_arena *a, uint32_t blocks) {
    gc_sctp_pool_init(&pool, a, &drbg, blocks);
    gc_sctp_unsent_place(&unsent, &pool, a, STREAMS);
}

static void begin(uint32_t blocks, uint32_t blocks_max) {
    uint8_t seed[32] = {1};
    gc_arena a;
    gc_drbg_init(&drbg, seed);
    NOUN_PLACE(memory, a, place(&a, blocks));
    share = gc_sctp_pool_share(&pool);
    gc_sctp_unsent_begin(&unsent, blocks_max);
}

static int put(uint16_t stream, gc_span bytes, uint32_t chunk_bytes) {
    gc_sctp_data d = {.ppid = 53, .stream = stream, .bytes = bytes};
    return gc_sctp_unsent_put(&unsent, &share, &d, &(gc_sctp_limit){0}, chunk_bytes);
}

/* Takes the first chunk out, as one that is sent, and gives it back. Its first byte; 0: none. */
static char send(void) {
    uint32_t block = unsent.list.first;
    if (block == GC_SCTP_NO_BLOCK) {
        return 0;
    }
    gc_sctp_unsent_sent(&unsent, block);
    gc_sctp_unsent_number(&unsent, block);
    char text = (char)gc_sctp_pool_bytes(&pool, block).data[0];
    gc_sctp_limit_leave(&pool, block);
    gc_sctp_pool_give(&pool, &share, block);
    return text;
}

static void end(void) {
    while (send() != 0) {
    }
    for (uint32_t i = 0; i < STREAMS; i++) {
        assert_int_equal(unsent.waiting[i], 0);
    }
    assert_int_equal(unsent.blocks, 0);
    assert_int_equal(unsent.list.bytes, 0);
    assert_int_equal(pool.used, 0);
    free(memory);
}

static void chunks_go_out_in_the_order_of_their_messages(void **state) {
    (void)state;
    begin(16, 16);
    assert_int_equal(put(1, text_span("abc"), 1), 0);
    assert_int_equal(put(2, text_span("d"), 1), 0);
    assert_int_equal(put(1, text_span("ef"), 1), 0);
    for (const char *text = "abcdef"; *text != 0; text++) {
        assert_int_equal(send(), *text);
    }
    end();
}

/* A message of so many bytes of the same letter. */
static gc_span letters(char letter, uint32_t count) {
    static uint8_t bytes[2 * GC_SCTP_SMALL_BYTES];
    memset(bytes, letter, count);
    return gc_span_of(bytes, count);
}

static void small_messages_go_between_the_chunks_of_a_large_one(void **state) {
    (void)state;
    begin(256, 256);
    gc_sctp_unsent_order_by_turn(&unsent);
    uint32_t large = 2 * GC_SCTP_SMALL_BYTES, chunk = large / 64;
    assert_int_equal(put(1, letters('L', large), chunk), 0);
    assert_int_equal(put(2, letters('s', chunk), chunk), 0);
    assert_int_equal(put(2, letters('t', chunk), chunk), 0);
    assert_int_equal(send(), 'L');
    assert_int_equal(send(), 's');
    assert_int_equal(send(), 'L');
    assert_int_equal(send(), 't');
    assert_int_equal(put(3, letters('u', 2 * chunk), chunk), 0); /* its turn is that of `t` */
    assert_int_equal(send(), 'u');
    assert_int_equal(send(), 'u');
    assert_int_equal(send(), 'L');
    end();
}

static void what_is_queued_comes_into_the_order_of_turns(void **state) {
    (void)state;
    begin(256, 256);
    uint32_t large = 2 * GC_SCTP_SMALL_BYTES, chunk = large / 64;
    assert_int_equal(put(1, letters('L', large), chunk), 0);
    assert_int_equal(put(2, letters('s', chunk), chunk), 0);
    gc_sctp_unsent_order_by_turn(&unsent);
    assert_int_equal(put(3, letters('M', large), chunk), 0);
    assert_int_equal(put(2, letters('t', chunk), chunk), 0); /* not before `s` */
    static const char order[] = "LsLtL";
    for (uint32_t i = 0; i + 1 < sizeof order; i++) {
        assert_int_equal(send(), order[i]);
    }
    end();
}

/* The first chunk of each message takes the next number of its stream, its others the same. */
static void a_number_is_taken_by_what_goes_out(void **state) {
    (void)state;
    begin(16, 16);
    assert_int_equal(put(1, text_span("ab"), 1), 0);
    assert_int_equal(put(1, text_span("c"), 1), 0); /* taken out unsent: has no number */
    assert_int_equal(put(1, text_span("d"), 1), 0);
    static const uint32_t mids[] = {0, 0, UINT32_MAX, 1};
    for (uint32_t i = 0; i < 4; i++) {
        uint32_t block = unsent.list.first;
        gc_sctp_unsent_take(&unsent, block);
        if (mids[i] != UINT32_MAX) {
            gc_sctp_unsent_number(&unsent, block);
            assert_int_equal(pool.blocks[block].mid, mids[i]);
        }
        gc_sctp_pool_give(&pool, &share, block);
    }
    gc_sctp_unsent_restart(&unsent, 1);
    assert_int_equal(put(1, text_span("e"), 1), 0);
    uint32_t block = unsent.list.first;
    gc_sctp_unsent_number(&unsent, block);
    assert_int_equal(pool.blocks[block].mid, 0);
    end();
}

static void what_has_no_room_changes_nothing(void **state) {
    (void)state;
    begin(8, 4);
    assert_int_equal(put(1, text_span("abc"), 1), 0);
    assert_int_equal(gc_sctp_unsent_room(&unsent, &share), 1);
    assert_int_equal(put(1, text_span("de"), 1), GC_E_FULL); /* the queue */
    assert_int_equal(pool.used, 3);
    assert_int_equal(unsent.waiting[1], 3);
    assert_int_equal(unsent.list.bytes, 3);
    assert_int_equal(put(1, text_span("de"), 2), 0);
    assert_int_equal(gc_sctp_unsent_room(&unsent, &share), 0);
    end();
    begin(2, 100);
    assert_int_equal(put(1, text_span("abc"), 1), GC_E_FULL); /* the pool */
    assert_int_equal(pool.used, 0);
    assert_int_equal(gc_sctp_unsent_room(&unsent, &share), 2);
    end();
    begin(UINT16_MAX + 10, UINT16_MAX + 10);
    assert_int_equal(put(1, letters('a', UINT16_MAX), 1), 0);
    assert_int_equal(put(1, text_span("b"), 1), GC_E_FULL); /* what is counted of a stream */
    assert_int_equal(put(2, text_span("b"), 1), 0);
    end();
}

static void a_message_needs_the_blocks_of_its_chunks(void **state) {
    (void)state;
    assert_int_equal(gc_sctp_unsent_need(1, 1), 1);
    assert_int_equal(gc_sctp_unsent_need(10, 3), 4);
    assert_int_equal(gc_sctp_unsent_need(GC_SCTP_BLOCK_BYTES, GC_SCTP_BLOCK_BYTES), 1);
    assert_int_equal(gc_sctp_unsent_need(GC_SCTP_BLOCK_BYTES + 1, GC_SCTP_BLOCK_BYTES + 1), 2);
    assert_int_equal(gc_sctp_unsent_need(3 * GC_SCTP_BLOCK_BYTES, GC_SCTP_BLOCK_BYTES + 1), 5);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chunks_go_out_in_the_order_of_their_messages),
        cmocka_unit_test(small_messages_go_between_the_chunks_of_a_large_one),
        cmocka_unit_test(what_is_queued_comes_into_the_order_of_turns),
        cmocka_unit_test(a_number_is_taken_by_what_goes_out),
        cmocka_unit_test(what_has_no_room_changes_nothing),
        cmocka_unit_test(a_message_needs_the_blocks_of_its_chunks),
    };
    return RUN(tests);
}
