#include "core/wire/keys.h"
#include "core/base/assert.h"
#include "core/base/error.h"
#include "core/base/secret.h"
#include "core/base/writer.h"

#define PREFIX "ghostchat/1 "

int gc_keys_of_label(const gc_crypto *crypto, const uint8_t secret[GC_SECRET_BYTES], gc_span label,
                     uint8_t *out, uint32_t out_len) {
    uint8_t in[sizeof PREFIX - 1 + GC_KEYS_LABEL_BYTES_MAX];
    gc_writer w;
    gc_writer_init(&w, in, sizeof in);
    gc_writer_text(&w, PREFIX);
    gc_writer_span(&w, label);
    gc_assert(!w.failed && label.len > 0);
    int refused = crypto->hash(crypto->context, out, out_len, in, w.at, secret, GC_SECRET_BYTES);
    return refused == 0 ? 0 : GC_E_CRYPTO;
}

void gc_keys_wipe(gc_keys *k) {
    gc_bytes_wipe(k, sizeof *k);
}

int gc_keys_derive(gc_keys *k, const gc_crypto *crypto, const uint8_t secret[GC_SECRET_BYTES]) {
    const struct {
        gc_span label;
        uint8_t *out;
        uint32_t len;
    } rows[] = {
        {GC_SPAN("room"), k->room, sizeof k->room},
        {GC_SPAN("signal"), k->signal, sizeof k->signal},
        {GC_SPAN("auth offer"), k->auth[0], sizeof k->auth[0]},
        {GC_SPAN("auth answer"), k->auth[1], sizeof k->auth[1]},
    };
    for (uint32_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (gc_keys_of_label(crypto, secret, rows[i].label, rows[i].out, rows[i].len) != 0) {
            gc_keys_wipe(k);
            return GC_E_CRYPTO;
        }
    }
    return 0;
}

const uint8_t *gc_keys_auth(const gc_keys *k, gc_role role) {
    gc_assert(role == GC_ROLE_OFFERER || role == GC_ROLE_ANSWERER);
    return k->auth[role - GC_ROLE_OFFERER];
}

static int hash_id(const gc_crypto *crypto, gc_span label, gc_span id, uint8_t *out,
                   uint32_t out_len) {
    uint8_t in[32 + GC_ID_BYTES_MAX];
    gc_writer w;
    gc_writer_init(&w, in, sizeof in);
    gc_writer_span(&w, label);
    gc_writer_span(&w, id);
    gc_assert(!w.failed && id.len > 0 && id.len <= GC_ID_BYTES_MAX);
    int refused = crypto->hash(crypto->context, out, out_len, in, w.at, NULL, 0);
    return refused == 0 ? 0 : GC_E_CRYPTO;
}

int gc_keys_bare_secret(const gc_crypto *crypto, gc_span id, uint8_t secret[GC_SECRET_BYTES]) {
    return hash_id(crypto, GC_SPAN("ghostchat/1 bare "), id, secret, GC_SECRET_BYTES);
}

int gc_keys_pid(const gc_crypto *crypto, gc_span id, uint8_t pid[GC_PID_BYTES]) {
    return hash_id(crypto, GC_SPAN("ghostchat/1 peer "), id, pid, GC_PID_BYTES);
}
