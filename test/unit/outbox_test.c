/* core/proto/outbox.c */
#include "core/proto/outbox.h"
#include "test/unit/unit.h"

static gc_outbox_store store;

static gc_outbox fresh(void) {
    gc_outbox o;
    memset(&store, 0xa5, sizeof store);
    gc_outbox_init(&o, &store);
    gc_outbox_check(&o);
    return o;
}

static gc_span text_of(uint64_t seq, uint32_t len) {
    static uint8_t text[GC_TEXT_BYTES_MAX];
    memset(text, (int)('a' + seq % 26), len);
    return gc_span_of(text, len);
}

/* The one reader has what is below seq. */
static void drop_below(gc_outbox *o, uint64_t seq) {
    if (seq > o->first) {
        gc_outbox_settle(o, o->first, seq);
    }
}

static void expect_text(const gc_outbox *o, uint64_t seq, uint32_t len) {
    uint8_t got[GC_TEXT_BYTES_MAX];
    assert_int_equal(gc_outbox_copy(o, seq, got), len);
    assert_memory_equal(got, text_of(seq, len).data, len);
}

static void numbers_rise_from_one(void **state) {
    gc_outbox o = fresh();
    (void)state;
    assert_int_equal(gc_outbox_add(&o, text_of(1, 5), 100, 1), 1);
    assert_int_equal(gc_outbox_add(&o, text_of(2, 7), 200, 1), 2);
    assert_int_equal(gc_outbox_get(&o, 1)->sent_ms, 100);
    assert_int_equal(gc_outbox_get(&o, 2)->sent_ms, 200);
    assert_int_equal(gc_outbox_get(&o, 2)->len, 7);
    expect_text(&o, 1, 5);
    expect_text(&o, 2, 7);
    drop_below(&o, 2);
    gc_outbox_check(&o);
    expect_text(&o, 2, 7);
    drop_below(&o, 1); /* already gone */
    drop_below(&o, 3);
    assert_int_equal(o.first, o.next);
    assert_int_equal(gc_outbox_add(&o, text_of(3, 1), 300, 1), 3);
    gc_outbox_check(&o);
}

static void bytes_are_bounded(void **state) {
    gc_outbox o = fresh();
    uint32_t kept = GC_OUTBOX_BYTES_MAX / GC_TEXT_BYTES_MAX;
    (void)state;
    for (uint32_t i = 0; i < kept; i++) {
        assert_int_equal(gc_outbox_room_at(&o, GC_TEXT_BYTES_MAX), 1);
        (void)gc_outbox_add(&o, text_of(i + 1, GC_TEXT_BYTES_MAX), i, 1);
    }
    gc_outbox_check(&o);
    assert_int_equal(gc_outbox_room_at(&o, 1), 2);
    assert_int_equal(gc_outbox_room_at(&o, GC_TEXT_BYTES_MAX), 2);
    drop_below(&o, 2);
    assert_int_equal(gc_outbox_room_at(&o, GC_TEXT_BYTES_MAX), 2);
    (void)gc_outbox_add(&o, text_of(kept + 1, 10), 0, 1);
    assert_int_equal(gc_outbox_room_at(&o, GC_TEXT_BYTES_MAX), 3);
    assert_int_equal(gc_outbox_room_at(&o, GC_TEXT_BYTES_MAX - 10), 2);
    expect_text(&o, kept + 1, 10);
    expect_text(&o, 2, GC_TEXT_BYTES_MAX);
}

static void messages_are_bounded(void **state) {
    gc_outbox o = fresh();
    (void)state;
    for (uint64_t i = 1; i <= GC_OUTBOX_MESSAGES_MAX; i++) {
        assert_int_equal(gc_outbox_room_at(&o, 1), 1);
        (void)gc_outbox_add(&o, text_of(i, 1), i, 1);
    }
    assert_int_equal(gc_outbox_room_at(&o, 1), 2);
    drop_below(&o, 2);
    assert_int_equal(gc_outbox_add(&o, text_of(GC_OUTBOX_MESSAGES_MAX + 1, 1), 0, 1),
                     GC_OUTBOX_MESSAGES_MAX + 1);
    gc_outbox_check(&o);
}

/* The ring wraps many times; every kept text is whole at every moment. */
static void texts_survive_the_wrap(void **state) {
    gc_outbox o = fresh();
    uint32_t random = 1;
    uint32_t lens[GC_OUTBOX_MESSAGES_MAX];
    (void)state;
    for (int i = 0; i < 3000; i++) {
        random = random * 1103515245u + 12345u;
        uint32_t len = 1 + (random >> 8) % GC_TEXT_BYTES_MAX;
        uint64_t need = gc_outbox_room_at(&o, len);
        drop_below(&o, need);
        uint64_t seq = gc_outbox_add(&o, text_of(o.next, len), (uint64_t)i, 1);
        lens[seq % GC_OUTBOX_MESSAGES_MAX] = len;
        expect_text(&o, o.first, lens[o.first % GC_OUTBOX_MESSAGES_MAX]);
        expect_text(&o, seq, len);
        if (i % 100 == 0) {
            gc_outbox_check(&o);
            for (uint64_t s = o.first; s < o.next; s++) {
                expect_text(&o, s, lens[s % GC_OUTBOX_MESSAGES_MAX]);
            }
        }
    }
}

static void a_message_stays_until_its_last_reader_has_it(void **state) {
    gc_outbox o = fresh();
    (void)state;
    (void)gc_outbox_add(&o, GC_SPAN("for three"), 1, 3);
    (void)gc_outbox_add(&o, GC_SPAN("for one"), 2, 1);
    gc_outbox_settle(&o, 2, 3); /* what nobody waits for stays after one that somebody does */
    for (int i = 0; i < 3; i++) {
        assert_int_equal(o.first, 1);
        assert_int_equal(gc_outbox_get(&o, 1)->readers, 3 - i);
        gc_outbox_check(&o);
        gc_outbox_settle(&o, 1, 2);
    }
    assert_int_equal(o.first, 3);
    gc_outbox_settle(&o, 3, 3); /* nothing */
    gc_outbox_check(&o);
}

static void a_wipe_leaves_nothing(void **state) {
    gc_outbox o = fresh();
    (void)state;
    (void)gc_outbox_add(&o, GC_SPAN("canary"), 1, 1);
    gc_outbox_wipe(&o);
    assert_null(memmem(&store, sizeof store, "canary", 6));
    assert_int_equal(gc_outbox_add(&o, GC_SPAN("x"), 1, 1), 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_rise_from_one),
        cmocka_unit_test(bytes_are_bounded),
        cmocka_unit_test(messages_are_bounded),
        cmocka_unit_test(texts_survive_the_wrap),
        cmocka_unit_test(a_message_stays_until_its_last_reader_has_it),
        cmocka_unit_test(a_wipe_leaves_nothing),
    };
    return RUN(tests);
}
