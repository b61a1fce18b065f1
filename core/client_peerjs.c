/* Stock PeerJS peers: who answers a bare join link without our mark, or dials us in PeerJS's form.
 * Their link has one in-band channel, no acknowledgements, no names and no signs of life. */
#include "core/base/assert.h"
#include "core/base/encoding.h"
#include "core/base/error.h"
#include "core/base/mem.h"
#include "core/client.h"
#include "core/proto/data_text.h"

/* --- setting up ------------------------------------------------------------------------------ */

/* Whether one more peer may have a data connection; `peer` itself may always have a newer one. */
static bool has_room(const gc_client *c, uint32_t peer) {
    uint32_t others = 0;
    for (uint32_t i = 0; i < GC_PEERS_MAX; i++) {
        const gc_peer *p = &c->peers[i];
        bool linked = p->link != GC_NONE && c->links[p->link].kind == GC_LINK_DATA;
        bool tried = p->attempt != GC_NONE && c->links[p->attempt].kind == GC_LINK_DATA;
        others += i != peer && p->use == GC_PEER_LIVE && (linked || tried);
    }
    return others < GC_CLIENT_DATA_MAX;
}

bool gc__client_takes_data(const gc_client *c, gc_span from) {
    return has_room(c, gc__client_find(c, from));
}

static void name_connection(gc_link *l, gc_span connection) {
    gc_assert(connection.len <= sizeof l->connection);
    memcpy(l->connection, connection.data, connection.len);
    l->connection_len = connection.len;
}

gc_span gc__client_dial_either(const gc_client *c, gc_link *l) {
    uint8_t text[GC_CONNECTION_ID_BYTES_MAX];
    gc_writer w;
    gc_writer_init(&w, text, sizeof text);
    gc_base64url_write(&w, gc_span_of(l->dial, GC_DIAL_BYTES));
    gc_assert(!w.failed);
    name_connection(l, gc_writer_done(&w));
    l->kind = GC_LINK_EITHER;
    l->serialization = (uint8_t)c->serialization;
    return gc_span_of(l->connection, l->connection_len);
}

void gc__client_answer_data(gc_link *l, const gc_signal_in *in) {
    name_connection(l, gc_span_of(in->connection, in->connection_len));
    l->kind = GC_LINK_DATA;
    l->serialization = (uint8_t)in->serialization;
}

bool gc__client_settle_kind(gc_client *c, uint32_t slot, const gc_signal_in *in) {
    gc_link *l = &c->links[slot];
    if (!in->data) {
        l->kind = GC_LINK_NATIVE;
        return true;
    }
    if (l->kind != GC_LINK_EITHER || !has_room(c, l->peer)) {
        return false;
    }
    l->kind = GC_LINK_DATA;
    return true;
}

void gc__client_write_description(gc_client *c, const gc_link *l, gc_writer *w, gc_span sdp) {
    const gc_peer *p = &c->peers[l->peer];
    gc_span connection = gc_span_of(l->connection, l->connection_len);
    if (l->kind == GC_LINK_EITHER) {
        gc_data_text_write_offer(w, gc_peer_id(p), connection,
                                 gc_serialization_word(l->serialization), sdp);
    } else if (l->kind == GC_LINK_DATA) {
        gc_data_text_write_answer(w, gc_peer_id(p), connection, sdp);
    } else if (l->step == GC_LINK_OFFERING) {
        uint8_t proof[GC_PROOF_BYTES];
        bool proved = gc__client_prove_offer(c, gc__client_own(c), gc_peer_id(p), l->dial, proof);
        gc_signal_write_offer(w, gc_peer_id(p), l->dial, p->has_tag ? p->tag : NULL,
                              proved && p->member ? proof : NULL, sdp);
    } else {
        gc_signal_write_answer(w, gc_peer_id(p), l->dial, sdp);
    }
}

void gc__client_write_candidate(gc_client *c, const gc_link *l, gc_writer *w, gc_span candidate,
                                gc_span mid, uint32_t index) {
    gc_span to = gc_peer_id(&c->peers[l->peer]);
    if (l->kind == GC_LINK_NATIVE) {
        gc_signal_write_candidate(w, to, l->dial, candidate, mid, index);
    } else {
        gc_data_text_write_candidate(w, to, gc_span_of(l->connection, l->connection_len), candidate,
                                     mid, index);
    }
}

/* --- the connection -------------------------------------------------------------------------- */

static gc_client_data *data_of(gc_client *c, uint32_t slot) {
    for (uint32_t i = 0; i < GC_CLIENT_DATA_MAX; i++) {
        if (c->data[i].connection.store != NULL && c->data[i].slot == slot) {
            return &c->data[i];
        }
    }
    return NULL;
}

void gc__client_data_opened(gc_client *c, uint32_t slot) {
    gc_link *l = &c->links[slot];
    gc_peer *p = &c->peers[l->peer];
    uint32_t i = 0;
    while (i < GC_CLIENT_DATA_MAX && c->data[i].connection.store != NULL) {
        i++;
    }
    gc_assert(i < GC_CLIENT_DATA_MAX); /* has_room() was asked before */
    gc_data_connection_begin(&c->data[i].connection, &c->bulk.data[i], l->serialization);
    c->data[i].slot = slot;
    c->data[i].received = p->conversation.inbox.shown;
    if (p->conversation.known) {
        gc__client_bury(c, p); /* one of ours was here before, and may come again */
    }
    gc_conversation_start_plain(&p->conversation);
    p->stock = p->opened_once = true;
    p->renewing = false;
    p->reason = GC_REASON_NONE;
}

/* So many messages never come. */
static void refuse(gc_peer *p, gc_client_data *data, uint32_t reason, uint32_t count) {
    data->received += count;
    gc_inbox_raise(&p->conversation.inbox, data->received + 1);
    p->gap_reason = reason;
}

void gc__client_data_ended(gc_client *c, uint32_t slot) {
    gc_client_data *data = data_of(c, slot);
    if (data == NULL) {
        return;
    }
    uint32_t half = gc_data_connection_waiting(&data->connection);
    if (half > 0) {
        refuse(&c->peers[c->links[slot].peer], data, GC_REASON_GONE, half);
    }
    /* What the host did not say it took may have gone or not: sent again it could come twice. */
    gc_conversation *v = &c->peers[c->links[slot].peer].conversation;
    gc_conversation_give_up(v, &c->outbox, v->next_send, GC_REASON_GONE);
    *data = (gc_client_data){0};
}

/* --- in -------------------------------------------------------------------------------------- */

/* How much of a text makes one message: at most GC_TEXT_BYTES_MAX, cut before a character. */
static uint32_t piece_of(gc_span text) {
    if (text.len <= GC_TEXT_BYTES_MAX) {
        return text.len;
    }
    uint32_t len = GC_TEXT_BYTES_MAX;
    while ((text.data[len] & 0xc0) == 0x80) {
        len--;
    }
    return len;
}

/* A long text is shown in pieces: nothing of it is lost. */
static void show(gc_peer *p, gc_client_data *data, gc_span text) {
    while (text.len > 0) {
        uint32_t len = piece_of(text);
        if (gc_inbox_put(&p->conversation.inbox, data->received + 1, gc_span_of(text.data, len)) !=
            0) {
            refuse(p, data, GC_REASON_TOO_BIG, 1); /* the host has not drained what came before */
            return;
        }
        data->received++;
        text = gc_span_of(text.data + len, text.len - len);
    }
}

void gc__client_data_left(gc_client *c, uint32_t peer, bool tell) {
    gc_assert(c->peers[peer].link != GC_NONE);
    if (c->peers[peer].attempt != GC_NONE) {
        gc__client_link_lost(c, peer, GC_REASON_LEFT, tell); /* for a newer one that is under way */
        return;
    }
    c->target_left = c->target_left || c->peers[peer].target;
    if (!tell) {
        gc__client_link_lost(c, peer, GC_REASON_LEFT, false);
    }
    gc__client_end_peer(c, peer, GC_REASON_LEFT, false, tell);
}

void gc__client_data_frame(gc_client *c, uint32_t slot, uint8_t channel, gc_span message) {
    gc_client_data *data = data_of(c, slot);
    uint32_t peer = c->links[slot].peer;
    gc_peer *p = &c->peers[peer];
    gc_assert(data != NULL && p->link == slot);
    if (channel != GC_CHANNEL_DATA_BYTES && channel != GC_CHANNEL_DATA_TEXT) {
        return; /* channels that this link does not have */
    }
    const gc_data_scratch scratch = {c->bulk.data_frame, c->bulk.text};
    gc_data_value v = gc_data_connection_read(&data->connection, channel == GC_CHANNEL_DATA_TEXT,
                                              message, scratch);
    switch (v.event) {
    case GC_DATA_TEXT:
        show(p, data, v.text);
        break;
    case GC_DATA_REFUSED:
        refuse(p, data, v.reason, v.count);
        break;
    case GC_DATA_CLOSE:
        gc__client_data_left(c, peer, true);
        break;
    default:
        break;
    }
}

/* --- out ------------------------------------------------------------------------------------- */

void gc__client_data_taken(gc_client *c, uint32_t slot) {
    gc_conversation *v = &c->peers[c->links[slot].peer].conversation;
    if (data_of(c, slot) != NULL && v->flight_count > 0) {
        /* There is no acknowledgement to wait for: its fate is "sent". */
        int error = gc_conversation_ack(v, &c->outbox, v->next_send - 1, c->now_ms);
        gc_assert(error == 0);
        gc__client_drop_settled(c);
    }
}

/* The next message is longer than a frame may be: its fate alone is told, once that of those before
 * it is known. */
static bool give_up_next(gc_client *c, gc_conversation *v, gc_client_output *out) {
    uint64_t seq = v->next_send;
    if (gc_conversation_floor(v) < seq) {
        return false;
    }
    gc_conversation_give_up(v, &c->outbox, seq + 1, GC_REASON_TOO_BIG);
    return gc__client_next_fate(c, out);
}

bool gc__client_next_data(gc_client *c, gc_peer *p, gc_client_output *out) {
    const gc_link *l = &c->links[p->link];
    gc_client_data *data = data_of(c, p->link);
    gc_assert(data != NULL);
    if (l->buffered > GC_LINK_BUFFERED_MAX ||
        !gc_conversation_sendable(&p->conversation, &c->outbox)) {
        return false;
    }
    gc_writer w;
    uint64_t next = p->conversation.next_send;
    gc_span text = gc_span_of(c->bulk.text, gc_outbox_copy(&c->outbox, next, c->bulk.text));
    gc_writer_init(&w, c->bulk.data_frame, sizeof c->bulk.data_frame);
    bool as_text = gc_data_connection_write(&data->connection, text, &w);
    if (w.failed) {
        return give_up_next(c, &p->conversation, out);
    }
    (void)gc_conversation_sent(&p->conversation, &c->outbox);
    out->type = GC_CLIENT_LINK_SEND;
    out->link = gc_link_number(l, p->link);
    out->value = as_text ? GC_CHANNEL_DATA_TEXT : GC_CHANNEL_DATA_BYTES;
    out->text = gc_writer_done(&w);
    return true;
}

void gc__client_data_check(const gc_client *c) {
    uint32_t used = 0, open = 0;
    for (uint32_t i = 0; i < GC_CLIENT_DATA_MAX; i++) {
        const gc_client_data *data = &c->data[i];
        if (data->connection.store != NULL) {
            const gc_link *l = &c->links[data->slot];
            gc_assert(l->step == GC_LINK_OPEN && l->kind == GC_LINK_DATA);
            gc_data_connection_check(&data->connection);
            used++;
        }
    }
    for (uint32_t slot = 0; slot < GC_LINKS_MAX; slot++) {
        open += c->links[slot].step == GC_LINK_OPEN && c->links[slot].kind == GC_LINK_DATA;
    }
    gc_assert(used == open);
}
