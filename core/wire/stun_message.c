#include "core/wire/stun_message.h"
#include "core/base/assert.h"
#include "core/base/error.h"
#include "core/base/mem.h"
#include "core/base/reader.h"

/* RFC 8489 5, 14 and 18.3. */
#define COOKIE          0x2112a442u
#define FINGERPRINT_XOR 0x5354554eu /* RFC 8489 14.7 */

/* CRC-32 of ITU-T V.42 four bits a step: 64 bytes of table instead of 1 KiB. */
static uint32_t crc32(gc_span s) {
    static const uint32_t table[16] = {
        0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
        0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
        0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
    };
    uint32_t crc = UINT32_MAX;
    for (uint32_t i = 0; i < s.len; i++) {
        crc ^= s.data[i];
        crc = crc >> 4 ^ table[crc & 15];
        crc = crc >> 4 ^ table[crc & 15];
    }
    return ~crc;
}

/* --- the type: two bits of class among twelve of method (RFC 8489 5) -------------------------- */

static gc_stun_class class_of(uint16_t type) {
    return (gc_stun_class)((type >> 7 & 2) | (type >> 4 & 1));
}

static uint16_t method_of(uint16_t type) {
    return (uint16_t)((type & 0xf) | (type >> 1 & 0x70) | (type >> 2 & 0xf80));
}

static uint16_t type_of(gc_stun_class class, uint16_t method) {
    return (uint16_t)((method & 0xf) | (method & 0x70) << 1 | (method & 0xf80) << 2 |
                      (class & 1) << 4 | (class & 2) << 7);
}

/* --- reading ---------------------------------------------------------------------------------- */

static bool read_head(gc_reader *r, gc_stun_message *m) {
    gc_reader_init(r, m->datagram);
    uint16_t type = gc_reader_u16(r);
    uint16_t len = gc_reader_u16(r);
    uint32_t cookie = gc_reader_u32(r);
    m->transaction = gc_reader_bytes(r, GC_STUN_TRANSACTION_BYTES).data;
    m->class = class_of(type);
    m->method = method_of(type);
    return !r->failed && type >> 14 == 0 && cookie == COOKIE && len % 4 == 0 &&
           len == m->datagram.len - GC_STUN_HEAD_BYTES;
}

/* The next attribute; false when it does not end inside the message. */
static bool read_attribute(gc_reader *r, gc_stun_attribute *a) {
    a->type = gc_reader_u16(r);
    uint16_t len = gc_reader_u16(r);
    a->value = gc_reader_bytes(r, len);
    gc_reader_bytes(r, (4 - len % 4) % 4); /* RFC 8489 14: padding, of any value */
    return !r->failed;
}

/* RFC 8489 14.7: the last attribute, over all bytes before it. */
static bool fingerprint_right(gc_span datagram, const gc_reader *behind, gc_span value) {
    if (value.len != 4 || gc_reader_left(behind) != 0) {
        return false;
    }
    uint32_t crc = crc32(gc_span_of(datagram.data, datagram.len - 8)) ^ FINGERPRINT_XOR;
    gc_reader given;
    gc_reader_init(&given, value);
    return crc == gc_reader_u32(&given);
}

/* Checks the attributes whose place says something about others. at: the index of this one. */
static bool read_special(gc_stun_message *m, const gc_stun_attribute *a, uint32_t at,
                         const gc_reader *behind) {
    switch (a->type) {
    case GC_STUN_MESSAGE_INTEGRITY:
        if (a->value.len != GC_STUN_INTEGRITY_BYTES) {
            return false;
        }
        m->integrity_at = m->integrity_at == 0 ? at : m->integrity_at;
        break;
    case GC_STUN_INTEGRITY_SHA256:
        break;
    case GC_STUN_FINGERPRINT:
        m->fingerprint = fingerprint_right(m->datagram, behind, a->value);
        return m->fingerprint;
    default:
        return true;
    }
    m->covered = at < m->covered ? at : m->covered;
    return true;
}

int gc_stun_message_read(gc_span datagram, gc_stun_message *out) {
    gc_stun_message m = {.datagram = datagram, .covered = datagram.len};
    gc_reader r;
    if (!read_head(&r, &m)) {
        return GC_E_SYNTAX;
    }
    while (gc_reader_left(&r) > 0) {
        gc_stun_attribute a;
        uint32_t at = r.at;
        if (!read_attribute(&r, &a) || !read_special(&m, &a, at, &r)) {
            return GC_E_SYNTAX;
        }
    }
    *out = m;
    return 0;
}

bool gc_stun_message_next(const gc_stun_message *m, uint32_t *at, gc_stun_attribute *out) {
    gc_reader r;
    gc_reader_init(&r, m->datagram);
    r.at = *at < GC_STUN_HEAD_BYTES ? GC_STUN_HEAD_BYTES : *at;
    if (gc_reader_left(&r) == 0) {
        return false;
    }
    bool whole = read_attribute(&r, out);
    gc_assert(whole); /* gc_stun_message_read() walked the same way */
    *at = r.at;
    return true;
}

/* The next attribute that counts. */
static bool next_covered(const gc_stun_message *m, uint32_t *at, gc_stun_attribute *out) {
    uint32_t begin = *at < GC_STUN_HEAD_BYTES ? GC_STUN_HEAD_BYTES : *at;
    return begin < m->covered && gc_stun_message_next(m, at, out);
}

bool gc_stun_message_find(const gc_stun_message *m, uint16_t type, gc_span *value) {
    gc_stun_attribute a;
    for (uint32_t at = 0; next_covered(m, &at, &a);) {
        if (a.type == type) {
            *value = a.value;
            return true;
        }
    }
    return false;
}

/* Finds an attribute of this length for a reader. */
static int find_number(const gc_stun_message *m, uint16_t type, uint32_t bytes, gc_reader *r) {
    gc_span value;
    if (!gc_stun_message_find(m, type, &value)) {
        return GC_E_NOT_FOUND;
    }
    gc_reader_init(r, value);
    return value.len == bytes ? 0 : GC_E_SYNTAX;
}

int gc_stun_message_u32(const gc_stun_message *m, uint16_t type, uint32_t *out) {
    gc_reader r;
    int result = find_number(m, type, 4, &r);
    if (result == 0) {
        *out = gc_reader_u32(&r);
    }
    return result;
}

int gc_stun_message_u64(const gc_stun_message *m, uint16_t type, uint64_t *out) {
    gc_reader r;
    int result = find_number(m, type, 8, &r);
    if (result == 0) {
        *out = gc_reader_u64(&r);
    }
    return result;
}

static bool v4_mapped(const uint8_t ip[16]) {
    static const uint8_t prefix[12] = {[10] = 0xff, [11] = 0xff};
    return memcmp(ip, prefix, sizeof(prefix)) == 0;
}

/* RFC 8489 14.2: the port is hidden under the cookie's first half, the address under cookie and
 * transaction, because some NATs rewrite addresses wherever they see them. */
static void xor_address(uint8_t *ip, uint32_t len, const uint8_t *transaction) {
    for (uint32_t i = 0; i < len; i++) {
        ip[i] ^= i < 4 ? (uint8_t)(COOKIE >> (24 - 8 * i)) : transaction[i - 4];
    }
}

int gc_stun_message_address(const gc_stun_message *m, uint16_t type, gc_addr *out) {
    gc_span value;
    if (!gc_stun_message_find(m, type, &value)) {
        return GC_E_NOT_FOUND;
    }
    gc_reader r;
    gc_reader_init(&r, value);
    gc_reader_u8(&r);
    uint8_t family = gc_reader_u8(&r);
    uint16_t port = gc_reader_u16(&r) ^ (uint16_t)(COOKIE >> 16);
    uint32_t ip_len = family == 1 ? 4 : 16;
    gc_span ip = gc_reader_bytes(&r, ip_len);
    if (r.failed || gc_reader_left(&r) != 0 || (family != 1 && family != 2)) {
        return GC_E_SYNTAX;
    }
    memset(out, 0, sizeof(*out));
    memcpy(out->ip, ip.data, ip_len);
    xor_address(out->ip, ip_len, m->transaction);
    out->port = port;
    out->family = family == 1 ? 4 : 6;
    if (out->family == 6 && v4_mapped(out->ip)) {
        memcpy(out->ip, out->ip + 12, 4);
        memset(out->ip + 4, 0, 12);
        out->family = 4;
    }
    return 0;
}

int gc_stun_message_error(const gc_stun_message *m, uint32_t *out) {
    gc_span value;
    if (!gc_stun_message_find(m, GC_STUN_ERROR_CODE, &value)) {
        return GC_E_NOT_FOUND;
    }
    if (value.len < 4) {
        return GC_E_SYNTAX;
    }
    uint32_t hundreds = value.data[2] & 7; /* RFC 8489 14.8: the bits before it are reserved */
    uint32_t rest = value.data[3];
    if (hundreds < 3 || hundreds > 6 || rest > 99) {
        return GC_E_SYNTAX;
    }
    *out = hundreds * 100 + rest;
    return 0;
}

static bool is_known(uint16_t type, const uint16_t *known, uint32_t known_len) {
    for (uint32_t i = 0; i < known_len; i++) {
        if (known[i] == type) {
            return true;
        }
    }
    return type >= GC_STUN_OPTIONAL;
}

uint32_t gc_stun_message_unknown(const gc_stun_message *m, const uint16_t *known,
                                 uint32_t known_len, uint16_t *out, uint32_t out_len) {
    uint32_t count = 0;
    gc_stun_attribute a;
    for (uint32_t at = 0; next_covered(m, &at, &a);) {
        if (is_known(a.type, known, known_len)) {
            continue;
        }
        if (count < out_len) {
            out[count] = a.type;
        }
        count++;
    }
    return count;
}

/* The length in a head counts the bytes behind it. */
static void set_length(uint8_t *head, uint32_t message_bytes) {
    uint32_t len = message_bytes - GC_STUN_HEAD_BYTES;
    head[2] = (uint8_t)(len >> 8);
    head[3] = (uint8_t)len;
}

/* The place of the MESSAGE-INTEGRITY that begins at this index. */
static void place_at(const uint8_t *message, uint32_t at, gc_stun_place *out) {
    memcpy(out->head, message, GC_STUN_HEAD_BYTES);
    set_length(out->head, at + 4 + GC_STUN_INTEGRITY_BYTES);
    out->body = gc_span_of(message + GC_STUN_HEAD_BYTES, at - GC_STUN_HEAD_BYTES);
    out->mac_at = at + 4;
}

int gc_stun_message_place(const gc_stun_message *m, gc_stun_place *out) {
    if (m->integrity_at == 0) {
        return GC_E_NOT_FOUND;
    }
    place_at(m->datagram.data, m->integrity_at, out);
    return 0;
}

/* --- writing ---------------------------------------------------------------------------------- */

void gc_stun_message_begin(gc_writer *w, gc_stun_class class, uint16_t method,
                           const uint8_t transaction[GC_STUN_TRANSACTION_BYTES]) {
    gc_assert(w->at == 0 && method <= 0xfff);
    gc_writer_u16(w, type_of(class, method));
    gc_writer_u16(w, 0);
    gc_writer_u32(w, COOKIE);
    gc_writer_bytes(w, transaction, GC_STUN_TRANSACTION_BYTES);
}

/* Ends an attribute whose value of this length was just written. */
static void end_attribute(gc_writer *w, uint32_t value_len) {
    static const uint8_t zeros[3];
    gc_writer_bytes(w, zeros, (4 - value_len % 4) % 4);
    if (!w->failed) {
        set_length(w->data, w->at);
    }
}

void gc_stun_message_put(gc_writer *w, uint16_t type, gc_span value) {
    gc_assert(value.len <= UINT16_MAX);
    gc_writer_u16(w, type);
    gc_writer_u16(w, (uint16_t)value.len);
    gc_writer_span(w, value);
    end_attribute(w, value.len);
}

void gc_stun_message_put_u32(gc_writer *w, uint16_t type, uint32_t value) {
    gc_writer_u16(w, type);
    gc_writer_u16(w, 4);
    gc_writer_u32(w, value);
    end_attribute(w, 4);
}

void gc_stun_message_put_u64(gc_writer *w, uint16_t type, uint64_t value) {
    gc_writer_u16(w, type);
    gc_writer_u16(w, 8);
    gc_writer_u64(w, value);
    end_attribute(w, 8);
}

void gc_stun_message_put_address(gc_writer *w, uint16_t type, const gc_addr *address) {
    gc_assert(address->family == 4 || address->family == 6);
    if (w->failed) {
        return;
    }
    uint32_t ip_len = address->family == 4 ? 4 : 16;
    uint8_t ip[16];
    memcpy(ip, address->ip, sizeof(ip));
    xor_address(ip, ip_len, w->data + GC_STUN_HEAD_BYTES - GC_STUN_TRANSACTION_BYTES);
    gc_writer_u16(w, type);
    gc_writer_u16(w, (uint16_t)(4 + ip_len));
    gc_writer_u8(w, 0);
    gc_writer_u8(w, address->family == 4 ? 1 : 2);
    gc_writer_u16(w, address->port ^ (uint16_t)(COOKIE >> 16));
    gc_writer_bytes(w, ip, ip_len);
    end_attribute(w, 4 + ip_len);
}

void gc_stun_message_put_error(gc_writer *w, uint32_t code, gc_span text) {
    gc_assert(code >= 300 && code <= 699 && text.len <= UINT16_MAX - 4);
    gc_writer_u16(w, GC_STUN_ERROR_CODE);
    gc_writer_u16(w, (uint16_t)(4 + text.len));
    gc_writer_u16(w, 0);
    gc_writer_u8(w, (uint8_t)(code / 100));
    gc_writer_u8(w, (uint8_t)(code % 100));
    gc_writer_span(w, text);
    end_attribute(w, 4 + text.len);
}

void gc_stun_message_put_unknown(gc_writer *w, const uint16_t *types, uint32_t count) {
    gc_assert(count <= UINT16_MAX / 2);
    gc_writer_u16(w, GC_STUN_UNKNOWN_ATTRIBUTES);
    gc_writer_u16(w, (uint16_t)(2 * count));
    for (uint32_t i = 0; i < count; i++) {
        gc_writer_u16(w, types[i]);
    }
    end_attribute(w, 2 * count);
}

void gc_stun_message_put_integrity(gc_writer *w, gc_stun_place *place) {
    static const uint8_t zeros[GC_STUN_INTEGRITY_BYTES];
    uint32_t at = w->at;
    gc_stun_message_put(w, GC_STUN_MESSAGE_INTEGRITY, gc_span_of(zeros, sizeof zeros));
    if (!w->failed) {
        place_at(w->data, at, place);
    }
}

void gc_stun_message_put_fingerprint(gc_writer *w) {
    uint32_t at = w->at;
    gc_stun_message_put_u32(w, GC_STUN_FINGERPRINT, 0);
    if (!w->failed) {
        uint32_t crc = crc32(gc_span_of(w->data, at)) ^ FINGERPRINT_XOR;
        w->at = at + 4;
        gc_writer_u32(w, crc);
    }
}
