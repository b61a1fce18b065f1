#include "core/base/assert.h"
#include "core/base/error.h"
#include "core/base/mem.h"
#include "core/client.h"

/* --- in -------------------------------------------------------------------------------------- */

const gc_client_tomb *gc__client_tomb(const gc_client *c, gc_span id,
                                      const uint8_t session[GC_SESSION_BYTES]) {
    uint32_t kept = c->tombs_count < GC_CLIENT_TOMBS_MAX ? c->tombs_count : GC_CLIENT_TOMBS_MAX;
    for (uint32_t i = 0; i < kept; i++) {
        const gc_client_tomb *t = &c->tombs[i];
        if (memcmp(t->session, session, GC_SESSION_BYTES) == 0 &&
            gc_span_equal(gc_span_of(t->id, t->id_len), id)) {
            return t;
        }
    }
    return NULL;
}

static int on_start(gc_client *c, gc_peer *p, const gc_frame *f) {
    if (p->conversation.started) {
        return GC_E_SYNTAX; /* it is the first frame of a link, once */
    }
    const gc_client_tomb *tomb = gc__client_tomb(c, gc_peer_id(p), f->session);
    int error = gc_conversation_start(&p->conversation, &c->outbox, f, c->session,
                                      tomb != NULL ? tomb->shown : 0);
    if (error == 0) {
        p->opened_once = true;
        p->renewing = false;
        p->reason = GC_REASON_NONE;
        if (f->has_nick) {
            gc_peer_rename(p, f->nick);
        }
    }
    return error;
}

static int on_message(gc_peer *p, const gc_frame *f) {
    if (f->seq == 0 || f->seq > GC_SEQ_MAX) {
        return GC_E_SYNTAX;
    }
    return gc_inbox_put(&p->conversation.inbox, f->seq, f->text);
}

static void on_bye(gc_client *c, uint32_t peer) {
    c->target_left = c->target_left || c->peers[peer].target;
    gc__client_end_peer(c, peer, GC_REASON_LEFT, false, true);
}

static void on_ping(gc_link *l, uint32_t token) {
    l->pong_due = true;
    l->pong_token = token;
}

/* Returns 0, or an error when the peer broke the protocol. */
static int on_frame(gc_client *c, uint32_t peer, gc_link *l, const gc_frame *f) {
    gc_peer *p = &c->peers[peer];
    gc_conversation *v = &p->conversation;
    if (!v->started && f->type != GC_FRAME_START && f->type != GC_FRAME_MESSAGE) {
        return GC_E_SYNTAX;
    }
    switch (f->type) {
    case GC_FRAME_START:
        return on_start(c, p, f);
    case GC_FRAME_ACK:
        return gc_conversation_ack(v, &c->outbox, f->ack, c->now_ms);
    case GC_FRAME_BASE:
        if (f->base == 0 || f->base > GC_SEQ_MAX) {
            return GC_E_SYNTAX;
        }
        gc_inbox_raise(&v->inbox, f->base);
        return 0;
    case GC_FRAME_PROFILE:
        if (f->has_nick) {
            gc_peer_rename(p, f->nick);
        }
        return 0;
    case GC_FRAME_BYE:
        on_bye(c, peer);
        return 0;
    case GC_FRAME_PING:
        on_ping(l, f->token);
        return 0;
    case GC_FRAME_MESSAGE:
        return on_message(p, f);
    default:
        return 0; /* PONG: that something came is all it says */
    }
}

void gc__client_frame(gc_client *c, uint32_t slot, uint8_t channel, gc_span message) {
    gc_link *l = &c->links[slot];
    uint32_t peer = l->peer;
    gc_frame frame;
    gc_assert(l->step == GC_LINK_OPEN && c->peers[peer].link == slot);
    gc_link_heard(l, c->now_ms);
    if (l->kind == GC_LINK_DATA) {
        gc__client_data_frame(c, slot, channel, message);
        return;
    }
    int error = gc_frame_parse(message, channel, &frame);
    if (error == GC_E_NOT_FOUND) {
        return; /* a newer frame type */
    }
    if (error == 0) {
        error = on_frame(c, peer, l, &frame);
    }
    if (error != 0) {
        gc__client_link_lost(c, peer, GC_REASON_PROTOCOL, true);
    }
}

/* --- out ------------------------------------------------------------------------------------- */

static gc_frame start_frame(const gc_client *c, const gc_peer *p) {
    const gc_conversation *v = &p->conversation;
    gc_frame f = {.type = GC_FRAME_START, .version = GC_FRAME_VERSION, .has_nick = true};
    f.capabilities = GC_CAPABILITY_CHAT;
    f.base = gc_conversation_floor(v);
    f.window = GC_WINDOW_BYTES;
    f.nick = gc_span_of(c->nick, c->nick_len);
    memcpy(f.session, c->session, GC_SESSION_BYTES);
    if (v->known) {
        memcpy(f.peer_session, v->session, GC_SESSION_BYTES);
        f.ack = v->inbox.shown;
    }
    return f;
}

/* What is due on the control channel, START first. False when nothing is. */
static bool next_control(gc_client *c, gc_peer *p, gc_link *l, gc_frame *f) {
    gc_conversation *v = &p->conversation;
    /* PONG and ACK answer frames one to one: a peer that sends them and reads nothing must not fill
     * our memory. Each kind is due once, whatever it answers. */
    if (l->buffered > 2 * GC_LINK_BUFFERED_MAX) {
        return false;
    }
    if (l->start_due) {
        l->start_due = false;
        v->inbox.ack_due = v->base_due = l->profile_due = false; /* START says all three */
        *f = start_frame(c, p);
    } else if (l->pong_due) {
        l->pong_due = false;
        *f = (gc_frame){.type = GC_FRAME_PONG, .token = l->pong_token};
    } else if (l->ping_due) {
        l->ping_due = false;
        *f = (gc_frame){.type = GC_FRAME_PING, .token = l->ping_token};
    } else if (v->started && v->inbox.ack_due) {
        v->inbox.ack_due = false;
        *f = (gc_frame){.type = GC_FRAME_ACK, .ack = v->inbox.shown};
    } else if (v->started && v->base_due) {
        v->base_due = false;
        *f = (gc_frame){.type = GC_FRAME_BASE, .base = v->base};
    } else if (l->profile_due) {
        l->profile_due = false;
        *f = (gc_frame){.type = GC_FRAME_PROFILE, .has_nick = true};
        f->nick = gc_span_of(c->nick, c->nick_len);
    } else {
        return false;
    }
    return true;
}

static bool next_message(gc_client *c, gc_peer *p, const gc_link *l, gc_frame *f) {
    if (l->buffered > GC_LINK_BUFFERED_MAX ||
        !gc_conversation_sendable(&p->conversation, &c->outbox)) {
        return false;
    }
    *f = (gc_frame){.type = GC_FRAME_MESSAGE};
    f->seq = gc_conversation_sent(&p->conversation, &c->outbox);
    /* The text scratch is free: a message is shown only by another poll. */
    f->text = gc_span_of(c->bulk.text, gc_outbox_copy(&c->outbox, f->seq, c->bulk.text));
    return true;
}

bool gc__client_next_frame(gc_client *c, gc_client_output *out) {
    for (uint32_t i = 0; i < GC_PEERS_MAX; i++) {
        gc_peer *p = &c->peers[i];
        gc_frame f;
        if (p->use != GC_PEER_LIVE || p->link == GC_NONE) {
            continue;
        }
        gc_link *l = &c->links[p->link];
        if (l->kind == GC_LINK_DATA) {
            if (gc__client_next_data(c, p, out)) {
                return true;
            }
            continue;
        }
        if (next_control(c, p, l, &f) || next_message(c, p, l, &f)) {
            gc_writer w;
            gc_writer_init(&w, c->bulk.frame, sizeof c->bulk.frame);
            gc_frame_write(&f, &w);
            gc_assert(!w.failed);
            out->type = GC_CLIENT_LINK_SEND;
            out->link = gc_link_number(l, p->link);
            out->value = f.type == GC_FRAME_MESSAGE ? GC_CHANNEL_MESSAGE : GC_CHANNEL_CONTROL;
            out->text = gc_writer_done(&w);
            return true;
        }
    }
    return false;
}
