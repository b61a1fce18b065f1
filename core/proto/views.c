#include "core/proto/views.h"
#include "core/base/reason.h"

gc_view gc_views_now(const gc_people *pp, const gc_mesh *m, const gc_conversations *t,
                     uint32_t peer) {
    const gc_person *p = gc_people_at(pp, peer);
    gc_view v = {.reason = p->trouble};
    if (gc_set_has(&pp->ended, peer)) {
        v.state = GC_PEER_CLOSED;
    } else if (gc_conversations_is_open(t, peer)) {
        const gc_link *l = gc_mesh_open_link(m, peer);
        v = (gc_view){.state = GC_PEER_OPEN, .path = l->path, .rtt_ms = l->rtt_ms};
    } else if (p->standing == GC_STANDING_TARGET && p->presence == GC_PRESENCE_ABSENT) {
        v.state = GC_PEER_AWAY;
        v.reason = GC_REASON_ABSENT;
    } else {
        v.state = gc_conversations_with(t, peer)->met ? GC_PEER_LOST : GC_PEER_CONNECTING;
    }
    return v;
}

bool gc_views_are_told(const gc_views *vs, const gc_people *pp, uint32_t peer, const gc_view *v) {
    const gc_view *told = &vs->told[peer];
    return gc_people_at(pp, peer)->news == GC_NEWS_NONE && v->state == told->state &&
           v->reason == told->reason && v->path == told->path && v->rtt_ms == told->rtt_ms;
}

void gc_views_tell(gc_views *vs, gc_people *pp, const gc_conversations *t, uint32_t peer,
                   const gc_view *v, gc_client_output *out) {
    const gc_person *p = gc_people_at(pp, peer);
    bool guest = p->standing == GC_STANDING_GUEST;
    bool stock = gc_conversations_with(t, peer)->plain;
    out->type = GC_CLIENT_PEER;
    out->peer = peer;
    out->value = v->state;
    out->value2 = v->path | (guest ? GC_PEER_FLAGS_DIRECT : 0) | (stock ? GC_PEER_FLAGS_STOCK : 0);
    out->reason = v->reason;
    out->number = v->rtt_ms;
    out->text = gc_people_id(pp, peer);
    out->text2 = gc_span_of(p->nick, p->nick_len);
    vs->told[peer] = *v;
    gc_people_told(pp, peer);
}
