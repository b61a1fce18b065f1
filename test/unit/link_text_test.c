/* core/proto/link_text.c: each kind of link is spoken of in the form that its other side reads. */
#include "core/proto/link_text.h"
#include "core/proto/data_connection.h"
#include "core/proto/signal_text.h"
#include "test/unit/unit.h"

static gc_link_store store;
static const uint8_t dial[GC_DIAL_BYTES] = "a dial, 16 bytes";
static const uint8_t tag[GC_TAG_BYTES] = "a tag, 16 bytes";
static const uint8_t proof[GC_PROOF_BYTES] = "proof, 16 bytes";
static uint8_t text[4096];
static gc_signal_in in;

static gc_link begin(enum gc_link_step step) {
    gc_link l = {.store = &store};
    gc_link_begin(&l, step, 0, dial, 0);
    return l;
}

/* What the peer reads of it, once the server has put our id in. */
static void read(gc_writer *w) {
    static uint8_t relayed[4200];
    gc_writer r;
    gc_span sent = gc_writer_done(w);
    assert_false(w->failed);
    gc_writer_init(&r, relayed, sizeof relayed);
    gc_writer_bytes(&r, sent.data, sent.len - 1);
    gc_writer_text(&r, ",\"src\":\"me\"}");
    assert_int_equal(gc_signal_read(gc_writer_done(&r), &in), 0);
    assert_span(gc_span_of(in.src, in.src_len), GC_SPAN("me"));
}

static void describe(const gc_link *l, const uint8_t *a_tag, const uint8_t *a_proof) {
    gc_writer w;
    gc_writer_init(&w, text, sizeof text);
    gc_link_text_description(l, &w, GC_SPAN("you"), a_tag, a_proof, GC_SPAN("v=0"));
    read(&w);
}

static void candidate(const gc_link *l) {
    gc_writer w;
    gc_writer_init(&w, text, sizeof text);
    gc_link_text_candidate(l, &w, GC_SPAN("you"), GC_SPAN("candidate:1"), GC_SPAN("0"), 0);
    read(&w);
    assert_int_equal(in.type, GC_SIGNAL_CANDIDATE);
}

static void a_native_link_speaks_our_form(void **state) {
    gc_link l = begin(GC_LINK_STEP_OFFERING);
    (void)state;
    describe(&l, tag, proof);
    assert_int_equal(in.type, GC_SIGNAL_OFFER);
    assert_false(in.data);
    assert_true(in.has_tag && in.has_proof);
    assert_memory_equal(in.dial, dial, GC_DIAL_BYTES);
    describe(&l, NULL, NULL);
    assert_false(in.has_tag || in.has_proof);
    candidate(&l);
    assert_false(in.data);
    l = begin(GC_LINK_STEP_ANSWERING);
    describe(&l, tag, proof);
    assert_int_equal(in.type, GC_SIGNAL_ANSWER);
    assert_false(in.data);
}

static void a_link_for_either_kind_speaks_peerjss_form_with_our_mark(void **state) {
    gc_link l = begin(GC_LINK_STEP_OFFERING);
    (void)state;
    gc_link_offer_either(&l, GC_SERIALIZE_JSON);
    describe(&l, NULL, NULL);
    assert_int_equal(in.type, GC_SIGNAL_OFFER);
    assert_true(in.data && in.marked);
    assert_int_equal(in.serialization, GC_SERIALIZE_JSON);
    assert_memory_equal(in.dial, dial, GC_DIAL_BYTES); /* the connection id is the dial */
    candidate(&l);
    assert_true(in.data);
}

static void an_answer_to_a_stock_peer_is_a_stock_answer(void **state) {
    gc_link l = begin(GC_LINK_STEP_ANSWERING);
    (void)state;
    gc_link_answer_data(&l, GC_SPAN("dc_abcdefghijk"), GC_SERIALIZE_RAW);
    describe(&l, NULL, NULL);
    assert_int_equal(in.type, GC_SIGNAL_ANSWER);
    assert_true(in.data);
    assert_span(gc_span_of(in.connection, in.connection_len), GC_SPAN("dc_abcdefghijk"));
    candidate(&l);
    assert_span(gc_span_of(in.connection, in.connection_len), GC_SPAN("dc_abcdefghijk"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_native_link_speaks_our_form),
        cmocka_unit_test(a_link_for_either_kind_speaks_peerjss_form_with_our_mark),
        cmocka_unit_test(an_answer_to_a_stock_peer_is_a_stock_answer),
    };
    return RUN(tests);
}
