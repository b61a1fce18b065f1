#include "host/certificate.h"
#include "host/file.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509err.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* A file while it is read. */
typedef struct source {
    const char *path;
    char *bytes;
    uint32_t len;
    BIO *bio;
    bool encrypted; /* OpenSSL asked for a passphrase */
} source;

/* OpenSSL's own callback asks on the terminal, and all clients wait for the answer. */
static int refuse_passphrase(char *out, int size, int writing, void *context) {
    (void)out, (void)size, (void)writing;
    *(bool *)context = true;
    return -1;
}

static int fail(const source *s, const char *what, char *error, size_t error_bytes) {
    snprintf(error, error_bytes, "%s %s", s->path, what);
    return -1;
}

static int source_open(source *s, const char *path, char *error, size_t error_bytes) {
    *s = (source){.path = path};
    if (gc_file_read(path, GC_CERTIFICATE_FILE_BYTES_MAX, &s->bytes, &s->len, error, error_bytes) !=
        0) {
        return -1;
    }
    s->bio = BIO_new_mem_buf(s->bytes, (int)s->len);
    return s->bio != NULL ? 0 : fail(s, "cannot be read: no memory", error, error_bytes);
}

static void source_close(source *s) {
    BIO_free(s->bio);
    gc_file_free(s->bytes, s->len);
    ERR_clear_error();
}

/* --- the chain -------------------------------------------------------------------------------- */

/* Tells whether reading stopped because no further block begins; else a block is damaged. */
static bool at_end(void) {
    unsigned long e = ERR_peek_last_error();
    return ERR_GET_LIB(e) == ERR_LIB_PEM && ERR_GET_REASON(e) == PEM_R_NO_START_LINE;
}

static int fail_on_chain(const source *s, char *error, size_t error_bytes) {
    if (s->encrypted) {
        return fail(s, "is encrypted, but a certificate is not secret: use a plain one", error,
                    error_bytes);
    }
    return fail(
        s, at_end() ? "holds no certificate in PEM format" : "holds a certificate that is damaged",
        error, error_bytes);
}

/* Of a key that is too short or a signature that is too old, say. */
static int fail_on_use(const source *s, char *error, size_t error_bytes) {
    return fail(s, "holds a certificate that OpenSSL finds too weak, or cannot use", error,
                error_bytes);
}

static int use_chain(SSL_CTX *context, source *s, char *error, size_t error_bytes) {
    X509 *own = PEM_read_bio_X509_AUX(s->bio, NULL, refuse_passphrase, &s->encrypted);
    if (own == NULL) {
        return fail_on_chain(s, error, error_bytes);
    }
    int used = SSL_CTX_use_certificate(context, own);
    X509_free(own);
    if (used != 1) {
        return fail_on_use(s, error, error_bytes);
    }
    ERR_clear_error();
    for (X509 *next;
         (next = PEM_read_bio_X509(s->bio, NULL, refuse_passphrase, &s->encrypted)) != NULL;) {
        if (SSL_CTX_add0_chain_cert(context, next) != 1) {
            X509_free(next);
            return fail_on_use(s, error, error_bytes);
        }
    }
    return at_end() ? 0 : fail_on_chain(s, error, error_bytes);
}

/* --- the key ---------------------------------------------------------------------------------- */

static int use_key(SSL_CTX *context, source *s, const char *cert_file, char *error,
                   size_t error_bytes) {
    if (strstr(s->bytes, "PRIVATE KEY-----") == NULL) {
        return fail(s, "holds no private key in PEM format", error, error_bytes);
    }
    EVP_PKEY *key = PEM_read_bio_PrivateKey(s->bio, NULL, refuse_passphrase, &s->encrypted);
    if (s->encrypted) {
        EVP_PKEY_free(key);
        return fail(s, "is encrypted, and nobody can enter its passphrase: use a key without one",
                    error, error_bytes);
    }
    if (key == NULL) {
        return fail(s, "holds a private key that is damaged", error, error_bytes);
    }
    ERR_clear_error();
    int used = SSL_CTX_use_PrivateKey(context, key);
    EVP_PKEY_free(key);
    if (used == 1 && SSL_CTX_check_private_key(context) == 1) {
        return 0;
    }
    unsigned long e = ERR_peek_last_error();
    if (used != 1 && ERR_GET_LIB(e) != ERR_LIB_X509) {
        return fail(s, "holds a private key that OpenSSL finds too weak, or cannot use", error,
                    error_bytes);
    }
    snprintf(error, error_bytes, "the key %s does not belong to the certificate %s", s->path,
             cert_file);
    return -1;
}

int gc_certificate_load(SSL_CTX *context, const char *cert_file, const char *key_file, char *error,
                        size_t error_bytes) {
    source chain, key;
    int r = source_open(&chain, cert_file, error, error_bytes);
    if (r == 0) {
        r = use_chain(context, &chain, error, error_bytes);
    }
    source_close(&chain);
    if (r != 0) {
        return r;
    }
    r = source_open(&key, key_file, error, error_bytes);
    if (r == 0) {
        r = use_key(context, &key, cert_file, error, error_bytes);
    }
    source_close(&key);
    return r;
}
