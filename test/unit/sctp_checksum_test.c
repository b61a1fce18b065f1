/* Which packets of an association have a checksum, and which are taken without one (RFC 9653). */
#include "test/unit/noun.h"
#include "test/unit/sctp_pair.h"

static sctp_pair pair;
static uint32_t zeros[2], sums[2]; /* packets of each side without and with a checksum */

/* INIT, INIT ACK and COOKIE ECHO always have a checksum. */
static void look(uint32_t from, gc_span packet) {
    bool zero = memcmp(packet.data + 8, "\0\0\0\0", 4) == 0;
    uint8_t first = packet.data[GC_SCTP_HEAD_BYTES];
    if (first == GC_SCTP_INIT || first == GC_SCTP_INIT_ACK || first == GC_SCTP_COOKIE_ECHO) {
        assert_false(zero);
    } else {
        *(zero ? &zeros[from] : &sums[from]) += 1;
    }
}

/* Packets go from side to side at once, until nobody has one more. */
static void talk(void) {
    gc_sctp_output out;
    bool more = true;
    while (more) {
        more = false;
        for (uint32_t i = 0; i < 2; i++) {
            while (gc_sctp_poll(&pair.side[i].s, &out)) {
                pair.side[i].came += out.kind == GC_SCTP_MESSAGE ? 1 : 0;
                if (out.kind == GC_SCTP_PACKET) {
                    look(i, out.bytes);
                    uint8_t *copy = exact_copy(out.bytes.data, out.bytes.len);
                    gc_sctp_packet(&pair.side[1 - i].s, pair.now_ms,
                                   gc_span_of(copy, out.bytes.len));
                    free(copy);
                    more = true;
                }
            }
        }
    }
}

/* declares: which sides do. */
static void begin(bool first, bool second) {
    memset(zeros, 0, sizeof zeros);
    memset(sums, 0, sizeof sums);
    pair_begin(&pair, 1, &PAIR_CONFIG);
    pair.side[0].s.opening.own.zero_checksum = first;
    pair.side[1].s.opening.own.zero_checksum = second;
}

static void converse(void) {
    gc_sctp_connect(&pair.side[0].s, pair.now_ms);
    assert_int_equal(pair_send(&pair, 0, 0, false, 3000), 0);
    talk();
    for (uint32_t n = 0; n < 10; n++) {
        assert_int_equal(pair_send(&pair, 0, 0, false, 3000), 0);
        assert_int_equal(pair_send(&pair, 1, 0, false, 3000), 0);
        talk();
    }
    assert_int_equal(pair.side[0].came, 10);
    assert_int_equal(pair.side[1].came, 11);
}

static void each_side_leaves_it_out_towards_who_declared(void **state) {
    (void)state;
    for (uint32_t row = 0; row < 4; row++) {
        bool declares[2] = {(row & 1) != 0, (row & 2) != 0};
        begin(declares[0], declares[1]);
        converse();
        for (uint32_t i = 0; i < 2; i++) {
            assert_int_equal(zeros[i] > 0, declares[1 - i]);
            assert_int_equal(sums[i] > 0, !declares[1 - i]);
        }
        pair_end(&pair);
    }
}

/* Gives side 0 a HEARTBEAT without a checksum; returns true when it is answered. */
static bool is_taken(void) {
    static const uint8_t info[8] = {0, 1, 0, 8, 1, 2, 3, 4};
    pair_forged f;
    pair_forge(&pair, 0, pair_tag(&pair, 0), &f);
    gc_sctp_plain_write(&f.w, GC_SCTP_HEARTBEAT, 0, gc_span_of(info, sizeof info));
    gc_sctp_packet(&pair.side[0].s, pair.now_ms, gc_sctp_packet_close(NULL, &f.w));
    bool taken = pair.side[0].s.heartbeat_len > 0;
    pair.side[0].s.heartbeat_len = 0;
    return taken;
}

static void none_is_taken_from_who_was_not_told(void **state) {
    (void)state;
    begin(true, true);
    assert_false(is_taken());
    gc_sctp_connect(&pair.side[0].s, pair.now_ms);
    assert_false(is_taken()); /* INIT is due, and did not go out */
    talk();
    assert_true(is_taken());
    pair_end(&pair);
    begin(false, true);
    converse();
    assert_false(is_taken());
    pair_end(&pair);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_side_leaves_it_out_towards_who_declared),
        cmocka_unit_test(none_is_taken_from_who_was_not_told),
    };
    return RUN(tests);
}
