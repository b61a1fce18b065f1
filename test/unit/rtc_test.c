#include "test/unit/rtc_pair.h"

#include "rtc/peer_connection.h"

static void a_link_opens_and_carries_messages(void **state) {
    (void)state;
    rtc_pair *w = rtc_pair_make(1);
    w->path.delay_ms = 50;
    w->signal_ms = 50;
    rtc_pair_offer(w, LINK, GC_LINK_KIND_NATIVE);
    rtc_pair_run(w, 3000);
    rtc_pair_assert_open(w, 1);
    for (uint32_t i = 0; i < 2; i++) {
        assert_int_equal(w->sides[i].descriptions, 1);
        assert_int_equal(w->sides[i].candidates, 1);
        assert_true(w->sides[i].paths >= 1);
        assert_int_equal(w->sides[i].path_type, GC_PATH_HOST);
        assert_int_equal(w->sides[i].path_rtt_ms, 100);
        /* The offer 1/2, DTLS 1.5 (server) and 2 (client) round trips of 100 ms, and no timer. */
        assert_in_range(w->sides[i].opened_ms, 1200 + 50 * i, 1205 + 50 * i);
        rtc_pair_send(w, i, LINK, GC_CHANNEL_MESSAGE, 1, 100);
        rtc_pair_send(w, i, LINK, GC_CHANNEL_CONTROL, 2, 100);
        assert_true(w->sides[i].buffered_reports >= 2);
    }
    rtc_pair_run(w, 1000);
    assert_int_equal(w->sides[0].messages, 2);
    assert_int_equal(w->sides[1].messages, 2);
    rtc_pair_free(w);
}

/* A round trip within the millisecond is told as one, and as none while there is no way. */
static void a_round_trip_is_known_or_not(void **state) {
    (void)state;
    rtc_pair *w = rtc_pair_make(1);
    w->path.delay_ms = 0;
    rtc_pair_offer(w, LINK, GC_LINK_KIND_NATIVE);
    rtc_pair_run(w, 1000);
    rtc_pair_assert_open(w, 1);
    for (uint32_t i = 0; i < 2; i++) {
        assert_int_equal(w->sides[i].path_rtt_ms, 1);
    }
    gc_rtc_drop_base(w->sides[0].rtc, w->now_ms, 0);
    rtc_pair_run(w, 6000);
    uint32_t paths = w->sides[0].paths;
    rtc_pair_send(w, 0, LINK, GC_CHANNEL_MESSAGE, 1, 100);
    assert_int_equal(w->sides[0].paths, paths + 1);
    assert_int_equal(w->sides[0].path_rtt_ms, 0);
    rtc_pair_free(w);
}

/* On the way of a pair in use a flight that is sent again goes out twice, as often as it is due. */
static void handshakes_that_are_sent_again_go_out_twice(void **state) {
    (void)state;
    rtc_pair *w = rtc_pair_make(1);
    w->path.delay_ms = 50;
    rtc_pair_offer(w, LINK, GC_LINK_KIND_NATIVE);
    while (w->sides[1].handshakes == 0) { /* the client's flight after the first */
        rtc_pair_run(w, 1);
    }
    assert_int_equal(w->sides[1].handshakes, 1);
    w->path.loss_percent = 100;
    rtc_pair_run(w, 300);
    assert_int_equal(w->sides[1].handshakes, 3);
    rtc_pair_run(w, 4000);
    assert_in_range(w->sides[1].handshakes, 9, 17);
    assert_int_equal(w->sides[1].handshakes % 2, 1);
    w->path.loss_percent = 0;
    rtc_pair_run(w, 4000);
    rtc_pair_assert_open(w, 1);
    rtc_pair_free(w);
}

/* Signaling may be much slower than the network, or lose all candidates of one side or both. */
static void without_candidates_of_the_offerer(void **state) {
    (void)state;
    static const uint32_t delays[] = {0, 5, 300, 3000};
    for (int i = 0; i < 4; i++) {
        rtc_pair *w = rtc_pair_make(1);
        w->signal_ms = delays[i];
        rtc_pair_offer(w, LINK, GC_LINK_KIND_NATIVE);
        rtc_pair_run(w, 8000);
        rtc_pair_assert_open(w, 1);
        rtc_pair_free(w);
    }
}

static void a_thousand_messages_each_way_over_a_bad_path(void **state) {
    (void)state;
    rtc_pair *w = rtc_pair_make(3);
    w->path.delay_ms = 20;
    w->path.jitter_ms = 10;
    w->path.loss_percent = 3;
    w->path.duplicate_percent = 2;
    rtc_pair_offer(w, LINK, GC_LINK_KIND_NATIVE);
    rtc_pair_run(w, 15000);
    rtc_pair_assert_open(w, 1);
    for (uint32_t n = 0; n < 1000; n++) {
        for (uint32_t i = 0; i < 2; i++) {
            uint32_t channel = n % 4 == 0 ? GC_CHANNEL_CONTROL : GC_CHANNEL_MESSAGE;
            rtc_pair_send(w, i, LINK, channel, n, 4 + n % 3000);
        }
        rtc_pair_run(w, 20);
    }
    rtc_pair_run(w, 20000);
    rtc_pair_assert_open(w, 1);
    for (uint32_t i = 0; i < 2; i++) {
        assert_int_equal(w->sides[i].messages, 1000);
        for (uint32_t n = 0; n < 1000; n++) {
            assert_int_equal(w->sides[i].seen[n], 1);
        }
        assert_int_equal(w->sides[i].buffered, 0);
    }
    rtc_pair_free(w);
}

static void sizes_of_messages(void **state) {
    (void)state;
    rtc_pair *w = rtc_pair_open(1);
    static const uint32_t sizes[] = {0, 1, 4, 1131, 1132, 1200, 16384, GC_FRAME_BYTES_MAX};
    for (uint32_t n = 0; n < sizeof sizes / sizeof *sizes; n++) {
        rtc_pair_send(w, n % 2, LINK, n / 2 % 2, 0, sizes[n]);
        w->sides[1].in_order = w->sides[0].in_order = 0;
        rtc_pair_run(w, 1000);
        assert_int_equal(w->sides[!(n % 2)].bytes, sizes[n]);
        assert_int_equal(w->sides[!(n % 2)].channel, n / 2 % 2);
    }
    gc_rtc *rtc = w->sides[0].rtc;
    static uint8_t large[GC_RTC_MESSAGE_BYTES_MAX + 1];
    gc_span all = gc_span_of(large, sizeof large);
    assert_int_equal(gc_rtc_send(rtc, w->now_ms, LINK, 1, all), GC_E_TOO_BIG);
    assert_int_equal(gc_rtc_send(rtc, w->now_ms, LINK, 2, GC_SPAN("x")), GC_E_ARGUMENT);
    assert_int_equal(gc_rtc_send(rtc, w->now_ms, LINK, GC_CHANNEL_DATA_TEXT, GC_SPAN("x")),
                     GC_E_ARGUMENT);
    assert_int_equal(gc_rtc_send(rtc, w->now_ms, LINK + 1, 1, GC_SPAN("x")), 0);
    rtc_pair_send(w, 0, LINK, 1, 0, GC_FRAME_BYTES_MAX + 1); /* nobody may send such a frame */
    rtc_pair_run(w, 2000);
    assert_int_equal(w->sides[1].closed, 1);
    assert_int_equal(w->sides[1].reason, GC_REASON_PROTOCOL);
    assert_int_equal(w->sides[0].closed, 1);
    assert_int_equal(w->sides[0].reason, GC_REASON_GONE);
    rtc_pair_free(w);
}

static void large_messages_for_who_takes_them(void **state) {
    (void)state;
    rtc_pair *w =
        rtc_pair_make_with(1, &(gc_rtc_options){.message_bytes_max = GC_RTC_MESSAGE_BYTES_MAX});
    rtc_pair_offer(w, LINK, GC_LINK_KIND_NATIVE);
    rtc_pair_run(w, 2000);
    rtc_pair_send(w, 0, LINK, 1, 0, GC_RTC_MESSAGE_BYTES_MAX);
    assert_true(w->sides[0].buffered > GC_RTC_BUFFERED_LOW_BYTES);
    rtc_pair_send(w, 0, LINK, 1, 0, GC_RTC_MESSAGE_BYTES_MAX);
    rtc_pair_run(w, 10000);
    assert_int_equal(w->sides[1].messages, 2);
    assert_int_equal(w->sides[1].bytes, GC_RTC_MESSAGE_BYTES_MAX);
    assert_true(w->sides[0].buffered <= GC_RTC_BUFFERED_LOW_BYTES);
    rtc_pair_free(w);
}

static void datagrams_become_longer_where_they_may(void **state) {
    (void)state;
    static const uint32_t most[] = {0, 4000};
    uint64_t sent[2];
    for (uint32_t i = 0; i < 2; i++) {
        rtc_pair *w =
            rtc_pair_make_with(1, &(gc_rtc_options){.message_bytes_max = GC_RTC_MESSAGE_BYTES_MAX,
                                                    .datagram_bytes_max = most[i]});
        rtc_pair_offer(w, LINK, GC_LINK_KIND_NATIVE);
        rtc_pair_run(w, 2000);
        rtc_pair_send(w, 0, LINK, 1, 0, GC_RTC_MESSAGE_BYTES_MAX);
        rtc_pair_run(w, 2000);
        sent[i] = w->path.sent;
        rtc_pair_send(w, 0, LINK, 1, 0, GC_RTC_MESSAGE_BYTES_MAX);
        rtc_pair_run(w, 2000);
        sent[i] = w->path.sent - sent[i];
        assert_int_equal(w->sides[1].messages, 2);
        rtc_pair_free(w);
    }
    assert_true(2 * sent[1] < sent[0]);
}

/* Descriptions name a version of this program that is not known: the other side is another one. */
static void of_another_program(gc_span *text, uint32_t type, uint8_t *copy) {
    static const char token[] = "ghostchat1";
    if (type != GC_RTC_DESCRIPTION) {
        return;
    }
    memcpy(copy, text->data, text->len);
    for (uint32_t i = 0; i + sizeof token - 1 <= text->len; i++) {
        if (memcmp(copy + i, token, sizeof token - 1) == 0) {
            copy[i + sizeof token - 2] = '9';
        }
    }
    text->data = copy;
}

/* Chromium ends a link that sends it a record of DTLS with more than 2,048 bytes. */
static void datagrams_to_other_programs_stay_short(void **state) {
    (void)state;
    rtc_pair *w =
        rtc_pair_make_with(1, &(gc_rtc_options){.message_bytes_max = GC_RTC_MESSAGE_BYTES_MAX,
                                                .datagram_bytes_max = GC_RTC_DATAGRAM_BYTES_MAX});
    w->spoil = of_another_program;
    w->datagram_bytes_max = GC_RTC_DATAGRAM_BYTES_OTHERS;
    rtc_pair_offer(w, LINK, GC_LINK_KIND_NATIVE);
    rtc_pair_run(w, 2000);
    for (uint32_t i = 0; i < 3; i++) {
        rtc_pair_send(w, 0, LINK, 1, 0, GC_RTC_MESSAGE_BYTES_MAX);
        rtc_pair_send(w, 1, LINK, 1, 0, GC_RTC_MESSAGE_BYTES_MAX);
        rtc_pair_run(w, 5000);
    }
    assert_int_equal(w->sides[0].messages, 3);
    assert_int_equal(w->sides[1].messages, 3);
    rtc_pair_free(w);
}

static void a_full_queue_refuses(void **state) {
    (void)state;
    rtc_pair *w = rtc_pair_open(1);
    static uint8_t bytes[16000];
    uint32_t sent = 0;
    int error;
    while ((error = gc_rtc_send(w->sides[0].rtc, w->now_ms, LINK, 1,
                                gc_span_of(bytes, sizeof bytes))) == 0) {
        sent++;
        assert_true(sent < 1000);
    }
    assert_int_equal(error, GC_E_FULL);
    assert_true(sent > 20);
    rtc_pair_drain(w, 0);
    rtc_pair_run(w, 20000);
    assert_int_equal(w->sides[1].messages, sent);
    rtc_pair_free(w);
}

/* Memory that a burst of messages took is given back once nothing is under way, and not before. */
static void memory_of_many_messages_is_given_back(void **state) {
    (void)state;
    rtc_pair *w = rtc_pair_make_with(
        21, &(gc_rtc_options){.message_bytes_max = GC_RTC_MESSAGE_BYTES_MAX, .links_max = 3});
    rtc_pair_offer(w, LINK, GC_LINK_KIND_NATIVE);
    rtc_pair_run(w, 1000);
    for (uint32_t n = 0; n < 3; n++) {
        w->sides[0].unused = w->sides[1].unused = 0;
        rtc_pair_send(w, 0, LINK, GC_CHANNEL_CONTROL, n, GC_RTC_MESSAGE_BYTES_MAX);
        rtc_pair_run(w, 4000);
        assert_int_equal(w->sides[1].messages, n + 1);
        assert_int_equal(w->sides[0].unused + w->sides[1].unused, 0);
        rtc_pair_run(w, GC_RTC_UNUSED_MS);
        assert_true(w->sides[0].unused > GC_RTC_MESSAGE_BYTES_MAX);
        assert_true(w->sides[1].unused > GC_RTC_MESSAGE_BYTES_MAX);
    }
    uint32_t unused = w->sides[0].unused;
    rtc_pair_run(w, 60000);
    assert_int_equal(w->sides[0].unused, unused); /* once */
    rtc_pair_free(w);
}

static void an_offer_to_whoever_answers_meets_one_of_ours(void **state) {
    (void)state;
    rtc_pair *w = rtc_pair_make(1);
    w->kinds[0] = w->kinds[1] = GC_LINK_KIND_NATIVE;
    rtc_pair_offer(w, LINK, GC_LINK_KIND_EITHER);
    rtc_pair_run(w, 2000);
    rtc_pair_assert_open(w, 1);
    rtc_pair_send(w, 0, LINK, GC_CHANNEL_MESSAGE, 1, 10);
    rtc_pair_send(w, 1, LINK, GC_CHANNEL_CONTROL, 1, 10);
    rtc_pair_run(w, 1000);
    assert_int_equal(w->sides[0].messages, 1);
    assert_int_equal(w->sides[1].messages, 1);
    rtc_pair_free(w);
}

static void an_offer_to_whoever_answers_meets_a_peerjs_peer(void **state) {
    (void)state;
    for (uint32_t closer = 0; closer < 2; closer++) {
        rtc_pair *w = rtc_pair_make(1);
        w->kinds[0] = w->kinds[1] = GC_LINK_KIND_DATA;
        rtc_pair_offer(w, LINK, GC_LINK_KIND_EITHER);
        rtc_pair_run(w, 2000);
        rtc_pair_assert_open(w, 1);
        for (uint32_t i = 0; i < 2; i++) {
            gc_rtc *rtc = w->sides[i].rtc;
            assert_int_equal(gc_rtc_send(rtc, w->now_ms, LINK, 1, GC_SPAN("x")), GC_E_ARGUMENT);
            assert_int_equal(
                gc_rtc_send(rtc, w->now_ms, LINK, GC_CHANNEL_DATA_TEXT, GC_SPAN("abc")), 0);
            rtc_pair_drain(w, i);
            rtc_pair_run(w, 1000);
            assert_int_equal(w->sides[!i].channel, GC_CHANNEL_DATA_TEXT);
            assert_int_equal(w->sides[!i].bytes, 3);
            assert_int_equal(gc_rtc_send(rtc, w->now_ms, LINK, GC_CHANNEL_DATA_BYTES, GC_SPAN_NONE),
                             0);
            rtc_pair_drain(w, i);
            rtc_pair_run(w, 1000);
            assert_int_equal(w->sides[!i].channel, GC_CHANNEL_DATA_BYTES);
            assert_int_equal(w->sides[!i].bytes, 0);
        }
        gc_rtc_close(w->sides[closer].rtc, w->now_ms, LINK);
        rtc_pair_drain(w, closer);
        rtc_pair_run(w, 2000);
        assert_int_equal(w->sides[closer].closed, 0);
        assert_int_equal(w->sides[!closer].closed, 1);
        assert_int_equal(w->sides[!closer].reason, GC_REASON_LEFT);
        rtc_pair_free(w);
    }
}

/* A browser that closes a connection resets no channel before. Here nothing of ours arrives but the
 * last datagram, the close_notify of DTLS. */
static void a_peerjs_peer_that_ends_its_connection_has_left(void **state) {
    static const uint32_t kinds[] = {GC_LINK_KIND_NATIVE, GC_LINK_KIND_DATA};
    (void)state;
    for (uint32_t i = 0; i < 2; i++) {
        rtc_pair *w = rtc_pair_make(1);
        w->kinds[0] = w->kinds[1] = kinds[i];
        rtc_pair_offer(w, LINK, GC_LINK_KIND_EITHER);
        rtc_pair_run(w, 2000);
        rtc_pair_assert_open(w, 1);
        w->path.loss_percent = 100;
        gc_rtc_close(w->sides[0].rtc, w->now_ms, LINK);
        rtc_pair_drain(w, 0);
        rtc_pair_run(w, GC_PEER_CONNECTION_CLOSE_MS - 2);
        assert_int_equal(w->sides[1].closed, 0);
        w->path.loss_percent = 0;
        rtc_pair_run(w, 500);
        assert_int_equal(w->sides[1].closed, 1);
        assert_int_equal(w->sides[1].reason, i == 0 ? GC_REASON_GONE : GC_REASON_LEFT);
        rtc_pair_free(w);
    }
}

static void small_messages_only(gc_span *text, uint32_t type, uint8_t *copy) {
    if (type == GC_RTC_DESCRIPTION) {
        rtc_pair_replace(text, copy, "message-size:262144", "message-size:001000");
    }
}

static void the_other_side_may_take_less(void **state) {
    (void)state;
    rtc_pair *w = rtc_pair_make(1);
    w->spoil = small_messages_only;
    rtc_pair_offer(w, LINK, GC_LINK_KIND_NATIVE);
    rtc_pair_run(w, 2000);
    rtc_pair_assert_open(w, 1);
    static uint8_t bytes[1001];
    gc_rtc *rtc = w->sides[0].rtc;
    assert_int_equal(gc_rtc_send(rtc, w->now_ms, LINK, 1, gc_span_of(bytes, 1001)), GC_E_TOO_BIG);
    assert_int_equal(gc_rtc_send(rtc, w->now_ms, LINK, 1, gc_span_of(bytes, 1000)), 0);
    rtc_pair_drain(w, 0);
    rtc_pair_free(w);
}

static void the_path_is_told_while_messages_come(void **state) {
    (void)state;
    rtc_pair *w = rtc_pair_open(1);
    for (uint32_t i = 0; i < 2; i++) {
        assert_int_equal(w->sides[i].paths, 1);
    }
    rtc_pair_run(w, 20000);
    assert_int_equal(w->sides[0].paths, 1); /* at rest nobody wants to know */
    for (uint32_t n = 0; n < 11; n++) {
        rtc_pair_send(w, 0, LINK, GC_CHANNEL_MESSAGE, n, 10);
        rtc_pair_send(w, 0, LINK, GC_CHANNEL_CONTROL, n, 10);
        rtc_pair_run(w, 1000);
    }
    for (uint32_t i = 0; i < 2; i++) {
        assert_in_range(w->sides[i].paths, 3, 4);
    }
    rtc_pair_free(w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_link_opens_and_carries_messages),
        cmocka_unit_test(a_round_trip_is_known_or_not),
        cmocka_unit_test(handshakes_that_are_sent_again_go_out_twice),
        cmocka_unit_test(without_candidates_of_the_offerer),
        cmocka_unit_test(a_thousand_messages_each_way_over_a_bad_path),
        cmocka_unit_test(sizes_of_messages),
        cmocka_unit_test(large_messages_for_who_takes_them),
        cmocka_unit_test(datagrams_become_longer_where_they_may),
        cmocka_unit_test(datagrams_to_other_programs_stay_short),
        cmocka_unit_test(a_full_queue_refuses),
        cmocka_unit_test(memory_of_many_messages_is_given_back),
        cmocka_unit_test(an_offer_to_whoever_answers_meets_one_of_ours),
        cmocka_unit_test(an_offer_to_whoever_answers_meets_a_peerjs_peer),
        cmocka_unit_test(a_peerjs_peer_that_ends_its_connection_has_left),
        cmocka_unit_test(the_other_side_may_take_less),
        cmocka_unit_test(the_path_is_told_while_messages_come),
    };
    return RUN(tests);
}
