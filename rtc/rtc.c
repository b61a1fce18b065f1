#include "rtc/rtc.h"

#include "core/base/arena.h"
#include "core/base/error.h"
#include "core/base/mem.h"
#include "core/base/number.h"
#include "core/base/secret.h"
#include "rtc/rtc_dispatch.h"

struct gc_rtc {
    uint64_t now_ms;
    bool asks;        /* multicast DNS may have something to say */
    uint64_t mdns_ms; /* its deadline, as of the last time when it had nothing more to say */
    gc_rtc_places places;
    gc_addr bases[GC_RTC_BASES_MAX]; /* family 0: none */
    gc_addr servers[GC_RTC_SERVERS_MAX];
    uint32_t server_count;
    gc_drbg drbg;
    gc_ice_gate gate;
    gc_mdns mdns;
    gc_certificate certificate;
    gc_dtls_context dtls;
    gc_sctp_pool pool;
    gc_arena arena; /* what is left is for places that are used for the first time */
    gc_peer_connection_shared shared;
    gc_rtc_dispatch dispatch;
    uint64_t unused_ms; /* when the pool is to be given back; GC_NEVER: it is small */
    uint32_t unused_count;
    gc_span unused[GC_SCTP_POOL_PIECES]; /* memory that is to be reported */
};

/* --- memory ----------------------------------------------------------------------------------- */

static uint32_t links_of(const gc_rtc_options *options) {
    return options->links_max == 0 ? GC_LINKS_MAX : options->links_max;
}

/* The budget for windows that a link's share is too small for: what is under way on a long path, in
 * either direction. One direction gets half of it at most (gc_sctp_pool_share()): the wide window.
 */
#define COMMON_BLOCKS (2 * GC_PEER_CONNECTION_WIDE_WINDOW_BYTES / GC_SCTP_BLOCK_BYTES)

/* Messages on their way in and out: the share that each link has for itself in both directions, one
 * of the longest messages, and the budget. For a room of 16 these are 67 MB of addresses, of which
 * an idle link touches nothing. */
static uint32_t pool_blocks_of(const gc_rtc_options *options) {
    return gc_rtc_places_count(links_of(options)) * 2 * GC_SCTP_SHARE_BLOCKS + COMMON_BLOCKS;
}

size_t gc_rtc_size(const gc_rtc_options *options) {
    gc_arena a;
    gc_arena_measure(&a);
    gc_arena_take(&a, 1, sizeof(gc_rtc));
    gc_rtc_places places;
    gc_rtc_places_init(&places, &a, links_of(options));
    gc_sctp_pool pool;
    gc_drbg drbg = {0};
    gc_sctp_pool_init(&pool, &a, &drbg, pool_blocks_of(options));
    for (uint32_t i = 0; i < places.count; i++) {
        gc_sctp sctp;
        gc_sctp_place(&sctp, &pool, &a);
    }
    return a.at;
}

/* Everything but OpenSSL's part. */
static gc_rtc *lay_out(gc_arena *a, const gc_rtc_options *options, const uint8_t seed[32]) {
    gc_rtc *r = gc_arena_take(a, 1, sizeof *r);
    memset(r, 0, sizeof *r);
    gc_rtc_places_init(&r->places, a, links_of(options));
    gc_rtc_dispatch_init(&r->dispatch);
    r->mdns_ms = r->unused_ms = GC_NEVER;
    gc_drbg_init(&r->drbg, seed);
    gc_ice_gate_init(&r->gate, &r->drbg);
    gc_mdns_init(&r->mdns);
    gc_sctp_pool_init(&r->pool, a, &r->drbg, pool_blocks_of(options));
    gc_sctp_pool_reserve(&r->pool, r->places.count);
    r->shared.drbg = &r->drbg;
    r->shared.gate = &r->gate;
    r->shared.mdns = &r->mdns;
    r->shared.dtls = &r->dtls;
    r->shared.fingerprint = r->certificate.fingerprint;
    r->shared.loopback = options->loopback;
    r->shared.relay_only = options->relay_only;
    r->shared.datagram_bytes_max = options->datagram_bytes_max;
    r->shared.message_bytes_max =
        options->message_bytes_max == 0 ? GC_FRAME_BYTES_MAX : options->message_bytes_max;
    return r;
}

gc_rtc *gc_rtc_init(void *memory, size_t bytes, const gc_rtc_options *options,
                    const uint8_t seed[32], uint64_t now_ms, uint64_t unix_s) {
    gc_assert(options->message_bytes_max <= GC_RTC_MESSAGE_BYTES_MAX &&
              options->datagram_bytes_max <= GC_RTC_DATAGRAM_BYTES_MAX &&
              options->links_max <= GC_LINKS_MAX);
    if (bytes < gc_rtc_size(options)) {
        return NULL;
    }
    gc_arena a;
    gc_arena_init(&a, memory, bytes);
    gc_rtc *r = lay_out(&a, options, seed);
    r->arena = a;
    r->now_ms = now_ms;
    if (gc_certificate_make(&r->certificate, &r->drbg, unix_s) == 0) {
        if (gc_dtls_context_init(&r->dtls, &r->certificate) == 0) {
            return r;
        }
        gc_certificate_end(&r->certificate);
    }
    gc_bytes_wipe(r, sizeof *r);
    return NULL;
}

static void step_clock(gc_rtc *r, uint64_t now_ms) {
    r->now_ms = gc_max_u64(r->now_ms, now_ms);
}

void gc_rtc_end(gc_rtc *r) {
    gc_rtc_places_end(&r->places);
    gc_dtls_context_end(&r->dtls);
    gc_certificate_end(&r->certificate);
    gc_bytes_wipe(r, sizeof *r);
}

/* --- requests --------------------------------------------------------------------------------- */

/* A new link with all own addresses and servers; NULL: there are links_max. */
static gc_rtc_place *make(gc_rtc *r, uint32_t link, uint32_t kind, bool offerer) {
    gc_rtc_close(r, r->now_ms, link);
    gc_rtc_place *l = gc_rtc_places_take(&r->places, link, &r->pool, &r->arena);
    if (l == NULL) {
        return NULL;
    }
    uint32_t owner = (uint32_t)(l - r->places.table);
    gc_peer_connection_begin(&l->connection, &r->shared, r->now_ms, owner, kind, offerer);
    for (uint32_t base = 0; base < GC_RTC_BASES_MAX; base++) {
        if (r->bases[base].family != 0) {
            gc_peer_connection_add_base(&l->connection, r->now_ms, base, &r->bases[base]);
        }
    }
    for (uint32_t i = 0; i < r->server_count; i++) {
        gc_peer_connection_add_server(&l->connection, r->now_ms, &r->servers[i]);
    }
    return l;
}

int gc_rtc_offer(gc_rtc *r, uint64_t now_ms, uint32_t link, uint32_t kind, gc_span label) {
    step_clock(r, now_ms);
    if (label.len > GC_RTC_LABEL_BYTES_MAX) {
        return GC_E_TOO_BIG;
    }
    gc_rtc_place *l = make(r, link, kind, true);
    if (l == NULL) {
        return GC_E_FULL;
    }
    gc_peer_connection_offer(&l->connection, label);
    return 0;
}

void gc_rtc_shape(gc_rtc *r, uint32_t link, const gc_dcep_form *form) {
    gc_rtc_place *l = gc_rtc_places_find(&r->places, link);
    if (l != NULL) {
        gc_peer_connection_shape(&l->connection, form);
    }
}

int gc_rtc_answer(gc_rtc *r, uint64_t now_ms, uint32_t link, uint32_t kind, gc_span sdp) {
    step_clock(r, now_ms);
    gc_rtc_place *l = make(r, link, kind, false);
    if (l == NULL) {
        return GC_E_FULL;
    }
    r->asks = true;
    gc_peer_connection_answer(&l->connection, r->now_ms, sdp);
    return 0;
}

void gc_rtc_remote(gc_rtc *r, uint64_t now_ms, uint32_t link, uint32_t kind, gc_span sdp) {
    step_clock(r, now_ms);
    gc_rtc_place *l = gc_rtc_places_find(&r->places, link);
    if (l != NULL) {
        l->ready = true;
        r->asks = true;
        gc_peer_connection_remote(&l->connection, r->now_ms, kind, sdp);
    }
}

int gc_rtc_restart(gc_rtc *r, uint64_t now_ms, uint32_t link) {
    step_clock(r, now_ms);
    gc_rtc_place *l = gc_rtc_places_find(&r->places, link);
    if (l == NULL) {
        return 0;
    }
    l->ready = true;
    return gc_peer_connection_restart(&l->connection, r->now_ms);
}

void gc_rtc_renew(gc_rtc *r, uint64_t now_ms, uint32_t link, gc_span sdp) {
    step_clock(r, now_ms);
    gc_rtc_place *l = gc_rtc_places_find(&r->places, link);
    if (l != NULL) {
        l->ready = true;
        r->asks = true;
        gc_peer_connection_renew(&l->connection, r->now_ms, sdp);
    }
}

void gc_rtc_candidate(gc_rtc *r, uint64_t now_ms, uint32_t link, gc_span text) {
    step_clock(r, now_ms);
    gc_rtc_place *l = gc_rtc_places_find(&r->places, link);
    if (l != NULL) {
        l->ready = true;
        r->asks = true;
        gc_peer_connection_candidate(&l->connection, r->now_ms, text);
    }
}

int gc_rtc_send(gc_rtc *r, uint64_t now_ms, uint32_t link, uint32_t channel, gc_span message) {
    step_clock(r, now_ms);
    gc_rtc_place *l = gc_rtc_places_find(&r->places, link);
    if (l == NULL) {
        return 0;
    }
    l->ready = true;
    return gc_peer_connection_send(&l->connection, r->now_ms, channel, message);
}

void gc_rtc_close(gc_rtc *r, uint64_t now_ms, uint32_t link) {
    step_clock(r, now_ms);
    gc_rtc_place *l = gc_rtc_places_find(&r->places, link);
    if (l != NULL) {
        l->ready = true;
        gc_rtc_places_forget(&r->places, l);
        gc_peer_connection_close(&l->connection, r->now_ms);
    }
}

/* --- the network ------------------------------------------------------------------------------ */

void gc_rtc_add_base(gc_rtc *r, uint64_t now_ms, uint32_t base, const gc_addr *address) {
    gc_assert(base < GC_RTC_BASES_MAX && r->bases[base].family == 0 && address->family != 0);
    step_clock(r, now_ms);
    r->bases[base] = *address;
    for (uint32_t i = 0; i < r->places.touched; i++) {
        gc_rtc_place *l = &r->places.table[i];
        if (l->used) {
            l->ready = true;
            gc_peer_connection_add_base(&l->connection, r->now_ms, base, address);
        }
    }
}

void gc_rtc_drop_base(gc_rtc *r, uint64_t now_ms, uint32_t base) {
    gc_assert(base < GC_RTC_BASES_MAX);
    step_clock(r, now_ms);
    if (r->bases[base].family == 0) {
        return;
    }
    r->bases[base] = (gc_addr){0};
    for (uint32_t i = 0; i < r->places.touched; i++) {
        gc_rtc_place *l = &r->places.table[i];
        if (l->used) {
            l->ready = true;
            gc_peer_connection_drop_base(&l->connection, r->now_ms, base);
        }
    }
}

static bool knows_server(const gc_rtc *r, const gc_addr *server) {
    for (uint32_t i = 0; i < r->server_count; i++) {
        if (gc_candidate_same_addr(&r->servers[i], server)) {
            return true;
        }
    }
    return false;
}

int gc_rtc_add_server(gc_rtc *r, uint64_t now_ms, const gc_addr *server) {
    step_clock(r, now_ms);
    if (!gc_candidate_addressable(server, r->shared.loopback)) {
        return GC_E_REFUSED;
    }
    if (knows_server(r, server)) {
        return 0;
    }
    if (r->server_count == GC_RTC_SERVERS_MAX) {
        return GC_E_FULL;
    }
    r->servers[r->server_count++] = *server;
    for (uint32_t i = 0; i < r->places.touched; i++) {
        gc_rtc_place *l = &r->places.table[i];
        if (l->used) {
            l->ready = true;
            gc_peer_connection_add_server(&l->connection, r->now_ms, server);
        }
    }
    return 0;
}

void gc_rtc_clear_servers(gc_rtc *r) {
    r->server_count = 0;
}

void gc_rtc_multicast(gc_rtc *r, uint64_t now_ms, uint16_t from_port, gc_span bytes) {
    step_clock(r, now_ms);
    r->asks = true;
    gc_mdns_datagram(&r->mdns, r->now_ms, from_port, bytes);
}

void gc_rtc_datagram(gc_rtc *r, uint64_t now_ms, uint32_t base, const gc_addr *from,
                     gc_span bytes) {
    step_clock(r, now_ms);
    if (base >= GC_RTC_BASES_MAX || bytes.len == 0 || bytes.len > GC_RTC_DATAGRAM_BYTES_MAX) {
        return;
    }
    gc_rtc_dispatch_take(&r->dispatch, &r->places, r->now_ms, base, from, bytes);
}

void gc_rtc_tick(gc_rtc *r, uint64_t now_ms) {
    step_clock(r, now_ms);
    r->asks = true;
    gc_mdns_tick(&r->mdns, r->now_ms);
    for (uint32_t i = 0; i < r->places.touched; i++) {
        gc_rtc_place *l = &r->places.table[i];
        if (l->used && gc_peer_connection_deadline(&l->connection) <= r->now_ms) {
            l->ready = true;
            gc_peer_connection_tick(&l->connection, r->now_ms);
        }
    }
}

uint64_t gc_rtc_deadline(const gc_rtc *r) {
    uint64_t at_ms = r->mdns_ms;
    if (gc_sctp_pool_is_idle(&r->pool)) {
        at_ms = gc_min_u64(at_ms, r->unused_ms);
    }
    for (uint32_t i = 0; i < r->places.touched; i++) {
        const gc_rtc_place *l = &r->places.table[i];
        if (l->used) {
            at_ms = gc_min_u64(at_ms, gc_peer_connection_deadline(&l->connection));
        }
    }
    return at_ms;
}

/* --- outputs ---------------------------------------------------------------------------------- */

/* One place: true when *out is filled. A link that has ended and has nothing more to say is let go.
 */
static bool poll_place(gc_rtc *r, gc_rtc_place *l, gc_rtc_output *out) {
    if (gc_peer_connection_poll(&l->connection, out)) {
        out->link = l->number;
        if (out->type == GC_RTC_CLOSED) {
            gc_rtc_places_forget(&r->places, l);
        }
        return true;
    }
    gc_rtc_places_drained(&r->places, l);
    if (l->connection.state == GC_PEER_CONNECTION_ENDED) {
        gc_rtc_places_let_go(l);
    }
    return false;
}

/* True when *out is filled: a question. An answer goes to its link. */
static bool poll_mdns(gc_rtc *r, gc_rtc_output *out) {
    gc_mdns_output mdns;
    while (r->asks && gc_mdns_poll(&r->mdns, &mdns)) {
        if (mdns.type == GC_MDNS_SEND) {
            *out = (gc_rtc_output){.type = GC_RTC_MULTICAST, .link = GC_NONE, .bytes = mdns.bytes};
            return true;
        }
        if (mdns.type == GC_MDNS_FOUND && r->places.table[mdns.owner].used) {
            r->places.table[mdns.owner].ready = true;
            gc_peer_connection_found(&r->places.table[mdns.owner].connection, r->now_ms,
                                     &mdns.candidate);
        }
    }
    if (r->asks) {
        r->asks = false;
        r->mdns_ms = gc_mdns_deadline(&r->mdns);
    }
    return false;
}

/* Memory is given back at the first moment when the pool holds nothing, some time after it was seen
 * to have grown. */
static bool poll_unused(gc_rtc *r, gc_rtc_output *out) {
    if (r->unused_count == 0 && gc_sctp_pool_is_idle(&r->pool)) {
        if (r->unused_ms == GC_NEVER) {
            r->unused_ms = r->now_ms + GC_RTC_UNUSED_MS;
        } else if (r->unused_ms <= r->now_ms) {
            r->unused_ms = GC_NEVER;
            gc_sctp_pool_rest(&r->pool, r->unused);
            r->unused_count = GC_SCTP_POOL_PIECES;
        }
    }
    if (r->unused_count == 0) {
        return false;
    }
    gc_span bytes = r->unused[--r->unused_count];
    *out = (gc_rtc_output){.type = GC_RTC_UNUSED, .link = GC_NONE, .bytes = bytes};
    return true;
}

bool gc_rtc_poll(gc_rtc *r, gc_rtc_output *out) {
    for (;;) {
        if (poll_mdns(r, out)) {
            return true;
        }
        gc_rtc_place *l = gc_rtc_places_next_ready(&r->places);
        if (l == NULL) {
            if (!gc_rtc_dispatch_go_on(&r->dispatch, &r->places, r->now_ms)) {
                return poll_unused(r, out);
            }
            continue;
        }
        if (poll_place(r, l, out)) {
            return true;
        }
    }
}
