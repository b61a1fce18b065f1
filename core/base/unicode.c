#include "core/base/unicode.h"
#include "core/base/unicode_table.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

#define FOLD_COUNT 0x3ff /* of an entry of fold_from */
#define FOLD_EVERY 0x400 /* its stride is 2 */
#define FOLD_SHIFT 11

bool gc_unicode_is_ignorable(uint32_t c) {
    for (uint32_t i = 0; i < COUNT(ignorable) && c >= ignorable[i][0]; i++) {
        if (c <= ignorable[i][1]) {
            return true;
        }
    }
    return false;
}

bool gc_unicode_is_space(uint32_t c) {
    for (uint32_t i = 0; i < COUNT(space) && c >= space[i][0]; i++) {
        if (c <= space[i][1]) {
            return true;
        }
    }
    return false;
}

bool gc_unicode_is_blank(uint32_t c) {
    return c == 0x2800 ||                    /* BRAILLE PATTERN BLANK */
           (c >= 0xfff9 && c <= 0xfffb) ||   /* INTERLINEAR ANNOTATION */
           (c >= 0x13430 && c <= 0x13442) || /* of Egyptian hieroglyphs: controls, blanks */
           c == 0x16fe4 ||                   /* KHITAN SMALL SCRIPT FILLER */
           c == 0x1d159;                     /* MUSICAL SYMBOL NULL NOTEHEAD */
}

int gc_unicode_digit(uint32_t c) {
    for (uint32_t i = 0; i < COUNT(zeros) && c >= zeros[i]; i++) {
        if (c - zeros[i] <= 9) {
            return (int)(c - zeros[i]);
        }
    }
    return -1;
}

bool gc_unicode_is_digit(uint32_t c) {
    return gc_unicode_digit(c) >= 0;
}

bool gc_unicode_is_known(uint32_t c) {
    uint32_t end = 0, run = 0, shift = 0;
    bool known = true;
    if (c < 0x80 || c > 0x10ffff) {
        return c < 0x80;
    }
    for (uint32_t i = 0; i < COUNT(assigned); i++) {
        run |= (uint32_t)(assigned[i] & 0x7f) << shift;
        shift += 7;
        if ((assigned[i] & 0x80) == 0) {
            end += run;
            if (c < end) {
                return known;
            }
            known = !known;
            run = shift = 0;
        }
    }
    return false;
}

/* The characters that become several: 104 of them, sorted. */
static uint32_t fold_to_several(uint32_t c, uint32_t out[GC_UNICODE_FOLD_MAX]) {
    for (uint32_t i = 0; i < COUNT(fold_full) && c >= fold_full[i][0]; i++) {
        if (c == fold_full[i][0]) {
            uint32_t len = fold_full[i][3] != 0 ? 3 : 2;
            for (uint32_t k = 0; k < len; k++) {
                out[k] = fold_full[i][k + 1];
            }
            return len;
        }
    }
    return 0;
}

uint32_t gc_unicode_fold(uint32_t c, uint32_t out[GC_UNICODE_FOLD_MAX]) {
    uint32_t several = fold_to_several(c, out);
    if (several > 0) {
        return several;
    }
    out[0] = c;
    for (uint32_t i = 0; i < COUNT(fold_from) && c >= fold_from[i] >> FOLD_SHIFT; i++) {
        uint32_t at = c - (fold_from[i] >> FOLD_SHIFT), stride = fold_from[i] & FOLD_EVERY ? 2 : 1;
        if (at % stride == 0 && at / stride < (fold_from[i] & FOLD_COUNT)) {
            out[0] = (c & 0xffff0000u) | ((fold_to[i] + at) & 0xffff);
            break;
        }
    }
    return 1;
}
