/* host/stream_piece.c: what the kernel left of a write, wherever in the spans it stopped. */
#include "test/unit/unit.h"

#include "host/alloc.h"
#include "host/stream_piece.h"

#define BYTES 10

/* One span is empty. */
static const char *const PARTS[] = {"abc", "", "d", "efghij"};
static const char WHOLE[] = "abcdefghij";

static uint32_t spans_of(gc_span spans[4]) {
    for (uint32_t i = 0; i < 4; i++) {
        spans[i] = text_span(PARTS[i]);
    }
    return 4;
}

static void gathers_from_anywhere(void **state) {
    (void)state;
    gc_span spans[4];
    uint32_t count = spans_of(spans);
    for (uint32_t skip = 0; skip <= BYTES + 1; skip++) {
        for (uint32_t size = 0; size <= BYTES + 1; size++) {
            uint32_t left = skip < BYTES ? BYTES - skip : 0;
            uint32_t len = size < left ? size : left;
            uint8_t *out = exact_copy(WHOLE, size);
            memset(out, 0, size);
            assert_int_equal(gc_stream_piece_gather(spans, count, skip, out, size), len);
            assert_memory_equal(out, WHOLE + (len > 0 ? skip : 0), len);
            free(out);
        }
    }
}

static void a_piece_has_its_own_copy(void **state) {
    (void)state;
    gc_span spans[4];
    uint32_t count = spans_of(spans);
    for (uint32_t skip = 0; skip < BYTES; skip++) {
        gc_stream_piece *piece = gc_stream_piece_make(spans, count, skip, BYTES - skip);
        assert_non_null(piece);
        assert_int_equal(piece->len, BYTES - skip);
        assert_memory_equal(piece->bytes, WHOLE + skip, BYTES - skip);
        gc_free(piece);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gathers_from_anywhere),
        cmocka_unit_test(a_piece_has_its_own_copy),
    };
    return RUN(tests);
}
