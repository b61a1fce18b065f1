#include "rtc/negotiation.h"

#include "core/base/error.h"
#include "core/base/mem.h"
#include "rtc/ice_checks.h"

void gc_negotiation_begin(gc_negotiation *n, bool offerer) {
    *n = (gc_negotiation){.offerer = offerer, .offers = offerer, .mid_len = 1, .mid = {'0'}};
}

/* RFC 8842 5.3: the answer decides; an offer that decided already leaves the other role. */
static bool take_role(gc_negotiation *n, uint8_t setup) {
    n->client = n->offerer ? setup == GC_SDP_PASSIVE : setup != GC_SDP_ACTIVE;
    return !n->offerer || setup != GC_SDP_ACTPASS;
}

int gc_negotiation_take(gc_negotiation *n, gc_span text, gc_sdp *sdp) {
    if (gc_sdp_parse(text, sdp) != 0 || sdp->sctp_port != GC_SDP_SCTP_PORT ||
        !take_role(n, sdp->setup)) {
        return GC_E_REFUSED;
    }
    memcpy(n->mid, sdp->mid.data, sdp->mid.len);
    n->mid_len = (uint8_t)sdp->mid.len;
    n->message_bytes_max = sdp->message_bytes_max;
    n->ours = sdp->ours;
    n->offers = false;
    n->settled = true;
    return 0;
}

void gc_negotiation_offer_again(gc_negotiation *n) {
    n->offers = true;
}

void gc_negotiation_answer_again(gc_negotiation *n) {
    n->offers = false;
}

/* RFC 8842 5.5: the session of DTLS stays where the roles do. */
static bool keeps_role(const gc_negotiation *n, uint8_t setup) {
    bool open = setup == GC_SDP_ACTPASS && !n->offers;
    return open || setup == (n->client ? GC_SDP_PASSIVE : GC_SDP_ACTIVE);
}

int gc_negotiation_take_again(gc_negotiation *n, gc_span text, gc_sdp *sdp) {
    if (!n->settled || gc_sdp_parse(text, sdp) != 0 || sdp->sctp_port != GC_SDP_SCTP_PORT ||
        !keeps_role(n, sdp->setup) || !gc_span_equal(sdp->mid, gc_negotiation_mid(n))) {
        return GC_E_REFUSED;
    }
    n->offers = false;
    return 0;
}

void gc_negotiation_agree(gc_negotiation *n) {
    n->agreed = true;
}

/* The association has begun already when a later negotiation takes place. */
static bool is_first_offer(const gc_negotiation *n) {
    return n->offers && !n->settled;
}

void gc_negotiation_write(const gc_negotiation *n, gc_drbg *drbg, const gc_ice_credentials *own,
                          const uint8_t *fingerprint, uint32_t message_bytes_max, gc_span init,
                          gc_writer *w) {
    gc_sdp_local local = {.ufrag = gc_ice_credentials_ufrag(own),
                          .pwd = gc_ice_credentials_pwd(own),
                          .mid = gc_negotiation_mid(n),
                          .sctp_init = is_first_offer(n) || n->agreed ? init : GC_SPAN_NONE,
                          .message_bytes_max = message_bytes_max,
                          .ice_pacing_ms = GC_ICE_CHECKS_PACE_OWN_MS,
                          .setup = GC_SDP_ACTPASS,
                          .ours = is_first_offer(n) || n->ours};
    gc_drbg_bytes(drbg, &local.session, sizeof local.session);
    local.session >>= 1;
    memcpy(local.fingerprint, fingerprint, sizeof local.fingerprint);
    if (n->settled) { /* Firefox answers a later actpass by another role than it has */
        local.setup = n->client ? GC_SDP_ACTIVE : GC_SDP_PASSIVE;
    }
    gc_sdp_write(&local, w);
}

gc_span gc_negotiation_mid(const gc_negotiation *n) {
    return gc_span_of(n->mid, n->mid_len);
}
