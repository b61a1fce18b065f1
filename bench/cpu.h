/* What this process has cost so far. */
#ifndef GC_BENCH_CPU_H
#define GC_BENCH_CPU_H

#include <sys/resource.h>

/* Returns CPU seconds of this process, its own and the kernel's for it. */
static inline double bench_cpu_seconds(void) {
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
           (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

#endif
