#include "host/ws_url.h"
#include "core/base/error.h"
#include "core/wire/http.h"

/* Visible ASCII, as RFC 9112 3.2 wants it of a request target; '#' begins a fragment. */
static bool is_target(gc_span s) {
    for (uint32_t i = 0; i < s.len; i++) {
        if (s.data[i] <= 0x20 || s.data[i] >= 0x7f || s.data[i] == '#') {
            return false;
        }
    }
    return true;
}

int gc_ws_url_parse(gc_span text, gc_ws_url *out) {
    *out = (gc_ws_url){.secure = gc_http_starts(text, "wss://")};
    if (!out->secure && !gc_http_starts(text, "ws://")) {
        return GC_E_SYNTAX;
    }
    text = gc_span_from(text, out->secure ? 6 : 5);
    uint32_t end = 0;
    while (end < text.len && text.data[end] != '/' && text.data[end] != '?') {
        end++;
    }
    out->authority = gc_span_of(text.data, end);
    out->target = gc_span_from(text, end);
    return is_target(out->target)
               ? gc_authority_parse(out->authority, out->secure ? 443 : 80, &out->to)
               : GC_E_SYNTAX;
}
