#include "core/proto/slot_text.h"
#include "core/base/assert.h"
#include "core/base/encoding.h"
#include "core/base/error.h"
#include "core/base/mem.h"
#include "core/wire/invite.h"

static gc_span word_of(uint32_t kind) {
    switch (kind) {
    case GC_SLOT_KNOCK:
        return GC_SPAN("knock");
    case GC_SLOT_MEMBERS:
        return GC_SPAN("members");
    case GC_SLOT_FULL:
        return GC_SPAN("full");
    case GC_SLOT_ECHO:
        return GC_SPAN("echo");
    default:
        return GC_SPAN("");
    }
}

/* The text of a string token, or nothing. */
static gc_span text_of(const gc_json *j, int32_t object, const char *key, uint8_t *out,
                       uint32_t size) {
    uint32_t len = 0;
    int32_t token = gc_json_get(j, object, key);
    if (token < 0 || j->tokens[token].type != GC_JSON_STRING ||
        gc_json_string(j, token, out, size, &len) != 0) {
        len = 0;
    }
    return gc_span_of(out, len);
}

static uint8_t read_kind(const gc_json *j, int32_t payload) {
    uint8_t word[8], type[16];
    uint64_t version = 0;
    int32_t v = gc_json_get(j, payload, "v");
    if (!gc_span_equal(text_of(j, payload, "type", type, sizeof type), GC_SPAN("ghostchat")) ||
        v < 0 || gc_json_number(j, v, &version) != 0 || version != 1) {
        return GC_SLOT_NONE;
    }
    gc_span found = text_of(j, payload, "slot", word, sizeof word);
    uint8_t kind = GC_SLOT_ECHO;
    while (kind > GC_SLOT_NONE && !gc_span_equal(found, word_of(kind))) {
        kind--;
    }
    return kind;
}

/* Sixteen bytes in base64url; nonce and proof are alike. */
static bool read_bytes(const gc_json *j, int32_t payload, const char *key, uint8_t out[16]) {
    uint8_t text[24];
    return gc_base64url_read(text_of(j, payload, key, text, sizeof text), out, 16) == 0;
}

bool gc_slot_add(gc_slot_message *m, gc_span id) {
    if (m->count == GC_ROOM_MEMBERS_MAX || !gc_invite_is_id(id)) {
        return false;
    }
    memcpy(m->id[m->count], id.data, id.len);
    m->id_len[m->count++] = (uint8_t)id.len;
    return true;
}

static bool read_list(const gc_json *j, int32_t list, gc_slot_message *out) {
    if (list < 0 || j->tokens[list].type != GC_JSON_ARRAY) {
        return false;
    }
    uint32_t end = j->tokens[list].next;
    for (uint32_t at = (uint32_t)list + 1; at < end; at = j->tokens[at].next) {
        uint8_t id[GC_INVITE_ID_CHARS_MAX];
        uint32_t len = 0;
        if (j->tokens[at].type != GC_JSON_STRING ||
            gc_json_string(j, (int32_t)at, id, sizeof id, &len) != 0 ||
            !gc_slot_add(out, gc_span_of(id, len))) {
            return false;
        }
    }
    return true;
}

int gc_slot_read(const gc_signal_in *in, gc_slot_message *out) {
    const gc_json *j = &in->json;
    gc_assert(in->slot >= 0);
    out->count = 0;
    out->kind = read_kind(j, in->slot);
    if (out->kind == GC_SLOT_ECHO) {
        return 0;
    }
    return out->kind != GC_SLOT_NONE && read_bytes(j, in->slot, "nonce", out->nonce) &&
                   read_bytes(j, in->slot, "proof", out->proof) &&
                   read_list(j, gc_json_get(j, in->slot, "members"), out)
               ? 0
               : GC_E_SYNTAX;
}

static void write_bytes(gc_writer *w, const char *key, const uint8_t bytes[16]) {
    gc_writer_text(w, ",\"");
    gc_writer_text(w, key);
    gc_writer_text(w, "\":\"");
    gc_base64url_write(w, gc_span_of(bytes, 16));
    gc_writer_text(w, "\"");
}

void gc_slot_write(gc_writer *w, gc_span dst, const gc_slot_message *m) {
    gc_writer_text(w, "{\"type\":\"CANDIDATE\",\"dst\":");
    gc_json_write_string(w, dst);
    gc_writer_text(w, ",\"payload\":{\"type\":\"ghostchat\",\"v\":1,\"slot\":\"");
    gc_writer_span(w, word_of(m->kind));
    gc_writer_text(w, "\"");
    if (m->kind != GC_SLOT_ECHO) {
        write_bytes(w, "nonce", m->nonce);
        write_bytes(w, "proof", m->proof);
        gc_writer_text(w, ",\"members\":[");
        for (uint32_t i = 0; i < m->count; i++) {
            gc_writer_text(w, i > 0 ? "," : "");
            gc_json_write_string(w, gc_span_of(m->id[i], m->id_len[i]));
        }
        gc_writer_text(w, "]");
    }
    gc_writer_text(w, "}}");
}

int gc_slot_prove(const gc_crypto *crypto, const uint8_t key[GC_SLOT_KEY_BYTES], gc_span from,
                  gc_span to, const gc_slot_message *m, uint8_t proof[GC_PROOF_BYTES]) {
    /* A length stands before each id: no two messages give the same bytes. */
    uint8_t bytes[1 + GC_NONCE_BYTES + 2 * (GC_ID_BYTES_MAX + 1) +
                  GC_ROOM_MEMBERS_MAX * (GC_INVITE_ID_CHARS_MAX + 1)];
    gc_writer w;
    gc_writer_init(&w, bytes, sizeof bytes);
    gc_writer_u8(&w, m->kind);
    gc_writer_bytes(&w, m->nonce, GC_NONCE_BYTES);
    gc_writer_u8(&w, (uint8_t)from.len);
    gc_writer_span(&w, from);
    gc_writer_u8(&w, (uint8_t)to.len);
    gc_writer_span(&w, to);
    for (uint32_t i = 0; i < m->count; i++) {
        gc_writer_u8(&w, (uint8_t)m->id_len[i]);
        gc_writer_bytes(&w, m->id[i], m->id_len[i]);
    }
    gc_assert(!w.failed);
    int r =
        crypto->hash(crypto->context, proof, GC_PROOF_BYTES, bytes, w.at, key, GC_SLOT_KEY_BYTES);
    return r == 0 ? 0 : GC_E_CRYPTO;
}
