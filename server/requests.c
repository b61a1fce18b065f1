#include "server/requests.h"
#include "core/base/assert.h"
#include "core/base/error.h"
#include "host/alloc.h"
#include "host/log.h"
#include "server/config_json.h"
#include "server/partial.h"
#include "server/unsent.h"
#include "server/websocket.h"

#include <string.h>

/* Of one client in one turn of the loop: thousands of pipelined ones would hold up all others. */
#define AT_ONCE 32

/* --- answers -------------------------------------------------------------------------------- */

static gc_outcome lose(gc_http_socket *c, uint32_t reason) {
    c->reason = (uint8_t)reason;
    return GC_OUTCOME_LOSE;
}

/* An answer is out, in the stream's hands. */
static gc_outcome end_answer(gc_http_socket *c, bool close) {
    gc_service *service = gc_http_socket_service(c);
    if (close) {
        return GC_OUTCOME_LINGER;
    }
    c->state = GC_HTTP_SOCKET_REQUEST;
    gc_server_request_done(service->core, gc_service_now_ms(service), c->conn);
    return GC_OUTCOME_READ_ON;
}

/* Keeps what the stream did not take. */
static bool keep_unsent(gc_http_socket *c, gc_answer *a, size_t written) {
    uint32_t more = gc_unsent_size(a, written);
    uint64_t size = (uint64_t)c->kept_size + c->held + more;
    return gc_partial_make_room(gc_http_socket_service(c), size, more) &&
           gc_unsent_keep(c, a, written);
}

static gc_outcome write_answer(gc_http_socket *c, gc_answer *a) {
    gc_span spans[2] = {gc_span_of(a->head, a->head_len), a->body};
    int64_t total = (int64_t)a->head_len + a->body.len;
    int64_t n = gc_stream_write(&c->stream, spans, a->body.len > 0 ? 2 : 1);
    if (n == total) {
        return end_answer(c, a->close);
    }
    if (n < 0 || !keep_unsent(c, a, (size_t)n)) {
        return lose(c, n < 0 ? GC_REASON_GONE : GC_REASON_MEMORY);
    }
    gc_assert(!gc_list_has(&c->place));
    c->state = GC_HTTP_SOCKET_ANSWERING;
    return GC_OUTCOME_ANSWERING;
}

static gc_outcome send_answer(gc_http_socket *c, gc_answer *a) {
    gc_outcome outcome = write_answer(c, a);
    gc_free(a->owned);
    a->owned = NULL;
    return outcome;
}

gc_outcome gc_requests_go_on(gc_http_socket *c) {
    gc_service *service = gc_http_socket_service(c);
    gc_unsent *u = c->unsent;
    size_t left = (size_t)u->spans[0].len + u->spans[1].len;
    int64_t n = gc_stream_write(&c->stream, u->spans, 2);
    if (n < 0) {
        return lose(c, GC_REASON_GONE);
    }
    /* The client reads: it may go on. */
    gc_server_request_done(service->core, gc_service_now_ms(service), c->conn);
    if ((size_t)n < left) {
        gc_unsent_advance(c, (size_t)n);
        return GC_OUTCOME_ANSWERING;
    }
    bool close = u->close;
    gc_unsent_release(c);
    return end_answer(c, close);
}

/* --- requests ------------------------------------------------------------------------------- */

gc_outcome gc_requests_refuse(gc_http_socket *c, const char *status, uint32_t reason) {
    gc_answer *a = &gc_http_socket_service(c)->answer;
    gc_http_refuse(a, status, reason, NULL, "");
    c->reason = (uint8_t)reason;
    return send_answer(c, a);
}

/* Warns the operator once, and names the option to change: all clients count as one address when
 * --trust-proxy is off, does not name the proxy's network, or the proxy sends no X-Forwarded-For.
 */
static void notice_forwarded(gc_service *service, const gc_http_request *r) {
    if (service->proxy_noticed || gc_http_header_of(r, "X-Forwarded-For").data == NULL) {
        return;
    }
    service->proxy_noticed = true;
    if (service->options->proxies.on) {
        gc_log(GC_LOG_WARNING,
               "a proxy at an address that is not trusted sends X-Forwarded-For: all its clients "
               "count as one address and share one limit; name its network, as in "
               "--trust-proxy=10.0.0.0/8, if the proxy is yours");
    } else {
        gc_log(GC_LOG_WARNING,
               "a proxy in front of this server sends X-Forwarded-For: all its clients count as "
               "one address and share one limit; start with --trust-proxy if the proxy is yours");
    }
}

static void notice_silent_proxy(gc_service *service, const gc_http_request *r) {
    if (service->proxy_silence_noticed || !gc_websocket_asked(r) ||
        gc_http_header_of(r, "X-Forwarded-For").data != NULL) {
        return;
    }
    service->proxy_silence_noticed = true;
    gc_log(GC_LOG_WARNING,
           "--trust-proxy is on, but the proxy in front sends no X-Forwarded-For: all its clients "
           "count as one address and share one limit; nginx needs the line: proxy_set_header "
           "X-Forwarded-For $proxy_add_x_forwarded_for;");
}

/* Makes limits count the client behind our own proxy, not the proxy. Returns READ_ON to go on with
 * the request; anything else: the client is refused. */
static gc_outcome readdress(gc_http_socket *c, const gc_http_request *r) {
    gc_service *service = gc_http_socket_service(c);
    gc_addr peer = gc_http_socket_from(c);
    uint32_t reason;
    if (!gc_proxies_trust(&service->options->proxies, &peer)) {
        notice_forwarded(service, r);
        return GC_OUTCOME_READ_ON;
    }
    notice_silent_proxy(service, r);
    gc_addr from = gc_proxies_client(&service->options->proxies, r, &peer);
    if (gc_server_readdress(service->core, gc_service_now_ms(service), c->conn, &from, &reason) !=
        0) {
        return gc_requests_refuse(c, "503 Service Unavailable", reason);
    }
    return GC_OUTCOME_READ_ON;
}

static gc_outcome open_websocket(gc_http_socket *c, const gc_http_request *r) {
    gc_service *service = gc_http_socket_service(c);
    uint8_t head[GC_WEBSOCKET_HEAD_BYTES];
    uint8_t ice[512];
    gc_signal_query query;
    gc_writer w;
    uint32_t len = gc_websocket_check(service, r, head, &service->answer);
    if (len == 0) {
        c->reason = GC_REASON_BAD_REQUEST;
        return send_answer(c, &service->answer);
    }
    gc_writer_init(&w, ice, sizeof ice);
    gc_config_ice_servers(service, r->host, &w);
    gc_assert(!w.failed);
    gc_server_open_request open = {
        .response_head = gc_span_of(head, len),
        .query = &query,
        .query_error = gc_signal_query_parse(r->query, &query),
        .ice_servers = gc_writer_done(&w),
    };
    gc_ws_decoder_init(&c->decoder, true, (uint32_t)service->options->message_bytes_max);
    int e = gc_server_open(service->core, gc_service_now_ms(service), c->conn, &open);
    gc_assert(e == 0);
    gc_assert(!gc_list_has(&c->place));
    c->state = GC_HTTP_SOCKET_OPEN;
    return GC_OUTCOME_READ_ON;
}

static gc_outcome serve(gc_http_socket *c, const gc_http_request *r) {
    gc_service *service = gc_http_socket_service(c);
    if (c->metrics) {
        gc_http_answer_metrics(service, r, &service->answer);
        c->reason = GC_REASON_LEFT;
        return send_answer(c, &service->answer);
    }
    gc_outcome outcome = readdress(c, r);
    if (outcome != GC_OUTCOME_READ_ON) {
        return outcome;
    }
    if (gc_websocket_asked(r)) {
        return open_websocket(c, r);
    }
    gc_websocket_notice_missing(service, r);
    gc_http_answer(service, r, &service->answer);
    c->reason = GC_REASON_LEFT;
    return send_answer(c, &service->answer);
}

/* True while this turn of the loop has room for one more. */
static bool has_turn(gc_http_socket *c) {
    uint64_t now_ms = gc_service_now_ms(gc_http_socket_service(c));
    if (c->turn_ms != now_ms) {
        c->turn_ms = now_ms;
        c->served = 0;
    }
    return c->served < AT_ONCE;
}

static gc_outcome refuse_malformed(gc_http_socket *c, int32_t error) {
    gc_service *service = gc_http_socket_service(c);
    gc_server_offend(service->core, gc_service_now_ms(service), c->conn);
    if (error == GC_E_TOO_BIG) {
        return gc_requests_refuse(c, "431 Request Header Fields Too Large", GC_REASON_TOO_BIG);
    }
    return gc_requests_refuse(c, "400 Bad Request", GC_REASON_BAD_REQUEST);
}

gc_outcome gc_requests_read(gc_http_socket *c, uint8_t *bytes, uint32_t len, uint32_t *used) {
    gc_http_request request;
    gc_outcome outcome = GC_OUTCOME_READ_ON;
    *used = 0;
    gc_assert(!gc_list_has(&c->place)); /* nothing is served of one that yielded */
    while (c->state == GC_HTTP_SOCKET_REQUEST && outcome == GC_OUTCOME_READ_ON && *used < len) {
        if (!has_turn(c)) {
            return GC_OUTCOME_YIELD;
        }
        int32_t n = gc_http_parse(gc_span_of(bytes + *used, len - *used), &request);
        if (n == 0) {
            break;
        }
        if (n > 0) {
            gc_server_charge(gc_http_socket_service(c)->core,
                             gc_service_now_ms(gc_http_socket_service(c)), c->conn, 1);
            outcome = serve(c, &request);
            c->served++;
            c->whole++;
            *used += (uint32_t)n;
        } else {
            outcome = refuse_malformed(c, n);
        }
    }
    return outcome;
}
