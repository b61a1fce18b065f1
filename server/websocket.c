#include "server/websocket.h"
#include "core/base/assert.h"
#include "core/base/encoding.h"
#include "core/wire/peerjs.h"
#include "host/log.h"
#include "server/route.h"

#define KEY_CHARS 24 /* base64 of 16 bytes */

bool gc_websocket_asked(const gc_http_request *r) {
    return gc_http_has_token(r, "Upgrade", "websocket") &&
           gc_http_has_token(r, "Connection", "Upgrade");
}

static uint32_t refuse(gc_answer *out, const char *status, uint32_t reason, const char *text,
                       const char *more) {
    gc_http_refuse(out, status, reason, text, more);
    return 0;
}

static void notice_origin(gc_service *service) {
    if (!service->origin_noticed) {
        service->origin_noticed = true;
        gc_log(GC_LOG_WARNING,
               "the WebSocket of a page was refused, for --cors does not list its origin; if it is "
               "this server's own page, the proxy in front must pass the name on: nginx needs the "
               "line: proxy_set_header Host $host;");
    }
}

void gc_websocket_notice_missing(gc_service *service, const gc_http_request *r) {
    gc_signal_query query;
    bool asked = gc_route_of(service->options->path, r->path).kind == GC_ROUTE_WEBSOCKET &&
                 gc_signal_query_parse(r->query, &query) == 0 && query.id_len > 0 &&
                 query.token_len > 0;
    if (asked && !service->upgrade_noticed) {
        service->upgrade_noticed = true;
        gc_log(GC_LOG_WARNING,
               "a proxy in front of this server does not pass WebSockets on (Upgrade, Connection), "
               "so nobody can meet; nginx needs the lines: proxy_http_version 1.1; "
               "proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection \"upgrade\";");
    }
}

uint32_t gc_websocket_check(gc_service *service, const gc_http_request *r,
                            uint8_t head[GC_WEBSOCKET_HEAD_BYTES], gc_answer *out) {
    gc_span key = gc_http_header_of(r, "Sec-WebSocket-Key");
    gc_span version = gc_http_header_of(r, "Sec-WebSocket-Version");
    uint8_t nonce[16];
    gc_writer w;
    if (gc_route_of(service->options->path, r->path).kind != GC_ROUTE_WEBSOCKET) {
        return refuse(out, "400 Bad Request", GC_REASON_BAD_REQUEST,
                      "There is no WebSocket under this address.", "");
    }
    if (!gc_http_is(version, "13")) {
        return refuse(out, "426 Upgrade Required", GC_REASON_BAD_REQUEST,
                      "Only version 13 of the WebSocket protocol is spoken here.",
                      "Sec-WebSocket-Version: 13\r\nUpgrade: websocket\r\n");
    }
    if (!gc_http_is(r->method, "GET") || r->minor == 0 || key.len != KEY_CHARS ||
        gc_base64_read(key, nonce, sizeof nonce) != 0 || gc_http_has_body(r)) {
        return refuse(out, "400 Bad Request", GC_REASON_BAD_REQUEST,
                      "The WebSocket handshake is malformed.", "");
    }
    if (!gc_http_origin_allowed(service->options, r)) {
        notice_origin(service);
        return refuse(out, "403 Forbidden", GC_REASON_ORIGIN, NULL, "");
    }
    if (USE_LOCALSTORAGE_FOR_TESTING) {
        return refuse(out, "403 Forbidden", GC_REASON_REFUSED,
                      "This is a test build: its page signals between the tabs of one browser, and "
                      "the server's signaling is off.",
                      "");
    }
    gc_writer_init(&w, head, GC_WEBSOCKET_HEAD_BYTES);
    gc_writer_text(&w, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                       "Connection: Upgrade\r\nSec-WebSocket-Accept: ");
    if (!gc_ws_accept_write(&service->accept, &w, key)) {
        return refuse(out, "500 Internal Server Error", GC_REASON_MEMORY, NULL, "");
    }
    gc_writer_text(&w, "\r\n\r\n");
    gc_assert(!w.failed);
    return w.at;
}
