/* What anybody can send at any time: no messages of a handshake (dtls_hostile_test.c), but bytes
 * that are none, and copies of true ones. */
#include "rtc/dtls_record.h"
#include "test/unit/dtls_pair.h"
#include "test/unit/unit.h"

static uint32_t fatal_alert(uint8_t *out) {
    return from_hex("15fefd0000000000000007000202"
                    "28",
                    out);
}

/* Bytes that are no record, records of no message, of another role, of an epoch that has no key
 * yet, and alerts, alone and behind other records. */
static uint32_t garbage(dtls_pair *w, uint8_t *out) {
    uint32_t len = 1 + path_draw(&w->path, 200);
    for (uint32_t i = 0; i < len; i++) {
        out[i] = (uint8_t)path_draw(&w->path, 256);
    }
    uint32_t kind = path_draw(&w->path, 6);
    if (kind == 0) {
        return fatal_alert(out);
    }
    if (kind == 1) {
        uint32_t first = from_hex("17fefd00000000000000010001aa", out);
        return first + fatal_alert(out + first);
    }
    if (kind >= 3 && len > 13) {
        static const uint8_t types[] = {21, 22, 22, 23, 20};
        out[0] = types[path_draw(&w->path, kind == 5 ? 4 : 3)];
        out[1] = 254;
        out[2] = 253;
        out[3] = 0;
        out[4] = kind == 5; /* the epoch */
        out[11] = (uint8_t)((len - 13) >> 8);
        out[12] = (uint8_t)(len - 13);
    }
    return len;
}

static void pester(dtls_pair *w, uint32_t times) {
    uint8_t bytes[512];
    for (uint32_t n = 0; n < times; n++) {
        dtls_pair_give(w, n % 2, gc_span_of(bytes, garbage(w, bytes)));
    }
}

static void nothing_unauthentic_ends_a_session(void **state) {
    (void)state;
    dtls_pair *w = dtls_pair_make(7);
    w->path.delay_ms = 1;
    pester(w, 10);
    dtls_pair_begin(w, SERVER);
    dtls_pair_begin(w, CLIENT);
    pester(w, 10000);
    path_datagram d;
    while (w->path.count > 0) {
        dtls_pair_step_to(w, path_next_ms(&w->path));
        path_take(&w->path, w->now_ms, &d);
        pester(w, 40);
        dtls_pair_give(w, d.to, gc_span_of(d.bytes, d.len));
    }
    dtls_pair_run(w, 5000);
    dtls_pair_assert_connected(w);
    pester(w, 20000);
    dtls_pair_run(w, 5000);
    dtls_pair_assert_connected(w);
    dtls_pair_say(w, CLIENT, 10);
    dtls_pair_run(w, 5000);
    assert_int_equal(w->sides[SERVER].messages, 1);
    assert_int_equal(w->sides[SERVER].dtls.alert, 40);
    dtls_pair_free(w);
}

static void replayed_datagrams_change_nothing(void **state) {
    (void)state;
    dtls_pair *w = dtls_pair_make(1);
    path_datagram all[32];
    uint32_t count = 0;
    dtls_pair_begin(w, SERVER);
    dtls_pair_begin(w, CLIENT);
    while (path_take(&w->path, w->now_ms, &all[count])) {
        dtls_pair_give(w, all[count].to, gc_span_of(all[count].bytes, all[count].len));
        count++;
        assert_true(count < 32);
    }
    dtls_pair_assert_connected(w);
    for (int n = 0; n < 1000; n++) {
        const path_datagram *d = &all[(uint32_t)n % count];
        dtls_pair_give(w, d->to, gc_span_of(d->bytes, d->len));
    }
    dtls_pair_run(w, 5000);
    dtls_pair_assert_connected(w);
    assert_true(w->sides[0].sent + w->sides[1].sent < 1100);
    dtls_pair_free(w);
}

static void longer_datagrams_are_ignored(void **state) {
    (void)state;
    dtls_pair *w = dtls_pair_make(1);
    dtls_pair_begin(w, SERVER);
    uint8_t bytes[GC_DTLS_DATAGRAM_BYTES_MAX + 1] = {22, 254, 253};
    uint32_t body = sizeof bytes - GC_DTLS_RECORD_HEAD_BYTES;
    bytes[11] = (uint8_t)(body >> 8);
    bytes[12] = (uint8_t)body;
    bytes[4] = 1; /* the epoch: encrypted */
    dtls_pair_give(w, SERVER, gc_span_of(bytes, sizeof bytes));
    dtls_pair_begin(w, CLIENT);
    dtls_pair_run(w, 100);
    dtls_pair_give(w, SERVER, gc_span_of(bytes, sizeof bytes));
    dtls_pair_assert_connected(w);
    dtls_pair_free(w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_unauthentic_ends_a_session),
        cmocka_unit_test(replayed_datagrams_change_nothing),
        cmocka_unit_test(longer_datagrams_are_ignored),
    };
    return RUN(tests);
}
