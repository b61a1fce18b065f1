/* Answers to HTTP requests: the page and its assets, PeerServer's routes, config.json and healthz,
 * and metrics on a port of their own, with the headers that each needs. Nothing here touches a
 * socket. Source: PeerServer 1.0.2's routes, RFC 9110, RFC 9112, the Fetch standard's CORS
 * protocol. */
#ifndef GC_SERVER_HTTP_H
#define GC_SERVER_HTTP_H

#include "core/wire/http.h"
#include "server/service.h"

/* Makes the answer to a well-formed request that is not a WebSocket handshake. Spans in it are
 * borrowed from the service and stay valid until the next answer is made; out->owned, when set, is
 * the caller's to free. */
void gc_http_answer(gc_service *service, const gc_http_request *r, gc_answer *out);
/* Answers on the port of --metrics-listen: /metrics and nothing else, and without CORS, so that no
 * page can read it.
 */
void gc_http_answer_metrics(gc_service *service, const gc_http_request *r, gc_answer *out);
/* Makes an answer with a status ("400 Bad Request"), a reason's word and a sentence, after which
 * the connection ends. why: the sentence, or NULL for the reason's own. more: further header lines
 * with their CRLF, or "". */
void gc_http_refuse(gc_answer *out, const char *status, uint32_t reason, const char *why,
                    const char *more);
/* Tells whether the page that sent the request may use the server (--cors): one of a listed origin,
 * and the server's own, whose origin has the request's Host. A request without an origin, of a
 * client that is not a browser, may. */
bool gc_http_origin_allowed(const gc_options *options, const gc_http_request *r);
/* Tells whether a body follows the head: the connection ends after the answer then, so that no
 * proxy and we can disagree about where the next request begins (RFC 9112 11.2). */
bool gc_http_has_body(const gc_http_request *r);

#endif
