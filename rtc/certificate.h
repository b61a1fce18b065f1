/* Certificate: the key by which the other side of a link knows this handle, and its fingerprint,
 * which travels in the descriptions (RFC 8122): SHA-256, the only digest that is offered and taken.
 * It is self-signed, so its fingerprint alone tells peers apart; it is made anew for each handle,
 * so it links no two visits. */
#ifndef GC_RTC_CERTIFICATE_H
#define GC_RTC_CERTIFICATE_H

#include "core/base/drbg.h"
#include "core/base/limits.h"
#include "core/base/span.h"

#include <stdbool.h>

/* The certificate is valid from a day before it was made (the clock of the other side may be slow,
 * although no browser looks at the dates) until 30 days later, as Chromium's are. */
#define GC_CERTIFICATE_BEFORE_S 86400
#define GC_CERTIFICATE_AFTER_S  2592000

typedef struct gc_certificate {
    struct evp_pkey_st *key; /* P-256 (FIPS 186-4, D.1.2.3) */
    struct x509_st *x509;    /* OpenSSL's memory, both */
    uint8_t fingerprint[GC_FINGERPRINT_BYTES];
} gc_certificate;

/* Makes a key and its certificate. unix_s: the time of day in seconds since 1970. The serial number
 * is drawn from drbg, the key from OpenSSL. Returns 0, or GC_E_CRYPTO: OpenSSL refused, and there
 * is nothing to end. Source: RFC 8827 6.5 (P-256), RFC 5280 4.1. */
int gc_certificate_make(gc_certificate *c, gc_drbg *drbg, uint64_t unix_s);
/* Tells whether a certificate in its encoding (DER) has this fingerprint. */
bool gc_certificate_is(gc_span der, const uint8_t fingerprint[GC_FINGERPRINT_BYTES]);
/* Gives back what OpenSSL allocated. Contexts that were made of it keep their own share. */
void gc_certificate_end(gc_certificate *c);

#endif
