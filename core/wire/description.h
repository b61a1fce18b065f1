/* Session descriptions (SDP, RFC 8866) as far as the core looks into them: each remote candidate
 * makes the transport send checks to an address that a stranger chose, so their number is bounded
 * inside a description as it is outside. */
#ifndef GC_WIRE_DESCRIPTION_H
#define GC_WIRE_DESCRIPTION_H

#include "core/base/span.h"

/* Removes the candidate attributes (RFC 8839 5.1) after the first `max` of them, in place. Sets
 * *kept to how many are left and returns the new length. Lines end in CR LF or LF; everything else
 * stays as it is, malformed or not. */
uint32_t gc_description_cut_candidates(uint8_t *sdp, uint32_t len, uint32_t max, uint32_t *kept);
/* Tells whether a description names a candidate. */
bool gc_description_has_candidate(gc_span sdp);

#endif
