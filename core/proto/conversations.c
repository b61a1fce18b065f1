#include "core/proto/conversations.h"
#include "core/base/assert.h"
#include "core/base/error.h"
#include "core/base/mem.h"
#include "core/base/number.h"
#include "core/base/reason.h"
#include "core/base/secret.h"
#include "core/base/utf8.h"

void gc_conversations_init(gc_conversations *t, gc_conversations_store *store) {
    memset(t, 0, sizeof *t);
    t->store = store;
    t->showing = GC_NONE;
    gc_outbox_init(&t->outbox, &store->outbox);
}

void gc_conversations_enter(gc_conversations *t, const gc_step *s, gc_span nick) {
    gc_drbg_bytes(s->drbg, t->session, sizeof t->session);
    gc_conversations_rename(t, nick);
}

void gc_conversations_leave(gc_conversations *t) {
    t->blocked_len = t->nick_len = 0;
    gc_bytes_wipe(t->session, sizeof t->session);
    gc_bytes_wipe(t->nick, sizeof t->nick);
    gc_tombs_wipe(&t->tombs);
    gc_outbox_wipe(&t->outbox);
}

void gc_conversations_rename(gc_conversations *t, gc_span nick) {
    t->nick_len = gc_utf8_clean_line(nick, t->nick, sizeof t->nick);
}

/* --- the conversation with one peer ----------------------------------------------------------- */

const gc_conversation *gc_conversations_with(const gc_conversations *t, uint32_t peer) {
    gc_assert(peer < GC_PEERS_MAX);
    return &t->conversations[peer];
}

bool gc_conversations_is_open(const gc_conversations *t, uint32_t peer) {
    return gc_set_has(&t->open, peer);
}

void gc_conversations_note(gc_conversations *t, const gc_step *s, uint32_t peer) {
    const gc_conversation *v = &t->conversations[peer];
    gc_set_put(&t->open, peer, gc_conversation_is_open(v));
    gc_set_put(&t->behind, peer, gc_conversation_floor(v) < t->outbox.next);
    gc_set_put(&t->stuck, peer, gc_conversation_is_stuck(v));
    gc_step_ready(s, peer);
}

void gc_conversations_add(gc_conversations *t, uint32_t peer) {
    gc_conversation_init(&t->conversations[peer], &t->store->inboxes[peer], t->outbox.next);
    gc_budget_fill(&t->budgets[peer]);
    gc_budget_fill(&t->paces[peer]);
    gc_set_remove(&t->paused, peer);
}

gc_plain *gc_conversations_plain(gc_conversations *t, uint32_t peer) {
    for (uint32_t i = 0; i < GC_MESH_DATA_MAX; i++) {
        if (!gc_plain_is_free(&t->plains[i]) && t->plain_peers[i] == peer) {
            return &t->plains[i];
        }
    }
    return NULL;
}

static void begin_plain(gc_conversations *t, uint32_t peer, uint32_t serialization) {
    uint32_t i = 0;
    while (i < GC_MESH_DATA_MAX && !gc_plain_is_free(&t->plains[i])) {
        i++;
    }
    gc_assert(i < GC_MESH_DATA_MAX); /* gc_mesh_takes_data() was asked before */
    t->plain_peers[i] = peer;
    gc_plain_begin(&t->plains[i], &t->store->data[i], serialization, &t->conversations[peer]);
}

void gc_conversations_link(gc_conversations *t, const gc_step *s, uint32_t peer, const gc_link *l,
                           gc_span id) {
    gc_conversation_link(&t->conversations[peer]);
    if (l->kind == GC_LINK_KIND_DATA) {
        if (t->conversations[peer].known) {
            gc_conversations_bury(t, peer,
                                  id); /* one of ours was here before, and may come again */
        }
        begin_plain(t, peer, l->serialization);
    }
    gc_conversations_note(t, s, peer);
}

void gc_conversations_replace(gc_conversations *t, uint32_t peer) {
    gc_plain *plain = gc_conversations_plain(t, peer);
    if (plain != NULL) {
        gc_plain_end(plain, &t->conversations[peer], &t->outbox);
    }
}

void gc_conversations_unlink(gc_conversations *t, const gc_step *s, uint32_t peer) {
    gc_conversations_replace(t, peer);
    gc_conversation_unlink(&t->conversations[peer]);
    gc_conversations_note(t, s, peer);
}

void gc_conversations_end(gc_conversations *t, const gc_step *s, uint32_t peer, uint32_t reason,
                          bool final) {
    gc_conversation *v = &t->conversations[peer];
    gc_conversations_replace(t, peer);
    if (!final) {
        gc_conversation_unlink(v);
    }
    gc_conversation_end(v, &t->outbox, reason);
    gc_conversations_note(t, s, peer);
    gc_set_remove(&t->open, peer);
    gc_set_remove(&t->behind, peer);
    gc_set_remove(&t->stuck, peer);
}

void gc_conversations_bury(gc_conversations *t, uint32_t peer, gc_span id) {
    const gc_conversation *v = &t->conversations[peer];
    if (v->known) {
        gc_tombs_bury(&t->tombs, id, v->session, v->inbox.shown);
    }
}

void gc_conversations_taken(gc_conversations *t, const gc_step *s, uint32_t peer) {
    if (gc_conversations_plain(t, peer) != NULL) {
        gc_plain_taken(&t->conversations[peer], &t->outbox, s->now_ms);
    }
    gc_conversations_note(t, s, peer);
}

/* --- our messages ----------------------------------------------------------------------------- */

/* A peer that has been silent for GC_STALLED_MS does not hold up the others: its open messages may
 * go. */
static bool holds_up(const gc_conversations *t, uint32_t peer, uint64_t now_ms) {
    return gc_conversation_stalled_at(&t->conversations[peer], &t->outbox) > now_ms ||
           gc_set_has(&t->stuck, peer);
}

bool gc_conversations_can_send(const gc_conversations *t, uint32_t len, uint64_t now_ms) {
    uint64_t need = gc_outbox_room_at(&t->outbox, len);
    for (uint32_t i = gc_set_first(&t->behind); i != GC_SET_END;
         i = gc_set_next(&t->behind, i + 1)) {
        if (gc_conversation_floor(&t->conversations[i]) < need && holds_up(t, i, now_ms)) {
            return false;
        }
    }
    return true;
}

/* Gives up what is older than message `to`, for all who have not acknowledged it. */
static void give_up_below(gc_conversations *t, const gc_step *s, uint64_t to) {
    for (uint32_t i = gc_set_first(&t->behind); i != GC_SET_END;
         i = gc_set_next(&t->behind, i + 1)) {
        gc_conversation *v = &t->conversations[i];
        if (gc_conversation_floor(v) < to) {
            gc_conversation_give_up(v, &t->outbox, to, GC_REASON_UNDELIVERED);
            gc_conversations_note(t, s, i);
        }
    }
}

void gc_conversations_block(gc_conversations *t, uint32_t len) {
    t->blocked_len = len;
}

int gc_conversations_send(gc_conversations *t, const gc_step *s, const gc_set *live, gc_span text,
                          uint64_t *seq) {
    if (!gc_conversations_can_send(t, text.len, s->now_ms)) {
        gc_conversations_block(t, text.len);
        return GC_E_FULL;
    }
    give_up_below(t, s, gc_outbox_room_at(&t->outbox, text.len));
    *seq = gc_outbox_add(&t->outbox, text, s->now_ms, gc_set_count(live));
    t->behind = gc_set_or(&t->behind, live);
    s->ready->frames = gc_set_or(&s->ready->frames, live);
    return 0;
}

static void end_pauses(gc_conversations *t, const gc_step *s) {
    for (uint32_t i = gc_set_first(&t->paused); i != GC_SET_END;
         i = gc_set_next(&t->paused, i + 1)) {
        if (t->paused_ms[i] <= s->now_ms) {
            gc_set_remove(&t->paused, i);
            gc_set_add(&s->ready->frames, i);
        }
    }
}

void gc_conversations_tick(gc_conversations *t, const gc_step *s) {
    end_pauses(t, s);
    uint64_t old = t->outbox.first;
    while (old < t->outbox.next &&
           gc_outbox_get(&t->outbox, old)->sent_ms + GC_UNDELIVERED_MS <= s->now_ms) {
        old++;
    }
    if (old > t->outbox.first) {
        give_up_below(t, s, old);
    }
}

uint64_t gc_conversations_deadline(const gc_conversations *t, uint64_t now_ms) {
    uint64_t at = GC_NEVER;
    if (t->outbox.first < t->outbox.next) {
        at = gc_outbox_get(&t->outbox, t->outbox.first)->sent_ms + GC_UNDELIVERED_MS;
    }
    for (uint32_t i = gc_set_first(&t->paused); i != GC_SET_END;
         i = gc_set_next(&t->paused, i + 1)) {
        at = gc_min_u64(at, t->paused_ms[i]);
    }
    if (t->blocked_len == 0) {
        return at;
    }
    for (uint32_t i = gc_set_first(&t->behind); i != GC_SET_END;
         i = gc_set_next(&t->behind, i + 1)) {
        uint64_t stalled = gc_conversation_stalled_at(&t->conversations[i], &t->outbox);
        at = stalled > now_ms && stalled < at ? stalled : at;
    }
    return at;
}

uint8_t gc_conversations_bye(gc_writer *w, uint32_t reason) {
    const gc_frame f = {.type = GC_FRAME_BYE, .reason = reason};
    return gc_frame_write(&f, w);
}

void gc_conversations_introduce(gc_conversations *t, uint32_t peer, gc_frame *f) {
    f->version = GC_FRAME_VERSION;
    f->capabilities = GC_CAPABILITY_CHAT;
    f->has_nick = true;
    f->nick = gc_span_of(t->nick, t->nick_len);
    memcpy(f->session, t->session, GC_SESSION_BYTES);
    gc_conversation_introduce(&t->conversations[peer], f);
}

bool gc_conversations_show(gc_conversations *t, uint32_t peer, gc_client_output *out) {
    gc_conversation *v = &t->conversations[peer];
    uint64_t seq = 0, missing = 0;
    gc_span text;
    switch (gc_conversation_show(v, &seq, &missing, &text)) {
    case GC_INBOX_GAP:
        out->type = GC_CLIENT_GAP;
        out->value = missing < UINT32_MAX ? (uint32_t)missing : UINT32_MAX;
        out->reason = v->plain ? v->gap_reason : GC_REASON_NONE;
        break;
    case GC_INBOX_MESSAGE:
        out->type = GC_CLIENT_MESSAGE;
        out->text = gc_span_of(t->store->text,
                               gc_utf8_clean_text(text, t->store->text, sizeof t->store->text));
        t->showing = peer;
        break;
    default:
        return false;
    }
    out->peer = peer;
    out->number = seq;
    return true;
}

bool gc_conversations_tell(gc_conversations *t, uint32_t peer, gc_client_output *out) {
    gc_conversation *v = &t->conversations[peer];
    uint64_t seq = 0;
    bool delivered = false;
    if (!gc_conversation_tell(v, &seq, &delivered)) {
        return false;
    }
    gc_set_put(&t->stuck, peer, gc_set_has(&t->stuck, peer) && gc_conversation_is_stuck(v));
    out->type = delivered ? GC_CLIENT_DELIVERED : GC_CLIENT_UNDELIVERED;
    out->value = delivered && v->plain;
    out->reason = delivered ? GC_REASON_NONE : v->lost_reason;
    out->peer = peer;
    out->number = seq;
    return true;
}

void gc_conversations_shown(gc_conversations *t, const gc_step *s) {
    if (t->showing != GC_NONE) {
        gc_conversation_shown(&t->conversations[t->showing]);
        gc_set_add(&s->ready->shows, t->showing);
        gc_set_add(&s->ready->frames, t->showing);
        t->showing = GC_NONE;
    }
}

uint8_t *gc_conversations_scratch(gc_conversations *t) {
    return t->store->frame;
}

/* --- invariants ------------------------------------------------------------------------------- */

static bool is_control_due(const gc_conversation *v, const gc_link *l) {
    return l->kind != GC_LINK_KIND_DATA && l->buffered <= 2 * GC_LINK_BUFFERED_MAX &&
           (l->start_due || l->ping_due || l->pong_due || l->profile_due ||
            gc_conversation_has_next(v));
}

static bool is_sendable(const gc_conversations *t, const gc_conversation *v, const gc_link *l) {
    /* A message that no frame to a stock peer can hold waits for the fates of those under way. */
    bool waits = l->kind == GC_LINK_KIND_DATA && v->flight_count > 0;
    return is_control_due(v, l) || (!waits && l->buffered <= GC_LINK_BUFFERED_MAX &&
                                    gc_conversation_sendable(v, &t->outbox));
}

static void check_peer(const gc_conversations *t, const gc_step *s, const gc_people *pp,
                       const gc_mesh *m, uint32_t i) {
    const gc_conversation *v = &t->conversations[i];
    const gc_link *l = gc_mesh_open_link(m, i);
    bool live = gc_set_has(&pp->live, i);
    gc_assert(gc_set_has(&t->open, i) == (live && gc_conversation_is_open(v)));
    gc_assert(gc_set_has(&t->behind, i) == (live && gc_conversation_floor(v) < t->outbox.next));
    gc_assert(gc_set_has(&t->stuck, i) == (live && gc_conversation_is_stuck(v)));
    if (!live) {
        return;
    }
    gc_conversation_check(v, &t->outbox);
    gc_assert((v->step == GC_CONVERSATION_APART) == (l == NULL));
    gc_assert(l == NULL || l->kind == GC_LINK_KIND_DATA ||
              l->started == (v->step == GC_CONVERSATION_STARTED));
    gc_assert(gc_set_has(&s->ready->shows, i) || !gc_inbox_has_next(&v->inbox));
    gc_assert(gc_set_has(&s->ready->fates, i) || !gc_conversation_has_fate(v));
    gc_assert(gc_set_has(&s->ready->frames, i) || gc_set_has(&t->paused, i) || l == NULL ||
              !is_sendable(t, v, l));
}

void gc_conversations_check(const gc_conversations *t, const gc_step *s, const gc_people *pp,
                            const gc_mesh *m) {
    gc_outbox_check(&t->outbox);
    for (uint32_t i = 0; i < GC_PEERS_MAX; i++) {
        check_peer(t, s, pp, m, i);
    }
    for (uint64_t seq = t->outbox.first; seq < t->outbox.next; seq++) {
        uint32_t readers = 0;
        for (uint32_t i = 0; i < GC_PEERS_MAX; i++) {
            readers +=
                gc_set_has(&pp->live, i) && gc_conversation_floor(&t->conversations[i]) <= seq;
        }
        gc_assert(gc_outbox_get(&t->outbox, seq)->readers == readers);
    }
    for (uint32_t i = 0; i < GC_MESH_DATA_MAX; i++) {
        if (!gc_plain_is_free(&t->plains[i])) {
            const gc_link *l = gc_mesh_open_link(m, t->plain_peers[i]);
            gc_assert(l != NULL && l->kind == GC_LINK_KIND_DATA);
            gc_plain_check(&t->plains[i]);
        }
    }
}
