/* HTTP/1.1 heads (RFC 9112), of requests and of responses, strict: bare LF or CR, obs-fold, NUL and
 * other controls, spaces around a name, two Host headers, a Host that is not a host name or
 * address, and a missing Host (HTTP/1.0 may leave it out) are refused. Parsed in place, nothing is
 * copied. A body is not looked at: a caller that keeps the connection must refuse requests with
 * Content-Length or Transfer-Encoding. */
#ifndef GC_WIRE_HTTP_H
#define GC_WIRE_HTTP_H

#include "core/base/limits.h"
#include "core/base/span.h"

#define GC_HTTP_HEADERS_MAX 64

typedef struct gc_http_header {
    gc_span name;
    gc_span value; /* without white space at its ends */
} gc_http_header;

/* Spans are borrowed from the input of gc_http_parse. */
typedef struct gc_http_request {
    gc_span method; /* with path, query and host: empty in the head of a response */
    gc_span path;   /* as it came, percent-encoded, up to `?`; starts with '/', or is "*" */
    gc_span query;  /* after `?`; empty when there is none */
    gc_span host;   /* host[:port] of an absolute-form target, else of Host; may be empty. Only
                       characters of RFC 3986 3.2.2: no white space, no double quote, no '/' */
    uint8_t minor;  /* HTTP/1.minor */
    uint32_t count;
    gc_http_header headers[GC_HTTP_HEADERS_MAX];
} gc_http_request;

/* Reads a request head out of `bytes`: all that came of the request so far, and possibly more after
 * its head. Returns the length of the head (> 0) once it is whole, 0 when more bytes are needed, or
 * GC_E_SYNTAX (answer 400), GC_E_TOO_BIG (431: over GC_HEAD_BYTES_MAX or GC_HTTP_HEADERS_MAX).
 * A malformed line is refused as soon as it can be known; *out means nothing without a result > 0.
 * One empty line before the request is skipped. Source: RFC 9112 2.2, 3, 5; RFC 9110 5.6.2. */
int32_t gc_http_parse(gc_span bytes, gc_http_request *out);

/* Spans are borrowed from the input of gc_http_parse_response. */
typedef struct gc_http_response {
    uint16_t status;      /* 100..999 */
    gc_http_request head; /* its `minor`, `count` and `headers`, for the functions below */
} gc_http_response;

/* Reads the head of a response, as gc_http_parse() reads that of a request: the same results, which
 * here are for a client that then closes its connection. The words behind the status are not
 * looked at. Source: RFC 9112 4, 5. */
int32_t gc_http_parse_response(gc_span bytes, gc_http_response *out);
/* Returns the value of the first header of this name (in any case), borrowed from the input;
 * data == NULL when there is none. */
gc_span gc_http_header_of(const gc_http_request *r, const char *name);
/* Returns true when a comma-separated header holds this token, in any case (`Connection:
 * keep-alive, Upgrade`); the header may occur several times. */
bool gc_http_has_token(const gc_http_request *r, const char *name, const char *token);
/* Returns true when s is the ASCII constant, in any letter case. */
bool gc_http_is(gc_span s, const char *constant);
/* Returns true when s begins with the ASCII constant, in any letter case. */
bool gc_http_starts(gc_span s, const char *constant);

#endif
