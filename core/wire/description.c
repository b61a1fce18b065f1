#include "core/wire/description.h"
#include "core/base/mem.h"
#include "core/base/span.h"

static bool is_candidate(const uint8_t *line, uint32_t len) {
    gc_span name = GC_SPAN("a=candidate:");
    return len >= name.len && memcmp(line, name.data, name.len) == 0;
}

uint32_t gc_description_cut_candidates(uint8_t *sdp, uint32_t len, uint32_t max, uint32_t *kept) {
    uint32_t to = 0;
    *kept = 0;
    for (uint32_t at = 0, next; at < len; at = next) {
        next = at;
        /* A lone CR ends a line for some readers: it must not hide a candidate from us. */
        while (next < len && sdp[next] != '\n' && sdp[next] != '\r') {
            next++;
        }
        while (next < len && (sdp[next] == '\n' || sdp[next] == '\r')) {
            next++;
        }
        if (is_candidate(sdp + at, next - at)) {
            if (*kept == max) {
                continue;
            }
            ++*kept;
        }
        memmove(sdp + to, sdp + at, next - at);
        to += next - at;
    }
    return to;
}
