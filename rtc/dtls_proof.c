#include "rtc/dtls_proof.h"

#include "core/base/reader.h"
#include "rtc/certificate.h"
#include "rtc/dtls_record.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#define NAMED_CURVE 3 /* RFC 8422 5.4: the one way to name the group of a key */

void gc_dtls_proof_init(gc_dtls_proof *p) {
    p->key = NULL;
    p->so_far = NULL;
    p->next[0] = p->next[1] = 0;
}

void gc_dtls_proof_end(gc_dtls_proof *p) {
    EVP_PKEY_free(p->key);
    EVP_MD_CTX_free(p->so_far);
    gc_dtls_proof_init(p);
}

static gc_reader body_of(gc_span message) {
    gc_reader r;
    gc_reader_init(&r, message);
    gc_reader_bytes(&r, GC_DTLS_HANDSHAKE_HEAD_BYTES);
    return r;
}

/* --- the certificate -------------------------------------------------------------------------- */

static gc_span take_u24_bytes(gc_reader *r) {
    uint32_t high = gc_reader_u8(r);
    return gc_reader_bytes(r, high << 16 | gc_reader_u16(r));
}

static EVP_PKEY *key_of(gc_span der) {
    const unsigned char *at = der.data;
    X509 *x509 = d2i_X509(NULL, &at, (long)der.len);
    EVP_PKEY *key = x509 != NULL ? X509_get_pubkey(x509) : NULL;
    X509_free(x509);
    ERR_clear_error();
    return key;
}

bool gc_dtls_proof_certificate(gc_dtls_proof *p, gc_span certificate,
                               const uint8_t fingerprint[GC_FINGERPRINT_BYTES]) {
    gc_reader r = body_of(certificate);
    gc_span list = take_u24_bytes(&r);
    if (r.failed || gc_reader_left(&r) > 0) {
        return false;
    }
    gc_reader_init(&r, list);
    gc_span own = take_u24_bytes(&r); /* RFC 5246 7.4.2: the sender's own is the first one */
    if (r.failed || !gc_certificate_is(own, fingerprint)) {
        return false;
    }
    if (p->key == NULL) {
        p->key = key_of(own);
    }
    return true;
}

/* --- signatures ------------------------------------------------------------------------------- */

typedef struct signature {
    const EVP_MD *md; /* NULL: of no algorithm that is taken */
    bool rsa, pss;
    gc_span bytes;
} signature;

static const EVP_MD *digest_of(uint16_t algorithm) {
    switch (algorithm) {
    case 0x0401:
    case 0x0403:
    case 0x0804:
        return EVP_sha256();
    case 0x0501:
    case 0x0503:
    case 0x0805:
        return EVP_sha384();
    case 0x0601:
    case 0x0603:
    case 0x0806:
        return EVP_sha512();
    default:
        return NULL;
    }
}

/* Takes a signature, which is the rest of its message. */
static signature take_signature(gc_reader *r) {
    uint16_t algorithm = gc_reader_u16(r);
    signature s = {.pss = algorithm >> 8 == 8};
    s.rsa = s.pss || (algorithm & 0xff) == 1;
    s.bytes = gc_reader_bytes(r, gc_reader_u16(r));
    s.md = r->failed || gc_reader_left(r) > 0 ? NULL : digest_of(algorithm);
    return s;
}

static bool choose(EVP_PKEY_CTX *c, const signature *s) {
    if (EVP_PKEY_verify_init(c) != 1 || EVP_PKEY_CTX_set_signature_md(c, s->md) != 1) {
        return false;
    }
    if (!s->rsa) {
        return true;
    }
    int padding = s->pss ? RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING;
    return EVP_PKEY_CTX_set_rsa_padding(c, padding) == 1 &&
           (!s->pss || EVP_PKEY_CTX_set_rsa_pss_saltlen(c, RSA_PSS_SALTLEN_DIGEST) == 1);
}

/* Whether the key has signed what was hashed; md: of all that was signed, is used up. */
static bool is_signed(EVP_PKEY *key, const signature *s, EVP_MD_CTX *md) {
    uint8_t hash[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    if (key == NULL || EVP_PKEY_get_base_id(key) != (s->rsa ? EVP_PKEY_RSA : EVP_PKEY_EC)) {
        return false;
    }
    EVP_PKEY_CTX *c = EVP_PKEY_CTX_new(key, NULL);
    bool right = c != NULL && EVP_DigestFinal_ex(md, hash, &len) == 1 && choose(c, s) &&
                 EVP_PKEY_verify(c, s->bytes.data, s->bytes.len, hash, len) == 1;
    EVP_PKEY_CTX_free(c);
    return right;
}

static bool add(EVP_MD_CTX *md, gc_span bytes) {
    return EVP_DigestUpdate(md, bytes.data, bytes.len) == 1;
}

bool gc_dtls_proof_of_server(const gc_dtls_proof *p,
                             const uint8_t client_random[GC_DTLS_RANDOM_BYTES], gc_span hello,
                             gc_span key_exchange) {
    gc_reader r = body_of(hello);
    gc_reader_u16(&r); /* the version */
    gc_span server_random = gc_reader_bytes(&r, GC_DTLS_RANDOM_BYTES);
    bool failed = r.failed;
    r = body_of(key_exchange);
    gc_span rest = gc_span_from(key_exchange, r.failed ? key_exchange.len : r.at);
    bool named = gc_reader_u8(&r) == NAMED_CURVE;
    gc_reader_u16(&r); /* the group */
    gc_reader_bytes(&r, gc_reader_u8(&r));
    gc_span key = gc_span_of(rest.data, rest.len - gc_reader_left(&r));
    signature s = take_signature(&r);
    if (failed || !named || s.md == NULL) {
        return false;
    }
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    bool right = md != NULL && EVP_DigestInit_ex(md, s.md, NULL) == 1 &&
                 add(md, gc_span_of(client_random, GC_DTLS_RANDOM_BYTES)) &&
                 add(md, server_random) && add(md, key) && is_signed(p->key, &s, md);
    EVP_MD_CTX_free(md);
    ERR_clear_error();
    return right;
}

/* --- the handshake so far --------------------------------------------------------------------- */

bool gc_dtls_proof_listen(gc_dtls_proof *p) {
    if (p->so_far == NULL) {
        p->so_far = EVP_MD_CTX_new();
    }
    p->next[0] = p->next[1] = 0;
    return p->so_far != NULL && EVP_DigestInit_ex(p->so_far, EVP_sha256(), NULL) == 1;
}

void gc_dtls_proof_hear(gc_dtls_proof *p, bool sent, gc_span message) {
    gc_reader r;
    gc_reader_init(&r, message);
    gc_reader_u32(&r); /* type and length */
    uint16_t seq = gc_reader_u16(&r);
    if (p->so_far != NULL && !r.failed && seq >= p->next[sent]) {
        p->next[sent] = seq + 1u;
        add(p->so_far, message);
    }
}

bool gc_dtls_proof_of_client(const gc_dtls_proof *p, gc_span certificate, gc_span key_exchange,
                             gc_span verify) {
    gc_reader r = body_of(verify);
    signature s = take_signature(&r);
    if (p->so_far == NULL || s.md != EVP_sha256()) {
        return false;
    }
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    bool right = md != NULL && EVP_MD_CTX_copy_ex(md, p->so_far) == 1 && add(md, certificate) &&
                 add(md, key_exchange) && is_signed(p->key, &s, md);
    EVP_MD_CTX_free(md);
    ERR_clear_error();
    return right;
}
