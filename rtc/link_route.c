#include "rtc/link_route.h"
#include "rtc/candidate.h"

void gc_link_route_begin(gc_link_route *r) {
    *r = (gc_link_route){0};
}

void gc_link_route_hear(gc_link_route *r, uint32_t base, const gc_addr *from) {
    if (r->heard.to.family == 0) {
        r->heard = (gc_link_way){.to = *from, .base = base};
    }
}

void gc_link_route_select(gc_link_route *r, uint32_t base, const gc_addr *to) {
    r->selected = (gc_link_way){.to = *to, .base = base};
}

static void drop(gc_link_way *way, uint32_t base) {
    if (way->base == base) {
        *way = (gc_link_way){0};
    }
}

void gc_link_route_drop(gc_link_route *r, uint32_t base) {
    drop(&r->selected, base);
    drop(&r->heard, base);
}

bool gc_link_route_is(const gc_link_route *r, uint32_t base, const gc_addr *addr) {
    return base == r->selected.base && gc_candidate_same_addr(addr, &r->selected.to);
}

bool gc_link_route_known(const gc_link_route *r) {
    return r->selected.to.family != 0 || r->heard.to.family != 0;
}

bool gc_link_route_take(gc_link_route *r, gc_link_way *way) {
    if (r->selected.to.family != 0) {
        *way = r->selected;
        return true;
    }
    if (r->heard.to.family == 0 || r->heard_sent == GC_LINK_ROUTE_HEARD_MAX) {
        return false;
    }
    r->heard_sent++;
    *way = r->heard;
    return true;
}
