/* What a handle sends to addresses that strangers name (rtc/rtc.c): all links together. */
#include "core/base/reason.h"
#include "rtc/ice_gate.h"
#include "rtc/ice_message.h"
#include "rtc/ice_pairs.h"
#include "rtc/rtc.h"
#include "rtc/sdp.h"
#include "test/unit/unit.h"
#include "test/unit/wall_clock.h"

#define SENDS_MAX 65536
#define UFRAG     "abcdefgh"
#define PWD       "0123456789012345678901"

typedef struct send {
    gc_addr to;
    uint64_t at_ms;
} send;

static gc_rtc *rtc;
static void *memory;
static uint64_t now_ms;
static send sends[SENDS_MAX];
static uint32_t send_count;
static uint32_t described, candidates, multicasts, closed, hellos;
static gc_ice_credentials ours; /* of the last description */

static int open_handle(gc_rtc_options options) {
    static const uint8_t seed[32] = {7};
    const gc_addr bases[] = {{.family = 4, .ip = {192, 0, 2, 1}, .port = 5000},
                             {.family = 4, .ip = {192, 0, 2, 2}, .port = 5000},
                             {.family = 4, .ip = {192, 0, 2, 3}, .port = 5000}};
    size_t bytes = (gc_rtc_size(&options) + 15) / 16 * 16;
    memory = aligned_alloc(16, bytes);
    now_ms = 1000;
    rtc = gc_rtc_init(memory, bytes, &options, seed, now_ms, 0);
    assert_non_null(rtc);
    for (uint32_t i = 0; i < 3; i++) {
        gc_rtc_add_base(rtc, now_ms, i, &bases[i]);
    }
    send_count = described = candidates = multicasts = closed = hellos = 0;
    return 0;
}

static int setup(void **state) {
    (void)state;
    return open_handle((gc_rtc_options){0});
}

static int setup_hidden(void **state) {
    (void)state;
    return open_handle((gc_rtc_options){.relay_only = true});
}

static int teardown(void **state) {
    (void)state;
    gc_rtc_end(rtc);
    free(memory);
    return 0;
}

static void take_description(gc_span text) {
    gc_sdp sdp;
    assert_int_equal(gc_sdp_parse(text, &sdp), 0);
    assert_int_equal(gc_ice_credentials_set(&ours, sdp.ufrag, sdp.pwd), 0);
    described++;
}

/* Answers to checks are left out: they are as many as the checks. */
static void take_datagram(const gc_rtc_output *out) {
    uint8_t first = out->bytes.data[0], kind = out->bytes.data[1];
    if (first == 1 && kind == 1) {
        return;
    }
    assert_true(send_count < SENDS_MAX);
    sends[send_count++] = (send){out->to, now_ms};
    hellos += first > 3;
}

static void drain(void) {
    gc_rtc_output out;
    while (gc_rtc_poll(rtc, &out)) {
        candidates += out.type == GC_RTC_CANDIDATE;
        multicasts += out.type == GC_RTC_MULTICAST;
        closed += out.type == GC_RTC_CLOSED;
        if (out.type == GC_RTC_DESCRIPTION) {
            take_description(out.bytes);
        } else if (out.type == GC_RTC_DATAGRAM) {
            take_datagram(&out);
        }
    }
}

/* An offer of somebody who proposes the shortest pace. */
static void answer(uint32_t link) {
    uint8_t text[GC_SDP_BYTES_MAX];
    gc_sdp_local local = {.ufrag = GC_SPAN(UFRAG),
                          .pwd = GC_SPAN(PWD),
                          .mid = GC_SPAN("0"),
                          .message_bytes_max = 1000,
                          .ice_pacing_ms = 1};
    gc_writer w;
    gc_writer_init(&w, text, sizeof text);
    gc_sdp_write(&local, &w);
    assert_int_equal(gc_rtc_answer(rtc, now_ms, link, GC_LINK_KIND_NATIVE, gc_writer_done(&w)), 0);
}

static void name(uint32_t link, uint32_t host, uint32_t port) {
    char text[160];
    int len = snprintf(text, sizeof text, "candidate:%u 1 udp %u 198.51.100.%u %u typ host", port,
                       2000000000 + port, host, port);
    gc_rtc_candidate(rtc, now_ms, link, gc_span_of((const uint8_t *)text, (uint32_t)len));
    drain();
}

/* A check of the newest link, by who made it, under the address of somebody else. */
static void ask_as(const gc_addr *from) {
    static uint8_t transaction[12];
    uint8_t bytes[GC_ICE_MESSAGE_BYTES_MAX];
    gc_ice_credentials theirs = {0};
    const gc_ice_check check = {.priority = 1, .tie_breaker = 1, .controlling = true};
    assert_int_equal(gc_ice_credentials_set(&theirs, GC_SPAN(UFRAG), GC_SPAN(PWD)), 0);
    transaction[0]++;
    uint32_t len = gc_ice_message_check(bytes, transaction, &check, &theirs, &ours);
    gc_rtc_datagram(rtc, now_ms, 0, from, gc_span_of(bytes, len));
    drain();
}

/* Until then, each millisecond. */
static void run(uint64_t until_ms) {
    while (now_ms < until_ms) {
        now_ms++;
        wall_ms++;
        gc_rtc_tick(rtc, now_ms);
        drain();
    }
}

/* The sends to one address and port of any second. */
static uint32_t most_in_a_second(const gc_addr *to) {
    static uint64_t times[SENDS_MAX];
    uint32_t count = 0, most = 0, first = 0;
    for (uint32_t i = 0; i < send_count; i++) {
        if (memcmp(&sends[i].to, to, sizeof *to) != 0) {
            continue;
        }
        times[count++] = sends[i].at_ms;
        while (times[count - 1] - times[first] >= 1000) {
            first++;
        }
        most = count - first > most ? count - first : most;
    }
    return most;
}

/* Every link names one victim, and each is closed and made anew all the time. */
static void a_victim_of_all_links_sees_few(void **state) {
    (void)state;
    const gc_addr victim = {.family = 4, .ip = {198, 51, 100, 9}, .port = 53};
    while (now_ms < 15000) {
        for (uint32_t link = 0; link < GC_LINKS_MAX; link++) {
            answer(link);
            drain();
            name(link, 9, 53);
        }
        run(now_ms + 500);
    }
    assert_true(described > 20 * GC_LINKS_MAX);
    assert_int_equal(hellos, 0);
    assert_true(send_count > 100);
    assert_in_range(most_in_a_second(&victim), 5, GC_ICE_GATE_PER_SECOND);
    for (uint32_t i = 1; i < send_count; i++) {
        assert_memory_equal(&sends[i].to, &victim, sizeof victim);
    }
}

/* Each of the links would open DTLS with somebody who seems to ask. */
static void a_victim_that_seems_to_ask_sees_few(void **state) {
    (void)state;
    const gc_addr victim = {.family = 4, .ip = {198, 51, 100, 9}, .port = 53};
    while (now_ms < 6000) {
        for (uint32_t link = 0; link < GC_LINKS_MAX; link++) {
            answer(link);
            drain();
            ask_as(&victim);
        }
        run(now_ms + 500);
    }
    assert_true(hellos > 1);
    assert_in_range(most_in_a_second(&victim), 5, GC_ICE_GATE_PER_SECOND);
}

/* Of ten thousand candidates of one link some are kept, and each of them sees few; the floor
 * between two checks of the handle is kept whatever pace was proposed. */
static void ten_thousand_candidates_are_few_checks(void **state) {
    (void)state;
    uint32_t known = 0;
    answer(1);
    drain();
    for (uint32_t i = 0; i < 10000; i++) {
        name(1, 1 + i % 250, 1000 + i);
    }
    run(12000);
    for (uint32_t i = 0; i < send_count; i++) {
        uint32_t k = 0;
        while (memcmp(&sends[k].to, &sends[i].to, sizeof sends[i].to) != 0) {
            k++;
        }
        known += k == i;
        assert_true(i == 0 || sends[i].at_ms - sends[i - 1].at_ms >= GC_ICE_GATE_FLOOR_MS);
        assert_true(most_in_a_second(&sends[i].to) <= GC_ICE_GATE_PER_SECOND);
    }
    assert_in_range(known, 10, GC_ICE_REMOTES_MAX);
}

/* A handle that hides its addresses, and has no relay. */
static void who_hides_sends_nothing(void **state) {
    (void)state;
    const gc_addr server = {.family = 4, .ip = {203, 0, 113, 1}, .port = 3478};
    gc_rtc_add_server(rtc, now_ms, &server);
    answer(1);
    drain();
    name(1, 9, 53);
    gc_rtc_candidate(rtc, now_ms, 1,
                     GC_SPAN("candidate:1 1 udp 2113937151 "
                             "c2d3b1a0-0f1e-4d2c-8b3a-0123456789ab.local 4242 typ host"));
    run(now_ms + GC_LINK_OPEN_MS + 10);
    assert_int_equal(described, 1);
    assert_int_equal(closed, 1);
    assert_int_equal(candidates, 0);
    assert_int_equal(multicasts, 0);
    assert_int_equal(send_count, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_victim_of_all_links_sees_few, setup, teardown),
        cmocka_unit_test_setup_teardown(a_victim_that_seems_to_ask_sees_few, setup, teardown),
        cmocka_unit_test_setup_teardown(ten_thousand_candidates_are_few_checks, setup, teardown),
        cmocka_unit_test_setup_teardown(who_hides_sends_nothing, setup_hidden, teardown),
    };
    return RUN(tests);
}
