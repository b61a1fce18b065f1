#include "core/wire/invite.h"
#include "core/base/ascii.h"
#include "core/base/assert.h"
#include "core/base/encoding.h"
#include "core/base/error.h"
#include "core/base/mem.h"
#include "core/base/secret.h"
#include "core/wire/keys.h"
#include "core/wire/peerjs.h"

#define SECRET_VERSION "1."
#define SECRET_CHARS   45 /* the version and 43 digits of base64url */

/* The parts of a URL of ours, all borrowed. */
typedef struct parts {
    gc_span base;   /* "https://host/path/" or "https://host/path/#/" */
    gc_span verb;   /* "room" or "join" */
    gc_span last;   /* the part after its slash, up to the secret */
    gc_span secret; /* after the '#'; in a fragment after the ':' */
    bool has_secret;
} parts;

/* host, host:port, [address] or [address]:port. User information and escapes are refused: both
 * make a link look like one to another host. */
static bool host_valid(gc_span s) {
    uint32_t at = 0;
    bool bracket = s.len > 0 && s.data[0] == '[';
    if (bracket) {
        at = gc_span_find(s, 0, ']');
        if (at < 3 || at == s.len) {
            return false;
        }
        for (uint32_t i = 1; i < at; i++) {
            uint8_t c = s.data[i];
            if (!gc_ascii_is_alphanumeric(c) && c != ':' && c != '.') {
                return false;
            }
        }
        at++;
    } else {
        while (at < s.len && (gc_ascii_is_alphanumeric(s.data[at]) || s.data[at] == '-' ||
                              s.data[at] == '.' || s.data[at] == '_')) {
            at++;
        }
        if (at == 0) {
            return false;
        }
    }
    if (at == s.len) {
        return true;
    }
    uint32_t port = 0;
    for (uint32_t i = at + 1; i < s.len && port <= 65535; i++) {
        uint8_t c = s.data[i];
        port = gc_ascii_is_digit(c) ? port * 10 + (c - '0') : 65536;
    }
    return s.data[at] == ':' && port >= 1 && port <= 65535;
}

/* Nothing that a browser would read as something else: no white space, no control character, no
 * backslash (browsers make it a slash), no query. */
static bool path_valid(gc_span s) {
    for (uint32_t i = 0; i < s.len; i++) {
        uint8_t c = s.data[i];
        if (c <= 0x20 || c == 0x7f || c == '\\' || c == '?') {
            return false;
        }
    }
    return true;
}

static bool ascii(gc_span s) {
    for (uint32_t i = 0; i < s.len; i++) {
        if (s.data[i] >= 0x80) {
            return false;
        }
    }
    return true;
}

/* The last two segments of a path that begins at `path`. */
static bool split_path(gc_span url, uint32_t path, parts *p) {
    uint32_t last = url.len;
    while (url.data[last - 1] != '/') {
        last--;
    }
    uint32_t slash = last - 1; /* before the first of them */
    while (slash > path && url.data[slash - 1] != '/') {
        slash--;
    }
    if (slash <= path) {
        return false; /* only one segment */
    }
    p->base = gc_span_of(url.data, slash);
    p->verb = gc_span_of(url.data + slash, last - 1 - slash);
    p->last = gc_span_from(url, last);
    return true;
}

/* A fragment that begins at `hash` with "#/": two segments. A fragment may not hold a second '#'
 * (RFC 3986 3.5), and many programs cut or escape one, so a ':' precedes the secret. */
static bool split_fragment(gc_span url, uint32_t hash, parts *p) {
    gc_span rest = gc_span_from(url, hash + 2);
    uint32_t slash = gc_span_find(rest, 0, '/');
    if (url.data[hash - 1] != '/' || slash == rest.len) {
        return false;
    }
    p->base = gc_span_of(url.data, hash + 2);
    p->verb = gc_span_of(rest.data, slash);
    rest = gc_span_from(rest, slash + 1);
    uint32_t colon = gc_span_find(rest, 0, ':');
    p->has_secret = colon < rest.len;
    p->secret = gc_span_from(rest, p->has_secret ? colon + 1 : colon);
    p->last = gc_span_of(rest.data, colon);
    return path_valid(p->last) && gc_span_find(p->last, 0, '/') == colon &&
           gc_span_find(p->last, 0, '#') == colon;
}

static bool split(gc_span url, parts *p) {
    uint32_t host = gc_span_starts(url, GC_SPAN("https://"))  ? 8
                    : gc_span_starts(url, GC_SPAN("http://")) ? 7
                                                              : 0;
    if (host == 0 || url.len > GC_URL_BYTES_MAX) {
        return false;
    }
    uint32_t hash = gc_span_find(url, 0, '#');
    p->has_secret = hash < url.len;
    p->secret = gc_span_from(url, p->has_secret ? hash + 1 : hash);
    gc_span rest = gc_span_of(url.data, hash);
    uint32_t path = gc_span_find(rest, host, '/');
    if (path == rest.len || !host_valid(gc_span_of(rest.data + host, path - host)) ||
        !path_valid(gc_span_from(rest, path))) {
        return false;
    }
    bool in_fragment = p->secret.len > 0 && p->secret.data[0] == '/';
    return (in_fragment ? split_fragment(url, hash, p) : split_path(rest, path, p)) &&
           ascii(p->base);
}

static int read_secret(gc_span secret, uint8_t out[GC_SECRET_BYTES]) {
    if (secret.len != SECRET_CHARS || !gc_span_starts(secret, GC_SPAN(SECRET_VERSION))) {
        return GC_E_SYNTAX;
    }
    return gc_base64url_read(gc_span_from(secret, 2), out, GC_SECRET_BYTES);
}

/* A digit of base64url (RFC 4648 section 5); ids have the same ones. */
static bool is_digit(uint8_t c) {
    return gc_ascii_is_alphanumeric(c) || c == '-' || c == '_';
}

bool gc_invite_is_id(gc_span id) {
    bool good = id.len > 0 && id.len <= GC_INVITE_ID_CHARS_MAX;
    for (uint32_t i = 0; i < id.len && good; i++) {
        good = is_digit(id.data[i]);
    }
    return good;
}

static int read_id(gc_span id, gc_invite *out) {
    if (!gc_invite_is_id(id)) {
        return GC_E_SYNTAX;
    }
    memcpy(out->name, id.data, id.len);
    out->name_len = id.len;
    return 0;
}

static int read_room(const parts *p, gc_invite *out) {
    if (p->last.len == 0) {
        out->kind = GC_INVITE_ROOM_SECRET;
        return read_secret(p->secret, out->secret);
    }
    out->kind = GC_INVITE_ROOM_NAME;
    if (p->has_secret) {
        return GC_E_SYNTAX; /* two meanings at once */
    }
    int error = gc_percent_read(p->last, false, out->name, GC_ROOM_NAME_BYTES_MAX, &out->name_len);
    return error != 0 ? error : gc_room_name_check(gc_span_of(out->name, out->name_len));
}

static int read_join(const parts *p, gc_invite *out) {
    out->kind = p->has_secret ? GC_INVITE_PEER_SECRET : GC_INVITE_PEER;
    int error = read_id(p->last, out);
    return error == 0 && p->has_secret ? read_secret(p->secret, out->secret) : error;
}

int gc_invite_parse(gc_span url, gc_invite *out) {
    memset(out, 0, sizeof(*out));
    parts p;
    int error = GC_E_SYNTAX;
    if (split(url, &p)) {
        out->base = p.base;
        if (gc_span_equal(p.verb, GC_SPAN("room"))) {
            error = read_room(&p, out);
        } else if (gc_span_equal(p.verb, GC_SPAN("join"))) {
            error = read_join(&p, out);
        }
    }
    if (error != 0) {
        gc_bytes_wipe(out, sizeof(*out));
        return GC_E_SYNTAX;
    }
    return 0;
}

static void write_secret(const gc_invite *invite, gc_writer *w) {
    bool in_fragment = gc_span_find(invite->base, 0, '#') < invite->base.len;
    gc_writer_text(w, in_fragment ? ":" SECRET_VERSION : "#" SECRET_VERSION);
    gc_base64url_write(w, gc_span_of(invite->secret, GC_SECRET_BYTES));
}

/* Programs that find links in a text leave a last '.', '_' or '~' out of them, so this one is
 * written as an escape although a URL would not need it. */
static void write_name(gc_span name, gc_writer *w) {
    uint8_t last = name.data[name.len - 1];
    bool cut = last == '.' || last == '_' || last == '~';
    gc_percent_write(w, gc_span_of(name.data, name.len - cut));
    if (cut) {
        gc_writer_text(w, last == '.' ? "%2E" : last == '_' ? "%5F" : "%7E");
    }
}

void gc_invite_write(const gc_invite *invite, gc_writer *w) {
    gc_assert(invite->base.len > 0 && invite->base.data[invite->base.len - 1] == '/');
    gc_span name = gc_span_of(invite->name, invite->name_len);
    gc_assert(name.len <= sizeof(invite->name));
    gc_writer_span(w, invite->base);
    switch (invite->kind) {
    case GC_INVITE_ROOM_NAME:
        gc_assert(gc_room_name_check(name) == 0);
        gc_writer_text(w, "room/");
        write_name(name, w);
        break;
    case GC_INVITE_ROOM_SECRET:
        gc_writer_text(w, "room/");
        write_secret(invite, w);
        break;
    case GC_INVITE_PEER_SECRET:
    case GC_INVITE_PEER:
        gc_assert(name.len > 0);
        gc_writer_text(w, "join/");
        gc_writer_span(w, name);
        if (invite->kind == GC_INVITE_PEER_SECRET) {
            write_secret(invite, w);
        }
        break;
    }
}

int gc_invite_open_secret(const gc_crypto *crypto, const gc_room_name *name,
                          uint8_t out[GC_SECRET_BYTES]) {
    static const char label[] = "ghostchat/1 open ";
    uint8_t in[sizeof(label) - 1 + GC_ROOM_CANONICAL_BYTES_MAX];
    gc_assert(gc_room_name_is_done(name));
    gc_span form = gc_room_name_text(name);
    memcpy(in, label, sizeof(label) - 1);
    memcpy(in + sizeof(label) - 1, form.data, form.len);
    uint32_t in_len = (uint32_t)sizeof(label) - 1 + form.len;
    int r = crypto->hash(crypto->context, out, GC_SECRET_BYTES, in, in_len, NULL, 0);
    return r == 0 ? 0 : GC_E_CRYPTO;
}

int gc_invite_tag(const gc_crypto *crypto, const uint8_t secret[GC_SECRET_BYTES],
                  uint8_t out[GC_TAG_BYTES]) {
    return gc_keys_of_label(crypto, secret, GC_SPAN("room"), out, GC_TAG_BYTES);
}
