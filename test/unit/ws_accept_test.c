/* host/ws_accept.c */
#include "test/unit/unit.h"

#include "host/ws_accept.h"

static void the_answer_of_rfc_6455_1_3(void **state) {
    (void)state;
    uint8_t out[GC_WS_ACCEPT_CHARS];
    gc_ws_accept a = {0};
    for (int i = 0; i < 2; i++) {
        gc_writer w;
        gc_writer_init(&w, out, sizeof out);
        assert_true(gc_ws_accept_write(&a, &w, GC_SPAN("dGhlIHNhbXBsZSBub25jZQ==")));
        assert_span(gc_writer_done(&w), GC_SPAN("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
    }
    gc_ws_accept_free(&a);
    gc_ws_accept_free(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_answer_of_rfc_6455_1_3)};
    return RUN(tests);
}
