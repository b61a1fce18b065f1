/* Plain lines, which people read where there is no full screen: a message is "<name> text", all
 * else begins with "* ". Nothing that others write can drive the terminal (visible.h) or look like
 * a line of ours: further lines of a message are indented, and so are further rows (wrap.h). Names
 * are in angle brackets, and have none themselves, nor marks that look like them; those who cannot
 * be told apart by the looks of their names (looks.h), or look like the user, are shown with the
 * beginning of their ids. */
#ifndef GC_CLI_PLAIN_LINES_H
#define GC_CLI_PLAIN_LINES_H

#include "cli/looks.h"
#include "core/base/writer.h"
#include "peer/events.h"

/* The longest line: a message of which everything is spelled out, and the words around it. */
#define GC_PLAIN_LINES_BYTES_MAX  (12 * GC_TEXT_BYTES_MAX + 4096)
#define GC_PLAIN_LINES_NICK_BYTES 64 /* of a name that is shown; the rest is left out */

#define GC_PLAIN_LINES_TAG_BYTES (GC_ID_BYTES_MAX + 4) /* of an id that is shown, and "-999" */

/* The names by which people are known on the lines. */
typedef struct gc_plain_lines {
    struct {
        uint8_t id[GC_ID_BYTES_MAX];
        uint32_t id_len;
        uint8_t nick[GC_PLAIN_LINES_NICK_BYTES];
        uint32_t nick_len;
        uint8_t tag[GC_PLAIN_LINES_TAG_BYTES]; /* what is shown of the id */
        uint32_t tag_len;
        gc_looks looks, id_looks, tag_looks; /* of the name, of the whole id, of the tag */
        uint8_t state;                       /* gc_peer_state that was shown */
        bool known;
    } people[GC_PEERS_MAX];
    gc_looks own; /* of the user's own name */
} gc_plain_lines;

/* Takes the user's own name, valid UTF-8: nobody else is shown under it alone. */
void gc_plain_lines_own(gc_plain_lines *p, gc_span nick);

/* Each writes what its sibling of json_lines.h says, as lines, or nothing where that tells people
 * nothing. w: GC_PLAIN_LINES_BYTES_MAX suffice. */
void gc_plain_lines_event(gc_plain_lines *p, gc_writer *w, const gc_event *e);
void gc_plain_lines_joined(gc_writer *w, gc_span room);
void gc_plain_lines_invite(gc_writer *w, gc_span link);
/* Writes that the QR code of a link needs a terminal of that size, and this one is smaller. */
void gc_plain_lines_small(gc_writer *w, uint32_t columns, uint32_t lines);
void gc_plain_lines_error(gc_writer *w, const char *text, gc_span more);

#endif
