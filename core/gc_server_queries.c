/* The queries of a host's HTTP side: new ids, registered ids, figures. */
#include "core/base/encoding.h"
#include "core/gc_server.h"
#include "core/server/inside.h"

void gc_server_new_id(gc_server *s, uint8_t out[36]) {
    gc_span id = gc_span_of(out, 36);
    do {
        uint8_t r[16];
        gc_drbg_bytes(&s->drbg, r, sizeof r);
        gc_uuid_write(r, out);
    } while (gc_registry_find(&s->clients.registry, gc_registry_hash(&s->clients.registry, id),
                              id) != GC_IDENTITY_NONE);
}

bool gc_server_discovery_allowed(const gc_server *s) {
    return s->clients.config.allow_discovery;
}

bool gc_server_next_id(const gc_server *s, uint32_t *cursor, gc_span *id) {
    while (*cursor < s->clients.connections.touched) {
        const gc_identity *p = gc_registry_at(&s->clients.registry, (*cursor)++);
        if (p->registered) {
            *id = gc_identity_id(p);
            return true;
        }
    }
    return false;
}

void gc_server_get_stats(const gc_server *s, gc_server_stats *out) {
    *out = s->clients.stats;
    out->connections = s->clients.connections.count;
    out->peers = s->clients.registry.ids.count;
    out->rooms = gc_rooms_count(&s->rooms.rooms);
    out->room_members = s->rooms.rooms.member_count;
    out->queued_bytes = s->clients.queues.bytes;
    out->held_messages = s->relay.held.count;
    out->held_bytes = s->relay.held.bytes;
    out->penalties_total = s->clients.penalties->given;
    out->penalized_total = s->clients.penalties->refused;
    out->stun_answered_total = s->datagrams->stun.answered;
    out->stun_limited_total = s->datagrams->stun.dropped;
    out->stun_ignored_total = s->datagrams->stun.ignored;
    out->memory_used_bytes = (uint64_t)s->clients.pool.used * GC_BLOCK_BYTES;
}
