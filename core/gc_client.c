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
    gc__mesh_init(&c->peers.mesh, c->bulk.links);
    gc__talk_init(&c->peers.talk, &c->bulk.talk);
    gc__meeting_init(&c->meeting, &c->bulk.meeting);
    return c;
}

static bool is_joined(const gc_client *c) {
    return c->meeting.step != GC_MEETING_OUTSIDE;
}

gc_span gc_client_id(const gc_client *c) {
    return c->step.own;
}

int gc__client_begin(gc_client *c, uint64_t now_ms) {
    c->step.now_ms = now_ms > c->step.now_ms ? now_ms : c->step.now_ms;
    if (!gc_set_is_empty(&c->peers.talk.stuck) || !gc_output_queue_ready(&c->queue)) {
        return GC_E_FULL;
    }
    c->dirty = true;
    return 0;
}

static void settle(gc_client *c) {
    gc__peers_settle(&c->peers, &c->step, c->meeting.step != GC_MEETING_FAILED);
    gc__slot_room_settle(&c->meeting.room, &c->peers, &c->step);
}

int gc__client_end(gc_client *c) {
    if (is_joined(c)) {
        settle(c);
    }
    return 0;
}

/* --- the user --------------------------------------------------------------------------------- */

static void leave(gc_client *c, bool bye) {
    const gc_set *live = &c->peers.people.live;
    for (uint32_t i = gc_set_first(live); i != GC_SET_END; i = gc_set_next(live, i + 1)) {
        gc__peers_end(&c->peers, &c->step, i, GC_REASON_LEFT, bye, false);
    }
    gc__meeting_leave(&c->meeting, &c->step, bye);
    gc__talk_leave(&c->peers.talk);
    gc__peers_settle(&c->peers, &c->step, false);
    c->step.own = gc_span_of(NULL, 0);
    c->step.room_tag = NULL;
}

int gc_client_leave(gc_client *c, uint64_t now_ms) {
    int error = gc__client_begin(c, now_ms);
    if (error == 0 && is_joined(c)) {
        leave(c, true);
    }
    return error;
}

/* What a join needs, made ready before anything changes. */
typedef struct entry {
    gc_signaling_client line;
    gc_membership membership;
    gc_span nick;
    uint32_t serialization;
} entry;

static int begin_entry(gc_client *c, uint64_t now_ms, const gc_client_options *o, entry *e) {
    memset(e, 0, sizeof *e);
    int error = gc__client_begin(c, now_ms);
    if (error != 0) {
        return error;
    }
    enum gc_client_state state = gc__report_state(&c->meeting, &c->peers);
    if (state != GC_STATE_IDLE && state != GC_STATE_FAILED) {
        return GC_E_STATE;
    }
    if (!gc_utf8_valid(o->nick)) {
        return GC_E_UTF8;
    }
    if (o->serialization.len > 0 && !gc_serialization_of(o->serialization, &e->serialization)) {
        return GC_E_ARGUMENT;
    }
    e->nick = o->nick;
    return gc_signaling_client_init(&e->line, &c->drbg, o->server, o->key);
}

static int enter(gc_client *c, entry *e, int error) {
    if (error == 0) {
        if (is_joined(c)) {
            leave(c, false); /* what is left of a failed one */
        }
        gc__talk_enter(&c->peers.talk, &c->step, e->nick);
        c->peers.serialization = e->serialization;
        gc__meeting_enter(&c->meeting, &c->step, &e->line, &e->membership);
        c->step.own = gc_span_of(c->meeting.line.id, GC_OWN_ID_CHARS);
        c->step.room_tag = gc_membership_room_tag(&c->meeting.membership);
    }
    gc_bytes_wipe(e, sizeof *e);
    return error;
}

int gc_client_join_room(gc_client *c, uint64_t now_ms, const gc_client_options *o, gc_span name) {
    entry e;
    int error = begin_entry(c, now_ms, o, &e);
    if (error == 0) {
        error = gc_membership_enter_name(&e.membership, &c->crypto, name);
    }
    return enter(c, &e, error);
}

int gc_client_new_room(gc_client *c, uint64_t now_ms, const gc_client_options *o) {
    entry e;
    int error = begin_entry(c, now_ms, o, &e);
    if (error == 0) {
        error = gc_membership_enter_new(&e.membership, &c->crypto, &c->drbg);
    }
    return enter(c, &e, error);
}

int gc_client_join_link(gc_client *c, uint64_t now_ms, const gc_client_options *o, gc_span link) {
    entry e;
    int error = begin_entry(c, now_ms, o, &e);
    if (error == 0) {
        error = gc_membership_enter_link(&e.membership, &c->crypto, link);
    }
    return enter(c, &e, error);
}

int gc_client_send(gc_client *c, uint64_t now_ms, gc_span text, uint64_t *seq) {
    const gc_set *live = &c->peers.people.live;
    if (!is_joined(c) || gc_set_is_empty(live)) {
        return GC_E_STATE;
    }
    if (text.len == 0) {
        return GC_E_SYNTAX;
    }
    if (text.len > GC_TEXT_BYTES_MAX) {
        return GC_E_TOO_BIG;
    }
    if (!gc_utf8_valid(text)) {
        return GC_E_UTF8;
    }
    int error = gc__client_begin(c, now_ms);
    if (error != 0) {
        gc__talk_block(&c->peers.talk, text.len);
        return error;
    }
    error = gc__talk_send(&c->peers.talk, &c->step, live, text, seq);
    return error == 0 ? gc__client_end(c) : error;
}

int gc_client_set_nick(gc_client *c, uint64_t now_ms, gc_span nick) {
    if (!gc_utf8_valid(nick)) {
        return GC_E_UTF8;
    }
    int error = gc__client_begin(c, now_ms);
    if (error != 0 || !is_joined(c)) {
        return error != 0 ? error : GC_E_STATE;
    }
    gc__talk_rename(&c->peers.talk, nick);
    gc__mesh_rename(&c->peers.mesh, &c->step);
    return gc__client_end(c);
}

int gc_client_invite(gc_client *c, gc_span base, uint32_t kind, gc_writer *w) {
    return gc_membership_invite(&c->meeting.membership, &c->crypto, &c->drbg, c->step.own, base,
                                kind, w);
}

/* --- time ------------------------------------------------------------------------------------- */

void gc_client_tick(gc_client *c, uint64_t now_ms) {
    if (gc__client_begin(c, now_ms) != 0 || !is_joined(c)) {
        return;
    }
    gc__meeting_tick(&c->meeting, &c->step);
    gc__peers_tick_links(&c->peers, &c->step);
    settle(c);
    gc__peers_tick_dials(&c->peers, &c->step);
    settle(c);
    gc_assert(gc_client_deadline(c) > c->step.now_ms);
}

uint64_t gc_client_deadline(const gc_client *c) {
    if (!is_joined(c)) {
        return GC_NEVER;
    }
    uint64_t meeting = gc__meeting_deadline(&c->meeting);
    uint64_t peers = gc__peers_deadline(&c->peers, c->step.now_ms);
    return gc_min_u64(meeting, peers);
}

/* --- outputs ---------------------------------------------------------------------------------- */

/* After leaving, what was said is nowhere any more. */
static void wipe_when_idle(gc_client *c) {
    if (!is_joined(c) && c->dirty) {
        gc_bytes_wipe(&c->bulk, sizeof c->bulk);
        c->dirty = false;
    }
}

bool gc_client_poll(gc_client *c, gc_client_output *out) {
    gc_talk *talk = &c->peers.talk;
    const gc_step *s = &c->step;
    *out = (gc_client_output){.peer = GC_NONE, .link = GC_NONE};
    gc__talk_shown(talk, s);
    if (gc_output_queue_take(&c->queue, out) ||
        gc__report_poll_state(&c->report, &c->meeting, &c->peers, out) ||
        gc__report_poll_peer(&c->report, &c->peers, s, out) ||
        gc__talk_poll_show(talk, s, &c->peers.people, out) || gc__talk_poll_fate(talk, s, out) ||
        gc__report_poll_end(&c->report, &c->peers, s, is_joined(c), out) ||
        gc__talk_poll_frame(talk, s, &c->peers.mesh, out) || gc__talk_poll_sendable(talk, s, out)) {
        return true;
    }
    wipe_when_idle(c);
    out->type = GC_CLIENT_NOTHING;
    return false;
}
