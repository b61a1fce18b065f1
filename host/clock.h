/* Wall-clock time, for the Date header and the dates of a certificate, and nothing else: all timers
 * use the loop's monotonic clock (uv_now), read once per wake-up. */
#ifndef GC_HOST_CLOCK_H
#define GC_HOST_CLOCK_H

#include <stdint.h>

#define GC_CLOCK_DATE_BYTES 30 /* RFC 9110 5.6.7 IMF-fixdate, with the final zero */

/* Writes the present time, "Sun, 06 Nov 1994 08:49:37 GMT". */
void gc_clock_http_date(char out[GC_CLOCK_DATE_BYTES]);
/* Returns the seconds since 1970 (UTC). */
uint64_t gc_clock_unix_s(void);

#endif
