/* Short code: `7-482-9315`, the number of an open invitation at a server (the nameplate, one to
 * five digits) and seven digits that are the password of one key exchange. Digits are the same in
 * every language and on every keypad.
 *
 * Source: ghostchat-protocol.7, "Short codes". */
#ifndef GC_WIRE_CODE_H
#define GC_WIRE_CODE_H

#include "core/base/drbg.h"
#include "core/base/writer.h"

#define GC_CODE_DIGITS         7
#define GC_CODE_NAMEPLATE_MAX  99999
#define GC_CODE_TEXT_BYTES_MAX 256 /* that somebody typed */
#define GC_CODE_CHARS_MAX      14  /* written */

typedef struct gc_code {
    uint32_t nameplate;             /* 1..GC_CODE_NAMEPLATE_MAX */
    uint8_t digits[GC_CODE_DIGITS]; /* ASCII: secret until the run is over */
} gc_code;

/* Reads what somebody typed: the decimal digits of any script; all else between them is ignored.
 * The last seven are the password, those before them the nameplate, one to five without a zero at
 * the beginning. Returns 0, or GC_E_SYNTAX (reason `code-form`) for another number of digits, text
 * that is not UTF-8 or longer than GC_CODE_TEXT_BYTES_MAX: then *out is unchanged. */
int gc_code_parse(gc_span text, gc_code *out);
/* Writes a code as people read it out: N-NNN-NNNN. */
void gc_code_write(const gc_code *c, gc_writer *w);
/* Draws the digits of a code, each equally likely. */
void gc_code_draw(gc_code *c, gc_drbg *d);

#endif
