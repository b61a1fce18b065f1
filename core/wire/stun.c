#include "core/wire/stun.h"
#include "core/base/assert.h"
#include "core/base/error.h"
#include "core/base/mem.h"
#include "core/wire/stun_message.h"

/* Attributes that a receiver must understand and that change nothing for an answer without
 * credentials. Of all others that are not optional the sender expects something that we do not do.
 */
static bool understood(uint16_t type) {
    switch (type) {
    case GC_STUN_USERNAME:
    case GC_STUN_MESSAGE_INTEGRITY:
    case GC_STUN_REALM:
    case GC_STUN_NONCE:
    case GC_STUN_INTEGRITY_SHA256:
    case GC_STUN_PASSWORD_ALGORITHM:
    case GC_STUN_USERHASH:
        return true;
    default:
        return type >= GC_STUN_OPTIONAL;
    }
}

/* Reads a Binding message of this class. */
static int read_binding(gc_span datagram, gc_stun_class class, gc_stun_message *m) {
    int result = gc_stun_message_read(datagram, m);
    return result != 0 || (m->method == GC_STUN_BINDING && m->class == class) ? result
                                                                              : GC_E_SYNTAX;
}

int gc_stun_parse_binding(gc_span datagram, gc_stun_request *out) {
    gc_stun_message m;
    if (read_binding(datagram, GC_STUN_REQUEST, &m) != 0) {
        return GC_E_SYNTAX;
    }
    gc_stun_attribute a;
    for (uint32_t at = 0; gc_stun_message_next(&m, &at, &a);) {
        if (!understood(a.type)) {
            return GC_E_REFUSED;
        }
    }
    memcpy(out->transaction, m.transaction, sizeof(out->transaction));
    out->fingerprint = m.fingerprint;
    return 0;
}

uint32_t gc_stun_write_binding(const gc_stun_request *r, const gc_addr *from,
                               uint8_t out[GC_STUN_RESPONSE_BYTES_MAX]) {
    gc_writer w;
    gc_writer_init(&w, out, GC_STUN_RESPONSE_BYTES_MAX);
    gc_stun_message_begin(&w, GC_STUN_SUCCESS, GC_STUN_BINDING, r->transaction);
    gc_stun_message_put_address(&w, GC_STUN_XOR_MAPPED_ADDRESS, from);
    if (r->fingerprint) {
        gc_stun_message_put_fingerprint(&w);
    }
    gc_assert(!w.failed);
    return w.at;
}

uint32_t gc_stun_write_request(const uint8_t transaction[12], uint8_t out[20]) {
    gc_writer w;
    gc_writer_init(&w, out, GC_STUN_HEAD_BYTES);
    gc_stun_message_begin(&w, GC_STUN_REQUEST, GC_STUN_BINDING, transaction);
    gc_assert(w.at == GC_STUN_HEAD_BYTES && !w.failed);
    return w.at;
}

int gc_stun_parse_response(gc_span datagram, const uint8_t transaction[12], gc_addr *mapped) {
    gc_stun_message m;
    int result = read_binding(datagram, GC_STUN_SUCCESS, &m);
    if (result == 0 && memcmp(m.transaction, transaction, GC_STUN_TRANSACTION_BYTES) != 0) {
        result = GC_E_NOT_FOUND;
    }
    return result == 0 ? gc_stun_message_address(&m, GC_STUN_XOR_MAPPED_ADDRESS, mapped) : result;
}
