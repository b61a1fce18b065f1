#include "peer/network.h"
#include "core/base/assert.h"
#include "core/base/error.h"
#include "rtc/candidate.h"
#include "rtc/mdns.h"

_Static_assert(GC_BASES_MAX == GC_RTC_BASES_MAX, "bases are known by the same numbers");
_Static_assert(2 * GC_STUN_SERVERS_MAX <= GC_RTC_SERVERS_MAX, "each URL, in both families");
_Static_assert(GC_RTC_DATAGRAM_BYTES_MAX <= GC_UDP_BYTES_MAX, "what links send can be sent");

static uint64_t now_of(const gc_network *n) {
    return uv_now(n->options.loop);
}

static void on_datagram(gc_udp *u, const gc_udp_datagram *d) {
    gc_network *n = u->group->context;
    gc_rtc *rtc = n->options.rtc;
    if (gc_bases_is_group(u)) {
        gc_rtc_multicast(rtc, now_of(n), d->from.port, d->bytes);
    } else {
        gc_rtc_datagram(rtc, now_of(n), u->number, &d->from, d->bytes);
    }
    n->options.came(n->options.context);
}

/* --- STUN servers ----------------------------------------------------------------------------- */

static void on_found(uv_idle_t *idle) {
    gc_network *n = idle->data;
    uv_idle_stop(idle);
    n->options.came(n->options.context);
}

/* Comes also in the middle of a call of the owner, which the loop then tells. The address is one
 * that a stranger named, as those of candidates are. */
static void on_server(void *context, const gc_addr *server) {
    gc_network *n = context;
    if (gc_candidate_addressable(server, n->options.loopback)) {
        int error = gc_rtc_add_server(n->options.rtc, now_of(n), server);
        gc_assert(error != GC_E_FULL);
        uv_idle_start(&n->found, on_found);
    }
}

void gc_network_servers(gc_network *n, gc_span json) {
    gc_stun_list list;
    if (n->options.stun.count == 0 && !n->options.relay_only) {
        list.count = gc_stun_url_read_list(json, list.urls, GC_STUN_SERVERS_MAX);
        gc_rtc_clear_servers(n->options.rtc);
        gc_stun_servers_set(&n->stun, &list);
    }
}

/* --- datagrams -------------------------------------------------------------------------------- */

/* No answer counts any more. */
static void on_asked(uv_timer_t *timer) {
    gc_network *n = timer->data;
    gc_bases_quiet(&n->bases);
}

void gc_network_send(gc_network *n, const gc_rtc_output *output) {
    if (output->type == GC_RTC_DATAGRAM) {
        gc_bases_send(&n->bases, output->value, &output->to, output->bytes);
    } else if (output->type == GC_RTC_MULTICAST) {
        gc_bases_ask(&n->bases, output->bytes);
        uv_timer_start(&n->asked, on_asked, GC_MDNS_LOST_MS, 0);
    }
}

void gc_network_hold(gc_network *n) {
    gc_bases_hold(&n->bases);
}

void gc_network_release(gc_network *n) {
    gc_bases_release(&n->bases);
}

/* --- own addresses ---------------------------------------------------------------------------- */

static gc_bases_change look(gc_network *n) {
    gc_bases_change change = gc_bases_look(&n->bases, n->options.addresses);
    for (uint32_t i = 0; i < GC_BASES_MAX; i++) {
        if ((change.gone & 1u << i) != 0) {
            gc_rtc_drop_base(n->options.rtc, now_of(n), i);
        }
    }
    for (uint32_t i = 0; i < GC_BASES_MAX; i++) {
        if ((change.come & 1u << i) != 0) {
            gc_rtc_add_base(n->options.rtc, now_of(n), i, &n->bases.addresses[i]);
        }
    }
    return change;
}

static void on_routes(void *context) {
    gc_network *n = context;
    gc_bases_change change = look(n);
    if (change.gone != 0) {
        gc_route_watch_again(&n->watch); /* for one that found no number free */
    }
    if ((change.gone | change.come) != 0) {
        n->options.came(n->options.context);
    }
}

/* Nobody learns our addresses before the first link, and a machine that had no network at the join
 * may have one now. Where the kernel tells no changes, each link looks for itself. */
void gc_network_prepare(gc_network *n) {
    gc_stun_servers_ask(&n->stun);
    if (!n->watch.open) {
        gc_route_watch_open(&n->watch, n->options.loop, on_routes, n);
        look(n);
    }
}

/* --- life ------------------------------------------------------------------------------------- */

int gc_network_open(gc_network *n, const gc_network_options *options) {
    if (gc_bases_open(&n->bases, options->loop, on_datagram, n) != 0) {
        return -1;
    }
    n->options = *options;
    uv_idle_init(options->loop, &n->found);
    n->found.data = n;
    uv_timer_init(options->loop, &n->asked);
    n->asked.data = n;
    gc_stun_servers_open(&n->stun, options->loop, options->name_servers, on_server, n);
    if (!options->relay_only) {
        gc_stun_servers_set(&n->stun, &options->stun); /* their names are asked for at once */
    }
    return 0;
}

void gc_network_close(gc_network *n) {
    gc_route_watch_close(&n->watch);
    gc_bases_close(&n->bases);
    gc_stun_servers_close(&n->stun);
    uv_close((uv_handle_t *)&n->asked, NULL);
    uv_close((uv_handle_t *)&n->found, NULL);
}

void gc_network_free(gc_network *n) {
    gc_bases_free(&n->bases);
}
