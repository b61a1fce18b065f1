/* DTLS context: what all sessions of a handle share, that is its certificate, which algorithms are
 * offered and taken, and the memory of one datagram each way. Source: RFC 8827 6.5, RFC 5246
 * 7.4.1.4.1. */
#ifndef GC_RTC_DTLS_CONTEXT_H
#define GC_RTC_DTLS_CONTEXT_H

#include "rtc/certificate.h"
#include "rtc/dtls_bio.h"

typedef struct gc_dtls_context {
    struct ssl_ctx_st *ssl; /* OpenSSL's memory, both */
    struct bio_method_st *bio;
    gc_dtls_input input;
    uint8_t data[GC_DTLS_DATAGRAM_BYTES_MAX]; /* of DATA */
} gc_dtls_context;

/* Makes the context of a handle with its certificate, whose key it shares (OpenSSL counts who has
 * it, so the certificate may end before). The context must not move while sessions use it. Returns
 * 0, or GC_E_CRYPTO: OpenSSL refused, and there is nothing to end. */
int gc_dtls_context_init(gc_dtls_context *x, const gc_certificate *certificate);
/* Gives back what OpenSSL allocated; all sessions must have ended before. May be called twice. */
void gc_dtls_context_end(gc_dtls_context *x);

#endif
