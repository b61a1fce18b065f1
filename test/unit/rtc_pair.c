#include "test/unit/rtc_pair.h"
#include "core/wire/stun_message.h"
#include "test/unit/wall_clock.h"

/* Of all links a handle has 85 MB, and sanitizers mark every byte. */
static const gc_rtc_options few_links = {.links_max = 4};

static rtc_side make_side(uint8_t number, const gc_rtc_options *options) {
    rtc_side s = {
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

rtc_pair *rtc_pair_make_with(uint64_t seed, const gc_rtc_options *options) {
    rtc_pair *w = calloc(1, sizeof *w);
    assert_non_null(w);
    path_init(&w->path, seed);
    w->datagram_bytes_max = 1200 > options->datagram_bytes_max ? 1200 : options->datagram_bytes_max;
    w->now_ms = 1000;
    wall_ms = 0;
    w->signal_ms = 5;
    w->path.delay_ms = 10;
    w->signals = calloc(PAIR_SIGNALS_MAX, sizeof *w->signals);
    assert_non_null(w->signals);
    for (uint32_t i = 0; i < 2; i++) {
        w->sides[i] = make_side((uint8_t)(i + 1), options);
        gc_rtc_add_base(w->sides[i].rtc, w->now_ms, i, &w->sides[i].address);
    }
    return w;
}

rtc_pair *rtc_pair_make(uint64_t seed) {
    return rtc_pair_make_with(seed, &few_links);
}

void rtc_pair_free(rtc_pair *w) {
    for (int i = 0; i < 2; i++) {
        gc_rtc_end(w->sides[i].rtc);
        free(w->sides[i].memory);
    }
    path_end(&w->path);
    free(w->signals);
    free(w);
}

static void post(rtc_pair *w, uint32_t from, const gc_rtc_output *out) {
    if (out->type == GC_RTC_CANDIDATE && w->trickle_lost) {
        return;
    }
    assert_true(w->signal_count < PAIR_SIGNALS_MAX);
    rtc_signal *s = &w->signals[w->signal_count++];
    *s = (rtc_signal){.at_ms = w->now_ms + w->signal_ms,
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

static void on_message(rtc_side *s, const gc_rtc_output *out) {
    s->messages++;
    s->bytes = out->bytes.len;
    s->channel = out->value;
    if (out->bytes.len >= 4) {
        uint32_t number;
        memcpy(&number, out->bytes.data, 4);
        assert_true(number < PAIR_NUMBERS);
        s->seen[number]++;
        if (out->value == GC_CHANNEL_CONTROL) {
            assert_true(number >= s->in_order);
            s->in_order = number + 1;
        }
    }
}

/* Answers a question for an address of IPv4 as the other side's browser would (RFC 6762 6). */
static void answer_multicast(rtc_pair *w, uint32_t i, gc_span query) {
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

static bool has_passenger(gc_span datagram) {
    gc_stun_message m;
    gc_span passenger;
    return gc_stun_message_read(datagram, &m) == 0 &&
           gc_stun_message_find(&m, GC_STUN_DTLS, &passenger);
}

static void on_output(rtc_pair *w, uint32_t i, const gc_rtc_output *out) {
    rtc_side *s = &w->sides[i];
    switch (out->type) {
    case GC_RTC_DATAGRAM:
        assert_int_equal(out->value, i);
        assert_true(out->bytes.len > 0 && out->bytes.len <= w->datagram_bytes_max);
        assert_true(out->bytes.len <= 1200 || out->bytes.data[0] == 23);
        s->handshakes += out->bytes.data[0] == 22;
        s->carried += has_passenger(out->bytes);
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
        s->path_rtt_ms = out->rtt_ms;
        break;
    case GC_RTC_CLOSED:
        s->closed++;
        s->closed_link = out->link;
        s->reason = out->value;
        break;
    case GC_RTC_UNUSED: /* whoever still needs it shall notice */
        s->unused += out->bytes.len;
        memset((void *)(uintptr_t)out->bytes.data, 0xa5, out->bytes.len);
        break;
    default:
        fail();
    }
}

void rtc_pair_drain(rtc_pair *w, uint32_t i) {
    gc_rtc_output out;
    while (gc_rtc_poll(w->sides[i].rtc, &out)) {
        on_output(w, i, &out);
    }
}

void rtc_pair_offer(rtc_pair *w, uint32_t link, uint32_t kind) {
    assert_int_equal(gc_rtc_offer(w->sides[0].rtc, w->now_ms, link, kind, GC_SPAN("label")), 0);
    rtc_pair_drain(w, 0);
}

static void deliver_signal(rtc_pair *w, const rtc_signal *s) {
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
    rtc_pair_drain(w, s->to);
}

static uint64_t next_signal_ms(const rtc_pair *w) {
    return w->signal_count > 0 ? w->signals[0].at_ms : UINT64_MAX;
}

static void take_signals(rtc_pair *w) {
    while (w->signal_count > 0 && w->signals[0].at_ms <= w->now_ms) {
        rtc_signal s = w->signals[0];
        w->signal_count--;
        memmove(w->signals, w->signals + 1, w->signal_count * sizeof s);
        deliver_signal(w, &s);
    }
}

void rtc_pair_give(rtc_pair *w, uint32_t i, gc_span bytes) {
    uint8_t *copy = exact_copy(bytes.data, bytes.len);
    gc_rtc_datagram(w->sides[i].rtc, w->now_ms, i, &w->sides[!i].address,
                    gc_span_of(copy, bytes.len));
    free(copy);
    rtc_pair_drain(w, i);
}

static uint64_t earlier(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

static void step(rtc_pair *w, uint64_t to_ms) {
    wall_ms += to_ms - w->now_ms;
    w->now_ms = to_ms;
    take_signals(w);
    path_datagram d;
    while (path_take(&w->path, w->now_ms, &d)) {
        rtc_pair_give(w, d.to, gc_span_of(d.bytes, d.len));
    }
    for (uint32_t i = 0; i < 2; i++) {
        gc_rtc_tick(w->sides[i].rtc, w->now_ms);
        rtc_pair_drain(w, i);
        assert_true(gc_rtc_deadline(w->sides[i].rtc) > w->now_ms);
    }
}

void rtc_pair_run(rtc_pair *w, uint64_t for_ms) {
    uint64_t end_ms = w->now_ms + for_ms;
    while (w->now_ms < end_ms) {
        uint64_t next = earlier(path_next_ms(&w->path), next_signal_ms(w));
        next = earlier(next, gc_rtc_deadline(w->sides[0].rtc));
        next = earlier(next, gc_rtc_deadline(w->sides[1].rtc));
        step(w, next > end_ms ? end_ms : next);
    }
}

void rtc_pair_send(rtc_pair *w, uint32_t i, uint32_t link, uint32_t channel, uint32_t number,
                   uint32_t len) {
    static uint8_t bytes[GC_RTC_MESSAGE_BYTES_MAX];
    memcpy(bytes, &number, 4);
    assert_int_equal(gc_rtc_send(w->sides[i].rtc, w->now_ms, link, channel, gc_span_of(bytes, len)),
                     0);
    rtc_pair_drain(w, i);
}

void rtc_pair_assert_open(const rtc_pair *w, uint32_t links) {
    for (int i = 0; i < 2; i++) {
        assert_int_equal(w->sides[i].opened, links);
        assert_int_equal(w->sides[i].closed, 0);
    }
}

rtc_pair *rtc_pair_open(uint64_t seed) {
    rtc_pair *w = rtc_pair_make(seed);
    rtc_pair_offer(w, LINK, GC_LINK_KIND_NATIVE);
    rtc_pair_run(w, 2000);
    rtc_pair_assert_open(w, 1);
    return w;
}

void rtc_pair_assert_nothing_left(const rtc_pair *w) {
    assert_int_equal(w->path.count, 0);
    assert_true(gc_rtc_deadline(w->sides[0].rtc) == GC_NEVER);
    assert_true(gc_rtc_deadline(w->sides[1].rtc) == GC_NEVER);
}

/* Replaces the first `from` of a description by `to`, which is as long. */
void rtc_pair_replace(const gc_span *text, uint8_t *copy, const char *from, const char *to) {
    size_t len = strlen(from);
    assert_int_equal(len, strlen(to));
    for (uint32_t i = 0; i + len <= text->len; i++) {
        if (memcmp(copy + i, from, len) == 0) {
            memcpy(copy + i, to, len);
            return;
        }
    }
}
