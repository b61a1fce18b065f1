#include "rtc/sctp_turns.h"
#include "core/base/assert.h"
#include "core/base/number.h"

void gc_sctp_turns_place(gc_sctp_turns *t, gc_arena *a, uint32_t streams) {
    t->streams = gc_arena_take(a, streams, sizeof *t->streams);
    t->streams_max = streams;
}

void gc_sctp_turns_begin(gc_sctp_turns *t) {
    t->touched = 0;
    t->now = t->large_end = 0;
}

static gc_sctp_turns_stream *stream_of(gc_sctp_turns *t, uint32_t stream) {
    gc_assert(stream < t->streams_max);
    for (; t->touched <= stream; t->touched++) {
        t->streams[t->touched] = (gc_sctp_turns_stream){0};
    }
    return &t->streams[stream];
}

gc_sctp_turn gc_sctp_turns_take(gc_sctp_turns *t, uint32_t stream, uint32_t bytes) {
    gc_sctp_turns_stream *s = stream_of(t, stream);
    gc_sctp_turn turn = {.first = gc_max_u64(t->now, s->end),
                         .each_byte = bytes > GC_SCTP_SMALL_BYTES ? 1 : 0};
    if (turn.each_byte != 0) {
        turn.first = gc_max_u64(turn.first, t->large_end);
        t->large_end = turn.first + bytes;
    }
    s->end = turn.first + bytes;
    return turn;
}

uint32_t gc_sctp_turns_number(gc_sctp_turns *t, uint32_t stream, bool unordered, bool begins) {
    uint32_t *next = &stream_of(t, stream)->next[unordered ? 1 : 0];
    *next += begins ? 1 : 0;
    return *next - 1;
}

void gc_sctp_turns_sent(gc_sctp_turns *t, uint64_t turn) {
    t->now = gc_max_u64(t->now, turn);
}

uint32_t gc_sctp_turns_next(const gc_sctp_turns *t, uint32_t stream) {
    return stream < t->touched ? t->streams[stream].next[0] : 0;
}

void gc_sctp_turns_restart(gc_sctp_turns *t, uint32_t stream) {
    gc_sctp_turns_stream *s = stream_of(t, stream);
    s->next[0] = s->next[1] = 0;
}
