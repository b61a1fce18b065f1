#include "core/proto/slot_text.h"
#include "core/base/assert.h"
#include "core/base/error.h"
#include "core/base/mem.h"
#include "core/wire/invite.h"

static const char *word_of(uint32_t kind) {
    switch (kind) {
    case GC_SLOT_KNOCK:
        return "knock";
    case GC_SLOT_MEMBERS:
        return "members";
    case GC_SLOT_FULL:
        return "full";
    default:
        gc_assert(kind == GC_SLOT_ECHO);
        return "echo";
    }
}

static uint8_t read_kind(const gc_json *j, int32_t payload) {
    int32_t word = gc_json_get(j, payload, "slot");
    uint8_t kind = gc_signal_form_is_ours(j, payload) ? GC_SLOT_ECHO : GC_SLOT_NONE;
    while (kind > GC_SLOT_NONE && !gc_json_is(j, word, word_of(kind))) {
        kind--;
    }
    return kind;
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
    return out->kind != GC_SLOT_NONE &&
                   gc_signal_form_read_bytes(j, gc_json_get(j, in->slot, "nonce"), out->nonce) &&
                   gc_signal_form_read_bytes(j, gc_json_get(j, in->slot, "proof"), out->proof) &&
                   read_list(j, gc_json_get(j, in->slot, "members"), out)
               ? 0
               : GC_E_SYNTAX;
}

void gc_slot_write(gc_writer *w, gc_span dst, const gc_slot_message *m) {
    gc_signal_form_begin_relayed(w, GC_SIGNAL_CANDIDATE, dst);
    gc_writer_text(w, GC_SIGNAL_FORM_OURS ",\"slot\":\"");
    gc_writer_text(w, word_of(m->kind));
    gc_writer_text(w, "\"");
    if (m->kind != GC_SLOT_ECHO) {
        gc_signal_form_write_bytes(w, "nonce", m->nonce);
        gc_signal_form_write_bytes(w, "proof", m->proof);
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
    /* Each id has its length before it, so no two messages give the same bytes. */
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
