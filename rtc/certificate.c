#include "rtc/certificate.h"
#include "core/base/error.h"
#include "core/base/secret.h"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

/* RFC 5280 4.1.2.2: a positive number. */
static bool set_serial(X509 *x509, gc_drbg *drbg) {
    uint64_t serial;
    gc_drbg_bytes(drbg, &serial, sizeof serial);
    return ASN1_INTEGER_set_uint64(X509_get_serialNumber(x509), (serial >> 1) | 1) == 1;
}

/* X509_gmtime_adj() would ask the clock. */
static bool set_dates(X509 *x509, uint64_t unix_s) {
    return ASN1_TIME_set(X509_getm_notBefore(x509), (time_t)unix_s - GC_CERTIFICATE_BEFORE_S) &&
           ASN1_TIME_set(X509_getm_notAfter(x509), (time_t)unix_s + GC_CERTIFICATE_AFTER_S);
}

/* The name is that of the browsers: it tells nobody who is here. */
static bool set_names(X509 *x509) {
    X509_NAME *name = X509_get_subject_name(x509);
    return X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"WebRTC", -1,
                                      -1, 0) == 1 &&
           X509_set_issuer_name(x509, name) == 1;
}

static bool fill(gc_certificate *c, gc_drbg *drbg, uint64_t unix_s) {
    c->key = EVP_EC_gen("P-256");
    c->x509 = X509_new();
    if (c->key == NULL || c->x509 == NULL) {
        return false;
    }
    unsigned len = 0;
    return X509_set_version(c->x509, X509_VERSION_3) == 1 && set_serial(c->x509, drbg) &&
           set_dates(c->x509, unix_s) && set_names(c->x509) &&
           X509_set_pubkey(c->x509, c->key) == 1 && X509_sign(c->x509, c->key, EVP_sha256()) > 0 &&
           X509_digest(c->x509, EVP_sha256(), c->fingerprint, &len) == 1 &&
           len == GC_FINGERPRINT_BYTES;
}

int gc_certificate_make(gc_certificate *c, gc_drbg *drbg, uint64_t unix_s) {
    *c = (gc_certificate){0};
    if (!fill(c, drbg, unix_s)) {
        gc_certificate_end(c);
        ERR_clear_error();
        return GC_E_CRYPTO;
    }
    return 0;
}

bool gc_certificate_is(gc_span der, const uint8_t fingerprint[GC_FINGERPRINT_BYTES]) {
    uint8_t found[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    return EVP_Digest(der.data, der.len, found, &len, EVP_sha256(), NULL) == 1 &&
           len == GC_FINGERPRINT_BYTES && gc_bytes_equal_ct(found, fingerprint, len);
}

void gc_certificate_end(gc_certificate *c) {
    X509_free(c->x509);
    EVP_PKEY_free(c->key);
    *c = (gc_certificate){0};
}
