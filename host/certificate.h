/* Certificate: a chain and its private key, out of two files in PEM format (RFC 7468), into an
 * OpenSSL context. Each way in which they can be bad has its own words. No terminal is ever asked
 * for a passphrase, and the files are read as host/file.h says. */
#ifndef GC_HOST_CERTIFICATE_H
#define GC_HOST_CERTIFICATE_H

#include <openssl/ssl.h>
#include <stddef.h>

#define GC_CERTIFICATE_FILE_BYTES_MAX (1u << 20)

/* Loads cert_file (the server's own certificate first, then those that lead to a root) and key_file
 * (its private key, not encrypted) into context. Returns 0, or -1 and a sentence of at most
 * error_bytes in error: give the context up then. */
int gc_certificate_load(SSL_CTX *context, const char *cert_file, const char *key_file, char *error,
                        size_t error_bytes);

#endif
