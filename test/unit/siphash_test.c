#include "core/base/siphash.h"
#include "test/unit/unit.h"

/* Key 00..0f, input 00..(n-1). n = 15 is the worked example of the paper's appendix A; the others
 * are from the authors' vectors_sip64. */
static void vectors_of_the_authors(void **state) {
    (void)state;
    static const struct {
        uint32_t len;
        uint64_t hash;
    } vectors[] = {
        {0, 0x726fdb47dd0e0e31},  {1, 0x74f839c593dc67fd},  {7, 0xab0200f58b01d137},
        {8, 0x93f5f5799a932462},  {15, 0xa129ca6149be45e5}, {16, 0x3f2acc7f57c29bdb},
        {63, 0x958a324ceb064572},
    };
    uint8_t key[16], input[64];
    for (uint8_t i = 0; i < 64; i++) {
        input[i] = i;
    }
    memcpy(key, input, sizeof key);
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        assert_true(gc_siphash(key, gc_span_of(input, vectors[i].len)) == vectors[i].hash);
        uint8_t *unaligned = malloc(vectors[i].len + 1); /* and ends where it says */
        memcpy(unaligned + 1, input, vectors[i].len);
        assert_true(gc_siphash(key, gc_span_of(unaligned + 1, vectors[i].len)) == vectors[i].hash);
        free(unaligned);
    }
    assert_true(gc_siphash(key, (gc_span){0}) == vectors[0].hash);
}

static void every_bit_of_the_key_counts(void **state) {
    (void)state;
    uint8_t key[16] = {0};
    uint64_t zero = gc_siphash(key, GC_SPAN("coffee"));
    for (int bit = 0; bit < 128; bit++) {
        memset(key, 0, sizeof key);
        key[bit / 8] = (uint8_t)(1 << bit % 8);
        assert_true(gc_siphash(key, GC_SPAN("coffee")) != zero);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vectors_of_the_authors),
        cmocka_unit_test(every_bit_of_the_key_counts),
    };
    return RUN(tests);
}
