/* The invariants that hold between two inputs, whatever came in. For the simulator, tests and
 * fuzzers. */
#include "core/base/assert.h"
#include "core/gc_client.h"
#include "core/gc_client_inside.h"

/* Asserts the deadlines of a peer: none while it has or tries a link; otherwise a dial or its end
 * is due, or it is the target that we wait for. */
static void check_peer(const gc_client *c, uint32_t i) {
    const gc_way *w = gc_mesh_way(&c->peers.mesh, i);
    const gc_person *p = gc_people_at(&c->peers.people, i);
    bool linked = w->link != GC_NONE || w->attempt != GC_NONE;
    bool dials = w->dialer.dial_ms != GC_NEVER, ends = w->dialer.forget_ms != GC_NEVER;
    bool target = p->standing == GC_STANDING_TARGET;
    gc_assert(!linked || (!dials && !ends));
    gc_assert(linked || dials != ends || (target && !dials && !ends));
    gc_assert(linked || dials == gc__peers_reachable(&c->peers, &c->step, i));
    gc_assert(!gc_span_equal(gc_people_id(&c->peers.people, i), c->step.own));
}

void gc_client_check(const gc_client *c) {
    const gc_set *live = &c->peers.people.live;
    gc_people_check(&c->peers.people);
    gc_mesh_check(&c->peers.mesh);
    gc_conversations_check(&c->peers.conversations, &c->step, &c->peers.people, &c->peers.mesh);
    gc__report_check(&c->report, &c->meeting, &c->peers, &c->step);
    gc__meeting_check(&c->meeting);
    gc_assert(c->meeting.step != GC_MEETING_OUTSIDE || gc_set_is_empty(live));
    gc_assert(gc_set_is_empty(&c->ready.unsettled));
    for (uint32_t i = gc_set_first(live); i != GC_SET_END; i = gc_set_next(live, i + 1)) {
        check_peer(c, i);
    }
}
