#include "host/normalize.h"
#include "core/base/error.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

/* U+11A7 is one place before the first final consonant, so it is not one (Unicode 3.12 requires
 * TIndex > 0). libutf8proc composes it with a Hangul syllable all the same, and so loses it. In
 * Unicode it composes with nothing, so a text may be cut before it. */
static uint32_t cut(gc_span text) {
    static const uint8_t u11a7[3] = {0xe1, 0x86, 0xa7};
    for (uint32_t i = 1; i + sizeof u11a7 <= text.len; i++) {
        if (memcmp(text.data + i, u11a7, sizeof u11a7) == 0) {
            return i;
        }
    }
    return text.len;
}

/* As gc_host_nfkc(), for a piece of text. */
static int normalize(gc_span piece, uint8_t *out, uint32_t size, uint32_t *len) {
    utf8proc_uint8_t *nfkc = NULL;
    utf8proc_ssize_t bytes = utf8proc_map(piece.data, (utf8proc_ssize_t)piece.len, &nfkc,
                                          UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT);
    int error = bytes == UTF8PROC_ERROR_NOMEM ? GC_E_MEMORY
                : bytes < 0                   ? GC_E_UTF8
                : (size_t)bytes > size        ? GC_E_TOO_BIG
                                              : 0;
    *len = error == 0 ? (uint32_t)bytes : 0;
    memcpy(out, nfkc != NULL ? nfkc : piece.data, *len);
    free(nfkc);
    return error;
}

int gc_host_nfkc(gc_span text, uint8_t *out, uint32_t size, uint32_t *len) {
    *len = 0;
    if (text.len > 1u << 30) {
        return GC_E_TOO_BIG;
    }
    uint32_t at = 0;
    while (text.len > 0) {
        uint32_t bytes = 0, end = cut(text);
        int error = normalize(gc_span_of(text.data, end), out + at, size - at, &bytes);
        if (error != 0) {
            return error;
        }
        at += bytes;
        text = gc_span_from(text, end);
    }
    *len = at;
    return 0;
}

int gc_host_room_name(gc_room_name *n, gc_span typed) {
    uint8_t nfkc[4 * GC_ROOM_NAME_WORK_BYTES];
    int error = gc_room_name_begin(n, typed);
    while (error == 0 && !gc_room_name_is_done(n)) {
        uint32_t len;
        error = gc_host_nfkc(gc_room_name_text(n), nfkc, sizeof nfkc, &len);
        if (error == 0) {
            error = gc_room_name_answer(n, gc_span_of(nfkc, len));
        }
    }
    return error;
}
