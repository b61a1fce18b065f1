/* Unicode: the few properties of characters that names need, from tables of version 15.0 (made by
 * tools/make-unicode-table.mjs). The same tables are compiled natively and to wasm, so two programs
 * agree whatever Unicode their platforms know. Source: UAX 44, ghostchat-protocol.7, "Room names".
 *
 * c: any number; a number that is not a character has none of the properties. */
#ifndef GC_BASE_UNICODE_H
#define GC_BASE_UNICODE_H

#include <stdbool.h>
#include <stdint.h>

/* Tells whether a character is made to be invisible (Default_Ignorable_Code_Point): joiners,
 * direction marks, variation selectors, fillers. */
bool gc_unicode_is_ignorable(uint32_t c);
/* Tells whether a character is blank (White_Space). */
bool gc_unicode_is_space(uint32_t c);
/* Tells whether a character, neither ignorable nor white space, looks like a blank or like nothing:
 * ghostchat-protocol.7, "Names of people", lists them. */
bool gc_unicode_is_blank(uint32_t c);
/* Tells whether a character is a decimal digit of any script (general category Nd). */
bool gc_unicode_is_digit(uint32_t c);
/* Returns the value of such a digit, 0..9; -1 for another character. */
int gc_unicode_digit(uint32_t c);
/* Tells whether no version of Unicode after 15.0 gives another NFKC to a text that has this
 * character: it is assigned in 15.0, or is in a range to which only characters without an NFKC of
 * their own are added (ideographs and pictographs). */
bool gc_unicode_is_known(uint32_t c);

#define GC_UNICODE_FOLD_MAX 3

/* Writes the full case folding of a character to out, 1 to GC_UNICODE_FOLD_MAX characters, and
 * returns their number; a character without one becomes itself. Source: CaseFolding.txt, status C
 * and F. */
uint32_t gc_unicode_fold(uint32_t c, uint32_t out[GC_UNICODE_FOLD_MAX]);

#endif
