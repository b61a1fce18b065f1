#include "core/client/talk.h"
#include "core/base/assert.h"
#include "core/base/error.h"
#include "core/base/mem.h"
#include "core/base/reason.h"
#include "core/base/utf8.h"

/* --- in --------------------------------------------------------------------------------------- */

static int on_start(gc_conversations *t, gc_people *pp, uint32_t peer, gc_link *l,
                    const gc_frame *f) {
    uint64_t shown = gc_tombs_shown(&t->tombs, gc_people_id(pp, peer), f->session);
    int error = gc_conversation_start(&t->conversations[peer], &t->outbox, f, t->session, shown);
    if (error == 0) {
        gc_link_start(l);
        gc_people_trouble(pp, peer, GC_REASON_NONE);
    }
    return error;
}

/* Returns 0, or an error when the peer broke the protocol. BYE is taken by the caller. */
static int on_frame(gc_conversations *t, const gc_step *s, gc_people *pp, uint32_t peer, gc_link *l,
                    const gc_frame *f) {
    gc_conversation *v = &t->conversations[peer];
    int error = 0;
    switch (f->type) {
    case GC_FRAME_START:
        error = on_start(t, pp, peer, l, f);
        break;
    case GC_FRAME_ACK:
        error = gc_conversation_ack(v, &t->outbox, f->ack, s->now_ms);
        break;
    case GC_FRAME_BASE:
        gc_conversation_raise(v, f->base);
        break;
    case GC_FRAME_PING:
        gc_link_asked(l, f->token);
        break;
    default:
        break; /* PROFILE has a name alone; PONG says no more than that something came */
    }
    if (error == 0 && f->has_nick) {
        gc_people_rename(pp, peer, f->nick);
    }
    return error;
}

/* START is the first frame of a link; messages come on another channel and may overtake it. */
static bool comes_in_order(const gc_link *l, const gc_frame *f) {
    return l->started || f->type == GC_FRAME_START || f->type == GC_FRAME_MESSAGE;
}

/* A message of the peer changes nothing else of the conversation than what there is to show and to
 * acknowledge. */
static enum gc_heard hear_message(gc_conversations *t, const gc_step *s, uint32_t peer,
                                  const gc_frame *f) {
    gc_set_add(&s->ready->shows, peer);
    gc_set_add(&s->ready->frames, peer);
    return gc_conversation_put(&t->conversations[peer], f->seq, f->text) == 0 ? GC_HEARD_OK
                                                                              : GC_HEARD_BROKEN;
}

static enum gc_heard hear_native(gc_conversations *t, const gc_step *s, gc_people *pp,
                                 uint32_t peer, gc_link *l, uint8_t channel, gc_span message) {
    gc_frame f;
    int error = gc_frame_parse(message, channel, &f);
    if (error == GC_E_NOT_FOUND) {
        return GC_HEARD_OK; /* a newer frame type */
    }
    if (error != 0 || !comes_in_order(l, &f)) {
        return GC_HEARD_BROKEN;
    }
    if (f.type == GC_FRAME_MESSAGE) {
        return hear_message(t, s, peer, &f);
    }
    if (f.type == GC_FRAME_BYE) {
        return f.reason == GC_REASON_PEERS_FULL ? GC_HEARD_FULL : GC_HEARD_BYE;
    }
    error = on_frame(t, s, pp, peer, l, &f);
    gc_conversations_note(t, s, peer);
    return error == 0 ? GC_HEARD_OK : GC_HEARD_BROKEN;
}

static enum gc_heard hear_plain(gc_conversations *t, const gc_step *s, uint32_t peer,
                                uint8_t channel, gc_span message) {
    gc_plain *plain = gc_conversations_plain(t, peer);
    const gc_data_scratch scratch = {t->store->data_frame, t->store->text};
    gc_assert(plain != NULL);
    if (channel != GC_CHANNEL_DATA_BYTES && channel != GC_CHANNEL_DATA_TEXT) {
        return GC_HEARD_OK; /* channels that this link does not have */
    }
    bool open = gc_plain_read(plain, &t->conversations[peer], channel == GC_CHANNEL_DATA_TEXT,
                              message, scratch);
    gc_conversations_note(t, s, peer);
    return open ? GC_HEARD_OK : GC_HEARD_CLOSED;
}

/* Tells whether a frame makes its receiver tell the user something although it keeps no window. */
static bool is_news(uint32_t type) {
    return type == GC_FRAME_PROFILE || type == GC_FRAME_BASE;
}

enum gc_heard gc__talk_hear(gc_conversations *t, const gc_step *s, gc_people *pp, uint32_t peer,
                            gc_link *l, uint8_t channel, gc_span message) {
    bool plain = l->kind == GC_LINK_KIND_DATA;
    bool news = !plain && message.len > 0 && is_news(message.data[0]);
    /* Whatever a frame says, and whether it is one at all, it costs something. */
    if (!gc_budget_spend(&t->budgets[peer], message.len, news, s->now_ms)) {
        return GC_HEARD_BROKEN;
    }
    return plain ? hear_plain(t, s, peer, channel, message)
                 : hear_native(t, s, pp, peer, l, channel, message);
}

/* --- outputs: messages and fates -------------------------------------------------------------- */

bool gc__talk_poll_show(gc_conversations *t, const gc_step *s, const gc_people *pp,
                        gc_client_output *out) {
    for (;;) {
        uint32_t i = gc_set_first(&s->ready->shows);
        if (i == GC_SET_END) {
            return false;
        }
        /* Show nothing of a peer that was never reported to the user. */
        if (pp->persons[i].news != GC_NEWS_ALL && gc_conversations_show(t, i, out)) {
            return true;
        }
        gc_set_remove(&s->ready->shows, i);
    }
}

bool gc__talk_poll_fate(gc_conversations *t, const gc_step *s, gc_client_output *out) {
    for (;;) {
        uint32_t i = gc_set_first(&s->ready->fates);
        if (i == GC_SET_END) {
            return false;
        }
        if (gc_conversations_tell(t, i, out)) {
            return true;
        }
        gc_set_remove(&s->ready->fates, i);
    }
}

bool gc__talk_poll_sendable(gc_conversations *t, const gc_step *s, gc_client_output *out) {
    if (t->blocked_len == 0 || !gc_conversations_can_send(t, t->blocked_len, s->now_ms)) {
        return false;
    }
    t->blocked_len = 0;
    out->type = GC_CLIENT_SENDABLE;
    return true;
}

/* --- outputs: frames -------------------------------------------------------------------------- */

/* Takes the next frame that is due on the control channel, START first. False when none is. */
static bool next_control(gc_conversations *t, uint32_t peer, gc_link *l, gc_frame *f) {
    gc_conversation *v = &t->conversations[peer];
    /* PONG and ACK answer frames one to one: a peer that sends them and reads nothing must not fill
     * our memory. Each kind is due once, whatever it answers. */
    if (l->buffered > 2 * GC_LINK_BUFFERED_MAX) {
        return false;
    }
    if (!gc_link_next(l, f)) {
        return gc_conversation_next(v, f);
    }
    if (f->type == GC_FRAME_START) {
        gc_conversations_introduce(t, peer, f);
    } else if (f->type == GC_FRAME_PROFILE) {
        f->nick = gc_span_of(t->nick, t->nick_len);
    }
    return true;
}

/* The text scratch is free: a message is shown only by another poll. */
static bool next_message(gc_conversations *t, gc_conversation *v, const gc_link *l, gc_frame *f) {
    if (l->buffered > GC_LINK_BUFFERED_MAX || !gc_conversation_sendable(v, &t->outbox)) {
        return false;
    }
    *f = (gc_frame){.type = GC_FRAME_MESSAGE};
    f->seq = gc_conversation_sent(v, &t->outbox);
    f->text = gc_span_of(t->store->text, gc_outbox_copy(&t->outbox, f->seq, t->store->text));
    return true;
}

/* Each frame of ours costs a budget at the peer. Before it is used up, this peer gets nothing for a
 * while; a frame that becomes due meanwhile is due once, and messages wait in the outbox. */
static void pace(gc_conversations *t, const gc_step *s, uint32_t peer, const gc_frame *f,
                 uint32_t len) {
    t->paused_ms[peer] = gc_budget_pace(&t->paces[peer], len, is_news(f->type), s->now_ms);
    gc_set_put(&t->paused, peer, t->paused_ms[peer] > s->now_ms);
}

static bool next_native(gc_conversations *t, const gc_step *s, uint32_t peer, gc_link *l,
                        gc_client_output *out) {
    gc_conversation *v = &t->conversations[peer];
    gc_frame f;
    gc_writer w;
    if (gc_set_has(&t->paused, peer)) {
        return false;
    }
    if (!next_control(t, peer, l, &f) && !next_message(t, v, l, &f)) {
        return false;
    }
    gc_writer_init(&w, t->store->frame, sizeof t->store->frame);
    out->type = GC_CLIENT_LINK_SEND;
    out->value = gc_frame_write(&f, &w);
    gc_assert(!w.failed);
    out->text = gc_writer_done(&w);
    pace(t, s, peer, &f, out->text.len);
    return true;
}

/* A message that no frame can hold has a fate instead. */
static bool next_plain(gc_conversations *t, const gc_step *s, uint32_t peer, const gc_link *l,
                       gc_client_output *out) {
    gc_conversation *v = &t->conversations[peer];
    gc_writer w;
    if (l->buffered > GC_LINK_BUFFERED_MAX || !gc_conversation_sendable(v, &t->outbox)) {
        return false;
    }
    gc_writer_init(&w, t->store->data_frame, sizeof t->store->data_frame);
    enum gc_plain_written written =
        gc_plain_write(gc_conversations_plain(t, peer), v, &t->outbox, t->store->text, &w);
    if (written == GC_PLAIN_WAIT) {
        return false;
    }
    if (written == GC_PLAIN_TOO_BIG) {
        gc_conversations_note(t, s, peer);
        return gc_conversations_tell(t, peer, out);
    }
    out->type = GC_CLIENT_LINK_SEND;
    out->value = written == GC_PLAIN_TEXT ? GC_CHANNEL_DATA_TEXT : GC_CHANNEL_DATA_BYTES;
    out->text = gc_writer_done(&w);
    return true;
}

bool gc__talk_poll_frame(gc_conversations *t, const gc_step *s, gc_mesh *m, gc_client_output *out) {
    for (;;) {
        uint32_t i = gc_set_first(&s->ready->frames);
        if (i == GC_SET_END) {
            return false;
        }
        /* Taking a frame changes no deadline of the link, so nothing needs to be settled
         * afterwards. */
        uint32_t slot = m->ways[i].link;
        gc_link *l = slot == GC_NONE ? NULL : &m->slots[slot];
        if (l != NULL && (l->kind == GC_LINK_KIND_DATA ? next_plain(t, s, i, l, out)
                                                       : next_native(t, s, i, l, out))) {
            if (out->type == GC_CLIENT_LINK_SEND) {
                out->link = gc_link_number(l, slot);
            }
            return true;
        }
        gc_set_remove(&s->ready->frames, i);
    }
}
