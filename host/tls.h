/* TLS for servers: a context from two files that can be loaded anew, and OpenSSL sessions whose
 * bytes come and go through functions of the caller, so that an idle session holds no buffer. */
#ifndef GC_HOST_TLS_H
#define GC_HOST_TLS_H

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Call first in the program: OpenSSL then reads no configuration file and keeps no error texts. */
void gc_tls_start(void);

/* A context: TLS 1.2 and up, ALPN http/1.1, no renegotiation, no session cache, two tickets.
 * The files: as gc_certificate_load() says, which also says in error why the result is NULL. */
SSL_CTX *gc_tls_context(const char *cert_file, const char *key_file, char *error,
                        size_t error_bytes);

/* Where a session's ciphertext comes from and goes to. Both return the bytes moved, 0 when none
 * can be moved now, or -1 when the transport has failed. */
typedef struct gc_tls_transport {
    int (*take)(void *context, uint8_t *out, int size);
    int (*give)(void *context, const uint8_t *data, int len);
} gc_tls_transport;

/* transport must outlive the session. NULL when memory is short. End it with SSL_free(). */
SSL *gc_tls_session(SSL_CTX *context, const gc_tls_transport *transport, void *transport_context);

#endif
