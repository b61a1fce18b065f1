/* A hostile member: it is let in like everybody else, and then says any frame with any number at
 * any time, on links of its core and on links that it makes beside it, and sends any signaling
 * message under its own id. Nobody else may lose a message, a link or a place. */
#include "core/base/encoding.h"
#include "core/base/mem.h"
#include "core/base/reason.h"
#include "core/wire/frame.h"
#include "sim/world.h"

#define FRAME_MAX 2048

bool sim_is_hostile(const sim_world *w, uint32_t node) {
    return w->scenario.hostile && node == w->node_count - 1;
}

static void plan_next(sim_world *w) {
    uint32_t ms = sim_rng_between(&w->evil, 1, sim_rng_chance(&w->evil, 50) ? 1000 : 50);
    sim_world_plan(w, ms, (sim_event){.type = SIM_EVENT_HOSTILE, .node = SIM_NO_NODE});
}

void sim_hostile_start(sim_world *w) {
    plan_next(w);
}

/* --- frames ----------------------------------------------------------------------------------- */

/* Near either end of a range, or small. */
static uint64_t any_number(sim_rng *r) {
    const uint64_t ends[] = {0, 1, GC_SEQ_MAX, UINT32_MAX, UINT64_MAX, 1ULL << 63, 256, 64};
    uint64_t number = ends[sim_rng_below(r, 8)] + sim_rng_below(r, 8) - 4;
    bool valid = number >= 1 && number <= GC_SEQ_MAX;
    /* Most must be valid, or no link lives long enough for the others to meet anything. */
    return valid || sim_rng_chance(r, 20) ? number : GC_SEQ_MAX - sim_rng_below(r, 3);
}

static void write_number(gc_writer *w, uint64_t number) {
    gc_writer_u32(w, (uint32_t)(number >> 32));
    gc_writer_u32(w, (uint32_t)number);
}

static void write_filler(gc_writer *w, sim_rng *r, uint32_t len) {
    for (uint32_t i = 0; i < len; i++) {
        gc_writer_u8(w, (uint8_t)(sim_rng_chance(r, 950) ? 'e' : sim_rng_below(r, 256)));
    }
}

static void write_start(gc_writer *w, sim_rng *r) {
    uint8_t session[GC_SESSION_BYTES];
    memset(session, (int)sim_rng_below(r, 3), sizeof session);
    gc_writer_u8(w, 1);
    gc_writer_u32(w, (uint32_t)any_number(r));
    gc_writer_bytes(w, session, sizeof session);
    gc_writer_bytes(w, session, sizeof session);
    write_number(w, any_number(r));
    write_number(w, sim_rng_chance(r, 800) ? 0 : any_number(r));
    gc_writer_u32(w, (uint32_t)any_number(r));
}

/* A frame of any type, mostly well formed, with any numbers. Returns its channel. */
static uint32_t write_frame(gc_writer *w, sim_rng *r, bool first) {
    static const uint8_t types[] = {GC_FRAME_ACK,     GC_FRAME_BASE,   GC_FRAME_PROFILE,
                                    GC_FRAME_BYE,     GC_FRAME_PING,   GC_FRAME_PONG,
                                    GC_FRAME_MESSAGE, GC_FRAME_MESSAGE};
    uint8_t type = first ? GC_FRAME_START : types[sim_rng_below(r, 8)];
    type = sim_rng_chance(r, 30) ? (uint8_t)sim_rng_below(r, 256) : type;
    if (type == GC_FRAME_BYE && !sim_rng_chance(r, 100)) {
        type = GC_FRAME_PING;
    }
    uint32_t len = sim_rng_below(r, sim_rng_chance(r, 50) ? 1500 : 40);
    gc_writer_u8(w, type);
    if (type == GC_FRAME_START) {
        write_start(w, r);
    } else if (type == GC_FRAME_PING || type == GC_FRAME_PONG) {
        gc_writer_u32(w, (uint32_t)any_number(r));
    } else if (type == GC_FRAME_PROFILE) {
        gc_writer_u8(w, GC_FIELD_NICK);
        gc_writer_u16(w, (uint16_t)(len % 33));
        write_filler(w, r, len % 33);
    } else if (type == GC_FRAME_BYE) {
        gc_writer_u8(w, (uint8_t)any_number(r));
    } else {
        write_number(w, any_number(r));
    }
    if (type == GC_FRAME_MESSAGE) {
        gc_writer_u16(w, (uint16_t)len);
        write_filler(w, r, len);
    }
    return sim_rng_chance(r, 20) ? sim_rng_below(r, 2) : type == GC_FRAME_MESSAGE;
}

static void speak(sim_world *w, sim_end *end) {
    uint8_t bytes[FRAME_MAX];
    uint32_t count = sim_rng_chance(&w->evil, 50) ? 200 : sim_rng_between(&w->evil, 1, 10);
    for (uint32_t i = 0; i < count && end->buffered < 200000; i++) {
        gc_writer frame;
        gc_writer_init(&frame, bytes, sizeof bytes);
        bool first = end->forged && end->next[0] == 0;
        uint32_t channel = write_frame(&frame, &w->evil, first);
        uint32_t cut = sim_rng_chance(&w->evil, 10) ? sim_rng_below(&w->evil, 4) : 0;
        gc_span whole = gc_writer_done(&frame);
        whole.len -= cut < whole.len ? cut : 0;
        sim_link_say(w, end, first ? 0 : channel, whole);
    }
}

/* --- signaling -------------------------------------------------------------------------------- */

static void write_dial(gc_writer *text, sim_rng *r) {
    uint8_t dial[GC_DIAL_BYTES] = {0};
    dial[0] = (uint8_t)sim_rng_next(r);
    dial[1] = (uint8_t)sim_rng_next(r);
    gc_base64url_write(text, gc_span_of(dial, sizeof dial));
}

/* An offer of any kind: under the room's tag or not, of one of ours or of a stock peer, which leads
 * to a link or nowhere. */
static void write_offer(sim_world *w, uint32_t node, gc_writer *text) {
    sim_rng *r = &w->evil;
    bool stock = sim_rng_chance(r, 400);
    gc_writer_text(text, stock ? "\"payload\":{\"type\":\"data\",\"serialization\":\"raw\","
                                 "\"connectionId\":\""
                               : "\"payload\":{\"type\":\"ghostchat\",\"v\":1,\"dial\":\"");
    write_dial(text, r);
    gc_writer_text(text, stock ? "\",\"sdp\":{\"sdp\":\"" : "\",\"sdp\":\"");
    if (sim_rng_chance(r, 300) || sim_link_forge(w, node, text) == NULL) {
        gc_writer_text(text, "junk");
    }
    gc_writer_text(text, stock ? "\"}}" : "\"}");
}

static void signal(sim_world *w, uint32_t node) {
    static const char *const types[] = {"OFFER", "OFFER", "ANSWER", "CANDIDATE", "LEAVE", "EXPIRE"};
    sim_rng *r = &w->evil;
    uint8_t bytes[1024];
    uint32_t type = sim_rng_below(r, 6), other = sim_rng_below(r, w->node_count);
    gc_span to =
        w->nodes[other].client == NULL ? GC_SPAN("nobody") : gc_client_id(w->nodes[other].client);
    gc_writer text;
    gc_writer_init(&text, bytes, sizeof bytes);
    gc_writer_text(&text, "{\"type\":\"");
    gc_writer_text(&text, types[type]);
    gc_writer_text(&text, "\",\"dst\":\"");
    gc_writer_span(&text, to.len > 0 ? to : GC_SPAN("nobody"));
    gc_writer_text(&text, "\",");
    write_offer(w, node, &text);
    gc_writer_text(&text, "}");
    sim_socket_send(w, node, GC_SIGNALING_SOCKET_OWN, gc_writer_done(&text));
}

void sim_hostile_event(sim_world *w) {
    uint32_t node = w->node_count - 1;
    const sim_node *n = &w->nodes[node];
    if (w->phase >= SIM_PHASE_LEAVING) {
        return;
    }
    plan_next(w);
    if (n->client == NULL || !n->present || sim_node_frozen(w, node)) {
        return;
    }
    if (n->signaling == GC_SIGNALING_STATE_ON && sim_rng_chance(&w->evil, 100)) {
        signal(w, node);
    }
    for (uint32_t i = 0; i < n->end_count; i++) {
        sim_end *end = &w->ends[n->ends[i]];
        if (end->open && !end->lingering && sim_rng_chance(&w->evil, 300)) {
            speak(w, end);
        }
    }
}
