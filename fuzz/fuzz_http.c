/* gc_http_parse and gc_http_parse_response: what a prefix says stays said; spans lie inside the
 * head and hold only what their header promises. The first byte of the input says where to cut. */
#include "core/base/assert.h"
#include "core/wire/http.h"

#include <stdlib.h>
#include <string.h>

static int32_t parse(const uint8_t *data, size_t len, gc_http_request *r) {
    uint8_t *copy = malloc(len + 1); /* + 1: malloc(0) may be NULL */
    memcpy(copy, data, len);
    int32_t result = gc_http_parse(gc_span_of(copy, (uint32_t)len), r);
    free(copy);
    return result;
}

static void check_inside(gc_span s, const uint8_t *data, int32_t head) {
    gc_assert(s.len == 0 || (s.data >= data && s.data + s.len <= data + head));
}

static void check_request(const gc_http_request *r, const uint8_t *data, int32_t head) {
    gc_assert(head <= GC_HEAD_BYTES_MAX && memcmp(data + head - 4, "\r\n\r\n", 4) == 0);
    gc_assert(r->count <= GC_HTTP_HEADERS_MAX && r->minor <= 9 && r->method.len > 0);
    gc_assert(r->path.len > 0 && (r->path.data[0] == '/' || gc_http_is(r->path, "*")));
    check_inside(r->method, data, head);
    check_inside(r->query, data, head);
    check_inside(r->host, data, head);
    for (uint32_t i = 0; i < r->host.len; i++) {
        gc_assert(memchr(" \t\"/\\<>@", r->host.data[i], 8) == NULL && r->host.data[i] < 0x7f);
    }
    uint32_t hosts = 0;
    for (uint32_t i = 0; i < r->count; i++) {
        const gc_http_header *h = &r->headers[i];
        check_inside(h->name, data, head);
        check_inside(h->value, data, head);
        gc_assert(h->name.len > 0);
        gc_assert(h->value.len == 0 || memchr(h->value.data, '\n', h->value.len) == NULL);
        hosts += gc_http_is(h->name, "host");
    }
    gc_assert(hosts == 1 || (hosts == 0 && r->minor == 0));
    gc_assert(gc_http_header_of(r, "Host").data != NULL || hosts == 0);
    gc_http_has_token(r, "Connection", "upgrade");
}

static int32_t parse_response(const uint8_t *data, size_t len, gc_http_response *r) {
    uint8_t *copy = malloc(len + 1);
    memcpy(copy, data, len);
    int32_t result = gc_http_parse_response(gc_span_of(copy, (uint32_t)len), r);
    free(copy);
    return result;
}

static void check_response(const uint8_t *data, size_t size, size_t cut) {
    gc_http_response r;
    int32_t early = parse_response(data, cut, &r);
    int32_t late = gc_http_parse_response(gc_span_of(data, (uint32_t)size), &r);
    gc_assert(early == 0 || early == late);
    gc_assert(late != 0 || size < GC_HEAD_BYTES_MAX);
    if (late <= 0) {
        return;
    }
    gc_assert(r.status >= 100 && r.status <= 999 && r.head.count <= GC_HTTP_HEADERS_MAX);
    for (uint32_t i = 0; i < r.head.count; i++) {
        check_inside(r.head.headers[i].name, data, late);
        check_inside(r.head.headers[i].value, data, late);
    }
    gc_http_has_token(&r.head, "Connection", "upgrade");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0) {
        return 0;
    }
    gc_http_request r;
    size_t cut = (size - 1) * data[0] / 256;
    int32_t early = parse(data + 1, cut, &r);
    int32_t late = gc_http_parse(gc_span_of(data + 1, (uint32_t)size - 1), &r);
    gc_assert(early == 0 || early == late);
    gc_assert(late <= (int32_t)size - 1);
    gc_assert(late != 0 || size - 1 < GC_HEAD_BYTES_MAX);
    if (late > 0) {
        check_request(&r, data + 1, late);
    }
    check_response(data + 1, size - 1, cut);
    return 0;
}
