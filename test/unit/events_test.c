/* peer/events.c */
#include "test/unit/unit.h"

#include "peer/events.h"

static gc_events e;
static gc_event out[GC_EVENTS_PER_OUTPUT_MAX];

static uint32_t of(gc_client_output o) {
    return gc_events_of(&e, &o, GC_SPAN("me"), GC_SPAN("why"), out);
}

static gc_client_output state_of(uint32_t state, uint32_t signaling, uint32_t reason) {
    return (gc_client_output){
        .type = GC_CLIENT_STATE, .value = state, .value2 = signaling, .reason = reason};
}

static void ready_and_joined_are_told_once(void **state) {
    (void)state;
    e = (gc_events){0};
    assert_int_equal(of(state_of(GC_STATE_JOINING, GC_SIGNALING_STATE_CONNECTING, 0)), 0);
    assert_int_equal(of(state_of(GC_STATE_WAITING, GC_SIGNALING_STATE_ON, 0)), 2);
    assert_int_equal(out[0].type, GC_EVENT_READY);
    assert_span(out[0].id, GC_SPAN("me"));
    assert_int_equal(out[1].type, GC_EVENT_JOINED);
    assert_int_equal(of(state_of(GC_STATE_CONNECTED, GC_SIGNALING_STATE_ON, 0)), 0);
}

static void trouble_is_told_when_it_changes(void **state) {
    (void)state;
    e = (gc_events){0};
    for (int i = 0; i < 2; i++) {
        uint32_t n =
            of(state_of(GC_STATE_JOINING, GC_SIGNALING_STATE_LOST, GC_REASON_SERVER_UNREACHABLE));
        assert_int_equal(n, i == 0);
    }
    assert_int_equal(out[0].type, GC_EVENT_TROUBLE);
    assert_int_equal(out[0].reason, GC_REASON_SERVER_UNREACHABLE);
    assert_span(out[0].text, GC_SPAN("why"));
    assert_int_equal(of(state_of(GC_STATE_WAITING, GC_SIGNALING_STATE_ON, 0)), 3);
    assert_int_equal(out[2].type, GC_EVENT_TROUBLE);
    assert_int_equal(out[2].reason, GC_REASON_NONE);
    assert_int_equal(of(state_of(GC_STATE_IDLE, GC_SIGNALING_STATE_OFF, GC_REASON_LEFT)), 0);
    assert_int_equal(of(state_of(GC_STATE_FAILED, GC_SIGNALING_STATE_OFF, GC_REASON_BAD_KEY)), 1);
    assert_int_equal(out[0].type, GC_EVENT_FAILED);
}

static void messages_carry_ids_in_place_of_numbers(void **state) {
    (void)state;
    e = (gc_events){0};
    assert_int_equal(of((gc_client_output){.type = GC_CLIENT_PEER,
                                           .peer = 3,
                                           .value = GC_PEER_OPEN,
                                           .value2 = GC_PATH_SRFLX | 0x600,
                                           .number = 12,
                                           .text = GC_SPAN("ben"),
                                           .text2 = GC_SPAN("Ben")}),
                     1);
    assert_int_equal(out[0].type, GC_EVENT_PEER);
    assert_span(out[0].nick, GC_SPAN("Ben"));
    assert_int_equal(out[0].path, GC_PATH_SRFLX);
    assert_true(out[0].verified && out[0].stock && !out[0].direct);
    assert_int_equal(out[0].rtt_ms, 12);
    static const struct {
        uint32_t output, value, event;
    } rows[] = {
        {GC_CLIENT_MESSAGE, 0, GC_EVENT_MESSAGE},         {GC_CLIENT_GAP, 4, GC_EVENT_GAP},
        {GC_CLIENT_DELIVERED, 0, GC_EVENT_DELIVERED},     {GC_CLIENT_DELIVERED, 1, GC_EVENT_SENT},
        {GC_CLIENT_UNDELIVERED, 0, GC_EVENT_UNDELIVERED},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(
            of((gc_client_output){
                .type = rows[i].output, .peer = 3, .value = rows[i].value, .number = 5}),
            1);
        assert_int_equal(out[0].type, rows[i].event);
        assert_span(out[0].id, GC_SPAN("ben"));
        assert_int_equal(out[0].number, 5);
        assert_int_equal(out[0].count, rows[i].value);
    }
}

static void a_new_round_trip_alone_is_marked(void **state) {
    (void)state;
    e = (gc_events){0};
    gc_client_output o = {.type = GC_CLIENT_PEER,
                          .peer = 1,
                          .value = GC_PEER_OPEN,
                          .value2 = GC_PATH_HOST,
                          .number = 5,
                          .text = GC_SPAN("ben"),
                          .text2 = GC_SPAN("Ben")};
    of(o);
    assert_false(out[0].same);
    o.number = 6;
    of(o);
    assert_true(out[0].same);
    assert_int_equal(out[0].rtt_ms, 6);
    gc_client_output changed[] = {o, o, o, o, o};
    changed[0].value = GC_PEER_LOST;
    changed[1].value2 = GC_PATH_RELAY;
    changed[2].reason = GC_REASON_GONE;
    changed[3].text2 = GC_SPAN("Bob");
    changed[4].text = GC_SPAN("bob");
    for (int i = 0; i < 5; i++) {
        of(changed[i]);
        assert_false(out[0].same);
        of(o);
        assert_false(out[0].same);
    }
}

static void what_is_for_the_host_is_no_event(void **state) {
    (void)state;
    e = (gc_events){0};
    for (uint32_t type = 0; type < GC_CLIENT_STATE; type++) {
        assert_int_equal(of((gc_client_output){.type = type, .peer = GC_NONE}), 0);
    }
    assert_int_equal(of((gc_client_output){.type = GC_CLIENT_MESSAGE, .peer = GC_NONE}), 1);
    assert_int_equal(out[0].id.len, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ready_and_joined_are_told_once),
        cmocka_unit_test(trouble_is_told_when_it_changes),
        cmocka_unit_test(a_new_round_trip_alone_is_marked),
        cmocka_unit_test(messages_carry_ids_in_place_of_numbers),
        cmocka_unit_test(what_is_for_the_host_is_no_event),
    };
    return RUN(tests);
}
