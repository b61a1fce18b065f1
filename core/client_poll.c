#include "core/base/assert.h"
#include "core/base/mem.h"
#include "core/base/secret.h"
#include "core/base/utf8.h"
#include "core/client.h"

/* The message that was polled last has been given to the user: now it may be acknowledged. */
static void finish_showing(gc_client *c) {
    if (c->showing != GC_NONE) {
        gc_inbox *inbox = &c->peers[c->showing].conversation.inbox;
        if (c->peers[c->showing].use != GC_PEER_FREE && inbox->showing != 0) {
            gc_inbox_shown(inbox);
        }
        c->showing = GC_NONE;
    }
}

/* --- states ---------------------------------------------------------------------------------- */

static uint32_t state_reason(const gc_client *c) {
    if (!c->joined || c->failed != 0) {
        return c->failed;
    }
    if (c->signaling.step != GC_SIGNALING_STEP_ON) {
        return c->signaling.reason;
    }
    if (c->rejoin_ms != GC_NEVER) {
        return GC_REASON_ROOM_FULL;
    }
    if (!c->entered && c->slots.step != GC_SLOTS_OFF) {
        return c->slots.reason != GC_REASON_NONE ? c->slots.reason
               : c->slots.exhausted              ? GC_REASON_ROOM_SILENT
                                                 : GC_REASON_NONE;
    }
    if (c->target_left) {
        return GC_REASON_LEFT;
    }
    uint32_t i = gc__client_find(c, gc_membership_target(&c->membership));
    bool away = i != GC_NONE && c->peers[i].absent && c->peers[i].link == GC_NONE;
    return away ? GC_REASON_ABSENT : GC_REASON_NONE;
}

static bool next_state(gc_client *c, gc_client_output *out) {
    uint32_t state = gc__client_state(c);
    uint32_t signaling = gc_signaling_client_state(&c->signaling), reason = state_reason(c);
    if (state == c->told_state && signaling == c->told_signaling && reason == c->told_reason) {
        return false;
    }
    c->told_state = out->value = state;
    c->told_signaling = out->value2 = signaling;
    c->told_reason = out->reason = reason;
    out->type = GC_CLIENT_STATE;
    return true;
}

static gc_peer_view view_of(const gc_client *c, const gc_peer *p) {
    gc_peer_view v = {.reason = p->reason};
    if (p->use == GC_PEER_ENDED) {
        v.state = GC_PEER_CLOSED;
    } else if (gc__client_is_open(p)) {
        v.state = GC_PEER_OPEN;
        v.path = c->links[p->link].path;
        v.rtt_ms = c->links[p->link].rtt_ms;
        v.reason = GC_REASON_NONE;
    } else if (p->target && p->absent) {
        v.state = GC_PEER_AWAY;
        v.reason = GC_REASON_ABSENT;
    } else {
        v.state = p->opened_once ? GC_PEER_LOST : GC_PEER_CONNECTING;
    }
    return v;
}

static void fill_peer(gc_client *c, uint32_t i, gc_peer_view v, gc_client_output *out) {
    gc_peer *p = &c->peers[i];
    out->type = GC_CLIENT_PEER;
    out->peer = i;
    out->value = v.state;
    out->value2 = v.path | (uint32_t)(!p->member && !p->target) << 8 | (uint32_t)p->stock << 10;
    out->reason = v.reason;
    out->number = v.rtt_ms;
    out->text = gc_peer_id(p);
    out->text2 = gc_span_of(p->nick, p->nick_len);
    p->view = v;
    p->told = true;
    p->renamed = false;
}

static bool next_peer(gc_client *c, gc_client_output *out) {
    for (uint32_t i = 0; i < GC_PEERS_MAX; i++) {
        gc_peer *p = &c->peers[i];
        if (p->use != GC_PEER_LIVE) {
            continue;
        }
        gc_peer_view v = view_of(c, p);
        if (!p->told || p->renamed || v.state != p->view.state || v.reason != p->view.reason ||
            v.path != p->view.path || v.rtt_ms != p->view.rtt_ms) {
            fill_peer(c, i, v, out);
            return true;
        }
    }
    return false;
}

/* --- messages -------------------------------------------------------------------------------- */

static bool next_message(gc_client *c, gc_client_output *out) {
    for (uint32_t i = 0; i < GC_PEERS_MAX; i++) {
        gc_peer *p = &c->peers[i];
        uint64_t seq = 0, missing = 0;
        gc_span text;
        if (p->use == GC_PEER_FREE || !p->told) {
            continue;
        }
        switch (gc_inbox_next(&p->conversation.inbox, &seq, &missing, &text)) {
        case GC_INBOX_NOTHING:
            continue;
        case GC_INBOX_GAP:
            out->type = GC_CLIENT_GAP;
            out->value = missing < UINT32_MAX ? (uint32_t)missing : UINT32_MAX;
            out->reason = p->stock ? p->gap_reason : GC_REASON_NONE;
            break;
        case GC_INBOX_MESSAGE:
            out->type = GC_CLIENT_MESSAGE;
            out->text = gc_span_of(c->bulk.text,
                                   gc_utf8_clean_text(text, c->bulk.text, sizeof c->bulk.text));
            c->showing = i;
            break;
        }
        out->peer = i;
        out->number = seq;
        return true;
    }
    return false;
}

bool gc__client_next_fate(gc_client *c, gc_client_output *out) {
    for (uint32_t i = 0; i < GC_PEERS_MAX; i++) {
        gc_peer *p = &c->peers[i];
        uint64_t seq = 0;
        bool delivered = false;
        if (p->use != GC_PEER_FREE && gc_conversation_tell(&p->conversation, &seq, &delivered)) {
            out->type = delivered ? GC_CLIENT_DELIVERED : GC_CLIENT_UNDELIVERED;
            out->value = delivered && p->stock;
            out->reason = delivered ? GC_REASON_NONE : p->conversation.lost_reason;
            out->peer = i;
            out->number = seq;
            return true;
        }
    }
    return false;
}

/* --- ends ------------------------------------------------------------------------------------ */

void gc__client_bury(gc_client *c, const gc_peer *p) {
    const gc_conversation *v = &p->conversation;
    const gc_client_tomb *known = gc__client_tomb(c, gc_peer_id(p), v->session);
    uint32_t at =
        known != NULL ? (uint32_t)(known - c->tombs) : c->tombs_count++ % GC_CLIENT_TOMBS_MAX;
    gc_client_tomb *t = &c->tombs[at];
    memcpy(t->session, v->session, GC_SESSION_BYTES);
    memcpy(t->id, p->id, p->id_len);
    t->id_len = p->id_len;
    t->shown = v->inbox.shown;
}

/* All was said about a peer that ended: its slot is wiped and free with this output. */
static bool next_ended(gc_client *c, gc_client_output *out) {
    for (uint32_t i = 0; i < GC_PEERS_MAX; i++) {
        gc_peer *p = &c->peers[i];
        if (p->use != GC_PEER_ENDED) {
            continue;
        }
        if (c->joined && p->conversation.known) {
            gc__client_bury(c, p);
        }
        fill_peer(c, i, view_of(c, p), out);
        uint32_t id_len = p->id_len, nick_len = p->nick_len;
        memcpy(c->bulk.frame, p->id, id_len);
        memcpy(c->bulk.frame + id_len, p->nick, nick_len);
        out->text = gc_span_of(c->bulk.frame, id_len);
        out->text2 = gc_span_of(c->bulk.frame + id_len, nick_len);
        gc_bytes_wipe(p, sizeof *p);
        return true;
    }
    return false;
}

static bool next_sendable(gc_client *c, gc_client_output *out) {
    if (c->blocked_len == 0 || !gc__client_can_send(c, c->blocked_len)) {
        return false;
    }
    c->blocked_len = 0;
    out->type = GC_CLIENT_SENDABLE;
    return true;
}

/* After leaving, what was said is nowhere any more. */
static void wipe_when_idle(gc_client *c) {
    if (!c->joined && c->dirty) {
        gc_bytes_wipe(&c->bulk, sizeof c->bulk);
        c->dirty = false;
    }
}

bool gc_client_poll(gc_client *c, gc_client_output *out) {
    memset(out, 0, sizeof *out);
    out->peer = out->link = GC_NONE;
    finish_showing(c);
    if (gc_output_queue_take(&c->queue, out) || next_state(c, out) || next_peer(c, out) ||
        next_message(c, out) || gc__client_next_fate(c, out) || next_ended(c, out) ||
        gc__client_next_frame(c, out) || next_sendable(c, out)) {
        return true;
    }
    wipe_when_idle(c);
    out->type = GC_CLIENT_NOTHING;
    return false;
}
