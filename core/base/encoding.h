/* Bytes as text: base64 and base64url (RFC 4648 4 and 5), base32 (RFC 4648 6, in lower case,
 * without padding), lower-case hex. Encoders write no final zero. Decoders are strict: they refuse
 * foreign characters, wrong lengths and unused bits that are not 0, with GC_E_SYNTAX;
 * then out is unchanged. */
#ifndef GC_BASE_ENCODING_H
#define GC_BASE_ENCODING_H

#include "core/base/writer.h"

void gc_base64_write(gc_writer *w, gc_span bytes);    /* with padding */
void gc_base64url_write(gc_writer *w, gc_span bytes); /* without padding */
void gc_base32_write(gc_writer *w, gc_span bytes);
void gc_hex_write(gc_writer *w, gc_span bytes);
/* Exactly out_len bytes must come out. */
int gc_base64url_read(gc_span text, uint8_t *out, uint32_t out_len);
int gc_base64_read(gc_span text, uint8_t *out, uint32_t out_len);
int gc_hex_read(gc_span text, uint8_t *out, uint32_t out_len); /* either case */

/* Constant-time comparison and wiping that the compiler keeps, for secrets. */
bool gc_bytes_equal_ct(const void *a, const void *b, uint32_t len);
void gc_bytes_wipe(void *data, uint32_t len);

#endif
