#include "core/proto/flight.h"

#include "core/base/assert.h"

_Static_assert(2 * GC_FLIGHT_MARK_BYTES <= GC_FLIGHT_BYTES,
               "the next mark goes out before a client with a limit has read all");

#define MARK_PIECES (GC_FLIGHT_MARK_BYTES / GC_FLIGHT_PIECE)
#define PIECES_MAX  (GC_FLIGHT_BYTES / GC_FLIGHT_PIECE)

/* Adds bytes to a count of pieces, which stops at UINT16_MAX for a client that never answers. */
static uint16_t add(uint16_t pieces, uint32_t bytes) {
    uint64_t sum = pieces + ((uint64_t)bytes + GC_FLIGHT_PIECE - 1) / GC_FLIGHT_PIECE;
    return sum < UINT16_MAX ? (uint16_t)sum : UINT16_MAX;
}

bool gc_flight_put(gc_flight *f, uint32_t bytes) {
    f->since = add(f->since, bytes);
    return f->marked == 0 && f->since >= MARK_PIECES;
}

bool gc_flight_has_room(const gc_flight *f) {
    return !f->answers || f->unheard || f->marked + f->since < PIECES_MAX;
}

gc_span gc_flight_mark(gc_flight *f, uint32_t bytes) {
    gc_assert(f->marked == 0 && bytes > 0);
    f->marked = add(f->since, bytes);
    f->since = 0;
    f->number++;
    return gc_span_of(&f->number, 1);
}

gc_span gc_flight_ping(const gc_flight *f) {
    return f->marked > 0 ? gc_span_of(&f->number, 1) : GC_SPAN_NONE;
}

bool gc_flight_answer(gc_flight *f, gc_span payload) {
    if (f->marked == 0 || !gc_span_equal(payload, gc_span_of(&f->number, 1))) {
        return false;
    }
    f->marked = 0;
    f->answers = true;
    return true;
}

void gc_flight_hear(gc_flight *f, bool heard) {
    f->unheard = !heard;
}

void gc_flight_clear(gc_flight *f) {
    *f = (gc_flight){0};
}
