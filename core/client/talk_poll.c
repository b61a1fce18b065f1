#include "core/client/talk_poll.h"
#include "core/base/assert.h"
#include "core/base/mem.h"
#include "core/base/reason.h"
#include "core/base/utf8.h"

/* --- outputs: what is shown and told -----------------------------------------------------------
 */

static bool show(gc_talk *t, uint32_t peer, gc_client_output *out) {
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

bool gc__talk_poll_show(gc_talk *t, const gc_step *s, const gc_people *pp, gc_client_output *out) {
    for (;;) {
        uint32_t i = gc_set_first(&s->ready->shows);
        if (i == GC_SET_END) {
            return false;
        }
        /* Nothing is shown of a peer that the user was never told of. */
        if (pp->persons[i].news != GC_NEWS_ALL && show(t, i, out)) {
            return true;
        }
        gc_set_remove(&s->ready->shows, i);
    }
}

static bool tell_fate(gc_talk *t, uint32_t peer, gc_client_output *out) {
    gc_conversation *v = &t->conversations[peer];
    uint64_t seq = 0;
    bool delivered = false;
    if (!gc_conversation_tell(v, &seq, &delivered)) {
        return false;
    }
    gc_set_put(&t->stuck, peer, gc_set_has(&t->stuck, peer) && !gc_conversation_can_give_up(v));
    out->type = delivered ? GC_CLIENT_DELIVERED : GC_CLIENT_UNDELIVERED;
    out->value = delivered && v->plain;
    out->reason = delivered ? GC_REASON_NONE : v->lost_reason;
    out->peer = peer;
    out->number = seq;
    return true;
}

bool gc__talk_poll_fate(gc_talk *t, const gc_step *s, gc_client_output *out) {
    for (;;) {
        uint32_t i = gc_set_first(&s->ready->fates);
        if (i == GC_SET_END) {
            return false;
        }
        if (tell_fate(t, i, out)) {
            return true;
        }
        gc_set_remove(&s->ready->fates, i);
    }
}

bool gc__talk_poll_sendable(gc_talk *t, const gc_step *s, gc_client_output *out) {
    if (t->blocked_len == 0 || !gc__talk_can_send(t, t->blocked_len, s->now_ms)) {
        return false;
    }
    t->blocked_len = 0;
    out->type = GC_CLIENT_SENDABLE;
    return true;
}

/* --- outputs: frames ---------------------------------------------------------------------------
 */

static void fill_start(const gc_talk *t, gc_conversation *v, gc_frame *f) {
    f->version = GC_FRAME_VERSION;
    f->capabilities = GC_CAPABILITY_CHAT;
    f->has_nick = true;
    f->nick = gc_span_of(t->nick, t->nick_len);
    memcpy(f->session, t->session, GC_SESSION_BYTES);
    gc_conversation_introduce(v, f);
}

/* What is due on the control channel, START first. False when nothing is. */
static bool next_control(const gc_talk *t, gc_conversation *v, gc_link *l, gc_frame *f) {
    /* PONG and ACK answer frames one to one: a peer that sends them and reads nothing must not fill
     * our memory. Each kind is due once, whatever it answers. */
    if (l->buffered > 2 * GC_LINK_BUFFERED_MAX) {
        return false;
    }
    if (gc_link_next(l, f)) {
        if (f->type == GC_FRAME_START) {
            fill_start(t, v, f);
        }
        return true;
    }
    if (gc_conversation_next(v, f)) {
        return true;
    }
    if (!gc_link_take_profile(l)) {
        return false;
    }
    *f = (gc_frame){.type = GC_FRAME_PROFILE, .has_nick = true};
    f->nick = gc_span_of(t->nick, t->nick_len);
    return true;
}

/* The text scratch is free: a message is shown only by another poll. */
static bool next_message(gc_talk *t, gc_conversation *v, const gc_link *l, gc_frame *f) {
    if (l->buffered > GC_LINK_BUFFERED_MAX || !gc_conversation_sendable(v, &t->outbox)) {
        return false;
    }
    *f = (gc_frame){.type = GC_FRAME_MESSAGE};
    f->seq = gc_conversation_sent(v, &t->outbox);
    f->text = gc_span_of(t->store->text, gc_outbox_copy(&t->outbox, f->seq, t->store->text));
    return true;
}

static bool next_native(gc_talk *t, uint32_t peer, gc_link *l, gc_client_output *out) {
    gc_conversation *v = &t->conversations[peer];
    gc_frame f;
    gc_writer w;
    if (!next_control(t, v, l, &f) && !next_message(t, v, l, &f)) {
        return false;
    }
    gc_writer_init(&w, t->store->frame, sizeof t->store->frame);
    out->type = GC_CLIENT_LINK_SEND;
    out->value = gc_frame_write(&f, &w);
    gc_assert(!w.failed);
    out->text = gc_writer_done(&w);
    return true;
}

/* A message that no frame can hold has a fate instead. */
static bool next_plain(gc_talk *t, const gc_step *s, uint32_t peer, const gc_link *l,
                       gc_client_output *out) {
    gc_conversation *v = &t->conversations[peer];
    gc_writer w;
    if (l->buffered > GC_LINK_BUFFERED_MAX || !gc_conversation_sendable(v, &t->outbox)) {
        return false;
    }
    gc_writer_init(&w, t->store->data_frame, sizeof t->store->data_frame);
    enum gc_plain_written written =
        gc_plain_write(gc__talk_plain(t, peer), v, &t->outbox, t->store->text, &w);
    if (written == GC_PLAIN_WAIT) {
        return false;
    }
    if (written == GC_PLAIN_TOO_BIG) {
        gc__talk_note(t, s, peer);
        return tell_fate(t, peer, out);
    }
    out->type = GC_CLIENT_LINK_SEND;
    out->value = written == GC_PLAIN_TEXT ? GC_CHANNEL_DATA_TEXT : GC_CHANNEL_DATA_BYTES;
    out->text = gc_writer_done(&w);
    return true;
}

bool gc__talk_poll_frame(gc_talk *t, const gc_step *s, gc_mesh *m, gc_client_output *out) {
    for (;;) {
        uint32_t i = gc_set_first(&s->ready->frames);
        if (i == GC_SET_END) {
            return false;
        }
        gc_link *l = gc_mesh_sender(m, i);
        if (l != NULL && (l->kind == GC_LINK_KIND_DATA ? next_plain(t, s, i, l, out)
                                                       : next_native(t, i, l, out))) {
            if (out->type == GC_CLIENT_LINK_SEND) {
                out->link = gc_link_number(l, m->ways[i].link);
            }
            return true;
        }
        gc_set_remove(&s->ready->frames, i);
    }
}
