#include "core/proto/signal_text.h"
#include "core/base/encoding.h"
#include "core/base/error.h"
#include "core/base/mem.h"
#include "core/base/reason.h"
#include "core/proto/data_text.h"

/* --- reading --------------------------------------------------------------------------------- */

static bool read_id(const gc_json *j, int32_t token, uint8_t *out, uint32_t *len) {
    if (token < 0 || gc_json_string(j, token, out, GC_ID_BYTES_MAX, len) != 0) {
        *len = 0;
    }
    return *len > 0;
}

static bool read_tag(const gc_json *j, int32_t token, uint8_t tag[GC_TAG_BYTES]) {
    uint8_t hex[2 * GC_TAG_BYTES];
    uint32_t len = 0;
    return token >= 0 && gc_json_string(j, token, hex, sizeof hex, &len) == 0 &&
           gc_hex_read(gc_span_of(hex, len), tag, GC_TAG_BYTES) == 0;
}

/* A word that we do not know comes from a newer server: it counts as a refusal. */
static uint32_t read_reason(const gc_json *j, int32_t token) {
    uint8_t word[32];
    uint32_t len = 0;
    if (token < 0) {
        return GC_REASON_NONE;
    }
    if (gc_json_string(j, token, word, sizeof word, &len) == 0) {
        for (uint32_t n = 0; n < GC_REASON_COUNT; n++) {
            if (gc_span_equal(gc_span_text(gc_reason_word(n)), gc_span_of(word, len))) {
                return n;
            }
        }
    }
    return GC_REASON_SERVER_REFUSED;
}

/* Why a server sends ERROR: ours by `code`; a stock one has only words (PeerServer 1.0.2). */
static uint32_t read_error(const gc_json *j, int32_t payload) {
    uint8_t text[64];
    uint32_t len = 0;
    int32_t code = gc_json_get(j, payload, "code"), msg = gc_json_get(j, payload, "msg");
    if (code >= 0) {
        return read_reason(j, code);
    }
    if (msg >= 0 && gc_json_string(j, msg, text, sizeof text, &len) == 0) {
        gc_span said = gc_span_of(text, len);
        if (gc_span_equal(said, GC_SPAN("Invalid key provided"))) {
            return GC_REASON_BAD_KEY;
        }
        if (gc_span_equal(said, GC_SPAN("Server has reached its concurrent user limit"))) {
            return GC_REASON_SERVER_FULL;
        }
    }
    return GC_REASON_SERVER_REFUSED;
}

static void read_room(gc_signal_in *in, int32_t room) {
    const gc_json *j = &in->json;
    in->has_tag = read_tag(j, gc_json_get(j, room, "tag"), in->tag);
    in->reason = read_reason(j, gc_json_get(j, room, "reason"));
    in->members = gc_json_get(j, room, "members");
    if (in->members >= 0 && j->tokens[in->members].type != GC_JSON_ARRAY) {
        in->members = -1;
    }
    in->has_room = in->has_tag && (in->members >= 0 || in->reason != GC_REASON_NONE);
}

static void read_open(gc_signal_in *in, int32_t payload) {
    const gc_json *j = &in->json;
    uint64_t version = 0;
    int32_t token = gc_json_get(j, payload, "gc");
    in->gc = token >= 0 && gc_json_number(j, token, &version) == 0 && version >= 1;
    in->ice = gc_json_get(j, payload, "ice");
    if (in->ice >= 0 && j->tokens[in->ice].type != GC_JSON_ARRAY) {
        in->ice = -1;
    }
    read_room(in, gc_json_get(j, payload, "room"));
}

/* "type":"ghostchat","v":1,"dial":22 characters, and what the type needs. */
static bool read_relayed(gc_signal_in *in, int32_t payload) {
    const gc_json *j = &in->json;
    uint64_t number = 0;
    _Static_assert(GC_DIAL_BYTES == 16 && GC_PROOF_BYTES == 16,
                   "gc_signal_form_read_bytes() reads 16");
    if (!gc_signal_form_is_ours(j, payload) ||
        !gc_signal_form_read_bytes(j, gc_json_get(j, payload, "dial"), in->dial)) {
        return false;
    }
    in->sdp = gc_json_get(j, payload, "sdp");
    in->candidate = gc_json_get(j, payload, "candidate");
    in->mid = gc_json_get(j, payload, "mid");
    if (in->type != GC_SIGNAL_CANDIDATE) {
        int32_t tag = gc_json_get(j, payload, "room");
        in->has_tag = read_tag(j, tag, in->tag);
        in->has_proof = gc_signal_form_read_bytes(j, gc_json_get(j, payload, "proof"), in->proof);
        /* A malformed tag must not count as a missing one, which means a bare link. */
        return gc_json_is_string(j, in->sdp) && (tag < 0 || in->has_tag);
    }
    int32_t index = gc_json_get(j, payload, "index");
    if (index < 0 || gc_json_number(j, index, &number) != 0 || number > 0xff) {
        return false;
    }
    in->index = (uint32_t)number;
    return gc_json_is_string(j, in->candidate) && gc_json_is_string(j, in->mid);
}

int gc_signal_read(gc_span text, gc_signal_in *in) {
    in->src_len = in->reason = in->index = 0;
    in->gc = in->has_room = in->has_proof = in->has_tag = in->data = in->marked = false;
    in->connection_len = in->serialization = 0;
    in->members = in->ice = in->sdp = in->candidate = in->mid = in->slot = -1;
    in->type = GC_SIGNAL_OTHER;
    int error = gc_json_parse(&in->json, text);
    if (error != 0) {
        return error;
    }
    const gc_json *j = &in->json;
    int32_t type = gc_json_get(j, 0, "type"), payload = gc_json_get(j, 0, "payload");
    if (!gc_json_is_string(j, type)) {
        return GC_E_SYNTAX;
    }
    in->type = gc_signal_of(gc_json_raw(j, type));
    switch (in->type) {
    case GC_SIGNAL_OPEN:
        read_open(in, payload);
        return 0;
    case GC_SIGNAL_GC_ROOM:
        read_room(in, payload);
        return in->has_room ? 0 : GC_E_SYNTAX;
    case GC_SIGNAL_ERROR:
        in->reason = read_error(j, payload);
        return 0;
    case GC_SIGNAL_GC_JOINED:
    case GC_SIGNAL_GC_LEFT:
        in->has_tag = read_tag(j, gc_json_get(j, payload, "room"), in->tag);
        return read_id(j, gc_json_get(j, payload, "id"), in->src, &in->src_len) && in->has_tag
                   ? 0
                   : GC_E_SYNTAX;
    case GC_SIGNAL_GC_ABSENT:
    case GC_SIGNAL_GC_PRESENT:
        return read_id(j, gc_json_get(j, payload, "id"), in->src, &in->src_len) ? 0 : GC_E_SYNTAX;
    case GC_SIGNAL_EXPIRE:
        return read_id(j, gc_json_get(j, 0, "src"), in->src, &in->src_len) ? 0 : GC_E_SYNTAX;
    case GC_SIGNAL_CANDIDATE:
        if (gc_json_is_string(j, gc_json_get(j, payload, "slot"))) {
            in->slot = payload;
            return read_id(j, gc_json_get(j, 0, "src"), in->src, &in->src_len) ? 0 : GC_E_SYNTAX;
        }
        /* fall through */
    case GC_SIGNAL_OFFER:
    case GC_SIGNAL_ANSWER:
        return read_id(j, gc_json_get(j, 0, "src"), in->src, &in->src_len) &&
                       (gc_data_text_read(in, payload) || read_relayed(in, payload))
                   ? 0
                   : GC_E_SYNTAX;
    default:
        return 0;
    }
}

bool gc_signal_member(const gc_signal_in *in, uint32_t *at, uint8_t id[GC_ID_BYTES_MAX],
                      uint32_t *len) {
    if (in->members < 0) {
        return false;
    }
    uint32_t end = in->json.tokens[in->members].next;
    uint32_t next = *at == 0 ? (uint32_t)in->members + 1 : *at;
    while (next < end) {
        int32_t token = (int32_t)next;
        next = in->json.tokens[next].next;
        if (gc_json_is_string(&in->json, token) && read_id(&in->json, token, id, len)) {
            *at = next;
            return true;
        }
    }
    *at = end;
    return false;
}

/* --- writing --------------------------------------------------------------------------------- */

void gc_signal_write_plain(gc_writer *w, gc_signal type) {
    gc_signal_form_begin(w, type);
    gc_writer_text(w, "}");
}

static void write_tag(gc_writer *w, const uint8_t tag[GC_TAG_BYTES]) {
    gc_writer_text(w, "\"room\":\"");
    gc_hex_write(w, gc_span_of(tag, GC_TAG_BYTES));
    gc_writer_text(w, "\"");
}

void gc_signal_write_join(gc_writer *w, const uint8_t tag[GC_TAG_BYTES]) {
    gc_signal_form_begin(w, GC_SIGNAL_GC_JOIN);
    gc_writer_text(w, ",\"payload\":{");
    write_tag(w, tag);
    gc_writer_text(w, "}}");
}

static void begin_dial(gc_writer *w, gc_signal type, gc_span dst,
                       const uint8_t dial[GC_DIAL_BYTES]) {
    gc_signal_form_begin_relayed(w, type, dst);
    gc_writer_text(w, GC_SIGNAL_FORM_OURS);
    gc_signal_form_write_bytes(w, "dial", dial);
}

void gc_signal_write_offer(gc_writer *w, gc_span dst, const uint8_t dial[GC_DIAL_BYTES],
                           const uint8_t *tag, const uint8_t *proof, gc_span sdp) {
    begin_dial(w, GC_SIGNAL_OFFER, dst, dial);
    if (tag != NULL) {
        gc_writer_text(w, ",");
        write_tag(w, tag);
    }
    if (proof != NULL) {
        gc_signal_form_write_bytes(w, "proof", proof);
    }
    gc_writer_text(w, ",\"sdp\":");
    gc_json_write_string(w, sdp);
    gc_writer_text(w, "}}");
}

void gc_signal_write_answer(gc_writer *w, gc_span dst, const uint8_t dial[GC_DIAL_BYTES],
                            gc_span sdp) {
    begin_dial(w, GC_SIGNAL_ANSWER, dst, dial);
    gc_writer_text(w, ",\"sdp\":");
    gc_json_write_string(w, sdp);
    gc_writer_text(w, "}}");
}

void gc_signal_write_candidate(gc_writer *w, gc_span dst, const uint8_t dial[GC_DIAL_BYTES],
                               gc_span candidate, gc_span mid, uint32_t index) {
    begin_dial(w, GC_SIGNAL_CANDIDATE, dst, dial);
    gc_writer_text(w, ",\"candidate\":");
    gc_json_write_string(w, candidate);
    gc_writer_text(w, ",\"mid\":");
    gc_json_write_string(w, mid);
    gc_writer_text(w, ",\"index\":");
    gc_writer_decimal(w, index);
    gc_writer_text(w, "}}");
}
