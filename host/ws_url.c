#include "host/ws_url.h"
#include "core/base/error.h"
#include "core/wire/http.h"

#include <string.h>

static bool alphanumeric(uint8_t c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool in_name(uint8_t c) {
    return alphanumeric(c) || c == '.' || c == '-' || c == '_';
}

static bool in_ipv6(uint8_t c) {
    return alphanumeric(c) || c == ':' || c == '.';
}

/* Visible ASCII, as RFC 9112 3.2 wants it of a request target; '#' begins a fragment. */
static bool in_target(uint8_t c) {
    return c > 0x20 && c < 0x7f && c != '#';
}

static bool all(gc_span s, bool (*is)(uint8_t)) {
    for (uint32_t i = 0; i < s.len; i++) {
        if (!is(s.data[i])) {
            return false;
        }
    }
    return true;
}

static bool read_port(gc_span digits, gc_ws_url *out) {
    uint32_t port = 0;
    for (uint32_t i = 0; i < digits.len; i++) {
        uint8_t c = digits.data[i];
        port = port * 10 + (c - '0');
        if (c < '0' || c > '9' || port > UINT16_MAX) {
            return false;
        }
    }
    out->has_port = port != out->port;
    out->port = (uint16_t)port;
    return digits.len > 0 && port > 0;
}

static bool read_authority(gc_span authority, gc_ws_url *out) {
    bool brackets = authority.len > 0 && authority.data[0] == '[';
    uint32_t end = gc_span_find(authority, 0, brackets ? ']' : ':');
    if (brackets && end == authority.len) {
        return false;
    }
    gc_span host =
        brackets ? gc_span_of(authority.data + 1, end - 1) : gc_span_of(authority.data, end);
    gc_span rest = gc_span_from(authority, brackets ? end + 1 : end);
    if (host.len == 0 || host.len >= sizeof out->host || !all(host, brackets ? in_ipv6 : in_name)) {
        return false;
    }
    memcpy(out->host, host.data, host.len);
    out->host[host.len] = 0;
    out->authority = authority;
    return rest.len == 0 || (rest.data[0] == ':' && read_port(gc_span_from(rest, 1), out));
}

int gc_ws_url_parse(gc_span text, gc_ws_url *out) {
    *out = (gc_ws_url){.secure = gc_http_starts(text, "wss://")};
    if (!out->secure && !gc_http_starts(text, "ws://")) {
        return GC_E_SYNTAX;
    }
    out->port = out->secure ? 443 : 80;
    text = gc_span_from(text, out->secure ? 6 : 5);
    uint32_t end = 0;
    while (end < text.len && text.data[end] != '/' && text.data[end] != '?') {
        end++;
    }
    out->target = gc_span_from(text, end);
    return read_authority(gc_span_of(text.data, end), out) && all(out->target, in_target)
               ? 0
               : GC_E_SYNTAX;
}
