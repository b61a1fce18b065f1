#include "test/unit/unit.h"

#include "core/base/timers.h"
#include "rtc/sctp_ack_time.h"

static gc_sctp_ack_time t;

static uint64_t packet(uint64_t now_ms, bool at_once, bool wide) {
    gc_sctp_ack_time_packet(&t, now_ms, at_once, wide);
    return t.at_ms;
}

static void one_packet_waits_and_the_second_does_not(void **state) {
    (void)state;
    gc_sctp_ack_time_begin(&t);
    assert_int_equal(t.at_ms, GC_NEVER);
    assert_int_equal(packet(1000, false, false), 1000 + GC_SCTP_SACK_MS);
    assert_int_equal(packet(1005, false, false), 1005);
    gc_sctp_ack_time_sent(&t);
    assert_int_equal(t.at_ms, GC_NEVER);
    assert_int_equal(packet(1006, false, false), 1006 + GC_SCTP_SACK_MS);
}

static void packets_of_a_burst_are_acknowledged_together(void **state) {
    (void)state;
    for (uint32_t wide = 0; wide < 2; wide++) {
        uint32_t most = wide != 0 ? GC_SCTP_BURST_PACKETS_WIDE : GC_SCTP_BURST_PACKETS;
        gc_sctp_ack_time_begin(&t);
        for (uint32_t i = 1; i < most; i++) {
            uint64_t ms = i == 1 ? GC_SCTP_SACK_MS : GC_SCTP_BURST_MS;
            assert_int_equal(packet(1000, false, wide != 0), 1000 + ms);
        }
        assert_int_equal(packet(1000, false, wide != 0), 1000);
    }
}

static void what_hurries_waits_for_nothing(void **state) {
    (void)state;
    gc_sctp_ack_time_begin(&t);
    assert_int_equal(packet(1000, true, true), 1000);
    assert_int_equal(packet(1001, false, true), 1000); /* what is due stays due */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_packet_waits_and_the_second_does_not),
        cmocka_unit_test(packets_of_a_burst_are_acknowledged_together),
        cmocka_unit_test(what_hurries_waits_for_nothing),
    };
    return RUN(tests);
}
