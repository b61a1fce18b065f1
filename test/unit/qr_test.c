/* cli/qr.c; test/native/screen.test.mjs scans what it prints. */
#include "test/unit/unit.h"

#include "cli/qr.h"

static char out[GC_QR_BYTES_MAX];

static uint32_t count(const char *text, const char *part) {
    uint32_t n = 0;
    for (const char *at = strstr(text, part); at != NULL; at = strstr(at + 1, part)) {
        n++;
    }
    return n;
}

static void draw(const gc_qr *q) {
    gc_writer w;
    gc_writer_init(&w, (uint8_t *)out, sizeof out - 1);
    gc_qr_write(q, &w);
    assert_false(w.failed);
    out[w.at] = 0;
}

/* Every character of a line is one column wide: a space, or three bytes. */
static void each_line_is_as_wide_as_it_says(void **state) {
    (void)state;
    gc_qr q;
    uint32_t columns = gc_qr_make(&q, GC_SPAN("https://chat.example/room/tea"));
    assert_int_equal(columns, 25 + 4); /* version 2 */
    draw(&q);
    const char *line = out;
    assert_int_equal(gc_qr_lines(columns), 15);
    assert_int_equal(count(out, "\n"), 15);
    for (uint32_t lines = 0; lines < 15; lines++) {
        const char *at = strchr(line, 'm') + 1; /* behind the colours */
        for (uint32_t width = 0; width < columns; width++) {
            assert_true(*at != '\033' && *at != '\n');
            at += *at == ' ' ? 1 : 3;
        }
        assert_memory_equal(at, "\033[0m\n", 5); /* which end with the line */
        line = at + 5;
    }
    assert_int_equal(*line, 0);
}

static void the_largest_code_fits_and_more_is_none(void **state) {
    (void)state;
    static uint8_t text[3000];
    gc_qr q;
    memset(text, 'x', sizeof text);
    assert_int_equal(gc_qr_make(&q, gc_span_of(text, 2953)), 177 + 4);
    draw(&q);
    assert_int_equal(count(out, "\n"), 91);
    assert_int_equal(gc_qr_make(&q, gc_span_of(text, 2954)), 0);
    assert_int_equal(gc_qr_make(&q, GC_SPAN_NONE), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_line_is_as_wide_as_it_says),
        cmocka_unit_test(the_largest_code_fits_and_more_is_none),
    };
    return RUN(tests);
}
