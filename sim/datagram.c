/* People's devices ask the server for their address (STUN), over a path that loses, repeats and
 * reorders datagrams. Each two of them are behind one address: they share its rate. A bucket of our
 * own says for each question whether the server must answer it. */
#include "sim/world.h"
#include "core/base/assert.h"
#include "core/base/mem.h"
#include "core/wire/stun.h"
#include "sim/network.h"

#define REQUEST_BYTES  20
#define BAD_PERMILLE   100  /* of the questions are none */
#define TWICE_PERMILLE 30   /* of the datagrams come twice */
#define PORT_ASKS      16   /* then a device asks from another port */
#define MAPPED_MS      5000 /* nobody waits longer for an answer, however many are lost */
#define SHARE          2    /* devices of one address */
#define SLOWER         6    /* each address asks so many times less often than the one before */

/* --- the oracle's bucket ---------------------------------------------------------------------- */

static uint64_t cost_ms(const sim_world *w) {
    return 1000 / w->asks.per_second;
}

/* A server that has just started owes everybody a whole burst. */
static bool must_answer(sim_world *w, uint32_t asker) {
    sim_source *s = &w->asks.sources[asker / SHARE];
    uint64_t most_ms = GC_STUN_BURST_SECONDS * 1000;
    if (s->starts != w->server.starts) {
        *s = (sim_source){.starts = w->server.starts, .seen_ms = w->now_ms, .credit_ms = most_ms};
    }
    s->credit_ms += w->now_ms - s->seen_ms;
    s->credit_ms = s->credit_ms < most_ms ? s->credit_ms : most_ms;
    s->seen_ms = w->now_ms;
    if (s->credit_ms < cost_ms(w)) {
        return false;
    }
    s->credit_ms -= cost_ms(w);
    return true;
}

/* --- the path --------------------------------------------------------------------------------- */

static void pass(sim_world *w, sim_event e, gc_span bytes) {
    uint32_t copies = 1 + sim_rng_chance(&w->net, TWICE_PERMILLE);
    for (uint32_t i = 0; i < copies; i++) {
        if (sim_rng_chance(&w->net, w->scenario.loss_permille)) {
            continue;
        }
        e.data = sim_pool_copy(&w->pool, bytes);
        e.len = bytes.len;
        sim_world_plan(w, sim_world_latency(w), e);
    }
}

/* --- the device ------------------------------------------------------------------------------- */

static gc_addr address_of(uint32_t asker, uint32_t port) {
    uint32_t source = asker / SHARE;
    gc_addr a = {.family = source % 2 == 0 ? 4 : 6, .port = (uint16_t)port};
    a.ip[0] = a.family == 4 ? 203 : 0x20;
    a.ip[2] = (uint8_t)source;
    if (a.family == 6) {
        a.ip[15] = (uint8_t)(asker + 1); /* of one /64 */
    }
    return a;
}

static void transaction_of(uint32_t asker, uint64_t number, uint8_t out[12]) {
    for (uint32_t i = 0; i < 8; i++) {
        out[i] = (uint8_t)(number >> 8 * i);
    }
    for (uint32_t i = 0; i < 4; i++) {
        out[8 + i] = (uint8_t)(asker >> 8 * i);
    }
}

/* Makes a request into what is none: cut, or with one bit of its type, length or cookie wrong. */
static uint32_t spoil(sim_world *w, uint8_t request[REQUEST_BYTES]) {
    if (sim_rng_chance(&w->net, 500)) {
        return sim_rng_below(&w->net, REQUEST_BYTES);
    }
    uint32_t at = sim_rng_below(&w->net, 8); /* first: compilers differ in the order of operands */
    request[at] ^= (uint8_t)(1u << sim_rng_below(&w->net, 8));
    return REQUEST_BYTES;
}

static void plan_ask(sim_world *w, uint32_t asker) {
    uint32_t mean_ms = w->scenario.ask_ms;
    for (uint32_t i = 0; i < asker / SHARE; i++) {
        mean_ms *= SLOWER;
    }
    sim_world_plan(w, sim_rng_between(&w->net, 1, 2 * mean_ms),
                   (sim_event){.type = SIM_EVENT_ASK, .node = asker});
}

static void ask(sim_world *w, uint32_t asker) {
    sim_asker *a = &w->asks.askers[asker];
    uint8_t request[REQUEST_BYTES], transaction[12];
    if (a->number++ % PORT_ASKS == 0) {
        a->port = sim_rng_between(&w->net, 1024, 65535);
    }
    bool bad = sim_rng_chance(&w->net, BAD_PERMILLE);
    transaction_of(asker, a->number, transaction);
    uint32_t len = gc_stun_write_request(transaction, request);
    if (bad) {
        len = spoil(w, request);
    }
    sim_event e = {.type = SIM_EVENT_QUESTION, .node = SIM_NO_NODE, .number = a->number};
    e.a = asker;
    e.b = bad ? 0 : a->port;
    pass(w, e, gc_span_of(request, len));
    if (w->phase == SIM_PHASE_TRAFFIC) {
        plan_ask(w, asker);
    }
}

static void on_answer(sim_world *w, const sim_event *e) {
    uint8_t transaction[12];
    gc_addr mapped, own = address_of(e->a, e->b);
    transaction_of(e->a, e->number, transaction);
    if (gc_stun_parse_response(gc_span_of(e->data, e->len), transaction, &mapped) != 0 ||
        memcmp(&mapped, &own, sizeof own) != 0) {
        sim_fail(w, SIM_INVARIANT_MAPPED, e->a, e->b, mapped.port, e->number);
    }
    w->asks.askers[e->a].mapped_ms = w->now_ms;
}

/* --- the server ------------------------------------------------------------------------------- */

static void on_question(sim_world *w, const sim_event *e) {
    sim_asks *k = &w->asks;
    if (!w->server.up || !sim_server_path_ok(w, e->a, true)) {
        return;
    }
    gc_addr from = address_of(e->a, e->b);
    uint32_t expected = e->b != 0 && must_answer(w, e->a);
    k->question = e;
    k->answers = 0;
    gc_server_datagram(w->server.core, w->now_ms, from.family, &from, gc_span_of(e->data, e->len));
    sim_server_drain(w);
    k->question = NULL;
    if (k->answers != expected) {
        sim_fail(w, SIM_INVARIANT_ANSWERS, e->a, k->answers, expected, e->number);
    }
}

void sim_datagram_output(sim_world *w, const gc_server_output *o) {
    const sim_event *q = w->asks.question;
    if (w->network != NULL) {
        sim_network_answer(w, o->to, o->bytes);
        return;
    }
    gc_assert(q != NULL); /* the server sends nothing unasked */
    gc_addr from = address_of(q->a, q->b);
    w->asks.answers++;
    sim_world_note(w, q->a, SIM_MARK_SERVER + o->type, o->socket, q->b, q->number, o->bytes);
    if (o->socket != from.family || memcmp(o->to, &from, sizeof from) != 0) {
        sim_fail(w, SIM_INVARIANT_MAPPED, q->a, o->socket, o->to->port, q->number);
    }
    if (sim_server_path_ok(w, q->a, false)) {
        sim_event e = {.type = SIM_EVENT_ANSWER, .node = q->a, .number = q->number};
        e.a = q->a;
        e.b = q->b;
        pass(w, e, o->bytes);
    }
}

void sim_datagram_event(sim_world *w, const sim_event *e) {
    switch (e->type) {
    case SIM_EVENT_ASK:
        ask(w, e->node);
        break;
    case SIM_EVENT_QUESTION:
        on_question(w, e);
        break;
    default:
        on_answer(w, e);
    }
}

void sim_datagrams_start(sim_world *w) {
    sim_asks *k = &w->asks;
    k->askers = gc_arena_take(&w->arena, w->node_count, sizeof *k->askers);
    k->sources = gc_arena_take(&w->arena, w->node_count, sizeof *k->sources);
    k->per_second = SIM_STUN_PER_SECOND;
    gc_assert(k->askers != NULL && k->sources != NULL && w->server.stock == NULL);
    memset(k->askers, 0, w->node_count * sizeof *k->askers);
    memset(k->sources, 0, w->node_count * sizeof *k->sources);
    for (uint32_t i = 0; i < w->node_count; i++) {
        plan_ask(w, i);
    }
}

void sim_oracle_expect_mapped(sim_world *w) {
    for (uint32_t i = 0; i < w->node_count; i++) {
        if (w->asks.askers[i].mapped_ms + MAPPED_MS < w->now_ms) {
            sim_fail(w, SIM_INVARIANT_EXPECT, i, i, 0, w->asks.askers[i].mapped_ms);
        }
    }
}
