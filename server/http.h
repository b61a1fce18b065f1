/* Answers to HTTP requests: the page and its assets, PeerServer's routes, config.json, healthz and
 * metrics, with the headers that each needs. Nothing here touches a socket.
 * Source: PeerServer 1.0.2's routes, RFC 9110, RFC 9112, the Fetch standard's CORS protocol. */
#ifndef GC_SERVER_HTTP_H
#define GC_SERVER_HTTP_H

#include "core/wire/http.h"
#include "server/daemon.h"

/* Fills the answer to a well-formed request that is no WebSocket handshake. Spans in it are
 * borrowed from the daemon; out->owned, when set, is the caller's to free. */
void gc_http_answer(gc_daemon *d, const gc_http_request *r, gc_answer *out);
/* An answer with a status, a reason's word and a sentence, behind which the connection ends.
 * more: further header lines with their CRLF, or "". text: NULL = the reason's own. */
void gc_http_refuse(gc_answer *out, const char *status, uint32_t reason, const char *text,
                    const char *more);
/* --cors: may pages of this origin use the server? An absent one (no browser) may. */
bool gc_http_origin_allowed(const gc_options *options, gc_span origin);
/* True when a body follows the head: the connection ends behind the answer then, so that no proxy
 * and we can disagree about where the next request begins (RFC 9112 11.2). */
bool gc_http_has_body(const gc_http_request *r);
/* The address in the last hop of the last X-Forwarded-For. False when there is none to be read. */
bool gc_http_forwarded_for(const gc_http_request *r, gc_addr *out);

/* config_json.c: RTCIceServer objects as a JSON array; host: as the client named us (or empty). */
void gc_config_ice_servers(const gc_daemon *d, gc_span host, gc_writer *w);
void gc_config_json(const gc_daemon *d, gc_span host, gc_writer *w);
/* metrics.c: Prometheus text format 0.0.4. */
void gc_metrics_write(gc_daemon *d, gc_writer *w);

#endif
