/* Output queue: what the client wants its host to do, in order, with the bytes that belong to it.
 * Only requests whose order matters stand here (signaling, descriptions, ends of links); states,
 * messages and link frames are made when they are polled, so they need no room and cannot be lost
 * half way.
 *
 * Each input asks gc_output_queue_ready() first: then everything that one input can queue fits.
 * Bytes are appended and the memory starts over when the queue is empty: no wrap, whole spans. */
#ifndef GC_PROTO_OUTPUT_QUEUE_H
#define GC_PROTO_OUTPUT_QUEUE_H

#include "core/base/writer.h"
#include "core/proto/client_output.h"

/* The most that one input queues. Events: a tick may end 40 links, dial 20 peers, tell news to 20,
 * knock 3 times and beat on two sockets; leaving ends 40 links and says BYE on 20 of them. Bytes: a
 * local description takes its candidates along (8 KiB of SDP and 3 KiB of candidates, each byte
 * escaped to at most 6); 23 slot messages have at most 2.2 KiB each. */
#define GC_OUTPUT_INPUT_EVENTS 112
#define GC_OUTPUT_INPUT_BYTES  81920
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
 * left; after writing, end queues what stands there. Nothing else may be queued in between. end
 * returns false, and queues nothing, when the writer failed: the text did not fit. */
gc_writer gc_output_queue_begin(gc_output_queue *q);
bool gc_output_queue_end(gc_output_queue *q, uint32_t type, uint32_t link, uint32_t value,
                         const gc_writer *w);
/* Takes the oldest output into *out; its texts are borrowed until something is queued. Returns
 * false when there is none. */
bool gc_output_queue_take(gc_output_queue *q, gc_client_output *out);

#endif
