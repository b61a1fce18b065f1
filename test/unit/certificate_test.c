#include "rtc/certificate.h"
#include "test/unit/unit.h"

#include <openssl/evp.h>
#include <openssl/x509.h>

static void make(gc_certificate *c, uint8_t seed, uint64_t unix_s) {
    uint8_t bytes[32] = {seed};
    gc_drbg drbg;
    gc_drbg_init(&drbg, bytes);
    assert_int_equal(gc_certificate_make(c, &drbg, unix_s), 0);
}

static void a_self_signed_one_of_p256(void **state) {
    (void)state;
    gc_certificate c;
    make(&c, 1, 1800000000);
    assert_int_equal(X509_verify(c.x509, c.key), 1);
    char group[32];
    size_t len;
    assert_int_equal(EVP_PKEY_get_group_name(c.key, group, sizeof group, &len), 1);
    assert_string_equal(group, "prime256v1");
    assert_int_equal(X509_get_version(c.x509), X509_VERSION_3);
    gc_certificate_end(&c);
    gc_certificate_end(&c);
}

static void the_fingerprint_is_that_of_its_bytes(void **state) {
    (void)state;
    gc_certificate c;
    make(&c, 1, 1800000000);
    uint8_t *der = NULL, hash[32];
    int len = i2d_X509(c.x509, &der);
    assert_true(len > 0);
    assert_int_equal(EVP_Digest(der, (size_t)len, hash, NULL, EVP_sha256(), NULL), 1);
    assert_memory_equal(hash, c.fingerprint, sizeof hash);
    OPENSSL_free(der);
    gc_certificate_end(&c);
}

/* The dates come from the caller's time, not from a clock. */
static void dates_are_those_of_the_caller(void **state) {
    (void)state;
    gc_certificate c;
    make(&c, 1, 1800000000);
    time_t before = 1800000000 - GC_CERTIFICATE_BEFORE_S,
           after = 1800000000 + GC_CERTIFICATE_AFTER_S;
    assert_int_equal(ASN1_TIME_cmp_time_t(X509_get0_notBefore(c.x509), before), 0);
    assert_int_equal(ASN1_TIME_cmp_time_t(X509_get0_notAfter(c.x509), after), 0);
    gc_certificate_end(&c);
}

static void no_two_are_alike(void **state) {
    (void)state;
    gc_certificate a, b, c;
    make(&a, 1, 1800000000);
    make(&b, 1, 1800000000);
    make(&c, 2, 1800000000);
    assert_memory_not_equal(a.fingerprint, b.fingerprint, GC_FINGERPRINT_BYTES);
    uint64_t serials[2];
    assert_int_equal(ASN1_INTEGER_get_uint64(&serials[0], X509_get0_serialNumber(a.x509)), 1);
    assert_int_equal(ASN1_INTEGER_get_uint64(&serials[1], X509_get0_serialNumber(c.x509)), 1);
    assert_true(serials[0] != serials[1] && serials[0] > 0);
    gc_certificate_end(&a);
    gc_certificate_end(&b);
    gc_certificate_end(&c);
}

static void a_certificate_is_its_fingerprint(void **state) {
    (void)state;
    gc_certificate c;
    make(&c, 1, 1800000000);
    uint8_t *der = NULL;
    int len = i2d_X509(c.x509, &der);
    assert_true(len > 0);
    assert_true(gc_certificate_is(gc_span_of(der, (uint32_t)len), c.fingerprint));
    assert_false(gc_certificate_is(gc_span_of(der, (uint32_t)len - 1), c.fingerprint));
    c.fingerprint[0] ^= 1;
    assert_false(gc_certificate_is(gc_span_of(der, (uint32_t)len), c.fingerprint));
    OPENSSL_free(der);
    gc_certificate_end(&c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_self_signed_one_of_p256),
        cmocka_unit_test(the_fingerprint_is_that_of_its_bytes),
        cmocka_unit_test(dates_are_those_of_the_caller),
        cmocka_unit_test(no_two_are_alike),
        cmocka_unit_test(a_certificate_is_its_fingerprint),
    };
    return RUN(tests);
}
