#include "core/wire/stun.h"
#include "core/base/assert.h"
#include "core/base/error.h"
#include "core/base/mem.h"
#include "core/base/reader.h"
#include "core/base/writer.h"

/* RFC 8489 5, 14 and 18.3. */
#define COOKIE                 0x2112a442u
#define HEAD_BYTES             20
#define BINDING_REQUEST        0x0001
#define BINDING_SUCCESS        0x0101
#define USERNAME               0x0006
#define MESSAGE_INTEGRITY      0x0008
#define REALM                  0x0014
#define NONCE                  0x0015
#define INTEGRITY_SHA256       0x001c
#define PASSWORD_ALGORITHM     0x001d
#define USERHASH               0x001e
#define XOR_MAPPED_ADDRESS     0x0020
#define FINGERPRINT            0x8028
#define FINGERPRINT_XOR        0x5354554eu /* RFC 8489 14.7 */
#define COMPREHENSION_OPTIONAL 0x8000

typedef struct attribute {
    uint16_t type;
    gc_span value; /* without padding */
} attribute;

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

/* The head of a message of this type that fills the datagram. Sets *r to the bytes after the head.
 */
static bool read_head(gc_span datagram, uint16_t type, gc_reader *r, gc_span *transaction) {
    gc_reader_init(r, datagram);
    uint16_t got = gc_reader_u16(r);
    uint16_t len = gc_reader_u16(r);
    uint32_t cookie = gc_reader_u32(r);
    *transaction = gc_reader_bytes(r, 12);
    return !r->failed && got == type && cookie == COOKIE && len % 4 == 0 &&
           len == datagram.len - HEAD_BYTES;
}

/* The next attribute; false when it does not end inside the message. */
static bool read_attribute(gc_reader *r, attribute *a) {
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
    uint32_t given = (uint32_t)value.data[0] << 24 | (uint32_t)value.data[1] << 16 |
                     (uint32_t)value.data[2] << 8 | value.data[3];
    return crc == given;
}

/* Attributes that a receiver must understand and that change nothing for an answer without
 * credentials. Of all others below 0x8000 the sender expects something that we do not do. */
static bool understood(uint16_t type) {
    switch (type) {
    case USERNAME:
    case MESSAGE_INTEGRITY:
    case REALM:
    case NONCE:
    case INTEGRITY_SHA256:
    case PASSWORD_ALGORITHM:
    case USERHASH:
        return true;
    default:
        return type >= COMPREHENSION_OPTIONAL;
    }
}

int gc_stun_parse_binding(gc_span datagram, gc_stun_request *out) {
    gc_reader r;
    gc_span transaction;
    if (!read_head(datagram, BINDING_REQUEST, &r, &transaction)) {
        return GC_E_SYNTAX;
    }
    bool fingerprint = false;
    int result = 0;
    while (gc_reader_left(&r) > 0) {
        attribute a;
        if (!read_attribute(&r, &a)) {
            return GC_E_SYNTAX;
        }
        if (a.type == FINGERPRINT) {
            fingerprint = fingerprint_right(datagram, &r, a.value);
            if (!fingerprint) {
                return GC_E_SYNTAX;
            }
        } else if (!understood(a.type)) {
            result = GC_E_REFUSED;
        }
    }
    if (result == 0) {
        memcpy(out->transaction, transaction.data, sizeof(out->transaction));
        out->fingerprint = fingerprint;
    }
    return result;
}

/* RFC 8489 14.2: the port is hidden under the cookie's first half, the address under cookie and
 * transaction, because some NATs rewrite addresses wherever they see them. */
static void xor_address(uint8_t *ip, uint32_t len, const uint8_t transaction[12]) {
    for (uint32_t i = 0; i < len; i++) {
        ip[i] ^= i < 4 ? (uint8_t)(COOKIE >> (24 - 8 * i)) : transaction[i - 4];
    }
}

static void write_head(gc_writer *w, uint16_t type, uint32_t len, const uint8_t transaction[12]) {
    gc_writer_u16(w, type);
    gc_writer_u16(w, (uint16_t)len);
    gc_writer_u32(w, COOKIE);
    gc_writer_bytes(w, transaction, 12);
}

uint32_t gc_stun_write_binding(const gc_stun_request *r, const gc_addr *from,
                               uint8_t out[GC_STUN_RESPONSE_BYTES_MAX]) {
    gc_assert(from->family == 4 || from->family == 6);
    uint32_t ip_len = from->family == 4 ? 4 : 16;
    uint8_t ip[16];
    memcpy(ip, from->ip, sizeof(ip));
    xor_address(ip, ip_len, r->transaction);
    gc_writer w;
    gc_writer_init(&w, out, GC_STUN_RESPONSE_BYTES_MAX);
    write_head(&w, BINDING_SUCCESS, 8 + ip_len + (r->fingerprint ? 8 : 0), r->transaction);
    gc_writer_u16(&w, XOR_MAPPED_ADDRESS);
    gc_writer_u16(&w, (uint16_t)(4 + ip_len));
    gc_writer_u8(&w, 0);
    gc_writer_u8(&w, from->family == 4 ? 1 : 2);
    gc_writer_u16(&w, from->port ^ (uint16_t)(COOKIE >> 16));
    gc_writer_bytes(&w, ip, ip_len);
    if (r->fingerprint) {
        uint32_t crc = crc32(gc_writer_done(&w));
        gc_writer_u16(&w, FINGERPRINT);
        gc_writer_u16(&w, 4);
        gc_writer_u32(&w, crc ^ FINGERPRINT_XOR);
    }
    gc_assert(!w.failed);
    return w.at;
}

uint32_t gc_stun_write_request(const uint8_t transaction[12], uint8_t out[20]) {
    gc_writer w;
    gc_writer_init(&w, out, HEAD_BYTES);
    write_head(&w, BINDING_REQUEST, 0, transaction);
    gc_assert(w.at == HEAD_BYTES && !w.failed);
    return w.at;
}

static bool v4_mapped(const uint8_t ip[16]) {
    static const uint8_t prefix[12] = {[10] = 0xff, [11] = 0xff};
    return memcmp(ip, prefix, sizeof(prefix)) == 0;
}

/* The value of XOR-MAPPED-ADDRESS. */
static bool read_address(gc_span value, const uint8_t transaction[12], gc_addr *out) {
    gc_reader r;
    gc_reader_init(&r, value);
    gc_reader_u8(&r);
    uint8_t family = gc_reader_u8(&r);
    uint16_t port = gc_reader_u16(&r) ^ (uint16_t)(COOKIE >> 16);
    uint32_t ip_len = family == 1 ? 4 : 16;
    gc_span ip = gc_reader_bytes(&r, ip_len);
    if (r.failed || gc_reader_left(&r) != 0 || (family != 1 && family != 2)) {
        return false;
    }
    memset(out, 0, sizeof(*out));
    memcpy(out->ip, ip.data, ip_len);
    xor_address(out->ip, ip_len, transaction);
    out->port = port;
    out->family = family == 1 ? 4 : 6;
    if (out->family == 6 && v4_mapped(out->ip)) {
        memcpy(out->ip, out->ip + 12, 4);
        memset(out->ip + 4, 0, 12);
        out->family = 4;
    }
    return true;
}

int gc_stun_parse_response(gc_span datagram, const uint8_t transaction[12], gc_addr *mapped) {
    gc_reader r;
    gc_span got;
    if (!read_head(datagram, BINDING_SUCCESS, &r, &got)) {
        return GC_E_SYNTAX;
    }
    if (memcmp(got.data, transaction, 12) != 0) {
        return GC_E_NOT_FOUND;
    }
    gc_addr address;
    bool found = false;
    while (gc_reader_left(&r) > 0) {
        attribute a;
        if (!read_attribute(&r, &a) ||
            (a.type == FINGERPRINT && !fingerprint_right(datagram, &r, a.value))) {
            return GC_E_SYNTAX;
        }
        if (a.type == XOR_MAPPED_ADDRESS && !found) { /* RFC 8489 14: of equal ones the first */
            found = read_address(a.value, transaction, &address);
            if (!found) {
                return GC_E_SYNTAX;
            }
        }
    }
    if (!found) {
        return GC_E_NOT_FOUND;
    }
    *mapped = address;
    return 0;
}
