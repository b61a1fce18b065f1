#include "sim/names.h"
#include "core/base/encoding.h"
#include "core/base/assert.h"
#include "core/base/mem.h"
#include "sim/native.h"
#include "sim/network.h"

/* A question is a head of 12 bytes, a name as labels of 36 and 5 characters, type and class. */
#define HEAD_BYTES     12
#define NAME_BYTES     44
#define QUESTION_BYTES (HEAD_BYTES + NAME_BYTES + 4)
#define UUID_CHARS     36

enum { QUESTION, ANSWER };

bool sim_names_hides(const sim_world *w, uint32_t node) {
    return (w->scenario.hidden >> node % 32 & 1) != 0;
}

/* The name of an address of the process that runs now: 12 digits that tell whose it is. */
static void write_uuid(const sim_world *w, uint32_t node, uint32_t base, gc_writer *out) {
    uint32_t v[] = {node, w->nodes[node].run, base};
    gc_writer_text(out, "00000000-0000-4000-8000-");
    for (uint32_t i = 0; i < 3; i++) {
        for (uint32_t shift = 16; shift > 0; shift -= 4) {
            gc_writer_u8(out, gc_hex_digit(v[i] >> (shift - 4) & 15));
        }
    }
}

static bool ends_host(gc_span text) {
    gc_span end = GC_SPAN(" typ host");
    return text.len >= end.len && gc_span_equal(gc_span_from(text, text.len - end.len), end);
}

/* "candidate:h0 1 udp 2130706431 192.0.2.1 40001 typ host": the fifth word is the address. */
gc_span sim_names_hide(const sim_world *w, uint32_t node, gc_span candidate,
                       uint8_t memory[SIM_NAME_CANDIDATE_BYTES]) {
    uint32_t word = 0;
    bool six = false, named = false;
    if (!ends_host(candidate)) {
        return candidate;
    }
    for (uint32_t i = 0; i < candidate.len; i++) {
        word += candidate.data[i] == ' ';
        six = six || (word == 4 && candidate.data[i] == ':');
    }
    gc_writer out;
    gc_writer_init(&out, memory, SIM_NAME_CANDIDATE_BYTES);
    word = 0;
    for (uint32_t i = 0; i < candidate.len; i++) {
        word += candidate.data[i] == ' ';
        if (word != 4 || candidate.data[i] == ' ') {
            gc_writer_u8(&out, candidate.data[i]);
        } else if (!named) {
            named = true;
            write_uuid(w, node, six ? 1 : 0, &out);
            gc_writer_text(&out, ".local");
        }
    }
    gc_assert(!out.failed);
    return gc_writer_done(&out);
}

/* --- the group -------------------------------------------------------------------------------- */

static void send_all(sim_world *w, uint32_t node, uint32_t kind, gc_span bytes) {
    for (uint32_t i = 0; i < w->node_count; i++) {
        if (i != node && !sim_rng_chance(&w->net, w->scenario.loss_permille)) {
            sim_event e = {.type = SIM_EVENT_NAME, .node = i, .a = node, .b = kind};
            e.data = sim_pool_copy(&w->pool, bytes);
            e.len = bytes.len;
            sim_world_plan(w, sim_world_latency(w), e);
        }
    }
}

void sim_names_ask(sim_world *w, uint32_t node, gc_span question) {
    if (w->scenario.nats == SIM_NATS_NONE) {
        send_all(w, node, QUESTION, question);
    }
}

/* RFC 6762 6: a record of the type that was asked for, with the bit that no other is valid. */
static void answer(sim_world *w, uint32_t node, uint32_t base, gc_span question) {
    const gc_addr *own = &w->network->hosts[node].bases[base];
    uint8_t memory[HEAD_BYTES + NAME_BYTES + 10 + 16] = {0, 0, 0x84, 0, 0, 0, 0, 1};
    uint32_t len = own->family == 4 ? 4 : 16, at = HEAD_BYTES + NAME_BYTES;
    uint8_t record[] = {0, own->family == 4 ? 1 : 28, 0x80, 1, 0, 0, 0, 120, 0, (uint8_t)len};
    memcpy(memory + HEAD_BYTES, question.data + HEAD_BYTES, NAME_BYTES);
    memcpy(memory + at, record, sizeof record);
    memcpy(memory + at + sizeof record, own->ip, len);
    send_all(w, node, ANSWER, gc_span_of(memory, at + (uint32_t)sizeof record + len));
}

static void on_question(sim_world *w, uint32_t node, gc_span question) {
    for (uint32_t base = 0; base < SIM_HOST_BASES && sim_names_hides(w, node); base++) {
        const gc_addr *own = &w->network->hosts[node].bases[base];
        uint8_t type = own->family == 4 ? 1 : 28, uuid[UUID_CHARS];
        gc_writer name;
        gc_writer_init(&name, uuid, sizeof uuid);
        write_uuid(w, node, base, &name);
        gc_assert(name.at == UUID_CHARS);
        if (own->family != 0 && own->port != 0 && question.len == QUESTION_BYTES &&
            question.data[HEAD_BYTES + NAME_BYTES + 1] == type &&
            memcmp(question.data + HEAD_BYTES + 1, uuid, UUID_CHARS) == 0) {
            answer(w, node, base, question);
        }
    }
}

void sim_names_event(sim_world *w, sim_event *e) {
    if (!sim_path_ok(w, e->a, e->node) || w->nodes[e->node].client == NULL) {
        return;
    }
    gc_span bytes = gc_span_of(e->data, e->len);
    if (e->b == QUESTION) {
        on_question(w, e->node, bytes);
    } else {
        sim_native_multicast(w, e->node, bytes);
    }
}
