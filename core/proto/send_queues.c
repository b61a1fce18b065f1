#include "core/proto/send_queues.h"

#include "core/base/assert.h"
#include "core/wire/websocket.h"

/* Part of what an idle connection costs: core/proto/connection.c has the sum. */
_Static_assert(sizeof(gc_send_queue) <= 24, "an idle connection's queue fits into 24 bytes");

void gc_send_queues_init(gc_send_queues *q, gc_arena *a, uint32_t capacity, gc_block_pool *pool,
                         uint32_t bytes_max) {
    q->items = gc_arena_take(a, capacity, sizeof *q->items);
    q->backlogs = gc_arena_take(a, capacity, sizeof *q->backlogs);
    q->pool = pool;
    q->bytes_max = bytes_max;
    gc_order_init(&q->unsent, a, capacity);
    gc_stalls_init(&q->stalls, a, capacity);
    gc_order_init(&q->woken, a, capacity);
}

bool gc_send_queues_overflow(const gc_send_queues *q, uint32_t n, uint32_t bytes) {
    uint32_t len = q->items[n].bytes.len;
    return len > 0 && (uint64_t)len + bytes > q->bytes_max;
}

static bool has_backlog(const gc_send_queues *q, uint32_t n) {
    return q->items[n].behind && q->backlogs[n].bytes > 0;
}

/* Tells whether a sender's message needs no lane: few bytes are in front, and nobody waits. */
static bool is_quick(const gc_send_queues *q, uint32_t n) {
    const gc_send_queue *s = &q->items[n];
    return s->bytes.len < GC_SEND_LOW_BYTES && !has_backlog(q, n) && gc_flight_has_room(&s->flight);
}

uint32_t gc_send_queues_way(const gc_send_queues *q, uint32_t n, uint32_t sender, uint32_t address,
                            uint32_t bytes) {
    if (is_quick(q, n)) {
        return GC_WAY_QUICK;
    }
    const gc_backlog *b = &q->backlogs[n];
    uint32_t lane = gc_backlog_lane(b, sender, address);
    return gc_backlog_takes(b, lane, bytes, q->bytes_max / GC_SEND_SHARES) ? lane : GC_WAY_NONE;
}

const gc_block_queue *gc_send_queues_at(const gc_send_queues *q, uint32_t n, uint32_t way) {
    return way == GC_WAY_QUICK ? &q->items[n].bytes : &q->backlogs[n].lanes[way].frames;
}

uint32_t gc_send_queues_slowest(const gc_send_queues *q) {
    return gc_order_first(&q->unsent);
}

/* So many bytes came for n. */
static bool queued(gc_send_queues *q, uint32_t n, uint32_t bytes) {
    q->bytes += bytes;
    gc_order_add(&q->unsent, n);
    return !q->items[n].given;
}

bool gc_send_queues_put_mark(gc_send_queues *q, uint32_t n) {
    gc_send_queue *s = &q->items[n];
    if (s->flight.marked > 0) {
        return false;
    }
    gc_span mark = gc_flight_mark(&s->flight, GC_MARK_FRAME_BYTES);
    gc_frame_put(q->pool, &s->bytes, GC_WS_PING, &mark, 1);
    return queued(q, n, GC_MARK_FRAME_BYTES);
}

/* Notes that bytes were put to the end of n's queue: a mark may follow them. Without memory for a
 * mark, one follows later bytes. */
static void went_out(gc_send_queues *q, uint32_t n, uint32_t bytes) {
    if (gc_flight_put(&q->items[n].flight, bytes) && gc_block_pool_left(q->pool) > 0) {
        gc_send_queues_put_mark(q, n);
    }
}

bool gc_send_queues_put_frame(gc_send_queues *q, uint32_t n, uint8_t opcode, const gc_span *parts,
                              uint32_t count, uint32_t bytes) {
    gc_frame_put(q->pool, &q->items[n].bytes, opcode, parts, count);
    went_out(q, n, bytes);
    return queued(q, n, bytes);
}

bool gc_send_queues_put_from(gc_send_queues *q, uint32_t n, uint32_t way, uint32_t sender,
                             uint32_t address, const gc_span *parts, uint32_t count,
                             uint32_t bytes) {
    if (way == GC_WAY_QUICK) {
        return gc_send_queues_put_frame(q, n, GC_WS_TEXT, parts, count, bytes);
    }
    q->items[n].behind = true;
    gc_backlog_put(&q->backlogs[n], q->pool, way, sender, address, GC_WS_TEXT, parts, count);
    went_out(q, n, 0); /* the last mark may have found no memory */
    return queued(q, n, bytes);
}

bool gc_send_queues_put_raw(gc_send_queues *q, uint32_t n, gc_span bytes) {
    if (bytes.len == 0) {
        return false;
    }
    gc_block_queue_put(q->pool, &q->items[n].bytes, bytes);
    went_out(q, n, bytes.len);
    return queued(q, n, bytes.len);
}

bool gc_send_queues_put_ping(gc_send_queues *q, uint32_t n) {
    gc_span payload = gc_flight_ping(&q->items[n].flight);
    uint32_t bytes = gc_frame_bytes(&payload, 1);
    return gc_send_queues_put_frame(q, n, GC_WS_PING, &payload, 1, bytes);
}

bool gc_send_queues_splice(gc_send_queues *q, uint32_t n, gc_block_queue *from) {
    uint32_t bytes = from->len;
    gc_assert(bytes > 0);
    gc_block_queue_splice(q->pool, &q->items[n].bytes, from);
    went_out(q, n, bytes);
    return queued(q, n, bytes);
}

/* --- the backlog ------------------------------------------------------------------------------ */

static void wake(gc_send_queues *q, uint32_t n, uint32_t lane) {
    uint32_t sender;
    while ((sender = gc_stalls_take(&q->stalls, n, lane)) != GC_STALL_NONE) {
        gc_order_add(&q->woken, sender);
    }
}

static void move_next(gc_send_queues *q, uint32_t n) {
    gc_send_queue *s = &q->items[n];
    uint32_t before = s->bytes.len;
    uint32_t lane = gc_backlog_next(&q->backlogs[n], q->pool, &s->bytes);
    went_out(q, n, s->bytes.len - before);
    if (!gc_backlog_is_full(&q->backlogs[n], lane)) {
        wake(q, n, lane);
    }
}

/* Moves frames of the backlog to the queue until that has GC_SEND_LOW_BYTES, or enough is under way
 * to the client. */
static void refill(gc_send_queues *q, uint32_t n) {
    const gc_send_queue *s = &q->items[n];
    while (has_backlog(q, n) && s->bytes.len < GC_SEND_LOW_BYTES &&
           gc_flight_has_room(&s->flight)) {
        move_next(q, n);
    }
}

static void clear_backlog(gc_send_queues *q, uint32_t n) {
    if (!q->items[n].behind) {
        return;
    }
    q->bytes -= q->backlogs[n].bytes;
    gc_backlog_clear(&q->backlogs[n], q->pool);
    q->items[n].behind = false;
    for (uint32_t lane = 0; lane < GC_LANES; lane++) {
        wake(q, n, lane);
    }
}

void gc_send_queues_flush(gc_send_queues *q, uint32_t n) {
    while (has_backlog(q, n)) {
        move_next(q, n);
    }
}

bool gc_send_queues_answer(gc_send_queues *q, uint32_t n, gc_span payload) {
    if (!gc_flight_answer(&q->items[n].flight, payload)) {
        return false;
    }
    went_out(q, n, 0); /* the next mark */
    refill(q, n);
    return true;
}

void gc_send_queues_hear(gc_send_queues *q, uint32_t n, bool heard) {
    gc_flight_hear(&q->items[n].flight, heard);
    refill(q, n);
}

/* --- the host --------------------------------------------------------------------------------- */

bool gc_send_queues_give(gc_send_queues *q, uint32_t n) {
    gc_send_queue *s = &q->items[n];
    if (s->bytes.len == 0 || s->given) {
        return false;
    }
    s->given = true;
    return true;
}

uint32_t gc_send_queues_spans(const gc_send_queues *q, uint32_t n, gc_span *spans, uint32_t max) {
    return gc_block_queue_spans(q->pool, &q->items[n].bytes, spans, max);
}

/* A little progress does not make a reader quick: its place in the order stays. */
void gc_send_queues_sent(gc_send_queues *q, uint32_t n, uint32_t bytes) {
    gc_send_queue *s = &q->items[n];
    gc_assert(bytes > 0 && bytes <= s->bytes.len);
    gc_block_queue_drop(q->pool, &s->bytes, bytes);
    q->bytes -= bytes;
    refill(q, n);
    if (q->stalls.items[n].lane != 0 && s->bytes.len <= q->bytes_max / 4) {
        wake(q, n, GC_STALL_OWN);
    }
    s->given = s->bytes.len > 0;
    if (s->bytes.len == 0 && !has_backlog(q, n)) {
        gc_order_remove(&q->unsent, n);
        clear_backlog(q, n);
    }
}

void gc_send_queues_drop(gc_send_queues *q, uint32_t n) {
    gc_send_queue *s = &q->items[n];
    uint32_t receiver;
    uint32_t lane;
    gc_stalls_remove(&q->stalls, n, &receiver, &lane);
    clear_backlog(q, n);
    gc_order_remove(&q->woken, n);
    q->bytes -= s->bytes.len;
    gc_block_queue_clear(q->pool, &s->bytes);
    gc_order_remove(&q->unsent, n);
    gc_flight_clear(&s->flight);
    s->given = false;
}

/* --- senders that wait ------------------------------------------------------------------------ */

bool gc_send_queues_stall(gc_send_queues *q, uint32_t n, uint32_t lane, uint32_t sender) {
    return gc_backlog_is_full(&q->backlogs[n], lane) && gc_stalls_add(&q->stalls, sender, n, lane);
}

bool gc_send_queues_stall_own(gc_send_queues *q, uint32_t n) {
    return q->items[n].bytes.len > q->bytes_max / 2 &&
           gc_stalls_add(&q->stalls, n, n, GC_STALL_OWN);
}

void gc_send_queues_give_up(gc_send_queues *q, uint32_t sender) {
    uint32_t receiver;
    uint32_t lane;
    if (gc_stalls_remove(&q->stalls, sender, &receiver, &lane) && lane != GC_STALL_OWN) {
        gc_backlog_give_up(&q->backlogs[receiver], lane);
    }
}

uint32_t gc_send_queues_take_woken(gc_send_queues *q) {
    uint32_t sender = gc_order_first(&q->woken);
    if (sender == GC_ORDER_END) {
        return GC_STALL_NONE;
    }
    gc_order_remove(&q->woken, sender);
    return sender;
}

/* --- invariants ------------------------------------------------------------------------------- */

uint32_t gc_send_queues_check(const gc_send_queues *q, uint32_t slots) {
    uint32_t unsent = 0;
    uint32_t blocks = 0;
    uint64_t bytes = 0;
    for (uint32_t n = 0; n < slots; n++) {
        const gc_send_queue *s = &q->items[n];
        gc_block_queue_check(q->pool, &s->bytes);
        bool waits = s->bytes.len > 0 || has_backlog(q, n);
        gc_assert(gc_order_has(&q->unsent, n) == waits);
        gc_assert(s->bytes.len > 0 || !s->given);
        gc_assert(waits || !s->behind);
        if (s->behind) {
            const gc_backlog *b = &q->backlogs[n];
            gc_assert(s->bytes.len >= GC_SEND_LOW_BYTES || b->bytes == 0 ||
                      !gc_flight_has_room(&s->flight));
            blocks += gc_backlog_check(b, q->pool);
            bytes += b->bytes;
        }
        unsent += waits;
        blocks += s->bytes.blocks;
        bytes += s->bytes.len;
    }
    gc_assert(unsent == q->unsent.count && bytes == q->bytes && q->woken.count == 0);
    return blocks;
}
