#include "core/client/report.h"
#include "core/base/assert.h"
#include "core/base/mem.h"
#include "core/base/reason.h"

/* --- the client ------------------------------------------------------------------------------- */

enum gc_client_state gc__report_state(const gc_meeting *m, const gc_peers *ps) {
    if (m->step == GC_MEETING_OUTSIDE) {
        return GC_STATE_IDLE;
    }
    if (!gc_set_is_empty(&ps->conversations.open)) {
        return GC_STATE_CONNECTED;
    }
    return m->step == GC_MEETING_FAILED    ? GC_STATE_FAILED
           : m->step == GC_MEETING_ENTERED ? GC_STATE_WAITING
                                           : GC_STATE_JOINING;
}

/* Why we are not connected with the server or the room; 0: there is nothing to say. */
static uint32_t trouble_of(const gc_meeting *m, const gc_peers *ps) {
    if (m->step == GC_MEETING_OUTSIDE || m->step == GC_MEETING_FAILED) {
        return m->reason;
    }
    if (m->line.step != GC_SIGNALING_STEP_ON) {
        return m->line.reason;
    }
    if (m->rejoin_ms != GC_NEVER) {
        return GC_REASON_ROOM_FULL;
    }
    if (m->step == GC_MEETING_JOINING && m->room.slots.step != GC_SLOTS_OFF) {
        return gc_slots_trouble(&m->room.slots);
    }
    if (gc_target_trouble(&m->target) != GC_REASON_NONE) {
        return gc_target_trouble(&m->target);
    }
    gc_span target = gc_membership_target(&m->membership);
    uint32_t i = target.len > 0 ? gc_people_find(&ps->people, target) : GC_NONE;
    bool away = i != GC_NONE && gc_mesh_way(&ps->mesh, i)->link == GC_NONE &&
                gc_people_at(&ps->people, i)->presence == GC_PRESENCE_ABSENT;
    return away ? GC_REASON_ABSENT : ps->crowded ? GC_REASON_PEERS_FULL : GC_REASON_NONE;
}

bool gc__report_poll_state(gc_report *r, const gc_meeting *m, const gc_peers *ps, const gc_step *s,
                           gc_client_output *out) {
    s->ready->state = false;
    uint32_t state = gc__report_state(m, ps);
    uint32_t signaling = gc_signaling_client_state(&m->line);
    uint32_t reason = trouble_of(m, ps);
    if (state == r->state && signaling == r->signaling && reason == r->reason) {
        return false;
    }
    r->state = out->value = state;
    r->signaling = out->value2 = signaling;
    r->reason = out->reason = reason;
    out->type = GC_CLIENT_STATE;
    return true;
}

/* --- a peer ----------------------------------------------------------------------------------- */

static gc_view view_of(const gc_peers *ps, uint32_t peer) {
    return gc_views_now(&ps->people, &ps->mesh, &ps->conversations, peer);
}

bool gc__report_poll_peer(gc_report *r, gc_peers *ps, const gc_step *s, gc_client_output *out) {
    for (;;) {
        uint32_t i = gc_set_first(&s->ready->reports);
        if (i == GC_SET_END) {
            return false;
        }
        gc_set_remove(&s->ready->reports, i);
        if (!gc_set_has(&ps->people.live, i)) {
            continue; /* its end is reported after everything else */
        }
        gc_view v = view_of(ps, i);
        if (!gc_views_are_told(&r->views, &ps->people, i, &v)) {
            gc_views_tell(&r->views, &ps->people, &ps->conversations, i, &v, out);
            return true;
        }
    }
}

bool gc__report_poll_end(gc_report *r, gc_peers *ps, const gc_step *s, bool remember,
                         gc_client_output *out) {
    uint32_t i = gc_set_first(&ps->people.ended);
    if (i == GC_SET_END) {
        return false;
    }
    gc_view v = view_of(ps, i);
    gc_views_tell(&r->views, &ps->people, &ps->conversations, i, &v, out);
    uint8_t *kept = gc_conversations_scratch(&ps->conversations);
    uint32_t id_len = out->text.len, nick_len = out->text2.len;
    memcpy(kept, out->text.data, id_len);
    memcpy(kept + id_len, out->text2.data, nick_len);
    out->text = gc_span_of(kept, id_len);
    out->text2 = gc_span_of(kept + id_len, nick_len);
    gc__peers_free(ps, s, i, remember);
    return true;
}

void gc__report_check(const gc_report *r, const gc_meeting *m, const gc_peers *ps,
                      const gc_step *s) {
    gc_assert(s->ready->state || (r->state == (uint32_t)gc__report_state(m, ps) &&
                                  r->signaling == (uint32_t)gc_signaling_client_state(&m->line) &&
                                  r->reason == trouble_of(m, ps)));
    for (uint32_t i = 0; i < GC_PEERS_MAX; i++) {
        if (gc_set_has(&ps->people.live, i) && !gc_set_has(&s->ready->reports, i)) {
            gc_view v = view_of(ps, i);
            gc_assert(gc_views_are_told(&r->views, &ps->people, i, &v));
        }
    }
}
