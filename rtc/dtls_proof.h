/* DTLS proof: whether a flight of a handshake is of the side whose certificate is expected. A
 * certificate proves nothing, because its owner shows it to everybody; the signature behind it
 * covers what our side drew for this one handshake, so nobody can prepare or replay it:
 *
 *   of a server: ServerHello, Certificate, ServerKeyExchange: over both randoms and the key
 *   of a client: Certificate, ClientKeyExchange, CertificateVerify: over the handshake so far
 *
 * All messages are whole and with their heads, as RFC 6347 4.2.6 hashes them; any bytes are
 * allowed. Source: RFC 5246 7.4.3, 7.4.8, RFC 8422 5.4, RFC 8446 4.2.3 (names of algorithms). */
#ifndef GC_RTC_DTLS_PROOF_H
#define GC_RTC_DTLS_PROOF_H

#include "core/base/limits.h"
#include "core/base/span.h"

#include <stdbool.h>

/* RFC 5246 7.4.1.2. */
#define GC_DTLS_RANDOM_BYTES 32
/* How OpenSSL names the algorithms that are checked here: others are neither offered nor taken.
 * The handshake so far is hashed once, so of a client one digest alone is taken. */
#define GC_DTLS_PROOF_ALGORITHMS                                                                   \
    "ECDSA+SHA256:ECDSA+SHA384:ECDSA+SHA512:"                                                      \
    "RSA-PSS+SHA256:RSA-PSS+SHA384:RSA-PSS+SHA512:RSA+SHA256:RSA+SHA384:RSA+SHA512"
#define GC_DTLS_PROOF_ALGORITHMS_OF_CLIENT "ECDSA+SHA256:RSA-PSS+SHA256:RSA+SHA256"

typedef struct gc_dtls_proof {
    struct evp_pkey_st *key;      /* of the expected certificate; NULL: it has not come yet */
    struct evp_md_ctx_st *so_far; /* of a server: the handshake so far; NULL: not asked for */
    uint32_t next[2];             /* number of the next message that comes, and that is sent */
} gc_dtls_proof;

/* Begins with nothing. */
void gc_dtls_proof_init(gc_dtls_proof *p);
/* Gives back what OpenSSL allocated; nothing is known then. May be called twice. */
void gc_dtls_proof_end(gc_dtls_proof *p);
/* Tells whether a message Certificate has the certificate with this fingerprint (SHA-256) at its
 * head, and keeps the key of the first such one until the end, copied. */
bool gc_dtls_proof_certificate(gc_dtls_proof *p, gc_span certificate,
                               const uint8_t fingerprint[GC_FINGERPRINT_BYTES]);
/* Tells whether a server with the key that is kept has signed this answer (ServerHello,
 * ServerKeyExchange) to the ClientHello with client_random; false when there is no key. */
bool gc_dtls_proof_of_server(const gc_dtls_proof *p,
                             const uint8_t client_random[GC_DTLS_RANDOM_BYTES], gc_span hello,
                             gc_span key_exchange);
/* Begins with a handshake of which nothing has been said; needed for gc_dtls_proof_of_client()
 * alone. Returns false when OpenSSL refuses. */
bool gc_dtls_proof_listen(gc_dtls_proof *p);
/* Adds a message that came or, sent, left; nothing happens where it is one that was sent again. */
void gc_dtls_proof_hear(gc_dtls_proof *p, bool sent, gc_span message);
/* Tells whether a client with the key that is kept has signed what was heard and the first two of
 * these messages (Certificate, ClientKeyExchange, CertificateVerify); false when there is no key or
 * nothing was listened to. */
bool gc_dtls_proof_of_client(const gc_dtls_proof *p, gc_span certificate, gc_span key_exchange,
                             gc_span verify);

#endif
