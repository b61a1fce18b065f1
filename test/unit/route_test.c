/* server/route.c */
#include "test/unit/unit.h"

#include "server/route.h"

typedef struct row {
    const char *base;
    const char *path;
    gc_route_kind kind;
    const char *name; /* NULL: not looked at */
} row;

static const row rows[] = {
    {"/", "/", GC_ROUTE_BASE, NULL},
    {"/", "/peerjs", GC_ROUTE_WEBSOCKET, NULL},
    {"/", "/peerjs/", GC_ROUTE_NONE, NULL},
    {"/", "/PeerJS", GC_ROUTE_NONE, NULL},
    {"/", "/peerjs/id", GC_ROUTE_ID, NULL},
    {"/", "/peerjs/id/", GC_ROUTE_ID, NULL},
    {"/", "/peerjs/id//", GC_ROUTE_NONE, NULL},
    {"/", "/any%20word/ID", GC_ROUTE_ID, NULL},
    {"/", "/peerjs/pEErs", GC_ROUTE_PEERS, NULL},
    {"/", "//id", GC_ROUTE_NONE, NULL},
    {"/", "/a/b/id", GC_ROUTE_NONE, NULL},
    {"/", "/peerjs/idx", GC_ROUTE_NONE, NULL},
    {"/", "/id", GC_ROUTE_NONE, NULL},
    {"/", "/room/", GC_ROUTE_PAGE, NULL},
    {"/", "/room/coffee", GC_ROUTE_PAGE, NULL},
    {"/", "/room/id", GC_ROUTE_PAGE, NULL},
    {"/", "/join/peers", GC_ROUTE_PAGE, NULL},
    {"/", "/room", GC_ROUTE_NONE, NULL},
    {"/", "/Room/id", GC_ROUTE_ID, NULL},
    {"/", "/assets/app.js", GC_ROUTE_ASSET, "app.js"},
    {"/", "/assets/../app.js", GC_ROUTE_ASSET, "../app.js"},
    {"/", "/assets/", GC_ROUTE_ASSET, ""},
    {"/", "/assets/id", GC_ROUTE_ID, NULL},
    {"/", "/example.html", GC_ROUTE_HTML, "example.html"},
    {"/", "/a/example.html", GC_ROUTE_NONE, NULL},
    {"/", "/.html", GC_ROUTE_NONE, NULL},
    {"/", "/config.json", GC_ROUTE_CONFIG, NULL},
    {"/", "/healthz", GC_ROUTE_HEALTH, NULL},
    {"/", "/metrics", GC_ROUTE_NONE, NULL},
    {"/", "*", GC_ROUTE_OUTSIDE, NULL},
    {"/chat/", "/chat/", GC_ROUTE_BASE, NULL},
    {"/chat/", "/chat", GC_ROUTE_BASE, NULL},
    {"/chat/", "/CHAT", GC_ROUTE_BASE, NULL},
    {"/chat/", "/chat/peerjs", GC_ROUTE_WEBSOCKET, NULL},
    {"/chat/", "/chat/room/x", GC_ROUTE_PAGE, NULL},
    {"/chat/", "/", GC_ROUTE_OUTSIDE, NULL},
    {"/chat/", "/peerjs", GC_ROUTE_OUTSIDE, NULL},
    {"/chat/", "/chatx/", GC_ROUTE_OUTSIDE, NULL},
    {"/chat/", "/cha", GC_ROUTE_OUTSIDE, NULL},
};

static void each_path_has_its_route(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint32_t len = (uint32_t)strlen(rows[i].path);
        uint8_t *path = exact_copy(rows[i].path, len);
        gc_route r = gc_route_of(rows[i].base, gc_span_of(path, len));
        if (r.kind != rows[i].kind) {
            fail_msg("%s under %s: kind %d", rows[i].path, rows[i].base, (int)r.kind);
        }
        if (rows[i].name != NULL) {
            assert_span(r.name, text_span(rows[i].name));
        }
        free(path);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_path_has_its_route)};
    return RUN(tests);
}
