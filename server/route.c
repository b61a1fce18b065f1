#include "server/route.h"
#include "core/wire/http.h"

#include <string.h>
#include <strings.h>

static bool starts_with(gc_span s, const char *prefix) {
    size_t len = strlen(prefix);
    return s.len >= len && memcmp(s.data, prefix, len) == 0;
}

static bool is_exactly(gc_span s, const char *text) {
    return s.len == strlen(text) && starts_with(s, text);
}

static bool ends_with(gc_span s, const char *end) {
    size_t len = strlen(end);
    return s.len > len && memcmp(s.data + s.len - len, end, len) == 0;
}

static gc_span after(gc_span s, size_t n) {
    return gc_span_of(s.data + n, s.len - (uint32_t)n);
}

/* WORD/id and WORD/peers. */
static gc_route_kind peerjs_route(gc_span rest) {
    const uint8_t *slash = memchr(rest.data, '/', rest.len);
    if (slash == NULL || slash == rest.data) {
        return GC_ROUTE_NONE;
    }
    gc_span word = after(rest, (size_t)(slash + 1 - rest.data));
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
        {"metrics", GC_ROUTE_METRICS},
    };
    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++) {
        if (is_exactly(rest, fixed[i].name)) {
            return (gc_route){fixed[i].kind, rest};
        }
    }
    if (starts_with(rest, "room/") || starts_with(rest, "join/")) {
        return (gc_route){GC_ROUTE_PAGE, rest};
    }
    if (ends_with(rest, ".html") && memchr(rest.data, '/', rest.len) == NULL) {
        return (gc_route){GC_ROUTE_HTML, rest};
    }
    gc_route_kind kind = peerjs_route(rest);
    if (kind == GC_ROUTE_NONE && starts_with(rest, "assets/")) {
        return (gc_route){GC_ROUTE_ASSET, after(rest, strlen("assets/"))};
    }
    return (gc_route){kind, rest};
}

gc_route gc_route_of(const char *base, gc_span path) {
    size_t len = strlen(base);
    if (path.len == len - 1 && strncasecmp((const char *)path.data, base, len - 1) == 0) {
        return (gc_route){GC_ROUTE_BASE, after(path, path.len)};
    }
    if (path.len < len || strncasecmp((const char *)path.data, base, len) != 0) {
        return (gc_route){GC_ROUTE_OUTSIDE, path};
    }
    return below_base(after(path, len));
}
