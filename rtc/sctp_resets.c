#include "rtc/sctp_resets.h"
#include "core/base/mem.h"
#include "core/base/timers.h"

#define PARAMETERS_MAX 2 /* of one chunk: RFC 6525 3.1 */

/* --- sets of streams -------------------------------------------------------------------------- */

static uint64_t bit(uint32_t stream) {
    return (uint64_t)1 << stream % 64;
}

static bool has(const gc_sctp_streams *s, uint32_t stream) {
    return (s->bits[stream / 64] & bit(stream)) != 0;
}

static void add(gc_sctp_streams *s, uint32_t stream) {
    if (!has(s, stream)) {
        s->bits[stream / 64] |= bit(stream);
        s->count++;
    }
}

static void take(gc_sctp_streams *s, uint32_t stream) {
    gc_assert(has(s, stream));
    s->bits[stream / 64] &= ~bit(stream);
    s->count--;
}

/* Returns the first stream of the set from `stream` on; GC_SCTP_STREAMS_MAX when there is none. */
static uint32_t next(const gc_sctp_streams *s, uint32_t stream) {
    for (uint32_t w = stream / 64; s->count > 0 && w < GC_SCTP_STREAMS_MAX / 64; w++) {
        uint64_t bits = s->bits[w] & (w == stream / 64 ? ~(bit(stream) - 1) : UINT64_MAX);
        if (bits != 0) {
            return w * 64 + (uint32_t)__builtin_ctzll(bits);
        }
    }
    return GC_SCTP_STREAMS_MAX;
}

/* --- our requests ----------------------------------------------------------------------------- */

void gc_sctp_resets_begin(gc_sctp_resets *r, uint32_t own_tsn) {
    *r = (gc_sctp_resets){.number = own_tsn, .again_at_ms = GC_NEVER};
}

void gc_sctp_resets_know(gc_sctp_resets *r, uint32_t peer_tsn) {
    r->peer_number = peer_tsn;
}

void gc_sctp_resets_want(gc_sctp_resets *r, uint16_t stream) {
    add(&r->wanted, stream);
}

bool gc_sctp_resets_holds(const gc_sctp_resets *r, uint16_t stream) {
    return has(&r->wanted, stream) || has(&r->asked, stream) || has(&r->done, stream);
}

void gc_sctp_resets_step(gc_sctp_resets *r, const gc_sctp_out *out, bool can, uint64_t now_ms) {
    if (r->again_at_ms != GC_NEVER) {
        if (r->again_at_ms <= now_ms) {
            r->request_due = true;
            r->again_at_ms = now_ms + GC_SCTP_RESET_MS;
        }
        return;
    }
    for (uint32_t s = next(&r->wanted, 0); s < GC_SCTP_STREAMS_MAX; s = next(&r->wanted, s + 1)) {
        if (out->unsent.waiting[s] == 0 && r->asked.count < GC_SCTP_RESETS_MAX) {
            take(&r->wanted, s);
            add(can ? &r->asked : &r->done, s);
        }
    }
    if (r->asked.count > 0) {
        r->last_tsn = out->next_tsn - 1;
        r->request_due = true;
        r->again_at_ms = now_ms + GC_SCTP_RESET_MS;
    }
}

/* RFC 6525 5.2.7. A request that the peer refuses is over, too: the stream just goes on counting.
 */
static void on_response(gc_sctp_resets *r, gc_sctp_out *out, uint64_t now_ms,
                        const gc_sctp_reconfig *p) {
    if (r->again_at_ms == GC_NEVER || p->number != r->number) {
        return;
    }
    if (p->result == GC_SCTP_RESET_IN_PROGRESS) {
        r->again_at_ms = now_ms + GC_SCTP_RESET_MS;
        return;
    }
    for (uint32_t s = next(&r->asked, 0); s < GC_SCTP_STREAMS_MAX; s = next(&r->asked, s + 1)) {
        if (p->result == GC_SCTP_RESET_NOTHING || p->result == GC_SCTP_RESET_PERFORMED) {
            gc_sctp_out_restart(out, (uint16_t)s);
        }
        take(&r->asked, s);
        add(&r->done, s);
    }
    r->number++;
    r->request_due = false;
    r->again_at_ms = GC_NEVER;
}

/* --- the peer's requests ---------------------------------------------------------------------- */

static void restart(gc_sctp_resets *r, gc_sctp_in *in, uint32_t stream) {
    if (stream < GC_SCTP_STREAMS_MAX) {
        gc_sctp_in_restart(in, (uint16_t)stream);
        add(&r->came, stream);
    }
}

/* RFC 6525 5.2.2. Everything that the peer sent before the reset must have come. */
static uint32_t carry_out(gc_sctp_resets *r, gc_sctp_in *in, const gc_sctp_reconfig *p) {
    if (gc_sctp_after(p->last_tsn, in->arrivals.cumulative)) {
        return GC_SCTP_RESET_IN_PROGRESS;
    }
    for (uint32_t at = 0; at < p->streams.len; at += 2) {
        restart(r, in, (uint32_t)(p->streams.data[at] << 8 | p->streams.data[at + 1]));
    }
    for (uint32_t s = 0; p->streams.len == 0 && s < GC_SCTP_STREAMS_MAX; s++) {
        restart(r, in, s);
    }
    return GC_SCTP_RESET_PERFORMED;
}

static void on_request(gc_sctp_resets *r, gc_sctp_in *in, uint16_t type,
                       const gc_sctp_reconfig *p) {
    bool again = p->number == r->peer_number - 1;
    if (p->number != r->peer_number && !again) {
        r->response = GC_SCTP_RESET_BAD_NUMBER;
    } else if (again && r->result != GC_SCTP_RESET_IN_PROGRESS) {
        r->response = r->result;
    } else {
        r->peer_number = p->number + 1;
        r->result =
            type == GC_SCTP_RESET_OUTGOING ? carry_out(r, in, p) : (uint32_t)GC_SCTP_RESET_DENIED;
        r->response = r->result;
    }
    r->response_due = true;
    r->response_number = p->number;
}

void gc_sctp_resets_chunk(gc_sctp_resets *r, gc_sctp_in *in, gc_sctp_out *out, uint64_t now_ms,
                          const gc_sctp_chunk *c) {
    gc_reader reader;
    gc_reader_init(&reader, c->value);
    gc_sctp_parameter p;
    gc_sctp_reconfig fields;
    for (uint32_t i = 0; i < PARAMETERS_MAX && gc_sctp_parameter_next(&reader, &p); i++) {
        if (gc_sctp_reconfig_read(&p, &fields) != 0) {
            continue;
        }
        if (p.type == GC_SCTP_RESET_RESPONSE) {
            on_response(r, out, now_ms, &fields);
        } else {
            on_request(r, in, p.type, &fields);
        }
    }
}

/* --- what goes out ---------------------------------------------------------------------------- */

bool gc_sctp_resets_due(const gc_sctp_resets *r) {
    return r->request_due || r->response_due;
}

static void write_request(const gc_sctp_resets *r, gc_writer *w) {
    uint16_t streams[GC_SCTP_RESETS_MAX];
    uint32_t count = 0;
    for (uint32_t s = next(&r->asked, 0); s < GC_SCTP_STREAMS_MAX; s = next(&r->asked, s + 1)) {
        streams[count++] = (uint16_t)s;
    }
    gc_sctp_reconfig request = {
        .number = r->number, .answers = r->peer_number - 1, .last_tsn = r->last_tsn};
    gc_sctp_request_write(w, &request, streams, count);
}

void gc_sctp_resets_write(gc_sctp_resets *r, gc_writer *w) {
    if (r->response_due) {
        gc_sctp_response_write(w, r->response_number, r->response);
    }
    if (r->request_due) {
        write_request(r, w);
    }
    r->response_due = r->request_due = false;
}

bool gc_sctp_resets_take(gc_sctp_resets *r, uint16_t *stream, bool *ours) {
    *ours = r->came.count == 0;
    gc_sctp_streams *set = *ours ? &r->done : &r->came;
    uint32_t s = next(set, 0);
    if (s == GC_SCTP_STREAMS_MAX) {
        return false;
    }
    take(set, s);
    *stream = (uint16_t)s;
    return true;
}
