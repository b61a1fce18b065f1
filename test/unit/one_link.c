#include "test/unit/one_link.h"

#define BLOCKS 256

const gc_addr one_link_own = {.ip = {192, 0, 2, 1}, .port = 4000, .family = 4};
const gc_addr one_link_stranger = {.ip = {198, 51, 100, 9}, .port = 9, .family = 4};

one_link *one_link_begin(bool offerer) {
    static const uint8_t seed[32] = {9};
    one_link *f = calloc(1, sizeof *f);
    gc_arena a;
    assert_non_null(f);
    gc_drbg_init(&f->drbg, seed);
    gc_ice_gate_init(&f->gate, &f->drbg);
    gc_mdns_init(&f->mdns);
    assert_int_equal(gc_certificate_make(&f->certificate, &f->drbg, 1800000000), 0);
    assert_int_equal(gc_dtls_context_init(&f->dtls, &f->certificate), 0);
    gc_arena_measure(&a);
    gc_sctp_pool_init(&f->pool, &a, &f->drbg, BLOCKS);
    gc_peer_connection_place(&f->link, &f->pool, &a);
    f->memory = aligned_alloc(16, (a.at + 15) / 16 * 16);
    assert_non_null(f->memory);
    gc_arena_init(&a, f->memory, a.at);
    gc_sctp_pool_init(&f->pool, &a, &f->drbg, BLOCKS);
    gc_peer_connection_place(&f->link, &f->pool, &a);
    f->shared = (gc_peer_connection_shared){.drbg = &f->drbg,
                                            .gate = &f->gate,
                                            .mdns = &f->mdns,
                                            .dtls = &f->dtls,
                                            .fingerprint = f->certificate.fingerprint,
                                            .message_bytes_max = GC_FRAME_BYTES_MAX};
    gc_peer_connection_begin(&f->link, &f->shared, ONE_LINK_BEGAN, 0, GC_LINK_KIND_NATIVE, offerer);
    gc_peer_connection_add_base(&f->link, ONE_LINK_BEGAN, 0, &one_link_own);
    return f;
}

void one_link_end(one_link *f) {
    gc_peer_connection_end(&f->link);
    gc_dtls_context_end(&f->dtls);
    gc_certificate_end(&f->certificate);
    free(f->memory);
    free(f);
}

bool one_link_next(one_link *f, uint32_t type) {
    while (gc_peer_connection_poll(&f->link, &f->out)) {
        if (f->out.type == type) {
            return true;
        }
    }
    return false;
}

void one_link_expect_closed(one_link *f, uint32_t reason) {
    assert_true(gc_peer_connection_poll(&f->link, &f->out));
    assert_int_equal(f->out.type, GC_RTC_CLOSED);
    assert_int_equal(f->out.value, reason);
    assert_false(gc_peer_connection_poll(&f->link, &f->out));
    assert_int_equal(f->link.state, GC_PEER_CONNECTION_ENDED);
}

uint8_t *one_link_make_offer(uint32_t *len) {
    one_link *f = one_link_begin(true);
    gc_peer_connection_offer(&f->link, GC_SPAN(""));
    assert_true(one_link_next(f, GC_RTC_DESCRIPTION));
    *len = f->out.bytes.len;
    uint8_t *text = exact_copy(f->out.bytes.data, *len);
    one_link_end(f);
    return text;
}
