/* Columns: how many of them a character takes on a terminal. Terminals do not agree: a letter that
 * Unicode calls ambiguous takes two where the fonts are those of East Asia, a mark over a letter
 * takes one on a console that cannot draw it there, and each terminal knows another Unicode. This
 * noun counts the most that a character takes anywhere, so that no row is longer than it was
 * counted, whoever chose its letters. Source: UAX 11 (East Asian Width). */
#ifndef GC_CLI_COLUMNS_H
#define GC_CLI_COLUMNS_H

#include <stdbool.h>
#include <stdint.h>

/* Returns how many columns a character that may be printed takes at most, whatever the terminal and
 * the Unicode that it knows: 1 or 2. Emoji count as 2, and the joiners between them and marks over
 * letters as 1, because not every terminal joins them. narrow: ambiguous letters are known to take
 * one column. */
uint32_t gc_columns_of(uint32_t c, bool narrow);
/* Tells whether a character stays with the one before it: a mark, a joiner, the form of an emoji.
 */
bool gc_columns_clings(uint32_t c);
/* Tells whether ambiguous letters take one column on the terminals of a locale ("ru_RU.UTF-8"; NULL
 * and "": not known). Greek and Cyrillic letters are ambiguous, and nobody who writes them reads
 * them at double width; elsewhere nobody knows. */
bool gc_columns_are_narrow(const char *locale);

#endif
