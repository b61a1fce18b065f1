#include "test/unit/noun.h"

#include "rtc/sctp_assembly.h"

#define STREAMS 16
#define B       GC_SCTP_FLAG_BEGIN
#define E       GC_SCTP_FLAG_END
#define U       GC_SCTP_FLAG_UNORDERED

static gc_sctp_assembly a;
static gc_sctp_pool pool;
static gc_sctp_share share;
static gc_drbg drbg;
static void *memory;

static void place(gc_arena *arena, uint32_t blocks) {
    gc_sctp_pool_init(&pool, arena, &drbg, blocks);
    gc_sctp_assembly_place(&a, &pool, arena, STREAMS);
}

static void begin(uint32_t blocks) {
    uint8_t seed[32] = {1};
    gc_arena arena;
    gc_drbg_init(&drbg, seed);
    NOUN_PLACE(memory, arena, place(&arena, blocks));
    memset(a.streams, 0xa5, STREAMS * sizeof *a.streams); /* of whoever was here before */
    share = gc_sctp_pool_share(&pool);
}

static void end(void) {
    gc_sctp_assembly_end(&a, &share);
    assert_int_equal(pool.used, 0);
    free(memory);
}

static void give(uint32_t block) {
    gc_sctp_pool_give(&pool, &share, block);
}

/* The message that begins in this block is this text, or there is none (NULL). */
static void expect(uint32_t block, const char *text) {
    char got[64] = "";
    uint32_t len = 0;
    assert_int_equal(block != GC_SCTP_NO_BLOCK, text != NULL);
    while (block != GC_SCTP_NO_BLOCK) {
        uint32_t next = pool.blocks[block].next;
        gc_sctp_pool_copy(&pool, block, (uint8_t *)got + len);
        len += pool.blocks[block].len;
        give(block);
        block = next;
    }
    assert_int_equal(len, text == NULL ? 0 : strlen(text));
    assert_memory_equal(got, text == NULL ? "" : text, len);
}

static uint32_t put(uint16_t stream, uint32_t mid, uint32_t fsn, uint8_t flags, const char *text,
                    uint32_t *whole) {
    uint32_t block = gc_sctp_pool_put(&pool, &share, share.guaranteed, text_span(text));
    assert_int_not_equal(block, GC_SCTP_NO_BLOCK);
    gc_sctp_block *b = &pool.blocks[block];
    b->stream = stream;
    b->mid = mid;
    b->fsn = fsn;
    b->flags = flags;
    uint32_t result = gc_sctp_assembly_put(&a, block, whole);
    if (result != GC_SCTP_IN_TAKEN) {
        give(block);
        assert_int_equal(*whole, GC_SCTP_NO_BLOCK);
    }
    return result;
}

/* A chunk that is taken and makes this message whole, or none. */
static void take(uint16_t stream, uint32_t mid, uint32_t fsn, uint8_t flags, const char *text,
                 const char *message) {
    uint32_t whole;
    assert_int_equal(put(stream, mid, fsn, flags, text, &whole), GC_SCTP_IN_TAKEN);
    expect(whole, message);
}

static uint32_t refuse(uint16_t stream, uint32_t mid, uint32_t fsn, uint8_t flags) {
    uint32_t whole;
    return put(stream, mid, fsn, flags, "x", &whole);
}

static void messages_come_whole_in_any_order_of_fragments(void **state) {
    (void)state;
    static const uint8_t orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
                                         {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    static const char *const parts[3] = {"ab", "cd", "ef"};
    begin(32);
    for (uint32_t i = 0; i < 6; i++) {
        for (uint32_t k = 0; k < 3; k++) {
            uint32_t fsn = orders[i][k];
            uint8_t flags = (uint8_t)((fsn == 0 ? B : 0) | (fsn == 2 ? E : 0));
            take(1, i, fsn, flags, parts[fsn], k == 2 ? "abcdef" : NULL);
            take(1, i, fsn, flags | U, parts[fsn], k == 2 ? "abcdef" : NULL);
        }
    }
    end();
}

static void a_small_message_comes_amid_a_large_one(void **state) {
    (void)state;
    begin(32);
    take(1, 0, 0, B, "large ", NULL);
    take(2, 0, 0, B | E, "small", "small");
    take(1, 0, 0, B | E | U, "on the same stream", "on the same stream");
    take(1, 0, 1, E, "one", "large one");
    end();
}

static void ordered_messages_wait_for_their_turn(void **state) {
    (void)state;
    begin(32);
    take(3, 2, 0, B | E, "c", NULL);
    take(3, 1, 1, E, "2", NULL);
    take(3, 3, 0, B, "half", NULL);
    take(3, 0, 0, B | E, "a", "a");
    expect(gc_sctp_assembly_next(&a, 3), NULL);
    take(3, 1, 0, B, "b", "b2");
    expect(gc_sctp_assembly_next(&a, 3), "c");
    expect(gc_sctp_assembly_next(&a, 3), NULL); /* half */
    assert_int_equal(refuse(3, 2, 0, B | E), GC_SCTP_IN_AGAIN);
    gc_sctp_assembly_skip(&a, &share, 3, false, 3);
    gc_sctp_assembly_restart(&a, 3);
    take(3, 0, 0, B | E, "anew", "anew");
    end();
}

static void numbers_wrap(void **state) {
    (void)state;
    begin(32);
    gc_sctp_assembly_skip(&a, &share, 0, false, 0x7fffffff);
    gc_sctp_assembly_skip(&a, &share, 0, false, 0xfffffffd);
    take(0, 0, 0, B | E, "c", NULL);
    take(0, 0xffffffff, 0, B | E, "b", NULL);
    take(0, 0xfffffffe, 0, B | E, "a", "a");
    expect(gc_sctp_assembly_next(&a, 0), "b");
    expect(gc_sctp_assembly_next(&a, 0), "c");
    end();
}

static void broken_messages_are_violations(void **state) {
    (void)state;
    begin(32);
    assert_int_equal(refuse(0, 0, 0, 0), GC_SCTP_IN_VIOLATION); /* 0 does not begin it */
    assert_int_equal(refuse(0, 0, 1, B), GC_SCTP_IN_VIOLATION); /* 1 does */
    take(0, 5, 2, 0, "x", NULL);
    assert_int_equal(refuse(0, 5, 2, 0), GC_SCTP_IN_VIOLATION); /* twice */
    assert_int_equal(refuse(0, 5, 1, E), GC_SCTP_IN_VIOLATION); /* ends before a fragment */
    take(0, 5, 3, E, "x", NULL);
    assert_int_equal(refuse(0, 5, 4, 0), GC_SCTP_IN_VIOLATION); /* beyond the end */
    assert_int_equal(refuse(0, 5, 3, E), GC_SCTP_IN_VIOLATION);
    assert_int_equal(refuse(0, 6, GC_SCTP_FRAGMENTS_MAX, 0), GC_SCTP_IN_EXCESS);
    end();
}

static void messages_without_end_are_an_excess(void **state) {
    (void)state;
    static char text[GC_SCTP_BLOCK_BYTES + 1];
    memset(text, 'x', GC_SCTP_BLOCK_BYTES);
    begin(300);
    uint32_t result = GC_SCTP_IN_TAKEN, fsn = 0, whole;
    for (; result == GC_SCTP_IN_TAKEN; fsn++) {
        result = put(0, 0, fsn, fsn == 0 ? B : 0, text, &whole);
    }
    assert_int_equal(result, GC_SCTP_IN_EXCESS);
    assert_int_equal(fsn - 1, GC_SCTP_MESSAGE_BYTES_MAX / GC_SCTP_BLOCK_BYTES);
    end();
}

static void what_is_given_up_makes_room(void **state) {
    (void)state;
    begin(32);
    take(1, 0, 0, B, "lost", NULL);
    take(1, 1, 0, B | E, "whole", NULL);
    take(1, 2, 1, 0, "lost", NULL);
    take(1, 3, 0, B | E, "later", NULL);
    take(1, 7, 0, B | U, "lost", NULL);
    take(1, 9, 0, B | U, "kept", NULL);
    gc_sctp_assembly_skip(&a, &share, 1, false, 2);
    expect(gc_sctp_assembly_next(&a, 1), "whole");
    expect(gc_sctp_assembly_next(&a, 1), "later");
    gc_sctp_assembly_skip(&a, &share, 1, true, 8);
    assert_int_equal(share.held, 1);
    take(1, 9, 1, E | U, "!", "kept!");
    gc_sctp_assembly_skip(&a, &share, 1, false, 0); /* an old one */
    take(1, 4, 0, B | E, "next", "next");
    end();
}

/* Chunks whose places are looked for from the start, as many as a window holds. */
static void searches_have_an_end(void **state) {
    (void)state;
    enum { COUNT = 16000 };
    uint64_t seed = 5;
    begin(COUNT + 2);
    uint32_t whole, dropped = 0;
    take(0, 0x40000000, 1, 0, "x", NULL);
    for (uint32_t i = 0; i < COUNT; i++) {
        if (i % 16 == 0) {
            gc_sctp_assembly_rested(&a); /* the next packet */
        }
        uint32_t result = put(0, 1 + chance(&seed, 0x3fffffff), 1, 0, "x", &whole);
        dropped += result == GC_SCTP_IN_DROPPED ? 1 : 0;
        assert_true(result == GC_SCTP_IN_TAKEN || result == GC_SCTP_IN_DROPPED ||
                    result == GC_SCTP_IN_VIOLATION);
        assert_true(a.steps <= GC_SCTP_ASSEMBLY_STEPS + 16);
    }
    assert_true(dropped > 0);
    end();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_come_whole_in_any_order_of_fragments),
        cmocka_unit_test(a_small_message_comes_amid_a_large_one),
        cmocka_unit_test(ordered_messages_wait_for_their_turn),
        cmocka_unit_test(numbers_wrap),
        cmocka_unit_test(broken_messages_are_violations),
        cmocka_unit_test(messages_without_end_are_an_excess),
        cmocka_unit_test(what_is_given_up_makes_room),
        cmocka_unit_test(searches_have_an_end),
    };
    return RUN(tests);
}
