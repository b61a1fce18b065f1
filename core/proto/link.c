#include "core/proto/link.h"
#include "core/base/assert.h"
#include "core/base/encoding.h"
#include "core/base/mem.h"
#include "core/base/reason.h"
#include "core/base/timers.h"

#define SLOT_BITS 8u
_Static_assert(GC_LINKS_MAX <= 1u << SLOT_BITS, "a slot fits into a number");

void gc_link_init(gc_link *l, gc_link_store *store) {
    *l = (gc_link){.store = store};
}

void gc_link_begin(gc_link *l, enum gc_link_step step, uint32_t peer,
                   const uint8_t dial[GC_DIAL_BYTES], uint64_t now_ms) {
    gc_assert(l->step == GC_LINK_STEP_FREE);
    gc_assert(step == GC_LINK_STEP_OFFERING || step == GC_LINK_STEP_ANSWERING);
    *l = (gc_link){.store = l->store, .generation = l->generation, .step = (uint8_t)step};
    l->peer = peer;
    l->offered = step == GC_LINK_STEP_OFFERING;
    memcpy(l->dial, dial, GC_DIAL_BYTES);
    l->deadline_ms = now_ms + GC_LINK_OPEN_MS;
}

void gc_link_end(gc_link *l) {
    gc_assert(l->step != GC_LINK_STEP_FREE);
    /* The generation leaves out the last value: slot and generation together never make GC_NONE. */
    uint32_t next = (l->generation + 1) % ((1u << (32 - SLOT_BITS)) - 1);
    *l = (gc_link){.store = l->store, .generation = next};
}

uint32_t gc_link_number(const gc_link *l, uint32_t slot) {
    gc_assert(slot < GC_LINKS_MAX);
    return l->generation << SLOT_BITS | slot;
}

uint32_t gc_link_slot(uint32_t number) {
    return number & ((1u << SLOT_BITS) - 1);
}

/* --- what it consists of ---------------------------------------------------------------------- */

static void name(gc_link *l, gc_span connection) {
    gc_assert(connection.len <= sizeof l->connection);
    memcpy(l->connection, connection.data, connection.len);
    l->connection_len = connection.len;
}

void gc_link_offer_either(gc_link *l, uint32_t serialization) {
    uint8_t text[GC_CONNECTION_ID_BYTES_MAX];
    gc_writer w;
    gc_assert(l->step == GC_LINK_STEP_OFFERING);
    gc_writer_init(&w, text, sizeof text);
    gc_base64url_write(&w, gc_span_of(l->dial, GC_DIAL_BYTES));
    gc_assert(!w.failed);
    name(l, gc_writer_done(&w));
    l->kind = GC_LINK_KIND_EITHER;
    l->serialization = (uint8_t)serialization;
}

void gc_link_answer_data(gc_link *l, gc_span connection, uint32_t serialization) {
    gc_assert(l->step == GC_LINK_STEP_ANSWERING);
    name(l, connection);
    l->kind = GC_LINK_KIND_DATA;
    l->serialization = (uint8_t)serialization;
}

void gc_link_be(gc_link *l, enum gc_link_kind kind) {
    gc_assert(kind == GC_LINK_KIND_NATIVE || l->kind == GC_LINK_KIND_EITHER);
    l->kind = (uint8_t)kind;
}

gc_span gc_link_connection(const gc_link *l) {
    return gc_span_of(l->connection, l->connection_len);
}

/* --- setting up ------------------------------------------------------------------------------- */

void gc_link_describe(gc_link *l) {
    gc_assert(l->step == GC_LINK_STEP_OFFERING || l->step == GC_LINK_STEP_ANSWERING);
    l->step = l->step == GC_LINK_STEP_OFFERING ? GC_LINK_STEP_OFFERED : GC_LINK_STEP_CONNECTING;
}

void gc_link_accept(gc_link *l, uint64_t now_ms) {
    gc_assert(l->step == GC_LINK_STEP_OFFERED);
    l->step = GC_LINK_STEP_CONNECTING;
    uint64_t at_ms = now_ms + GC_LINK_OPEN_MS / 2;
    l->deadline_ms = l->deadline_ms > at_ms ? l->deadline_ms : at_ms;
}

void gc_link_hurry(gc_link *l, uint64_t now_ms) {
    uint64_t at_ms = now_ms + GC_DIAL_EXPECT_MS;
    l->deadline_ms = l->deadline_ms < at_ms ? l->deadline_ms : at_ms;
}

uint32_t gc_link_find(const gc_link *links, uint32_t number) {
    uint32_t slot = gc_link_slot(number);
    bool found = slot < GC_LINKS_MAX && links[slot].step != GC_LINK_STEP_FREE &&
                 gc_link_number(&links[slot], slot) == number;
    return found ? slot : GC_NONE;
}

bool gc_link_count(gc_link *l, enum gc_link_side side, uint32_t n) {
    uint32_t left = GC_CANDIDATES_MAX - l->candidates[side];
    l->candidates[side] += n < left ? n : left;
    return n <= left;
}

/* A held candidate: side, index, length of mid, length of candidate (2 bytes), then both. */
#define HELD_HEAD 5u

static uint32_t held_size(const uint8_t *head) {
    return HELD_HEAD + head[2] + ((uint32_t)head[3] << 8 | head[4]);
}

bool gc_link_hold(gc_link *l, enum gc_link_side side, gc_span candidate, gc_span mid,
                  uint32_t index) {
    gc_assert(candidate.len <= 0xffff && mid.len <= 0xff && index <= 0xff);
    uint32_t size = HELD_HEAD + mid.len + candidate.len;
    if (size > GC_LINK_HELD_BYTES - l->held_len) {
        return false;
    }
    uint8_t *to = l->store->bytes + l->held_len;
    to[0] = (uint8_t)side;
    to[1] = (uint8_t)index;
    to[2] = (uint8_t)mid.len;
    to[3] = (uint8_t)(candidate.len >> 8);
    to[4] = (uint8_t)candidate.len;
    if (mid.len > 0) {
        memcpy(to + HELD_HEAD, mid.data, mid.len);
    }
    memcpy(to + HELD_HEAD + mid.len, candidate.data, candidate.len);
    l->held_len += size;
    return true;
}

bool gc_link_held(const gc_link *l, enum gc_link_side side, uint32_t *at, gc_span *candidate,
                  gc_span *mid, uint32_t *index) {
    while (*at < l->held_len) {
        const uint8_t *head = l->store->bytes + *at;
        uint32_t size = held_size(head);
        *at += size;
        if (head[0] == side) {
            *index = head[1];
            *mid = gc_span_of(head + HELD_HEAD, head[2]);
            *candidate = gc_span_of(head + HELD_HEAD + head[2], size - HELD_HEAD - head[2]);
            return true;
        }
    }
    return false;
}

void gc_link_release(gc_link *l, enum gc_link_side side) {
    uint32_t kept = 0;
    for (uint32_t at = 0; at < l->held_len;) {
        uint8_t *head = l->store->bytes + at;
        uint32_t size = held_size(head);
        if (head[0] != side) {
            memmove(l->store->bytes + kept, head, size);
            kept += size;
        }
        at += size;
    }
    l->held_len = kept;
}

uint32_t gc_link_trouble(const gc_link *l, uint32_t reason, bool met) {
    if (reason == GC_REASON_TIMEOUT && l->step == GC_LINK_STEP_OFFERED && met) {
        return GC_REASON_ABSENT;
    }
    bool no_way = reason == GC_REASON_TIMEOUT || reason == GC_REASON_ICE_FAILED;
    if (!no_way || l->step != GC_LINK_STEP_CONNECTING) {
        return reason; /* nobody has looked for a way yet */
    }
    return l->candidates[GC_LINK_SIDE_LOCAL] == 0    ? GC_REASON_NO_ADDRESS
           : l->candidates[GC_LINK_SIDE_REMOTE] == 0 ? GC_REASON_PEER_NO_ADDRESS
                                                     : reason;
}

/* --- open ------------------------------------------------------------------------------------- */

void gc_link_open(gc_link *l, uint64_t now_ms) {
    gc_assert(l->step == GC_LINK_STEP_CONNECTING);
    l->step = GC_LINK_STEP_OPEN;
    l->opened_ms = l->heard_ms = now_ms;
    l->deadline_ms = now_ms + GC_LINK_OPEN_MS;
    l->start_due = l->kind != GC_LINK_KIND_DATA;
}

void gc_link_heard(gc_link *l, uint64_t now_ms) {
    l->heard_ms = now_ms;
    l->ping_ms = 0;
    l->probing = false;
}

void gc_link_start(gc_link *l) {
    l->started = true;
}

void gc_link_asked(gc_link *l, uint32_t token) {
    l->pong_due = true;
    l->pong_token = token;
}

static void ping(gc_link *l, uint64_t now_ms) {
    l->ping_ms = now_ms;
    l->ping_token++;
    l->ping_due = true;
}

void gc_link_probe(gc_link *l, uint64_t now_ms) {
    gc_assert(l->step == GC_LINK_STEP_OPEN);
    if (!l->probing && l->kind != GC_LINK_KIND_DATA) {
        l->probing = true;
        ping(l, now_ms);
    }
}

void gc_link_rename(gc_link *l) {
    gc_assert(l->step == GC_LINK_STEP_OPEN);
    l->profile_due = true;
}

void gc_link_buffer(gc_link *l, uint32_t bytes) {
    l->buffered = bytes;
}

void gc_link_measure(gc_link *l, uint32_t path, uint32_t rtt_ms) {
    l->path = path <= GC_PATH_RELAY ? path : GC_PATH_UNKNOWN;
    l->rtt_ms = rtt_ms;
}

bool gc_link_next(gc_link *l, gc_frame *f) {
    if (l->start_due) {
        l->start_due = l->profile_due = false;
        *f = (gc_frame){.type = GC_FRAME_START};
    } else if (l->pong_due) {
        l->pong_due = false;
        *f = (gc_frame){.type = GC_FRAME_PONG, .token = l->pong_token};
    } else if (l->ping_due) {
        l->ping_due = false;
        *f = (gc_frame){.type = GC_FRAME_PING, .token = l->ping_token};
    } else if (l->profile_due) {
        l->profile_due = false;
        *f = (gc_frame){.type = GC_FRAME_PROFILE, .has_nick = true};
    } else {
        return false;
    }
    return true;
}

/* --- time ------------------------------------------------------------------------------------- */

/* A channel of a link loses nothing while the link lives: one question is enough, so the second of
 * them comes after the link is dead. */
static uint64_t next_ping_ms(const gc_link *l) {
    uint64_t last_ms = l->ping_ms > l->heard_ms ? l->ping_ms : l->heard_ms;
    return last_ms + (l->offered ? GC_LINK_PING_MS : GC_LINK_PING_LATER_MS);
}

/* Silence counts only after a PING that had time to be answered: after a sleep of this machine the
 * clock alone says nothing about the other one. */
static uint64_t dead_ms(const gc_link *l) {
    if (l->ping_ms == 0) {
        return GC_NEVER;
    }
    uint64_t answer = l->ping_ms + GC_LINK_PROBE_MS;
    uint64_t silent = l->heard_ms + GC_LINK_SILENT_MS;
    return l->probing || answer > silent ? answer : silent;
}

bool gc_link_tick(gc_link *l, uint64_t now_ms) {
    if (l->step != GC_LINK_STEP_OPEN) {
        return now_ms < l->deadline_ms;
    }
    if (l->kind == GC_LINK_KIND_DATA) {
        return true;
    }
    if ((!l->started && now_ms >= l->deadline_ms) || now_ms >= dead_ms(l)) {
        return false;
    }
    if (now_ms >= next_ping_ms(l)) {
        ping(l, now_ms);
    }
    return true;
}

uint64_t gc_link_deadline(const gc_link *l) {
    if (l->step == GC_LINK_STEP_FREE ||
        (l->step == GC_LINK_STEP_OPEN && l->kind == GC_LINK_KIND_DATA)) {
        return GC_NEVER;
    }
    if (l->step != GC_LINK_STEP_OPEN) {
        return l->deadline_ms;
    }
    uint64_t at = next_ping_ms(l) < dead_ms(l) ? next_ping_ms(l) : dead_ms(l);
    return !l->started && l->deadline_ms < at ? l->deadline_ms : at;
}
