#include "rtc/dtls_session.h"
#include "core/base/timers.h"
#include "test/unit/unit.h"
#include "test/unit/wall_clock.h"

enum { CLIENT, SERVER };

typedef struct side {
    gc_certificate certificate;
    gc_dtls_context context;
    gc_dtls_session session;
    gc_dtls_proof proof;
    enum gc_dtls_progress progress;
    uint8_t alert; /* that came unencrypted */
} side;

static side sides[2];

static void begin(const uint8_t *wrong, int checker) {
    wall_ms = 0;
    for (int i = 0; i < 2; i++) {
        side *s = &sides[i];
        uint8_t bytes[32] = {(uint8_t)i};
        gc_drbg drbg;
        gc_drbg_init(&drbg, bytes);
        assert_int_equal(gc_certificate_make(&s->certificate, &drbg, 1800000000), 0);
        assert_int_equal(gc_dtls_context_init(&s->context, &s->certificate), 0);
        gc_dtls_session_init(&s->session, &s->context);
        gc_dtls_proof_init(&s->proof);
        s->progress = GC_DTLS_GOES_ON;
        s->alert = 0;
    }
    for (int i = 0; i < 2; i++) {
        const uint8_t *right = sides[!i].certificate.fingerprint;
        assert_true(gc_dtls_session_open(&sides[i].session, i == CLIENT,
                                         i == checker ? wrong : right, &sides[i].proof));
    }
}

static void end(void) {
    for (int i = 0; i < 2; i++) {
        gc_dtls_session_end(&sides[i].session);
        gc_dtls_session_end(&sides[i].session);
        gc_dtls_context_end(&sides[i].context);
        gc_certificate_end(&sides[i].certificate);
    }
}

/* Gives side `to` all records of a datagram. */
static void give(side *to, gc_span datagram) {
    gc_dtls_record record;
    gc_dtls_session_datagram(&to->session);
    while (gc_dtls_record_next(&datagram, &record)) {
        if (record.epoch == 0 && record.type == GC_DTLS_TYPE_ALERT) {
            to->alert = record.body.data[1];
        } else {
            gc_dtls_session_put(&to->session, &record);
        }
    }
}

static void shake(side *s) {
    if (s->progress == GC_DTLS_GOES_ON) {
        s->progress = gc_dtls_session_shake(&s->session);
    }
}

static void carry(int from) {
    gc_span out;
    bool again;
    while (gc_dtls_bio_take(&sides[from].session.bio, &out, &again)) {
        uint8_t *copy = exact_copy(out.data, out.len);
        give(&sides[!from], gc_span_of(copy, out.len));
        free(copy);
        shake(&sides[!from]);
    }
}

static void shake_hands(void) {
    shake(&sides[CLIENT]);
    shake(&sides[SERVER]);
    for (int n = 0; n < 4; n++) {
        carry(CLIENT);
        carry(SERVER);
    }
}

static void it_shakes_hands_writes_and_reads(void **state) {
    (void)state;
    begin(NULL, -1);
    shake_hands();
    uint8_t randoms[2][GC_DTLS_RANDOM_BYTES];
    for (int i = 0; i < 2; i++) {
        assert_int_equal(sides[i].progress, GC_DTLS_DONE);
        assert_true(sides[i].session.verified);
        assert_int_equal(sides[i].session.body_min, GC_DTLS_TAG_BYTES + GC_DTLS_NONCE_BYTES);
        assert_true(gc_dtls_session_timer_ms(&sides[i].session) == GC_NEVER);
        gc_dtls_session_random(&sides[i].session, randoms[i]);
    }
    assert_memory_equal(randoms[0], randoms[1], GC_DTLS_RANDOM_BYTES);
    gc_span came;
    assert_true(gc_dtls_session_write(&sides[CLIENT].session, GC_SPAN("text")));
    carry(CLIENT);
    assert_int_equal(gc_dtls_session_read(&sides[SERVER].session, &came), GC_DTLS_DONE);
    assert_true(gc_span_equal(came, GC_SPAN("text")));
    assert_int_equal(gc_dtls_session_read(&sides[SERVER].session, &came), GC_DTLS_GOES_ON);
    gc_dtls_session_leave(&sides[SERVER].session);
    carry(SERVER);
    assert_int_equal(gc_dtls_session_read(&sides[CLIENT].session, &came), GC_DTLS_FAILED);
    end();
}

/* Neither side takes it for an open one, in both roles, and the other side learns why. */
static void a_wrong_certificate_fails_the_handshake(void **state) {
    (void)state;
    static const uint8_t wrong[GC_FINGERPRINT_BYTES] = {1};
    for (int checker = 0; checker < 2; checker++) {
        begin(wrong, checker);
        shake_hands();
        assert_int_equal(sides[checker].progress, GC_DTLS_FAILED);
        assert_false(sides[checker].session.verified);
        assert_int_equal(sides[!checker].progress, GC_DTLS_GOES_ON);
        assert_int_equal(sides[!checker].alert, 42);
        end();
    }
}

/* The next one is another session, with nothing of the one before. */
static void it_is_opened_again(void **state) {
    (void)state;
    static const uint8_t wrong[GC_FINGERPRINT_BYTES] = {1};
    begin(wrong, CLIENT);
    for (int n = 0; n < 2; n++) { /* in the place of one that failed, and of one that did not */
        shake_hands();
        for (int i = 0; i < 2; i++) {
            gc_dtls_session *s = &sides[i].session;
            gc_span out;
            bool again;
            sides[i].progress = GC_DTLS_GOES_ON;
            assert_true(gc_dtls_session_open(s, i == CLIENT, sides[!i].certificate.fingerprint,
                                             &sides[i].proof));
            assert_false(gc_dtls_bio_take(&s->bio, &out, &again));
            assert_false(s->verified || s->readable || s->bio.connected);
            assert_int_equal(s->body_min, GC_DTLS_FINISHED_BODY_BYTES);
        }
    }
    shake_hands();
    assert_int_equal(sides[CLIENT].progress, GC_DTLS_DONE);
    assert_int_equal(sides[SERVER].progress, GC_DTLS_DONE);
    end();
}

static void its_timer(void **state) {
    (void)state;
    static const uint32_t rows[][2] = {{1, 50}, {25, 50}, {26, 52}, {UINT32_MAX, 1600}};
    for (size_t n = 0; n < 4; n++) {
        begin(NULL, -1);
        gc_dtls_session *s = &sides[CLIENT].session;
        gc_dtls_session_round_trip(s, rows[n][0]);
        shake(&sides[CLIENT]);
        assert_int_equal(gc_dtls_session_timer_ms(s), rows[n][1]);
        uint32_t resends = 0;
        gc_span out;
        bool again;
        do {
            while (gc_dtls_bio_take(&s->bio, &out, &again)) {
                resends += again;
            }
            wall_ms += gc_dtls_session_timer_ms(s);
        } while (gc_dtls_session_resend(s));
        assert_int_equal(resends, 12); /* after which OpenSSL gives up */
        gc_dtls_session_end(s);
        assert_true(gc_dtls_session_timer_ms(s) == GC_NEVER);
        end();
    }
}

static void it_refuses_in_clear(void **state) {
    (void)state;
    begin(NULL, -1);
    gc_dtls_session_end(&sides[CLIENT].session);
    gc_dtls_session_refuse(&sides[CLIENT].session);
    carry(CLIENT);
    assert_int_equal(sides[SERVER].alert, 42);
    end();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_shakes_hands_writes_and_reads),
        cmocka_unit_test(a_wrong_certificate_fails_the_handshake),
        cmocka_unit_test(it_is_opened_again),
        cmocka_unit_test(its_timer),
        cmocka_unit_test(it_refuses_in_clear),
    };
    return RUN(tests);
}
