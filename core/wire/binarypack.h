/* BinaryPack: how a stock PeerJS data connection of the serialization "binary" writes a value. It
 * is close to msgpack, but a0-af, da, db are raw bytes and b0-bf, d8, d9 UTF-8 strings.
 *
 * Reading does not recurse and keeps nothing: a walk hands out one item after the other, a
 * container before what is in it. Faults that a JavaScript decoder takes in silence are refused
 * here: trailing bytes, missing bytes, unknown types, invalid UTF-8, keys that are not strings.
 * Source: npm peerjs-js-binarypack 2.1.0; vectors made by it: test/vectors/binarypack.json. */
#ifndef GC_WIRE_BINARYPACK_H
#define GC_WIRE_BINARYPACK_H

#include "core/base/reader.h"
#include "core/base/writer.h"

#define GC_BINARYPACK_DEPTH_MAX 32 /* containers around a value, itself included */

enum gc_binarypack_type {
    GC_BINARYPACK_NULL, /* undefined too */
    GC_BINARYPACK_BOOL,
    GC_BINARYPACK_INTEGER,
    GC_BINARYPACK_REAL,
    GC_BINARYPACK_STRING,
    GC_BINARYPACK_BYTES,
    GC_BINARYPACK_ARRAY,
    GC_BINARYPACK_MAP
};

typedef struct gc_binarypack_item {
    uint32_t type;   /* gc_binarypack_type */
    bool negative;   /* INTEGER */
    bool key;        /* the STRING is the key of a map */
    uint32_t depth;  /* containers around it */
    uint64_t number; /* BOOL: 0 or 1; INTEGER: its magnitude; REAL: the bits of a double; ARRAY:
                        values; MAP: pairs */
    gc_span bytes;   /* STRING: valid UTF-8; BYTES; borrowed from the input */
} gc_binarypack_item;

typedef struct gc_binarypack_walk {
    gc_reader in;
    uint32_t depth;                         /* containers that are open */
    bool ended;                             /* the value is complete */
    uint32_t left[GC_BINARYPACK_DEPTH_MAX]; /* items that an open container still has, keys count */
    bool map[GC_BINARYPACK_DEPTH_MAX];
} gc_binarypack_walk;

/* Starts a walk over `bytes`: one value, borrowed as long as the walk is used. */
void gc_binarypack_begin(gc_binarypack_walk *w, gc_span bytes);
/* Reads the next item. Returns 0; GC_E_NOT_FOUND after the last one; GC_E_SYNTAX, GC_E_UTF8, or
 * GC_E_TOO_BIG (deeper than GC_BINARYPACK_DEPTH_MAX): the walk is over. */
int gc_binarypack_next(gc_binarypack_walk *w, gc_binarypack_item *item);

/* Writes a value as compact text for people: JSON, but bytes are [123 bytes] and a number that
 * cannot be written in short decimals is [number]; fractions are rounded to 9 places. A whole value
 * that is a string is written as it is, without quotes, unless it is empty. Returns 0, the errors
 * of gc_binarypack_next(), or GC_E_TOO_BIG when the writer is too small. */
int gc_binarypack_text(gc_span value, gc_writer *w);

/* The kinds of value on a stock data connection. PeerJS's own messages are maps with a "__peerData"
 * that JavaScript takes for true; all others are the application's. */
enum gc_binarypack_kind { GC_BINARYPACK_VALUE, GC_BINARYPACK_CLOSE, GC_BINARYPACK_CHUNK };

typedef struct gc_binarypack_chunk {
    uint32_t id;    /* not 0; one for each chunked message of a connection */
    uint32_t n;     /* 0..total-1 */
    uint32_t total; /* >= 1 */
    gc_span data;   /* borrowed */
} gc_binarypack_chunk;

/* Reads the whole value and sets *kind (gc_binarypack_kind). *chunk is set for GC_BINARYPACK_CHUNK
 * only. Returns 0 or the errors of gc_binarypack_next(); a chunk without a fitting n, data or total
 * is GC_E_SYNTAX. */
int gc_binarypack_sort(gc_span value, uint32_t *kind, gc_binarypack_chunk *chunk);

/* Writes text, valid UTF-8, as a string: at most 5 bytes more than it has; w->failed when they do
 * not fit. */
void gc_binarypack_write_string(gc_writer *w, gc_span text);

#endif
