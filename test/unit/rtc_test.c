#include "rtc/rtc.h"
#include "core/base/error.h"
#include "core/wire/frame.h"
#include "test/unit/datagram_path.h"
#include "test/unit/unit.h"
#include "test/unit/wall_clock.h"

#define LINK        7
#define SIGNALS_MAX 256
#define MESSAGES    2048

/* What one side was told of its links, all together but for the numbers. */
typedef struct side {
    gc_rtc *rtc;
    void *memory;
    gc_addr address;
    uint32_t opened, closed, reason;
    uint32_t closed_link;
    uint32_t descriptions, candidates, paths, buffered_reports, buffered;
    uint32_t path_type;
    uint32_t handshakes, alerts; /* datagrams of DTLS that it sent, by their first record */

    uint64_t opened_ms;
    uint32_t messages; /* on all channels */
    uint32_t bytes;    /* of the last message */
    uint32_t channel;
    uint32_t in_order; /* the next number that the control channel must have */
    uint8_t seen[MESSAGES];
} side;

typedef struct signal_text {
    uint64_t at_ms;
    uint32_t to;
    uint32_t type; /* of the output that it was */
    uint32_t link;
    uint32_t len;
    uint8_t text[GC_SDP_BYTES_MAX];
} signal_text;

typedef struct world {
    path path;
    uint64_t now_ms;
    uint32_t signal_ms; /* delay of signaling */
    uint32_t kinds[2];  /* of the link at the offerer once it is answered, at the answerer */
    bool trickle_lost;  /* candidates get lost on the way */
    void (*spoil)(gc_span *text, uint32_t type, uint8_t *copy); /* changes a text on its way */
    uint32_t questions;                                         /* of multicast DNS */
    bool mute;                                                  /* nobody answers them */
    bool one_way;                                               /* nothing of side 1 arrives */
    uint32_t signal_count;
    signal_text *signals;
    side sides[2];
} world;

static const gc_rtc_options no_options;

static side make_side(uint8_t number, const gc_rtc_options *options) {
    side s = {
        .address = {.ip = {192, 0, 2, number}, .port = (uint16_t)(1000 * number), .family = 4}};
    size_t bytes = gc_rtc_size(options);
    s.memory = aligned_alloc(16, (bytes + 15) / 16 * 16);
    assert_non_null(s.memory);
    uint8_t seed[32] = {number};
    assert_null(gc_rtc_init(s.memory, bytes - 1, options, seed, 1000, 1800000000));
    s.rtc = gc_rtc_init(s.memory, bytes, options, seed, 1000, 1800000000);
    assert_non_null(s.rtc);
    return s;
}

static world *make_world_with(uint64_t seed, const gc_rtc_options *options) {
    world *w = calloc(1, sizeof *w);
    assert_non_null(w);
    path_init(&w->path, seed);
    w->now_ms = 1000;
    wall_ms = 0;
    w->signal_ms = 5;
    w->path.delay_ms = 10;
    w->signals = calloc(SIGNALS_MAX, sizeof *w->signals);
    assert_non_null(w->signals);
    for (uint32_t i = 0; i < 2; i++) {
        w->sides[i] = make_side((uint8_t)(i + 1), options);
        gc_rtc_add_base(w->sides[i].rtc, w->now_ms, i, &w->sides[i].address);
    }
    return w;
}

static world *make_world(uint64_t seed) {
    return make_world_with(seed, &no_options);
}

static void free_world(world *w) {
    for (int i = 0; i < 2; i++) {
        gc_rtc_end(w->sides[i].rtc);
        free(w->sides[i].memory);
    }
    path_end(&w->path);
    free(w->signals);
    free(w);
}

static void post(world *w, uint32_t from, const gc_rtc_output *out) {
    if (out->type == GC_RTC_CANDIDATE && w->trickle_lost) {
        return;
    }
    assert_true(w->signal_count < SIGNALS_MAX);
    signal_text *s = &w->signals[w->signal_count++];
    *s = (signal_text){.at_ms = w->now_ms + w->signal_ms,
                       .to = !from,
                       .type = out->type,
                       .link = out->link,
                       .len = out->bytes.len};
    assert_true(out->bytes.len <= sizeof s->text);
    memcpy(s->text, out->bytes.data, out->bytes.len);
    gc_span text = gc_span_of(s->text, s->len);
    if (w->spoil != NULL) {
        w->spoil(&text, out->type, s->text);
        s->len = text.len;
    }
}

static void on_message(side *s, const gc_rtc_output *out) {
    s->messages++;
    s->bytes = out->bytes.len;
    s->channel = out->value;
    if (out->bytes.len >= 4) {
        uint32_t number;
        memcpy(&number, out->bytes.data, 4);
        assert_true(number < MESSAGES);
        s->seen[number]++;
        if (out->value == GC_CHANNEL_CONTROL) {
            assert_true(number >= s->in_order);
            s->in_order = number + 1;
        }
    }
}

/* Answers a question for an address of IPv4 as the other side's browser would (RFC 6762 6). */
static void answer_multicast(world *w, uint32_t i, gc_span query) {
    enum { HEAD = 12, NAME = 44 };
    uint8_t answer[HEAD + NAME + 14] = {0, 0, 0x84, 0, 0, 0, 0, 1};
    w->questions++;
    if (query.len != HEAD + NAME + 4 || query.data[HEAD + NAME + 1] != 1 || w->mute) {
        return;
    }
    memcpy(answer + HEAD, query.data + HEAD, NAME);
    static const uint8_t record[] = {0, 1, 0x80, 1, 0, 0, 0, 120, 0, 4};
    memcpy(answer + HEAD + NAME, record, sizeof record);
    memcpy(answer + HEAD + NAME + 10, w->sides[!i].address.ip, 4);
    gc_rtc_multicast(w->sides[i].rtc, w->now_ms, 5353, gc_span_of(answer, sizeof answer));
}

static void on_output(world *w, uint32_t i, const gc_rtc_output *out) {
    side *s = &w->sides[i];
    switch (out->type) {
    case GC_RTC_DATAGRAM:
        assert_int_equal(out->value, i);
        assert_true(out->bytes.len > 0 && out->bytes.len <= 1200);
        s->handshakes += out->bytes.data[0] == 22;
        s->alerts += out->bytes.data[0] == 21;
        if (memcmp(&out->to, &w->sides[!i].address, sizeof out->to) == 0 &&
            !(w->one_way && i == 1)) {
            path_send(&w->path, w->now_ms, !i, out->bytes);
        }
        break;
    case GC_RTC_MULTICAST:
        answer_multicast(w, i, out->bytes);
        break;
    case GC_RTC_DESCRIPTION:
        s->descriptions++;
        post(w, i, out);
        break;
    case GC_RTC_CANDIDATE:
        assert_true(s->descriptions > 0);
        assert_span(out->mid, GC_SPAN("0"));
        s->candidates++;
        post(w, i, out);
        break;
    case GC_RTC_OPENED:
        s->opened++;
        s->opened_ms = w->now_ms;
        break;
    case GC_RTC_MESSAGE:
        assert_true(s->opened > 0);
        on_message(s, out);
        break;
    case GC_RTC_BUFFERED:
        s->buffered_reports++;
        s->buffered = out->value;
        break;
    case GC_RTC_PATH:
        assert_true(s->opened > 0);
        s->paths++;
        s->path_type = out->value;
        break;
    case GC_RTC_CLOSED:
        s->closed++;
        s->closed_link = out->link;
        s->reason = out->value;
        break;
    default:
        fail();
    }
}

static void drain(world *w, uint32_t i) {
    gc_rtc_output out;
    while (gc_rtc_poll(w->sides[i].rtc, &out)) {
        on_output(w, i, &out);
    }
}

static void offer(world *w, uint32_t link, uint32_t kind) {
    assert_int_equal(gc_rtc_offer(w->sides[0].rtc, w->now_ms, link, kind, GC_SPAN("label")), 0);
    drain(w, 0);
}

static void deliver_signal(world *w, const signal_text *s) {
    gc_rtc *rtc = w->sides[s->to].rtc;
    uint8_t *copy = exact_copy(s->text, s->len);
    gc_span text = gc_span_of(copy, s->len);
    if (s->type == GC_RTC_CANDIDATE) {
        gc_rtc_candidate(rtc, w->now_ms, s->link, text);
    } else if (s->to == 1) {
        assert_int_equal(gc_rtc_answer(rtc, w->now_ms, s->link, w->kinds[1], text), 0);
    } else {
        gc_rtc_remote(rtc, w->now_ms, s->link, w->kinds[0], text);
    }
    free(copy);
    drain(w, s->to);
}

static uint64_t next_signal_ms(const world *w) {
    return w->signal_count > 0 ? w->signals[0].at_ms : UINT64_MAX;
}

static void take_signals(world *w) {
    while (w->signal_count > 0 && w->signals[0].at_ms <= w->now_ms) {
        signal_text s = w->signals[0];
        w->signal_count--;
        memmove(w->signals, w->signals + 1, w->signal_count * sizeof s);
        deliver_signal(w, &s);
    }
}

static void give(world *w, uint32_t i, gc_span bytes) {
    uint8_t *copy = exact_copy(bytes.data, bytes.len);
    gc_rtc_datagram(w->sides[i].rtc, w->now_ms, i, &w->sides[!i].address,
                    gc_span_of(copy, bytes.len));
    free(copy);
    drain(w, i);
}

static uint64_t earlier(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

static void step(world *w, uint64_t to_ms) {
    wall_ms += to_ms - w->now_ms;
    w->now_ms = to_ms;
    take_signals(w);
    path_datagram d;
    while (path_take(&w->path, w->now_ms, &d)) {
        give(w, d.to, gc_span_of(d.bytes, d.len));
    }
    for (uint32_t i = 0; i < 2; i++) {
        gc_rtc_tick(w->sides[i].rtc, w->now_ms);
        drain(w, i);
        assert_true(gc_rtc_deadline(w->sides[i].rtc) > w->now_ms);
    }
}

static void run(world *w, uint64_t for_ms) {
    uint64_t end_ms = w->now_ms + for_ms;
    while (w->now_ms < end_ms) {
        uint64_t next = earlier(path_next_ms(&w->path), next_signal_ms(w));
        next = earlier(next, gc_rtc_deadline(w->sides[0].rtc));
        next = earlier(next, gc_rtc_deadline(w->sides[1].rtc));
        step(w, next > end_ms ? end_ms : next);
    }
}

static void send_number(world *w, uint32_t i, uint32_t link, uint32_t channel, uint32_t number,
                        uint32_t len) {
    static uint8_t bytes[GC_RTC_MESSAGE_BYTES_MAX];
    memcpy(bytes, &number, 4);
    assert_int_equal(gc_rtc_send(w->sides[i].rtc, w->now_ms, link, channel, gc_span_of(bytes, len)),
                     0);
    drain(w, i);
}

static void assert_open(const world *w, uint32_t links) {
    for (int i = 0; i < 2; i++) {
        assert_int_equal(w->sides[i].opened, links);
        assert_int_equal(w->sides[i].closed, 0);
    }
}

static world *open_world(uint64_t seed) {
    world *w = make_world(seed);
    offer(w, LINK, GC_LINK_KIND_NATIVE);
    run(w, 2000);
    assert_open(w, 1);
    return w;
}

/* --- opening
 * --------------------------------------------------------------------------------------- */

static void a_link_opens_and_carries_messages(void **state) {
    (void)state;
    world *w = make_world(1);
    w->path.delay_ms = 50;
    w->signal_ms = 50;
    offer(w, LINK, GC_LINK_KIND_NATIVE);
    run(w, 3000);
    assert_open(w, 1);
    for (uint32_t i = 0; i < 2; i++) {
        assert_int_equal(w->sides[i].descriptions, 1);
        assert_int_equal(w->sides[i].candidates, 1);
        assert_true(w->sides[i].paths >= 1);
        assert_int_equal(w->sides[i].path_type, GC_PATH_HOST);
        /* Signaling 1, ICE at most 1, DTLS 2, SCTP 2 round trips of 100 ms, and no timer. */
        assert_in_range(w->sides[i].opened_ms, 1000 + 300, 1000 + 600);
        send_number(w, i, LINK, GC_CHANNEL_MESSAGE, 1, 100);
        send_number(w, i, LINK, GC_CHANNEL_CONTROL, 2, 100);
        assert_true(w->sides[i].buffered_reports >= 2);
    }
    run(w, 1000);
    assert_int_equal(w->sides[0].messages, 2);
    assert_int_equal(w->sides[1].messages, 2);
    free_world(w);
}

/* Signaling may be much slower than the network, or lose all candidates of one side or both. */
static void without_candidates_of_the_offerer(void **state) {
    (void)state;
    static const uint32_t delays[] = {0, 5, 300, 3000};
    for (int i = 0; i < 4; i++) {
        world *w = make_world(1);
        w->signal_ms = delays[i];
        offer(w, LINK, GC_LINK_KIND_NATIVE);
        run(w, 8000);
        assert_open(w, 1);
        free_world(w);
    }
}

static void a_thousand_messages_each_way_over_a_bad_path(void **state) {
    (void)state;
    world *w = make_world(3);
    w->path.delay_ms = 20;
    w->path.jitter_ms = 10;
    w->path.loss_percent = 3;
    w->path.duplicate_percent = 2;
    offer(w, LINK, GC_LINK_KIND_NATIVE);
    run(w, 15000);
    assert_open(w, 1);
    for (uint32_t n = 0; n < 1000; n++) {
        for (uint32_t i = 0; i < 2; i++) {
            uint32_t channel = n % 4 == 0 ? GC_CHANNEL_CONTROL : GC_CHANNEL_MESSAGE;
            send_number(w, i, LINK, channel, n, 4 + n % 3000);
        }
        run(w, 20);
    }
    run(w, 20000);
    assert_open(w, 1);
    for (uint32_t i = 0; i < 2; i++) {
        assert_int_equal(w->sides[i].messages, 1000);
        for (uint32_t n = 0; n < 1000; n++) {
            assert_int_equal(w->sides[i].seen[n], 1);
        }
        assert_int_equal(w->sides[i].buffered, 0);
    }
    free_world(w);
}

static void sizes_of_messages(void **state) {
    (void)state;
    world *w = open_world(1);
    static const uint32_t sizes[] = {0, 1, 4, 1131, 1132, 1200, 16384, GC_FRAME_BYTES_MAX};
    for (uint32_t n = 0; n < sizeof sizes / sizeof *sizes; n++) {
        send_number(w, n % 2, LINK, n / 2 % 2, 0, sizes[n]);
        w->sides[1].in_order = w->sides[0].in_order = 0;
        run(w, 1000);
        assert_int_equal(w->sides[!(n % 2)].bytes, sizes[n]);
        assert_int_equal(w->sides[!(n % 2)].channel, n / 2 % 2);
    }
    gc_rtc *rtc = w->sides[0].rtc;
    static uint8_t large[GC_RTC_MESSAGE_BYTES_MAX + 1];
    gc_span all = gc_span_of(large, sizeof large);
    assert_int_equal(gc_rtc_send(rtc, w->now_ms, LINK, 1, all), GC_E_TOO_BIG);
    assert_int_equal(gc_rtc_send(rtc, w->now_ms, LINK, 2, GC_SPAN("x")), GC_E_ARGUMENT);
    assert_int_equal(gc_rtc_send(rtc, w->now_ms, LINK, GC_CHANNEL_DATA_TEXT, GC_SPAN("x")),
                     GC_E_ARGUMENT);
    assert_int_equal(gc_rtc_send(rtc, w->now_ms, LINK + 1, 1, GC_SPAN("x")), 0);
    send_number(w, 0, LINK, 1, 0, GC_FRAME_BYTES_MAX + 1); /* nobody may send such a frame */
    run(w, 2000);
    assert_int_equal(w->sides[1].closed, 1);
    assert_int_equal(w->sides[1].reason, GC_REASON_PROTOCOL);
    assert_int_equal(w->sides[0].closed, 1);
    assert_int_equal(w->sides[0].reason, GC_REASON_GONE);
    free_world(w);
}

static void large_messages_for_who_takes_them(void **state) {
    (void)state;
    world *w = make_world_with(1, &(gc_rtc_options){.message_bytes_max = GC_RTC_MESSAGE_BYTES_MAX});
    offer(w, LINK, GC_LINK_KIND_NATIVE);
    run(w, 2000);
    send_number(w, 0, LINK, 1, 0, GC_RTC_MESSAGE_BYTES_MAX);
    assert_true(w->sides[0].buffered > GC_RTC_BUFFERED_LOW_BYTES);
    send_number(w, 0, LINK, 1, 0, GC_RTC_MESSAGE_BYTES_MAX);
    run(w, 10000);
    assert_int_equal(w->sides[1].messages, 2);
    assert_int_equal(w->sides[1].bytes, GC_RTC_MESSAGE_BYTES_MAX);
    assert_true(w->sides[0].buffered <= GC_RTC_BUFFERED_LOW_BYTES);
    free_world(w);
}

static void a_full_queue_refuses(void **state) {
    (void)state;
    world *w = open_world(1);
    static uint8_t bytes[16000];
    uint32_t sent = 0;
    int error;
    while ((error = gc_rtc_send(w->sides[0].rtc, w->now_ms, LINK, 1,
                                gc_span_of(bytes, sizeof bytes))) == 0) {
        sent++;
        assert_true(sent < 1000);
    }
    assert_int_equal(error, GC_E_FULL);
    assert_true(sent > 20);
    drain(w, 0);
    run(w, 20000);
    assert_int_equal(w->sides[1].messages, sent);
    free_world(w);
}

/* --- the other kinds
 * ------------------------------------------------------------------------------- */

static void an_offer_to_whoever_answers_meets_one_of_ours(void **state) {
    (void)state;
    world *w = make_world(1);
    w->kinds[0] = w->kinds[1] = GC_LINK_KIND_NATIVE;
    offer(w, LINK, GC_LINK_KIND_EITHER);
    run(w, 2000);
    assert_open(w, 1);
    send_number(w, 0, LINK, GC_CHANNEL_MESSAGE, 1, 10);
    send_number(w, 1, LINK, GC_CHANNEL_CONTROL, 1, 10);
    run(w, 1000);
    assert_int_equal(w->sides[0].messages, 1);
    assert_int_equal(w->sides[1].messages, 1);
    free_world(w);
}

static void an_offer_to_whoever_answers_meets_a_peerjs_peer(void **state) {
    (void)state;
    for (uint32_t closer = 0; closer < 2; closer++) {
        world *w = make_world(1);
        w->kinds[0] = w->kinds[1] = GC_LINK_KIND_DATA;
        offer(w, LINK, GC_LINK_KIND_EITHER);
        run(w, 2000);
        assert_open(w, 1);
        for (uint32_t i = 0; i < 2; i++) {
            gc_rtc *rtc = w->sides[i].rtc;
            assert_int_equal(gc_rtc_send(rtc, w->now_ms, LINK, 1, GC_SPAN("x")), GC_E_ARGUMENT);
            assert_int_equal(
                gc_rtc_send(rtc, w->now_ms, LINK, GC_CHANNEL_DATA_TEXT, GC_SPAN("abc")), 0);
            drain(w, i);
            run(w, 1000);
            assert_int_equal(w->sides[!i].channel, GC_CHANNEL_DATA_TEXT);
            assert_int_equal(w->sides[!i].bytes, 3);
            assert_int_equal(gc_rtc_send(rtc, w->now_ms, LINK, GC_CHANNEL_DATA_BYTES, GC_SPAN_NONE),
                             0);
            drain(w, i);
            run(w, 1000);
            assert_int_equal(w->sides[!i].channel, GC_CHANNEL_DATA_BYTES);
            assert_int_equal(w->sides[!i].bytes, 0);
        }
        gc_rtc_close(w->sides[closer].rtc, w->now_ms, LINK);
        drain(w, closer);
        run(w, 2000);
        assert_int_equal(w->sides[closer].closed, 0);
        assert_int_equal(w->sides[!closer].closed, 1);
        assert_int_equal(w->sides[!closer].reason, GC_REASON_LEFT);
        free_world(w);
    }
}

/* --- the end
 * --------------------------------------------------------------------------------------- */

static void assert_nothing_left(const world *w) {
    assert_int_equal(w->path.count, 0);
    assert_true(gc_rtc_deadline(w->sides[0].rtc) == GC_NEVER);
    assert_true(gc_rtc_deadline(w->sides[1].rtc) == GC_NEVER);
}

static void the_last_messages_arrive_before_the_end(void **state) {
    (void)state;
    for (uint32_t closer = 0; closer < 2; closer++) {
        world *w = open_world(1);
        for (uint32_t n = 0; n < 20; n++) {
            send_number(w, closer, LINK, n % 2, n, 1000);
        }
        gc_rtc_close(w->sides[closer].rtc, w->now_ms, LINK);
        drain(w, closer);
        assert_int_equal(gc_rtc_send(w->sides[closer].rtc, w->now_ms, LINK, 1, GC_SPAN("x")), 0);
        run(w, 1500);
        assert_int_equal(w->sides[!closer].messages, 20);
        assert_int_equal(w->sides[!closer].closed, 1);
        assert_int_equal(w->sides[!closer].reason, GC_REASON_GONE);
        assert_int_equal(w->sides[!closer].closed_link, LINK);
        assert_int_equal(w->sides[closer].closed, 0);
        assert_nothing_left(w);
        free_world(w);
    }
}

static void closed_before_it_was_open(void **state) {
    (void)state;
    for (uint32_t ms = 0; ms < 120; ms += 7) {
        for (uint32_t closer = 0; closer < 2; closer++) {
            world *w = make_world(1);
            offer(w, LINK, GC_LINK_KIND_NATIVE);
            run(w, ms);
            gc_rtc_close(w->sides[closer].rtc, w->now_ms, LINK);
            drain(w, closer);
            uint32_t told = w->sides[closer].closed;
            w->signal_count = 0; /* the other side may never hear of it */
            run(w, GC_LINK_OPEN_MS + 2000);
            assert_int_equal(w->sides[closer].closed, told);
            assert_nothing_left(w);
            free_world(w);
        }
    }
}

static void both_close_at_once(void **state) {
    (void)state;
    world *w = open_world(1);
    for (uint32_t i = 0; i < 2; i++) {
        gc_rtc_close(w->sides[i].rtc, w->now_ms, LINK);
        drain(w, i);
    }
    run(w, 1500);
    assert_int_equal(w->sides[0].closed + w->sides[1].closed, 0);
    assert_nothing_left(w);
    free_world(w);
}

/* Without an answer a link that closes stops within its second. */
static void closed_on_a_dead_path(void **state) {
    (void)state;
    world *w = open_world(1);
    w->path.loss_percent = 100;
    send_number(w, 0, LINK, 1, 1, 100);
    gc_rtc_close(w->sides[0].rtc, w->now_ms, LINK);
    drain(w, 0);
    run(w, 1001);
    assert_true(gc_rtc_deadline(w->sides[0].rtc) == GC_NEVER);
    run(w, 40000); /* the other side notices that consent is gone */
    assert_int_equal(w->sides[1].closed, 1);
    assert_int_equal(w->sides[1].reason, GC_REASON_GONE);
    assert_int_equal(w->sides[0].alerts, 1); /* close_notify, */
    assert_int_equal(w->sides[1].alerts, 0); /* but not without consent (RFC 7675 5.1) */
    assert_nothing_left(w);
    free_world(w);
}

/* Checks come from an address that answers none: it may be a victim. */
static void an_address_that_only_asks_gets_little(void **state) {
    (void)state;
    world *w = make_world(1);
    w->one_way = true;
    offer(w, LINK, GC_LINK_KIND_NATIVE);
    run(w, GC_LINK_OPEN_MS + 1000);
    assert_int_equal(w->sides[1].handshakes, 2);
    assert_int_equal(w->sides[0].handshakes, 0);
    assert_int_equal(w->sides[1].closed, 1);
    free_world(w);
}

static void nobody_answers(void **state) {
    (void)state;
    world *w = make_world(1);
    offer(w, LINK, GC_LINK_KIND_NATIVE);
    w->signal_count = 0;
    run(w, GC_LINK_OPEN_MS + 1);
    assert_int_equal(w->sides[0].closed, 1);
    assert_int_equal(w->sides[0].reason, GC_REASON_ICE_FAILED);
    assert_nothing_left(w);
    free_world(w);
}

static void no_way_between_them(void **state) {
    (void)state;
    world *w = make_world(1);
    w->path.loss_percent = 100;
    offer(w, LINK, GC_LINK_KIND_NATIVE);
    run(w, GC_LINK_OPEN_MS + 1000);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(w->sides[i].closed, 1);
        assert_int_equal(w->sides[i].reason, GC_REASON_ICE_FAILED);
    }
    assert_nothing_left(w);
    free_world(w);
}

/* Replaces the first `from` of a description by `to`, which is as long. */
static void replace(const gc_span *text, uint8_t *copy, const char *from, const char *to) {
    size_t len = strlen(from);
    assert_int_equal(len, strlen(to));
    for (uint32_t i = 0; i + len <= text->len; i++) {
        if (memcmp(copy + i, from, len) == 0) {
            memcpy(copy + i, to, len);
            return;
        }
    }
}

static void other_port(gc_span *text, uint32_t type, uint8_t *copy) {
    if (type == GC_RTC_DESCRIPTION) {
        replace(text, copy, "sctp-port:5000", "sctp-port:5001");
    }
}

static void a_foreign_port_of_sctp(void **state) {
    (void)state;
    world *w = make_world(1);
    w->spoil = other_port;
    offer(w, LINK, GC_LINK_KIND_NATIVE);
    run(w, 100);
    assert_int_equal(w->sides[1].closed, 1);
    assert_int_equal(w->sides[1].reason, GC_REASON_ICE_FAILED);
    free_world(w);
}

static void an_answer_must_settle_the_kind(void **state) {
    (void)state;
    world *w = make_world(1);
    w->kinds[0] = GC_LINK_KIND_EITHER;
    offer(w, LINK, GC_LINK_KIND_EITHER);
    run(w, 100);
    assert_int_equal(w->sides[0].closed, 1);
    assert_int_equal(w->sides[0].reason, GC_REASON_ICE_FAILED);
    free_world(w);
}

static void small_messages_only(gc_span *text, uint32_t type, uint8_t *copy) {
    if (type == GC_RTC_DESCRIPTION) {
        replace(text, copy, "message-size:262144", "message-size:001000");
    }
}

static void the_other_side_may_take_less(void **state) {
    (void)state;
    world *w = make_world(1);
    w->spoil = small_messages_only;
    offer(w, LINK, GC_LINK_KIND_NATIVE);
    run(w, 2000);
    assert_open(w, 1);
    static uint8_t bytes[1001];
    gc_rtc *rtc = w->sides[0].rtc;
    assert_int_equal(gc_rtc_send(rtc, w->now_ms, LINK, 1, gc_span_of(bytes, 1001)), GC_E_TOO_BIG);
    assert_int_equal(gc_rtc_send(rtc, w->now_ms, LINK, 1, gc_span_of(bytes, 1000)), 0);
    drain(w, 0);
    free_world(w);
}

/* An answer is taken once; a second one does not disturb the link, nor does an unknown kind in it.
 */
static void a_second_answer_is_ignored(void **state) {
    (void)state;
    world *w = make_world(1);
    offer(w, LINK, GC_LINK_KIND_NATIVE);
    while (w->sides[0].candidates == 0 || w->sides[1].descriptions == 0) {
        run(w, 1);
    }
    uint8_t answer[GC_SDP_BYTES_MAX];
    const signal_text *s = &w->signals[0];
    assert_true(s->to == 0 && s->type == GC_RTC_DESCRIPTION);
    gc_span text = gc_span_of(answer, s->len);
    memcpy(answer, s->text, s->len);
    run(w, w->signal_ms + 1);
    uint32_t at = 0;
    while (memcmp(answer + at, "a=ice-pwd:", 10) != 0) {
        at++;
    }
    answer[at + 10] = answer[at + 10] == 'x' ? 'y' : 'x';
    gc_rtc_remote(w->sides[0].rtc, w->now_ms, LINK, GC_LINK_KIND_NATIVE, text);
    gc_rtc_remote(w->sides[0].rtc, w->now_ms, LINK, GC_LINK_KIND_EITHER, text);
    drain(w, 0);
    run(w, 2000);
    assert_open(w, 1);
    free_world(w);
}

static void the_path_is_told_while_messages_come(void **state) {
    (void)state;
    world *w = open_world(1);
    for (uint32_t i = 0; i < 2; i++) {
        assert_int_equal(w->sides[i].paths, 1);
    }
    run(w, 20000);
    assert_int_equal(w->sides[0].paths, 1); /* at rest nobody wants to know */
    for (uint32_t n = 0; n < 11; n++) {
        send_number(w, 0, LINK, GC_CHANNEL_MESSAGE, n, 10);
        send_number(w, 0, LINK, GC_CHANNEL_CONTROL, n, 10);
        run(w, 1000);
    }
    for (uint32_t i = 0; i < 2; i++) {
        assert_in_range(w->sides[i].paths, 3, 4);
    }
    free_world(w);
}

/* A browser shows a name in the place of its address; the port stays. */
static void hide_address(gc_span *text, uint32_t type, uint8_t *copy) {
    if (type != GC_RTC_CANDIDATE) {
        return;
    }
    char hidden[256], *at, *rest;
    snprintf(hidden, sizeof hidden, "%.*s", (int)text->len, (const char *)copy);
    at = strstr(hidden, "192.0.2.");
    assert_non_null(at);
    rest = strchr(at, ' ');
    assert_non_null(rest);
    text->len =
        (uint32_t)snprintf((char *)copy, 512, "%.*s1cacfa40-5b80-4ac1-b799-d36f8545bb75.local%s",
                           (int)(at - hidden), hidden, rest);
}

static void hidden_addresses_are_asked_for(void **state) {
    (void)state;
    world *w = make_world(1);
    w->spoil = hide_address;
    offer(w, LINK, GC_LINK_KIND_NATIVE);
    run(w, 2000);
    assert_open(w, 1);
    assert_in_range(w->questions, 2, 8);
    free_world(w);
    w = make_world(1);
    w->spoil = hide_address;
    w->mute = true;
    offer(w, LINK, GC_LINK_KIND_NATIVE);
    run(w, GC_LINK_OPEN_MS + 100);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(w->sides[i].closed, 1);
        assert_int_equal(w->sides[i].reason, GC_REASON_ICE_FAILED);
    }
    assert_in_range(w->questions, 6, 16);
    assert_nothing_left(w);
    free_world(w);
    w = make_world(1);
    w->spoil = hide_address;
    w->mute = true;
    offer(w, LINK, GC_LINK_KIND_NATIVE);
    run(w, 500);
    uint32_t asked = w->questions;
    assert_true(asked > 0);
    for (uint32_t i = 0; i < 2; i++) {
        gc_rtc_close(w->sides[i].rtc, w->now_ms, LINK);
        drain(w, i);
    }
    run(w, 5000);
    assert_int_equal(w->questions, asked); /* nobody waits for the answer any more */
    free_world(w);
}

/* A STUN server is asked by each link, and its answer is one more candidate. */
static void servers_are_asked(void **state) {
    (void)state;
    world *w = make_world(1);
    gc_addr server = {.ip = {203, 0, 113, 1}, .port = 3478, .family = 4};
    gc_rtc *rtc = w->sides[0].rtc;
    gc_rtc_add_server(rtc, w->now_ms, &server);
    gc_rtc_add_server(rtc, w->now_ms, &server);
    assert_int_equal(gc_rtc_offer(rtc, w->now_ms, 1, GC_LINK_KIND_NATIVE, GC_SPAN_NONE), 0);
    gc_rtc_output out;
    uint32_t asked = 0;
    while (gc_rtc_poll(rtc, &out)) {
        asked += out.type == GC_RTC_DATAGRAM && memcmp(&out.to, &server, sizeof server) == 0;
    }
    assert_int_equal(asked, 1);
    for (uint32_t n = 0; n < 10; n++) {
        server.port++;
        gc_rtc_add_server(rtc, w->now_ms, &server); /* more than there is room for */
    }
    gc_rtc_clear_servers(rtc);
    gc_rtc_close(rtc, w->now_ms, 1);
    drain(w, 0);
    free_world(w);
}

static uint32_t
    spoiled_type_to_answer; /* 1: only descriptions of the offerer, 2: of the answerer */

static void flip_fingerprint(gc_span *text, uint32_t type, uint8_t *copy) {
    if (type != GC_RTC_DESCRIPTION) {
        return;
    }
    bool answer = false;
    for (uint32_t i = 0; i + 8 < text->len; i++) {
        answer = answer || memcmp(copy + i, ":active\r", 8) == 0;
    }
    for (uint32_t i = 0; i + 9 < text->len; i++) {
        if (memcmp(copy + i, "sha-256 ", 8) == 0 && answer == (spoiled_type_to_answer == 2)) {
            copy[i + 8] = copy[i + 8] == '0' ? '1' : '0';
        }
    }
}

static void a_wrong_fingerprint(void **state) {
    (void)state;
    for (spoiled_type_to_answer = 1; spoiled_type_to_answer <= 2; spoiled_type_to_answer++) {
        uint32_t checker = spoiled_type_to_answer == 1 ? 1 : 0;
        world *w = make_world(1);
        w->spoil = flip_fingerprint;
        offer(w, LINK, GC_LINK_KIND_NATIVE);
        run(w, 3000);
        assert_int_equal(w->sides[checker].opened, 0);
        assert_int_equal(w->sides[checker].closed, 1);
        assert_int_equal(w->sides[checker].reason, GC_REASON_PROTOCOL);
        assert_int_equal(w->sides[checker].messages, 0);
        assert_int_equal(w->sides[!checker].closed, 1); /* it may have been open for a moment */
        free_world(w);
    }
}

static void descriptions_that_cannot_be_used(void **state) {
    (void)state;
    world *w = make_world(1);
    gc_rtc *rtc = w->sides[0].rtc;
    assert_int_equal(gc_rtc_answer(rtc, w->now_ms, 3, GC_LINK_KIND_NATIVE, GC_SPAN("v=0")), 0);
    drain(w, 0);
    assert_int_equal(w->sides[0].closed, 1);
    assert_int_equal(w->sides[0].closed_link, 3);
    assert_int_equal(w->sides[0].reason, GC_REASON_ICE_FAILED);
    assert_int_equal(w->sides[0].descriptions, 0);
    offer(w, LINK, GC_LINK_KIND_NATIVE);
    gc_rtc_remote(rtc, w->now_ms, LINK, GC_LINK_KIND_NATIVE, GC_SPAN("nonsense"));
    drain(w, 0);
    assert_int_equal(w->sides[0].closed, 2);
    assert_int_equal(w->sides[0].closed_link, LINK);
    assert_int_equal(gc_rtc_send(rtc, w->now_ms, LINK, 1, GC_SPAN("x")), 0); /* forgotten */
    offer(w, LINK, GC_LINK_KIND_NATIVE);
    /* an offer in the place of an answer: nobody would be the client */
    signal_text *last = &w->signals[w->signal_count - 2];
    assert_int_equal(last->type, GC_RTC_DESCRIPTION);
    gc_rtc_remote(rtc, w->now_ms, LINK, GC_LINK_KIND_NATIVE, gc_span_of(last->text, last->len));
    drain(w, 0);
    assert_int_equal(w->sides[0].closed, 3);
    gc_rtc_candidate(rtc, w->now_ms, LINK, GC_SPAN("candidate:x"));
    gc_rtc_close(rtc, w->now_ms, LINK);
    drain(w, 0);
    assert_true(gc_rtc_deadline(rtc) == GC_NEVER);
    free_world(w);
}

/* --- several links
 * --------------------------------------------------------------------------------- */

/* A link that replaces another one has the same addresses on both sides. */
static void two_links_between_the_same_sockets(void **state) {
    (void)state;
    world *w = make_world(1);
    offer(w, 1, GC_LINK_KIND_NATIVE);
    run(w, 2000);
    assert_open(w, 1);
    offer(w, 2, GC_LINK_KIND_NATIVE);
    for (uint32_t n = 0; n < 100; n++) {
        send_number(w, 0, 1, GC_CHANNEL_MESSAGE, n, 500);
        run(w, 10);
    }
    run(w, 2000);
    assert_open(w, 2);
    for (uint32_t n = 100; n < 150; n++) {
        send_number(w, 1, 2, GC_CHANNEL_MESSAGE, n, 500);
    }
    gc_rtc_close(w->sides[0].rtc, w->now_ms, 1);
    drain(w, 0);
    run(w, 3000);
    assert_int_equal(w->sides[1].messages, 100);
    assert_int_equal(w->sides[0].messages, 50);
    assert_int_equal(w->sides[1].closed, 1);
    assert_int_equal(w->sides[1].closed_link, 1);
    send_number(w, 0, 2, GC_CHANNEL_MESSAGE, 1, 10);
    run(w, 1000);
    assert_int_equal(w->sides[1].messages, 101);
    free_world(w);
}

static void links_have_a_limit(void **state) {
    (void)state;
    world *w = make_world_with(1, &(gc_rtc_options){.links_max = 3});
    gc_rtc *rtc = w->sides[0].rtc;
    for (uint32_t link = 0; link < 3; link++) {
        offer(w, link, GC_LINK_KIND_NATIVE);
        run(w, 1000);
    }
    assert_int_equal(gc_rtc_offer(rtc, w->now_ms, 3, GC_LINK_KIND_NATIVE, GC_SPAN_NONE), GC_E_FULL);
    assert_int_equal(gc_rtc_answer(rtc, w->now_ms, 3, GC_LINK_KIND_NATIVE, GC_SPAN("")), GC_E_FULL);
    offer(w, 2, GC_LINK_KIND_NATIVE); /* in the place of the link of this number */
    run(w, 3000);
    assert_int_equal(w->sides[0].opened, 4);
    /* Links that say goodbye to nobody fill the places that are left, and are cut short. */
    w->path.loss_percent = 100;
    for (uint32_t n = 0; n < 100; n++) {
        offer(w, n % 3, GC_LINK_KIND_NATIVE);
        w->signal_count = 0;
    }
    uint8_t label[GC_RTC_LABEL_BYTES_MAX + 1] = {0};
    assert_int_equal(gc_rtc_offer(rtc, w->now_ms, 0, 0, gc_span_of(label, sizeof label)),
                     GC_E_TOO_BIG);
    run(w, 60000);
    assert_nothing_left(w);
    free_world(w);
}

static void the_queues_of_some_links_leave_room_for_the_others(void **state) {
    (void)state;
    enum { LINKS = 18 };
    static uint8_t bytes[GC_FRAME_BYTES_MAX];
    world *w = make_world_with(1, &(gc_rtc_options){.links_max = 40});
    for (uint32_t link = 0; link < LINKS; link++) {
        offer(w, link, GC_LINK_KIND_NATIVE);
        run(w, 1000);
    }
    uint32_t sent = 0;
    gc_rtc *rtc = w->sides[0].rtc;
    for (uint32_t link = 0; link < LINKS; link++) {
        uint32_t before = sent;
        while (gc_rtc_send(rtc, w->now_ms, link, GC_CHANNEL_MESSAGE,
                           gc_span_of(bytes, sizeof bytes)) == 0) {
            sent++;
        }
        assert_true(sent - before >= 3);
    }
    assert_true(sent < LINKS * 40); /* the pool was used up */
    drain(w, 0);
    run(w, 60000);
    assert_int_equal(w->sides[1].messages, sent);
    assert_open(w, LINKS);
    free_world(w);
}

/* --- hostile
 * --------------------------------------------------------------------------------------- */

static void nothing_unauthentic_ends_a_link(void **state) {
    (void)state;
    world *w = open_world(5);
    uint8_t bytes[1300];
    uint64_t before = w->path.sent;
    for (uint32_t n = 0; n < 20000; n++) {
        uint32_t len = 1 + path_draw(&w->path, sizeof bytes - 1);
        for (uint32_t i = 0; i < len && i < 64; i++) {
            bytes[i] = (uint8_t)path_draw(&w->path, 256);
        }
        static const uint8_t firsts[] = {0, 1, 20, 21, 22, 23, 64, 128};
        bytes[0] = firsts[n % 8];
        if (bytes[0] >= 20 && bytes[0] <= 23 && len > 13) {
            static const uint8_t head[] = {254, 253, 0};
            memcpy(bytes + 1, head, 3);
            bytes[4] = (uint8_t)(n / 8 % 2);
            bytes[11] = (uint8_t)((len - 13) >> 8);
            bytes[12] = (uint8_t)(len - 13);
        }
        give(w, n % 2, gc_span_of(bytes, len));
    }
    assert_true(w->path.sent - before < 100);
    give(w, 0, GC_SPAN_NONE);
    gc_rtc_datagram(w->sides[0].rtc, w->now_ms, GC_RTC_BASES_MAX, &w->sides[1].address,
                    GC_SPAN("x"));
    run(w, 5000);
    assert_open(w, 1);
    send_number(w, 0, LINK, 1, 1, 100);
    run(w, 1000);
    assert_int_equal(w->sides[1].messages, 1);
    free_world(w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_link_opens_and_carries_messages),
        cmocka_unit_test(without_candidates_of_the_offerer),
        cmocka_unit_test(a_thousand_messages_each_way_over_a_bad_path),
        cmocka_unit_test(sizes_of_messages),
        cmocka_unit_test(large_messages_for_who_takes_them),
        cmocka_unit_test(a_full_queue_refuses),
        cmocka_unit_test(an_offer_to_whoever_answers_meets_one_of_ours),
        cmocka_unit_test(an_offer_to_whoever_answers_meets_a_peerjs_peer),
        cmocka_unit_test(the_last_messages_arrive_before_the_end),
        cmocka_unit_test(closed_before_it_was_open),
        cmocka_unit_test(both_close_at_once),
        cmocka_unit_test(closed_on_a_dead_path),
        cmocka_unit_test(an_address_that_only_asks_gets_little),
        cmocka_unit_test(nobody_answers),
        cmocka_unit_test(no_way_between_them),
        cmocka_unit_test(a_wrong_fingerprint),
        cmocka_unit_test(a_foreign_port_of_sctp),
        cmocka_unit_test(an_answer_must_settle_the_kind),
        cmocka_unit_test(the_other_side_may_take_less),
        cmocka_unit_test(a_second_answer_is_ignored),
        cmocka_unit_test(the_path_is_told_while_messages_come),
        cmocka_unit_test(hidden_addresses_are_asked_for),
        cmocka_unit_test(servers_are_asked),
        cmocka_unit_test(descriptions_that_cannot_be_used),
        cmocka_unit_test(two_links_between_the_same_sockets),
        cmocka_unit_test(links_have_a_limit),
        cmocka_unit_test(the_queues_of_some_links_leave_room_for_the_others),
        cmocka_unit_test(nothing_unauthentic_ends_a_link),
    };
    return RUN(tests);
}
