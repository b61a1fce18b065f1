/* The proof that a WebSocket server has read the client's key: Sec-WebSocket-Accept (RFC 6455
 * 4.2.2), which the server writes and the client compares.
 *
 * A gc_ws_accept of zero bytes is ready; gc_ws_accept_free() makes it that again. It keeps the
 * digest, because fetching one costs more than the hash. */
#ifndef GC_HOST_WS_ACCEPT_H
#define GC_HOST_WS_ACCEPT_H

#include "core/base/writer.h"

#include <openssl/evp.h>

#define GC_WS_ACCEPT_CHARS 28 /* base64 of a SHA-1 */

typedef struct gc_ws_accept {
    EVP_MD *sha1; /* NULL before the first use */
    EVP_MD_CTX *context;
} gc_ws_accept;

/* Writes the GC_WS_ACCEPT_CHARS characters that answer `key`, the value of Sec-WebSocket-Key.
 * Returns false when OpenSSL refuses or memory is short. */
bool gc_ws_accept_write(gc_ws_accept *a, gc_writer *w, gc_span key);
/* Gives back what OpenSSL allocated. */
void gc_ws_accept_free(gc_ws_accept *a);

#endif
