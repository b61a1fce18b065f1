/* core/proto/peer.c */
#include "core/proto/peer.h"
#include "core/base/reason.h"
#include "test/unit/unit.h"

static gc_inbox_store inbox_store;
static gc_outbox_store outbox_store;

static gc_peer peer_of(const char *id) {
    gc_peer p;
    memset(&p, 0, sizeof p);
    gc_peer_begin(&p, text_span(id), &inbox_store, 1);
    return p;
}

static void the_smaller_id_is_found_byte_by_byte(void **state) {
    static const struct {
        const char *own, *peer;
        bool after;
    } rows[] = {{"a", "b", true},       {"b", "a", false}, {"a", "ab", true},
                {"ab", "a", false},     {"a", "a", false}, {"Z", "a", true},
                {"\x7f", "\x80", true}, {"aa", "b", true}, {"\xff", "a", false}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        gc_peer p = peer_of(rows[i].peer);
        assert_int_equal(gc_peer_after(&p, text_span(rows[i].own)), rows[i].after);
    }
}

static void the_last_eight_dials_are_remembered(void **state) {
    gc_peer p = peer_of("bob");
    uint8_t dial[GC_DIAL_BYTES] = {0};
    (void)state;
    for (uint8_t n = 0; n < 20; n++) {
        dial[15] = n;
        assert_true(gc_peer_remember(&p, dial));
        assert_false(gc_peer_remember(&p, dial));
    }
    for (uint8_t n = 0; n < 20; n++) {
        gc_peer copy = p;
        dial[15] = n;
        assert_int_equal(gc_peer_remember(&copy, dial), n < 12);
    }
}

static void dials_come_slower_and_slower(void **state) {
    static const uint64_t delays[] = {1000, 2000, 4000, 8000, 16000, 30000, 30000};
    gc_peer first = peer_of("~"), second = peer_of("0");
    (void)state;
    for (size_t i = 0; i < sizeof delays / sizeof delays[0]; i++) {
        gc_peer_redial(&first, GC_SPAN("me"), 500);
        assert_int_equal(first.dial_ms, 500 + delays[i]);
        gc_peer_redial(&second, GC_SPAN("me"), 500);
        assert_int_equal(second.dial_ms, 500 + delays[i] + GC_DIAL_EXPECT_MS);
    }
}

static void a_strangers_name_is_cleaned(void **state) {
    gc_peer p = peer_of("bob");
    (void)state;
    gc_peer_rename(&p, GC_SPAN("  B\x07o\xe2\x80\xae"
                               "b\n "));
    assert_span(gc_span_of(p.nick, p.nick_len), GC_SPAN("Bob"));
    assert_true(p.renamed);
    p.renamed = false;
    gc_peer_rename(&p, GC_SPAN("Bob"));
    assert_false(p.renamed);
    gc_peer_rename(&p, GC_SPAN(""));
    assert_int_equal(p.nick_len, 0);
    assert_true(p.renamed);
}

static void an_end_gives_up_what_is_open(void **state) {
    gc_outbox o;
    gc_peer p = peer_of("bob");
    uint64_t seq = 0;
    bool delivered = true;
    (void)state;
    gc_outbox_init(&o, &outbox_store);
    (void)gc_outbox_add(&o, GC_SPAN("x"), 1);
    gc_peer_end(&p, &o, GC_REASON_LEFT);
    assert_int_equal(p.use, GC_PEER_ENDED);
    assert_true(gc_conversation_tell(&p.conversation, &seq, &delivered));
    assert_int_equal(seq, 1);
    assert_false(delivered);
    assert_int_equal(p.conversation.lost_reason, GC_REASON_LEFT);
}

static void a_flood_of_offers_is_slowed(void **state) {
    gc_peer p = {0};
    (void)state;
    for (uint32_t i = 0; i < GC_PEER_OFFERS_MAX; i++) {
        assert_true(gc_peer_take_offer(&p, 50000 + i));
    }
    assert_false(gc_peer_take_offer(&p, 50100));
    assert_false(gc_peer_take_offer(&p, 50000 + GC_PEER_OFFERS_MS - 1));
    assert_true(gc_peer_take_offer(&p, 50000 + GC_PEER_OFFERS_MS));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_flood_of_offers_is_slowed),
        cmocka_unit_test(the_smaller_id_is_found_byte_by_byte),
        cmocka_unit_test(the_last_eight_dials_are_remembered),
        cmocka_unit_test(dials_come_slower_and_slower),
        cmocka_unit_test(a_strangers_name_is_cleaned),
        cmocka_unit_test(an_end_gives_up_what_is_open),
    };
    return RUN(tests);
}
