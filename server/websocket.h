/* The WebSocket handshake of the server's side (RFC 6455 4.2). */
#ifndef GC_SERVER_WEBSOCKET_H
#define GC_SERVER_WEBSOCKET_H

#include "server/http.h"

#define GC_WEBSOCKET_HEAD_BYTES 160

/* Tells whether the request asks to become a WebSocket. Another `Upgrade` (h2c) is ignored, as RFC
 * 9110 7.8 allows: it is a plain request then. */
bool gc_websocket_asked(const gc_http_request *r);
/* Tells the operator, once, of a plain request for the WebSocket of a client: a proxy in front has
 * taken out what asks for it. */
void gc_websocket_notice_missing(gc_service *service, const gc_http_request *r);
/* Checks such a request. Returns the length of the 101 response, which it writes to head; or 0 when
 * the request is refused, with the refusal in out. */
uint32_t gc_websocket_check(gc_service *service, const gc_http_request *r,
                            uint8_t head[GC_WEBSOCKET_HEAD_BYTES], gc_answer *out);

#endif
