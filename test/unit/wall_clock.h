/* The clock of the wall for a test: OpenSSL's DTLS timer asks gettimeofday(), and a function of
 * this name in the program comes before that of libc. Included by the one source file of a program.
 */
#ifndef GC_TEST_WALL_CLOCK_H
#define GC_TEST_WALL_CLOCK_H

#include <stdint.h>
#include <sys/time.h>

/* Milliseconds since the clock began. */
static uint64_t wall_ms;

int gettimeofday(struct timeval *restrict tv, void *restrict zone) {
    (void)zone;
    tv->tv_sec = (time_t)(1800000000 + wall_ms / 1000);
    tv->tv_usec = (suseconds_t)(wall_ms % 1000 * 1000);
    return 0;
}

#endif
