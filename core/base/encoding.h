/* Bytes as text: base64 and base64url (RFC 4648 4 and 5), base32 (RFC 4648 6, in lower case,
 * without padding), lower-case hex. Encoders write no final zero. Decoders are strict: they refuse
 * foreign characters, wrong lengths and unused bits that are not 0, with GC_E_SYNTAX;
 * then out is unchanged. */
#ifndef GC_BASE_ENCODING_H
#define GC_BASE_ENCODING_H

#include "core/base/writer.h"

/* Each writes the digits of bytes; a writer without room fails (writer.h). Only gc_base64_write()
 * pads with '=' to a multiple of 4 characters. */
void gc_base64_write(gc_writer *w, gc_span bytes);
void gc_base64url_write(gc_writer *w, gc_span bytes);
void gc_base32_write(gc_writer *w, gc_span bytes);
void gc_hex_write(gc_writer *w, gc_span bytes);
/* Each reads a text that must encode exactly out_len bytes, and writes those to out. Returns 0, or
 * GC_E_SYNTAX for any other text. Only gc_base64_read() demands padding; gc_hex_read() takes digits
 * of either case. */
int gc_base64_read(gc_span text, uint8_t *out, uint32_t out_len);
int gc_base64url_read(gc_span text, uint8_t *out, uint32_t out_len);
int gc_hex_read(gc_span text, uint8_t *out, uint32_t out_len);

/* Returns the value of a hexadecimal digit of either case; -1 for another character. */
int gc_hex_value(uint8_t c);
/* Each returns the digit of the low four bits of a value: a lower-case one, a capital. */
uint8_t gc_hex_digit(uint32_t value);
uint8_t gc_hex_capital(uint32_t value);

/* Writes a UUID of version 4, variant 10 (RFC 9562, 5.4) of 16 random bytes: 36 lower-case
 * characters, without a 0 at the end. */
void gc_uuid_write(const uint8_t random[16], uint8_t out[36]);

#endif
