#include "rtc/ice_passenger.h"

#include "core/base/mem.h"

void gc_ice_passenger_init(gc_ice_passenger *p) {
    p->rides = 0;
    p->len = 0;
}

bool gc_ice_passenger_load(gc_ice_passenger *p, gc_span datagram) {
    p->len = 0;
    if (datagram.len == 0 || datagram.len > sizeof p->bytes) {
        return false;
    }
    memcpy(p->bytes, datagram.data, datagram.len);
    p->len = datagram.len;
    return true;
}

void gc_ice_passenger_unload(gc_ice_passenger *p) {
    p->len = 0;
}

gc_span gc_ice_passenger_ride(gc_ice_passenger *p) {
    if (p->len == 0 || p->rides == GC_ICE_PASSENGER_RIDES_MAX) {
        return GC_SPAN_NONE;
    }
    p->rides++;
    return gc_span_of(p->bytes, p->len);
}
