#include "host/ws_accept.h"
#include "core/base/encoding.h"

#define SHA1_BYTES 20
#define GUID       "258EAFA5-E914-47DA-95CA-C5AB0DC85B11" /* RFC 6455 1.3 */

bool gc_ws_accept_write(gc_ws_accept *a, gc_writer *w, gc_span key) {
    uint8_t sum[EVP_MAX_MD_SIZE];
    if (a->sha1 == NULL) {
        a->sha1 = EVP_MD_fetch(NULL, "SHA1", NULL);
        a->context = EVP_MD_CTX_new();
    }
    if (a->sha1 == NULL || a->context == NULL ||
        EVP_DigestInit_ex2(a->context, a->sha1, NULL) != 1 ||
        EVP_DigestUpdate(a->context, key.data, key.len) != 1 ||
        EVP_DigestUpdate(a->context, GUID, sizeof GUID - 1) != 1 ||
        EVP_DigestFinal_ex(a->context, sum, NULL) != 1) {
        return false;
    }
    gc_base64_write(w, gc_span_of(sum, SHA1_BYTES));
    return true;
}

void gc_ws_accept_free(gc_ws_accept *a) {
    EVP_MD_CTX_free(a->context);
    EVP_MD_free(a->sha1);
    *a = (gc_ws_accept){0};
}
