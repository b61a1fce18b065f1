#include "core/gc_client.h"
#include "core/base/assert.h"
#include "core/base/error.h"
#include "core/base/mem.h"
#include "core/base/number.h"
#include "core/base/secret.h"
#include "core/base/utf8.h"
#include "core/gc_client_inside.h"

/* --- life ------------------------------------------------------------------------------------- */

size_t gc_client_size(void) {
    return sizeof(gc_client);
}

gc_client *gc_client_init(void *memory, size_t bytes, const gc_crypto *crypto,
                          const uint8_t seed[32], uint64_t now_ms) {
    gc_client *c = memory;
    if (bytes < sizeof *c) {
        return NULL;
    }
    gc_assert((uintptr_t)memory % 16 == 0);
    memset(c, 0, offsetof(gc_client, bulk));
    c->crypto = *crypto;
    gc_drbg_init(&c->drbg, seed);
    gc_output_queue_init(&c->queue, &c->bulk.output);
    c->step = (gc_step){.now_ms = now_ms,
                        .drbg = &c->drbg,
                        .crypto = &c->crypto,
                        .queue = &c->queue,
                        .ready = &c->ready,
                        .line = &c->meeting.line};
    gc_people_init(&c->peers.people);
    gc_mesh_init(&c->peers.mesh, c->bulk.links);
    gc_conversations_init(&c->peers.conversations, &c->bulk.conversations);
    gc__meeting_init(&c->meeting, &c->bulk.meeting);
    return c;
}

bool gc__client_is_joined(const gc_client *c) {
    return c->meeting.step != GC_MEETING_OUTSIDE;
}

gc_span gc_client_id(const gc_client *c) {
    return c->step.own;
}

int gc__client_begin(gc_client *c, uint64_t now_ms) {
    c->step.now_ms = now_ms > c->step.now_ms ? now_ms : c->step.now_ms;
    if (!gc_set_is_empty(&c->peers.conversations.stuck) || !gc_output_queue_ready(&c->queue)) {
        return GC_E_FULL;
    }
    c->dirty = true;
    return 0;
}

static void settle(gc_client *c) {
    gc__peers_settle(&c->peers, &c->step, c->meeting.step != GC_MEETING_FAILED);
    if (c->meeting.room.slots.step != GC_SLOTS_OFF) {
        gc__slot_room_settle(&c->meeting.room, &c->peers, &c->step);
    }
}

void gc__client_end(gc_client *c) {
    if (gc__client_is_joined(c)) {
        settle(c);
    }
}

/* Ends an input of the server or the user as above; such an input may also change the client's own
 * state. */
static void end_state(gc_client *c) {
    c->ready.state = true;
    gc__client_end(c);
}

/* --- the signaling sockets -------------------------------------------------------------------- */

int gc_client_signaling_opened(gc_client *c, uint64_t now_ms, uint32_t socket) {
    int error = gc__client_begin(c, now_ms);
    if (error != 0 || socket >= GC_SIGNALING_SOCKETS) {
        return error;
    }
    gc__meeting_opened(&c->meeting, &c->step, (enum gc_signaling_socket)socket);
    end_state(c);
    return 0;
}

int gc_client_signaling_message(gc_client *c, uint64_t now_ms, uint32_t socket, gc_span text) {
    if (text.len > GC_MESSAGE_BYTES_MAX) {
        return GC_E_TOO_BIG;
    }
    int error = gc__client_begin(c, now_ms);
    if (error != 0 || socket >= GC_SIGNALING_SOCKETS) {
        return error;
    }
    gc__meeting_message(&c->meeting, &c->peers, &c->step, (enum gc_signaling_socket)socket, text);
    end_state(c);
    return 0;
}

int gc_client_signaling_closed(gc_client *c, uint64_t now_ms, uint32_t socket) {
    int error = gc__client_begin(c, now_ms);
    if (error != 0 || socket >= GC_SIGNALING_SOCKETS) {
        return error;
    }
    gc__meeting_closed(&c->meeting, &c->step, (enum gc_signaling_socket)socket);
    end_state(c);
    return 0;
}

/* --- links: what the transport reports -------------------------------------------------------- */

/* Begins an input about a link: *slot is that of the link, GC_NONE when the number is stale. */
static int begin_link(gc_client *c, uint64_t now_ms, uint32_t link, uint32_t *slot) {
    int error = gc__client_begin(c, now_ms);
    *slot = gc_mesh_slot(&c->peers.mesh, link);
    return error;
}

static enum gc_link_step step_of(const gc_client *c, uint32_t slot) {
    return (enum gc_link_step)c->peers.mesh.slots[slot].step;
}

int gc_client_link_description(gc_client *c, uint64_t now_ms, uint32_t link, gc_span sdp) {
    uint32_t slot;
    if (sdp.len == 0 || sdp.len > GC_SDP_BYTES_MAX) {
        return GC_E_TOO_BIG;
    }
    int error = begin_link(c, now_ms, link, &slot);
    if (error != 0 || slot == GC_NONE) {
        return error;
    }
    if (step_of(c, slot) != GC_LINK_STEP_OFFERING && step_of(c, slot) != GC_LINK_STEP_ANSWERING) {
        return GC_E_STATE;
    }
    if (!gc_utf8_valid(sdp)) {
        return GC_E_UTF8;
    }
    gc__setup_describe(&c->peers, &c->step, &c->meeting.room.slots, slot, sdp);
    gc__client_end(c);
    return 0;
}

int gc_client_link_candidate(gc_client *c, uint64_t now_ms, uint32_t link, gc_span candidate,
                             gc_span mid, uint32_t index) {
    uint32_t slot;
    if (candidate.len > GC_CANDIDATE_BYTES_MAX || mid.len > GC_MID_BYTES_MAX || index > 0xff) {
        return GC_E_TOO_BIG;
    }
    int error = begin_link(c, now_ms, link, &slot);
    if (error != 0 || slot == GC_NONE || candidate.len == 0) {
        return error;
    }
    if (!gc_utf8_valid(candidate) || !gc_utf8_valid(mid)) {
        return GC_E_UTF8;
    }
    gc__setup_offer_candidate(&c->peers, &c->step, slot, candidate, mid, index);
    gc__client_end(c);
    return 0;
}

int gc_client_link_opened(gc_client *c, uint64_t now_ms, uint32_t link) {
    uint32_t slot;
    int error = begin_link(c, now_ms, link, &slot);
    if (error != 0 || slot == GC_NONE) {
        return error;
    }
    if (step_of(c, slot) != GC_LINK_STEP_CONNECTING) {
        return GC_E_STATE;
    }
    gc__peers_link_opened(&c->peers, &c->step, slot);
    gc__client_end(c);
    return 0;
}

/* The peer left for good, with its link or by closing it. stock: its application may come back
 * under the same id. */
static void on_left(gc_client *c, uint32_t peer, uint32_t reason, bool stock, bool final) {
    bool target = gc_people_right(&c->peers.people, peer) == GC_RIGHT_TARGET;
    gc__peers_end(&c->peers, &c->step, peer, reason, false, final);
    if (target) {
        gc__meeting_target_left(&c->meeting, &c->peers, &c->step, reason, stock);
        c->ready.state = true;
    }
}

/* The application of a stock peer closed its connection. A newer one may be under way. tell: the
 * host does not know. */
static void on_closed(gc_client *c, uint32_t peer, bool tell) {
    if (gc_mesh_way(&c->peers.mesh, peer)->attempt != GC_NONE) {
        gc__peers_link_lost(&c->peers, &c->step, peer, GC_REASON_LEFT, tell);
        return;
    }
    if (!tell) {
        gc__peers_link_lost(&c->peers, &c->step, peer, GC_REASON_LEFT, false);
    }
    on_left(c, peer, GC_REASON_LEFT, true, tell);
}

int gc_client_link_message(gc_client *c, uint64_t now_ms, uint32_t link, uint8_t channel,
                           gc_span message) {
    uint32_t slot;
    int error = begin_link(c, now_ms, link, &slot);
    if (error != 0 || slot == GC_NONE) {
        return error;
    }
    if (step_of(c, slot) != GC_LINK_STEP_OPEN) {
        return GC_E_STATE;
    }
    gc_link *l = gc_mesh_hear(&c->peers.mesh, &c->step, slot);
    uint32_t peer = l->peer;
    switch (gc__talk_hear(&c->peers.conversations, &c->step, &c->peers.people, peer, l, channel,
                          message)) {
    case GC_HEARD_BROKEN:
        gc__peers_link_lost(&c->peers, &c->step, peer, GC_REASON_PROTOCOL, true);
        break;
    case GC_HEARD_BYE:
        on_left(c, peer, GC_REASON_LEFT, false, true);
        break;
    case GC_HEARD_FULL:
        on_left(c, peer, GC_REASON_PEERS_FULL, false, true);
        break;
    case GC_HEARD_CLOSED:
        on_closed(c, peer, true);
        break;
    default:
        break;
    }
    gc__client_end(c);
    return 0;
}

int gc_client_link_closed(gc_client *c, uint64_t now_ms, uint32_t link, uint32_t reason) {
    uint32_t slot;
    int error = begin_link(c, now_ms, link, &slot);
    if (error != 0 || slot == GC_NONE) {
        return error;
    }
    const gc_link *l = gc_mesh_link(&c->peers.mesh, slot);
    if (l->step != GC_LINK_STEP_OPEN) {
        gc__peers_attempt_failed(&c->peers, &c->step, l->peer, reason, false);
    } else if (reason == GC_REASON_LEFT && l->kind == GC_LINK_KIND_DATA) {
        on_closed(c, l->peer, false);
    } else {
        gc__peers_link_lost(&c->peers, &c->step, l->peer, reason, false);
    }
    gc__client_end(c);
    return 0;
}

int gc_client_link_buffered(gc_client *c, uint64_t now_ms, uint32_t link, uint32_t bytes) {
    uint32_t slot;
    (void)begin_link(c, now_ms, link, &slot); /* queues nothing: there is always room for it */
    if (slot != GC_NONE) {
        gc_mesh_buffer(&c->peers.mesh, &c->step, slot, bytes);
        gc_conversations_taken(&c->peers.conversations, &c->step,
                               gc_mesh_link(&c->peers.mesh, slot)->peer);
    }
    return 0;
}

int gc_client_link_path(gc_client *c, uint64_t now_ms, uint32_t link, uint32_t path,
                        uint32_t rtt_ms) {
    uint32_t slot;
    (void)begin_link(c, now_ms, link, &slot); /* queues nothing: there is always room for it */
    if (slot != GC_NONE) {
        gc_mesh_measure(&c->peers.mesh, &c->step, slot, path, rtt_ms);
    }
    return 0;
}

/* --- time ------------------------------------------------------------------------------------- */

void gc_client_tick(gc_client *c, uint64_t now_ms) {
    if (gc__client_begin(c, now_ms) != 0 || !gc__client_is_joined(c)) {
        return;
    }
    c->ready.state = true;
    gc__meeting_tick(&c->meeting, &c->peers, &c->step);
    gc__peers_tick_links(&c->peers, &c->step);
    settle(c);
    gc__peers_tick_dials(&c->peers, &c->step);
    settle(c);
    gc_assert(gc_client_deadline(c) > c->step.now_ms);
}

uint64_t gc_client_deadline(const gc_client *c) {
    if (!gc__client_is_joined(c)) {
        return GC_NEVER;
    }
    uint64_t meeting = gc__meeting_deadline(&c->meeting);
    uint64_t peers = gc__peers_deadline(&c->peers, c->step.now_ms);
    return gc_min_u64(meeting, peers);
}

/* --- outputs ---------------------------------------------------------------------------------- */

/* Wipes the messages after leaving, so that no copy of them stays in memory. */
static void wipe_when_idle(gc_client *c) {
    if (!gc__client_is_joined(c) && c->dirty) {
        gc_bytes_wipe(&c->bulk, sizeof c->bulk);
        c->dirty = false;
    }
}

/* Looks only where the ready list is marked. */
bool gc_client_poll(gc_client *c, gc_client_output *out) {
    gc_conversations *t = &c->peers.conversations;
    const gc_step *s = &c->step;
    *out = (gc_client_output){.peer = GC_NONE, .link = GC_NONE};
    if (t->showing != GC_NONE) {
        gc_conversations_shown(t, s);
    }
    if ((c->queue.head != c->queue.count && gc_output_queue_take(&c->queue, out)) ||
        (c->ready.state && gc__report_poll_state(&c->report, &c->meeting, &c->peers, s, out)) ||
        (!gc_set_is_empty(&c->ready.reports) &&
         gc__report_poll_peer(&c->report, &c->peers, s, out)) ||
        (!gc_set_is_empty(&c->ready.shows) && gc__talk_poll_show(t, s, &c->peers.people, out)) ||
        (!gc_set_is_empty(&c->ready.fates) && gc__talk_poll_fate(t, s, out)) ||
        (!gc_set_is_empty(&c->peers.people.ended) &&
         gc__report_poll_end(&c->report, &c->peers, s, gc__client_is_joined(c), out)) ||
        (!gc_set_is_empty(&c->ready.frames) && gc__talk_poll_frame(t, s, &c->peers.mesh, out)) ||
        (t->blocked_len != 0 && gc__talk_poll_sendable(t, s, out))) {
        return true;
    }
    wipe_when_idle(c);
    out->type = GC_CLIENT_NOTHING;
    return false;
}
