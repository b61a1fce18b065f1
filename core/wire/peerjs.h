/* PeerJS signaling messages, and ours that stock clients ignore (ghostchat-protocol.7). */
#ifndef GC_WIRE_PEERJS_H
#define GC_WIRE_PEERJS_H

#include "core/base/limits.h"
#include "core/wire/json.h"

#define GC_SIGNALS(X)                                                                              \
    X(GC_SIGNAL_OPEN, "OPEN")                                                                      \
    X(GC_SIGNAL_ERROR, "ERROR")                                                                    \
    X(GC_SIGNAL_ID_TAKEN, "ID-TAKEN")                                                              \
    X(GC_SIGNAL_INVALID_KEY, "INVALID-KEY")                                                        \
    X(GC_SIGNAL_HEARTBEAT, "HEARTBEAT")                                                            \
    X(GC_SIGNAL_OFFER, "OFFER")                                                                    \
    X(GC_SIGNAL_ANSWER, "ANSWER")                                                                  \
    X(GC_SIGNAL_CANDIDATE, "CANDIDATE")                                                            \
    X(GC_SIGNAL_LEAVE, "LEAVE")                                                                    \
    X(GC_SIGNAL_EXPIRE, "EXPIRE")                                                                  \
    X(GC_SIGNAL_GC_JOIN, "GC-JOIN")                                                                \
    X(GC_SIGNAL_GC_LEAVE, "GC-LEAVE")                                                              \
    X(GC_SIGNAL_GC_ROOM, "GC-ROOM")                                                                \
    X(GC_SIGNAL_GC_JOINED, "GC-JOINED")                                                            \
    X(GC_SIGNAL_GC_LEFT, "GC-LEFT")                                                                \
    X(GC_SIGNAL_GC_ABSENT, "GC-ABSENT")                                                            \
    X(GC_SIGNAL_GC_PRESENT, "GC-PRESENT")                                                          \
    X(GC_SIGNAL_GC_ALIVE, "GC-ALIVE")

typedef enum gc_signal {
    GC_SIGNAL_OTHER, /* a missing or unknown type */
#define X(name, word) name,
    GC_SIGNALS(X)
#undef X
        GC_SIGNAL_COUNT
} gc_signal;

/* Returns the type that a raw JSON string (with quotes; escapes are understood) names;
 * GC_SIGNAL_OTHER for any other bytes, also for an absent string (data == NULL). */
gc_signal gc_signal_of(gc_span raw_type);
/* Returns the word of a type, a constant; "OTHER" for GC_SIGNAL_OTHER. */
const char *gc_signal_word(gc_signal type);

/* The query of the WebSocket URL: key, id, token, version, gc, gcid, room. */
typedef struct gc_signal_query {
    uint8_t id[GC_ID_BYTES_MAX];
    uint32_t id_len;
    uint8_t token[GC_TOKEN_BYTES_MAX];
    uint32_t token_len;
    uint8_t key[GC_KEY_BYTES_MAX];
    uint32_t key_len;
    bool gc;       /* gc=1: speaks our extensions */
    bool has_gcid; /* gcid=<43 base64url digits>: the public key that its id is made of */
    bool has_room; /* room=<32 hex digits> */
    uint8_t gcid[GC_SIGN_KEY_BYTES];
    uint8_t room[GC_TAG_BYTES];
} gc_signal_query;

/* Reads a query: the part of a request target after `?`. It is read as the URL standard reads
 * forms: `+` is a space, %XX is UTF-8, a broken escape is kept as it is (stock clients do not
 * encode their token), names are decoded too, of a repeated parameter the last wins, unknown ones
 * are ignored. Returns 0; GC_E_TOO_BIG when id, token or key is over its limit, GC_E_UTF8, or
 * GC_E_SYNTAX for a room that is not a tag (32 plain hex digits, either case); after an error all
 * of *out is zero. A missing or empty id, token or key has length 0; a gcid that is not a key
 * counts as missing, since clients of another kind may use the name. Source: PeerServer 1.0.2, URL
 * standard 5.1. */
int gc_signal_query_parse(gc_span query, gc_signal_query *out);
/* Writes bytes with everything percent-encoded but the unreserved characters of RFC 3986 2.3: at
 * most three bytes for one; w->failed when they do not fit. */
void gc_percent_write(gc_writer *w, gc_span bytes);
/* Decodes the %XX of text (and with `plus` each `+` as a space) into out, which has room for size
 * bytes and must not overlap text; the result need not be UTF-8. Returns 0 and sets *len;
 * GC_E_SYNTAX for a broken escape, GC_E_TOO_BIG for a result that is longer than size: then out
 * holds a part, and *len is unchanged. Source: RFC 3986 2.1. */
int gc_percent_read(gc_span text, bool plus, uint8_t *out, uint32_t size, uint32_t *len);

#endif
