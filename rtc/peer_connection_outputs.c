#include "rtc/peer_connection_outputs.h"

#include "core/base/error.h"

/* The result of one look at a part. */
enum progress {
    NOTHING, /* the part has nothing to say */
    AGAIN,   /* something happened inside: look again */
    GIVEN,   /* *out is filled */
};

/* --- ICE -------------------------------------------------------------------------------------- */

static enum progress give_datagram(gc_rtc_output *out, uint32_t base, const gc_addr *to,
                                   gc_span bytes) {
    *out = (gc_rtc_output){.type = GC_RTC_DATAGRAM, .value = base, .to = *to, .bytes = bytes};
    return GIVEN;
}

static enum progress give_candidate(gc_peer_connection *p, const gc_candidate *candidate,
                                    gc_rtc_output *out) {
    gc_writer w;
    gc_writer_init(&w, p->shared->text, sizeof p->shared->text);
    gc_candidate_write(candidate, &w);
    *out = (gc_rtc_output){.type = GC_RTC_CANDIDATE,
                           .bytes = gc_writer_done(&w),
                           .mid = gc_negotiation_mid(&p->negotiation)};
    return gc_peer_connection_lives(p) ? GIVEN : AGAIN;
}

static void select_pair(gc_peer_connection *p, const gc_ice_output *ice) {
    bool elsewhere = !gc_link_route_is(&p->route, ice->base, &ice->addr);
    gc_link_route_select(&p->route, ice->base, &ice->addr);
    gc_mdns_forget(p->shared->mdns, p->owner);
    gc_link_reports_moved(&p->reports, ice->path, p->state == GC_PEER_CONNECTION_OPEN);
    gc_sctp_moved(&p->sctp, p->now_ms, elsewhere);
    gc_dtls_round_trip(&p->dtls, ice->rtt_ms);
}

static enum progress poll_ice(gc_peer_connection *p, gc_rtc_output *out) {
    gc_ice_output ice;
    if (!p->ice_ready) {
        return NOTHING;
    }
    if (!gc_ice_poll(&p->ice, &ice)) {
        p->ice_ready = false;
        p->ice_ms = gc_ice_deadline(&p->ice);
        return NOTHING;
    }
    switch (ice.type) {
    case GC_ICE_SEND:
        return give_datagram(out, ice.base, &ice.addr, ice.bytes);
    case GC_ICE_CANDIDATE:
        return give_candidate(p, &ice.candidate, out);
    case GC_ICE_HEARD:
        gc_link_route_hear(&p->route, ice.base, &ice.addr);
        break;
    case GC_ICE_SELECTED:
        select_pair(p, &ice);
        break;
    case GC_ICE_FAILED:
        p->ice_failed = true;
        gc_peer_connection_break_off(p, GC_REASON_GONE);
        break;
    }
    gc_peer_connection_try_dtls(p);
    return AGAIN;
}

/* --- channels --------------------------------------------------------------------------------- */

static enum progress on_event(gc_peer_connection *p, const gc_channels_event *event,
                              gc_rtc_output *out) {
    if (!gc_peer_connection_lives(p)) {
        return AGAIN;
    }
    switch (event->type) {
    case GC_CHANNELS_EVENT_OPENED:
        p->state = GC_PEER_CONNECTION_OPEN;
        gc_link_reports_opened(&p->reports);
        *out = (gc_rtc_output){.type = GC_RTC_OPENED};
        return GIVEN;
    case GC_CHANNELS_EVENT_MESSAGE:
        gc_peer_connection_use(p, event->channel);
        *out =
            (gc_rtc_output){.type = GC_RTC_MESSAGE, .value = event->channel, .bytes = event->bytes};
        return GIVEN;
    case GC_CHANNELS_EVENT_ENDED:
        gc_peer_connection_fail(p, event->reason);
        return AGAIN;
    default:
        return AGAIN;
    }
}

/* --- DTLS ------------------------------------------------------------------------------------- */

/* Returns where a datagram goes. The other side may make link after link: an address that answered
 * none of our checks has one rate for all of them. */
static bool find_way(gc_peer_connection *p, gc_link_way *way) {
    bool answered = p->route.selected.to.family != 0;
    return gc_link_route_take(&p->route, way) &&
           (answered || gc_ice_gate_pass(p->shared->gate, p->now_ms, &way->to));
}

/* A datagram without a way is lost; DTLS and SCTP send again. */
static enum progress route(gc_peer_connection *p, gc_span bytes, gc_rtc_output *out) {
    gc_link_way way;
    if (gc_sctp_awaits(&p->sctp)) {
        gc_silence_sent(&p->silence, p->now_ms);
    }
    if (gc_peer_connection_carries(p)) {
        gc_ice_carry(&p->ice, bytes);
    }
    if (p->ice_failed || !find_way(p, &way)) {
        return AGAIN;
    }
    return give_datagram(out, way.base, &way.to, bytes);
}

/* The channels can be used before the association is up: their first messages leave at once where
 * both sides told their INITs, else with the COOKIE ECHO, which saves a round trip (RFC 9260 5.1).
 */
static enum progress on_authenticated(gc_peer_connection *p, gc_rtc_output *out) {
    if (!gc_peer_connection_lives(p)) {
        gc_peer_connection_finish(p);
        return AGAIN;
    }
    uint32_t rtt_ms = gc_ice_rtt_ms(&p->ice);
    if (rtt_ms > 0) {
        gc_sctp_round_trip(&p->sctp, rtt_ms);
    }
    gc_sctp_connect(&p->sctp, p->now_ms);
    gc_channels_event event =
        gc_channels_up(&p->channels, &p->sctp, p->now_ms, p->negotiation.client);
    return on_event(p, &event, out);
}

/* The reason when the other side ends the transport. A stock PeerJS application closes a connection
 * so; peers of ours say BYE before, and one that says nothing comes back. */
static uint32_t farewell(const gc_peer_connection *p) {
    return p->channels.kind == GC_LINK_KIND_DATA ? GC_REASON_LEFT : GC_REASON_GONE;
}

static enum progress poll_dtls(gc_peer_connection *p, gc_rtc_output *out) {
    gc_dtls_output dtls;
    if (p->repeated.len > 0) {
        gc_span bytes = p->repeated;
        p->repeated = GC_SPAN_NONE;
        return route(p, bytes, out);
    }
    if (!gc_dtls_poll(&p->dtls, &dtls)) {
        return NOTHING;
    }
    switch (dtls.type) {
    case GC_DTLS_DATAGRAM:
        /* Somebody waits for a handshake, and few flights that are sent again suffice for OpenSSL
         * to give up: each of them goes out twice, once a pair is in use. */
        p->repeated = dtls.again && p->route.selected.to.family != 0 ? dtls.bytes : GC_SPAN_NONE;
        return route(p, dtls.bytes, out);
    case GC_DTLS_OPENED:
        return on_authenticated(p, out);
    case GC_DTLS_DATA:
        gc_silence_ended(&p->silence);
        gc_sctp_packet(&p->sctp, p->now_ms, dtls.bytes);
        break;
    default:
        gc_peer_connection_break_off(p, dtls.reason == GC_REASON_GONE ? farewell(p) : dtls.reason);
    }
    return AGAIN;
}

/* --- SCTP ------------------------------------------------------------------------------------- */

static uint32_t reason_of(const gc_peer_connection *p, uint32_t sctp_reason) {
    switch (sctp_reason) {
    case GC_SCTP_VIOLATION:
    case GC_SCTP_EXCESS:
        return GC_REASON_PROTOCOL;
    case GC_SCTP_CLOSED:
    case GC_SCTP_ABORTED:
        return farewell(p);
    default:
        return GC_REASON_GONE;
    }
}

/* The queue of DTLS was drained before: a packet always fits. */
static void seal(gc_peer_connection *p, gc_span packet) {
    int error = gc_dtls_send(&p->dtls, packet);
    gc_assert(error != GC_E_FULL);
}

static enum progress poll_sctp(gc_peer_connection *p, gc_rtc_output *out) {
    gc_sctp_output sctp;
    if (!gc_sctp_poll(&p->sctp, &sctp)) {
        return NOTHING;
    }
    gc_channels_event event = {0};
    switch (sctp.kind) {
    case GC_SCTP_PACKET:
        seal(p, sctp.bytes);
        break;

    case GC_SCTP_MESSAGE:
        event = gc_channels_message(&p->channels, &p->sctp, p->now_ms, &sctp.message);
        break;
    case GC_SCTP_RESET_IN:
        event = gc_channels_reset_in(&p->channels, sctp.message.stream);
        break;
    case GC_SCTP_RESET_OUT:
        gc_channels_reset_out(&p->channels);
        break;
    case GC_SCTP_WRITABLE:
        if (p->state == GC_PEER_CONNECTION_OPEN) {
            gc_link_reports_sent(&p->reports);
        }
        break;
    case GC_SCTP_DOWN:
        gc_peer_connection_break_off(p, reason_of(p, sctp.reason));
        break;
    default:
        break; /* UP: the channels are in use already */
    }
    return on_event(p, &event, out);
}

/* --- reports ---------------------------------------------------------------------------------- */

static void give_description(gc_peer_connection *p, gc_rtc_output *out) {
    uint8_t init[GC_SCTP_TOLD_INIT_BYTES_MAX];
    gc_writer w;
    gc_writer_init(&w, p->shared->text, sizeof p->shared->text);
    gc_negotiation_write(&p->negotiation, p->shared->drbg, gc_ice_local(&p->ice),
                         p->shared->fingerprint, GC_RTC_MESSAGE_BYTES_MAX,
                         gc_sctp_tell(&p->sctp, init), &w);
    gc_assert(!w.failed);
    *out = (gc_rtc_output){.type = GC_RTC_DESCRIPTION, .bytes = gc_writer_done(&w)};
}

/* Reports come when the parts have nothing to say: they tell how it is after all of that. */
static enum progress report(gc_peer_connection *p, gc_rtc_output *out) {
    gc_link_reports_state state = {.now_ms = p->now_ms,
                                   .buffered = gc_sctp_buffered(&p->sctp),
                                   .rtt_ms = gc_ice_rtt_ms(&p->ice),
                                   .open = p->state == GC_PEER_CONNECTION_OPEN};
    if (gc_link_reports_next(&p->reports, &state, out)) {
        return GIVEN;
    }
    if (p->state == GC_PEER_CONNECTION_CLOSING && p->dtls.state == GC_DTLS_CONNECTED &&
        gc_channels_closed(&p->channels)) {
        gc_peer_connection_finish(p);
        return AGAIN;
    }
    return NOTHING;
}

static enum progress look(gc_peer_connection *p, gc_rtc_output *out) {
    if (p->tell_description) {
        p->tell_description = false;
        give_description(p, out);
        return GIVEN;
    }
    bool ended = p->state == GC_PEER_CONNECTION_ENDED;
    /* A ClientHello that goes along with a check must be there before the check. */
    enum progress progress = gc_peer_connection_carries(p) ? poll_dtls(p, out) : NOTHING;
    if (progress == NOTHING && !ended) {
        progress = poll_ice(p, out);
    }
    if (progress == NOTHING) {
        progress = poll_dtls(p, out);
    }
    if (progress == NOTHING && !ended) {
        progress = poll_sctp(p, out);
    }
    return progress == NOTHING ? report(p, out) : progress;
}

bool gc_peer_connection_outputs_next(gc_peer_connection *p, gc_rtc_output *out) {
    enum progress progress = AGAIN;
    while (progress == AGAIN) {
        progress = look(p, out);
    }
    return progress == GIVEN;
}
