#include "server/route.h"
#include "core/wire/http.h"

#include <strings.h>

/* WORD/id and WORD/peers. */
static gc_route_kind peerjs_route(gc_span rest) {
    uint32_t slash = gc_span_find(rest, 0, '/');
    if (slash == rest.len || slash == 0) {
        return GC_ROUTE_NONE;
    }
    gc_span word = gc_span_from(rest, slash + 1);
    if (word.len > 0 && word.data[word.len - 1] == '/') {
        word.len--;
    }
    if (gc_http_is(word, "id")) {
        return GC_ROUTE_ID;
    }
    return gc_http_is(word, "peers") ? GC_ROUTE_PEERS : GC_ROUTE_NONE;
}

static gc_route below_base(gc_span rest) {
    static const struct {
        const char *name;
        gc_route_kind kind;
    } fixed[] = {
        {"", GC_ROUTE_BASE},
        {"peerjs", GC_ROUTE_WEBSOCKET},
        {"config.json", GC_ROUTE_CONFIG},
        {"healthz", GC_ROUTE_HEALTH},
    };
    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++) {
        if (gc_span_equal(rest, gc_span_text(fixed[i].name))) {
            return (gc_route){fixed[i].kind, rest};
        }
    }
    if (gc_span_starts(rest, GC_SPAN("room/")) || gc_span_starts(rest, GC_SPAN("join/"))) {
        return (gc_route){GC_ROUTE_PAGE, rest};
    }
    bool html = gc_span_ends(rest, GC_SPAN(".html")) && rest.len > GC_SPAN(".html").len;
    if (html && gc_span_find(rest, 0, '/') == rest.len) {
        return (gc_route){GC_ROUTE_HTML, rest};
    }
    gc_route_kind kind = peerjs_route(rest);
    if (kind == GC_ROUTE_NONE && gc_span_starts(rest, GC_SPAN("assets/"))) {
        return (gc_route){GC_ROUTE_ASSET, gc_span_from(rest, GC_SPAN("assets/").len)};
    }
    return (gc_route){kind, rest};
}

gc_route gc_route_of(const char *base, gc_span path) {
    uint32_t len = gc_span_text(base).len;
    if (path.len == len - 1 && strncasecmp((const char *)path.data, base, len - 1) == 0) {
        return (gc_route){GC_ROUTE_BASE, gc_span_from(path, path.len)};
    }
    if (path.len < len || strncasecmp((const char *)path.data, base, len) != 0) {
        return (gc_route){GC_ROUTE_OUTSIDE, path};
    }
    return below_base(gc_span_from(path, len));
}
