/* Bursts of false datagrams, as many as somebody likes, before the true ones of a handshake: they
 * neither end it nor shorten it, and the work and memory that they cost are bounded. */
#include "test/unit/dtls_forgery.h"
#include "test/unit/dtls_pair.h"
#include "test/unit/unit.h"

enum kind {
    HELLOS_WITHOUT_CIPHER,
    HELLOS,
    PARTS_OF_HELLOS,
    SERVER_HELLOS,
    COOKIES,
    FLIGHTS_OF_SERVER, /* with the true certificate, which everybody is shown */
    PARTS_OF_FLIGHTS,
    FOREIGN_FLIGHTS_OF_SERVER,
    FLIGHTS_OF_CLIENT,
    FOREIGN_FLIGHTS_OF_CLIENT,
    ENDS_OF_FLIGHTS,
    ALERTS,
    CHANGES_OF_CIPHER,
    ENCRYPTED,
    KINDS,
};

#define KEY_EXCHANGE                                                                               \
    "0300174104000102030405060708090a0b0c0d0e0f000102030405060708090a0b0c0d0e0f000102030405060708" \
    "090a0b0c0d0e0f000102030405060708090a0b0c0d0e0f"
#define CLIENT_KEY_EXCHANGE "2001020304050607080910111213141516171819202122232425262728293031ff"

static void put_client_flight(forgery *f) {
    uint8_t bytes[64];
    uint32_t len = from_hex(CLIENT_KEY_EXCHANGE, bytes);
    forge_message(f, GC_DTLS_CLIENT_KEY_EXCHANGE, 2, len, 0, len);
    forge_bytes(f, bytes, len);
    forge_signature(f, GC_DTLS_CERTIFICATE_VERIFY, 3, "");
}

static void put_server_flight(forgery *f) {
    forge_signature(f, GC_DTLS_SERVER_KEY_EXCHANGE, 2, KEY_EXCHANGE);
    forge_message(f, GC_DTLS_SERVER_HELLO_DONE, 3, 0, 0, 0);
}

static void put_encrypted(forgery *f, uint16_t epoch) {
    forge_record(f, GC_DTLS_TYPE_HANDSHAKE, 60);
    f->bytes[f->len - 9] = (uint8_t)epoch;
    for (int i = 0; i < 60; i++) {
        forge_number(f, 0xee, 1);
    }
}

/* Number n of a kind. */
static void put(const dtls_pair *w, forgery *f, enum kind kind, uint32_t n) {
    uint8_t mark = (uint8_t)n;
    f->len = 0;
    switch (kind) {
    case HELLOS_WITHOUT_CIPHER:
        forge_client_hello(f, mark, 0x00ff);
        break;
    case HELLOS:
        forge_client_hello(f, mark, 0xc02b);
        break;
    case PARTS_OF_HELLOS:
        forge_message(f, GC_DTLS_CLIENT_HELLO, 0, 200, n % 2 == 0 ? 0 : 190, 10);
        forge_number(f, n, 10);
        break;
    case SERVER_HELLOS:
        forge_server_hello(f, mark);
        break;
    case COOKIES:
        forge_message(f, GC_DTLS_HELLO_VERIFY_REQUEST, 0, 7, 0, 7);
        forge_number(f, 0xfefd0401020304, 7);
        break;
    case FLIGHTS_OF_SERVER:
        forge_server_hello(f, mark);
        forge_own_certificate(f, &w->sides[SERVER].certificate, 1);
        put_server_flight(f);
        break;
    case PARTS_OF_FLIGHTS:
        forge_server_hello(f, mark);
        forge_message(f, GC_DTLS_CERTIFICATE, 1, 300, 0, 10);
        forge_number(f, n, 10);
        break;
    case FOREIGN_FLIGHTS_OF_SERVER:
        forge_server_hello(f, mark);
        forge_certificate(f, 1);
        put_server_flight(f);
        break;
    case FLIGHTS_OF_CLIENT:
        forge_own_certificate(f, &w->sides[CLIENT].certificate, 1);
        put_client_flight(f);
        break;
    case FOREIGN_FLIGHTS_OF_CLIENT:
        forge_certificate(f, 1);
        put_client_flight(f);
        break;
    case ENDS_OF_FLIGHTS:
        forge_filled(f, GC_DTLS_CERTIFICATE_REQUEST, 3, 20);
        forge_message(f, GC_DTLS_SERVER_HELLO_DONE, (uint16_t)(n % 6), 0, 0, 0);
        forge_filled(f, GC_DTLS_CERTIFICATE_VERIFY, (uint16_t)(n % 6), 40);
        break;
    case ALERTS:
        forge_record(f, GC_DTLS_TYPE_ALERT, 2);
        forge_number(f, 0x0228, 2);
        break;
    case CHANGES_OF_CIPHER:
        forge_record(f, GC_DTLS_TYPE_CHANGE_CIPHER, 1);
        forge_number(f, 1, 1);
        f->bytes[2] = n % 2 == 0 ? 0xfd : 0xfc; /* a version that there is not */
        break;
    default:
        put_encrypted(f, (uint16_t)(n % 3));
    }
}

/* When the burst comes: before anything, behind the first datagram, behind the second one. */
enum moment { AT_FIRST, AT_SECOND, AT_THIRD, MOMENTS };

static void deliver(dtls_pair *w, uint32_t count) {
    path_datagram d;
    while (count-- > 0 && w->path.count > 0) {
        dtls_pair_step_to(w, path_next_ms(&w->path));
        path_take(&w->path, w->now_ms, &d);
        dtls_pair_give(w, d.to, gc_span_of(d.bytes, d.len));
    }
}

static void burst(enum kind kind, uint32_t count, uint32_t side, enum moment moment, bool ours) {
    dtls_pair *w = dtls_pair_make_of(1, ours);
    w->path.delay_ms = 20;
    w->rtt_ms = 40;
    dtls_pair_begin(w, SERVER);
    dtls_pair_begin(w, CLIENT);
    deliver(w, moment);
    for (uint32_t n = 0; n < count; n++) {
        forgery f;
        put(w, &f, kind, n);
        dtls_pair_give(w, side, gc_span_of(f.bytes, f.len));
    }
    dtls_pair_run(w, 1000);
    dtls_pair_assert_connected(w);
    assert_int_equal(w->sides[CLIENT].dtls.sessions, 1);
    assert_in_range(w->sides[SERVER].dtls.sessions, 1, 3);
    dtls_pair_say(w, CLIENT, 10);
    dtls_pair_say(w, SERVER, 10);
    dtls_pair_run(w, 100);
    assert_int_equal(w->sides[SERVER].messages, 1);
    assert_int_equal(w->sides[CLIENT].messages, 1);
    dtls_pair_free(w);
}

static void no_burst_ends_a_handshake(void **state) {
    (void)state;
    static const uint32_t counts[] = {1, 16, 17, 1000};
    for (uint32_t n = 0; n < KINDS * 4 * MOMENTS * 4; n++) {
        enum kind kind = n / 4 / MOMENTS / 4;
        enum moment moment = n / 4 / 4 % MOMENTS;
        uint32_t count = counts[n / 4 % 4], side = n % 2;
        bool ours = n % 4 < 2;
        /* What a browser does with our answer to a false one is another matter. */
        if (ours || kind != HELLOS || side == CLIENT) {
            burst(kind, count, side, moment, ours);
        }
    }
}

/* What is held before our side can begin is a burst as well: the true one gets no place. */
static void a_burst_that_is_held(void **state) {
    (void)state;
    for (uint32_t n = 0; n < 4; n++) {
        enum kind kind = n % 2 == 0 ? HELLOS_WITHOUT_CIPHER : FLIGHTS_OF_CLIENT;
        dtls_pair *w = dtls_pair_make_of(1, n < 2);
        w->path.delay_ms = 20;
        w->rtt_ms = 40;
        for (uint32_t i = 0; i < 100; i++) {
            forgery f;
            put(w, &f, kind, i);
            dtls_pair_give(w, SERVER, gc_span_of(f.bytes, f.len));
        }
        dtls_pair_begin(w, CLIENT);
        deliver(w, 1);
        dtls_pair_begin(w, SERVER);
        dtls_pair_run(w, 1000);
        dtls_pair_assert_connected(w);
        dtls_pair_free(w);
    }
}

/* Of signatures no more than so many are looked at in one timer, and the rest of time has others.
 */
static void signatures_are_checked_at_a_rate(void **state) {
    (void)state;
    dtls_pair *w = dtls_pair_make_of(1, false);
    w->rtt_ms = 40;
    dtls_pair_begin(w, CLIENT);
    forgery f;
    put(w, &f, FLIGHTS_OF_SERVER, 1);
    for (uint32_t n = 0; n < 1000; n++) {
        dtls_pair_give(w, CLIENT, gc_span_of(f.bytes, f.len));
    }
    assert_int_equal(w->sides[CLIENT].dtls.flight.proofs, GC_DTLS_PROOFS_MAX);
    dtls_pair_begin(w, SERVER);
    dtls_pair_run(w, 0);
    assert_int_equal(w->sides[CLIENT].opened, 0); /* the true one is overlooked, once */
    dtls_pair_run(w, 200);
    dtls_pair_assert_connected(w);
    dtls_pair_free(w);
}

/* A stream of ClientHellos for as long as the handshake takes, one each ms. */
static uint32_t stream(bool ours, bool sure, enum kind kind, uint32_t for_ms) {
    dtls_pair *w = dtls_pair_make_of(1, ours);
    gc_dtls_output out;
    w->path.delay_ms = 20;
    w->path.loss_percent = 20;
    w->rtt_ms = 40;
    dtls_pair_begin(w, SERVER);
    for (uint32_t n = 0; n < for_ms; n++) {
        forgery f;
        put(w, &f, kind, n);
        dtls_pair_give(w, SERVER, gc_span_of(f.bytes, f.len));
        if (n == 100 && sure) {
            gc_dtls_prepare(&w->sides[CLIENT].dtls, w->now_ms);
            assert_true(gc_dtls_poll(&w->sides[CLIENT].dtls, &out));
            uint8_t *copy = exact_copy(out.bytes.data, out.bytes.len);
            gc_dtls_passenger(&w->sides[SERVER].dtls, w->now_ms, gc_span_of(copy, out.bytes.len));
            free(copy);
            dtls_pair_begin(w, CLIENT);
        }
        dtls_pair_run(w, 1);
        assert_int_equal(w->sides[SERVER].ended, w->now_ms >= 1000 + GC_DTLS_HANDSHAKE_MS && !sure);
    }
    uint32_t sessions = w->sides[SERVER].dtls.sessions;
    if (sure) {
        dtls_pair_assert_connected(w);
    } else {
        assert_int_equal(w->sides[SERVER].opened, 0);
    }
    dtls_pair_free(w);
    return sessions;
}

/* Fresh sessions come as seldom as resends, and to use them up ends nothing before its time. */
static void sessions_begin_at_a_rate(void **state) {
    (void)state;
    assert_in_range(stream(true, false, HELLOS_WITHOUT_CIPHER, 11000), 10, GC_DTLS_SESSIONS_MAX);
    assert_in_range(stream(false, false, HELLOS_WITHOUT_CIPHER, 11000), 10, GC_DTLS_SESSIONS_MAX);
    assert_in_range(stream(true, false, HELLOS, 11000), 10, GC_DTLS_SESSIONS_MAX);
    assert_int_equal(stream(false, false, HELLOS, 11000), 1);
}

/* The ClientHello of an authenticated check is the true one, whatever else comes. */
static void a_sure_hello_is_answered(void **state) {
    (void)state;
    assert_in_range(stream(true, true, HELLOS, 4000), 2, 4);
    assert_in_range(stream(true, true, HELLOS_WITHOUT_CIPHER, 4000), 2, 4);
}

static void a_sure_hello_that_came_before_the_begin(void **state) {
    (void)state;
    dtls_pair *w = dtls_pair_make_of(1, true);
    gc_dtls_output out;
    forgery f;
    gc_dtls_prepare(&w->sides[CLIENT].dtls, w->now_ms);
    assert_true(gc_dtls_poll(&w->sides[CLIENT].dtls, &out));
    uint8_t *copy = exact_copy(out.bytes.data, out.bytes.len);
    gc_dtls_passenger(&w->sides[SERVER].dtls, w->now_ms, gc_span_of(copy, out.bytes.len));
    free(copy);
    for (uint32_t n = 0; n < 100; n++) {
        put(w, &f, HELLOS, n);
        dtls_pair_give(w, SERVER, gc_span_of(f.bytes, f.len));
    }
    dtls_pair_begin(w, SERVER);
    dtls_pair_begin(w, CLIENT);
    dtls_pair_run(w, 0); /* no timer is needed */
    dtls_pair_assert_connected(w);
    assert_int_equal(w->sides[SERVER].dtls.sessions, 1);
    dtls_pair_free(w);
}

/* A foreign certificate chooses the words that a person reads, and neither the end nor its time. */
static void a_foreign_certificate_chooses_the_reason(void **state) {
    (void)state;
    for (uint32_t n = 0; n < 8; n++) {
        uint32_t side = n % 2;
        bool foreign = n / 2 % 2 == 1;
        dtls_pair *w = dtls_pair_make_of(1, n / 4 == 1);
        dtls_pair_begin(w, side);
        if (side == SERVER) {
            dtls_pair_begin(w, CLIENT);
            deliver(w, 1);
            w->idle[CLIENT] = true;
        }
        path_end(&w->path);
        path_init(&w->path, 1);
        w->path.loss_percent = 100;
        forgery f;
        put(w, &f, side == CLIENT ? FOREIGN_FLIGHTS_OF_SERVER : FOREIGN_FLIGHTS_OF_CLIENT, 1);
        if (foreign) {
            dtls_pair_give(w, side, gc_span_of(f.bytes, f.len));
        }
        dtls_pair_run(w, GC_DTLS_HANDSHAKE_MS - 1);
        assert_int_equal(w->sides[side].ended, 0);
        uint32_t sent = w->sides[side].sent;
        dtls_pair_run(w, 1);
        assert_int_equal(w->sides[side].sent - sent, foreign); /* "bad_certificate" */
        assert_int_equal(w->sides[side].ended, 1);
        assert_int_equal(w->sides[side].reason, foreign ? GC_REASON_PROTOCOL : GC_REASON_TIMEOUT);
        dtls_pair_free(w);
    }
}

/* The other side finds its way late. */
static void a_server_that_comes_late(void **state) {
    (void)state;
    dtls_pair *w = dtls_pair_make_of(1, true);
    forgery f;
    dtls_pair_begin(w, CLIENT);
    put(w, &f, FOREIGN_FLIGHTS_OF_SERVER, 1);
    dtls_pair_give(w, CLIENT, gc_span_of(f.bytes, f.len));
    dtls_pair_run(w, 9000);
    dtls_pair_begin(w, SERVER);
    dtls_pair_run(w, 999);
    dtls_pair_assert_connected(w);
    dtls_pair_free(w);
}

/* Others may cut their messages; peers of this program do not. */
static void flights_in_parts(void **state) {
    (void)state;
    static forgery parts[64];
    for (uint32_t n = 0; n < 8; n++) {
        bool ours = n % 2 == 1;
        uint32_t bytes = 50 + n / 2 * 60;
        dtls_pair *w = dtls_pair_make_of(1, ours);
        dtls_pair_begin(w, SERVER);
        dtls_pair_begin(w, CLIENT);
        path_datagram d;
        while (path_take(&w->path, w->now_ms, &d)) {
            uint32_t count = forge_cut(gc_span_of(d.bytes, d.len), bytes, parts, 64);
            for (uint32_t i = 0; i < count; i++) {
                dtls_pair_give(w, d.to, gc_span_of(parts[i].bytes, parts[i].len));
            }
        }
        assert_int_equal(w->sides[CLIENT].opened, !ours);
        assert_int_equal(w->sides[SERVER].opened, !ours);
        dtls_pair_free(w);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_burst_ends_a_handshake),
        cmocka_unit_test(a_burst_that_is_held),
        cmocka_unit_test(signatures_are_checked_at_a_rate),
        cmocka_unit_test(sessions_begin_at_a_rate),
        cmocka_unit_test(a_sure_hello_is_answered),
        cmocka_unit_test(a_sure_hello_that_came_before_the_begin),
        cmocka_unit_test(a_foreign_certificate_chooses_the_reason),
        cmocka_unit_test(a_server_that_comes_late),
        cmocka_unit_test(flights_in_parts),
    };
    return RUN(tests);
}
