#include "core/wire/code.h"
#include "core/base/assert.h"
#include "core/base/error.h"
#include "core/base/mem.h"
#include "core/base/unicode.h"
#include "core/base/utf8.h"

#define NAMEPLATE_DIGITS_MAX 5
#define DIGITS_MAX           (NAMEPLATE_DIGITS_MAX + GC_CODE_DIGITS)

/* Collects the digits of a valid text, in ASCII. Returns how many there are, also beyond the size
 * of the array, where they are only counted. */
static uint32_t collect(gc_span text, uint8_t digits[DIGITS_MAX]) {
    uint32_t count = 0;
    for (uint32_t at = 0; at < text.len;) {
        uint32_t len = gc_utf8_sequence(text.data + at, text.data + text.len);
        int value = gc_unicode_digit(gc_utf8_decode(text.data + at, len));
        if (value >= 0) {
            if (count < DIGITS_MAX) {
                digits[count] = (uint8_t)('0' + value);
            }
            count++;
        }
        at += len;
    }
    return count;
}

int gc_code_parse(gc_span text, gc_code *out) {
    uint8_t digits[DIGITS_MAX];
    if (text.len > GC_CODE_TEXT_BYTES_MAX || !gc_utf8_valid(text)) {
        return GC_E_SYNTAX;
    }
    uint32_t count = collect(text, digits);
    if (count <= GC_CODE_DIGITS || count > DIGITS_MAX || digits[0] == '0') {
        return GC_E_SYNTAX;
    }
    out->nameplate = 0;
    for (uint32_t i = 0; i < count - GC_CODE_DIGITS; i++) {
        out->nameplate = out->nameplate * 10 + (digits[i] - '0');
    }
    memcpy(out->digits, digits + count - GC_CODE_DIGITS, GC_CODE_DIGITS);
    return 0;
}

void gc_code_write(const gc_code *c, gc_writer *w) {
    gc_assert(c->nameplate > 0 && c->nameplate <= GC_CODE_NAMEPLATE_MAX);
    gc_writer_decimal(w, c->nameplate);
    gc_writer_u8(w, '-');
    gc_writer_bytes(w, c->digits, 3);
    gc_writer_u8(w, '-');
    gc_writer_bytes(w, c->digits + 3, GC_CODE_DIGITS - 3);
}

void gc_code_draw(gc_code *c, gc_drbg *d) {
    for (uint32_t i = 0; i < GC_CODE_DIGITS; i++) {
        c->digits[i] = (uint8_t)('0' + gc_drbg_below(d, 10));
    }
}
