#include "core/proto/output_queue.h"
#include "core/base/assert.h"
#include "core/base/mem.h"

void gc_output_queue_init(gc_output_queue *q, gc_output_store *store) {
    *q = (gc_output_queue){.store = store};
}

/* Taken events give their room back as soon as all are taken. The bytes of the last one stay
 * readable: nothing overwrites them before the next put. */
static void start_over(gc_output_queue *q) {
    if (q->head == q->count) {
        q->head = q->count = q->bytes = 0;
    }
}

bool gc_output_queue_ready(const gc_output_queue *q) {
    if (q->head == q->count) {
        return true;
    }
    return GC_OUTPUT_EVENTS_MAX - q->count >= GC_OUTPUT_INPUT_EVENTS &&
           GC_OUTPUT_BYTES_MAX - q->bytes >= GC_OUTPUT_INPUT_BYTES;
}

static gc_output_event *add(gc_output_queue *q, uint32_t type, uint32_t link, uint32_t value) {
    gc_assert(q->count < GC_OUTPUT_EVENTS_MAX);
    gc_output_event *e = &q->store->events[q->count++];
    *e = (gc_output_event){.type = type, .link = link, .value = value, .text_at = q->bytes};
    return e;
}

static void append(gc_output_queue *q, gc_span s) {
    gc_assert(s.len <= GC_OUTPUT_BYTES_MAX - q->bytes);
    if (s.len > 0) {
        memcpy(q->store->bytes + q->bytes, s.data, s.len);
        q->bytes += s.len;
    }
}

void gc_output_queue_put(gc_output_queue *q, uint32_t type, uint32_t link, uint32_t value,
                         gc_span text, gc_span text2) {
    start_over(q);
    gc_output_event *e = add(q, type, link, value);
    e->text_len = text.len;
    e->text2_len = text2.len;
    append(q, text);
    append(q, text2);
}

gc_writer gc_output_queue_begin(gc_output_queue *q) {
    gc_writer w;
    start_over(q);
    gc_writer_init(&w, q->store->bytes + q->bytes, GC_OUTPUT_BYTES_MAX - q->bytes);
    return w;
}

bool gc_output_queue_end(gc_output_queue *q, uint32_t type, uint32_t link, uint32_t value,
                         const gc_writer *w) {
    gc_assert(w->data == q->store->bytes + q->bytes);
    if (w->failed) {
        return false;
    }
    gc_output_event *e = add(q, type, link, value);
    e->text_len = w->at;
    q->bytes += w->at;
    return true;
}

bool gc_output_queue_take(gc_output_queue *q, gc_client_output *out) {
    if (q->head == q->count) {
        return false;
    }
    const gc_output_event *e = &q->store->events[q->head++];
    const uint8_t *text = q->store->bytes + e->text_at;
    *out = (gc_client_output){.type = e->type, .peer = GC_NONE, .link = e->link, .value = e->value};
    out->text = gc_span_of(text, e->text_len);
    out->text2 = gc_span_of(text + e->text_len, e->text2_len);
    return true;
}
