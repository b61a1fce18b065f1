#include "test/unit/dtls_pair.h"
#include "test/unit/unit.h"
#include "test/unit/wall_clock.h"

dtls_pair *dtls_pair_make_of(uint64_t seed, bool ours) {
    dtls_pair *w = calloc(1, sizeof *w);
    assert_non_null(w);
    path_init(&w->path, seed);
    w->now_ms = 1000;
    wall_ms = 0;
    for (int i = 0; i < 2; i++) {
        dtls_side *s = &w->sides[i];
        uint8_t bytes[32] = {(uint8_t)i};
        gc_drbg drbg;
        gc_drbg_init(&drbg, bytes);
        assert_int_equal(gc_certificate_make(&s->certificate, &drbg, 1800000000), 0);
        assert_int_equal(gc_dtls_context_init(&s->context, &s->certificate), 0);
        gc_dtls_init(&s->dtls, &s->context);
    }
    for (int i = 0; i < 2; i++) {
        gc_dtls_expect(&w->sides[i].dtls, w->sides[!i].certificate.fingerprint, ours);
    }
    return w;
}

dtls_pair *dtls_pair_make(uint64_t seed) {
    return dtls_pair_make_of(seed, false);
}

void dtls_pair_free(dtls_pair *w) {
    for (int i = 0; i < 2; i++) {
        gc_dtls_end(&w->sides[i].dtls);
        gc_dtls_end(&w->sides[i].dtls);
        gc_dtls_context_end(&w->sides[i].context);
        gc_certificate_end(&w->sides[i].certificate);
    }
    path_end(&w->path);
    free(w);
}

void dtls_pair_drain(dtls_pair *w, uint32_t i) {
    dtls_side *s = &w->sides[i];
    gc_dtls_output out;
    while (gc_dtls_poll(&s->dtls, &out)) {
        switch (out.type) {
        case GC_DTLS_DATAGRAM:
            s->largest = out.bytes.len > s->largest ? out.bytes.len : s->largest;
            s->sent++;
            path_send(&w->path, w->now_ms, !i, out.bytes);
            break;
        case GC_DTLS_OPENED:
            s->opened++;
            s->opened_ms = w->now_ms;
            break;
        case GC_DTLS_DATA:
            assert_int_equal(s->opened, 1);
            s->messages++;
            break;
        default:
            s->ended++;
            s->reason = out.reason;
        }
    }
}

void dtls_pair_begin(dtls_pair *w, uint32_t i) {
    gc_dtls_begin(&w->sides[i].dtls, w->now_ms, i == CLIENT, w->rtt_ms);
    dtls_pair_drain(w, i);
}

void dtls_pair_give(dtls_pair *w, uint32_t i, gc_span bytes) {
    uint8_t *copy = exact_copy(bytes.data, bytes.len);
    gc_dtls_datagram(&w->sides[i].dtls, w->now_ms, gc_span_of(copy, bytes.len));
    free(copy);
    dtls_pair_drain(w, i);
}

void dtls_pair_set_wall(uint64_t ms) {
    wall_ms = ms;
}

void dtls_pair_step_to(dtls_pair *w, uint64_t now_ms) {
    wall_ms += now_ms - w->now_ms;
    w->now_ms = now_ms;
}

void dtls_pair_run(dtls_pair *w, uint64_t for_ms) {
    uint64_t end_ms = w->now_ms + for_ms;
    for (;;) {
        uint64_t next = path_next_ms(&w->path);
        for (int i = 0; i < 2; i++) {
            uint64_t at = w->idle[i] ? GC_NEVER : gc_dtls_deadline(&w->sides[i].dtls);
            next = at < next ? at : next;
        }
        if (next > end_ms) {
            dtls_pair_step_to(w, end_ms);
            return;
        }
        dtls_pair_step_to(w, next > w->now_ms ? next : w->now_ms);
        path_datagram d;
        while (path_take(&w->path, w->now_ms, &d)) {
            dtls_pair_give(w, d.to, gc_span_of(d.bytes, d.len));
        }
        for (uint32_t i = 0; i < 2; i++) {
            if (!w->idle[i]) {
                gc_dtls_tick(&w->sides[i].dtls, w->now_ms);
                dtls_pair_drain(w, i);
                assert_true(gc_dtls_deadline(&w->sides[i].dtls) > w->now_ms);
            }
        }
    }
}

void dtls_pair_say(dtls_pair *w, uint32_t i, uint32_t len) {
    uint8_t bytes[GC_DTLS_DATAGRAM_BYTES_MAX];
    memset(bytes, 'x', sizeof bytes);
    assert_int_equal(gc_dtls_send(&w->sides[i].dtls, gc_span_of(bytes, len)), 0);
    dtls_pair_drain(w, i);
}

void dtls_pair_assert_connected(const dtls_pair *w) {
    for (int i = 0; i < 2; i++) {
        assert_int_equal(w->sides[i].opened, 1);
        assert_int_equal(w->sides[i].ended, 0);
    }
}
