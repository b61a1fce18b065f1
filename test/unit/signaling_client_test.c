/* core/proto/signaling_client.c */
#include "core/proto/signaling_client.h"
#include "core/base/error.h"
#include "core/base/reason.h"
#include "core/base/encoding.h"
#include "core/base/timers.h"
#include "host/crypto.h"
#include "test/unit/unit.h"

static gc_output_store store;
static gc_output_queue queue;
static gc_drbg drbg;
static gc_crypto crypto;
static gc_signaling_client s;
static char said[2048]; /* outputs since the last look */

static int setup(void **state) {
    static const uint8_t seed[32] = {9};
    (void)state;
    gc_output_queue_init(&queue, &store);
    gc_drbg_init(&drbg, seed);
    assert_int_equal(gc_host_crypto(&crypto), 0);
    assert_int_equal(gc_signaling_client_init(&s, GC_SPAN("http://h:8080/"), GC_SPAN("")), 0);
    return gc_signaling_client_draw(&s, &crypto, &drbg);
}

static const char *look(void) {
    gc_client_output o;
    size_t len = 0;
    said[0] = 0;
    while (gc_output_queue_take(&queue, &o)) {
        static const char *words[] = {"", "connect", "send", "close"};
        assert_in_range(o.type, 1, 3);
        len += (size_t)snprintf(said + len, sizeof said - len, "%s%s%.*s; ", words[o.type],
                                o.type == 2 ? " " : "", o.type == 2 ? (int)o.text.len : 0,
                                (const char *)o.text.data);
    }
    return said;
}

static void tick(uint64_t now) {
    gc_signaling_client_tick(&s, &queue, &drbg, now);
    assert_true(gc_signaling_client_deadline(&s) > now);
}

static void turn_on(uint64_t now, bool gc) {
    gc_signaling_client_start(&s, &queue, NULL, now);
    gc_signaling_client_opened(&s, &queue, now);
    gc_signaling_client_heard(&s, now);
    assert_true(gc_signaling_client_open(&s, gc, now));
    assert_int_equal(gc_signaling_client_state(&s), GC_SIGNALING_STATE_ON);
    (void)look();
}

static void the_url_names_everything(void **state) {
    gc_client_output o;
    uint8_t tag[GC_TAG_BYTES];
    char expected[512];
    uint8_t gcid[43];
    gc_writer w;
    (void)state;
    (void)from_hex("29935b41b9a63fe8f9dd6864f4193aa7", tag);
    assert_int_equal(
        gc_signaling_client_init(&s, GC_SPAN("https://[::1]:8443/a/b"), GC_SPAN("k&y%")), 0);
    assert_int_equal(gc_signaling_client_draw(&s, &crypto, &drbg), 0);
    gc_signaling_client_start(&s, &queue, tag, 100);
    assert_true(gc_output_queue_take(&queue, &o));
    gc_writer_init(&w, gcid, sizeof gcid);
    gc_base64url_write(&w, gc_span_of(s.own.public_key, GC_SIGN_KEY_BYTES));
    snprintf(expected, sizeof expected,
             "wss://[::1]:8443/a/b/peerjs?key=k%%26y%%25&id=%.27s&token=%.26s&gcid=%.43s&gc=1"
             "&room=29935b41b9a63fe8f9dd6864f4193aa7",
             (const char *)s.own.id, (const char *)s.own.token, (const char *)gcid);
    assert_span(o.text, text_span(expected));
}

/* The id of a slot belongs to the room's secret: there is no key to show. */
static void a_slot_shows_no_key(void **state) {
    gc_client_output o;
    char text[256];
    gc_signaling_client slot;
    (void)state;
    gc_signaling_client_copy_server(&slot, &s, GC_SIGNALING_SOCKET_SLOT);
    gc_signaling_client_rename(&slot, &drbg, (const uint8_t *)"yasc5eo4kketkcu6gedhrg5xki");
    gc_signaling_client_start(&slot, &queue, NULL, 100);
    assert_true(gc_output_queue_take(&queue, &o));
    snprintf(text, sizeof text,
             "ws://h:8080/peerjs?key=peerjs&id=yasc5eo4kketkcu6gedhrg5xki&token=%.26s&gc=1",
             (const char *)slot.own.token);
    assert_span(o.text, text_span(text));
}

static void long_servers_fit_or_are_refused(void **state) {
    char server[GC_URL_BYTES_MAX + 2];
    uint8_t key[GC_KEY_BYTES_MAX];
    (void)state;
    memset(server, 'p', sizeof server);
    memcpy(server, "http://h/", 9);
    memset(key, '%', sizeof key);
    gc_span keys = gc_span_of(key, sizeof key);
    uint8_t tag[GC_TAG_BYTES] = {0};
    assert_int_equal(gc_signaling_client_init(&s, gc_span_of(server, GC_URL_BYTES_MAX), keys),
                     GC_E_ARGUMENT);
    assert_int_equal(gc_signaling_client_init(&s, gc_span_of(server, GC_URL_BYTES_MAX - 1), keys),
                     0);
    assert_int_equal(gc_signaling_client_draw(&s, &crypto, &drbg), 0);
    gc_signaling_client_start(&s, &queue, tag, 0); /* asserts that the URL fits */
    assert_string_equal(look(), "connect; ");
}

static void one_server_is_connected_and_kept(void **state) {
    (void)state;
    assert_int_equal(gc_signaling_client_state(&s), GC_SIGNALING_STATE_OFF);
    assert_int_equal(gc_signaling_client_deadline(&s), GC_NEVER);
    gc_signaling_client_start(&s, &queue, NULL, 1000);
    assert_string_equal(look(), "connect; ");
    assert_int_equal(gc_signaling_client_state(&s), GC_SIGNALING_STATE_CONNECTING);
    assert_false(gc_signaling_client_open(&s, true, 1000)); /* the socket is not open yet */
    gc_signaling_client_opened(&s, &queue, 1100);
    gc_signaling_client_heard(&s, 1200);
    assert_true(gc_signaling_client_open(&s, true, 1200));
    assert_false(gc_signaling_client_open(&s, true, 1200));
    gc_signaling_client_stop(&s, &queue, true, 0);
    assert_string_equal(look(), "send {\"type\":\"LEAVE\"}; close; ");
    assert_int_equal(gc_signaling_client_deadline(&s), GC_NEVER);
}

static void our_server_is_asked_for_a_sign_of_life(void **state) {
    (void)state;
    turn_on(0, true);
    assert_int_equal(gc_signaling_client_deadline(&s), GC_SIGNALING_BEAT_MS);
    tick(GC_SIGNALING_BEAT_MS);
    assert_string_equal(look(), "send {\"type\":\"HEARTBEAT\"}; ");
    gc_signaling_client_heard(&s, GC_SIGNALING_BEAT_MS + 50);
    tick(2 * GC_SIGNALING_BEAT_MS);
    assert_string_equal(look(), "send {\"type\":\"HEARTBEAT\"}; ");
    /* No answer: 30 s after the last sign of life it is lost. */
    uint64_t silent = GC_SIGNALING_BEAT_MS + 50 + GC_SIGNALING_SILENT_MS;
    assert_int_equal(gc_signaling_client_deadline(&s), silent);
    tick(silent);
    assert_string_equal(look(), "close; ");
    assert_int_equal(gc_signaling_client_state(&s), GC_SIGNALING_STATE_LOST);
    assert_int_equal(s.reason, GC_REASON_SERVER_UNREACHABLE);
}

/* HEARTBEAT, and a message to ourselves behind it. */
static void assert_beat(void) {
    const char *out = look();
    assert_non_null(strstr(out, "send {\"type\":\"HEARTBEAT\"}; send {\"type\":\"CANDIDATE\","));
    assert_non_null(strstr(out, "\"slot\":\"echo\"}}; "));
}

/* A socket that is silent before its first echo may be dead, or the server relays nothing to who
 * sent it: one new connection shows which. */
static void a_server_that_never_echoed_is_asked_anew_once(void **state) {
    (void)state;
    turn_on(0, false);
    uint64_t start = GC_SIGNALING_SILENT_STOCK_MS;
    tick(GC_SIGNALING_BEAT_STOCK_MS);
    tick(2 * GC_SIGNALING_BEAT_STOCK_MS);
    (void)look();
    assert_int_equal(gc_signaling_client_deadline(&s), start);
    tick(start);
    assert_string_equal(look(), "close; ");
    start = gc_signaling_client_deadline(&s);
    tick(start);
    gc_signaling_client_opened(&s, &queue, start);
    (void)look();
    assert_true(gc_signaling_client_open(&s, false, start));
    for (uint64_t now = start + GC_SIGNALING_BEAT_STOCK_MS; now < start + 200000;
         now += GC_SIGNALING_BEAT_STOCK_MS) {
        assert_int_equal(gc_signaling_client_deadline(&s), now);
        tick(now);
        assert_beat();
    }
}

static void once_it_echoed_silence_means_a_dead_socket(void **state) {
    (void)state;
    turn_on(0, false);
    tick(GC_SIGNALING_BEAT_STOCK_MS);
    assert_beat();
    gc_signaling_client_heard(&s, GC_SIGNALING_BEAT_STOCK_MS);
    assert_false(gc_signaling_client_echo(&s, GC_SIGNALING_BEAT_STOCK_MS)); /* it was on */
    tick(2 * GC_SIGNALING_BEAT_STOCK_MS);
    assert_beat();
    tick(3 * GC_SIGNALING_BEAT_STOCK_MS);
    assert_beat();
    uint64_t silent = GC_SIGNALING_BEAT_STOCK_MS + GC_SIGNALING_SILENT_STOCK_MS;
    assert_int_equal(gc_signaling_client_deadline(&s), silent);
    tick(silent);
    assert_string_equal(look(), "close; ");
}

/* PeerServer 1.0.2 says no OPEN to who takes its own id over. */
static void a_take_over_is_told_by_the_echo(void **state) {
    (void)state;
    turn_on(0, false);
    gc_signaling_client_closed(&s, &drbg, 100);
    tick(gc_signaling_client_deadline(&s));
    assert_string_equal(look(), "connect; ");
    assert_false(gc_signaling_client_echo(&s, 1000)); /* of the older socket */
    gc_signaling_client_opened(&s, &queue, 1000);
    assert_beat();
    assert_int_equal(gc_signaling_client_state(&s), GC_SIGNALING_STATE_LOST);
    assert_true(gc_signaling_client_echo(&s, 1010));
    assert_int_equal(gc_signaling_client_state(&s), GC_SIGNALING_STATE_ON);
    assert_false(gc_signaling_client_open(&s, false, 1020));
}

/* What the server held for us comes before our echo: it says the same. */
static void a_take_over_is_told_by_what_was_held(void **state) {
    (void)state;
    turn_on(0, false);
    gc_signaling_client_closed(&s, &drbg, 100);
    tick(gc_signaling_client_deadline(&s));
    assert_false(gc_signaling_client_relayed(&s, 1000)); /* of the older socket */
    gc_signaling_client_opened(&s, &queue, 1000);
    assert_true(gc_signaling_client_relayed(&s, 1005));
    assert_int_equal(gc_signaling_client_state(&s), GC_SIGNALING_STATE_ON);
    assert_false(gc_signaling_client_echo(&s, 1010));
}

static void after_a_sleep_the_server_may_answer_first(void **state) {
    (void)state;
    turn_on(0, true);
    tick(3600000);
    assert_string_equal(look(), "send {\"type\":\"HEARTBEAT\"}; ");
    gc_signaling_client_heard(&s, 3600100);
    tick(3600100);
    assert_string_equal(look(), "");
    tick(7200000);
    assert_string_equal(look(), "send {\"type\":\"HEARTBEAT\"}; ");
    tick(7200000 + GC_SIGNALING_SILENT_MS - GC_SIGNALING_BEAT_MS);
    assert_string_equal(look(), "close; ");
}

/* Each wait is between half and all of 250 ms, 500 ms ... 8 s. */
static void waits_double_and_are_jittered(void **state) {
    uint64_t now = 0, delay = GC_RECONNECT_MS_MIN, first = 0;
    bool differ = false;
    (void)state;
    gc_signaling_client_start(&s, &queue, NULL, 0);
    for (int i = 0; i < 40; i++) {
        gc_signaling_client_closed(&s, &drbg, now);
        uint64_t wait = gc_signaling_client_deadline(&s) - now;
        assert_in_range(wait, delay / 2, delay);
        if (delay == GC_RECONNECT_MS_MAX) {
            differ = differ || (first != 0 && wait != first);
            first = wait;
        }
        now += wait;
        (void)look();
        tick(now);
        assert_string_equal(look(), "connect; ");
        delay = delay * 2 < GC_RECONNECT_MS_MAX ? delay * 2 : GC_RECONNECT_MS_MAX;
    }
    assert_true(differ);
    assert_int_equal(gc_signaling_client_state(&s),
                     GC_SIGNALING_STATE_CONNECTING); /* never was on */
    gc_signaling_client_opened(&s, &queue, now);
    assert_true(gc_signaling_client_open(&s, true, now));
    gc_signaling_client_heard(&s, now);
    gc_signaling_client_closed(&s, &drbg, now);
    assert_in_range(gc_signaling_client_deadline(&s) - now, 125, 250);
    assert_int_equal(gc_signaling_client_state(&s), GC_SIGNALING_STATE_LOST);
}

static void a_socket_that_never_opens_is_given_up(void **state) {
    (void)state;
    gc_signaling_client_start(&s, &queue, NULL, 0);
    (void)look();
    tick(GC_SIGNALING_OPEN_MS - 1);
    assert_string_equal(look(), "");
    tick(GC_SIGNALING_OPEN_MS);
    assert_string_equal(look(), "close; ");
    assert_int_equal(s.reason, GC_REASON_SERVER_UNREACHABLE);
    /* Open, but it never says OPEN. */
    uint64_t now = gc_signaling_client_deadline(&s);
    tick(now);
    gc_signaling_client_opened(&s, &queue, now + 10);
    gc_signaling_client_heard(&s, now + 20);
    (void)look();
    tick(now + 10 + GC_SIGNALING_OPEN_MS);
    assert_string_equal(look(), "close; ");
}

static void reports_of_an_old_socket_change_nothing(void **state) {
    (void)state;
    gc_signaling_client_start(&s, &queue, NULL, 0);
    gc_signaling_client_closed(&s, &drbg, 0);
    uint64_t at = gc_signaling_client_deadline(&s);
    gc_signaling_client_closed(&s, &drbg, 10);
    gc_signaling_client_opened(&s, &queue, 10);
    assert_int_equal(gc_signaling_client_deadline(&s), at);
    assert_int_equal(s.step, GC_SIGNALING_STEP_WAITING);
}

static void the_reason_is_what_the_server_said(void **state) {
    (void)state;
    gc_signaling_client_start(&s, &queue, NULL, 0);
    gc_signaling_client_opened(&s, &queue, 0);
    gc_signaling_client_error(&s, GC_REASON_SERVER_FULL);
    gc_signaling_client_closed(&s, &drbg, 10);
    assert_int_equal(s.reason, GC_REASON_SERVER_FULL);
    tick(gc_signaling_client_deadline(&s));
    gc_signaling_client_closed(&s, &drbg, 2000); /* now it does not even answer */
    assert_int_equal(s.reason, GC_REASON_SERVER_UNREACHABLE);
    tick(gc_signaling_client_deadline(&s));
    gc_signaling_client_opened(&s, &queue, 4000);
    assert_true(gc_signaling_client_open(&s, true, 4000));
    assert_int_equal(s.reason, GC_REASON_NONE);
}

/* Before OPEN, which our server always sends first; a stock one sends none after a take-over. */
static void a_greeting_that_cannot_be_read_is_the_reason(void **state) {
    (void)state;
    gc_signaling_client_start(&s, &queue, NULL, 0);
    gc_signaling_client_unreadable(&s, GC_E_TOO_BIG);
    assert_int_equal(s.reason, GC_REASON_NONE);
    gc_signaling_client_opened(&s, &queue, 0);
    gc_signaling_client_unreadable(&s, GC_E_TOO_BIG);
    assert_int_equal(s.reason, GC_REASON_TOO_BIG);
    gc_signaling_client_unreadable(&s, GC_E_SYNTAX);
    assert_int_equal(s.reason, GC_REASON_PROTOCOL);
    tick(GC_SIGNALING_OPEN_MS); /* given up, and it is still the reason */
    assert_int_equal(s.reason, GC_REASON_PROTOCOL);
    tick(gc_signaling_client_deadline(&s));
    gc_signaling_client_opened(&s, &queue, 11000);
    assert_true(gc_signaling_client_open(&s, false, 11000));
    gc_signaling_client_unreadable(&s, GC_E_TOO_BIG);
    assert_int_equal(s.reason, GC_REASON_NONE);
    gc_signaling_client_closed(&s, &drbg, 12000);
    tick(gc_signaling_client_deadline(&s));
    gc_signaling_client_opened(&s, &queue, 13000);
    assert_int_equal(s.step, GC_SIGNALING_STEP_OPENING);
    gc_signaling_client_unreadable(&s, GC_E_TOO_BIG);
    assert_int_equal(s.reason, GC_REASON_SERVER_UNREACHABLE);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup(name, setup)
    const struct CMUnitTest tests[] = {
        TEST(the_url_names_everything),
        TEST(a_slot_shows_no_key),
        TEST(long_servers_fit_or_are_refused),
        TEST(one_server_is_connected_and_kept),
        TEST(our_server_is_asked_for_a_sign_of_life),
        TEST(a_server_that_never_echoed_is_asked_anew_once),
        TEST(once_it_echoed_silence_means_a_dead_socket),
        TEST(a_take_over_is_told_by_the_echo),
        TEST(a_take_over_is_told_by_what_was_held),
        TEST(after_a_sleep_the_server_may_answer_first),
        TEST(waits_double_and_are_jittered),
        TEST(a_socket_that_never_opens_is_given_up),
        TEST(reports_of_an_old_socket_change_nothing),
        TEST(the_reason_is_what_the_server_said),
        TEST(a_greeting_that_cannot_be_read_is_the_reason),
    };
    return RUN(tests);
}
