#include "rtc/dtls_hello.h"
#include "test/unit/dtls_forgery.h"
#include "test/unit/unit.h"

static uint8_t memory[GC_DTLS_HELLO_BYTES_MAX];

static gc_dtls_hello begin(void) {
    gc_dtls_hello h;
    gc_dtls_hello_init(&h, memory);
    return h;
}

static void come(gc_dtls_hello *h, uint8_t mark, bool ours, bool sure) {
    forgery f = {.len = 0};
    forge_client_hello(&f, mark, 0xc02b);
    uint8_t *copy = exact_copy(f.bytes, f.len);
    gc_dtls_hello_datagram(h, gc_span_of(copy, f.len), ours, sure);
    free(copy);
}

/* Takes the one that waits, and returns its mark. */
static uint8_t taken(gc_dtls_hello *h) {
    gc_span hello = gc_dtls_hello_take(h);
    gc_dtls_record record;
    gc_dtls_message m;
    assert_true(gc_dtls_record_next(&hello, &record));
    assert_true(gc_dtls_message_next(&record.body, &m));
    assert_int_equal(hello.len + record.body.len, 0);
    assert_int_equal(m.type, GC_DTLS_CLIENT_HELLO);
    assert_false(gc_dtls_hello_waits(h, false));
    return m.part.data[2];
}

static void the_newest_one_waits(void **state) {
    (void)state;
    gc_dtls_hello h = begin();
    assert_false(gc_dtls_hello_waits(&h, false));
    for (uint8_t n = 0; n < 200; n++) {
        come(&h, n, true, false);
        assert_true(gc_dtls_hello_waits(&h, false));
        assert_false(gc_dtls_hello_waits(&h, true));
    }
    assert_int_equal(taken(&h), 199);
    come(&h, 199, true, false); /* sent again: it has its answer */
    assert_false(gc_dtls_hello_waits(&h, false));
    come(&h, 198, true, false);
    assert_int_equal(taken(&h), 198);
}

static void a_sure_one_stays(void **state) {
    (void)state;
    gc_dtls_hello h = begin();
    come(&h, 1, true, false);
    come(&h, 2, true, true);
    come(&h, 3, true, false);
    assert_true(gc_dtls_hello_waits(&h, true));
    assert_int_equal(taken(&h), 2);
    come(&h, 4, true, false);
    assert_false(gc_dtls_hello_waits(&h, false));
    come(&h, 5, true, true); /* a new one of the other side */
    assert_true(gc_dtls_hello_waits(&h, false));
    assert_false(gc_dtls_hello_waits(&h, true));
    assert_int_equal(taken(&h), 5);
}

/* The answered one turns out to be sure. */
static void a_sure_one_that_comes_again(void **state) {
    (void)state;
    gc_dtls_hello h = begin();
    come(&h, 1, true, false);
    assert_int_equal(taken(&h), 1);
    come(&h, 1, true, true);
    come(&h, 2, true, false);
    assert_false(gc_dtls_hello_waits(&h, false));
}

/* A browser's comes in two datagrams, in any order; one of ours comes whole. */
static void parts(void **state) {
    (void)state;
    static forgery cut[2];
    for (uint32_t n = 0; n < 4; n++) {
        bool ours = n % 2 == 1;
        forgery f = {.len = 0};
        gc_dtls_hello h = begin();
        forge_client_hello(&f, 7, 0xc02b);
        assert_int_equal(forge_cut(gc_span_of(f.bytes, f.len), 40, cut, 2), 2);
        for (uint32_t i = 0; i < 2; i++) {
            const forgery *part = &cut[i ^ n / 2];
            assert_false(gc_dtls_hello_waits(&h, false));
            gc_dtls_hello_datagram(&h, gc_span_of(part->bytes, part->len), ours, false);
        }
        assert_int_equal(gc_dtls_hello_waits(&h, false), !ours);
    }
}

/* Of each length of a datagram and of a message. */
static void short_ones(void **state) {
    (void)state;
    forgery f = {.len = 0};
    forge_client_hello(&f, 1, 0xc02b);
    for (uint32_t len = 0; len < f.len; len++) {
        gc_dtls_hello h = begin();
        uint8_t *copy = exact_copy(f.bytes, len);
        gc_dtls_hello_datagram(&h, gc_span_of(copy, len), true, false);
        free(copy);
        assert_false(gc_dtls_hello_waits(&h, false));
    }
    for (uint32_t len = 0; len < 100; len++) {
        gc_dtls_hello h = begin();
        f.len = 0;
        forge_filled(&f, GC_DTLS_CLIENT_HELLO, 0, len);
        gc_dtls_hello_datagram(&h, gc_span_of(f.bytes, f.len), len % 2 == 0, false);
        assert_int_equal(gc_dtls_hello_waits(&h, false), len >= 2 + GC_DTLS_RANDOM_BYTES);
    }
}

static void others_are_not_looked_at(void **state) {
    (void)state;
    for (unsigned n = 0; n < 256 * 2; n++) {
        forgery f = {.len = 0};
        gc_dtls_hello h = begin();
        forge_filled(&f, (uint8_t)n, n / 256 == 0 ? 0 : 1, 60);
        gc_dtls_hello_datagram(&h, gc_span_of(f.bytes, f.len), true, false);
        assert_int_equal(gc_dtls_hello_waits(&h, false), n == GC_DTLS_CLIENT_HELLO);
        f.bytes[4] = 1; /* the epoch */
        h = begin();
        gc_dtls_hello_datagram(&h, gc_span_of(f.bytes, f.len), true, false);
        assert_false(gc_dtls_hello_waits(&h, false));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_newest_one_waits),
        cmocka_unit_test(a_sure_one_stays),
        cmocka_unit_test(a_sure_one_that_comes_again),
        cmocka_unit_test(parts),
        cmocka_unit_test(short_ones),
        cmocka_unit_test(others_are_not_looked_at),
    };
    return RUN(tests);
}
