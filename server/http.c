#include "server/http.h"
#include "core/base/assert.h"
#include "host/alloc.h"
#include "host/clock.h"
#include "server/config_json.h"
#include "server/metrics.h"
#include "server/route.h"

#include <string.h>

#define PEERJS_ABOUT                                                                               \
    "{\"name\":\"PeerJS Server\",\"description\":\"A server side element to broker connections "   \
    "between PeerJS clients.\",\"website\":\"https://peerjs.com/\"}"

#define ORIGIN_BYTES_MAX        512 /* scheme, host name of 253 bytes, port */
#define ASKED_HEADERS_BYTES_MAX 1024

#define TYPE_TEXT "text/plain; charset=utf-8"
#define TYPE_HTML "text/html; charset=utf-8"
#define TYPE_JSON "application/json; charset=utf-8"

/* Why each: the page runs only its own modules and the core's wasm, talks only to this server (in
 * today's browsers 'self' includes ws and wss of the same host) and that of --peer-server, is
 * framed by nobody and, having no policy for trusted types, cannot turn text into markup. blob:
 * images are QR codes. */
#define PAGE_POLICY                                                                                \
    "Content-Security-Policy: default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; "          \
    "connect-src 'self'"
#define PAGE_HEADERS                                                                               \
    "; img-src 'self' blob:; style-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri "  \
    "'none'; form-action 'none'; frame-ancestors 'none'; "                                         \
    "require-trusted-types-for 'script'; trusted-types 'none'\r\n"                                 \
    "Referrer-Policy: no-referrer\r\n"                                                             \
    "Permissions-Policy: camera=(self)\r\n"

/* The values that stay the same while one answer is made. */
typedef struct making {
    gc_service *service;
    const gc_http_request *request;
    gc_answer *out;
    gc_writer head;
    bool head_only;
    bool room; /* the page of a room or a person: nothing for search engines */
} making;

static void text(making *m, const char *s) {
    gc_writer_text(&m->head, s);
}

/* --- parts of a head ------------------------------------------------------------------------ */

static void begin(making *m, const char *status) {
    char date[GC_CLOCK_DATE_BYTES];
    gc_clock_http_date(date);
    text(m, "HTTP/1.1 ");
    text(m, status);
    text(m, "\r\nDate: ");
    text(m, date);
    text(m, "\r\n");
}

/* An origin is a scheme, "://", and what a browser sends as Host of the same page (RFC 6454 6.1).
 */
static bool is_own(gc_span origin, gc_span host) {
    uint32_t scheme = gc_http_starts(origin, "https://") ? 8 : 7;
    if (scheme == 7 && !gc_http_starts(origin, "http://")) {
        return false;
    }
    return host.len > 0 && gc_span_equal(gc_span_from(origin, scheme), host);
}

bool gc_http_origin_allowed(const gc_options *options, const gc_http_request *r) {
    gc_span origin = gc_http_header_of(r, "Origin");
    if (options->cors_count == 0 || origin.data == NULL || is_own(origin, r->host)) {
        return true;
    }
    for (uint32_t i = 0; i < options->cors_count; i++) {
        const char *allowed = options->cors[i];
        if (strcmp(allowed, "*") == 0 || gc_span_equal(gc_span_text(allowed), origin)) {
            return true;
        }
    }
    return false;
}

/* The asking origin is named, not `*`, as PeerServer does; so caches must tell origins apart. */
static void write_cors(making *m, const char *vary) {
    gc_span origin = gc_http_header_of(m->request, "Origin");
    text(m, "Vary: ");
    text(m, vary);
    text(m, "Origin\r\n");
    if (origin.len > 0 && origin.len <= ORIGIN_BYTES_MAX &&
        gc_http_origin_allowed(m->service->options, m->request)) {
        text(m, "Access-Control-Allow-Origin: ");
        gc_writer_span(&m->head, origin);
        text(m, "\r\n");
    }
}

/* The end of every head. body == NULL data: none, and no Content-Length (304, 204 with its own). */
static void end(making *m, gc_span body) {
    text(m, "X-Content-Type-Options: nosniff\r\n");
    if (m->out->close) {
        text(m, "Connection: close\r\n");
    } else {
        text(m, "Connection: keep-alive\r\nKeep-Alive: timeout=5\r\n");
    }
    text(m, "\r\n");
    gc_assert(!m->head.failed); /* all that a client can put in is bounded by its own head */
    m->out->head_len = m->head.at;
    m->out->body = m->head_only ? GC_SPAN_NONE : body;
}

static void write_length(making *m, uint32_t len) {
    text(m, "Content-Length: ");
    gc_writer_decimal(&m->head, len);
    text(m, "\r\n");
}

static void answer_body(making *m, const char *status, const char *type, gc_span body) {
    begin(m, status);
    text(m, "Content-Type: ");
    text(m, type);
    text(m, "\r\n");
    write_length(m, body.len);
    text(m, "Cache-Control: no-store\r\n");
    write_cors(m, "");
    end(m, body);
}

static void answer_none(making *m, bool cors) {
    begin(m, "404 Not Found");
    text(m, "Content-Type: " TYPE_TEXT "\r\nContent-Length: 10\r\n");
    if (cors) {
        write_cors(m, "");
    }
    end(m, GC_SPAN("Not Found\n"));
}

/* Fetch standard, CORS preflight: names what may be asked, and echoes the headers that a page wants
 * to send. */
static void answer_options(making *m) {
    gc_span asked = gc_http_header_of(m->request, "Access-Control-Request-Headers");
    begin(m, "204 No Content");
    text(m, "Content-Length: 0\r\n");
    write_cors(m, "Access-Control-Request-Headers, ");
    text(m, "Access-Control-Allow-Methods: GET,HEAD,PUT,PATCH,POST,DELETE\r\n");
    if (asked.len > 0 && asked.len <= ASKED_HEADERS_BYTES_MAX) {
        text(m, "Access-Control-Allow-Headers: ");
        gc_writer_span(&m->head, asked);
        text(m, "\r\n");
    }
    end(m, GC_SPAN_NONE);
}

/* --- page and assets ------------------------------------------------------------------------ */

/* The next item of a comma-separated list, without white space around it. */
static gc_span next_item(gc_span *list) {
    uint32_t comma = gc_span_find(*list, 0, ',');
    gc_span item = gc_span_of(list->data, comma);
    *list = gc_span_from(*list, comma < list->len ? comma + 1 : comma);
    while (item.len > 0 && (item.data[0] == ' ' || item.data[0] == '\t')) {
        item = gc_span_from(item, 1);
    }
    while (item.len > 0 && (item.data[item.len - 1] == ' ' || item.data[item.len - 1] == '\t')) {
        item.len--;
    }
    return item;
}

/* RFC 9110 12.5.3; `gzip;q=0` means: not that. */
static bool accepts_gzip(const gc_http_request *r) {
    gc_span list = gc_http_header_of(r, "Accept-Encoding");
    while (list.len > 0) {
        gc_span item = next_item(&list);
        if (gc_http_is(item, "gzip")) {
            return true;
        }
        if (gc_http_starts(item, "gzip;")) {
            uint32_t sign = gc_span_find(item, 0, '=');
            gc_span value = sign == item.len ? GC_SPAN_NONE : gc_span_from(item, sign + 1);
            return !gc_http_is(value, "0") && !gc_http_starts(value, "0.0");
        }
    }
    return false;
}

/* Tells whether a browser asks that wants to show a page. */
static bool accepts_html(const gc_http_request *r) {
    gc_span list = gc_http_header_of(r, "Accept");
    while (list.len > 0) {
        if (gc_http_starts(next_item(&list), "text/html")) {
            return true;
        }
    }
    return false;
}

/* RFC 9110 13.1.2: weak comparison, any of a list. Both codings' tags are ours. */
static bool has_current(const gc_http_request *r, const gc_asset *a) {
    gc_span list = gc_http_header_of(r, "If-None-Match");
    gc_span etag = gc_span_text(a->etag);
    while (list.len > 0) {
        gc_span item = next_item(&list);
        if (gc_http_is(item, "*")) {
            return true;
        }
        if (gc_http_starts(item, "W/")) {
            item = gc_span_from(item, 2);
        }
        if (item.len >= etag.len + 2 && gc_span_starts(gc_span_from(item, 1), etag)) {
            gc_span rest = gc_span_from(item, 1 + etag.len);
            if (gc_http_is(rest, "\"") || gc_http_is(rest, "-gz\"")) {
                return true;
            }
        }
    }
    return false;
}

static void write_page_headers(making *m) {
    const gc_options *o = m->service->options;
    text(m, PAGE_POLICY);
    if (o->peer_server != NULL) {
        gc_span origin = gc_span_of(o->peer_server, o->peer_server_origin_len);
        uint32_t http = GC_SPAN("http").len; /* what follows, "s" or nothing, follows "ws" too */
        text(m, " ");
        gc_writer_span(&m->head, origin);
        text(m, " ws");
        gc_writer_span(&m->head, gc_span_from(origin, http));
    }
    text(m, PAGE_HEADERS);
}

static void answer_asset(making *m, const gc_asset *a, const char *cache, const char *vary) {
    bool gzip = a->gzip != NULL && accepts_gzip(m->request);
    bool current = has_current(m->request, a);
    gc_span body = gzip ? gc_span_of(a->gzip, a->gzip_bytes) : gc_span_of(a->raw, a->raw_bytes);
    begin(m, current ? "304 Not Modified" : "200 OK");
    if (!current) {
        text(m, "Content-Type: ");
        text(m, a->type);
        text(m, "\r\n");
        write_length(m, body.len);
        if (gzip) {
            text(m, "Content-Encoding: gzip\r\n");
        }
    }
    text(m, "ETag: \"");
    text(m, a->etag);
    text(m, gzip ? "-gz\"\r\nCache-Control: " : "\"\r\nCache-Control: ");
    text(m, cache);
    text(m, "\r\n");
    write_cors(m, vary);
    write_page_headers(m);
    if (m->room) {
        text(m, "X-Robots-Tag: noindex\r\n");
    }
    /* Over plain http browsers ignore this one and complain on their console. They send Fetch
     * Metadata in exactly those requests to which it applies (W3C Fetch Metadata 2: trustworthy
     * URLs only), also through a proxy that says nothing about TLS. */
    if (gc_http_header_of(m->request, "Sec-Fetch-Mode").len > 0) {
        text(m, "Cross-Origin-Opener-Policy: same-origin\r\n");
    }
    end(m, current ? GC_SPAN_NONE : body);
}

static void answer_file(making *m, gc_span name, bool page) {
    const gc_asset *a = gc_assets_find(&m->service->assets, name);
    if (a == NULL) {
        answer_none(m, true);
    } else if (page) {
        answer_asset(m, a, "no-cache", "Accept-Encoding, ");
    } else {
        /* A minute saves requests within one visit; then the tag is asked about. */
        answer_asset(m, a, "max-age=60, must-revalidate", "Accept-Encoding, ");
    }
}

static void answer_base(making *m) {
    const gc_asset *page = gc_assets_find(&m->service->assets, GC_SPAN("index.html"));
    if (page != NULL && accepts_html(m->request)) {
        answer_asset(m, page, "no-cache", "Accept, ");
        return;
    }
    begin(m, "200 OK");
    text(m, "Content-Type: " TYPE_JSON "\r\n");
    write_length(m, sizeof PEERJS_ABOUT - 1);
    text(m, "Cache-Control: no-cache\r\n");
    write_cors(m, "Accept, ");
    end(m, GC_SPAN(PEERJS_ABOUT));
}

/* --- PeerServer and ours -------------------------------------------------------------------- */

static void answer_id(making *m) {
    gc_server_new_id(m->service->core, m->out->text);
    answer_body(m, "200 OK", TYPE_HTML, gc_span_of(m->out->text, 36));
}

/* Bytes that the list can need: each character at most as \u00XX, quotes and comma. */
static uint32_t peers_size(gc_server *core) {
    uint32_t size = 2;
    uint32_t cursor = 0;
    gc_span id;
    while (gc_server_next_id(core, &cursor, &id)) {
        size += 6 * id.len + 3;
    }
    return size;
}

static void answer_peers(making *m) {
    gc_server *core = m->service->core;
    if (!gc_server_discovery_allowed(core)) {
        answer_body(m, "401 Unauthorized", TYPE_TEXT, GC_SPAN("Unauthorized"));
        return;
    }
    uint32_t size = peers_size(core);
    uint32_t cursor = 0;
    gc_span id;
    gc_writer w;
    const gc_service *service = m->service;
    m->out->owned = size <= service->kept_bytes_max - service->kept_bytes ? gc_alloc(size) : NULL;
    m->out->owned_bytes = size;
    if (m->out->owned == NULL) {
        answer_body(m, "503 Service Unavailable", TYPE_TEXT, GC_SPAN("memory\n"));
        return;
    }
    gc_writer_init(&w, m->out->owned, size);
    gc_writer_text(&w, "[");
    while (gc_server_next_id(core, &cursor, &id)) {
        if (w.at > 1) {
            gc_writer_text(&w, ",");
        }
        gc_json_write_string(&w, id);
    }
    gc_writer_text(&w, "]");
    gc_assert(!w.failed);
    answer_body(m, "200 OK", TYPE_JSON, gc_writer_done(&w));
}

static void answer_config(making *m) {
    gc_writer w;
    gc_writer_init(&w, m->out->text, sizeof m->out->text);
    gc_config_json(m->service, m->request->host, &w);
    gc_assert(!w.failed);
    answer_body(m, "200 OK", TYPE_JSON, gc_writer_done(&w));
}

static void answer_route(making *m, gc_route route) {
    switch (route.kind) {
    case GC_ROUTE_BASE:
        answer_base(m);
        break;
    case GC_ROUTE_PAGE:
        m->room = true;
        answer_file(m, GC_SPAN("index.html"), true);
        break;
    case GC_ROUTE_HTML:
        answer_file(m, route.name, true);
        break;
    case GC_ROUTE_ASSET:
        answer_file(m, route.name, false);
        break;
    case GC_ROUTE_ID:
        answer_id(m);
        break;
    case GC_ROUTE_PEERS:
        answer_peers(m);
        break;
    case GC_ROUTE_CONFIG:
        answer_config(m);
        break;
    case GC_ROUTE_HEALTH:
        answer_body(m, "200 OK", TYPE_TEXT, GC_SPAN("ok\n"));
        break;
    default:
        answer_none(m, true);
        break;
    }
}

static making make(gc_service *service, const gc_http_request *r, gc_answer *out) {
    making m = {.service = service, .request = r, .out = out};
    gc_writer_init(&m.head, out->head, sizeof out->head);
    out->owned = NULL;
    /* RFC 9112 9.3: 1.0 closes unless asked; we close then always. */
    out->close = r->minor == 0 || gc_http_has_token(r, "Connection", "close") ||
                 gc_http_has_body(r) || service->stopping;
    m.head_only = gc_http_is(r->method, "HEAD");
    return m;
}

void gc_http_answer_metrics(gc_service *service, const gc_http_request *r, gc_answer *out) {
    making m = make(service, r, out);
    gc_writer w;
    if (!gc_span_equal(r->path, GC_SPAN("/metrics")) ||
        !(m.head_only || gc_http_is(r->method, "GET"))) {
        answer_none(&m, false);
        return;
    }
    gc_writer_init(&w, out->text, sizeof out->text);
    gc_metrics_write(service, &w);
    gc_assert(!w.failed);
    begin(&m, "200 OK");
    text(&m, "Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n");
    write_length(&m, w.at);
    text(&m, "Cache-Control: no-store\r\n");
    end(&m, gc_writer_done(&w));
}

void gc_http_answer(gc_service *service, const gc_http_request *r, gc_answer *out) {
    making m = make(service, r, out);
    gc_route route = gc_route_of(service->options->path, r->path);
    if (route.kind == GC_ROUTE_OUTSIDE) {
        answer_none(&m, false);
    } else if (gc_http_is(r->method, "OPTIONS")) {
        answer_options(&m);
    } else if (m.head_only || gc_http_is(r->method, "GET")) {
        answer_route(&m, route);
    } else {
        answer_none(&m, true);
    }
    service->http_requests++;
}

void gc_http_refuse(gc_answer *out, const char *status, uint32_t reason, const char *why,
                    const char *more) {
    making m = {.out = out};
    gc_writer body;
    gc_writer_init(&body, out->text, sizeof out->text);
    gc_writer_text(&body, gc_reason_word(reason));
    gc_writer_text(&body, ": ");
    gc_writer_text(&body, why != NULL ? why : gc_reason_text(reason));
    gc_writer_text(&body, "\n");
    gc_writer_init(&m.head, out->head, sizeof out->head);
    out->owned = NULL;
    out->close = true;
    begin(&m, status);
    text(&m, "Content-Type: " TYPE_TEXT "\r\n");
    write_length(&m, body.at);
    text(&m, more);
    end(&m, gc_writer_done(&body));
}

bool gc_http_has_body(const gc_http_request *r) {
    for (uint32_t i = 0; i < r->count; i++) {
        const gc_http_header *h = &r->headers[i];
        /* Each of them: of two lengths the first may be the harmless one. */
        if (gc_http_is(h->name, "Transfer-Encoding") ||
            (gc_http_is(h->name, "Content-Length") && !gc_http_is(h->value, "0"))) {
            return true;
        }
    }
    return false;
}
