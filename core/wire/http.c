#include "core/wire/http.h"
#include "core/base/ascii.h"
#include "core/base/assert.h"
#include "core/base/error.h"

/* The result of a parsing step: go on, or stop with this result of gc_http_parse(). */
#define GO_ON 1

typedef struct cursor {
    const uint8_t *data;
    uint32_t len;
    uint32_t at;
} cursor;

static bool one_of(uint8_t c, const char *set) {
    for (; *set != 0; set++) {
        if (c == (uint8_t)*set) {
            return true;
        }
    }
    return false;
}

/* RFC 9110 5.6.2: tchar. */
static bool token_char(uint8_t c) {
    return gc_ascii_is_alphanumeric(c) || one_of(c, "!#$%&'*+-.^_`|~");
}

/* RFC 3986 3.2.2 and 3.2.3: host and port. A host that passes is safe in a header and in JSON. */
static bool host_char(uint8_t c) {
    return gc_ascii_is_alphanumeric(c) || one_of(c, "-._~!$&'()*+,;=:[]%");
}

/* Visible ASCII. `#` is never in a request target (RFC 9112 3.2). */
static bool target_char(uint8_t c) {
    return c > 0x20 && c < 0x7f && c != '#';
}

/* RFC 9110 5.5: field-value, with obs-text. */
static bool value_char(uint8_t c) {
    return c == '\t' || (c >= 0x20 && c != 0x7f);
}

static bool blank(uint8_t c) {
    return c == ' ' || c == '\t';
}

static gc_span between(const cursor *c, uint32_t start, uint32_t end) {
    gc_assert(start <= end && end <= c->len);
    return gc_span_of(c->data + start, end - start);
}

/* Characters of one class, at least `min`; something must follow them. */
static int32_t take_run(cursor *c, bool (*is)(uint8_t), uint32_t min, gc_span *out) {
    uint32_t start = c->at;
    while (c->at < c->len && is(c->data[c->at])) {
        c->at++;
    }
    *out = between(c, start, c->at);
    if (c->at == c->len) {
        return 0;
    }
    return out->len < min ? GC_E_SYNTAX : GO_ON;
}

static int32_t take_text(cursor *c, const char *text) {
    for (; *text != 0; text++, c->at++) {
        if (c->at == c->len) {
            return 0;
        }
        if (c->data[c->at] != (uint8_t)*text) {
            return GC_E_SYNTAX;
        }
    }
    return GO_ON;
}

/* Exactly `count` digits, as a number. */
static int32_t take_digits(cursor *c, uint32_t count, uint16_t *out) {
    for (*out = 0; count > 0; count--, c->at++) {
        if (c->at == c->len) {
            return 0;
        }
        if (!gc_ascii_is_digit(c->data[c->at])) {
            return GC_E_SYNTAX;
        }
        *out = (uint16_t)(*out * 10 + (c->data[c->at] - '0'));
    }
    return GO_ON;
}

static bool all(gc_span s, bool (*is)(uint8_t)) {
    for (uint32_t i = 0; i < s.len; i++) {
        if (!is(s.data[i])) {
            return false;
        }
    }
    return true;
}

static uint32_t index_of(gc_span s, const char *set) {
    uint32_t i = 0;
    while (i < s.len && !one_of(s.data[i], set)) {
        i++;
    }
    return i;
}

/* RFC 9112 3.2: origin-form, absolute-form, and asterisk-form. CONNECT is nothing of ours. */
static int32_t split_target(gc_span target, gc_http_request *out) {
    out->host = GC_SPAN_NONE;
    if (gc_http_is(target, "*")) {
        out->path = target;
        out->query = gc_span_from(target, 1);
        return GO_ON;
    }
    uint32_t scheme = gc_http_starts(target, "http://")    ? 7
                      : gc_http_starts(target, "https://") ? 8
                                                           : 0;
    if (scheme != 0) {
        target = gc_span_from(target, scheme);
        uint32_t host_len = index_of(target, "/?");
        out->host = gc_span_of(target.data, host_len);
        target = gc_span_from(target, host_len);
        if (host_len == 0 || !all(out->host, host_char)) {
            return GC_E_SYNTAX;
        }
    } else if (target.data[0] != '/') {
        return GC_E_SYNTAX;
    }
    uint32_t path_len = index_of(target, "?");
    out->path = path_len > 0 ? gc_span_of(target.data, path_len) : GC_SPAN("/");
    out->query = gc_span_from(target, path_len < target.len ? path_len + 1 : path_len);
    return GO_ON;
}

/* RFC 9112 3: method SP request-target SP HTTP-version CRLF, single spaces. */
static int32_t take_request_line(cursor *c, gc_http_request *out) {
    gc_span target;
    uint16_t minor;
    int32_t r;
    if ((r = take_run(c, token_char, 1, &out->method)) != GO_ON ||
        (r = take_text(c, " ")) != GO_ON || (r = take_run(c, target_char, 1, &target)) != GO_ON ||
        (r = take_text(c, " HTTP/1.")) != GO_ON || (r = take_digits(c, 1, &minor)) != GO_ON ||
        (r = take_text(c, "\r\n")) != GO_ON) {
        return r;
    }
    out->minor = (uint8_t)minor;
    return split_target(target, out);
}

/* RFC 9112 5: name ":" OWS value OWS CRLF. A line that starts with white space (obs-fold) has no
 * name and is refused, as is a space before the colon: proxies disagree on both. */
static int32_t take_header(cursor *c, gc_http_header *h) {
    int32_t r;
    if ((r = take_run(c, token_char, 1, &h->name)) != GO_ON || (r = take_text(c, ":")) != GO_ON ||
        (r = take_run(c, blank, 0, &h->value)) != GO_ON ||
        (r = take_run(c, value_char, 0, &h->value)) != GO_ON ||
        (r = take_text(c, "\r\n")) != GO_ON) {
        return r;
    }
    while (h->value.len > 0 && blank(h->value.data[h->value.len - 1])) {
        h->value.len--;
    }
    return GO_ON;
}

/* A demand on each header beyond its form. */
typedef int32_t (*header_rule)(gc_http_request *out, const gc_http_header *h);

static int32_t take_headers(cursor *c, gc_http_request *out, header_rule rule) {
    for (out->count = 0;;) {
        if (c->at == c->len) {
            return 0;
        }
        if (c->data[c->at] == '\r') {
            return take_text(c, "\r\n");
        }
        if (out->count == GC_HTTP_HEADERS_MAX) {
            return GC_E_TOO_BIG;
        }
        gc_http_header *h = &out->headers[out->count];
        int32_t r = take_header(c, h);
        if (r == GO_ON) {
            r = rule(out, h);
        }
        if (r != GO_ON) {
            return r;
        }
        out->count++;
    }
}

static int32_t host_rule(gc_http_request *out, const gc_http_header *h) {
    if (!gc_http_is(h->name, "Host")) {
        return GO_ON;
    }
    if (gc_http_header_of(out, "Host").data != NULL || !all(h->value, host_char)) {
        return GC_E_SYNTAX; /* RFC 9112 3.2: 400 for more than one, or an invalid one */
    }
    if (out->host.data == NULL) {
        out->host = h->value; /* RFC 9112 3.2.2: the target's own host wins */
    }
    return GO_ON;
}

static int32_t no_rule(gc_http_request *out, const gc_http_header *h) {
    (void)out, (void)h;
    return GO_ON;
}

static cursor head_of(gc_span bytes) {
    return (cursor){bytes.data, bytes.len < GC_HEAD_BYTES_MAX ? bytes.len : GC_HEAD_BYTES_MAX, 0};
}

/* r: what the last step said. */
static int32_t result_of(const cursor *c, int32_t r) {
    if (r == GO_ON) {
        return (int32_t)c->at;
    }
    return r == 0 && c->len == GC_HEAD_BYTES_MAX ? GC_E_TOO_BIG : r;
}

int32_t gc_http_parse(gc_span bytes, gc_http_request *out) {
    cursor c = head_of(bytes);
    int32_t r = GO_ON;
    if (c.len > 0 && c.data[0] == '\r') {
        r = take_text(&c, "\r\n"); /* RFC 9112 2.2: ignore one empty line before a request */
    }
    if (r == GO_ON) {
        r = take_request_line(&c, out);
    }
    if (r == GO_ON) {
        r = take_headers(&c, out, host_rule);
    }
    if (r == GO_ON && out->minor > 0 && gc_http_header_of(out, "Host").data == NULL) {
        return GC_E_SYNTAX;
    }
    return result_of(&c, r);
}

/* RFC 9112 4: HTTP-version SP status-code SP [reason-phrase] CRLF. Many leave out the last space
 * together with the words. */
static int32_t take_status_line(cursor *c, gc_http_response *out) {
    uint16_t minor;
    gc_span words;
    int32_t r;
    if ((r = take_text(c, "HTTP/1.")) != GO_ON || (r = take_digits(c, 1, &minor)) != GO_ON ||
        (r = take_text(c, " ")) != GO_ON || (r = take_digits(c, 3, &out->status)) != GO_ON ||
        c->at == c->len) {
        return r == GO_ON ? 0 : r;
    }
    if (out->status < 100 || (c->data[c->at] != '\r' && c->data[c->at] != ' ')) {
        return GC_E_SYNTAX;
    }
    out->head.minor = (uint8_t)minor;
    r = take_run(c, value_char, 0, &words);
    return r == GO_ON ? take_text(c, "\r\n") : r;
}

int32_t gc_http_parse_response(gc_span bytes, gc_http_response *out) {
    cursor c = head_of(bytes);
    out->head.method = out->head.path = out->head.query = out->head.host = GC_SPAN_NONE;
    int32_t r = take_status_line(&c, out);
    if (r == GO_ON) {
        r = take_headers(&c, &out->head, no_rule);
    }
    return result_of(&c, r);
}

bool gc_http_is(gc_span s, const char *constant) {
    uint32_t i = 0;
    while (i < s.len && constant[i] != 0 &&
           gc_ascii_lower(s.data[i]) == gc_ascii_lower((uint8_t)constant[i])) {
        i++;
    }
    return i == s.len && constant[i] == 0;
}

bool gc_http_starts(gc_span s, const char *constant) {
    uint32_t len = gc_span_text(constant).len;
    return s.len >= len && gc_http_is(gc_span_of(s.data, len), constant);
}

gc_span gc_http_header_of(const gc_http_request *r, const char *name) {
    for (uint32_t i = 0; i < r->count; i++) {
        if (gc_http_is(r->headers[i].name, name)) {
            return r->headers[i].value;
        }
    }
    return GC_SPAN_NONE;
}

static bool list_has(gc_span list, const char *token) {
    while (list.len > 0) {
        uint32_t end = index_of(list, ",");
        gc_span item = gc_span_of(list.data, end);
        list = gc_span_from(list, end < list.len ? end + 1 : end);
        while (item.len > 0 && blank(item.data[0])) {
            item = gc_span_from(item, 1);
        }
        while (item.len > 0 && blank(item.data[item.len - 1])) {
            item.len--;
        }
        if (item.len > 0 && gc_http_is(item, token)) {
            return true;
        }
    }
    return false;
}

bool gc_http_has_token(const gc_http_request *r, const char *name, const char *token) {
    for (uint32_t i = 0; i < r->count; i++) {
        if (gc_http_is(r->headers[i].name, name) && list_has(r->headers[i].value, token)) {
            return true;
        }
    }
    return false;
}
