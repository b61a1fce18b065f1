/* /metrics: counters and gauges as Prometheus reads them. Labels are words of ours, never input. */
#ifndef GC_SERVER_METRICS_H
#define GC_SERVER_METRICS_H

#include "core/base/writer.h"
#include "server/service.h"

/* Writes all metrics in Prometheus' text format 0.0.4. */
void gc_metrics_write(gc_service *service, gc_writer *w);

#endif
