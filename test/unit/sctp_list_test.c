#include "test/unit/noun.h"

#include "rtc/sctp_list.h"

#define BLOCKS 5

static gc_sctp_pool pool;
static gc_sctp_block blocks[BLOCKS]; /* the chunk of block i has i + 1 bytes */
static gc_sctp_list list;

static void begin(void) {
    memset(blocks, 0xff, sizeof blocks);
    for (uint32_t i = 0; i < BLOCKS; i++) {
        blocks[i].len = i + 1;
    }
    pool.blocks = blocks;
    gc_sctp_list_begin(&list);
}

/* The list has these blocks, one digit each, seen from both ends. */
static void expect(const char *digits) {
    uint32_t count = (uint32_t)strlen(digits), bytes = 0, block = list.first;
    for (uint32_t i = 0; i < count; i++, block = blocks[block].next) {
        assert_int_equal(block, digits[i] - '0');
        bytes += blocks[block].len;
    }
    assert_int_equal(block, GC_SCTP_NO_BLOCK);
    block = list.last;
    for (uint32_t i = count; i > 0; i--, block = blocks[block].prev) {
        assert_int_equal(block, digits[i - 1] - '0');
    }
    assert_int_equal(block, GC_SCTP_NO_BLOCK);
    assert_int_equal(list.bytes, bytes);
}

static void chunks_stand_in_the_order_that_they_were_given(void **state) {
    (void)state;
    begin();
    expect("");
    gc_sctp_list_append(&list, &pool, 2);
    expect("2");
    gc_sctp_list_append(&list, &pool, 0);
    gc_sctp_list_insert(&list, &pool, 4, 2);
    expect("420");
    gc_sctp_list_insert(&list, &pool, 1, 0);
    gc_sctp_list_append(&list, &pool, 3);
    expect("42103");
}

static void any_chunk_may_be_taken_out(void **state) {
    (void)state;
    static const char *const left[] = {"1234", "0234", "0134", "0124", "0123"};
    for (uint32_t i = 0; i < BLOCKS; i++) {
        begin();
        for (uint32_t k = 0; k < BLOCKS; k++) {
            gc_sctp_list_append(&list, &pool, k);
        }
        gc_sctp_list_take(&list, &pool, i);
        expect(left[i]);
    }
    begin();
    gc_sctp_list_append(&list, &pool, 3);
    gc_sctp_list_take(&list, &pool, 3);
    expect("");
    gc_sctp_list_append(&list, &pool, 3);
    expect("3");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chunks_stand_in_the_order_that_they_were_given),
        cmocka_unit_test(any_chunk_may_be_taken_out),
    };
    return RUN(tests);
}
