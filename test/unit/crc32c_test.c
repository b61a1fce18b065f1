#include "test/unit/noun.h"

#include "rtc/crc32c.h"

static gc_crc32c best, tables;

static uint32_t sum(gc_span bytes) {
    uint32_t by_tables = gc_crc32c_add(&tables, 0, bytes);
    assert_int_equal(gc_crc32c_add(&best, 0, bytes), by_tables);
    return by_tables;
}

static void vectors_agree(void **state) {
    (void)state;
    uint8_t bytes[32];
    assert_int_equal(sum(GC_SPAN("123456789")), 0xe3069283);
    assert_int_equal(sum(GC_SPAN_NONE), 0);
    /* RFC 3720 B.4 */
    memset(bytes, 0, sizeof bytes);
    assert_int_equal(sum(gc_span_of(bytes, 32)), 0x8a9136aa);
    memset(bytes, 0xff, sizeof bytes);
    assert_int_equal(sum(gc_span_of(bytes, 32)), 0x62a8ab43);
    for (uint32_t i = 0; i < 32; i++) {
        bytes[i] = (uint8_t)i;
    }
    assert_int_equal(sum(gc_span_of(bytes, 32)), 0x46dd794e);
    for (uint32_t i = 0; i < 32; i++) {
        bytes[i] = (uint8_t)(31 - i);
    }
    assert_int_equal(sum(gc_span_of(bytes, 32)), 0x113fdb5c);
}

static void both_ways_agree_at_every_length_and_place(void **state) {
    (void)state;
    uint8_t bytes[96];
    uint64_t seed = 7;
    for (uint32_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)chance(&seed, 256);
    }
    for (uint32_t at = 0; at < 16; at++) {
        for (uint32_t len = 0; len <= sizeof bytes - at; len++) {
            sum(gc_span_of(bytes + at, len));
        }
    }
}

static void pieces_add_up(void **state) {
    (void)state;
    gc_span all = GC_SPAN("The quick brown fox jumps over the lazy dog");
    for (uint32_t cut = 0; cut <= all.len; cut++) {
        uint32_t first = gc_crc32c_add(&best, 0, gc_span_of(all.data, cut));
        assert_int_equal(gc_crc32c_add(&best, first, gc_span_from(all, cut)), sum(all));
    }
}

int main(void) {
    gc_crc32c_init(&best, false);
    gc_crc32c_init(&tables, true);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vectors_agree),
        cmocka_unit_test(both_ways_agree_at_every_length_and_place),
        cmocka_unit_test(pieces_add_up),
    };
    return RUN(tests);
}
