#include "core/proto/link_text.h"
#include "core/proto/data_connection.h"
#include "core/proto/data_text.h"
#include "core/proto/signal_text.h"

void gc_link_text_description(const gc_link *l, gc_writer *w, gc_span to, const uint8_t *tag,
                              const uint8_t *proof, gc_span sdp) {
    if (l->kind == GC_LINK_KIND_EITHER) {
        gc_data_text_write_offer(w, to, gc_link_connection(l),
                                 gc_serialization_word(l->serialization), sdp);
    } else if (l->kind == GC_LINK_KIND_DATA) {
        gc_data_text_write_answer(w, to, gc_link_connection(l), sdp);
    } else if (l->step == GC_LINK_STEP_OFFERING) {
        gc_signal_write_offer(w, to, l->dial, tag, proof, sdp);
    } else {
        gc_signal_write_answer(w, to, l->dial, sdp);
    }
}

void gc_link_text_candidate(const gc_link *l, gc_writer *w, gc_span to, gc_span candidate,
                            gc_span mid, uint32_t index) {
    if (l->kind == GC_LINK_KIND_NATIVE) {
        gc_signal_write_candidate(w, to, l->dial, candidate, mid, index);
    } else {
        gc_data_text_write_candidate(w, to, gc_link_connection(l), candidate, mid, index);
    }
}
