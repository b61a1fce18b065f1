#include "rtc/link_reports.h"

#include "core/base/reason.h"
#include "core/proto/client_output.h"

void gc_link_reports_begin(gc_link_reports *r, uint64_t now_ms) {
    *r = (gc_link_reports){.path_ms = now_ms, .path = GC_PATH_UNKNOWN, .reason = GC_REASON_NONE};
}

void gc_link_reports_clear(gc_link_reports *r) {
    r->tell_closed = r->tell_buffered = r->tell_path = false;
}

void gc_link_reports_close(gc_link_reports *r, uint32_t reason) {
    gc_link_reports_clear(r);
    r->tell_closed = true;
    r->reason = (uint8_t)reason;
}

void gc_link_reports_sent(gc_link_reports *r) {
    r->tell_buffered = true;
}

void gc_link_reports_opened(gc_link_reports *r) {
    r->tell_path = true;
}

void gc_link_reports_moved(gc_link_reports *r, uint32_t path, bool open) {
    r->path = path;
    r->tell_path = open;
}

void gc_link_reports_used(gc_link_reports *r, uint64_t now_ms) {
    if (now_ms - r->path_ms >= GC_LINK_REPORTS_PATH_MS) {
        r->tell_path = true;
    }
}

static bool is_buffered_due(const gc_link_reports *r, const gc_link_reports_state *state) {
    bool fell =
        r->buffered > GC_RTC_BUFFERED_LOW_BYTES && state->buffered <= GC_RTC_BUFFERED_LOW_BYTES;
    return r->tell_buffered || (fell && state->open);
}

bool gc_link_reports_next(gc_link_reports *r, const gc_link_reports_state *state,
                          gc_rtc_output *out) {
    if (r->tell_closed) {
        r->tell_closed = false;
        *out = (gc_rtc_output){.type = GC_RTC_CLOSED, .value = r->reason};
        return true;
    }
    if (is_buffered_due(r, state)) {
        r->tell_buffered = false;
        r->buffered = state->buffered;
        *out = (gc_rtc_output){.type = GC_RTC_BUFFERED, .value = r->buffered};
        return true;
    }
    if (r->tell_path) {
        r->tell_path = false;
        r->path_ms = state->now_ms;
        *out = (gc_rtc_output){.type = GC_RTC_PATH, .value = r->path, .rtt_ms = state->rtt_ms};
        return true;
    }
    return false;
}
