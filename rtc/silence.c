#include "rtc/silence.h"
#include "core/base/number.h"
#include "core/base/timers.h"

void gc_silence_init(gc_silence *s) {
    *s = (gc_silence){.since_ms = GC_NEVER};
}

void gc_silence_sent(gc_silence *s, uint64_t now_ms) {
    if (s->since_ms == GC_NEVER) {
        s->since_ms = now_ms;
    }
}

void gc_silence_ended(gc_silence *s) {
    s->since_ms = GC_NEVER;
}

uint64_t gc_silence_due_ms(const gc_silence *s, uint32_t rtt_ms) {
    return s->since_ms == GC_NEVER ? GC_NEVER
                                   : gc_max_u64(s->since_ms + rtt_ms + GC_SILENCE_MS, s->again_ms);
}

void gc_silence_asked(gc_silence *s, uint64_t now_ms) {
    s->again_ms = now_ms + GC_SILENCE_AGAIN_MS;
}
