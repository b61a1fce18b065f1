#include "host/authority.h"
#include "core/base/ascii.h"
#include "core/base/error.h"

#include <string.h>

static bool in_name(uint8_t c) {
    return gc_ascii_is_alphanumeric(c) || c == '.' || c == '-' || c == '_';
}

static bool in_ipv6(uint8_t c) {
    return gc_ascii_is_alphanumeric(c) || c == ':' || c == '.';
}

static bool all(gc_span s, bool (*is)(uint8_t)) {
    for (uint32_t i = 0; i < s.len; i++) {
        if (!is(s.data[i])) {
            return false;
        }
    }
    return true;
}

static bool read_port(gc_span digits, gc_authority *out) {
    uint32_t port = 0;
    for (uint32_t i = 0; i < digits.len; i++) {
        uint8_t c = digits.data[i];
        port = port * 10 + (c - '0');
        if (c < '0' || c > '9' || port > UINT16_MAX) {
            return false;
        }
    }
    out->port = (uint16_t)port;
    return digits.len > 0 && port > 0;
}

int gc_authority_parse(gc_span text, uint16_t port, gc_authority *out) {
    bool brackets = text.len > 0 && text.data[0] == '[';
    uint32_t end = gc_span_find(text, 0, brackets ? ']' : ':');
    *out = (gc_authority){.port = port};
    if (brackets && end == text.len) {
        return GC_E_SYNTAX;
    }
    gc_span host = brackets ? gc_span_of(text.data + 1, end - 1) : gc_span_of(text.data, end);
    gc_span rest = gc_span_from(text, brackets ? end + 1 : end);
    if (host.len == 0 || host.len >= sizeof out->host || !all(host, brackets ? in_ipv6 : in_name)) {
        return GC_E_SYNTAX;
    }
    memcpy(out->host, host.data, host.len);
    bool good = rest.len == 0 || (rest.data[0] == ':' && read_port(gc_span_from(rest, 1), out));
    return good ? 0 : GC_E_SYNTAX;
}
