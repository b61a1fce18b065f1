/* Output queue: the client's requests to its host, in order, with the bytes that belong to them.
 * Only requests whose order matters are queued (signaling, descriptions, ends of links); states,
 * messages and link frames are made when they are polled, so they need no room and cannot be lost
 * half way.
 *
 * Each input asks gc_output_queue_ready() first: then everything that one input can queue fits.
 * Bytes are appended and the memory starts over when the queue is empty: no wrap, whole spans. */
#ifndef GC_PROTO_OUTPUT_QUEUE_H
#define GC_PROTO_OUTPUT_QUEUE_H

#include "core/base/limits.h"
#include "core/base/writer.h"
#include "core/proto/client_output.h"

/* --- the most that one input queues: sums of named terms -------------------------------------- */

/* A peer's id as a JSON string: each byte may become \u00XX. */
#define GC_OUTPUT_ID_BYTES (6 * GC_ID_BYTES_MAX + 2)
/* A relayed message without its addressee and what it is about: type, keys, dial, nonce, proof. */
#define GC_OUTPUT_HEAD_BYTES 256
/* A slot message names up to a whole room; such ids need no escapes, but quotes and a comma. */
#define GC_OUTPUT_SLOT_BYTES                                                                       \
    (GC_OUTPUT_HEAD_BYTES + GC_OUTPUT_ID_BYTES + GC_ROOM_MEMBERS_MAX * (GC_INVITE_ID_CHARS_MAX + 3))
/* The address that a signaling socket connects to. */
#define GC_OUTPUT_URL_BYTES (GC_URL_BYTES_MAX + 512)

/* A tick may tell news to all peers, knock at all slots but one, dial all peers, and for both
 * sockets connect, or beat and listen for its own echo. */
#define GC_OUTPUT_TICK_BYTES                                                                       \
    ((GC_PEERS_MAX + GC_SLOTS_MAX - 1) * GC_OUTPUT_SLOT_BYTES +                                    \
     GC_PEERS_MAX * GC_CONNECTION_ID_BYTES_MAX + 2 * (GC_OUTPUT_URL_BYTES + GC_OUTPUT_HEAD_BYTES))
/* A local description, escaped, with PeerJS's name of the connection said twice, takes its held
 * candidates along, which go one by one. Those have nothing to escape in them; one that does not
 * fit is dropped, as any datagram of ICE may be. */
#define GC_OUTPUT_DESCRIBE_BYTES                                                                   \
    (GC_OUTPUT_HEAD_BYTES + GC_OUTPUT_ID_BYTES + 12 * GC_CONNECTION_ID_BYTES_MAX +                 \
     6 * GC_SDP_BYTES_MAX + GC_LINK_HELD_BYTES +                                                   \
     GC_CANDIDATES_MAX * (GC_OUTPUT_HEAD_BYTES + GC_OUTPUT_ID_BYTES))
/* Settling, which ends each input, may end all links and dial all peers. Leaving ends all links. */
#define GC_OUTPUT_SETTLE_EVENTS (GC_LINKS_MAX + GC_PEERS_MAX)
/* News, or BYE, for each peer; knocks; for each of two sockets connect, beat, echo and close; one
 * message for the room. */
#define GC_OUTPUT_TICK_EVENTS (GC_PEERS_MAX + GC_SLOTS_MAX - 1 + 2 * 4 + 1)
/* The description, and candidates held of either side. */
#define GC_OUTPUT_DESCRIBE_EVENTS (1 + 2 * GC_CANDIDATES_MAX)

/* No input is both a tick and a description, and what a message of the server causes is less. */
#define GC_OUTPUT_INPUT_EVENTS                                                                     \
    (GC_OUTPUT_SETTLE_EVENTS + (GC_OUTPUT_TICK_EVENTS > GC_OUTPUT_DESCRIBE_EVENTS                  \
                                    ? GC_OUTPUT_TICK_EVENTS                                        \
                                    : GC_OUTPUT_DESCRIBE_EVENTS))
#define GC_OUTPUT_INPUT_BYTES                                                                      \
    (GC_OUTPUT_TICK_BYTES > GC_OUTPUT_DESCRIBE_BYTES ? GC_OUTPUT_TICK_BYTES                        \
                                                     : GC_OUTPUT_DESCRIBE_BYTES)
/* Two inputs' worth: one not yet drained, one more. */
#define GC_OUTPUT_EVENTS_MAX (2 * GC_OUTPUT_INPUT_EVENTS)
#define GC_OUTPUT_BYTES_MAX  (2 * GC_OUTPUT_INPUT_BYTES)

typedef struct gc_output_event {
    uint32_t type;
    uint32_t link;
    uint32_t value;
    uint32_t text_at;
    uint32_t text_len;
    uint32_t text2_len; /* directly after text */
} gc_output_event;

typedef struct gc_output_store {
    gc_output_event events[GC_OUTPUT_EVENTS_MAX];
    uint8_t bytes[GC_OUTPUT_BYTES_MAX];
} gc_output_store;

typedef struct gc_output_queue {
    gc_output_store *store; /* the owner's memory */
    uint32_t head;          /* next event to take */
    uint32_t count;         /* events in store, taken ones included */
    uint32_t bytes;         /* used */
} gc_output_queue;

/* Starts empty. store: the owner's, for as long as the queue is used. */
void gc_output_queue_init(gc_output_queue *q, gc_output_store *store);
/* Returns true when the outputs of one more input fit for certain. */
bool gc_output_queue_ready(const gc_output_queue *q);
/* Queues an output (type: gc_client_output_type; link: a number or GC_NONE) with copies of both
 * texts; either may be empty. They must fit (asserted): see gc_output_queue_ready(). */
void gc_output_queue_put(gc_output_queue *q, uint32_t type, uint32_t link, uint32_t value,
                         gc_span text, gc_span text2);
/* Queues an output whose text is written in place. begin returns a writer over the memory that is
 * left; after writing, end queues the text written. Nothing else may be queued in between. end
 * returns false, and queues nothing, when the writer failed: the text did not fit. */
gc_writer gc_output_queue_begin(gc_output_queue *q);
bool gc_output_queue_end(gc_output_queue *q, uint32_t type, uint32_t link, uint32_t value,
                         const gc_writer *w);
/* Takes the oldest output into *out; its texts are borrowed until something is queued. Returns
 * false when there is none. */
bool gc_output_queue_take(gc_output_queue *q, gc_client_output *out);

#endif
