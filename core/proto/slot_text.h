/* Slot messages: messages between members of a room through a server that knows no rooms, as
 * CANDIDATE messages, which every PeerServer relays. A proof shows that the sender has the room's
 * secret; it binds sender, addressee, nonce and list. Source: ghostchat-protocol.7, "Rooms without
 * the additions". */
#ifndef GC_PROTO_SLOT_TEXT_H
#define GC_PROTO_SLOT_TEXT_H

#include "core/base/crypto.h"
#include "core/proto/signal_form.h"

#define GC_SLOT_KEY_BYTES 32

enum gc_slot_kind {
    GC_SLOT_NONE,
    GC_SLOT_KNOCK,   /* to a slot: who is here? */
    GC_SLOT_MEMBERS, /* the answer, with the knock's nonce; or news, with another one */
    GC_SLOT_FULL,    /* the answer: no more people */
    GC_SLOT_ECHO,    /* to oneself: does the server still relay? Without nonce, list and proof */
    GC_SLOT_OFFER,   /* never sent: for the proof of an OFFER to a member, nonce = its dial */
};

typedef struct gc_slot_message {
    uint8_t kind; /* gc_slot_kind */
    uint8_t nonce[GC_NONCE_BYTES];
    uint8_t proof[GC_PROOF_BYTES];
    uint32_t count; /* ids of members, without sender and addressee */
    uint8_t id_len[GC_ROOM_MEMBERS_MAX];
    uint8_t id[GC_ROOM_MEMBERS_MAX][GC_INVITE_ID_CHARS_MAX];
} gc_slot_message;

/* Reads the slot message that gc_signal_read() found (in->slot >= 0) into *out, which borrows
 * nothing. Returns 0, or GC_E_SYNTAX, with *out undefined: another version, an unknown kind, a
 * missing key, a list that is longer than a room or holds what is not an id. */
int gc_slot_read(const gc_signal_in *in, gc_slot_message *out);
/* Writes m as a CANDIDATE to the peer with the id dst; its proof was made before
 * (gc_slot_prove()). w->failed when it does not fit. */
void gc_slot_write(gc_writer *w, gc_span dst, const gc_slot_message *m);
/* Adds an id (copied) to the list of m. Returns false, and adds nothing, when the list is full or
 * the id is not one that a link could hold: [A-Za-z0-9_-]{1,64}, which needs no escapes. */
bool gc_slot_add(gc_slot_message *m, gc_span id);
/* Makes the proof of m from one id to another: M(16, key, kind, from, to, nonce, list). key: of the
 * room's proofs. m->proof is not read, so a proof that came is checked by making it anew and
 * comparing. Returns 0 or GC_E_CRYPTO. */
int gc_slot_prove(const gc_crypto *crypto, const uint8_t key[GC_SLOT_KEY_BYTES], gc_span from,
                  gc_span to, const gc_slot_message *m, uint8_t proof[GC_PROOF_BYTES]);

#endif
