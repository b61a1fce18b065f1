#include "core/proto/connection.h"

#include "core/base/assert.h"
#include "core/base/number.h"
#include "core/base/timers.h"
#include "core/proto/addresses.h"
#include "core/proto/rooms.h"

/* The memory that an idle connection touches: this struct, its send queue (24), its identity (176),
 * a timer (16), two of four lists (16), the id's map (20) and its address: below 450 bytes in all.
 */
_Static_assert(sizeof(gc_connection) <= 64, "an idle connection fits into 64 bytes");

/* --- states ----------------------------------------------------------------------------------- */

void gc_connection_start(gc_connection *c, uint64_t now_ms, uint32_t address) {
    gc_assert(c->state == GC_CONNECTION_FREE);
    *c = (gc_connection){.generation = c->generation,
                         .state = GC_CONNECTION_READING,
                         .address = address,
                         .offends = address != GC_ADDRESS_NONE,
                         .room = GC_ROOM_NONE,
                         .since_ms = now_ms};
}

void gc_connection_serve(gc_connection *c, uint64_t now_ms) {
    gc_assert(c->state == GC_CONNECTION_READING);
    c->since_ms = now_ms;
    c->served = true;
}

void gc_connection_readdress(gc_connection *c, uint32_t address) {
    c->address = address;
    c->offends = false;
}

void gc_connection_upgrade(gc_connection *c, uint64_t now_ms, bool gc) {
    gc_assert(c->state == GC_CONNECTION_READING);
    c->state = GC_CONNECTION_WAITING;
    c->since_ms = now_ms;
    c->gc = gc;
}

void gc_connection_wait_since(gc_connection *c, uint64_t since_ms) {
    gc_assert(c->state == GC_CONNECTION_WAITING);
    c->since_ms = since_ms;
}

void gc_connection_admit(gc_connection *c, uint64_t now_ms) {
    gc_assert(c->state == GC_CONNECTION_WAITING);
    c->state = GC_CONNECTION_OPEN;
    c->since_ms = 0;
    c->last_ms = now_ms;
}

void gc_connection_step_aside(gc_connection *c) {
    gc_assert(c->state == GC_CONNECTION_OPEN);
    c->state = GC_CONNECTION_WAITING;
}

void gc_connection_hand_over(gc_connection *to, gc_connection *from) {
    to->bucket = from->bucket;
    to->room = from->room;
    from->room = GC_ROOM_NONE;
}

bool gc_connection_end(gc_connection *c, uint64_t now_ms, uint32_t reason, bool now) {
    gc_assert(c->state != GC_CONNECTION_FREE);
    bool again = c->state == GC_CONNECTION_CLOSING;
    if (again && (!now || c->now)) {
        return false;
    }
    if (!again) {
        c->state = GC_CONNECTION_CLOSING;
        c->reason = (uint8_t)reason;
        c->since_ms = now_ms;
    }
    c->now = now;
    gc_connection_want(c, GC_PENDING_CLOSE);
    return true;
}

void gc_connection_free(gc_connection *c) {
    gc_assert(c->state == GC_CONNECTION_CLOSING && c->room == GC_ROOM_NONE);
    *c = (gc_connection){.generation = c->generation + 1};
}

/* --- what is known of it ---------------------------------------------------------------------- */

void gc_connection_heard(gc_connection *c, uint64_t now_ms) {
    c->last_ms = now_ms;
}

void gc_connection_pinged(gc_connection *c, uint64_t now_ms) {
    c->pinged_ms = now_ms;
}

void gc_connection_enter(gc_connection *c, uint32_t room) {
    c->room = room;
}

void gc_connection_hold(gc_connection *c, uint32_t cost) {
    c->held_bytes += cost;
}

void gc_connection_refund(gc_connection *c, uint32_t cost) {
    gc_assert(c->held_bytes >= cost);
    c->held_bytes -= cost;
}

bool gc_connection_charge(gc_connection *c, uint32_t per_second, uint64_t now_ms,
                          uint32_t messages) {
    bool over = false;
    if (c->state == GC_CONNECTION_CLOSING) {
        return false;
    }
    for (uint32_t i = 0; i < messages; i++) {
        over = gc_bucket_take(&c->bucket, per_second, now_ms);
    }
    bool paused = over && !c->paused;
    c->paused = c->paused || over;
    return paused;
}

void gc_connection_stall(gc_connection *c, uint64_t until_ms) {
    gc_assert(c->state == GC_CONNECTION_OPEN);
    c->since_ms = until_ms;
    c->paused = true;
}

void gc_connection_unstall(gc_connection *c) {
    if (c->state == GC_CONNECTION_OPEN) {
        c->since_ms = 0;
    }
}

static uint64_t stalled_ms(const gc_connection *c) {
    return c->state == GC_CONNECTION_OPEN ? c->since_ms : 0;
}

/* When a paused connection may be read again. */
static uint64_t resume_ms(const gc_connection *c) {
    uint64_t paid_ms = gc_bucket_resume_ms(&c->bucket);
    return gc_max_u64(paid_ms, stalled_ms(c));
}

bool gc_connection_resume(gc_connection *c, uint64_t now_ms) {
    if (!c->paused || c->state == GC_CONNECTION_CLOSING || resume_ms(c) > now_ms) {
        return false;
    }
    c->paused = false;
    gc_connection_unstall(c);
    c->last_ms = now_ms;
    if (c->state == GC_CONNECTION_READING) {
        c->since_ms = now_ms;
    }
    return true;
}

/* --- deadlines -------------------------------------------------------------------------------- */

/* While the host was stopped nothing was read, so nobody could show life: signs of it may wait in
 * the sockets. */
static uint64_t after_stall(const gc_connection_clock *clock, uint64_t at_ms) {
    return clock->awake_ms == 0 ? at_ms : gc_max_u64(at_ms, clock->awake_ms + GC_STALL_GRACE_MS);
}

uint64_t gc_connection_silent_ms(const gc_connection *c, const gc_connection_clock *clock) {
    return after_stall(clock, c->last_ms + clock->alive_timeout_ms);
}

uint64_t gc_connection_ping_ms(const gc_connection *c, const gc_connection_clock *clock) {
    return gc_max_u64(c->last_ms, c->pinged_ms) + clock->ping_ms;
}

uint64_t gc_connection_waited_ms(const gc_connection *c, const gc_connection_clock *clock) {
    return after_stall(clock, c->since_ms + GC_TAKEOVER_WAIT_MS);
}

/* The holder of the id is measured now and then, and once more when the wait is over. */
static uint64_t measure_ms(const gc_connection *c, const gc_connection_clock *clock) {
    uint64_t over_ms = gc_connection_waited_ms(c, clock);
    uint64_t next_ms = c->pinged_ms + GC_TAKEOVER_MEASURE_MS;
    return over_ms > c->pinged_ms ? gc_min_u64(next_ms, over_ms) : next_ms;
}

uint64_t gc_connection_deadline(const gc_connection *c, const gc_connection_clock *clock) {
    /* While nothing is read, the client can neither show life nor send its request. */
    uint64_t read_ms = c->paused ? resume_ms(c) : GC_NEVER;
    switch (c->state) {
    case GC_CONNECTION_READING:
        return c->paused ? read_ms : c->since_ms + GC_HANDSHAKE_MS;
    case GC_CONNECTION_WAITING:
        return gc_min_u64(read_ms, measure_ms(c, clock));
    case GC_CONNECTION_OPEN:
        if (c->paused) {
            return read_ms;
        }
        return gc_min_u64(gc_connection_ping_ms(c, clock), gc_connection_silent_ms(c, clock));
    case GC_CONNECTION_CLOSING:
        return c->now ? GC_NEVER : c->since_ms + (clock->stopping ? GC_SHUTDOWN_MS : GC_CLOSING_MS);
    default:
        return GC_NEVER;
    }
}

/* --- outputs ---------------------------------------------------------------------------------- */

void gc_connection_want(gc_connection *c, uint8_t pending) {
    if (pending & (GC_PENDING_PAUSE | GC_PENDING_RESUME)) {
        c->pending &= (uint8_t)~GC_PENDING_PAUSE & (uint8_t)~GC_PENDING_RESUME;
    }
    c->pending |= pending;
}

void gc_connection_take_output(gc_connection *c, gc_server_output *out) {
    if (c->pending & (GC_PENDING_PAUSE | GC_PENDING_RESUME)) {
        out->type = c->pending & GC_PENDING_PAUSE ? GC_SERVER_PAUSE : GC_SERVER_RESUME;
        out->now = out->type == GC_SERVER_PAUSE && stalled_ms(c) != 0;
        c->pending &= (uint8_t)~GC_PENDING_PAUSE & (uint8_t)~GC_PENDING_RESUME;
    } else if (c->pending & GC_PENDING_MEASURE) {
        /* Before a ping is written, whose acknowledgement is to be seen. */
        c->pending &= (uint8_t)~GC_PENDING_MEASURE;
        out->type = GC_SERVER_MEASURE;
    } else if (c->pending & GC_PENDING_WRITE) {
        c->pending &= (uint8_t)~GC_PENDING_WRITE;
        out->type = GC_SERVER_WRITE;
    } else {
        gc_assert(c->pending & GC_PENDING_CLOSE);
        c->pending = 0;
        out->type = GC_SERVER_CLOSE;
        out->reason = c->reason;
        out->now = c->now;
    }
}
