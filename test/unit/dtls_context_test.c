#include "rtc/dtls_context.h"
#include "core/base/error.h"
#include "test/unit/unit.h"

#include <openssl/ssl.h>

static gc_certificate make(void) {
    uint8_t bytes[32] = {1};
    gc_drbg drbg;
    gc_certificate c;
    gc_drbg_init(&drbg, bytes);
    assert_int_equal(gc_certificate_make(&c, &drbg, 1800000000), 0);
    return c;
}

/* The certificate may go: the context has its own share. */
static void one_version_and_few_ciphers(void **state) {
    (void)state;
    gc_certificate c = make();
    gc_dtls_context x;
    assert_int_equal(gc_dtls_context_init(&x, &c), 0);
    gc_certificate_end(&c);
    assert_int_equal(SSL_CTX_get_min_proto_version(x.ssl), DTLS1_2_VERSION);
    assert_int_equal(SSL_CTX_get_max_proto_version(x.ssl), DTLS1_2_VERSION);
    SSL *ssl = SSL_new(x.ssl);
    assert_non_null(ssl);
    assert_non_null(SSL_get_certificate(ssl));
    assert_non_null(SSL_get_privatekey(ssl));
    STACK_OF(SSL_CIPHER) *ciphers = SSL_get1_supported_ciphers(ssl);
    assert_int_equal(sk_SSL_CIPHER_num(ciphers), 4);
    assert_string_equal(SSL_CIPHER_get_name(sk_SSL_CIPHER_value(ciphers, 0)),
                        "ECDHE-ECDSA-AES128-GCM-SHA256");
    sk_SSL_CIPHER_free(ciphers);
    SSL_free(ssl);
    assert_null(x.input.reader);
    gc_dtls_context_end(&x);
    assert_null(x.ssl);
    assert_null(x.bio);
    gc_dtls_context_end(&x);
}

/* A key that is not of the certificate. */
static void a_certificate_that_openssl_refuses(void **state) {
    (void)state;
    gc_certificate c = make(), other = make();
    gc_certificate mixed = {.key = other.key, .x509 = c.x509};
    gc_dtls_context x;
    assert_int_equal(gc_dtls_context_init(&x, &mixed), GC_E_CRYPTO);
    assert_null(x.ssl);
    gc_certificate_end(&c);
    gc_certificate_end(&other);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_version_and_few_ciphers),
        cmocka_unit_test(a_certificate_that_openssl_refuses),
    };
    return RUN(tests);
}
