#include "core/proto/connection.h"

#include "core/base/assert.h"
#include "core/base/timers.h"
#include "core/proto/addresses.h"
#include "core/proto/rooms.h"

/* What an idle connection touches: this, its peer (176), a timer (16), two of four lists (16), the
 * id's map (20) and its address: below 450 bytes in all. */
_Static_assert(sizeof(gc_connection) <= 88, "an idle connection fits into 88 bytes");

#define SLOT_BITS 20
#define SLOT_MASK ((1u << SLOT_BITS) - 1)

/* slot + 1 in the low bits, so that no handle is GC_CONN_NONE; above it the generation. */
gc_conn gc_conn_of(uint32_t slot, uint32_t generation) {
    return generation << SLOT_BITS | (slot + 1);
}

uint32_t gc_conn_slot(gc_conn conn) {
    gc_assert(conn != GC_CONN_NONE);
    return (conn & SLOT_MASK) - 1;
}

void gc_connection_start(gc_connection *c, uint64_t now_ms, uint32_t address) {
    gc_assert(c->state == GC_CONNECTION_FREE);
    *c = (gc_connection){.generation = c->generation,
                         .state = GC_CONNECTION_READING,
                         .address = address,
                         .offends = address != GC_ADDRESS_NONE,
                         .room = GC_ROOM_NONE,
                         .since_ms = now_ms};
}

static uint64_t min_of(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

static uint64_t max_of(uint64_t a, uint64_t b) {
    return a > b ? a : b;
}

/* While the host was stopped nothing was read, so nobody could show life: signs of it may wait in
 * the sockets. */
static uint64_t after_stall(const gc_connection_clock *clock, uint64_t at_ms) {
    return clock->awake_ms == 0 ? at_ms : max_of(at_ms, clock->awake_ms + GC_STALL_GRACE_MS);
}

uint64_t gc_connection_silent_ms(const gc_connection *c, const gc_connection_clock *clock) {
    return after_stall(clock, c->last_ms + clock->alive_timeout_ms);
}

uint64_t gc_connection_ping_ms(const gc_connection *c, const gc_connection_clock *clock) {
    return max_of(c->last_ms, c->pinged_ms) + clock->ping_ms;
}

uint64_t gc_connection_deadline(const gc_connection *c, const gc_connection_clock *clock) {
    switch (c->state) {
    case GC_CONNECTION_READING:
        return c->since_ms + GC_HANDSHAKE_MS;
    case GC_CONNECTION_WAITING:
        return after_stall(clock, c->since_ms + GC_TAKEOVER_WAIT_MS);
    case GC_CONNECTION_OPEN:
        /* What is not read cannot show life. */
        if (c->paused) {
            return gc_bucket_resume_ms(&c->bucket);
        }
        return min_of(gc_connection_ping_ms(c, clock), gc_connection_silent_ms(c, clock));
    case GC_CONNECTION_CLOSING:
        return c->now ? GC_NEVER : c->since_ms + (clock->stopping ? GC_SHUTDOWN_MS : GC_CLOSING_MS);
    default:
        return GC_NEVER;
    }
}

bool gc_connection_takes(const gc_connection *c, uint32_t queue_bytes_max, uint64_t now_ms,
                         uint32_t bytes) {
    return c->queue.len == 0 || now_ms - c->took_ms >= GC_SLOW_MS ||
           (uint64_t)c->queue.len + bytes <= queue_bytes_max / 2;
}

bool gc_connection_take_output(gc_connection *c, gc_server_output *out) {
    if (c->pending & (GC_PENDING_PAUSE | GC_PENDING_RESUME)) {
        out->type = c->pending & GC_PENDING_PAUSE ? GC_SERVER_PAUSE : GC_SERVER_RESUME;
        c->pending &= (uint8_t)~GC_PENDING_PAUSE & (uint8_t)~GC_PENDING_RESUME;
    } else if (c->pending & GC_PENDING_WRITE) {
        c->pending &= (uint8_t)~GC_PENDING_WRITE;
        if (c->queue.len == 0 || c->write_given) {
            return false;
        }
        c->write_given = true;
        out->type = GC_SERVER_WRITE;
    } else {
        gc_assert(c->pending & GC_PENDING_CLOSE);
        c->pending = 0;
        out->type = GC_SERVER_CLOSE;
        out->reason = c->reason;
        out->now = c->now;
    }
    return true;
}
