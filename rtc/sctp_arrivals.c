#include "rtc/sctp_arrivals.h"
#include "core/base/number.h"

void gc_sctp_arrivals_place(gc_sctp_arrivals *a, gc_arena *arena, uint32_t slots) {
    gc_assert(slots <= UINT16_MAX + 1u);
    gc_sctp_tsns_place(&a->tsns, arena, slots);
}

void gc_sctp_arrivals_begin(gc_sctp_arrivals *a, uint32_t first_tsn) {
    a->cumulative = a->highest = first_tsn - 1;
    a->duplicate_count = 0;
    gc_sctp_tsns_empty(&a->tsns);
}

void gc_sctp_arrivals_raise(gc_sctp_arrivals *a, uint32_t floor, uint32_t tsn) {
    uint32_t used = a->highest + 1 - floor;
    if (used == 0) {
        gc_sctp_tsns_empty(&a->tsns);
    }
    if (gc_sctp_after(tsn, a->highest)) {
        gc_sctp_tsns_fit(&a->tsns, floor, used, tsn + 1 - floor);
    }
    while (gc_sctp_after(tsn, a->highest)) {
        a->highest++;
        *gc_sctp_arrivals_at(a, a->highest) = GC_SCTP_ARRIVALS_NONE;
    }
}

void gc_sctp_arrivals_again(gc_sctp_arrivals *a, uint32_t tsn) {
    if (a->duplicate_count < GC_SCTP_DUPLICATES_MAX) {
        a->duplicates[a->duplicate_count++] = tsn;
    }
}

bool gc_sctp_arrivals_advance(gc_sctp_arrivals *a) {
    bool there = gc_sctp_arrivals_has_holes(a) && gc_sctp_arrivals_has(a, a->cumulative + 1);
    a->cumulative += there ? 1 : 0;
    return there;
}

void gc_sctp_arrivals_forward(gc_sctp_arrivals *a, uint32_t cumulative) {
    gc_assert(gc_sctp_after(cumulative, a->cumulative));
    if (gc_sctp_after(cumulative, a->highest)) {
        a->highest = cumulative;
    }
    a->cumulative = cumulative;
}

/* RFC 9260 3.3.4: each run of TSNs beyond the first hole. Returns how many there are, at most max.
 */
static uint32_t find_gaps(const gc_sctp_arrivals *a, gc_sctp_gap *gaps, uint32_t max) {
    uint32_t count = 0;
    bool inside = false;
    for (uint32_t tsn = a->cumulative + 1; tsn != a->highest + 1; tsn++) {
        bool there = *gc_sctp_arrivals_at(a, tsn) != GC_SCTP_ARRIVALS_NONE;
        uint16_t offset = (uint16_t)(tsn - a->cumulative);
        if (there && !inside) {
            if (count == max) {
                break;
            }
            gaps[count++].first = offset;
        }
        if (there) {
            gaps[count - 1].last = offset;
        }
        inside = there;
    }
    return count;
}

void gc_sctp_arrivals_sack(gc_sctp_arrivals *a, uint32_t window_bytes, gc_writer *w,
                           uint32_t room) {
    gc_assert(room >= GC_SCTP_SACK_BYTES);
    uint32_t fit = (room - GC_SCTP_SACK_BYTES) / 4;
    gc_sctp_gap gaps[GC_SCTP_GAPS_MAX];
    uint32_t gap_count = find_gaps(a, gaps, gc_min_u32(fit, GC_SCTP_GAPS_MAX));
    uint32_t duplicates = gc_min_u32(a->duplicate_count, fit - gap_count);
    gc_sctp_sack_write(w, a->cumulative, window_bytes, gaps, gap_count, a->duplicates, duplicates);
    a->duplicate_count = 0;
}
