#include "test/unit/rtc_network.h"
#include "core/base/number.h"
#include "core/wire/frame.h"
#include "rtc/candidate.h"
#include "test/unit/unit.h"
#include "test/unit/wall_clock.h"

#define DATAGRAMS_MAX 1024
#define LINKS_USUAL   4 /* 85 MB are those of all links, and sanitizers mark every byte */

rtc_network *rtc_network_make(uint8_t seed, const gc_rtc_options *options) {
    rtc_network *n = calloc(1, sizeof *n);
    gc_rtc_options o = *options;
    o.links_max = options->links_max > 0 ? options->links_max : LINKS_USUAL;
    n->datagrams = calloc(DATAGRAMS_MAX, sizeof *n->datagrams);
    n->texts = calloc(RTC_NETWORK_TEXTS_MAX, sizeof *n->texts);
    n->now_ms = 1000;
    n->delay_ms = 50;
    wall_ms = 0;
    for (uint8_t i = 0; i < 2; i++) {
        const uint8_t bytes[32] = {seed, i};
        size_t size = (gc_rtc_size(&o) + 15) / 16 * 16;
        n->sides[i].memory = aligned_alloc(16, size);
        n->sides[i].rtc = gc_rtc_init(n->sides[i].memory, size, &o, bytes, n->now_ms, 0);
        assert_non_null(n->sides[i].rtc);
        rtc_network_add(n, i, 0, (uint8_t)(i + 1));
    }
    return n;
}

void rtc_network_free(rtc_network *n) {
    for (uint32_t i = 0; i < 2; i++) {
        gc_rtc_end(n->sides[i].rtc);
        free(n->sides[i].memory);
    }
    free(n->datagrams);
    free(n->texts);
    free(n);
}

/* --- what goes out ---------------------------------------------------------------------------- */

static void send_datagram(rtc_network *n, uint32_t side, const gc_rtc_output *out) {
    const rtc_network_side *s = &n->sides[side];
    assert_int_not_equal(s->bases[out->value].family, 0); /* nothing for a socket that is gone */
    if (out->bytes.data[0] <= 3 && n->stun_count < RTC_NETWORK_SENT_MAX) {
        n->stun_to[n->stun_count] = out->to;
        n->stun_ms[n->stun_count++] = n->now_ms;
    }
    assert_true(n->datagram_count < DATAGRAMS_MAX);
    rtc_network_datagram *d = &n->datagrams[n->datagram_count++];
    d->at_ms = n->now_ms + n->delay_ms;
    d->from = s->outside.family != 0 ? s->outside : s->bases[out->value];
    d->to = out->to;
    d->len = out->bytes.len;
    memcpy(d->bytes, out->bytes.data, out->bytes.len);
}

static void post(rtc_network *n, uint32_t side, const gc_rtc_output *out) {
    if (n->mute) {
        return;
    }
    assert_true(n->text_count < RTC_NETWORK_TEXTS_MAX);
    rtc_network_text *t = &n->texts[n->text_count++];
    t->at_ms = n->now_ms + n->delay_ms;
    t->to = !side;
    t->type = out->type;
    t->link = out->link;
    t->len = out->bytes.len;
    memcpy(t->bytes, out->bytes.data, out->bytes.len);
}

static void take_output(rtc_network *n, uint32_t side, const gc_rtc_output *out) {
    rtc_network_side *s = &n->sides[side];
    switch (out->type) {
    case GC_RTC_DATAGRAM:
        send_datagram(n, side, out);
        break;
    case GC_RTC_DESCRIPTION:
        s->descriptions++;
        post(n, side, out);
        break;
    case GC_RTC_CANDIDATE:
        s->candidates++;
        post(n, side, out);
        break;
    case GC_RTC_OPENED:
        s->opened++;
        break;
    case GC_RTC_MESSAGE:
        s->messages++;
        s->message_ms = n->now_ms;
        break;
    case GC_RTC_PATH:
        s->paths++;
        s->path = out->value;
        break;
    case GC_RTC_CLOSED:
        s->closed++;
        s->reason = out->value;
        break;
    default:
        break;
    }
}

void rtc_network_drain(rtc_network *n, uint32_t side) {
    gc_rtc_output out;
    while (gc_rtc_poll(n->sides[side].rtc, &out)) {
        take_output(n, side, &out);
    }
}

/* --- what arrives ----------------------------------------------------------------------------- */

static void deliver(rtc_network *n, const rtc_network_datagram *d) {
    for (uint32_t i = 0; i < 2; i++) {
        rtc_network_side *s = &n->sides[i];
        for (uint32_t base = 0; base < GC_RTC_BASES_MAX; base++) {
            const gc_addr *at = s->outside.family != 0 ? &s->outside : &s->bases[base];
            if (s->bases[base].family == 0 || !gc_candidate_same_addr(at, &d->to)) {
                continue;
            }
            uint8_t *copy = exact_copy(d->bytes, d->len);
            gc_rtc_datagram(s->rtc, n->now_ms, base, &d->from, gc_span_of(copy, d->len));
            free(copy);
            rtc_network_drain(n, i);
            return;
        }
    }
}

static void take_text(rtc_network *n, const rtc_network_text *t) {
    gc_rtc *rtc = n->sides[t->to].rtc;
    gc_span text = gc_span_of(t->bytes, t->len);
    if (t->type == GC_RTC_CANDIDATE) {
        gc_rtc_candidate(rtc, n->now_ms, t->link, text);
    } else if (n->renews && t->to != n->restarter) {
        gc_rtc_renew(rtc, n->now_ms, t->link, text);
    } else if (!n->renews && t->to == 1) {
        assert_int_equal(gc_rtc_answer(rtc, n->now_ms, t->link, GC_LINK_KIND_NATIVE, text), 0);
    } else {
        gc_rtc_remote(rtc, n->now_ms, t->link, GC_LINK_KIND_NATIVE, text);
    }
    rtc_network_drain(n, t->to);
}

/* Both tables are in the order of time, for the delay is one. */
static void arrive(rtc_network *n) {
    while (n->text_count > 0 && n->texts[0].at_ms <= n->now_ms) {
        rtc_network_text t = n->texts[0];
        n->text_count--;
        memmove(n->texts, n->texts + 1, n->text_count * sizeof t);
        take_text(n, &t);
    }
    while (n->datagram_count > 0 && n->datagrams[0].at_ms <= n->now_ms) {
        rtc_network_datagram d = n->datagrams[0];
        n->datagram_count--;
        memmove(n->datagrams, n->datagrams + 1, n->datagram_count * sizeof d);
        deliver(n, &d);
    }
}

void rtc_network_run(rtc_network *n, uint64_t for_ms) {
    uint64_t end_ms = n->now_ms + for_ms;
    while (n->now_ms < end_ms) {
        uint64_t next_ms = end_ms;
        next_ms = n->text_count > 0 ? gc_min_u64(next_ms, n->texts[0].at_ms) : next_ms;
        next_ms = n->datagram_count > 0 ? gc_min_u64(next_ms, n->datagrams[0].at_ms) : next_ms;
        for (uint32_t i = 0; i < 2; i++) {
            next_ms = gc_min_u64(next_ms, gc_rtc_deadline(n->sides[i].rtc));
        }
        wall_ms += next_ms - n->now_ms;
        n->now_ms = next_ms;
        arrive(n);
        for (uint32_t i = 0; i < 2; i++) {
            gc_rtc_tick(n->sides[i].rtc, n->now_ms);
            rtc_network_drain(n, i);
            assert_true(gc_rtc_deadline(n->sides[i].rtc) > n->now_ms);
        }
    }
}

/* --- what a test does ------------------------------------------------------------------------- */

void rtc_network_open(rtc_network *n) {
    assert_int_equal(gc_rtc_offer(n->sides[0].rtc, n->now_ms, RTC_NETWORK_LINK, GC_LINK_KIND_NATIVE,
                                  GC_SPAN_NONE),
                     0);
    rtc_network_drain(n, 0);
    rtc_network_run(n, 2000);
    assert_int_equal(n->sides[0].opened, 1);
    assert_int_equal(n->sides[1].opened, 1);
}

void rtc_network_say(rtc_network *n, uint32_t side) {
    assert_int_equal(gc_rtc_send(n->sides[side].rtc, n->now_ms, RTC_NETWORK_LINK,
                                 GC_CHANNEL_MESSAGE, GC_SPAN("hello")),
                     0);
    rtc_network_drain(n, side);
}

void rtc_network_drop(rtc_network *n, uint32_t side, uint32_t base) {
    n->sides[side].bases[base] = (gc_addr){0};
    gc_rtc_drop_base(n->sides[side].rtc, n->now_ms, base);
    rtc_network_drain(n, side);
}

void rtc_network_add(rtc_network *n, uint32_t side, uint32_t base, uint8_t host) {
    gc_addr *own = &n->sides[side].bases[base];
    *own = (gc_addr){.family = 4, .ip = {192, 0, 2, host}, .port = (uint16_t)(1000 + host)};
    gc_rtc_add_base(n->sides[side].rtc, n->now_ms, base, own);
    rtc_network_drain(n, side);
}
