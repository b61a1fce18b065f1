#include "rtc/peer_connection.h"

#include "core/base/error.h"
#include "core/base/mem.h"
#include "core/base/number.h"

/* The window and the queue of an association: each holds at least two of the longest messages. */
#define WINDOW_BYTES (3 * GC_SCTP_MESSAGE_BYTES_MAX)
#define QUEUE_BYTES  GC_RTC_BUFFERED_MAX

/* The result of one look at a part. */
enum progress {
    NOTHING, /* the part has nothing to say */
    AGAIN,   /* something happened inside: look again */
    GIVEN,   /* *out is filled */
};

void gc_peer_connection_place(gc_peer_connection *p, gc_sctp_pool *pool, gc_arena *a) {
    gc_sctp_place(&p->sctp, pool, a);
}

void gc_peer_connection_begin(gc_peer_connection *p, gc_peer_connection_shared *shared,
                              uint64_t now_ms, uint32_t owner, uint32_t kind, bool offerer) {
    p->shared = shared;
    p->now_ms = now_ms;
    p->close_ms = GC_NEVER;
    p->path_ms = now_ms;
    p->buffered_told = p->heard_sent = p->candidates = 0;
    p->message_bytes_max = 0;
    p->path = GC_PATH_UNKNOWN;
    p->owner = owner;
    p->selected = p->heard = (gc_peer_connection_route){0};
    p->state = GC_PEER_CONNECTION_LINKING;
    p->reason = GC_REASON_NONE;
    p->offerer = offerer;
    p->client = p->ice_failed = false;
    p->ice_ready = true;
    p->ice_ms = now_ms;
    p->tell_description = p->tell_buffered = p->tell_path = p->tell_closed = false;
    p->mid[0] = '0';
    p->mid_len = 1;
    gc_channels_init(&p->channels, kind, shared->message_bytes_max);
    gc_ice_init(&p->ice, now_ms,
                &(gc_ice_config){.drbg = shared->drbg,
                                 .gate = shared->gate,
                                 .controlling = offerer,
                                 .loopback = shared->loopback,
                                 .expires_ms = now_ms + GC_PEER_CONNECTION_OPEN_MS});
    gc_dtls_init(&p->dtls, shared->dtls);
    gc_sctp_begin(&p->sctp,
                  &(gc_sctp_config){.packet_bytes = GC_SCTP_PACKET_BYTES,
                                    .window_bytes = WINDOW_BYTES,
                                    .queue_bytes = QUEUE_BYTES},
                  now_ms);
}

void gc_peer_connection_end(gc_peer_connection *p) {
    gc_mdns_forget(p->shared->mdns, p->owner);
    gc_sctp_end(&p->sctp);
    gc_dtls_end(&p->dtls);
    p->state = GC_PEER_CONNECTION_ENDED;
}

static void step_clock(gc_peer_connection *p, uint64_t now_ms) {
    p->now_ms = gc_max_u64(p->now_ms, now_ms);
}

/* --- the end
 * --------------------------------------------------------------------------------------- */

/* Nothing is sent after what is queued now. */
static void finish(gc_peer_connection *p) {
    gc_dtls_close(&p->dtls);
    p->state = GC_PEER_CONNECTION_ENDED;
    p->close_ms = GC_NEVER;
}

/* Only an open link has something to finish. */
static void wind_up(gc_peer_connection *p) {
    p->tell_description = p->tell_buffered = p->tell_path = false;
    if (p->state != GC_PEER_CONNECTION_OPEN) {
        finish(p);
        return;
    }
    p->state = GC_PEER_CONNECTION_CLOSING;
    p->close_ms = p->now_ms + GC_PEER_CONNECTION_CLOSE_MS;
    gc_channels_close(&p->channels, &p->sctp, p->now_ms);
}

static bool lives(const gc_peer_connection *p) {
    return p->state == GC_PEER_CONNECTION_LINKING || p->state == GC_PEER_CONNECTION_OPEN;
}

/* Ends a living link with a report. A link that never opened has one reason, unless the other side
 * broke a protocol. */
static void fail(gc_peer_connection *p, uint32_t reason) {
    if (!lives(p)) {
        return;
    }
    bool opened = p->state == GC_PEER_CONNECTION_OPEN;
    if (!opened && reason != GC_REASON_PROTOCOL) {
        reason = GC_REASON_ICE_FAILED;
    }
    p->tell_closed = true;
    p->reason = (uint8_t)reason;
    wind_up(p);
}

/* The same where nothing can be sent any more. */
static void break_off(gc_peer_connection *p, uint32_t reason) {
    fail(p, reason);
    if (p->state != GC_PEER_CONNECTION_ENDED) {
        finish(p);
    }
}

/* --- descriptions
 * ---------------------------------------------------------------------------------- */

void gc_peer_connection_add_base(gc_peer_connection *p, uint64_t now_ms, uint32_t base,
                                 const gc_addr *address) {
    step_clock(p, now_ms);
    p->ice_ready = true;
    gc_ice_add_base(&p->ice, p->now_ms, base, address);
}

void gc_peer_connection_add_server(gc_peer_connection *p, uint64_t now_ms, const gc_addr *server) {
    step_clock(p, now_ms);
    p->ice_ready = true;
    gc_ice_add_server(&p->ice, p->now_ms, server);
}

void gc_peer_connection_found(gc_peer_connection *p, uint64_t now_ms, const gc_candidate *found) {
    step_clock(p, now_ms);
    if (lives(p)) {
        p->ice_ready = true;
        gc_ice_add_candidate(&p->ice, p->now_ms, found);
    }
}

void gc_peer_connection_offer(gc_peer_connection *p, gc_span label) {
    gc_assert(p->offerer);
    gc_channels_offer(&p->channels, label);
    p->tell_description = true;
}

/* The client of DTLS can begin when there is an address, the server when it may answer: both need
 * to know whom they expect. */
static void try_dtls(gc_peer_connection *p) {
    bool route = p->selected.to.family != 0 || p->heard.to.family != 0;
    if (p->state == GC_PEER_CONNECTION_LINKING && p->dtls.state == GC_DTLS_IDLE &&
        p->dtls.expects && route) {
        gc_dtls_begin(&p->dtls, p->now_ms, p->client, gc_ice_rtt_ms(&p->ice));
    }
}

static void add_candidate(gc_peer_connection *p, gc_span text) {
    gc_candidate candidate;
    if (p->candidates == GC_CANDIDATES_MAX || gc_candidate_parse(text, &candidate) != 0) {
        return;
    }
    p->candidates++;
    if (candidate.named) {
        gc_mdns_ask(p->shared->mdns, p->now_ms, p->owner, &candidate);
    } else {
        p->ice_ready = true;
        gc_ice_add_candidate(&p->ice, p->now_ms, &candidate);
    }
}

/* RFC 8842 5.3: the answer decides; an offer that decided already leaves the other role. */
static bool take_role(gc_peer_connection *p, uint8_t setup) {
    p->client = p->offerer ? setup == GC_SDP_PASSIVE : setup != GC_SDP_ACTIVE;
    return !p->offerer || setup != GC_SDP_ACTPASS;
}

static bool take_description(gc_peer_connection *p, gc_span text) {
    gc_sdp sdp;
    p->ice_ready = true;
    if (gc_sdp_parse(text, &sdp) != 0 || sdp.sctp_port != GC_SCTP_PORT ||
        !take_role(p, sdp.setup) || gc_ice_remote(&p->ice, p->now_ms, sdp.ufrag, sdp.pwd) != 0) {
        return false;
    }
    memcpy(p->mid, sdp.mid.data, sdp.mid.len);
    p->mid_len = (uint8_t)sdp.mid.len;
    p->message_bytes_max = sdp.message_bytes_max;
    gc_dtls_expect(&p->dtls, sdp.fingerprint);
    for (uint32_t i = 0; i < sdp.candidate_count; i++) {
        add_candidate(p, sdp.candidates[i]);
    }
    return true;
}

void gc_peer_connection_answer(gc_peer_connection *p, uint64_t now_ms, gc_span sdp) {
    gc_assert(!p->offerer);
    step_clock(p, now_ms);
    if (take_description(p, sdp)) {
        p->tell_description = true;
    } else {
        fail(p, GC_REASON_ICE_FAILED);
    }
}

void gc_peer_connection_remote(gc_peer_connection *p, uint64_t now_ms, uint32_t kind, gc_span sdp) {
    step_clock(p, now_ms);
    if (p->state != GC_PEER_CONNECTION_LINKING || !p->offerer || p->dtls.expects) {
        return;
    }
    if (kind == GC_LINK_KIND_EITHER || !take_description(p, sdp)) {
        fail(p, GC_REASON_ICE_FAILED);
        return;
    }
    gc_channels_settle(&p->channels, kind);
    try_dtls(p);
}

void gc_peer_connection_candidate(gc_peer_connection *p, uint64_t now_ms, gc_span text) {
    step_clock(p, now_ms);
    if (lives(p)) {
        add_candidate(p, text);
    }
}

/* --- data
 * ------------------------------------------------------------------------------------------ */

/* The path of a link that is used is worth a report now and then. */
static void use(gc_peer_connection *p, uint32_t channel) {
    if (channel != 0 && p->now_ms - p->path_ms >= GC_PEER_CONNECTION_PATH_MS) {
        p->tell_path = true;
    }
}

int gc_peer_connection_send(gc_peer_connection *p, uint64_t now_ms, uint32_t channel,
                            gc_span message) {
    step_clock(p, now_ms);
    if (p->state != GC_PEER_CONNECTION_OPEN) {
        return GC_E_STATE;
    }
    if (message.len > GC_RTC_MESSAGE_BYTES_MAX || message.len > p->message_bytes_max) {
        return GC_E_TOO_BIG;
    }
    int error = gc_channels_send(&p->channels, &p->sctp, p->now_ms, channel, message);
    if (error == 0) {
        p->tell_buffered = true;
        use(p, channel);
    }
    return error;
}

void gc_peer_connection_close(gc_peer_connection *p, uint64_t now_ms) {
    step_clock(p, now_ms);
    p->tell_closed = false;
    if (lives(p)) {
        wind_up(p);
    }
}

int gc_peer_connection_stun(gc_peer_connection *p, uint64_t now_ms, uint32_t base,
                            const gc_addr *from, gc_span datagram) {
    step_clock(p, now_ms);
    if (p->state == GC_PEER_CONNECTION_ENDED) {
        return GC_E_NOT_FOUND;
    }
    p->ice_ready = true;
    return gc_ice_datagram(&p->ice, p->now_ms, base, from, datagram);
}

void gc_peer_connection_dtls(gc_peer_connection *p, uint64_t now_ms, gc_span datagram) {
    step_clock(p, now_ms);
    gc_dtls_datagram(&p->dtls, p->now_ms, datagram);
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
    gc_dtls_tick(&p->dtls, p->now_ms);
    gc_sctp_tick(&p->sctp, p->now_ms);
    if (p->now_ms >= p->close_ms) {
        finish(p);
    }
}

uint64_t gc_peer_connection_deadline(const gc_peer_connection *p) {
    if (p->state == GC_PEER_CONNECTION_ENDED) {
        return GC_NEVER;
    }
    uint64_t below = gc_min_u64(p->ice_ms, gc_dtls_deadline(&p->dtls));
    return gc_min_u64(p->close_ms, gc_min_u64(below, gc_sctp_deadline(&p->sctp)));
}

/* --- outputs: ICE
 * ---------------------------------------------------------------------------------- */

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
                           .mid = gc_span_of(p->mid, p->mid_len)};
    return lives(p) ? GIVEN : AGAIN;
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
        if (p->heard.to.family == 0) {
            p->heard = (gc_peer_connection_route){.to = ice.addr, .base = ice.base};
        }
        break;
    case GC_ICE_SELECTED:
        p->selected = (gc_peer_connection_route){.to = ice.addr, .base = ice.base};
        p->path = ice.path;
        gc_dtls_round_trip(&p->dtls, (uint32_t)gc_max_u64(ice.rtt_ms, 1));
        p->tell_path = p->state == GC_PEER_CONNECTION_OPEN;
        break;
    case GC_ICE_FAILED:
        p->ice_failed = true;
        break_off(p, GC_REASON_GONE);
        break;
    }
    try_dtls(p);
    return AGAIN;
}

/* --- outputs: channels
 * ----------------------------------------------------------------------------- */

static enum progress on_event(gc_peer_connection *p, const gc_channels_event *event,
                              gc_rtc_output *out) {
    if (!lives(p)) {
        return AGAIN;
    }
    switch (event->type) {
    case GC_CHANNELS_EVENT_OPENED:
        p->state = GC_PEER_CONNECTION_OPEN;
        p->tell_path = true;
        *out = (gc_rtc_output){.type = GC_RTC_OPENED};
        return GIVEN;
    case GC_CHANNELS_EVENT_MESSAGE:
        use(p, event->channel);
        *out =
            (gc_rtc_output){.type = GC_RTC_MESSAGE, .value = event->channel, .bytes = event->bytes};
        return GIVEN;
    case GC_CHANNELS_EVENT_ENDED:
        fail(p, event->reason);
        return AGAIN;
    default:
        return AGAIN;
    }
}

/* --- outputs: DTLS
 * --------------------------------------------------------------------------------- */

/* Before a pair is valid, an address that only asked gets few datagrams: it may be a victim that
 * the other side named. A datagram without a way is lost; DTLS and SCTP send again. */
static enum progress route(gc_peer_connection *p, gc_span bytes, gc_rtc_output *out) {
    if (p->ice_failed) {
        return AGAIN;
    }
    if (p->selected.to.family != 0) {
        return give_datagram(out, p->selected.base, &p->selected.to, bytes);
    }
    if (p->heard.to.family == 0 || p->heard_sent == GC_PEER_CONNECTION_HEARD_MAX) {
        return AGAIN;
    }
    p->heard_sent++;
    return give_datagram(out, p->heard.base, &p->heard.to, bytes);
}

/* The channels can be used before the association is up: their first messages leave with its COOKIE
 * ECHO, which saves a round trip (RFC 9260 5.1). */
static enum progress on_authenticated(gc_peer_connection *p, gc_rtc_output *out) {
    gc_sctp_round_trip(&p->sctp, gc_ice_rtt_ms(&p->ice));
    gc_sctp_connect(&p->sctp, p->now_ms);
    gc_channels_event event = gc_channels_up(&p->channels, &p->sctp, p->now_ms, p->client);
    return on_event(p, &event, out);
}

static enum progress poll_dtls(gc_peer_connection *p, gc_rtc_output *out) {
    gc_dtls_output dtls;
    if (!gc_dtls_poll(&p->dtls, &dtls)) {
        return NOTHING;
    }
    switch (dtls.type) {
    case GC_DTLS_DATAGRAM:
        return route(p, dtls.bytes, out);
    case GC_DTLS_OPENED:
        return on_authenticated(p, out);
    case GC_DTLS_DATA:
        gc_sctp_packet(&p->sctp, p->now_ms, dtls.bytes);
        break;
    default:
        break_off(p, dtls.reason);
    }
    return AGAIN;
}

/* --- outputs: SCTP
 * --------------------------------------------------------------------------------- */

static uint32_t reason_of(uint32_t sctp_reason) {
    bool broken = sctp_reason == GC_SCTP_VIOLATION || sctp_reason == GC_SCTP_EXCESS;
    return broken ? GC_REASON_PROTOCOL : GC_REASON_GONE;
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
        p->tell_buffered = p->state == GC_PEER_CONNECTION_OPEN;
        break;
    case GC_SCTP_DOWN:
        break_off(p, reason_of(sctp.reason));
        break;
    default:
        break; /* UP: the channels are in use already */
    }
    return on_event(p, &event, out);
}

/* --- outputs: reports
 * ------------------------------------------------------------------------------ */

static void give_description(gc_peer_connection *p, gc_rtc_output *out) {
    gc_sdp_local local = {.ufrag = gc_span_of(gc_ice_local(&p->ice)->ufrag, GC_ICE_UFRAG_CHARS),
                          .pwd = gc_span_of(gc_ice_local(&p->ice)->pwd, GC_ICE_PWD_CHARS),
                          .mid = gc_span_of(p->mid, p->mid_len),
                          .message_bytes_max = GC_RTC_MESSAGE_BYTES_MAX};
    gc_drbg_bytes(p->shared->drbg, &local.session, sizeof local.session);
    local.session >>= 1;
    memcpy(local.fingerprint, p->shared->fingerprint, sizeof local.fingerprint);
    local.setup = GC_SDP_ACTPASS;
    if (!p->offerer) {
        local.setup = p->client ? GC_SDP_ACTIVE : GC_SDP_PASSIVE;
    }
    gc_writer w;
    gc_writer_init(&w, p->shared->text, sizeof p->shared->text);
    gc_sdp_write(&local, &w);
    gc_assert(!w.failed);
    *out = (gc_rtc_output){.type = GC_RTC_DESCRIPTION, .bytes = gc_writer_done(&w)};
}

static bool is_buffered_due(const gc_peer_connection *p) {
    bool fell = p->buffered_told > GC_RTC_BUFFERED_LOW_BYTES &&
                gc_sctp_buffered(&p->sctp) <= GC_RTC_BUFFERED_LOW_BYTES;
    return p->tell_buffered || (fell && p->state == GC_PEER_CONNECTION_OPEN);
}

static void give_buffered(gc_peer_connection *p, gc_rtc_output *out) {
    p->tell_buffered = false;
    p->buffered_told = gc_sctp_buffered(&p->sctp);
    *out = (gc_rtc_output){.type = GC_RTC_BUFFERED, .value = p->buffered_told};
}

static void give_path(gc_peer_connection *p, gc_rtc_output *out) {
    p->tell_path = false;
    p->path_ms = p->now_ms;
    *out = (gc_rtc_output){.type = GC_RTC_PATH,
                           .value = p->path,
                           .rtt_ms = (uint32_t)gc_max_u64(gc_ice_rtt_ms(&p->ice), 1)};
}

/* Reports come when the parts have nothing to say: they tell how it is after all of that. */
static enum progress report(gc_peer_connection *p, gc_rtc_output *out) {
    if (p->tell_closed) {
        p->tell_closed = false;
        *out = (gc_rtc_output){.type = GC_RTC_CLOSED, .value = p->reason};
        return GIVEN;
    }
    if (is_buffered_due(p)) {
        give_buffered(p, out);
        return GIVEN;
    }
    if (p->tell_path) {
        give_path(p, out);
        return GIVEN;
    }
    if (p->state == GC_PEER_CONNECTION_CLOSING && gc_channels_closed(&p->channels)) {
        finish(p);
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
    enum progress progress = ended ? NOTHING : poll_ice(p, out);
    if (progress == NOTHING) {
        progress = poll_dtls(p, out);
    }
    if (progress == NOTHING && !ended) {
        progress = poll_sctp(p, out);
    }
    return progress == NOTHING ? report(p, out) : progress;
}

bool gc_peer_connection_poll(gc_peer_connection *p, gc_rtc_output *out) {
    enum progress progress = AGAIN;
    while (progress == AGAIN) {
        progress = look(p, out);
    }
    return progress == GIVEN;
}
