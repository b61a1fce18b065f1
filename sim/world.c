#include "sim/sim.h"
#include "core/base/assert.h"
#include "core/base/mem.h"
#include "sim/crypto.h"
#include "sim/names.h"
#include "sim/native.h"
#include "sim/network.h"
#include "sim/partial.h"
#include "sim/strangers.h"

#define VIRTUAL_MS_MAX (20u * 60 * 1000) /* no world takes so long: its phases are bounded */

uint32_t sim_world_latency(sim_world *w) {
    return w->scenario.latency_ms + sim_rng_below(&w->net, w->scenario.jitter_ms + 1);
}

void sim_world_plan(sim_world *w, uint64_t delay_ms, sim_event e) {
    e.at_ms = w->now_ms + delay_ms;
    sim_events_push(&w->events, e);
}

void sim_world_changed(sim_world *w, uint64_t delay_ms) {
    /* Behind healing only those who were to come back then; who tries again later changes nothing.
     */
    bool late = w->phase == SIM_PHASE_MEETING && w->now_ms > w->phase_ms + 10;
    if (w->phase > SIM_PHASE_MEETING || late) {
        return;
    }
    uint64_t at_ms = w->now_ms + delay_ms;
    w->changed_ms = at_ms > w->changed_ms ? at_ms : w->changed_ms;
    w->stale = false;
}

void sim_world_again(sim_world *w, uint64_t delay_ms, sim_event *e) {
    sim_world_plan(w, delay_ms, *e);
    e->data = NULL;
    e->len = 0;
}

void sim_world_note(sim_world *w, uint32_t node, uint32_t mark, uint32_t a, uint32_t b,
                    uint64_t number, gc_span bytes) {
    sim_trace_line line = {
        .at_ms = w->now_ms, .number = number, .node = node, .mark = mark, .a = a, .b = b};
    sim_trace_add(&w->trace, &line, bytes);
}

/* --- making a world --------------------------------------------------------------------------- */

static uint32_t events_max(uint32_t persons) {
    return 65536 + persons * 512;
}

static gc_server_config server_config(uint32_t persons) {
    return (gc_server_config){.concurrent_max = persons * 4 + 64,
                              .stun_per_second = SIM_STUN_PER_SECOND,
                              .connections_max = persons * 6 + 64,
                              .memory_bytes_max = (2u << 20) + persons * 65536u};
}

size_t sim_memory_bytes(const char *scenario) {
    sim_scenario s;
    if (!sim_scenario_get(scenario, 0, &s)) {
        return 0;
    }
    uint32_t persons = s.persons < 16 ? 16 : s.persons;
    gc_server_config config = server_config(persons);
    size_t bytes = (48u << 20) + gc_server_size(&config) + events_max(persons) * sizeof(sim_event);
    bytes += s.native ? sim_native_bytes(persons) : 0;
    return bytes + persons * (gc_client_size() + 65536 + 12 * sizeof(sim_life));
}

static void *take(sim_world *w, size_t count, size_t bytes) {
    void *memory = gc_arena_take(&w->arena, count, bytes);
    gc_assert(memory != NULL);
    memset(memory, 0, count * bytes);
    return memory;
}

static void make_server(sim_world *w) {
    sim_server *s = &w->server;
    if (w->scenario.stock) {
        uint32_t max = w->scenario.concurrent_max;
        s->stock = sim_peer_server_make(&w->arena, w->socket_count, max > 0 ? max : 5000);
        sim_server_start(w);
        return;
    }
    s->config = server_config(w->node_count);
    s->bytes = gc_server_size(&s->config);
    gc_assert(s->bytes > 0);
    s->memory = gc_arena_take(&w->arena, 1, s->bytes);
    gc_assert(s->memory != NULL);
    sim_server_start(w);
}

static void make_people(sim_world *w) {
    const sim_scenario *s = &w->scenario;
    for (uint32_t i = 0; i < w->node_count; i++) {
        sim_node *n = &w->nodes[i];
        n->memory = gc_arena_take(&w->arena, 1, gc_client_size());
        gc_assert(n->memory != NULL);
        for (uint32_t kind = 0; kind < GC_SIGNALING_SOCKETS; kind++) {
            n->sockets[kind] = SIM_NONE;
        }
        n->life = SIM_NONE;
        n->room = i / s->room_size;
        n->guest = i > 0 && i >= s->persons - s->guests;
        /* Clocks of different machines have nothing to do with each other. */
        n->clock_ms = sim_rng_below(&w->users, 1000000);
        sim_node_start(w, i);
        if (s->join_ms > 0) {
            sim_user_plan(w, i, sim_rng_below(&w->users, s->join_ms));
        }
    }
    for (uint32_t i = 0; i < w->room_count; i++) {
        w->rooms[i].secret =
            s->way == SIM_WAY_SECRET || (s->way == SIM_WAY_MIXED && sim_rng_chance(&w->users, 500));
    }
}

static void make(sim_world *w, const sim_options *o) {
    w->seed = o->seed;
    w->meshed_ms = UINT64_MAX;
    w->traffic_end_ms = w->scenario.traffic_ms;
    sim_rng_init(&w->net, o->seed, 2);
    sim_rng_init(&w->fault, o->seed, 3);
    sim_rng_init(&w->users, o->seed, 4);
    sim_rng_init(&w->evil, o->seed, 6);
    sim_trace_init(&w->trace, o->seed);
    w->trace.print = o->print;
    w->trace.context = o->context;
    sim_crypto_init(&w->crypto);
    sim_pool_init(&w->pool, &w->arena);
    w->node_count = w->scenario.persons;
    w->socket_count = w->node_count * 12 + 16;
    w->end_count = w->node_count * 2 * GC_ROOM_MEMBERS_MAX + 512; /* old and new ones */
    w->room_count = w->node_count / w->scenario.room_size + 1;
    sim_events_init(&w->events, &w->arena, events_max(w->node_count));
    w->nodes = take(w, w->node_count, sizeof(sim_node));
    w->sockets = take(w, w->socket_count, sizeof(sim_socket));
    w->ends = take(w, w->end_count, sizeof(sim_end));
    w->rooms = take(w, w->room_count, sizeof(sim_room));
    sim_oracle_init(w);
    make_server(w);
    if (w->scenario.native) {
        sim_native_begin(w);
        sim_strangers_begin(w);
        sim_partial_begin(w);
    }
    make_people(w);
    sim_faults_start(w);
    if (w->scenario.hostile) {
        sim_hostile_start(w);
    }
    if (w->scenario.ask_ms > 0) {
        sim_datagrams_start(w);
    }
    if (w->scenario.episodes > 0) {
        sim_changes_begin(w);
    }
    sim_world_plan(w, 500, (sim_event){.type = SIM_EVENT_SWEEP, .node = SIM_NO_NODE});
}

/* --- running it ------------------------------------------------------------------------------- */

static void handle(sim_world *w, sim_event *e) {
    switch (e->type) {
    case SIM_EVENT_WAKE:
        sim_node_wake(w, e->node, e->a);
        break;
    case SIM_EVENT_USER:
        sim_user_event(w, e);
        break;
    case SIM_EVENT_SERVER_WAKE:
        sim_server_wake(w, e->a);
        break;
    case SIM_EVENT_FAULT:
    case SIM_EVENT_HEAL:
        sim_fault_event(w, e);
        break;
    case SIM_EVENT_SWEEP:
        sim_oracle_sweep(w);
        break;
    case SIM_EVENT_STEP:
        sim_fault_step(w, e->a);
        break;
    case SIM_EVENT_ASK:
    case SIM_EVENT_QUESTION:
    case SIM_EVENT_ANSWER:
        sim_datagram_event(w, e);
        break;
    case SIM_EVENT_NATIVE_WAKE:
        sim_native_wake(w, e->node, e->a);
        break;
    case SIM_EVENT_DATAGRAM:
        sim_network_event(w, e);
        break;
    case SIM_EVENT_MOVE:
        sim_network_move(w);
        break;
    case SIM_EVENT_NAME:
        sim_names_event(w, e);
        break;
    case SIM_EVENT_PARTIAL:
        sim_partial_event(w, e);
        break;
    case SIM_EVENT_SPOOF:
        sim_strangers_event(w);
        break;
    case SIM_EVENT_HOSTILE:
        sim_hostile_event(w);
        break;
    case SIM_EVENT_CHANGE:
        sim_change_event(w, e);
        break;
    default:
        if (e->type <= SIM_EVENT_SOCKET_SERVER_CLOSED) {
            sim_socket_event(w, e);
        } else {
            sim_link_event(w, e);
        }
    }
}

static void run(sim_world *w) {
    sim_event e;
    while (w->phase != SIM_PHASE_DONE && w->oracle.broken == SIM_INVARIANT_NONE &&
           sim_events_pop(&w->events, &e)) {
        gc_assert(e.at_ms >= w->now_ms && e.at_ms < VIRTUAL_MS_MAX);
        w->now_ms = e.at_ms;
        if (e.node != SIM_NO_NODE && sim_node_frozen(w, e.node)) {
            /* It stays in the kernel's queue; the order of arrival is kept. */
            sim_world_again(w, w->nodes[e.node].frozen_until_ms - w->now_ms, &e);
            continue;
        }
        w->event_count++;
        sim_world_note(w, e.node, e.type, e.a, e.b, e.number, gc_span_of(e.data, e.len));
        uint8_t *data = e.data;
        uint32_t len = e.len;
        handle(w, &e);
        if (e.data != NULL) {
            sim_pool_give(&w->pool, data, len);
        }
    }
}

void sim_run(void *memory, size_t bytes, const sim_options *o, sim_result *result) {
    gc_arena arena;
    gc_arena_init(&arena, memory, bytes);
    sim_world *w = gc_arena_take(&arena, 1, sizeof(sim_world));
    gc_assert(w == memory);
    memset(w, 0, sizeof *w);
    w->arena = arena;
    bool known = sim_scenario_get(o->scenario, o->seed, &w->scenario);
    gc_assert(known);
    make(w, o);
    run(w);
    if (w->native != NULL) {
        sim_native_end(w);
    }
    *result = (sim_result){.hash = w->trace.hash,
                           .events = w->event_count,
                           .end_ms = w->now_ms,
                           .shown = w->oracle.shown,
                           .delivered = w->oracle.delivered,
                           .undelivered = w->oracle.undelivered,
                           .gaps = w->oracle.gaps,
                           .meeting_ms = w->meeting_ms,
                           .words_ms = w->words_ms,
                           .prompt_ms = w->prompt_ms,
                           .dial_ms = w->dial_ms,
                           .persons = w->node_count,
                           .meeting_count = w->meeting_count,
                           .broken = w->oracle.broken};
    memcpy(result->meetings, w->meetings, sizeof w->meetings);
}

/* --- the report ------------------------------------------------------------------------------- */

static void field(gc_writer *out, const char *word, uint64_t v) {
    gc_writer_text(out, word);
    gc_writer_decimal(out, v);
}

static void write_scenario(const sim_scenario *s, gc_writer *out) {
    field(out, "persons ", s->persons);
    field(out, ", rooms of ", s->room_size);
    field(out, ", guests ", s->guests);
    field(out, ", latency ", s->latency_ms);
    field(out, "+", s->jitter_ms);
    field(out, " ms, loss ", s->loss_permille);
    field(out, " per mille, ", s->rate_bytes_ms);
    field(out, " B/ms, traffic ", s->traffic_ms);
    gc_writer_text(out, " ms; faults:");
    static const char *const words[] = {
#define X(name, word) word,
        SIM_FAULTS(X)
#undef X
    };
    for (uint32_t i = 0; i < SIM_FAULT_COUNT; i++) {
        if (s->fault_ms[i] > 0) {
            gc_writer_text(out, " ");
            gc_writer_text(out, words[i]);
        }
    }
    gc_writer_text(out, "\n");
}

void sim_report(const sim_world *w, gc_writer *out) {
    uint32_t broken = w->oracle.broken;
    field(out, "seed ", w->seed);
    gc_writer_text(out, " scenario ");
    gc_writer_text(out, w->scenario.name);
    field(out, " at ", w->now_ms);
    gc_writer_text(out, " ms: ");
    gc_writer_text(out, sim_invariant_word((sim_invariant)broken));
    gc_writer_text(out, ": ");
    gc_writer_text(out, sim_invariant_text((sim_invariant)broken));
    gc_writer_text(out, "\n");
    write_scenario(&w->scenario, out);
    uint64_t count = w->trace.count;
    for (uint64_t i = count > SIM_TRACE_LINES ? count - SIM_TRACE_LINES : 0; i < count; i++) {
        gc_writer_text(out, "  ");
        sim_trace_write(&w->trace, i, out);
        gc_writer_text(out, "\n");
    }
}
