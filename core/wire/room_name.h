/* The name of an open room: what somebody typed, and the canonical form of it, which decides what
 * room that is. The form is made in rounds, because NFKC is the host's work (the page has it in its
 * browser, native code in a library) and the rest is done here.
 *
 *   gc_room_name_begin --> asking --gc_room_name_answer--> asking ... --> done
 *                             '--a name that is refused--> refused
 *
 * While it asks, the host gives the NFKC of gc_room_name_text() as the answer. At the end that text
 * is the canonical form. Source: ghostchat-protocol.7, "Room names". */
#ifndef GC_WIRE_ROOM_NAME_H
#define GC_WIRE_ROOM_NAME_H

#include "core/base/limits.h"
#include "core/base/span.h"

/* The bytes that a form may have before the last round: no character of Unicode 15 has an NFKC of
 * more than 11 times its own bytes. */
#define GC_ROOM_NAME_WORK_BYTES (12 * GC_ROOM_NAME_BYTES_MAX)

enum gc_room_name_step { GC_ROOM_NAME_REFUSED, GC_ROOM_NAME_ASKING, GC_ROOM_NAME_DONE };

typedef struct gc_room_name {
    uint8_t step; /* gc_room_name_step */
    uint8_t rounds;
    uint32_t typed_len;
    uint32_t text_len;
    uint8_t typed[GC_ROOM_NAME_BYTES_MAX];
    uint8_t text[GC_ROOM_NAME_WORK_BYTES];
} gc_room_name;

/* Begins with a name as somebody typed it (copied). Returns 0, or what gc_room_name_check() says of
 * it; then the name is refused. */
int gc_room_name_begin(gc_room_name *n, gc_span typed);
/* Takes the NFKC of gc_room_name_text(), in a name that asks. Returns 0 when the name is done or
 * asks again, or, and the name is refused: GC_E_TOO_BIG when the canonical form has more than
 * GC_ROOM_CANONICAL_BYTES_MAX bytes; GC_E_UTF8; GC_E_SYNTAX for a text that cannot be a name, or
 * whose form still changes in round GC_ROOM_NAME_ROUNDS_MAX. */
int gc_room_name_answer(gc_room_name *n, gc_span nfkc);
/* Tells whether the canonical form is there. */
bool gc_room_name_is_done(const gc_room_name *n);
/* Returns the text whose NFKC the host gives next; of a name that is done, its canonical form.
 * Inside n. */
gc_span gc_room_name_text(const gc_room_name *n);
/* Returns the name as it was typed, inside n. */
gc_span gc_room_name_typed(const gc_room_name *n);

/* Checks a name, as typed, as far as its NFKC is not needed: a name that this refuses is refused as
 * a room's name, but not the other way round. Returns 0, GC_E_UTF8, GC_E_TOO_BIG over
 * GC_ROOM_NAME_BYTES_MAX, or GC_E_SYNTAX. */
int gc_room_name_check(gc_span typed);

#endif
