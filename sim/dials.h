/* The dials of a process: its native links until they are open, by what was described to whom. Two
 * of different processes belong together when each has the other's description. */
#ifndef SIM_DIALS_H
#define SIM_DIALS_H

#include "core/base/limits.h"
#include "core/proto/client_output.h"
#include "rtc/rtc_output.h"

typedef struct sim_dial {
    uint32_t link;  /* the core's number */
    uint64_t local; /* hashes of the descriptions; 0: none yet */
    uint64_t remote;
    uint64_t remote_ms; /* when it got the other side's */
} sim_dial;

typedef struct sim_dials {
    uint32_t count;
    sim_dial dials[GC_LINKS_MAX];
} sim_dials;

/* Notes what the core asks of its links, and what these report. now_ms: the world's. */
void sim_dials_output(sim_dials *d, uint64_t now_ms, const gc_client_output *o);
void sim_dials_report(sim_dials *d, const gc_rtc_output *o);
/* The link has ended without a report. */
void sim_dials_end(sim_dials *d, uint32_t link);
/* The dial of these that belongs to one of another process; NULL: there is none. */
const sim_dial *sim_dials_match(const sim_dials *d, const sim_dial *other);

#endif
