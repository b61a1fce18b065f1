#include "rtc/dtls_flight.h"

static const uint8_t of_server[] = {GC_DTLS_SERVER_HELLO, GC_DTLS_CERTIFICATE,
                                    GC_DTLS_SERVER_KEY_EXCHANGE};
static const uint8_t of_client[] = {GC_DTLS_CERTIFICATE, GC_DTLS_CLIENT_KEY_EXCHANGE,
                                    GC_DTLS_CERTIFICATE_VERIFY};

void gc_dtls_flight_init(gc_dtls_flight *f, uint8_t *memory) {
    f->memory = memory;
    gc_dtls_proof_init(&f->proof);
    f->fingerprint = NULL;
    f->proofs_until_ms = 0;
    f->proofs = 0;
    f->of_client = f->ours = f->foreign = f->cut = false;
}

void gc_dtls_flight_end(gc_dtls_flight *f) {
    gc_dtls_proof_end(&f->proof);
}

bool gc_dtls_flight_begin(gc_dtls_flight *f, bool is_client, bool ours,
                          const uint8_t *fingerprint) {
    f->fingerprint = fingerprint;
    f->of_client = is_client;
    f->ours = ours;
    f->cut = false;
    return !is_client || gc_dtls_proof_listen(&f->proof);
}

static bool may_check(gc_dtls_flight *f, uint64_t now_ms, uint32_t timer_ms) {
    if (now_ms >= f->proofs_until_ms) {
        f->proofs_until_ms = now_ms + timer_ms;
        f->proofs = 0;
    }
    if (f->proofs == GC_DTLS_PROOFS_MAX) {
        return false;
    }
    f->proofs++;
    return true;
}

/* Whether the certificate is there, and is the expected one. */
static bool is_expected(gc_dtls_flight *f, const gc_dtls_assembly *a) {
    gc_span certificate = gc_dtls_assembly_message(a, f->of_client ? 0 : 1);
    if (certificate.len == 0) {
        return false;
    }
    bool expected = gc_dtls_proof_certificate(&f->proof, certificate, f->fingerprint);
    f->foreign = f->foreign || !expected;
    return expected;
}

static bool is_signed(const gc_dtls_flight *f, const gc_dtls_assembly *a, const uint8_t *random) {
    gc_span first = gc_dtls_assembly_message(a, 0), second = gc_dtls_assembly_message(a, 1);
    gc_span third = gc_dtls_assembly_message(a, 2);
    return f->of_client ? gc_dtls_proof_of_client(&f->proof, first, second, third)
                        : gc_dtls_proof_of_server(&f->proof, random, first, third);
}

static void begin(const gc_dtls_flight *f, gc_dtls_assembly *a, uint8_t *memory, uint16_t seq) {
    gc_dtls_assembly_begin(a, memory, GC_DTLS_FLIGHT_BYTES_MAX,
                           f->of_client ? of_client : of_server, sizeof of_client, seq);
}

gc_span gc_dtls_flight_find(gc_dtls_flight *f, uint64_t now_ms, uint32_t timer_ms, uint16_t seq,
                            const uint8_t *random, gc_span datagram) {
    uint8_t memory[GC_DTLS_FLIGHT_BYTES_MAX];
    gc_dtls_assembly whole;
    begin(f, &whole, memory, seq);
    bool some = gc_dtls_assembly_datagram(&whole, datagram);
    if (is_expected(f, &whole) && gc_dtls_assembly_done(&whole)) {
        bool right = may_check(f, now_ms, timer_ms) && is_signed(f, &whole, random);
        return right ? datagram : GC_SPAN_NONE;
    }
    if (f->ours || (!some && !f->cut)) {
        return GC_SPAN_NONE;
    }
    if (!f->cut || f->parts.seq != seq) {
        begin(f, &f->parts, f->memory, seq);
        f->cut = true;
    }
    bool right = gc_dtls_assembly_datagram(&f->parts, datagram) && is_expected(f, &f->parts) &&
                 gc_dtls_assembly_done(&f->parts) && may_check(f, now_ms, timer_ms) &&
                 is_signed(f, &f->parts, random);
    return right ? gc_dtls_assembly_record(&f->parts) : GC_SPAN_NONE;
}
