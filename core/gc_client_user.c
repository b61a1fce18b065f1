/* The user's requests to gc_client: joining, leaving, sending. */
#include "core/base/error.h"
#include "core/base/mem.h"
#include "core/base/reason.h"
#include "core/base/secret.h"
#include "core/base/utf8.h"
#include "core/gc_client.h"
#include "core/gc_client_inside.h"

static void leave(gc_client *c, bool bye) {
    const gc_set *live = &c->peers.people.live;
    for (uint32_t i = gc_set_first(live); i != GC_SET_END; i = gc_set_next(live, i + 1)) {
        gc__peers_end(&c->peers, &c->step, i, GC_REASON_LEFT, bye, false);
    }
    gc__meeting_leave(&c->meeting, &c->step, bye);
    gc_conversations_leave(&c->peers.conversations);
    gc__peers_settle(&c->peers, &c->step, false);
    c->ready.state = true;
    c->step.own = gc_span_of(NULL, 0);
    c->step.room_tag = NULL;
}

int gc_client_leave(gc_client *c, uint64_t now_ms) {
    int error = gc__client_begin(c, now_ms);
    if (error == 0 && gc__client_is_joined(c)) {
        leave(c, true);
    }
    return error;
}

/* The parts that a join needs, made ready before anything changes. */
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
    error = gc_signaling_client_init(&e->line, o->server, o->key);
    return error != 0 ? error : gc_signaling_client_draw(&e->line, &c->crypto, &c->drbg);
}

static int enter(gc_client *c, entry *e, int error) {
    if (error == 0) {
        if (gc__client_is_joined(c)) {
            leave(c, false); /* what is left of a failed one */
        }
        gc_conversations_enter(&c->peers.conversations, &c->step, e->nick);
        c->peers.serialization = e->serialization;
        gc__meeting_enter(&c->meeting, &c->step, &e->line, &e->membership);
        c->step.own = gc_own_id_span(&c->meeting.line.own);
        c->step.room_tag = gc_membership_room_tag(&c->meeting.membership);
        c->ready.state = true;
    }
    gc_bytes_wipe(e, sizeof *e);
    return error;
}

int gc_client_join_room(gc_client *c, uint64_t now_ms, const gc_client_options *o,
                        const gc_room_name *name) {
    entry e;
    int error = begin_entry(c, now_ms, o, &e);
    if (error == 0) {
        error = !gc_room_name_is_done(name)
                    ? GC_E_STATE
                    : gc_membership_enter_name(&e.membership, &c->crypto, name);
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
    if (!gc__client_is_joined(c) || gc_set_is_empty(live)) {
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
        gc_conversations_block(&c->peers.conversations, text.len);
        return error;
    }
    error = gc_conversations_send(&c->peers.conversations, &c->step, live, text, seq);
    if (error == 0) {
        gc__client_end(c);
    }
    return error;
}

int gc_client_send_to(gc_client *c, uint64_t now_ms, gc_span id, gc_span text, uint64_t *seq) {
    const gc_people *people = &c->peers.people;
    if (gc__client_is_joined(c) && gc_people_find(people, id) == GC_NONE) {
        return GC_E_NOT_FOUND;
    }
    if (gc_set_count(&people->live) > 1) {
        return GC_E_REFUSED;
    }
    return gc_client_send(c, now_ms, text, seq);
}

int gc_client_set_nick(gc_client *c, uint64_t now_ms, gc_span nick) {
    if (!gc_utf8_valid(nick)) {
        return GC_E_UTF8;
    }
    int error = gc__client_begin(c, now_ms);
    if (error != 0 || !gc__client_is_joined(c)) {
        return error != 0 ? error : GC_E_STATE;
    }
    gc_conversations_rename(&c->peers.conversations, nick);
    gc_mesh_rename(&c->peers.mesh, &c->step);
    gc__client_end(c);
    return 0;
}

int gc_client_invite(gc_client *c, gc_span base, uint32_t kind, gc_writer *w) {
    return gc_membership_invite(&c->meeting.membership, &c->crypto, &c->drbg, c->step.own, base,
                                kind, w);
}
