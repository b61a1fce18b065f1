#include "test/unit/client_inside.h"

#include "core/gc_client_inside.h"
#include "test/unit/refusal.h"

bool client_link_is_offering(const gc_client *c, uint32_t slot) {
    return c->peers.mesh.slots[slot].step == GC_LINK_STEP_OFFERING;
}

bool client_link_is_answering(const gc_client *c, uint32_t slot) {
    return c->peers.mesh.slots[slot].step == GC_LINK_STEP_ANSWERING;
}

bool client_link_is_connecting(const gc_client *c, uint32_t slot) {
    return c->peers.mesh.slots[slot].step == GC_LINK_STEP_CONNECTING;
}

bool client_link_is_open(const gc_client *c, uint32_t slot) {
    return c->peers.mesh.slots[slot].step == GC_LINK_STEP_OPEN;
}

bool client_link_is_stock(const gc_client *c, uint32_t slot) {
    return c->peers.mesh.slots[slot].kind == GC_LINK_KIND_DATA;
}

uint32_t client_stock_links_max(void) {
    return GC_MESH_DATA_MAX;
}

uint32_t client_link_number(const gc_client *c, uint32_t slot) {
    return gc_link_number(&c->peers.mesh.slots[slot], slot);
}

uint32_t client_link_slot(uint32_t number) {
    return gc_link_slot(number);
}

uint32_t client_link_peer(const gc_client *c, uint32_t slot) {
    return c->peers.mesh.slots[slot].peer;
}

const uint8_t *client_link_dial(const gc_client *c, uint32_t slot) {
    return c->peers.mesh.slots[slot].dial;
}

uint64_t client_link_gives_up_at(const gc_client *c, uint32_t slot) {
    return c->peers.mesh.slots[slot].deadline_ms;
}

uint32_t client_link_candidates_taken(const gc_client *c, uint32_t slot) {
    return c->peers.mesh.slots[slot].candidates[GC_LINK_SIDE_REMOTE];
}

void client_link_forget_candidates_sent(gc_client *c, uint32_t slot) {
    c->peers.mesh.slots[slot].candidates[GC_LINK_SIDE_LOCAL] = 0;
}

bool client_peer_is_used(const gc_client *c, uint32_t peer) {
    return gc_set_has(&c->peers.people.live, peer) || gc_set_has(&c->peers.people.ended, peer);
}

bool client_peer_is_live(const gc_client *c, uint32_t peer) {
    return gc_set_has(&c->peers.people.live, peer);
}

bool client_peer_is_open(const gc_client *c, uint32_t peer) {
    return gc_conversations_is_open(&c->peers.conversations, peer);
}

bool client_peer_is_stock(const gc_client *c, uint32_t peer) {
    return c->peers.conversations.conversations[peer].plain;
}

bool client_peer_is_hearsay(const gc_client *c, uint32_t peer) {
    return gc_set_has(&c->peers.people.hearsay, peer);
}

gc_span client_peer_id(const gc_client *c, uint32_t peer) {
    return gc_span_of(c->peers.people.persons[peer].id, c->peers.people.persons[peer].id_len);
}

uint32_t client_peer_attempt(const gc_client *c, uint32_t peer) {
    return c->peers.mesh.ways[peer].attempt;
}

uint64_t client_peer_knocked_at(const gc_client *c, uint32_t peer) {
    return c->peers.people.persons[peer].knocked_ms;
}

uint32_t client_knocked_ms(void) {
    return GC_SLOT_ROOM_KNOCKED_MS;
}

const uint8_t *client_peer_session(const gc_client *c, uint32_t peer) {
    return c->peers.conversations.conversations[peer].session;
}

uint64_t client_peer_shown(const gc_client *c, uint32_t peer) {
    return c->peers.conversations.conversations[peer].inbox.shown;
}

uint32_t client_peer_held_bytes(const gc_client *c, uint32_t peer) {
    return c->peers.conversations.conversations[peer].inbox.held_bytes;
}

bool client_peer_ack_is_due(const gc_client *c, uint32_t peer) {
    return c->peers.conversations.conversations[peer].inbox.ack_due;
}

uint64_t client_peer_sent(const gc_client *c, uint32_t peer) {
    return c->peers.conversations.conversations[peer].next_send - 1;
}

uint32_t client_sessions_buried(const gc_client *c) {
    return c->peers.conversations.tombs.count;
}

uint32_t client_sessions_buried_max(void) {
    return GC_TOMBS_MAX;
}

uint64_t client_now(const gc_client *c) {
    return c->step.now_ms;
}

const uint8_t *client_session(const gc_client *c) {
    return c->peers.conversations.session;
}

uint32_t client_failed(const gc_client *c) {
    return c->meeting.reason;
}

uint64_t client_ignored(const gc_client *c) {
    return c->meeting.ignored;
}

uint64_t client_first_kept(const gc_client *c) {
    return c->peers.conversations.outbox.first;
}

uint64_t client_next_sent(const gc_client *c) {
    return c->peers.conversations.outbox.next;
}

const uint8_t *client_room_tag(const gc_client *c) {
    return gc_membership_room_tag(&c->meeting.membership);
}

const uint8_t *client_direct_tag(const gc_client *c) {
    return c->meeting.membership.direct_tag;
}

void client_hash_fails(gc_client *c) {
    c->crypto.hash = refuse_hash;
}

static int refuse_keypair(void *context, uint8_t public_key[32], const uint8_t seed[32]) {
    (void)context, (void)public_key, (void)seed;
    return -1;
}

void client_keypair_fails(gc_client *c) {
    c->crypto.sign_keypair = refuse_keypair;
}

const uint8_t *client_seed(const gc_client *c) {
    return c->meeting.line.own.seed;
}

void client_skip_clearing(gc_client *c) {
    c->dirty = false;
}

bool client_signaling_is_connecting(const gc_client *c) {
    return c->meeting.line.step == GC_SIGNALING_STEP_CONNECTING;
}

bool client_signaling_is_on(const gc_client *c) {
    return c->meeting.line.step == GC_SIGNALING_STEP_ON;
}

bool client_signaling_echoes(const gc_client *c) {
    return c->meeting.line.echoes;
}

bool client_slots_are_off(const gc_client *c) {
    return c->meeting.room.slots.step == GC_SLOTS_OFF;
}

bool client_slots_are_waiting(const gc_client *c) {
    return c->meeting.room.slots.step == GC_SLOTS_WAITING;
}

bool client_slots_have_a_home(const gc_client *c) {
    return c->meeting.room.slots.step == GC_SLOTS_MEMBER;
}

bool client_home_was_open(const gc_client *c) {
    return c->meeting.room.slots.home_open;
}

gc_span client_slot_id(const gc_client *c, uint32_t n) {
    return gc_slots_id(&c->meeting.room.slots, n);
}

gc_span client_current_slot_id(const gc_client *c) {
    return gc_slots_id(&c->meeting.room.slots, c->meeting.room.slots.at);
}

const uint8_t *client_slot_nonce(const gc_client *c) {
    return c->meeting.room.slots.nonce;
}

int client_prove_slot_message(const gc_client *c, gc_span from, gc_span to, gc_slot_message *m) {
    return gc_slot_prove(&c->crypto, c->meeting.room.slots.key, from, to, m, m->proof);
}

bool client_prove_offer(const gc_client *c, gc_span from, gc_span to,
                        const uint8_t dial[GC_DIAL_BYTES], uint8_t proof[GC_PROOF_BYTES]) {
    return gc_slots_prove_offer(&c->meeting.room.slots, &c->crypto, from, to, dial, proof);
}
