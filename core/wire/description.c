#include "core/wire/description.h"
#include "core/base/mem.h"
#include "core/base/span.h"

static uint32_t skip_blanks(const uint8_t *line, uint32_t len, uint32_t at) {
    while (at < len && (line[at] == ' ' || line[at] == '\t')) {
        at++;
    }
    return at;
}

/* Compared as the most lenient reader does (Firefox takes any letter case, and blanks): one line
 * too many costs a way, one too few an address that is not counted. */
static bool is_candidate(const uint8_t *line, uint32_t len) {
    gc_span name = GC_SPAN("candidate");
    uint32_t at = skip_blanks(line, len, 0);
    if (len - at < 2 || (line[at] | 0x20) != 'a') {
        return false;
    }
    at = skip_blanks(line, len, at + 1);
    if (at == len || line[at] != '=') {
        return false;
    }
    at = skip_blanks(line, len, at + 1);
    bool same = len - at >= name.len;
    for (uint32_t i = 0; i < name.len && same; i++) {
        same = (line[at + i] | 0x20) == name.data[i];
    }
    return same;
}

/* Returns where the line ends that begins at `at`. A lone CR ends a line for some readers: it must
 * not hide a candidate from us. */
static uint32_t next_line(const uint8_t *sdp, uint32_t len, uint32_t at) {
    while (at < len && sdp[at] != '\n' && sdp[at] != '\r') {
        at++;
    }
    while (at < len && (sdp[at] == '\n' || sdp[at] == '\r')) {
        at++;
    }
    return at;
}

bool gc_description_has_candidate(gc_span sdp) {
    for (uint32_t at = 0, next; at < sdp.len; at = next) {
        next = next_line(sdp.data, sdp.len, at);
        if (is_candidate(sdp.data + at, next - at)) {
            return true;
        }
    }
    return false;
}

uint32_t gc_description_cut_candidates(uint8_t *sdp, uint32_t len, uint32_t max, uint32_t *kept) {
    uint32_t to = 0;
    *kept = 0;
    for (uint32_t at = 0, next; at < len; at = next) {
        next = next_line(sdp, len, at);
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
