#include "rtc/dtls_proof.h"
#include "test/unit/dtls_forgery.h"
#include "test/unit/unit.h"

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

enum { RECORD = GC_DTLS_RECORD_HEAD_BYTES, MESSAGE = GC_DTLS_HANDSHAKE_HEAD_BYTES };

/* One message, behind the head of its record. */
static gc_span message(const forgery *f) {
    return gc_span_of(f->bytes + RECORD, f->len - RECORD);
}

/* A certificate whose key is of the test's choice. */
typedef struct owner {
    gc_certificate c;
    gc_dtls_proof proof;
} owner;

static void make(owner *o, EVP_PKEY *key) {
    uint8_t bytes[32] = {1};
    unsigned len;
    gc_drbg drbg;
    gc_drbg_init(&drbg, bytes);
    assert_int_equal(gc_certificate_make(&o->c, &drbg, 1800000000), 0);
    gc_dtls_proof_init(&o->proof);
    if (key != NULL) {
        EVP_PKEY_free(o->c.key);
        o->c.key = key;
        assert_int_equal(X509_set_pubkey(o->c.x509, key), 1);
        assert_true(X509_sign(o->c.x509, key, EVP_sha256()) > 0);
        X509_digest(o->c.x509, EVP_sha256(), o->c.fingerprint, &len);
    }
    forgery f = {.len = 0};
    forge_own_certificate(&f, &o->c, 1);
    assert_true(gc_dtls_proof_certificate(&o->proof, message(&f), o->c.fingerprint));
}

static void end(owner *o) {
    gc_dtls_proof_end(&o->proof);
    gc_dtls_proof_end(&o->proof);
    gc_certificate_end(&o->c);
}

/* A signature over bytes, with its algorithm and its length. */
static void sign(forgery *f, const owner *o, uint16_t algorithm, gc_span bytes) {
    const EVP_MD *md =
        algorithm == 0x0401 || algorithm == 0x0403 || algorithm == 0x0804   ? EVP_sha256()
        : algorithm == 0x0503 || algorithm == 0x0501 || algorithm == 0x0805 ? EVP_sha384()
                                                                            : EVP_sha512();
    uint8_t out[512];
    size_t len = sizeof out;
    EVP_PKEY_CTX *c = NULL;
    EVP_MD_CTX *x = EVP_MD_CTX_new();
    assert_int_equal(EVP_DigestSignInit(x, &c, md, NULL, o->c.key), 1);
    if (algorithm >> 8 == 8) {
        assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(c, RSA_PKCS1_PSS_PADDING), 1);
        assert_int_equal(EVP_PKEY_CTX_set_rsa_pss_saltlen(c, RSA_PSS_SALTLEN_DIGEST), 1);
    }
    assert_int_equal(EVP_DigestSign(x, out, &len, bytes.data, bytes.len), 1);
    EVP_MD_CTX_free(x);
    forge_number(f, algorithm, 2);
    forge_number(f, len, 2);
    forge_bytes(f, out, (uint32_t)len);
}

static const uint8_t client_random[GC_DTLS_RANDOM_BYTES] = {1, 2, 3};

/* A ServerHello, and a ServerKeyExchange whose key has 5 bytes. */
static void make_flight(const owner *o, uint16_t algorithm, forgery *hello, forgery *exchange) {
    static const uint8_t key[] = {3, 0, 0x1d, 5, 'p', 'o', 'i', 'n', 't'};
    forgery covered = {.len = 0};
    hello->len = exchange->len = 0;
    forge_server_hello(hello, 9);
    forge_bytes(&covered, client_random, sizeof client_random);
    forge_bytes(&covered, hello->bytes + RECORD + MESSAGE + 2, GC_DTLS_RANDOM_BYTES);
    forge_bytes(&covered, key, sizeof key);
    forge_message(exchange, GC_DTLS_SERVER_KEY_EXCHANGE, 2, 0, 0, 0);
    forge_bytes(exchange, key, sizeof key);
    sign(exchange, o, algorithm, gc_span_of(covered.bytes, covered.len));
}

static bool is_of_server(const owner *o, gc_span hello, gc_span exchange) {
    uint8_t *a = exact_copy(hello.data, hello.len), *b = exact_copy(exchange.data, exchange.len);
    bool right = gc_dtls_proof_of_server(&o->proof, client_random, gc_span_of(a, hello.len),
                                         gc_span_of(b, exchange.len));
    free(a);
    free(b);
    return right;
}

static const uint16_t of_ec[] = {0x0403, 0x0503, 0x0603};
static const uint16_t of_rsa[] = {0x0401, 0x0501, 0x0601, 0x0804, 0x0805, 0x0806};

static void a_server_signs_with_each_algorithm(void **state) {
    (void)state;
    for (int rsa = 0; rsa < 2; rsa++) {
        owner o;
        forgery hello, exchange;
        make(&o, rsa == 1 ? EVP_RSA_gen(2048) : NULL);
        const uint16_t *algorithms = rsa == 1 ? of_rsa : of_ec;
        for (size_t n = 0; n < (rsa == 1 ? 6 : 3); n++) {
            make_flight(&o, algorithms[n], &hello, &exchange);
            assert_true(is_of_server(&o, message(&hello), message(&exchange)));
            for (uint32_t other = 0; other < 0x1000; other++) { /* another name, the same bytes */
                uint8_t *name = exchange.bytes + RECORD + MESSAGE + 9;
                name[0] = (uint8_t)(other >> 8);
                name[1] = (uint8_t)other;
                assert_int_equal(is_of_server(&o, message(&hello), message(&exchange)),
                                 other == algorithms[n]);
            }
        }
        end(&o);
    }
}

/* Each bit counts but for what is not covered: heads, and what follows the random of a hello. */
static void no_other_flight_of_a_server_is_right(void **state) {
    (void)state;
    owner o;
    forgery hello, exchange;
    make(&o, NULL);
    make_flight(&o, 0x0403, &hello, &exchange);
    for (uint32_t bit = RECORD * 8; bit < exchange.len * 8; bit++) {
        forgery f = exchange;
        f.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_int_equal(is_of_server(&o, message(&hello), message(&f)),
                         bit / 8 < RECORD + MESSAGE);
    }
    for (uint32_t byte = MESSAGE + 2; byte < MESSAGE + 2 + GC_DTLS_RANDOM_BYTES; byte++) {
        forgery f = hello;
        f.bytes[RECORD + byte] ^= 1;
        assert_false(is_of_server(&o, message(&f), message(&exchange)));
    }
    gc_span whole = message(&exchange), head = message(&hello);
    for (uint32_t len = 0; len < whole.len; len++) {
        assert_false(is_of_server(&o, head, gc_span_of(whole.data, len)));
    }
    for (uint32_t len = 0; len < MESSAGE + 2 + GC_DTLS_RANDOM_BYTES; len++) {
        assert_false(is_of_server(&o, gc_span_of(head.data, len), whole));
    }
    forge_number(&exchange, 0, 1); /* one byte more */
    assert_false(is_of_server(&o, head, message(&exchange)));
    end(&o);
}

static void another_owner_or_none(void **state) {
    (void)state;
    owner o, other;
    forgery hello, exchange, f = {.len = 0};
    make(&o, NULL);
    make(&other, NULL);
    make_flight(&other, 0x0403, &hello, &exchange);
    assert_true(is_of_server(&other, message(&hello), message(&exchange)));
    assert_false(is_of_server(&o, message(&hello), message(&exchange)));
    gc_dtls_proof_end(&other.proof);
    assert_false(is_of_server(&other, message(&hello), message(&exchange)));
    forge_own_certificate(&f, &other.c, 1);
    assert_false(gc_dtls_proof_certificate(&o.proof, message(&f), o.c.fingerprint));
    gc_span m = message(&f);
    for (uint32_t len = 0; len < m.len; len++) {
        uint8_t *copy = exact_copy(m.data, len);
        assert_false(
            gc_dtls_proof_certificate(&other.proof, gc_span_of(copy, len), other.c.fingerprint));
        free(copy);
    }
    end(&o);
    end(&other);
}

/* What a client signs is the handshake so far, in which a message that was sent again is once. */
static void a_client_signs_the_handshake(void **state) {
    (void)state;
    owner o;
    forgery said[2] = {{.len = 0}, {.len = 0}}, certificate = {.len = 0}, exchange = {.len = 0};
    forgery covered = {.len = 0};
    make(&o, NULL);
    forge_client_hello(&said[0], 3, 0xc02b);
    forge_server_hello(&said[1], 4);
    forge_own_certificate(&certificate, &o.c, 1);
    forge_filled(&exchange, GC_DTLS_CLIENT_KEY_EXCHANGE, 2, 33);
    for (int n = 0; n < 4; n++) {
        gc_span m = n < 2 ? message(&said[n]) : message(n == 2 ? &certificate : &exchange);
        forge_bytes(&covered, m.data, m.len);
    }
    static const uint16_t algorithms[] = {0x0403, 0x0503, 0x0603};
    for (int n = 0; n < 3; n++) {
        forgery verify = {.len = 0};
        forge_message(&verify, GC_DTLS_CERTIFICATE_VERIFY, 3, 0, 0, 0);
        sign(&verify, &o, algorithms[n], gc_span_of(covered.bytes, covered.len));
        assert_false(gc_dtls_proof_of_client(&o.proof, message(&certificate), message(&exchange),
                                             message(&verify))); /* of another handshake */
        assert_true(gc_dtls_proof_listen(&o.proof));
        gc_dtls_proof_hear(&o.proof, false, message(&said[0]));
        gc_dtls_proof_hear(&o.proof, true, message(&said[1]));
        gc_dtls_proof_hear(&o.proof, true, message(&said[1]));
        gc_dtls_proof_hear(&o.proof, false, message(&said[0]));
        gc_dtls_proof_hear(&o.proof, false, GC_SPAN_NONE);
        for (int twice = 0; twice < 2; twice++) {
            assert_int_equal(gc_dtls_proof_of_client(&o.proof, message(&certificate),
                                                     message(&exchange), message(&verify)),
                             n == 0); /* one digest alone */
        }
        for (uint32_t bit = 0; n == 0 && bit < exchange.len * 8; bit++) {
            forgery f = exchange;
            f.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
            assert_int_equal(gc_dtls_proof_of_client(&o.proof, message(&certificate), message(&f),
                                                     message(&verify)),
                             bit / 8 < RECORD);
        }
        gc_span v = message(&verify);
        for (uint32_t len = 0; len < v.len; len++) {
            uint8_t *copy = exact_copy(v.data, len);
            assert_false(gc_dtls_proof_of_client(&o.proof, message(&certificate),
                                                 message(&exchange), gc_span_of(copy, len)));
            free(copy);
        }
        gc_dtls_proof_hear(&o.proof, true, message(&exchange)); /* something else was said */
        assert_false(gc_dtls_proof_of_client(&o.proof, message(&certificate), message(&exchange),
                                             message(&verify)));
    }
    end(&o);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_server_signs_with_each_algorithm),
        cmocka_unit_test(no_other_flight_of_a_server_is_right),
        cmocka_unit_test(another_owner_or_none),
        cmocka_unit_test(a_client_signs_the_handshake),
    };
    return RUN(tests);
}
