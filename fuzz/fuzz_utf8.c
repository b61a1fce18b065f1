/* gc_utf8_valid against a second decoder; cleaned texts are valid, clean, within their size,
 * and stay as they are when cleaned again. */
#include <stdlib.h>
#include <string.h>

#include "core/base/assert.h"
#include "core/base/utf8.h"
#include "core/base/writer.h"

/* Straight from the definition: decode, then look at the number. */
static bool valid_slowly(const uint8_t *p, size_t len) {
    for (size_t i = 0; i < len;) {
        uint32_t c = p[i], more = c < 0x80 ? 0 : c >> 5 == 6 ? 1 : c >> 4 == 14 ? 2 : 3;
        if ((c >= 0x80 && c < 0xc0) || c >= 0xf8 || more > len - i - 1) {
            return false;
        }
        c &= more == 0 ? 0x7f : 0x3fu >> more;
        for (uint32_t k = 1; k <= more; k++) {
            if ((p[i + k] & 0xc0) != 0x80) {
                return false;
            }
            c = c << 6 | (p[i + k] & 0x3f);
        }
        static const uint32_t least[4] = {0, 0x80, 0x800, 0x10000};
        if (c < least[more] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000)) {
            return false;
        }
        i += more + 1;
    }
    return true;
}

typedef uint32_t clean_function(gc_span text, uint8_t *out, uint32_t size);

static void check_clean(clean_function *clean, gc_span text, uint32_t size) {
    uint8_t *once = malloc(size + 1), *twice = malloc(size + 1);
    uint32_t len = clean(text, once, size);
    gc_span cleaned = gc_span_of(once, len);
    gc_assert(len <= size && gc_utf8_valid(cleaned));
    for (uint32_t i = 0; i < len; i++) {
        gc_assert(once[i] >= 0x20 || once[i] == '\n' || once[i] == '\t');
    }
    gc_assert(clean(cleaned, twice, size) == len && memcmp(once, twice, len) == 0);
    free(once);
    free(twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    gc_span text = gc_span_of(data, (uint32_t)size);
    bool valid = gc_utf8_valid(text);
    gc_assert(valid == valid_slowly(data, size));
    if (!valid || size == 0) {
        return 0;
    }
    uint32_t max = data[0] % (text.len + 1);
    check_clean(gc_utf8_clean_line, text, text.len);
    check_clean(gc_utf8_clean_line, text, max);
    check_clean(gc_utf8_clean_text, text, 3 * text.len);
    check_clean(gc_utf8_clean_text, text, max);
    return 0;
}
