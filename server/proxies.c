#include "server/proxies.h"
#include "host/net.h"

/* --- networks --------------------------------------------------------------------------------- */

static uint32_t bits_of(const gc_addr *a) {
    return a->family == 4 ? 32 : 128;
}

static bool is_in(const gc_addr *a, const gc_network *n) {
    if (a->family != n->first.family) {
        return false;
    }
    for (uint32_t i = 0; i < n->bits; i++) {
        uint8_t bit = (uint8_t)(0x80 >> i % 8);
        if ((a->ip[i / 8] & bit) != (n->first.ip[i / 8] & bit)) {
            return false;
        }
    }
    return true;
}

/* A v4-mapped address comes from gc_net_parse() as IPv4, so its first 96 bits are gone. */
static bool read_bits(gc_span text, bool mapped, const gc_addr *a, uint32_t *out) {
    uint32_t bits = 0;
    if (text.len == 0 || text.len > 3) {
        return false;
    }
    for (uint32_t i = 0; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') {
            return false;
        }
        bits = 10 * bits + (uint32_t)(text.data[i] - '0');
    }
    if (mapped && bits < 96) {
        return false;
    }
    *out = mapped ? bits - 96 : bits;
    return *out <= bits_of(a);
}

/* ADDRESS or ADDRESS/BITS, without a port. */
static bool read_network(gc_span item, gc_network *out) {
    uint32_t slash = gc_span_find(item, 0, '/');
    gc_span address = gc_span_of(item.data, slash);
    uint32_t colon = gc_span_find(address, 0, ':');
    bool has_colon = colon < address.len;
    if (!gc_net_parse(address, &out->first) || address.data[0] == '[') {
        return false;
    }
    bool mapped = out->first.family == 4 && has_colon;
    if (mapped && gc_span_find(address, colon + 1, ':') == address.len) {
        return false; /* 192.0.2.1:80 */
    }
    out->bits = bits_of(&out->first);
    return slash == item.len ||
           read_bits(gc_span_from(item, slash + 1), mapped, &out->first, &out->bits);
}

bool gc_proxies_add(gc_proxies *p, const char *list) {
    gc_span rest = gc_span_text(list);
    for (;;) {
        uint32_t comma = gc_span_find(rest, 0, ',');
        if (p->count == GC_PROXIES_NETWORKS_MAX ||
            !read_network(gc_span_of(rest.data, comma), &p->networks[p->count])) {
            return false;
        }
        p->count++;
        if (comma == rest.len) {
            return true;
        }
        rest = gc_span_from(rest, comma + 1);
    }
}

bool gc_proxies_trust(const gc_proxies *p, const gc_addr *address) {
    if (!p->on || address->family == 0) {
        return false;
    }
    bool trusted = gc_addr_is_loopback(address);
    for (uint32_t i = 0; i < p->count && !trusted; i++) {
        trusted = is_in(address, &p->networks[i]);
    }
    return trusted;
}

/* --- hops ------------------------------------------------------------------------------------- */

/* Takes the last hop off a list, without white space around it. */
static gc_span take_last(gc_span *list) {
    uint32_t at = list->len;
    while (at > 0 && list->data[at - 1] != ',') {
        at--;
    }
    gc_span hop = gc_span_from(*list, at);
    list->len = at > 0 ? at - 1 : 0;
    while (hop.len > 0 && (hop.data[0] == ' ' || hop.data[0] == '\t')) {
        hop = gc_span_from(hop, 1);
    }
    while (hop.len > 0 && (hop.data[hop.len - 1] == ' ' || hop.data[hop.len - 1] == '\t')) {
        hop.len--;
    }
    return hop;
}

/* Reads hops of one header from the right as long as they are trusted. Returns whether all were. */
static bool follow(const gc_proxies *p, gc_span list, gc_addr *client) {
    while (list.len > 0) {
        gc_addr hop;
        if (!gc_net_parse(take_last(&list), &hop)) {
            return false;
        }
        *client = hop;
        if (!gc_proxies_trust(p, &hop)) {
            return false;
        }
    }
    return true;
}

gc_addr gc_proxies_client(const gc_proxies *p, const gc_http_request *r, const gc_addr *peer) {
    gc_addr client = *peer;
    bool on = true;
    for (uint32_t i = r->count; i > 0 && on; i--) {
        const gc_http_header *h = &r->headers[i - 1];
        if (gc_http_is(h->name, "X-Forwarded-For")) {
            on = follow(p, h->value, &client);
        }
    }
    return client;
}
