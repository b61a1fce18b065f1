#include "peer/links.h"

#include "host/pages.h"

static uint64_t now_of(const gc_links *l) {
    return uv_now(l->network->options.loop);
}

void gc_links_open(gc_links *l, gc_client *client, gc_rtc *rtc, gc_network *network) {
    l->network = network;
    gc_bridge_open(&l->bridge, client, rtc);
}

bool gc_links_act(gc_links *l, const gc_client_output *o) {
    if (o->type == GC_CLIENT_LINK_OFFER || o->type == GC_CLIENT_LINK_ANSWER) {
        gc_network_prepare(l->network);
    }
    return gc_bridge_act(&l->bridge, now_of(l), o);
}

/* Carries out an output that is not for the core. */
static void carry(gc_links *l, const gc_rtc_output *o) {
    switch (o->type) {
    case GC_RTC_DATAGRAM:
    case GC_RTC_MULTICAST:
        gc_network_send(l->network, o);
        break;
    case GC_RTC_UNUSED:
        gc_pages_give_back(o->bytes.data, o->bytes.len);
        break;
    default:
        break;
    }
}

bool gc_links_report(gc_links *l) {
    gc_rtc_output moved;
    if (gc_bridge_tell_broken(&l->bridge, now_of(l))) {
        return true;
    }
    if (!gc_rtc_poll(l->bridge.rtc, &moved)) {
        return false;
    }
    if (!gc_bridge_report(&l->bridge, now_of(l), &moved)) {
        carry(l, &moved);
    }
    return true;
}
