/* Data connection: the messages of a stock PeerJS application and of ours on the one channel
 * between us, in one of its serializations. Frames come in, texts for people come out; texts go in,
 * frames come out. There are no acknowledgements, no sequence numbers and no names.
 *
 *   frame --> value: text as it is, anything else as compact text (gc_binarypack_text(), JSON)
 *         --> chunk: kept until its message is complete, then joined and read as one frame
 *         --> close: the application on the other side ends the connection
 *
 * A frame that is over a limit or malformed costs its message and no more. Chunks come in any
 * order; a chunk that comes twice counts once. A refused message is reported once. Source: npm
 * peerjs 1.5.5 (dataconnection), ghostchat-protocol.7 "PeerJS peers". */
#ifndef GC_PROTO_DATA_CONNECTION_H
#define GC_PROTO_DATA_CONNECTION_H

#include "core/base/limits.h"
#include "core/base/writer.h"

enum gc_serialization { GC_SERIALIZE_BINARY, GC_SERIALIZE_JSON, GC_SERIALIZE_RAW };

/* One frame, and one message joined of its chunks. */
#define GC_DATA_BYTES_MAX 65536
/* Chunks held for one connection, over all of its open messages, and the most one may have. Stock
 * chunks have 16300 bytes, other senders' may be smaller. */
#define GC_DATA_CHUNKS_MAX 64
/* Messages whose chunks are on their way at once. */
#define GC_DATA_OPEN_MAX 4
/* Complete ones that are remembered: a late second copy of a chunk opens nothing. */
#define GC_DATA_DONE_MAX 8
/* Text made of a value that is not a string; for a string GC_DATA_BYTES_MAX holds. */
#define GC_DATA_TEXT_BYTES_MAX 49152
/* A frame of ours: the size that every peer takes unless it states another (RFC 8841 section 6.1).
 */
#define GC_DATA_FRAME_BYTES_MAX 65536

typedef struct gc_data_chunk {
    uint32_t id;
    uint32_t n;
    uint32_t at; /* in bytes */
    uint32_t len;
} gc_data_chunk;

typedef struct gc_data_store {
    gc_data_chunk chunks[GC_DATA_CHUNKS_MAX]; /* in order of arrival, so `at` rises */
    uint8_t bytes[GC_DATA_BYTES_MAX];
} gc_data_store;

/* A message of which a chunk has come. id 0: a free place. */
typedef struct gc_data_open {
    uint32_t id;
    uint32_t total;
    uint32_t count; /* chunks that came, refused ones too */
    bool refused;
} gc_data_open;

typedef struct gc_data_connection {
    gc_data_store *store; /* the owner's memory; NULL: not in use */
    uint32_t serialization;
    uint32_t chunks;
    uint32_t end; /* used of store->bytes */
    gc_data_open open[GC_DATA_OPEN_MAX];
    uint32_t next_open; /* the place that is given up next when all are taken */
    uint32_t done[GC_DATA_DONE_MAX];
    uint32_t done_count; /* ever */
} gc_data_connection;

enum gc_data_event {
    GC_DATA_NOTHING, /* a chunk, or a copy of one */
    GC_DATA_TEXT,    /* text: 1..GC_DATA_BYTES_MAX bytes of valid UTF-8 */
    GC_DATA_REFUSED, /* `count` messages that never come, for `reason` */
    GC_DATA_CLOSE,
};

typedef struct gc_data_value {
    uint32_t event; /* gc_data_event */
    uint32_t reason;
    uint32_t count; /* of GC_DATA_REFUSED: how many messages, 2 when one gave way to another */
    gc_span text;   /* in the frame or in the scratch */
} gc_data_value;

/* Memory that is free between two calls. */
typedef struct gc_data_scratch {
    uint8_t *joined; /* GC_DATA_BYTES_MAX */
    uint8_t *text;   /* GC_DATA_TEXT_BYTES_MAX */
} gc_data_scratch;

/* Finds the serialization (gc_serialization) by the word of an offer. Returns false, and leaves
 * *out, when we do not speak it. */
bool gc_serialization_of(gc_span word, uint32_t *out);
/* Returns the word of a serialization: a constant. */
const char *gc_serialization_word(uint32_t serialization);

/* Begins a connection. store: the owner's until gc_data_connection_end(). serialization: one of
 * gc_serialization. */
void gc_data_connection_begin(gc_data_connection *d, gc_data_store *store, uint32_t serialization);
/* Ends the connection: its store is the owner's again. */
void gc_data_connection_end(gc_data_connection *d);
/* Reads one frame, which the transport gave as text or as bytes, and returns what it means. The
 * text of the result is borrowed from the frame or from the scratch: valid as long as both are left
 * alone. */
gc_data_value gc_data_connection_read(gc_data_connection *d, bool text, gc_span frame,
                                      gc_data_scratch scratch);
/* Counts the messages of which a chunk came and that are neither complete nor refused: when the
 * connection ends they never come. */
uint32_t gc_data_connection_waiting(const gc_data_connection *d);
/* Writes a text (valid UTF-8) as one frame into a writer of GC_DATA_FRAME_BYTES_MAX. It has failed
 * when the text is too long once it is written: JSON has six bytes for a control character. Returns
 * true when the frame is to be sent as text, not as bytes. */
bool gc_data_connection_write(const gc_data_connection *d, gc_span text, gc_writer *w);
/* Asserts the invariants of a connection, in use or not. */
void gc_data_connection_check(const gc_data_connection *d);

#endif
