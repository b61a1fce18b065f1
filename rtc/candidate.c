#include "rtc/candidate.h"
#include "core/base/ascii.h"
#include "core/base/assert.h"
#include "core/base/error.h"
#include "core/base/mem.h"
#include "rtc/ip_text.h"

#define UUID_CHARS 36
#define SUFFIX     GC_SPAN(".local")
#define COMPONENT  1

/* RFC 8445 5.1.2.2: the preferences that it recommends. */
static const struct {
    gc_span word;
    uint32_t preference;
} TYPES[] = {
    [GC_CANDIDATE_HOST] = {GC_SPAN("host"), 126},
    [GC_CANDIDATE_PRFLX] = {GC_SPAN("prflx"), 110},
    [GC_CANDIDATE_SRFLX] = {GC_SPAN("srflx"), 100},
    [GC_CANDIDATE_RELAY] = {GC_SPAN("relay"), 0},
};
#define TYPES_COUNT (sizeof TYPES / sizeof TYPES[0])

/* --- words ------------------------------------------------------------------------------------ */

/* Reads 1 to `digits` decimal digits; false for anything else, and for what no u32 holds. */
static bool read_number(gc_span word, uint32_t digits, uint32_t *out) {
    uint64_t value = 0;
    if (word.len == 0 || word.len > digits) {
        return false;
    }
    for (uint32_t i = 0; i < word.len; i++) {
        if (!gc_ascii_is_digit(word.data[i])) {
            return false;
        }
        value = value * 10 + (word.data[i] - '0');
    }
    *out = (uint32_t)value;
    return value <= UINT32_MAX;
}

/* RFC 8839 5.1: ice-char. */
static bool is_ice_char(uint8_t c) {
    return gc_ascii_is_alphanumeric(c) || c == '+' || c == '/';
}

static bool read_foundation(gc_span word, gc_candidate *c) {
    if (word.len == 0 || word.len > GC_CANDIDATE_FOUNDATION_CHARS_MAX) {
        return false;
    }
    for (uint32_t i = 0; i < word.len; i++) {
        if (!is_ice_char(word.data[i])) {
            return false;
        }
    }
    memcpy(c->foundation, word.data, word.len);
    c->foundation_len = (uint8_t)word.len;
    return true;
}

/* --- addresses -------------------------------------------------------------------------------- */

bool gc_candidate_name_ok(gc_span name) {
    if (name.len != GC_CANDIDATE_NAME_CHARS ||
        !gc_ascii_is_word(gc_span_from(name, UUID_CHARS), SUFFIX)) {
        return false;
    }
    for (uint32_t i = 0; i < UUID_CHARS; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? name.data[i] != '-' : !gc_ascii_is_hex(name.data[i])) {
            return false;
        }
    }
    return true;
}

static bool is_zero(const uint8_t *bytes, uint32_t len) {
    uint8_t all = 0;
    for (uint32_t i = 0; i < len; i++) {
        all |= bytes[i];
    }
    return all == 0;
}

static bool addressable_ipv4(const uint8_t ip[4], bool loopback) {
    bool broadcast = ip[0] == 255 && ip[1] == 255 && ip[2] == 255 && ip[3] == 255;
    bool multicast = ip[0] >> 4 == 14;
    return ip[0] != 0 && !multicast && !broadcast && (loopback || ip[0] != 127);
}

static bool addressable_ipv6(const uint8_t ip[16], bool loopback) {
    bool multicast = ip[0] == 0xff;
    bool link_local = ip[0] == 0xfe && (ip[1] & 0xc0) == 0x80;
    if (multicast || link_local) {
        return false;
    }
    return !is_zero(ip, 15) || (ip[15] == 1 && loopback); /* "::" or "::1" */
}

bool gc_candidate_addressable(const gc_addr *a, bool loopback) {
    if (a->port == 0) {
        return false;
    }
    switch (a->family) {
    case 4:
        return addressable_ipv4(a->ip, loopback);
    case 6:
        return addressable_ipv6(a->ip, loopback);
    default:
        return false;
    }
}

bool gc_candidate_same_addr(const gc_addr *a, const gc_addr *b) {
    return a->port == b->port && gc_addr_is_same_ip(a, b);
}

/* Reads where the candidate is: an address, or a name to ask for. */
static int read_where(gc_span where, uint32_t port, gc_candidate *c) {
    if (gc_ip_text_read(where, &c->addr) == 0) {
        c->addr.port = (uint16_t)port;
        return gc_candidate_addressable(&c->addr, true) ? 0 : GC_E_REFUSED;
    }
    c->addr = (gc_addr){.port = (uint16_t)port};
    if (!gc_candidate_name_ok(where) || port == 0) {
        return where.len > 0 ? GC_E_REFUSED : GC_E_SYNTAX;
    }
    c->named = true;
    for (uint32_t i = 0; i < where.len; i++) {
        c->name[i] = gc_ascii_lower(where.data[i]);
    }
    return 0;
}

/* --- the line --------------------------------------------------------------------------------- */

static int read_type(gc_span word, gc_candidate *c) {
    for (uint32_t i = 0; i < TYPES_COUNT; i++) {
        if (gc_ascii_is_word(word, TYPES[i].word)) {
            c->type = (gc_candidate_type)i;
            return 0;
        }
    }
    return word.len > 0 ? GC_E_REFUSED : GC_E_SYNTAX;
}

/* Reads pairs of a name and a value. Only the related address has a meaning for us, and only where
 * it is one: with hidden addresses it is a name or 0.0.0.0 (RFC 8839 5.1). */
static void read_extensions(gc_span rest, gc_candidate *c) {
    gc_addr related = {0};
    uint32_t port = 0;
    while (rest.len > 0) {
        gc_span name = gc_ascii_take_word(&rest);
        gc_span value = gc_ascii_take_word(&rest);
        if (gc_ascii_is_word(name, GC_SPAN("raddr")) && gc_ip_text_read(value, &related) != 0) {
            related = (gc_addr){0};
        } else if (gc_ascii_is_word(name, GC_SPAN("rport")) && !read_number(value, 5, &port)) {
            port = 0;
        }
    }
    related.port = port <= UINT16_MAX ? (uint16_t)port : 0;
    if (gc_candidate_addressable(&related, true)) {
        c->related = related;
    }
}

static int read_line(gc_span rest, gc_candidate *c) {
    uint32_t component = 0, port = 0;
    bool ok = read_foundation(gc_ascii_take_word(&rest), c);
    ok = read_number(gc_ascii_take_word(&rest), 5, &component) && ok;
    gc_span transport = gc_ascii_take_word(&rest);
    ok = read_number(gc_ascii_take_word(&rest), 10, &c->priority) && ok;
    gc_span where = gc_ascii_take_word(&rest);
    ok = read_number(gc_ascii_take_word(&rest), 5, &port) && ok;
    ok = gc_ascii_is_word(gc_ascii_take_word(&rest), GC_SPAN("typ")) && ok;
    gc_span type = gc_ascii_take_word(&rest);
    if (!ok || transport.len == 0 || port > UINT16_MAX || where.len == 0 || type.len == 0) {
        return GC_E_SYNTAX;
    }
    if (component != COMPONENT || !gc_ascii_is_word(transport, GC_SPAN("udp"))) {
        return GC_E_REFUSED;
    }
    int result = read_where(where, port, c);
    result = result == 0 ? read_type(type, c) : result;
    if (result == 0) {
        read_extensions(rest, c);
    }
    return result;
}

int gc_candidate_parse(gc_span line, gc_candidate *out) {
    if (line.len > GC_CANDIDATE_LINE_BYTES_MAX) {
        return GC_E_SYNTAX;
    }
    while (line.len > 0 && (line.data[line.len - 1] == '\n' || line.data[line.len - 1] == '\r')) {
        line.len--;
    }
    if (gc_span_starts(line, GC_SPAN("a="))) {
        line = gc_span_from(line, 2);
    }
    if (line.len == 0) {
        return GC_E_NOT_FOUND;
    }
    gc_span start = GC_SPAN("candidate:");
    if (!gc_span_starts(line, start)) {
        return GC_E_SYNTAX;
    }
    gc_candidate c = {0};
    int result = read_line(gc_span_from(line, start.len), &c);
    if (result == 0) {
        *out = c;
    }
    return result;
}

static void write_related(const gc_candidate *c, gc_writer *w) {
    /* RFC 8839 5.1: needed for all but host; what is not to be known is the wildcard and port 0. */
    static const gc_addr unknown[2] = {{.family = 4}, {.family = 6}};
    const gc_addr *related = &c->related;
    if (related->family == 0) {
        related = &unknown[c->addr.family == 6];
    }
    gc_writer_text(w, " raddr ");
    gc_ip_text_write(related, w);
    gc_writer_text(w, " rport ");
    gc_writer_decimal(w, related->port);
}

void gc_candidate_write(const gc_candidate *c, gc_writer *w) {
    gc_assert(c->foundation_len > 0 && c->foundation_len <= GC_CANDIDATE_FOUNDATION_CHARS_MAX);
    gc_writer_text(w, "candidate:");
    gc_writer_bytes(w, c->foundation, c->foundation_len);
    gc_writer_text(w, " 1 udp ");
    gc_writer_decimal(w, c->priority);
    gc_writer_text(w, " ");
    if (c->named) {
        gc_writer_bytes(w, c->name, sizeof c->name);
    } else {
        gc_ip_text_write(&c->addr, w);
    }
    gc_writer_text(w, " ");
    gc_writer_decimal(w, c->addr.port);
    gc_writer_text(w, " typ ");
    gc_writer_span(w, TYPES[c->type].word);
    if (c->type != GC_CANDIDATE_HOST) {
        write_related(c, w);
    }
}

uint32_t gc_candidate_priority(gc_candidate_type type, uint32_t preference) {
    gc_assert(preference <= UINT16_MAX);
    return TYPES[type].preference << 24 | preference << 8 | (256 - COMPONENT);
}
