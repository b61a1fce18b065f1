#include "test/unit/client_inside.h"

#include "core/client.h"

bool client_link_is_offering(const gc_client *c, uint32_t slot) {
    return c->links[slot].step == GC_LINK_OFFERING;
}

bool client_link_is_answering(const gc_client *c, uint32_t slot) {
    return c->links[slot].step == GC_LINK_ANSWERING;
}

bool client_link_is_connecting(const gc_client *c, uint32_t slot) {
    return c->links[slot].step == GC_LINK_CONNECTING;
}

bool client_link_is_open(const gc_client *c, uint32_t slot) {
    return c->links[slot].step == GC_LINK_OPEN;
}

bool client_link_is_stock(const gc_client *c, uint32_t slot) {
    return c->links[slot].kind == GC_LINK_DATA;
}

uint32_t client_stock_links_max(void) {
    return GC_CLIENT_DATA_MAX;
}

uint32_t client_link_number(const gc_client *c, uint32_t slot) {
    return gc_link_number(&c->links[slot], slot);
}

uint32_t client_link_slot(uint32_t number) {
    return gc_link_slot(number);
}

uint32_t client_link_peer(const gc_client *c, uint32_t slot) {
    return c->links[slot].peer;
}

const uint8_t *client_link_dial(const gc_client *c, uint32_t slot) {
    return c->links[slot].dial;
}

uint64_t client_link_gives_up_at(const gc_client *c, uint32_t slot) {
    return c->links[slot].deadline_ms;
}

uint32_t client_link_candidates_taken(const gc_client *c, uint32_t slot) {
    return c->links[slot].candidates[GC_LINK_REMOTE];
}

void client_link_forget_candidates_sent(gc_client *c, uint32_t slot) {
    c->links[slot].candidates[GC_LINK_LOCAL] = 0;
}

bool client_peer_is_used(const gc_client *c, uint32_t peer) {
    return c->peers[peer].use != GC_PEER_FREE;
}

bool client_peer_is_live(const gc_client *c, uint32_t peer) {
    return c->peers[peer].use == GC_PEER_LIVE;
}

bool client_peer_is_open(const gc_client *c, uint32_t peer) {
    return gc__client_is_open(&c->peers[peer]);
}

bool client_peer_is_stock(const gc_client *c, uint32_t peer) {
    return c->peers[peer].stock;
}

bool client_peer_is_hearsay(const gc_client *c, uint32_t peer) {
    return c->peers[peer].hearsay;
}

gc_span client_peer_id(const gc_client *c, uint32_t peer) {
    return gc_peer_id(&c->peers[peer]);
}

uint32_t client_peer_attempt(const gc_client *c, uint32_t peer) {
    return c->peers[peer].attempt;
}

uint64_t client_peer_knocked_at(const gc_client *c, uint32_t peer) {
    return c->peers[peer].knocked_ms;
}

uint32_t client_knocked_ms(void) {
    return GC_CLIENT_KNOCKED_MS;
}

const uint8_t *client_peer_session(const gc_client *c, uint32_t peer) {
    return c->peers[peer].conversation.session;
}

uint64_t client_peer_shown(const gc_client *c, uint32_t peer) {
    return c->peers[peer].conversation.inbox.shown;
}

uint32_t client_peer_held_bytes(const gc_client *c, uint32_t peer) {
    return c->peers[peer].conversation.inbox.held_bytes;
}

bool client_peer_ack_is_due(const gc_client *c, uint32_t peer) {
    return c->peers[peer].conversation.inbox.ack_due;
}

uint64_t client_peer_sent(const gc_client *c, uint32_t peer) {
    return c->peers[peer].conversation.next_send - 1;
}

uint32_t client_sessions_buried(const gc_client *c) {
    return c->tombs_count;
}

uint32_t client_sessions_buried_max(void) {
    return GC_CLIENT_TOMBS_MAX;
}

uint64_t client_now(const gc_client *c) {
    return c->now_ms;
}

const uint8_t *client_session(const gc_client *c) {
    return c->session;
}

uint32_t client_failed(const gc_client *c) {
    return c->failed;
}

uint64_t client_ignored(const gc_client *c) {
    return c->ignored;
}

uint64_t client_first_kept(const gc_client *c) {
    return c->outbox.first;
}

uint64_t client_next_sent(const gc_client *c) {
    return c->outbox.next;
}

const uint8_t *client_room_tag(const gc_client *c) {
    return gc_membership_room_tag(&c->membership);
}

const uint8_t *client_direct_tag(const gc_client *c) {
    return c->membership.direct_tag;
}

static int refuse(void *context, uint8_t *out, uint32_t out_len, const uint8_t *in, uint32_t in_len,
                  const uint8_t *key, uint32_t key_len) {
    (void)context, (void)out, (void)out_len, (void)in, (void)in_len, (void)key, (void)key_len;
    return -1;
}

void client_hash_fails(gc_client *c) {
    c->crypto.hash = refuse;
}

void client_skip_clearing(gc_client *c) {
    c->dirty = false;
}

bool client_signaling_is_connecting(const gc_client *c) {
    return c->signaling.step == GC_SIGNALING_STEP_CONNECTING;
}

bool client_signaling_is_on(const gc_client *c) {
    return c->signaling.step == GC_SIGNALING_STEP_ON;
}

bool client_signaling_echoes(const gc_client *c) {
    return c->signaling.echoes;
}

bool client_slots_are_off(const gc_client *c) {
    return c->slots.step == GC_SLOTS_OFF;
}

bool client_slots_are_waiting(const gc_client *c) {
    return c->slots.step == GC_SLOTS_WAITING;
}

bool client_slots_have_a_home(const gc_client *c) {
    return c->slots.step == GC_SLOTS_MEMBER;
}

bool client_home_was_open(const gc_client *c) {
    return c->slots.home_open;
}

gc_span client_slot_id(const gc_client *c, uint32_t n) {
    return gc_slots_id(&c->slots, n);
}

gc_span client_current_slot_id(const gc_client *c) {
    return gc_slots_id(&c->slots, c->slots.at);
}

const uint8_t *client_slot_nonce(const gc_client *c) {
    return c->slots.nonce;
}

int client_prove_slot_message(const gc_client *c, gc_span from, gc_span to, gc_slot_message *m) {
    return gc_slot_prove(&c->crypto, c->slots.key, from, to, m, m->proof);
}

bool client_prove_offer(const gc_client *c, gc_span from, gc_span to,
                        const uint8_t dial[GC_DIAL_BYTES], uint8_t proof[GC_PROOF_BYTES]) {
    return gc__client_prove_offer(c, from, to, dial, proof);
}
