/* Names of open rooms for tests that want a room and not its name: such as NFKC does not change. */
#ifndef GC_TEST_ROOM_H
#define GC_TEST_ROOM_H

#include "core/base/assert.h"
#include "core/wire/room_name.h"

/* A name that is done. Valid until the next call in the same file. */
static inline const gc_room_name *room_named(const char *text) {
    static gc_room_name name;
    int error = gc_room_name_begin(&name, gc_span_text(text));
    while (error == 0 && !gc_room_name_is_done(&name)) {
        error = gc_room_name_answer(&name, gc_room_name_text(&name));
    }
    gc_assert(error == 0);
    return &name;
}

#endif
