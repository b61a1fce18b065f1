#include "cli/columns.h"
#include "cli/columns_table.h"
#include "core/base/unicode.h"

#include <string.h>
#include <utf8proc.h>

static bool in(uint32_t c, uint32_t first, uint32_t last) {
    return c >= first && c <= last;
}

static bool is_ambiguous(uint32_t c) {
    size_t low = 0, high = sizeof ambiguous / sizeof ambiguous[0];
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (c > ambiguous[middle][1]) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < sizeof ambiguous / sizeof ambiguous[0] && c >= ambiguous[low][0];
}

/* Those without a fixed meaning, and pictures: they take one column or two, as the terminal likes.
 */
static bool may_be_wide(uint32_t c) {
    const utf8proc_property_t *p = utf8proc_get_property((utf8proc_int32_t)c);
    return p->category == UTF8PROC_CATEGORY_CN || p->category == UTF8PROC_CATEGORY_CO ||
           p->boundclass == UTF8PROC_BOUNDCLASS_EXTENDED_PICTOGRAPHIC ||
           p->boundclass == UTF8PROC_BOUNDCLASS_REGIONAL_INDICATOR;
}

/* Terminals draw all of these in two columns, also numbers in circles and hexagrams, which Unicode
 * called ambiguous or neutral. Signs like hexagrams became wide in Unicode 16. */
static bool is_of_east_asia(uint32_t c) {
    return in(c, 0x2e80, 0xa4cf) || in(c, 0x268a, 0x268f) || in(c, 0x1d300, 0x1d376);
}

uint32_t gc_columns_of(uint32_t c, bool narrow) {
    if (in(c, 0x20, 0x7e) || gc_columns_clings(c)) {
        return 1;
    }
    bool wide = may_be_wide(c) || is_of_east_asia(c) || utf8proc_charwidth((int32_t)c) > 1;
    return wide || (!narrow && is_ambiguous(c)) ? 2 : 1;
}

bool gc_columns_clings(uint32_t c) {
    utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)c);
    return category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_ME ||
           gc_unicode_is_ignorable(c);
}

/* Codes of languages: ISO 639-1. A country may follow, or a way of writing, which is then another
 * alphabet (sr_RS@latin). */
bool gc_columns_are_narrow(const char *locale) {
    static const char languages[] = " be bg el kk ky mk mn ru sr tg tt uk ";
    if (locale == NULL || strcspn(locale, "_.@") != 2 || strchr(locale, '@') != NULL) {
        return false;
    }
    const char code[] = {' ', locale[0], locale[1], ' ', 0};
    return strstr(languages, code) != NULL;
}
