#include "rtc/ice_servers.h"
#include "core/base/assert.h"
#include "core/base/mem.h"
#include "core/base/number.h"
#include "core/base/timers.h"

bool gc_ice_servers_add(gc_ice_servers *s, const gc_addr *server) {
    for (uint32_t i = 0; i < s->count; i++) {
        if (gc_candidate_same_addr(&s->servers[i], server)) {
            return false;
        }
    }
    if (s->count == GC_ICE_SERVERS_MAX) {
        return false;
    }
    s->servers[s->count++] = *server;
    return true;
}

void gc_ice_servers_ask(gc_ice_servers *s, uint32_t base) {
    gc_assert(base < GC_ICE_BASES_MAX);
    for (uint32_t i = 0; i < GC_ICE_SERVERS_MAX; i++) {
        s->questions[i][base] = (gc_ice_question){0};
    }
}

/* When a question may go out; GC_NEVER for one that is done or has no sense. */
static uint64_t ready_ms(const gc_ice_servers *s, uint32_t server, const gc_ice_base *bases,
                         uint32_t base, const gc_ice_gate *gate, uint64_t now_ms) {
    const gc_ice_question *q = &s->questions[server][base];
    if (q->due_ms == GC_NEVER || bases[base].addr.family != s->servers[server].family ||
        bases[base].type == GC_CANDIDATE_RELAY) {
        return GC_NEVER;
    }
    return gc_max_u64(gc_max_u64(q->due_ms, gc_ice_gate_floor_ms(gate, now_ms)),
                      gc_ice_gate_free_ms(gate, now_ms, &s->servers[server]));
}

uint64_t gc_ice_servers_deadline(const gc_ice_servers *s, const gc_ice_base *bases,
                                 const gc_ice_gate *gate, uint64_t now_ms) {
    uint64_t at_ms = GC_NEVER;
    for (uint32_t i = 0; i < s->count; i++) {
        for (uint32_t base = 0; base < GC_ICE_BASES_MAX; base++) {
            at_ms = gc_min_u64(at_ms, ready_ms(s, i, bases, base, gate, now_ms));
        }
    }
    return at_ms;
}

/* Counts a send of this question. After the last one nobody waits for the answer. */
static void count_send(gc_ice_question *q, uint64_t now_ms, gc_drbg *drbg) {
    if (q->sends == 0) {
        gc_drbg_bytes(drbg, q->transaction, sizeof q->transaction);
    }
    q->sends++;
    q->due_ms = q->sends < GC_ICE_SERVER_SENDS_MAX
                    ? now_ms + ((uint64_t)GC_ICE_SERVER_RTO_MS << (q->sends - 1))
                    : GC_NEVER;
}

uint32_t gc_ice_servers_poll(gc_ice_servers *s, const gc_ice_base *bases, gc_ice_gate *gate,
                             gc_drbg *drbg, uint64_t now_ms, uint8_t *out, uint32_t *base,
                             gc_addr *to) {
    for (uint32_t i = 0; i < s->count * GC_ICE_BASES_MAX; i++) {
        uint32_t server = i / GC_ICE_BASES_MAX;
        *base = i % GC_ICE_BASES_MAX;
        if (ready_ms(s, server, bases, *base, gate, now_ms) > now_ms) {
            continue;
        }
        gc_ice_question *q = &s->questions[server][*base];
        *to = s->servers[server];
        count_send(q, now_ms, drbg);
        gc_ice_gate_spend(gate, now_ms, to, false);
        gc_writer w;
        gc_writer_init(&w, out, GC_STUN_HEAD_BYTES);
        gc_stun_message_begin(&w, GC_STUN_REQUEST, GC_STUN_BINDING, q->transaction);
        gc_assert(!w.failed);
        return w.at;
    }
    return 0;
}

bool gc_ice_servers_answer(gc_ice_servers *s, uint32_t base, const gc_addr *from,
                           const gc_stun_message *m, gc_addr *mapped) {
    gc_assert(base < GC_ICE_BASES_MAX);
    for (uint32_t i = 0; i < s->count; i++) {
        gc_ice_question *q = &s->questions[i][base];
        if (q->sends == 0 || memcmp(q->transaction, m->transaction, sizeof q->transaction) != 0 ||
            !gc_candidate_same_addr(&s->servers[i], from)) {
            continue;
        }
        bool ok = m->class == GC_STUN_SUCCESS &&
                  gc_stun_message_address(m, GC_STUN_XOR_MAPPED_ADDRESS, mapped) == 0;
        q->due_ms = GC_NEVER; /* an error is an answer too: this server does not help */
        q->sends = 0;
        return ok;
    }
    return false;
}
