/* Candidate lines, and addresses as text: a line that is taken is written by us and read back as
 * the same candidate, to an address that a candidate may have. */
#include "core/base/assert.h"
#include "rtc/candidate.h"
#include "rtc/ip_text.h"

#include <string.h>

static void check_text(gc_span text) {
    gc_addr a, again;
    if (gc_ip_text_read(text, &a) != 0) {
        return;
    }
    uint8_t out[39];
    gc_writer w;
    gc_writer_init(&w, out, sizeof out);
    gc_ip_text_write(&a, &w);
    gc_assert(!w.failed && gc_ip_text_read(gc_writer_done(&w), &again) == 0);
    gc_assert(memcmp(&a, &again, sizeof a) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size > 4096) {
        return 0;
    }
    gc_span line = gc_span_of(data, (uint32_t)size);
    gc_candidate c, again;
    check_text(line);
    if (gc_candidate_parse(line, &c) != 0) {
        return 0;
    }
    gc_assert(c.named ? gc_candidate_name_ok(gc_span_of(c.name, sizeof c.name)) && c.addr.port != 0
                      : gc_candidate_addressable(&c.addr, true));
    uint8_t out[GC_CANDIDATE_LINE_BYTES_MAX];
    gc_writer w;
    gc_writer_init(&w, out, sizeof out);
    gc_candidate_write(&c, &w);
    gc_assert(!w.failed && gc_candidate_parse(gc_writer_done(&w), &again) == 0);
    if (c.type == GC_CANDIDATE_HOST) { /* its related address says nothing, and is not written */
        memset(&c.related, 0, sizeof c.related);
    }
    gc_assert(memcmp(&c, &again, sizeof c) == 0);
    return 0;
}
