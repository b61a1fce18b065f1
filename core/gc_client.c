#include "core/gc_client.h"
#include "core/base/assert.h"
#include "core/base/error.h"
#include "core/base/mem.h"
#include "core/base/secret.h"
#include "core/base/utf8.h"
#include "core/client.h"

/* --- life ------------------------------------------------------------------------------------ */

size_t gc_client_size(void) {
    return sizeof(gc_client);
}

/* Everything but the crypto table, the generator, the clock and the generations of links. */
static void reset(gc_client *c) {
    c->joined = c->entered = c->target_left = false;
    c->failed = GC_REASON_NONE;
    c->rejoin_ms = GC_NEVER;
    c->blocked_len = 0;
    gc_bytes_wipe(&c->signaling, sizeof c->signaling);
    gc_membership_wipe(&c->membership);
    gc_slots_wipe(&c->slots);
    c->slots_open = 0;
    gc_bytes_wipe(c->session, sizeof c->session);
    gc_bytes_wipe(c->nick, sizeof c->nick);
    gc_bytes_wipe(c->tombs, sizeof c->tombs);
    c->nick_len = c->tombs_count = 0;
}

gc_client *gc_client_init(void *memory, size_t bytes, const gc_crypto *crypto,
                          const uint8_t seed[32], uint64_t now_ms) {
    gc_client *c = memory;
    if (bytes < sizeof *c) {
        return NULL;
    }
    gc_assert((uintptr_t)memory % 16 == 0);
    memset(c, 0, offsetof(gc_client, bulk));
    c->crypto = *crypto;
    c->now_ms = now_ms;
    c->showing = GC_NONE;
    gc_drbg_init(&c->drbg, seed);
    gc_output_queue_init(&c->queue, &c->bulk.output);
    gc_outbox_init(&c->outbox, &c->bulk.outbox);
    for (uint32_t i = 0; i < GC_LINKS_MAX; i++) {
        c->links[i].store = &c->bulk.links[i];
    }
    reset(c);
    return c;
}

gc_span gc__client_own(const gc_client *c) {
    return gc_span_of(c->signaling.id, c->joined ? GC_OWN_ID_CHARS : 0);
}

gc_span gc_client_id(const gc_client *c) {
    return gc__client_own(c);
}

bool gc__client_ready(const gc_client *c) {
    for (uint32_t i = 0; i < GC_PEERS_MAX; i++) {
        if (c->peers[i].use == GC_PEER_LIVE &&
            !gc_conversation_can_give_up(&c->peers[i].conversation)) {
            return false;
        }
    }
    return gc_output_queue_ready(&c->queue);
}

enum gc_client_state gc__client_state(const gc_client *c) {
    if (!c->joined) {
        return GC_STATE_IDLE;
    }
    for (uint32_t i = 0; i < GC_PEERS_MAX; i++) {
        if (gc__client_is_open(&c->peers[i])) {
            return GC_STATE_CONNECTED;
        }
    }
    if (c->failed != 0) {
        return GC_STATE_FAILED;
    }
    return c->entered ? GC_STATE_WAITING : GC_STATE_JOINING;
}

int gc__client_begin(gc_client *c, uint64_t now_ms) {
    c->now_ms = now_ms > c->now_ms ? now_ms : c->now_ms;
    if (!gc__client_ready(c)) {
        return GC_E_FULL;
    }
    c->dirty = true;
    return 0;
}

int gc__client_end(gc_client *c) {
    if (c->joined) {
        gc__client_settle(c);
    }
    return 0;
}

/* --- the user -------------------------------------------------------------------------------- */

static void leave(gc_client *c, bool bye) {
    for (uint32_t i = 0; i < GC_PEERS_MAX; i++) {
        if (c->peers[i].use == GC_PEER_LIVE) {
            gc__client_end_peer(c, i, GC_REASON_LEFT, bye, false);
        }
    }
    gc_slots_stop(&c->slots, &c->queue, bye);
    gc_signaling_client_stop(&c->signaling, &c->queue, bye, GC_REASON_NONE);
    gc_outbox_wipe(&c->outbox);
    reset(c);
}

int gc_client_leave(gc_client *c, uint64_t now_ms) {
    int error = gc__client_begin(c, now_ms);
    if (error == 0 && c->joined) {
        leave(c, true);
    }
    return error;
}

/* What a join needs, made ready before anything changes. */
typedef struct entry {
    gc_signaling_client signaling;
    gc_membership membership;
    uint8_t nick[GC_NICK_BYTES_MAX];
    uint32_t nick_len;
    uint32_t serialization;
} entry;

static int begin_entry(gc_client *c, uint64_t now_ms, const gc_client_options *o, entry *e) {
    memset(e, 0, sizeof *e);
    int error = gc__client_begin(c, now_ms);
    if (error != 0) {
        return error;
    }
    enum gc_client_state state = gc__client_state(c);
    if (state != GC_STATE_IDLE && state != GC_STATE_FAILED) {
        return GC_E_STATE;
    }
    if (!gc_utf8_valid(o->nick)) {
        return GC_E_UTF8;
    }
    e->nick_len = gc_utf8_clean_line(o->nick, e->nick, sizeof e->nick);
    if (o->serialization.len > 0 && !gc_serialization_of(o->serialization, &e->serialization)) {
        return GC_E_ARGUMENT;
    }
    return gc_signaling_client_init(&e->signaling, &c->drbg, o->server, o->key);
}

static int enter(gc_client *c, entry *e, int error) {
    if (error == 0) {
        if (c->joined) {
            leave(c, false); /* what is left of a failed one */
        }
        c->signaling = e->signaling;
        c->membership = e->membership;
        memcpy(c->nick, e->nick, e->nick_len);
        c->nick_len = e->nick_len;
        c->serialization = e->serialization;
        gc_drbg_bytes(&c->drbg, c->session, sizeof c->session);
        c->joined = true;
        gc_signaling_client_start(&c->signaling, &c->queue, gc_membership_room_tag(&c->membership),
                                  c->now_ms);
    }
    gc_bytes_wipe(e, sizeof *e);
    return error;
}

int gc_client_join_room(gc_client *c, uint64_t now_ms, const gc_client_options *o, gc_span name) {
    entry e;
    int error = begin_entry(c, now_ms, o, &e);
    if (error == 0) {
        error = gc_membership_enter_name(&e.membership, &c->crypto, name);
    }
    return enter(c, &e, error);
}

int gc_client_new_room(gc_client *c, uint64_t now_ms, const gc_client_options *o) {
    entry e;
    int error = begin_entry(c, now_ms, o, &e);
    if (error == 0) {
        error = gc_membership_enter_new(&e.membership, &c->crypto, &c->drbg);
    }
    return enter(c, &e, error);
}

int gc_client_join_link(gc_client *c, uint64_t now_ms, const gc_client_options *o, gc_span link) {
    entry e;
    int error = begin_entry(c, now_ms, o, &e);
    if (error == 0) {
        error = gc_membership_enter_link(&e.membership, &c->crypto, link);
    }
    return enter(c, &e, error);
}

/* Who has been silent for GC_STALLED_MS does not hold up the others: its open messages may go. */
static bool is_stalled(const gc_client *c, const gc_peer *p) {
    return gc_conversation_stalled_at(&p->conversation, &c->outbox) <= c->now_ms;
}

bool gc__client_can_send(const gc_client *c, uint32_t len) {
    uint64_t need = gc_outbox_room_at(&c->outbox, len);
    for (uint32_t i = 0; i < GC_PEERS_MAX; i++) {
        const gc_peer *p = &c->peers[i];
        if (p->use == GC_PEER_LIVE && gc_conversation_floor(&p->conversation) < need &&
            (!is_stalled(c, p) || !gc_conversation_can_give_up(&p->conversation))) {
            return false;
        }
    }
    return true;
}

static void make_room(gc_client *c, uint32_t len) {
    uint64_t need = gc_outbox_room_at(&c->outbox, len);
    for (uint32_t i = 0; i < GC_PEERS_MAX; i++) {
        gc_peer *p = &c->peers[i];
        if (p->use == GC_PEER_LIVE) {
            gc_conversation_give_up(&p->conversation, &c->outbox, need, GC_REASON_UNDELIVERED);
        }
    }
    /* Not more: a peer whose time is up ends behind the new message, and tells its fate. */
    gc__client_drop_settled(c);
}

int gc_client_send(gc_client *c, uint64_t now_ms, gc_span text, uint64_t *seq) {
    bool known = false;
    for (uint32_t i = 0; i < GC_PEERS_MAX; i++) {
        known = known || c->peers[i].use == GC_PEER_LIVE;
    }
    if (!c->joined || !known) {
        return GC_E_STATE;
    }
    if (text.len == 0) {
        return GC_E_SYNTAX;
    }
    if (text.len > GC_TEXT_BYTES_MAX) {
        return GC_E_TOO_BIG;
    }
    if (!gc_utf8_valid(text)) {
        return GC_E_UTF8;
    }
    int error = gc__client_begin(c, now_ms);
    if (error != 0 || !gc__client_can_send(c, text.len)) {
        c->blocked_len = text.len;
        return GC_E_FULL;
    }
    make_room(c, text.len);
    *seq = gc_outbox_add(&c->outbox, text, c->now_ms);
    return gc__client_end(c);
}

int gc_client_set_nick(gc_client *c, uint64_t now_ms, gc_span nick) {
    if (!gc_utf8_valid(nick)) {
        return GC_E_UTF8;
    }
    int error = gc__client_begin(c, now_ms);
    if (error != 0 || !c->joined) {
        return error != 0 ? error : GC_E_STATE;
    }
    c->nick_len = gc_utf8_clean_line(nick, c->nick, sizeof c->nick);
    for (uint32_t i = 0; i < GC_LINKS_MAX; i++) {
        c->links[i].profile_due = c->links[i].step == GC_LINK_OPEN;
    }
    return gc__client_end(c);
}

int gc_client_invite(gc_client *c, gc_span base, uint32_t kind, gc_writer *w) {
    return gc_membership_invite(&c->membership, &c->crypto, &c->drbg, gc__client_own(c), base, kind,
                                w);
}

/* --- the signaling sockets ------------------------------------------------------------------- */

static gc_signaling_client *client_of(gc_client *c, uint32_t socket) {
    return socket == GC_SOCKET_SLOT ? &c->slots.signaling : &c->signaling;
}

int gc_client_signaling_opened(gc_client *c, uint64_t now_ms, uint32_t socket) {
    int error = gc__client_begin(c, now_ms);
    if (error != 0 || socket >= GC_SOCKETS) {
        return error;
    }
    gc_signaling_client_opened(client_of(c, socket), &c->queue, c->now_ms);
    return gc__client_end(c);
}

int gc_client_signaling_message(gc_client *c, uint64_t now_ms, uint32_t socket, gc_span text) {
    if (text.len > GC_MESSAGE_BYTES_MAX) {
        return GC_E_TOO_BIG;
    }
    int error = gc__client_begin(c, now_ms);
    if (error != 0 || socket >= GC_SOCKETS) {
        return error;
    }
    gc_signaling_client *s = client_of(c, socket);
    if (s->step >= GC_SIGNALING_STEP_OPENING) {
        gc_signaling_client_heard(s, c->now_ms);
        if (socket == GC_SOCKET_OWN) {
            gc__client_signal(c, text);
        } else {
            gc__client_slot_signal(c, text);
        }
    }
    return gc__client_end(c);
}

int gc_client_signaling_closed(gc_client *c, uint64_t now_ms, uint32_t socket) {
    int error = gc__client_begin(c, now_ms);
    if (error != 0 || socket >= GC_SOCKETS) {
        return error;
    }
    gc_signaling_client_closed(client_of(c, socket), &c->drbg, c->now_ms);
    return gc__client_end(c);
}

/* --- time ------------------------------------------------------------------------------------ */

static bool is_started(const gc_client *c, uint32_t slot) {
    return c->peers[c->links[slot].peer].conversation.started;
}

static void tick_links(gc_client *c) {
    for (uint32_t slot = 0; slot < GC_LINKS_MAX; slot++) {
        gc_link *l = &c->links[slot];
        if (l->step == GC_LINK_FREE || gc_link_tick(l, is_started(c, slot), c->now_ms)) {
            continue;
        }
        if (l->step == GC_LINK_OPEN) {
            gc__client_link_lost(c, l->peer, GC_REASON_GONE, true);
        } else {
            gc__client_attempt_failed(c, l->peer, GC_REASON_TIMEOUT, true);
        }
    }
}

static void tick_peers(gc_client *c) {
    uint64_t old = c->outbox.first;
    while (old < c->outbox.next &&
           gc_outbox_get(&c->outbox, old)->sent_ms + GC_UNDELIVERED_MS <= c->now_ms) {
        old++;
    }
    for (uint32_t i = 0; i < GC_PEERS_MAX; i++) {
        gc_peer *p = &c->peers[i];
        if (p->use != GC_PEER_LIVE) {
            continue;
        }
        gc_conversation_give_up(&p->conversation, &c->outbox, old, GC_REASON_UNDELIVERED);
        if (p->dial_ms <= c->now_ms && gc__client_reachable(c, p)) {
            gc__client_dial(c, i);
        }
    }
}

static void tick_rejoin(gc_client *c) {
    const uint8_t *tag = gc_membership_room_tag(&c->membership);
    if (c->now_ms >= c->rejoin_ms && tag != NULL) {
        gc_writer w = gc_output_queue_begin(&c->queue);
        gc_signal_write_join(&w, tag);
        if (c->signaling.step == GC_SIGNALING_STEP_ON) {
            (void)gc_output_queue_end(&c->queue, GC_CLIENT_SIGNALING_SEND, GC_NONE, GC_SOCKET_OWN,
                                      &w);
        }
        c->rejoin_ms = c->now_ms + GC_CLIENT_REJOIN_MS; /* until the answer ends it */
    }
}

void gc_client_tick(gc_client *c, uint64_t now_ms) {
    if (gc__client_begin(c, now_ms) != 0 || !c->joined) {
        return;
    }
    gc_signaling_client_tick(&c->signaling, &c->queue, &c->drbg, c->now_ms);
    gc_slots_tick(&c->slots, &c->queue, &c->drbg, c->now_ms);
    tick_rejoin(c);
    tick_links(c);
    gc__client_settle(c);
    tick_peers(c);
    gc__client_settle(c);
    gc_assert(gc_client_deadline(c) > c->now_ms);
}

static uint64_t earlier(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

uint64_t gc_client_deadline(const gc_client *c) {
    if (!c->joined) {
        return GC_NEVER;
    }
    uint64_t at = earlier(gc_signaling_client_deadline(&c->signaling), c->rejoin_ms);
    at = earlier(at, gc_slots_deadline(&c->slots));
    for (uint32_t slot = 0; slot < GC_LINKS_MAX; slot++) {
        if (c->links[slot].step != GC_LINK_FREE) {
            at = earlier(at, gc_link_deadline(&c->links[slot], is_started(c, slot)));
        }
    }
    for (uint32_t i = 0; i < GC_PEERS_MAX; i++) {
        const gc_peer *p = &c->peers[i];
        if (p->use == GC_PEER_LIVE) {
            at = earlier(at, earlier(p->dial_ms, p->forget_ms));
            uint64_t stalled = gc_conversation_stalled_at(&p->conversation, &c->outbox);
            if (c->blocked_len != 0 && stalled > c->now_ms) {
                at = earlier(at, stalled);
            }
        }
    }
    if (c->outbox.first < c->outbox.next) {
        at = earlier(at, gc_outbox_get(&c->outbox, c->outbox.first)->sent_ms + GC_UNDELIVERED_MS);
    }
    return at;
}

/* --- invariants ------------------------------------------------------------------------------ */

static void check_peer(const gc_client *c, uint32_t i) {
    const gc_peer *p = &c->peers[i];
    const uint32_t slots[2] = {p->link, p->attempt};
    for (uint32_t n = 0; n < 2; n++) {
        if (slots[n] != GC_NONE) {
            gc_assert(p->use == GC_PEER_LIVE && slots[n] < GC_LINKS_MAX);
            const gc_link *l = &c->links[slots[n]];
            gc_assert(l->peer == i && l->step != GC_LINK_FREE);
            gc_assert((l->step == GC_LINK_OPEN) == (n == 0));
        }
    }
    if (p->use != GC_PEER_LIVE) {
        return;
    }
    bool linked = p->link != GC_NONE || p->attempt != GC_NONE;
    bool timed = p->dial_ms != GC_NEVER || p->forget_ms != GC_NEVER;
    gc_assert(linked || timed || p->target); /* nobody is waited for without an end */
    gc_assert(!p->conversation.started || p->link != GC_NONE);
    gc_assert(!gc_span_equal(gc_peer_id(p), gc__client_own(c)));
    gc_assert(gc__client_find(c, gc_peer_id(p)) == i);
    gc_conversation_check(&p->conversation, &c->outbox);
}

void gc_client_check(const gc_client *c) {
    uint32_t used = 0, held = 0;
    gc_outbox_check(&c->outbox);
    for (uint32_t i = 0; i < GC_PEERS_MAX; i++) {
        const gc_peer *p = &c->peers[i];
        if (p->use == GC_PEER_FREE) {
            continue;
        }
        check_peer(c, i);
        gc_assert(c->joined || p->use == GC_PEER_ENDED);
        held += (p->link != GC_NONE) + (p->attempt != GC_NONE);
    }
    for (uint32_t slot = 0; slot < GC_LINKS_MAX; slot++) {
        used += c->links[slot].step != GC_LINK_FREE;
        gc_assert(c->links[slot].held_len <= GC_LINK_HELD_BYTES);
    }
    gc_assert(used == held);
    gc__client_data_check(c);
    gc_assert(c->joined || c->signaling.step == GC_SIGNALING_STEP_OFF);
    gc_slots_check(&c->slots);
}
