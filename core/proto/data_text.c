#include "core/proto/data_text.h"
#include "core/base/encoding.h"
#include "core/base/mem.h"
#include "core/base/siphash.h"
#include "core/proto/data_connection.h"

void gc_data_text_dial(gc_span connection, uint8_t dial[GC_DIAL_BYTES]) {
    static const uint8_t key[16] = "peerjs data dial";
    if (gc_base64url_read(connection, dial, GC_DIAL_BYTES) == 0) {
        return;
    }
    uint64_t hash = gc_siphash(key, connection);
    memset(dial, 0, GC_DIAL_BYTES); /* the second half stays zero: no drawn dial looks so */
    memcpy(dial, &hash, sizeof hash);
}

/* --- reading --------------------------------------------------------------------------------- */

static bool read_offer(gc_signal_in *in, int32_t payload) {
    const gc_json *j = &in->json;
    int32_t token = gc_json_get(j, payload, "serialization"), mark = gc_json_get(j, payload, "gc");
    uint8_t word[16];
    uint32_t len = 0;
    uint64_t version = 0;
    if (gc_json_string(j, token, word, sizeof word, &len) != 0 ||
        !gc_serialization_of(gc_span_of(word, len), &in->serialization)) {
        return false;
    }
    in->marked = mark >= 0 && gc_json_number(j, mark, &version) == 0 && version >= 1;
    return true;
}

static bool read_candidate(gc_signal_in *in, int32_t payload) {
    const gc_json *j = &in->json;
    int32_t candidate = gc_json_get(j, payload, "candidate");
    int32_t index = gc_json_get(j, candidate, "sdpMLineIndex");
    uint64_t number = 0;
    if (index >= 0 && gc_json_number(j, index, &number) != 0) {
        number = 0; /* null: then the mid says it */
    }
    in->index = number <= 0xff ? (uint32_t)number : 0;
    in->candidate = gc_json_get(j, candidate, "candidate");
    in->mid = gc_json_get(j, candidate, "sdpMid");
    if (!gc_json_is_string(j, in->mid)) {
        in->mid = -1;
    }
    return gc_json_is_string(j, in->candidate);
}

bool gc_data_text_read(gc_signal_in *in, int32_t payload) {
    const gc_json *j = &in->json;
    int32_t id = gc_json_get(j, payload, "connectionId");
    if (!gc_json_is(j, gc_json_get(j, payload, "type"), "data") ||
        gc_json_string(j, id, in->connection, sizeof in->connection, &in->connection_len) != 0 ||
        in->connection_len == 0) {
        return false;
    }
    in->data = true;
    gc_data_text_dial(gc_span_of(in->connection, in->connection_len), in->dial);
    if (in->type == GC_SIGNAL_CANDIDATE) {
        return read_candidate(in, payload);
    }
    in->sdp = gc_json_get(j, gc_json_get(j, payload, "sdp"), "sdp");
    return gc_json_is_string(j, in->sdp) &&
           (in->type == GC_SIGNAL_ANSWER || read_offer(in, payload));
}

/* --- writing --------------------------------------------------------------------------------- */

static void begin(gc_writer *w, gc_signal type, gc_span dst, gc_span connection) {
    gc_signal_form_begin_relayed(w, type, dst);
    gc_writer_text(w, "\"type\":\"data\",\"connectionId\":");
    gc_json_write_string(w, connection);
}

static void write_sdp(gc_writer *w, const char *type, gc_span sdp) {
    gc_writer_text(w, ",\"sdp\":{\"type\":\"");
    gc_writer_text(w, type);
    gc_writer_text(w, "\",\"sdp\":");
    gc_json_write_string(w, sdp);
    gc_writer_text(w, "}");
}

void gc_data_text_write_offer(gc_writer *w, gc_span dst, gc_span connection, const char *word,
                              gc_span sdp) {
    begin(w, GC_SIGNAL_OFFER, dst, connection);
    write_sdp(w, "offer", sdp);
    gc_writer_text(w, ",\"label\":");
    gc_json_write_string(w, connection);
    gc_writer_text(w, ",\"reliable\":true,\"serialization\":\"");
    gc_writer_text(w, word);
    gc_writer_text(w, "\",\"gc\":1}}");
}

void gc_data_text_write_answer(gc_writer *w, gc_span dst, gc_span connection, gc_span sdp) {
    begin(w, GC_SIGNAL_ANSWER, dst, connection);
    write_sdp(w, "answer", sdp);
    gc_writer_text(w, "}}");
}

void gc_data_text_write_candidate(gc_writer *w, gc_span dst, gc_span connection, gc_span candidate,
                                  gc_span mid, uint32_t index) {
    begin(w, GC_SIGNAL_CANDIDATE, dst, connection);
    gc_writer_text(w, ",\"candidate\":{\"candidate\":");
    gc_json_write_string(w, candidate);
    gc_writer_text(w, ",\"sdpMid\":");
    if (mid.len > 0) {
        gc_json_write_string(w, mid);
    } else {
        gc_writer_text(w, "null");
    }
    gc_writer_text(w, ",\"sdpMLineIndex\":");
    gc_writer_decimal(w, index);
    gc_writer_text(w, "}}}");
}
