#include "rtc/ip_text.h"
#include "core/base/ascii.h"
#include "core/base/assert.h"
#include "core/base/encoding.h"
#include "core/base/error.h"
#include "core/base/mem.h"

#define GROUPS 8
#define NO_GAP UINT32_MAX

/* --- reading ---------------------------------------------------------------------------------- */

/* Reads 0..255 without a zero in front, at *at. */
static bool read_octet(gc_span text, uint32_t *at, uint8_t *out) {
    uint32_t value = 0;
    uint32_t begin = *at;
    while (*at < text.len && *at < begin + 3 && gc_ascii_is_digit(text.data[*at])) {
        value = value * 10 + (text.data[(*at)++] - '0');
    }
    uint32_t digits = *at - begin;
    *out = (uint8_t)value;
    return digits > 0 && value <= 255 && (digits == 1 || text.data[begin] != '0');
}

static bool read_ipv4(gc_span text, uint8_t out[4]) {
    uint32_t at = 0;
    for (uint32_t i = 0; i < 4; i++) {
        if (i > 0 && (at == text.len || text.data[at++] != '.')) {
            return false;
        }
        if (!read_octet(text, &at, &out[i])) {
            return false;
        }
    }
    return at == text.len;
}

/* Reads a group of 1 to 4 hexadecimal digits at *at. */
static bool read_group(gc_span text, uint32_t *at, uint8_t out[2]) {
    uint32_t value = 0;
    uint32_t begin = *at;
    while (*at < text.len && *at < begin + 4 && gc_hex_value(text.data[*at]) >= 0) {
        value = value << 4 | (uint32_t)gc_hex_value(text.data[(*at)++]);
    }
    out[0] = (uint8_t)(value >> 8);
    out[1] = (uint8_t)value;
    return *at > begin;
}

typedef struct groups {
    uint8_t bytes[16];
    uint32_t len; /* bytes read so far */
    uint32_t gap; /* the index where "::" was */
} groups;

/* Reads what may follow a group: nothing, ':' and a group, or "::" once. */
static bool read_colon(gc_span text, uint32_t *at, groups *g) {
    if (*at == text.len) {
        return true;
    }
    if (text.data[(*at)++] != ':' || *at == text.len) {
        return false;
    }
    if (text.data[*at] == ':') {
        if (g->gap != NO_GAP) {
            return false;
        }
        g->gap = g->len;
        (*at)++;
    }
    return true;
}

static bool read_groups(gc_span text, groups *g) {
    uint32_t at = 0;
    if (gc_span_starts(text, GC_SPAN("::"))) {
        g->gap = 0;
        at = 2;
    }
    while (at < text.len) {
        if (g->len + 4 <= sizeof g->bytes && read_ipv4(gc_span_from(text, at), g->bytes + g->len)) {
            g->len += 4; /* the last four bytes may be written so */
            return true;
        }
        if (g->len == sizeof g->bytes || !read_group(text, &at, g->bytes + g->len)) {
            return false;
        }
        g->len += 2;
        if (!read_colon(text, &at, g)) {
            return false;
        }
    }
    return true;
}

static bool read_ipv6(gc_span text, uint8_t out[16]) {
    groups g = {.gap = NO_GAP};
    if (!read_groups(text, &g)) {
        return false;
    }
    if (g.gap == NO_GAP) {
        memcpy(out, g.bytes, sizeof g.bytes);
        return g.len == sizeof g.bytes;
    }
    uint32_t behind = g.len - g.gap;
    memset(out, 0, sizeof g.bytes);
    memcpy(out, g.bytes, g.gap);
    memcpy(out + sizeof g.bytes - behind, g.bytes + g.gap, behind);
    return g.len < sizeof g.bytes; /* "::" is one group at least */
}

int gc_ip_text_read(gc_span text, gc_addr *out) {
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    uint8_t ip[16] = {0};
    uint8_t family = 4;
    if (text.len > GC_IP_TEXT_CHARS_MAX) {
        return GC_E_SYNTAX;
    }
    if (!read_ipv4(text, ip)) {
        memset(ip, 0, sizeof ip);
        if (!read_ipv6(text, ip)) {
            return GC_E_SYNTAX;
        }
        family = 6;
    }
    memset(out, 0, sizeof(*out));
    out->family = family;
    if (family == 6 && memcmp(ip, mapped, sizeof mapped) == 0) {
        out->family = 4;
        memcpy(out->ip, ip + sizeof mapped, 4);
    } else {
        memcpy(out->ip, ip, sizeof ip);
    }
    return 0;
}

/* --- writing ---------------------------------------------------------------------------------- */

static uint32_t group_at(const gc_addr *a, uint32_t i) {
    return (uint32_t)a->ip[2 * i] << 8 | a->ip[2 * i + 1];
}

static void write_group(uint32_t group, gc_writer *w) {
    bool begun = false;
    for (uint32_t shift = 12; shift < 16; shift -= 4) { /* ends when it falls below 0 */
        uint32_t digit = group >> shift & 15;
        begun = begun || digit != 0 || shift == 0;
        if (begun) {
            gc_writer_u8(w, gc_hex_digit(digit));
        }
    }
}

/* RFC 5952 4.2: "::" is for the longest run of two or more zero groups, the first of equal ones.
 * Returns its length and sets *from. */
static uint32_t longest_zeros(const gc_addr *a, uint32_t *from) {
    uint32_t best = 1;
    uint32_t run = 0;
    *from = GROUPS;
    for (uint32_t i = 0; i < GROUPS; i++) {
        run = group_at(a, i) == 0 ? run + 1 : 0;
        if (run > best) {
            best = run;
            *from = i + 1 - run;
        }
    }
    return best;
}

static void write_ipv6(const gc_addr *a, gc_writer *w) {
    uint32_t gap_at;
    uint32_t gap_len = longest_zeros(a, &gap_at);
    for (uint32_t i = 0; i < GROUPS; i++) {
        if (i == gap_at) {
            gc_writer_text(w, "::");
            i += gap_len - 1;
            continue;
        }
        if (i > 0 && i != gap_at + gap_len) {
            gc_writer_u8(w, ':');
        }
        write_group(group_at(a, i), w);
    }
}

void gc_ip_text_write(const gc_addr *a, gc_writer *w) {
    gc_assert(a->family == 4 || a->family == 6);
    if (a->family == 6) {
        write_ipv6(a, w);
        return;
    }
    for (uint32_t i = 0; i < 4; i++) {
        if (i > 0) {
            gc_writer_u8(w, '.');
        }
        gc_writer_decimal(w, a->ip[i]);
    }
}
