/* TLS for servers, with a context from two files that can be loaded anew, and for clients, which
 * believe whom the system believes; and OpenSSL sessions whose bytes come and go through functions
 * of the caller, so that an idle session holds no buffer. */
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

/* A context for clients: TLS 1.2 and up, ALPN http/1.1, and a server's certificate must lead to one
 * of the system's trust store (or of SSL_CERT_FILE and SSL_CERT_DIR in the environment, as OpenSSL
 * reads them). NULL when memory is short or the store cannot be read. */
SSL_CTX *gc_tls_client_context(void);

/* Where a session's ciphertext comes from and goes to. Both return the bytes moved, 0 when none
 * can be moved now, or -1 when the transport has failed. */
typedef struct gc_tls_transport {
    int (*take)(void *context, uint8_t *out, int size);
    int (*give)(void *context, const uint8_t *data, int len);
} gc_tls_transport;

/* A session of a server. transport must outlive the session. NULL when memory is short. End it with
 * SSL_free(). */
SSL *gc_tls_session(SSL_CTX *context, const gc_tls_transport *transport, void *transport_context);
/* The same for a client. host: the name or the numeric address (without brackets) that the server's
 * certificate must be for, copied; a name is also sent (SNI), an address is not. Source: RFC 6125,
 * RFC 6066 3. */
SSL *gc_tls_client_session(SSL_CTX *context, const gc_tls_transport *transport,
                           void *transport_context, const char *host);

#endif
