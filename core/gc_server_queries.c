/* What the HTTP side of a host asks: new ids, registered ids, figures. */
#include "core/base/assert.h"
#include "core/gc_server.h"
#include "core/server/inside.h"

/* RFC 9562 5.4: version 4, variant 10. */
void gc_server_new_id(gc_server *s, uint8_t out[36]) {
    const char *digits = "0123456789abcdef";
    gc_span id = gc_span_of(out, 36);
    do {
        uint8_t r[16];
        gc_drbg_bytes(&s->drbg, r, sizeof r);
        r[6] = (uint8_t)((r[6] & 0x0f) | 0x40);
        r[8] = (uint8_t)((r[8] & 0x3f) | 0x80);
        uint32_t at = 0;
        for (uint32_t i = 0; i < 16; i++) {
            if (i == 4 || i == 6 || i == 8 || i == 10) {
                out[at++] = '-';
            }
            out[at++] = (uint8_t)digits[r[i] >> 4];
            out[at++] = (uint8_t)digits[r[i] & 15];
        }
        gc_assert(at == 36);
    } while (gc_registry_find(&s->registry, gc_registry_hash(&s->registry, id), id) !=
             GC_IDENTITY_NONE);
}

bool gc_server_discovery_allowed(const gc_server *s) {
    return s->config.allow_discovery;
}

bool gc_server_next_id(const gc_server *s, uint32_t *cursor, gc_span *id) {
    while (*cursor < s->touched) {
        const gc_identity *p = gc_registry_at(&s->registry, (*cursor)++);
        if (p->registered) {
            *id = gc_identity_id(p);
            return true;
        }
    }
    return false;
}

void gc_server_get_stats(const gc_server *s, gc_server_stats *out) {
    *out = s->stats;
    out->connections = s->connection_count;
    out->peers = s->registry.ids.count;
    out->rooms = gc_rooms_count(&s->rooms);
    out->room_members = s->rooms.member_count;
    out->held_messages = s->held.count;
    out->held_bytes = s->held.bytes;
    out->penalties_total = s->penalties->given;
    out->penalized_total = s->penalties->refused;
    out->stun_answered_total = s->datagrams->stun.answered;
    out->stun_limited_total = s->datagrams->stun.dropped;
    out->stun_ignored_total = s->datagrams->stun.ignored;
    out->memory_used_bytes = (uint64_t)s->pool.used * GC_BLOCK_BYTES;
}
