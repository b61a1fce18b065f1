/* Envelope: one sealed message of signaling. The server relays it unchanged and learns from it the
 * room's tag, which dial it belongs to, its size, and nothing of what is inside.
 *
 *   envelope = header(38) || nonce(24) || ciphertext(n) || tag(16)
 *   header   = version(1) = 1 || room(16) || dial(16) || kind(1) || seq(u32)
 *   bound to it: "ghostchat/1 seal" || header || pid(from) || pid(to)
 *
 * The text inside is filled with blanks to a multiple of GC_ENVELOPE_STEP bytes.
 * Source: ghostchat-protocol.7, "Sealed signaling"; test/vectors/trust.json. */
#ifndef GC_WIRE_ENVELOPE_H
#define GC_WIRE_ENVELOPE_H

#include "core/base/writer.h"
#include "core/wire/keys.h"

#define GC_ENVELOPE_HEADER_BYTES   38
#define GC_ENVELOPE_OVERHEAD_BYTES 78 /* what an envelope has beyond its text */
#define GC_ENVELOPE_STEP           256
#define GC_ENVELOPE_TEXT_BYTES_MAX 32768 /* in base64 it fits into a message to the server */
#define GC_ENVELOPE_BYTES_MAX      (GC_ENVELOPE_TEXT_BYTES_MAX + GC_ENVELOPE_OVERHEAD_BYTES)

typedef enum gc_envelope_kind {
    GC_ENVELOPE_OFFER = 1,
    GC_ENVELOPE_ANSWER,
    GC_ENVELOPE_CANDIDATE,
    GC_ENVELOPE_REFUSAL,
} gc_envelope_kind;

/* The header, which everybody on the way can read. */
typedef struct gc_envelope {
    uint8_t room[GC_TAG_BYTES];
    uint8_t dial[GC_DIAL_BYTES];
    uint8_t kind; /* gc_envelope_kind */
    uint32_t seq; /* of this sender in this dial */
} gc_envelope;

/* From whom to whom: pids (keys.h). A receiver takes the sender's from what the server named. */
typedef struct gc_envelope_way {
    uint8_t from[GC_PID_BYTES];
    uint8_t to[GC_PID_BYTES];
} gc_envelope_way;

/* Reads the header of an envelope. Returns 0, or GC_E_SYNTAX for anything else: another version or
 * kind, or a size that no envelope has; then *out is unchanged. Nothing in it is proved yet. */
int gc_envelope_read(gc_span bytes, gc_envelope *out);
/* Fills a text (1..GC_ENVELOPE_TEXT_BYTES_MAX bytes) with blanks to the next multiple of
 * GC_ENVELOPE_STEP. text->failed when there is no room for them. */
void gc_envelope_pad(gc_writer *text);
/* Writes an envelope around a padded text (its length is asserted), which it does not overlap.
 * nonce: 24 fresh random bytes. w->failed when it does not fit. Returns 0, or GC_E_CRYPTO: then
 * nothing is written. */
int gc_envelope_seal(const gc_envelope *e, const gc_crypto *crypto,
                     const uint8_t key[GC_SEAL_KEY_BYTES], const gc_envelope_way *way,
                     const uint8_t nonce[GC_SEAL_NONCE_BYTES], gc_span text, gc_writer *w);
/* Opens an envelope that gc_envelope_read() took (asserted): writes the text, blanks at its end
 * included, to w, which has room for it (asserted). Returns 0, or GC_E_REFUSED for one that was not
 * sealed with this key, this way and this header; then nothing is written. */
int gc_envelope_open(gc_span bytes, const gc_crypto *crypto, const uint8_t key[GC_SEAL_KEY_BYTES],
                     const gc_envelope_way *way, gc_writer *w);

#endif
