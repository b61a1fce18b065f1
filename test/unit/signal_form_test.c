/* core/proto/signal_form.c: the parts that stand in every form of a signaling message. */
#include "core/proto/signal_form.h"
#include "test/unit/unit.h"

static gc_json json;
static uint8_t out[256];

static int32_t parsed(const char *text) {
    assert_int_equal(gc_json_parse(&json, text_span(text)), 0);
    return 0;
}

static void a_payload_of_ours_has_our_type_and_version(void **state) {
    (void)state;
    assert_true(gc_signal_form_is_ours(&json, parsed("{\"type\":\"ghostchat\",\"v\":1}")));
    assert_true(gc_signal_form_is_ours(&json, parsed("{" GC_SIGNAL_FORM_OURS ",\"dial\":\"\"}")));
    assert_false(gc_signal_form_is_ours(&json, parsed("{\"type\":\"data\",\"v\":1}")));
    assert_false(gc_signal_form_is_ours(&json, parsed("{\"type\":\"ghostchat\",\"v\":2}")));
    assert_false(gc_signal_form_is_ours(&json, parsed("{\"type\":\"ghostchat\"}")));
    assert_false(gc_signal_form_is_ours(&json, parsed("\"ghostchat\"")));
    assert_false(gc_signal_form_is_ours(&json, -1));
}

static void sixteen_bytes_are_read_from_base64url_and_no_other_number(void **state) {
    uint8_t bytes[16];
    (void)state;
    assert_true(gc_signal_form_read_bytes(&json, parsed("\"AAECAwQFBgcICQoLDA0ODw\""), bytes));
    for (int i = 0; i < 16; i++) {
        assert_int_equal(bytes[i], i);
    }
    assert_false(gc_signal_form_read_bytes(&json, parsed("\"AAECAwQFBgcICQoLDA0O\""), bytes));
    assert_false(gc_signal_form_read_bytes(&json, parsed("\"AAECAwQFBgcICQoLDA0ODxA\""), bytes));
    assert_false(gc_signal_form_read_bytes(&json, parsed("\"AAECAwQFBgcICQoLDA0OD+\""), bytes));
    assert_false(gc_signal_form_read_bytes(&json, parsed("16"), bytes));
    assert_false(gc_signal_form_read_bytes(&json, -1, bytes));
}

static void what_is_written_is_read_back(void **state) {
    uint8_t bytes[16], back[16];
    gc_writer w;
    (void)state;
    for (int i = 0; i < 16; i++) {
        bytes[i] = (uint8_t)(0xff - 15 * i);
    }
    gc_writer_init(&w, out, sizeof out);
    gc_signal_form_begin_relayed(&w, GC_SIGNAL_OFFER, GC_SPAN("b\"n"));
    gc_writer_text(&w, GC_SIGNAL_FORM_OURS);
    gc_signal_form_write_bytes(&w, "dial", bytes);
    gc_writer_text(&w, "}}");
    assert_false(w.failed);
    assert_int_equal(gc_json_parse(&json, gc_writer_done(&w)), 0);
    assert_true(gc_json_is(&json, gc_json_get(&json, 0, "type"), "OFFER"));
    assert_true(gc_json_is(&json, gc_json_get(&json, 0, "dst"), "b\"n"));
    int32_t payload = gc_json_get(&json, 0, "payload");
    assert_true(gc_signal_form_is_ours(&json, payload));
    assert_true(gc_signal_form_read_bytes(&json, gc_json_get(&json, payload, "dial"), back));
    assert_memory_equal(back, bytes, 16);
}

static void a_message_that_does_not_fit_fails_its_writer(void **state) {
    gc_writer w;
    (void)state;
    gc_writer_init(&w, out, 16);
    gc_signal_form_begin(&w, GC_SIGNAL_OFFER);
    assert_false(w.failed);
    gc_signal_form_begin_relayed(&w, GC_SIGNAL_OFFER, GC_SPAN("ben"));
    assert_true(w.failed);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_payload_of_ours_has_our_type_and_version),
        cmocka_unit_test(sixteen_bytes_are_read_from_base64url_and_no_other_number),
        cmocka_unit_test(what_is_written_is_read_back),
        cmocka_unit_test(a_message_that_does_not_fit_fails_its_writer),
    };
    return RUN(tests);
}
