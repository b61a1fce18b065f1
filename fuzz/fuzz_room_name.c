/* Room names with a host that answers anything: no answer is followed for ever, a name that is done
 * is no secret, path or blank, and its form is a name whose form it is. */
#include "core/base/assert.h"
#include "core/base/error.h"
#include "core/base/utf8.h"
#include "core/wire/room_name.h"

#include <stddef.h>
#include <string.h>

static bool has_secret(gc_span s) {
    for (uint32_t i = 0; i + 40 <= s.len; i++) {
        uint32_t digits = 0;
        while (digits < 38 &&
               strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_",
                      s.data[i + 2 + digits]) != NULL &&
               s.data[i + 2 + digits] != 0) {
            digits++;
        }
        if (s.data[i] == '1' && s.data[i + 1] == '.' && digits == 38) {
            return true;
        }
    }
    return false;
}

static void check_done(const gc_room_name *n) {
    static gc_room_name again;
    gc_span form = gc_room_name_text(n);
    gc_assert(form.len > 0 && form.len <= GC_ROOM_CANONICAL_BYTES_MAX && gc_utf8_valid(form));
    gc_assert(!has_secret(form) && !has_secret(gc_room_name_typed(n)));
    gc_assert(form.data[0] != ' ' && form.data[form.len - 1] != ' ');
    for (uint32_t i = 0; i < form.len; i++) {
        gc_assert(form.data[i] >= 0x20 && form.data[i] != 0x7f);
    }
    if (gc_room_name_begin(&again, form) == 0) {
        gc_assert(gc_room_name_answer(&again, form) == 0 && gc_room_name_is_done(&again));
        gc_assert(gc_span_equal(gc_room_name_text(&again), form));
    }
}

/* The input: a name, and answers, each after a line feed; without one the host gives back what it
 * was asked about. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static gc_room_name n;
    if (size > 4 * GC_ROOM_NAME_WORK_BYTES) {
        return 0;
    }
    gc_span rest = gc_span_of(data, (uint32_t)size);
    uint32_t end = gc_span_find(rest, 0, '\n'), rounds = 0;
    int checked = gc_room_name_check(gc_span_of(rest.data, end));
    int error = gc_room_name_begin(&n, gc_span_of(rest.data, end));
    gc_assert(error == checked);
    while (error == 0 && !gc_room_name_is_done(&n)) {
        gc_span answer = gc_room_name_text(&n);
        if (end < rest.len) {
            rest = gc_span_from(rest, end + 1);
            end = gc_span_find(rest, 0, '\n');
            answer = gc_span_of(rest.data, end);
        }
        gc_assert(++rounds <= GC_ROOM_NAME_ROUNDS_MAX);
        error = gc_room_name_answer(&n, answer);
    }
    gc_assert(error == 0 || error == GC_E_SYNTAX || error == GC_E_UTF8 || error == GC_E_TOO_BIG);
    if (error == 0) {
        check_done(&n);
    } else {
        gc_assert(gc_room_name_text(&n).len == 0);
    }
    return 0;
}
