#include "sim/partial.h"
#include "core/base/assert.h"
#include "core/base/encoding.h"
#include "core/base/error.h"
#include "core/base/mem.h"
#include "rtc/sctp_chunk.h"
#include "sim/native.h"
#include "sim/prompt.h"

#define PERSONS_MAX   4
#define LINK          0x80000000u /* + the other node: the core's numbers are far below */
#define BEGIN_MS      5000
#define SAY_MS        40 /* mean, between two times of saying something */
#define SAID_MAX      8192
#define SAID_BYTES    20000
#define NUMBER_BYTES  4
#define INIT_HEAD     (GC_SCTP_CHUNK_BYTES + 16) /* RFC 9260 3.3.2: then come parameters */
#define EXTENSIONS    0x8008                     /* RFC 5061 4.2.7 */
#define NO_CHUNK_TYPE 0x3f /* in the place of I-DATA: the RFCs give it no meaning */

enum kind { OFFER, DESCRIPTION, ANSWER, CANDIDATE, SAY };

typedef struct said {
    uint64_t sent_ms; /* the world's */
    uint32_t len;
    bool shown;
} said;

/* One direction of a channel. */
typedef struct way {
    said *said;
    uint32_t count;
    uint32_t next;  /* number after the last that was shown */
    uint32_t shown; /* so many were */
    bool last;      /* the last one that was said is a last word, */
    bool empty;     /* before which nothing waited */
} way;

typedef struct sim_partial {
    sim_rng rng;
    gc_dcep_form forms[PERSONS_MAX][PERSONS_MAX]; /* of the channel that the first one offers */
    bool plain[PERSONS_MAX][PERSONS_MAX];         /* its sides know no I-DATA */
    way ways[PERSONS_MAX][PERSONS_MAX];           /* from the first to the second */
} sim_partial;

static bool is_pair(uint32_t a, uint32_t b) {
    return a < b;
}

static uint32_t offerer_of(uint32_t a, uint32_t b) {
    return a < b ? a : b;
}

static const gc_dcep_form *form_of(const sim_partial *p, uint32_t a, uint32_t b) {
    return &p->forms[offerer_of(a, b)][a < b ? b : a];
}

static void plan(sim_world *w, uint32_t delay_ms, uint32_t node, uint32_t other, enum kind kind,
                 gc_span bytes) {
    sim_event e = {.type = SIM_EVENT_PARTIAL, .node = node, .a = other, .b = kind};
    if (bytes.len > 0) {
        e.data = sim_pool_copy(&w->pool, bytes);
        e.len = bytes.len;
    }
    sim_world_plan(w, delay_ms, e);
}

static gc_dcep_form draw_form(sim_rng *r) {
    gc_dcep_form form = {.unordered = sim_rng_chance(r, 250)};
    if (sim_rng_chance(r, 500)) {
        form.limit = GC_DCEP_LIFETIME_MS;
        form.reliability = sim_rng_between(r, 1, 1000);
    } else {
        form.limit = GC_DCEP_RETRANSMITS;
        form.reliability = sim_rng_below(r, 3);
    }
    return form;
}

void sim_partial_begin(sim_world *w) {
    if (!w->scenario.partial) {
        return;
    }
    sim_partial *p = gc_arena_take(&w->arena, 1, sizeof *p);
    gc_assert(p != NULL && w->node_count <= PERSONS_MAX);
    memset(p, 0, sizeof *p);
    sim_rng_init(&p->rng, w->seed, 11);
    w->partial = p;
    for (uint32_t a = 0; a < w->node_count; a++) {
        for (uint32_t b = 0; b < w->node_count; b++) {
            p->ways[a][b].said = gc_arena_take(&w->arena, SAID_MAX, sizeof(said));
            gc_assert(p->ways[a][b].said != NULL);
            if (is_pair(a, b)) {
                p->forms[a][b] = draw_form(&p->rng);
                p->plain[a][b] = sim_rng_chance(&p->rng, 500);
                plan(w, BEGIN_MS, a, b, OFFER, GC_SPAN_NONE);
            }
        }
    }
}

/* --- what is said ----------------------------------------------------------------------------- */

/* Four bytes of a message's number, then what no other message has. */
static void compose(uint32_t from, uint32_t to, uint32_t number, uint8_t *out, uint32_t len) {
    uint64_t draw = sim_mix((uint64_t)number << 16 | from << 8 | to);
    for (uint32_t i = 0; i < len; i++) {
        out[i] = i < NUMBER_BYTES ? (uint8_t)(number >> 8 * i) : (uint8_t)(draw >> i % 57);
    }
}

static void say(sim_world *w, uint32_t node, uint32_t other, uint32_t len) {
    way *y = &w->partial->ways[node][other];
    gc_assert(y->count < SAID_MAX);
    uint8_t *bytes = sim_pool_take(&w->pool, len);
    compose(node, other, y->count, bytes, len);
    uint64_t now_ms = 0;
    gc_rtc *rtc = sim_native_input(w, node, &now_ms);
    int error =
        gc_rtc_send(rtc, now_ms, LINK | other, GC_CHANNEL_DATA_BYTES, gc_span_of(bytes, len));
    sim_pool_give(&w->pool, bytes, len);
    gc_assert(error == 0 || error == GC_E_FULL);
    if (error == 0) {
        y->said[y->count++] = (said){.sent_ms = w->now_ms, .len = len};
    }
    sim_node_drain(w, node);
}

static void say_some(sim_world *w, uint32_t node, uint32_t other) {
    sim_rng *r = &w->partial->rng;
    if (w->phase != SIM_PHASE_TRAFFIC) {
        return;
    }
    uint32_t count = sim_rng_chance(r, 100) ? sim_rng_between(r, 2, 12) : 1;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t most = sim_rng_chance(r, 60) ? SAID_BYTES : 400;
        say(w, node, other, sim_rng_between(r, NUMBER_BYTES, most));
    }
    plan(w, sim_rng_between(r, 1, 2 * SAY_MS), node, other, SAY, GC_SPAN_NONE);
}

/* --- what comes ------------------------------------------------------------------------------- */

static void fail(sim_world *w, uint32_t node, uint32_t other, uint32_t what, uint32_t number) {
    sim_fail(w, SIM_INVARIANT_PARTIAL, node, other, what, number);
}

/* When a message that was passed over can have been, at the soonest. Its last transmission is lost
 * when something that was sent after it is acknowledged, or nothing is: not within a round trip;
 * the ones before it may have been probes, which wait for nothing. */
static uint64_t over_ms(const sim_world *w, const gc_dcep_form *form, const said *s) {
    uint64_t way_ms = w->scenario.latency_ms;
    uint64_t limit_ms = form->limit == GC_DCEP_LIFETIME_MS ? form->reliability : 2 * way_ms;
    return s->sent_ms + limit_ms + way_ms;
}

static void check_order(sim_world *w, uint32_t node, uint32_t from, uint32_t number) {
    const gc_dcep_form *form = form_of(w->partial, node, from);
    way *y = &w->partial->ways[from][node];
    if (number < y->next) {
        fail(w, node, from, 2, number);
    }
    for (; y->next < number; y->next++) {
        if (over_ms(w, form, &y->said[y->next]) > w->now_ms) {
            fail(w, node, from, 3, y->next);
        }
    }
}

static void on_message(sim_world *w, uint32_t node, uint32_t from, gc_span bytes) {
    way *y = &w->partial->ways[from][node];
    uint32_t number = 0;
    for (uint32_t i = 0; i < NUMBER_BYTES && i < bytes.len; i++) {
        number |= (uint32_t)bytes.data[i] << 8 * i;
    }
    if (number >= y->count || y->said[number].len != bytes.len) {
        fail(w, node, from, 0, number);
        return;
    }
    uint8_t *typed = sim_pool_take(&w->pool, bytes.len);
    compose(from, node, number, typed, bytes.len);
    if (memcmp(typed, bytes.data, bytes.len) != 0 || y->said[number].shown) {
        fail(w, node, from, 1, number);
    }
    sim_pool_give(&w->pool, typed, bytes.len);
    if (!form_of(w->partial, node, from)->unordered) {
        check_order(w, node, from, number);
    }
    y->said[number].shown = true;
    y->shown++;
    y->next = number >= y->next ? number + 1 : y->next;
}

/* --- links ------------------------------------------------------------------------------------ */

/* The INIT in a description as of a side that does not know I-DATA. */
static void forget_interleaving(uint8_t *init, uint32_t len) {
    gc_reader r;
    gc_sctp_parameter p;
    gc_reader_init(&r, gc_span_of(init + INIT_HEAD, len - INIT_HEAD));
    while (gc_sctp_parameter_next(&r, &p)) {
        for (uint32_t i = 0; p.type == EXTENSIONS && i < p.value.len; i++) {
            uint8_t *type = init + (p.value.data - init) + i;
            *type =
                *type == GC_SCTP_I_DATA || *type == GC_SCTP_I_FORWARD_TSN ? NO_CHUNK_TYPE : *type;
        }
    }
}

static gc_span without_interleaving(gc_span sdp, uint8_t copy[GC_SDP_BYTES_MAX]) {
    static const gc_span name = {(const uint8_t *)"a=sctp-init:", 12};
    uint8_t init[256];
    uint32_t at = 0, len = 0;
    memcpy(copy, sdp.data, sdp.len);
    while (!gc_span_starts(gc_span_from(sdp, at), name)) {
        at++;
    }
    at += name.len;
    while (sdp.data[at + len] != '\r') {
        len++;
    }
    uint32_t bytes = len / 4 * 3;
    bytes -= sdp.data[at + len - 1] == '=';
    bytes -= sdp.data[at + len - 2] == '=';
    int error = gc_base64_read(gc_span_of(sdp.data + at, len), init, bytes);
    gc_assert(error == 0 && bytes > INIT_HEAD);
    forget_interleaving(init, bytes);
    gc_writer text;
    gc_writer_init(&text, copy + at, len);
    gc_base64_write(&text, gc_span_of(init, bytes));
    gc_assert(gc_writer_done(&text).len == len);
    return gc_span_of(copy, sdp.len);
}

static void offer(sim_world *w, uint32_t node, uint32_t other) {
    uint64_t now_ms = 0;
    gc_rtc *rtc = sim_native_input(w, node, &now_ms);
    int error = gc_rtc_offer(rtc, now_ms, LINK | other, GC_LINK_KIND_EITHER, GC_SPAN("partial"));
    gc_assert(error == 0);
    gc_rtc_shape(rtc, LINK | other, form_of(w->partial, node, other));
}

static void take(sim_world *w, const sim_event *e) {
    uint64_t now_ms = 0;
    gc_rtc *rtc = sim_native_input(w, e->node, &now_ms);
    gc_span bytes = gc_span_of(e->data, e->len);
    if (e->b == CANDIDATE) {
        gc_rtc_candidate(rtc, now_ms, LINK | e->a, bytes);
    } else if (e->b == ANSWER) {
        gc_rtc_remote(rtc, now_ms, LINK | e->a, GC_LINK_KIND_DATA, bytes);
    } else {
        int error = gc_rtc_answer(rtc, now_ms, LINK | e->a, GC_LINK_KIND_DATA, bytes);
        gc_assert(error == 0);
    }
}

void sim_partial_event(sim_world *w, const sim_event *e) {
    if (e->b == SAY) {
        say_some(w, e->node, e->a);
        return;
    }
    if (e->b == OFFER) {
        offer(w, e->node, e->a);
    } else {
        take(w, e);
    }
    sim_node_drain(w, e->node);
}

static void on_description(sim_world *w, uint32_t node, uint32_t other, gc_span sdp) {
    uint8_t copy[GC_SDP_BYTES_MAX];
    bool plain = w->partial->plain[offerer_of(node, other)][node < other ? other : node];
    plan(w, w->scenario.latency_ms, other, node, is_pair(node, other) ? DESCRIPTION : ANSWER,
         plain ? without_interleaving(sdp, copy) : sdp);
}

bool sim_partial_report(sim_world *w, uint32_t node, const gc_rtc_output *o) {
    uint32_t other = o->link & ~LINK;
    if (w->partial == NULL || (o->link & LINK) == 0) {
        return false;
    }
    switch (o->type) {
    case GC_RTC_DESCRIPTION:
        on_description(w, node, other, o->bytes);
        break;
    case GC_RTC_CANDIDATE:
        plan(w, w->scenario.latency_ms, other, node, CANDIDATE, o->bytes);
        break;
    case GC_RTC_OPENED:
        plan(w, 1, node, other, SAY, GC_SPAN_NONE);
        break;
    case GC_RTC_MESSAGE:
        on_message(w, node, other, o->bytes);
        break;
    case GC_RTC_BUFFERED:
        w->partial->ways[node][other].empty = o->value <= NUMBER_BYTES;
        break;
    case GC_RTC_CLOSED:
        sim_fail(w, SIM_INVARIANT_STEADY, node, other, 0, o->value);
        break;
    default:
        break;
    }
    return true;
}

/* --- last words ------------------------------------------------------------------------------- */

static bool has_come(const way *y) {
    return y->last && y->empty && y->said[y->count - 1].shown;
}

static bool words_of(sim_world *w, uint32_t node, uint32_t other) {
    way *y = &w->partial->ways[node][other];
    if (node == other || has_come(y)) {
        return true;
    }
    if (w->now_ms > w->phase_ms + SIM_PROMPT_MS) {
        fail(w, other, node, 4, y->count);
        return false;
    }
    y->last = true;
    say(w, node, other, NUMBER_BYTES);
    return false;
}

bool sim_partial_words(sim_world *w) {
    bool all = true;
    uint32_t said_count = 0, shown_count = 0;
    for (uint32_t a = 0; a < w->node_count && w->partial != NULL; a++) {
        for (uint32_t b = 0; b < w->node_count; b++) {
            all = words_of(w, a, b) && all;
            said_count += w->partial->ways[a][b].count;
            shown_count += w->partial->ways[a][b].shown;
        }
    }
    if (w->partial != NULL && all && said_count == shown_count) {
        fail(w, SIM_NO_NODE, 0, 5, said_count); /* nothing was given up */
    }
    return all;
}
