#include "rtc/dtls_context.h"
#include "core/base/error.h"
#include "rtc/dtls_proof.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

/* RFC 8827 6.5 demands the first; the others are for stacks that do not have it. */
#define CIPHERS                                                                                    \
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"                                   \
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305"
#define GROUPS "X25519:P-256"

static bool set_up(SSL_CTX *c, const gc_certificate *certificate) {
    SSL_CTX_set_options(c, SSL_OP_NO_QUERY_MTU | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET);
    SSL_CTX_set_session_cache_mode(c, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_read_ahead(c, 1);
    return SSL_CTX_set_min_proto_version(c, DTLS1_2_VERSION) == 1 &&
           SSL_CTX_set_max_proto_version(c, DTLS1_2_VERSION) == 1 &&
           SSL_CTX_set_cipher_list(c, CIPHERS) == 1 && SSL_CTX_set1_groups_list(c, GROUPS) == 1 &&
           SSL_CTX_set1_sigalgs_list(c, GC_DTLS_PROOF_ALGORITHMS) == 1 &&
           SSL_CTX_set1_client_sigalgs_list(c, GC_DTLS_PROOF_ALGORITHMS_OF_CLIENT) == 1 &&
           SSL_CTX_use_certificate(c, certificate->x509) == 1 &&
           SSL_CTX_use_PrivateKey(c, certificate->key) == 1;
}

int gc_dtls_context_init(gc_dtls_context *x, const gc_certificate *certificate) {
    x->input.reader = NULL;
    x->ssl = SSL_CTX_new(DTLS_method());
    x->bio = gc_dtls_bio_method();
    if (x->ssl == NULL || x->bio == NULL || !set_up(x->ssl, certificate)) {
        gc_dtls_context_end(x);
        ERR_clear_error();
        return GC_E_CRYPTO;
    }
    return 0;
}

void gc_dtls_context_end(gc_dtls_context *x) {
    SSL_CTX_free(x->ssl);
    BIO_meth_free(x->bio);
    x->ssl = NULL;
    x->bio = NULL;
}
