#include "core/client/meeting.h"
#include "core/base/assert.h"
#include "core/base/mem.h"
#include "core/base/number.h"
#include "core/base/reason.h"
#include "core/base/secret.h"

static void forget(gc_meeting *m) {
    m->step = GC_MEETING_OUTSIDE;
    m->reason = GC_REASON_NONE;
    m->rejoin_ms = GC_NEVER;
    gc_target_init(&m->target);
    gc_bytes_wipe(&m->line, sizeof m->line);
    gc_membership_wipe(&m->membership);
    gc__slot_room_wipe(&m->room);
}

void gc__meeting_init(gc_meeting *m, gc_meeting_store *store) {
    memset(m, 0, sizeof *m);
    m->store = store;
    forget(m);
}

void gc__meeting_enter(gc_meeting *m, const gc_step *s, const gc_signaling_client *line,
                       const gc_membership *membership) {
    gc_assert(m->step == GC_MEETING_OUTSIDE);
    gc_signaling_client_move(&m->line, line);
    gc_membership_move(&m->membership, membership);
    m->step = GC_MEETING_JOINING;
    gc_signaling_client_start(&m->line, s->queue, gc_membership_room_tag(&m->membership),
                              s->now_ms);
}

void gc__meeting_leave(gc_meeting *m, const gc_step *s, bool bye) {
    gc_slots_stop(&m->room.slots, s->queue, bye);
    gc_signaling_client_stop(&m->line, s->queue, bye, GC_REASON_NONE);
    forget(m);
}

/* Nothing more is tried at the server. */
static void fail(gc_meeting *m, const gc_step *s, uint32_t reason, bool bye) {
    gc_slots_stop(&m->room.slots, s->queue, bye);
    gc_signaling_client_stop(&m->line, s->queue, bye, reason);
    m->step = GC_MEETING_FAILED;
    m->reason = reason;
    m->rejoin_ms = GC_NEVER;
    gc_target_init(&m->target);
}

void gc__meeting_target_left(gc_meeting *m, const gc_peers *ps, const gc_step *s, uint32_t reason,
                             bool stock) {
    bool looks = gc_target_end(&m->target, reason, stock, s->now_ms);
    if (!looks && !m->membership.has_direct && gc_set_is_empty(&ps->people.live)) {
        fail(m, s, reason, true);
    }
}

/* --- what the server refuses ------------------------------------------------------------------ */

static void on_id_taken(gc_meeting *m, gc_peers *ps, const gc_step *s) {
    bool known = m->membership.has_direct || !gc_set_is_empty(&ps->people.live);
    bool draw = m->line.taken == 1 && !known;
    if (m->line.taken >= GC_ID_TAKEN_MAX ||
        (draw && gc_signaling_client_draw(&m->line, s->crypto, s->drbg) != 0)) {
        fail(m, s, GC_REASON_ID_TAKEN, false);
    }
}

static void on_error(gc_meeting *m, gc_peers *ps, const gc_step *s, uint32_t reason) {
    gc_signaling_client_error(&m->line, reason);
    if (reason == GC_REASON_ID_TAKEN) {
        on_id_taken(m, ps, s);
    } else if (reason == GC_REASON_BAD_KEY || reason == GC_REASON_REPLACED ||
               reason == GC_REASON_ORIGIN) {
        fail(m, s, reason, false); /* it would be the same the next time */
    }
}

/* --- who is there ----------------------------------------------------------------------------- */

static bool is_our_room(const gc_step *s, const gc_signal_in *in) {
    return s->room_tag != NULL && memcmp(s->room_tag, in->tag, GC_TAG_BYTES) == 0;
}

/* Returns false when it is not our room. */
static bool on_room(gc_meeting *m, gc_peers *ps, const gc_step *s, const gc_signal_in *in) {
    if (!is_our_room(s, in)) {
        return false;
    }
    if (in->reason == GC_REASON_NONE) {
        m->step = GC_MEETING_ENTERED;
        m->rejoin_ms = GC_NEVER;
        gc__peers_list(ps, s, in);
    } else if (m->step == GC_MEETING_ENTERED) {
        m->rejoin_ms = s->now_ms + GC_MEETING_REJOIN_MS;
    } else {
        fail(m, s, in->reason, true);
    }
    return true;
}

static void dial_target(gc_meeting *m, gc_peers *ps, const gc_step *s) {
    gc_span id = gc_membership_target(&m->membership);
    bool wanted = id.len > 0 && m->target.left == GC_REASON_NONE;
    uint32_t i = wanted ? gc__peers_know(ps, s, id, GC_RIGHT_TARGET) : GC_NONE;
    if (i != GC_NONE) {
        gc_target_want(&m->target);
        gc_people_aim(&ps->people, i);
        gc_people_set_tag(&ps->people, i, m->membership.has_tag ? m->membership.tag : NULL);
        gc__peers_dial_anew(ps, s, i);
    }
}

/* A server without the additions does not say who is there; our earlier offers and candidates may
 * be lost. */
static void enter_by_slots(gc_meeting *m, gc_peers *ps, const gc_step *s) {
    if (gc__slot_room_start(&m->room, s, m->membership.secret) != 0) {
        fail(m, s, GC_REASON_NONE, true);
        return;
    }
    const gc_set *members = &ps->people.members;
    for (uint32_t i = gc_set_first(members); i != GC_SET_END; i = gc_set_next(members, i + 1)) {
        if (gc_people_at(&ps->people, i)->presence != GC_PRESENCE_PRESENT) {
            continue;
        }
        if (gc_mesh_way(&ps->mesh, i)->attempt != GC_NONE && !gc_mesh_offered(&ps->mesh, i)) {
            gc__peers_hurry(ps, s, i);
        } else {
            gc__peers_dial_anew(ps, s, i);
        }
    }
}

/* --- what the server says of our line --------------------------------------------------------- */

/* Returns false when no OPEN was expected. */
static bool on_open(gc_meeting *m, gc_peers *ps, const gc_step *s, const gc_signal_in *in) {
    if (!gc_signaling_client_open(&m->line, in->gc, s->now_ms)) {
        return false;
    }
    gc_span ice = gc_json_raw(&in->json, in->ice);
    /* Take ICE servers only from a server with the additions: the host already knows its own. */
    if (in->gc && ice.len > 0 && ice.len <= GC_ICE_BYTES_MAX) {
        gc_output_queue_put(s->queue, GC_CLIENT_ICE_SERVERS, GC_NONE, 0, ice, gc_span_of(NULL, 0));
    }
    if (!gc_membership_in_room(&m->membership)) {
        m->step = GC_MEETING_ENTERED;
        dial_target(m, ps, s);
    } else if (in->has_room) {
        gc_slots_stop(&m->room.slots, s->queue, true); /* it may have been another server before */
        return on_room(m, ps, s, in);
    } else if (!in->gc) {
        enter_by_slots(m, ps, s);
    }
    return true;
}

/* A message for us, our own or somebody else's that was held: the id that we took over at a server
 * without the additions is ours. */
static void on_relayed(gc_meeting *m, gc_peers *ps, const gc_step *s, bool echo) {
    bool ours = echo ? gc_signaling_client_echo(&m->line, s->now_ms)
                     : gc_signaling_client_relayed(&m->line, s->now_ms);
    if (ours && gc_membership_in_room(&m->membership)) {
        enter_by_slots(m, ps, s);
    } else if (ours) {
        dial_target(m, ps, s);
    }
}

/* --- what the server says of others: each returns false when it is not taken ------------------ */

static bool on_joined(gc_peers *ps, const gc_step *s, const gc_signal_in *in, gc_span id) {
    uint32_t i = is_our_room(s, in) ? gc__peers_know_member(ps, s, id, GC_RIGHT_LISTED) : GC_NONE;
    if (i != GC_NONE) {
        gc__peers_expect(ps, s, i);
    }
    return i != GC_NONE;
}

static bool on_left(gc_peers *ps, const gc_step *s, const gc_signal_in *in, gc_span id) {
    uint32_t i = is_our_room(s, in) ? gc_people_find(&ps->people, id) : GC_NONE;
    if (i == GC_NONE) {
        return false;
    }
    gc_people_went(&ps->people, i);
    gc_step_mark(s, i);
    uint32_t link = gc_mesh_way(&ps->mesh, i)->link;
    if (link != GC_NONE) {
        gc_link_probe(gc_mesh_edit(&ps->mesh, s, link), s->now_ms);
    }
    gc__peers_attempt_hopeless(ps, s, i, GC_REASON_GONE);
    return true;
}

static bool on_absent(gc_meeting *m, gc_peers *ps, const gc_step *s, gc_span id) {
    uint32_t i = gc_people_find(&ps->people, id);
    if (i == GC_NONE) {
        return false;
    }
    gc_people_miss(&ps->people, i);
    gc_step_mark(s, i);
    gc__peers_attempt_hopeless(ps, s, i, GC_REASON_ABSENT);
    if (gc_people_at(&ps->people, i)->standing == GC_STANDING_TARGET) {
        /* GC-PRESENT says when; this is for a server that forgot about us. A server without the
         * additions says nothing: there an offer of ours always waits. */
        gc_dialer_set(gc_mesh_dialer(&ps->mesh, s, i),
                      s->now_ms + (m->line.gc ? GC_REDIAL_MS_MAX : GC_REDIAL_MS_MIN));
    }
    return true;
}

static bool on_present(gc_peers *ps, const gc_step *s, gc_span id) {
    uint32_t i = gc_people_find(&ps->people, id);
    if (i != GC_NONE) {
        gc_people_came(&ps->people, i);
        gc_step_mark(s, i);
        gc__peers_dial_anew(ps, s, i);
    }
    return i != GC_NONE;
}

/* Our server has said GC-ABSENT long before EXPIRE; a stock one says only this. */
static bool on_expire(gc_meeting *m, gc_peers *ps, const gc_step *s, gc_span id) {
    if (m->line.gc) {
        return true;
    }
    gc_slots_absent(&m->room.slots, s->drbg, id, s->now_ms);
    return on_absent(m, ps, s, id);
}

static bool on_offer(gc_meeting *m, gc_peers *ps, const gc_step *s, const gc_signal_in *in,
                     gc_span from) {
    gc_welcome as = gc_membership_welcome(&m->membership, in->has_tag ? in->tag : NULL, from);
    if (as == GC_WELCOME_REFUSED) {
        return false;
    }
    enum gc_setup_event done = gc__setup_offer(ps, s, &m->room.slots, &m->store->setup, in, as);
    if (as == GC_WELCOME_TARGET && done != GC_SETUP_REFUSED) {
        gc_target_want(&m->target);
    }
    return done == GC_SETUP_TAKEN;
}

/* Slot messages come at both sockets. */
static bool on_slot_event(gc_meeting *m, const gc_step *s, enum gc_slot_event event) {
    if (event == GC_SLOT_EVENT_ENTERED) {
        m->step = GC_MEETING_ENTERED;
    } else if (event == GC_SLOT_EVENT_FULL && m->step != GC_MEETING_ENTERED) {
        fail(m, s, GC_REASON_ROOM_FULL, true);
    }
    return event != GC_SLOT_EVENT_IGNORED;
}

static bool on_candidate(gc_meeting *m, gc_peers *ps, const gc_step *s, const gc_signal_in *in) {
    return in->slot >= 0 ? on_slot_event(m, s, gc__slot_room_message(&m->room, ps, s, in))
                         : gc__setup_candidate(ps, s, in) == GC_SETUP_TAKEN;
}

/* Messages about others count once the line is on. */
static bool on_news(gc_meeting *m, gc_peers *ps, const gc_step *s, const gc_signal_in *in) {
    gc_span id = gc_span_of(in->src, in->src_len);
    if (!gc_step_on(s)) {
        return false;
    }
    switch (in->type) {
    case GC_SIGNAL_GC_ROOM:
        return on_room(m, ps, s, in);
    case GC_SIGNAL_GC_JOINED:
        return on_joined(ps, s, in, id);
    case GC_SIGNAL_GC_LEFT:
        return on_left(ps, s, in, id);
    case GC_SIGNAL_GC_ABSENT:
        return on_absent(m, ps, s, id);
    case GC_SIGNAL_EXPIRE:
        return on_expire(m, ps, s, id);
    case GC_SIGNAL_GC_PRESENT:
        return on_present(ps, s, id);
    case GC_SIGNAL_OFFER:
        return on_offer(m, ps, s, in, id);
    case GC_SIGNAL_ANSWER:
        return gc__setup_answer(ps, s, &m->store->setup, in) == GC_SETUP_TAKEN;
    case GC_SIGNAL_CANDIDATE:
        return on_candidate(m, ps, s, in);
    default:
        return true; /* GC-ALIVE has said what it is for; LEAVE ends no link; others are unknown */
    }
}

static bool is_relayed(const gc_signal_in *in) {
    return in->type == GC_SIGNAL_OFFER || in->type == GC_SIGNAL_ANSWER ||
           in->type == GC_SIGNAL_CANDIDATE;
}

static bool on_signal(gc_meeting *m, gc_peers *ps, const gc_step *s, gc_span text) {
    gc_signal_in *in = &m->store->signal;
    int error = gc_signal_read(text, in);
    if (error != 0) {
        gc_signaling_client_unreadable(&m->line, error);
        return false;
    }
    switch (in->type) {
    case GC_SIGNAL_OPEN:
        return on_open(m, ps, s, in);
    case GC_SIGNAL_ERROR:
        on_error(m, ps, s, in->reason);
        return true;
    case GC_SIGNAL_ID_TAKEN:
        on_error(m, ps, s, GC_REASON_ID_TAKEN);
        return true;
    case GC_SIGNAL_INVALID_KEY:
        on_error(m, ps, s, GC_REASON_BAD_KEY);
        return true;
    default:
        break;
    }
    bool echo = is_relayed(in) && gc__slot_room_is_echo(in, s->own);
    if (is_relayed(in)) {
        on_relayed(m, ps, s, echo);
    }
    return echo || on_news(m, ps, s, in);
}

/* --- the sockets ------------------------------------------------------------------------------ */

static gc_signaling_client *line_of(gc_meeting *m, enum gc_signaling_socket socket) {
    return socket == GC_SIGNALING_SOCKET_SLOT ? gc_slots_line(&m->room.slots) : &m->line;
}

void gc__meeting_opened(gc_meeting *m, const gc_step *s, enum gc_signaling_socket socket) {
    gc_signaling_client_opened(line_of(m, socket), s->queue, s->now_ms);
}

void gc__meeting_closed(gc_meeting *m, const gc_step *s, enum gc_signaling_socket socket) {
    gc_signaling_client_closed(line_of(m, socket), s->drbg, s->now_ms);
}

void gc__meeting_message(gc_meeting *m, gc_peers *ps, const gc_step *s,
                         enum gc_signaling_socket socket, gc_span text) {
    gc_signaling_client *line = line_of(m, socket);
    if (line->step < GC_SIGNALING_STEP_OPENING) {
        return;
    }
    gc_signaling_client_heard(line, s->now_ms);
    bool taken =
        socket == GC_SIGNALING_SOCKET_OWN
            ? on_signal(m, ps, s, text)
            : on_slot_event(m, s, gc__slot_room_signal(&m->room, ps, s, &m->store->signal, text));
    m->ignored += !taken;
}

/* --- time ------------------------------------------------------------------------------------- */

static void ask_again(gc_meeting *m, const gc_step *s) {
    gc_writer w = gc_output_queue_begin(s->queue);
    gc_signal_write_join(&w, s->room_tag);
    if (gc_step_on(s)) {
        (void)gc_output_queue_end(s->queue, GC_CLIENT_SIGNALING_SEND, GC_NONE,
                                  GC_SIGNALING_SOCKET_OWN, &w);
    }
    m->rejoin_ms = s->now_ms + GC_MEETING_REJOIN_MS; /* until the answer ends it */
}

void gc__meeting_tick(gc_meeting *m, gc_peers *ps, const gc_step *s) {
    gc_signaling_client_tick(&m->line, s->queue, s->drbg, s->now_ms);
    gc_slots_tick(&m->room.slots, s->queue, s->drbg, s->now_ms);
    if (s->now_ms >= m->rejoin_ms && s->room_tag != NULL) {
        ask_again(m, s);
    }
    /* Without the server it waits for OPEN, which looks for it too. */
    if (gc_target_is_due(&m->target, s->now_ms)) {
        gc_target_want(&m->target);
        if (gc_step_on(s)) {
            dial_target(m, ps, s);
        }
    }
}

uint64_t gc__meeting_deadline(const gc_meeting *m) {
    uint64_t line = gc_signaling_client_deadline(&m->line);
    uint64_t slots = gc_slots_deadline(&m->room.slots);
    uint64_t own = gc_min_u64(m->rejoin_ms, m->target.look_ms);
    return gc_min_u64(gc_min_u64(line, slots), own);
}

void gc__meeting_check(const gc_meeting *m) {
    gc_assert(m->step != GC_MEETING_OUTSIDE || m->line.step == GC_SIGNALING_STEP_OFF);
    gc_slots_check(&m->room.slots);
}
