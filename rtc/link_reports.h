/* Reports of a link: what its user learns beside messages, each at most once at a time, after the
 * parts of the link have nothing more to say: then a report says how things are after all of it.
 *
 *   CLOSED    once, with the reason
 *   BUFFERED  after each message that was sent, and when the bytes that wait have become few
 *   PATH      when the link opens, when its path changes, and now and then while it is used
 *
 * Source: rtc_output.h. */
#ifndef GC_RTC_LINK_REPORTS_H
#define GC_RTC_LINK_REPORTS_H

#include <stdbool.h>

#include "rtc/rtc_output.h"

/* The path of a link in use is reported again after this time. */
#define GC_LINK_REPORTS_PATH_MS 5000

typedef struct gc_link_reports {
    uint64_t path_ms;  /* when the path was reported */
    uint32_t buffered; /* bytes of the last BUFFERED */
    uint32_t path;     /* gc_path */
    uint8_t reason;    /* of CLOSED */
    bool tell_buffered;
    bool tell_path;
    bool tell_closed;
} gc_link_reports;

/* How things are, for the next report. */
typedef struct gc_link_reports_state {
    uint64_t now_ms;
    uint32_t buffered; /* bytes that wait to be sent */
    uint32_t rtt_ms;   /* of the path, 1 at least; 0: not known */
    bool open;         /* the link can be used */
} gc_link_reports_state;

/* Begins with nothing to report. */
void gc_link_reports_begin(gc_link_reports *r, uint64_t now_ms);
/* Owes CLOSED with this reason, and nothing else any more. */
void gc_link_reports_close(gc_link_reports *r, uint32_t reason);
/* Owes nothing any more. */
void gc_link_reports_clear(gc_link_reports *r);
/* Owes BUFFERED. */
void gc_link_reports_sent(gc_link_reports *r);
/* Owes PATH. */
void gc_link_reports_opened(gc_link_reports *r);
/* Takes a path, a gc_path; owes PATH when the link is open. */
void gc_link_reports_moved(gc_link_reports *r, uint32_t path, bool open);
/* Takes that a message came or went: owes PATH when the last one is long ago. */
void gc_link_reports_used(gc_link_reports *r, uint64_t now_ms);
/* Fills *out with the next report but for its `link`, or returns false when none is owed. */
bool gc_link_reports_next(gc_link_reports *r, const gc_link_reports_state *state,
                          gc_rtc_output *out);

#endif
