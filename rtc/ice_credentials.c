#include "rtc/ice_credentials.h"
#include "core/base/error.h"
#include "core/base/mem.h"

/* RFC 8839 5.1: ice-char. There are 64, so 6 random bits make one. */
#define CHARS GC_SPAN("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")

static void make(uint8_t *out, uint32_t len, gc_drbg *drbg) {
    gc_drbg_bytes(drbg, out, len);
    for (uint32_t i = 0; i < len; i++) {
        out[i] = CHARS.data[out[i] & 63];
    }
}

void gc_ice_credentials_make(gc_ice_credentials *c, gc_drbg *drbg) {
    make(c->ufrag, GC_ICE_UFRAG_CHARS, drbg);
    make(c->pwd, GC_ICE_PWD_CHARS, drbg);
    c->ufrag_len = GC_ICE_UFRAG_CHARS;
    c->pwd_len = GC_ICE_PWD_CHARS;
}

static bool allowed(gc_span text, uint32_t min) {
    if (text.len < min || text.len > GC_ICE_CREDENTIAL_MAX) {
        return false;
    }
    for (uint32_t i = 0; i < text.len; i++) {
        if (gc_span_find(CHARS, 0, text.data[i]) == CHARS.len) {
            return false;
        }
    }
    return true;
}

int gc_ice_credentials_set(gc_ice_credentials *c, gc_span ufrag, gc_span pwd) {
    if (!allowed(ufrag, GC_ICE_UFRAG_MIN) || !allowed(pwd, GC_ICE_PWD_MIN)) {
        return GC_E_SYNTAX;
    }
    memcpy(c->ufrag, ufrag.data, ufrag.len);
    memcpy(c->pwd, pwd.data, pwd.len);
    c->ufrag_len = (uint16_t)ufrag.len;
    c->pwd_len = (uint16_t)pwd.len;
    return 0;
}

bool gc_ice_credentials_known(const gc_ice_credentials *c) {
    return c->ufrag_len > 0;
}

gc_span gc_ice_credentials_ufrag(const gc_ice_credentials *c) {
    return gc_span_of(c->ufrag, c->ufrag_len);
}

gc_span gc_ice_credentials_pwd(const gc_ice_credentials *c) {
    return gc_span_of(c->pwd, c->pwd_len);
}
