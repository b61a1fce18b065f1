#include "core/proto/peer.h"
#include "core/base/assert.h"
#include "core/base/mem.h"
#include "core/base/utf8.h"

void gc_peer_begin(gc_peer *p, gc_span id, gc_inbox_store *store, uint64_t next_seq) {
    gc_assert(p->use == GC_PEER_FREE && id.len > 0 && id.len <= GC_ID_BYTES_MAX);
    memset(p, 0, sizeof *p);
    p->use = GC_PEER_LIVE;
    memcpy(p->id, id.data, id.len);
    p->id_len = id.len;
    p->link = p->attempt = GC_NONE;
    p->knocked_ms = GC_NEVER;
    p->redial_ms = GC_REDIAL_MS_MIN;
    p->dial_ms = p->forget_ms = GC_NEVER;
    gc_conversation_init(&p->conversation, store, next_seq);
}

gc_span gc_peer_id(const gc_peer *p) {
    return gc_span_of(p->id, p->id_len);
}

bool gc_peer_after(const gc_peer *p, gc_span own) {
    uint32_t common = own.len < p->id_len ? own.len : p->id_len;
    int order = memcmp(own.data, p->id, common);
    return order < 0 || (order == 0 && own.len < p->id_len);
}

void gc_peer_set_tag(gc_peer *p, const uint8_t *tag) {
    p->has_tag = tag != NULL;
    if (tag != NULL) {
        memcpy(p->tag, tag, GC_TAG_BYTES);
    }
}

bool gc_peer_remember(gc_peer *p, const uint8_t dial[GC_DIAL_BYTES]) {
    uint32_t kept = p->dials_count < GC_PEER_DIALS_MAX ? p->dials_count : GC_PEER_DIALS_MAX;
    for (uint32_t i = 0; i < kept; i++) {
        if (memcmp(p->dials[i], dial, GC_DIAL_BYTES) == 0) {
            return false;
        }
    }
    memcpy(p->dials[p->dials_count++ % GC_PEER_DIALS_MAX], dial, GC_DIAL_BYTES);
    return true;
}

bool gc_peer_take_offer(gc_peer *p, uint64_t now_ms) {
    if (now_ms - p->offers_ms >= GC_PEER_OFFERS_MS) {
        p->offers_ms = now_ms;
        p->offers = 0;
    }
    if (p->offers == GC_PEER_OFFERS_MAX) {
        return false;
    }
    p->offers++;
    return true;
}

void gc_peer_redial(gc_peer *p, gc_span own, uint64_t now_ms) {
    p->dial_ms = now_ms + p->redial_ms + (gc_peer_after(p, own) ? 0 : GC_DIAL_EXPECT_MS);
    p->redial_ms = p->redial_ms * 2 < GC_REDIAL_MS_MAX ? p->redial_ms * 2 : GC_REDIAL_MS_MAX;
}

void gc_peer_rename(gc_peer *p, gc_span nick) {
    uint8_t clean[GC_NICK_BYTES_MAX];
    uint32_t len = gc_utf8_clean_line(nick, clean, sizeof clean);
    if (!gc_span_equal(gc_span_of(clean, len), gc_span_of(p->nick, p->nick_len))) {
        memcpy(p->nick, clean, len);
        p->nick_len = len;
        p->renamed = true;
    }
}

void gc_peer_end(gc_peer *p, const gc_outbox *o, uint32_t reason) {
    gc_assert(p->use == GC_PEER_LIVE && p->link == GC_NONE && p->attempt == GC_NONE);
    gc_conversation_give_up(&p->conversation, o, o->next, reason);
    gc_inbox_finish(&p->conversation.inbox);
    p->use = GC_PEER_ENDED;
    p->reason = reason;
    p->dial_ms = p->forget_ms = GC_NEVER;
}
