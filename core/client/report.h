/* Report: which states of the client and of each peer the user has seen, and which changes are to
 * be reported. */
#ifndef GC_CLIENT_REPORT_H
#define GC_CLIENT_REPORT_H

#include "core/client/meeting.h"
#include "core/proto/views.h"

typedef struct gc_report {
    uint32_t state;     /* gc_client_state */
    uint32_t signaling; /* gc_signaling_state */
    uint32_t reason;
    gc_views views;
} gc_report;

/* Returns the client's state. */
enum gc_client_state gc__report_state(const gc_meeting *m, const gc_peers *ps);
/* Each fills *out and returns true when there is something to tell. */
bool gc__report_poll_state(gc_report *r, const gc_meeting *m, const gc_peers *ps, const gc_step *s,
                           gc_client_output *out);
bool gc__report_poll_peer(gc_report *r, gc_peers *ps, const gc_step *s, gc_client_output *out);
/* Reports the end of a peer of which everything else was reported, and frees its place. remember:
 * keeps which of its messages were shown, in case it comes back. The texts of *out are valid until
 * the next frame. */
bool gc__report_poll_end(gc_report *r, gc_peers *ps, const gc_step *s, bool remember,
                         gc_client_output *out);
/* Asserts that the ready list misses nothing that is to be reported. */
void gc__report_check(const gc_report *r, const gc_meeting *m, const gc_peers *ps,
                      const gc_step *s);

#endif
