#include "rtc/ice_message.h"
#include "core/base/assert.h"
#include "core/base/error.h"
#include "rtc/integrity.h"

#define UNKNOWN_MAX 8 /* attributes that a refusal names */

/* The types below GC_STUN_OPTIONAL that we act on: a check with another one is refused by 420. */
static const uint16_t KNOWN[] = {GC_STUN_USERNAME, GC_STUN_PRIORITY, GC_STUN_USE_CANDIDATE};
#define KNOWN_COUNT (sizeof KNOWN / sizeof KNOWN[0])

#define ATTRIBUTE_BYTES(len) (4 + ((len) + 3) / 4 * 4) /* head, value, padding */
/* USERNAME, PRIORITY, the role, USE-CANDIDATE, the passenger, MESSAGE-INTEGRITY, FINGERPRINT. */
#define CHECK_BYTES_MAX                                                                            \
    (GC_STUN_HEAD_BYTES + ATTRIBUTE_BYTES(2 * GC_ICE_CREDENTIAL_MAX + 1) + ATTRIBUTE_BYTES(4) +    \
     ATTRIBUTE_BYTES(8) + ATTRIBUTE_BYTES(0) + ATTRIBUTE_BYTES(GC_ICE_PASSENGER_BYTES_MAX) +       \
     ATTRIBUTE_BYTES(GC_STUN_INTEGRITY_BYTES) + ATTRIBUTE_BYTES(4))
_Static_assert(CHECK_BYTES_MAX <= GC_ICE_MESSAGE_BYTES_MAX, "the longest check fits");

/* --- writing ---------------------------------------------------------------------------------- */

static uint32_t end_message(gc_writer *w, gc_span key) {
    gc_integrity_put(w, key);
    gc_stun_message_put_fingerprint(w);
    return w->failed ? 0 : w->at;
}

/* RFC 8445 7.2.2: the name of the one who answers comes first. */
static void put_username(gc_writer *w, const gc_ice_credentials *local,
                         const gc_ice_credentials *remote) {
    uint8_t name[2 * GC_ICE_CREDENTIAL_MAX + 1];
    gc_writer n;
    gc_writer_init(&n, name, sizeof name);
    gc_writer_span(&n, gc_ice_credentials_ufrag(remote));
    gc_writer_u8(&n, ':');
    gc_writer_span(&n, gc_ice_credentials_ufrag(local));
    gc_stun_message_put(w, GC_STUN_USERNAME, gc_writer_done(&n));
}

uint32_t gc_ice_message_check(uint8_t *out, const uint8_t *transaction, const gc_ice_check *check,
                              const gc_ice_credentials *local, const gc_ice_credentials *remote) {
    gc_writer w;
    gc_assert(gc_ice_credentials_known(remote));
    gc_writer_init(&w, out, GC_ICE_MESSAGE_BYTES_MAX);
    gc_stun_message_begin(&w, GC_STUN_REQUEST, GC_STUN_BINDING, transaction);
    put_username(&w, local, remote);
    gc_stun_message_put_u32(&w, GC_STUN_PRIORITY, check->priority);
    gc_stun_message_put_u64(&w,
                            check->controlling ? GC_STUN_ICE_CONTROLLING : GC_STUN_ICE_CONTROLLED,
                            check->tie_breaker);
    if (check->use_candidate) {
        gc_stun_message_put(&w, GC_STUN_USE_CANDIDATE, GC_SPAN_NONE);
    }
    if (check->passenger.len > 0) {
        gc_stun_message_put(&w, GC_STUN_DTLS, check->passenger);
    }
    return end_message(&w, gc_ice_credentials_pwd(remote));
}

uint32_t gc_ice_message_success(uint8_t *out, const uint8_t *transaction, const gc_addr *from,
                                const gc_ice_credentials *local) {
    gc_writer w;
    gc_writer_init(&w, out, GC_ICE_MESSAGE_BYTES_MAX);
    gc_stun_message_begin(&w, GC_STUN_SUCCESS, GC_STUN_BINDING, transaction);
    gc_stun_message_put_address(&w, GC_STUN_XOR_MAPPED_ADDRESS, from);
    return end_message(&w, gc_ice_credentials_pwd(local));
}

static gc_span text_of(uint32_t code) {
    switch (code) {
    case 420:
        return GC_SPAN("Unknown Attribute");
    case 487:
        return GC_SPAN("Role Conflict");
    default:
        return GC_SPAN("Bad Request");
    }
}

uint32_t gc_ice_message_refusal(uint8_t *out, const gc_stun_message *m, uint32_t code,
                                const gc_ice_credentials *local) {
    gc_writer w;
    gc_writer_init(&w, out, GC_ICE_MESSAGE_BYTES_MAX);
    gc_stun_message_begin(&w, GC_STUN_ERROR, GC_STUN_BINDING, m->transaction);
    gc_stun_message_put_error(&w, code, text_of(code));
    if (code == 420) {
        uint16_t types[UNKNOWN_MAX];
        uint32_t count = gc_stun_message_unknown(m, KNOWN, KNOWN_COUNT, types, UNKNOWN_MAX);
        gc_stun_message_put_unknown(&w, types, count < UNKNOWN_MAX ? count : UNKNOWN_MAX);
    }
    return end_message(&w, gc_ice_credentials_pwd(local));
}

/* --- reading ---------------------------------------------------------------------------------- */

/* True if a check with this USERNAME is from remote, where that is known, to local. */
static bool is_named(const gc_stun_message *m, const gc_ice_credentials *local,
                     const gc_ice_credentials *remote) {
    gc_span name;
    gc_span ours = gc_ice_credentials_ufrag(local);
    if (!gc_stun_message_find(m, GC_STUN_USERNAME, &name) || !gc_span_starts(name, ours) ||
        name.len == ours.len || name.data[ours.len] != ':') {
        return false;
    }
    gc_span theirs = gc_span_from(name, ours.len + 1);
    return !gc_ice_credentials_known(remote) ||
           gc_span_equal(theirs, gc_ice_credentials_ufrag(remote));
}

/* Reads what an authentic check says. Returns false if it is malformed. */
static bool read_attributes(const gc_stun_message *m, gc_ice_check *out) {
    gc_span empty;
    gc_ice_check c = {.controlling = true};
    int role = gc_stun_message_u64(m, GC_STUN_ICE_CONTROLLING, &c.tie_breaker);
    if (role == GC_E_NOT_FOUND) {
        c.controlling = false;
        role = gc_stun_message_u64(m, GC_STUN_ICE_CONTROLLED, &c.tie_breaker);
    }
    if (role != 0 || gc_stun_message_u32(m, GC_STUN_PRIORITY, &c.priority) != 0) {
        return false;
    }
    c.use_candidate = gc_stun_message_find(m, GC_STUN_USE_CANDIDATE, &empty);
    if (!gc_stun_message_find(m, GC_STUN_DTLS, &c.passenger)) {
        c.passenger = GC_SPAN_NONE;
    }
    *out = c;
    return true;
}

int gc_ice_message_read_check(const gc_stun_message *m, const gc_ice_credentials *local,
                              const gc_ice_credentials *remote, gc_ice_check *out, uint32_t *code) {
    if (!is_named(m, local, remote)) {
        return GC_E_NOT_FOUND;
    }
    if (!m->fingerprint || !gc_integrity_check(m, gc_ice_credentials_pwd(local))) {
        return GC_E_REFUSED;
    }
    if (gc_stun_message_unknown(m, KNOWN, KNOWN_COUNT, NULL, 0) > 0) {
        *code = 420;
    } else {
        *code = read_attributes(m, out) ? 0 : 400;
    }
    return 0;
}

int gc_ice_message_read_answer(const gc_stun_message *m, const gc_ice_credentials *remote,
                               gc_addr *mapped, uint32_t *code) {
    if (!gc_integrity_check(m, gc_ice_credentials_pwd(remote))) {
        return GC_E_REFUSED;
    }
    if (m->class == GC_STUN_ERROR) {
        return gc_stun_message_error(m, code) == 0 ? 0 : GC_E_REFUSED;
    }
    *code = 0;
    return m->class == GC_STUN_SUCCESS &&
                   gc_stun_message_address(m, GC_STUN_XOR_MAPPED_ADDRESS, mapped) == 0
               ? 0
               : GC_E_REFUSED;
}
