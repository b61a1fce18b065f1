#include "test/unit/ice_network.h"
#include "core/base/number.h"
#include "core/wire/stun.h"
#include "rtc/ice.h"
#include "test/unit/unit.h"

static gc_addr outside(uint32_t side) {
    return (gc_addr){.family = 4, .ip = {203, 0, 113, (uint8_t)(side + 1)}};
}

void network_init(network *n, uint8_t seed, const bool controlling[2], const network_nat nat[2]) {
    memset(n, 0, sizeof(*n));
    n->delay_ms = 10;
    n->signaling = true;
    n->now_ms = 1000;
    const uint8_t chance[32] = {seed, 0xff};
    gc_drbg_init(&n->chance, chance);
    for (uint32_t i = 0; i < 2; i++) {
        network_side *s = &n->sides[i];
        const uint8_t bytes[32] = {seed, (uint8_t)(i + 1)};
        gc_drbg_init(&s->drbg, bytes);
        gc_ice_gate_init(&s->gate, &s->drbg);
        const gc_ice_config config = {.drbg = &s->drbg,
                                      .gate = &s->gate,
                                      .controlling = controlling[i],
                                      .expires_ms = n->now_ms + 15000};
        gc_ice_init(&s->ice, n->now_ms, &config);
        s->nat = nat[i];
        bool inside = nat[i] == NETWORK_NAT || nat[i] == NETWORK_NAT_SYMMETRIC;
        s->bases[0] = inside ? (gc_addr){.family = 4, .ip = {192, 168, 1, 2}, .port = 5000}
                             : (gc_addr){.family = 4, .ip = {10, 0, (uint8_t)i, 1}, .port = 5000};
        assert_int_equal(gc_ice_add_base(&s->ice, n->now_ms, 0, &s->bases[0]), 0);
    }
}

void network_start(network *n, uint8_t seed, network_nat a, network_nat b) {
    static const bool offerer_controls[2] = {true, false};
    network_init(n, seed, offerer_controls, (const network_nat[2]){a, b});
}

/* The address that the network sees, of a datagram that leaves. */
static gc_addr leave(network *n, uint32_t side, const gc_addr *from, const gc_addr *to) {
    network_side *s = &n->sides[side];
    if (s->nat != NETWORK_NAT && s->nat != NETWORK_NAT_SYMMETRIC) {
        return *from;
    }
    gc_addr out = outside(side);
    out.port = 40000;
    for (uint32_t i = 0; i < n->mapped; i++) {
        network_mapping *m = &n->mappings[i];
        if (m->side == side && gc_candidate_same_addr(&m->inner, from)) {
            if (gc_candidate_same_addr(&m->to, to)) {
                out.port = m->port;
                return out;
            }
            out.port = s->nat == NETWORK_NAT ? m->port : (uint16_t)(m->port + 7);
        }
    }
    assert_true(n->mapped < NETWORK_MAPPINGS_MAX);
    n->mappings[n->mapped++] =
        (network_mapping){.inner = *from, .to = *to, .port = out.port, .side = side};
    return out;
}

/* Finds whose a datagram is. Returns false if it gets nowhere. */
static bool arrive(const network *n, const network_datagram *d, uint32_t *side, uint32_t *base) {
    gc_addr to = d->to;
    bool through = false;
    if (n->dark || gc_candidate_same_addr(&d->from, &n->dead) ||
        gc_candidate_same_addr(&d->to, &n->dead)) {
        return false;
    }
    for (uint32_t i = 0; i < n->mapped; i++) { /* filtering by address and port (RFC 4787 5) */
        const network_mapping *m = &n->mappings[i];
        gc_addr out = outside(m->side);
        out.port = m->port;
        if (gc_candidate_same_addr(&out, &d->to) && gc_candidate_same_addr(&m->to, &d->from)) {
            to = m->inner;
            *side = m->side;
            through = true;
        }
    }
    for (uint32_t i = 0; i < 2; i++) {
        bool inside = n->sides[i].nat == NETWORK_NAT || n->sides[i].nat == NETWORK_NAT_SYMMETRIC;
        for (uint32_t b = 0; b < GC_ICE_BASES_MAX; b++) {
            if ((inside ? through && i == *side : true) &&
                gc_candidate_same_addr(&n->sides[i].bases[b], &to)) {
                *side = i;
                *base = b;
                return true;
            }
        }
    }
    return false;
}

static void send_datagram(network *n, uint32_t side, const gc_ice_output *out) {
    assert_true(n->sent < NETWORK_SENT_MAX);
    n->sent_to[n->sent] = out->addr;
    n->sent_ms[n->sent++] = n->now_ms;
    if (n->sides[side].nat == NETWORK_SILENT || gc_drbg_below(&n->chance, 100) < n->loss_percent) {
        return;
    }
    assert_true(n->queued < NETWORK_DATAGRAMS_MAX);
    network_datagram *d = &n->queue[n->queued++];
    d->at_ms = n->now_ms + n->delay_ms + gc_drbg_below(&n->chance, n->jitter_ms + 1);
    d->from = leave(n, side, &n->sides[side].bases[out->base], &out->addr);
    d->to = out->addr;
    d->len = out->bytes.len;
    memcpy(d->bytes, out->bytes.data, out->bytes.len);
}

/* The server answers from where it stands, to where the question seemed to come from. */
static void serve(network *n, const network_datagram *d) {
    gc_stun_request r;
    if (gc_stun_parse_binding(gc_span_of(d->bytes, d->len), &r) != 0) {
        return;
    }
    assert_true(n->queued < NETWORK_DATAGRAMS_MAX);
    network_datagram *back = &n->queue[n->queued++];
    back->at_ms = n->now_ms + n->delay_ms;
    back->from = d->to;
    back->to = d->from;
    back->len = gc_stun_write_binding(&r, &d->from, back->bytes);
}

static void take_output(network *n, uint32_t side, const gc_ice_output *out) {
    network_side *s = &n->sides[side];
    switch (out->type) {
    case GC_ICE_SEND:
        send_datagram(n, side, out);
        break;
    case GC_ICE_CANDIDATE:
        s->candidates++;
        if (n->signaling) {
            assert_int_equal(
                gc_ice_add_candidate(&n->sides[1 - side].ice, n->now_ms, &out->candidate), 0);
        }
        break;
    case GC_ICE_HEARD:
        s->heards++;
        assert_true(gc_ice_accepts(&s->ice, out->base, &out->addr));
        break;
    case GC_ICE_SELECTED:
        s->selections++;
        s->selected = out->addr;
        s->path = out->path;
        s->first_selected_ms = s->first_selected_ms != 0 ? s->first_selected_ms : n->now_ms;
        assert_true(gc_ice_accepts(&s->ice, out->base, &out->addr));
        break;
    case GC_ICE_FAILED:
        assert_int_equal(s->reason, 0);
        s->reason = out->reason;
        s->failed_ms = n->now_ms;
        break;
    }
}

void network_drain(network *n, uint32_t side) {
    gc_ice_output out;
    uint32_t count = 0;
    while (gc_ice_poll(&n->sides[side].ice, &out)) {
        take_output(n, side, &out);
        assert_true(++count < 100);
    }
    assert_true(gc_ice_deadline(&n->sides[side].ice) > n->now_ms);
}

void network_describe(network *n, uint32_t side) {
    const gc_ice_credentials *c = gc_ice_local(&n->sides[1 - side].ice);
    assert_int_equal(gc_ice_remote(&n->sides[side].ice, n->now_ms, gc_ice_credentials_ufrag(c),
                                   gc_ice_credentials_pwd(c)),
                     0);
    network_drain(n, side);
}

int network_feed(network *n, uint32_t side, uint32_t base, const gc_addr *from, gc_span bytes) {
    uint8_t *copy = exact_copy(bytes.data, bytes.len);
    int result =
        gc_ice_datagram(&n->sides[side].ice, n->now_ms, base, from, gc_span_of(copy, bytes.len));
    free(copy);
    network_drain(n, side);
    return result;
}

/* Delivers what is due now. Returns the time of the next arrival. */
static uint64_t deliver(network *n) {
    uint64_t next_ms = GC_NEVER;
    for (uint32_t i = 0; i < n->queued;) {
        if (n->queue[i].at_ms > n->now_ms) {
            next_ms = gc_min_u64(next_ms, n->queue[i++].at_ms);
            continue;
        }
        network_datagram d = n->queue[i];
        n->queue[i] = n->queue[--n->queued];
        uint32_t side = 0, base = 0;
        const gc_addr server = NETWORK_SERVER;
        if (gc_candidate_same_addr(&d.to, &server) && !gc_candidate_same_addr(&d.to, &n->dead)) {
            serve(n, &d);
            i = 0;
            next_ms = GC_NEVER;
        } else if (arrive(n, &d, &side, &base)) {
            network_feed(n, side, base, &d.from, gc_span_of(d.bytes, d.len));
            i = 0; /* it may have sent something */
            next_ms = GC_NEVER;
        }
    }
    return next_ms;
}

void network_run(network *n, uint64_t until_ms) {
    network_drain(n, 0); /* candidates first: what they cause follows */
    network_drain(n, 1);
    network_drain(n, 0);
    while (n->now_ms < until_ms) {
        uint64_t next_ms = deliver(n);
        for (uint32_t i = 0; i < 2; i++) {
            next_ms = gc_min_u64(next_ms, gc_ice_deadline(&n->sides[i].ice));
        }
        n->now_ms = gc_min_u64(next_ms, until_ms);
        for (uint32_t i = 0; i < 2; i++) {
            if (gc_ice_deadline(&n->sides[i].ice) <= n->now_ms) {
                gc_ice_tick(&n->sides[i].ice, n->now_ms);
                network_drain(n, i);
            }
        }
    }
}

void network_describe_both(network *n) {
    network_describe(n, 0);
    network_describe(n, 1);
}

void network_connect(network *n, uint8_t seed) {
    network_start(n, seed, NETWORK_OPEN, NETWORK_OPEN);
    network_describe_both(n);
    network_run(n, 2000);
    assert_int_equal(n->sides[0].selections, 1);
    assert_int_equal(n->sides[1].selections, 1);
}

uint32_t network_checks_to(const network *n, const gc_addr *to, uint64_t from_ms,
                           uint64_t until_ms) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < n->sent; i++) {
        count += n->sent_ms[i] >= from_ms && n->sent_ms[i] < until_ms &&
                 gc_candidate_same_addr(&n->sent_to[i], to);
    }
    return count;
}

int network_check_from(network *n, const gc_addr *from, uint32_t base, const gc_ice_check *check) {
    static uint8_t number;
    uint8_t bytes[GC_ICE_MESSAGE_BYTES_MAX];
    const uint8_t transaction[12] = {0xcc, ++number};
    uint32_t len =
        gc_ice_message_check(bytes, transaction, check, &n->sides[1].ice.generations.current.local,
                             &n->sides[0].ice.generations.current.local);
    return network_feed(n, 0, base, from, gc_span_of(bytes, len));
}

uint32_t network_last_error(const network *n) {
    gc_stun_message m;
    uint32_t code;
    assert_true(n->queued > 0);
    const network_datagram *d = &n->queue[n->queued - 1];
    assert_int_equal(gc_stun_message_read(gc_span_of(d->bytes, d->len), &m), 0);
    assert_int_equal(gc_stun_message_error(&m, &code), 0);
    return code;
}
