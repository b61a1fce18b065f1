#include "core/base/encoding.h"

#include "core/base/assert.h"
#include "core/base/error.h"
#include "core/base/mem.h"

static const char base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char base64url_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
static const char base32_digits[] = "abcdefghijklmnopqrstuvwxyz234567";
static const char hex_digits[] = "0123456789abcdef";
static const char hex_capitals[] = "0123456789ABCDEF";

/* Writes `bits` bits a digit, the last one filled up with zero bits. Returns the digits written. */
static uint32_t write_digits(gc_writer *w, gc_span bytes, const char *digits, unsigned bits) {
    uint32_t held = 0, count = 0;
    unsigned held_bits = 0;
    for (uint32_t i = 0; i < bytes.len; i++) {
        held = (held << 8 | bytes.data[i]) & 0xffff;
        held_bits += 8;
        for (; held_bits >= bits; count++) {
            held_bits -= bits;
            gc_writer_u8(w, (uint8_t)digits[held >> held_bits & ((1u << bits) - 1)]);
        }
    }
    if (held_bits > 0) {
        gc_writer_u8(w, (uint8_t)digits[held << (bits - held_bits) & ((1u << bits) - 1)]);
        count++;
    }
    return count;
}

void gc_base64_write(gc_writer *w, gc_span bytes) {
    uint32_t count = write_digits(w, bytes, base64_digits, 6);
    for (; count % 4 != 0; count++) {
        gc_writer_u8(w, '=');
    }
}

void gc_base64url_write(gc_writer *w, gc_span bytes) {
    write_digits(w, bytes, base64url_digits, 6);
}

void gc_base32_write(gc_writer *w, gc_span bytes) {
    write_digits(w, bytes, base32_digits, 5);
}

void gc_hex_write(gc_writer *w, gc_span bytes) {
    write_digits(w, bytes, hex_digits, 4);
}

/* No table look-up by a secret digit: these decode secrets too. -1 for a foreign character. */
static int base64_value(uint8_t c, uint8_t digit_62, uint8_t digit_63) {
    return c >= 'A' && c <= 'Z'   ? c - 'A'
           : c >= 'a' && c <= 'z' ? c - 'a' + 26
           : c >= '0' && c <= '9' ? c - '0' + 52
           : c == digit_62        ? 62
           : c == digit_63        ? 63
                                  : -1;
}

/* text holds digits only, as many as out_len bytes need. */
static int base64_digits_read(gc_span text, uint8_t *out, uint32_t out_len, uint8_t digit_62,
                              uint8_t digit_63) {
    gc_assert(text.len == ((uint64_t)out_len * 4 + 2) / 3);
    for (uint32_t i = 0; i < text.len; i++) {
        if (base64_value(text.data[i], digit_62, digit_63) < 0) {
            return GC_E_SYNTAX;
        }
    }
    if (out_len % 3 != 0) { /* RFC 4648 3.5: pad bits */
        int last = base64_value(text.data[text.len - 1], digit_62, digit_63);
        if ((last & (out_len % 3 == 1 ? 15 : 3)) != 0) {
            return GC_E_SYNTAX;
        }
    }
    uint32_t held = 0, at = 0;
    for (uint32_t i = 0; i < text.len; i++) {
        held = held << 6 | (uint32_t)base64_value(text.data[i], digit_62, digit_63);
        if (i % 4 != 0) {
            out[at++] = (uint8_t)(held >> (6 - 2 * (i % 4)));
        }
    }
    gc_assert(at == out_len);
    return 0;
}

int gc_base64url_read(gc_span text, uint8_t *out, uint32_t out_len) {
    if (text.len != ((uint64_t)out_len * 4 + 2) / 3) {
        return GC_E_SYNTAX;
    }
    return base64_digits_read(text, out, out_len, '-', '_');
}

int gc_base64_read(gc_span text, uint8_t *out, uint32_t out_len) {
    if (text.len != ((uint64_t)out_len + 2) / 3 * 4) {
        return GC_E_SYNTAX;
    }
    for (uint32_t pad = (3 - out_len % 3) % 3; pad > 0; pad--) {
        if (text.data[--text.len] != '=') {
            return GC_E_SYNTAX;
        }
    }
    return base64_digits_read(text, out, out_len, '+', '/');
}

int gc_hex_value(uint8_t c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

uint8_t gc_hex_digit(uint32_t value) {
    return (uint8_t)hex_digits[value & 15];
}

uint8_t gc_hex_capital(uint32_t value) {
    return (uint8_t)hex_capitals[value & 15];
}

int gc_hex_read(gc_span text, uint8_t *out, uint32_t out_len) {
    if (text.len != (uint64_t)out_len * 2) {
        return GC_E_SYNTAX;
    }
    for (uint32_t i = 0; i < text.len; i++) {
        if (gc_hex_value(text.data[i]) < 0) {
            return GC_E_SYNTAX;
        }
    }
    for (uint32_t i = 0; i < out_len; i++) {
        out[i] =
            (uint8_t)(gc_hex_value(text.data[2 * i]) << 4 | gc_hex_value(text.data[2 * i + 1]));
    }
    return 0;
}

void gc_uuid_write(const uint8_t random[16], uint8_t out[36]) {
    uint32_t at = 0;
    for (uint32_t i = 0; i < 16; i++) {
        uint8_t byte = random[i];
        if (i == 6) {
            byte = (uint8_t)((byte & 0x0f) | 0x40);
        } else if (i == 8) {
            byte = (uint8_t)((byte & 0x3f) | 0x80);
        }
        if (i == 4 || i == 6 || i == 8 || i == 10) {
            out[at++] = '-';
        }
        out[at++] = gc_hex_digit(byte >> 4);
        out[at++] = gc_hex_digit(byte);
    }
    gc_assert(at == 36);
}
