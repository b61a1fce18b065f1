#include "rtc/stun_url.h"
#include "core/base/ascii.h"
#include "core/base/error.h"
#include "core/base/mem.h"
#include "core/wire/json.h"
#include "rtc/ip_text.h"

/* The longest text that is looked at: scheme, name, port. */
#define URL_BYTES_MAX  (5 + GC_STUN_URL_NAME_CHARS_MAX + 6)
#define PORT_CHARS_MAX 5
#define LABEL_MAX      63 /* RFC 1035 2.3.4 */

/* Takes a scheme and its colon, in any case, from the front of *text. */
static bool take_scheme(gc_span *text, gc_span scheme) {
    if (text->len <= scheme.len || text->data[scheme.len] != ':') {
        return false;
    }
    if (!gc_ascii_is_word(gc_span_of(text->data, scheme.len), scheme)) {
        return false;
    }
    *text = gc_span_of(text->data + scheme.len + 1, text->len - scheme.len - 1);
    return true;
}

/* Letters, digits, hyphens and underscores between single dots. A name whose last part is a number
 * is a mistaken IPv4 address, and resolvers differ in what they make of it. */
static bool is_name(gc_span text) {
    uint32_t label = 0;
    bool number = true;
    for (uint32_t i = 0; i < text.len; i++) {
        uint8_t c = text.data[i];
        if (c == '.') {
            if (label == 0) {
                return false;
            }
            label = 0;
            number = true;
            continue;
        }
        if (!gc_ascii_is_alphanumeric(c) && c != '-' && c != '_') {
            return false;
        }
        number = number && gc_ascii_is_digit(c);
        if (++label > LABEL_MAX) {
            return false;
        }
    }
    return label > 0 && !number && text.len <= GC_STUN_URL_NAME_CHARS_MAX;
}

/* After the host comes nothing, or a colon and a port. */
static bool read_port(gc_span text, uint16_t *port) {
    uint32_t value = 0;
    if (text.len == 0) {
        *port = GC_STUN_URL_PORT;
        return true;
    }
    if (text.data[0] != ':' || text.len < 2 || text.len > 1 + PORT_CHARS_MAX) {
        return false;
    }
    for (uint32_t i = 1; i < text.len; i++) {
        if (!gc_ascii_is_digit(text.data[i])) {
            return false;
        }
        value = value * 10 + (text.data[i] - '0');
    }
    *port = (uint16_t)value;
    return value > 0 && value <= UINT16_MAX;
}

static bool read_host(gc_span host, bool bracketed, gc_stun_url *out) {
    if (gc_ip_text_read(host, &out->address) == 0) {
        return bracketed == (gc_span_find(host, 0, ':') < host.len);
    }
    if (bracketed || !is_name(host)) {
        return false;
    }
    memcpy(out->name, host.data, host.len);
    return true;
}

int gc_stun_url_read(gc_span text, gc_stun_url *out) {
    gc_stun_url url = {0};
    gc_span rest = text;
    uint16_t port;
    if (take_scheme(&rest, GC_SPAN("stuns")) || take_scheme(&rest, GC_SPAN("turn")) ||
        take_scheme(&rest, GC_SPAN("turns"))) {
        return GC_E_REFUSED;
    }
    if (text.len > URL_BYTES_MAX || !take_scheme(&rest, GC_SPAN("stun")) || rest.len == 0) {
        return GC_E_SYNTAX;
    }
    bool bracketed = rest.data[0] == '[';
    uint32_t begin = bracketed ? 1 : 0;
    uint32_t end = gc_span_find(rest, begin, bracketed ? ']' : ':');
    uint32_t after = end + begin;
    if (after > rest.len ||
        !read_host(gc_span_of(rest.data + begin, end - begin), bracketed, &url) ||
        !read_port(gc_span_of(rest.data + after, rest.len - after), &port)) {
        return GC_E_SYNTAX;
    }
    url.address.port = port;
    *out = url;
    return 0;
}

/* --- the list --------------------------------------------------------------------------------- */

typedef struct list {
    const gc_json *json;
    gc_stun_url *out;
    uint32_t size;
    uint32_t count;
} list;

static void add(list *l, int32_t token) {
    uint8_t text[URL_BYTES_MAX];
    uint32_t len;
    if (l->count < l->size && gc_json_string(l->json, token, text, sizeof text, &len) == 0 &&
        gc_stun_url_read(gc_span_of(text, len), &l->out[l->count]) == 0) {
        l->count++;
    }
}

/* The first token inside an array, and the one after its last; both equal: it is empty or no array.
 */
static void inside(const gc_json *j, int32_t array, uint32_t *first, uint32_t *end) {
    *first = *end = 0;
    if (array >= 0 && j->tokens[array].type == GC_JSON_ARRAY) {
        *first = (uint32_t)array + 1;
        *end = j->tokens[array].next;
    }
}

uint32_t gc_stun_url_read_list(gc_span json, gc_stun_url *out, uint32_t size) {
    gc_json j;
    list l = {&j, out, size, 0};
    uint32_t at, end, url, urls_end;
    if (gc_json_parse(&j, json) != 0) {
        return 0;
    }
    for (inside(&j, 0, &at, &end); at < end; at = j.tokens[at].next) {
        int32_t urls = gc_json_get(&j, (int32_t)at, "urls");
        add(&l, urls);
        for (inside(&j, urls, &url, &urls_end); url < urls_end; url = j.tokens[url].next) {
            add(&l, (int32_t)url);
        }
    }
    return l.count;
}
