/* Plain: the conversation with a stock PeerJS peer over its data connection. Such a peer numbers
 * and acknowledges nothing, so its messages are numbered here as they come, and ours count as sent
 * once the transport has taken them.
 *
 *   free --begin--> in use (its link is open) --end--> free
 *
 * Source: ghostchat-protocol.7, "PeerJS peers". */
#ifndef GC_PROTO_PLAIN_H
#define GC_PROTO_PLAIN_H

#include "core/proto/conversation.h"
#include "core/proto/data_connection.h"

typedef struct gc_plain {
    gc_data_connection connection; /* its store is NULL: free */
    uint64_t received;             /* number of the last message that came, or never will */
} gc_plain;

/* The result of gc_plain_write(). */
enum gc_plain_written {
    GC_PLAIN_BYTES,   /* the frame is to be sent as bytes */
    GC_PLAIN_TEXT,    /* the frame is to be sent as text */
    GC_PLAIN_TOO_BIG, /* nothing was written: no frame can hold the message, which was given up */
    GC_PLAIN_WAIT,    /* too big as well, but fates of earlier messages are open: try again later */
};

/* Tells whether it is in use by no connection. */
bool gc_plain_is_free(const gc_plain *pl);
/* Begins with a link that opened: v is started plain. store: the owner's, until the end. */
void gc_plain_begin(gc_plain *pl, gc_data_store *store, uint32_t serialization, gc_conversation *v);
/* Ends with the link: messages that came in part become a gap, and our messages that the transport
 * did not report as taken are given up, because a message sent again could come twice. */
void gc_plain_end(gc_plain *pl, gc_conversation *v, gc_outbox *o);
/* Takes one frame, which the transport gave as text or as bytes; both it and the scratch are
 * borrowed. Returns false when the application on the other side closed the connection. */
bool gc_plain_read(gc_plain *pl, gc_conversation *v, bool text, gc_span frame,
                   gc_data_scratch scratch);
/* Writes our next message, which must be sendable, as one frame into a writer of
 * GC_DATA_FRAME_BYTES_MAX and takes it as sent. scratch: GC_TEXT_BYTES_MAX. */
enum gc_plain_written gc_plain_write(gc_plain *pl, gc_conversation *v, gc_outbox *o,
                                     uint8_t *scratch, gc_writer *w);
/* Notes at now_ms that the transport has all that was written: those messages are settled. */
void gc_plain_taken(gc_conversation *v, gc_outbox *o, uint64_t now_ms);
/* Asserts the invariants of one in use. */
void gc_plain_check(const gc_plain *pl);

#endif
