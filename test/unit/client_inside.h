/* The inside of a gc_client, for tests and fuzzers: the only place of theirs that knows how the
 * client is built. What a client says in its outputs is asserted there; this is for what it keeps
 * to itself, and for what a stand-in of the transport or of a server has to know.
 *
 * slot: 0..GC_LINKS_MAX-1, in use or not. peer: 0..GC_PEERS_MAX-1, as in the outputs, in use or
 * not. What is returned by pointer is the client's own and valid until its next input. */
#ifndef GC_TEST_CLIENT_INSIDE_H
#define GC_TEST_CLIENT_INSIDE_H

#include "core/gc_client.h"
#include "core/proto/slots.h"
#include "test/unit/room.h"

/* --- links ------------------------------------------------------------------------------------ */

/* What a link in this slot is doing now. Connecting: both descriptions are known. */
bool client_link_is_offering(const gc_client *c, uint32_t slot);
bool client_link_is_answering(const gc_client *c, uint32_t slot);
bool client_link_is_connecting(const gc_client *c, uint32_t slot);
bool client_link_is_open(const gc_client *c, uint32_t slot);
/* A data connection to a stock PeerJS peer. */
bool client_link_is_stock(const gc_client *c, uint32_t slot);
/* So many of them may be open at once. */
uint32_t client_stock_links_max(void);
/* The number by which inputs and outputs name it. */
uint32_t client_link_number(const gc_client *c, uint32_t slot);
uint32_t client_link_slot(uint32_t number);
uint32_t client_link_peer(const gc_client *c, uint32_t slot);
/* GC_DIAL_BYTES. */
const uint8_t *client_link_dial(const gc_client *c, uint32_t slot);
/* When it is given up, unless it has opened by then. */
uint64_t client_link_gives_up_at(const gc_client *c, uint32_t slot);
/* Candidates of the other side that were taken for this dial. */
uint32_t client_link_candidates_taken(const gc_client *c, uint32_t slot);
/* As if none of our own had been sent for this dial: then more may follow. */
void client_link_forget_candidates_sent(gc_client *c, uint32_t slot);

/* --- peers ------------------------------------------------------------------------------------ */

/* Used: known, or its end is not told yet. Live: known. Open: one can talk to it. */
bool client_peer_is_used(const gc_client *c, uint32_t peer);
bool client_peer_is_live(const gc_client *c, uint32_t peer);
bool client_peer_is_open(const gc_client *c, uint32_t peer);
bool client_peer_is_stock(const gc_client *c, uint32_t peer);
/* A list named it, and nothing has come from it. */
bool client_peer_is_hearsay(const gc_client *c, uint32_t peer);
gc_span client_peer_id(const gc_client *c, uint32_t peer);
/* Slot of the link that is being set up with it, or GC_NONE. */
uint32_t client_peer_attempt(const gc_client *c, uint32_t peer);
/* When it knocked at our slot last, or GC_NEVER. */
uint64_t client_peer_knocked_at(const gc_client *c, uint32_t peer);
/* So long after it knocked it is named to others, though it is not linked with us. */
uint32_t client_knocked_ms(void);
/* GC_SESSION_BYTES: the session that its last START named. */
const uint8_t *client_peer_session(const gc_client *c, uint32_t peer);
/* Number of its last message that the user has seen. */
uint64_t client_peer_shown(const gc_client *c, uint32_t peer);
/* Bytes of its messages that are held because one before them is missing. */
uint32_t client_peer_held_bytes(const gc_client *c, uint32_t peer);
/* An ACK for it waits to be polled. */
bool client_peer_ack_is_due(const gc_client *c, uint32_t peer);
/* Number of our last message that was handed to its link. */
uint64_t client_peer_sent(const gc_client *c, uint32_t peer);
/* Forgotten peers whose sessions were remembered, ever; only the last of them still are. */
uint32_t client_sessions_buried(const gc_client *c);
uint32_t client_sessions_buried_max(void);

/* --- the client itself ------------------------------------------------------------------------ */

/* The time of its last input, which never goes back. */
uint64_t client_now(const gc_client *c);
/* GC_SESSION_BYTES: our own session. */
const uint8_t *client_session(const gc_client *c);
/* Why nothing more is tried at the server; 0. */
uint32_t client_failed(const gc_client *c);
/* Messages of servers and peers that were malformed, unexpected or refused, so far. */
uint64_t client_ignored(const gc_client *c);
/* Our messages whose fate is not settled for all: the first of them, and the next to be sent. */
uint64_t client_first_kept(const gc_client *c);
uint64_t client_next_sent(const gc_client *c);
/* GC_TAG_BYTES: of the room that was joined, and of our own invite link. */
const uint8_t *client_room_tag(const gc_client *c);
const uint8_t *client_direct_tag(const gc_client *c);
/* From now on every hash fails, or every key pair. */
void client_hash_fails(gc_client *c);
void client_keypair_fails(gc_client *c);
/* GC_SIGN_KEY_BYTES: the secret seed of its key pair. */
const uint8_t *client_seed(const gc_client *c);
/* The next poll does not clear the buffers of a client that has left, which takes long. */
void client_skip_clearing(gc_client *c);

/* --- its server ------------------------------------------------------------------------------- */

bool client_signaling_is_connecting(const gc_client *c);
bool client_signaling_is_on(const gc_client *c);
/* The server sends messages to oneself back. */
bool client_signaling_echoes(const gc_client *c);
bool client_slots_are_off(const gc_client *c);
bool client_slots_are_waiting(const gc_client *c);
bool client_slots_have_a_home(const gc_client *c);
/* The home was linked with us. */
bool client_home_was_open(const gc_client *c);
/* The id of slot n (0..GC_SLOTS_MAX-1), and of the one that is tried, held, or the home's. */
gc_span client_slot_id(const gc_client *c, uint32_t n);
gc_span client_current_slot_id(const gc_client *c);
/* GC_NONCE_BYTES: of the knock that waits for an answer. */
const uint8_t *client_slot_nonce(const gc_client *c);
/* Proves a slot message as a member does, who has the room's secret: m->proof. Returns 0 or the
 * error of the hash. */
int client_prove_slot_message(const gc_client *c, gc_span from, gc_span to, gc_slot_message *m);
/* The proof of an OFFER between two members, as either of them writes it. False where none is
 * needed: the server has rooms. */
bool client_prove_offer(const gc_client *c, gc_span from, gc_span to,
                        const uint8_t dial[GC_DIAL_BYTES], uint8_t proof[GC_PROOF_BYTES]);

#endif
