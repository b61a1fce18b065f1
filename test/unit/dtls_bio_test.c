#include "rtc/dtls_bio.h"
#include "rtc/dtls_record.h"
#include "test/unit/unit.h"

#include <openssl/bio.h>

typedef struct session {
    gc_dtls_bio ours;
    BIO *theirs;
} session;

static gc_dtls_input input;
static BIO_METHOD *method;

static int set_up(void **state) {
    session *two = calloc(2, sizeof *two);
    *state = two;
    method = gc_dtls_bio_method();
    input = (gc_dtls_input){0};
    for (int i = 0; i < 2; i++) {
        gc_dtls_bio_init(&two[i].ours, &input);
        two[i].theirs = gc_dtls_bio_make(&two[i].ours, method);
        assert_non_null(two[i].theirs);
    }
    return 0;
}

static int tear_down(void **state) {
    session *two = *state;
    BIO_free(two[0].theirs);
    BIO_free(two[1].theirs);
    BIO_meth_free(method);
    free(two);
    return 0;
}

/* A record of so many bytes in all. */
static void write_record(session *s, uint8_t type, uint32_t len) {
    uint8_t bytes[2 * GC_DTLS_MTU_BYTES] = {type, 0xfe, 0xfd};
    uint32_t body = len - GC_DTLS_RECORD_HEAD_BYTES;
    bytes[11] = (uint8_t)(body >> 8);
    bytes[12] = (uint8_t)body;
    assert_int_equal(BIO_write(s->theirs, bytes, (int)len), (int)len);
}

static void assert_taken(session *s, uint32_t len, bool again) {
    gc_span out;
    bool is_again = !again;
    assert_true(gc_dtls_bio_take(&s->ours, &out, &is_again));
    assert_int_equal(out.len, len);
    assert_int_equal(is_again, again);
}

static void assert_nothing(session *s) {
    gc_span out;
    bool again;
    assert_false(gc_dtls_bio_take(&s->ours, &out, &again));
}

static void admit(session *s, const char *text) {
    input.len = (uint32_t)strlen(text);
    memcpy(input.bytes, text, input.len);
    input.reader = &s->ours;
}

static void one_read_is_one_datagram(void **state) {
    session *two = *state;
    char out[16];
    assert_int_equal(BIO_read(two[0].theirs, out, sizeof out), -1);
    assert_true(BIO_should_read(two[0].theirs));
    admit(&two[0], "datagram");
    assert_true(gc_dtls_bio_waits(&two[0].ours));
    assert_false(gc_dtls_bio_waits(&two[1].ours));
    assert_int_equal(BIO_read(two[1].theirs, out, sizeof out), -1);
    assert_int_equal(BIO_read(two[0].theirs, out, sizeof out), 8);
    assert_memory_equal(out, "datagram", 8);
    assert_int_equal(BIO_read(two[0].theirs, out, sizeof out), -1);
    admit(&two[0], "too long");
    assert_int_equal(BIO_read(two[0].theirs, out, 3), 3);
    assert_int_equal(BIO_read(two[0].theirs, out, sizeof out), -1);
}

static void records_of_a_flight_are_put_together(void **state) {
    session *s = *state;
    write_record(s, GC_DTLS_TYPE_HANDSHAKE, 500);
    write_record(s, GC_DTLS_TYPE_CHANGE_CIPHER, 14);
    write_record(s, GC_DTLS_TYPE_HANDSHAKE, GC_DTLS_MTU_BYTES - 514);
    write_record(s, GC_DTLS_TYPE_HANDSHAKE, 20);
    write_record(s, GC_DTLS_TYPE_DATA, 100);
    write_record(s, GC_DTLS_TYPE_DATA, 100);
    assert_taken(s, GC_DTLS_MTU_BYTES, false);
    assert_taken(s, 20, false);
    assert_taken(s, 100, false);
    assert_taken(s, 100, false);
    assert_nothing(s);
}

static void flights_that_are_sent_again_say_so(void **state) {
    session *s = *state;
    s->ours.resending = true;
    write_record(s, GC_DTLS_TYPE_HANDSHAKE, 500);
    s->ours.resending = false;
    write_record(s, GC_DTLS_TYPE_DATA, 100);
    assert_taken(s, 500, true);
    assert_taken(s, 100, false);
    assert_nothing(s);
    write_record(s, GC_DTLS_TYPE_HANDSHAKE, 500);
    assert_taken(s, 500, false);
    assert_nothing(s);
    s->ours.connected = true;
    write_record(s, GC_DTLS_TYPE_HANDSHAKE, 500);
    assert_taken(s, 500, true);
}

static void what_does_not_fit_is_lost(void **state) {
    session *s = *state;
    uint32_t fit = GC_DTLS_OUT_BYTES / (1000 + GC_DATAGRAM_QUEUE_HEAD_BYTES);
    for (uint32_t i = 0; i <= fit; i++) {
        write_record(s, GC_DTLS_TYPE_DATA, 1000);
    }
    for (uint32_t i = 0; i < fit; i++) {
        assert_taken(s, 1000, false);
    }
    assert_nothing(s);
}

static void dropped_datagrams_are_gone(void **state) {
    session *two = *state;
    write_record(&two[0], GC_DTLS_TYPE_DATA, 100);
    write_record(&two[1], GC_DTLS_TYPE_DATA, 200);
    admit(&two[0], "datagram");
    gc_dtls_bio_drop(&two[1].ours);
    assert_nothing(&two[1]);
    assert_true(gc_dtls_bio_waits(&two[0].ours));
    gc_dtls_bio_drop(&two[0].ours);
    assert_nothing(&two[0]);
    assert_false(gc_dtls_bio_waits(&two[0].ours));
}

#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        T(one_read_is_one_datagram),           T(records_of_a_flight_are_put_together),
        T(flights_that_are_sent_again_say_so), T(what_does_not_fit_is_lost),
        T(dropped_datagrams_are_gone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
