/* People: they join by name, by the link of a private room or by somebody's own link, say things
 * that nobody else says, leave, come back, and try again when they are told that it failed. */
#include "sim/world.h"
#include "core/base/assert.h"
#include "core/base/error.h"
#include "core/base/mem.h"

#define RETRY_MS 200 /* for a link that nobody has made yet */

void sim_user_plan(sim_world *w, uint32_t node, uint32_t delay_ms) {
    sim_node *n = &w->nodes[node];
    n->plan++;
    sim_world_plan(w, delay_ms, (sim_event){.type = SIM_EVENT_USER, .node = node, .a = n->plan});
}

static void plan_send(sim_world *w, uint32_t node) {
    if (w->scenario.send_ms > 0 && !sim_is_hostile(w, node) && w->phase == SIM_PHASE_TRAFFIC) {
        sim_user_plan(w, node, sim_rng_between(&w->users, 1, 2 * w->scenario.send_ms));
    }
}

/* --- joining ---------------------------------------------------------------------------------- */

static gc_client_options options_of(const sim_world *w, uint32_t node, uint8_t nick[8]) {
    gc_writer name;
    gc_writer_init(&name, nick, 8);
    gc_writer_text(&name, "P");
    gc_writer_decimal(&name, node);
    return (gc_client_options){.server = GC_SPAN("http://sim.test/"),
                               .key = w->scenario.bad_key ? GC_SPAN("other") : GC_SPAN(""),
                               .nick = gc_writer_done(&name)};
}

static bool make_link(sim_world *w, uint32_t node, uint32_t kind, uint8_t *out, uint32_t *len) {
    gc_writer link;
    gc_writer_init(&link, out, GC_URL_BYTES_MAX);
    int error = gc_client_invite(w->nodes[node].client, GC_SPAN("https://sim.test/"), kind, &link);
    *len = link.at;
    return error == 0 && !link.failed;
}

/* 1: not possible yet. */
static int join_as_guest(sim_world *w, uint32_t node, const gc_client_options *o) {
    uint8_t link[GC_URL_BYTES_MAX];
    uint32_t len;
    if (!w->nodes[0].present || w->nodes[0].client == NULL) {
        return 1;
    }
    if (!make_link(w, 0, GC_INVITE_PEER_SECRET, link, &len)) {
        return GC_E_STATE;
    }
    return gc_client_join_link(w->nodes[node].client, sim_node_now(w, node), o,
                               gc_span_of(link, len));
}

static int join_secret(sim_world *w, uint32_t node, const gc_client_options *o) {
    sim_node *n = &w->nodes[node];
    sim_room *room = &w->rooms[n->room];
    if (room->link_len > 0) {
        return gc_client_join_link(n->client, sim_node_now(w, node), o,
                                   gc_span_of(room->link, room->link_len));
    }
    int error = gc_client_new_room(n->client, sim_node_now(w, node), o);
    if (error == 0 && !make_link(w, node, 0, room->link, &room->link_len)) {
        error = GC_E_STATE;
    }
    return error;
}

static int join_name(sim_world *w, uint32_t node, const gc_client_options *o) {
    uint8_t text[16];
    gc_writer name;
    gc_writer_init(&name, text, sizeof text);
    gc_writer_text(&name, "room ");
    gc_writer_decimal(&name, w->nodes[node].room);
    gc_room_name room;
    int error = gc_room_name_begin(&room, gc_writer_done(&name));
    while (error == 0 && !gc_room_name_is_done(&room)) {
        error = gc_room_name_answer(&room, gc_room_name_text(&room)); /* ASCII is its own NFKC */
    }
    return error != 0 ? error
                      : gc_client_join_room(w->nodes[node].client, sim_node_now(w, node), o, &room);
}

void sim_user_join(sim_world *w, uint32_t node) {
    sim_node *n = &w->nodes[node];
    uint8_t nick[8];
    gc_client_options o = options_of(w, node, nick);
    if (n->client == NULL || n->present) {
        return;
    }
    int error = n->guest                   ? join_as_guest(w, node, &o)
                : w->rooms[n->room].secret ? join_secret(w, node, &o)
                                           : join_name(w, node, &o);
    if (error == 1) {
        sim_user_plan(w, node, RETRY_MS);
        return;
    }
    if (error != 0) {
        sim_fail(w, SIM_INVARIANT_JOIN, node, n->room, 0, (uint64_t)-error);
        return;
    }
    n->present = true;
    n->comes_back = false;
    n->full = false;
    n->host_life = n->guest ? w->nodes[0].life : SIM_NONE;
    sim_world_note(w, node, SIM_MARK_JOIN, n->room, n->guest, 0, gc_client_id(n->client));
    sim_world_changed(w, 0);
    sim_oracle_joined(w, node);
    plan_send(w, node);
    sim_node_drain(w, node);
}

void sim_user_leave(sim_world *w, uint32_t node) {
    sim_node *n = &w->nodes[node];
    if (n->client == NULL || !n->present) {
        return;
    }
    sim_world_note(w, node, SIM_MARK_LEAVE, n->room, 0, 0, GC_SPAN_NONE);
    n->present = false;
    n->plan++;
    sim_world_changed(w, 0);
    sim_oracle_ended(w, node, true);
    int error = gc_client_leave(n->client, sim_node_now(w, node));
    gc_assert(error == 0);
    sim_node_drain(w, node);
}

/* --- sending ---------------------------------------------------------------------------------- */

static uint32_t text_bytes(sim_world *w) {
    /* One in 16 is up to what the protocol takes: several of those fill a window. */
    uint32_t most = sim_rng_below(&w->users, 16) == 0 ? GC_TEXT_BYTES_MAX : w->scenario.text_bytes;
    return sim_rng_between(&w->users, 40, most);
}

/* "m<number> n<node> " and filler that differs from message to message. */
static gc_span compose(sim_world *w, uint32_t node, uint8_t *out, uint32_t len) {
    gc_writer text;
    gc_writer_init(&text, out, len);
    gc_writer_text(&text, "m");
    gc_writer_decimal(&text, sim_oracle_next(w));
    gc_writer_text(&text, " n");
    gc_writer_decimal(&text, node);
    gc_writer_text(&text, " ");
    uint64_t draw = sim_rng_next(&w->users);
    for (uint32_t i = text.at; i < len; i++) {
        out[i] = (uint8_t)('a' + (draw >> i % 48 & 15));
    }
    return gc_span_of(out, len);
}

bool sim_user_send(sim_world *w, uint32_t node) {
    sim_node *n = &w->nodes[node];
    if (n->client == NULL || !n->present) {
        return false;
    }
    uint32_t len = text_bytes(w);
    uint8_t *data = sim_pool_take(&w->pool, len);
    gc_span text = compose(w, node, data, len);
    uint64_t seq = 0, seen_ms = n->seen_ms;
    int error = gc_client_send(n->client, sim_node_now(w, node), text, &seq);
    if (error == 0) {
        sim_world_note(w, node, SIM_MARK_SEND, len, 0, seq, text);
        sim_oracle_sent(w, node, text, seq);
    } else if (error == GC_E_FULL) {
        n->full = true;
    } else if (error == GC_E_STATE) {
        n->seen_ms = seen_ms; /* a call that is refused before all does not take its time */
    } else {
        sim_fail(w, SIM_INVARIANT_JOIN, node, len, 1, (uint64_t)-error);
    }
    sim_pool_give(&w->pool, data, len);
    sim_node_drain(w, node);
    return error == 0;
}

void sim_user_event(sim_world *w, const sim_event *e) {
    sim_node *n = &w->nodes[e->node];
    if (n->client == NULL || e->a != n->plan) {
        return;
    }
    if (!n->present) {
        sim_user_join(w, e->node);
        return;
    }
    if (n->state == GC_STATE_FAILED) {
        sim_user_leave(w, e->node);
        n->comes_back = true;
        sim_user_plan(w, e->node, 1);
        return;
    }
    if (w->phase != SIM_PHASE_TRAFFIC) {
        return;
    }
    uint32_t burst = sim_rng_below(&w->users, 8) == 0 ? sim_rng_between(&w->users, 2, 12) : 1;
    for (uint32_t i = 0; i < burst && !n->full; i++) {
        sim_user_send(w, e->node);
    }
    if (n->client != NULL && n->present) {
        plan_send(w, e->node);
    }
}
