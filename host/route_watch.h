/* Watch of the routes: reports that addresses, interfaces or routes of this machine have changed,
 * so that the owner calls gc_routes_find() again. The watch does not read which change it was: the
 * kernel makes several for one event, and only the state after the last of them counts.
 *
 *   zeroed --gc_route_watch_open--> open --gc_route_watch_close--> closing --the loop ran--> closed
 *
 * Source: rtnetlink(7). */
#ifndef GC_HOST_ROUTE_WATCH_H
#define GC_HOST_ROUTE_WATCH_H

#include <stdbool.h>
#include <uv.h>

/* The first change is reported at once, later ones together once in this time: a new network makes
 * a dozen changes, and a router with many routes makes thousands. */
#define GC_ROUTE_WATCH_MS 50

typedef struct gc_route_watch {
    uv_poll_t poll;
    uv_timer_t timer; /* active: `changed` was called within GC_ROUTE_WATCH_MS */
    int fd;
    bool open;
    bool missed; /* `changed` must be called once more when the timer ends */
    void (*changed)(void *context);
    void *context;
} gc_route_watch;

/* Opens a zeroed watch, which may not move after that. The loop calls `changed` after each change,
 * also after one that leaves all own addresses as they were. Returns 0, or -1 where the kernel
 * reports no changes: then w stays zeroed, and the owner must call gc_routes_find() at times of its
 * own choice. */
int gc_route_watch_open(gc_route_watch *w, uv_loop_t *loop, void (*changed)(void *context),
                        void *context);
/* Calls `changed` once more, GC_ROUTE_WATCH_MS after the last call: for an owner that could not
 * carry out a change whole. */
void gc_route_watch_again(gc_route_watch *w);
/* Closes the watch: `changed` is not called any more. The loop uses w until its next turn is over.
 * Does nothing with a watch that is not open. */
void gc_route_watch_close(gc_route_watch *w);

#endif
