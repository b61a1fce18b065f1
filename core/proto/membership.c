#include "core/proto/membership.h"
#include "core/base/assert.h"
#include "core/base/error.h"
#include "core/base/mem.h"
#include "core/base/secret.h"

_Static_assert(sizeof((gc_membership *)0)->name >= GC_INVITE_ID_CHARS_MAX, "holds the target's id");

static int set(gc_membership *m, const gc_crypto *crypto, uint32_t kind,
               const uint8_t secret[GC_SECRET_BYTES], gc_span name) {
    uint8_t tag[GC_TAG_BYTES] = {0};
    bool has_tag = kind != GC_INVITE_PEER;
    if (has_tag && gc_invite_tag(crypto, secret, tag) != 0) {
        return GC_E_CRYPTO;
    }
    gc_assert(name.len <= sizeof m->name);
    gc_membership_wipe(m);
    m->kind = kind;
    m->has_tag = has_tag;
    memcpy(m->secret, secret, GC_SECRET_BYTES);
    memcpy(m->tag, tag, GC_TAG_BYTES);
    if (name.len > 0) {
        memcpy(m->name, name.data, name.len);
    }
    m->name_len = name.len;
    return 0;
}

int gc_membership_enter_name(gc_membership *m, const gc_crypto *crypto, const gc_room_name *name) {
    uint8_t secret[GC_SECRET_BYTES];
    int error = gc_invite_open_secret(crypto, name, secret);
    return error != 0 ? error
                      : set(m, crypto, GC_INVITE_ROOM_NAME, secret, gc_room_name_typed(name));
}

int gc_membership_enter_new(gc_membership *m, const gc_crypto *crypto, gc_drbg *d) {
    uint8_t secret[GC_SECRET_BYTES];
    gc_drbg_bytes(d, secret, sizeof secret);
    int error = set(m, crypto, GC_INVITE_ROOM_SECRET, secret, GC_SPAN_NONE);
    gc_bytes_wipe(secret, sizeof secret);
    return error;
}

int gc_membership_enter_link(gc_membership *m, const gc_crypto *crypto, gc_span link) {
    gc_invite invite;
    if (link.len > GC_URL_BYTES_MAX) {
        return GC_E_TOO_BIG;
    }
    int error = gc_invite_parse(link, &invite);
    if (error != 0) {
        return error;
    }
    gc_span name = gc_span_of(invite.name, invite.name_len);
    if (invite.kind == GC_INVITE_ROOM_NAME) {
        return GC_E_ARGUMENT;
    }
    if (invite.kind == GC_INVITE_ROOM_SECRET) {
        name.len = 0;
    }
    if (invite.kind == GC_INVITE_PEER) {
        memset(invite.secret, 0, sizeof invite.secret);
    }
    error = set(m, crypto, invite.kind, invite.secret, name);
    gc_bytes_wipe(&invite, sizeof invite);
    return error;
}

void gc_membership_wipe(gc_membership *m) {
    gc_bytes_wipe(m, sizeof *m);
}

void gc_membership_move(gc_membership *m, const gc_membership *from) {
    *m = *from;
}

bool gc_membership_in_room(const gc_membership *m) {
    return m->kind == GC_INVITE_ROOM_NAME || m->kind == GC_INVITE_ROOM_SECRET;
}

const uint8_t *gc_membership_room_tag(const gc_membership *m) {
    return gc_membership_in_room(m) ? m->tag : NULL;
}

gc_span gc_membership_target(const gc_membership *m) {
    bool guest = m->kind == GC_INVITE_PEER || m->kind == GC_INVITE_PEER_SECRET;
    return gc_span_of(m->name, guest ? m->name_len : 0);
}

gc_welcome gc_membership_welcome(const gc_membership *m, const uint8_t *tag, gc_span from) {
    gc_span target = gc_membership_target(m);
    bool same = tag != NULL && m->has_tag && gc_bytes_equal_ct(tag, m->tag, GC_TAG_BYTES);
    if (target.len > 0 && gc_span_equal(target, from) && (same || (tag == NULL && !m->has_tag))) {
        return GC_WELCOME_TARGET;
    }
    if (same && gc_membership_in_room(m)) {
        return GC_WELCOME_MEMBER;
    }
    if (tag != NULL && m->has_direct && gc_bytes_equal_ct(tag, m->direct_tag, GC_TAG_BYTES)) {
        return GC_WELCOME_GUEST;
    }
    /* We gave out nothing but a secret, of a room or a link: refuse peers that do not show it. */
    return tag == NULL && m->kind == GC_INVITE_ROOM_NAME ? GC_WELCOME_GUEST : GC_WELCOME_REFUSED;
}

static int make_direct(gc_membership *m, const gc_crypto *crypto, gc_drbg *d) {
    if (!m->has_direct) {
        gc_drbg_bytes(d, m->direct_secret, GC_SECRET_BYTES);
        if (gc_invite_tag(crypto, m->direct_secret, m->direct_tag) != 0) {
            return GC_E_CRYPTO;
        }
        m->has_direct = true;
    }
    return 0;
}

int gc_membership_invite(gc_membership *m, const gc_crypto *crypto, gc_drbg *d, gc_span own,
                         gc_span base, uint32_t kind, gc_writer *w) {
    gc_invite invite = {.base = base};
    const uint8_t *secret = m->secret;
    gc_span name = gc_span_of(m->name, m->name_len);
    if (base.len == 0 || base.data[base.len - 1] != '/') {
        return GC_E_SYNTAX;
    }
    if (kind == 0) {
        kind = gc_membership_in_room(m) ? m->kind : GC_INVITE_PEER;
    }
    if (kind == GC_INVITE_PEER_SECRET && m->kind != 0) {
        int error = make_direct(m, crypto, d);
        if (error != 0) {
            return error;
        }
        secret = m->direct_secret;
        name = own;
    } else if (!gc_membership_in_room(m) || kind != m->kind) {
        return GC_E_STATE;
    }
    invite.kind = kind;
    memcpy(invite.secret, secret, GC_SECRET_BYTES);
    memcpy(invite.name, name.data, name.len);
    invite.name_len = name.len;
    gc_invite_write(&invite, w);
    gc_bytes_wipe(&invite, sizeof invite);
    return w->failed ? GC_E_FULL : 0;
}
