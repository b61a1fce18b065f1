/* HTTP/1.1 request head (RFC 9112), strict: bare LF, obs-fold, NUL, two Host headers, a missing
 * Host and spaces before a colon are refused. Parsed in place, nothing is copied. */
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
    gc_span method;
    gc_span path;  /* as it came, percent-encoded, up to `?` */
    gc_span query; /* behind `?`; empty when there is none */
    uint8_t minor; /* HTTP/1.minor */
    uint32_t count;
    gc_http_header headers[GC_HTTP_HEADERS_MAX];
} gc_http_request;

/* Returns the length of the head (> 0) once it is whole, 0 when more bytes are needed, or
 * GC_E_SYNTAX, GC_E_TOO_BIG (over GC_HEAD_BYTES_MAX or too many headers). */
int32_t gc_http_parse(gc_span bytes, gc_http_request *out);
/* The value of a header (name in any case), data == NULL when absent. */
gc_span gc_http_header_of(const gc_http_request *r, const char *name);
/* True when a comma-separated header holds this token, in any case (`Connection: keep-alive,
 * Upgrade`). */
bool gc_http_has_token(const gc_http_request *r, const char *name, const char *token);
/* Case-insensitive comparison with an ASCII constant. */
bool gc_http_is(gc_span s, const char *constant);

#endif
