#include "host/tls.h"
#include "host/certificate.h"

#include <openssl/bio.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

/* One BIO for both directions: what OpenSSL reads lies in the socket's read buffer, what it writes
 * goes to the socket at once (a connection owns no buffer while it is idle). */
typedef struct bio_state {
    const gc_tls_transport *transport;
    void *context;
} bio_state;

static BIO_METHOD *bio_method;

static int bio_read(BIO *bio, char *out, int size) {
    bio_state *s = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    int n = s->transport->take(s->context, (uint8_t *)out, size);
    if (n > 0) {
        return n;
    }
    if (n == 0) {
        BIO_set_retry_read(bio);
    }
    return -1;
}

static int bio_write(BIO *bio, const char *data, int len) {
    bio_state *s = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    int n = s->transport->give(s->context, (const uint8_t *)data, len);
    if (n > 0) {
        return n;
    }
    if (n == 0) {
        BIO_set_retry_write(bio);
    }
    return -1;
}

static long bio_ctrl(BIO *bio, int command, long number, void *pointer) {
    (void)bio, (void)number, (void)pointer;
    return command == BIO_CTRL_FLUSH || command == BIO_CTRL_DUP ? 1 : 0;
}

static int bio_destroy(BIO *bio) {
    OPENSSL_free(BIO_get_data(bio));
    return 1;
}

void gc_tls_start(void) {
    OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS, NULL);
}

static bool make_method(void) {
    if (bio_method != NULL) {
        return true;
    }
    BIO_METHOD *m = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "gc");
    if (m == NULL || !BIO_meth_set_read(m, bio_read) || !BIO_meth_set_write(m, bio_write) ||
        !BIO_meth_set_ctrl(m, bio_ctrl) || !BIO_meth_set_destroy(m, bio_destroy)) {
        BIO_meth_free(m);
        return false;
    }
    bio_method = m;
    return true;
}

static const unsigned char http_1_1[] = "\x08http/1.1";

/* RFC 7301: a client that offers only other protocols (h2) is refused; one that offers none is
 * served HTTP/1.1. */
static int choose_alpn(SSL *ssl, const unsigned char **out, unsigned char *out_len,
                       const unsigned char *in, unsigned int in_len, void *context) {
    (void)ssl, (void)context;
    if (SSL_select_next_proto((unsigned char **)out, out_len, http_1_1, sizeof http_1_1 - 1, in,
                              in_len) != OPENSSL_NPN_NEGOTIATED) {
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    }
    return SSL_TLSEXT_ERR_OK;
}

/* The rules that servers and clients have in common. */
static void set_rules(SSL_CTX *context) {
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                  SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                     SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
}

static void set_server_rules(SSL_CTX *context) {
    set_rules(context);
    SSL_CTX_set_options(context, SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_num_tickets(context, 2);
    SSL_CTX_set_alpn_select_cb(context, choose_alpn, NULL);
}

SSL_CTX *gc_tls_context(const char *cert_file, const char *key_file, char *error,
                        size_t error_bytes) {
    SSL_CTX *context = make_method() ? SSL_CTX_new(TLS_server_method()) : NULL;
    if (context == NULL) {
        snprintf(error, error_bytes, "OpenSSL cannot make a TLS context");
        return NULL;
    }
    set_server_rules(context);
    if (gc_certificate_load(context, cert_file, key_file, error, error_bytes) != 0) {
        SSL_CTX_free(context);
        return NULL;
    }
    return context;
}

SSL_CTX *gc_tls_client_context(void) {
    SSL_CTX *context = make_method() ? SSL_CTX_new(TLS_client_method()) : NULL;
    if (context == NULL) {
        return NULL;
    }
    set_rules(context);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    if (SSL_CTX_set_default_verify_paths(context) != 1 ||
        SSL_CTX_set_alpn_protos(context, http_1_1, sizeof http_1_1 - 1) != 0) {
        SSL_CTX_free(context);
        return NULL;
    }
    return context;
}

static SSL *make_session(SSL_CTX *context, const gc_tls_transport *transport,
                         void *transport_context) {
    SSL *ssl = SSL_new(context);
    BIO *bio = BIO_new(bio_method);
    bio_state *state = OPENSSL_malloc(sizeof *state);
    if (ssl == NULL || bio == NULL || state == NULL) {
        SSL_free(ssl);
        OPENSSL_free(state);
        if (bio != NULL) {
            BIO_set_data(bio, NULL);
            BIO_free(bio);
        }
        return NULL;
    }
    *state = (bio_state){transport, transport_context};
    BIO_set_data(bio, state);
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl, bio, bio);
    return ssl;
}

SSL *gc_tls_session(SSL_CTX *context, const gc_tls_transport *transport, void *transport_context) {
    SSL *ssl = make_session(context, transport, transport_context);
    if (ssl != NULL) {
        SSL_set_accept_state(ssl);
    }
    return ssl;
}

/* RFC 6125 6.4.3: a certificate for *.example.org is none for a.b.example.org, nor is one for
 * a*.example.org taken at all. */
static bool expect_host(SSL *ssl, const char *host) {
    if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host) == 1) {
        return true;
    }
    SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return SSL_set1_host(ssl, host) == 1 && SSL_set_tlsext_host_name(ssl, host) == 1;
}

SSL *gc_tls_client_session(SSL_CTX *context, const gc_tls_transport *transport,
                           void *transport_context, const char *host) {
    SSL *ssl = make_session(context, transport, transport_context);
    if (ssl != NULL && !expect_host(ssl, host)) {
        SSL_free(ssl);
        return NULL;
    }
    if (ssl != NULL) {
        SSL_set_connect_state(ssl);
    }
    return ssl;
}
