/* What the links of a handle share: a peer that writes without end leaves the others their part. */
#include "test/unit/unit.h"

#include "rtc/ice_message.h"
#include "rtc/rtc.h"
#include "rtc/sdp.h"

#define CROWD    1 /* the link of the hostile peer */
#define NEWCOMER 2
#define SOURCES  20 /* addresses from which the hostile one writes, as many as are remembered */
#define NAMED    10 /* candidates of the newcomer */

typedef struct handle {
    gc_rtc *rtc;
    void *memory;
    uint32_t len;
    uint8_t description[GC_SDP_BYTES_MAX]; /* the last that it gave */
} handle;

static handle victim, hostile, newcomer;
static uint64_t now_ms;
static uint32_t checks; /* of the victim, to candidates of the newcomer */

static void open_handle(handle *h, uint8_t number) {
    gc_rtc_options options = {.links_max = 4};
    uint8_t seed[32] = {number};
    size_t bytes = gc_rtc_size(&options);
    h->memory = calloc(1, bytes);
    assert_non_null(h->memory);
    h->rtc = gc_rtc_init(h->memory, bytes, &options, seed, now_ms, 1700000000);
    assert_non_null(h->rtc);
    gc_addr own = {.family = 4, .ip = {192, 0, 2, number}, .port = 1000};
    gc_rtc_add_base(h->rtc, now_ms, 0, &own);
}

static void close_handle(handle *h) {
    gc_rtc_end(h->rtc);
    free(h->memory);
}

static void drain(handle *h) {
    gc_rtc_output out;
    while (gc_rtc_poll(h->rtc, &out)) {
        if (out.type == GC_RTC_DESCRIPTION) {
            memcpy(h->description, out.bytes.data, out.bytes.len);
            h->len = out.bytes.len;
        } else if (h == &victim && out.type == GC_RTC_DATAGRAM && out.to.ip[0] == 198) {
            checks++;
        }
    }
}

static gc_span description_of(const handle *h) {
    return gc_span_of(h->description, h->len);
}

/* `from` offers a link, `to` answers it. */
static void negotiate(handle *from, handle *to, uint32_t link) {
    assert_int_equal(gc_rtc_offer(from->rtc, now_ms, link, GC_LINK_KIND_NATIVE, GC_SPAN_NONE), 0);
    drain(from);
    gc_rtc_answer(to->rtc, now_ms, link, GC_LINK_KIND_NATIVE, description_of(from));
    drain(to);
}

/* A check of the hostile peer, as authentic as any, and never one that answers ours. */
static void write_check(const gc_ice_credentials *own, const gc_ice_credentials *theirs,
                        uint32_t n) {
    uint8_t bytes[GC_ICE_MESSAGE_BYTES_MAX];
    const uint8_t transaction[12] = {(uint8_t)n, (uint8_t)(n >> 8)};
    const gc_ice_check check = {.priority = 1, .controlling = true};
    uint32_t len = gc_ice_message_check(bytes, transaction, &check, own, theirs);
    gc_addr from = {.family = 4, .ip = {203, 0, 113, 1}, .port = (uint16_t)(2000 + n % SOURCES)};
    gc_rtc_datagram(victim.rtc, now_ms, 0, &from, gc_span_of(bytes, len));
    drain(&victim);
}

static void begin_newcomer(void) {
    negotiate(&victim, &newcomer, NEWCOMER);
    gc_rtc_remote(victim.rtc, now_ms, NEWCOMER, GC_LINK_KIND_NATIVE, description_of(&newcomer));
    for (uint32_t i = 0; i < NAMED; i++) {
        char text[80];
        snprintf(text, sizeof text, "candidate:%u 1 udp 2130706431 198.51.100.%u 5000 typ host",
                 (unsigned)i, (unsigned)i + 1);
        gc_rtc_candidate(victim.rtc, now_ms, NEWCOMER, text_span(text));
    }
    drain(&victim);
}

/* All checks of a handle keep a pause between them: a flood of checks that each call for one of
 * ours does not take every turn. */
static void a_crowd_leaves_others_their_checks(void **state) {
    (void)state;
    gc_sdp offer, answer;
    gc_ice_credentials own = {0}, theirs = {0};
    now_ms = 1000;
    checks = 0;
    open_handle(&victim, 1);
    open_handle(&hostile, 2);
    open_handle(&newcomer, 3);
    negotiate(&hostile, &victim, CROWD);
    assert_int_equal(gc_sdp_parse(description_of(&hostile), &offer), 0);
    assert_int_equal(gc_sdp_parse(description_of(&victim), &answer), 0);
    assert_int_equal(gc_ice_credentials_set(&own, offer.ufrag, offer.pwd), 0);
    assert_int_equal(gc_ice_credentials_set(&theirs, answer.ufrag, answer.pwd), 0);
    for (uint32_t n = 0; n < 5000; n++, now_ms++) {
        if (n == 2000) {
            begin_newcomer();
        }
        if (gc_rtc_deadline(victim.rtc) <= now_ms) {
            gc_rtc_tick(victim.rtc, now_ms);
            drain(&victim);
        }
        write_check(&own, &theirs, n);
    }
    assert_true(checks >= 2 * NAMED); /* three seconds: each one, and each again */
    close_handle(&victim);
    close_handle(&hostile);
    close_handle(&newcomer);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_crowd_leaves_others_their_checks),
    };
    return RUN(tests);
}
