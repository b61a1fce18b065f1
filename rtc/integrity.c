#include "rtc/integrity.h"
#include "core/base/assert.h"
#include "core/base/mem.h"
#include "core/base/secret.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

_Static_assert(GC_STUN_INTEGRITY_BYTES <= EVP_MAX_MD_SIZE, "an HMAC fits");

/* One call of OpenSSL takes one piece of memory, so head and body are put together. */
static bool compute(const gc_stun_place *place, gc_span key, uint8_t out[EVP_MAX_MD_SIZE]) {
    uint8_t bytes[GC_INTEGRITY_MESSAGE_BYTES_MAX];
    unsigned len = 0;
    memcpy(bytes, place->head, GC_STUN_HEAD_BYTES);
    if (place->body.len > 0) {
        memcpy(bytes + GC_STUN_HEAD_BYTES, place->body.data, place->body.len);
    }
    return HMAC(EVP_sha1(), key.data, (int)key.len, bytes, GC_STUN_HEAD_BYTES + place->body.len,
                out, &len) != NULL &&
           len == GC_STUN_INTEGRITY_BYTES;
}

bool gc_integrity_check(const gc_stun_message *m, gc_span key) {
    gc_stun_place place;
    uint8_t mac[EVP_MAX_MD_SIZE];
    return m->datagram.len <= GC_INTEGRITY_MESSAGE_BYTES_MAX &&
           gc_stun_message_place(m, &place) == 0 && compute(&place, key, mac) &&
           gc_bytes_equal_ct(mac, m->datagram.data + place.mac_at, GC_STUN_INTEGRITY_BYTES);
}

void gc_integrity_put(gc_writer *w, gc_span key) {
    gc_stun_place place;
    uint8_t mac[EVP_MAX_MD_SIZE];
    gc_assert(w->at <= GC_INTEGRITY_MESSAGE_BYTES_MAX);
    gc_stun_message_put_integrity(w, &place);
    if (w->failed) {
        return;
    }
    if (!compute(&place, key, mac)) {
        w->failed = true;
        return;
    }
    memcpy(w->data + place.mac_at, mac, GC_STUN_INTEGRITY_BYTES);
}
