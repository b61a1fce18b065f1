#include "rtc/peer_connection.h"

#include "core/base/error.h"
#include "core/base/mem.h"
#include "core/base/number.h"
#include "rtc/peer_connection_outputs.h"

_Static_assert(GC_PEER_CONNECTION_WIDE_WINDOW_BYTES / GC_SCTP_BLOCK_BYTES <= GC_SCTP_IN_TSNS,
               "a window of full chunks has places for their TSNs");

void gc_peer_connection_place(gc_peer_connection *p, gc_sctp_pool *pool, gc_arena *a) {
    gc_sctp_place(&p->sctp, pool, a);
}

void gc_peer_connection_begin(gc_peer_connection *p, gc_peer_connection_shared *shared,
                              uint64_t now_ms, uint32_t owner, uint32_t kind, bool offerer) {
    p->shared = shared;
    p->now_ms = now_ms;
    p->close_ms = GC_NEVER;
    p->candidates = 0;
    p->owner = owner;
    p->state = GC_PEER_CONNECTION_LINKING;
    p->ice_failed = p->tell_description = false;
    p->repeated = GC_SPAN_NONE;
    p->ice_ready = true;
    p->ice_ms = now_ms;
    gc_link_reports_begin(&p->reports, now_ms);
    gc_link_route_begin(&p->route);
    gc_silence_init(&p->silence);
    gc_negotiation_begin(&p->negotiation, offerer);
    gc_channels_init(&p->channels, kind, shared->message_bytes_max);
    gc_ice_init(&p->ice, now_ms,
                &(gc_ice_config){.drbg = shared->drbg,
                                 .gate = shared->gate,
                                 .controlling = offerer,
                                 .loopback = shared->loopback,
                                 .relay_only = shared->relay_only,
                                 .expires_ms = now_ms + GC_PEER_CONNECTION_OPEN_MS});
    gc_dtls_init(&p->dtls, shared->dtls);
    gc_sctp_begin(&p->sctp,
                  &(gc_sctp_config){.packet_bytes = GC_SCTP_PACKET_BYTES,
                                    .window_bytes = GC_PEER_CONNECTION_WINDOW_BYTES,
                                    .queue_bytes = GC_RTC_BUFFERED_MAX,
                                    .wide_window_bytes = GC_PEER_CONNECTION_WIDE_WINDOW_BYTES,
                                    .interleaves = true},
                  now_ms);
}

void gc_peer_connection_end(gc_peer_connection *p) {
    gc_mdns_forget(p->shared->mdns, p->owner);
    gc_sctp_end(&p->sctp);
    gc_dtls_end(&p->dtls);
    p->state = GC_PEER_CONNECTION_ENDED;
}

/* Begins an input, which ends what was borrowed from a part until the next output. */
static void step_clock(gc_peer_connection *p, uint64_t now_ms) {
    p->now_ms = gc_max_u64(p->now_ms, now_ms);
    p->repeated = GC_SPAN_NONE;
}

/* --- descriptions ----------------------------------------------------------------------------- */

void gc_peer_connection_add_base(gc_peer_connection *p, uint64_t now_ms, uint32_t base,
                                 const gc_addr *address) {
    step_clock(p, now_ms);
    p->ice_ready = true;
    gc_ice_add_base(&p->ice, p->now_ms, base, address);
}

void gc_peer_connection_drop_base(gc_peer_connection *p, uint64_t now_ms, uint32_t base) {
    step_clock(p, now_ms);
    p->ice_ready = true;
    gc_link_route_drop(&p->route, base);
    gc_ice_drop_base(&p->ice, p->now_ms, base);
}

void gc_peer_connection_add_server(gc_peer_connection *p, uint64_t now_ms, const gc_addr *server) {
    step_clock(p, now_ms);
    p->ice_ready = true;
    gc_ice_add_server(&p->ice, p->now_ms, server);
}

void gc_peer_connection_found(gc_peer_connection *p, uint64_t now_ms, const gc_candidate *found) {
    step_clock(p, now_ms);
    if (gc_peer_connection_lives(p)) {
        p->ice_ready = true;
        gc_ice_add_candidate(&p->ice, p->now_ms, found);
    }
}

void gc_peer_connection_offer(gc_peer_connection *p, gc_span label) {
    gc_assert(p->negotiation.offerer);
    gc_channels_offer(&p->channels, label);
    p->tell_description = true;
}

void gc_peer_connection_shape(gc_peer_connection *p, const gc_dcep_form *form) {
    gc_channels_shape(&p->channels, form);
}

static void add_candidate(gc_peer_connection *p, gc_span text) {
    gc_candidate candidate;
    if (p->candidates == GC_CANDIDATES_MAX || gc_candidate_parse(text, &candidate) != 0) {
        return;
    }
    p->candidates++;
    if (candidate.named && (gc_ice_connected(&p->ice) || p->shared->relay_only)) {
        return; /* there is a way already: the browser found us; or no relay reaches that address */
    }
    if (candidate.named) {
        gc_mdns_ask(p->shared->mdns, p->now_ms, p->owner, &candidate);
    } else {
        p->ice_ready = true;
        gc_ice_add_candidate(&p->ice, p->now_ms, &candidate);
    }
}

static void widen(gc_peer_connection *p, bool ours) {
    uint32_t most = p->shared->datagram_bytes_max;
    if (!ours && most > GC_RTC_DATAGRAM_BYTES_OTHERS) {
        most = GC_RTC_DATAGRAM_BYTES_OTHERS;
    }
    if (most > GC_DTLS_MTU_BYTES) {
        gc_sctp_widen(&p->sctp, most - GC_DTLS_OVERHEAD_BYTES);
    }
}

static bool take_description(gc_peer_connection *p, gc_span text) {
    gc_sdp sdp;
    p->ice_ready = true;
    if (gc_negotiation_take(&p->negotiation, text, &sdp) != 0 ||
        gc_ice_remote(&p->ice, p->now_ms, sdp.ufrag, sdp.pwd) != 0) {
        return false;
    }
    gc_ice_pace(&p->ice, sdp.ice_pacing_ms);
    gc_dtls_expect(&p->dtls, sdp.fingerprint, sdp.ours);
    widen(p, sdp.ours);
    gc_peer_connection_try_dtls(p);
    if (gc_sctp_agree(&p->sctp, gc_span_of(sdp.sctp_init, sdp.sctp_init_len)) == 0) {
        gc_negotiation_agree(&p->negotiation);
    }
    for (uint32_t i = 0; i < sdp.candidate_count; i++) {
        add_candidate(p, sdp.candidates[i]);
    }
    return true;
}

void gc_peer_connection_answer(gc_peer_connection *p, uint64_t now_ms, gc_span sdp) {
    gc_assert(!p->negotiation.offerer);
    step_clock(p, now_ms);
    if (take_description(p, sdp)) {
        p->tell_description = true;
    } else {
        gc_peer_connection_fail(p, GC_REASON_ICE_FAILED);
    }
}

/* --- restarts of ICE: the rest of the link stays as it is ------------------------------------- */

int gc_peer_connection_restart(gc_peer_connection *p, uint64_t now_ms) {
    step_clock(p, now_ms);
    int error = gc_peer_connection_lives(p) ? gc_ice_restart(&p->ice, p->now_ms) : GC_E_STATE;
    if (error == 0) {
        p->ice_ready = true;
        p->tell_description = true;
        gc_negotiation_offer_again(&p->negotiation);
    }
    return error;
}

/* Takes a later description. Another fingerprint would need another session of DTLS (RFC 8842 5.5):
 * who has another certificate makes another link. */
static bool take_again(gc_peer_connection *p, gc_span text) {
    gc_sdp sdp;
    p->ice_ready = true;
    if (gc_negotiation_take_again(&p->negotiation, text, &sdp) != 0 ||
        memcmp(sdp.fingerprint, p->dtls.expected, sizeof p->dtls.expected) != 0) {
        return false;
    }
    bool known = gc_ice_remote(&p->ice, p->now_ms, sdp.ufrag, sdp.pwd) == 0;
    if (!known && gc_ice_restart(&p->ice, p->now_ms) == 0) {
        known = gc_ice_remote(&p->ice, p->now_ms, sdp.ufrag, sdp.pwd) == 0;
    }
    p->candidates = 0;
    for (uint32_t i = 0; i < sdp.candidate_count; i++) {
        add_candidate(p, sdp.candidates[i]);
    }
    return known;
}

/* Both sides may offer at once: the side that made the first offer goes on with its own. */
void gc_peer_connection_renew(gc_peer_connection *p, uint64_t now_ms, gc_span sdp) {
    step_clock(p, now_ms);
    if (!gc_peer_connection_lives(p) || !p->dtls.expects ||
        (gc_ice_restarting(&p->ice) && p->negotiation.offerer)) {
        return;
    }
    gc_negotiation_answer_again(&p->negotiation);
    if (take_again(p, sdp)) {
        p->tell_description = true;
    } else {
        gc_peer_connection_fail(p, GC_REASON_PROTOCOL);
    }
}

void gc_peer_connection_remote(gc_peer_connection *p, uint64_t now_ms, uint32_t kind, gc_span sdp) {
    step_clock(p, now_ms);
    if (gc_peer_connection_lives(p) && gc_ice_restarting(&p->ice)) {
        if (!take_again(p, sdp)) {
            gc_peer_connection_fail(p, GC_REASON_PROTOCOL);
        }
        return;
    }
    if (p->state != GC_PEER_CONNECTION_LINKING || !p->negotiation.offerer || p->dtls.expects) {
        return;
    }
    if (kind == GC_LINK_KIND_EITHER || !take_description(p, sdp)) {
        gc_peer_connection_fail(p, GC_REASON_ICE_FAILED);
        return;
    }
    gc_channels_settle(&p->channels, kind);
    gc_peer_connection_try_dtls(p);
}

void gc_peer_connection_candidate(gc_peer_connection *p, uint64_t now_ms, gc_span text) {
    step_clock(p, now_ms);
    if (gc_peer_connection_lives(p)) {
        add_candidate(p, text);
    }
}

/* --- data ------------------------------------------------------------------------------------- */

int gc_peer_connection_send(gc_peer_connection *p, uint64_t now_ms, uint32_t channel,
                            gc_span message) {
    step_clock(p, now_ms);
    if (p->state != GC_PEER_CONNECTION_OPEN) {
        return GC_E_STATE;
    }
    if (message.len > GC_RTC_MESSAGE_BYTES_MAX || message.len > p->negotiation.message_bytes_max) {
        return GC_E_TOO_BIG;
    }
    int error = gc_channels_send(&p->channels, &p->sctp, p->now_ms, channel, message);
    if (error == 0) {
        gc_link_reports_sent(&p->reports);
        gc_peer_connection_use(p, channel);
    }
    return error;
}

void gc_peer_connection_close(gc_peer_connection *p, uint64_t now_ms) {
    step_clock(p, now_ms);
    gc_link_reports_clear(&p->reports);
    if (gc_peer_connection_lives(p)) {
        gc_peer_connection_wind_up(p);
    }
}

int gc_peer_connection_stun(gc_peer_connection *p, uint64_t now_ms, uint32_t base,
                            const gc_addr *from, gc_span datagram) {
    step_clock(p, now_ms);
    if (p->state == GC_PEER_CONNECTION_ENDED) {
        return GC_E_NOT_FOUND;
    }
    p->ice_ready = true;
    int result = gc_ice_datagram(&p->ice, p->now_ms, base, from, datagram);
    gc_span came = result == 0 ? gc_ice_passenger_came(&p->ice) : GC_SPAN_NONE;
    if (came.len > 0) {
        gc_dtls_passenger(&p->dtls, p->now_ms, came);
    }
    return result;
}

void gc_peer_connection_dtls(gc_peer_connection *p, uint64_t now_ms, gc_span datagram) {
    step_clock(p, now_ms);
    gc_dtls_datagram(&p->dtls, p->now_ms, datagram);
}

/* The peer sends on another pair than this side: it may have left the one in use. */
void gc_peer_connection_came_from(gc_peer_connection *p, uint64_t now_ms, uint32_t base,
                                  const gc_addr *from) {
    if (p->state == GC_PEER_CONNECTION_OPEN && !gc_link_route_is(&p->route, base, from)) {
        step_clock(p, now_ms);
        p->ice_ready = true;
        gc_ice_elsewhere(&p->ice, p->now_ms);
    }
}

bool gc_peer_connection_accepts(const gc_peer_connection *p, uint32_t base, const gc_addr *from) {
    return p->state != GC_PEER_CONNECTION_ENDED && gc_ice_accepts(&p->ice, base, from);
}

void gc_peer_connection_tick(gc_peer_connection *p, uint64_t now_ms) {
    step_clock(p, now_ms);
    if (p->state == GC_PEER_CONNECTION_ENDED) {
        return;
    }
    if (p->now_ms >= p->ice_ms) {
        p->ice_ready = true;
        gc_ice_tick(&p->ice, p->now_ms);
    }
    if (p->now_ms >= gc_silence_due_ms(&p->silence, gc_ice_rtt_ms(&p->ice))) {
        gc_silence_asked(&p->silence, p->now_ms);
        p->ice_ready = true;
        gc_ice_ask(&p->ice, p->now_ms);
    }
    gc_dtls_tick(&p->dtls, p->now_ms);
    gc_sctp_tick(&p->sctp, p->now_ms);
    if (p->now_ms >= p->close_ms) {
        gc_peer_connection_finish(p);
    }
}

uint64_t gc_peer_connection_deadline(const gc_peer_connection *p) {
    if (p->state == GC_PEER_CONNECTION_ENDED) {
        return GC_NEVER;
    }
    /* A round trip that became shorter may have made the question overdue: the next tick asks it.
     */
    uint64_t ask_ms = gc_silence_due_ms(&p->silence, gc_ice_rtt_ms(&p->ice));
    ask_ms = gc_max_u64(ask_ms, p->now_ms + 1);
    uint64_t below = gc_min_u64(gc_min_u64(p->ice_ms, ask_ms), gc_dtls_deadline(&p->dtls));
    return gc_min_u64(p->close_ms, gc_min_u64(below, gc_sctp_deadline(&p->sctp)));
}

bool gc_peer_connection_poll(gc_peer_connection *p, gc_rtc_output *out) {
    return gc_peer_connection_outputs_next(p, out);
}
