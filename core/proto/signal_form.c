#include "core/proto/signal_form.h"
#include "core/base/encoding.h"

bool gc_signal_form_is_ours(const gc_json *j, int32_t payload) {
    uint64_t version = 0;
    return gc_json_is(j, gc_json_get(j, payload, "type"), "ghostchat") &&
           gc_json_number(j, gc_json_get(j, payload, "v"), &version) == 0 && version == 1;
}

bool gc_signal_form_read_bytes(const gc_json *j, int32_t token, uint8_t out[16]) {
    uint8_t text[24];
    uint32_t len = 0;
    return gc_json_string(j, token, text, sizeof text, &len) == 0 &&
           gc_base64url_read(gc_span_of(text, len), out, 16) == 0;
}

void gc_signal_form_write_bytes(gc_writer *w, const char *key, const uint8_t bytes[16]) {
    gc_writer_text(w, ",\"");
    gc_writer_text(w, key);
    gc_writer_text(w, "\":\"");
    gc_base64url_write(w, gc_span_of(bytes, 16));
    gc_writer_text(w, "\"");
}

void gc_signal_form_begin(gc_writer *w, gc_signal type) {
    gc_writer_text(w, "{\"type\":\"");
    gc_writer_text(w, gc_signal_word(type));
    gc_writer_text(w, "\"");
}

void gc_signal_form_begin_relayed(gc_writer *w, gc_signal type, gc_span dst) {
    gc_signal_form_begin(w, type);
    gc_writer_text(w, ",\"dst\":");
    gc_json_write_string(w, dst);
    gc_writer_text(w, ",\"payload\":{");
}
